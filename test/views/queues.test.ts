import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type ChannelModel, type ConfirmChannel, connect, type GetMessage } from 'amqplib';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** One queue, seen by amqplib and @aws-sdk/client-sqs, unmodified. */

let naru: RunningNaru;
let sqs: SQSClient;
let amqp: ChannelModel;
let channel: ConfirmChannel;

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = `00-${trace}-00f067aa0ba902b7-01`;
const amazons = 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1';

before(async () => {
  naru = await startNaru({ memory: true, kafka: false, http: false });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  amqp = await connect(naru.amqp.url);
});

afterEach(() => channel.close());

after(async () => {
  await amqp.close();
  sqs.destroy();
  await naru.close();
});

async function made(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
  channel = await amqp.createConfirmChannel();
  return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl!;
}

async function received(QueueUrl: string): Promise<Message> {
  const all = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...all, WaitTimeSeconds: 5 }));
  const [message] = Messages ?? [];
  assert.ok(message);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  return message;
}

async function got(queue: string): Promise<GetMessage> {
  const message = await channel.get(queue);
  assert.ok(message);
  return message;
}

/** Of all attributes, as type and value. */
function attributes({ MessageAttributes = {} }: Message): Record<string, [string, string | number[]]> {
  return Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      [DataType!, StringValue ?? [...BinaryValue!]],
    ]),
  );
}

async function publish(exchange: string, key: string, body: string, options: object): Promise<void> {
  channel.publish(exchange, key, Buffer.from(body), options);
  await channel.waitForConfirms();
}

const everyType: Record<string, MessageAttributeValue> = {
  text: { DataType: 'String', StringValue: 'ä <&>' },
  label: { DataType: 'String.uuid', StringValue: 'labelled' },
  whole: { DataType: 'Number', StringValue: '42' },
  large: { DataType: 'Number', StringValue: '9007199254740993' },
  exact: { DataType: 'Number.decimal', StringValue: '1.50' },
  bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255, 7]) },
  picture: { DataType: 'Binary.png', BinaryValue: Buffer.from([1]) },
  'content-type': { DataType: 'String', StringValue: 'text/plain' },
};
const everyValue = {
  text: ['String', 'ä <&>'],
  label: ['String.uuid', 'labelled'],
  whole: ['Number', '42'],
  large: ['Number', '9007199254740993'],
  exact: ['Number.decimal', '1.50'],
  bytes: ['Binary', [0, 255, 7]],
  picture: ['Binary.png', [1]],
  'content-type': ['String', 'text/plain'],
};

test('what SQS sends is had over AMQP with its body, id, time and typed headers', async () => {
  const QueueUrl = await made('sent');
  const body = 'body é \u{1F980}';
  const sent = await sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: body,
      MessageAttributes: everyType,
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: amazons } },
    }),
  );
  const { content, properties } = await got('sent');
  assert.equal(content.toString(), body);
  assert.equal(properties.messageId, sent.MessageId);
  assert.equal(properties.contentType, 'text/plain');
  assert.ok(Math.abs(properties.timestamp - Date.now() / 1000) < 60);
  const { text, whole, exact, bytes, traceparent } = properties.headers!;
  assert.deepEqual([text, whole, exact, bytes], ['ä <&>', 42, '1.50', Buffer.from([0, 255, 7])]);
  assert.equal(traceparent, parent);
  assert.equal(properties.headers!['x-amzn-trace-id'], amazons);
});

test('what AMQP gives back is for SQS as it was sent', async () => {
  const QueueUrl = await made('given-back');
  const asked = { QueueUrl, MessageBody: 'back', MessageAttributes: everyType };
  const { MessageId } = await sqs.send(new SendMessageCommand(asked));
  channel.nack(await got('given-back'), false, true);
  const message = await received(QueueUrl);
  assert.deepEqual([message.MessageId, message.Body], [MessageId, 'back']);
  assert.deepEqual(attributes(message), everyValue);
});

