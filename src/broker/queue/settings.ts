import { type Headers, type HeaderValue, noHeaders } from '../routing/headers.js';

export type QueueType = 'classic' | 'quorum';

/** What a queue was declared as; a declaration of the same queue has to agree. */
export interface QueueOptions {
  readonly type: QueueType;
  /** Outlives the process. */
  readonly durable: boolean;
  /** Goes with the connection that declared it. */
  readonly exclusive: boolean;
  /** Goes with its last consumer. */
  readonly autoDelete: boolean;
  readonly arguments: Headers;
  /** `explicit` where messages have groups: see Ledger. */
  readonly admission: 'implicit' | 'explicit';
}

export const defaultQueueOptions: QueueOptions = {
  type: 'classic',
  durable: true,
  exclusive: false,
  autoDelete: false,
  arguments: noHeaders,
  admission: 'implicit',
};

export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';

/** Where dead letters go. */
export interface DeadLetterRoute {
  readonly exchange: string;
  /** The routing key to use; null for the message's own keys. */
  readonly key: string | null;
  /**
   * Straight into the queue whose name is the key, as SQS has it: a message stays what it was, with its own key, its
   * count of receives and its age. Those whose time is over are not sent there, and without that queue they wait.
   */
  readonly straight?: true;
}

/** How a queue behaves now: from its arguments and from what policies say. Infinity is no limit. */
export interface QueueSettings {
  readonly messageTtlMs: number;
  /** Unused for so long, the queue goes. */
  readonly expiresMs: number;
  readonly lengthMax: number;
  readonly bytesMax: number;
  readonly overflow: Overflow;
  readonly deadLetter: DeadLetterRoute | null;
  /** After so many counted attempts a message is dead; -1 for never. */
  readonly deliveryLimit: number;
  /** 0 for a queue without priorities. */
  readonly priorityMax: number;
  readonly singleActive: boolean;
  /** How long a holder may keep a message, 0 for ever. */
  readonly consumerTimeoutMs: number;
  /** How long what is done can still be read; 0 for not at all. */
  readonly retentionMs: number;
  /** The topic that it is a window on: what is published here goes there, and a group works that off. Null for none. */
  readonly topic: string | null;
}

export const defaultQueueSettings: QueueSettings = {
  messageTtlMs: Number.POSITIVE_INFINITY,
  expiresMs: Number.POSITIVE_INFINITY,
  lengthMax: Number.POSITIVE_INFINITY,
  bytesMax: Number.POSITIVE_INFINITY,
  overflow: 'drop-head',
  deadLetter: null,
  deliveryLimit: -1,
  priorityMax: 0,
  singleActive: false,
  consumerTimeoutMs: 0,
  retentionMs: 0,
  topic: null,
};

/** RabbitMQ's for quorum queues. */
const quorumDeliveryLimit = 20;

/**
 * The settings that follow from a queue's arguments, and from its attributes, which win: they can be changed. Whoever
 * declares has checked them.
 */
export function settingsOf(options: QueueOptions, attributes: Headers = noHeaders): QueueSettings {
  const args = attributes.size === 0 ? options.arguments : new Map([...options.arguments, ...attributes]);
  const straight = args.get('x-dead-letter-queue');
  const exchange = args.get('x-dead-letter-exchange');
  const key = args.get('x-dead-letter-routing-key');
  const overflow = args.get('x-overflow');
  return {
    messageTtlMs: whole(args.get('x-message-ttl'), Number.POSITIVE_INFINITY),
    expiresMs: whole(args.get('x-expires'), Number.POSITIVE_INFINITY),
    lengthMax: whole(args.get('x-max-length'), Number.POSITIVE_INFINITY),
    bytesMax: whole(args.get('x-max-length-bytes'), Number.POSITIVE_INFINITY),
    overflow: overflow === 'reject-publish' || overflow === 'reject-publish-dlx' ? overflow : 'drop-head',
    deadLetter:
      typeof straight === 'string'
        ? { exchange: '', key: straight, straight: true }
        : typeof exchange === 'string'
          ? { exchange, key: typeof key === 'string' ? key : null }
          : null,
    deliveryLimit: whole(args.get('x-delivery-limit'), options.type === 'quorum' ? quorumDeliveryLimit : -1),
    priorityMax: Math.min(255, whole(args.get('x-max-priority'), 0)),
    singleActive: args.get('x-single-active-consumer') === true,
    consumerTimeoutMs: whole(args.get('x-consumer-timeout'), 0),
    retentionMs: whole(args.get('x-retention-ms'), 0),
    topic: windowTopic(attributes),
  };
}

/** Attributes of a queue that is a window on a topic that a group works off. */
export const windowAttributes = { topic: 'naru-topic', group: 'naru-group' } as const;

function windowTopic(attributes: Headers): string | null {
  const topic = attributes.get(windowAttributes.topic);
  return typeof topic === 'string' ? topic : null;
}

function whole(value: HeaderValue | undefined, otherwise: number): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : otherwise;
}

/** The settings' limit is of returns that are allowed, the ledger's of attempts after which there is no further one. */
export function attemptsMax(settings: QueueSettings): number {
  return settings.deliveryLimit < 0 ? -1 : settings.deliveryLimit + 1;
}
