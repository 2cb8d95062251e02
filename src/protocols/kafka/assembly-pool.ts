import { SlabPool } from '../../log/slab-pool.js';

/** Pooled sizes are powers of two from 64 KB (a socket chunk) to 4 MB. */
const POOLED_BITS_MIN = 16;
const POOLED_BITS_MAX = 22;

/**
 * Memory for requests that arrive in several chunks, shared by the connections of a listener: between requests a
 * connection holds none, and bulk producers do not fault in fresh pages for every batch.
 */
export class AssemblyPool {
  private readonly free: Buffer[][] = [];
  private readonly slabs: SlabPool;
  private readonly retainedBytesMax: number;
  private retainedBytes = 0;

  /** What fills most of one is put together in one of the log's slabs, so that the batch in it stays where it is. */
  constructor(slabs: SlabPool = new SlabPool(), retainedBytesMax: number = 16 << 20) {
    this.slabs = slabs;
    this.retainedBytesMax = retainedBytesMax;
    for (let bits = POOLED_BITS_MIN; bits <= POOLED_BITS_MAX; bits++) this.free.push([]);
  }

  take(byteCount: number, from = 0): Buffer {
    const lent = this.slabs.lend(byteCount, from);
    if (lent !== null) return lent;
    const bits = Math.ceil(Math.log2(byteCount));
    if (bits < POOLED_BITS_MIN || bits > POOLED_BITS_MAX) return Buffer.allocUnsafeSlow(byteCount);
    const found = this.free[bits - POOLED_BITS_MIN]!.pop();
    if (found === undefined) return Buffer.allocUnsafeSlow(2 ** bits);
    this.retainedBytes -= found.length;
    return found;
  }

  give(buffer: Buffer): void {
    if (this.slabs.takeBack(buffer)) return;
    const bits = Math.log2(buffer.length);
    if (!Number.isInteger(bits) || bits < POOLED_BITS_MIN || bits > POOLED_BITS_MAX) return;
    if (this.retainedBytes + buffer.length > this.retainedBytesMax) return;
    this.retainedBytes += buffer.length;
    this.free[bits - POOLED_BITS_MIN]!.push(buffer);
  }

  /** The system may yet write into it: nobody else gets it. */
  giveUp(buffer: Buffer): void {
    this.slabs.escape(buffer);
    this.slabs.takeBack(buffer);
  }
}
