import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, arnOf, atHome, type SqsHome } from './home.js';

function redriveTo(url: string, maxReceiveCount: number | string = 1): Record<string, string> {
  return { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(url), maxReceiveCount }) };
}

/** Receives a message as often as it may be, and lets its time-out end. */
async function useUp(home: SqsHome, url: string, times: number): Promise<Answer> {
  let last: Answer;
  for (let time = 0; time < times; time++) {
    [last] = await home.receive(url, { VisibilityTimeout: 5 });
    await home.clock.pass(5001);
  }
  return last;
}

async function arrived(home: SqsHome, url: string, count: number): Promise<void> {
  await home.until(
    () => home.counts(url),
    ([visible]) => visible === count,
  );
}

test('a message that was received too often is in the dead-letter queue, as it was sent', () =>
  atHome(async (home) => {
    const dead = await home.queue('dead');
    const url = await home.queue('orders', redriveTo(dead, 2));
    const MessageAttributes = { n: { DataType: 'Number.int', StringValue: '42' } };
    const { MessageId } = await home.send(url, 'a', { MessageAttributes, MessageGroupId: 'tenant' });
    const [first] = await home.receive(url, { VisibilityTimeout: 5 });
    await home.clock.pass(5001);
    const [second] = await home.receive(url, { VisibilityTimeout: 5 });
    assert.deepEqual(await home.counts(dead), [0, 0, 0]);
    await home.clock.pass(5001);
    await arrived(home, dead, 1);
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
    const [message] = await home.receive(dead, { MessageAttributeNames: ['All'] });
    assert.deepEqual([message.MessageId, message.Body], [MessageId, 'a']);
    assert.deepEqual(message.MessageAttributes, MessageAttributes);
    const told = message.Attributes;
    assert.equal(told.SentTimestamp, second.Attributes.SentTimestamp);
    assert.equal(told.SenderId, second.Attributes.SenderId);
    assert.equal(told.MessageGroupId, 'tenant');
    assert.equal(told.ApproximateReceiveCount, '3');
    assert.equal(told.ApproximateFirstReceiveTimestamp, first.Attributes.ApproximateFirstReceiveTimestamp);
    assert.equal(told.DeadLetterQueueSourceArn, arnOf(url));
  }));

