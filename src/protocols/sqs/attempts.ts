import type { Clock } from '../../lib/clock.js';
import type { Receipt } from './receipt.js';

/** How long a client may ask again for what it did not get the answer of. */
const rememberedMs = 5 * 60 * 1000;

interface Attempt {
  readonly untilMs: number;
  readonly receipts: readonly Receipt[];
}

/**
 * What was handed out to receives that named themselves: one that names itself so again gets the same messages, as long
 * as nobody has changed anything about them. In memory only: after a restart the locks go on, and then end.
 */
export class Attempts {
  private readonly clock: Clock;
  /** In the order in which they are forgotten. */
  private readonly byName = new Map<string, Attempt>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  find(logId: number, id: string): readonly Receipt[] | null {
    const attempt = this.byName.get(`${logId} ${id}`);
    return attempt === undefined || attempt.untilMs <= this.clock.now() ? null : attempt.receipts;
  }

  made(logId: number, id: string, receipts: readonly Receipt[]): void {
    const nowMs = this.clock.now();
    const name = `${logId} ${id}`;
    this.byName.delete(name);
    this.byName.set(name, { untilMs: nowMs + rememberedMs, receipts });
    for (const [other, { untilMs }] of this.byName) {
      if (untilMs > nowMs) return;
      this.byName.delete(other);
    }
  }
}
