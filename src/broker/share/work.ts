import type { Queue } from '../queue/queue.js';
import type { TopicQueues } from './topic-queues.js';

/** What there is to do in a queue. */
export interface Work {
  readonly ready: number;
  readonly locked: number;
  readonly delayed: number;
  readonly dead: number;
  readonly consumers: number;
  /** How many ever came. */
  readonly came: number;
  /** How many of these are still there. */
  readonly here: number;
}

/** Of a window on a topic it is what its group has to work off there. */
export function workIn(topicQueues: TopicQueues, queue: Queue): Work {
  const shown = topicQueues.shownBy(queue);
  if (shown === undefined) {
    const { ledger, log, consumers } = queue;
    const { ready, locked, delayed, dead } = ledger;
    const here = ready + locked + delayed + dead + ledger.unadmitted;
    return { ready, locked, delayed, dead, consumers: consumers.count, came: log.endOffset, here };
  }
  const { ready, locked, delayed, dead } = shown.counts();
  let came = 0;
  for (const { highWatermark } of shown.topic.partitions) came += highWatermark;
  const consumers = shown.consumers.count;
  return { ready, locked, delayed, dead, consumers, came, here: ready + locked + delayed + dead };
}

/** Of all of them together. */
export function workInAll(topicQueues: TopicQueues, queues: Iterable<Queue>): Work {
  let [ready, locked, delayed, dead, consumers, came, here] = [0, 0, 0, 0, 0, 0, 0];
  for (const queue of queues) {
    const work = workIn(topicQueues, queue);
    ready += work.ready;
    locked += work.locked;
    delayed += work.delayed;
    dead += work.dead;
    consumers += work.consumers;
    came += work.came;
    here += work.here;
  }
  return { ready, locked, delayed, dead, consumers, came, here };
}
