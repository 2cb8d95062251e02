import { type ByteReader, DecodeError } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';

/** What `check` says of a batch. */
export const verdict = {
  /** In sequence: append it, then `observe` it. */
  accept: 0,
  /** One of the last five, sent again: answer with `duplicateOffset` and `duplicateTimestampMs`. */
  duplicate: 1,
  /** A batch before this one is missing, or it is a repeat too old to be known. */
  outOfOrder: 2,
  /** A newer incarnation of the producer has written here: this one is fenced. */
  staleEpoch: 3,
} as const;

export type Verdict = (typeof verdict)[keyof typeof verdict];

/** A producer may have this many batches in flight, and each may be sent again: Kafka's number. */
export const batchesKept = 5;

/** After 2^31 - 1 a sequence goes on at 0. */
const sequenceSpan = 2 ** 31;

const noEpoch = -1;
const noSequence = -1;
const noOffset = -1;

// One producer is a row of numbers in a single Float64Array: 208 bytes, no object for the collector to visit.
const producerIdAt = 0;
const epochAt = 1;
const lastTimestampAt = 2;
const transactionStartAt = 3;
/** How many batches are known, and which of the five places takes the next one. */
const knownAt = 4;
const nextAt = 5;
const batchesAt = 6;
const batchWidth = 4;
const baseSequenceAt = 0;
const lastSequenceAt = 1;
const baseOffsetAt = 2;
const timestampAt = 3;
const rowWidth: number = batchesAt + batchesKept * batchWidth;

const snapshotVersion = 1;

export interface ProducerStateLimits {
  /** A producer that wrote nothing for so long is forgotten. Has nothing to do with how long a transactional id lives. */
  readonly expirationMs: number;
  /** With more producers than this, those silent longest are forgotten early. */
  readonly producersMax: number;
}

export const defaultProducerStateLimits: ProducerStateLimits = { expirationMs: 86_400_000, producersMax: 100_000 };

export interface ProducerDescription {
  readonly producerId: number;
  readonly epoch: number;
  /** -1 when the epoch has no batch yet. */
  readonly lastSequence: number;
  readonly lastTimestampMs: number;
  /** -1 when no transaction is open. */
  readonly transactionStartOffset: number;
}

export function lastSequenceOf(baseSequence: number, count: number): number {
  const last = baseSequence + count - 1;
  return last < sequenceSpan ? last : last - sequenceSpan;
}

/**
 * What one partition knows of its idempotent producers, to let each batch in once and in order.
 *
 * `check` before the append, `observe` after it, in one synchronous stretch; on recovery `observe` alone, batch by
 * batch. The rules are Kafka's since 2.5: a producer nobody remembers may start with any sequence (its state may have
 * expired), a known one with a new epoch must start at 0, an old epoch is fenced.
 */
export class ProducerState {
  /** Set by `check` when it says duplicate: where the batch was written the first time, and when. */
  duplicateOffset: number = noOffset;
  duplicateTimestampMs: number = noOffset;
  private readonly limits: ProducerStateLimits;
  private readonly rowOf = new Map<number, number>();
  private readonly freeRows: number[] = [];
  private rows = new Float64Array(0);
  private rowsUsed = 0;
  /** Where each open transaction began. In the order of those offsets, as each begins at the end of the log. */
  private readonly openStarts = new Map<number, number>();

  constructor(limits: ProducerStateLimits = defaultProducerStateLimits) {
    this.limits = limits;
  }

  get size(): number {
    return this.rowOf.size;
  }

  /** `count` is what the batch's last offset delta says plus one: a compacted batch keeps its sequence range. */
  check(producerId: number, epoch: number, baseSequence: number, count: number): Verdict {
    const row = this.rowOf.get(producerId);
    if (row === undefined) return verdict.accept;
    const rows = this.rows;
    const known = rows[row + epochAt]!;
    if (epoch < known) return verdict.staleEpoch;
    if (epoch > known) return baseSequence === 0 || known === noEpoch ? verdict.accept : verdict.outOfOrder;
    if (this.findDuplicate(row, baseSequence, lastSequenceOf(baseSequence, count))) return verdict.duplicate;
    return baseSequence === this.expectedSequence(row) ? verdict.accept : verdict.outOfOrder;
  }

