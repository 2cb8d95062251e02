import { DecodeError } from '../lib/byte-reader.js';
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
  isTransactional,
  lastOffsetDelta,
  leaderEpoch,
  maxTimestamp,
  producerEpoch,
  producerId,
  putBatchHeader,
  recordCount,
  seal,
  setBaseOffset,
  setLeaderEpoch,
} from './batch.js';
import { CompressionError, compress, ready, zstd } from './compression.js';
import { removeLeftovers } from './leftovers.js';
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

/** What transactions make of a log. */
export interface TransactionView {
  /** What lies behind it may still be aborted. */
  readonly lastStableOffset: number;
  /** Whether this producer's batch at `offset` belongs to an aborted transaction. */
  isAborted(producerId: number, offset: number): boolean;
}

export const noTransactions: TransactionView = {
  lastStableOffset: Number.POSITIVE_INFINITY,
  isAborted: () => false,
};

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
 * Batches that hold only markers (control batches) are kept as they are; they have no keys. A batch of an aborted
 * transaction goes, and replaces nothing; what may still be aborted is left alone.
 */
export async function compact(
  storage: Storage,
  log: Log,
  policy: CompactionPolicy,
  transactions: TransactionView = noTransactions,
): Promise<CompactionResult | null> {
  return log.exclusive(async () => {
    const segments = compactable(storage, log, policy, transactions.lastStableOffset);
    if (segments.length === 0) return null;
    // One may have been cut short when its record could not be made durable: only then do the old files go.
    if (log.segments.some((segment) => segment.unnamed !== 0)) await storage.durable();
    await nameCompacted(storage, log);
    await removeLeftovers(storage, log);
    const pass = new Pass(storage, log, policy, transactions);
    // Before that offset each key is there once, so it has nothing to say of any other record.
    const clean = segments.filter((segment) => segment.nextOffset <= log.compactedOffset).length;
    const covered = clean + (await pass.collectKeys(segments.slice(clean)));
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

function compactable(storage: Storage, log: Log, policy: CompactionPolicy, stableOffset: number): Segment[] {
  const youngestMs = storage.clock.now() - policy.minLagMs;
  const segments: Segment[] = [];
  let bytes = 0;
  let dirtyBytes = 0;
  for (const segment of log.segments.slice(0, -1)) {
    if (segment.nextOffset > log.settledOffset || segment.nextOffset > stableOffset) break;
    if (log.isDead(segment)) continue;
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
  // Its index was made by walking it, or is made so now; nobody else would ever write it down.
  await log.segments.find((segment) => segment.baseOffset === facts.baseOffset)?.seal();
  await removeLeftovers(storage, log);
}

/** Gives compacted files their names, and drops the indexes of those they replace; also the end of one cut short by a crash. */
export async function nameCompacted(storage: Storage, log: Log): Promise<void> {
  const present = new Set((await storage.files.list(log.folder)).map((entry) => `${log.folder}/${entry.name}`));
  for (const segment of log.segments) {
    if (segment.unnamed === 0) continue;
    const from = segment.name;
    await segment.named(async () => {
      // Without the old name it got the new one before, but perhaps not for good.
      if (present.has(from)) await nameOne(storage, log, segment);
      await storage.files.syncFolder(log.folder);
    });
  }
}

async function nameOne(storage: Storage, log: Log, segment: Segment): Promise<void> {
  const { files, openFiles } = storage;
  const from = segment.name;
  for (const ending of ['index', 'timeindex']) {
    const index = segmentName(log.folder, segment.baseOffset, ending);
    await openFiles.forget(index);
    await files.remove(index);
  }
  // A power cut must not bring the old indexes back beside the new segment: they would lead past records.
  await files.syncFolder(log.folder);
  const to = segmentName(log.folder, segment.baseOffset, 'log');
  await openFiles.forget(from);
  await openFiles.forget(to);
  await files.rename(from, to);
  segment.renamed = true;
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
  private readonly transactions: TransactionView;
  private readonly nowMs: number;
  /** The last offset of each key, keys as latin1: one character to a byte. */
  private readonly latest = new Map<string, number>();
  private dropped = 0;
  private zstdReady = false;
  private readonly records = new ByteWriter(64 * 1024);

  constructor(storage: Storage, log: Log, policy: CompactionPolicy, transactions: TransactionView) {
    this.storage = storage;
    this.transactions = transactions;
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
      await this.each(segment, null, (bytes, at, position) => {
        if (!isControl(bytes, at) && !this.isAborted(bytes, at))
          this.learn(bytes, at, `${segment.name} at byte ${position}`);
      });
      covered++;
      if (this.latest.size >= this.policy.keysMax) break;
    }
    return covered;
  }

  /**
   * Walks a whole segment with a look at every CRC, for what is rebuilt gets a new one; and with a stop before the
   * first batch of a codec that has to be loaded.
   */
  private async each(
    segment: Segment,
    pause: (() => Promise<void>) | null,
    visit: (bytes: Buffer, at: number, position: number) => void,
  ): Promise<void> {
    for (let from = 0; from >= 0; ) {
      let stoppedAt = -1;
      const visitor = (bytes: Buffer, at: number, position: number): boolean => {
        if (!this.zstdReady && compression(bytes, at) === zstd) stoppedAt = position;
        else visit(bytes, at, position);
        return stoppedAt < 0;
      };
      await segment.walk(from, visitor, true, pause);
      from = stoppedAt;
      if (stoppedAt < 0) continue;
      await ready(zstd);
      this.zstdReady = true;
    }
    await pause?.();
  }

  /** A batch whose records cannot be read has no say: what it seems to replace stays, and so does the batch itself. */
  private learn(bytes: Buffer, at: number, place: string): void {
    const keys: string[] = [];
    const offsets: number[] = [];
    try {
      const cursor = new RecordCursor(bytes, at, this.policy.inflatedBytesMax);
      while (cursor.next()) {
        if (cursor.keyLength < 0) continue;
        keys.push(keyOf(cursor));
        offsets.push(cursor.offset);
      }
    } catch (error) {
      if (!unreadable(error)) throw error;
      this.storage.logger.warn({ place, error: String(error) }, 'a batch that cannot be compacted; kept as it is');
      return;
    }
    for (const [index, key] of keys.entries()) this.latest.set(key, offsets[index]!);
  }

  /** Writes what stays of a group of segments to one file and syncs it. */
  async rewrite(group: readonly Segment[]): Promise<SegmentFacts> {
    const first = group[0]!;
    // Replacements of one segment are recorded in different bundles, so this number is new for its base.
    const unnamed = this.storage.journal.gathering.number;
    const name = segmentName(this.log.folder, first.baseOffset, cleanedEnding(unnamed));
    const file = await this.storage.files.open(name, 'write');
    try {
      await file.truncate(0);
      let largest = -1;
      const output = new Output(file);
      for (const segment of group) {
        const flush = (): Promise<void> => output.flush();
        await this.each(segment, flush, (bytes, at) => {
          const kept = this.filtered(bytes, at);
          if (kept === null) return;
          output.add(kept);
          largest = Math.max(largest, maxTimestamp(kept, 0));
        });
      }
      await file.sync();
      // What the journal is about to name must not lose its name in a power cut.
      await this.storage.files.syncFolder(this.log.folder);
      return {
        baseOffset: first.baseOffset,
        nextOffset: group.at(-1)!.nextOffset,
        sizeBytes: output.position,
        maxTimestamp: largest,
        createdMs: first.createdMs,
        unnamed,
      };
    } finally {
      await file.close();
    }
  }

  /** What stays of a batch: all of it as it is, a smaller one, or nothing. */
  private filtered(bytes: Buffer, at: number): Buffer | null {
    const whole = bytes.subarray(at, at + batchBytes(bytes, at));
    if (isControl(bytes, at)) return whole;
    if (this.isAborted(bytes, at)) {
      this.dropped += recordCount(bytes, at);
      return null;
    }
    try {
      return this.filteredRecords(bytes, at, whole);
    } catch (error) {
      if (unreadable(error)) return whole;
      throw error;
    }
  }

  private isAborted(bytes: Buffer, at: number): boolean {
    return isTransactional(bytes, at) && this.transactions.isAborted(producerId(bytes, at), baseOffset(bytes, at));
  }

  private filteredRecords(bytes: Buffer, at: number, whole: Buffer): Buffer | null {
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
    if (kept === 0) {
      this.dropped += dropped;
      return null;
    }
    const newHorizon = tombstones > 0 && !hasHorizon;
    if (dropped === 0 && !newHorizon) return whole;
    const batch = this.rebuilt(bytes, at, keep, kept, newHorizon);
    this.dropped += dropped;
    return batch;
  }

  private stays(record: RecordCursor, horizonPassed: boolean): boolean {
    // A record without a key cannot be replaced by a later one; a compacted log has no place for it.
    if (record.keyLength < 0) return false;
    const latest = this.latest.get(keyOf(record));
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

function keyOf(record: RecordCursor): string {
  return record.bytes.toString('latin1', record.keyAt, record.keyAt + record.keyLength);
}

/** What a producer wrote, not what a program got wrong. */
function unreadable(error: unknown): boolean {
  return error instanceof DecodeError || error instanceof CompressionError;
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
