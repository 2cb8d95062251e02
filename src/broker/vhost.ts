import type { ByteReader } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import type { ExchangeProperties, ExchangeType } from './routing/exchange.js';
import { noHeaders } from './routing/headers.js';
import { defaultExchangeName, type Router } from './routing/router.js';

/** The kinds of queue that may be made where a declaration names none. */
export const queueTypes = ['classic', 'quorum', 'stream'] as const;
export type QueueType = (typeof queueTypes)[number];

/** What is told of a virtual host, and what may be changed. */
export interface VhostMetadata {
  readonly description: string;
  readonly tags: readonly string[];
  /** Null stands for the broker's own default. */
  readonly defaultQueueType: QueueType | null;
  /** Whether it must be unprotected before it can be deleted. */
  readonly protectedFromDeletion: boolean;
}

export const plainMetadata: VhostMetadata = {
  description: '',
  tags: [],
  defaultQueueType: null,
  protectedFromDeletion: false,
};

/** Null is no limit. */
export interface VhostLimits {
  readonly maxConnections: number | null;
  readonly maxQueues: number | null;
}

export const noVhostLimits: VhostLimits = { maxConnections: null, maxQueues: null };

/** A namespace of exchanges and queues. */
export class Vhost {
  readonly name: string;
  /** Never given again, also after this one is deleted. */
  readonly id: number;
  readonly router: Router;
  metadata: VhostMetadata;
  limits: VhostLimits = noVhostLimits;
  /** Open connections, counted by the fronts. */
  connectionCount = 0;

  constructor(name: string, id: number, router: Router, metadata: VhostMetadata) {
    this.name = name;
    this.id = id;
    this.router = router;
    this.metadata = metadata;
  }

  /** Whether one more connection would be over the limit. */
  get connectionsFull(): boolean {
    const { maxConnections } = this.limits;
    return maxConnections !== null && this.connectionCount >= maxConnections;
  }

  /** Whether one more queue would be over the limit when there are `queueCount`. */
  queuesFull(queueCount: number): boolean {
    const { maxQueues } = this.limits;
    return maxQueues !== null && queueCount >= maxQueues;
  }
}

const nameBytesMax = 255;

/** Why a virtual host cannot have this name, for people. */
export function vhostNameFault(name: string): string | null {
  if (name === '') return 'the name of a virtual host must not be empty';
  if (Buffer.byteLength(name) > nameBytesMax) return `the name of a virtual host has at most ${nameBytesMax} bytes`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\u0000-\u001f\u007f]/.test(name) ? 'the name of a virtual host must not have control characters' : null;
}

function predeclared(name: string, type: ExchangeType, internal = false): ExchangeProperties {
  return { name, type, durable: true, autoDelete: false, internal, alternate: null, arguments: noHeaders };
}

/** As listings show it; the router knows it without being told. */
export const defaultExchange: ExchangeProperties = predeclared(defaultExchangeName, 'direct');

/** The exchanges that are in every virtual host from the start, besides the default one. */
export const predeclaredExchanges: readonly ExchangeProperties[] = [
  predeclared('amq.direct', 'direct'),
  predeclared('amq.fanout', 'fanout'),
  predeclared('amq.headers', 'headers'),
  predeclared('amq.match', 'headers'),
  predeclared('amq.rabbitmq.trace', 'topic', true),
  predeclared('amq.topic', 'topic'),
];

/** Whether a name is the broker's to give: clients neither declare nor delete what is called so. */
export function isReservedName(name: string): boolean {
  return name.startsWith('amq.');
}

export function writeMetadata(into: ByteWriter, metadata: VhostMetadata): void {
  into.string(metadata.description);
  into.uvarint(metadata.tags.length);
  for (const tag of metadata.tags) into.string(tag);
  into.u8(metadata.defaultQueueType === null ? 0 : queueTypes.indexOf(metadata.defaultQueueType) + 1);
  into.u8(metadata.protectedFromDeletion ? 1 : 0);
}

export function readMetadata(from: ByteReader): VhostMetadata {
  const description = from.string();
  const tags: string[] = [];
  for (let left = from.uvarint(); left > 0; left--) tags.push(from.string());
  return {
    description,
    tags,
    defaultQueueType: queueTypes[from.u8() - 1] ?? null,
    protectedFromDeletion: from.u8() === 1,
  };
}

/** No limit is nought, so that a limit is one more than it says. */
export function writeVhostLimits(into: ByteWriter, { maxConnections, maxQueues }: VhostLimits): void {
  into.uvarint(maxConnections === null ? 0 : maxConnections + 1);
  into.uvarint(maxQueues === null ? 0 : maxQueues + 1);
}

export function readVhostLimits(from: ByteReader): VhostLimits {
  const read = (): number | null => {
    const coded = from.uvarint();
    return coded === 0 ? null : coded - 1;
  };
  return { maxConnections: read(), maxQueues: read() };
}
