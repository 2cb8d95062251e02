import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder } from '../../log/state.js';
import { BrokerError, type ErrorCode } from '../errors.js';
import type { Destination } from './binding.js';
import type { ExchangeProperties, ExchangeType } from './exchange.js';
import { type Headers, type HeaderValue, noHeaders } from './headers.js';
import { Router } from './router.js';

/** Keeps each operation's bytes, as the journal would. */
class OperationList implements Recorder {
  readonly operations: Buffer[] = [];
  private readonly writer = new ByteWriter();

  begin(): ByteWriter {
    this.writer.clear();
    return this.writer;
  }

  end(): void {
    this.operations.push(this.writer.copy());
  }
}

function exchange(name: string, type: ExchangeType, more: Partial<ExchangeProperties> = {}): ExchangeProperties {
  return {
    name,
    type,
    durable: true,
    autoDelete: false,
    internal: false,
    alternate: null,
    arguments: noHeaders,
    ...more,
  };
}

function headers(values: Record<string, HeaderValue>): Headers {
  return new Map(Object.entries(values));
}

function routerWith(...exchanges: ExchangeProperties[]): Router {
  const router = new Router(new OperationList());
  for (const each of exchanges) router.declare(each);
  return router;
}

function to(router: Router, name: string, key = '', given: Headers | null = null): readonly number[] | null {
  return router.route(name, key, given)?.destinations ?? null;
}

function refused(code: ErrorCode, attempt: () => unknown): void {
  assert.throws(attempt, (error) => error instanceof BrokerError && error.code === code);
}

function snapshotOf(router: Router): Buffer {
  const into = new ByteWriter();
  router.snapshot(into);
  return into.copy();
}

test('a direct exchange leads by the equal key', () => {
  const router = routerWith(exchange('d', 'direct'));
  router.bind('d', 1, 'red');
  router.bind('d', 2, 'red');
  router.bind('d', 3, 'blue');
  assert.deepEqual(to(router, 'd', 'red'), [1, 2]);
  assert.deepEqual(to(router, 'd', 'blue'), [3]);
  assert.deepEqual(to(router, 'd', 're'), []);
});

test('a fanout exchange leads to every bound queue whatever the key, and the answer is one object', () => {
  const router = routerWith(exchange('f', 'fanout'));
  router.bind('f', 9, 'x');
  router.bind('f', 4, '');
  assert.deepEqual(to(router, 'f', 'anything'), [4, 9]);
  assert.equal(router.route('f', 'one', null), router.route('f', 'two', null));
});

test('the default exchange leads to the queue named by the key, until the queue is gone', () => {
  const router = routerWith();
  assert.deepEqual(to(router, '', 'orders'), []);
  router.addDestination('orders', 7);
  assert.deepEqual(to(router, '', 'orders'), [7]);
  router.removeDestination(7);
  assert.deepEqual(to(router, '', 'orders'), []);
  router.addDestination('orders', 8);
  assert.deepEqual(to(router, '', 'orders'), [8]);
});

test('publishing to an exchange that does not exist answers null', () => {
  assert.equal(routerWith().route('nowhere', 'key', null), null);
});

test('a queue appears once however many bindings match', () => {
  const router = routerWith(exchange('t', 'topic'));
  router.bind('t', 1, '#');
  router.bind('t', 1, 'a.*');
  router.bind('t', 1, 'a.b');
  assert.deepEqual(to(router, 't', 'a.b'), [1]);
});

test('the same exchange and key give the same object until a binding changes', () => {
  const router = routerWith(exchange('t', 'topic'), exchange('other', 'direct'));
  router.bind('t', 1, 'a.#');
  const first = router.route('t', 'a.b', null);
  assert.equal(router.route('t', 'a.b', null), first);
  assert.equal(router.route('t', 'a.c', null), first, 'another key to the same place');
  const version = router.version;
  router.bind('other', 5, 'k');
  assert.equal(router.route('t', 'a.b', null), first, 'a change elsewhere');
  assert.notEqual(router.version, version);
  router.bind('t', 2, '#.b');
  assert.deepEqual(to(router, 't', 'a.b'), [1, 2]);
  assert.deepEqual(to(router, 't', 'a.c'), [1]);
});

