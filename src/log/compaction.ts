import { ByteWriter } from '../lib/byte-writer.js';
import type { StoredFile } from '../store/files.js';
import {
  attributes,
  baseOffset,
  baseSequence,
  baseTimestamp,
  batchBytes,
  batchHeaderBytes,
  compression,
  deleteHorizonBit,
  isControl,
  lastOffsetDelta,
  leaderEpoch,
  maxTimestamp,
  producerEpoch,
  producerId,
  putBatchHeader,
  seal,
  setBaseOffset,
  setLeaderEpoch,
} from './batch.js';
import { compress } from './compression.js';
import type { Log } from './log.js';
import { RecordCursor } from './records.js';
import { cleanedEnding, type Segment, type SegmentFacts, segmentName } from './segment.js';
import type { Storage } from './storage.js';

export interface CompactionPolicy {
  /** A record is left alone until it is so old. */
  readonly minLagMs: number;
  /** A tombstone is kept so long after the first compaction that meets it, for readers that are behind. */
  readonly deleteRetentionMs: number;
  /** A log is left alone while less than this part of it is new since the last compaction. */
  readonly minDirtyRatio: number;
  /** Keys remembered in one pass; what does not fit is left to the next pass. */
  readonly keysMax: number;
  readonly inflatedBytesMax: number;
}

export interface CompactionResult {
  readonly segmentsBefore: number;
  readonly segmentsAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly recordsDropped: number;
}

/**
 * Rewrites the closed segments of a log so that of each key only the latest record stays. Offsets never change:
 * what is dropped leaves a hole, and a batch keeps its base and its last offset, so that readers step over.
 *
 * Batches that hold only markers (control batches) are kept as they are; they have no keys.
 */
export async function compact(storage: Storage, log: Log, policy: CompactionPolicy): Promise<CompactionResult | null> {
  return log.exclusive(async () => {
    const segments = compactable(storage, log, policy);
    if (segments.length === 0) return null;
    const pass = new Pass(storage, log, policy);
    const covered = await pass.collectKeys(segments);
    const groups = grouped(segments.slice(0, covered), log.policy.segmentBytes);
    let result: CompactionResult | null = null;
    for (const group of groups) {
      if (log.deleted) return result;
      const facts = await pass.rewrite(group);
      result = sum(result, group, facts, pass.takeDropped());
      await replace(storage, log, group, facts);
    }
    log.compactedOffset = Math.max(log.compactedOffset, segments[covered - 1]?.nextOffset ?? 0);
    return result;
  });
}

function compactable(storage: Storage, log: Log, policy: CompactionPolicy): Segment[] {
  const youngestMs = storage.clock.now() - policy.minLagMs;
  const segments: Segment[] = [];
  let bytes = 0;
  let dirtyBytes = 0;
  for (const segment of log.segments.slice(0, -1)) {
    if (segment.nextOffset > log.settledOffset) break;
    if (policy.minLagMs > 0 && segment.maxTimestamp > youngestMs) break;
    segments.push(segment);
    bytes += segment.sizeBytes;
    if (segment.nextOffset > log.compactedOffset) dirtyBytes += segment.sizeBytes;
  }
  if (dirtyBytes === 0 || dirtyBytes < bytes * policy.minDirtyRatio) return [];
  return segments;
}

/** Neighbours that will fit into one segment are made one. */
function grouped(segments: readonly Segment[], segmentBytes: number): Segment[][] {
  const groups: Segment[][] = [];
  let bytes = 0;
  for (const segment of segments) {
    const group = groups.at(-1);
    const joins =
      group !== undefined &&
      bytes + segment.sizeBytes <= segmentBytes &&
      segment.nextOffset - group[0]!.baseOffset < 2 ** 31 - 1;
    if (joins) {
      group.push(segment);
      bytes += segment.sizeBytes;
    } else {
      groups.push([segment]);
      bytes = segment.sizeBytes;
    }
  }
  return groups;
}

/** From the moment it is recorded the new segment counts; its file gets its name when that is durable. */
async function replace(storage: Storage, log: Log, group: readonly Segment[], facts: SegmentFacts): Promise<void> {
  if (log.deleted || !log.segments.includes(group[0]!)) return;
  const removed = group.map((segment) => segment.baseOffset);
  storage.recordReplacement(log, removed, [facts]);
  log.replaceSegments(removed, [facts]);
  await storage.durable();
  await nameCompacted(storage, log);
  for (const base of removed.slice(1)) {
    for (const ending of ['log', 'index', 'timeindex']) {
      const name = segmentName(log.folder, base, ending);
      await storage.openFiles.forget(name);
      await storage.files.remove(name);
    }
  }
}

