import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';
import type { Ledger } from './ledger.js';

/** What was done at about the same time is let go of together: so many times while it is kept. */
const steps = 64;

/**
 * How long a queue keeps what is done, for who wants to read it again or have it back: marks of how far it was done when,
 * which are in its ledger and so outlive the process.
 */
export class Retained {
  private readonly clock: Clock;
  private readonly ledger: Ledger;
  private readonly due: Deadline;

  constructor(clock: Clock, ledger: Ledger, letGo: () => void) {
    this.clock = clock;
    this.ledger = ledger;
    this.due = new Deadline(clock, letGo);
  }

  /** All below `done` is done; answers below what it may be forgotten. */
  forgettable(done: number, retentionMs: number): number {
    const { marks } = this.ledger;
    const nowMs = this.clock.now();
    if (done > marks.last) {
      if (marks.count === 0 || nowMs - marks.lastBeganMs >= retentionMs / steps) this.ledger.mark(nowMs, done);
      else marks.extend(nowMs, done);
    }
    const offset = Math.min(done, marks.forget(nowMs - retentionMs));
    const nextMs = marks.firstMs;
    if (nextMs < Number.POSITIVE_INFINITY) this.due.set(Math.max(0, nextMs + retentionMs - nowMs));
    return offset;
  }

  clear(): void {
    this.ledger.marks.clear();
    this.due.clear();
  }

  /** The process ends, or the queue: what is known stays in the ledger. */
  close(): void {
    this.due.clear();
  }
}