test('one that is given back by hand for the last time dies too, and one that is deleted does not', () =>
  atHome(async (home) => {
    const dead = await home.queue('dead');
    const url = await home.queue('orders', redriveTo(dead));
    await home.send(url, 'a');
    await home.send(url, 'b');
    const [a, b] = await home.receive(url);
    await home.delete(url, a);
    const { ReceiptHandle } = b;
    await home.json('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
    await arrived(home, dead, 1);
    assert.deepEqual(await home.bodies(dead), ['b']);
  }));

test('messages in order die in their groups, and are in order where they go', () =>
  atHome(async (home) => {
    const dead = await home.fifo('dead');
    const url = await home.fifo('orders', redriveTo(dead));
    await home.sendInOrder(url, ['g', 'a'], ['g', 'b'], ['h', 'c']);
    await useUp(home, url, 1);
    await arrived(home, dead, 3);
    const [a] = await home.receive(dead, { MaxNumberOfMessages: 1 });
    assert.deepEqual([a.Body, a.Attributes.MessageGroupId], ['a', 'g']);
    assert.deepEqual(await home.bodies(dead), ['c']);
  }));

test('dead letters of dead-letter queues go on, and know where they died last', () =>
  atHome(async (home) => {
    const last = await home.queue('last');
    const middle = await home.queue('middle', redriveTo(last));
    const url = await home.queue('orders', redriveTo(middle));
    await home.send(url, 'a');
    await useUp(home, url, 1);
    await arrived(home, middle, 1);
    await useUp(home, middle, 1);
    await arrived(home, last, 1);
    const [message] = await home.receive(last);
    assert.equal(message.Attributes.DeadLetterQueueSourceArn, arnOf(middle));
    assert.equal(message.Attributes.ApproximateReceiveCount, '3');
  }));

test('a message grows as old in the dead-letter queue as if it had stayed, and is not sent there for its age', () =>
  atHome(async (home) => {
    const dead = await home.queue('dead', { MessageRetentionPeriod: '60' });
    const url = await home.queue('orders', { ...redriveTo(dead), MessageRetentionPeriod: '120' });
    await home.send(url, 'used up');
    await useUp(home, url, 1);
    await arrived(home, dead, 1);
    await home.clock.pass(30_000);
    assert.deepEqual(await home.counts(dead), [1, 0, 0]);
    await home.clock.pass(25_100);
    await arrived(home, dead, 0);
    await home.send(url, 'too old');
    await home.clock.pass(120_001);
    await arrived(home, url, 0);
    assert.deepEqual(await home.counts(dead), [0, 0, 0]);
  }));

test('a redrive policy that is taken back holds no longer', () =>
  atHome(async (home) => {
    const dead = await home.queue('dead');
    const url = await home.queue('orders', redriveTo(dead));
    await home.json('SetQueueAttributes', { QueueUrl: url, Attributes: { RedrivePolicy: '' } });
    assert.equal((await home.attributes(url))['RedrivePolicy'], undefined);
    await home.send(url, 'a');
    await useUp(home, url, 3);
    assert.deepEqual(await home.counts(dead), [0, 0, 0]);
    assert.deepEqual(await home.bodies(url), ['a']);
  }));

test('while the dead-letter queue is gone nothing is lost', () =>
  atHome(async (home) => {
    const dead = await home.queue('dead');
    const url = await home.queue('orders', redriveTo(dead));
    await home.send(url, 'a');
    await home.json('DeleteQueue', { QueueUrl: dead });
    await useUp(home, url, 1);
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
    const again = await home.queue('dead');
    await home.send(url, 'b');
    await arrived(home, again, 1);
    assert.deepEqual(await home.bodies(again), ['a']);
  }));

test('a redrive policy names a queue that is there, of the same kind, and a count from 1 to 1,000', () =>
  atHome(async (home) => {
    const dead = await home.queue('dead');
    const deadFifo = await home.fifo('dead');
    const good = { deadLetterTargetArn: arnOf(dead), maxReceiveCount: 5 };
    for (const [policy, reason] of [
      ['{', /not a valid JSON map/],
      ['[1]', /mandatory attribute: deadLetterTargetArn/],
      ['null', /not a valid JSON map/],
      [JSON.stringify({ maxReceiveCount: 1 }), /mandatory attribute: deadLetterTargetArn/],
      [JSON.stringify({ deadLetterTargetArn: arnOf(dead) }), /mandatory attribute: maxReceiveCount/],
      [JSON.stringify({ ...good, maxReceiveCount: 0 }), /valid values are from 1 to 1000/],
      [JSON.stringify({ ...good, maxReceiveCount: 1001 }), /valid values are from 1 to 1000/],
      [JSON.stringify({ ...good, deadLetterTargetArn: 'dummy' }), /Invalid value for deadLetterTargetArn/],
      [JSON.stringify({ ...good, deadLetterTargetArn: `${arnOf(dead)}x` }), /Dead letter target does not exist/],
      [JSON.stringify({ ...good, deadLetterTargetArn: arnOf(deadFifo) }), /must be same type of queue/],
    ] as const) {
      const asked = { QueueName: 'orders', Attributes: { RedrivePolicy: policy } };
      const { code, message } = await home.failure('CreateQueue', asked);
      assert.equal(code, 'InvalidParameterValue', policy);
      assert.match(message, reason);
      assert.ok(message.startsWith(`Value ${policy} for parameter RedrivePolicy is invalid. Reason: `));
    }
    const url = await home.queue('orders', redriveTo(dead, '7'));
    assert.equal((await home.attributes(url))['RedrivePolicy'], redriveTo(dead, '7')['RedrivePolicy']);
    const { queueUrls } = await home.json('ListDeadLetterSourceQueues', { QueueUrl: dead });
    assert.deepEqual(queueUrls, [url]);
  }));

test('a queue says whose dead letters it takes', () =>
  atHome(async (home) => {
    const allow = async (policy: object): Promise<string> => {
      const RedriveAllowPolicy = JSON.stringify(policy);
      await home.json('SetQueueAttributes', { QueueUrl: dead, Attributes: { RedriveAllowPolicy } });
      return RedriveAllowPolicy;
    };
    const dead = await home.queue('dead');
    const orders = await home.queue('orders');
    const refused = { QueueUrl: orders, Attributes: redriveTo(dead) };
    await allow({ redrivePermission: 'denyAll' });
    assert.match((await home.failure('SetQueueAttributes', refused)).message, /does not allow/);
    const told = await allow({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf(await home.queue('other'))] });
    assert.equal((await home.attributes(dead))['RedriveAllowPolicy'], told);
    assert.equal((await home.failure('SetQueueAttributes', refused)).code, 'InvalidParameterValue');
    await allow({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf(orders)] });
    await home.json('SetQueueAttributes', refused);
    await allow({ redrivePermission: 'allowAll' });
    for (const bad of [
      { redrivePermission: 'maybe' },
      { redrivePermission: 'byQueue' },
      { redrivePermission: 'allowAll', sourceQueueArns: [arnOf(orders)] },
      { redrivePermission: 'byQueue', sourceQueueArns: Array.from({ length: 11 }, () => arnOf(orders)) },
    ]) {
      const Attributes = { RedriveAllowPolicy: JSON.stringify(bad) };
      assert.equal(
        (await home.failure('SetQueueAttributes', { QueueUrl: dead, Attributes })).name,
        'InvalidAttributeValue',
      );
    }
  }));
