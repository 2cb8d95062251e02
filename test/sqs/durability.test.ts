import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { type Answer, arnOf } from './home.js';

const limit = { timeout: 60_000 };
const ways = [
  ['a kill', 'SIGKILL'],
  ['a stop', 'SIGTERM'],
] as const;

/** The program on a folder that outlives it. */
class Kept {
  private readonly context: TestContext;
  private readonly folder: string;
  private program: Program | null = null;
  private endpoint = '';

  constructor(context: TestContext, folder: string) {
    this.context = context;
    this.folder = folder;
  }

  async start(): Promise<void> {
    const args = ['start', '--data', this.folder, '--log-format', 'json', ...freePorts, '--no-kafka', '--no-amqp'];
    this.program = new Program(this.context, args);
    this.endpoint = (await this.program.readyRecord())['sqs']!;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.program!.signal(signal);
    await this.program!.outcome();
  }

  async killAndStart(signal?: NodeJS.Signals): Promise<void> {
    await this.kill(signal);
    await this.start();
  }

  async ask(action: string, parameters: object): Promise<Answer> {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      body: JSON.stringify(parameters),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  }

  /** By path: the port is another after each start. */
  async queue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
    await this.ask('CreateQueue', { QueueName, Attributes, tags: { kept: 'yes' } });
    return `/000000000000/${QueueName}`;
  }

  send(QueueUrl: string, MessageBody: string, more: object = {}): Promise<Answer> {
    return this.ask('SendMessage', { QueueUrl, MessageBody, ...more });
  }

  async receive(QueueUrl: string, more: object = {}): Promise<Answer[]> {
    const asked = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...more };
    return (await this.ask('ReceiveMessage', asked)).Messages ?? [];
  }

  async counts(QueueUrl: string): Promise<number[]> {
    const { Attributes } = await this.ask('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    return ['', 'NotVisible', 'Delayed'].map((kind) => Number(Attributes[`ApproximateNumberOfMessages${kind}`]));
  }
}

async function kept(context: TestContext): Promise<Kept> {
  const folder = await temporaryFolder(context);
  const broker = new Kept(context, `${folder}/data`);
  await broker.start();
  return broker;
}

for (const [how, signal] of ways)
  test(
    `what was answered survives ${how}: sends, attributes, tags, deletes, locks and delays`,
    limit,
    async (context) => {
      const broker = await kept(context);
      const url = await broker.queue('orders', { VisibilityTimeout: '600', MaximumMessageSize: '2048' });
      const ids: string[] = [];
      for (const body of ['deleted', 'locked', 'given back', 'waiting'])
        ids.push((await broker.send(url, body)).MessageId);
      await broker.send(url, 'delayed', { DelaySeconds: 600 });
      const [deleted, locked, back] = await broker.receive(url, { MaxNumberOfMessages: 3 });
      await broker.ask('DeleteMessage', { QueueUrl: url, ReceiptHandle: deleted.ReceiptHandle });
      await broker.ask('ChangeMessageVisibility', {
        QueueUrl: url,
        ReceiptHandle: back.ReceiptHandle,
        VisibilityTimeout: 0,
      });
      await broker.killAndStart(signal);
      assert.deepEqual(await broker.counts(url), [2, 1, 1]);
      const { Attributes } = await broker.ask('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] });
      assert.deepEqual([Attributes.VisibilityTimeout, Attributes.MaximumMessageSize], ['600', '2048']);
      assert.deepEqual((await broker.ask('ListQueueTags', { QueueUrl: url })).Tags, { kept: 'yes' });
      const got = await broker.receive(url);
      assert.deepEqual(
        got.map(({ Body, MessageId, Attributes: told }) => [Body, MessageId, told.ApproximateReceiveCount]),
        [
          ['given back', ids[2], '2'],
          ['waiting', ids[3], '1'],
        ],
      );
      const first = 'ApproximateFirstReceiveTimestamp';
      assert.equal(got[0].Attributes[first], back.Attributes[first]);
      await broker.ask('DeleteMessage', { QueueUrl: url, ReceiptHandle: locked.ReceiptHandle });
      assert.deepEqual(await broker.counts(url), [0, 2, 1]);
    },
  );

test('a lock from before a kill ends when its time-out does', limit, async (context) => {
  const broker = await kept(context);
  const url = await broker.queue('orders');
  await broker.send(url, 'a');
  await broker.receive(url, { VisibilityTimeout: 2 });
  await broker.killAndStart();
  const [message] = await broker.receive(url, { WaitTimeSeconds: 10 });
  assert.deepEqual([message.Body, message.Attributes.ApproximateReceiveCount], ['a', '2']);
});

for (const [how, signal] of ways)
  test(`a FIFO queue keeps its groups, their locks and what was sent over ${how}`, limit, async (context) => {
    const broker = await kept(context);
    const url = await broker.queue('orders.fifo', { FifoQueue: 'true', VisibilityTimeout: '600' });
    const one = { MessageGroupId: 'g', MessageDeduplicationId: 'one' };
    const sent = await broker.send(url, 'a', one);
    await broker.send(url, 'b', { MessageGroupId: 'g', MessageDeduplicationId: 'two' });
    const [a] = await broker.receive(url, { MaxNumberOfMessages: 1 });
    await broker.killAndStart(signal);
    const again = await broker.send(url, 'a', one);
    assert.deepEqual([again.MessageId, again.SequenceNumber], [sent.MessageId, sent.SequenceNumber]);
    assert.deepEqual(await broker.receive(url), []);
    await broker.ask('DeleteMessage', { QueueUrl: url, ReceiptHandle: a.ReceiptHandle });
    assert.deepEqual(
      (await broker.receive(url)).map(({ Body }) => Body),
      ['b'],
    );
  });

test('dead letters move once, and a move task goes on, whenever the process is killed', limit, async (context) => {
  const broker = await kept(context);
  const dead = await broker.queue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dead), maxReceiveCount: 1 });
  const url = await broker.queue('orders', { RedrivePolicy });
  for (let index = 0; index < 4; index++) await broker.send(url, `m${index}`);
  await broker.receive(url, { VisibilityTimeout: 0 });
  while ((await broker.counts(dead))[0] !== 4);
  await broker.killAndStart();
  assert.deepEqual(
    [await broker.counts(url), await broker.counts(dead)],
    [
      [0, 0, 0],
      [4, 0, 0],
    ],
  );
  await broker.ask('StartMessageMoveTask', { SourceArn: arnOf(dead), MaxNumberOfMessagesPerSecond: 4 });
  await broker.killAndStart();
  for (;;) {
    const { Results } = await broker.ask('ListMessageMoveTasks', { SourceArn: arnOf(dead) });
    if (Results[0].Status === 'COMPLETED') break;
    assert.equal(Results[0].Status, 'RUNNING');
  }
  assert.deepEqual(
    [await broker.counts(url), await broker.counts(dead)],
    [
      [4, 0, 0],
      [0, 0, 0],
    ],
  );
});

