import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import { sleep, systemClock } from '../../src/lib/clock.js';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { fetchKafkaTools, kafkaVersions, missingForKafkaTools } from './kafka-tools.js';
import { StreamsProgram } from './streams-application.js';
import { skipUnlessThere } from './toolchain.js';

/** A windowed join and a windowed count of Kafka Streams: exact, whoever is killed in the middle. */
const skip = skipUnlessThere(missingForKafkaTools());
const partitions = 2;
const orders = 300;
const windowMs = 10_000;

before(() => {
  if (skip === false) for (const version of kafkaVersions) fetchKafkaTools(version);
});

type Timed = Message & { key: string; value: string };

function timed(key: string, value: string, timestampMs: number): Timed {
  return { key, value, timestamp: String(timestampMs) };
}

/** Orders a second apart, each with a payment in its window, at its edge, outside of it, or with two of them. */
class Trade {
  readonly orders: Timed[] = [];
  readonly payments: Timed[] = [];
  readonly paid: string[] = [];
  readonly sums = new Map<string, number>();

  constructor(startMs: number) {
    for (let number = 0; number < orders; number++) this.add(number, startMs + number * 1000);
  }

  private add(number: number, orderMs: number): void {
    const key = `${'abcd'[number % 4]}${number}`;
    this.orders.push(timed(key, `o${number}`, orderMs));
    const delaysMs = [[1_000], [-4_000], [5_000], [6_000], [2_000, 3_000]][number % 5]!;
    delaysMs.forEach((delayMs, index) => {
      const payment = timed(key, `p${number}.${index}`, orderMs + delayMs);
      this.payments.push(payment);
      if (delayMs <= 5_000) this.pay(key, `o${number}+${payment.value}`, Math.max(orderMs, orderMs + delayMs));
    });
  }

  private pay(key: string, value: string, atMs: number): void {
    this.paid.push(`${key}=${value}`);
    const window = `${key[0]}@${atMs - (atMs % windowMs)}`;
    this.sums.set(window, (this.sums.get(window) ?? 0) + 1);
  }
}

/** What a committed reader sees of whole topics, by means of a last record in each partition. */
class Topics {
  private readonly kafka: Kafka;
  private readonly context: TestContext;
  private reads = 0;

  constructor(context: TestContext, bootstrap: string) {
    this.context = context;
    this.kafka = new Kafka({
      brokers: [bootstrap],
      logLevel: logLevel.NOTHING,
      retry: { retries: 20, maxRetryTime: 500 },
    });
  }

  async create(...topics: string[]): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: partitions })) });
    await admin.disconnect();
  }

  async write(topic: string, messages: Message[]): Promise<void> {
    const producer = this.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, messages });
    await producer.disconnect();
  }

  async read(topic: string): Promise<string[]> {
    const last = `last ${this.reads++}`;
    await this.write(
      topic,
      Array.from({ length: partitions }, (_, partition) => ({ partition, key: last, value: '' })),
    );
    const consumer = this.kafka.consumer({ groupId: `${topic} ${last}`, maxWaitTimeInMs: 100 });
    this.context.after(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const read: string[] = [];
    let lasts = 0;
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      const eachMessage = async ({
        message,
      }: {
        message: { key: Buffer | null; value: Buffer | null };
      }): Promise<void> => {
        if (String(message.key) === last) lasts++;
        else if (!String(message.key).startsWith('last')) read.push(`${message.key}=${message.value}`);
        if (lasts === partitions) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    return read;
  }

  async readAtLeast(topic: string, count: number): Promise<void> {
    for (let attempt = 0; attempt < 60; attempt++) {
      if ((await this.read(topic)).length >= count) return;
      await sleep(systemClock, 500);
    }
    throw new Error(`${topic} has fewer than ${count} records`);
  }
}

function thirdOf<T>(list: readonly T[], third: number): T[] {
  return list.slice(Math.floor((list.length * third) / 3), Math.floor((list.length * (third + 1)) / 3));
}

for (const version of kafkaVersions) {
  test(`Kafka Streams ${version} joins and counts in windows exactly once, although all are killed on the way`, {
    skip,
    timeout: 180_000,
  }, async (context) => {
    const [data, state] = [await temporaryFolder(context), await temporaryFolder(context)];
    const windowedJoin = await StreamsProgram.compiled(context, version, 'WindowedJoin');
    const start = ['start', '--data', data, '--log-format=json'];
    const naru = new Program(context, [...start, ...freePorts]);
    const bootstrap = (await naru.readyRecord())['kafka']!;
    const topics = new Topics(context, bootstrap);
    await topics.create('orders', 'payments', 'paid', 'sums');
    const trade = new Trade(systemClock.now() - orders * 1000);
    const write = async (third: number): Promise<void> => {
      await topics.write('payments', thirdOf(trade.payments, third));
      await topics.write('orders', thirdOf(trade.orders, third));
    };

    await write(0);
    const first = windowedJoin.start(context, bootstrap, join(state, 'first'));
    await topics.readAtLeast('paid', 20);
    await write(1);
    await first.kill();
    const second = windowedJoin.start(context, bootstrap, join(state, 'second'));
    await topics.readAtLeast('paid', trade.paid.length / 2);
    await write(2);
    await naru.end();
    const port = bootstrap.slice(bootstrap.lastIndexOf(':') + 1);
    const again = new Program(context, [...start, ...freePorts.slice(1), `--kafka-port=${port}`]);
    await again.ready();
    await topics.readAtLeast('paid', trade.paid.length);
    await second.stop();

    assert.deepEqual((await topics.read('paid')).sort(), trade.paid.toSorted());
    const sums = new Map<string, number>();
    for (const [window, count] of (await topics.read('sums')).map((line) => line.split('='))) {
      sums.set(window!, Math.max(sums.get(window!) ?? 0, Number(count)));
    }
    assert.deepEqual([...sums].sort(), [...trade.sums].sort());
  });
}
