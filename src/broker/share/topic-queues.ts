import type { Clock } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import type { Storage } from '../../log/storage.js';
import type { Catalog } from '../catalog.js';
import { BrokerError } from '../errors.js';
import type { Policies } from '../policies.js';
import { effectiveArguments } from '../policy-keys.js';
import type { DeadBatch } from '../queue/dead-batch.js';
import type { DeadLetterTarget } from '../queue/dead-letters.js';
import type { Queue } from '../queue/queue.js';
import type { Queues } from '../queue/queues.js';
import { Reburial } from '../queue/reburial.js';
import { type QueueSettings, windowAttributes } from '../queue/settings.js';
import type { Headers, HeaderValue } from '../routing/headers.js';
import type { StartingPoint } from '../stream/reader.js';
import type { Streams } from '../stream/streams.js';
import type { Topic } from '../topic.js';
import type { Vhosts } from '../vhosts.js';
import type { ShareGroups, ShareStarts } from './share-groups.js';
import { TopicQueue, topicQueueName } from './topic-queue.js';

const separator = '::';
const groupBytesMax = 255;
/** Groups of Kafka's other kinds: a name is that of one kind. */
export interface OtherGroups {
  has(id: string): boolean;
}

/** What a group of that name works off as a queue. */
export interface TopicGroup {
  readonly topic: Topic;
  readonly group: string;
}

/** The topics that groups work off as queues: made when somebody names a group, and there for as long as both are. */
export class TopicQueues {
  private readonly shares: ShareGroups;
  private readonly groups: OtherGroups;
  private readonly streams: Streams;
  private readonly queues: Queues;
  private readonly vhosts: Vhosts;
  private readonly catalog: Catalog;
  private readonly storage: Storage;
  private readonly logger: Logger;
  private readonly byName = new Map<string, TopicQueue>();

  constructor(
    shares: ShareGroups,
    groups: OtherGroups,
    streams: Streams,
    queues: Queues,
    catalog: Catalog,
    storage: Storage,
    logger: Logger,
  ) {
    this.shares = shares;
    this.groups = groups;
    this.streams = streams;
    this.queues = queues;
    this.vhosts = queues.vhosts;
    this.catalog = catalog;
    this.storage = storage;
    this.logger = logger;
    shares.deadLetterTarget = (group, topic, settings) => this.targetOf(group, topic, settings);
    queues.otherLedgers = (number) => shares.ledger(number);
    streams.onConfigured = (topic) => this.configured(topic);
  }

  private get clock(): Clock {
    return this.storage.clock;
  }

  /** What `topic::group` means; null where there is no such topic. */
  named(name: string): TopicGroup | null {
    const at = name.indexOf(separator);
    if (at <= 0) return null;
    const topic = this.streams.get(name.slice(0, at));
    const group = name.slice(at + separator.length);
    return topic === undefined || group === '' ? null : { topic, group };
  }

  /** What a queue that is a window shows; null where it is none, or its topic is gone. */
  windowOn(queue: Queue): TopicGroup | null {
    const name = queue.settings.topic;
    const group = queue.attributes.get(windowAttributes.group);
    const topic = name === null ? undefined : this.streams.get(name);
    return topic === undefined || typeof group !== 'string' ? null : { topic, group };
  }

  /** The group's work that a window shows; undefined for other queues, and where it has not begun. */
  shownBy(queue: Queue): TopicQueue | undefined {
    const shown = this.windowOn(queue);
    return shown === null ? undefined : this.find(shown.group, shown.topic);
  }

  /** The queue that is there already: nobody begins to read anything by asking. */
  find(group: string, topic: Topic): TopicQueue | undefined {
    const isBegun = this.shares.get(group)?.partitions.has(topic.id) === true;
    return isBegun ? this.opened(group, topic) : undefined;
  }

  /**
   * The topic as the group works it off, from `point` on where it has not begun to: null for where its configuration says,
   * as with members over Kafka. Throws where the name is that of another kind of group. What begins is recorded: whoever is
   * told of it waits until it is durable.
   */
  async open(group: string, topic: Topic, point: StartingPoint | null): Promise<TopicQueue> {
    const present = this.find(group, topic);
    if (present !== undefined) return present;
    if (Buffer.byteLength(group) > groupBytesMax) {
      throw new BrokerError('invalid-config', `a group's name has at most ${groupBytesMax} bytes`);
    }
    const starts = await this.startsOf(group, topic, point);
    if (topic.deleted) throw new BrokerError('unknown-topic', `the topic ${topic.name} is gone`);
    if (this.groups.has(group)) throw new BrokerError('invalid-config', `${group} is a group of another kind`);
    for (const { index } of topic.partitions) this.shares.partition(group, topic, index, starts);
    return this.opened(group, topic);
  }

