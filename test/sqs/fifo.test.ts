import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { contentKind } from '../../src/broker/queue/message.js';
import { MessageRun } from '../../src/broker/queue/message-run.js';
import { encodeContent } from '../../src/protocols/sqs/message.js';
import { type Answer, atHome, type SqsHome } from './home.js';

function bodiesOf(messages: readonly Answer[]): string[] {
  return messages.map(({ Body }) => Body);
}

test('a group is locked while one of its messages is in flight, and other groups are not', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders');
    await home.sendInOrder(url, ['g1', 'a'], ['g1', 'b'], ['g2', 'c']);
    const [a] = await home.receive(url, { MaxNumberOfMessages: 1 });
    assert.equal(a.Body, 'a');
    assert.deepEqual(await home.bodies(url), ['c']);
    await home.delete(url, a);
    assert.deepEqual(await home.bodies(url), ['b']);
  }));

test('one receive fills from one group first', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders');
    await home.sendInOrder(url, ['g1', 'g1-m1'], ['g2', 'g2-m1'], ['g1', 'g1-m2'], ['g1', 'g1-m3'], ['g2', 'g2-m2']);
    const got = await home.receive(url, { MaxNumberOfMessages: 4 });
    assert.deepEqual(bodiesOf(got), ['g1-m1', 'g1-m2', 'g1-m3', 'g2-m1']);
    assert.deepEqual(await home.bodies(url), []);
  }));

test('what is given back comes first in its group again', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders');
    await home.sendInOrder(url, ['g', 'a'], ['g', 'b']);
    const [a, b] = await home.receive(url, { VisibilityTimeout: 5 });
    await home.delete(url, b);
    await home.json('ChangeMessageVisibility', {
      QueueUrl: url,
      ReceiptHandle: a.ReceiptHandle,
      VisibilityTimeout: 0,
    });
    await home.sendInOrder(url, ['g', 'c']);
    assert.deepEqual(await home.bodies(url, { VisibilityTimeout: 5 }), ['a', 'c']);
    await home.clock.pass(5001);
    assert.deepEqual(await home.bodies(url), ['a', 'c']);
  }));

