import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Consumer, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { Served } from '../kafka/harness.js';

/** Transactions of kafkajs, unmodified. */

let served: Served;
let kafka: Kafka;
const producers: Producer[] = [];
const consumers: Consumer[] = [];

before(async () => {
  served = await Served.start({ groupInitialRebalanceDelayMs: 0 });
  const { brokers } = served.naru.kafka;
  kafka = new Kafka({ clientId: 'transacting', brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 20 } });
  const admin = kafka.admin();
  await admin.connect();
  for (const topic of ['in', 'out', 'aborted', 'fenced']) await admin.createTopics({ topics: [{ topic }] });
  await admin.disconnect();
});

after(async () => {
  await Promise.all([...producers, ...consumers].map((client) => client.disconnect()));
  await served.close();
});

async function transactional(transactionalId: string): Promise<Producer> {
  const producer = kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  producers.push(producer);
  await producer.connect();
  return producer;
}

async function plain(): Promise<Producer> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  producers.push(producer);
  await producer.connect();
  return producer;
}

async function consume(groupId: string, topic: string, count: number, readUncommitted = false): Promise<string[]> {
  const consumer = kafka.consumer({ groupId, readUncommitted });
  consumers.push(consumer);
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
      values.push(String(message.value));
      if (values.length === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  return values;
}

const messages = (...values: string[]) => values.map((value) => ({ value }));

test('what an aborted transaction wrote is passed over by who reads committed records, and only by him', async () => {
  const producer = await transactional('aborting');
  const lost = await producer.transaction();
  await lost.send({ topic: 'aborted', messages: messages('lost1', 'lost2') });
  await lost.abort();
  const kept = await producer.transaction();
  await kept.send({ topic: 'aborted', messages: messages('kept') });
  await kept.commit();
  assert.deepEqual(await consume('committed', 'aborted', 1), ['kept']);
  assert.deepEqual(await consume('uncommitted', 'aborted', 3, true), ['lost1', 'lost2', 'kept']);
});

test('consume, transform, produce: outputs and offsets come together or not at all', async () => {
  const source = await plain();
  await source.send({ topic: 'in', messages: messages('1', '2', '3', '4') });
  const producer = await transactional('transforming');
  const offsets = (offset: string) => ({
    consumerGroupId: 'transformers',
    topics: [{ topic: 'in', partitions: [{ partition: 0, offset }] }],
  });
  const first = await producer.transaction();
  await first.send({ topic: 'out', messages: messages('a1', 'a2') });
  await first.sendOffsets(offsets('2'));
  await first.commit();
  const second = await producer.transaction();
  await second.send({ topic: 'out', messages: messages('lost') });
  await second.sendOffsets(offsets('4'));
  await second.abort();
  assert.deepEqual(await consume('checking', 'out', 2), ['a1', 'a2']);
  assert.deepEqual(await consume('transformers', 'in', 2), ['3', '4'], 'it goes on where the commit left it');
});

test('a second producer of the same transactional id fences the first', async () => {
  const zombie = await transactional('same');
  const open = await zombie.transaction();
  await open.send({ topic: 'fenced', messages: messages('lost') });
  const next = await transactional('same');
  const transaction = await next.transaction();
  await transaction.send({ topic: 'fenced', messages: messages('kept') });
  await transaction.commit();
  await assert.rejects(open.commit());
  assert.deepEqual(await consume('after-fencing', 'fenced', 1), ['kept']);
});
