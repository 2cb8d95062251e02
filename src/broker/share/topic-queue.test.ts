import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { silentLogger } from '../../lib/logger.js';
import { SeededRandom } from '../../lib/random.js';
import { batchHeaderBytes, putInt16, putInt32, seal } from '../../log/batch.js';
import { compact } from '../../log/compaction.js';
import { BatchBuilder } from '../../log/records.js';
import { StorageWorld } from '../../log/testing.js';
import { Catalog } from '../catalog.js';
import { Policies } from '../policies.js';
import type { QueueConsumer } from '../queue/consumers.js';
import { Queues } from '../queue/queues.js';
import { Runs } from '../queue/runs.js';
import type { Source } from '../queue/source.js';
import type { HeaderValue } from '../routing/headers.js';
import { Streams } from '../stream/streams.js';
import type { Topic } from '../topic.js';
import { Vhosts } from '../vhosts.js';
import { ShareGroups } from './share-groups.js';
import type { TopicQueue } from './topic-queue.js';
import { TopicQueues } from './topic-queues.js';

interface Delivery {
  readonly text: string;
  readonly source: Source;
  readonly offset: number;
  readonly deliveries: number;
}

/** Takes records as long as it has room, and remembers what it has not settled. */
class Taker implements QueueConsumer {
  readonly holder: number;
  readonly priority: number = 0;
  readonly acknowledges: boolean = true;
  readonly held: Delivery[] = [];
  readonly all: Delivery[] = [];
  limit: number;
  gone = false;

  constructor(holder: number, limit: number) {
    this.holder = holder;
    this.limit = limit;
  }

  room(): number {
    return this.limit - this.held.length;
  }

  deliver(source: Source, from: number, to: number, deliveries: number): number {
    const { cursor } = source;
    for (let offset = from; offset < to; offset++) {
      assert.ok(cursor.seek(offset));
      const text = cursor.bytes.toString('utf8', cursor.bodyAt, cursor.bodyAt + cursor.bodyLength);
      const delivery = { text, source, offset, deliveries };
      this.held.push(delivery);
      this.all.push(delivery);
    }
    return to;
  }

  settle(at: number, how: 'ack' | 'release' | 'reject'): Delivery {
    const [delivery] = this.held.splice(at, 1);
    const { source, offset } = delivery!;
    assert.equal(source[how](this.holder, offset, offset + 1), 1);
    source.wanted();
    return delivery!;
  }

  queueGone(): void {
    this.gone = true;
  }
}

const guest = { id: 'g', rackId: null, clientId: '', clientHost: '', topicNames: [], epoch: 0, assignment: new Map() };

/** Topics that groups work off, over a disk that can crash. */
class GroupedWorld {
  readonly world: StorageWorld = new StorageWorld({ journalFileBytes: 64 * 1024 });
  catalog!: Catalog;
  queues!: Queues;
  shares!: ShareGroups;
  topicQueues!: TopicQueues;
  policies!: Policies;
  holders = 0;

  async open(): Promise<this> {
    const { storage } = this.world;
    this.catalog = new Catalog(storage, new SeededRandom(1));
    const vhosts = new Vhosts(storage);
    this.policies = new Policies(storage, vhosts);
    this.queues = new Queues(storage, vhosts, silentLogger);
    const streams = new Streams(this.catalog, vhosts, this.queues, this.policies);
    this.shares = new ShareGroups(storage, this.catalog);
    const parts = [this.shares, { has: () => false }, streams, this.queues, this.catalog] as const;
    this.topicQueues = new TopicQueues(...parts, storage, silentLogger);
    const { damage } = await this.world.open();
    assert.deepEqual(damage, []);
    streams.start();
    this.topicQueues.follow(this.policies);
    vhosts.restarted();
    this.queues.restarted();
    this.shares.restarted();
    return this;
  }

  async restart(): Promise<void> {
    await this.settled();
    this.topicQueues.close();
    this.shares.close();
    this.queues.close();
    this.world.crash();
    await this.open();
  }

  /** Everything that is on its way has arrived. */
  async settled(): Promise<void> {
    await this.world.durable();
    await this.world.clock.advance(1);
    await this.world.durable();
  }

