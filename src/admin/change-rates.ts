/** What somebody's counts were when they were looked at, and how fast they had changed until then. */
interface Look {
  readonly atMs: number;
  readonly values: readonly number[];
  readonly rates: readonly number[];
}

/** Two looks that are closer together have one answer: two tools that ask must not spoil each other's. */
const windowMs = 5000;
/** Looked at anew from nothing when there are more. */
const looksMax = 100_000;

/** How fast counts change per second, since they were last asked for: nothing is measured while nobody asks. */
export class ChangeRates {
  private readonly looks = new Map<string, Look>();

  /** One rate for each value; 0 for what is looked at for the first time. */
  of(key: string, nowMs: number, values: readonly number[]): readonly number[] {
    const last = this.looks.get(key);
    if (last !== undefined && nowMs - last.atMs < windowMs) return last.rates;
    const rates = values.map((value, index) => {
      if (last === undefined) return 0;
      return Math.round(((value - last.values[index]!) / (nowMs - last.atMs)) * 100_000) / 100;
    });
    if (this.looks.size >= looksMax) this.looks.clear();
    this.looks.set(key, { atMs: nowMs, values, rates });
    return rates;
  }
}
