import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxTimestamp, nextOffset } from './batch.js';
import { LogError } from './errors.js';
import { append, batchOf, readAll, StorageWorld, testPolicy } from './testing.js';

const values = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `v${from + index}`);

const large = (text: string, bytes: number): string => text + 'x'.repeat(bytes);

test('a reader at its limit gets nothing at once, however much lies behind it in the segment', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 8 * 1024 * 1024 });
  for (let at = 0; at < 30; at++) append(log, world.storage, batchOf([large(`v${at}`, 100_000)]));
  await world.durable();
  await world.run(world.storage.checkpoint());
  for (const offset of [0, 5, 12]) {
    const pieces: Buffer[] = [];
    const read = await world.run(log.read(offset, 1000, offset, pieces));
    assert.deepEqual(read, { bytes: 0, nextOffset: offset });
    assert.equal(pieces.length, 0);
  }
});

test('a run that is trimmed away in the turn that appended it does not go direct', async () => {
  for (const trimTo of [3, 8, 10]) {
    const world = new StorageWorld({ directBytesMin: 1000 });
    await world.open();
    const log = world.storage.createLog('orders-0', testPolicy);
    await world.durable();
    for (let at = 0; at < 10; at++) append(log, world.storage, batchOf([large(`v${at}`, 500)]));
    log.trim(trimTo);
    await world.durable();
    append(log, world.storage, batchOf(['after']));
    await world.durable();
    await world.run(world.storage.checkpoint());
    for (const kind of ['live', 'recovered']) {
      if (kind === 'recovered') assert.deepEqual((await world.restart()).damage, []);
      const again = world.logNamed('orders-0');
      assert.equal(again.startOffset, trimTo);
      assert.equal(again.flushedOffset, 11);
      assert.deepEqual(
        (await readAll(world, again, trimTo)).map((record) => record.offset),
        Array.from({ length: 11 - trimTo }, (_, index) => trimTo + index),
        `${kind}, trimmed to ${trimTo}`,
      );
    }
  }
});

test('a batch larger than what is asked for, and than one look at the segment, comes whole', async () => {
  const world = new StorageWorld({ journalFileBytes: 16 * 1024 * 1024 });
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 32 * 1024 * 1024, direct: false });
  const sizes = [10, 3_000_000, 10, 1_100_000, 2_500_000, 10];
  for (const size of sizes) append(log, world.storage, batchOf([large('v', size)]));
  await world.durable();
  await world.run(world.storage.checkpoint());
  for (const restart of [false, true]) {
    if (restart) await world.restart();
    const again = world.logNamed('orders-0');
    for (const [offset, size] of sizes.entries()) {
      const pieces: Buffer[] = [];
      const read = await world.run(again.read(offset, 1, sizes.length, pieces));
      assert.deepEqual(read, { bytes: 61 + read.bytes - 61, nextOffset: offset + 1 });
      assert.ok(read.bytes > size && read.bytes < size + 200, `${read.bytes} bytes for a value of ${size}`);
    }
    const records = await readAll(world, again, 0, sizes.length, 2_000_000);
    assert.deepEqual(
      records.map((record) => record.value?.length),
      sizes.map((size) => size + 1),
    );
  }
});

test('the first batch as late as a time is found in segments and tail, whatever the order of the times', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 3000, indexIntervalBytes: 200 });
  const stamps = [5, 3, 9, 1, 9, 2, 14, 4, 20, 6, 20, 11, 30, 2, 28, 40, 1, 39];
  const write = (from: number, to: number): void => {
    for (const stamp of stamps.slice(from, to)) append(log, world.storage, batchOf([large('v', 400)], 1000 + stamp));
  };
  write(0, 14);
  await world.durable();
  await world.run(world.storage.checkpoint());
  write(14, stamps.length);
  await world.durable();
  for (const kind of ['live', 'recovered', 'flushed', 'restarted']) {
    if (kind === 'flushed') await world.run(world.storage.checkpoint());
    if (kind === 'recovered' || kind === 'restarted') await world.restart();
    const again = world.logNamed('orders-0');
    assert.ok(again.segments.length > 2);
    assert.equal(again.largestTimestamp(), 1040);
    for (let stamp = 0; stamp <= 42; stamp++) {
      for (const limit of [stamps.length, 9, 3]) {
        const expected = stamps.findIndex((other, index) => other >= stamp && index < limit);
        const found = await world.run(again.batchForTime(1000 + stamp, limit));
        assert.equal(found === undefined ? -1 : nextOffset(found, 0) - 1, expected, `${kind}: ${stamp} below ${limit}`);
        if (found !== undefined) assert.equal(maxTimestamp(found, 0), 1000 + stamps[expected]!);
      }
    }
  }
});

