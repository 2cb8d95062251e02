import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib';
import { type Consumer, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** Queues that keep what is done, read by amqplib and kafkajs, unmodified. */

let naru: RunningNaru;
let kafka: Kafka;
let amqp: ChannelModel;
let channel: ConfirmChannel;
const hour = { arguments: { 'x-retention-ms': 3_600_000 } };

before(async () => {
  naru = await startNaru({ memory: true, sqs: false });
  kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  amqp = await connect(naru.amqp.url);
  channel = await amqp.createConfirmChannel();
});

after(async () => {
  await amqp.close();
  await naru.close();
});

async function publish(queue: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) channel.sendToQueue(queue, Buffer.from(text), { headers: { text, number: 1 } });
  await channel.waitForConfirms();
}

/** Takes and acknowledges so many. */
async function workOff(queue: string, count: number): Promise<void> {
  for (let left = count; left > 0; left--) {
    const message = await channel.get(queue);
    assert.ok(message);
    channel.ack(message);
  }
}

/** Reads as a member of a group until there were so many; they are committed when it stops. */
async function readBy(groupId: string, topic: string, count: number): Promise<KafkaMessage[]> {
  const consumer: Consumer = kafka.consumer({ groupId, retry: { retries: 5 } });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const messages: KafkaMessage[] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = ({ message }: { message: KafkaMessage }): Promise<void> => {
      messages.push(message);
      if (messages.length === count) resolve();
      return Promise.resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return messages;
}

test('a queue that keeps what is done is replayed from an hour ago over AMQP', async () => {
  await channel.assertQueue('replayed', hour);
  await publish('replayed', ['a', 'b']);
  await workOff('replayed', 2);
  await publish('replayed', ['c']);
  const reading = await amqp.createChannel();
  await reading.prefetch(10);
  const seen: [string, unknown][] = [];
  await new Promise<void>((resolve, reject) => {
    const came = (message: ConsumeMessage | null): void => {
      seen.push([String(message!.content), message!.properties.headers?.['x-stream-offset']]);
      reading.ack(message!);
      if (seen.length === 3) resolve();
    };
    reading.consume('replayed', came, { arguments: { 'x-stream-offset': '1h' } }).catch(reject);
  });
  await reading.close();
  assert.deepEqual(seen, [
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ]);
  assert.equal((await channel.checkQueue('replayed')).messageCount, 1);
});

test('what is worked off from such a queue over AMQP, a group of Kafka reads with key, headers and time, and goes on', async () => {
  await channel.assertQueue('kept', hour);
  const beforeMs = Date.now();
  await publish('kept', ['a', 'b', 'c']);
  await workOff('kept', 2);
  const read = await readBy('g', 'kept', 3);
  const texts = (messages: readonly KafkaMessage[]): string[] => messages.map(({ value }) => String(value));
  assert.deepEqual(texts(read), ['a', 'b', 'c']);
  const { key, headers, timestamp, offset } = read[1]!;
  assert.deepEqual([String(key), offset], ['kept', '1']);
  assert.deepEqual([String(headers?.['text']), String(headers?.['number'])], ['b', '1']);
  assert.ok(Number(timestamp) >= beforeMs && Number(timestamp) <= Date.now());
  // Nothing of that took anything away, and the group goes on behind what it has read.
  assert.equal((await channel.checkQueue('kept')).messageCount, 1);
  await publish('kept', ['d']);
  assert.deepEqual(texts(await readBy('g', 'kept', 1)), ['d']);
});

test('such a queue is among Kafka’s topics with one partition, its offsets and its retention', async () => {
  await channel.assertQueue('listed', hour);
  await channel.assertQueue('unlisted');
  await publish('listed', ['a', 'b']);
  await workOff('listed', 1);
  const admin = kafka.admin();
  await admin.connect();
  const topics = await admin.listTopics();
  assert.ok(topics.includes('listed') && !topics.includes('unlisted'));
  const { topics: told } = await admin.fetchTopicMetadata({ topics: ['listed'] });
  assert.equal(told[0]!.partitions.length, 1);
  const [offsets] = await admin.fetchTopicOffsets('listed');
  assert.deepEqual([offsets!.low, offsets!.high], ['0', '2']);
  const [at] = await admin.fetchTopicOffsetsByTimestamp('listed', Date.now() - 3_600_000);
  assert.equal(at!.offset, '0');
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 2, name: 'listed', configNames: ['retention.ms'] }],
  });
  const retention = resources[0]!.configEntries.find(({ configName }) => configName === 'retention.ms');
  assert.equal(retention?.configValue, '3600000');
  await admin.disconnect();
});

test('Kafka only reads such a queue: what it produces there is refused', async () => {
  await channel.assertQueue('read-only', hour);
  const producer = kafka.producer();
  await producer.connect();
  await assert.rejects(producer.send({ topic: 'read-only', messages: [{ value: 'x' }] }), /invalid topic/i);
  await producer.disconnect();
  const admin = kafka.admin();
  await admin.connect();
  await assert.rejects(admin.deleteTopics({ topics: ['read-only'] }));
  await admin.disconnect();
  assert.equal((await channel.checkQueue('read-only')).messageCount, 0);
});

test('a Kafka consumer that waits hears of what comes to such a queue', async () => {
  await channel.assertQueue('waited', hour);
  const reading = readBy('waiting', 'waited', 2);
  await publish('waited', ['one']);
  await publish('waited', ['two']);
  assert.deepEqual(
    (await reading).map(({ value }) => String(value)),
    ['one', 'two'],
  );
});
