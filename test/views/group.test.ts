import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type ChannelModel, type ConsumeMessage, connect, type GetMessage } from 'amqplib';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** A topic that is worked off as a queue by naming a group, by amqplib and @aws-sdk/client-sqs beside kafkajs, as they are. */

let naru: RunningNaru;
let kafka: Kafka;
let sqs: SQSClient;
let amqp: ChannelModel;

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const arnOf = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;

before(async () => {
  naru = await startNaru({ memory: true, http: false });
  kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  amqp = await connect(naru.amqp.url);
});

after(async () => {
  await amqp.close();
  sqs.destroy();
  await naru.close();
});

async function topic(name: string, numPartitions = 1): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions }] });
  await admin.disconnect();
}

type Produced = { key?: string | null; value: string; headers?: Record<string, string> };

async function produce(name: string, messages: readonly Produced[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: name, messages: messages.map(({ key = null, ...rest }) => ({ key, ...rest })) });
  await producer.disconnect();
}

function numbered(count: number, from = 0): Produced[] {
  return Array.from({ length: count }, (_, at) => ({ key: `k${from + at}`, value: `v${from + at}` }));
}

/** The first messages of a topic, as kafkajs reads them in a group of its own. */
async function readByKafka(name: string, count: number): Promise<KafkaMessage[]> {
  const consumer = kafka.consumer({ groupId: `readers of ${name}` });
  await consumer.connect();
  await consumer.subscribe({ topic: name, fromBeginning: true });
  const messages: KafkaMessage[] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: KafkaMessage }): Promise<void> => {
      messages.push(message);
      if (messages.length === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return messages;
}

const first = { 'x-stream-offset': 'first' };

test('three AMQP consumers work a topic off together while a consumer group of Kafka reads all of it', async () => {
  await topic('orders', 4);
  const got: string[][] = [[], [], []];
  const consuming = await amqp.createChannel();
  await consuming.prefetch(5);
  let left = 120;
  const all = new Promise<void>((resolve) => {
    const take = (at: number) => (message: ConsumeMessage | null) => {
      got[at]!.push(message!.content.toString());
      consuming.ack(message!);
      if (--left === 0) resolve();
    };
    const options = { arguments: { 'x-group': 'workers', ...first } };
    void Promise.all(got.map((_, at) => consuming.consume('orders', take(at), options)));
  });
  await produce('orders', numbered(60));
  const reading = readByKafka('orders', 120);
  await produce('orders', numbered(60, 60));
  await all;
  assert.deepEqual(
    got.flat().sort(),
    numbered(120)
      .map(({ value }) => value)
      .sort(),
  );
  for (const own of got) assert.ok(own.length > 0);
  assert.equal((await reading).length, 120);
  await consuming.close();
});

test('what an AMQP consumer rejects, or gives back too often, is in the dead-letter topic with its key and headers', async () => {
  await topic('bills');
  await topic('bills-dead');
  const consuming = await amqp.createChannel();
  await consuming.prefetch(10);
  const seen: [string, boolean, unknown][] = [];
  let settled = 0;
  const done = new Promise<void>((resolve) => {
    const take = (message: ConsumeMessage | null): void => {
      const text = message!.content.toString();
      seen.push([text, message!.fields.redelivered, message!.properties.headers?.['x-delivery-count']]);
      if (text === 'good') consuming.ack(message!);
      else consuming.nack(message!, false, text === 'again');
      if (text !== 'again' || seen.filter(([other]) => other === 'again').length === 3) settled++;
      if (settled === 3) resolve();
    };
    const args = { 'x-group': 'clerks', ...first, 'x-delivery-limit': 2, 'x-dead-letter-topic': 'bills-dead' };
    void consuming.consume('bills', take, { arguments: args });
  });
  await produce('bills', [
    { key: 'a', value: 'good' },
    { key: 'b', value: 'bad', headers: { traceparent: parent, text: 'ä' } },
    { key: 'c', value: 'again' },
  ]);
  await done;
  assert.deepEqual(
    seen.filter(([text]) => text === 'again'),
    [
      ['again', false, undefined],
      ['again', true, 1],
      ['again', true, 2],
    ],
  );
  const dead = await readByKafka('bills-dead', 2);
  assert.deepEqual(dead.map(({ key, value }) => [String(key), String(value)]).sort(), [
    ['b', 'bad'],
    ['c', 'again'],
  ]);
  const bad = dead.find(({ key }) => String(key) === 'b')!;
  assert.equal(String(bad.headers!['traceparent']), parent);
  assert.equal(String(bad.headers!['text']), 'ä');
  // Over AMQP the dead letters tell their story, as those of queues do.
  const told = await amqp.createChannel();
  await told.prefetch(1);
  const letter = await new Promise<ConsumeMessage>((resolve) => {
    const take = (message: ConsumeMessage | null): void => resolve(message!);
    void told.consume('bills-dead', take, { arguments: { 'x-group': 'undertakers', ...first } });
  });
  const [death] = letter.properties.headers!['x-death'] as { queue: string; reason: string }[];
  assert.deepEqual([death!.queue, death!.reason], ['bills::clerks', 'rejected']);
  assert.equal(letter.properties.headers!['traceparent'], parent);
  await told.close();
  await consuming.close();
});

test('what a channel had when it ended is for the others of its group, and a group goes on where it was', async () => {
  await topic('tasks');
  await produce('tasks', numbered(6));
  const holding = await amqp.createChannel();
  await holding.assertQueue('tasks::crew', { arguments: first });
  const held = await Promise.all([1, 2, 3].map(() => holding.get('tasks::crew')));
  assert.deepEqual(
    held.map((message) => (message === false ? null : message.content.toString())),
    ['v0', 'v1', 'v2'],
  );
  holding.ack(held[1] as GetMessage);
  await holding.close();
  const other = await amqp.createChannel();
  const rest: [string, boolean][] = [];
  for (;;) {
    const message = await other.get('tasks::crew');
    if (message === false) break;
    rest.push([message.content.toString(), message.fields.redelivered]);
    other.ack(message);
  }
  assert.deepEqual(rest, [
    ['v0', true],
    ['v2', true],
    ['v3', false],
    ['v4', false],
    ['v5', false],
  ]);
  assert.equal((await other.checkQueue('tasks::crew')).messageCount, 0);
  await other.close();
});

const window = (more: Record<string, string>): Record<QueueAttributeName, string> =>
  more as Record<QueueAttributeName, string>;

async function receive(
  QueueUrl: string,
  more: Partial<ConstructorParameters<typeof ReceiveMessageCommand>[0]> = {},
): Promise<Message[]> {
  const asked = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2, ...more };
  return (await sqs.send(new ReceiveMessageCommand(asked))).Messages ?? [];
}

