import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../lib/random.js';
import { putInt32, seal } from '../log/batch.js';
import { BatchBuilder } from '../log/records.js';
import { batchOf, readAll, StorageWorld } from '../log/testing.js';
import { Catalog } from './catalog.js';
import { BrokerError } from './errors.js';
import { Housekeeping } from './housekeeping.js';
import type { Partition } from './partition.js';
import { ProducerIds } from './producer-ids.js';

class BrokerWorld {
  readonly world: StorageWorld = new StorageWorld();
  catalog!: Catalog;
  producerIds!: ProducerIds;
  private epoch = 0;

  async open(): Promise<this> {
    this.catalog = new Catalog(this.world.storage, new SeededRandom(9));
    this.producerIds = new ProducerIds(this.world.storage);
    await this.world.open();
    this.catalog.beginEpoch(++this.epoch);
    return this;
  }

  async restart(): Promise<void> {
    this.world.crash();
    await this.open();
  }

  partition(topic: string, index = 0): Partition {
    return this.catalog.topic(topic)!.partitions[index]!;
  }

  append(partition: Partition, batch: Buffer): string {
    return partition.append(batch, 0, batch.length);
  }
}

function idempotent(id: number, epoch: number, sequence: number, ...values: string[]): Buffer {
  const builder = new BatchBuilder();
  for (const value of values) builder.add(null, Buffer.from(value), 1_700_000_000_000);
  return builder.build(0, id, epoch, sequence);
}

test('topics, their ids, partitions and configurations are back after a power cut', async () => {
  const at = await new BrokerWorld().open();
  const topic = at.catalog.create('orders', 3, new Map([['retention.ms', '1000']]));
  at.catalog.create('gone', 1);
  at.catalog.delete(at.catalog.topic('gone')!);
  at.catalog.addPartitions(topic, 5);
  at.catalog.configure(topic, new Map([['cleanup.policy', 'compact,delete']]));
  await at.world.durable();
  for (const checkpoint of [false, true]) {
    if (checkpoint) await at.world.run(at.world.storage.checkpoint());
    await at.restart();
    const again = at.catalog.topic('orders')!;
    assert.equal(again.id, topic.id);
    assert.equal(again.partitions.length, 5);
    assert.equal(again.config.compacts, true);
    assert.equal(again.config.value('retention.ms'), '604800000');
    assert.equal(at.catalog.topic('gone'), undefined);
    assert.equal(at.catalog.topicById(topic.id), again);
  }
});

test('names, counts and configurations that Kafka would refuse are refused, and nothing is left of them', async () => {
  const at = await new BrokerWorld().open();
  const refused = (code: string) => (error: unknown) => error instanceof BrokerError && error.code === code;
  for (const name of ['', '.', '..', 'a/b', 'ä', 'x'.repeat(250)]) {
    assert.throws(() => at.catalog.create(name, 1), refused('invalid-topic-name'), name);
  }
  assert.throws(() => at.catalog.create('a', 0), refused('invalid-partition-count'));
  assert.throws(() => at.catalog.create('a', 1, new Map([['no.such', '1']])), refused('invalid-config'));
  assert.throws(() => at.catalog.create('a', 1, new Map([['retention.ms', 'soon']])), refused('invalid-config'));
  at.catalog.create('a', 1);
  assert.throws(() => at.catalog.create('a', 1), refused('topic-exists'));
  assert.equal(at.catalog.topicCount, 1);
});

test('an idempotent batch sent again is written once, also over a power cut', async () => {
  const at = await new BrokerWorld().open();
  at.catalog.create('orders', 1);
  assert.equal(at.append(at.partition('orders'), idempotent(7, 0, 0, 'a', 'b')), 'ok');
  assert.equal(at.append(at.partition('orders'), idempotent(7, 0, 2, 'c')), 'ok');
  await at.world.durable();
  for (const checkpoint of [false, true]) {
    if (checkpoint) await at.world.run(at.world.storage.checkpoint());
    await at.restart();
    const partition = at.partition('orders');
    assert.equal(at.append(partition, idempotent(7, 0, 2, 'c')), 'ok');
    assert.equal(partition.appendedBase, 2);
    assert.equal(partition.log.endOffset, 3);
    assert.equal(at.append(partition, idempotent(7, 0, 9, 'x')), 'out-of-order-sequence');
  }
  assert.equal(at.append(at.partition('orders'), idempotent(7, 1, 0, 'd')), 'ok');
  assert.equal(at.append(at.partition('orders'), idempotent(7, 0, 3, 'late')), 'stale-producer-epoch');
});