  private findDuplicate(row: number, baseSequence: number, lastSequence: number): boolean {
    const rows = this.rows;
    const end = row + batchesAt + rows[row + knownAt]! * batchWidth;
    for (let batch = row + batchesAt; batch < end; batch += batchWidth) {
      if (rows[batch + baseSequenceAt] === baseSequence && rows[batch + lastSequenceAt] === lastSequence) {
        this.duplicateOffset = rows[batch + baseOffsetAt]!;
        this.duplicateTimestampMs = rows[batch + timestampAt]!;
        return true;
      }
    }
    return false;
  }

  private lastSequence(row: number): number {
    if (this.rows[row + knownAt] === 0) return noSequence;
    const newest = (this.rows[row + nextAt]! + batchesKept - 1) % batchesKept;
    return this.rows[row + batchesAt + newest * batchWidth + lastSequenceAt]!;
  }

  private expectedSequence(row: number): number {
    const next = this.lastSequence(row) + 1;
    return next === sequenceSpan ? 0 : next;
  }

  /**
   * Remembers a batch that was appended. `timestampMs` decides when the producer expires: the time of the append
   * where it is known, the batch's own on recovery.
   */
  observe(
    producerId: number,
    epoch: number,
    baseSequence: number,
    count: number,
    baseOffset: number,
    timestampMs: number,
    transactional: boolean,
  ): void {
    const row = this.rowFor(producerId);
    const rows = this.rows;
    this.takeEpoch(row, epoch);
    const place = rows[row + nextAt]!;
    const batch = row + batchesAt + place * batchWidth;
    rows[batch + baseSequenceAt] = baseSequence;
    rows[batch + lastSequenceAt] = lastSequenceOf(baseSequence, count);
    rows[batch + baseOffsetAt] = baseOffset;
    rows[batch + timestampAt] = timestampMs;
    rows[row + nextAt] = place + 1 === batchesKept ? 0 : place + 1;
    if (rows[row + knownAt]! < batchesKept) rows[row + knownAt]!++;
    rows[row + lastTimestampAt] = timestampMs;
    if (transactional && rows[row + transactionStartAt] === noOffset) {
      rows[row + transactionStartAt] = baseOffset;
      this.openStarts.set(producerId, baseOffset);
    }
  }

  /** Remembers the marker that ended a transaction; it may carry a newer epoch, whose sequence then starts at 0. */
  observeMarker(producerId: number, epoch: number, timestampMs: number): void {
    const row = this.rowFor(producerId);
    this.takeEpoch(row, epoch);
    this.rows[row + lastTimestampAt] = timestampMs;
    if (this.rows[row + transactionStartAt] === noOffset) return;
    this.rows[row + transactionStartAt] = noOffset;
    this.openStarts.delete(producerId);
  }

  /** Where this producer's open transaction began, -1 when it has none. */
  transactionStart(producerId: number): number {
    return this.openStarts.get(producerId) ?? noOffset;
  }

  /** The newest epoch this producer has written with, -1 when it is not known. */
  epochOf(producerId: number): number {
    const row = this.rowOf.get(producerId);
    return row === undefined ? noEpoch : this.rows[row + epochAt]!;
  }

  /** The start of the oldest open transaction, -1 without one: what a committed reader may not pass. */
  firstOpenTransactionOffset(): number {
    for (const start of this.openStarts.values()) return start;
    return noOffset;
  }

  private takeEpoch(row: number, epoch: number): void {
    const rows = this.rows;
    if (rows[row + epochAt] === epoch) return;
    rows[row + epochAt] = epoch;
    rows[row + knownAt] = 0;
    rows[row + nextAt] = 0;
  }

  private rowFor(producerId: number): number {
    const present = this.rowOf.get(producerId);
    if (present !== undefined) return present;
    if (this.rowOf.size >= this.limits.producersMax) this.forgetLongestSilent();
    const row = this.freeRows.pop() ?? this.appendRow();
    this.rows.fill(0, row, row + rowWidth);
    this.rows[row + producerIdAt] = producerId;
    this.rows[row + epochAt] = noEpoch;
    this.rows[row + transactionStartAt] = noOffset;
    this.rowOf.set(producerId, row);
    return row;
  }

