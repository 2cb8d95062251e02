import { createHash } from 'node:crypto';
import { baseOffset, batchBytes, setBaseOffset } from '../../log/batch.js';
import type { LogRead } from '../../log/log.js';
import type { Storage } from '../../log/storage.js';
import type { Catalog } from '../catalog.js';
import type { ErrorCode } from '../errors.js';
import type { KnownTopics } from '../group/subscription.js';
import { Partition, type PartitionWatcher } from '../partition.js';
import { defaultProducerStateLimits } from '../producer-state.js';
import type { Queue, QueueFollower } from '../queue/queue.js';
import type { Queues } from '../queue/queues.js';
import { defaultVhost, queuePlace } from '../queue-key.js';
import { isTopicName, Topic } from '../topic.js';
import type { TopicConfig } from '../topic-config.js';
import { RecordBatches } from './record-batches.js';

/** What a queue keeps, as the one partition of a topic that is only read. */
class QueuePartition extends Partition implements QueueFollower {
  private readonly queue: Queue;
  private readonly ground: Storage;
  private readonly batches: RecordBatches;
  private readonly waiting = new Set<PartitionWatcher>();

  constructor(queue: Queue, config: TopicConfig, storage: Storage, batches: RecordBatches) {
    const { log } = queue;
    const { follower, policy } = log;
    super(queuePlace(queue.name).name, 0, log, config, storage, defaultProducerStateLimits, false);
    // The log stays the queue's.
    log.follower = follower;
    log.policy = policy;
    this.queue = queue;
    this.ground = storage;
    this.batches = batches;
  }

  override append(): ErrorCode | 'ok' {
    return 'invalid-batch';
  }

  override deleteBefore(): ErrorCode | 'ok' {
    return 'invalid-batch';
  }

  override readTail(
    offset: number,
    bytesMax: number,
    into: Buffer[],
    limit: number = this.highWatermark,
  ): LogRead | null {
    const pieces: Buffer[] = [];
    const held: Buffer[] = [];
    const read = this.log.readTail(offset, bytesMax, limit, pieces, held);
    const seen = read === null ? null : this.seen(read, pieces, into);
    this.ground.letGo(held);
    return seen;
  }

  override async read(
    offset: number,
    bytesMax: number,
    into: Buffer[],
    limit: number = this.highWatermark,
  ): Promise<LogRead> {
    const pieces: Buffer[] = [];
    const held: Buffer[] = [];
    const read = await this.log.read(offset, bytesMax, limit, pieces, held);
    const seen = this.seen(read, pieces, into);
    this.ground.letGo(held);
    return seen;
  }

  /** Copies: what a queue has in memory is used again when it is done. */
  private seen({ nextOffset }: LogRead, pieces: readonly Buffer[], into: Buffer[]): LogRead {
    const whole = Buffer.concat(pieces);
    let bytes = 0;
    for (let at = 0; at < whole.length; ) {
      const end = at + batchBytes(whole, at);
      const own = whole.subarray(at, end);
      let batch = this.batches.asRecords(own);
      if (batch !== own) {
        batch = Buffer.from(batch);
        setBaseOffset(batch, 0, baseOffset(own, 0));
      }
      into.push(batch);
      bytes += batch.length;
      at = end;
    }
    return { bytes, nextOffset };
  }

  override watch(watcher: PartitionWatcher): void {
    super.watch(watcher);
    // Nobody pays for it while nobody waits.
    if (this.waiting.size === 0) this.queue.follow(this);
    this.waiting.add(watcher);
  }

  override unwatch(watcher: PartitionWatcher): void {
    super.unwatch(watcher);
    this.waiting.delete(watcher);
    if (this.waiting.size === 0) this.queue.unfollow(this);
  }

  ready(): void {}

  durable(): void {
    this.tell();
  }

  gone(): void {
    this.tell();
  }
}

/**
 * Topics that can be read: all there are, and, under their names, the queues of the default virtual host that keep what is
 * done (`x-retention-ms`), each with one partition. A topic of the name comes first. To write to such a queue, to change or
 * delete it is for the fronts it belongs to.
 */
export class ReadableTopics implements KnownTopics {
  private readonly catalog: Catalog;
  private readonly queues: Queues;
  private readonly batches: RecordBatches;
  private readonly views = new WeakMap<Queue, Topic>();
  /** By the id of the topic that they are. */
  private readonly byId = new Map<string, Queue>();

  constructor(catalog: Catalog, queues: Queues) {
    this.catalog = catalog;
    this.queues = queues;
    this.batches = new RecordBatches((message) => queues.headersOf(message));
  }

  /** Another number also when a queue comes or goes, or keeps what is done from now on. */
  get changes(): number {
    return this.catalog.changes + this.queues.keepingChanges;
  }

  topic(name: string): Topic | undefined {
    return this.catalog.topic(name) ?? this.viewOf(this.queues.get(name));
  }

  topicById(id: string): Topic | undefined {
    const topic = this.catalog.topicById(id);
    if (topic !== undefined) return topic;
    const queue = this.byId.get(id);
    const view = this.viewOf(queue);
    if (queue !== undefined && view === undefined) this.byId.delete(id);
    return view;
  }

  *topics(): IterableIterator<Topic> {
    yield* this.catalog.topics();
    for (const queue of this.queues.all()) {
      if (queue.settings.retentionMs === 0 || this.catalog.topic(queuePlace(queue.name).name) !== undefined) continue;
      const view = this.viewOf(queue);
      if (view !== undefined) yield view;
    }
  }

  /** Whether it is a queue's, and only read. */
  isView(topic: Topic): boolean {
    return this.byId.has(topic.id);
  }

  private viewOf(queue: Queue | undefined): Topic | undefined {
    if (queue === undefined || queue.gone || queue.settings.retentionMs === 0) return undefined;
    const { vhost, name } = queuePlace(queue.name);
    if (vhost !== defaultVhost || !isTopicName(name) || queue.options.exclusive) return undefined;
    const known = this.views.get(queue);
    if (known !== undefined) return known;
    // The number of a log is never given again.
    const id = createHash('sha256').update(`queue ${queue.log.id} ${name}`).digest('hex').slice(0, 32);
    const config = this.catalog.configOf(new Map([['retention.ms', String(queue.settings.retentionMs)]]));
    const view = new Topic(name, id, config);
    view.partitions.push(new QueuePartition(queue, config, this.queues.storage, this.batches));
    this.views.set(queue, view);
    this.byId.set(id, queue);
    return view;
  }
}
