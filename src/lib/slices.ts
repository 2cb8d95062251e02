import type { Clock } from './clock.js';

const sliceMsDefault = 2;

/** Long work in short stretches: whoever does it asks now and then whether it is time to let others have the loop. */
export class Slices {
  private readonly clock: Clock;
  private readonly sliceMs: number;
  private sinceMs: number;

  constructor(clock: Clock, sliceMs: number = sliceMsDefault) {
    this.clock = clock;
    this.sliceMs = sliceMs;
    this.sinceMs = clock.monotonic();
  }

  get due(): boolean {
    return this.clock.monotonic() - this.sinceMs >= this.sliceMs;
  }

  /** Lets the others go first. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.clock.soon(resolve);
    });
    this.sinceMs = this.clock.monotonic();
  }
}
