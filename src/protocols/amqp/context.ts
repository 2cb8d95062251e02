import type { Broker } from '../../broker/broker.js';
import type { Clock } from '../../lib/clock.js';
import type { Histogram } from '../../lib/histogram.js';
import type { Logger } from '../../lib/logger.js';
import type { Random } from '../../lib/random.js';
import type { DirectReplies } from './direct-replies.js';
import type { AmqpSession } from './session.js';
import type { Traffic } from './traffic.js';
import type { OutSlab } from './wire-out.js';

export interface AmqpSettings {
  /** What clients are told they talk to. */
  readonly product: string;
  readonly version: string;
  readonly clusterName: string;
  readonly frameBytesMax: number;
  readonly channelsMax: number;
  /** Seconds; 0 for none. */
  readonly heartbeatS: number;
  readonly messageBytesMax: number;
  /** How long a client may take until it has opened a virtual host. */
  readonly handshakeMs: number;
  /** How long a login that failed is kept waiting, for clients that are not told of it. */
  readonly authenticationFailureDelayMs: number;
  /** How long a delivery may stay unacknowledged; 0 for ever. */
  readonly consumerTimeoutMs: number;
  /** How long the other side may take to answer a close. */
  readonly closeMs: number;
  /** What transactions of all channels may keep before they commit. */
  readonly transactionBytesMax: number;
  /** Whether the user `guest` may come from other machines too. */
  readonly guestFromAnywhere: boolean;
}

/** What the front is given. */
export interface AmqpParts {
  readonly broker: Broker;
  readonly settings: AmqpSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly slab: OutSlab;
  /** Every connection that is open, for listings and for what ends with them. */
  readonly sessions: Set<AmqpSession>;
}

/** What all connections of the front share. */
export interface AmqpContext extends AmqpParts {
  /** Who waits for answers without a queue. */
  readonly replies: DirectReplies;
  /** What transactions keep that are not committed. */
  readonly uncommitted: { bytes: number };
  /** Of the connections that are gone. */
  readonly past: Traffic;
  /** How many there ever were. */
  readonly opened: { channels: number };
  /** Of bodies that were published; those of a run by their mean. */
  readonly sizes: Histogram;
}
