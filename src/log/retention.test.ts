import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compact } from './compaction.js';
import { LogError } from './errors.js';
import type { Log } from './log.js';
import { applyRetention } from './retention.js';
import { append, batchOf, readAll, StorageWorld, testPolicy } from './testing.js';

const startMs = 1_700_000_000_000;
const forever = { retentionMs: -1, retentionBytes: -1 };

/** Ten segments of two records each, a second from one record to the next. */
async function tenSegments(): Promise<{ world: StorageWorld; log: Log; segmentBytes: number }> {
  const world = new StorageWorld();
  await world.open();
  const one = batchOf(['x'.repeat(500)]).length;
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: one * 2, direct: false });
  for (let at = 0; at < 20; at++) append(log, world.storage, batchOf(['x'.repeat(500)], startMs + at * 1000));
  await world.durable();
  await world.run(world.storage.checkpoint());
  assert.equal(log.segments.length, 10);
  return { world, log, segmentBytes: one * 2 };
}

async function assertStart(world: StorageWorld, start: number, end: number): Promise<void> {
  for (const kind of ['live', 'process', 'power', 'checkpointed'] as const) {
    if (kind === 'checkpointed') {
      await world.run(world.storage.checkpoint());
      await world.run(world.storage.checkpoint());
      await world.clock.advance(100);
      const again = world.logNamed('orders-0');
      const files = await world.run(world.disk.files.list('topics/orders-0'));
      assert.deepEqual(
        files.filter((file) => file.name.endsWith('.log')).map((file) => Number.parseInt(file.name, 10)),
        again.segments.filter((segment) => segment.sizeBytes > 0).map((segment) => segment.baseOffset),
      );
    } else if (kind !== 'live') {
      assert.deepEqual((await world.restart(kind)).damage, []);
    }
    const log = world.logNamed('orders-0');
    assert.deepEqual([log.startOffset, log.endOffset], [start, end], kind);
    assert.deepEqual(
      (await readAll(world, log, start)).map((record) => record.offset),
      Array.from({ length: end - start }, (_, index) => start + index),
      kind,
    );
  }
}

test('segments go by age as soon as their newest record is too old, and not before', async () => {
  const { world, log } = await tenSegments();
  const at = (ms: number): Promise<number> =>
    world.run(applyRetention(log, { retentionMs: 5000, retentionBytes: -1 }, startMs + ms));
  assert.equal(await at(6000), 0, 'exactly as old as it may be');
  assert.equal(await at(6001), 2);
  assert.equal(await at(6001), 0);
  assert.equal(await at(12_001), 6);
  await world.durable();
  await assertStart(world, 8, 20);
});

test('the active segment goes too when all of it is too old, and the log goes on behind it', async () => {
  const { world, log } = await tenSegments();
  assert.equal(await world.run(applyRetention(log, { retentionMs: 5000, retentionBytes: -1 }, startMs + 60_000)), 20);
  assert.equal(log.endOffset, 20);
  assert.equal(append(log, world.storage, batchOf(['next'])), 20);
  await world.durable();
  await assertStart(world, 20, 21);
});

test('the oldest segments go while the log is larger than it may be, the active one never', async () => {
  const { world, log, segmentBytes } = await tenSegments();
  const to = (retentionBytes: number): Promise<number> =>
    world.run(applyRetention(log, { retentionMs: -1, retentionBytes }, startMs));
  assert.equal(await to(segmentBytes * 10), 0);
  assert.equal(await to(segmentBytes * 10 - 1), 0, 'never less than what is wanted is left');
  assert.equal(await to(segmentBytes * 9), 2);
  await world.run(world.storage.checkpoint());
  await world.clock.advance(100);
  assert.equal(await to(segmentBytes * 4 + 1), 8);
  await world.run(world.storage.checkpoint());
  await world.clock.advance(100);
  assert.equal(await to(0), 8);
  await world.durable();
  await assertStart(world, 18, 20);
});

