import { AssertionError } from '../../lib/assert.js';
import { Deadline } from '../../lib/deadline.js';
import type { Logger } from '../../lib/logger.js';
import { lastOffsetDelta } from '../../log/batch.js';
import type { Log, LogFollower, LogRead } from '../../log/log.js';
import type { Recorder } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { brokerErrorOf } from '../refusal.js';
import { type Headers, noHeaders } from '../routing/headers.js';
import { Consumers, type QueueConsumer } from './consumers.js';
import { type DeadBatch, readDead } from './dead-batch.js';
import { DeadLetters, type DeadLetterTarget } from './dead-letters.js';
import { Handout } from './handout.js';
import { type Admission, Ledger } from './ledger.js';
import { MessageCursor } from './message-cursor.js';
import type { MessageRun } from './message-run.js';
import type { QueueOwner } from './queue-owner.js';
import { Retained } from './retained.js';
import type { DeathReason, Runs } from './runs.js';
import { attemptsMax, type QueueOptions, type QueueSettings, settingsOf } from './settings.js';
import { Weighing } from './weighing.js';

/** Told when there may be something to hand out that there was not before. */
export interface QueueFollower {
  ready(queue: Queue): void;
  /** There is more that no power cut takes back. */
  durable?(queue: Queue): void;
  gone?(queue: Queue): void;
}

/** What fell due while nothing could be recorded is looked at again after this time. */
const refusedRetryMs = 1000;
const never = Number.POSITIVE_INFINITY;
/** What one consumer is handed at a time: between two runs it is asked again whether it can take more. */
const runCountMax = 1024;
const runBytesMax = 512 * 1024;

/**
 * A log plus a ledger: messages are the log's records, and the ledger knows which of them are ready, locked or done.
 * What is done at the front is let go of, mostly before a segment was written for it.
 *
 * Every change is in the journal's bundle of the stretch of code it is made in; who promises something to a client
 * waits for the storage's rung first.
 */
export class Queue implements LogFollower {
  /** Unique among all queues; see `queueKey`. */
  readonly name: string;
  readonly options: QueueOptions;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly consumers: Consumers;
  readonly cursor: MessageCursor;
  /** What fronts keep about it beside what it was declared as; changed by `Queues.describe`. */
  attributes: Headers = noHeaders;
  /** Who declared it for himself alone. */
  exclusiveTo: object | null = null;
  private current: QueueSettings;
  private readonly owner: QueueOwner;
  private readonly storage: Storage;
  private readonly logger: Logger;
  private readonly deadLetters: DeadLetters<DeadBatch>;
  private readonly due: Deadline;
  private readonly idle: Deadline;
  private readonly unburied: Deadline;
  private readonly followers = new Set<QueueFollower>();
  private readonly handout: Handout = new Handout(this);
  private readonly weighing: Weighing;
  private readonly retained: Retained;
  /** Messages that may run out of time: looked at when they come to the head. */
  private mayExpire = false;
  private hasTimed = false;
  /** Messages before it were offered to whoever waited when they came; only those can be too old. */
  private offered = 0;
  private loading = false;
  /** Waits in the owner's list for its turn to dispatch. */
  waitsForDispatch = false;
  private closed = false;

  constructor(
    name: string,
    options: QueueOptions,
    log: Log,
    recorder: Recorder,
    target: DeadLetterTarget<DeadBatch>,
    owner: QueueOwner,
    storage: Storage,
    logger: Logger,
  ) {
    this.name = name;
    this.options = options;
    this.current = settingsOf(options);
    this.log = log;
    this.owner = owner;
    this.storage = storage;
    this.logger = logger;
    this.ledger = new Ledger({ recorder, admission: options.admission, deliveryLimit: attemptsMax(this.current) });
    this.ledger.arrived(log.endOffset);
    this.mayExpire = this.current.messageTtlMs !== never;
    this.cursor = new MessageCursor(log);
    this.consumers = new Consumers(options.type === 'quorum');
    this.weighing = new Weighing(this, storage, logger);
    this.retained = new Retained(storage.clock, this.ledger, () => this.letGo());
    this.deadLetters = new DeadLetters(this.ledger, { read: (from, to) => readDead(log, from, to) }, target);
    this.due = new Deadline(storage.clock, () => this.fellDue());
    this.idle = new Deadline(storage.clock, () => this.wasIdle());
    this.unburied = new Deadline(storage.clock, () => this.bury());
    log.follower = this;
  }

  get settings(): QueueSettings {
    return this.current;
  }

