import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder } from '../../log/state.js';
import { BrokerError, type ErrorCode } from '../errors.js';
import type { MessageProperties } from './binding.js';
import { type ExchangeProperties, type ExchangeType, exchangeTypeOf } from './exchange.js';
import { type Headers, type HeaderValue, noHeaders } from './headers.js';
import { Router } from './router.js';

const unrecorded: Recorder = { begin: () => new ByteWriter(), end: () => {} };

function args(values: Record<string, HeaderValue>): Headers {
  return new Map(Object.entries(values));
}

function routerWith(...exchanges: [string, ExchangeType, Headers?, Partial<ExchangeProperties>?][]): Router {
  const router = new Router(unrecorded);
  for (const [name, type, given, more] of exchanges) {
    const shared = { durable: true, autoDelete: false, internal: false, alternate: null };
    router.declare({ name, type, ...shared, arguments: given ?? noHeaders, ...more });
  }
  return router;
}

function refused(code: ErrorCode, text: RegExp, attempt: () => unknown): void {
  assert.throws(attempt, (error) => error instanceof BrokerError && error.code === code && text.test(error.message));
}

/** How many of `keys` go to each destination; each goes to exactly one. */
function shares(router: Router, name: string, keys: readonly string[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const key of keys) {
    const { destinations } = router.route(name, key, null)!;
    assert.equal(destinations.length, 1);
    counts.set(destinations[0]!, (counts.get(destinations[0]!) ?? 0) + 1);
  }
  return counts;
}

const manyKeys: readonly string[] = Array.from({ length: 20_000 }, (_, at) => `key-${at}`);

test('a consistent-hash exchange shares messages in proportion to the weights', () => {
  const router = routerWith(['h', 'x-consistent-hash']);
  router.bind('h', 1, '1');
  router.bind('h', 2, '2');
  router.bind('h', 3, '5');
  const counts = shares(router, 'h', manyKeys);
  for (const [destination, weight] of [
    [1, 1],
    [2, 2],
    [3, 5],
  ] as const) {
    const expected = (manyKeys.length * weight) / 8;
    const deviation = Math.abs(counts.get(destination)! - expected) / expected;
    assert.ok(deviation < 0.1, `${destination} got ${counts.get(destination)}, not about ${expected}`);
  }
});

test('what goes where does not depend on the order of binding', () => {
  const bindings = [4, 9, 2, 7].map((destination, at): [number, string] => [destination, String(at + 1)]);
  fc.assert(
    fc.property(fc.shuffledSubarray(bindings, { minLength: 4 }), fc.array(fc.string()), (shuffled, keys) => {
      const ordered = routerWith(['h', 'x-consistent-hash']);
      const other = routerWith(['h', 'x-consistent-hash']);
      for (const [destination, weight] of bindings) ordered.bind('h', destination, weight);
      for (const [destination, weight] of shuffled) other.bind('h', destination, weight);
      for (const key of keys) {
        assert.deepEqual(other.route('h', key, null)!.destinations, ordered.route('h', key, null)!.destinations);
      }
    }),
    { numRuns: 50, seed: 3 },
  );
});

test('when a destination comes or goes, only what it has or had moves, also out of the cache', () => {
  const router = routerWith(['h', 'x-consistent-hash']);
  for (const destination of [1, 2, 3]) router.bind('h', destination, '10');
  const keys = manyKeys.slice(0, 3000);
  const where = (): number[] => keys.map((key) => router.route('h', key, null)!.destinations[0]!);
  const before = where();
  router.bind('h', 4, '10');
  const after = where();
  const moved = keys.filter((_, at) => after[at] !== before[at]);
  assert.ok(after.every((destination, at) => destination === before[at] || destination === 4));
  assert.ok(moved.length > 500 && moved.length < 1000, `${moved.length} of 3000 moved, not about 750`);
  router.unbind('h', 4, '10');
  assert.deepEqual(where(), before);
  router.removeDestination(2);
  assert.ok(where().every((destination, at) => before[at] === 2 || destination === before[at]));
});

test('a hash exchange without bindings leads nowhere, or to its alternate', () => {
  const router = routerWith(['rest', 'fanout'], ['h', 'x-consistent-hash', noHeaders, { alternate: 'rest' }]);
  router.bind('rest', 8, '');
  assert.deepEqual(router.route('h', 'x', null)?.destinations, [8]);
  router.bind('h', 1, '1');
  assert.deepEqual(router.route('h', 'x', null)?.destinations, [1]);
});