test('an answer stays right when the cache is smaller than the keys in use', () => {
  const router = new Router(new OperationList(), { cachedRoutesMax: 8, cachedResultsMax: 4 });
  router.declare(exchange('d', 'direct'));
  for (let id = 0; id < 50; id++) router.bind('d', id, `k${id}`);
  for (let round = 0; round < 3; round++) {
    for (let id = 0; id < 50; id++) assert.deepEqual(to(router, 'd', `k${id}`), [id]);
  }
  router.unbind('d', 49, 'k49');
  assert.deepEqual(to(router, 'd', 'k49'), []);
});

test('an answer cannot be altered by who holds it', () => {
  const router = routerWith(exchange('d', 'direct'));
  router.bind('d', 1, 'k');
  const destinations = router.route('d', 'k', null)!.destinations as number[];
  assert.throws(() => destinations.push(2), TypeError);
});

test('a binding is there once for the same destination, key and arguments', () => {
  const list = new OperationList();
  const router = new Router(list);
  router.declare(exchange('h', 'headers'));
  assert.equal(router.bind('h', 1, '', headers({ a: 1, b: ['x', null] })), true);
  const recorded = list.operations.length;
  assert.equal(router.bind('h', 1, '', headers({ b: ['x', null], a: 1 })), false, 'order does not tell them apart');
  assert.equal(list.operations.length, recorded, 'nothing is recorded');
  assert.equal(router.bind('h', 1, '', headers({ a: 2, b: ['x', null] })), true);
  assert.equal(router.bind('h', 1, 'key', headers({ a: 2, b: ['x', null] })), true);
  assert.equal([...router.bindingsTo(1)].length, 3);
  assert.equal(router.unbind('h', 1, '', headers({ a: 1, b: ['x', null] })), true);
  assert.equal(router.unbind('h', 1, '', headers({ a: 1, b: ['x', null] })), false);
  assert.equal([...router.bindingsTo(1)].length, 2);
});

const headerCases: readonly [string, Record<string, HeaderValue>, Record<string, HeaderValue> | null, boolean][] = [
  ['all by default', { a: 1, b: 'x' }, { a: 1, b: 'x', c: 2 }, true],
  ['all with one missing', { 'x-match': 'all', a: 1, b: 'x' }, { a: 1 }, false],
  ['all with one different', { 'x-match': 'all', a: 1, b: 'x' }, { a: 1, b: 'y' }, false],
  ['any with one equal', { 'x-match': 'any', a: 1, b: 'x' }, { b: 'x' }, true],
  ['any with none equal', { 'x-match': 'any', a: 1, b: 'x' }, { a: 2, b: 'y' }, false],
  ['empty all', { 'x-match': 'all' }, {}, true],
  ['empty all and no headers', {}, null, true],
  ['empty any', { 'x-match': 'any' }, { a: 1 }, false],
  ['a void value for a present header', { a: null }, { a: 'whatever' }, true],
  ['a void value for an absent header', { a: null }, { b: 1 }, false],
  ['all passes over x- names', { 'x-match': 'all', 'x-a': 1, b: 2 }, { b: 2 }, true],
  ['any passes over x- names', { 'x-match': 'any', 'x-a': 1 }, { 'x-a': 1 }, false],
  ['all-with-x counts x- names', { 'x-match': 'all-with-x', 'x-a': 1 }, { b: 2 }, false],
  ['all-with-x with the x- name there', { 'x-match': 'all-with-x', 'x-a': 1 }, { 'x-a': 1 }, true],
  ['any-with-x counts x- names', { 'x-match': 'any-with-x', 'x-a': 1 }, { 'x-a': 1 }, true],
  ['a number is not its text', { a: 1 }, { a: '1' }, false],
  ['bytes compare by content', { a: Buffer.from('x') }, { a: Buffer.from('x') }, true],
  ['tables compare by content', { a: headers({ n: [1, 2] }) }, { a: headers({ n: [1, 2] }) }, true],
  ['tables that differ', { a: headers({ n: [1, 2] }) }, { a: headers({ n: [1, 3] }) }, false],
];

for (const [name, wanted, given, expected] of headerCases) {
  test(`headers: ${name} ${expected ? 'matches' : 'does not match'}`, () => {
    const router = routerWith(exchange('h', 'headers'));
    router.bind('h', 1, 'ignored', headers(wanted));
    assert.deepEqual(to(router, 'h', 'key', given === null ? null : headers(given)), expected ? [1] : []);
  });
}

