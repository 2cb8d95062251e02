import { unreachable } from '../../lib/assert.js';
import type { Binding, BindingIndex } from './binding.js';
import { DirectIndex, FanoutIndex, HeadersIndex } from './binding-index.js';
import type { Headers } from './headers.js';
import { TopicTrie } from './topic-trie.js';

export const exchangeTypes = ['direct', 'fanout', 'topic', 'headers'] as const;

export type ExchangeType = (typeof exchangeTypes)[number];

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
    this.arguments = properties.arguments;
    this.index = indexFor(properties.type);
  }

  /** The name of the first property that differs, `null` when a declaration asks for what is there. */
  difference(from: ExchangeProperties): 'type' | 'durable' | 'autoDelete' | 'internal' | 'alternate' | null {
    if (this.type !== from.type) return 'type';
    if (this.durable !== from.durable) return 'durable';
    if (this.autoDelete !== from.autoDelete) return 'autoDelete';
    if (this.internal !== from.internal) return 'internal';
    if (this.alternate !== from.alternate) return 'alternate';
    return null;
  }
}

function indexFor(type: ExchangeType): BindingIndex {
  switch (type) {
    case 'direct':
      return new DirectIndex();
    case 'fanout':
      return new FanoutIndex();
    case 'topic':
      return new TopicTrie();
    case 'headers':
      return new HeadersIndex();
    default:
      return unreachable(type);
  }
}
