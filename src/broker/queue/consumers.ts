import type { Source } from './source.js';

/** Who has messages of a queue pushed to it. Implemented by fronts. */
export interface QueueConsumer {
  /** For whom the ledger locks what it gets. */
  readonly holder: number;
  /** The highest that has room gets messages first. */
  readonly priority: number;
  /** Without it, what is delivered is done. */
  readonly acknowledges: boolean;
  /** How many messages it takes now. */
  room(): number;
  /**
   * Takes the messages of [from, to), which are locked for it, as far as they are in memory. Answers where it stopped.
   * `deliveries`: how often each was handed out, this time included; `attempts`: how many of these failed.
   */
  deliver(queue: Source, from: number, to: number, deliveries: number, attempts: number): number;
  /** The queue is gone. */
  queueGone(queue: Source): void;
}

/** With so many messages for each consumer in a circle, turns get longer than one message. */
const messagesPerTurn = 8;

/** The consumers of one queue, and whose turn it is. */
export class Consumers {
  /** The highest priority first, among equals in the order they came. */
  private readonly list: QueueConsumer[] = [];
  /** Where in its stretch of equals the next turn begins. */
  private turn = 0;
  private active: QueueConsumer | null = null;
  /** In the order they came: who waits longest to be the only one that gets messages is next. */
  private readonly arrivals: QueueConsumer[] = [];

  /** Whether the priority decides also who is the only active one. */
  private readonly byPriority: boolean;

  constructor(byPriority: boolean) {
    this.byPriority = byPriority;
  }

  /** In this circle so many have their turn yet, and each gets so many messages: all the same. */
  private turnsLeft = 0;
  private turnCount = 0;

  get count(): number {
    return this.list.length;
  }

  all(): readonly QueueConsumer[] {
    return this.list;
  }

  has(consumer: QueueConsumer): boolean {
    return this.list.includes(consumer);
  }

  add(consumer: QueueConsumer): void {
    let at = this.list.length;
    while (at > 0 && this.list[at - 1]!.priority < consumer.priority) at--;
    this.list.splice(at, 0, consumer);
    this.arrivals.push(consumer);
  }

  remove(consumer: QueueConsumer): boolean {
    const at = this.list.indexOf(consumer);
    if (at < 0) return false;
    this.list.splice(at, 1);
    this.arrivals.splice(this.arrivals.indexOf(consumer), 1);
    if (this.active === consumer) this.active = null;
    return true;
  }

  /** The only one that gets messages while it is there, where there may be only one. */
  get singleActive(): QueueConsumer | null {
    this.active ??= (this.byPriority ? this.list[0] : this.arrivals[0]) ?? null;
    return this.active;
  }

  /**
   * Whose turn it is: the next, in a circle, of those of the highest priority that have room; null when nobody has. Where
   * only one may be active and priorities count, one of a higher priority takes over when `idle` says that the active one
   * has nothing in hand.
   */
  next(single: boolean, idle: (consumer: QueueConsumer) => boolean): QueueConsumer | null {
    if (single) {
      let active = this.singleActive;
      if (active === null) return null;
      if (this.byPriority && this.list[0]!.priority > active.priority) {
        if (!idle(active)) return null;
        active = this.list[0]!;
        this.active = active;
      }
      return active.room() > 0 ? active : null;
    }
    const { list } = this;
    let begin = 0;
    while (begin < list.length) {
      const { priority } = list[begin]!;
      let end = begin + 1;
      while (end < list.length && list[end]!.priority === priority) end++;
      const equals = end - begin;
      for (let step = 0; step < equals; step++) {
        const at = begin + ((this.turn + step) % equals);
        const consumer = list[at]!;
        if (consumer.room() <= 0) continue;
        this.turn = (at - begin + 1) % equals;
        return consumer;
      }
      begin = end;
    }
    return null;
  }

  /** The queue begins to hand out, and with it a circle. */
  newCircle(): void {
    this.turnsLeft = 0;
  }

  /** How many messages a turn is, while so many are ready: one while there are few, more when there are many. */
  turnOf(ready: number): number {
    if (this.turnsLeft === 0) {
      this.turnsLeft = this.count;
      this.turnCount = Math.max(1, Math.floor(ready / (this.count * messagesPerTurn)));
    }
    this.turnsLeft--;
    return this.turnCount;
  }

  clear(): QueueConsumer[] {
    this.active = null;
    this.arrivals.length = 0;
    return this.list.splice(0);
  }
}
