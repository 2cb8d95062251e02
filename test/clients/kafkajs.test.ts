import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs';
import { freePorts, Program, temporaryFolder } from '../process/program.js';

/** kafkajs, unmodified, against the real program. */

async function started(context: TestContext, folder: string): Promise<{ program: Program; kafka: Kafka }> {
  const program = new Program(context, ['start', '--data', folder, '--log-format=json', ...freePorts]);
  const { kafka: broker } = await program.readyRecord();
  const kafka = new Kafka({ clientId: 'my-app', brokers: [broker!], logLevel: logLevel.NOTHING });
  return { program, kafka };
}

interface Received {
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Record<string, string>;
}

/** Consumes until `count` messages have come, commits, and leaves the group. */
async function consume(kafka: Kafka, groupId: string, topic: string, count: number): Promise<Received[]> {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000 });
  await consumer.connect();
  const received: Received[] = [];
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          eachMessage: async ({ partition, message }) => {
            const headers = Object.fromEntries(
              Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
            );
            received.push({
              partition,
              offset: message.offset,
              key: message.key?.toString() ?? null,
              value: message.value?.toString() ?? null,
              headers,
            });
            if (received.length === count) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return received;
}

for (const [ending, signal] of [
  ['stopped', 'SIGTERM'],
  ['killed', 'SIGKILL'],
] as const) {
  test(`a consumer gets the message back after the broker was ${ending} and started again`, async (context) => {
    const folder = await temporaryFolder(context);
    const first = await started(context, folder);
    const producer = first.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: 'test-topic', messages: [{ value: 'Hello Kafka!' }] });
    await producer.disconnect();
    first.program.signal(signal);
    await first.program.outcome();
    const second = await started(context, folder);
    const received = await consume(second.kafka, 'readers', 'test-topic', 1);
    assert.deepEqual(received, [{ partition: 0, offset: '0', key: null, value: 'Hello Kafka!', headers: {} }]);
    assert.equal((await second.program.stop()).code, 0);
  });
}

test('a group goes on where it committed, over a restart', async (context) => {
  const folder = await temporaryFolder(context);
  const first = await started(context, folder);
  const producer = first.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = Array.from({ length: 50 }, (_, index) => ({ value: `m${index}` }));
  await producer.send({ topic: 'orders', messages: messages.slice(0, 30) });
  assert.equal((await consume(first.kafka, 'readers', 'orders', 30)).length, 30);
  await producer.send({ topic: 'orders', messages: messages.slice(30) });
  await producer.disconnect();
  first.program.signal('SIGKILL');
  await first.program.outcome();
  const second = await started(context, folder);
  const received = await consume(second.kafka, 'readers', 'orders', 20);
  assert.deepEqual(
    received.map(({ value }) => value),
    messages.slice(30).map(({ value }) => value),
  );
});

test('keys, headers, tombstones, compression and acks of every kind come through', async (context) => {
  const { kafka } = await started(context, await temporaryFolder(context));
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'mixed', numPartitions: 3 }] });
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (const acks of [-1, 1, 0]) {
    for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
      await producer.send({
        topic: 'mixed',
        acks,
        compression,
        messages: [
          { key: `k${acks}`, value: `${compression}-${'x'.repeat(2000)}`, headers: { trace: 'a1' } },
          { key: `k${acks}`, value: null },
        ],
      });
    }
  }
  const received = await consume(kafka, 'readers', 'mixed', 12);
  await producer.disconnect();
  for (const acks of [-1, 1, 0]) {
    const own = received.filter(({ key }) => key === `k${acks}`);
    assert.equal(new Set(own.map(({ partition }) => partition)).size, 1, 'one key, one partition');
    assert.deepEqual(
      own.map(({ value }) => value?.slice(0, 2) ?? null),
      ['0-', null, '1-', null],
    );
    assert.equal(own[0]!.headers['trace'], 'a1');
  }
});

test('an idempotent producer writes each message once', async (context) => {
  const { kafka } = await started(context, await temporaryFolder(context));
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  for (let index = 0; index < 20; index++) {
    await producer.send({ topic: 'once', messages: [{ key: 'k', value: `m${index}` }] });
  }
  await producer.disconnect();
  const received = await consume(kafka, 'readers', 'once', 20);
  assert.deepEqual(
    received.map(({ value }) => value),
    Array.from({ length: 20 }, (_, index) => `m${index}`),
  );
});

test('a program that expects three brokers finds three, and uses them all', async (context) => {
  const folder = await temporaryFolder(context);
  const program = new Program(context, [
    'start',
    '--data',
    folder,
    '--log-format=json',
    '--kafka-brokers=3',
    ...freePorts,
  ]);
  const { kafka: brokers } = await program.readyRecord();
  assert.equal(brokers!.split(',').length, 3);
  const kafka = new Kafka({ clientId: 'my-app', brokers: brokers!.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'spread', numPartitions: 6, replicationFactor: 3 }] });
  const cluster = await admin.describeCluster();
  assert.equal(cluster.brokers.length, 3);
  const [topic] = (await admin.fetchTopicMetadata({ topics: ['spread'] })).topics;
  assert.equal(new Set(topic!.partitions.map(({ leader }) => leader)).size, 3, 'leaders on every broker');
  assert.ok(
    topic!.partitions.every(({ replicas }) => replicas.length === 1),
    'one copy, and it says so',
  );
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = Array.from({ length: 60 }, (_, index) => ({ value: `m${index}`, partition: index % 6 }));
  await producer.send({ topic: 'spread', messages });
  await producer.disconnect();
  assert.equal((await consume(kafka, 'readers', 'spread', 60)).length, 60);
});
