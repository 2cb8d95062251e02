import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteReader } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import { compact } from './compaction.js';
import type { Log } from './log.js';
import type { State } from './state.js';
import { append, batchOf, readAll, StorageWorld, testPolicy } from './testing.js';

const values = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `v${from + index}`);

const read = async (world: StorageWorld, log: Log, from = 0): Promise<(string | null)[]> =>
  (await readAll(world, log, from)).map((record) => record.value);

/** Something to record beside the log: its owner's word for where the log begins. */
class Owner implements State {
  done = 0;

  replay(operation: ByteReader): void {
    this.done = operation.uvarint();
  }

  snapshot(into: ByteWriter): void {
    into.uvarint(this.done);
  }

  restore(from: ByteReader): void {
    this.done = from.uvarint();
  }
}

function doneTo(world: StorageWorld, owner: Owner, log: Log, offset: number): void {
  const recorder = world.storage.recorder(1);
  recorder.begin().uvarint(offset);
  recorder.end();
  owner.done = offset;
  log.trimmed(offset);
}

test('a log goes on behind a segment whose file was removed before the next checkpoint said so', async () => {
  for (const byOwner of [false, true]) {
    const world = new StorageWorld();
    let owner = new Owner();
    await world.open(new Map([[1, owner]]));
    const log = world.storage.createLog('orders-0', testPolicy);
    append(log, world.storage, batchOf(values(0, 10)));
    await world.durable();
    await world.run(world.storage.checkpoint());
    append(log, world.storage, batchOf(values(10, 2)));
    if (byOwner) doneTo(world, owner, log, 10);
    else log.trim(10);
    await world.durable();
    await world.clock.advance(100);
    assert.deepEqual(await world.run(world.disk.files.list('topics/orders-0')), [], 'the segment is removed');
    for (const kind of ['process', 'power'] as const) {
      owner = new Owner();
      const report = await world.restart(kind, new Map([[1, owner]]));
      assert.deepEqual(report.damage, []);
      // The first checkpoint of the new start may come before the owner speaks.
      await world.run(world.storage.checkpoint());
      const again = world.logNamed('orders-0');
      assert.equal(again.startOffset, 10);
      if (byOwner) again.trimmed(owner.done);
      assert.deepEqual(await read(world, again, 10), values(10, 2));
    }
  }
});

test('a log that is used up as it grows needs little room, although something of it is always left', async () => {
  const world = new StorageWorld();
  const owner = new Owner();
  await world.open(new Map([[1, owner]]));
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 64 * 1024 * 1024 });
  const round = async (): Promise<void> => {
    for (let count = 0; count < 8; count++) append(log, world.storage, batchOf(['z'.repeat(64 * 1024)]));
    await world.durable();
    await world.run(world.storage.checkpoint());
    doneTo(world, owner, log, log.endOffset - 1);
    await world.durable();
    await world.clock.advance(100);
  };
  const bytes = async (): Promise<number> => {
    const files = await world.run(world.disk.files.list('topics/orders-0'));
    return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  };
  for (let rounds = 0; rounds < 20; rounds++) await round();
  const before = await bytes();
  for (let rounds = 0; rounds < 20; rounds++) await round();
  assert.ok((await bytes()) <= before, `${before} bytes, and then ${await bytes()}`);
  assert.ok(before < 4e6, `${before}`);
  await world.restart('power', new Map([[1, new Owner()]]));
  const { endOffset } = world.logNamed('orders-0');
  assert.deepEqual([endOffset, (await read(world, world.logNamed('orders-0'), endOffset - 1)).length], [320, 1]);
});

