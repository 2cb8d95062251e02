import type { QueueConsumer } from './consumers.js';
import type { Queue } from './queue.js';
import { Runs } from './runs.js';

/**
 * What a queue has locked for one of its consumers and is handing to it. What is not in memory waits here until it has
 * been brought; a consumer that leaves meanwhile has never seen it.
 */
export class Handout {
  /** To be filled before `begin`. */
  readonly runs: Runs = new Runs();
  private readonly queue: Queue;
  private consumer: QueueConsumer | null = null;
  private run = 0;
  private at = 0;

  constructor(queue: Queue) {
    this.queue = queue;
  }

  /** Whether there is something that was not handed over yet. */
  get waits(): boolean {
    return this.consumer !== null;
  }

  begin(consumer: QueueConsumer): void {
    this.consumer = consumer;
    this.run = 0;
    this.at = this.runs.from[0]!;
  }

  /** Hands over as far as it is in memory; answers the offset that has to be brought first, or -1. */
  goOn(): number {
    const { runs, queue } = this;
    const consumer = this.consumer!;
    if (!queue.consumers.has(consumer)) {
      this.giveBack(consumer);
      return -1;
    }
    for (; this.run < runs.count; this.run++) {
      const to = runs.to[this.run]!;
      const from = Math.max(this.at, runs.from[this.run]!);
      const { deliveries, attempts } = runs;
      const reached = consumer.deliver(queue, from, to, deliveries[this.run]!, attempts[this.run]!);
      if (!consumer.acknowledges && reached > from) queue.ack(consumer.holder, from, reached);
      if (reached < to) {
        this.at = reached;
        return reached;
      }
      this.at = runs.from[this.run + 1]!;
    }
    this.consumer = null;
    return -1;
  }

  private giveBack(consumer: QueueConsumer): void {
    const { runs, queue } = this;
    this.consumer = null;
    for (let index = this.run; index < runs.count; index++) {
      const from = index === this.run ? Math.max(this.at, runs.from[index]!) : runs.from[index]!;
      queue.returnUnseen(consumer.holder, from, runs.to[index]!);
    }
  }
}
