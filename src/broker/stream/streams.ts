import type { Catalog } from '../catalog.js';
import type { Partition } from '../partition.js';
import { partitionForKey } from '../partitioner.js';
import type { Policies } from '../policies.js';
import type { LogDestinations } from '../queue/log-destinations.js';
import type { MessageRun } from '../queue/message-run.js';
import type { Queues } from '../queue/queues.js';
import type { Topic } from '../topic.js';
import type { TopicOverrides } from '../topic-config.js';
import type { Vhosts } from '../vhosts.js';
import { governed } from './governed.js';
import { RecordBatches } from './record-batches.js';

/** What a stream is declared as. Null where the declaration does not say. */
export interface StreamOptions {
  readonly partitions: number | null;
  readonly retentionMs: number | null;
  readonly retentionBytes: number | null;
  readonly segmentBytes: number | null;
}

const noLimit = '-1';
/** As large as a message over AMQP may be, and what a batch has besides. */
const messageBytesMax = String(17 * 1024 * 1024);

/**
 * Topics as queues see them: each is a queue of its name in the default virtual host, which exchanges lead to and which
 * keeps what is read. The first partition's log stands for all of a topic where exchanges name a destination.
 */
export class Streams implements LogDestinations {
  private readonly catalog: Catalog;
  private readonly vhosts: Vhosts;
  private readonly queues: Queues;
  private readonly batches: RecordBatches;

  private readonly policies: Policies;
  /** Told also when a topic has got more partitions. */
  onConfigured: (topic: Topic) => void = () => {};

  constructor(catalog: Catalog, vhosts: Vhosts, queues: Queues, policies: Policies) {
    this.catalog = catalog;
    this.policies = policies;
    this.vhosts = vhosts;
    this.queues = queues;
    this.batches = new RecordBatches((message) => queues.headersOf(message));
  }

  /** Everything is read back, and queues have their names: topics get theirs, now and whenever they come. */
  start(): void {
    for (const topic of this.catalog.topics()) this.created(topic);
    this.catalog.follower = this;
    this.queues.logs = this;
  }

  /** Policies have changed. */
  followPolicies(): void {
    for (const topic of this.catalog.topics()) this.configured(topic);
  }

  /** The topic keeps its own configuration; its partitions follow what policies make of it. */
  configured(topic: Topic): void {
    if (topic.internal) return;
    this.onConfigured(topic);
    const { name, config, partitions } = topic;
    const { definition } = this.policies.effectOn('streams', this.vhosts.default.name, name);
    const effective = definition.size === 0 ? config : this.catalog.configOf(governed(config.overrides, definition));
    for (const partition of partitions) {
      if (definition.size > 0 || partition.config !== config) partition.configure(effective);
    }
  }

  created(topic: Topic): void {
    this.configured(topic);
    const { router } = this.vhosts.default;
    if (topic.internal || router.destination(topic.name) !== undefined) return;
    router.addDestination(topic.name, destinationOf(topic));
  }

  destinationNamed(name: string): number | undefined {
    const topic = this.get(name);
    return topic === undefined ? undefined : destinationOf(topic);
  }

  nameIsFree(name: string): void {
    const topic = this.catalog.topic(name);
    if (topic !== undefined) this.created(topic);
  }

  deleted(topic: Topic): void {
    this.vhosts.default.router.removeDestination(destinationOf(topic));
  }

  /** The topic that is the queue of that name, unless there is another one. */
  get(name: string): Topic | undefined {
    const topic = this.catalog.topic(name);
    return topic === undefined || topic.internal || this.queues.get(name) !== undefined ? undefined : topic;
  }

  declare(name: string, options: StreamOptions): Topic {
    return this.catalog.create(name, options.partitions ?? 1, overridesOf(options));
  }

  /** How many records there are to read, about: transactions and compaction leave gaps. */
  countOf({ partitions }: Topic): number {
    return partitions.reduce((sum, { highWatermark, startOffset }) => sum + highWatermark - startOffset, 0);
  }

  append(destination: number, run: MessageRun): boolean {
    const first = this.catalog.partitionOf(destination);
    const topic = first === undefined ? undefined : this.catalog.topic(first.topicName);
    if (topic === undefined) return true;
    const { partitions } = topic;
    const at = partitions.length === 1 ? 0 : partitionForKey(partitions.length, run.keyBytes);
    return this.appendTo(partitions[at]!, run);
  }

  /** As the run lies there, unless its messages have headers that others should see. */
  private appendTo(partition: Partition, run: MessageRun): boolean {
    const batch = this.batches.asRecords(run.sealed());
    return partition.append(batch, 0, batch.length) === 'ok';
  }
}

/** What stands for a topic in a router. */
export function destinationOf({ partitions }: Topic): number {
  return partitions[0]!.log.id;
}

/** A stream keeps everything where it does not say otherwise, as RabbitMQ's do. */
function overridesOf({ retentionMs, retentionBytes, segmentBytes }: StreamOptions): TopicOverrides {
  const overrides = new Map([
    ['retention.ms', retentionMs === null ? noLimit : String(retentionMs)],
    ['retention.bytes', retentionBytes === null ? noLimit : String(retentionBytes)],
    ['max.message.bytes', messageBytesMax],
  ]);
  if (segmentBytes !== null) overrides.set('segment.bytes', String(segmentBytes));
  return overrides;
}