test('with several routing keys a hash exchange still leads to one place: that of the first', () => {
  const router = routerWith(['h', 'x-consistent-hash']);
  for (const destination of [1, 2, 3, 4, 5]) router.bind('h', destination, '1');
  const first = router.route('h', 'a', null)!.destinations;
  assert.deepEqual(router.routeKeys('h', ['a', 'b', 'c', 'd'], null)!.destinations, first);
});

test('hash-header hashes a header whatever the routing key, of every kind of value', () => {
  const router = routerWith(['h', 'x-consistent-hash', args({ 'hash-header': 'user' })]);
  for (let destination = 0; destination < 1000; destination++) router.bind('h', destination, '1');
  const to = (key: string, value: HeaderValue): number =>
    router.route('h', key, args({ user: value }))!.destinations[0]!;
  assert.equal(to('a', 'alice'), to('b', 'alice'));
  assert.notEqual(to('a', 'alice'), to('a', 'bob'));
  assert.equal(new Set([1, 2n ** 60n, true, 'x', Buffer.from('y'), ['z']].map((value) => to('', value))).size, 6);
  assert.deepEqual(router.route('h', 'a', null)!.destinations, router.route('h', 'b', args({}))!.destinations);
  assert.equal(router.route('h', 'a', null)!.destinations.length, 1);
});

test('hash-property hashes message id, correlation id or timestamp', () => {
  const none: MessageProperties = { messageId: null, correlationId: null, timestamp: null };
  for (const [name, one, other] of [
    ['message_id', { messageId: 'm1' }, { messageId: 'm2' }],
    ['correlation_id', { correlationId: 'c1' }, { correlationId: 'c2' }],
    ['timestamp', { timestamp: 1 }, { timestamp: 2 }],
  ] as const) {
    const router = routerWith(['h', 'x-consistent-hash', args({ 'hash-property': name })]);
    for (let destination = 0; destination < 1000; destination++) router.bind('h', destination, '1');
    const to = (key: string, properties: MessageProperties | null): readonly number[] =>
      router.route('h', key, null, properties)!.destinations;
    assert.deepEqual(to('a', { ...none, ...one }), to('b', { ...none, ...one }));
    assert.notDeepEqual(to('a', { ...none, ...one }), to('a', { ...none, ...other }));
    assert.deepEqual(to('a', none), to('b', null));
  }
});

test('weights that are no whole number above nought are refused, and so are contradicting arguments', () => {
  const router = routerWith(['h', 'x-consistent-hash']);
  for (const key of ['', 'a', '1.5', '1e3', ' 1']) {
    refused('invalid-binding', /must be an integer/, () => router.bind('h', 1, key));
  }
  for (const key of ['0', '-5']) refused('invalid-binding', /greater than 0/, () => router.bind('h', 1, key));
  const declare = (given: Headers) => () => routerWith(['x', 'x-consistent-hash', given]);
  refused(
    'invalid-exchange',
    /mutually exclusive/,
    declare(args({ 'hash-header': 'a', 'hash-property': 'message_id' })),
  );
  refused('invalid-exchange', /Unsupported property: reply_to/, declare(args({ 'hash-property': 'reply_to' })));
});

test('a delayed exchange routes as the type it names, and says that it is delayed', () => {
  const router = routerWith(
    ['d', 'x-delayed-message', args({ 'x-delayed-type': 'topic' })],
    ['h', 'x-delayed-message', args({ 'x-delayed-type': 'headers' })],
    ['plain', 'topic'],
  );
  assert.deepEqual(
    ['d', 'h', 'plain'].map((name) => [router.find(name)!.type, router.find(name)!.delayed]),
    [
      ['x-delayed-message', true],
      ['x-delayed-message', true],
      ['topic', false],
    ],
  );
  router.bind('d', 1, 'a.*');
  router.bind('h', 2, '', args({ n: 1 }));
  assert.deepEqual(router.route('d', 'a.b', null)?.destinations, [1]);
  assert.deepEqual(router.route('d', 'b', null)?.destinations, []);
  assert.deepEqual(router.route('h', '', args({ n: 1 }))?.destinations, [2]);
  assert.deepEqual(router.route('h', '', args({ n: 2 }))?.destinations, []);
});

test('a delayed exchange that names no type, or no other one, is refused', () => {
  for (const given of [
    {},
    { 'x-delayed-type': 'x-delayed-message' },
    { 'x-delayed-type': 'odd' },
    { 'x-delayed-type': 5 },
  ]) {
    refused('invalid-exchange', /x-delayed-type/, () => routerWith(['d', 'x-delayed-message', args(given)]));
  }
});

