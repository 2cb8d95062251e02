import type { MessageRun } from './message-run.js';

/** Where a router's answer leads when it is no queue: logs that others keep. */
export interface LogDestinations {
  /** False when it is not taken. Also true where there is nothing of that number any more. */
  append(destination: number, run: MessageRun): boolean;
  /** What leads to the log of that name. */
  destinationNamed(name: string): number | undefined;
  /** The queue of that name, as `queueKey` gives it, is gone. */
  nameIsFree(name: string): void;
}
