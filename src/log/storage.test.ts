import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteReader } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import { silentLogger } from '../lib/logger.js';
import { SeededRandom } from '../lib/random.js';
import { VirtualClock } from '../lib/virtual-clock.js';
import { createFaults } from '../store/faults.js';
import { MemoryDisk } from '../store/memory-disk.js';
import { LogError } from './errors.js';
import type { State } from './state.js';
import { Storage } from './storage.js';
import { append, batchOf, readAll, StorageWorld, testPolicy } from './testing.js';

class Counter implements State {
  total = 0;

  replay(operation: ByteReader): void {
    this.total += operation.uvarint();
  }

  snapshot(into: ByteWriter): void {
    into.uvarint(this.total);
  }

  restore(from: ByteReader): void {
    this.total = from.uvarint();
  }
}

function add(world: StorageWorld, counter: Counter, amount: number): void {
  const recorder = world.storage.recorder(1);
  recorder.begin().uvarint(amount);
  recorder.end();
  counter.total += amount;
}

const values = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `v${from + index}`);

test('what was answered as durable is there after a power cut, from the journal alone', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  for (let at = 0; at < 50; at += 5) append(log, world.storage, batchOf(values(at, 5)));
  assert.equal(log.endOffset, 50);
  assert.equal(log.durableOffset, 0);
  await world.durable();
  assert.equal(log.durableOffset, 50);
  const report = await world.restart();
  assert.deepEqual(report.damage, []);
  const again = world.logNamed('orders-0');
  assert.equal(again.endOffset, 50);
  assert.deepEqual(
    (await readAll(world, again)).map((record) => record.value),
    values(0, 50),
  );
});

test('a checkpoint moves tails to segments, and the next start reads no journal bytes for them', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  for (let at = 0; at < 500; at += 5) append(log, world.storage, batchOf(values(at, 5)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  assert.equal(log.flushedOffset, 500);
  assert.equal(log.tail.count, 0);
  append(log, world.storage, batchOf(values(500, 5)));
  await world.durable();
  const report = await world.restart();
  assert.equal(report.batches, 1);
  const again = world.logNamed('orders-0');
  assert.deepEqual(
    (await readAll(world, again)).map((record) => record.value),
    values(0, 505),
  );
  assert.equal(append(again, world.storage, batchOf(['next'])), 505);
});

test('a log rolls by size, and every offset is found across its segments', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 2000 });
  for (let at = 0; at < 300; at += 3) append(log, world.storage, batchOf(values(at, 3)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  assert.ok(log.segments.length > 3, `${log.segments.length} segments`);
  for (const segment of log.segments) assert.ok(segment.sizeBytes <= 2000);
  for (const offset of [0, 1, 2, 3, 100, 150, 298, 299]) {
    const [first] = await readAll(world, log, offset, 300, 1);
    assert.equal(first?.value, `v${offset}`);
  }
});

test('a large run goes directly to its segment and is there after a power cut', async () => {
  const world = new StorageWorld({ directBytesMin: 1000 });
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  append(log, world.storage, batchOf(values(0, 2)));
  await world.durable();
  assert.equal(log.flushedOffset, 0);
  for (let at = 2; at < 402; at += 20) append(log, world.storage, batchOf(values(at, 20)));
  await world.durable();
  assert.equal(log.flushedOffset, 402, 'the run and what was before it lie in the segment');
  append(log, world.storage, batchOf(values(402, 1)));
  await world.durable();
  const report = await world.restart();
  assert.deepEqual(report.damage, []);
  assert.deepEqual(
    (await readAll(world, world.logNamed('orders-0'))).map((record) => record.value),
    values(0, 403),
  );
});

test('direct runs over several new segments come back', async () => {
  const world = new StorageWorld({ directBytesMin: 500 });
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 3000 });
  await world.durable();
  let at = 0;
  for (let round = 0; round < 12; round++) {
    for (let count = 0; count < 10; count++, at += 10) append(log, world.storage, batchOf(values(at, 10)));
    await world.durable();
  }
  assert.ok(log.segments.length > 4);
  const report = await world.restart();
  assert.deepEqual(report.damage, []);
  assert.deepEqual(
    (await readAll(world, world.logNamed('orders-0'))).map((record) => record.value),
    values(0, at),
  );
});

