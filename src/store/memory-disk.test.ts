import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../lib/random.js';
import { VirtualClock } from '../lib/virtual-clock.js';
import { createFaults, type Faults, powerCutFaults } from './faults.js';
import { failsWith } from './files.contract.js';
import type { Files, StoredFile } from './files.js';
import { type CrashKind, MemoryDisk } from './memory-disk.js';
import { readFile, replaceFile } from './whole-file.js';

const seeds: readonly number[] = Array.from({ length: 60 }, (_, seed) => seed);

interface World {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly disk: MemoryDisk;
  /** Runs the clock until the promise settles. */
  readonly run: <T>(promise: Promise<T>) => Promise<T>;
}

function world(seed: number, faults: Faults): World {
  const clock = new VirtualClock();
  const random = new SeededRandom(seed);
  return { clock, random, faults, disk: new MemoryDisk(clock, random, faults), run: (promise) => clock.until(promise) };
}

/** Makes a file whose name and bytes no crash takes back. */
async function putSafe(files: Files, name: string, bytes: Buffer): Promise<StoredFile> {
  const file = await files.open(name, 'write');
  await file.write([bytes], 0);
  await file.sync();
  await files.syncFolder(name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '');
  return file;
}

/** The bytes of `name` after a crash, or undefined when it is gone. */
async function after({ disk, run }: World, name: string, kind: CrashKind = 'power'): Promise<Buffer | undefined> {
  return run(readFile(disk.crash(kind).files, name));
}

/** Each sector of a file full of one letter, as text. */
function sectors(bytes: Buffer | undefined): string {
  if (bytes === undefined) return 'gone';
  let text = '';
  for (let at = 0; at < bytes.length; at += 512) {
    const sector = bytes.subarray(at, at + 512);
    assert.ok(sector.equals(Buffer.alloc(sector.length, sector[0])), 'a sector is never torn inside');
    text += sector[0] === 0 ? '0' : String.fromCharCode(sector[0]!);
  }
  return text;
}

const letters = (letter: string, count: number): Buffer => Buffer.alloc(count * 512, letter);

async function outcomes(
  faults: () => Faults,
  history: (world: World) => Promise<void>,
  kind: CrashKind = 'power',
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const seed of seeds) {
    const one = world(seed, faults());
    await history(one);
    found.add(sectors(await after(one, 'f', kind)));
  }
  return found;
}

test('what was synced, or written in durable mode, survives every power cut', async () => {
  for (const mode of ['write', 'durable'] as const) {
    const found = await outcomes(powerCutFaults, async ({ disk, run }) => {
      const file = await run(disk.files.open('f', mode));
      await run(file.write([letters('a', 4)], 0));
      if (mode === 'write') await run(file.sync());
      await run(disk.files.syncFolder(''));
    });
    assert.deepEqual([...found], ['aaaa']);
  }
});

test('of an unsynced write any sectors may survive a power cut, the others keep their old content', async () => {
  const found = await outcomes(powerCutFaults, async ({ disk, run }) => {
    const file = await run(putSafe(disk.files, 'f', letters('o', 4)));
    await run(file.write([letters('n', 4)], 0));
  });
  for (const text of found) assert.match(text, /^[on]{4}$/);
  for (const text of ['oooo', 'nnnn', 'nnoo', 'oonn']) assert.ok(found.has(text), text);
  assert.ok(found.size >= 8, [...found].join(' '));
});

test('without torn writes an unsynced write is whole or gone', async () => {
  const found = await outcomes(
    () => createFaults({ lostWrites: true }),
    async ({ disk, run }) => {
      const file = await run(putSafe(disk.files, 'f', letters('o', 4)));
      await run(file.write([letters('n', 4)], 0));
    },
  );
  assert.deepEqual([...found].sort(), ['nnnn', 'oooo']);
});

test('with all faults at rest a power cut keeps what completed', async () => {
  const found = await outcomes(createFaults, async ({ disk, run }) => {
    const file = await run(disk.files.open('f', 'write'));
    await run(file.write([letters('n', 4)], 0));
  });
  assert.deepEqual([...found], ['nnnn']);
});

