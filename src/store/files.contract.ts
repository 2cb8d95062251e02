import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../lib/random.js';
import { type Files, StoreError, type StoreErrorCode } from './files.js';

export interface OpenedFiles {
  readonly files: Files;
  close(): Promise<void>;
}

/** What every implementation of Files keeps to; registers its tests under `name`. */
export function filesContract(name: string, open: () => Promise<OpenedFiles>): void {
  const check = (behaviour: string, body: (files: Files) => Promise<void>): void => {
    test(`${name}: ${behaviour}`, async () => {
      const opened = await open();
      try {
        await body(opened.files);
      } finally {
        await opened.close();
      }
    });
  };
  registerContents(check);
  registerWrites(check);
  registerNames(check);
  registerRefusals(check);
}

type Check = (behaviour: string, body: (files: Files) => Promise<void>) => void;

export function failsWith(code: StoreErrorCode, pattern: RegExp = /./): (error: unknown) => boolean {
  return (error) => error instanceof StoreError && error.code === code && pattern.test(error.message);
}

/** All a file holds, by its synchronous and its asynchronous read, which must agree. */
export async function contentOf(files: Files, name: string): Promise<Buffer> {
  const file = await files.open(name, 'read');
  const bytes = Buffer.alloc(file.sizeBytes());
  assert.equal(await file.read(bytes, 0), bytes.length);
  const again = Buffer.alloc(bytes.length);
  assert.equal(file.readSync(again, 0), bytes.length);
  assert.ok(bytes.equals(again));
  await file.close();
  return bytes;
}

async function put(files: Files, name: string, text: string): Promise<void> {
  const file = await files.open(name, 'write');
  await file.write([Buffer.from(text)], 0);
  await file.close();
}