/** Gives compacted files their names, and drops the indexes of those they replace; also the end of one cut short by a crash. */
export async function nameCompacted(storage: Storage, log: Log): Promise<void> {
  const present = new Set((await storage.files.list(log.folder)).map((entry) => `${log.folder}/${entry.name}`));
  for (const segment of log.segments) {
    if (!segment.unnamed) continue;
    const from = segmentName(log.folder, segment.baseOffset, cleanedEnding);
    for (const ending of ['index', 'timeindex']) {
      const index = segmentName(log.folder, segment.baseOffset, ending);
      await storage.openFiles.forget(index);
      if (present.has(from)) await storage.files.remove(index);
    }
    const to = segmentName(log.folder, segment.baseOffset, 'log');
    await storage.openFiles.forget(from);
    await storage.openFiles.forget(to);
    if (present.has(from)) {
      await storage.files.rename(from, to);
      await storage.files.syncFolder(log.folder);
    }
    segment.unnamed = false;
  }
}

function sum(
  before: CompactionResult | null,
  group: readonly Segment[],
  facts: SegmentFacts,
  dropped: number,
): CompactionResult {
  let bytes = 0;
  for (const segment of group) bytes += segment.sizeBytes;
  return {
    segmentsBefore: (before?.segmentsBefore ?? 0) + group.length,
    segmentsAfter: (before?.segmentsAfter ?? 0) + 1,
    bytesBefore: (before?.bytesBefore ?? 0) + bytes,
    bytesAfter: (before?.bytesAfter ?? 0) + facts.sizeBytes,
    recordsDropped: (before?.recordsDropped ?? 0) + dropped,
  };
}

/** One compaction of one log. */
class Pass {
  private readonly storage: Storage;
  private readonly log: Log;
  private readonly policy: CompactionPolicy;
  private readonly nowMs: number;
  /** The last offset of each key, keys as latin1: one character to a byte. */
  private readonly latest = new Map<string, number>();
  private dropped = 0;
  private readonly records = new ByteWriter(64 * 1024);

  constructor(storage: Storage, log: Log, policy: CompactionPolicy) {
    this.storage = storage;
    this.log = log;
    this.policy = policy;
    this.nowMs = storage.clock.now();
  }

  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  /** Learns the latest offset of every key, in as many segments as the limit allows; answers how many, at least one. */
  async collectKeys(segments: readonly Segment[]): Promise<number> {
    let covered = 0;
    for (const segment of segments) {
      await segment.walk(
        0,
        (bytes, at) => {
          if (isControl(bytes, at)) return true;
          const cursor = new RecordCursor(bytes, at, this.policy.inflatedBytesMax);
          while (cursor.next()) {
            if (cursor.keyLength < 0) continue;
            this.latest.set(
              cursor.bytes.toString('latin1', cursor.keyAt, cursor.keyAt + cursor.keyLength),
              cursor.offset,
            );
          }
          return true;
        },
        true,
      );
      covered++;
      if (this.latest.size >= this.policy.keysMax) break;
    }
    return covered;
  }

  /** Writes what stays of a group of segments to one file and syncs it. */
  async rewrite(group: readonly Segment[]): Promise<SegmentFacts> {
    const first = group[0]!;
    const file = await this.storage.files.open(segmentName(this.log.folder, first.baseOffset, cleanedEnding), 'write');
    try {
      await file.truncate(0);
      let largest = -1;
      const output = new Output(file);
      for (const segment of group) {
        await segment.walk(
          0,
          (bytes, at) => {
            const kept = this.filtered(bytes, at);
            if (kept !== null) {
              output.add(kept);
              largest = Math.max(largest, maxTimestamp(kept, 0));
            }
            return true;
          },
          false,
          () => output.flush(),
        );
      }
      await file.sync();
      return {
        baseOffset: first.baseOffset,
        nextOffset: group.at(-1)!.nextOffset,
        sizeBytes: output.position,
        maxTimestamp: largest,
        createdMs: first.createdMs,
        unnamed: true,
      };
    } finally {
      await file.close();
    }
  }

