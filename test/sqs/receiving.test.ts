import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { atHome, type SqsHome } from './home.js';

async function one(home: SqsHome, url: string, more: object = {}): Promise<{ ReceiptHandle: string; Body: string }> {
  const messages = await home.receive(url, more);
  assert.equal(messages.length, 1);
  return messages[0];
}

test('a received message is hidden for as long as the receive or the queue says', () =>
  atHome(async (home) => {
    const url = await home.queue('orders', { VisibilityTimeout: '5' });
    await home.send(url, 'a');
    await one(home, url);
    assert.deepEqual(await home.bodies(url), []);
    await home.clock.pass(4000);
    assert.deepEqual(await home.counts(url), [0, 1, 0]);
    await home.clock.pass(1500);
    assert.deepEqual(await home.counts(url), [1, 0, 0]);
    await one(home, url, { VisibilityTimeout: 60 });
    await home.clock.pass(50_000);
    assert.deepEqual(await home.bodies(url), []);
    await home.clock.pass(10_001);
    assert.deepEqual(await home.bodies(url), ['a']);
  }));

test('a receive that hides nothing leaves the message for the next one, and counts', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await home.send(url, 'a');
    for (const count of ['1', '2', '3']) {
      const [message] = await home.receive(url, { VisibilityTimeout: 0 });
      assert.equal(message.Attributes.ApproximateReceiveCount, count);
    }
    assert.deepEqual(await home.counts(url), [1, 0, 0]);
  }));

test('each receive has a handle of its own, and on a standard queue the old one still deletes', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await home.send(url, 'a');
    const first = await one(home, url, { VisibilityTimeout: 1 });
    await home.clock.pass(1001);
    const second = await one(home, url);
    assert.notEqual(first.ReceiptHandle, second.ReceiptHandle);
    await home.delete(url, first);
    await home.clock.pass(60_000);
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
    await home.delete(url, second);
  }));

test('a handle of a message that is visible again deletes it', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await home.send(url, 'a');
    const message = await one(home, url, { VisibilityTimeout: 1 });
    await home.clock.pass(1001);
    await home.delete(url, message);
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
  }));

test('handles that are damaged, made up or of another queue are refused', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const other = await home.queue('other');
    await home.send(url, 'a');
    const { ReceiptHandle } = await one(home, url);
    for (const handle of [
      'x',
      'AAAA',
      ReceiptHandle.slice(0, -4),
      `${ReceiptHandle}AAAA`,
      `B${ReceiptHandle.slice(1)}`,
    ]) {
      const told = await home.failure('DeleteMessage', { QueueUrl: url, ReceiptHandle: handle });
      assert.deepEqual([told.name, told.code], ['ReceiptHandleIsInvalid', 'ReceiptHandleIsInvalid'], handle);
      assert.equal(told.message, `The input receipt handle "${handle}" is not a valid receipt handle.`);
    }
    assert.equal(
      (await home.failure('DeleteMessage', { QueueUrl: other, ReceiptHandle })).name,
      'ReceiptHandleIsInvalid',
    );
    assert.equal((await home.failure('DeleteMessage', { QueueUrl: url })).code, 'MissingParameter');
  }));

test('visibility can be made longer, shorter and nothing, but not over 12 hours from the receive on', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await home.send(url, 'a');
    const { ReceiptHandle } = await one(home, url);
    const change = (VisibilityTimeout: number): object => ({ QueueUrl: url, ReceiptHandle, VisibilityTimeout });
    await home.json('ChangeMessageVisibility', change(100));
    await home.clock.pass(99_000);
    assert.deepEqual(await home.counts(url), [0, 1, 0]);
    const told = await home.failure('ChangeMessageVisibility', change(43_200));
    assert.equal(told.code, 'InvalidParameterValue');
    assert.match(told.message, /Total VisibilityTimeout for the message is beyond the limit \[43200 seconds\]/);
    await home.json('ChangeMessageVisibility', change(0));
    assert.deepEqual(await home.counts(url), [1, 0, 0]);
    const missing = await home.failure('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle });
    assert.equal(missing.message, 'The request must contain the parameter VisibilityTimeout.');
  }));

