import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type ConsumeMessage, connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { temporaryFolder } from '../process/program.js';
import { BrokerProcess } from '../torture/broker-process.js';

/** A topic that AMQP and SQS consumers of one group work off, and Kafka's read, while the process is killed. */

const recordCount = 120;
const group = { 'x-group': 'workers', 'x-stream-offset': 'first', 'x-delivery-limit': 10 };
const all = Array.from({ length: recordCount }, (_, at) => `v${at}`);

async function started(data: string): Promise<BrokerProcess> {
  const broker = new BrokerProcess(data);
  assert.ok(await broker.ready());
  return broker;
}

function kafkaOf(broker: BrokerProcess): Kafka {
  return new Kafka({ brokers: [`127.0.0.1:${broker.kafkaPort}`], logLevel: logLevel.NOTHING });
}

function sqsOf(broker: BrokerProcess): SQSClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const endpoint = `http://127.0.0.1:${broker.sqsPort}`;
  return new SQSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}

async function produceAll(broker: BrokerProcess): Promise<void> {
  const kafka = kafkaOf(broker);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 2 }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'orders', acks: -1, messages: all.map((value) => ({ key: value, value })) });
  await producer.disconnect();
}

/** Consumes until `enough` says so; what is not acknowledged stays with the connection. */
async function consume(
  broker: BrokerProcess,
  came: (message: ConsumeMessage, ack: () => void) => void,
  enough: () => boolean,
): Promise<() => Promise<void>> {
  const connection = await connect(`amqp://127.0.0.1:${broker.amqpPort}`);
  connection.on('error', () => {});
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  await channel.prefetch(20);
  await new Promise<void>((resolve, reject) => {
    const take = (message: ConsumeMessage | null): void => {
      if (message === null) return;
      came(message, () => channel.ack(message));
      if (enough()) resolve();
    };
    channel.consume('orders', take, { arguments: group }).catch(reject);
  });
  return () => connection.close();
}

async function readAll(broker: BrokerProcess): Promise<string[]> {
  const consumer = kafkaOf(broker).consumer({ groupId: 'readers' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
      values.push(String(message.value));
      if (values.length === recordCount) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return values;
}

test('a group goes on where it was after a kill: what was deleted stays away, and what was held comes back and is counted', {
  timeout: 60_000,
}, async (context) => {
  const data = await temporaryFolder(context);
  let broker = await started(data);
  try {
    await produceAll(broker);
    const acked = new Set<string>();
    const held = new Set<string>();
    const stop = await consume(
      broker,
      (message, ack) => {
        const text = message.content.toString();
        if (acked.size < 40) {
          acked.add(text);
          ack();
        } else held.add(text);
      },
      () => held.size === 20,
    );
    const sqs = sqsOf(broker);
    const Attributes = { NaruTopic: 'orders', NaruGroup: 'workers', VisibilityTimeout: '3' } as Record<string, string>;
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders-work', Attributes }));
    const deleted = new Set<string>();
    const hidden = new Set<string>();
    for (let round = 0; round < 2; round++) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { Body, ReceiptHandle } of Messages) {
        if (round === 1) hidden.add(Body!);
        else {
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
          deleted.add(Body!);
        }
      }
    }
    sqs.destroy();
    assert.deepEqual([deleted.size, hidden.size], [10, 10]);
    await broker.kill();
    await stop().catch(() => {});

    broker = await started(data);
    assert.deepEqual((await readAll(broker)).sort(), [...all].sort());
    const again = new Map<string, ConsumeMessage>();
    const wanted = all.filter((value) => !acked.has(value) && !deleted.has(value));
    const end = await consume(
      broker,
      (message, ack) => {
        again.set(message.content.toString(), message);
        ack();
      },
      () => wanted.every((value) => again.has(value)),
    );
    await end();
    for (const value of deleted) assert.ok(!again.has(value), `${value} was deleted and came again`);
    for (const value of [...held, ...hidden]) {
      const { fields, properties } = again.get(value)!;
      assert.ok(fields.redelivered, `${value} was held`);
      assert.equal(properties.headers!['x-delivery-count'], 1);
    }
  } finally {
    await broker.stop();
  }
});
