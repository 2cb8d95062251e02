import {
  readGroupValue,
  readKey,
  readOffsetValue,
  writeGroupKey,
  writeGroupValue,
  writeOffsetKey,
  writeOffsetValue,
} from '../../src/broker/group/offset-records.js';
import { type ByteReader, DecodeError } from '../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../src/lib/byte-writer.js';
import { crc32c } from '../../src/lib/crc32c.js';
import { SeededRandom } from '../../src/lib/random.js';
import { payloadIsWhole, readBundleHeader } from '../../src/log/bundle.js';
import { decodeCheckpoint } from '../../src/log/checkpoint.js';
import { LogError } from '../../src/log/errors.js';
import { decodeFileHeader } from '../../src/log/journal-file.js';
import type { State } from '../../src/log/state.js';
import { append, batchOf, readAll, StorageWorld, testPolicy } from '../../src/log/testing.js';
import { mutated } from './mutation.js';
import type { Target } from './target.js';

class Words implements State {
  readonly said: string[] = [];

  replay(operation: ByteReader): void {
    this.said.push(operation.string());
  }

  snapshot(into: ByteWriter): void {
    into.uvarint(this.said.length);
    for (const word of this.said) into.string(word);
  }

  restore(from: ByteReader): void {
    for (let left = from.uvarint(); left > 0; left--) this.said.push(from.string());
  }
}

const small = { journalFileBytes: 64 * 1024, directBytesMin: 8192 };

/** A storage with segments, a checkpoint and a journal behind it. */
async function filled(): Promise<StorageWorld> {
  const world = new StorageWorld(small);
  const words = new Words();
  await world.open(new Map([[1, words]]));
  const logs = ['a-0', 'b-0', 'c-0'].map((name) =>
    world.storage.createLog(name, { ...testPolicy, segmentBytes: 32 * 1024 }),
  );
  for (let round = 0; round < 40; round++) {
    for (const [index, log] of logs.entries()) {
      append(log, world.storage, batchOf([`${round}`.padEnd(round % 7 === 6 ? 9000 : 300 + 100 * index, '.')]));
    }
    const recorder = world.storage.recorder(1);
    recorder.begin().string(`word ${round}`);
    recorder.end();
    words.said.push(`word ${round}`);
    if (round === 10) logs[0]!.trim(5);
    await world.durable();
    if (round % 15 === 14) await world.run(world.storage.checkpoint());
  }
  return world;
}

async function names(world: StorageWorld): Promise<string[]> {
  const found: string[] = [];
  const files = async (folder: string): Promise<void> => {
    for (const { name } of await world.run(world.disk.files.list(folder))) found.push(`${folder}/${name}`);
  };
  await files('journal');
  for (const log of ['a-0', 'b-0', 'c-0']) await files(`topics/${log}`);
  for (const { name } of await world.run(world.disk.objects.list('checkpoint/'))) found.push(name);
  return found;
}

async function contentOf(world: StorageWorld, name: string): Promise<Buffer> {
  if (name.startsWith('checkpoint/')) return (await world.run(world.disk.objects.get(name)))!;
  const file = await world.run(world.disk.files.open(name, 'read'));
  const bytes = Buffer.alloc(file.sizeBytes());
  await world.run(file.read(bytes, 0));
  await world.run(file.close());
  return bytes;
}

async function overwrite(world: StorageWorld, name: string, bytes: Buffer): Promise<void> {
  if (name.startsWith('checkpoint/')) {
    await world.run(world.disk.objects.put(name, [bytes]));
    return;
  }
  const file = await world.run(world.disk.files.open(name, 'write'));
  await world.run(file.truncate(0));
  await world.run(file.write([bytes], 0));
  await world.run(file.sync());
  await world.run(file.close());
}

/** The bytes decide what is damaged: one to three files of a whole storage, which then starts or says why not. */
async function recovers(bytes: Buffer): Promise<void> {
  const random = new SeededRandom(crc32c(bytes, 0, bytes.length));
  const world = await filled();
  world.crash('process');
  const all = await names(world);
  const contents = await Promise.all(all.map((name) => contentOf(world, name)));
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = random.below(all.length);
    await overwrite(world, all[at]!, mutated(contents[at]!, contents, random));
  }
  await world.open(new Map([[1, new Words()]]));
  for (const log of world.storage.logs.values()) {
    log.policy = testPolicy;
    append(log, world.storage, batchOf(['goes on']));
  }
  await world.durable();
  for (const log of world.storage.logs.values()) {
    try {
      await readAll(world, log, log.startOffset);
    } catch (error) {
      if (!(error instanceof LogError || error instanceof DecodeError)) throw error;
    }
  }
}

function sealedAgain(bytes: Buffer): Buffer {
  if (bytes.length < 16) return bytes;
  const copy = Buffer.from(bytes);
  copy.writeUInt32BE(crc32c(copy, 0, copy.length - 4), copy.length - 4);
  return copy;
}

export async function storageTargets(): Promise<Target[]> {
  const world = await filled();
  const all = await names(world);
  const checkpoints: Buffer[] = [];
  const journals: Buffer[] = [];
  for (const name of all) {
    if (name.startsWith('checkpoint/')) checkpoints.push(await contentOf(world, name));
    if (name.startsWith('journal/')) journals.push((await contentOf(world, name)).subarray(0, 16_384));
  }
  return [
    { name: 'checkpoints', seeds: checkpoints, read: decodeCheckpoint, refuses: [DecodeError] },
    {
      name: 'checkpoints whose checksum fits',
      seeds: checkpoints,
      read: (bytes) => decodeCheckpoint(sealedAgain(bytes)),
      refuses: [DecodeError],
    },
    {
      name: 'journal files',
      seeds: journals,
      read: (bytes) => {
        const header = decodeFileHeader(bytes.subarray(0, 4096));
        for (let at = 4096; at + 64 <= bytes.length; at += 4096) {
          const bundle = readBundleHeader(bytes, at, header?.salt ?? 0);
          if (bundle !== undefined && at + bundle.totalBytes <= bytes.length) payloadIsWhole(bytes, at, bundle);
        }
      },
      refuses: [],
    },
    {
      name: 'a storage with damaged files',
      seeds: [Buffer.from('one'), Buffer.from('two')],
      read: recovers,
      refuses: [LogError],
    },
    {
      name: 'keys of what groups keep',
      seeds: [writeOffsetKey('group', 'topic', 3), writeGroupKey('group')],
      read: readKey,
      refuses: [DecodeError],
    },
    { name: 'offsets that groups keep', seeds: [committed], read: readOffsetValue, refuses: [DecodeError] },
    { name: 'groups that are kept', seeds: [group], read: readGroupValue, refuses: [DecodeError] },
  ];
}

const committed = writeOffsetValue({
  offset: 5,
  leaderEpoch: 0,
  metadata: 'where it was',
  commitTimestampMs: 1_700_000_000_000,
  expireTimestampMs: -1,
});
const member = {
  memberId: 'm',
  instanceId: null,
  clientId: 'c',
  clientHost: '/127.0.0.1',
  rebalanceTimeoutMs: 1,
  sessionTimeoutMs: 2,
  subscription: Buffer.from('abc'),
  assignment: Buffer.alloc(0),
};
const group = writeGroupValue({
  protocolType: 'consumer',
  generation: 3,
  protocol: 'range',
  leader: 'm',
  stateTimestampMs: 1_700_000_000_000,
  members: [member, { ...member, memberId: 'n' }],
});