test('a bundle that went directly to two logs and reached only one of them is there for neither', async () => {
  const world = new StorageWorld({ directBytesMin: 500 });
  await world.open();
  const one = world.storage.createLog('one-0', testPolicy);
  const two = world.storage.createLog('two-0', testPolicy);
  append(one, world.storage, batchOf(values(0, 100)));
  append(two, world.storage, batchOf(values(0, 100)));
  await world.durable();
  append(one, world.storage, batchOf(values(100, 100)));
  append(two, world.storage, batchOf(values(100, 100)));
  await world.durable();
  // What a kill leaves when the journal and one of the segments were written, and the other segment was not.
  const cutAt = two.segments[0]!.sizeBytes - 1;
  world.crash('process');
  const file = await world.run(world.disk.files.open('topics/two-0/00000000000000000000.log', 'write'));
  await world.run(file.truncate(cutAt));
  await world.run(file.close());
  assert.deepEqual((await world.open()).damage, []);
  for (const name of ['one-0', 'two-0']) {
    const log = world.logNamed(name);
    assert.equal(log.endOffset, 100);
    append(log, world.storage, batchOf(values(500, 100)));
  }
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.restart();
  for (const name of ['one-0', 'two-0']) {
    const read = await readAll(world, world.logNamed(name));
    assert.deepEqual(
      read.map((record) => record.value),
      [...values(0, 100), ...values(500, 100)],
    );
  }
});

test('one batch given to several logs is written once and has each log’s own offsets', async () => {
  const world = new StorageWorld();
  await world.open();
  const logs = ['a-0', 'b-0', 'c-0'].map((name) => world.storage.createLog(name, testPolicy));
  append(logs[1]!, world.storage, batchOf(['only b']));
  await world.durable();
  const before = world.storage.journal.bytesTaken;
  const batch = batchOf([`shared${'x'.repeat(20_000)}`]);
  world.storage.pool.place(batch, 0, batch.length);
  const { buffer, at } = world.storage.pool;
  const offsets = logs.map((log) => log.append(buffer, at, batch.length));
  assert.deepEqual(offsets, [0, 1, 0]);
  await world.durable();
  assert.ok(world.storage.journal.bytesTaken - before < 30_000);
  for (const kind of ['live', 'recovered', 'flushed']) {
    if (kind === 'recovered') await world.restart();
    if (kind === 'flushed') await world.run(world.storage.checkpoint());
    for (const [index, name] of ['a-0', 'b-0', 'c-0'].entries()) {
      const records = await readAll(world, world.logNamed(name));
      assert.equal(records.at(-1)?.offset, offsets[index], `${kind} ${name}`);
      assert.ok(records.at(-1)?.value?.startsWith('shared'));
    }
  }
});

test('a state and a log changed in one stretch of code come back together, each operation once', async () => {
  const world = new StorageWorld({ checkpointEveryBytes: 20_000 });
  let counter = new Counter();
  await world.open(new Map([[1, counter]]));
  const log = world.storage.createLog('orders-0', testPolicy);
  for (let round = 0; round < 40; round++) {
    append(log, world.storage, batchOf(values(round * 10, 10)));
    add(world, counter, 10);
    if (round % 7 === 0) await world.durable();
    if (round % 13 === 5) world.storage.requestCheckpoint();
  }
  await world.durable();
  counter = new Counter();
  await world.restart('power', new Map([[1, counter]]));
  assert.equal(counter.total, 400);
  assert.equal(world.logNamed('orders-0').endOffset, 400);
});

