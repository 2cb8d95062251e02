import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type Place, QueueHistory, type QueueState, type Route, Taker } from './queue-history.js';
import { encodeValue } from './record.js';

let violations: string[];
let history: QueueHistory;
let dead: QueueState;
let orders: QueueState;
let copies: QueueState;
let direct: Route;
let fanout: Route;

beforeEach(() => {
  violations = [];
  history = new QueueHistory({ violation: (message) => violations.push(message) });
  dead = history.queue('dead');
  orders = history.queue('orders', dead);
  copies = history.queue('copies');
  direct = history.route([orders]);
  fanout = history.route([orders, copies]);
});

function publish(route: Route, confirm = true): number {
  const number = history.sending(route);
  if (confirm) history.confirmed(route, number);
  return number;
}

function deliver(
  queue: QueueState,
  route: Route,
  number: number,
  redelivered = false,
  taker: Taker | null = null,
): Place {
  const place = history.delivered(queue, encodeValue(route.id, number, 50), redelivered, taker);
  assert.ok(place !== undefined, violations.join('\n'));
  return place;
}

function take(queue: QueueState, route: Route, number: number, redelivered = false): Place {
  const place = deliver(queue, route, number, redelivered);
  history.settling(place, 'ack');
  return place;
}

function assertViolation(pattern: RegExp): void {
  assert.ok(
    violations.some((violation) => pattern.test(violation)),
    `no violation is like ${pattern}:\n${violations.join('\n')}`,
  );
}

test('messages that are delivered, given back, acked, rejected and drained as promised break no promise', () => {
  const taker = new Taker();
  for (let count = 0; count < 4; count++) publish(direct);
  const both = publish(fanout);
  publish(direct, false);
  history.hold(deliver(orders, direct, 0, false, taker));
  history.released(deliver(orders, direct, 1, false, taker));
  const acked = deliver(orders, direct, 2, false, taker);
  history.settling(acked, 'ack');
  history.promised(acked);
  history.settling(deliver(orders, direct, 3, false, taker), 'reject');
  take(dead, direct, 3);
  take(orders, fanout, both);
  history.released({ lane: acked.lane, number: 0 });
  history.killed();
  take(orders, direct, 0, true);
  take(orders, direct, 1);
  take(copies, fanout, both);
  history.drained();
  assert.deepEqual(violations, []);
  assert.equal(history.counts.deadLetters, 1);
});

test('a confirmed message that no queue has any more is lost, delivered before or not', () => {
  publish(direct);
  deliver(orders, direct, publish(direct));
  history.drained();
  assertViolation(/orders: message 0 of stream 1 is lost; it was confirmed/);
  assertViolation(/orders: message 1 of stream 1 is lost; it was handed out and not settled/);
});

test('a message that nobody confirmed may be gone after a kill, also from the queue that had handed it out', () => {
  take(orders, fanout, publish(fanout, false));
  history.killed();
  history.drained();
  assert.deepEqual(violations, []);
});

test('a fan-out of which one queue has the message after a kill, and another one not, is seen', () => {
  const number = publish(fanout, false);
  history.killed();
  take(copies, fanout, number);
  history.drained();
  assertViolation(/orders: message 0 of stream 2 is lost; it is in 1 other queues/);
});

test('a fan-out is seen to be torn in the same life when a mark that came later was confirmed', () => {
  history.firm(take(copies, fanout, publish(fanout, false)));
  history.drained();
  assertViolation(/orders: message 0 of stream 2 is lost/);
});

test('a message whose ack counts must not come back, and one that is out must not be handed out again', () => {
  const first = take(orders, direct, publish(direct));
  history.promised(first);
  const second = deliver(orders, direct, publish(direct));
  history.hold(second);
  deliver(orders, direct, 1, true);
  assertViolation(/message 1 of stream 1 is with two at a time/);
  history.killed();
  deliver(orders, direct, 0, true);
  assertViolation(/message 0 of stream 1 comes back, although what settled it counts/);
});

test('what was drained must not come back', () => {
  take(orders, direct, publish(direct));
  history.drained();
  assert.deepEqual(violations, []);
  deliver(orders, direct, 0, true);
  assertViolation(/message 0 of stream 1 comes back/);
});

test('a message that was handed out before has to say so when that was promised', () => {
  history.firm(deliver(orders, direct, publish(direct)));
  history.killed();
  deliver(orders, direct, 0, false);
  assertViolation(/message 0 of stream 1 was handed out before, and does not say so/);
});

