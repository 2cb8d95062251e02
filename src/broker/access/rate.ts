/** What may come at once: so much as is allowed in this time, which is what Kafka's measured windows come to. */
const burstMs = 10_000;
/** Nobody is kept waiting for longer at a time, or clients would give their request up; the rest is waited for the next time. */
export const throttleMsMax = 30_000;

/**
 * How much more than its quota somebody took, as a bucket that leaks: what is added runs out at the quota's rate. In the
 * long run exactly the quota passes, however it came. (Kafka averages over eleven windows, and lets a client that waited
 * as it was told wait once more for the same bytes.)
 */
export class Rate {
  private level = 0;
  private lastMs = 0;

  /** Counts `amount`, and answers how long whoever it was has to wait so that `limit` a second is kept. */
  add(amount: number, limit: number, nowMs: number, waitMsMax: number = throttleMsMax): number {
    const leaked = (limit * Math.max(0, nowMs - this.lastMs)) / 1000;
    this.level = Math.max(0, this.level - leaked) + amount;
    this.lastMs = nowMs;
    const excess = this.level - (limit * burstMs) / 1000;
    // A billionth is no byte: what was waited for exactly is waited for.
    return excess <= 1e-6 ? 0 : Math.min(waitMsMax, Math.ceil((excess / limit) * 1000));
  }
}
