import type { Clock } from '../../lib/clock.js';
import { Deadline } from '../../lib/deadline.js';

/** What was done at about the same time is let go of together: so many times while it is kept. */
const steps = 64;

interface Mark {
  readonly beganMs: number;
  atMs: number;
  offset: number;
}

/**
 * How long a queue keeps what is done, for who wants to read it again: marks of how far it was done when. After a start
 * what is there counts as done just now, so that nothing goes too early.
 */
export class Retained {
  private readonly clock: Clock;
  private readonly marks: Mark[] = [];
  private readonly due: Deadline;

  constructor(clock: Clock, letGo: () => void) {
    this.clock = clock;
    this.due = new Deadline(clock, letGo);
  }

  /** All below `done` is done; answers below what it may be forgotten. */
  forgettable(done: number, retentionMs: number): number {
    const nowMs = this.clock.now();
    this.note(done, nowMs, retentionMs / steps);
    let offset = 0;
    while (this.marks.length > 0 && this.marks[0]!.atMs + retentionMs <= nowMs) offset = this.marks.shift()!.offset;
    const next = this.marks[0];
    if (next !== undefined) this.due.set(next.atMs + retentionMs - nowMs);
    return offset;
  }

  private note(done: number, nowMs: number, stepMs: number): void {
    const last = this.marks.at(-1);
    if (last !== undefined && last.offset >= done) return;
    if (last === undefined || nowMs - last.beganMs >= stepMs) {
      this.marks.push({ beganMs: nowMs, atMs: nowMs, offset: done });
      return;
    }
    last.atMs = nowMs;
    last.offset = done;
  }

  clear(): void {
    this.marks.length = 0;
    this.due.clear();
  }
}