test('an x-match of another value is refused, and arguments without a bottom too', () => {
  const router = routerWith(exchange('h', 'headers'));
  refused('invalid-binding', () => router.bind('h', 1, '', headers({ 'x-match': 'most' })));
  refused('invalid-binding', () => router.bind('h', 1, '', headers({ 'x-match': true })));
  let deep: HeaderValue = 1;
  for (let level = 0; level < 100; level++) deep = [deep];
  refused('invalid-binding', () => router.bind('h', 1, '', headers({ deep })));
});

test('the answer of a headers exchange is not remembered by key', () => {
  const router = routerWith(exchange('front', 'fanout'), exchange('h', 'headers'));
  router.bind('front', 'h', '');
  router.bind('h', 1, '', headers({ a: 1 }));
  assert.deepEqual(to(router, 'front', 'k', headers({ a: 1 })), [1]);
  assert.deepEqual(to(router, 'front', 'k', headers({ a: 2 })), []);
  assert.equal(router.route('h', 'k', headers({ a: 1 })), router.route('h', 'l', headers({ a: 1 })));
});

test('exchanges lead to exchanges with the same key, and a cycle ends', () => {
  const router = routerWith(exchange('a', 'topic'), exchange('b', 'direct'), exchange('c', 'fanout'));
  router.bind('a', 'b', 'x.#');
  router.bind('b', 'c', 'x.y');
  router.bind('c', 'a', '');
  router.bind('c', 3, '');
  router.bind('a', 1, 'x.*');
  assert.deepEqual(to(router, 'a', 'x.y'), [1, 3]);
  assert.deepEqual(to(router, 'a', 'x.z'), [1]);
  assert.deepEqual(to(router, 'c', 'x.y'), [1, 3]);
});

test('a change behind a binding between exchanges reaches answers that were remembered before it', () => {
  const router = routerWith(exchange('a', 'fanout'), exchange('b', 'fanout'), exchange('c', 'direct'));
  router.bind('a', 'b', '');
  router.bind('b', 'c', '');
  assert.deepEqual(to(router, 'a', 'k'), []);
  router.bind('c', 1, 'k');
  assert.deepEqual(to(router, 'a', 'k'), [1]);
  router.unbind('b', 'c', '');
  assert.deepEqual(to(router, 'a', 'k'), []);
});

test('the alternate exchange takes what nothing matched, and only that', () => {
  const router = routerWith(exchange('d', 'direct', { alternate: 'rest' }));
  assert.deepEqual(to(router, 'd', 'k'), [], 'it need not exist');
  router.declare(exchange('rest', 'fanout', { alternate: 'last' }));
  router.declare(exchange('last', 'fanout'));
  router.bind('last', 9, '');
  assert.deepEqual(to(router, 'd', 'k'), [9], 'the alternate has an alternate');
  router.bind('rest', 8, '');
  router.bind('d', 1, 'k');
  assert.deepEqual(to(router, 'd', 'k'), [1]);
  assert.deepEqual(to(router, 'd', 'other'), [8]);
  router.delete('rest');
  assert.deepEqual(to(router, 'd', 'other'), []);
});

test('alternates that name each other end', () => {
  const router = routerWith(exchange('a', 'direct', { alternate: 'b' }), exchange('b', 'direct', { alternate: 'a' }));
  router.bind('b', 2, 'k');
  assert.deepEqual(to(router, 'a', 'k'), [2]);
  assert.deepEqual(to(router, 'a', 'none'), []);
});

test('several keys give the union, and the alternate only when none of them matched', () => {
  const router = routerWith(exchange('d', 'direct', { alternate: 'rest' }), exchange('rest', 'fanout'));
  router.bind('rest', 9, '');
  router.bind('d', 2, 'b');
  router.bind('d', 1, 'a');
  assert.deepEqual(router.routeKeys('d', ['b', 'a', 'none'], null)?.destinations, [1, 2]);
  assert.deepEqual(router.routeKeys('d', ['none', 'nil'], null)?.destinations, [9]);
  assert.equal(router.routeKeys('missing', ['a'], null), null);
  router.addDestination('q', 5);
  assert.deepEqual(router.routeKeys('', ['q', 'r'], null)?.destinations, [5]);
});