test('a write under way at a power cut may be there in part, in durable mode too', async () => {
  const found = await outcomes(powerCutFaults, async ({ disk, run }) => {
    await run(putSafe(disk.files, 'f', letters('o', 4)));
    const file = await run(disk.files.open('f', 'durable'));
    void file.write([letters('n', 4)], 0);
  });
  for (const text of ['oooo', 'nnnn', 'nnoo']) assert.ok(found.has(text), text);
});

test('when only the process dies, all that completed is there and what was under way in part', async () => {
  const found = await outcomes(
    powerCutFaults,
    async ({ disk, run }) => {
      const file = await run(disk.files.open('f', 'write'));
      await run(file.write([letters('n', 2)], 0));
      void file.write([letters('m', 2)], 1024);
    },
    'process',
  );
  for (const text of found) assert.match(text, /^nn[m0]{0,2}$/);
  for (const text of ['nn', 'nnmm', 'nnm']) assert.ok(found.has(text), text);
});

test('what was not synced when the process died is seen afterwards, and a power cut may still take it', async () => {
  const seen = new Set<string>();
  const left = new Set<string>();
  for (const seed of seeds) {
    const { clock, disk, run } = world(seed, powerCutFaults());
    await run(putSafe(disk.files, 'f', letters('o', 2)));
    const file = await run(disk.files.open('f', 'write'));
    await run(file.write([letters('n', 2)], 0));
    await run(disk.files.open('g', 'write'));
    const killed = disk.crash('process');
    seen.add(sectors(await clock.until(readFile(killed.files, 'f'))));
    assert.ok(await clock.until(readFile(killed.files, 'g')));
    const again = killed.crash('process').crash('power');
    const name = (await clock.until(readFile(again.files, 'g'))) === undefined ? 'gone' : 'there';
    left.add(`${sectors(await clock.until(readFile(again.files, 'f')))} ${name}`);
  }
  assert.deepEqual([...seen], ['nn']);
  for (const text of ['oo gone', 'oo there', 'nn gone', 'nn there', 'no there']) assert.ok(left.has(text), text);
});

test('every sector after a power cut is one that was written since the last sync, or the synced one', async () => {
  for (const seed of seeds) {
    const one = world(seed, powerCutFaults({ latencyMsMin: 1, latencyMsMax: 9 }));
    const { disk, random, run } = one;
    const plain = await run(putSafe(disk.files, 'f', letters('0', 8)));
    const durable = await run(disk.files.open('f', 'durable'));
    const possible = Array.from({ length: 8 }, () => new Set(['0']));
    const last = Array.from({ length: 8 }, () => '0');
    for (let step = 0; step < 20; step++) {
      const choice = random.below(6);
      if (choice === 0) {
        await run(plain.sync());
        for (let at = 0; at < 8; at++) possible[at] = new Set([last[at]!]);
        continue;
      }
      const from = random.below(8);
      const count = 1 + random.below(8 - from);
      const letter = String.fromCharCode(97 + step);
      await run((choice === 1 ? durable : plain).write([letters(letter, count)], from * 512));
      for (let at = from; at < from + count; at++) {
        if (choice === 1) possible[at] = new Set();
        possible[at]!.add(letter);
        last[at] = letter;
      }
    }
    const text = sectors(await after(one, 'f'));
    assert.equal(text.length, 8);
    for (let at = 0; at < 8; at++) assert.ok(possible[at]!.has(text[at]!), `seed ${seed} sector ${at}: ${text}`);
  }
});

test('data written after a cut never survives without the cut', async () => {
  const found = await outcomes(powerCutFaults, async ({ disk, run }) => {
    const file = await run(putSafe(disk.files, 'f', letters('o', 3)));
    await run(file.truncate(0));
    await run(file.write([letters('n', 1)], 0));
  });
  assert.deepEqual([...found].sort(), ['', 'n', 'ooo']);
});

test('allocated space is there and zero after a power cut', async () => {
  const found = await outcomes(powerCutFaults, async ({ disk, run }) => {
    const file = await run(disk.files.open('f', 'durable'));
    await run(file.allocate(3 * 512));
    await run(disk.files.syncFolder(''));
  });
  assert.deepEqual([...found], ['000']);
});

test('a lying disk loses what it said was synced, so a test can show that the loss is noticed', async () => {
  for (const mode of ['write', 'durable'] as const) {
    const found = await outcomes(
      () => createFaults({ lyingSyncs: true }),
      async ({ disk, run }) => {
        const file = await run(disk.files.open('f', mode));
        await run(file.write([letters('n', 1)], 0));
        await run(file.sync());
      },
    );
    assert.deepEqual([...found].sort(), ['', 'n']);
  }
});

