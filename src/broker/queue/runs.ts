/** Why an offset is dead: what a dead-letter target is told. */
export type DeathReason = 'rejected' | 'expired' | 'max-length' | 'delivery-limit';

/** A reason's number in memory and in the journal is its place here: only ever add at the end. */
export const deathReasons: readonly DeathReason[] = ['rejected', 'expired', 'max-length', 'delivery-limit'];

const smallest = 16;
/** Each queue has three lists, of which most are never used. */
const noNumbers = new Float64Array(0);
const noCounts = new Uint32Array(0);
const noReasons = new Uint8Array(0);

/**
 * A list of runs that is filled again and again without allocating: what an acquire hands out, what is dead. The
 * arrays are for reading up to `count`; take them anew after each filling, they are replaced when they grow.
 */
export class Runs {
  count = 0;
  /** How many offsets all runs hold together. */
  offsetCount = 0;
  from: Float64Array = noNumbers;
  to: Float64Array = noNumbers;
  /** How often each offset of the run was handed out, this time included. */
  deliveries: Uint32Array = noCounts;
  /** How many of these ended in a way that counts against the delivery limit. */
  attempts: Uint32Array = noCounts;
  private reasons: Uint8Array = noReasons;

  clear(): void {
    this.count = 0;
    this.offsetCount = 0;
  }

  /** Adds a range; it becomes part of the last run when it goes on where that ended and nothing tells them apart. */
  add(from: number, to: number, deliveries = 0, attempts = 0, reason = 0): void {
    this.offsetCount += to - from;
    const last = this.count - 1;
    if (
      last >= 0 &&
      this.to[last] === from &&
      this.deliveries[last] === deliveries &&
      this.attempts[last] === attempts &&
      this.reasons[last] === reason
    ) {
      this.to[last] = to;
      return;
    }
    const at = this.count++;
    if (at === this.from.length) this.grow();
    this.from[at] = from;
    this.to[at] = to;
    this.deliveries[at] = deliveries;
    this.attempts[at] = attempts;
    this.reasons[at] = reason;
  }

  /** Of a run that is dead. */
  reason(index: number): DeathReason {
    return deathReasons[this.reasons[index]!]!;
  }

  private grow(): void {
    const capacity = Math.max(smallest, this.from.length * 2);
    const { from, to, deliveries, attempts, reasons } = this;
    this.from = new Float64Array(capacity);
    this.from.set(from);
    this.to = new Float64Array(capacity);
    this.to.set(to);
    this.deliveries = new Uint32Array(capacity);
    this.deliveries.set(deliveries);
    this.attempts = new Uint32Array(capacity);
    this.attempts.set(attempts);
    this.reasons = new Uint8Array(capacity);
    this.reasons.set(reasons);
  }
}
