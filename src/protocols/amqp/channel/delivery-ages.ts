const notesMax = 32;
const none = new Float64Array(0);

/**
 * When a channel's deliveries went out, without a note for each: now and then the newest tag is written down with the
 * time, so that of every tag it is known, to within one such interval, since when it has waited at least.
 */
export class DeliveryAges {
  /** Most channels never keep a delivery for a second: these own nothing. */
  private tags: Float64Array = none;
  private times: Float64Array = none;
  private count = 0;

  clear(): void {
    this.count = 0;
  }

  /** What was handed out by now. Times rise from call to call; what comes within `intervalMs` of the last is left out. */
  note(tag: number, nowMs: number, intervalMs: number): void {
    const last = this.count - 1;
    if (last >= 0 && (this.tags[last] === tag || nowMs - this.times[last]! < intervalMs)) return;
    if (this.tags === none) {
      this.tags = new Float64Array(notesMax);
      this.times = new Float64Array(notesMax);
    }
    if (this.count === notesMax) {
      this.tags.copyWithin(0, 1);
      this.times.copyWithin(0, 1);
      this.count--;
    }
    this.tags[this.count] = tag;
    this.times[this.count] = nowMs;
    this.count++;
  }

  /** The last tag that is known to have been handed out at that time or before; 0 for none. */
  lastBy(timeMs: number): number {
    for (let index = this.count - 1; index >= 0; index--) if (this.times[index]! <= timeMs) return this.tags[index]!;
    return 0;
  }
}
