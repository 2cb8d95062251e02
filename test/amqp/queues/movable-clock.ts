import { type Clock, systemClock, type Timer } from '../../../src/lib/clock.js';

interface Waiting {
  readonly dueMs: number;
  readonly task: () => void;
}

/** The real time, which a test may move on: sockets work as ever, and nobody waits for an hour to pass. */
export class MovableClock implements Clock {
  private aheadMs = 0;
  private readonly waiting = new Set<Waiting>();

  now(): number {
    return systemClock.now() + this.aheadMs;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.aheadMs;
  }

  after(delayMs: number, task: () => void): Timer {
    const entry: Waiting = { dueMs: this.monotonic() + delayMs, task };
    this.waiting.add(entry);
    const timer = systemClock.after(delayMs, () => this.fire(entry));
    return {
      cancel: () => {
        timer.cancel();
        this.waiting.delete(entry);
      },
    };
  }

  soon(task: () => void): void {
    systemClock.soon(task);
  }

  private fire(entry: Waiting): void {
    if (this.waiting.delete(entry)) entry.task();
  }

  /** Lets time pass at once, with all that falls due meanwhile, in its order. */
  async pass(durationMs: number): Promise<void> {
    this.aheadMs += durationMs;
    for (;;) {
      const nowMs = this.monotonic();
      const due = [...this.waiting].filter(({ dueMs }) => dueMs <= nowMs).sort((one, other) => one.dueMs - other.dueMs);
      if (due.length === 0) break;
      for (const entry of due) this.fire(entry);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
