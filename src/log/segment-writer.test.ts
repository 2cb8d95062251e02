import assert from 'node:assert/strict';
import { test } from 'node:test';
import { append, batchOf, readAll, StorageWorld, testPolicy } from './testing.js';

const kilobyte = 'v'.repeat(1000);

async function written(world: StorageWorld, name: string): Promise<readonly number[]> {
  const entries = await world.run(world.disk.files.list(`topics/${name}`));
  return entries.filter((entry) => entry.name.endsWith('.log')).map((entry) => entry.sizeBytes);
}

test('the tail of a stream goes to its segment when there is so much of it, a queue’s waits for a checkpoint', async () => {
  const world = new StorageWorld({ flushAheadBytes: 5000 });
  await world.open();
  const stream = world.storage.createLog('stream', testPolicy);
  const queue = world.storage.createLog('queue', { ...testPolicy, direct: false });
  for (let count = 0; count < 4; count++) {
    for (const log of [stream, queue]) append(log, world.storage, batchOf([kilobyte]));
    await world.durable();
  }
  await world.clock.advance(50);
  assert.deepEqual(await written(world, 'stream'), []);
  assert.equal(stream.tail.count, 4);
  for (const log of [stream, queue]) append(log, world.storage, batchOf([kilobyte]));
  await world.durable();
  await world.clock.advance(50);
  assert.equal(stream.tail.count, 0);
  assert.equal(stream.flushedOffset, 5);
  assert.ok((await written(world, 'stream'))[0]! > 5000);
  assert.equal(queue.tail.count, 5);
  assert.deepEqual(await written(world, 'queue'), []);
  assert.equal((await readAll(world, stream)).length, 5);

  // Nothing of this is in a checkpoint: a start finds it in the journal and writes over what lies in the segment.
  const report = await world.restart('power');
  assert.deepEqual(report.damage, []);
  assert.equal((await readAll(world, world.logNamed('stream'))).length, 5);
  assert.equal((await readAll(world, world.logNamed('queue'))).length, 5);
});

test('a flush takes what was durable when it began: it is over although the log grows all the time', async () => {
  const world = new StorageWorld({}, 1, { latencyMsMin: 5, latencyMsMax: 5 });
  await world.open();
  const log = world.storage.createLog('stream', testPolicy);
  append(log, world.storage, batchOf([kilobyte]));
  await world.durable();
  append(log, world.storage, batchOf([kilobyte]));
  const durable = world.storage.durable();
  await world.clock.advance(1);
  const flushing = log.flush();
  await world.run(durable);
  assert.equal(log.durableOffset, 2);
  await world.run(flushing);
  assert.equal(log.flushedOffset, 1);
});

test('a store that refuses is told of by the checkpoint, and nothing is missing when it takes again', async () => {
  const world = new StorageWorld({ flushAheadBytes: 1000 });
  await world.open();
  const log = world.storage.createLog('stream', testPolicy);
  for (let count = 0; count < 3; count++) {
    append(log, world.storage, batchOf([kilobyte]));
    await world.durable();
    world.faults.failWrites = 1;
    await world.clock.advance(20);
    world.faults.failWrites = 0;
  }
  append(log, world.storage, batchOf([kilobyte]));
  await world.durable();
  await world.clock.advance(20);
  assert.equal(log.flushedOffset, 4);
  assert.equal((await readAll(world, log)).length, 4);
});

test('nothing is written to segments any more when a storage is closed, whatever waits and fails', async () => {
  for (const fails of [0, 1, 2, 8, 1000]) {
    const world = new StorageWorld({ flushAheadBytes: 1000 }, 1, { latencyMsMin: 5, latencyMsMax: 5 });
    await world.open();
    const names = Array.from({ length: 40 }, (_, index) => `stream-${index}`);
    const logs = names.map((name) => world.storage.createLog(name, testPolicy));
    for (const log of logs) append(log, world.storage, batchOf([kilobyte]));
    await world.durable();
    world.faults.failWrites = fails;
    await world.run(world.storage.close());
    world.faults.failWrites = 0;
    const before = await Promise.all(logs.map((log) => written(world, log.name)));
    await world.clock.advance(1000);
    assert.deepEqual(await Promise.all(logs.map((log) => written(world, log.name))), before, `${fails} writes failed`);
    await world.restart('power');
    for (const log of logs) assert.equal((await readAll(world, world.logNamed(log.name))).length, 1);
  }
});
