import { Deadline } from '../../lib/deadline.js';
import type { Logger } from '../../lib/logger.js';
import { lastOffsetDelta } from '../../log/batch.js';
import type { Log, LogFollower, LogRead } from '../../log/log.js';
import type { Recorder } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { brokerErrorOf } from '../refusal.js';
import { type DeadBatch, readDead } from './dead-batch.js';
import { DeadLetters, type DeadLetterTarget } from './dead-letters.js';
import { type Admission, Ledger } from './ledger.js';
import type { DeathReason, Runs } from './runs.js';

export interface QueueOptions {
  /** After how many counted attempts a message is dead; -1 for never. */
  readonly deliveryLimit: number;
  /** The queue that dead messages go to; '' drops them. */
  readonly deadLetterTo: string;
  /** `explicit` where messages have groups: see Ledger. */
  readonly admission: 'implicit' | 'explicit';
}

export const defaultQueueOptions: QueueOptions = { deliveryLimit: -1, deadLetterTo: '', admission: 'implicit' };

/** Told when there may be something to hand out that there was not before. */
export interface QueueFollower {
  ready(queue: Queue): void;
}

/** What fell due while nothing could be recorded is looked at again after this time. */
const refusedRetryMs = 1000;
const never = Number.POSITIVE_INFINITY;

/**
 * A log plus a ledger: messages are the log's records, and the ledger knows which of them are ready, locked or done.
 * What is done at the front is let go of, mostly before a segment was written for it.
 *
 * Every change is in the journal's bundle of the stretch of code it is made in; who promises something to a client
 * waits for the storage's rung first.
 */
export class Queue implements LogFollower {
  readonly name: string;
  readonly options: QueueOptions;
  readonly log: Log;
  readonly ledger: Ledger;
  private readonly storage: Storage;
  private readonly logger: Logger;
  private readonly deadLetters: DeadLetters<DeadBatch>;
  private readonly due: Deadline;
  private readonly followers = new Set<QueueFollower>();
  private closed = false;

  constructor(
    name: string,
    options: QueueOptions,
    log: Log,
    recorder: Recorder,
    target: DeadLetterTarget<DeadBatch>,
    storage: Storage,
    logger: Logger,
  ) {
    this.name = name;
    this.options = options;
    this.log = log;
    this.storage = storage;
    this.logger = logger;
    this.ledger = new Ledger({ recorder, admission: options.admission, deliveryLimit: options.deliveryLimit });
    this.ledger.arrived(log.endOffset);
    this.deadLetters = new DeadLetters(this.ledger, { read: (from, to) => readDead(log, from, to) }, target);
    this.due = new Deadline(storage.clock, () => this.fellDue());
    log.follower = this;
  }

  /** To be asked before anything is changed: what could not be recorded must not happen. */
  private refuseWhenStorageDoes(): void {
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  /** Takes in one batch that lies in a slab of the storage; answers its first offset. */
  publish(buffer: Buffer, at: number, size: number, admission: Admission | null = null): number {
    this.refuseWhenStorageDoes();
    const base = this.log.append(buffer, at, size);
    const end = this.log.endOffset;
    this.ledger.arrived(end);
    if (admission !== null) this.ledger.admit(base, end, admission);
    this.changed();
    return base;
  }

  /** Locks up to `countMax` messages for `holder`; see Ledger.acquire. */
  acquire(holder: number, countMax: number, deadlineMs: number, out: Runs): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.acquire(holder, countMax, never, deadlineMs, this.storage.clock.now(), out);
    if (count > 0 && deadlineMs !== never) this.arm();
    return count;
  }

  extend(holder: number, from: number, to: number, deadlineMs: number): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.extend(holder, from, to, deadlineMs);
    this.arm();
    return count;
  }

  ack(holder: number, from: number, to: number): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.ack(holder, from, to);
    if (count > 0) this.letGo();
    return count;
  }

  release(holder: number, from: number, to: number, dueMs = 0, countsAsAttempt = true): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.release(holder, from, to, dueMs, countsAsAttempt);
    if (count > 0) this.changed();
    return count;
  }

  releaseHolder(holder: number, countsAsAttempt = true): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.releaseHolder(holder, countsAsAttempt);
    if (count > 0) this.changed();
    return count;
  }

  reject(holder: number, from: number, to: number, reason: DeathReason = 'rejected'): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.reject(holder, from, to, reason);
    if (count > 0) this.changed();
    return count;
  }

  /** Drops what is ready; what is locked stays with its holders. */
  purge(): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.purge();
    this.letGo();
    return count;
  }

  /** Batches from the one that holds `offset` on; null when they have to be read from a segment: `read`. */
  readTail(offset: number, bytesMax: number, into: Buffer[]): LogRead | null {
    return this.log.readTail(offset, bytesMax, this.log.endOffset, into);
  }

  read(offset: number, bytesMax: number, into: Buffer[]): Promise<LogRead> {
    return this.log.read(offset, bytesMax, this.log.endOffset, into);
  }

  follow(follower: QueueFollower): void {
    this.followers.add(follower);
  }

  unfollow(follower: QueueFollower): void {
    this.followers.delete(follower);
  }

  /** Something may be ready, due at another time, or dead. */
  private changed(): void {
    this.arm();
    if (this.ledger.dead > 0) this.bury();
    if (this.ledger.ready > 0) for (const follower of this.followers) follower.ready(this);
  }

  private arm(): void {
    const dueMs = this.ledger.nextDueMs();
    if (dueMs === never || this.closed) this.due.clear();
    else this.due.set(Math.max(0, dueMs - this.storage.clock.now()));
  }

  private fellDue(): void {
    if (this.storage.refusal !== null) {
      this.due.set(refusedRetryMs);
      return;
    }
    this.ledger.expire(this.storage.clock.now());
    this.changed();
  }

  private letGo(): void {
    const done = this.ledger.doneBefore;
    if (done > this.log.startOffset) this.log.trimmed(Math.min(done, this.log.endOffset));
  }

  private bury(): void {
    this.deadLetters.move().then(
      () => {
        if (!this.closed) this.letGo();
      },
      (error: unknown) => {
        if (this.closed) return;
        this.logger.error({ queue: this.name, error: String(error) }, 'dead letters could not be moved; they are kept');
      },
    );
  }

  // As a follower of its log.

  advanced(): void {}

  replayed(bytes: Buffer, at: number, base: number): void {
    this.ledger.arrived(base + lastOffsetDelta(bytes, at) + 1);
  }

  /** Everything is read back: locks whose holders are gone end, and time goes on. */
  restarted(): void {
    this.ledger.restarted(this.log.startOffset, this.log.endOffset, this.storage.clock.now());
    this.letGo();
    this.fellDue();
  }

  close(): void {
    this.closed = true;
    this.due.clear();
    this.followers.clear();
  }
}