  /** Takes settings over; what they say of messages that are there already holds for these too. */
  configure(settings: QueueSettings): void {
    this.current = settings;
    this.ledger.deliveryLimit = attemptsMax(settings);
    if (settings.messageTtlMs !== never) this.mayExpire = true;
    this.weighing.want(settings.bytesMax !== never);
    if (settings.retentionMs === 0) this.retained.clear();
    this.touch();
    this.owner.toDispatch(this);
  }

  get ready(): number {
    return this.ledger.ready;
  }

  get unacked(): number {
    return this.ledger.locked;
  }

  get gone(): boolean {
    return this.closed;
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
    if (this.ledger.sizes !== null) this.weighing.came(buffer, at);
    this.ledger.arrived(end);
    if (admission !== null) this.ledger.admit(base, end, admission);
    this.storage.observer?.appended(this.log, this.name, -1, buffer, at, base);
    this.changed();
    return base;
  }

  /** Whether messages with a time of their own were published to it. */
  get timed(): boolean {
    return this.hasTimed;
  }

  markTimed(): void {
    this.hasTimed = true;
    this.mayExpire = true;
  }

  private get overflows(): boolean {
    return this.ledger.ready > this.current.lengthMax || this.ledger.readyBytes > this.current.bytesMax;
  }

  /** How many messages of the run it takes, from the first on, where it turns away what is too much. */
  roomFor(run: MessageRun): number {
    const { overflow, lengthMax, bytesMax } = this.current;
    if (overflow === 'drop-head') return run.count;
    const count = Math.max(0, Math.min(run.count, lengthMax - this.ledger.ready));
    const bytes = bytesMax - this.ledger.readyBytes;
    return run.bodyBytes <= bytes ? count : this.weighing.fitting(run, count, bytes);
  }

  /** Locks up to `countMax` messages for `holder`; see Ledger.acquire. */
  acquire(holder: number, countMax: number, deadlineMs: number, out: Runs): number {
    this.refuseWhenStorageDoes();
    const before = this.ledger.dead;
    const count = this.ledger.acquire(holder, countMax, never, deadlineMs, this.storage.clock.now(), out);
    if (this.ledger.dead > before) this.unburied.bringForward(0); // `due` is late where the wall clock was set forward
    const { observer } = this.storage;
    if (observer !== null)
      for (let run = 0; run < out.count; run++) observer.delivered(this.log, out.from[run]!, out.to[run]!);
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
    if (count === 0) return 0;
    this.storage.observer?.settled(this.log, from, to, 'ack');
    this.letGo();
    // What waited behind it in its group is next, perhaps for who does not ask by himself.
    if (this.followers.size > 0 && this.options.admission === 'explicit') this.changed();
    return count;
  }

