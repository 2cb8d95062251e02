import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { QueueState, Route } from './queue-history.js';
import { encodeValue } from './record.js';
import { type Receipt, type ReceivedMessage, SqsHistory } from './sqs-history.js';

const visibleMs = 1000;

let violations: string[];
let history: SqsHistory;
let dead: QueueState;
let queue: QueueState;
let group: Route;

beforeEach(() => {
  violations = [];
  history = new SqsHistory({ violation: (message) => violations.push(message) });
  dead = history.queues.queue('dead');
  queue = history.queues.queue('orders', dead, true);
  group = history.queues.route([queue]);
});

function send(count = 1): void {
  for (let left = count; left > 0; left--) {
    const number = history.queues.sending(group);
    history.sent(group, number, `id-${number}`);
  }
}

function message(number: number, count = 1, id = `id-${number}`): ReceivedMessage {
  return {
    MessageId: id,
    ReceiptHandle: `handle-${number}-${count}`,
    Body: encodeValue(group.id, number, 50).toString('base64'),
    Attributes: { ApproximateReceiveCount: String(count) },
  };
}

function receive(atMs: number, messages: readonly ReceivedMessage[], fifo = true, from = queue): Receipt[] {
  return history.received(from, fifo, messages, atMs, atMs, visibleMs);
}

function remove(receipts: readonly Receipt[]): void {
  for (const receipt of receipts) {
    history.deleting(receipt);
    history.deleted(receipt);
  }
}

function assertViolation(pattern: RegExp): void {
  assert.ok(
    violations.some((violation) => pattern.test(violation)),
    `no violation is like ${pattern}:\n${violations.join('\n')}`,
  );
}

test('messages that are received in order, again after their time-out, and deleted break no promise', () => {
  send(4);
  remove(receive(0, [message(0), message(1)]));
  const [second] = receive(10, [message(2), message(3)]);
  remove([second!]);
  history.killed();
  remove(receive(1020, [message(3, 2)]));
  history.queues.drained();
  assert.deepEqual(violations, []);
});

test('an answered send that nobody can receive is lost', () => {
  send();
  history.queues.drained();
  assertViolation(/orders: message 0 .* is lost; it was confirmed/);
});

test('a message that comes back after its delete was answered is seen', () => {
  send();
  remove(receive(0, [message(0)]));
  history.killed();
  receive(5000, [message(0, 2)]);
  assertViolation(/message 0 .* comes back, although what settled it counts/);
});

test('a delete that is on its way may count for a message that was handed out again before it', () => {
  send();
  const [late] = receive(0, [message(0)], false);
  history.deleting(late!);
  // Whoever was handed it again, its time-out over, hears of it only now, and leaves it; the kill takes the other answer.
  receive(1010, [message(0, 2)], false);
  history.killed();
  history.queues.drained();
  assert.deepEqual(violations, []);
});

test('so does one whose answer comes right behind that of the receive, when nobody asks for anything any more', () => {
  send();
  const [late] = receive(0, [message(0)], false);
  history.deleting(late!);
  const number = history.asking();
  receive(1010, [message(0, 2)], false);
  history.ended(number);
  history.deleted(late!);
  history.killed();
  history.queues.drained();
  assert.deepEqual(violations, []);
});

test('whoever has a message may be told that it is not there while a delete of who had it before is on its way or done', () => {
  send(2);
  const [late, other] = receive(0, [message(0), message(1)], false);
  history.deleting(late!);
  const number = history.asking();
  const [again] = receive(1010, [message(0, 2)], false);
  assert.deepEqual([history.mayBeGone(again!), history.mayBeGone(other!)], [true, false]);
  history.deleted(late!);
  assert.equal(history.mayBeGone(again!), true);
  const [third] = receive(2020, [message(0, 3)], false);
  assert.equal(history.mayBeGone(third!), true);
  history.ended(number);
  assert.equal(history.mayBeGone(third!), true);
  assert.deepEqual(violations, []);
});