  topic(name = 'work', partitions = 1): Topic {
    return this.catalog.topic(name) ?? this.catalog.create(name, partitions);
  }

  produce(values: readonly string[], partition = 0, compressed = false, name = 'work'): void {
    const builder = new BatchBuilder();
    for (const value of values) builder.add(Buffer.from(`key of ${value}`), Buffer.from(value), 1_700_000_000_000);
    const plain = builder.build();
    const batch = compressed ? gzipped(plain) : plain;
    assert.equal(this.topic(name).partitions[partition]!.append(batch, 0, batch.length), 'ok');
  }

  queue(group = 'crew', name = 'work'): Promise<TopicQueue> {
    return this.world.run(this.topicQueues.open(group, this.topic(name), { kind: 'first' }));
  }

  taker(limit: number): Taker {
    return new Taker(++this.holders, limit);
  }

  /** What is in a topic, in the order of its first partition. */
  async values(name: string): Promise<string[]> {
    const queue = await this.queue('readers', name);
    const reader = this.taker(1000);
    queue.consume(reader, guest);
    await this.settled();
    queue.unconsume(reader);
    return reader.held.splice(0).map((delivery) => {
      delivery.source.ack(reader.holder, delivery.offset, delivery.offset + 1);
      return delivery.text;
    });
  }
}

function gzipped(batch: Buffer): Buffer {
  const packed = Buffer.concat([batch.subarray(0, batchHeaderBytes), gzipSync(batch.subarray(batchHeaderBytes))]);
  putInt32(packed, 8, packed.length - 12);
  putInt16(packed, 21, 1);
  seal(packed, 0);
  return packed;
}

function texts(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ text, deliveries: count }) => (count > 1 ? `${text}*${count}` : text));
}

test('consumers of a group share what is in all partitions, compressed or not', async () => {
  const grouped = await new GroupedWorld().open();
  grouped.topic('work', 3);
  const queue = await grouped.queue();
  const takers = [grouped.taker(10), grouped.taker(10)];
  for (const taker of takers) queue.consume(taker, guest);
  for (let partition = 0; partition < 3; partition++) {
    grouped.produce([`${partition}a`, `${partition}b`], partition, partition === 1);
  }
  await grouped.settled();
  const all = takers.flatMap(({ held }) => texts(held)).sort();
  assert.deepEqual(all, ['0a', '0b', '1a', '1b', '2a', '2b']);
  assert.deepEqual(queue.counts(), { ready: 0, locked: 6, delayed: 0, dead: 0 });
  grouped.topicQueues.close();
});

test('a group takes records of partitions that the topic gets later, from their first on', async () => {
  const grouped = await new GroupedWorld().open();
  grouped.topic();
  const taker = grouped.taker(10);
  (await grouped.queue()).consume(taker, guest);
  grouped.catalog.addPartitions(grouped.topic(), 2);
  grouped.produce(['new'], 1);
  await grouped.settled();
  assert.deepEqual(texts(taker.held), ['new']);
  grouped.topicQueues.close();
});

test('consumers of a topic that is deleted are told, and what they still say is of no account', async () => {
  const grouped = await new GroupedWorld().open();
  const taker = grouped.taker(10);
  (await grouped.queue()).consume(taker, guest);
  grouped.produce(['a']);
  await grouped.settled();
  grouped.catalog.delete(grouped.topic());
  await grouped.settled();
  assert.ok(taker.gone && taker.held[0]!.source.gone);
  assert.equal(grouped.shares.get('crew'), undefined);
  grouped.topicQueues.close();
});

test('what retention takes from under a group is not waited for, and what is done stays done', async () => {
  const grouped = await new GroupedWorld().open();
  const queue = await grouped.queue();
  const taker = grouped.taker(2);
  for (const value of ['a', 'b', 'c', 'd', 'e']) grouped.produce([value]);
  queue.consume(taker, guest);
  await grouped.settled();
  taker.settle(0, 'ack');
  // The first three are gone: one is done, one is held, and one waits.
  grouped.topic().partitions[0]!.log.trim(3);
  taker.limit = 4;
  queue.wanted();
  await grouped.settled();
  assert.deepEqual(texts(taker.all), ['a', 'b', 'd', 'e']);
  await grouped.restart();
  const again = grouped.taker(10);
  (await grouped.queue()).consume(again, guest);
  await grouped.settled();
  assert.deepEqual(texts(again.held), ['d*2', 'e*2']);
  grouped.topicQueues.close();
});

