import { baseOffset, batchBytes, batchHeaderBytes, checkBatch, isControl, nextOffset } from '../../src/log/batch.js';
import type { Log } from '../../src/log/log.js';
import { RecordCursor } from '../../src/log/records.js';
import type { ModelLog, ModelRecord, Placed } from './model.js';
import type { Place } from './roster.js';
import { Violation } from './trace.js';
import type { World } from './world.js';

const inflatedBytesMax = 1 << 24;

/** One read of a log as a consumer makes it, held against the model. Answers the offset to go on from, -1 at the end. */
export async function readAndCompare(
  world: World,
  place: Place,
  from: number,
  bytesMax: number,
  limit: number,
  seen: Set<number> | null = null,
): Promise<number> {
  const { log } = place;
  const expected = world.model.log(log.id);
  const pieces: Buffer[] = [];
  const held: Buffer[] = [];
  const read = await log.read(from, bytesMax, limit, pieces, held);
  const bytes = Buffer.concat(pieces);
  world.storage.letGo(held);
  const where = `${log.name} from ${from} to ${limit}`;
  const says = (holds: boolean, details: string): void => {
    if (!holds) throw new Violation('what is read is what was appended', `${where}: ${details}`);
  };
  world.trace.counts.reads++;
  says(read.bytes === bytes.length, `${read.bytes} bytes said, ${bytes.length} given`);
  if (bytes.length === 0) {
    const mayEnd = from >= limit || log.startOffset > from || log.deleted || place.use === 'compacted';
    says(mayEnd, 'nothing');
    return log.startOffset > from && !log.deleted ? log.startOffset : -1;
  }
  let expectedBase = -1;
  for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) {
    const fault = checkBatch(bytes, at, bytes.length);
    says(fault === 'ok', `at byte ${at}: ${fault}`);
    const base = baseOffset(bytes, at);
    const size = batchBytes(bytes, at);
    says(base < limit, `a batch that begins at ${base}`);
    says(at === 0 || at + size <= bytesMax, `${at + size} bytes, ${bytesMax} wanted`);
    says(base >= expectedBase, `base ${base} behind one that ended at ${expectedBase}`);
    if (place.use === 'compacted') compareCompacted(world, expected, bytes, at, seen);
    else {
      const first = expectedBase < 0 ? Math.max(from, log.startOffset) : expectedBase;
      compareWhole(expected, bytes, at, first, from, says);
    }
    expectedBase = nextOffset(bytes, at);
  }
  says(read.nextOffset === expectedBase, `goes on at ${read.nextOffset}, not ${expectedBase}`);
  return read.nextOffset;
}

/** A batch of a log that was never compacted: byte for byte, and the one that holds `offset`. */
function compareWhole(
  expected: ModelLog,
  bytes: Buffer,
  at: number,
  offset: number,
  from: number,
  says: (holds: boolean, details: string) => void,
): void {
  const base = baseOffset(bytes, at);
  const placed = expected.batches[expected.find(base)];
  says(placed !== undefined && placed.base === base, `no batch begins at ${base}`);
  // A start that moved during the read may be seen or not.
  says(base <= offset && (nextOffset(bytes, at) > offset || nextOffset(bytes, at) > from), `${base} for ${offset}`);
  const size = batchBytes(bytes, at);
  const same =
    size === placed!.content.bytes.length && bytes.compare(placed!.content.bytes, 16, size, at + 16, at + size) === 0;
  says(same, `the batch at ${base} is not as it was appended`);
}

function compareCompacted(world: World, expected: ModelLog, bytes: Buffer, at: number, seen: Set<number> | null): void {
  const base = baseOffset(bytes, at);
  const placed = expected.batches[expected.find(base)];
  const says = (holds: boolean, details: string): void => {
    if (!holds) throw new Violation('compaction changes no record', `${expected.name}@${base}: ${details}`);
  };
  says(placed !== undefined && placed.base === base, 'no batch begins there');
  says(nextOffset(bytes, at) === placed!.next, 'ends elsewhere');
  says(isControl(bytes, at) === placed!.content.control, 'markers are mixed up with records');
  if (placed!.content.control) {
    const size = batchBytes(bytes, at);
    says(
      bytes.compare(placed!.content.bytes, batchHeaderBytes, size, at + batchHeaderBytes, at + size) === 0,
      'marker',
    );
  }
  const cursor = new RecordCursor(bytes, at, inflatedBytesMax);
  let before = -1;
  while (cursor.next()) {
    const record = placed!.content.records.find((one) => placed!.base + one.delta === cursor.offset);
    says(cursor.offset > before, `${cursor.offset} behind ${before}`);
    before = cursor.offset;
    const key = cursor.key()?.toString() ?? null;
    const value = cursor.value()?.toString() ?? null;
    says(record !== undefined && record.key === key && record.value === value, `@${cursor.offset} is ${key}: ${value}`);
    says(record!.timestamp === cursor.timestamp, `@${cursor.offset} has time ${cursor.timestamp}`);
    seen?.add(cursor.offset);
  }
  if (world.failure !== null) throw world.failure;
}

