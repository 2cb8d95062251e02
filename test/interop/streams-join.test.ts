import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Message } from 'kafkajs';
import { systemClock } from '../../src/lib/clock.js';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { CommittedTopics } from './committed-topics.js';
import { fetchKafkaTools, kafkaVersions, missingForKafkaTools } from './kafka-tools.js';
import { StreamsProgram } from './streams-application.js';
import { skipUnlessThere } from './toolchain.js';

/** A windowed join and a windowed count of Kafka Streams: exact, whoever is killed in the middle. */
const skip = skipUnlessThere(missingForKafkaTools());
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

/** The count that each window ended with. */
function lastSums(read: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [window, count] of read.map((line) => line.split('='))) {
    sums.set(window!, Math.max(sums.get(window!) ?? 0, Number(count)));
  }
  return sums;
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
    const topics = new CommittedTopics(context, bootstrap);
    await topics.create('orders', 'payments', 'paid', 'sums');
    const trade = new Trade(systemClock.now() - orders * 1000);
    const write = async (third: number): Promise<void> => {
      await topics.write('payments', thirdOf(trade.payments, third));
      await topics.write('orders', thirdOf(trade.orders, third));
    };

    await write(0);
    const first = windowedJoin.start(context, bootstrap, join(state, 'first'));
    await topics.readUntil('paid', (read) => read.length >= 20);
    await write(1);
    await first.kill();
    const second = windowedJoin.start(context, bootstrap, join(state, 'second'));
    await topics.readUntil('paid', (read) => read.length >= trade.paid.length / 2);
    await write(2);
    await naru.end();
    const port = bootstrap.slice(bootstrap.lastIndexOf(':') + 1);
    const again = new Program(context, [...start, ...freePorts.slice(1), `--kafka-port=${port}`]);
    await again.ready();
    await topics.readUntil('paid', (read) => read.length >= trade.paid.length);
    // What is counted comes after what is joined, by way of a topic in between.
    await topics.readUntil('sums', (read) => isDeepStrictEqual(lastSums(read), trade.sums));
    await second.stop();

    assert.deepEqual((await topics.read('paid')).sort(), trade.paid.toSorted());
    assert.deepEqual([...lastSums(await topics.read('sums'))].sort(), [...trade.sums].sort());
  });
}
