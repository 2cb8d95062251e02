import { BrokerError } from '../errors.js';
import type { Queue } from '../queue/queue.js';
import type { Queues } from '../queue/queues.js';
import type { QueueOptions } from '../queue/settings.js';
import { queueKey, queuePlace } from '../queue-key.js';
import { nestsTooDeeply } from '../routing/headers.js';
import { isReservedName } from '../vhost.js';
import type { Vhosts } from '../vhosts.js';
import type { QueueDefinition } from './definition-shapes.js';
import type { DefinedQueues } from './definitions.js';
import { queueArgumentsFault, queueDifference } from './queue-arguments.js';

/** The broker's queues, as definitions and the management API see them. */
export class BrokerQueues implements DefinedQueues {
  private readonly queues: Queues;
  private readonly vhosts: Vhosts;

  constructor(queues: Queues, vhosts: Vhosts) {
    this.queues = queues;
    this.vhosts = vhosts;
  }

  *definitions(vhost: string): IterableIterator<QueueDefinition> {
    for (const { name: key, options } of this.queues.all()) {
      const { vhost: place, name } = queuePlace(key);
      if (place !== vhost || !options.durable || options.exclusive || isReservedName(name)) continue;
      const { durable, autoDelete } = options;
      yield { vhost, name, durable, autoDelete, arguments: argumentsWithType(options) };
    }
  }

  destination(vhost: string, name: string): number | undefined {
    return this.find(vhost, name)?.log.id;
  }

  find(vhost: string, name: string): Queue | undefined {
    return this.queues.get(queueKey(vhost, name));
  }

  /** One that is there is not asked whether it agrees: see `difference`. */
  declare(queue: QueueDefinition): string | null {
    const { vhost, name } = queue;
    const place = this.vhosts.get(vhost);
    if (place === undefined) return `there is no virtual host '${vhost}'`;
    if (this.find(vhost, name) !== undefined) return null;
    const options = this.optionsOf(queue);
    if (typeof options === 'string') return options;
    if (place.queuesFull(this.queues.countIn(vhost))) {
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
  difference(asked: QueueDefinition, there: Queue): string | null {
    const options = this.optionsOf(asked);
    return typeof options === 'string' ? options : queueDifference(options, there.options);
  }

  /** What the queue would be declared as, or why it cannot be. */
  private optionsOf({ vhost, durable, autoDelete, arguments: args }: QueueDefinition): QueueOptions | string {
    const type = args.get('x-queue-type') ?? this.vhosts.get(vhost)?.metadata.defaultQueueType ?? 'classic';
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