/** Reads all of a log from its start and sees that nothing is missing. */
export async function compareAll(world: World, place: Place, bytesMax: number): Promise<void> {
  const { log } = place;
  const limit = log.durableOffset;
  const begun = Math.max(log.startOffset, place.ledger?.doneBefore ?? 0);
  const seen = place.use === 'compacted' ? new Set<number>() : null;
  for (let next = begun; next >= 0 && next < limit && !log.deleted; ) {
    const after = await readAndCompare(world, place, next, bytesMax, limit, seen);
    if (after >= 0 && after <= next) throw new Violation('a reader gets on', `${log.name} stays at ${next}`);
    next = after;
  }
  if (seen !== null && !log.deleted) nothingElseIsGone(world, log, seen, limit);
}

/** What a compacted log does not have any more is explained by a later record of its key, or by its tombstone's age. */
function nothingElseIsGone(world: World, log: Log, seen: ReadonlySet<number>, limit: number): void {
  const expected = world.model.log(log.id);
  const latest = new Map<string, number>();
  const cleanings = world.cleanings.get(log.id) ?? [];
  const cleanable = Math.min(log.durableOffset, Math.max(0, ...cleanings.map((cleaning) => cleaning.before)));
  for (const [record, offset] of recordsOf(expected, Math.max(limit, cleanable))) {
    if (record.key !== null && offset < cleanable) latest.set(record.key, offset);
  }
  for (const [record, offset, placed] of recordsOf(expected, limit)) {
    if (offset < log.startOffset || seen.has(offset)) continue;
    const says = (holds: boolean, details: string): void => {
      if (!holds) throw new Violation('compaction keeps the latest of each key', `${log.name}@${offset}: ${details}`);
    };
    says(offset < cleanable, 'gone, and no compaction has been so far');
    says(!placed.content.control, 'a marker is gone');
    if (record.key === null || latest.get(record.key)! > offset) continue;
    says(record.value === null, `the latest of ${record.key} is gone`);
    const horizonMs = world.settings.deleteRetentionMs;
    const first = cleanings.find((cleaning) => cleaning.before > offset)?.startedMs ?? Number.POSITIVE_INFINITY;
    const last = Math.max(0, ...cleanings.map((cleaning) => Math.min(cleaning.endedMs, world.clock.now())));
    says(last >= first + horizonMs, `the tombstone of ${record.key} is gone before its time`);
  }
}

function* recordsOf(log: ModelLog, limit: number): Generator<[ModelRecord, number, Placed]> {
  for (const placed of log.batches) {
    for (const record of placed.content.records) {
      const offset = placed.base + record.delta;
      if (offset < limit) yield [record, offset, placed];
    }
  }
}

/** Right after a pass that had room for all keys: what it went over has each key once. */
export async function eachKeyOnce(world: World, place: Place): Promise<void> {
  const { log } = place;
  const before = log.compactedOffset;
  const seen = new Set<number>();
  for (let next = log.startOffset; next >= 0 && next < before && !log.deleted; ) {
    next = await readAndCompare(world, place, next, 1 << 20, before, seen);
  }
  if (log.deleted) return;
  const keys = new Map<string, number>();
  for (const [record, offset, placed] of recordsOf(world.model.log(log.id), before)) {
    if (!seen.has(offset) || placed.content.control || record.key === null) continue;
    const other = keys.get(record.key);
    if (other !== undefined) {
      throw new Violation('compaction leaves each key once', `${log.name}: ${record.key} at ${other} and ${offset}`);
    }
    keys.set(record.key, offset);
  }
}