test('messages in another order than they were sent are seen, but for those that are handed out again', () => {
  const taker = new Taker();
  for (let count = 0; count < 3; count++) publish(direct);
  deliver(orders, direct, 1, false, taker);
  deliver(orders, direct, 0, true, taker);
  assert.deepEqual(violations, []);
  deliver(orders, direct, 0, false, taker);
  assertViolation(/message 0 of stream 1 comes behind number 1, to the same consumer/);
});

test('bytes that were changed, a message in a foreign queue and one that was never sent are seen', () => {
  publish(direct);
  const changed = encodeValue(direct.id, 0, 50);
  changed[40]! ^= 1;
  history.delivered(orders, changed, false, null);
  assertViolation(/orders: a message of 50 bytes is not as it was sent/);
  history.delivered(copies, encodeValue(direct.id, 0, 50), false, null);
  assertViolation(/copies: record 0 of stream 1 does not belong here/);
  history.delivered(orders, encodeValue(direct.id, 7, 50), false, null);
  assertViolation(/orders: record 7 of stream 1 does not belong here/);
});

test('a message that was sent only in part, or rolled back, must not be seen', () => {
  const number = publish(direct, false);
  history.forbidden(direct, number);
  deliver(orders, direct, number);
  assertViolation(/message 0 of stream 1 is there, and was never sent as a whole/);
});

test('a dead letter that is lost, is twice, is in its old queue too, or that nobody rejected is seen', () => {
  for (let count = 0; count < 4; count++) publish(direct);
  const lost = deliver(orders, direct, 0);
  history.settling(lost, 'reject');
  history.promised(lost);
  history.settling(deliver(orders, direct, 1), 'reject');
  history.promised(take(dead, direct, 1));
  deliver(dead, direct, 1);
  assertViolation(/dead: message 1 of stream 1 comes back/);
  history.settling(deliver(orders, direct, 2), 'reject');
  take(dead, direct, 2);
  deliver(orders, direct, 2, true);
  assertViolation(/orders: message 2 of stream 1 comes back, and is a dead letter in dead/);
  take(dead, direct, 3);
  history.drained();
  assertViolation(/orders: message 0 of stream 1 is lost; it was rejected and is no dead letter/);
  assertViolation(/orders: message 3 of stream 1 is a dead letter that nobody rejected/);
});

// Transactions

function commit(): { number: number; copy: number; acked: Place; transaction: ReturnType<QueueHistory['committing']> } {
  const source = publish(fanout);
  take(copies, fanout, source);
  const acked = deliver(orders, fanout, source);
  const target = history.queue('target');
  const other = history.queue('other');
  const published = [target, other].map((queue) => {
    const route = history.route([queue]);
    return { route, number: history.sending(route) };
  });
  const transaction = history.committing('transaction 1', published, [acked]);
  return { number: published[0]!.number, copy: published[1]!.number, acked, transaction };
}

function takeOf({ transaction }: ReturnType<typeof commit>, index: number): void {
  const { route, number } = transaction.published[index]!;
  take(route.lanes[0]!.queue, route, number);
}

test('a transaction without an answer may be done, or not', () => {
  const done = commit();
  history.killed();
  takeOf(done, 0);
  takeOf(done, 1);
  history.drained();
  const undone = commit();
  history.killed();
  take(orders, fanout, undone.acked.number, true);
  history.drained();
  assert.deepEqual(violations, []);
  assert.equal(history.counts.inDoubt, 2);
});

test('a transaction of which one queue has what it published, and another one not, is seen', () => {
  const torn = commit();
  history.killed();
  takeOf(torn, 1);
  history.drained();
  assertViolation(/transaction 1 is done, but target: message 0 .* is not there/);
});

test('a transaction that published although its acks came back is seen, and so is one that acked and published nothing', () => {
  const torn = commit();
  history.killed();
  takeOf(torn, 0);
  takeOf(torn, 1);
  take(orders, fanout, torn.acked.number, true);
  assertViolation(/transaction 1 is both done and undone/);
  violations.length = 0;
  history.drained();
  violations.length = 0;
  commit();
  history.killed();
  history.drained();
  assertViolation(/transaction 1 is not done, but orders: message 1 .*, which it acked, did not come back/);
});

test('what a committed transaction acked must not come back, and what it published must be there', () => {
  const { transaction, acked } = commit();
  history.committed(transaction);
  history.killed();
  deliver(orders, fanout, acked.number, true);
  assertViolation(/orders: message 0 .* comes back, although what settled it counts/);
  history.drained();
  assertViolation(/target: message 0 .* is lost; it was confirmed/);
  assertViolation(/other: message 0 .* is lost; it was confirmed/);
});
