import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../lib/random.js';
import { BatchBuilder } from '../../log/records.js';
import { StorageWorld } from '../../log/testing.js';
import { Catalog } from '../catalog.js';
import { Runs } from '../queue/runs.js';
import { ShareGroups } from './share-groups.js';
import { type SharePartition, settlement } from './share-partition.js';

/** Share groups over a disk that can crash. */
class ShareWorld {
  readonly world: StorageWorld = new StorageWorld();
  catalog!: Catalog;
  shares!: ShareGroups;
  readonly runs: Runs = new Runs();

  async open(): Promise<this> {
    const { storage } = this.world;
    this.catalog = new Catalog(storage, new SeededRandom(1));
    this.shares = new ShareGroups(storage, this.catalog);
    const { damage } = await this.world.open();
    assert.deepEqual(damage, []);
    this.shares.restarted();
    return this;
  }

  async restart(): Promise<void> {
    await this.world.durable();
    this.world.crash();
    await this.open();
  }

  get share(): SharePartition {
    const topic = this.catalog.topic('work') ?? this.catalog.create('work', 1);
    return this.shares.partition('crew', topic, 0)!;
  }

  async publish(count: number): Promise<void> {
    const builder = new BatchBuilder();
    for (let at = 0; at < count; at++) builder.add(null, Buffer.from(`v${at}`), 1_700_000_000_000);
    const batch = builder.build();
    assert.equal(this.share.partition.append(batch, 0, batch.length), 'ok');
    await this.world.durable();
  }

  async acquire(holder: number): Promise<string[]> {
    const { share, runs } = this;
    const from = share.head();
    if (from < 0) return [];
    const pieces: Buffer[] = [];
    await this.world.run(share.partition.read(from, 1 << 20, pieces));
    share.acquire(holder, from, Buffer.concat(pieces), 100, true, runs);
    return Array.from(
      { length: runs.count },
      (_, at) => `${runs.from[at]}-${runs.to[at]! - 1}*${runs.attempts[at]! + 1}`,
    );
  }
}

test('a lock ends after its time, which counts as a delivery', async () => {
  const world = await new ShareWorld().open();
  world.share;
  await world.publish(2);
  assert.deepEqual(await world.acquire(1), ['0-1*1']);
  assert.deepEqual(await world.acquire(2), []);
  await world.world.clock.advance(30_001);
  assert.equal(world.share.holds(1, 0, 2), false);
  assert.deepEqual(await world.acquire(2), ['0-1*2']);
  world.shares.close();
});

test('what was accepted stays done over a restart, deliveries count on, and a lock lasts its time', async () => {
  const world = await new ShareWorld().open();
  world.share;
  await world.publish(4);
  await world.acquire(1);
  world.share.settle(1, 0, 1, settlement.accept);
  world.share.settle(1, 1, 2, settlement.release);
  await world.restart();
  assert.equal(world.share.startOffset, 1);
  assert.deepEqual(await world.acquire(5), ['1-1*2']);
  await world.world.clock.advance(30_001);
  assert.deepEqual(await world.acquire(6), ['1-1*3', '2-3*2']);
  world.shares.close();
});

test('a topic that is deleted takes with it what groups knew of it, also over a restart', async () => {
  const world = await new ShareWorld().open();
  world.share;
  await world.publish(1);
  await world.acquire(1);
  world.catalog.delete(world.catalog.topic('work')!);
  await world.restart();
  assert.equal(world.shares.get('crew'), undefined);
});