test('without limits nothing goes, however old and large', async () => {
  const { world, log } = await tenSegments();
  assert.equal(await world.run(applyRetention(log, forever, startMs + 1e12)), 0);
  assert.equal(log.segments.length, 10);
});

test('a segment with one young record stays, and all behind it', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 1, direct: false });
  for (const second of [1, 2, 100, 3, 4]) append(log, world.storage, batchOf(['v'], startMs + second * 1000));
  await world.durable();
  await world.run(world.storage.checkpoint());
  assert.equal(await world.run(applyRetention(log, { retentionMs: 5000, retentionBytes: -1 }, startMs + 20_000)), 2);
  assert.equal(log.startOffset, 2);
});

test('records without a time are as old as their segment', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 1, direct: false });
  for (let at = 0; at < 3; at++) append(log, world.storage, batchOf(['v'], -1));
  await world.durable();
  await world.run(world.storage.checkpoint());
  const policy = { retentionMs: 5000, retentionBytes: -1 };
  assert.equal(await world.run(applyRetention(log, policy, world.clock.now() + 4000)), 0);
  assert.equal(await world.run(applyRetention(log, policy, world.clock.now() + 6000)), 3);
});

test('a segment that compaction has emptied does not hold up those behind it', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 1, direct: false });
  for (const [at, text] of ['a:1', 'a:2', 'b:1', 'c:1'].entries()) {
    append(log, world.storage, batchOf([text], startMs + at * 1000));
  }
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.run(log.roll());
  await world.run(world.storage.checkpoint());
  const policy = { minLagMs: 0, deleteRetentionMs: 0, minDirtyRatio: 0, keysMax: 1000, inflatedBytesMax: 1 << 20 };
  await world.run(compact(world.storage, log, policy));
  assert.equal(log.segments[0]!.sizeBytes, 0);
  const moved = await world.run(applyRetention(log, { retentionMs: 5000, retentionBytes: -1 }, startMs + 7001));
  assert.equal(moved, 3);
});

test('a log is trimmed to the middle of a batch of a segment, and begins there ever after', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 1000, direct: false });
  for (let at = 0; at < 60; at += 5) append(log, world.storage, batchOf(['a', 'b', 'c', 'd', 'e']));
  await world.durable();
  await world.run(world.storage.checkpoint());
  for (const [start, kind] of [
    [7, 'process'],
    [33, 'power'],
    [58, 'process'],
    [60, 'power'],
  ] as const) {
    const again = world.logNamed('orders-0');
    again.trim(start);
    again.trim(start - 3);
    await world.durable();
    assert.deepEqual((await world.restart(kind)).damage, []);
    const back = world.logNamed('orders-0');
    assert.deepEqual([back.startOffset, back.endOffset], [start, 60]);
    const seen = (await readAll(world, back, start)).map((record) => record.offset);
    assert.deepEqual(
      seen,
      Array.from({ length: 60 - start }, (_, index) => start + index),
    );
    assert.equal((await world.run(back.batchForTime(0, 60)))?.readInt32BE(0), start === 60 ? undefined : 0);
  }
  await assertStart(world, 60, 60);
  assert.equal(append(world.logNamed('orders-0'), world.storage, batchOf(['next'])), 60);
});

test('a log whose trim cannot be recorded keeps its start', async () => {
  const { world, log } = await tenSegments();
  world.faults.failWrites = 1_000_000;
  append(log, world.storage, batchOf(['x']));
  await assert.rejects(world.durable(), LogError);
  await assert.rejects(
    world.run(applyRetention(log, { retentionMs: 0, retentionBytes: -1 }, startMs + 5000)),
    LogError,
  );
  assert.throws(() => log.trim(5), LogError);
  assert.equal(log.startOffset, 0);
  world.faults.failWrites = 0;
  await world.clock.advance(1000);
  log.trim(5);
  await world.durable();
  await assertStart(world, 5, 21);
});
