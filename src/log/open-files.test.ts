import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../lib/virtual-clock.js';
import type { Files, StoredFile } from '../store/files.js';
import { MemoryDisk } from '../store/memory-disk.js';
import { OpenFiles } from './open-files.js';

interface Watched {
  readonly clock: VirtualClock;
  readonly files: Files;
  readonly openFiles: OpenFiles;
  /** Names of the files that are open, one for each handle. */
  readonly open: string[];
}

function watched(most: number): Watched {
  const clock = new VirtualClock();
  const files = new MemoryDisk(clock).files;
  const open: string[] = [];
  const watching: Files = Object.assign(Object.create(files) as Files, {
    open: async (name: string, mode: 'read' | 'write' | 'durable') => {
      const file = await files.open(name, mode);
      open.push(name);
      const close = file.close.bind(file);
      let closed = false;
      file.close = () => {
        if (!closed) open.splice(open.indexOf(name), 1);
        closed = true;
        return close();
      };
      return file;
    },
  });
  return { clock, files, openFiles: new OpenFiles(watching, most), open };
}

const write =
  (text: string) =>
  (file: StoredFile): Promise<void> =>
    file.write([Buffer.from(text)], 0);

async function read(file: StoredFile): Promise<string> {
  const bytes = Buffer.alloc(file.sizeBytes());
  await file.read(bytes, 0);
  return bytes.toString();
}

test('a file is opened once for all who use it at the same time', async () => {
  const { clock, openFiles, open } = watched(10);
  const tasks = Array.from({ length: 5 }, () => openFiles.use('a', async (file) => file));
  const files = await clock.until(Promise.all(tasks));
  assert.equal(new Set(files).size, 1);
  assert.deepEqual(open, ['a']);
  await clock.until(openFiles.close());
  assert.deepEqual(open, []);
});

test('the least recently used are closed first, and never one that is in use', async () => {
  const { clock, openFiles, open } = watched(2);
  let release = (): void => {};
  const held = openFiles.use(
    'held',
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  for (const name of ['a', 'b', 'c', 'a']) await clock.until(openFiles.use(name, write(name)));
  assert.deepEqual([...open].sort(), ['a', 'held']);
  release();
  await clock.until(held);
  for (let round = 0; round < 50; round++) {
    const names = ['a', 'b', 'c', 'd', 'e'].map((_, index, all) => all[(index * (round + 1)) % 5]!);
    await clock.until(Promise.all(names.map((name) => openFiles.use(name, read))));
    assert.ok(open.length <= 2, open.join(' '));
  }
});

test('who reads a file that gets another content under its name goes on with the old, later users get the new', async () => {
  for (let steps = 0; steps < 8; steps++) {
    const { clock, files, openFiles, open } = watched(10);
    await clock.until(openFiles.use('new', write('new')));
    await clock.until(openFiles.use('name', write('old')));
    await clock.until(openFiles.forget('name'));
    const reading = openFiles.use('name', read);
    for (let step = 0; step < steps; step++) await clock.step();
    await clock.until(openFiles.forget('name'));
    await clock.until(openFiles.forget('new'));
    await clock.until(files.rename('new', 'name'));
    const after = openFiles.use('name', read);
    assert.equal(await clock.until(reading), 'old', `after ${steps} steps`);
    assert.equal(await clock.until(after), 'new');
    await clock.advance(10);
    assert.deepEqual(open, ['name']);
  }
});

test('a file that cannot be opened is tried again by the next', async () => {
  const { clock, files } = watched(10);
  let failures = 2;
  const failing: Files = Object.assign(Object.create(files) as Files, {
    open: async (name: string, mode: 'write') => {
      if (failures-- > 0) throw new Error('not now');
      return files.open(name, mode);
    },
  });
  const openFiles = new OpenFiles(failing, 10);
  await assert.rejects(clock.until(openFiles.use('a', read)), /not now/);
  const forgotten = openFiles.use('a', read);
  const forgetting = openFiles.forget('a');
  await assert.rejects(clock.until(forgotten), /not now/);
  await clock.until(forgetting);
  await clock.until(openFiles.use('a', write('there')));
  assert.equal(await clock.until(openFiles.use('a', read)), 'there');
});

test('an error of a task is the caller’s, and the file stays in order', async () => {
  const { clock, openFiles, open } = watched(1);
  const failing = openFiles.use('a', () => Promise.reject(new Error('of the task')));
  await assert.rejects(clock.until(failing), /of the task/);
  await clock.until(openFiles.use('b', write('b')));
  assert.deepEqual(open, ['b']);
});
