const windowMs = 1000;
/** As Kafka measures: this many windows, of which the newest is the one being filled. */
const windows = 11;
/** A quota may be used up in a burst of this long before anybody waits. */
const measuredMsMin = (windows - 1) * windowMs;
export const throttleMsMax: number = windows * windowMs;

/** How much passed in the last seconds, in a ring of windows. */
export class Rate {
  private readonly amounts = new Float64Array(windows);
  /** The number of the window being filled, counted from the clock's zero. */
  private current = 0;
  private total = 0;
  lastMs = 0;

  /** Counts `amount`, and answers how long whoever it was has to wait so that `limit` a second is kept. */
  add(amount: number, limit: number, nowMs: number): number {
    this.advance(Math.floor(nowMs / windowMs));
    this.lastMs = nowMs;
    this.amounts[this.current % windows]! += amount;
    this.total += amount;
    const measuredMs = measuredMsMin + (nowMs - this.current * windowMs);
    const rate = (this.total * 1000) / measuredMs;
    if (rate <= limit) return 0;
    if (limit <= 0) return throttleMsMax;
    return Math.min(throttleMsMax, Math.round(((rate - limit) / limit) * measuredMs));
  }

  private advance(window: number): void {
    if (window <= this.current) return;
    for (let gone = Math.min(windows, window - this.current); gone > 0; gone--) {
      this.current++;
      this.empty(this.current % windows);
    }
    if (this.current < window) this.current = window;
  }

  private empty(at: number): void {
    this.total -= this.amounts[at]!;
    this.amounts[at] = 0;
  }
}