test('an unfinished bundle at the end of the journal is cut off as a whole', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const world = new StorageWorld({}, seed);
    const counter = new Counter();
    await world.open(new Map([[1, counter]]));
    const log = world.storage.createLog('orders-0', testPolicy);
    append(log, world.storage, batchOf(values(0, 10)));
    add(world, counter, 10);
    await world.durable();
    append(log, world.storage, batchOf([`x${'y'.repeat(30_000)}`]));
    add(world, counter, 1);
    await world.clock.step();
    const again = new Counter();
    const report = await world.restart('power', new Map([[1, again]]));
    assert.deepEqual(report.damage, []);
    assert.equal(world.logNamed('orders-0').endOffset, again.total, `seed ${seed}`);
    assert.ok(again.total === 10 || again.total === 11);
  }
});

test('a damaged bundle amid the journal is named with its place, and what lies behind it is kept', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  for (let at = 0; at < 5; at++) {
    append(log, world.storage, batchOf(values(at, 1)));
    await world.durable();
  }
  // Block 0 is the file's header, 1 makes the log, 2 holds offset 0.
  world.faults.flips.push({ name: 'journal/00000000000000000001.jnl', position: 4096 * 3 + 100, mask: 4 });
  const report = await world.restart();
  assert.equal(report.damage.length, 3, report.damage.join('\n'));
  assert.match(report.damage[0]!, /journal\/0+1\.jnl at byte 12288: not a whole bundle/);
  assert.match(report.damage[2]!, /offsets 1 to 1 are missing/);
  const again = world.logNamed('orders-0');
  assert.deepEqual(
    (await readAll(world, again)).map((record) => record.value),
    ['v0', 'v2', 'v3', 'v4'],
  );
});

test('a damaged batch in a segment is refused with file and position, and the others are served', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  const size = batchOf(values(0, 1)).length;
  for (let at = 0; at < 9; at++) append(log, world.storage, batchOf(values(at, 1)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.restart();
  world.faults.flips.push({ name: 'topics/orders-0/00000000000000000000.log', position: size * 4 + 65, mask: 1 });
  const again = world.logNamed('orders-0');
  assert.equal((await readAll(world, again, 0, 4)).length, 4);
  await assert.rejects(
    world.run(again.read(4, 1, 9, [])),
    (error) =>
      error instanceof LogError && error.code === 'damaged' && error.message.includes(`.log at byte ${size * 4}`),
  );
  assert.equal((await readAll(world, again, 5, 9)).length, 4);
});

test('a damaged checkpoint is passed over for the one before it, at the cost of a longer journal', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  for (let round = 0; round < 3; round++) {
    append(log, world.storage, batchOf(values(round * 5, 5)));
    await world.durable();
    await world.run(world.storage.checkpoint());
  }
  const names = await world.run(world.disk.objects.list('checkpoint/'));
  assert.equal(names.length, 2);
  world.faults.flips.push({ name: names[1]!.name, position: 20, mask: 1 });
  const report = await world.restart();
  assert.equal(report.damage.length, 1);
  assert.deepEqual(
    (await readAll(world, world.logNamed('orders-0'))).map((record) => record.value),
    values(0, 15),
  );
});

test('a store without room refuses writers, serves readers, and goes on when there is room', async () => {
  const world = new StorageWorld({ journalFileBytes: 64 * 1024, journalFilesMax: 4 });
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  append(log, world.storage, batchOf(values(0, 3)));
  await world.durable();
  world.faults.capacityBytes = world.disk.usedBytes;
  let refused = 0;
  let accepted = 3;
  for (let round = 0; round < 400 && refused < 3; round++) {
    try {
      append(log, world.storage, batchOf([`big${'z'.repeat(3000)}`]));
      await world.durable();
      accepted++;
    } catch (error) {
      assert.ok(error instanceof LogError && error.code === 'full', String(error));
      refused++;
    }
  }
  assert.equal(refused, 3);
  assert.ok((await readAll(world, log)).length >= accepted);
  world.faults.capacityBytes = Number.POSITIVE_INFINITY;
  await world.clock.advance(5000);
  assert.equal(world.storage.refusal, null);
  append(log, world.storage, batchOf(['after']));
  await world.durable();
  const end = log.endOffset;
  await world.restart();
  const records = await readAll(world, world.logNamed('orders-0'));
  assert.equal(records.length, end);
  assert.equal(records.at(-1)?.value, 'after');
});

