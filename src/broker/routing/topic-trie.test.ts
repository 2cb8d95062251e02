import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Binding } from './binding.js';
import { Exchange } from './exchange.js';
import { noHeaders } from './headers.js';
import { TopicTrie } from './topic-trie.js';

const source = new Exchange({
  name: 'topics',
  type: 'topic',
  durable: true,
  autoDelete: false,
  internal: false,
  alternate: null,
  arguments: noHeaders,
});

function pattern(key: string, destination = 1): Binding {
  return new Binding(source, destination, key, noHeaders, `${destination} ${key}`);
}

function matches(bindingKey: string, routingKey: string): boolean {
  const trie = new TopicTrie();
  trie.add(pattern(bindingKey));
  const found: Binding[] = [];
  trie.match(routingKey, null, found);
  return found.length > 0;
}

const cases: readonly [string, string, boolean][] = [
  ['a.b', 'a.b', true],
  ['a.b', 'a.c', false],
  ['a.*', 'a.b', true],
  ['a.*', 'a', false],
  ['a.*', 'a.b.c', false],
  ['*', 'a', true],
  ['*', '', false],
  ['', '', true],
  ['#', '', true],
  ['#', 'a.b.c', true],
  ['a.#', 'a', true],
  ['a.#', 'a.b.c', true],
  ['a.#', 'ab', false],
  ['#.a', 'a', true],
  ['#.a', 'b.c.a', true],
  ['#.a', 'b.c.a.d', false],
  ['a.#.b', 'a.b', true],
  ['a.#.b', 'a.x.y.b', true],
  ['a.#.b', 'a.b.x', false],
  ['a.#.b', 'a.b.b', true],
  ['#.b.#', 'b', true],
  ['#.b.#', 'a.b.c', true],
  ['#.b.#', 'a.c', false],
  ['#.#', '', true],
  ['#.*', '', false],
  ['*.#', 'a', true],
  ['#.*.#', 'a.b.c', true],
  ['a..b', 'a..b', true],
  ['a.*.b', 'a..b', true],
  ['*.*', '.', true],
  ['a.b', 'a.b.', false],
  ['*', '#', true],
  ['a', '*', false],
];

for (const [bindingKey, routingKey, expected] of cases) {
  test(`the pattern "${bindingKey}" ${expected ? 'matches' : 'does not match'} the key "${routingKey}"`, () => {
    assert.equal(matches(bindingKey, routingKey), expected);
  });
}

/** The definition, word by word, without any cleverness. */
function naive(wanted: readonly string[], given: readonly string[]): boolean {
  if (wanted.length === 0) return given.length === 0;
  const [first, ...rest] = wanted;
  if (first === '#') return naive(rest, given) || (given.length > 0 && naive(wanted, given.slice(1)));
  return given.length > 0 && (first === '*' || first === given[0]) && naive(rest, given.slice(1));
}

function split(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

const patternArbitrary = fc
  .array(fc.constantFrom('#', '#', '*', 'a', 'b', ''), { maxLength: 6 })
  .map((words) => words.join('.'));
const keyArbitrary = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 7 }).map((words) => words.join('.'));

test('any set of patterns matches exactly the keys that each of them matches by definition, each once', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(patternArbitrary, { maxLength: 12 }),
      fc.array(keyArbitrary, { minLength: 1, maxLength: 8 }),
      (patterns, keys) => {
        const trie = new TopicTrie();
        for (const bindingKey of patterns) trie.add(pattern(bindingKey));
        for (const key of keys) {
          const found: Binding[] = [];
          trie.match(key, null, found);
          const expected = patterns.filter((bindingKey) => naive(split(bindingKey), split(key)));
          assert.deepEqual(found.map((binding) => binding.key).sort(), expected.sort(), `key "${key}"`);
        }
      },
    ),
    { numRuns: 1500, seed: 20 },
  );
});

test('a removed pattern no longer matches and the others still do', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(patternArbitrary, { minLength: 2, maxLength: 12 }),
      keyArbitrary,
      fc.nat(),
      (patterns, key, choice) => {
        const trie = new TopicTrie();
        const bindings = patterns.map((bindingKey) => pattern(bindingKey));
        for (const binding of bindings) trie.add(binding);
        const removed = bindings[choice % bindings.length]!;
        trie.remove(removed);
        const found: Binding[] = [];
        trie.match(key, null, found);
        const expected = bindings.filter((binding) => binding !== removed && naive(split(binding.key), split(key)));
        assert.deepEqual(found.map((binding) => binding.key).sort(), expected.map((binding) => binding.key).sort());
      },
    ),
    { numRuns: 500, seed: 21 },
  );
});

test('a pattern of many wildcards costs no more than its length times that of the key', () => {
  const trie = new TopicTrie();
  trie.add(pattern(Array.from({ length: 40 }, () => '#.*').join('.')));
  const found: Binding[] = [];
  // Trying every split of 120 words over 40 wildcards would not end within the life of the machine.
  trie.match(Array.from({ length: 120 }, () => 'w').join('.'), null, found);
  assert.equal(found.length, 1);
  found.length = 0;
  trie.match(Array.from({ length: 39 }, () => 'w').join('.'), null, found);
  assert.equal(found.length, 0);
});
