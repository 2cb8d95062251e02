import { AssertionError } from '../../lib/assert.js';
import { Deadline } from '../../lib/deadline.js';
import type { Logger } from '../../lib/logger.js';
import type { Storage } from '../../log/storage.js';
import { Consumers, type QueueConsumer } from '../queue/consumers.js';
import type { MessageCursor } from '../queue/message-cursor.js';
import { Runs } from '../queue/runs.js';
import type { QueueOptions, QueueSettings } from '../queue/settings.js';
import type { Source } from '../queue/source.js';
import type { Topic } from '../topic.js';
import { QueuedPartition, type WholeQueue } from './queued-partition.js';
import type { ShareMember } from './share-group.js';
import { groupOptions, type ShareGroups } from './share-groups.js';
import type { ShareFollower } from './share-partition.js';

/** Told when there may be something to take that there was not before. */
export interface TopicQueueFollower {
  ready(): void;
}

const never = Number.POSITIVE_INFINITY;
const retryMs = 1000;
const restAfterMs = 10_000;
/** What one consumer is handed at a time. */
const runCountMax = 1024;
const runBytesMax = 512 * 1024;
/** What is read of a partition at a time: less where there are many of them. */
const allWindowsBytes = 16 * 1024 * 1024;
const windowBytesMax = 256 * 1024;
const windowBytesMin = 16 * 1024;

const outcome = { nothing: 0, some: 1, noRoom: 2 } as const;

/**
 * A topic as a share group works it off over the fronts of queues: all its partitions as one queue. Beneath are the same
 * ledgers that members over Kafka acquire from, so that one group is one group, whatever its members speak.
 *
 * Only what is durable and committed is handed out. Nothing here is: what was locked and done is in the ledgers.
 */
export class TopicQueue implements Source, WholeQueue, ShareFollower {
  /** As fronts of queues write it: `topic::group`. */
  readonly name: string;
  readonly group: string;
  readonly topic: Topic;
  readonly options: QueueOptions = groupOptions;
  readonly consumers: Consumers = new Consumers(true);
  readonly partitions: QueuedPartition[] = [];
  private current: QueueSettings;
  private readonly shares: ShareGroups;
  private readonly storage: Storage;
  private readonly logger: Logger;
  private readonly runs = new Runs();
  private readonly guests = new Map<QueueConsumer, ShareMember>();
  private readonly followers = new Set<TopicQueueFollower>();
  private readonly retry: Deadline;
  private readonly idle: Deadline;
  private turn = 0;
  private soon = false;
  private follows = false;
  private ended = false;

  constructor(group: string, topic: Topic, shares: ShareGroups, storage: Storage, logger: Logger) {
    this.name = topicQueueName(topic.name, group);
    this.group = group;
    this.topic = topic;
    this.shares = shares;
    this.storage = storage;
    this.logger = logger;
    this.current = shares.settingsOf(group, topic.id);
    this.retry = new Deadline(storage.clock, () => this.ready());
    this.idle = new Deadline(storage.clock, () => this.rest());
    this.grow();
  }

  get settings(): QueueSettings {
    return this.current;
  }

  /** What was agreed on has changed. */
  governed(): void {
    this.current = this.shares.settingsOf(this.group, this.topic.id);
    this.wanted();
  }

  /** The group reads what the topic has got since as well; such partitions have had no records that it missed. */
  grow(): void {
    if (this.storage.refusal !== null) return;
    const each = Math.floor(allWindowsBytes / this.topic.partitions.length);
    const windowBytes = Math.max(windowBytesMin, Math.min(windowBytesMax, each));
    for (let index = this.partitions.length; index < this.topic.partitions.length; index++) {
      const starts = new Map([[this.topic.partitions[index]!, 0]]);
      const share = this.shares.partition(this.group, this.topic, index, starts)!;
      this.partitions.push(new QueuedPartition(share, this, windowBytes, this.logger));
      if (this.follows) share.follow(this);
    }
  }

  get gone(): boolean {
    return this.ended || this.topic.deleted || this.partitions.some((partition) => partition.gone);
  }

  /** How many there are of each, now. */
  counts(): { readonly ready: number; readonly locked: number; readonly delayed: number; readonly dead: number } {
    let [ready, locked, delayed, dead] = [0, 0, 0, 0];
    for (const { share } of this.partitions) {
      if (this.storage.refusal === null && !share.isGone) share.catchUp();
      ready += share.ledger.ready;
      locked += share.ledger.locked;
      delayed += share.ledger.delayed;
      dead += share.ledger.dead;
    }
    return { ready, locked, delayed, dead };
  }

  /** How many records are not done with. */
  get lag(): number {
    let count = 0;
    for (const { share } of this.partitions) count += share.lag;
    return count;
  }

  /** Deliveries are of partitions, and so is what becomes of them; this is for what concerns the consumer. */
  get cursor(): MessageCursor {
    return this.partitions[0]!.cursor;
  }

  ack(): number {
    return 0;
  }

  release(): number {
    return 0;
  }

  reject(): number {
    return 0;
  }

  // --- who takes from it ---

  /** `guest`: as what the consumer is listed among the group's members. */
  consume(consumer: QueueConsumer, guest: ShareMember): void {
    this.guests.set(consumer, guest);
    this.shares.get(this.group)?.attend(guest);
    this.consumers.add(consumer);
    this.followOrNot();
    this.wanted();
  }

  unconsume(consumer: QueueConsumer): boolean {
    if (!this.consumers.remove(consumer)) return false;
    this.depart(consumer);
    this.followOrNot();
    if (this.consumers.count > 0) this.wanted();
    return true;
  }

