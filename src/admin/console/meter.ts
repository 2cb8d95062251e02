interface Reading {
  atMs: number;
  value: number;
  rate: number;
  seen: number;
}

/** What one reader saw last, so that counts can be told as rates. It forgets what is not asked for any more. */
export class Meter {
  private readonly readings = new Map<string, Reading>();
  private round = 0;
  private nowMs = 0;

  /** Whether there was a round before this one: rates are known from the second on. */
  get measures(): boolean {
    return this.round > 1;
  }

  /** All readings until the next call belong together. */
  begin(nowMs: number): void {
    this.round++;
    this.nowMs = nowMs;
    if (this.round % 16 !== 0) return;
    for (const [key, { seen }] of this.readings) if (this.round - seen > 16) this.readings.delete(key);
  }

  /** Per second, of a count that grows; 0 the first time, and when it was set back. */
  rate(key: string, value: number): number {
    const last = this.readings.get(key);
    if (last === undefined) {
      this.readings.set(key, { atMs: this.nowMs, value, rate: 0, seen: this.round });
      return 0;
    }
    last.seen = this.round;
    const passedMs = this.nowMs - last.atMs;
    if (passedMs <= 0) return last.rate;
    const rate = Math.max(0, (value - last.value) / passedMs) * 1000;
    last.rate = rate < 10 ? Math.round(rate * 100) / 100 : Math.round(rate);
    last.value = value;
    last.atMs = this.nowMs;
    return last.rate;
  }
}
