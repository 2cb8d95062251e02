import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** Topics beside queues, seen by kafkajs, amqplib and @aws-sdk/client-sqs, unmodified. */

let naru: RunningNaru;
let sqs: SQSClient;
let kafka: Kafka;
let amqp: ChannelModel;
let channel: ConfirmChannel;

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const amazons = 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1';

before(async () => {
  naru = await startNaru({ memory: true, http: false });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
  amqp = await connect(naru.amqp.url);
  channel = await amqp.createConfirmChannel();
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

/** The first messages of a topic, as kafkajs reads them. */
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

/** The first messages of a topic, as amqplib reads them. */
async function readByAmqp(name: string, count: number): Promise<ConsumeMessage[]> {
  const messages: ConsumeMessage[] = [];
  const reading = await amqp.createChannel();
  await reading.prefetch(100);
  await new Promise<void>((resolve, reject) => {
    const came = (message: ConsumeMessage | null): void => {
      if (message === null) return;
      reading.ack(message);
      messages.push(message);
      if (messages.length === count) resolve();
    };
    reading.consume(name, came, { arguments: { 'x-stream-offset': 'first' } }).catch(reject);
  });
  await reading.close();
  return messages;
}

function headerTexts({ headers = {} }: KafkaMessage): Record<string, string> {
  const told = Object.entries(headers).filter(([name]) => name !== 'naru');
  return Object.fromEntries(told.map(([name, value]) => [name, String(value)]));
}

test('what amqplib publishes to an exchange bound to a topic, kafkajs reads with key, headers and time', async () => {
  await topic('orders', 3);
  await channel.assertExchange('shop', 'topic');
  await channel.bindQueue('orders', 'shop', 'order.*');
  const beginMs = Date.now();
  const headers = { traceparent: parent, text: 'ä', number: 7, bytes: Buffer.from('raw') };
  for (const key of ['order.a', 'order.b', 'order.c', 'other.d']) {
    channel.publish('shop', key, Buffer.from(`body of ${key}`), { headers });
  }
  await channel.waitForConfirms();
  const messages = await readByKafka('orders', 3);
  const seen = messages.map(({ key, value }) => [String(key), String(value)]).sort();
  assert.deepEqual(
    seen,
    ['a', 'b', 'c'].map((name) => [`order.${name}`, `body of order.${name}`]),
  );
  for (const message of messages) {
    assert.deepEqual(headerTexts(message), { traceparent: parent, text: 'ä', number: '7', bytes: 'raw' });
    assert.ok(Number(message.timestamp) >= beginMs && Number(message.timestamp) <= Date.now());
  }
});

test('what kafkajs produces, an AMQP consumer reads as a stream with key, headers and time', async () => {
  await topic('produced');
  const producer = kafka.producer();
  await producer.connect();
  const headers = { traceparent: parent, text: 'ä' };
  const timestamp = '1700000000123';
  await producer.send({
    topic: 'produced',
    messages: [
      { key: 'k', value: 'one', headers, timestamp },
      { key: null, value: null, timestamp },
    ],
  });
  await producer.disconnect();
  const [first, second] = await readByAmqp('produced', 2);
  assert.deepEqual([first!.fields.routingKey, first!.content.toString()], ['k', 'one']);
  assert.deepEqual(first!.properties.headers, { ...headers, 'x-stream-offset': 0 });
  assert.equal(first!.properties.timestamp, 1_700_000_000);
  assert.deepEqual([second!.fields.routingKey, second!.content.length], ['', 0]);
});

test('one publish goes to a queue, a topic and a queue of SQS at once', async () => {
  const QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'fan-sqs' }))).QueueUrl!;
  await topic('fan-topic');
  await channel.assertQueue('fan-queue', { arguments: { 'x-queue-type': 'quorum' } });
  await channel.assertExchange('fan', 'fanout');
  for (const queue of ['fan-queue', 'fan-topic', 'fan-sqs']) await channel.bindQueue(queue, 'fan', '');

  channel.publish('fan', 'key', Buffer.from('all'), { headers: { traceparent: parent }, contentType: 'text/plain' });
  await channel.waitForConfirms();
  const queued = await channel.get('fan-queue', { noAck: true });
  assert.ok(queued);
  assert.deepEqual([queued.content.toString(), queued.properties.headers!['traceparent']], ['all', parent]);
  assert.equal(await channel.get('fan-queue', { noAck: true }), false);
  const [record] = await readByKafka('fan-topic', 1);
  assert.deepEqual([String(record!.key), String(record!.value)], ['key', 'all']);
  assert.deepEqual(headerTexts(record!), { traceparent: parent });
  const all = {
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All' as const],
    MaxNumberOfMessages: 10,
  };
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...all }));
  assert.deepEqual(
    Messages!.map(({ Body, Attributes }) => [Body, Attributes!['AWSTraceHeader'], Attributes!['MessageGroupId']]),
    [['all', amazons, 'key']],
  );
  assert.equal(Messages![0]!.MessageAttributes!['content-type']!.StringValue, 'text/plain');
});

test('what SQS sent and a dead-letter exchange brings to a topic has its attributes and its trace there', async () => {
  await topic('graves');
  await channel.assertExchange('dying', 'headers');
  await channel.bindQueue('graves', 'dying', '', { wanted: 'yes' });
  await channel.assertQueue('mortal', { arguments: { 'x-dead-letter-exchange': 'dying' } });
  const QueueUrl = `${naru.sqs.endpoint}/000000000000/mortal`;
  for (const wanted of ['no', 'yes']) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: `wanted: ${wanted}`,
        MessageAttributes: { wanted: { DataType: 'String', StringValue: wanted } },
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: amazons } },
      }),
    );
    const message = await channel.get('mortal');
    assert.ok(message);
    channel.nack(message, false, false);
  }
  const [record] = await readByKafka('graves', 1);
  assert.equal(String(record!.value), 'wanted: yes');
  const { wanted, traceparent, ...more } = headerTexts(record!);
  assert.deepEqual([wanted, traceparent, more['x-amzn-trace-id']], ['yes', parent, amazons]);
  const [message] = await readByAmqp('graves', 1);
  assert.equal(message!.properties.headers!['traceparent'], parent);
});
