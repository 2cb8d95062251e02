/**
 * Sorted fixed-width records of numbers in chunks, with one cursor: the ground of RunMap and LaneSet.
 *
 * A record is `stride` doubles in one typed array (the last of them may be read as pairs of 32-bit words), so that
 * opening a place for one is a single short move of memory, and 100,000 of them are a few megabytes that the
 * garbage collector never looks into. Chunks are found by binary search over the key each one began with; that
 * key may be lower than what the chunk now begins with, never higher.
 *
 * Words are also moved as doubles, so no pair of them may look like a NaN: each word stays below 0x7ff00000.
 */
const chunkRecordsMax = 128;
const chunkRecordsMin = 8;

class Chunk {
  readonly stride: number;
  capacity: number;
  data: Float64Array;
  words: Uint32Array;
  start = 0;
  end = 0;

  constructor(stride: number, capacity: number) {
    this.stride = stride;
    this.capacity = capacity;
    this.data = new Float64Array(capacity * stride);
    this.words = new Uint32Array(this.data.buffer);
  }

  move(from: number, to: number, into: number): void {
    const stride = this.stride;
    this.data.copyWithin(into * stride, from * stride, to * stride);
  }

  slideToStart(): void {
    if (this.start === 0) return;
    this.move(this.start, this.end, 0);
    this.end -= this.start;
    this.start = 0;
  }

  grow(): void {
    const old = this.data;
    const { stride, start, end } = this;
    this.capacity = Math.min(this.capacity * 4, chunkRecordsMax);
    this.data = new Float64Array(this.capacity * stride);
    this.words = new Uint32Array(this.data.buffer);
    this.data.set(old.subarray(start * stride, end * stride));
    this.end = end - start;
    this.start = 0;
  }

  /** Makes a place before `slot` by moving the shorter side, and answers where it is. */
  open(slot: number): number {
    const { start, end } = this;
    if (start > 0 && (end === this.capacity || slot - start < end - slot)) {
      if (slot > start) this.move(start, slot, start - 1);
      this.start = start - 1;
      return slot - 1;
    }
    if (slot < end) this.move(slot, end, slot + 1);
    this.end = end + 1;
    return slot;
  }

  /** Takes the record at `slot` out and answers the slot of the one after it. */
  close(slot: number): number {
    const { start, end } = this;
    if (slot - start < end - 1 - slot) {
      if (slot > start) this.move(start, slot, start + 1);
      this.start = start + 1;
      return slot + 1;
    }
    if (slot < end - 1) this.move(slot + 1, end, slot);
    this.end = end - 1;
    return slot;
  }

  take(from: Chunk, start: number, end: number): void {
    const stride = this.stride;
    this.data.set(from.data.subarray(start * stride, end * stride), this.end * stride);
    this.end += end - start;
  }
}

const nothing = new Float64Array(0);
const noWords = new Uint32Array(0);

export class ChunkList {
  /** How many records there are. */
  size = 0;
  protected readonly stride: number;
  /** The cursor: a chunk and a slot in it, and that chunk's memory. Past the last record: chunk === chunks.length. */
  protected chunk = 0;
  protected slot = 0;
  protected data: Float64Array = nothing;
  protected words: Uint32Array = noWords;
  protected readonly chunks: Chunk[] = [];
  private firstKeys = new Float64Array(4);
  private firstMinors = new Float64Array(4);
  private spare: Chunk | undefined;

  constructor(stride: number) {
    this.stride = stride;
  }

  get atEnd(): boolean {
    return this.chunk >= this.chunks.length;
  }

  clear(): void {
    this.chunks.length = 0;
    this.size = 0;
    this.chunk = 0;
  }

  first(): boolean {
    if (this.size === 0) return false;
    return this.place(0, this.chunks[0]!.start);
  }

  step(): boolean {
    return this.place(this.chunk, this.slot + 1);
  }

  /** Onto the record before the cursor; the cursor stays when there is none. */
  back(): boolean {
    if (!this.atEnd && this.slot > this.chunks[this.chunk]!.start) {
      this.slot--;
      return true;
    }
    if (this.chunk === 0) return false;
    return this.place(this.chunk - 1, this.chunks[this.chunk - 1]!.end - 1);
  }

  protected place(index: number, slot: number): boolean {
    let chunk = this.chunks[index];
    if (chunk !== undefined && slot >= chunk.end) {
      index++;
      chunk = this.chunks[index];
      if (chunk !== undefined) slot = chunk.start;
    }
    if (chunk === undefined) {
      this.chunk = this.chunks.length;
      return false;
    }
    this.chunk = index;
    this.slot = slot;
    this.data = chunk.data;
    this.words = chunk.words;
    return true;
  }