function registerContents(check: Check): void {
  for (const mode of ['write', 'durable'] as const) {
    check(`what is written in mode ${mode} is read back, before and after the file is opened again`, async (files) => {
      const file = await files.open('logs/a/1.log', mode);
      await file.write([Buffer.from('hello '), Buffer.from('world')], 0);
      assert.equal(file.sizeBytes(), 11);
      const into = Buffer.alloc(5);
      assert.equal(file.readSync(into, 6), 5);
      assert.equal(into.toString(), 'world');
      await file.sync();
      await file.close();
      assert.equal((await contentOf(files, 'logs/a/1.log')).toString(), 'hello world');
    });
  }

  check('a read past the end answers only what there is', async (files) => {
    await put(files, 'a', '12345');
    const file = files.openSync('a');
    const into = Buffer.alloc(8, 0x2e);
    assert.equal(file.readSync(into, 3), 2);
    assert.equal(into.toString(), '45......');
    assert.equal(await file.read(into, 4), 1);
    assert.equal(await file.read(into, 5), 0);
    assert.equal(await file.read(into, 99), 0);
    assert.equal(await file.read(Buffer.alloc(0), 0), 0);
    await file.close();
  });

  check('a write within the call is there at once, over what was there and behind the end', async (files) => {
    const file = await files.open('a', 'write');
    await file.write([Buffer.from('12345')], 0);
    file.writeSync(Buffer.from('ab'), 1);
    file.writeSync(Buffer.from('cd'), 6);
    const into = Buffer.alloc(8);
    assert.equal(file.readSync(into, 0), 8);
    assert.equal(into.toString(), '1ab45\0cd');
    await file.sync();
    await file.close();
    assert.equal((await contentOf(files, 'a')).toString(), '1ab45\0cd');
    const reader = files.openSync('a');
    assert.throws(() => reader.writeSync(Buffer.from('x'), 0), { code: 'failed' });
    await reader.close();
  });

  check(
    'blocks are there for every reader, however many and however cut, over what another handle wrote',
    async (files) => {
      const random = new SeededRandom(7);
      const expected = Buffer.alloc(4 << 20, 0x2e);
      const plain = await files.open('journal/1', 'write');
      await plain.write([expected], 0);
      const file = await files.open('journal/1', 'durable');
      for (const [first, count] of [
        [0, 1],
        [3, 2],
        [16, 700],
        [768, 256],
        [800, 1],
      ] as const) {
        const bytes = random.bytes(count * 4096);
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = Math.min(bytes.length - at, random.pick([0, 1, 61, 4096, 50_001]));
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        await file.writeBlocks(pieces, first * 4096);
        bytes.copy(expected, first * 4096);
      }
      plain.writeSync(Buffer.from('told'), 900 * 4096);
      expected.write('told', 900 * 4096);
      await file.writeBlocks([Buffer.alloc(4096, 0x62)], 901 * 4096);
      expected.fill(0x62, 901 * 4096, 902 * 4096);
      await plain.sync();
      assert.ok((await contentOf(files, 'journal/1')).equals(expected));
      assert.equal(file.sizeBytes(), expected.length);
      await file.close();
      await plain.close();
    },
  );

  check('what is no whole block is written all the same, and the file ends where the bytes do', async (files) => {
    const random = new SeededRandom(11);
    const file = await files.open('journal/1', 'durable');
    let expected = Buffer.alloc(0);
    for (const [position, size] of [
      [0, 5],
      [5, 4096],
      [4096, 4096 + 1],
      [8192, 3 * 4096 - 1],
      [8192, 3 * 4096],
      [8192, 100],
      [5 * 4096, (3 << 20) + 77],
      [5 * 4096 + (3 << 20), 2 * 4096 + 9],
    ] as const) {
      const bytes = random.bytes(size);
      await file.writeBlocks([bytes.subarray(0, 3), Buffer.alloc(0), bytes.subarray(3)], position);
      const end = Math.max(expected.length, position + size);
      expected = Buffer.concat([expected, Buffer.alloc(end - expected.length)]);
      bytes.copy(expected, position);
      assert.equal(file.sizeBytes(), expected.length);
      assert.ok((await contentOf(files, 'journal/1')).equals(expected), `${size} bytes at ${position}`);
    }
    await file.close();
  });

  check('a file of blocks grows by zeros, whatever was written before', async (files) => {
    const file = await files.open('journal/1', 'durable');
    await file.write([Buffer.alloc(64 * 4096, 0x61)], 0);
    for (const size of [128 * 4096, 129 * 4096, 129 * 4096, 129 * 4096 + 5, 2_000_000, 4096]) {
      await file.allocate(size);
      assert.equal(file.sizeBytes(), size);
      const bytes = await contentOf(files, 'journal/1');
      const kept = Math.min(size, 64 * 4096);
      assert.ok(bytes.subarray(0, kept).equals(Buffer.alloc(kept, 0x61)));
      assert.ok(bytes.subarray(kept).equals(Buffer.alloc(size - kept)));
    }
    await file.close();
  });

  check('writes of blocks at the same time do not mix', async (files) => {
    const file = await files.open('journal/1', 'durable');
    await file.allocate(64 * 4096);
    const blocks = Array.from({ length: 64 }, (_, index) => Buffer.alloc(4096, index));
    await Promise.all(blocks.map((block, index) => file.writeBlocks([block], index * 4096)));
    assert.ok((await contentOf(files, 'journal/1')).equals(Buffer.concat(blocks)));
    await file.close();
    await assert.rejects(file.writeBlocks([blocks[0]!], 0), { code: 'failed' });
  });

  check('a gap before a write reads as zeros', async (files) => {
    const file = await files.open('a', 'write');
    await file.write([Buffer.from('x')], 200_000);
    const bytes = await contentOf(files, 'a');
    assert.equal(bytes.length, 200_001);
    assert.ok(bytes.subarray(0, 200_000).equals(Buffer.alloc(200_000)));
    await file.close();
  });

  check('one handle sees what another wrote, and its size', async (files) => {
    const writer = await files.open('a', 'write');
    const reader = files.openSync('a');
    await writer.write([Buffer.from('abc')], 0);
    assert.equal(reader.sizeBytes(), 3);
    const into = Buffer.alloc(3);
    assert.equal(reader.readSync(into, 0), 3);
    assert.equal(into.toString(), 'abc');
    await writer.close();
    await reader.close();
  });

  check('truncate cuts the end off, and what is cut never comes back', async (files) => {
    const file = await files.open('a', 'write');
    await file.write([Buffer.alloc(150_000, 0x61)], 0);
    await file.truncate(70_000);
    assert.equal(file.sizeBytes(), 70_000);
    await file.truncate(150_000);
    const bytes = await contentOf(files, 'a');
    assert.ok(bytes.subarray(0, 70_000).equals(Buffer.alloc(70_000, 0x61)));
    assert.ok(bytes.subarray(70_000).equals(Buffer.alloc(80_000)));
    await file.close();
  });

  check('allocate makes a file longer with zeros, keeps what it holds, and cuts a longer one', async (files) => {
    const file = await files.open('a', 'durable');
    await file.write([Buffer.from('head')], 0);
    await file.allocate(3_000_001);
    assert.equal(file.sizeBytes(), 3_000_001);
    const bytes = await contentOf(files, 'a');
    assert.equal(bytes.subarray(0, 4).toString(), 'head');
    assert.ok(bytes.subarray(4).equals(Buffer.alloc(2_999_997)));
    await file.allocate(2);
    assert.equal((await contentOf(files, 'a')).toString(), 'he');
    await file.close();
  });
}