test('a creation, renaming or removal may be lost until its folder is synced, and never after', async () => {
  for (const synced of [false, true]) {
    const found = new Set<string>();
    for (const seed of seeds) {
      const one = world(seed, powerCutFaults());
      const { disk, run } = one;
      for (const name of ['d/old', 'd/gone']) await run(putSafe(disk.files, name, letters(name.at(-1)!, 1)));
      await run(putSafe(disk.files, 'd/target', letters('t', 1)));
      const made = await run(disk.files.open('d/made', 'durable'));
      await run(made.write([letters('m', 1)], 0));
      await run(disk.files.rename('d/old', 'd/target'));
      await run(disk.files.remove('d/gone'));
      if (synced) await run(disk.files.syncFolder('d'));
      const left = disk.crash().files;
      const entries = await run(left.list('d'));
      found.add(entries.map((entry) => entry.name).join(' '));
      const target = sectors(await run(readFile(left, 'd/target')));
      assert.equal(target === 'd', !entries.some((entry) => entry.name === 'old'), 'a rename is there or not');
    }
    if (synced) assert.deepEqual([...found], ['made target']);
    else assert.equal(found.size, 8, [...found].join('; '));
  }
});

test('a synced folder is itself there after a power cut, with the folders above it', async () => {
  for (const seed of seeds) {
    const one = world(seed, powerCutFaults());
    const { disk, run } = one;
    await run(putSafe(disk.files, 'a/b/c/1', letters('x', 1)));
    await run(disk.files.open('a/b/2', 'write'));
    assert.equal(sectors(await after(one, 'a/b/c/1')), 'x');
  }
});

test('a folder removed but not synced may come back with some of its files', async () => {
  const found = new Set<string>();
  for (const seed of seeds) {
    const { disk, run } = world(seed, powerCutFaults());
    await run(putSafe(disk.files, 'd/x/1', letters('1', 1)));
    await run(putSafe(disk.files, 'd/x/2', letters('2', 1)));
    await run(disk.files.remove('d/x'));
    assert.deepEqual(await run(disk.files.list('d')), []);
    const entries = await run(disk.crash().files.list('d/x'));
    found.add(entries.map((entry) => entry.name).join(''));
  }
  assert.deepEqual([...found].sort(), ['', '1', '12', '2']);
});

test('after a crash nothing under way completes and open files cannot be used', async () => {
  const { clock, disk, run } = world(3, powerCutFaults());
  const file = await run(disk.files.open('f', 'write'));
  let settled = 0;
  const count = (): void => {
    settled++;
  };
  file.write([letters('a', 1)], 0).then(count, count);
  disk.objects.put('o', [Buffer.from('x')]).then(count, count);
  disk.meta.putIfVersion('k', Buffer.from('x'), 0).then(count, count);
  disk.crash();
  disk.files.open('g', 'write').then(count, count);
  file.sync().then(count, count);
  await clock.advance(1_000_000);
  assert.equal(settled, 0);
  assert.throws(() => file.readSync(Buffer.alloc(1), 0), failsWith('failed', /crashed/));
  assert.throws(() => disk.files.openSync('f'), failsWith('failed', /crashed/));
});

test('an object under way at a crash is whole or not there, a completed one is there', async () => {
  const found = new Set<string>();
  for (const seed of seeds) {
    const { disk, run } = world(seed, powerCutFaults());
    await run(disk.objects.put('done', [Buffer.from('done')]));
    await run(disk.objects.put('o', [Buffer.from('old')]));
    void disk.objects.put('o', [Buffer.from('new')]);
    const left = disk.crash().objects;
    assert.equal((await run(left.get('done')))?.toString(), 'done');
    found.add(String(await run(left.get('o'))));
  }
  assert.deepEqual([...found].sort(), ['new', 'old']);
});

test('values and epochs outlive a crash, the holders of leases do not', async () => {
  const { disk, run } = world(1, powerCutFaults());
  await run(disk.meta.putIfVersion('k', Buffer.from('v'), 0));
  const lease = await run(disk.meta.lease('owner', 'before'));
  const left = disk.crash().meta;
  assert.equal((await run(left.get('k')))?.value.toString(), 'v');
  assert.ok((await run(left.lease('owner', 'after'))).epoch > lease.epoch);
});

