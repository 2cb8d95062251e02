import type { Broker } from '../../broker/broker.js';
import type { Moves } from '../../broker/queue/moves.js';
import type { Clock } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import type { Random } from '../../lib/random.js';
import { Attempts } from './attempts.js';
import { Receivers } from './receivers.js';
import { Tenants } from './tenants.js';

export interface SqsSettings {
  /** In ARNs, and what signatures have to be for. */
  readonly region: string;
  readonly accountId: string;
  /** `http://host:port` that queue URLs begin with; '' for where the request was sent to. */
  readonly urlBase: string;
  readonly requestBytesMax: number;
}

/** What the front stands on. */
export interface SqsGround {
  readonly broker: Broker;
  readonly settings: SqsSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** What went through the front: numbers that only grow. */
export class SqsTraffic {
  sent = 0;
  received = 0;
  /** Of those received, what had been received before. */
  receivedAgain = 0;
  /** Receives that found nothing. */
  receivedNone = 0;
  deleted = 0;
}

/** What all requests share. */
export interface SqsContext extends SqsGround {
  /** For whom messages are locked: a time ends these locks, not somebody's going away. */
  readonly holder: number;
  readonly receivers: Receivers;
  readonly attempts: Attempts;
  readonly tenants: Tenants;
  readonly moves: Moves;
  /** When queues were purged last, by log. */
  readonly purgedMs: Map<number, number>;
  readonly traffic: SqsTraffic;
}

export function contextOn({ broker, settings, clock, random, logger }: SqsGround): SqsContext {
  return {
    broker,
    settings,
    clock,
    random,
    logger,
    holder: broker.queues.nextHolder(),
    receivers: new Receivers(clock),
    attempts: new Attempts(clock),
    tenants: new Tenants(clock),
    moves: broker.moves,
    purgedMs: new Map<number, number>(),
    traffic: new SqsTraffic(),
  };
}