  private async startsOf(group: string, topic: Topic, point: StartingPoint | null): Promise<ShareStarts> {
    const starts = new Map<Topic['partitions'][number], number>();
    for (const partition of topic.partitions) {
      const { startOffset, highWatermark } = partition;
      if (point === null) {
        const start = this.shares.configOf(group).shareStart;
        if (typeof start !== 'number') starts.set(partition, start === 'earliest' ? startOffset : highWatermark);
        else starts.set(partition, await offsetForTime(partition, this.clock.now() - start));
      } else if (point.kind === 'first') starts.set(partition, startOffset);
      else if (point.kind === 'next') starts.set(partition, highWatermark);
      else if (point.kind === 'last') starts.set(partition, Math.max(startOffset, highWatermark - 1));
      else if (point.kind === 'offset') starts.set(partition, point.offset);
      else starts.set(partition, await offsetForTime(partition, point.timestampMs));
    }
    return starts;
  }

  private opened(group: string, topic: Topic): TopicQueue {
    const name = topicQueueName(topic.id, group);
    let queue = this.byName.get(name);
    if (queue !== undefined && !queue.gone) {
      queue.grow();
      return queue;
    }
    queue?.end();
    this.forgetGone();
    queue = new TopicQueue(group, topic, this.shares, this.storage, this.logger);
    this.byName.set(name, queue);
    return queue;
  }

  private forgetGone(): void {
    for (const [name, queue] of this.byName) {
      if (!queue.gone) continue;
      queue.end();
      this.byName.delete(name);
    }
  }

  /** A topic may have more partitions now, which every group that works it off reads as well. */
  private configured(topic: Topic): void {
    for (const queue of this.byName.values()) {
      if (queue.topic !== topic || queue.gone) continue;
      queue.grow();
      queue.governed();
    }
  }

  /** Groups behave as policies say from now on: those for queues of the name `topic::group`. */
  follow(policies: Policies): void {
    const { name: vhost } = this.vhosts.default;
    this.shares.governed = (group, topic, terms) => {
      const { definition } = policies.effectOn('quorum_queues', vhost, topicQueueName(topic, group));
      return definition.size === 0 ? terms : effectiveArguments(terms, definition);
    };
  }

  /** What holds for groups may be something else now. */
  policiesChanged(): void {
    this.shares.governAll();
    for (const queue of this.byName.values()) if (!queue.gone) queue.governed();
  }

  /** Changes what holds for a group's work on a topic, for all of its members; null takes a term back. */
  agree(queue: TopicQueue, changes: ReadonlyMap<string, HeaderValue>): void {
    const before = this.shares.terms(queue.group, queue.topic.id);
    const terms = new Map<string, HeaderValue>(before);
    for (const [name, value] of changes) {
      if (value === null) terms.delete(name);
      else terms.set(name, value);
    }
    if (sameTerms(before, terms)) return;
    this.shares.agree(queue.group, queue.topic, terms);
    queue.governed();
  }

  private targetOf(group: string, topic: Topic, settings: QueueSettings): DeadLetterTarget<DeadBatch> | null {
    if (settings.deadLetter === null) return null;
    const told = this.shares.terms(group, topic.id).get('x-dead-letter-source');
    const name = typeof told === 'string' ? told : topicQueueName(topic.name, group);
    return new Reburial(name, this.queues, () =>
      this.catalog.topicById(topic.id) === undefined ? undefined : { settings, log: topic.partitions[0]!.log },
    );
  }

  /** All that there are, for listings: of groups that have begun to work a topic off. */
  *all(): IterableIterator<TopicQueue> {
    for (const group of this.shares) {
      for (const topicId of group.partitions.keys()) {
        const topic = this.catalog.topicById(topicId);
        if (topic !== undefined) yield this.opened(group.id, topic);
      }
    }
  }

  close(): void {
    for (const queue of this.byName.values()) queue.end();
    this.byName.clear();
  }
}

async function offsetForTime(partition: Topic['partitions'][number], timestampMs: number): Promise<number> {
  const found = await partition.offsetForTime(timestampMs);
  return found?.offset ?? partition.highWatermark;
}

function sameTerms(left: Headers, right: Headers): boolean {
  if (left.size !== right.size) return false;
  for (const [name, value] of left) if (right.get(name) !== value) return false;
  return true;
}
