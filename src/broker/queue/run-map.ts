import { assert } from '../../lib/assert.js';
import { ChunkList } from '../../lib/chunk-list.js';

/** What a run of offsets can be. An offset in no run is fresh at or above the ledger's `next`, else done. */
export const ready = 1;
export const locked = 2;
export const delayed = 3;
export const dead = 4;
/** Done before the fresh offsets below it were handed out: kept only until they are. */
export const doneAhead = 5;

/** Counts saturate here, so that two of them never look like a NaN (see ChunkList). */
export const countMax = 0xffffff;
export const holderMax = 0x3fffffff;

// A record: from, to, until (deadline or due), then four words: holder (or reason), lane, deliveries, attempts * 8 + state.
const stride = 5;
const wordStride = stride * 2;
const holderWord = 6;
const laneWord = 7;
const deliveriesWord = 8;
const attemptsWord = 9;

/**
 * Runs of offsets, disjoint and sorted, each with its delivery state: one run for any number of neighbouring
 * offsets with equal state. The getters and setters speak of the run under the cursor.
 */
export class RunMap extends ChunkList {
  constructor() {
    super(stride);
  }

  get from(): number {
    return this.data[this.slot * stride]!;
  }

  get to(): number {
    return this.data[this.slot * stride + 1]!;
  }

  /** When a lock ends or a delay is over; Infinity for a lock that ends with its holder. */
  get until(): number {
    return this.data[this.slot * stride + 2]!;
  }

  /** Who holds a lock (0: somebody from before a restart); why it is dead. */
  get holder(): number {
    return this.words[this.slot * wordStride + holderWord]!;
  }

  get lane(): number {
    return this.words[this.slot * wordStride + laneWord]!;
  }

  /** How often it was handed out. */
  get deliveries(): number {
    return this.words[this.slot * wordStride + deliveriesWord]!;
  }

  /** How many of these ended in a way that counts against the delivery limit. */
  get attempts(): number {
    return this.words[this.slot * wordStride + attemptsWord]! >>> 3;
  }

  get state(): number {
    return this.words[this.slot * wordStride + attemptsWord]! & 7;
  }

  /** The end of the last run, 0 when there is none; the cursor stays. */
  get lastTo(): number {
    const last = this.chunks[this.chunks.length - 1];
    return last === undefined ? 0 : last.data[(last.end - 1) * stride + 1]!;
  }

  /** The beginning of the first run, Infinity when there is none; the cursor stays. */
  get firstFrom(): number {
    const first = this.chunks[0];
    return first === undefined ? Number.POSITIVE_INFINITY : first.data[first.start * stride]!;
  }

  /** Onto the first run that ends behind `offset`. */
  seek(offset: number): boolean {
    const last = this.chunks.length - 1;
    if (last < 0) return false;
    const index = last === 0 ? 0 : this.chunkOf(offset, Number.POSITIVE_INFINITY);
    const chunk = this.chunks[index]!;
    const data = chunk.data;
    let low = chunk.start;
    let high = chunk.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (data[middle * stride + 1]! > offset) high = middle;
      else low = middle + 1;
    }
    return this.place(index, low);
  }

  /** Puts a run before the cursor's, where `seek(from)` left it; the cursor is then on the new one. */
  add(from: number, to: number): void {
    assert(from < to && (this.atEnd || to <= this.from), 'runs are disjoint and sorted');
    this.insert(from, to);
  }

  set(state: number, lane: number, holder: number, until: number, deliveries: number, attempts: number): void {
    const at = this.slot * wordStride;
    this.data[this.slot * stride + 2] = until;
    this.words[at + holderWord] = holder;
    this.words[at + laneWord] = lane;
    this.words[at + deliveriesWord] = deliveries;
    this.words[at + attemptsWord] = attempts * 8 + state;
  }

  drop(): void {
    this.remove();
  }

  /** Takes [from, to) out of the cursor's run; the cursor is then on the first run that begins at or behind `to`. */
  cut(from: number, to: number): void {
    const at = this.slot * stride;
    const begin = this.data[at]!;
    const end = this.data[at + 1]!;
    if (from === begin) {
      if (to === end) this.remove();
      else this.data[at] = to;
    } else if (to === end) {
      this.data[at + 1] = from;
      this.step();
    } else {
      this.splitAt(to);
      this.back();
      this.data[this.slot * stride + 1] = from;
      this.step();
    }
  }

  /** Makes [from, to) of the cursor's run a run of its own, under the cursor. */
  carve(from: number, to: number): void {
    if (from > this.from) this.splitAt(from);
    if (to < this.to) {
      this.splitAt(to);
      this.back();
    }
  }

  /** Two runs out of the cursor's; the cursor is then on the upper one. */
  private splitAt(offset: number): void {
    const at = this.slot * stride;
    const end = this.data[at + 1]!;
    const { state, lane, holder, until, deliveries, attempts } = this;
    this.data[at + 1] = offset;
    this.step();
    this.insert(offset, end);
    this.set(state, lane, holder, until, deliveries, attempts);
  }

  /** Joins the cursor's run to its lower neighbour when nothing tells them apart. */
  joinLower(): boolean {
    const slot = this.slot;
    let lower = this.chunks[this.chunk]!;
    let lowerSlot = slot - 1;
    if (slot === lower.start) {
      if (this.chunk === 0) return false;
      lower = this.chunks[this.chunk - 1]!;
      lowerSlot = lower.end - 1;
    }
    if (!sameRun(lower.data, lower.words, lowerSlot, this.data, this.words, slot)) return false;
    const to = this.to;
    this.remove();
    this.back();
    this.data[this.slot * stride + 1] = to;
    return true;
  }

  /** Joins the cursor's run to its upper neighbour when nothing tells them apart. */
  joinUpper(): boolean {
    const slot = this.slot;
    let upper = this.chunks[this.chunk]!;
    let upperSlot = slot + 1;
    if (upperSlot === upper.end) {
      const next = this.chunks[this.chunk + 1];
      if (next === undefined) return false;
      upper = next;
      upperSlot = next.start;
    }
    if (!sameRun(this.data, this.words, slot, upper.data, upper.words, upperSlot)) return false;
    this.step();
    const to = this.to;
    this.remove();
    this.back();
    this.data[this.slot * stride + 1] = to;
    return true;
  }
}

function sameRun(
  lower: Float64Array,
  lowerWords: Uint32Array,
  lowerSlot: number,
  upper: Float64Array,
  upperWords: Uint32Array,
  upperSlot: number,
): boolean {
  const a = lowerSlot * stride;
  const b = upperSlot * stride;
  if (lower[a + 1] !== upper[b] || lower[a + 2] !== upper[b + 2]) return false;
  const v = a * 2;
  const w = b * 2;
  return (
    lowerWords[v + attemptsWord] === upperWords[w + attemptsWord] &&
    lowerWords[v + holderWord] === upperWords[w + holderWord] &&
    lowerWords[v + laneWord] === upperWords[w + laneWord] &&
    lowerWords[v + deliveriesWord] === upperWords[w + deliveriesWord]
  );
}
