import { unreachable } from '../../lib/assert.js';
import type { Binding, BindingIndex } from './binding.js';
import { DirectIndex, FanoutIndex, HeadersIndex } from './binding-index.js';
import { HashIndex, hashedBy } from './hash-index.js';
import type { Headers } from './headers.js';
import { TopicTrie } from './topic-trie.js';

/** The order is that of the stored form. */
export const exchangeTypes = [
  'direct',
  'fanout',
  'topic',
  'headers',
  'x-consistent-hash',
  'x-delayed-message',
] as const;

export type ExchangeType = (typeof exchangeTypes)[number];

/** The types that say themselves where a message goes; `x-delayed-message` says when, and names one of these. */
export type RoutingType = Exclude<ExchangeType, 'x-delayed-message'>;

export const delayedTypeArgument = 'x-delayed-type';

/** Null for what is no type of exchange. */
export function exchangeTypeOf(name: string): ExchangeType | null {
  return exchangeTypes.find((type) => type === name) ?? null;
}

/** How an exchange of that type and with these arguments routes; null when they do not say. */
export function routingTypeOf(type: ExchangeType, args: Headers): RoutingType | null {
  if (type !== 'x-delayed-message') return type;
  const named = args.get(delayedTypeArgument);
  const routes = typeof named === 'string' ? exchangeTypeOf(named) : null;
  return routes === 'x-delayed-message' ? null : routes;
}

/** Why there cannot be an exchange of that type with these arguments, for people. */
export function exchangeFault(type: ExchangeType, args: Headers): string | null {
  const routes = routingTypeOf(type, args);
  if (routes === null) return `Invalid argument, '${delayedTypeArgument}' must be an existing exchange type`;
  if (routes !== 'x-consistent-hash') return null;
  const by = hashedBy(args);
  return typeof by === 'string' ? by : null;
}

export interface ExchangeProperties {
  readonly name: string;
  readonly type: ExchangeType;
  /** Kept for whoever starts the broker: see `Router.forgetTransient`. */
  readonly durable: boolean;
  /** Goes away with the last binding that leads away from it. */
  readonly autoDelete: boolean;
  /** Fed by bindings only: the front refuses to publish to it. */
  readonly internal: boolean;
  /** The exchange that takes over a message no binding here matches. It need not exist. */
  readonly alternate: string | null;
  readonly arguments: Headers;
}

export class Exchange implements ExchangeProperties {
  readonly name: string;
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly alternate: string | null;
  readonly arguments: Headers;
  /** What decides where a message goes. */
  readonly routesAs: RoutingType;
  /** The alternate that holds: the one declared, or else what a policy names. */
  fallback: string | null;
  /** Whether a message waits for as long as it says before it is routed. */
  readonly delayed: boolean;
  /** Whether the answer depends on more than the routing key: on headers or properties. */
  readonly readsContent: boolean;
  /** The bindings that lead away from here, by identity, and those that lead here. */
  readonly outgoing: Map<string, Binding> = new Map();
  readonly incoming: Set<Binding> = new Set();
  readonly index: BindingIndex;
  /** The walk that last came by: how a cycle of exchanges ends. */
  walkedAt = 0;

  constructor(properties: ExchangeProperties) {
    this.name = properties.name;
    this.type = properties.type;
    this.durable = properties.durable;
    this.autoDelete = properties.autoDelete;
    this.internal = properties.internal;
    this.alternate = properties.alternate;
    this.fallback = properties.alternate;
    this.arguments = properties.arguments;
    // What was declared was asked for its faults.
    this.routesAs = routingTypeOf(properties.type, properties.arguments) ?? 'direct';
    this.delayed = properties.type === 'x-delayed-message';
    this.readsContent = readsContent(this.routesAs, properties.arguments);
    this.index = indexFor(this.routesAs, properties.arguments);
  }

  /** The name of the first property that differs, `null` when a declaration asks for what is there. */
  difference(from: ExchangeProperties): 'type' | 'durable' | 'autoDelete' | 'internal' | 'alternate' | null {
    if (this.type !== from.type || this.routesAs !== routingTypeOf(from.type, from.arguments)) return 'type';
    if (this.durable !== from.durable) return 'durable';
    if (this.autoDelete !== from.autoDelete) return 'autoDelete';
    if (this.internal !== from.internal) return 'internal';
    if (this.alternate !== from.alternate) return 'alternate';
    return null;
  }
}

function readsContent(type: RoutingType, args: Headers): boolean {
  if (type === 'headers') return true;
  if (type !== 'x-consistent-hash') return false;
  const by = hashedBy(args);
  return typeof by === 'object' && by.kind !== 'key';
}

function indexFor(type: RoutingType, args: Headers): BindingIndex {
  switch (type) {
    case 'direct':
      return new DirectIndex();
    case 'fanout':
      return new FanoutIndex();
    case 'topic':
      return new TopicTrie();
    case 'headers':
      return new HeadersIndex();
    case 'x-consistent-hash': {
      const by = hashedBy(args);
      return new HashIndex(typeof by === 'string' ? { kind: 'key' } : by);
    }
    default:
      return unreachable(type);
  }
}