function registerWrites(check: Check): void {
  check('a write of 5,000 pieces, some of them empty, arrives whole', async (files) => {
    const random = new SeededRandom(1);
    const pieces: Buffer[] = [Buffer.alloc(0)];
    for (let count = 0; count < 5_000; count++) pieces.push(random.bytes(random.below(4) === 0 ? 0 : random.below(60)));
    const file = await files.open('a', 'write');
    await file.write(pieces, 100);
    await file.close();
    assert.ok((await contentOf(files, 'a')).subarray(100).equals(Buffer.concat(pieces)));
  });

  check('a write of nothing changes nothing', async (files) => {
    const file = await files.open('a', 'write');
    await file.write([], 50);
    await file.write([Buffer.alloc(0), Buffer.alloc(0)], 50);
    assert.equal(file.sizeBytes(), 0);
    await file.close();
  });

  check('any history of writes, cuts and allocations leaves what a plain buffer would hold', async (files) => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('write' as const),
        at: fc.nat(140_000),
        length: fc.nat(70_000),
        byte: fc.nat(255),
      }),
      fc.record({ kind: fc.constantFrom('truncate' as const, 'allocate' as const), at: fc.nat(200_000) }),
    );
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const name = `runs/${runs++}`;
        const file = await files.open(name, 'write');
        let model = Buffer.alloc(0);
        for (const one of steps) {
          const bytes = one.kind === 'write' ? Buffer.alloc(one.length, one.byte) : Buffer.alloc(0);
          const grown = one.kind !== 'write' ? one.at : bytes.length === 0 ? 0 : one.at + bytes.length;
          const next = Buffer.alloc(one.kind === 'write' ? Math.max(model.length, grown) : grown);
          model.copy(next);
          bytes.copy(next, one.at);
          model = next;
          if (one.kind === 'write') await file.write([bytes], one.at);
          else await file[one.kind](one.at);
        }
        assert.equal(file.sizeBytes(), model.length);
        await file.close();
        assert.ok((await contentOf(files, name)).equals(model));
        await files.remove(name);
      }),
      { numRuns: 25 },
    );
  });

  check('many writes at a time all arrive', async (files) => {
    const file = await files.open('a', 'write');
    const writes: Promise<void>[] = [];
    for (let index = 0; index < 64; index++) writes.push(file.write([Buffer.alloc(1_000, index)], index * 1_000));
    await Promise.all(writes);
    await file.sync();
    await file.close();
    const bytes = await contentOf(files, 'a');
    for (let index = 0; index < 64; index++) assert.equal(bytes[index * 1_000 + 999], index);
  });

  check('close waits for a write under way, and a second close is no error', async (files) => {
    const file = await files.open('a', 'write');
    let written = false;
    const write = file.write([Buffer.alloc(100_000, 1)], 0).then(() => {
      written = true;
    });
    await file.close();
    await write;
    assert.ok(written);
    await file.close();
    await assert.rejects(file.write([Buffer.from('x')], 0), failsWith('failed', /closed/));
    assert.throws(() => file.readSync(Buffer.alloc(1), 0), failsWith('failed', /closed/));
  });
}