test('a member over Kafka and a consumer of the same group have each record one of them', async () => {
  const grouped = await new GroupedWorld().open();
  const queue = await grouped.queue();
  grouped.produce(['a', 'b', 'c']);
  await grouped.settled();
  const { share } = queue.partitions[0]!;
  const member = grouped.shares.newHolder();
  const pieces: Buffer[] = [];
  const runs = new Runs();
  await grouped.world.run(share.partition.read(0, 1 << 20, pieces));
  assert.equal(share.acquire(member, 0, Buffer.concat(pieces), 2, false, runs), 2);
  const taker = grouped.taker(10);
  queue.consume(taker, guest);
  await grouped.settled();
  assert.deepEqual(texts(taker.held), ['c']);
  share.releaseHolder(member);
  await grouped.settled();
  assert.deepEqual(texts(taker.held), ['c', 'a*2', 'b*2']);
  grouped.topicQueues.close();
});

test('a lock with a deadline ends with it, and records of several partitions are received in turn', async () => {
  const grouped = await new GroupedWorld().open();
  grouped.topic('work', 2);
  const queue = await grouped.queue();
  grouped.produce(['a']);
  grouped.produce(['b'], 1);
  await grouped.settled();
  const runs = new Runs();
  const untilMs = grouped.world.clock.now() + 5000;
  const partitions = [queue.acquire(1, 10, untilMs, runs), queue.acquire(1, 10, untilMs, runs)];
  assert.equal(new Set(partitions).size, 2);
  assert.equal(queue.acquire(1, 10, untilMs, runs), null);
  await grouped.world.clock.advance(5001);
  assert.ok(queue.acquire(1, 10, grouped.world.clock.now() + 1000, runs) !== null);
  assert.equal(runs.deliveries[0], 2);
  grouped.topicQueues.close();
});

test('what members agreed on is kept over a restart, with a checkpoint and without', async () => {
  const grouped = await new GroupedWorld().open();
  grouped.topic('dead');
  const terms: [string, HeaderValue][] = [
    ['x-delivery-limit', 1],
    ['x-dead-letter-queue', 'dead'],
  ];
  grouped.topicQueues.agree(await grouped.queue(), new Map(terms));
  for (const checkpointed of [false, true]) {
    await grouped.settled();
    if (checkpointed) await grouped.world.run(grouped.world.storage.checkpoint());
    await grouped.restart();
    const { deliveryLimit, deadLetter } = (await grouped.queue()).settings;
    assert.deepEqual([deliveryLimit, deadLetter!.key], [1, 'dead']);
  }
  grouped.topicQueues.close();
});

test('what compaction takes is not waited for, and is no dead letter either', async () => {
  const grouped = await new GroupedWorld().open();
  const { storage } = grouped.world;
  const topic = grouped.topic();
  grouped.topic('dead');
  const { log } = topic.partitions[0]!;
  const queue = await grouped.queue();
  const put = (key: string, value: string): void => {
    const builder = new BatchBuilder();
    builder.add(Buffer.from(key), Buffer.from(value), 1_700_000_000_000);
    const batch = builder.build();
    assert.equal(topic.partitions[0]!.append(batch, 0, batch.length), 'ok');
  };
  for (const [key, value] of ['a1', 'b1', 'c1', 'a2', 'b2', 'd1', 'a3'].map(([key, at]) => [key!, key! + at!])) {
    put(key!, value!);
  }
  const settle = async (): Promise<void> => {
    await grouped.settled();
    await grouped.world.run(storage.checkpoint());
    await grouped.world.run(log.roll());
    await grouped.world.run(storage.checkpoint());
  };
  // The first is rejected, and there is nowhere to put it yet.
  grouped.topicQueues.agree(queue, new Map([['x-dead-letter-queue', 'later']]));
  const runs = new Runs();
  await settle();
  const holding = new Promise<void>((resolve) => queue.withHead(resolve));
  await grouped.world.run(holding);
  const partition = queue.acquire(1, 1, Number.POSITIVE_INFINITY, runs)!;
  partition.reject(1, 0, 1);
  const compaction = { minLagMs: 0, deleteRetentionMs: 0, minDirtyRatio: 0, keysMax: 1000, inflatedBytesMax: 1 << 20 };
  assert.ok((await grouped.world.run(compact(storage, log, compaction)))!.recordsDropped > 0);
  grouped.topicQueues.agree(queue, new Map([['x-dead-letter-queue', 'dead']]));
  await grouped.world.clock.advance(3000);
  await grouped.settled();
  assert.equal(partition.share.ledger.dead, 0);
  partition.rest();
  const taker = grouped.taker(10);
  queue.consume(taker, guest);
  await grouped.settled();
  assert.deepEqual(texts(taker.held), ['c1', 'b2', 'd1', 'a3']);
  assert.deepEqual(await grouped.values('dead'), []);
  grouped.topicQueues.close();
});

