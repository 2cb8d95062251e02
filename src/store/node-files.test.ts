import assert from 'node:assert/strict';
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { failsWith, filesContract } from './files.contract.js';
import { openNodeFiles, storeError, writeAll } from './node-files.js';
import { makeFolder, removeFolder, withFolder } from './temporary-folder.js';

filesContract('node files', async () => {
  const folder = await makeFolder();
  return { files: await openNodeFiles(join(folder, 'made/when/missing')), close: () => removeFolder(folder) };
});

test('a write goes on where the system stopped early, whatever it takes at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      async (pieces, takes) => {
        const written = Buffer.alloc(1_000);
        let calls = 0;
        const whole = Buffer.concat(pieces);
        await writeAll(
          async (run, position) => {
            const bytes = Buffer.concat(run).subarray(0, takes[calls++ % takes.length]);
            assert.ok(bytes.length > 0, 'never asked to write nothing');
            return bytes.copy(written, position);
          },
          pieces.map((piece) => Buffer.from(piece)),
          100,
        );
        assert.ok(written.subarray(100, 100 + whole.length).equals(whole));
      },
    ),
  );
});

test('no call gets more pieces than the system takes', async () => {
  const runs: number[] = [];
  const pieces = Array.from({ length: 2_500 }, () => Buffer.from('x'));
  await writeAll(async (run) => runs.push(run.length) * 0 + run.length, pieces, 0);
  assert.deepEqual(runs, [1024, 1024, 452]);
});

test('a full disk is told as full, with the name and the cause', { skip: !existsSync('/dev/full') }, async () => {
  const files = await openNodeFiles('/dev');
  const file = await files.open('full', 'write');
  await assert.rejects(file.write([Buffer.from('x')], 0), failsWith('full', /cannot write full: ENOSPC/));
  await assert.rejects(file.write([Buffer.from('x'), Buffer.from('y')], 0), (error: Error) => {
    return (error.cause as NodeJS.ErrnoException).code === 'ENOSPC';
  });
  await file.close();
});

test('errors of the system are told by what they mean', () => {
  const codes = { ENOSPC: 'full', EDQUOT: 'full', ENOENT: 'missing', EIO: 'failed', EACCES: 'failed' };
  for (const [system, code] of Object.entries(codes)) {
    const error = storeError('write', 'journal/1', Object.assign(new Error(`${system}: told`), { code: system }));
    assert.equal(error.code, code);
    assert.equal(error.message, `cannot write journal/1: ${system}: told`);
  }
});

test('what one opening wrote the next one reads', async () => {
  await withFolder(async (folder) => {
    const first = await openNodeFiles(folder);
    const file = await first.open('a/b', 'durable');
    await file.write([Buffer.from('kept')], 0);
    await file.close();
    const again = (await openNodeFiles(folder)).openSync('a/b');
    const into = Buffer.alloc(4);
    again.readSync(into, 0);
    assert.equal(into.toString(), 'kept');
    await again.close();
  });
});

test('blocks go past the page cache where the file system can', { skip: process.platform !== 'linux' }, async () => {
  await withFolder(async (folder) => {
    const files = await openNodeFiles(folder);
    const path = join(folder, 'journal/1');
    const { O_DIRECT, O_DSYNC } = constants;
    const file = await files.open('journal/1', 'durable');
    assert.equal(openFlags(path).length, 1, 'nobody has written yet');
    await file.write([Buffer.alloc(8192, 0x61)], 0);
    await file.writeBlocks([Buffer.alloc(5000, 0x61)], 3);
    await file.writeBlocks([Buffer.alloc(4095, 0x61)], 4096);
    assert.equal(openFlags(path).length, 1, 'these are no blocks');
    const known = knowsDirect(path) ? 1 : 0;
    const direct = (): readonly number[] => openFlags(path).filter((each) => (each & O_DIRECT!) !== 0);
    await file.writeBlocks([Buffer.alloc(8192, 0x62)], 4096);
    assert.equal(direct().length, known);
    assert.ok(openFlags(path).every((each) => (each & O_DSYNC) === O_DSYNC));
    await file.writeBlocks([Buffer.alloc(8200, 0x62)], 4096);
    // More than goes into one write is synced behind the last; unless some write before was refused.
    await file.writeBlocks([Buffer.alloc(3 << 20, 0x63)], 8192);
    assert.equal(direct().length, 2 * known);
    assert.equal(openFlags(path).length, 1 + 2 * known);
    assert.equal(file.sizeBytes(), 8192 + (3 << 20));
    await file.close();
    assert.deepEqual(openFlags(path), []);
  });
});

test('blocks go to the file that was opened, whatever its name is by then', async () => {
  await withFolder(async (folder) => {
    const files = await openNodeFiles(folder);
    const file = await files.open('topics/t-0/1.log', 'durable');
    await files.rename('topics/t-0', 'topics/t-0.gone');
    const other = await files.open('topics/t-0/1.log', 'write');
    await file.writeBlocks([Buffer.alloc(4096, 0x61)], 0);
    assert.equal(other.sizeBytes(), 0);
    const moved = files.openSync('topics/t-0.gone/1.log');
    assert.equal(moved.sizeBytes(), 4096);
    for (const each of [file, other, moved]) await each.close();
  });
});

function knowsDirect(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_RDWR | constants.O_DIRECT!));
    return true;
  } catch {
    return false;
  }
}

/** With what flags this process has the file open, once for each descriptor. */
function openFlags(path: string): readonly number[] {
  const flags: number[] = [];
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`) !== path) continue;
    } catch {
      continue;
    }
    const info = /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'));
    flags.push(Number.parseInt(info![1]!, 8));
  }
  return flags;
}