test('a batch that is not whole, not version 2, too large, a marker or out of time is refused and leaves no trace', async () => {
  const at = await new BrokerWorld().open();
  at.catalog.create('orders', 1, new Map([['max.message.bytes', '500']]));
  const partition = at.partition('orders');
  const good = batchOf(['a', 'b'], at.world.clock.now());
  const broken = (change: (batch: Buffer) => void, sealed = true): Buffer => {
    const batch = Buffer.from(good);
    change(batch);
    if (sealed) seal(batch, 0);
    return batch;
  };
  assert.equal(
    at.append(
      partition,
      broken((batch) => batch.writeUInt8(batch.at(-1)! ^ 1, batch.length - 1), false),
    ),
    'corrupt-batch',
  );
  assert.equal(
    at.append(
      partition,
      broken((batch) => batch.writeUInt8(1, 16)),
    ),
    'unsupported-batch-version',
  );
  assert.equal(
    at.append(
      partition,
      broken((batch) => putInt32(batch, 57, 3)),
    ),
    'invalid-batch',
  );
  assert.equal(
    at.append(
      partition,
      broken((batch) => putInt32(batch, 23, 5)),
    ),
    'invalid-batch',
  );
  assert.equal(
    at.append(
      partition,
      broken((batch) => batch.writeUInt8(0x20, 22)),
    ),
    'invalid-batch',
  );
  assert.equal(at.append(partition, good.subarray(0, good.length - 1)), 'corrupt-batch');
  assert.equal(at.append(partition, batchOf(['x'.repeat(600)])), 'batch-too-large');
  assert.equal(at.append(partition, batchOf(['a'], at.world.clock.now() + 7_200_000)), 'invalid-timestamp');
  assert.equal(at.append(partition, Buffer.concat([good, good.subarray(0, 30)])), 'corrupt-batch');
  assert.equal(partition.log.endOffset, 0);
  assert.equal(at.append(partition, Buffer.concat([good, good])), 'ok');
  assert.equal(partition.log.endOffset, 4);
});

test('a compacted topic takes no record without a key', async () => {
  const at = await new BrokerWorld().open();
  at.catalog.create('state', 1, new Map([['cleanup.policy', 'compact']]));
  assert.equal(at.append(at.partition('state'), batchOf(['k:v', 'no key'])), 'invalid-batch');
  assert.equal(at.append(at.partition('state'), batchOf(['k:v', 'k:'])), 'ok');
});

test('a topic with log append time stamps what it takes in and seals it again', async () => {
  const at = await new BrokerWorld().open();
  at.catalog.create('orders', 1, new Map([['message.timestamp.type', 'LogAppendTime']]));
  const partition = at.partition('orders');
  at.append(partition, batchOf(['a'], 5));
  assert.equal(partition.appendedTime, at.world.clock.now());
  await at.world.durable();
  await at.world.run(at.world.storage.checkpoint());
  await at.restart();
  assert.equal((await readAll(at.world, at.partition('orders').log)).length, 1);
  assert.equal(at.partition('orders').log.largestTimestamp() > 5, true);
});

test('readers see a record when it is durable, and are told', async () => {
  const at = await new BrokerWorld().open();
  at.catalog.create('orders', 1);
  await at.world.durable();
  const partition = at.partition('orders');
  let told = 0;
  partition.watch({
    advanced: () => {
      told++;
    },
  });
  at.append(partition, batchOf(['a']));
  assert.equal(partition.highWatermark, 0);
  assert.equal(partition.readTail(0, 1000, [])!.bytes, 0);
  await at.world.durable();
  assert.equal(partition.highWatermark, 1);
  assert.equal(told, 1);
});

test('an offset by time is that of the record, not of its batch', async () => {
  const at = await new BrokerWorld().open();
  at.catalog.create('orders', 1);
  const partition = at.partition('orders');
  const builder = new BatchBuilder();
  for (const [index, timestamp] of [100, 300, 200, 400].entries())
    builder.add(null, Buffer.from(`v${index}`), timestamp);
  at.append(partition, builder.build());
  await at.world.durable();
  for (const flushed of [false, true]) {
    if (flushed) await at.world.run(at.world.storage.checkpoint());
    const find = async (timestamp: number) => (await at.world.run(partition.offsetForTime(timestamp)))?.offset;
    assert.equal(await find(0), 0);
    assert.equal(await find(101), 1);
    assert.equal(await find(301), 3);
    assert.equal(await find(401), undefined);
    assert.equal((await at.world.run(partition.offsetOfMaxTimestamp()))?.offset, 3);
  }
});