  private appendRow(): number {
    const row = this.rowsUsed * rowWidth;
    if (row === this.rows.length) {
      const larger = new Float64Array(Math.max(rowWidth, this.rows.length * 2));
      larger.set(this.rows);
      this.rows = larger;
    }
    this.rowsUsed++;
    return row;
  }

  /** Forgets producers that were silent too long, except where a transaction is open. Answers how many. */
  expire(nowMs: number): number {
    const before = this.rowOf.size;
    for (const [producerId, row] of this.rowOf) {
      if (nowMs - this.rows[row + lastTimestampAt]! < this.limits.expirationMs) continue;
      if (this.rows[row + transactionStartAt] === noOffset) this.forget(producerId, row);
    }
    if (this.rowOf.size === 0) this.clear();
    return before - this.rowOf.size;
  }

  private forget(producerId: number, row: number): void {
    this.rowOf.delete(producerId);
    this.freeRows.push(row);
  }

  /** An eighth at a time, so that a flood of new producers does not sort everything at each one. */
  private forgetLongestSilent(): void {
    const silent = [...this.rowOf]
      .filter(([, row]) => this.rows[row + transactionStartAt] === noOffset)
      .sort((left, right) => this.rows[left[1] + lastTimestampAt]! - this.rows[right[1] + lastTimestampAt]!);
    const count = Math.max(1, this.limits.producersMax >>> 3);
    for (const [producerId, row] of silent.slice(0, count)) this.forget(producerId, row);
  }

  clear(): void {
    this.rowOf.clear();
    this.freeRows.length = 0;
    this.rows = new Float64Array(0);
    this.rowsUsed = 0;
    this.openStarts.clear();
  }

  describe(): ProducerDescription[] {
    const described: ProducerDescription[] = [];
    for (const [producerId, row] of this.rowOf) {
      described.push({
        producerId,
        epoch: this.rows[row + epochAt]!,
        lastSequence: this.lastSequence(row),
        lastTimestampMs: this.rows[row + lastTimestampAt]!,
        transactionStartOffset: this.rows[row + transactionStartAt]!,
      });
    }
    return described;
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.rowOf.size);
    for (const row of this.rowOf.values()) this.writeRow(into, row);
  }

  private writeRow(into: ByteWriter, row: number): void {
    const rows = this.rows;
    into.varint(rows[row + producerIdAt]!);
    into.varint(rows[row + epochAt]!);
    into.varint(rows[row + lastTimestampAt]!);
    into.varint(rows[row + transactionStartAt]!);
    const known = rows[row + knownAt]!;
    into.u8(known);
    // Oldest first, so that what reads it may start its ring at 0.
    for (let age = known; age > 0; age--) {
      const place = (rows[row + nextAt]! + batchesKept - age) % batchesKept;
      const batch = row + batchesAt + place * batchWidth;
      into.varint(rows[batch + baseSequenceAt]!);
      into.varint(rows[batch + lastSequenceAt]!);
      into.varint(rows[batch + baseOffsetAt]!);
      into.varint(rows[batch + timestampAt]!);
    }
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`a producer snapshot of unknown version ${version}`);
    this.clear();
    const count = from.uvarint();
    for (let at = 0; at < count; at++) this.readRow(from);
    const open = this.describe().filter(({ transactionStartOffset }) => transactionStartOffset !== noOffset);
    open.sort((left, right) => left.transactionStartOffset - right.transactionStartOffset);
    for (const { producerId, transactionStartOffset } of open) this.openStarts.set(producerId, transactionStartOffset);
  }

  private readRow(from: ByteReader): void {
    const row = this.rowFor(from.varint());
    const rows = this.rows;
    rows[row + epochAt] = from.varint();
    rows[row + lastTimestampAt] = from.varint();
    rows[row + transactionStartAt] = from.varint();
    const known = from.u8();
    if (known > batchesKept) throw new DecodeError(`a producer snapshot with ${known} batches of one producer`);
    rows[row + knownAt] = known;
    rows[row + nextAt] = known % batchesKept;
    for (let at = row + batchesAt; at < row + batchesAt + known * batchWidth; at++) rows[at] = from.varint();
  }
}