test('the visibility of a deleted message cannot be changed, nor that of one that is not in flight', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await home.send(url, 'a');
    const { ReceiptHandle } = await one(home, url, { VisibilityTimeout: 1 });
    const change = { QueueUrl: url, ReceiptHandle, VisibilityTimeout: 9 };
    await home.clock.pass(1001);
    const visible = await home.failure('ChangeMessageVisibility', change);
    assert.deepEqual([visible.name, visible.code], ['MessageNotInflight', 'AWS.SimpleQueueService.MessageNotInflight']);
    await home.delete(url, { ReceiptHandle });
    const deleted = await home.failure('ChangeMessageVisibility', change);
    assert.equal(deleted.code, 'InvalidParameterValue');
    assert.match(
      deleted.message,
      /Reason: Message does not exist or is not available for visibility timeout change\.$/,
    );
  }));

test('the first receive is told as what it was, over time-outs', () =>
  atHome(async (home) => {
    const url = await home.queue('orders', { VisibilityTimeout: '10' });
    await home.send(url, 'a');
    await home.clock.pass(5000);
    const [first] = await home.receive(url);
    const firstMs = Number(first.Attributes.ApproximateFirstReceiveTimestamp);
    assert.ok(Math.abs(firstMs - home.clock.now()) < 2000);
    assert.ok(firstMs - Number(first.Attributes.SentTimestamp) >= 5000);
    await home.clock.pass(10_001);
    const [second] = await home.receive(url);
    assert.equal(second.Attributes.ApproximateFirstReceiveTimestamp, String(firstMs));
    assert.equal(second.Attributes.ApproximateReceiveCount, '2');
    assert.equal(second.MessageId, first.MessageId);
  }));

test('a long poll answers the moment a message comes, and waits no longer than it was told to', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const waiting = home.bodies(url, { WaitTimeSeconds: 20 });
    await home.wait('orders', 1);
    await home.send(url, 'a');
    assert.deepEqual(await waiting, ['a']);
    const inVain = home.bodies(url, { WaitTimeSeconds: 20 });
    await home.wait('orders', 1);
    await home.clock.pass(20_001);
    assert.deepEqual(await inVain, []);
  }));

test('the queue says how long a receive waits that says nothing', () =>
  atHome(async (home) => {
    const url = await home.queue('orders', { ReceiveMessageWaitTimeSeconds: '20' });
    const waiting = home.bodies(url);
    await home.wait('orders', 1);
    await home.send(url, 'a');
    assert.deepEqual(await waiting, ['a']);
    assert.deepEqual(await home.bodies(url, { WaitTimeSeconds: 0 }), []);
  }));

test('who waits longest is served first, and each message goes to one of them', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const polls: Promise<string[]>[] = [];
    for (let index = 0; index < 3; index++) {
      polls.push(home.bodies(url, { WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }));
      await home.wait('orders', index + 1);
    }
    for (const body of ['a', 'b', 'c']) await home.send(url, body);
    assert.deepEqual(await Promise.all(polls), [['a'], ['b'], ['c']]);
  }));

test('a long poll sees delayed messages when they are due and hidden ones when their time-out ends', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await home.send(url, 'delayed', { DelaySeconds: 10 });
    const delayed = one(home, url, { WaitTimeSeconds: 20, VisibilityTimeout: 5 });
    await home.wait('orders', 1);
    await home.clock.pass(10_001);
    assert.equal((await delayed).Body, 'delayed');
    const hidden = home.bodies(url, { WaitTimeSeconds: 20 });
    await home.wait('orders', 1);
    await home.clock.pass(5001);
    assert.deepEqual(await hidden, ['delayed']);
  }));

