import type { Clock, Timer } from './clock.js';
import { longestTimerMs } from './clock.js';

/**
 * A task that is due once, and is put off far more often than it runs, as a session time-out is by each heartbeat.
 * Putting it off costs a number: a timer that fires too early looks again and waits for the rest.
 */
export class Deadline {
  private readonly clock: Clock;
  private readonly task: () => void;
  private timer: Timer | null = null;
  private timerDueMs = 0;
  private dueMs = -1;

  constructor(clock: Clock, task: () => void) {
    this.clock = clock;
    this.task = task;
  }

  get armed(): boolean {
    return this.dueMs >= 0;
  }

  /** Due `delayMs` from now, whatever was asked before. */
  set(delayMs: number): void {
    const nowMs = this.clock.monotonic();
    this.dueMs = nowMs + Math.max(0, delayMs);
    if (this.timer !== null) {
      if (this.timerDueMs <= this.dueMs) return;
      this.timer.cancel();
    }
    this.wait(nowMs);
  }

  /** Due `delayMs` from now, unless it is due before. */
  bringForward(delayMs: number): void {
    if (this.dueMs < 0 || this.clock.monotonic() + delayMs < this.dueMs) this.set(delayMs);
  }

  clear(): void {
    this.dueMs = -1;
    this.timer?.cancel();
    this.timer = null;
  }

  private wait(nowMs: number): void {
    this.timerDueMs = Math.min(this.dueMs, nowMs + longestTimerMs);
    this.timer = this.clock.after(this.timerDueMs - nowMs, () => this.look());
  }

  private look(): void {
    this.timer = null;
    if (this.dueMs < 0) return;
    const nowMs = this.clock.monotonic();
    if (nowMs < this.dueMs) {
      this.wait(nowMs);
      return;
    }
    this.dueMs = -1;
    this.task();
  }
}