function registerNames(check: Check): void {
  check('list tells files with their sizes and folders, in order of name', async (files) => {
    await put(files, 'f/b', '22');
    await put(files, 'f/a/deep', '1');
    await put(files, 'f/c', '333');
    assert.deepEqual(await files.list('f'), [
      { name: 'a', kind: 'folder', sizeBytes: 0 },
      { name: 'b', kind: 'file', sizeBytes: 2 },
      { name: 'c', kind: 'file', sizeBytes: 3 },
    ]);
    assert.deepEqual(
      (await files.list('')).map((entry) => entry.name),
      ['f'],
    );
  });

  check('a missing folder lists as empty', async (files) => {
    assert.deepEqual(await files.list('nowhere/at/all'), []);
  });

  check('rename replaces a file of that name and makes the folders above it', async (files) => {
    await put(files, 'old', 'old');
    await put(files, 'new', 'new');
    await files.rename('new', 'old');
    assert.equal((await contentOf(files, 'old')).toString(), 'new');
    await files.rename('old', 'far/away/file');
    assert.equal((await contentOf(files, 'far/away/file')).toString(), 'new');
    assert.deepEqual(await files.list(''), [{ name: 'far', kind: 'folder', sizeBytes: 0 }]);
  });

  check('a renamed folder keeps its files, and a file open meanwhile goes on', async (files) => {
    const file = await files.open('t/x-0/1.log', 'write');
    await files.rename('t/x-0', 't/x-0.gone');
    await file.write([Buffer.from('late')], 0);
    await file.close();
    assert.equal((await contentOf(files, 't/x-0.gone/1.log')).toString(), 'late');
    assert.deepEqual(await files.list('t/x-0'), []);
  });

  check('remove takes a file, or a folder with all in it, and does not mind a missing one', async (files) => {
    await put(files, 't/x/1', '1');
    await put(files, 't/x/deep/2', '2');
    await put(files, 't/y', 'y');
    await files.remove('t/x');
    await files.remove('t/y');
    await files.remove('t/y');
    assert.deepEqual(await files.list('t'), []);
  });

  check('a removed file can be read to its end by who has it open', async (files) => {
    await put(files, 'a', 'still here');
    const file = files.openSync('a');
    await files.remove('a');
    const into = Buffer.alloc(10);
    assert.equal(file.readSync(into, 0), 10);
    assert.equal(into.toString(), 'still here');
    await file.close();
  });

  check('folders can be synced: the top, a new one, an old one', async (files) => {
    await put(files, 'a/b/c/1', '1');
    await files.syncFolder('a/b/c');
    await files.syncFolder('a');
    await files.syncFolder('');
    await files.syncFolder('a/b/c');
  });

  check('there is room to tell of', async (files) => {
    assert.ok((await files.freeBytes()) > 0);
  });
}

function registerRefusals(check: Check): void {
  check('what is not there is missing, by name', async (files) => {
    await assert.rejects(files.open('no/such', 'read'), failsWith('missing', /no\/such/));
    assert.throws(() => files.openSync('no/such'), failsWith('missing', /no\/such/));
    await assert.rejects(files.rename('no/such', 'other'), failsWith('missing', /no\/such/));
    await assert.rejects(files.syncFolder('no/such'), failsWith('missing', /no\/such/));
    assert.deepEqual(await files.list(''), []);
  });

  check('a file is no folder and a folder no file', async (files) => {
    await put(files, 'a/file', 'x');
    await assert.rejects(files.open('a', 'write'), failsWith('failed'));
    await assert.rejects(files.open('a/file/inner', 'write'), failsWith('failed'));
  });

  check('a file opened for reading cannot be written', async (files) => {
    await put(files, 'a', 'x');
    const file = await files.open('a', 'read');
    await assert.rejects(file.write([Buffer.from('y')], 0), failsWith('failed', /a/));
    await assert.rejects(file.truncate(0), failsWith('failed', /a/));
    await file.close();
    assert.equal((await contentOf(files, 'a')).toString(), 'x');
  });

  check('a name that could leave the store is refused', async (files) => {
    for (const name of ['', '/etc/passwd', '../x', 'a/../../x', 'a//b', './a', 'a/', 'a\\..\\b', 'a\0b', '..', '.']) {
      await assert.rejects(files.open(name, 'write'), { name: 'AssertionError' }, JSON.stringify(name));
      await assert.rejects(files.rename('a', name), { name: 'AssertionError' }, JSON.stringify(name));
      await assert.rejects(files.remove(name), { name: 'AssertionError' }, JSON.stringify(name));
      assert.throws(() => files.openSync(name), { name: 'AssertionError' }, JSON.stringify(name));
    }
    await assert.rejects(files.list('../'), { name: 'AssertionError' });
  });
}