test('a full disk takes what fits, says so, and goes on when there is room again', async () => {
  const { disk, faults, run } = world(5, createFaults({ capacityBytes: 10_000 }));
  const file = await run(disk.files.open('f', 'write'));
  await run(file.write([Buffer.alloc(6_000, 1)], 0));
  await run(disk.objects.put('o', [Buffer.alloc(3_000)]));
  assert.equal(await run(disk.files.freeBytes()), 1_000);
  await assert.rejects(run(file.write([Buffer.alloc(2_000, 2)], 6_000)), failsWith('full', /cannot write f/));
  assert.ok(file.sizeBytes() >= 6_000 && file.sizeBytes() <= 7_000);
  await assert.rejects(run(disk.objects.put('p', [Buffer.alloc(3_000)])), failsWith('full', /cannot put p/));
  await assert.rejects(run(file.allocate(20_000)), failsWith('full', /cannot allocate f/));
  await run(file.write([Buffer.alloc(6_000, 3)], 0));
  await run(disk.objects.remove('o'));
  await run(file.write([Buffer.alloc(2_000, 2)], 6_000));
  assert.equal(disk.usedBytes, 8_000);
  faults.capacityBytes = 20_000;
  await run(file.allocate(20_000));
  await run(disk.files.remove('f'));
  assert.equal(disk.usedBytes, 20_000, 'an open file keeps its room');
  await run(file.close());
  assert.equal(disk.usedBytes, 0);
});

test('the partial write of a full disk varies with the seed', async () => {
  const sizes = new Set<number>();
  for (const seed of seeds) {
    const { disk, run } = world(seed, createFaults({ capacityBytes: 4 }));
    const file = await run(disk.files.open('f', 'write'));
    await assert.rejects(run(file.write([Buffer.alloc(10)], 0)), failsWith('full'));
    sizes.add(file.sizeBytes());
  }
  assert.deepEqual([...sizes].sort(), [0, 1, 2, 3, 4]);
});

test('the next writes, syncs, reads and calls of objects fail as often as asked', async () => {
  const { disk, faults, run } = world(6, createFaults());
  const file = await run(disk.files.open('f', 'write'));
  faults.failWrites = 2;
  for (let call = 0; call < 2; call++) {
    await assert.rejects(run(file.write([Buffer.from('x')], 0)), failsWith('failed', /cannot write f/));
  }
  await run(file.write([Buffer.from('x')], 0));
  faults.failSyncs = 2;
  await assert.rejects(run(file.sync()), failsWith('failed', /cannot sync f/));
  await assert.rejects(run(disk.files.syncFolder('')), failsWith('failed', /cannot sync/));
  await run(file.sync());
  faults.failReads = 2;
  assert.throws(() => file.readSync(Buffer.alloc(1), 0), failsWith('failed', /cannot read f/));
  await assert.rejects(run(file.read(Buffer.alloc(1), 0)), failsWith('failed', /cannot read f/));
  assert.equal(file.readSync(Buffer.alloc(1), 0), 1);
  faults.failObjects = 1;
  await assert.rejects(run(disk.objects.get('o')), failsWith('failed', /cannot get o/));
  assert.equal(await run(disk.objects.get('o')), undefined);
});

test('a sync after a failed one does not save what the failed one lost', async () => {
  const found = await outcomes(powerCutFaults, async ({ disk, faults, run }) => {
    const file = await run(putSafe(disk.files, 'f', letters('o', 2)));
    await run(file.write([letters('n', 2)], 0));
    faults.failSyncs = 1;
    await assert.rejects(run(file.sync()), failsWith('failed'));
    await run(file.sync());
    assert.equal(sectors(await run(readFile(disk.files, 'f'))), 'nn');
  });
  assert.ok(found.has('oo') && found.has('nn'), [...found].join(' '));
});

test('a sync promises nothing about a write that completes after its call', async () => {
  const found = await outcomes(powerCutFaults, async ({ clock, disk, faults, run }) => {
    const file = await run(putSafe(disk.files, 'f', letters('o', 1)));
    faults.latencyMsMin = 10;
    faults.latencyMsMax = 10;
    const write = file.write([letters('n', 1)], 0);
    await clock.advance(5);
    const sync = file.sync();
    await run(Promise.all([write, sync]));
  });
  assert.deepEqual([...found].sort(), ['n', 'o']);
});

