import type { Queue } from './queue.js';

/** What a queue asks of all the queues it is one of. */
export interface QueueOwner {
  /** It has something to hand out, or somebody to hand it to: `dispatch` is to be called soon. */
  toDispatch(queue: Queue): void;
  /** Nobody used it for as long as its settings say. */
  unused(queue: Queue): void;
}
