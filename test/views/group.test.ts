import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** A topic that is worked off as a queue by naming a group, by amqplib and @aws-sdk/client-sqs beside kafkajs, as they are. */

let naru: RunningNaru;
let kafka: Kafka;
let amqp: ChannelModel;

before(async () => {
  naru = await startNaru({ memory: true, http: false });
  kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
  amqp = await connect(naru.amqp.url);
});

after(async () => {
  await amqp.close();
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