test('a slow disk takes its time for each call but none for synchronous reads', async () => {
  const { clock, disk, faults, run } = world(7, createFaults());
  const file = await run(disk.files.open('f', 'write'));
  const startMs = clock.monotonic();
  faults.latencyMsMin = 20;
  faults.latencyMsMax = 40;
  await run(file.write([Buffer.from('x')], 0));
  const tookMs = clock.monotonic() - startMs;
  assert.ok(tookMs >= 20 && tookMs <= 40, String(tookMs));
  assert.equal(file.readSync(Buffer.alloc(1), 0), 1);
  assert.equal(clock.monotonic() - startMs, tookMs);
});

test('bit rot flips the bits it names, in each kind of read, until it is taken away', async () => {
  const { disk, faults, run } = world(8, createFaults());
  const file = await run(putSafe(disk.files, 'f', Buffer.from('abcd')));
  await run(disk.objects.put('o', [Buffer.from('abcd')]));
  faults.flips.push({ name: 'f', position: 2, mask: 1 }, { name: 'o', position: 3, mask: 1 });
  const into = Buffer.alloc(2);
  file.readSync(into, 1);
  assert.equal(into.toString(), 'bb');
  await run(file.read(into, 2));
  assert.equal(into.toString(), 'bd');
  assert.equal((await run(disk.objects.get('o', 2)))?.toString(), 'ce');
  faults.flips.length = 0;
  file.readSync(into, 1);
  assert.equal(into.toString(), 'bc');
});

test('a short read answers fewer bytes than there are', async () => {
  const { disk, faults, run } = world(9, createFaults());
  const file = await run(putSafe(disk.files, 'f', Buffer.alloc(100)));
  faults.shortReads = 1;
  assert.ok(file.readSync(Buffer.alloc(100), 0) < 100);
  await assert.rejects(run(readFile(disk.files, 'f')), failsWith('failed', /ended .* early/));
});

test('pieces that change during their write are found out', async () => {
  const { disk, run } = world(10, createFaults());
  const file = await run(disk.files.open('f', 'write'));
  const piece = Buffer.from('before');
  const write = file.write([piece], 0);
  piece.write('after!');
  await assert.rejects(run(write), /the pieces changed/);
});

test('one seed, one history: the same calls give the same times, faults and survivors', async () => {
  const history = async (seed: number): Promise<string> => {
    const one = world(seed, powerCutFaults({ latencyMsMax: 7, capacityBytes: 9_000 }));
    const { clock, disk, random, run } = one;
    const log: string[] = [];
    const file = await run(disk.files.open('f', 'write'));
    for (let step = 0; step < 30; step++) {
      const write = file.write([letters('abc'[step % 3]!, 1 + random.below(6))], random.below(12) * 512);
      const noted = write.then(
        () => log.push(`${step} at ${clock.monotonic()}`),
        (error: Error) => log.push(`${step} ${error.message}`),
      );
      if (random.below(2) === 0) await run(noted);
      if (random.below(5) === 0) await run(file.sync());
    }
    log.push(sectors(await after(one, 'f')));
    return log.join('\n');
  };
  assert.equal(await history(11), await history(11));
  assert.notEqual(await history(11), await history(12));
});

test('a file replaced whole is the old one or the new one at every instant of a crash, and the new one once settled', async () => {
  for (const kind of ['process', 'power'] as const) {
    const found = new Set<string>();
    for (const seed of Array.from({ length: 200 }, (_, index) => index)) {
      const { clock, disk, random, run } = world(seed, powerCutFaults());
      await run(replaceFile(disk.files, 'd/f~', 'd/f', [letters('o', 3)]));
      let settled = false;
      void replaceFile(disk.files, 'd/f~', 'd/f', [letters('n', 2), letters('n', 3)]).then(() => {
        settled = true;
      });
      for (let steps = random.below(12); steps > 0; steps--) await clock.step();
      const text = sectors(await run(readFile(disk.crash(kind).files, 'd/f')));
      assert.match(text, settled ? /^nnnnn$/ : /^(ooo|nnnnn)$/, `seed ${seed}`);
      found.add(`${text} ${settled}`);
    }
    assert.equal(found.size, 3, [...found].join('; '));
  }
});
