import type { Clock, Timer } from '../../lib/clock.js';

/** What is waited at: a queue, or a topic that a group works off. */
export interface Waited {
  follow(follower: { ready(): void }): void;
  unfollow(follower: { ready(): void }): void;
  /** Calls when what is next in turn is in memory, or there is nothing. */
  withHead(act: () => void): void;
}

/** Somebody who waits for messages. `take` answers whether it got any, or is done waiting. */
export interface Receiver {
  take(): boolean;
  /** Its time is over. */
  giveUp(): void;
}

class Line {
  readonly waiting: Set<Receiver> = new Set();
  private readonly queue: Waited;
  private readonly clock: Clock;
  private scheduled = false;

  constructor(queue: Waited, clock: Clock) {
    this.queue = queue;
    this.clock = clock;
  }

  add(receiver: Receiver): void {
    if (this.waiting.size === 0) this.queue.follow(this);
    this.waiting.add(receiver);
  }

  remove(receiver: Receiver): void {
    if (this.waiting.delete(receiver) && this.waiting.size === 0) this.queue.unfollow(this);
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
      this.remove(receiver);
    }
  }
}

/** Who waits at which queue: the first that came is the first to be served, the moment there is something. */
export class Receivers {
  private readonly clock: Clock;
  private readonly lines = new WeakMap<Waited, Line>();
  private readonly timers = new Map<Receiver, Timer>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  wait(queue: Waited, receiver: Receiver, forMs: number): void {
    this.lineOf(queue).add(receiver);
    this.timers.set(
      receiver,
      this.clock.after(forMs, () => {
        this.leave(queue, receiver);
        receiver.giveUp();
      }),
    );
  }

  leave(queue: Waited, receiver: Receiver): void {
    this.lines.get(queue)?.remove(receiver);
    this.timers.get(receiver)?.cancel();
    this.timers.delete(receiver);
  }

  private lineOf(queue: Waited): Line {
    let line = this.lines.get(queue);
    if (line === undefined) {
      line = new Line(queue, this.clock);
      this.lines.set(queue, line);
    }
    return line;
  }

  /** The queue is gone: nothing will come. */
  dismiss(queue: Waited): void {
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