test('a checkpoint that fails is tried again until it works, and told once, whoever else asks for one', async () => {
  const clock = new VirtualClock();
  const faults = createFaults();
  const { files, objects } = new MemoryDisk(clock, new SeededRandom(1), faults);
  const told: string[] = [];
  const tell = (_: object, message: string): void => {
    told.push(message);
  };
  const logger = { ...silentLogger, info: tell, warn: tell, error: tell };
  const storage = new Storage({ files, objects, clock, logger });
  await clock.until(storage.open());
  const log = storage.createLog('orders-0', testPolicy);
  append(log, storage, batchOf(values(0, 3)));
  await clock.until(storage.durable());
  faults.failObjects = Number.POSITIVE_INFINITY;
  for (let second = 0; second < 60; second++) {
    storage.requestCheckpoint();
    await clock.advance(1000);
  }
  faults.failObjects = 0;
  await clock.advance(3000);
  assert.deepEqual(told, ['the checkpoint failed and will be tried again', 'checkpoints can be written again']);
  assert.equal((await clock.until(objects.list('checkpoint/'))).length, 1);
  await clock.until(storage.close());
});

test('a write that fails is made again elsewhere, and only the waiters of that moment hear of it', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  world.faults.failWrites = 2;
  append(log, world.storage, batchOf(['once']));
  await assert.rejects(world.durable(), LogError);
  assert.throws(() => append(log, world.storage, batchOf(['refused'])), LogError);
  await world.clock.advance(2000);
  append(log, world.storage, batchOf(['twice']));
  await world.durable();
  await world.restart();
  assert.deepEqual(
    (await readAll(world, world.logNamed('orders-0'))).map((record) => record.value),
    ['once', 'twice'],
  );
});

test('journal files are used again and never more than the limit', async () => {
  const world = new StorageWorld({ journalFileBytes: 64 * 1024, journalFilesMax: 4, checkpointEveryBytes: 100_000 });
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, direct: false });
  for (let round = 0; round < 200; round++) {
    append(log, world.storage, batchOf([`r${round}${'z'.repeat(5000)}`]));
    await world.durable();
    const files = await world.run(world.disk.files.list('journal'));
    assert.ok(files.length <= 6, files.map((file) => file.name).join(' '));
  }
  await world.restart();
  assert.equal((await readAll(world, world.logNamed('orders-0'))).length, 200);
});

test('a deleted log is gone with its files, and one of the same name begins anew', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  append(log, world.storage, batchOf(values(0, 5)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  world.storage.deleteLog(log);
  const fresh = world.storage.createLog('orders-0', testPolicy);
  append(fresh, world.storage, batchOf(['new']));
  await world.durable();
  await world.restart();
  assert.deepEqual(
    (await readAll(world, world.logNamed('orders-0'))).map((record) => record.value),
    ['new'],
  );
  await world.run(world.storage.checkpoint());
  await world.restart();
  assert.deepEqual(
    (await readAll(world, world.logNamed('orders-0'))).map((record) => record.value),
    ['new'],
  );
});

test('a trimmed log starts there, also after a power cut, and lets go of its old segments', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, segmentBytes: 1500 });
  for (let at = 0; at < 200; at += 5) append(log, world.storage, batchOf(values(at, 5)));
  await world.durable();
  await world.run(world.storage.checkpoint());
  const before = log.segments.length;
  log.trim(123);
  await world.durable();
  await world.clock.advance(100);
  assert.ok(log.segments.length < before);
  assert.ok(log.segments[0]!.nextOffset > 123);
  await world.restart();
  const again = world.logNamed('orders-0');
  assert.equal(again.startOffset, 123);
  assert.deepEqual(
    (await readAll(world, again, 123)).map((record) => record.value),
    values(123, 77),
  );
});

test('closing takes a last checkpoint, so that the next start replays nothing', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  append(log, world.storage, batchOf(values(0, 5)));
  await world.run(world.storage.close());
  const report = await world.restart();
  assert.equal(report.bundles, 0);
  assert.equal(world.logNamed('orders-0').endOffset, 5);
});
