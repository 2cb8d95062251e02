import type { BrokerProcess } from './broker-process.js';
import type { QueueCounts } from './queue-history.js';

/** Everybody who uses one front of the broker, over all its lives, and what they know of it. */
export interface FrontLoad {
  readonly name: string;
  /** Of a front with queues. */
  readonly queueCounts: QueueCounts | null;
  /** What was answered so far. */
  readonly answered: number;
  /** Makes what the load needs, in the first life. */
  begin(broker: BrokerProcess): Promise<void>;
  /** Everybody works until the broker is gone. */
  drives(broker: BrokerProcess): Promise<void>[];
  /** The broker was killed, and nobody works any more. */
  killed(): void;
  /** After a start; `whole` where everything is to be looked at. */
  check(broker: BrokerProcess, whole: boolean): Promise<void>;
  /** Nothing comes any more: whoever may send again does, and everything is looked at. */
  finish(broker: BrokerProcess): Promise<void>;
  /** The broker will be told to stop: what it answers then is no violation. */
  stopping(): void;
  /** What the load came to, a line each. */
  told(): readonly (readonly [what: string, value: string])[];
}