  private depart(consumer: QueueConsumer): void {
    const guest = this.guests.get(consumer);
    this.guests.delete(consumer);
    if (guest !== undefined) this.shares.depart(this.group, guest);
  }

  follow(follower: TopicQueueFollower): void {
    this.followers.add(follower);
    this.followOrNot();
  }

  unfollow(follower: TopicQueueFollower): void {
    this.followers.delete(follower);
    this.followOrNot();
  }

  /** Nobody who has nothing to wait for is told of every record that comes. */
  private followOrNot(): void {
    const wants = !this.ended && (this.consumers.count > 0 || this.followers.size > 0);
    // Who asks for more and more does not have it read anew each time.
    if (wants || this.ended) this.idle.clear();
    else this.idle.set(restAfterMs);
    if (wants === this.follows) return;
    this.follows = wants;
    for (const { share } of this.partitions) {
      if (wants) share.follow(this);
      else share.unfollow(this);
    }
  }

  /** Nobody takes from it: what was read is let go of. */
  private rest(): void {
    for (const partition of this.partitions) partition.rest();
  }

  // --- handing out ---

  ready(): void {
    this.wanted();
    for (const follower of this.followers) follower.ready();
  }

  loaded(error: unknown): void {
    if (this.ended) return;
    if (error === null) {
      this.ready();
      return;
    }
    this.logger.error({ queue: this.name, error: String(error) }, 'records could not be read; trying again');
    this.retry.set(retryMs);
  }

  wanted(): void {
    if (this.soon || this.ended || this.consumers.count === 0) return;
    this.soon = true;
    this.storage.clock.soon(() => {
      this.soon = false;
      this.handOut();
    });
  }

  private handOut(): void {
    if (this.ended || this.consumers.count === 0) return;
    if (this.gone) {
      this.end();
      return;
    }
    if (this.storage.refusal !== null) {
      this.retry.set(retryMs);
      return;
    }
    this.grow();
    try {
      this.handOutAll();
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.loaded(error);
    }
  }

  private handOutAll(): void {
    const { partitions } = this;
    this.consumers.newCircle();
    for (let without = 0; without < partitions.length; ) {
      const came = this.handOutOf(partitions[this.turn % partitions.length]!);
      if (came === outcome.noRoom) return;
      this.turn = (this.turn + 1) % partitions.length;
      without = came === outcome.some ? 0 : without + 1;
    }
  }

  /** One run of a partition's records, to whoever's turn it is. */
  private handOutOf(partition: QueuedPartition): number {
    const head = partition.head();
    if (head < 0) return outcome.nothing;
    const consumer = this.consumers.next(this.current.singleActive, this.hasNothing);
    if (consumer === null) return outcome.noRoom;
    const { runs } = this;
    const count = this.share(consumer, partition);
    if (partition.acquire(consumer.holder, head, count, never, runs) === 0) return outcome.nothing;
    for (let index = 0; index < runs.count; index++) {
      const from = runs.from[index]!;
      const to = runs.to[index]!;
      partition.handOver(consumer, from, to, runs.deliveries[index]!, runs.attempts[index]!);
      if (!consumer.acknowledges) partition.ack(consumer.holder, from, to);
    }
    return outcome.some;
  }

  private readonly hasNothing = (consumer: QueueConsumer): boolean =>
    this.partitions.every(({ share }) => share.ledger.lockedBy(consumer.holder) === 0);

  private share(consumer: QueueConsumer, partition: QueuedPartition): number {
    const most = Math.max(
      1,
      Math.min(consumer.room(), runCountMax, Math.floor(runBytesMax / (partition.recordBytes + 64))),
    );
    const among = this.current.singleActive ? 1 : this.consumers.count;
    return among === 1 ? most : Math.min(most, this.consumers.turnOf(partition.share.ledger.ready));
  }

  /** Calls `act` when a record that is next in turn is in memory, or there is none: at once, if it can. */
  withHead(act: () => void): void {
    if (this.ended || this.gone || this.partitions.some((partition) => partition.head() >= 0)) {
      act();
      return;
    }
    const loading = this.partitions.map((partition) => partition.loading).filter((load) => load !== null);
    if (loading.length === 0) act();
    else void Promise.race(loading).then(() => this.withHead(act));
  }

  /** Locks up to `countMax` records of one partition that `withHead` has found; answers which, or null where none is. */
  acquire(holder: number, countMax: number, deadlineMs: number, out: Runs): QueuedPartition | null {
    const { partitions } = this;
    for (let step = 0; step < partitions.length; step++) {
      const partition = partitions[this.turn % partitions.length]!;
      this.turn = (this.turn + 1) % partitions.length;
      const head = partition.head();
      if (head >= 0 && partition.acquire(holder, head, countMax, deadlineMs, out) > 0) return partition;
    }
    return null;
  }

  /** All that waits is done; what somebody has stays with him. Answers how many that were. */
  purge(): number {
    let count = 0;
    for (const { share } of this.partitions) count += share.purge();
    return count;
  }

  /** The topic or the group is gone, or the broker ends. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.retry.clear();
    this.followOrNot();
    this.rest();
    for (const consumer of this.consumers.clear()) {
      this.depart(consumer);
      consumer.queueGone(this);
    }
    for (const follower of this.followers) follower.ready();
    this.followers.clear();
  }
}

export function topicQueueName(topic: string, group: string): string {
  return `${topic}::${group}`;
}
