/** Seconds, from what memory does to what a broken disk does. */
export const secondsBounds: readonly number[] = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];

/** Bytes of a message, as RabbitMQ tells them apart: its dashboard asks for these very bounds. */
export const sizeBounds: readonly number[] = [100, 1e3, 1e4, 1e5, 1e6, 1e7, 5e7, 1e8];

/** How often values fell below which bound: plain numbers, for whoever scrapes them. */
export class Histogram {
  /** Rising; a value on a bound is below it. */
  readonly bounds: readonly number[];
  /** One for each bound, and one for what is above all of them; not summed up. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[] = secondsBounds) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  get count(): number {
    let count = 0;
    for (const each of this.counts) count += each;
    return count;
  }

  /** `count` times the same value. */
  observe(value: number, count = 1): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at++;
    this.counts[at]! += count;
    this.sum += value * count;
  }
}
