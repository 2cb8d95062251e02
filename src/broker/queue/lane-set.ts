import { ChunkList } from '../../lib/chunk-list.js';

const stride = 3;

/**
 * The beginnings of runs, sorted by lane and then by offset: what can be handed out next from each lane. An entry
 * may be marked as blocking: it is not ready itself and holds back what is behind it in its lane.
 */
export class LaneSet extends ChunkList {
  constructor() {
    super(stride);
  }

  get lane(): number {
    return this.data[this.slot * stride]!;
  }

  get from(): number {
    return this.data[this.slot * stride + 1]!;
  }

  get blocking(): boolean {
    return this.data[this.slot * stride + 2]! !== 0;
  }

  /** Onto the first entry at or behind (lane, from). */
  seek(lane: number, from: number): boolean {
    if (this.size === 0) return false;
    const index = this.chunks.length === 1 ? 0 : this.chunkOf(lane, from);
    const chunk = this.chunks[index]!;
    const data = chunk.data;
    let low = chunk.start;
    let high = chunk.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const key = data[middle * stride]!;
      if (key > lane || (key === lane && data[middle * stride + 1]! >= from)) high = middle;
      else low = middle + 1;
    }
    return this.place(index, low);
  }

  /** The first offset of a lane, or -1. */
  firstOf(lane: number): number {
    return this.seek(lane, 0) && this.lane === lane ? this.from : -1;
  }

  add(lane: number, from: number, blocking: boolean): void {
    if (!this.seek(lane, from) || this.lane !== lane || this.from !== from) this.insert(lane, from);
    this.data[this.slot * stride + 2] = blocking ? 1 : 0;
  }

  delete(lane: number, from: number): boolean {
    if (!this.seek(lane, from) || this.lane !== lane || this.from !== from) return false;
    this.remove();
    return true;
  }
}
