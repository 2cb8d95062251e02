import type { Histogram } from '../lib/histogram.js';
import type { JsonObject } from '../lib/json.js';
import type { Address } from './front.js';

/** What the admin API shows of a front's clients, and does for somebody who is none. Fronts implement it. */

/** One connection of a client. */
export interface WatchedConnection {
  /** `10.0.0.7:51234 -> 10.0.0.1:5672`, in no other connection at the time. */
  readonly name: string;
  readonly user: string;
  readonly vhost: string;
  facts(): ConnectionFacts;
  channels(): Iterable<ChannelFacts>;
  /** Tells the client why, and ends it. */
  close(reason: string): void;
}

export interface ConnectionFacts {
  readonly protocol: string;
  readonly state: 'running' | 'blocked' | 'closing';
  readonly peer: Address;
  readonly local: Address;
  readonly connectedMs: number;
  readonly channelCount: number;
  readonly channelMax: number;
  readonly frameBytesMax: number;
  readonly heartbeatS: number;
  readonly receivedBytes: number;
  readonly clientProperties: JsonObject;
}

export interface ChannelFacts {
  readonly number: number;
  readonly state: 'running' | 'closing';
  readonly confirms: boolean;
  readonly transactional: boolean;
  /** Handed out and not settled. */
  readonly unacked: number;
  /** Of the channel as a whole, and of each consumer; 0 for no limit. */
  readonly prefetch: number;
  readonly consumerPrefetch: number;
  readonly traffic: TrafficFacts;
  readonly consumers: readonly ConsumerFacts[];
}

/** Counts since the channel was opened. */
export interface TrafficFacts {
  readonly published: number;
  readonly confirmed: number;
  /** What could not be kept, and the publisher was told so. */
  readonly refused: number;
  readonly returned: number;
  readonly dropped: number;
  readonly delivered: number;
  readonly deliveredNoAck: number;
  readonly got: number;
  readonly gotNoAck: number;
  readonly gotEmpty: number;
  readonly redelivered: number;
  readonly acknowledged: number;
}

/** What a front counts since it was opened, for metrics. */
export interface FrontFacts {
  /** As labels have it: `kafka`. */
  readonly name: string;
  readonly connections: ConnectionsFacts;
  /** From clients, and to them; the second with what was handed out before. */
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly messagesOutAgain: number;
  /** Told by clients to be done with. */
  readonly messagesDone: number;
}

export interface ConnectionsFacts {
  readonly open: number;
  readonly opened: number;
  readonly closed: number;
  readonly refused: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

export interface AmqpPresence {
  readonly channels: number;
  readonly channelsOpened: number;
  /** Channels that have published. */
  readonly publishers: number;
  readonly consumers: number;
}

/** What RabbitMQ has metrics of. */
export interface AmqpFacts {
  readonly front: FrontFacts;
  readonly traffic: TrafficFacts;
  readonly presence: AmqpPresence;
  readonly sizes: Histogram;
}

export interface ConsumerFacts {
  readonly tag: string;
  readonly vhost: string;
  readonly queue: string;
  readonly acknowledges: boolean;
  readonly exclusive: boolean;
  /** Whether it is its turn where there may be only one. */
  readonly active: boolean;
  readonly prefetch: number;
  readonly arguments: JsonObject;
}

export interface DeskPublish {
  readonly vhost: string;
  readonly user: string;
  readonly exchange: string;
  readonly key: string;
  /** By the names the management API has for them. */
  readonly properties: JsonObject;
  readonly payload: Buffer;
}

export interface DeskMessage {
  readonly exchange: string;
  readonly key: string;
  readonly redelivered: boolean;
  /** How many were left in the queue. */
  readonly left: number;
  readonly properties: JsonObject;
  readonly payload: Buffer;
}

/** What becomes of messages that somebody has looked at. */
export type DeskSettlement = 'requeue' | 'requeue-counted' | 'ack' | 'reject';

/** Messages in and out for people and tools without a connection. */
export interface MessageDesk {
  /** Answers whether it went to any queue, or what is wrong with it. */
  publish(publish: DeskPublish): boolean | string;
  /** Up to `countMax` from the head of the queue; null when there is no such queue. */
  take(vhost: string, queue: string, countMax: number, settlement: DeskSettlement): Promise<DeskMessage[] | null>;
}