test('what an AMQP consumer passes on as it got it has the types and the trace it was sent with', async () => {
  const from = await made('passed-from');
  const to = (await sqs.send(new CreateQueueCommand({ QueueName: 'passed-to' }))).QueueUrl!;
  const sent = await sqs.send(
    new SendMessageCommand({
      QueueUrl: from,
      MessageBody: 'on',
      MessageAttributes: everyType,
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: amazons } },
    }),
  );
  const { content, properties } = await got('passed-from');
  await publish('', 'passed-to', content.toString(), properties);
  const message = await received(to);
  assert.equal(message.MessageId, sent.MessageId);
  assert.deepEqual(attributes(message), everyValue);
  assert.equal(message.Attributes!['AWSTraceHeader'], amazons);
});

test('what AMQP publishes is received over SQS with properties and headers as attributes', async () => {
  const QueueUrl = await made('published');
  const messageId = '0b4c5e1a-7d0e-4c6e-9a46-1f0e6c1d2b3a';
  const timestamp = 1_700_000_000;
  const headers = {
    traceparent: parent,
    text: 'ä',
    number: 1.5,
    yes: true,
    bytes: Buffer.from([0, 1]),
    list: [1, 'a'],
  };
  const properties = { messageId, timestamp, contentType: 'application/json', correlationId: 'c-1', headers };
  await publish('', 'published', '{}', properties);
  const message = await received(QueueUrl);
  assert.deepEqual([message.MessageId, message.Body], [messageId, '{}']);
  assert.equal(message.Attributes!['SentTimestamp'], String(timestamp * 1000));
  assert.equal(message.Attributes!['AWSTraceHeader'], amazons);
  assert.equal(message.Attributes!['MessageGroupId'], undefined);
  assert.deepEqual(attributes(message), {
    traceparent: ['String', parent],
    'content-type': ['String', 'application/json'],
    'correlation-id': ['String', 'c-1'],
    text: ['String', 'ä'],
    number: ['Number', '1.5'],
    yes: ['String', 'true'],
    bytes: ['Binary', [0, 1]],
    list: ['String', '[1,"a"]'],
  });
});

test('SQS sees ten attributes at most, and none that it has no words for', async () => {
  const QueueUrl = await made('many');
  const headers: Record<string, unknown> = { 'not a name': 1, 'aws.own': 1, empty: '', nothing: null };
  for (let index = 0; index < 20; index++) headers[`h${index}`] = index;
  await publish('', 'many', 'x', { type: 'kind', messageId: 'no-uuid', headers });
  const message = await received(QueueUrl);
  assert.match(message.MessageId!, /^[0-9a-f]{8}-0000-4000-8000-[0-9a-f]{12}$/);
  const names = Object.keys(message.MessageAttributes!).sort();
  assert.deepEqual(names, ['h0', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7', 'message-id', 'type']);
});

test('a message group is the routing key, both ways', async () => {
  const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
  const QueueUrl = await made('grouped.fifo', fifo);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one', MessageGroupId: 'g1' }));
  const first = await got('grouped.fifo');
  assert.equal(first.fields.routingKey, 'g1');
  channel.ack(first);
  await channel.assertExchange('grouping', 'topic');
  await channel.bindQueue('grouped.fifo', 'grouping', '#');
  await publish('grouping', 'g2', 'two', {});
  const second = await received(QueueUrl);
  assert.deepEqual([second.Body, second.Attributes!['MessageGroupId']], ['two', 'g2']);
});

test('attributes that are too large for a frame of AMQP do not keep the body from its consumer', async () => {
  const QueueUrl = await made('large');
  const MessageAttributes = { large: { DataType: 'String', StringValue: 'x'.repeat(200_000) } };
  const asked = { QueueUrl, MessageBody: 'small', MessageAttributes };
  const { MessageId } = await sqs.send(new SendMessageCommand(asked));
  const { content, properties } = await got('large');
  assert.deepEqual([content.toString(), properties.messageId], ['small', MessageId]);
  assert.equal(properties.headers?.['large'], undefined);
});