test('SQS consumers work a topic off through a queue that names a group, beside AMQP consumers of that group', async () => {
  await topic('parcels', 3);
  await produce('parcels', numbered(30));
  const Attributes = window({
    NaruTopic: 'parcels',
    NaruGroup: 'couriers',
    NaruStart: 'first',
    VisibilityTimeout: '30',
  });
  const QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'parcels-work', Attributes }))).QueueUrl!;
  const counts = async (): Promise<(string | undefined)[]> => {
    const AttributeNames: QueueAttributeName[] = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
    ];
    const told = (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes!;
    return AttributeNames.map((name) => told[name]);
  };
  assert.deepEqual(await counts(), ['30', '0']);
  const taken = await receive(QueueUrl, { MessageSystemAttributeNames: ['All'] });
  assert.equal(taken.length, 10);
  assert.deepEqual(await counts(), ['20', '10']);
  for (const { Body, Attributes: told } of taken) {
    assert.equal(told!.MessageGroupId, Body!.replace('v', 'k'));
    assert.equal(told!.ApproximateReceiveCount, '1');
  }
  const { ReceiptHandle } = taken[0]!;
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  for (const { ReceiptHandle: handle } of taken.slice(1)) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle }));
  }
  // The queue of SQS is for AMQP what it is for SQS.
  const consuming = await amqp.createChannel();
  const rest: string[] = [];
  let returned = '';
  await new Promise<void>((resolve) => {
    const take = (message: ConsumeMessage | null): void => {
      rest.push(message!.content.toString());
      if (message!.fields.redelivered) returned = message!.content.toString();
      consuming.ack(message!);
      if (rest.length === 21) resolve();
    };
    void consuming.consume('parcels-work', take);
  });
  assert.equal(returned, taken[0]!.Body);
  assert.deepEqual(
    [...taken.slice(1).map(({ Body }) => Body!), ...rest].sort(),
    numbered(30)
      .map(({ value }) => value)
      .sort(),
  );
  await consuming.close();
});