test('declaring again is fine when nothing differs, an error when something does', () => {
  const router = routerWith(exchange('e', 'topic', { autoDelete: true }));
  assert.equal(router.declare(exchange('e', 'topic', { autoDelete: true, arguments: headers({ extra: 1 }) })), false);
  refused('exchange-mismatch', () => router.declare(exchange('e', 'direct', { autoDelete: true })));
  refused('exchange-mismatch', () => router.declare(exchange('e', 'topic')));
  refused('exchange-mismatch', () => router.declare(exchange('e', 'topic', { autoDelete: true, alternate: 'x' })));
});

test('the default exchange cannot be declared, deleted or bound', () => {
  const router = routerWith(exchange('e', 'fanout'));
  refused('reserved-exchange', () => router.declare(exchange('', 'direct')));
  refused('reserved-exchange', () => router.delete(''));
  refused('reserved-exchange', () => router.bind('', 1, 'k'));
  refused('reserved-exchange', () => router.bind('e', '', 'k'));
});

test('binding from or to a missing exchange is an error, unbinding it is not', () => {
  const router = routerWith(exchange('e', 'fanout'));
  refused('unknown-exchange', () => router.bind('missing', 1, 'k'));
  refused('unknown-exchange', () => router.bind('e', 'missing', 'k'));
  assert.equal(router.unbind('missing', 1, 'k'), false);
  assert.equal(router.unbind('e', 'missing', 'k'), false);
});

test('deleting an exchange takes its bindings along; in use it can be protected', () => {
  const router = routerWith(exchange('a', 'fanout'), exchange('b', 'fanout'));
  router.bind('a', 'b', '');
  router.bind('b', 1, '');
  refused('exchange-in-use', () => router.delete('b', true));
  assert.equal(router.delete('b'), true);
  assert.equal(router.delete('b'), false);
  assert.equal(router.find('a')?.outgoing.size, 0);
  assert.deepEqual([...router.bindingsTo(1)], []);
  router.declare(exchange('b', 'fanout'));
  assert.deepEqual(to(router, 'a'), []);
});

test('removing a queue removes its bindings everywhere', () => {
  const router = routerWith(exchange('a', 'fanout'), exchange('t', 'topic'), exchange('h', 'headers'));
  router.bind('a', 1, '');
  router.bind('a', 2, '');
  router.bind('t', 1, 'x.#');
  router.bind('h', 1, '');
  assert.deepEqual(to(router, 'a'), [1, 2]);
  router.removeDestination(1);
  assert.deepEqual(to(router, 'a'), [2]);
  assert.deepEqual(to(router, 't', 'x'), []);
  assert.deepEqual(to(router, 'h'), []);
});

test('an auto-delete exchange goes with its last binding, and takes those that only led to it', () => {
  const auto = { autoDelete: true };
  const router = routerWith(
    exchange('top', 'fanout', auto),
    exchange('kept', 'fanout'),
    exchange('middle', 'fanout', auto),
    exchange('leaf', 'topic', auto),
  );
  router.bind('top', 'middle', '');
  router.bind('kept', 'middle', '');
  router.bind('middle', 'leaf', '');
  router.bind('leaf', 1, 'a');
  router.bind('leaf', 1, 'b');
  router.unbind('leaf', 1, 'a');
  assert.ok(router.find('leaf'), 'one binding is left');
  assert.ok(router.find('top'));
  router.unbind('leaf', 1, 'b');
  assert.deepEqual(
    [...router.exchanges()].map((each) => each.name),
    ['kept'],
  );
  assert.equal(router.find('kept')?.outgoing.size, 0);
});

test('an auto-delete exchange that never had a binding stays', () => {
  const router = routerWith(exchange('auto', 'fanout', { autoDelete: true }));
  router.removeDestination(1);
  assert.ok(router.find('auto'));
});

test('removing a queue cascades through auto-delete exchanges', () => {
  const router = routerWith(
    exchange('a', 'fanout', { autoDelete: true }),
    exchange('b', 'fanout', { autoDelete: true }),
  );
  router.bind('a', 'b', '');
  router.bind('b', 1, '');
  router.removeDestination(1);
  assert.deepEqual([...router.exchanges()], []);
});