test('a message is deleted with the handle of its last receive and while that holds', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders', { VisibilityTimeout: '1' });
    await home.sendInOrder(url, ['g', 'a']);
    const [message] = await home.receive(url);
    await home.clock.pass(1001);
    const expired = async (action: string, more: object): Promise<void> => {
      const { ReceiptHandle } = message;
      const told = await home.failure(action, { QueueUrl: url, ReceiptHandle, ...more });
      assert.equal(told.code, 'InvalidParameterValue');
      assert.equal(
        told.message,
        `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
      );
    };
    await expired('DeleteMessage', {});
    await expired('ChangeMessageVisibility', { VisibilityTimeout: 5 });
    const [again] = await home.receive(url, { VisibilityTimeout: 60 });
    await expired('DeleteMessage', {});
    await home.delete(url, again);
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
  }));

test('what was sent in the last five minutes is not taken twice, also when it was deleted', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders');
    const sent = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const first = await home.send(url, 'a', sent);
    const [message] = await home.receive(url);
    assert.equal(message.Attributes.MessageDeduplicationId, 'd');
    assert.equal(message.Attributes.MessageGroupId, 'g');
    await home.delete(url, message);
    await home.clock.pass(299_000);
    const second = await home.send(url, 'other body', sent);
    assert.deepEqual([second.MessageId, second.SequenceNumber], [first.MessageId, first.SequenceNumber]);
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
    await home.clock.pass(1001);
    const third = await home.send(url, 'a', sent);
    assert.notEqual(third.MessageId, first.MessageId);
    assert.deepEqual(await home.bodies(url), ['a']);
  }));

test('a purge clears what was sent, and lets it be sent again', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders');
    await home.sendInOrder(url, ['g', 'a'], ['h', 'b']);
    await home.receive(url, { MaxNumberOfMessages: 1 });
    await home.json('PurgeQueue', { QueueUrl: url });
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
    await home.sendInOrder(url, ['g', 'a']);
    assert.deepEqual(await home.bodies(url), ['a']);
  }));

test('ids are the queue’s own or the group’s, as the queue says', () =>
  atHome(async (home) => {
    const scoped = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
    const whole = await home.fifo('whole');
    const grouped = await home.fifo('grouped', scoped);
    for (const url of [whole, grouped]) {
      for (const group of ['g', 'h', 'g']) {
        await home.send(url, group, { MessageGroupId: group, MessageDeduplicationId: 'same' });
      }
    }
    assert.deepEqual(await home.bodies(whole), ['g']);
    assert.deepEqual(await home.bodies(grouped), ['g', 'h']);
    const told = await home.attributes(grouped);
    assert.deepEqual([told['DeduplicationScope'], told['FifoThroughputLimit']], ['messageGroup', 'perMessageGroupId']);
    const untold = await home.attributes(whole);
    assert.deepEqual([untold['DeduplicationScope'], untold['FifoThroughputLimit']], ['queue', 'perQueue']);
    const alone = { QueueUrl: whole, Attributes: { FifoThroughputLimit: 'perMessageGroupId' } };
    assert.equal((await home.failure('SetQueueAttributes', alone)).name, 'InvalidAttributeValue');
  }));

test('where the body tells messages apart it is its SHA-256, and an id goes before it', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders', { ContentBasedDeduplication: 'true' });
    await home.send(url, 'a', { MessageGroupId: 'g' });
    await home.send(url, 'a', { MessageGroupId: 'h' });
    await home.send(url, 'a', { MessageGroupId: 'i', MessageDeduplicationId: 'own' });
    await home.send(url, 'b', { MessageGroupId: 'j' });
    const got = await home.receive(url);
    assert.deepEqual(bodiesOf(got), ['a', 'a', 'b']);
    assert.equal(
      got[0].Attributes.MessageDeduplicationId,
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    );
    await home.json('SetQueueAttributes', { QueueUrl: url, Attributes: { ContentBasedDeduplication: 'false' } });
    const refused = { QueueUrl: url, MessageBody: 'c', MessageGroupId: 'g' };
    assert.match((await home.failure('SendMessage', refused)).message, /ContentBasedDeduplication enabled/);
  }));

test('a message needs a group, and no delay of its own but none', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders', { DelaySeconds: '5' });
    const sent = { QueueUrl: url, MessageBody: 'a', MessageDeduplicationId: 'd' };
    const ungrouped = await home.failure('SendMessage', sent);
    assert.deepEqual(
      [ungrouped.code, ungrouped.message],
      ['MissingParameter', 'The request must contain the parameter MessageGroupId.'],
    );
    const delayed = await home.failure('SendMessage', { ...sent, MessageGroupId: 'g', DelaySeconds: 2 });
    assert.equal(
      delayed.message,
      'Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
    );
    for (const bad of ['a b', 'ü', 'x'.repeat(129)]) {
      assert.equal((await home.failure('SendMessage', { ...sent, MessageGroupId: bad })).code, 'InvalidParameterValue');
    }
    await home.json('SendMessage', { ...sent, MessageGroupId: 'g', DelaySeconds: 0 });
    assert.deepEqual(await home.counts(url), [0, 0, 1]);
    await home.clock.pass(5001);
    assert.deepEqual(await home.bodies(url), ['a']);
    const standard = await home.queue('standard');
    const told = await home.failure('SendMessage', {
      QueueUrl: standard,
      MessageBody: 'a',
      MessageDeduplicationId: 'd',
    });
    assert.match(told.message, /^Value d for parameter MessageDeduplicationId is invalid\./);
  }));

test('sequence numbers rise, have 20 digits and are told with the message', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders');
    const numbers: string[] = [];
    for (const body of ['a', 'b', 'c']) {
      const more = { MessageGroupId: body, MessageDeduplicationId: body };
      numbers.push((await home.send(url, body, more)).SequenceNumber);
    }
    assert.deepEqual(numbers, [...numbers].sort());
    assert.equal(new Set(numbers).size, 3);
    assert.ok(numbers.every((number) => /^\d{20}$/.test(number)));
    const got = await home.receive(url);
    assert.deepEqual(
      got.map(({ Attributes }) => Attributes.SequenceNumber),
      numbers,
    );
  }));

test('a receive that is tried again gets the same messages with the same handles, until they are changed', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders');
    await home.sendInOrder(url, ['g', 'a'], ['g', 'b'], ['h', 'c']);
    const attempt = { ReceiveRequestAttemptId: 'one', MaxNumberOfMessages: 2, VisibilityTimeout: 30 };
    const first = await home.receive(url, attempt);
    await home.clock.pass(20_000);
    const second = await home.receive(url, attempt);
    assert.deepEqual(second, first);
    await home.clock.pass(20_000);
    assert.deepEqual(await home.counts(url), [1, 2, 0]);
    await home.delete(url, first[0]);
    assert.deepEqual(await home.bodies(url, attempt), ['c']);
    const standard = await home.queue('standard');
    const told = await home.failure('ReceiveMessage', { QueueUrl: standard, ReceiveRequestAttemptId: 'x' });
    assert.equal(told.code, 'InvalidParameterValue');
  }));

test('the suffix and the attribute of a FIFO queue go together', () =>
  atHome(async (home) => {
    for (const [QueueName, Attributes] of [
      ['orders', { FifoQueue: 'true' }],
      ['orders.fifo', {}],
      ['orders.fifo', { FifoQueue: 'false' }],
    ] as const) {
      const told = await home.failure('CreateQueue', { QueueName, Attributes });
      assert.equal(told.code, 'InvalidParameterValue');
      assert.match(told.message, /must end with \.fifo suffix and be 1 to 80 in length\.$/);
    }
    const url = await home.fifo('orders');
    const change = { QueueUrl: url, Attributes: { FifoQueue: 'false' } };
    assert.equal((await home.failure('SetQueueAttributes', change)).name, 'InvalidAttributeValue');
    const standard = await home.queue('standard');
    assert.equal((await home.attributes(standard))['FifoQueue'], undefined);
    const fifoOnly = { QueueUrl: standard, Attributes: { ContentBasedDeduplication: 'true' } };
    assert.equal((await home.failure('SetQueueAttributes', fifoOnly)).name, 'InvalidAttributeName');
  }));

/** Puts messages of a group each into a queue, quicker than requests could. */
async function fill({ broker, clock }: SqsHome, name: string, from: number, to: number): Promise<void> {
  const queue = broker.queues.get(name)!;
  const run = new MessageRun();
  for (let group = from; group < to; group++) {
    const key = `g${group}`;
    const sentMs = clock.now();
    const of = { id: randomUUID(), sentMs, sender: '', deduplication: key, trace: null, attributes: [] };
    const content = encodeContent({ ...of, group: key });
    run.begin(Buffer.alloc(0), Buffer.from(key), contentKind.sqs, sentMs);
    run.add(content, 0, content.length, Buffer.from(key), 0, key.length);
    run.place(broker.storage.pool);
    queue.publish(run.buffer, run.at, run.size, { group: key });
    if (group % 1000 === 999) await broker.storage.durable();
  }
}

test('speed does not fall with the backlog: 100,000 groups are served as quickly as 1,000', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders');
    /** The median time of a receive and a delete of ten. */
    const timed = async (): Promise<number> => {
      const timesMs: number[] = [];
      for (let round = 0; round < 50; round++) {
        const startMs = home.clock.monotonic();
        const got = await home.receive(url);
        assert.equal(got.length, 10);
        const Entries = got.map(({ ReceiptHandle }, index) => ({ Id: `e${index}`, ReceiptHandle }));
        await home.json('DeleteMessageBatch', { QueueUrl: url, Entries });
        timesMs.push(home.clock.monotonic() - startMs);
      }
      return timesMs.sort((one, other) => one - other)[25]!;
    };
    await fill(home, 'orders.fifo', 0, 1000);
    const few = await timed();
    await fill(home, 'orders.fifo', 1000, 101_000);
    assert.deepEqual(await home.counts(url), [100_500, 0, 0]);
    const many = await timed();
    assert.ok(many < few * 4 + 10, `${few} ms of a thousand groups, ${many} ms of a hundred thousand`);
  }));