  /** What stays of a batch: all of it as it is, a smaller one, or nothing. */
  private filtered(bytes: Buffer, at: number): Buffer | null {
    const size = batchBytes(bytes, at);
    if (isControl(bytes, at)) return Buffer.from(bytes.subarray(at, at + size));
    const hasHorizon = (attributes(bytes, at) & deleteHorizonBit) !== 0;
    const horizonPassed = hasHorizon && baseTimestamp(bytes, at) <= this.nowMs;
    const cursor = new RecordCursor(bytes, at, this.policy.inflatedBytesMax);
    let kept = 0;
    let dropped = 0;
    let tombstones = 0;
    const keep: boolean[] = [];
    while (cursor.next()) {
      const stays = this.stays(cursor, horizonPassed);
      keep.push(stays);
      if (!stays) dropped++;
      else {
        kept++;
        if (cursor.valueLength < 0) tombstones++;
      }
    }
    this.dropped += dropped;
    if (kept === 0) return null;
    const newHorizon = tombstones > 0 && !hasHorizon;
    if (dropped === 0 && !newHorizon) return Buffer.from(bytes.subarray(at, at + size));
    return this.rebuilt(bytes, at, keep, kept, newHorizon);
  }

  private stays(record: RecordCursor, horizonPassed: boolean): boolean {
    // A record without a key cannot be replaced by a later one; a compacted log has no place for it.
    if (record.keyLength < 0) return false;
    const latest = this.latest.get(record.bytes.toString('latin1', record.keyAt, record.keyAt + record.keyLength));
    if (latest !== undefined && latest > record.offset) return false;
    return record.valueLength >= 0 || !horizonPassed;
  }

  private rebuilt(bytes: Buffer, at: number, keep: readonly boolean[], count: number, newHorizon: boolean): Buffer {
    const cursor = new RecordCursor(bytes, at, this.policy.inflatedBytesMax);
    const base = baseOffset(bytes, at);
    const hasHorizon = (attributes(bytes, at) & deleteHorizonBit) !== 0;
    // KIP-534: the horizon takes the place of the base timestamp, and the records' deltas are counted from it.
    let reference = newHorizon ? this.nowMs + this.policy.deleteRetentionMs : baseTimestamp(bytes, at);
    let referenceSet = newHorizon || hasHorizon;
    let largest = -1;
    this.records.clear();
    for (let index = 0; cursor.next(); index++) {
      if (!keep[index]) continue;
      if (!referenceSet) reference = cursor.timestamp;
      referenceSet = true;
      largest = Math.max(largest, cursor.timestamp);
      copyRecord(this.records, cursor, cursor.timestamp - reference, cursor.offset - base);
    }
    const codec = compression(bytes, at);
    const body = codec === 0 ? this.records.bytes() : compress(codec, this.records.copy());
    const batch = Buffer.allocUnsafe(batchHeaderBytes + body.length);
    body.copy(batch, batchHeaderBytes);
    putBatchHeader(
      batch,
      0,
      batch.length,
      newHorizon ? attributes(bytes, at) | deleteHorizonBit : attributes(bytes, at),
      lastOffsetDelta(bytes, at),
      reference,
      largest,
      producerId(bytes, at),
      producerEpoch(bytes, at),
      baseSequence(bytes, at),
      count,
    );
    setBaseOffset(batch, 0, base);
    setLeaderEpoch(batch, 0, leaderEpoch(bytes, at));
    seal(batch, 0);
    return batch;
  }
}

const varintRoom = new ByteWriter(32);

/** A record again, with other deltas; key, value and headers byte for byte. */
function copyRecord(into: ByteWriter, record: RecordCursor, timestampDelta: number, offsetDelta: number): void {
  varintRoom.clear();
  varintRoom.u8(0);
  varintRoom.varint(timestampDelta);
  varintRoom.varint(offsetDelta);
  varintRoom.varint(record.keyLength);
  const keyHead = varintRoom.length;
  const rest = record.bytes.subarray(record.keyAt, record.end);
  into.varint(keyHead + rest.length);
  into.view(varintRoom.bytes());
  into.view(rest);
}

/** Gathers batches for a file into writes of a useful size. */
class Output {
  private readonly file: StoredFile;
  private pieces: Buffer[] = [];
  private bytes = 0;
  position = 0;

  constructor(file: StoredFile) {
    this.file = file;
  }

  add(piece: Buffer): void {
    this.pieces.push(piece);
    this.bytes += piece.length;
  }

  async flush(): Promise<void> {
    const { pieces, bytes } = this;
    if (bytes === 0) return;
    this.pieces = [];
    this.bytes = 0;
    await this.file.write(pieces, this.position);
    this.position += bytes;
  }
}