test('declaring a delayed exchange again is the same when it names the same type', () => {
  const direct = args({ 'x-delayed-type': 'direct' });
  const router = routerWith(['d', 'x-delayed-message', direct]);
  const again = (given: Headers): boolean =>
    router.declare({
      name: 'd',
      type: 'x-delayed-message',
      durable: true,
      autoDelete: false,
      internal: false,
      alternate: null,
      arguments: given,
    });
  assert.equal(again(args({ 'x-delayed-type': 'direct' })), false);
  refused('exchange-mismatch', /another type/, () => again(args({ 'x-delayed-type': 'fanout' })));
});

test('whether content decides is known along all the ways a message can take', () => {
  const router = routerWith(
    ['by-header', 'x-consistent-hash', args({ 'hash-header': 'a' })],
    ['by-key', 'x-consistent-hash'],
    ['first', 'fanout'],
    ['second', 'direct', noHeaders, { alternate: 'late' }],
  );
  const known = (): boolean[] => ['by-header', 'by-key', 'first', 'second'].map((name) => router.readsContent(name));
  assert.deepEqual(known(), [true, false, false, false]);
  router.bind('first', 'second', '');
  router.bind('second', 'first', '');
  const version = router.version;
  const properties = { type: 'headers', durable: true, autoDelete: false, internal: false, alternate: null } as const;
  router.declare({ name: 'late', ...properties, arguments: noHeaders });
  assert.notEqual(router.version, version);
  assert.deepEqual(known(), [true, false, true, true]);
});

test('an answer that a header hash had a part in is not kept for the next message', () => {
  const router = routerWith(['front', 'fanout'], ['h', 'x-consistent-hash', args({ 'hash-header': 'a' })]);
  router.bind('front', 'h', '');
  for (let destination = 0; destination < 1000; destination++) router.bind('h', destination, '1');
  const to = (value: string): readonly number[] => router.route('front', 'k', args({ a: value }))!.destinations;
  assert.notDeepEqual(to('one'), to('two'));
});

test('the new types come back from a snapshot, weights and all', () => {
  const router = routerWith(
    ['h', 'x-consistent-hash', args({ 'hash-header': 'a' })],
    ['d', 'x-delayed-message', args({ 'x-delayed-type': 'x-consistent-hash' })],
  );
  for (const name of ['h', 'd']) for (const destination of [1, 2, 3]) router.bind(name, destination, '2');
  const into = new ByteWriter();
  router.snapshot(into);
  const restored = new Router(unrecorded);
  restored.restore(new ByteReader(into.copy()));
  assert.equal(restored.find('d')?.delayed, true);
  for (const key of manyKeys.slice(0, 100)) {
    const given = args({ a: key });
    for (const name of ['h', 'd']) {
      assert.deepEqual(restored.route(name, key, given)!.destinations, router.route(name, key, given)!.destinations);
    }
  }
});

test('names of types are known or not', () => {
  assert.equal(exchangeTypeOf('x-consistent-hash'), 'x-consistent-hash');
  for (const name of ['', 'toString', 'x-random', 'Direct']) assert.equal(exchangeTypeOf(name), null);
});

test('an exchange that was declared without an alternate has the one it is given, as long as it is given', () => {
  const router = routerWith(['in', 'direct'], ['own', 'direct', noHeaders, { alternate: 'mine' }]);
  for (const [name, destination] of [
    ['rest', 7],
    ['mine', 8],
  ] as const) {
    const shared = { durable: true, autoDelete: false, internal: false, alternate: null, arguments: noHeaders };
    router.declare({ name, type: 'fanout', ...shared });
    router.bind(name, destination, '');
  }
  const to = (name: string): readonly number[] => router.route(name, 'nobody', null)!.destinations;
  assert.deepEqual([to('in'), to('own')], [[], [8]]);
  router.fallBackTo((name) => (name === 'rest' ? null : 'rest'));
  assert.deepEqual([to('in'), to('own')], [[7], [8]]);
  router.unbind('rest', 7, '');
  assert.deepEqual(to('in'), [], 'what was known by way of the alternate is no longer good');
  router.bind('rest', 9, '');
  assert.deepEqual(to('in'), [9]);
  router.fallBackTo(() => null);
  assert.deepEqual([to('in'), to('own')], [[], [8]]);
});
