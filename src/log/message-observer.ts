import type { Log } from './log.js';

/** How a consumer was done with messages. */
export type Settlement = 'ack' | 'requeue' | 'reject';

/** Who watches messages on their way, run by run; null where nobody does, which costs one look at a field. */
export interface MessageObserver {
  /** A batch that lies at `at` has its offsets. `partition` is -1 for a queue, whose name is as `queueKey` gives it. */
  appended(log: Log, name: string, partition: number, bytes: Buffer, at: number, base: number): void;
  /** A queue gave them to a consumer. */
  delivered(log: Log, from: number, to: number): void;
  /** A reader of a topic was given them. */
  received(log: Log, from: number, to: number): void;
  settled(log: Log, from: number, to: number, how: Settlement): void;
}
