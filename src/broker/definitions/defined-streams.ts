import type { Catalog } from '../catalog.js';
import { BrokerError } from '../errors.js';
import { defaultVhost } from '../queue-key.js';
import type { Headers, HeaderValue } from '../routing/headers.js';
import { destinationOf, type StreamOptions, type Streams } from '../stream/streams.js';
import type { Topic } from '../topic.js';
import type { QueueDefinition } from './definition-shapes.js';
import { isQueueArgument } from './queue-arguments.js';

const unitsMs: Readonly<Record<string, number>> = {
  Y: 365 * 86_400_000,
  M: 30 * 86_400_000,
  D: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

const partitionsMax = 10_000;

/** Of the arguments of queues, those that streams have too. */
const streamArgumentNames: ReadonlySet<string> = new Set(['x-max-length-bytes']);

/** Topics, as definitions and the management API see them: queues of type stream, in the default virtual host. */
export class DefinedStreams {
  private readonly streams: Streams;
  private readonly catalog: Catalog;

  constructor(streams: Streams, catalog: Catalog) {
    this.streams = streams;
    this.catalog = catalog;
  }

  all(): Topic[] {
    return [...this.catalog.topics()].filter((topic) => this.streams.get(topic.name) === topic);
  }

  find(vhost: string, name: string): Topic | undefined {
    return vhost === defaultVhost ? this.streams.get(name) : undefined;
  }

  countOf(topic: Topic): number {
    return this.streams.countOf(topic);
  }

  destinationOf(topic: Topic): number {
    return destinationOf(topic);
  }

  definitionOf(topic: Topic): QueueDefinition {
    const args = streamArguments(topic);
    return { vhost: defaultVhost, name: topic.name, durable: true, autoDelete: false, arguments: args };
  }

  /** Why there cannot be such a stream, for people; one that is there stays as it is. */
  declare({ vhost, name, durable, autoDelete, arguments: args }: QueueDefinition): string | null {
    if (vhost !== defaultVhost) return `streams are in the virtual host '${defaultVhost}' only`;
    if (!durable || autoDelete) return 'a queue of type stream is durable and not auto-delete';
    const options = optionsFrom(args);
    if (typeof options === 'string') return options;
    if (this.find(vhost, name) !== undefined) return null;
    try {
      this.streams.declare(name, options);
      return null;
    } catch (error) {
      if (!(error instanceof BrokerError) || !/^(topic-|invalid-)/.test(error.code)) throw error;
      return error.message;
    }
  }

  /** In what a definition does not agree with the stream that is there; what it does not say is as it is. */
  difference({ arguments: args }: QueueDefinition, topic: Topic): string | null {
    const asked = optionsFrom(args);
    if (typeof asked === 'string') return asked;
    const { config, partitions } = topic;
    for (const [name, received, current] of [
      ['x-partitions', asked.partitions, String(partitions.length)],
      ['x-max-age', asked.retentionMs, config.value('retention.ms')],
      ['x-max-length-bytes', asked.retentionBytes, config.value('retention.bytes')],
      ['x-stream-max-segment-size-bytes', asked.segmentBytes, config.value('segment.bytes')],
    ] as const) {
      if (received !== null && String(received) !== current) {
        return `inequivalent arg '${name}': received '${received}' but current is '${current}'`;
      }
    }
    return null;
  }

  delete(topic: Topic): void {
    this.catalog.delete(topic);
  }
}

/** The arguments by which the stream would be declared as what it is. */
export function streamArguments({ config, partitions }: Topic): Headers {
  const args = new Map<string, HeaderValue>([['x-queue-type', 'stream']]);
  const { retentionMs, retentionBytes } = config.retention;
  if (retentionMs >= 0) args.set('x-max-age', `${Math.ceil(retentionMs / 1000)}s`);
  if (retentionBytes >= 0) args.set('x-max-length-bytes', retentionBytes);
  if (config.overrides.has('segment.bytes')) args.set('x-stream-max-segment-size-bytes', config.log.segmentBytes);
  if (partitions.length > 1) args.set('x-partitions', partitions.length);
  return args;
}

function optionsFrom(args: Headers): StreamOptions | string {
  let fault: string | null = null;
  const whole = (name: string, least: number, most: number = Number.MAX_SAFE_INTEGER): number | null => {
    const value = args.get(name);
    if (value === undefined) return null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    fault = `invalid arg '${name}': it is a whole number from ${least} on`;
    return null;
  };
  for (const name of args.keys()) {
    if (isQueueArgument(name) && !streamArgumentNames.has(name)) {
      fault = `invalid arg '${name}': not supported by queues of type stream`;
    }
  }
  const age = args.get('x-max-age');
  const parts = age === undefined ? null : /^(\d+)([YMDhms])$/.exec(String(age));
  if (age !== undefined && parts === null) fault = `invalid arg 'x-max-age': {error,${String(age)}}`;
  const options = {
    partitions: whole('x-partitions', 1, partitionsMax),
    retentionMs: parts === null ? null : Number(parts[1]) * unitsMs[parts[2]!]!,
    retentionBytes: whole('x-max-length-bytes', 0),
    segmentBytes: whole('x-stream-max-segment-size-bytes', 14, 2 ** 31 - 1),
  };
  return fault ?? options;
}