test('policies for queues of the name topic::group hold for what nobody of the group has said', async () => {
  const grouped = await new GroupedWorld().open();
  const queue = await grouped.queue();
  assert.equal(queue.settings.deliveryLimit, 4);
  const definition = new Map<string, string | number>([
    ['delivery-limit', 9],
    ['dead-letter-exchange', 'graves'],
  ]);
  const { policies, topicQueues } = grouped;
  policies.set('policy', { name: 'p', vhost: '/', pattern: '^work::', applyTo: 'queues', priority: 0, definition });
  topicQueues.policiesChanged();
  assert.deepEqual([queue.settings.deliveryLimit, queue.settings.deadLetter!.exchange], [9, 'graves']);
  topicQueues.agree(queue, new Map([['x-delivery-limit', 2]]));
  assert.equal(queue.settings.deliveryLimit, 2);
  await grouped.restart();
  const { deliveryLimit, deadLetter } = (await grouped.queue()).settings;
  assert.deepEqual([deliveryLimit, deadLetter!.exchange], [2, 'graves']);
  grouped.topicQueues.close();
});

test('a batch that is not as it says is passed over', async () => {
  const grouped = await new GroupedWorld().open();
  grouped.produce(['a']);
  const broken = new BatchBuilder();
  broken.add(null, Buffer.from('broken'), 1_700_000_000_000);
  const bytes = broken.build();
  bytes.fill(0xff, batchHeaderBytes);
  seal(bytes, 0);
  grouped.topic().partitions[0]!.append(bytes, 0, bytes.length);
  grouped.produce(['b']);
  const taker = grouped.taker(10);
  (await grouped.queue()).consume(taker, guest);
  await grouped.settled();
  assert.deepEqual(texts(taker.held), ['a', 'b']);
  grouped.topicQueues.close();
});

// --- against a model ---

type Step =
  | { readonly kind: 'produce'; readonly partition: number; readonly count: number; readonly compressed: boolean }
  | { readonly kind: 'settle'; readonly taker: number; readonly at: number; readonly how: 'ack' | 'release' | 'reject' }
  | { readonly kind: 'leave'; readonly taker: number }
  | { readonly kind: 'crash'; readonly checkpointed: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('produce' as const),
      partition: fc.nat(1),
      count: fc.integer({ min: 1, max: 4 }),
      compressed: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      taker: fc.nat(1),
      at: fc.nat(5),
      how: fc.constantFrom('ack' as const, 'ack' as const, 'release' as const, 'reject' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), taker: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), checkpointed: fc.boolean() }) },
);

const returnsMax = 2;

/** What is known of each record without knowing anything of ledgers. */
class Known {
  readonly state = new Map<string, 'open' | 'done' | 'dead'>();
  readonly deliveries = new Map<string, number>();
  readonly returns = new Map<string, number>();

  delivered({ text, deliveries }: Delivery): void {
    assert.equal(this.state.get(text), 'open', `${text} was settled and came again`);
    const count = (this.deliveries.get(text) ?? 0) + 1;
    assert.equal(deliveries, count, `how often ${text} was delivered`);
    this.deliveries.set(text, count);
  }

  settled(text: string, how: 'ack' | 'release' | 'reject'): void {
    if (how === 'ack') this.state.set(text, 'done');
    else if (how === 'reject') this.state.set(text, 'dead');
    else this.returned(text);
  }