test('no segment goes before the trim that lets go of it is durable, not even on a full disk', async () => {
  const world = new StorageWorld({ journalFileBytes: 16 * 1024, journalFilesMax: 1 });
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  append(log, world.storage, batchOf(values(0, 10)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  world.faults.capacityBytes = world.disk.usedBytes;
  world.faults.failWrites = 1;
  log.trim(10);
  await assert.rejects(world.durable());
  await world.clock.advance(2000);
  assert.equal(world.storage.refusal?.code, 'full');
  const report = await world.restart('power');
  assert.deepEqual(report.damage, []);
  const again = world.logNamed('orders-0');
  assert.deepEqual(await read(world, again, again.startOffset), values(again.startOffset, 10 - again.startOffset));
});

test('the files of a segment stay away after a power cut, whenever a process ended that was removing them', async () => {
  for (let afterMs = 0; afterMs < 60; afterMs++) {
    const world = new StorageWorld({}, afterMs);
    await world.open();
    const log = world.storage.createLog('orders-0', testPolicy);
    append(log, world.storage, batchOf(values(0, 10)));
    await world.durable();
    await world.run(world.storage.checkpoint());
    world.latency(5);
    log.trim(10);
    await world.durable();
    await world.clock.advance(afterMs);
    for (const kind of ['process', 'power'] as const) {
      await world.restart(kind);
      await world.clock.advance(100);
      for (let count = 0; count < 2; count++) await world.run(world.storage.checkpoint());
    }
    const files = await world.run(world.disk.files.list('topics/orders-0'));
    assert.deepEqual(files, [], `${afterMs} ms after the trim`);
  }
});

test('a segment stays as long as the journal may point into it', async () => {
  const world = new StorageWorld({ directBytesMin: 500 });
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 3000 });
  await world.durable();
  for (let at = 0; at < 400; at += 100) {
    append(log, world.storage, batchOf(values(at, 100)));
    await world.durable();
  }
  assert.ok(log.segments.length > 1, 'the runs went direct');
  log.trim(250);
  await world.durable();
  await world.clock.advance(100);
  const report = await world.restart();
  assert.deepEqual(report.damage, []);
  const again = world.logNamed('orders-0');
  assert.deepEqual(await read(world, again, 250), values(250, 150));
  const before = again.segments.length;
  await world.run(world.storage.checkpoint());
  await world.clock.advance(100);
  assert.ok(again.segments.length < before, 'once a checkpoint covers it, it goes');
});