  /** The last chunk that began at or below (key, minor), or the first: asked for again and again, so a guess first. */
  protected chunkOf(key: number, minor: number): number {
    const last = this.chunks.length - 1;
    const guess = this.chunk;
    if (guess < last && this.begins(guess, key, minor) && !this.begins(guess + 1, key, minor)) return guess;
    if (this.begins(last, key, minor)) return last;
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.begins(middle, key, minor)) low = middle;
      else high = middle;
    }
    return low;
  }

  private begins(index: number, key: number, minor: number): boolean {
    const first = this.firstKeys[index]!;
    return first < key || (first === key && this.firstMinors[index]! <= minor);
  }

  /** Opens a record that begins with (key, minor) before the cursor, and puts the cursor on it. */
  protected insert(key: number, minor: number): void {
    let index = this.chunk;
    let slot = this.slot;
    if (index >= this.chunks.length) {
      if (this.chunks.length === 0) this.insertChunk(0, key, minor, chunkRecordsMin);
      index = this.chunks.length - 1;
      slot = this.chunks[index]!.end;
    }
    let chunk = this.chunks[index]!;
    if (slot === chunk.end && slot === chunk.capacity) {
      if (chunk.start * 2 >= chunk.capacity) chunk.slideToStart();
      else if (chunk.capacity < chunkRecordsMax) chunk.grow();
      else chunk = this.insertChunk(++index, key, minor, chunkRecordsMax);
      slot = chunk.end;
    } else if (chunk.end - chunk.start === chunk.capacity) {
      if (chunk.capacity < chunkRecordsMax) {
        slot -= chunk.start;
        chunk.grow();
      } else {
        const middle = (chunk.start + chunk.end) >>> 1;
        const upper = this.split(index, middle);
        if (slot > middle) {
          index++;
          chunk = upper;
          slot -= middle;
        }
      }
    }
    slot = chunk.open(slot);
    this.size++;
    if (slot === chunk.start) {
      this.firstKeys[index] = key;
      this.firstMinors[index] = minor;
    }
    this.chunk = index;
    this.slot = slot;
    this.data = chunk.data;
    this.words = chunk.words;
    this.data[slot * this.stride] = key;
    this.data[slot * this.stride + 1] = minor;
  }

  /** Takes the record under the cursor out; the cursor is then on the one after it. */
  protected remove(): void {
    const index = this.chunk;
    const chunk = this.chunks[index]!;
    const slot = chunk.close(this.slot);
    this.size--;
    const left = chunk.end - chunk.start;
    if (left === 0) {
      this.removeChunk(index);
      this.place(index, this.chunks[index]?.start ?? 0);
      return;
    }
    if (slot === chunk.start) {
      // A lower neighbour may grow over the place of what was removed, and must be found there.
      this.firstKeys[index] = chunk.data[slot * this.stride]!;
      this.firstMinors[index] = chunk.data[slot * this.stride + 1]!;
    }
    if (left < chunkRecordsMax / 4 && this.chunks.length > 1 && this.mergeSparse(index, slot)) return;
    this.place(index, slot);
  }

  /** Two neighbours that together are half empty become one: memory follows what is left. */
  private mergeSparse(index: number, slot: number): boolean {
    const chunk = this.chunks[index]!;
    const count = chunk.end - chunk.start;
    const next = this.chunks[index + 1];
    if (next !== undefined && next.end - next.start + count <= chunkRecordsMax / 2) {
      if (chunk.capacity < chunkRecordsMax) {
        slot -= chunk.start;
        chunk.grow();
      } else if (chunk.end + next.end - next.start > chunk.capacity) {
        slot -= chunk.start;
        chunk.slideToStart();
      }
      while (chunk.capacity < chunk.end + next.end - next.start) chunk.grow();
      chunk.take(next, next.start, next.end);
      this.removeChunk(index + 1);
      this.place(index, slot);
      return true;
    }
    const before = this.chunks[index - 1];
    if (before !== undefined && before.end - before.start + count <= chunkRecordsMax / 2) {
      if (before.end + count > before.capacity) before.slideToStart();
      while (before.end + count > before.capacity) before.grow();
      const at = before.end + slot - chunk.start;
      before.take(chunk, chunk.start, chunk.end);
      this.removeChunk(index);
      this.place(index - 1, at);
      return true;
    }
    return false;
  }

  private split(index: number, middle: number): Chunk {
    const chunk = this.chunks[index]!;
    const at = middle * this.stride;
    const upper = this.insertChunk(index + 1, chunk.data[at]!, chunk.data[at + 1]!, chunkRecordsMax);
    upper.take(chunk, middle, chunk.end);
    chunk.end = middle;
    return upper;
  }

  private insertChunk(index: number, key: number, minor: number, capacity: number): Chunk {
    const count = this.chunks.length;
    if (count === this.firstKeys.length) {
      this.firstKeys = widened(this.firstKeys);
      this.firstMinors = widened(this.firstMinors);
    }
    let chunk = this.spare;
    if (chunk !== undefined && chunk.capacity >= capacity) {
      this.spare = undefined;
      chunk.start = 0;
      chunk.end = 0;
    } else {
      chunk = new Chunk(this.stride, capacity);
    }
    if (index < count) {
      this.firstKeys.copyWithin(index + 1, index, count);
      this.firstMinors.copyWithin(index + 1, index, count);
      this.chunks.splice(index, 0, chunk);
    } else {
      this.chunks.push(chunk);
    }
    this.firstKeys[index] = key;
    this.firstMinors[index] = minor;
    return chunk;
  }

  private removeChunk(index: number): void {
    const chunk = this.chunks[index]!;
    // One is kept: a window of locks that moves along the log would else allocate all the time.
    if (this.spare === undefined || this.spare.capacity < chunk.capacity) this.spare = chunk;
    const count = this.chunks.length;
    if (index === count - 1) {
      this.chunks.pop();
      return;
    }
    this.chunks.splice(index, 1);
    this.firstKeys.copyWithin(index, index + 1, count);
    this.firstMinors.copyWithin(index, index + 1, count);
  }
}

function widened(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