test('lookups by time pass over records that were deleted, also within a batch', async () => {
  const at = await new BrokerWorld().open();
  at.catalog.create('orders', 1);
  const partition = at.partition('orders');
  for (const stamps of [[1000, 3000, 2000], [2500]]) {
    const builder = new BatchBuilder();
    for (const timestamp of stamps) builder.add(null, Buffer.from('v'), timestamp);
    at.append(partition, builder.build());
  }
  await at.world.durable();
  assert.equal(partition.deleteBefore(2), 'ok');
  for (const flushed of [false, true]) {
    if (flushed) await at.world.run(at.world.storage.checkpoint());
    assert.equal((await at.world.run(partition.offsetForTime(1500)))?.offset, 2);
    assert.equal((await at.world.run(partition.offsetForTime(2200)))?.offset, 3);
    assert.equal(await at.world.run(partition.offsetForTime(2600)), undefined);
    assert.deepEqual(await at.world.run(partition.offsetOfMaxTimestamp()), {
      offset: 3,
      timestamp: 2500,
      leaderEpoch: 1,
    });
  }
});

test('each start stamps an epoch of its own, and where the one before ended is known', async () => {
  const at = await new BrokerWorld().open();
  at.catalog.create('orders', 1);
  at.append(at.partition('orders'), batchOf(['a', 'b']));
  await at.world.durable();
  await at.restart();
  at.append(at.partition('orders'), batchOf(['c']));
  await at.world.durable();
  await at.world.run(at.world.storage.checkpoint());
  await at.restart();
  const { epochs, log } = at.partition('orders');
  assert.deepEqual(epochs.endOf(1, log.endOffset), { epoch: 1, endOffset: 2 });
  assert.deepEqual(epochs.endOf(2, log.endOffset), { epoch: 2, endOffset: 3 });
  assert.deepEqual(epochs.endOf(9, log.endOffset), { epoch: 2, endOffset: 3 });
  assert.equal(epochs.at(1), 1);
});

test('producer ids are never given out twice', async () => {
  const at = await new BrokerWorld().open();
  const seen = new Set<number>();
  for (let round = 0; round < 5; round++) {
    for (let count = 0; count < 700; count++) {
      const id = at.producerIds.take();
      assert.ok(!seen.has(id), `id ${id}`);
      seen.add(id);
    }
    await at.world.durable();
    if (round === 2) await at.world.run(at.world.storage.checkpoint());
    await at.restart();
  }
});

test('a segment takes no more when it is as old as the topic allows, or as large', async () => {
  const at = await new BrokerWorld().open();
  at.catalog.create('timed', 1, new Map([['segment.ms', '5000']]));
  at.catalog.create('sized', 1, new Map([['segment.bytes', '300']]));
  const counts = [];
  for (let round = 0; round < 4; round++) {
    for (const topic of ['timed', 'sized']) at.append(at.partition(topic), batchOf(['x'.repeat(100)], 1));
    await at.world.durable();
    await at.world.run(at.world.storage.checkpoint());
    counts.push(['timed', 'sized'].map((topic) => at.partition(topic).log.segments.length));
    await at.world.clock.advance(3000);
  }
  assert.deepEqual(counts, [
    [1, 1],
    [1, 2],
    [2, 3],
    [2, 4],
  ]);
});

test('housekeeping lets old segments go and compacts, each by its topic’s own configuration', async () => {
  const at = await new BrokerWorld().open();
  const housekeeping = new Housekeeping(
    at.world.storage,
    at.catalog,
    { debug() {}, info() {}, warn() {}, error() {} },
    {
      retentionCheckMs: 1000,
      compactCheckMs: 1000,
    },
  );
  at.catalog.create(
    'short',
    1,
    new Map([
      ['retention.ms', '5000'],
      ['segment.bytes', '300'],
    ]),
  );
  at.catalog.create(
    'state',
    1,
    new Map([
      ['cleanup.policy', 'compact'],
      ['segment.bytes', '300'],
      ['min.cleanable.dirty.ratio', '0'],
    ]),
  );
  housekeeping.start();
  for (let round = 0; round < 20; round++) {
    at.append(at.partition('short'), batchOf([`v${round}`], at.world.clock.now()));
    at.append(at.partition('state'), batchOf([`k${round % 3}:v${round}`], at.world.clock.now()));
  }
  await at.world.durable();
  await at.world.run(at.world.storage.checkpoint());
  at.append(at.partition('short'), batchOf(['later'], at.world.clock.now()));
  await at.world.durable();
  await at.world.run(at.world.storage.checkpoint());
  await at.world.clock.advance(3000);
  const state = await readAll(at.world, at.partition('state').log);
  assert.ok(state.length < 10, `${state.length} records stay`);
  assert.deepEqual(
    new Map(state.map(({ key, value }) => [key, value])),
    new Map([
      ['k2', 'v17'],
      ['k0', 'v18'],
      ['k1', 'v19'],
    ]),
  );
  await at.world.clock.advance(10_000);
  assert.equal(at.partition('short').startOffset, 21);
  await at.world.run(housekeeping.stop());
});
