import type { Broker } from '../../broker/broker.js';
import type { Clock } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import type { Random } from '../../lib/random.js';
import type { MoveTasks } from './move-tasks.js';
import type { Receivers } from './receivers.js';

export interface SqsSettings {
  /** In ARNs, and what signatures have to be for. */
  readonly region: string;
  readonly accountId: string;
  /** `http://host:port` that queue URLs begin with; '' for where the request was sent to. */
  readonly urlBase: string;
  readonly requestBytesMax: number;
}

/** What all requests share. */
export interface SqsContext {
  readonly broker: Broker;
  readonly settings: SqsSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** For whom messages are locked: a time ends these locks, not somebody's going away. */
  readonly holder: number;
  readonly receivers: Receivers;
  readonly moves: MoveTasks;
  /** When queues were purged last, by log. */
  readonly purgedMs: Map<number, number>;
}