  release(holder: number, from: number, to: number, dueMs = 0, countsAsAttempt = true): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.release(holder, from, to, dueMs, countsAsAttempt);
    if (count === 0) return 0;
    this.storage.observer?.settled(this.log, from, to, 'requeue');
    this.changed();
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
    if (count === 0) return 0;
    this.storage.observer?.settled(this.log, from, to, 'reject');
    this.changed();
    return count;
  }

  /** What is in [from, to) is done, whoever has it. */
  discard(from: number, to: number): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.discard(from, to);
    if (count > 0) {
      this.storage.observer?.settled(this.log, from, to, 'ack');
      this.letGo();
      // What waited behind it in its group is next.
      this.changed();
    }
    return count;
  }

  /** Drops what is ready; what is locked stays with its holders. */
  purge(): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.purge();
    this.letGo();
    return count;
  }

  /** What is done in [from, to) and still there is ready again: see rewinding.ts. */
  reopen(from: number, to: number, admission: Admission | null): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.reopen(Math.max(from, this.log.startOffset), to, admission);
    if (count > 0) this.changed();
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

  // --- pushing messages to consumers ---

  consume(consumer: QueueConsumer): void {
    this.consumers.add(consumer);
    this.touch();
    this.owner.toDispatch(this);
  }

  /** What it has locked stays locked. False when it was not there. */
  unconsume(consumer: QueueConsumer): boolean {
    const removed = this.consumers.remove(consumer);
    if (!removed) return false;
    this.touch();
    if (this.consumers.count > 0) this.owner.toDispatch(this);
    else this.cursor.rest();
    return true;
  }

  /** Somebody has room again. */
  wanted(): void {
    if (this.ledger.ready > 0 && !this.loading) this.owner.toDispatch(this);
  }

  /** Hands out what is ready to whoever has room. */
  dispatch(): void {
    if (this.closed || this.loading) return;
    if (this.storage.refusal !== null) {
      // Nobody else may come by when that is over.
      this.due.bringForward(refusedRetryMs);
      return;
    }
    if (this.handout.waits) this.handOut();
    this.consumers.newCircle();
    while (!this.loading && this.ledger.ready > 0) {
      const consumer = this.consumers.next(this.current.singleActive, this.hasNothing);
      if (consumer === null) break;
      const count = this.mayExpire ? this.unexpired(this.share(consumer)) : this.share(consumer);
      if (count === 0) break;
      if (this.acquire(consumer.holder, count, never, this.handout.runs) === 0) break;
      this.handout.begin(consumer);
      this.handOut();
    }
    if (!this.loading) this.settleHead();
  }

  private readonly hasNothing = (consumer: QueueConsumer): boolean => this.ledger.lockedBy(consumer.holder) === 0;

  /** How much this consumer gets in its turn: a message each while there are few, longer runs when there are many. */
  private share(consumer: QueueConsumer): number {
    const { cursor } = this;
    const most = Math.min(
      consumer.room(),
      runCountMax,
      Math.max(1, Math.floor(runBytesMax / (cursor.bodyLength + 64))),
    );
    const among = this.current.singleActive ? 1 : this.consumers.count;
    if (among === 1) return most;
    return Math.min(most, this.consumers.turnOf(this.ledger.ready));
  }

  private handOut(): void {
    const missing = this.handout.goOn();
    if (missing >= 0) this.bring(missing);
  }

  /** What was locked for somebody whom it never reached is as it was before. */
  returnUnseen(holder: number, from: number, to: number): void {
    if (this.ledger.returnUnseen(holder, from, to) > 0) this.changed();
  }

  /** Reads messages back into memory and goes on when they are there. */
  private bring(offset: number): void {
    this.loading = true;
    this.cursor.load(offset).then(
      () => {
        this.loading = false;
        if (!this.closed) this.owner.toDispatch(this);
      },
      (error: unknown) => this.failed(error),
    );
  }

  /** Its messages cannot be handed out now; it is looked at again after a while. */
  failed(error: unknown): void {
    this.loading = false;
    if (this.closed) return;
    this.logger.error({ queue: this.name, error: String(error) }, 'messages could not be read; trying again');
    this.due.set(refusedRetryMs);
  }

  /** Calls `act` when the message that is next in turn is in memory, or there is none: at once, if it can. */
  withHead(act: () => void): void {
    let head = -1;
    try {
      if (!this.closed && this.storage.refusal === null) head = this.headInTime();
      if (head >= 0 && this.cursor.seek(head)) head = -1;
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.cannotRead(error);
      head = -1;
    }
    if (head < 0) {
      act();
      return;
    }
    this.cursor.load(head).then(
      () => this.withHead(act),
      (error: unknown) => {
        this.cannotRead(error);
        act();
      },
    );
  }

  private cannotRead(error: unknown): void {
    this.logger.error({ queue: this.name, error: String(error) }, 'a message could not be read');
  }

  // --- messages whose time is over ---

  private headInTime(): number {
    if (this.mayExpire) {
      this.offered = this.log.endOffset;
      this.settleHead();
    } else this.dropExcess();
    return this.ledger.head();
  }

  /** How many messages from the head on, at most `most`, still have time. */
  private unexpired(most: number): number {
    const nowMs = this.storage.clock.now();
    const { cursor } = this;
    this.dropExpired(nowMs);
    const head = this.loading ? -1 : this.ledger.head();
    if (head < 0) return 0;
    if (!cursor.seek(head)) {
      this.bring(head);
      return 0;
    }
    const limit = Math.min(head + most, this.ledger.headEnd);
    let offset = head + 1;
    while (offset < limit && cursor.seek(offset)) {
      if (offset < this.offered && this.endOfTime() <= nowMs) break;
      offset++;
    }
    return offset - head;
  }

  /** When the time of the message under the cursor is over. */
  private endOfTime(): number {
    const { cursor } = this;
    return Math.min(cursor.expiresMs, cursor.timestampMs + this.current.messageTtlMs);
  }

  /** Lets messages die at the head whose time is over, and answers when that of the next one will be. */
  private dropExpired(nowMs: number): number {
    for (;;) {
      const head = this.ledger.head();
      if (head < 0 || head >= this.offered) return never;
      if (!this.cursor.seek(head)) {
        this.bring(head);
        return never;
      }
      const limit = Math.min(this.ledger.headEnd, this.offered);
      let end = head;
      while (end < limit && this.cursor.seek(end) && this.endOfTime() <= nowMs) end++;
      if (end === head) return this.endOfTime();
      this.ledger.kill(head, end, 'expired');
      this.bury();
    }
  }

  /** After a dispatch: what stays is too much, or waits for its time to be over. */
  private settleHead(): void {
    this.offered = this.log.endOffset;
    this.dropExcess();
    if (!this.mayExpire) return;
    const nowMs = this.storage.clock.now();
    const next = this.dropExpired(nowMs);
    this.armAt(Math.min(next, this.ledger.nextDueMs()));
  }

  /** Lets the oldest go while there are more than there may be. */
  private dropExcess(): void {
    if (this.current.overflow !== 'drop-head' || !this.overflows) return;
    while (this.overflows) {
      const head = this.ledger.head();
      // What is ready waits for the rest of its group.
      if (head < 0) break;
      const most = Math.min(this.ledger.headEnd, head + this.excess(head));
      this.ledger.kill(head, most, 'max-length');
    }
    this.bury();
  }

  /** How many from the head on are too many. */
  private excess(head: number): number {
    const { lengthMax, bytesMax } = this.current;
    const { ledger } = this;
    const { sizes } = ledger;
    let count = Math.max(0, ledger.ready - lengthMax);
    if (sizes !== null) {
      while (ledger.readyBytes - sizes.between(head, head + count) > bytesMax && head + count < ledger.headEnd) count++;
    }
    return Math.max(1, count);
  }

  // --- time ---

  /** It is used: consumed, read from, declared again. */
  touch(): void {
    if (this.current.expiresMs === never || this.consumers.count > 0 || this.closed) this.idle.clear();
    else this.idle.set(this.current.expiresMs);
  }

  private wasIdle(): void {
    if (this.storage.refusal !== null) this.idle.set(refusedRetryMs);
    else if (!this.closed) this.owner.unused(this);
  }

  /** Something may be ready, due at another time, or dead. */
  private changed(): void {
    this.arm();
    if (this.ledger.dead > 0) this.bury();
    if (this.ledger.ready === 0) return;
    if (this.consumers.count > 0 || this.mayExpire || this.overflows) this.owner.toDispatch(this);
    for (const follower of this.followers) follower.ready(this);
  }

  private arm(): void {
    const dueMs = this.ledger.nextDueMs();
    // What is armed may be the time of a message at the head: a lock can end before that.
    if (!this.mayExpire || !this.due.armed) this.armAt(dueMs);
    else if (dueMs !== never) this.due.bringForward(Math.max(0, dueMs - this.storage.clock.now()));
  }

  private armAt(dueMs: number): void {
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
    this.owner.toDispatch(this);
  }

  private letGo(): void {
    let done = this.ledger.doneBefore;
    this.ledger.sizes?.forgetBefore(done);
    if (this.storage.refusal !== null || this.closed) return;
    const { retentionMs } = this.current;
    if (retentionMs > 0) done = this.retained.forgettable(done, retentionMs);
    if (done > this.log.startOffset) this.log.trimmed(Math.min(done, this.log.endOffset));
  }

  private bury(): void {
    if (this.storage.refusal !== null) {
      this.unburied.set(refusedRetryMs);
      return;
    }
    if (this.current.deadLetter === null) {
      this.deadLetters.drop();
      this.letGo();
      return;
    }
    this.deadLetters.move().then(
      () => this.buried(),
      (error: unknown) => {
        if (!this.closed)
          this.logger.error({ queue: this.name, error: String(error) }, 'dead letters could not be moved');
        this.buried();
      },
    );
  }

  /** What there was no room for where it belongs, or what could not be read, is tried again. */
  private buried(): void {
    if (this.closed) return;
    this.letGo();
    if (this.ledger.dead > 0) this.unburied.set(refusedRetryMs);
  }

  // As a follower of its log.

  advanced(): void {
    if (this.followers.size > 0) for (const follower of this.followers) follower.durable?.(this);
  }

  replayed(bytes: Buffer, at: number, base: number): void {
    this.ledger.arrived(base + lastOffsetDelta(bytes, at) + 1);
  }

  /** Everything is read back: locks whose holders are gone end, and time goes on. */
  restarted(): void {
    this.ledger.restarted(this.log.startOffset, this.log.endOffset, this.storage.clock.now());
    this.letGo();
    this.touch();
    this.fellDue();
  }

  /** It is deleted, or the broker ends: nobody gets anything from here any more. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.due.clear();
    this.idle.clear();
    this.unburied.clear();
    this.deadLetters.end();
    this.retained.close();
    for (const follower of this.followers) follower.gone?.(this);
    this.followers.clear();
    this.cursor.rest();
    for (const consumer of this.consumers.clear()) consumer.queueGone(this);
  }
}
