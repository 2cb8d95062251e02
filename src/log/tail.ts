import { assert } from '../lib/assert.js';
import type { SlabPool } from './slab-pool.js';

/**
 * The end of a log that lives in memory: batches that are in the journal, or on their way to it, and not yet in a
 * segment. A ring of numbers, one slot to a batch, no object for any of them.
 *
 * Batches that follow one another lie mostly in one slab, which is held once for the whole run of them.
 */
const smallest = 8;

export class Tail {
  private mask = -1;
  private head = 0;
  private length = 0;
  private bases: Float64Array = new Float64Array(0);
  private nexts: Float64Array = new Float64Array(0);
  private stamps: Float64Array = new Float64Array(0);
  private bundles: Float64Array = new Float64Array(0);
  private positions: Int32Array = new Int32Array(0);
  private sizes: Int32Array = new Int32Array(0);
  private buffers: (Buffer | null)[] = [];

  private readonly pool: SlabPool | null;

  /** Bytes of all batches held. */
  bytes = 0;
  /** Somebody was given bytes of it without saying when he is done: what it points into is not used again. */
  escaped = false;

  constructor(pool: SlabPool | null = null) {
    this.pool = pool;
  }

  get count(): number {
    return this.length;
  }

  push(base: number, next: number, timestamp: number, bundle: number, buffer: Buffer, at: number, size: number): void {
    if (this.length > this.mask) this.resize(this.length === 0 ? smallest : this.length * 2);
    const slot = (this.head + this.length) & this.mask;
    if (this.pool !== null && (this.length === 0 || this.buffers[(slot - 1) & this.mask] !== buffer)) {
      this.pool.hold(buffer);
    }
    this.bases[slot] = base;
    this.nexts[slot] = next;
    this.stamps[slot] = timestamp;
    this.bundles[slot] = bundle;
    this.positions[slot] = at;
    this.sizes[slot] = size;
    this.buffers[slot] = buffer;
    this.length++;
    this.bytes += size;
  }

  private resize(capacity: number): void {
    const mask = capacity - 1;
    const bases = new Float64Array(capacity);
    const nexts = new Float64Array(capacity);
    const stamps = new Float64Array(capacity);
    const bundles = new Float64Array(capacity);
    const positions = new Int32Array(capacity);
    const sizes = new Int32Array(capacity);
    const buffers: (Buffer | null)[] = new Array(capacity).fill(null);
    for (let index = 0; index < this.length; index++) {
      const slot = (this.head + index) & this.mask;
      bases[index] = this.bases[slot]!;
      nexts[index] = this.nexts[slot]!;
      stamps[index] = this.stamps[slot]!;
      bundles[index] = this.bundles[slot]!;
      positions[index] = this.positions[slot]!;
      sizes[index] = this.sizes[slot]!;
      buffers[index] = this.buffers[slot]!;
    }
    this.mask = mask;
    this.head = 0;
    this.bases = bases;
    this.nexts = nexts;
    this.stamps = stamps;
    this.bundles = bundles;
    this.positions = positions;
    this.sizes = sizes;
    this.buffers = buffers;
  }

  private slot(index: number): number {
    assert(index >= 0 && index < this.length, 'tail: no such batch');
    return (this.head + index) & this.mask;
  }

  /** The base of the first batch; Infinity when there is none. */
  get firstBase(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : this.bases[this.head]!;
  }

  base(index: number): number {
    return this.bases[this.slot(index)]!;
  }

  /** The offset behind the batch. */
  next(index: number): number {
    return this.nexts[this.slot(index)]!;
  }

  maxTimestamp(index: number): number {
    return this.stamps[this.slot(index)]!;
  }

  /** The number of the bundle that makes the batch durable. */
  bundle(index: number): number {
    return this.bundles[this.slot(index)]!;
  }

  /** For whoever may keep it as long as he likes. */
  buffer(index: number): Buffer {
    this.escaped = true;
    return this.buffers[this.slot(index)]!;
  }

  /** For whoever is done with it in this turn, or holds it. */
  memory(index: number): Buffer {
    return this.buffers[this.slot(index)]!;
  }

  at(index: number): number {
    return this.positions[this.slot(index)]!;
  }

  size(index: number): number {
    return this.sizes[this.slot(index)]!;
  }

  /** The first batch that ends behind `offset`; `count` when there is none. */
  find(offset: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.nexts[(this.head + middle) & this.mask]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Lets go of the batches that end at or before `offset`. */
  dropBefore(offset: number): void {
    while (this.length > 0 && this.nexts[this.head]! <= offset) {
      const buffer = this.buffers[this.head]!;
      this.bytes -= this.sizes[this.head]!;
      this.buffers[this.head] = null;
      this.head = (this.head + 1) & this.mask;
      this.length--;
      if (this.pool !== null && (this.length === 0 || this.buffers[this.head] !== buffer)) {
        if (this.escaped) this.pool.escape(buffer);
        this.pool.release(buffer);
      }
    }
    // All that was given out is marked by now.
    if (this.length === 0) this.escaped = false;
  }

  clear(): void {
    this.dropBefore(Number.POSITIVE_INFINITY);
  }

  /** Gives back the arrays of an empty tail: ten thousand quiet queues are to cost next to nothing. */
  rest(): void {
    if (this.length > 0 || this.mask < 0) return;
    this.head = 0;
    this.resize(0);
  }
}
