import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NamePattern, patternFault, quoted } from './name-pattern.js';

const names: readonly string[] = [
  '',
  'a',
  'amq.gen-1',
  'amq',
  'orders',
  'my-orders',
  'orders.eu',
  'secret',
  'a]b',
  'x|y',
  '(a)',
];

test('look-ahead at the beginning, as policies have it, means what it means elsewhere', () => {
  for (const pattern of [
    '^(?!amq\\.).*',
    '^(?!amq\\.)',
    '^(?!amq\\.|secret).+$',
    '^(?!(amq|secret)).*$',
    '^(?!amq\\.)(?!secret).*',
    '^(?=o)(?!orders$).*',
    '^(?![a-m]).*',
    '^(?![\\]x]).*',
    '^(?!\\(a\\)).*',
    '^(?!.*eu).*$',
    '^((?!orders).)*$',
    '^(?:(?!a|x).)*$',
    '^(?!amq\\.)(orders|my).*',
    '^(?!a)[|x].*',
  ]) {
    assert.equal(patternFault(pattern), null, pattern);
    const ours = new NamePattern(pattern);
    const theirs = new RegExp(pattern);
    for (const name of names) assert.equal(ours.matches(name), theirs.test(name), `${pattern} on ${name}`);
  }
});

test('look-ahead elsewhere, look-behind and back-references are refused, and match nothing', () => {
  for (const pattern of [
    'a(?!b)',
    '(?!a).*',
    '^(?!a)b|c',
    '^(?!a(?!b)).*',
    '^(?<!a)b',
    '^(a)\\1$',
    '^(?!a',
    '^(?!a)*b',
    '^((?!a).)*b$',
    '(',
    '[a',
    '*',
  ]) {
    assert.match(patternFault(pattern)!, /no regular expression/, pattern);
    for (const name of names) assert.equal(new NamePattern(pattern).matches(name), false, pattern);
  }
});

test('without look-ahead it is what JavaScript finds anywhere in the name', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '.',
    '\\.',
    '[ab]',
    '[^a]',
    '(a|b)',
    'a*',
    'b+',
    '(?:ab)?',
    '\\d',
    '^a',
    'b$',
  );
  const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', '.', '1') }), (text, name) => {
      assert.equal(patternFault(text), null);
      assert.equal(new NamePattern(text).matches(name), new RegExp(text).test(name));
    }),
    { seed: 8 },
  );
});

test('with look-ahead before it too', () => {
  const inner = fc.constantFrom('a', 'b', 'ab', 'a|b', '[ab]b', '(a|b)1', '.*1', 'a$');
  const rest = fc.constantFrom('', '.*', '.*$', '[ab]+', '(a|1).*', 'b?1');
  const kind = fc.constantFrom('!', '=');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(kind, inner), { minLength: 1, maxLength: 3 }),
      rest,
      fc.string({ unit: fc.constantFrom('a', 'b', '.', '1') }),
      (groups, end, name) => {
        const text = `^${groups.map(([sign, source]) => `(?${sign}${source})`).join('')}${end}`;
        assert.equal(patternFault(text), null, text);
        assert.equal(new NamePattern(text).matches(name), new RegExp(text).test(name), `${text} on ${name}`);
      },
    ),
    { seed: 9, numRuns: 500 },
  );
});

test('a quoted text matches itself and nothing else', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, other) => {
      const pattern = new NamePattern(`^${quoted(text)}$`);
      assert.equal(pattern.matches(text), !text.includes('\n') || pattern.matches(text));
      if (other !== text) assert.equal(pattern.matches(other), false);
    }),
    { seed: 10 },
  );
});