test('a lookup by time finds what moves from the tail to a segment meanwhile', async () => {
  for (let steps = 0; steps < 40; steps++) {
    const world = new StorageWorld();
    await world.open();
    const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 1000 });
    for (let at = 0; at < 4; at++) append(log, world.storage, batchOf([large('v', 400)], 1000));
    await world.durable();
    await world.run(world.storage.checkpoint());
    await world.restart();
    const again = world.logNamed('orders-0');
    // A record of this time makes the lookup open a segment that then has nothing behind the log's start.
    append(again, world.storage, batchOf(['a'], 5000));
    append(again, world.storage, batchOf(['b'], 2000));
    await world.durable();
    again.trim(4);
    const flushing = again.flush();
    for (let step = 0; step < steps; step++) await world.clock.step();
    const found = again.batchForTime(1500, 6);
    await world.run(flushing);
    const batch = await world.run(found);
    assert.equal(batch === undefined ? -1 : nextOffset(batch, 0) - 1, 4, `after ${steps} steps`);
  }
});

test('a log that is deleted while it is read says so, and makes no file anew', async () => {
  for (let steps = 0; steps < 30; steps++) {
    const world = new StorageWorld({ openFilesMax: 1 });
    await world.open();
    const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 1500 });
    for (let at = 0; at < 200; at += 5) append(log, world.storage, batchOf(values(at, 5)));
    await world.durable();
    await world.run(world.storage.checkpoint());
    const outcomes: unknown[] = [];
    for (const offset of [0, 50, 100, 150]) {
      log.read(offset, 500, 200, []).then(
        () => outcomes.push('read'),
        (error: unknown) => outcomes.push(error),
      );
      if (offset === 50) for (let step = 0; step < steps; step++) await world.clock.step();
      if (offset === 50) world.storage.deleteLog(log);
    }
    await world.clock.advance(1000);
    assert.equal(outcomes.length, 4);
    for (const outcome of outcomes) {
      if (outcome === 'read') continue;
      assert.ok(outcome instanceof LogError && outcome.code === 'closed', String(outcome));
    }
    assert.deepEqual(await world.run(world.disk.files.list('topics')), []);
  }
});

test('what went straight to its segment is found by offset and time before its index is written, and after a power cut', async () => {
  const world = new StorageWorld({ directBytesMin: 1000 });
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, indexIntervalBytes: 1000 });
  await world.durable();
  const indexBytes = async (): Promise<number> => {
    const files = await world.run(world.disk.files.list('topics/orders-0'));
    return files.find(({ name }) => name.endsWith('.index'))?.sizeBytes ?? 0;
  };
  for (let at = 0; at < 20; at++) {
    append(log, world.storage, batchOf([large(`v${at}`, 2000)], 1_700_000_000_000 + at));
    await world.durable();
  }
  assert.equal(log.tail.count, 0, 'all of it went direct');
  assert.equal(await indexBytes(), 0);
  for (const kind of ['live', 'recovered']) {
    if (kind === 'recovered') assert.deepEqual((await world.restart()).damage, []);
    const found = world.logNamed('orders-0');
    const records = await readAll(world, found, 13);
    assert.deepEqual([records[0]?.offset, records.length], [13, 7], kind);
    const batch = await world.run(found.batchForTime(1_700_000_000_017, found.endOffset));
    assert.equal(nextOffset(batch!, 0), 18, kind);
  }
  append(world.logNamed('orders-0'), world.storage, batchOf([large('more', 2000)], 1_700_000_000_020));
  await world.durable();
  await world.run(world.storage.checkpoint());
  assert.ok((await indexBytes()) > 0, 'a checkpoint brings it to its file');
});
