import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../lib/logger.js';
import { SeededRandom } from '../lib/random.js';
import { VirtualClock } from '../lib/virtual-clock.js';
import { powerCutFaults } from '../store/faults.js';
import type { Files } from '../store/files.js';
import { MemoryDisk } from '../store/memory-disk.js';
import { journalFileName } from './journal-file.js';
import { JournalSpares } from './journal-spares.js';

const fileBytes = 1024 * 1024;

class SparesWorld {
  readonly clock: VirtualClock = new VirtualClock();
  readonly faults = powerCutFaults();
  readonly calls: string[] = [];
  readonly spares: JournalSpares;
  private readonly files: Files;

  constructor() {
    this.files = new MemoryDisk(this.clock, new SeededRandom(1), this.faults).files;
    const told = new Proxy(this.files, {
      get: (files, key: keyof Files) => {
        const method = files[key] as (...values: unknown[]) => unknown;
        return (...values: unknown[]) => {
          this.calls.push(`${key} ${String(values[0])}`);
          return method.apply(files, values);
        };
      },
    });
    this.spares = new JournalSpares(told, silentLogger, fileBytes);
    this.spares.begin(2, []);
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise);
  }

  /** What there is in the folder, with its size. */
  async folder(): Promise<readonly string[]> {
    const entries = await this.run(this.files.list('journal'));
    return entries.map(({ name, sizeBytes }) => `${name.replace(/^0+/, '')} ${sizeBytes / 1024}`);
  }

  async fill(share: number): Promise<void> {
    this.spares.filled(share, true);
    await this.clock.advance(1);
  }

  async used(fileNumber: number): Promise<{ name: string; sizeBytes: number }> {
    const name = journalFileName(fileNumber);
    const file = await this.run(this.files.open(name, 'write'));
    await this.run(file.allocate(fileBytes));
    await this.run(file.close());
    return { name, sizeBytes: fileBytes };
  }
}

test('a new file grows piece by piece while the one before it fills, and is ready before that is full', async () => {
  const world = new SparesWorld();
  await world.fill(0.25);
  assert.deepEqual(await world.folder(), []);
  await world.fill(0.3);
  assert.deepEqual(await world.folder(), ['spare-2.tmp 256']);
  await world.fill(0.31);
  assert.deepEqual(await world.folder(), ['spare-2.tmp 256']);
  await world.fill(0.5);
  assert.deepEqual(await world.folder(), ['spare-2.tmp 512']);
  await world.fill(0.75);
  assert.deepEqual(await world.folder(), ['2.jnl 1024']);
  world.calls.length = 0;
  const { fileNumber, handles } = await world.run(world.spares.take(8192, false));
  assert.equal(fileNumber, 2);
  await world.run(handles.durable.write([Buffer.from('begun')], 0));
  assert.deepEqual(world.calls, []);
});

test('a used file is taken rather than a new one, and ends one that was growing', async () => {
  const world = new SparesWorld();
  await world.fill(0.4);
  assert.deepEqual(await world.folder(), ['spare-2.tmp 512']);
  const used = await world.used(1);
  await world.run(world.spares.give(used));
  assert.deepEqual(await world.folder(), ['1.jnl 1024']);
  await world.fill(0.41);
  assert.deepEqual(await world.folder(), ['2.jnl 1024']);
  assert.equal((await world.run(world.spares.take(8192, false))).fileNumber, 2);
});

test('as many used files are kept as were taken between checkpoints, and two when fewer were twice in turn', async () => {
  const world = new SparesWorld();
  let fileNumber = 100;
  const checkpoint = async (taken: number): Promise<number> => {
    for (let count = 0; count < taken; count++) await world.run(world.spares.take(8192, false));
    for (let count = 0; count < 6; count++) await world.run(world.spares.give(await world.used(fileNumber++)));
    await world.run(world.spares.trim());
    return world.spares.count;
  };
  assert.equal(await checkpoint(0), 2);
  assert.equal(await checkpoint(4), 5);
  assert.equal(await checkpoint(4), 5);
  assert.equal(await checkpoint(0), 5);
  assert.equal(await checkpoint(0), 2);
});

test('no file is made ahead where there may be no other one', async () => {
  const world = new SparesWorld();
  world.spares.filled(1, false);
  await world.clock.advance(1);
  assert.deepEqual(await world.folder(), []);
  assert.deepEqual(world.calls, []);
});

test('whoever needs a file that has not grown yet gets it as large as it has to be', async () => {
  const world = new SparesWorld();
  world.spares.filled(0.5, true);
  const taken = await world.run(world.spares.take(3 * fileBytes, false));
  assert.equal(taken.sizeBytes, 3 * fileBytes);
  assert.equal(taken.handles.durable.sizeBytes(), 3 * fileBytes);
  await world.run(world.spares.close());
  // The one that was too small is kept for the next time.
  assert.equal((await world.folder()).filter((entry) => entry.endsWith(' 1024')).length, 1);
});

test('a file that cannot be made ahead leaves nothing behind, is not tried again and again, and is made when needed', async () => {
  const world = new SparesWorld();
  world.faults.capacityBytes = fileBytes / 2;
  await world.fill(0.75);
  assert.deepEqual(await world.folder(), []);
  world.calls.length = 0;
  await world.fill(0.8);
  assert.deepEqual(world.calls, []);
  await assert.rejects(world.run(world.spares.take(8192, false)), { code: 'full' });
  assert.deepEqual(await world.folder(), []);
  world.faults.capacityBytes = Number.POSITIVE_INFINITY;
  assert.equal((await world.run(world.spares.take(8192, false))).sizeBytes, fileBytes);
});

test('closing waits for what is under way, and keeps a whole file only', async () => {
  const world = new SparesWorld();
  world.spares.filled(0.5, true);
  await world.run(world.spares.close());
  assert.deepEqual(await world.folder(), []);
  await world.fill(0.9);
  assert.deepEqual(await world.folder(), []);
});