test(
  'killed in the middle of the work, nothing that was sent is lost and nothing that was deleted comes back',
  limit,
  async (context) => {
    const broker = await kept(context);
    const url = await broker.queue('orders', { VisibilityTimeout: '1' });
    const sent = new Set<string>();
    const deleted = new Set<string>();
    const deleting = new Set<string>();
    let working = true;
    const swallow = (): void => {};
    const sender = async (name: string): Promise<void> => {
      for (let index = 0; working; index++) {
        const body = `${name}-${index}`;
        const Entries = Array.from({ length: 10 }, (_, at) => ({ Id: `e${at}`, MessageBody: `${body}-${at}` }));
        await broker.ask('SendMessageBatch', { QueueUrl: url, Entries });
        for (const { MessageBody } of Entries) sent.add(MessageBody);
      }
    };
    const receiver = async (): Promise<void> => {
      while (working) {
        const got = await broker.receive(url, { VisibilityTimeout: 4, WaitTimeSeconds: 3 });
        if (got.length === 0) continue;
        for (const { Body } of got) deleting.add(Body);
        const Entries = got.map(({ ReceiptHandle }, at) => ({ Id: `e${at}`, ReceiptHandle }));
        await broker.ask('DeleteMessageBatch', { QueueUrl: url, Entries });
        for (const { Body } of got) deleted.add(Body);
      }
    };
    for (let round = 0; round < 3; round++) {
      working = true;
      const parts = [sender(`s${round}a`), sender(`s${round}b`), receiver(), receiver()];
      const work = Promise.all(parts.map((part) => part.catch(swallow)));
      const wanted = deleted.size + 150;
      while (deleted.size < wanted) await new Promise((resolve) => setTimeout(resolve, 2));
      await broker.kill();
      working = false;
      await work;
      await broker.start();
    }
    // What a kill kept from its receiver stays locked for as long as that receive had asked for.
    const left = new Set<string>();
    for (;;) {
      const got = await broker.receive(url, { VisibilityTimeout: 600, WaitTimeSeconds: 6 });
      if (got.length === 0) break;
      for (const { Body } of got) {
        assert.ok(!deleted.has(Body), `${Body} came back`);
        left.add(Body);
      }
    }
    for (const body of sent) {
      assert.ok(deleted.has(body) || deleting.has(body) || left.has(body), `${body} is lost`);
    }
    assert.ok(sent.size >= 450);
  },
);

test('topics and subscriptions survive a kill, and what is published reaches all or nobody', limit, async (context) => {
  const broker = await kept(context);
  const queues = [await broker.queue('one'), await broker.queue('two'), await broker.queue('three')];
  const sns = async (parameters: Record<string, string>): Promise<string> => {
    const response = await fetch(broker['endpoint'], {
      method: 'POST',
      body: new URLSearchParams({ Version: '2010-03-31', ...parameters }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return text;
  };
  const TopicArn = /<TopicArn>([^<]+)</.exec(await sns({ Action: 'CreateTopic', Name: 'news' }))![1]!;
  for (const url of queues) {
    const raw = { 'Attributes.entry.1.key': 'RawMessageDelivery', 'Attributes.entry.1.value': 'true' };
    await sns({ Action: 'Subscribe', TopicArn, Protocol: 'sqs', Endpoint: arnOf(url), ...raw });
  }
  let published = 0;
  let working = true;
  const work = (async () => {
    while (working) {
      await sns({ Action: 'Publish', TopicArn, Message: `m${published}` });
      published++;
    }
  })().catch(() => {});
  while (published < 30) await new Promise((resolve) => setTimeout(resolve, 1));
  await broker.kill();
  working = false;
  await work;
  await broker.start();
  const counts = await Promise.all(queues.map((url) => broker.counts(url)));
  assert.deepEqual(counts[1], counts[0]);
  assert.deepEqual(counts[2], counts[0]);
  assert.ok(counts[0]![0]! >= published);
  const before = counts[0]![0]!;
  await sns({ Action: 'Publish', TopicArn, Message: 'after' });
  assert.deepEqual(await broker.counts(queues[0]!), [before + 1, 0, 0]);
});
