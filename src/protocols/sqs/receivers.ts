import type { Queue, QueueFollower } from '../../broker/queue/queue.js';
import type { Clock, Timer } from '../../lib/clock.js';

/** Somebody who waits for messages. `take` answers whether it got any, or is done waiting. */
export interface Receiver {
  take(): boolean;
  /** Its time is over. */
  giveUp(): void;
}

class Line implements QueueFollower {
  readonly waiting: Set<Receiver> = new Set();
  private readonly queue: Queue;
  private readonly clock: Clock;
  private scheduled = false;

  constructor(queue: Queue, clock: Clock) {
    this.queue = queue;
    this.clock = clock;
  }

  ready(): void {
    if (this.scheduled || this.waiting.size === 0) return;
    this.scheduled = true;
    // Behind whatever is under way: what is published together is received together.
    this.clock.soon(() => {
      this.scheduled = false;
      // Not before those are gone whose time is over.
      this.queue.withHead(() => this.serve());
    });
  }

  private serve(): void {
    for (const receiver of this.waiting) {
      if (!receiver.take()) return;
      this.waiting.delete(receiver);
    }
  }
}

/** Who waits at which queue: the first that came is the first to be served, the moment there is something. */
export class Receivers {
  private readonly clock: Clock;
  private readonly lines = new WeakMap<Queue, Line>();
  private readonly timers = new Map<Receiver, Timer>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  wait(queue: Queue, receiver: Receiver, forMs: number): void {
    const line = this.lineOf(queue);
    line.waiting.add(receiver);
    this.timers.set(
      receiver,
      this.clock.after(forMs, () => {
        this.leave(queue, receiver);
        receiver.giveUp();
      }),
    );
  }

  leave(queue: Queue, receiver: Receiver): void {
    this.lines.get(queue)?.waiting.delete(receiver);
    this.timers.get(receiver)?.cancel();
    this.timers.delete(receiver);
  }

  private lineOf(queue: Queue): Line {
    let line = this.lines.get(queue);
    if (line === undefined) {
      line = new Line(queue, this.clock);
      this.lines.set(queue, line);
      queue.follow(line);
    }
    return line;
  }

  /** The queue is gone: nothing will come. */
  dismiss(queue: Queue): void {
    for (const receiver of [...(this.lines.get(queue)?.waiting ?? [])]) {
      this.leave(queue, receiver);
      receiver.giveUp();
    }
  }

  /** The front is closing: nobody waits any longer. */
  close(): void {
    for (const [receiver, timer] of [...this.timers]) {
      timer.cancel();
      this.timers.delete(receiver);
      receiver.giveUp();
    }
  }
}
