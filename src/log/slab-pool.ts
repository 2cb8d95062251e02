import { assert } from '../lib/assert.js';
import { oneOfManyAligned } from '../store/aligned-memory.js';

/**
 * Memory that is used again. Fresh memory is dear twice over: the first touch of each page faults (a megabyte takes
 * longer to fault in than to copy), and what is dropped makes the collector run, once every 25 MB or so. So bulk bytes
 * come and go in slabs of one size, each of which goes back as soon as nobody holds it.
 *
 * Whoever keeps bytes of a slab beyond the turn holds it: the tails that point into it, the bundle that writes it, a
 * write to a segment, an answer on its way to a client. One that cannot say when it is done says so (`escape`): that
 * slab is never used again, and the collector takes it when it may.
 */

/** A batch of a megabyte with its header, or a fetch of as much with what its first index entry adds. */
const usualBytes = 1024 * 1024 + 64 * 1024;

/**
 * More than come back at a time: a bundle that gathered while another was written lets go of up to 64 MB at once. With half
 * as many, a third of bulk produce's slabs were made anew, and the collector had 15 % of its processor time.
 */
const slabsFreeMax = 96;

class Slab {
  /** Begins on a page where that can be had: so what lies in it can be written from there (`StoredFile.writeBlocks`). */
  readonly buffer: Buffer;
  holds = 0;
  escaped = false;
  /** Somebody fills it himself. */
  lent = false;

  constructor(bytes: number) {
    this.buffer = oneOfManyAligned(bytes) ?? Buffer.allocUnsafeSlow(bytes);
  }
}

export class SlabPool {
  private readonly slabBytes: number;
  private readonly spoils: boolean;
  /** Every slab that may come back, by the memory that is its own. */
  private readonly slabs = new Map<ArrayBufferLike, Slab>();
  private readonly free: Slab[] = [];
  private fewestFree = 0;
  private current: Slab | null = null;
  private used = 0;

  /** Where the last `place` put its bytes. */
  buffer: Buffer = Buffer.alloc(0);
  at = 0;

  /** With `spoils` the bytes of a slab that comes back are overwritten at once, so that tests see who still uses them. */
  constructor(slabBytes: number = usualBytes, spoils = false) {
    this.slabBytes = slabBytes;
    this.spoils = spoils;
  }

  /**
   * Copies the bytes in, unless they are most of a slab that is lent; `buffer` and `at` say where they are now. Whoever
   * keeps them holds the buffer in this turn.
   */
  place(source: Buffer, start: number, end: number): void {
    const size = end - start;
    const lent = this.isMost(size) ? this.slabs.get(source.buffer) : undefined;
    if (lent?.lent === true) {
      this.buffer = lent.buffer;
      this.at = source.byteOffset - lent.buffer.byteOffset + start;
      return;
    }
    if (size > this.slabBytes) {
      this.buffer = Buffer.allocUnsafeSlow(size);
      this.at = 0;
    } else {
      if (this.current === null || size > this.slabBytes - this.used) this.begin();
      this.buffer = this.current!.buffer;
      this.at = this.used;
      this.used += size;
    }
    source.copy(this.buffer, this.at, start, end);
  }

  private begin(): void {
    const before = this.current;
    this.current = this.next();
    this.used = 0;
    if (before !== null && before.holds === 0) this.giveBack(before);
  }

  private next(): Slab {
    const found = this.free.pop();
    this.fewestFree = Math.min(this.fewestFree, this.free.length);
    if (found !== undefined) return found;
    const slab = new Slab(this.slabBytes);
    this.slabs.set(slab.buffer.buffer, slab);
    return slab;
  }

  private giveBack(slab: Slab): void {
    if (this.spoils && !slab.escaped) slab.buffer.fill(0xdd);
    if (slab.escaped || this.free.length >= slabsFreeMax) this.slabs.delete(slab.buffer.buffer);
    else this.free.push(slab);
  }

  /**
   * Memory of at least so many bytes, held once if it is a slab. For less than half of one it is not: five hundred
   * partitions of a few kilobytes are not to be read into five hundred megabytes.
   */
  take(byteCount: number): Buffer {
    return this.isMost(byteCount) ? this.held().buffer : Buffer.allocUnsafeSlow(byteCount);
  }

  private held(): Slab {
    const slab = this.next();
    slab.holds = 1;
    return slab;
  }

  private isMost(byteCount: number): boolean {
    return byteCount <= this.slabBytes && byteCount * 2 >= this.slabBytes;
  }

  /**
   * A slab, from its byte `from` on where there is room behind it, for somebody to put together what will then be placed: a
   * batch of a megabyte need not be copied again. Null where that would be less than half of one.
   */
  lend(byteCount: number, from = 0): Buffer | null {
    if (!this.isMost(byteCount)) return null;
    const slab = this.held();
    slab.lent = true;
    return slab.buffer.subarray(from + byteCount <= this.slabBytes ? from : 0);
  }

  /** False for what was not lent. */
  takeBack(memory: Buffer): boolean {
    const slab = this.slabs.get(memory.buffer);
    if (slab?.lent !== true) return false;
    slab.lent = false;
    this.release(slab.buffer);
    return true;
  }

  /** False for memory that is not the pool's: nobody need say when he is done with that. */
  hold(buffer: Buffer): boolean {
    const slab = this.slabs.get(buffer.buffer);
    if (slab === undefined) return false;
    slab.holds++;
    return true;
  }

  release(buffer: Buffer): void {
    const slab = this.slabs.get(buffer.buffer);
    if (slab === undefined) return;
    assert(slab.holds > 0, 'a slab is let go that nobody holds');
    slab.holds--;
    if (slab.holds === 0 && slab !== this.current) this.giveBack(slab);
  }

  /** Somebody has bytes of it and will not say for how long. */
  escape(buffer: Buffer): void {
    const slab = this.slabs.get(buffer.buffer);
    if (slab !== undefined) slab.escaped = true;
  }

  /** Gives up half of what nobody needed since the last call: a broker that has become quiet is to be small. */
  rest(): void {
    const unneeded = Math.ceil(Math.min(this.fewestFree, this.free.length) / 2);
    for (const slab of this.free.splice(0, unneeded)) this.slabs.delete(slab.buffer.buffer);
    this.fewestFree = this.free.length;
  }

  /** Slabs that may be used again now, and all that may come back. */
  get counts(): { readonly free: number; readonly all: number } {
    return { free: this.free.length, all: this.slabs.size };
  }
}