test('what is transient is forgotten after recovery, what is durable stays', () => {
  const router = routerWith(exchange('durable', 'fanout'), exchange('transient', 'fanout', { durable: false }));
  router.bind('durable', 1, '');
  router.bind('durable', 'transient', '');
  router.bind('transient', 2, '');
  router.forgetTransient();
  assert.deepEqual(
    [...router.exchanges()].map((each) => each.name),
    ['durable'],
  );
  assert.deepEqual(to(router, 'durable'), [1]);
});

/** One step of a random history; numbers are taken modulo what there is to choose from. */
interface Step {
  readonly kind: 'declare' | 'delete' | 'bind' | 'unbind' | 'remove' | 'transient';
  readonly from: number;
  readonly to: number;
  readonly toExchange: boolean;
  readonly key: string;
  readonly type: ExchangeType;
  readonly flags: number;
}

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'declare',
    'declare',
    'bind',
    'bind',
    'bind',
    'bind',
    'unbind',
    'delete',
    'remove',
    'transient',
  ),
  from: fc.nat(4),
  to: fc.nat(4),
  toExchange: fc.boolean(),
  key: fc.constantFrom('', 'a', 'a.b', 'a.*', '#', '#.b'),
  type: fc.constantFrom('direct', 'fanout', 'topic', 'headers'),
  flags: fc.nat(7),
});

function take(router: Router, step: Step): void {
  const from = `e${step.from}`;
  const destination: Destination = step.toExchange ? `e${step.to}` : step.to;
  const args = step.flags % 2 === 0 ? noHeaders : headers({ 'x-match': 'any', h: step.to });
  try {
    if (step.kind === 'declare') {
      const alternate = step.flags & 4 ? `e${step.to}` : null;
      router.declare(
        exchange(from, step.type, { autoDelete: (step.flags & 1) === 1, durable: (step.flags & 2) === 0, alternate }),
      );
    } else if (step.kind === 'delete') router.delete(from, step.flags % 2 === 1);
    else if (step.kind === 'bind') router.bind(from, destination, step.key, args);
    else if (step.kind === 'unbind') router.unbind(from, destination, step.key, args);
    else if (step.kind === 'remove') router.removeDestination(step.to);
    else router.forgetTransient();
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
  }
}

function answers(router: Router): (readonly number[] | null)[] {
  const given = [null, headers({ h: 1 }), headers({ h: 2 })];
  const all: (readonly number[] | null)[] = [];
  for (let at = 0; at < 5; at++) {
    for (const key of ['', 'a', 'a.b', 'c.b']) for (const each of given) all.push(to(router, `e${at}`, key, each));
  }
  return all;
}

test('a snapshot and the operations after it give the router that wrote them, with the same answers', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 60 }), fc.nat(60), (steps, cut) => {
      const list = new OperationList();
      const router = new Router(list);
      const early = new ByteWriter();
      let operationsBefore = 0;
      steps.forEach((step, at) => {
        if (at === cut % steps.length) {
          router.snapshot(early);
          operationsBefore = list.operations.length;
        }
        // Asking in between fills the cache, so that a change which fails to clear it shows.
        answers(router);
        take(router, step);
      });
      const nothing = new OperationList();
      const replayed = new Router(nothing);
      for (const operation of list.operations) replayed.replay(new ByteReader(operation));
      assert.deepEqual(snapshotOf(replayed), snapshotOf(router));
      assert.deepEqual(answers(replayed), answers(router));
      assert.equal(nothing.operations.length, 0);
      if (early.length > 0) {
        const restored = new Router(nothing);
        restored.restore(new ByteReader(early.copy()));
        for (const operation of list.operations.slice(operationsBefore)) restored.replay(new ByteReader(operation));
        assert.deepEqual(answers(restored), answers(router));
        assert.deepEqual(snapshotOf(restored), snapshotOf(router));
      }
    }),
    { numRuns: 300, seed: 22 },
  );
});

test('a damaged operation or snapshot is an error, not a guess', () => {
  const router = routerWith();
  assert.throws(() => router.replay(new ByteReader(Buffer.from([99]))), /unknown kind 99/);
  assert.throws(() => router.restore(new ByteReader(Buffer.from([9]))), /unknown version 9/);
  assert.throws(() => router.replay(new ByteReader(Buffer.from([2, 1, 65]))), /never declared/);
});
