import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';

const snapshotVersion = 1;

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/**
 * Which stretches of a partition were written by transactions that came to nothing, so that a committed reader passes
 * over them. Kept in the order of their markers until the log begins behind them; 32 bytes each.
 */
export class AbortedTransactions {
  private producerIds: number[] = [];
  private firsts: number[] = [];
  /** Where the marker lies. */
  private lasts: number[] = [];
  /** The last stable offset when the marker was written: every later entry's transaction began at or behind it. */
  private stables: number[] = [];

  get size(): number {
    return this.lasts.length;
  }

  add(producerId: number, firstOffset: number, markerOffset: number, stableOffset: number): void {
    this.producerIds.push(producerId);
    this.firsts.push(firstOffset);
    this.lasts.push(markerOffset);
    this.stables.push(stableOffset);
  }

  /** Those with records between `from` and `to`, by where they began: a reader takes them up in that order. */
  within(from: number, to: number): AbortedTransaction[] {
    const found: AbortedTransaction[] = [];
    for (let at = this.firstEndingAt(from); at < this.lasts.length; at++) {
      if (this.firsts[at]! < to) found.push({ producerId: this.producerIds[at]!, firstOffset: this.firsts[at]! });
      if (this.stables[at]! >= to) break;
    }
    return found.sort((left, right) => left.firstOffset - right.firstOffset);
  }

  /** Whether this producer's batch at `offset` belongs to an aborted transaction. */
  covers(producerId: number, offset: number): boolean {
    for (let at = this.firstEndingAt(offset); at < this.lasts.length; at++) {
      if (this.producerIds[at] === producerId) return this.firsts[at]! <= offset;
      if (this.stables[at]! > offset) return false;
    }
    return false;
  }

  private firstEndingAt(offset: number): number {
    let low = 0;
    let high = this.lasts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.lasts[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Forgets those that ended before the log begins. */
  trim(startOffset: number): void {
    const gone = this.firstEndingAt(startOffset);
    if (gone === 0) return;
    for (const column of [this.producerIds, this.firsts, this.lasts, this.stables]) column.splice(0, gone);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.lasts.length);
    for (let at = 0; at < this.lasts.length; at++) {
      into.uvarint(this.producerIds[at]!);
      into.uvarint(this.firsts[at]!);
      into.uvarint(this.lasts[at]!);
      into.uvarint(this.stables[at]!);
    }
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`aborted transactions of unknown version ${version}`);
    for (let left = from.uvarint(); left > 0; left--) {
      this.add(from.uvarint(), from.uvarint(), from.uvarint(), from.uvarint());
    }
  }
}