  returned(text: string): void {
    const count = (this.returns.get(text) ?? 0) + 1;
    this.returns.set(text, count);
    if (count > returnsMax) this.state.set(text, 'dead');
  }

  in(state: 'open' | 'done' | 'dead'): string[] {
    return [...this.state].filter(([, other]) => other === state).map(([text]) => text);
  }
}

class History {
  readonly grouped = new GroupedWorld();
  readonly known = new Known();
  takers: Taker[] = [];
  seen: number[] = [];
  queue!: TopicQueue;
  private produced = 0;

  async begin(): Promise<void> {
    await this.grouped.open();
    this.grouped.topic('dead');
    this.grouped.topic('work', 2);
    await this.enter();
  }

  private async enter(): Promise<void> {
    this.queue = await this.grouped.queue();
    const terms: [string, HeaderValue][] = [
      ['x-delivery-limit', returnsMax],
      ['x-dead-letter-queue', 'dead'],
    ];
    this.grouped.topicQueues.agree(this.queue, new Map(terms));
    this.takers = [this.grouped.taker(3), this.grouped.taker(3)];
    this.seen = [0, 0];
    for (const taker of this.takers) this.queue.consume(taker, guest);
    await this.look();
  }

  private async look(): Promise<void> {
    await this.grouped.settled();
    for (const [index, { all }] of this.takers.entries()) {
      for (const delivery of all.slice(this.seen[index])) this.known.delivered(delivery);
      this.seen[index] = all.length;
    }
    const held = this.takers.flatMap((taker) => taker.held.map(({ text }) => text));
    assert.equal(new Set(held).size, held.length, 'one record is with one consumer');
    const waits = this.known.in('open').length - held.length;
    const hasRoom = this.takers.some((taker) => taker.room() > 0);
    assert.ok(waits === 0 || !hasRoom, 'nothing waits while somebody has room');
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'produce') {
      const values = Array.from({ length: step.count }, () => `v${this.produced++}`);
      for (const value of values) this.known.state.set(value, 'open');
      this.grouped.produce(values, step.partition, step.compressed);
    } else if (step.kind === 'settle') {
      const taker = this.takers[step.taker]!;
      if (taker.held.length > 0) {
        const { text } = taker.settle(step.at % taker.held.length, step.how);
        this.known.settled(text, step.how);
      }
    } else if (step.kind === 'leave') await this.leave(step.taker);
    else await this.crash(step.checkpointed);
    await this.look();
  }

  /** As a channel that ends: what it held is given back. */
  private async leave(index: number): Promise<void> {
    const taker = this.takers[index]!;
    this.queue.unconsume(taker);
    while (taker.held.length > 0) this.known.settled(taker.settle(0, 'release').text, 'release');
    const next = this.grouped.taker(3);
    this.takers[index] = next;
    this.seen[index] = 0;
    this.queue.consume(next, guest);
  }

  private async crash(checkpointed: boolean): Promise<void> {
    await this.look();
    if (checkpointed) await this.grouped.world.run(this.grouped.world.storage.checkpoint());
    const held = this.takers.flatMap((taker) => taker.held.map(({ text }) => text));
    await this.grouped.restart();
    for (const text of held) this.known.returned(text);
    await this.enter();
  }

  async end(): Promise<void> {
    for (let round = 0; this.known.in('open').length > 0; round++) {
      assert.ok(round < 1000, 'what is there is handed out');
      for (const taker of this.takers) {
        while (taker.held.length > 0) this.known.settled(taker.settle(0, 'ack').text, 'ack');
      }
      await this.look();
    }
    await this.grouped.world.clock.advance(2000);
    assert.deepEqual((await this.grouped.values('dead')).sort(), this.known.in('dead').sort());
    assert.equal(this.queue.lag, 0);
    this.grouped.topicQueues.close();
    this.grouped.shares.close();
  }
}

test('whatever consumers do and whenever the power ends, each record is done once or a dead letter once', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const history = new History();
      await history.begin();
      for (const next of steps) await history.take(next);
      await history.end();
    }),
    { numRuns: Number(process.env['NARU_RUNS'] ?? 60) },
  ));