test('a segment that a crash kept from ever being one goes when the log has gone past it', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, direct: false });
  append(log, world.storage, batchOf(values(0, 10)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  // As if a bundle that was cut off had begun a segment at 12: nobody knows of it, and the next append goes elsewhere.
  const stray = 'topics/orders-0/00000000000000000012.log';
  const half = 'topics/orders-0/00000000000000000011.log.7.cleaned';
  for (const name of [stray, half]) await world.run(world.disk.files.open(name, 'write').then((file) => file.close()));
  const names = async (): Promise<string[]> =>
    (await world.run(world.disk.files.list('topics/orders-0'))).map((entry) => `topics/orders-0/${entry.name}`);
  append(log, world.storage, batchOf(values(10, 10)));
  await world.durable();
  await world.run(log.flush());
  await world.run(log.roll());
  append(log, world.storage, batchOf(values(20, 10)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.run(world.storage.checkpoint());
  log.trim(10);
  await world.durable();
  await world.clock.advance(100);
  assert.ok((await names()).includes(stray), 'nothing of the log is gone yet');
  log.trim(20);
  await world.durable();
  await world.clock.advance(100);
  const left = await names();
  assert.ok(!left.includes(stray));
  assert.ok(!left.includes(half), 'no compaction is at it: the log is being looked through');
  assert.ok(left.some((name) => name.endsWith('020.log')));
  assert.deepEqual(await read(world, log, 20), values(20, 10));
});

test('a deleted log whose direct runs are gone with its files is no damage', async () => {
  const world = new StorageWorld({ directBytesMin: 500 });
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  const other = world.storage.createLog('others-0', testPolicy);
  await world.durable();
  append(log, world.storage, batchOf(values(0, 100)));
  await world.durable();
  append(log, world.storage, batchOf(values(100, 1)));
  append(other, world.storage, batchOf(values(0, 1)));
  await world.durable();
  world.storage.deleteLog(log);
  await world.durable();
  await world.clock.advance(100);
  const report = await world.restart();
  assert.deepEqual(report.damage, []);
  assert.deepEqual(
    [...world.storage.logs.values()].map((each) => each.name),
    ['others-0'],
  );
});

test('a log that is deleted while a checkpoint is taken leaves no folder that nobody owns', async () => {
  for (let steps = 0; steps < 40; steps++) {
    const world = new StorageWorld();
    await world.open();
    const log = world.storage.createLog('orders-0', testPolicy);
    append(log, world.storage, batchOf(values(0, 10)));
    await world.durable();
    await world.run(world.storage.checkpoint());
    append(log, world.storage, batchOf(values(10, 10)));
    await world.durable();
    world.storage.requestCheckpoint();
    for (let step = 0; step < steps % 8; step++) await world.clock.step();
    world.storage.deleteLog(log);
    for (let step = 0; step < steps / 2; step++) await world.clock.step();
    for (const kind of ['process', 'power', 'power'] as const) {
      const report = await world.restart(kind);
      assert.deepEqual(report.damage, [], `after ${steps} steps, ${kind}`);
      await world.run(world.storage.checkpoint());
    }
  }
});

test('a log that never had a file is deleted without a word, and its name can be used at once', async () => {
  const world = new StorageWorld();
  await world.open();
  world.storage.deleteLog(world.storage.createLog('orders-0', testPolicy));
  const log = world.storage.createLog('orders-0', testPolicy);
  append(log, world.storage, batchOf(values(0, 3)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.restart();
  assert.deepEqual(await read(world, world.logNamed('orders-0')), values(0, 3));
});

test('the next log of a name waits for the removal of the last one’s files, however often that fails', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  append(log, world.storage, batchOf(values(0, 100)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  world.storage.deleteLog(log);
  const next = world.storage.createLog('orders-0', testPolicy);
  append(next, world.storage, batchOf(['new']));
  await world.durable();
  world.faults.failSyncs = 3;
  await world.clock.advance(100);
  await world.clock.advance(10_000);
  await world.run(world.storage.checkpoint());
  await world.restart();
  assert.deepEqual(await read(world, world.logNamed('orders-0')), ['new']);
});

test('a reader of a log that is deleted makes none of its files anew', async () => {
  for (let steps = 0; steps < 12; steps++) {
    const world = new StorageWorld({ openFilesMax: 1 });
    await world.open();
    const log = world.storage.createLog('orders-0', testPolicy);
    append(log, world.storage, batchOf(values(0, 10)));
    await world.durable();
    await world.run(world.storage.checkpoint());
    world.storage.deleteLog(log);
    await world.durable();
    for (let step = 0; step < steps; step++) await world.clock.step();
    const reading = log.read(0, 1000, 10, []).catch(() => undefined);
    await world.run(reading);
    await world.clock.advance(100);
    assert.deepEqual(await world.run(world.disk.files.list('topics')), [], `after ${steps} steps`);
  }
});

test('an index that is written while its log is deleted is not made anew', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const world = new StorageWorld({ openFilesMax: 1 }, seed);
    await world.open();
    const log = world.storage.createLog('orders-0', { ...testPolicy, indexIntervalBytes: 1 });
    for (let at = 0; at < 5; at++) append(log, world.storage, batchOf(values(at, 1)));
    await world.durable();
    await world.run(world.storage.checkpoint());
    world.faults.latencyMsMax = 20;
    const writing = Promise.allSettled(log.segments.map((segment) => segment.writeIndex(true)));
    for (let step = 0; step < seed % 3; step++) await world.clock.step();
    world.storage.deleteLog(log);
    await world.run(writing);
    await world.clock.advance(1000);
    assert.deepEqual(await world.run(world.disk.files.list('topics')), [], `seed ${seed}`);
  }
});

test('a log made anew after a start that removed its namesake’s files does not write to those', async () => {
  const world = new StorageWorld({ directBytesMin: 500 });
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  append(log, world.storage, batchOf(values(0, 100)));
  await world.durable();
  world.storage.deleteLog(log);
  await world.durable();
  // Killed before the files are removed: the start looks into them for what the journal says lies there.
  await world.restart('process');
  const next = world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  append(next, world.storage, batchOf(values(500, 100)));
  await world.durable();
  assert.deepEqual((await world.restart('process')).damage, []);
  assert.deepEqual(await read(world, world.logNamed('orders-0')), values(500, 100));
});

test('what a compaction replaced stays, whatever is trimmed, until it is durable what took its place', async () => {
  let seen = 0;
  for (let steps = 0; steps < 60; steps++) {
    const world = new StorageWorld();
    await world.open();
    const { storage } = world;
    const log = storage.createLog('orders-0', { ...testPolicy, segmentBytes: 100, direct: false });
    append(log, storage, batchOf(Array.from({ length: 10 }, (_, at) => `first${at}:${'x'.repeat(50)}`)));
    for (let at = 0; at < 4; at++) append(log, storage, batchOf([`k${at}:${at}`, `l${at}:x`]));
    for (let round = 0; round < 2; round++) {
      await world.durable();
      await world.run(storage.checkpoint());
      append(log, storage, batchOf([`end:${round}`]));
    }
    await world.durable();
    const policy = { minLagMs: 0, deleteRetentionMs: 0, minDirtyRatio: 0, keysMax: 100, inflatedBytesMax: 1000 };
    log.policy = { ...log.policy, segmentBytes: 350 };
    const record = storage.recordReplacement;
    let trimmed = false;
    storage.recordReplacement = (of, removed, added) => {
      record.call(storage, of, removed, added);
      if (removed.length === 1) return;
      if (trimmed && removed.length === 4) seen++;
      world.faults.failWrites = 1_000_000;
    };
    const compacting = compact(storage, log, policy).catch(() => null);
    for (let step = 0; step < steps; step++) await world.clock.step();
    if (world.faults.failWrites > 0) break;
    // Into the third of those that become one segment; the first of the log, which stays as it is, lies wholly before.
    log.trim(15);
    storage.durable().then(
      () => {
        trimmed = true;
      },
      () => {},
    );
    await world.run(compacting);
    await world.clock.advance(5000);
    world.faults.failWrites = 0;
    assert.deepEqual((await world.restart('process')).damage, []);
    const again = world.logNamed('orders-0');
    const offsets = (await readAll(world, again, Math.max(15, again.startOffset))).map((each) => each.offset);
    assert.deepEqual(offsets, [15, 16, 17, 18, 19], `after ${steps} steps`);
  }
  assert.ok(seen > 0, 'none was trimmed for good before the compaction was recorded');
});

test('a compacted segment can be read although the disk refused to make its new name stay', async () => {
  for (let failing = 1; failing <= 6; failing++) {
    const world = new StorageWorld();
    await world.open();
    const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 100, direct: false });
    for (let at = 0; at < 4; at++) append(log, world.storage, batchOf([`k:${at}`, 'l:x']));
    for (let round = 0; round < 2; round++) {
      await world.durable();
      await world.run(world.storage.checkpoint());
      append(log, world.storage, batchOf([`k:end${round}`]));
    }
    await world.durable();
    const policy = { minLagMs: 0, deleteRetentionMs: 0, minDirtyRatio: 0, keysMax: 100, inflatedBytesMax: 1000 };
    const compacting = compact(world.storage, log, policy);
    for (let step = 0; step < failing * 8; step++) await world.clock.step();
    world.faults.failSyncs = 1;
    await world.run(compacting.catch(() => null));
    world.faults.failSyncs = 0;
    await world.clock.advance(1000);
    const live = await read(world, log);
    assert.deepEqual(live.slice(-2), ['end0', 'end1']);
    await world.restart();
    assert.deepEqual(await read(world, world.logNamed('orders-0')), live, `after ${failing}`);
  }
});
