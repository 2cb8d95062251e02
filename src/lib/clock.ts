/**
 * Time is handed in, so that a test or the simulation decides when it passes.
 * Only this folder may touch Date.now and the raw timers.
 */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump; used for record timestamps and deadlines that survive a restart. */
  now(): number;
  /** Milliseconds that never go backwards; used for durations. */
  monotonic(): number;
  /** Calls `task` once after `delayMs`. A waiting timer does not keep the process alive. */
  after(delayMs: number, task: () => void): Timer;
  /** Calls `task` when the work of this turn of the loop is done: the place where runs are gathered. */
  soon(task: () => void): void;
}

/** setTimeout fires at once above this; longer waits are the caller's to repeat. */
export const longestTimerMs: number = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, task) {
    const handle = setTimeout(task, Math.min(delayMs, longestTimerMs));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  soon: (task) => {
    setImmediate(task);
  },
};

export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