test('a client that has gone away gets no message a lock', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const { port } = new URL(home.endpoint);
    const socket = connect(Number(port), '127.0.0.1');
    const body = JSON.stringify({ QueueUrl: url, WaitTimeSeconds: 20 });
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await home.wait('orders', 1);
    socket.destroy();
    await home.wait('orders', 0);
    await home.send(url, 'a');
    assert.deepEqual(await home.counts(url), [1, 0, 0]);
    assert.equal((await home.receive(url))[0].Attributes.ApproximateReceiveCount, '1');
  }));

test('a queue that is deleted lets go of who waits at it', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const waiting = home.failure('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 20 });
    await home.wait('orders', 1);
    await home.json('DeleteQueue', { QueueUrl: url });
    assert.equal((await waiting).name, 'QueueDoesNotExist');
  }));

test('messages are delayed by what the queue says or they say themselves', () =>
  atHome(async (home) => {
    const url = await home.queue('orders', { DelaySeconds: '10' });
    await home.send(url, 'queue');
    await home.send(url, 'none', { DelaySeconds: 0 });
    await home.send(url, 'own', { DelaySeconds: 900 });
    assert.deepEqual(await home.counts(url), [1, 0, 2]);
    assert.deepEqual(await home.bodies(url), ['none']);
    await home.clock.pass(10_001);
    assert.deepEqual(await home.bodies(url), ['queue']);
    await home.clock.pass(890_000);
    assert.deepEqual(await home.bodies(url, { VisibilityTimeout: 0 }), ['queue', 'none', 'own']);
  }));

test('messages are kept for as long as the queue says, counted from when they were sent', () =>
  atHome(async (home) => {
    const url = await home.queue('orders', { MessageRetentionPeriod: '60', VisibilityTimeout: '1' });
    await home.send(url, 'a');
    await home.clock.pass(40_000);
    assert.deepEqual(await home.bodies(url), ['a']);
    await home.send(url, 'b');
    await home.clock.pass(20_001);
    assert.deepEqual(await home.bodies(url), ['b']);
    assert.deepEqual(await home.counts(url), [0, 1, 0]);
    await home.clock.pass(40_001);
    await home.until(
      () => home.counts(url),
      ([visible]) => visible === 0,
    );
    await home.send(url, 'c');
    await home.json('SetQueueAttributes', { QueueUrl: url, Attributes: { MessageRetentionPeriod: '120' } });
    await home.clock.pass(100_000);
    assert.deepEqual(await home.bodies(url), ['c']);
  }));

test('counts are right, not approximate', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    for (let index = 0; index < 25; index++) await home.send(url, 'a', { DelaySeconds: index < 5 ? 60 : 0 });
    assert.deepEqual(await home.counts(url), [20, 0, 5]);
    const got = await home.receive(url, { MaxNumberOfMessages: 7 });
    assert.deepEqual(await home.counts(url), [13, 7, 5]);
    for (const message of got.slice(0, 3)) await home.delete(url, message);
    assert.deepEqual(await home.counts(url), [13, 4, 5]);
    await home.clock.pass(30_001);
    assert.deepEqual(await home.counts(url), [17, 0, 5]);
    await home.clock.pass(30_001);
    assert.deepEqual(await home.counts(url), [22, 0, 0]);
  }));

test('a thousand idle long polls are all let go of in time', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const polls = Array.from({ length: 1000 }, () => home.bodies(url, { WaitTimeSeconds: 20 }));
    const queue = home.broker.queues.get('orders')!;
    await home.until(
      async () => home.waiting(queue),
      (count) => count === 1000,
    );
    await home.send(url, 'a');
    await home.until(
      async () => home.waiting(queue),
      (count) => count === 999,
    );
    await home.clock.pass(20_001);
    assert.deepEqual((await Promise.all(polls)).flat(), ['a']);
  }));
