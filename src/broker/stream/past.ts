import type { LogRead } from '../../log/log.js';
import type { Partition, PartitionWatcher } from '../partition.js';
import type { Queue, QueueFollower } from '../queue/queue.js';

/** A log that is read without being changed, as far as its readers may see. */
export interface Past {
  readonly startOffset: number;
  /** What is before it may be read. */
  readonly endOffset: number;
  readonly isGone: boolean;
  /** Whether its records are the broker's own: others may be anything that their batch's checksum fits. */
  readonly isOwn: boolean;
  /** Null where it has to be read from a segment. */
  readTail(offset: number, bytesMax: number, into: Buffer[]): LogRead | null;
  read(offset: number, bytesMax: number, into: Buffer[]): Promise<LogRead>;
  /** Whether a producer's batch at that offset was taken back. */
  isAborted(producerId: number, offset: number): boolean;
  /** The first batch with something as late as that. */
  batchForTime(timestampMs: number): Promise<Buffer | undefined>;
  /** Calls whenever there may be more to read, or nothing any more. */
  follow(came: () => void): void;
  unfollow(): void;
}

/** What a queue keeps: also what is done, for as long as its settings say. */
export class QueuePast implements Past, QueueFollower {
  readonly isOwn = true;
  private readonly queue: Queue;
  private came: () => void = () => {};

  constructor(queue: Queue) {
    this.queue = queue;
  }

  get startOffset(): number {
    return this.queue.log.startOffset;
  }

  get endOffset(): number {
    return this.queue.log.durableOffset;
  }

  get isGone(): boolean {
    return this.queue.gone;
  }

  readTail(offset: number, bytesMax: number, into: Buffer[]): LogRead | null {
    return this.queue.log.readTail(offset, bytesMax, this.endOffset, into);
  }

  read(offset: number, bytesMax: number, into: Buffer[]): Promise<LogRead> {
    return this.queue.log.read(offset, bytesMax, this.endOffset, into);
  }

  isAborted(): boolean {
    return false;
  }

  batchForTime(timestampMs: number): Promise<Buffer | undefined> {
    return this.queue.log.batchForTime(timestampMs, this.endOffset);
  }

  follow(came: () => void): void {
    this.came = came;
    this.queue.follow(this);
  }

  unfollow(): void {
    this.queue.unfollow(this);
  }

  ready(): void {}

  durable(): void {
    this.came();
  }

  gone(): void {
    this.came();
  }
}

/** What a partition has, but for what lies in transactions that have not ended. */
export class PartitionPast implements Past, PartitionWatcher {
  readonly isOwn = false;
  private readonly partition: Partition;
  private came: () => void = () => {};

  constructor(partition: Partition) {
    this.partition = partition;
  }

  get startOffset(): number {
    return this.partition.startOffset;
  }

  get endOffset(): number {
    return this.partition.lastStableOffset;
  }

  get isGone(): boolean {
    return this.partition.log.deleted;
  }

  readTail(offset: number, bytesMax: number, into: Buffer[]): LogRead | null {
    return this.partition.readTail(offset, bytesMax, into, this.endOffset);
  }

  read(offset: number, bytesMax: number, into: Buffer[]): Promise<LogRead> {
    return this.partition.read(offset, bytesMax, into, this.endOffset);
  }

  isAborted(producerId: number, offset: number): boolean {
    return this.partition.isAborted(producerId, offset);
  }

  batchForTime(timestampMs: number): Promise<Buffer | undefined> {
    return this.partition.log.batchForTime(timestampMs, this.endOffset);
  }

  follow(came: () => void): void {
    this.came = came;
    this.partition.watch(this);
  }

  unfollow(): void {
    this.partition.unwatch(this);
  }

  advanced(): void {
    this.came();
  }
}
