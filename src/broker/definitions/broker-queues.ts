import { BrokerError } from '../errors.js';
import type { Queues } from '../queue/queues.js';
import { queueKey, queuePlace } from '../queue-key.js';
import { isReservedName } from '../vhost.js';
import type { Vhosts } from '../vhosts.js';
import type { QueueDefinition } from './definition-shapes.js';
import type { DefinedQueues } from './definitions.js';

/** The broker's queues, as definitions see them. */
export class BrokerQueues implements DefinedQueues {
  private readonly queues: Queues;
  private readonly vhosts: Vhosts;

  constructor(queues: Queues, vhosts: Vhosts) {
    this.queues = queues;
    this.vhosts = vhosts;
  }

  *definitions(vhost: string): IterableIterator<QueueDefinition> {
    for (const { name: key, options } of this.queues.all()) {
      const place = queuePlace(key);
      if (place.vhost !== vhost || !options.durable || options.exclusive || isReservedName(place.name)) continue;
      const { type, durable, autoDelete } = options;
      const args = options.arguments.has('x-queue-type')
        ? options.arguments
        : new Map([...options.arguments, ['x-queue-type', type] as const]);
      yield { vhost, name: place.name, durable, autoDelete, arguments: args };
    }
  }

  destination(vhost: string, name: string): number | undefined {
    return this.queues.get(queueKey(vhost, name))?.log.id;
  }

  declare({ vhost, name, durable, autoDelete, arguments: args }: QueueDefinition): string | null {
    const key = queueKey(vhost, name);
    if (this.queues.get(key) !== undefined) return null;
    const type = args.get('x-queue-type') ?? this.vhosts.get(vhost)?.metadata.defaultQueueType ?? 'classic';
    if (type !== 'classic' && type !== 'quorum')
      return `a queue of type '${String(type)}' cannot be made from definitions`;
    try {
      this.queues.declare(key, {
        type,
        durable,
        exclusive: false,
        autoDelete,
        arguments: args,
        admission: args.has('x-max-priority') ? 'explicit' : 'implicit',
      });
      return null;
    } catch (error) {
      if (!(error instanceof BrokerError) || error.code !== 'invalid-queue-name') throw error;
      return error.message;
    }
  }
}
