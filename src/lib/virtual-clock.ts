import { assert } from './assert.js';
import type { Clock, Timer } from './clock.js';

interface Task {
  readonly dueMs: number;
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * A clock that stands still until it is told to go on. Tasks run in order of their time, then in the order
 * they were asked for; promises settle in between, as they do on the real loop.
 */
export class VirtualClock implements Clock {
  private timeMs: number;
  private readonly startMs: number;
  private sequence = 0;
  private readonly tasks: Task[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.timeMs = startMs;
    this.startMs = startMs;
  }

  now(): number {
    return this.timeMs;
  }

  monotonic(): number {
    return this.timeMs - this.startMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const task: Task = {
      dueMs: this.timeMs + Math.max(0, delayMs),
      sequence: this.sequence++,
      run,
      cancelled: false,
    };
    let at = this.tasks.length;
    while (at > 0 && this.tasks[at - 1]!.dueMs > task.dueMs) at--;
    this.tasks.splice(at, 0, task);
    return {
      cancel: () => {
        task.cancelled = true;
      },
    };
  }

  soon(run: () => void): void {
    this.after(0, run);
  }

  get pending(): number {
    return this.tasks.filter((task) => !task.cancelled).length;
  }

  /** Forgets every waiting task: what a crash of the process does to its timers. */
  clear(): void {
    for (const task of this.tasks) task.cancelled = true;
    this.tasks.length = 0;
  }

  /** Runs the next waiting task, moving time to it. False when nothing waits. */
  async step(): Promise<boolean> {
    await settle();
    for (;;) {
      const task = this.tasks.shift();
      if (task === undefined) return false;
      if (task.cancelled) continue;
      this.timeMs = Math.max(this.timeMs, task.dueMs);
      task.run();
      await settle();
      return true;
    }
  }

  /** Lets `durationMs` pass and runs what falls due. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.timeMs + durationMs;
    await settle();
    for (;;) {
      const next = this.tasks.find((task) => !task.cancelled);
      if (next === undefined || next.dueMs > untilMs) break;
      await this.step();
    }
    this.timeMs = untilMs;
    await settle();
  }

  /** Runs everything that is due without letting time pass, until `promise` settles; fails if that never happens. */
  async until<T>(promise: Promise<T>, limit = 1_000_000): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    for (let count = 0; ; count++) {
      await settle();
      if (settled) return promise;
      assert(count < limit, 'virtual clock: the promise does not settle');
      const moved = await this.step();
      await settle();
      assert(moved || settled, 'virtual clock: nothing left to run and the promise is still pending');
    }
  }
}

/** Lets promise reactions that are already possible run, however long their chain: the real loop drains them all. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
