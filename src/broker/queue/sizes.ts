import type { DeliveryTable } from './delivery-table.js';
import { ready } from './run-map.js';

const smallest = 1024;

/**
 * How large the messages of a queue are that has a limit in bytes: sums from the first one on, so that a range of any
 * length is one subtraction. 8 bytes a message, from the first that is not done to the last.
 */
export class Sizes {
  /** The first offset it knows, and the first it does not. */
  start: number;
  end: number;
  /** At `head + n`: what the offsets below `start + n` have together. */
  private sums: Float64Array = new Float64Array(smallest);
  private head = 0;

  constructor(start: number) {
    this.start = start;
    this.end = start;
  }

  /** The message at `end` has this size. */
  add(bytes: number): void {
    if (this.head + (this.end - this.start) + 1 === this.sums.length) this.makeRoom();
    const at = this.head + this.end - this.start;
    this.sums[at + 1] = this.sums[at]! + bytes;
    this.end++;
  }

  private makeRoom(): void {
    const count = this.end - this.start + 1;
    if (this.head > count) {
      this.sums.copyWithin(0, this.head, this.head + count);
    } else {
      const grown = new Float64Array(this.sums.length * 2);
      grown.set(this.sums.subarray(this.head, this.head + count));
      this.sums = grown;
    }
    this.head = 0;
  }

  /** What [from, to) has together; what is not known counts as nothing. */
  between(from: number, to: number): number {
    const { start, end, head, sums } = this;
    const low = Math.min(Math.max(from, start), end);
    const high = Math.min(Math.max(to, start), end);
    return high > low ? sums[head + high - start]! - sums[head + low - start]! : 0;
  }

  /** Nobody asks for what is before `offset` any more. */
  forgetBefore(offset: number): void {
    const to = Math.min(offset, this.end);
    if (to <= this.start) return;
    this.head += to - this.start;
    this.start = to;
  }
}

/** Counts anew what is ready, in bytes. */
export function readyBytesOf({ sizes, runs, next, end }: DeliveryTable): number {
  if (sizes === null) return 0;
  let bytes = sizes.between(next, end);
  for (let found = runs.first(); found; found = runs.step()) {
    const inRun = sizes.between(runs.from, runs.to);
    if (runs.from >= next) bytes -= inRun;
    if (runs.state === ready) bytes += inRun;
  }
  return bytes;
}
