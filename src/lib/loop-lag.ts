import type { Clock, Timer } from './clock.js';
import { Histogram } from './histogram.js';

/** Ten looks a second cost nothing worth naming. */
const everyMs = 100;

/** How much later than asked for the loop comes to what is due: what every client waits for in addition. */
export class LoopLag {
  readonly seconds: Histogram = new Histogram();
  private readonly clock: Clock;
  private timer: Timer | null = null;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  start(): void {
    const dueMs = this.clock.monotonic() + everyMs;
    this.timer = this.clock.after(everyMs, () => {
      this.seconds.observe(Math.max(0, this.clock.monotonic() - dueMs) / 1000);
      this.start();
    });
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }
}
