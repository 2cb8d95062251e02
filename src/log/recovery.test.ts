import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteReader } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import type { Log } from './log.js';
import type { State } from './state.js';
import { append, batchOf, readAll, StorageWorld, testPolicy } from './testing.js';

class Words implements State {
  text = '';

  replay(operation: ByteReader): void {
    this.text += `${operation.string()} `;
  }

  snapshot(into: ByteWriter): void {
    into.string(this.text);
  }

  restore(from: ByteReader): void {
    this.text = from.string();
  }
}

function say(world: StorageWorld, words: Words, word: string): void {
  const recorder = world.storage.recorder(1);
  recorder.begin().string(word);
  recorder.end();
  words.text += `${word} `;
}

async function values(world: StorageWorld, log: Log): Promise<string[]> {
  return (await readAll(world, log, log.startOffset)).map((record) => record.value!.slice(0, 6));
}

/** A batch of a fixed size, whatever the word. */
const sized = (word: string, bytes = 600): Buffer => batchOf([word.padEnd(bytes, ' ')]);

async function cut(world: StorageWorld, name: string, sizeBytes: number): Promise<void> {
  const file = await world.run(world.disk.files.open(name, 'write'));
  await world.run(file.truncate(sizeBytes));
  await world.run(file.sync());
  await world.run(file.close());
}

async function overwrite(world: StorageWorld, name: string, position: number, bytes: Buffer): Promise<void> {
  const file = await world.run(world.disk.files.open(name, 'durable'));
  await world.run(file.write([bytes], position));
  await world.run(file.close());
}

/** Starts and lets no checkpoint succeed from then on, so that the next start reads the journal once more. */
async function openForGood(world: StorageWorld, words?: Words): Promise<readonly string[]> {
  world.faults.failObjects = 0;
  if (words !== undefined) world.storage.register(1, words);
  const opening = world.storage.open().then((report) => {
    world.faults.failObjects = 1_000_000;
    return report.damage;
  });
  return world.run(opening);
}

test('a bundle that was cut off for want of its direct run does not come back when that place is written again', async () => {
  for (const lives of [1, 3]) {
    const world = new StorageWorld({ directBytesMin: 2000 });
    let words = new Words();
    await world.open(new Map([[1, words]]));
    const a = world.storage.createLog('a-0', testPolicy);
    world.storage.createLog('b-0', testPolicy);
    append(a, world.storage, sized('before'));
    await world.durable();
    await world.run(world.storage.checkpoint());
    const known = a.segments[0]!.sizeBytes;
    world.faults.failObjects = 1_000_000;
    say(world, words, 'kept');
    await world.durable();
    for (let life = 0; life < lives; life++) {
      for (let at = 0; at < 10; at++) append(world.logNamed('a-0'), world.storage, sized(`old${at}`));
      append(world.logNamed('b-0'), world.storage, batchOf(['old']));
      say(world, words, 'old');
      await world.durable();
      world.crash('process');
      // The journal had its half of the bundle, the segment not.
      await cut(world, 'topics/a-0/00000000000000000000.log', known + 1000);
      words = new Words();
      assert.deepEqual(await openForGood(world, words), []);
      assert.equal(words.text, 'kept ');
      assert.equal(world.logNamed('b-0').endOffset, 0);
      world.logNamed('a-0').policy = testPolicy;
    }
    for (let at = 0; at < 10; at++) append(world.logNamed('a-0'), world.storage, sized(`new${at}`));
    append(world.logNamed('b-0'), world.storage, batchOf(['new']));
    say(world, words, 'new');
    await world.durable();
    world.crash('process');
    world.faults.failObjects = 0;
    words = new Words();
    assert.deepEqual((await world.open(new Map([[1, words]]))).damage, []);
    assert.equal(words.text, 'kept new ');
    assert.deepEqual(await values(world, world.logNamed('b-0')), ['new']);
    assert.deepEqual(await values(world, world.logNamed('a-0')), [
      'before',
      ...Array.from({ length: 10 }, (_, at) => `new${at}  `),
    ]);
  }
});

test('a segment file of a bundle that never was is not taken for one of the log', async () => {
  const world = new StorageWorld({ directBytesMin: 2000 });
  await world.open();
  const policy = { ...testPolicy, segmentBytes: 5000 };
  const log = world.storage.createLog('a-0', policy);
  append(log, world.storage, sized('before'));
  await world.durable();
  await world.run(world.storage.checkpoint());
  world.faults.failObjects = 1_000_000;
  for (let at = 0; at < 9; at++) append(log, world.storage, sized(`ghost${at}`));
  await world.durable();
  assert.deepEqual(
    log.segments.map((segment) => segment.baseOffset),
    [0, 1],
  );
  const journal = (await world.run(world.disk.files.list('journal'))).at(0)!;
  world.crash('process');
  // The segment had its half of the bundle, the journal not: it was the second one, behind the file's own block.
  await overwrite(world, `journal/${journal.name}`, 4096 * 2, Buffer.alloc(4096));
  assert.deepEqual(await openForGood(world), []);
  const again = world.logNamed('a-0');
  again.policy = policy;
  assert.equal(again.endOffset, 1);
  append(again, world.storage, sized('true1'));
  append(again, world.storage, sized('true2'));
  await world.durable();
  await world.run(again.flush());
  for (let at = 3; at < 12; at++) append(again, world.storage, sized(`true${at}`));
  await world.durable();
  assert.deepEqual(
    again.segments.map((segment) => segment.baseOffset),
    [0, 3],
  );
  const truth = await values(world, again);
  world.faults.failObjects = 0;
  assert.deepEqual((await world.restart('process')).damage, []);
  assert.deepEqual(await values(world, world.logNamed('a-0')), truth);
  assert.ok(!truth.some((value) => value.startsWith('ghost')));
});

test('a log whose end the journal has lost behind a checkpoint ends where the checkpoint says it starts, and goes on', async () => {
  const world = new StorageWorld();
  await world.open();
  const trimmed = world.storage.createLog('trimmed', testPolicy);
  const other = world.storage.createLog('other', testPolicy);
  append(other, world.storage, batchOf(['x']));
  await world.durable();
  // What comes and goes in part while a checkpoint moves tails to segments is in the journal alone; where the log starts
  // is in the checkpoint.
  const flush = other.flush.bind(other);
  other.flush = async (): Promise<void> => {
    await flush();
    append(trimmed, world.storage, batchOf(['1', '2', '3']));
    trimmed.trimmed(2);
  };
  await world.run(world.storage.checkpoint());
  await world.durable();
  world.crash('process');
  for (const { name } of await world.run(world.disk.files.list('journal'))) await cut(world, `journal/${name}`, 4096);
  const { damage } = await world.open();
  assert.match(damage.join(), /^bundles \d+ to \d+ are missing at the end of the journal$/);
  const log = world.logNamed('trimmed');
  assert.deepEqual([log.startOffset, log.endOffset, log.durableOffset], [2, 2, 2]);
  log.policy = testPolicy;
  assert.equal(append(log, world.storage, batchOf(['4'])), 2);
  await world.durable();
  assert.deepEqual(await values(world, log), ['4']);
  assert.deepEqual(await values(world, world.logNamed('other')), ['x']);
});
