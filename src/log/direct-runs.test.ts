import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileEntry } from '../store/files.js';
import { append, batchOf, readAll, StorageWorld, tell, testPolicy } from './testing.js';

test('what is large goes to a segment while others are on their way, but not while the one that made the log is', async () => {
  const world = new StorageWorld({ directBytesMin: 1000 }, 1, { latencyMsMin: 20, latencyMsMax: 20 });
  await world.open();
  world.storage.createLog('before', testPolicy);
  await world.durable();
  const files = (): Promise<readonly FileEntry[]> => world.run(world.disk.files.list('topics/orders-0'));
  const told: string[] = [];
  const large = batchOf(['x'.repeat(2000)]);
  const log = world.storage.createLog('orders-0', testPolicy);
  /** What was recorded is slow to become durable; what is large is closed behind it. */
  const closeBehind = async (slow: string, name: string): Promise<void> => {
    tell(world, slow, told);
    await world.clock.advance(1);
    world.latency(1);
    append(log, world.storage, large);
    tell(world, name, told);
    await world.clock.advance(10);
    assert.deepEqual(told, []);
  };
  await closeBehind('log', 'first');
  assert.deepEqual(await files(), [], 'after a power cut nobody would know whose they are');
  await world.clock.advance(30);
  assert.deepEqual(told.splice(0), ['log durable', 'first durable']);
  assert.deepEqual(await files(), []);

  world.latency(20);
  append(log, world.storage, batchOf(['small']));
  await closeBehind('small', 'second');
  assert.equal((await files()).length, 1);
  assert.deepEqual((await world.restart('power')).damage, []);
  assert.ok(world.logNamed('orders-0').endOffset < 3, 'the large one counts only with what came before it');
});

test('what is several times as large waits for a flush of its log and goes direct behind it, nothing else does', async () => {
  for (const [runs, name, waits] of [
    [1, 'orders-0', false],
    [3, 'orders-0', true],
    [3, 'others-0', false],
  ] as const) {
    const world = new StorageWorld({ directBytesMin: 1000 }, 1, { latencyMsMin: 1, latencyMsMax: 1 });
    await world.open();
    const log = world.storage.createLog('orders-0', testPolicy);
    const large = name === 'orders-0' ? log : world.storage.createLog(name, testPolicy);
    append(log, world.storage, batchOf(['first']));
    await world.durable();
    world.latency(20);
    const flushing = log.flush();
    await world.clock.advance(1);
    world.latency(1);
    const told: string[] = [];
    append(log, world.storage, batchOf(['second']));
    for (let run = 0; run < runs; run++) append(large, world.storage, batchOf(['x'.repeat(2000)]));
    tell(world, 'large', told);
    await world.clock.advance(10);
    assert.deepEqual(told, waits ? [] : ['large durable']);
    // While it waits it goes on gathering.
    append(large, world.storage, batchOf(['last']));
    tell(world, 'last', told);
    await world.run(flushing);
    await world.durable();
    assert.deepEqual(told, ['large durable', 'last durable']);
    if (waits) assert.equal(log.flushedOffset, log.endOffset, 'all of it lies in the segment');
    else assert.equal(log.flushedOffset, 1);
    assert.deepEqual((await world.restart('power')).damage, []);
    assert.equal((await readAll(world, world.logNamed(name))).length, runs + (name === 'orders-0' ? 3 : 1));
  }
});

test('nobody waits for a flush that waits for its turn: what is before it may wait for the very bundle', async () => {
  const world = new StorageWorld({ directBytesMin: 1000 });
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  append(log, world.storage, batchOf(['first']));
  await world.durable();
  let flushed: Promise<void> | undefined;
  const before = log.exclusive(async () => {
    flushed = log.flush();
    for (let run = 0; run < 3; run++) append(log, world.storage, batchOf(['x'.repeat(2000)]));
    await world.storage.durable();
  });
  await world.run(before);
  await world.run(flushed!);
  assert.equal(log.durableOffset, 4);
});

test('a journal that ends while a bundle waits for a flush writes it', async () => {
  const world = new StorageWorld({ directBytesMin: 1000 }, 1, { latencyMsMin: 1, latencyMsMax: 1 });
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  append(log, world.storage, batchOf(['first']));
  await world.durable();
  world.latency(20);
  const flushing = log.flush();
  await world.clock.advance(1);
  for (let run = 0; run < 3; run++) append(log, world.storage, batchOf(['x'.repeat(2000)]));
  await world.clock.advance(1);
  await world.run(world.storage.close());
  await world.run(flushing);
  assert.deepEqual((await world.restart('process')).damage, []);
  assert.equal((await readAll(world, world.logNamed('orders-0'))).length, 4);
});