test('a message that comes back in the next life was not deleted, and is lost when it is not there in the end', () => {
  send(2);
  const [first, second] = receive(0, [message(0), message(1)], false);
  history.deleting(first!);
  history.deleting(second!);
  receive(1010, [message(0, 2)], false);
  history.killed();
  receive(2020, [message(0, 3)], false);
  history.queues.drained();
  assert.deepEqual(violations, ['orders: message 0 of stream 1 is lost; it was handed out and not settled']);
});

test('a message that was handed out and is gone is lost, whatever became of deletes of others', () => {
  send(2);
  const [first] = receive(0, [message(0), message(1)], false);
  history.deleting(first!);
  receive(1010, [message(1, 2)], false);
  history.killed();
  history.queues.drained();
  assert.deepEqual(violations, ['orders: message 1 of stream 1 is lost; it was handed out and not settled']);
});

test('a delete that was refused settles nothing, and one of somebody else does', () => {
  send(2);
  const [first, second] = receive(0, [message(0), message(1)]);
  const [again] = receive(1010, [message(0, 2), message(1, 2)]);
  history.deleting(first!);
  history.deleting(again!);
  history.refused(first!);
  history.deleting(second!);
  history.refused(second!);
  history.deleted(again!);
  history.killed();
  history.queues.drained();
  assert.deepEqual(violations, ['orders: message 1 of stream 1 is lost; it was handed out and not settled']);
});

test('what nobody was told of but somebody received is waited for until it is settled', () => {
  history.queues.sending(group);
  assert.equal(history.queues.awaitsMessages, false);
  const [receipt] = receive(0, [message(0)], false);
  assert.equal(history.queues.awaitsMessages, true);
  history.deleting(receipt!);
  assert.equal(history.queues.awaitsMessages, false);
});

test('two of a group in flight at once are seen, and one behind others of its group in one receive is not', () => {
  send(3);
  receive(0, [message(0), message(1)]);
  assert.deepEqual(violations, []);
  receive(500, [message(2)]);
  assertViolation(/message 2 .* is received while .* message 0 .* is in flight/);
});

test('a message that comes after a later one of its group is seen', () => {
  send(2);
  receive(0, [message(1)]);
  receive(2000, [message(0)]);
  assertViolation(/message 0 .* comes after message 1 of its group/);
  violations.length = 0;
  receive(4000, [message(1, 2), message(0, 2)]);
  assertViolation(/message 0 .* comes behind message 1 in one receive/);
});

test('a message that is there twice is seen by its ids: in what sends were answered, or in what is received', () => {
  send();
  history.sent(group, 0, 'another');
  assertViolation(/message 0 of stream 1 is there twice: the answer calls it another/);
  violations.length = 0;
  receive(0, [message(0)]);
  assertViolation(/message 0 of stream 1 is there twice: a receive from orders calls it id-0/);
});

test('a receive before the time-out of the one before it is seen, also where that made a dead letter', () => {
  send();
  receive(0, [message(0)], false);
  receive(900, [message(0, 2)], false);
  assertViolation(/orders: message 0 .* is received 100 ms before its time-out is over/);
  violations.length = 0;
  receive(1000, [message(0, 3)], false, dead);
  assertViolation(/dead: message 0 .* is received 900 ms before its time-out is over/);
});

test('a count of receives that does not grow is seen, and so is a message before its delay is over', () => {
  send();
  history.delayed(group, 0, 1000);
  receive(500, [message(0, 1)], false);
  assertViolation(/message 0 .* is received before its delay is over/);
  receive(2000, [message(0, 1)], false);
  assertViolation(/message 0 .* says it was received 1 times, and said 1 before/);
});

test('a message that is in its queue again after it was a dead letter is seen', () => {
  send();
  receive(0, [message(0, 3)]);
  receive(1100, [message(0, 4)], true, dead);
  receive(2200, [message(0, 5)]);
  assertViolation(/orders: message 0 .* comes back, and is a dead letter in dead/);
});