test('what SQS sends to such a queue is in the topic, and what is received too often is in its dead-letter queue', async () => {
  await topic('mails');
  const dead = (await sqs.send(new CreateQueueCommand({ QueueName: 'mails-dead' }))).QueueUrl!;
  const redrive = JSON.stringify({ deadLetterTargetArn: arnOf('mails-dead'), maxReceiveCount: 2 });
  // For SDKs that send no attribute they do not know, tags say the same.
  const made = new CreateQueueCommand({
    QueueName: 'mails-work',
    Attributes: { RedrivePolicy: redrive },
    tags: { NaruTopic: 'mails', NaruGroup: 'senders' },
  });
  const QueueUrl = (await sqs.send(made)).QueueUrl!;
  const MessageAttributes = { traceparent: { DataType: 'String', StringValue: parent } };
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'sent', MessageAttributes }));
  const waiting = receive(QueueUrl, { VisibilityTimeout: 0, WaitTimeSeconds: 5 });
  const [once] = await waiting;
  assert.equal(once!.MessageId, sent.MessageId);
  await produce('mails', [{ key: 'k', value: 'produced', headers: { traceparent: parent } }]);
  const bodies = new Set<string>();
  for (let at = 0; at < 20 && bodies.size < 4; at++) {
    for (const { Body } of await receive(QueueUrl, { VisibilityTimeout: 0, WaitTimeSeconds: 0 })) bodies.add(Body!);
    const letters = await receive(dead, {
      WaitTimeSeconds: 0,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    for (const { Body, MessageAttributes: attributes, Attributes: told } of letters) {
      assert.equal(attributes!['traceparent']!.StringValue, parent);
      assert.equal(told!.DeadLetterQueueSourceArn, arnOf('mails-work'));
      bodies.add(`${Body} is dead`);
    }
  }
  assert.ok(bodies.has('sent is dead') && bodies.has('produced is dead'), [...bodies].join());
  const records = await readByKafka('mails', 2);
  assert.deepEqual(
    records.map(({ value }) => String(value)),
    ['sent', 'produced'],
  );
});

test('a queue of SQS whose topic is deleted takes nothing and has nothing', async () => {
  await topic('gone');
  const Attributes = window({ NaruTopic: 'gone', NaruGroup: 'workers' });
  const QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'gone-work', Attributes }))).QueueUrl!;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: ['gone'] });
  await admin.disconnect();
  const sending = sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'b' }));
  await assert.rejects(sending, /The topic gone does not take it/);
  await assert.rejects(receive(QueueUrl), { name: 'QueueDoesNotExist' });
});

test('records of a transaction that was aborted are for no consumer of a group, and neither are its markers', async () => {
  await topic('ledger');
  const producer = kafka.producer({ transactionalId: 'bookkeeper', maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  for (const [value, commits] of [
    ['kept', true],
    ['taken back', false],
    ['kept too', true],
  ] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'ledger', messages: [{ value }] });
    if (commits) await transaction.commit();
    else await transaction.abort();
  }
  await producer.disconnect();
  const reading = await amqp.createChannel();
  await reading.assertQueue('ledger::auditors', { arguments: first });
  const values: string[] = [];
  for (;;) {
    const message = await reading.get('ledger::auditors', { noAck: true });
    if (message === false) break;
    values.push(message.content.toString());
  }
  assert.deepEqual(values, ['kept', 'kept too']);
  assert.equal((await reading.checkQueue('ledger::auditors')).messageCount, 0);
  await reading.close();
});

test('such a group is a share group of Kafka: listed with its members, and deleted when it has none', async () => {
  await topic('listed');
  const consuming = await amqp.createChannel();
  await consuming.consume('listed', () => {}, { arguments: { 'x-group': 'seen' } });
  const admin = kafka.admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  assert.equal(groups.find(({ groupId }) => groupId === 'seen')?.protocolType, 'share');
  await assert.rejects(admin.deleteGroups(['seen']));
  await consuming.close();
  await admin.deleteGroups(['seen']);
  assert.ok(!(await admin.listGroups()).groups.some(({ groupId }) => groupId === 'seen'));
  await admin.disconnect();
});

test('a group of Kafka’s consumers is none that a topic is worked off by', async () => {
  await topic('taken');
  await produce('taken', numbered(1));
  await readByKafka('taken', 1);
  const asking = await amqp.createChannel();
  asking.on('error', () => {});
  const refused = asking.consume('taken', () => {}, { arguments: { 'x-group': 'readers of taken' } });
  await assert.rejects(refused, /PRECONDITION_FAILED - readers of taken is a group of another kind/);
});
