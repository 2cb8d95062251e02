import { BrokerError } from '../errors.js';
import type { Queue } from '../queue/queue.js';
import type { Queues } from '../queue/queues.js';
import type { QueueOptions } from '../queue/settings.js';
import { defaultVhost, queueKey, queuePlace } from '../queue-key.js';
import { nestsTooDeeply } from '../routing/headers.js';
import { Topic } from '../topic.js';
import { isReservedName } from '../vhost.js';
import type { Vhosts } from '../vhosts.js';
import type { DefinedStreams } from './defined-streams.js';
import type { QueueDefinition } from './definition-shapes.js';
import type { DefinedQueues } from './definitions.js';
import { queueArgumentsFault, queueDifference } from './queue-arguments.js';

/** The broker's queues, as definitions and the management API see them. */
export class BrokerQueues implements DefinedQueues {
  readonly streams: DefinedStreams;
  private readonly queues: Queues;
  private readonly vhosts: Vhosts;

  constructor(queues: Queues, vhosts: Vhosts, streams: DefinedStreams) {
    this.queues = queues;
    this.vhosts = vhosts;
    this.streams = streams;
  }

  *definitions(vhost: string): IterableIterator<QueueDefinition> {
    for (const { name: key, options } of this.queues.all()) {
      const { vhost: place, name } = queuePlace(key);
      if (place !== vhost || !options.durable || options.exclusive || isReservedName(name)) continue;
      const { durable, autoDelete } = options;
      yield { vhost, name, durable, autoDelete, arguments: argumentsWithType(options) };
    }
    if (vhost === defaultVhost) for (const topic of this.streams.all()) yield this.streams.definitionOf(topic);
  }

  destination(vhost: string, name: string): number | undefined {
    const queue = this.find(vhost, name);
    if (queue !== undefined) return queue.log.id;
    const topic = this.streams.find(vhost, name);
    return topic === undefined ? undefined : this.streams.destinationOf(topic);
  }

  find(vhost: string, name: string): Queue | undefined {
    return this.queues.get(queueKey(vhost, name));
  }

  /** One that is there is not asked whether it agrees: see `difference`. */
  declare(queue: QueueDefinition): string | null {
    const { vhost, name } = queue;
    const place = this.vhosts.get(vhost);
    if (place === undefined) return `there is no virtual host '${vhost}'`;
    if (this.find(vhost, name) !== undefined || this.streams.find(vhost, name) !== undefined) return null;
    if (this.typeOf(queue) === 'stream') return this.streams.declare(queue);
    const options = this.optionsOf(queue);
    if (typeof options === 'string') return options;
    // Counting goes through all queues: only where there is a limit.
    if (place.limits.maxQueues !== null && place.queuesFull(this.queues.countIn(vhost))) {
      return `queue limit in vhost '${vhost}' (${place.limits.maxQueues}) is reached`;
    }
    try {
      this.queues.declare(queueKey(vhost, name), options);
      return null;
    } catch (error) {
      if (!(error instanceof BrokerError) || error.code !== 'invalid-queue-name') throw error;
      return error.message;
    }
  }

  /** In what a definition does not agree with the queue of that name. */
  difference(asked: QueueDefinition, there: Queue | Topic): string | null {
    const type = this.typeOf(asked);
    if (there instanceof Topic || type === 'stream') {
      const differs = !(there instanceof Topic) || type !== 'stream';
      const current = there instanceof Topic ? 'stream' : there.options.type;
      if (differs) return `inequivalent arg 'x-queue-type': received '${type}' but current is '${current}'`;
      return this.streams.difference(asked, there);
    }
    const options = this.optionsOf(asked);
    return typeof options === 'string' ? options : queueDifference(options, there.options);
  }

  private typeOf({ vhost, arguments: args }: QueueDefinition): string {
    return String(args.get('x-queue-type') ?? this.vhosts.get(vhost)?.metadata.defaultQueueType ?? 'classic');
  }

  /** What the queue would be declared as, or why it cannot be. */
  private optionsOf(queue: QueueDefinition): QueueOptions | string {
    const { durable, autoDelete, arguments: args } = queue;
    const type = this.typeOf(queue);
    if (type !== 'classic' && type !== 'quorum') return `a queue of type '${String(type)}' cannot be made here`;
    if (type === 'quorum' && (!durable || autoDelete)) return `a queue of type quorum is durable and not auto-delete`;
    const fault = nestsTooDeeply(args) ? 'arguments are nested too deeply' : queueArgumentsFault(args, type);
    return fault ?? { type, durable, exclusive: false, autoDelete, arguments: args, admission: 'implicit' };
  }
}

/** The arguments of a queue, its type always among them: that tells it to whoever reads them. */
export function argumentsWithType({ type, arguments: args }: QueueOptions): QueueOptions['arguments'] {
  return args.has('x-queue-type') ? args : new Map([...args, ['x-queue-type', type] as const]);
}
