const smallest = 8;
const nothing = new Float64Array(0);

/**
 * A min-heap of (key, a, b) in typed arrays: no object per entry. Entries are not taken out when they lose their
 * meaning; whoever pops one checks it, and rebuilds the heap when too many are stale.
 */
export class Heap {
  size = 0;
  private keys: Float64Array = nothing;
  private firsts: Float64Array = nothing;
  private seconds: Float64Array = nothing;

  /** The lowest key; Infinity when there is no entry. */
  get topKey(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.keys[0]!;
  }

  get topFirst(): number {
    return this.firsts[0]!;
  }

  get topSecond(): number {
    return this.seconds[0]!;
  }

  clear(): void {
    this.size = 0;
    if (this.keys.length > 1024) this.resize(smallest);
  }

  push(key: number, first: number, second: number): void {
    if (this.size === this.keys.length) this.resize(Math.max(smallest, this.size * 2));
    const { keys, firsts, seconds } = this;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (keys[parent]! <= key) break;
      keys[at] = keys[parent]!;
      firsts[at] = firsts[parent]!;
      seconds[at] = seconds[parent]!;
      at = parent;
    }
    keys[at] = key;
    firsts[at] = first;
    seconds[at] = second;
  }

  pop(): void {
    const count = --this.size;
    const { keys, firsts, seconds } = this;
    const key = keys[count]!;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= count) break;
      if (child + 1 < count && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      keys[at] = keys[child]!;
      firsts[at] = firsts[child]!;
      seconds[at] = seconds[child]!;
      at = child;
    }
    keys[at] = key;
    firsts[at] = firsts[count]!;
    seconds[at] = seconds[count]!;
  }

  private resize(capacity: number): void {
    this.keys = resized(this.keys, this.size, capacity);
    this.firsts = resized(this.firsts, this.size, capacity);
    this.seconds = resized(this.seconds, this.size, capacity);
  }
}

function resized(array: Float64Array, count: number, capacity: number): Float64Array {
  const other = new Float64Array(capacity);
  other.set(array.subarray(0, count));
  return other;
}
