import { assert } from '../../lib/assert.js';
import type { ByteReader } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import { Deadline } from '../../lib/deadline.js';
import { baseOffset, batchBytes, isControl, isTransactional, nextOffset, producerId } from '../../log/batch.js';
import type { State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import type { GroupConfig } from '../group/group-config.js';
import type { Partition, PartitionWatcher } from '../partition.js';
import type { DeadBatch } from '../queue/dead-batch.js';
import { DeadLetters, type DeadLetterTarget } from '../queue/dead-letters.js';
import { Ledger, type Measure } from '../queue/ledger.js';
import { Runs } from '../queue/runs.js';
import { brokerErrorOf } from '../refusal.js';
import { stateNumbers } from '../state-numbers.js';
import { readDeadRecords } from './dead-records.js';

export interface ShareLimits {
  /** After how many deliveries a record that comes back is given up. */
  readonly deliveriesMax: number;
  /** How many records of a partition may be with members at a time. */
  readonly locksMax: number;
}

/** The group that reads a partition. */
export interface ShareReader {
  readonly config: GroupConfig;
}

/** What a member says of records that it holds. */
export const settlement = { accept: 1, release: 2, reject: 3, renew: 4 } as const;

/** Told when there may be something to hand out that there was not before. */
export interface ShareFollower {
  ready(): void;
}

const refusedRetryMs = 1000;
const never = Number.POSITIVE_INFINITY;

/**
 * One partition as one share group reads it: a ledger over the partition's log. Only what is durable is handed out. The
 * log stays as it is, for it has other readers; what it forgets is forgotten here when somebody asks for more.
 */
export class SharePartition implements State, Measure, PartitionWatcher {
  readonly number: number;
  readonly topicId: string;
  readonly index: number;
  readonly ledger: Ledger;
  private readonly found: Partition | null;
  private readonly storage: Storage;
  private readonly limits: ShareLimits;
  private readonly group: ShareReader;
  private readonly due: Deadline;
  private readonly dead = new Runs();
  private readonly followers = new Set<ShareFollower>();
  private readonly unburied: Deadline;
  /** Null where what is given up goes nowhere. */
  private deadLetters: DeadLetters<DeadBatch> | null = null;
  /** Records before it are in hand: an acquire goes no further. */
  private windowEnd = 0;
  private closed = false;

  /** `found`: null while a topic that is gone is read back. */
  constructor(
    number: number,
    topicId: string,
    index: number,
    found: Partition | null,
    storage: Storage,
    limits: ShareLimits,
    group: ShareReader,
  ) {
    this.number = number;
    this.topicId = topicId;
    this.index = index;
    this.found = found;
    this.storage = storage;
    this.limits = limits;
    this.group = group;
    this.ledger = new Ledger({
      recorder: storage.recorder(stateNumbers.shareLedger(number)),
      measure: this,
      deliveryLimit: limits.deliveriesMax,
    });
    this.due = new Deadline(storage.clock, () => this.fellDue());
    this.unburied = new Deadline(storage.clock, () => this.bury());
  }

  /** Its topic or its group is deleted, or the broker ends. */
  get isGone(): boolean {
    return this.closed || this.found === null || this.found.log.deleted;
  }

  /** After how many deliveries that failed a record is given up (-1: never), and who takes it then. */
  govern(attemptsMax: number, target: DeadLetterTarget<DeadBatch> | null): void {
    this.ledger.deliveryLimit = attemptsMax;
    this.deadLetters?.end();
    this.deadLetters = null;
    if (target !== null) {
      const read = (from: number, to: number): Promise<DeadBatch> => readDeadRecords(this.partition.log, from, to);
      this.deadLetters = new DeadLetters(this.ledger, { read }, target);
    }
    this.bury();
  }

  get partition(): Partition {
    assert(this.found !== null, 'a share partition whose topic is gone is not used');
    return this.found;
  }

  /** What the group may be given lies before it: all that is durable, or of that what no transaction may take back. */
  get readLimit(): number {
    const { partition } = this;
    return this.group.config.shareCommitted ? partition.lastStableOffset : partition.highWatermark;
  }

  /** The first offset that is not done with. */
  get startOffset(): number {
    return Math.max(this.ledger.doneBefore, this.partition.startOffset);
  }

  /** How many records are not done with. */
  get lag(): number {
    this.catchUp();
    const { ready, locked, delayed, dead } = this.ledger;
    return ready + locked + delayed + dead;
  }

  /** To be asked before anything is changed: what could not be recorded must not happen. */
  private refuseWhenStorageDoes(): void {
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  /** Learns what the log has and has not any more. */
  catchUp(): void {
    const { ledger, partition } = this;
    ledger.arrived(partition.highWatermark);
    if (ledger.doneBefore < partition.startOffset) ledger.discard(0, Math.min(partition.startOffset, ledger.end));
  }

  /** Where reading for the next acquire begins; -1 when there is nothing to hand out, or too much is out already. */
  head(): number {
    if (this.storage.refusal !== null || this.partition.log.deleted) return -1;
    this.expireLocks();
    this.catchUp();
    if (this.ledger.locked >= this.limits.locksMax) return -1;
    const head = this.ledger.head();
    return head < this.readLimit ? head : -1;
  }

  /**
   * Locks for `holder` what is ready among the batches in `bytes`, which were read from the offset `readFrom` on, and
   * puts it into `out`. With `wholeBatches` a batch that was begun is taken to its end, though that be more than
   * `countMax`: it is sent whole in any case. Answers how many; with 0 it is worth looking at `head` again.
   */
  acquire(holder: number, readFrom: number, bytes: Buffer, countMax: number, wholeBatches: boolean, out: Runs): number {
    this.refuseWhenStorageDoes();
    out.clear();
    // A lock that ends only now would bring back what was not read.
    this.expireLocks();
    this.catchUp();
    if (this.ledger.head() < readFrom) return 0;
    this.lookThrough(readFrom, bytes, wholeBatches ? countMax : never);
    const { ledger, limits } = this;
    const head = ledger.head();
    const room = limits.locksMax - ledger.locked;
    if (head < 0 || head >= this.windowEnd || room <= 0) return 0;
    const nowMs = this.storage.clock.now();
    const count = wholeBatches ? room : Math.min(room, countMax);
    const acquired = ledger.acquire(holder, count, 1, nowMs + this.group.config.shareLockMs, nowMs, out);
    this.arm();
    return acquired;
  }

  /**
   * Finds out how far an acquire may go. What is not a record, as markers and the gaps of compaction, is done, and so is
   * what was aborted for a group that reads committed records.
   */
  private lookThrough(readFrom: number, bytes: Buffer, countMax: number): void {
    const { ledger } = this;
    const committed = this.group.config.shareCommitted;
    const head = ledger.head();
    let end = readFrom;
    for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) {
      const base = baseOffset(bytes, at);
      if (base > end) ledger.discard(end, base);
      end = nextOffset(bytes, at);
      if (isControl(bytes, at) || (committed && this.isAborted(bytes, at, base))) ledger.discard(base, end);
      if (end - head >= countMax) break;
    }
    this.windowEnd = Math.min(end, ledger.end);
  }

  private isAborted(bytes: Buffer, at: number, base: number): boolean {
    return isTransactional(bytes, at) && this.partition.isAborted(producerId(bytes, at), base);
  }

  /** As a measure it says what is in hand; the limit in bytes was kept to when that was read. */
  fit(from: number, to: number): number {
    return Math.min(to, this.windowEnd) - from;
  }

  bytes(): number {
    return 0;
  }

  /**
   * The first offset that is ready, of those that no transaction may take back; -1 where there is none. How many are with
   * members is no matter: who takes them one by one says himself how many he wants.
   */
  nextReady(): number {
    if (this.storage.refusal !== null || this.isGone) return -1;
    this.expireLocks();
    this.catchUp();
    const head = this.ledger.head();
    return head < this.partition.lastStableOffset ? head : -1;
  }

  private expireLocks(): void {
    const nowMs = this.storage.clock.now();
    if (this.ledger.nextDueMs() <= nowMs) this.ledger.expire(nowMs);
  }

  /** Locks for `holder` up to `countMax` of what is ready in [from, to), all of which was looked through. */
  take(holder: number, countMax: number, from: number, to: number, deadlineMs: number, out: Runs): number {
    this.refuseWhenStorageDoes();
    out.clear();
    const { ledger } = this;
    this.expireLocks();
    this.windowEnd = Math.min(to, ledger.end);
    const head = ledger.head();
    if (head < from || head >= this.windowEnd) return 0;
    const acquired = ledger.acquire(holder, countMax, 1, deadlineMs, this.storage.clock.now(), out);
    if (deadlineMs !== never) this.arm();
    return acquired;
  }

  /** There is nothing to be handed out in [from, to). What somebody has of it stays with him. */
  passOver(from: number, to: number): void {
    if (this.storage.refusal !== null || this.closed) return;
    const { ledger } = this;
    const end = Math.min(to, ledger.end);
    if (ledger.stateOf(from) === 'ready') ledger.discard(from, end);
    else for (let at = from; at < end; at++) if (ledger.stateOf(at) === 'ready') ledger.discard(at, at + 1);
  }

  ack(holder: number, from: number, to: number): number {
    this.refuseWhenStorageDoes();
    const { ledger } = this;
    const wasFull = ledger.locked >= this.limits.locksMax;
    const count = ledger.ack(holder, from, to);
    if (wasFull && count > 0) this.changed();
    return count;
  }

  release(holder: number, from: number, to: number, countsAsAttempt: boolean): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.release(holder, from, to, 0, countsAsAttempt);
    if (count > 0) this.changed();
    return count;
  }

  reject(holder: number, from: number, to: number): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.reject(holder, from, to);
    if (count > 0) this.changed();
    return count;
  }

  extend(holder: number, from: number, to: number, deadlineMs: number): number {
    this.refuseWhenStorageDoes();
    const count = this.ledger.extend(holder, from, to, deadlineMs);
    this.arm();
    return count;
  }

  /** All that waits is done. */
  purge(): number {
    this.refuseWhenStorageDoes();
    this.catchUp();
    return this.ledger.purge();
  }

  /** What is in [from, to) is done, whoever has it. */
  discard(from: number, to: number): number {
    this.refuseWhenStorageDoes();
    return this.ledger.discard(from, to);
  }

  /** Whether `holder` has all of [from, to), leaving aside what the log has forgotten. */
  holds(holder: number, from: number, to: number): boolean {
    const begin = Math.max(from, this.partition.startOffset);
    return begin >= to || this.ledger.heldBy(holder, begin, to) === to - begin;
  }

  /** Does as `holder` says with what it has in [from, to). */
  settle(holder: number, from: number, to: number, kind: number): void {
    this.refuseWhenStorageDoes();
    const { ledger } = this;
    if (kind === settlement.release) ledger.release(holder, from, to);
    else if (kind === settlement.reject) ledger.reject(holder, from, to);
    else if (kind === settlement.renew)
      ledger.extend(holder, from, to, this.storage.clock.now() + this.group.config.shareLockMs);
    else ledger.ack(holder, from, to);
    this.changed();
  }

  /** The holder is gone. What it had is ready again, and was not an attempt: nobody is known to have seen it. */
  releaseHolder(holder: number): void {
    if (this.storage.refusal !== null || this.closed) return;
    if (this.ledger.releaseHolder(holder, false) > 0) this.changed();
  }

  /** Starts anew at an offset, or as near to it as the log reaches. */
  reset(offset: number): void {
    this.refuseWhenStorageDoes();
    const { ledger, partition } = this;
    ledger.arrived(partition.highWatermark);
    ledger.reset(Math.min(Math.max(offset, partition.startOffset), ledger.end));
    this.changed();
  }

  follow(follower: ShareFollower): void {
    if (this.followers.size === 0) this.partition.watch(this);
    this.followers.add(follower);
  }

  unfollow(follower: ShareFollower): void {
    this.followers.delete(follower);
    if (this.followers.size === 0) this.partition.unwatch(this);
  }

  advanced(): void {
    for (const follower of this.followers) follower.ready();
  }

  private changed(): void {
    this.arm();
    if (this.ledger.dead > 0) this.bury();
    if (this.ledger.ready > 0) this.advanced();
  }

  private bury(): void {
    const { ledger, dead, deadLetters } = this;
    if (this.closed || ledger.dead === 0) return;
    if (this.storage.refusal !== null) {
      this.unburied.set(refusedRetryMs);
      return;
    }
    // Retention and compaction go on meanwhile: what they took is not looked for.
    this.catchUp();
    if (deadLetters === null) {
      // There is nowhere to move what is given up, so it is done at once.
      ledger.listDead(dead);
      for (let index = 0; index < dead.count; index++) ledger.buried(dead.from[index]!, dead.to[index]!);
      return;
    }
    // What there was no room for where it belongs, or what could not be read, is tried again.
    const again = (): void => {
      if (!this.closed && ledger.dead > 0) this.unburied.set(refusedRetryMs);
    };
    deadLetters.move().then(again, again);
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

  /** Everything is read back: who held something is gone, but it is locked for as long as it was to be. */
  restarted(): void {
    const { startOffset, endOffset } = this.partition.log;
    this.ledger.restarted(startOffset, endOffset, this.storage.clock.now());
    this.changed();
  }

  close(): void {
    this.closed = true;
    this.due.clear();
    this.unburied.clear();
    this.deadLetters?.end();
    this.advanced();
    this.followers.clear();
    this.found?.unwatch(this);
  }

  // As a state: its ledger, which does not see the log's batches when they are read back.

  replay(from: ByteReader): void {
    if (this.found !== null) this.ledger.arrived(this.found.log.endOffset);
    this.ledger.replay(from);
  }

  snapshot(into: ByteWriter): void {
    this.ledger.snapshot(into);
  }

  restore(from: ByteReader): void {
    this.ledger.restore(from);
  }
}
