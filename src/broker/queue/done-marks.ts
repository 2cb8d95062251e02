import type { ByteReader } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';

interface Mark {
  readonly beganMs: number;
  atMs: number;
  offset: number;
}

/**
 * How far a ledger was done when, at some moments: all offsets below a mark's were done by its time. Marks ascend in both.
 * Only where somebody may want to go back are there any.
 */
export class DoneMarks {
  private readonly list: Mark[] = [];

  get count(): number {
    return this.list.length;
  }

  /** The offset of the last one, or 0. */
  get last(): number {
    return this.list.at(-1)?.offset ?? 0;
  }

  /** When the last one began, or 0. */
  get lastBeganMs(): number {
    return this.list.at(-1)?.beganMs ?? 0;
  }

  add(timeMs: number, offset: number): void {
    if (offset <= this.last) return;
    // A clock may be set back.
    const atMs = Math.max(timeMs, this.list.at(-1)?.atMs ?? 0);
    this.list.push({ beganMs: atMs, atMs, offset });
  }

  /** The last one says more now, and forgets what it said before. */
  extend(timeMs: number, offset: number): void {
    const last = this.list.at(-1);
    if (last === undefined || last.offset >= offset) return;
    last.atMs = Math.max(last.atMs, timeMs);
    last.offset = offset;
  }

  /** Forgets marks of `timeMs` and before; answers the offset of the last of them, or 0. */
  forget(timeMs: number): number {
    let offset = 0;
    while (this.list.length > 0 && this.list[0]!.atMs <= timeMs) offset = this.list.shift()!.offset;
    return offset;
  }

  /** When the first one is, or Infinity. */
  get firstMs(): number {
    return this.list[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** All below the answer is known to have been done at that time. */
  doneAt(timeMs: number): number {
    let offset = 0;
    for (const mark of this.list) {
      if (mark.atMs > timeMs) break;
      offset = mark.offset;
    }
    return offset;
  }

  /** From `offset` on nothing is known to be done any more. */
  reopened(offset: number): void {
    while (this.last > offset) {
      const last = this.list.at(-1)!;
      // What lies before it was done by then all the same.
      const before = this.list.at(-2)?.offset ?? 0;
      if (offset <= before) this.list.pop();
      else last.offset = offset;
    }
  }

  clear(): void {
    this.list.length = 0;
  }

  write(into: ByteWriter): void {
    into.uvarint(this.list.length);
    for (const { atMs, offset } of this.list) {
      into.uvarint(atMs);
      into.uvarint(offset);
    }
  }

  read(from: ByteReader): void {
    this.clear();
    for (let left = from.uvarint(); left > 0; left--) {
      const atMs = from.uvarint();
      this.add(atMs, from.uvarint());
    }
  }
}
