import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../lib/random.js';
import type { StoredFile } from '../store/files.js';
import { BlockAppends } from './block-appends.js';
import type { Log } from './log.js';
import { append, batchOf, readAll, StorageWorld, testPolicy } from './testing.js';

const folder = 'topics/orders-0';
const first = `${folder}/00000000000000000000.log`;

/** A file that only says what it was given, and fails when told. */
class Recorded {
  readonly name = 'a.log';
  bytes: Buffer = Buffer.alloc(0);
  readonly writes: { readonly position: number; readonly size: number }[] = [];
  failing = false;

  read(into: Buffer, position: number): Promise<number> {
    return Promise.resolve(this.bytes.copy(into, 0, position));
  }

  writeBlocks(pieces: readonly Buffer[], position: number): Promise<void> {
    const written = Buffer.concat(pieces);
    this.writes.push({ position, size: written.length });
    if (this.failing) return Promise.reject(new Error('told'));
    const bytes = Buffer.alloc(Math.max(this.bytes.length, position + written.length));
    this.bytes.copy(bytes);
    written.copy(bytes, position);
    this.bytes = bytes;
    return Promise.resolve();
  }

  get file(): StoredFile {
    return this as unknown as StoredFile;
  }
}

test('appends of any size, in any pieces, begin with a block and hold all one behind the other', async () => {
  const random = new SeededRandom(3);
  const file = new Recorded();
  let appends = new BlockAppends();
  let expected = Buffer.alloc(0);
  for (let at = 0; at < 300; at++) {
    const pieces = Array.from({ length: 1 + random.below(4) }, () =>
      random.bytes(random.pick([0, 1, 7, 4095, 4096, 4097, 9000])),
    );
    // Another process, or another handle, goes on where this one was.
    if (random.chance(0.1)) appends = new BlockAppends();
    file.failing = random.chance(0.1);
    if (file.failing) {
      await assert.rejects(appends.write(file.file, pieces, expected.length));
      continue;
    }
    await appends.write(file.file, pieces, expected.length);
    // What counts may also be less than was written: a name that could not be made to stay, say.
    if (random.chance(0.9)) expected = Buffer.concat([expected, ...pieces]);
    assert.ok(file.bytes.subarray(0, expected.length).equals(expected), `append ${at}`);
  }
  for (const { position } of file.writes) assert.equal(position % 4096, 0);
  assert.ok(expected.length > 500_000);
});

test('only what follows in the last block is written again', async () => {
  const file = new Recorded();
  const appends = new BlockAppends();
  await appends.write(file.file, [Buffer.alloc(5000, 0x61)], 0);
  await appends.write(file.file, [Buffer.alloc(10, 0x62)], 5000);
  assert.deepEqual(file.writes, [
    { position: 0, size: 5000 },
    { position: 4096, size: 914 },
  ]);
  assert.equal(file.bytes.toString('latin1', 4990, 5010), 'aaaaaaaaaabbbbbbbbbb');
});

async function opened(readersStayMs: number): Promise<{ world: StorageWorld; log: Log }> {
  const world = new StorageWorld({ readersStayMs });
  await world.open();
  return { world, log: world.storage.createLog('orders-0', { ...testPolicy, direct: false }) };
}

function sleep(world: StorageWorld, ms: number): Promise<void> {
  return new Promise((resolve) => {
    world.clock.after(ms, resolve);
  });
}

async function values(world: StorageWorld, log: Log): Promise<(string | null)[]> {
  return (await readAll(world, log)).map((record) => record.value);
}

/** Answers whether what went to the segment went past the cache. */
async function flushedPast(world: StorageWorld, log: Log, value: string): Promise<boolean> {
  append(log, world.storage, batchOf([value]));
  await world.durable();
  const { openFiles } = world.storage;
  const { use } = openFiles;
  let past = false;
  openFiles.use = (name, action) =>
    use.call(openFiles, name, (file) => {
      const write = file.writeBlocks;
      file.writeBlocks = (pieces, position) => {
        past = true;
        return write.call(file, pieces, position);
      };
      return action(file).finally(() => {
        file.writeBlocks = write;
      });
    }) as never;
  await world.run(log.flush());
  openFiles.use = use;
  const file = world.disk.files.openSync(first);
  assert.equal(file.sizeBytes(), log.segments[0]!.sizeBytes, 'the file ends where its last batch does');
  await world.run(file.close());
  return past;
}

test('what nobody reads goes past the page cache, what was read lately does not', async () => {
  const { world, log } = await opened(1000);
  assert.equal(await flushedPast(world, log, 'one'), true);
  assert.deepEqual(await values(world, log), ['one']);
  assert.equal(await flushedPast(world, log, 'two'), false);
  await world.run(sleep(world, 1000));
  assert.equal(await flushedPast(world, log, 'x'.repeat(4000)), true, 'the reader has gone');
  assert.equal(await flushedPast(world, log, 'three'), true);
  assert.deepEqual(await values(world, log), ['one', 'two', 'x'.repeat(4000), 'three']);
  assert.equal(await flushedPast(world, log, 'y'.repeat(5000)), false);
});

test('a process that goes on where another ended finds the last block again', async () => {
  for (const end of ['process', 'power'] as const) {
    const { world, log } = await opened(0);
    await flushedPast(world, log, 'one');
    if (end === 'process') await world.run(world.storage.close());
    else await world.run(world.storage.checkpoint());
    await world.restart(end);
    const again = world.logNamed('orders-0');
    assert.equal(await flushedPast(world, again, 'two'), true);
    assert.deepEqual(await values(world, again), ['one', 'two']);
  }
});
