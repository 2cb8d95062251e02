import { randomUUID } from 'node:crypto';
import type { Broker } from '../../../broker/broker.js';
import type { Queue } from '../../../broker/queue/queue.js';
import type { Binding } from '../../../broker/routing/binding.js';
import type { Exchange } from '../../../broker/routing/exchange.js';
import type { Headers, HeaderValue } from '../../../broker/routing/headers.js';

/** What a topic's exchange and a subscription's binding have of SNS, among their arguments. */
const ownArgument = 'x-sns';
const tagsArgument = 'x-sns-tags';

export type Texts = ReadonlyMap<string, string>;

/** Queue and attributes of one who is told of what is published. */
export interface Subscription {
  readonly id: string;
  readonly topic: string;
  readonly binding: Binding;
  readonly attributes: Texts;
}

/**
 * Topics are exchanges that send everything to everybody, subscriptions are their bindings: so both are as durable as
 * those, and what AMQP clients publish to the exchange reaches the queues too.
 */
export class Topics {
  private readonly broker: Broker;

  constructor(broker: Broker) {
    this.broker = broker;
  }

  /** Null where there is none, or an exchange that is no topic. */
  find(name: string): Exchange | null {
    const exchange = this.broker.router.find(name);
    return exchange?.arguments.get(ownArgument) instanceof Map ? exchange : null;
  }

  names(): string[] {
    const names: string[] = [];
    for (const { name } of this.broker.router.exchanges()) if (this.find(name) !== null) names.push(name);
    return names.sort();
  }

  create(name: string, attributes: Texts, tags: Texts): void {
    const args = new Map<string, HeaderValue>([
      [ownArgument, new Map(attributes)],
      [tagsArgument, new Map(tags)],
    ]);
    this.broker.router.declare({
      name,
      type: 'fanout',
      durable: true,
      autoDelete: false,
      internal: false,
      alternate: null,
      arguments: args,
    });
  }

  delete(name: string): void {
    this.broker.router.delete(name);
  }

  attributesOf(topic: Exchange): Texts {
    return textsIn(topic.arguments, ownArgument) ?? new Map();
  }

  tagsOf(topic: Exchange): Texts {
    return textsIn(topic.arguments, tagsArgument) ?? new Map();
  }

  subscriptionsOf(topic: Exchange): Subscription[] {
    const subscriptions: Subscription[] = [];
    for (const binding of topic.outgoing.values()) {
      const attributes = textsIn(binding.arguments, ownArgument);
      if (attributes !== null) subscriptions.push({ id: binding.key, topic: topic.name, binding, attributes });
    }
    return subscriptions;
  }

  subscription(topic: string, id: string): Subscription | null {
    const exchange = this.find(topic);
    return exchange === null ? null : (this.subscriptionsOf(exchange).find((other) => other.id === id) ?? null);
  }

  queueOf({ binding }: Subscription): Queue | undefined {
    return typeof binding.destination === 'number' ? this.broker.queues.of(binding.destination) : undefined;
  }

  subscribe(topic: Exchange, queue: Queue, attributes: Texts): string {
    const id = randomUUID();
    this.broker.router.bind(topic.name, queue.log.id, id, argumentsOf(attributes));
    return id;
  }

  /** Bindings do not change: another takes the place of this one, in the same bundle. */
  change({ topic, id, binding }: Subscription, attributes: Texts): void {
    const { router } = this.broker;
    router.unbind(topic, binding.destination, id, binding.arguments);
    router.bind(topic, binding.destination, id, argumentsOf(attributes));
  }

  unsubscribe({ topic, id, binding }: Subscription): void {
    this.broker.router.unbind(topic, binding.destination, id, binding.arguments);
  }
}

function argumentsOf(attributes: Texts): Headers {
  return new Map<string, HeaderValue>([[ownArgument, new Map(attributes)]]);
}

function textsIn(args: Headers, name: string): Texts | null {
  const value = args.get(name);
  if (!(value instanceof Map)) return null;
  const texts = new Map<string, string>();
  for (const [key, text] of value as Headers) texts.set(key, String(text));
  return texts;
}
