import { assert } from '../../lib/assert.js';
import type { ByteReader } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder, State } from '../../log/state.js';
import { toAck, toDiscard, toExtend, toKill, toReject, toRelease, toUnsee } from './changes.js';
import { DeliveryTable, plainLane } from './delivery-table.js';
import { DoneMarks } from './done-marks.js';
import { checkHolder, checkPriority, checkRange, checkTime, type LedgerOptions } from './ledger-arguments.js';
import { operations, readSnapshot, replayOperation, writeRanges, writeSnapshot, writeTime } from './operations.js';
import { reopen } from './reopening.js';
import { dead, delayed, locked, ready } from './run-map.js';
import { type DeathReason, deathReasons, type Runs } from './runs.js';
import { readyBytesOf, type Sizes } from './sizes.js';

/** How large records are: the one thing a ledger must ask about what it counts. */
export interface Measure {
  /** How many records from `from` on, below `to`, have at most `bytesMax` bytes together. */
  fit(from: number, to: number, bytesMax: number): number;
  bytes(from: number, to: number): number;
}

/** What makes an arrival differ from a plain one. The object may be used again for the next call. */
export interface Admission {
  /** 0-255, the highest first, within one priority by offset. Not together with a group. */
  readonly priority?: number;
  /** Not to be handed out before. */
  readonly dueMs?: number;
  /** Handed out in order, and not while another offset of the group is locked. */
  readonly group?: string | undefined;
}

export type OffsetState = 'ready' | 'locked' | 'delayed' | 'dead' | 'done' | 'unadmitted' | 'absent';

/**
 * The delivery state of one reader-group over a log: which offsets are ready, locked (by whom, until when), delayed,
 * dead or done, and how often each was tried. AMQP's unacked messages, SQS's visibility time-outs and Kafka's share
 * groups are views of it. It knows offsets, never bytes; time is told to it; it decides synchronously and always the
 * same; each change is written to the recorder as one operation.
 *
 * The rules:
 * - An acquire hands out the highest priority first and in a priority the lowest offset first, so what was released
 *   is back at its old place. Of groups the one with the oldest offset comes first, and as much of it as fits.
 * - While an offset of a group is locked, no other of that group is handed out. A delayed one holds back what is
 *   behind it in its group.
 * - A lock ends by ack, release or reject, when its deadline passes, or with its holder. The last two count as an
 *   attempt; a release says itself. At the delivery limit the offset is dead instead of ready.
 * - What is dead stays, and keeps its records, until it is buried: whoever moves dead letters appends the copies and
 *   buries in one synchronous stretch, so a dead letter moves exactly once, also over a crash.
 *
 * Memory: a run (about 40 bytes) for neighbours with equal state that are locked, delayed, dead, ready again or
 * admitted; nothing for what waits or is done. An admitted offset of a group or a priority so costs a run, and a
 * group about 200 bytes while it has offsets.
 */
export class Ledger implements State {
  /** How far it was done when, where `mark` was told. */
  readonly marks: DoneMarks = new DoneMarks();
  private readonly table: DeliveryTable;
  private readonly recorder: Recorder | undefined;
  private readonly measure: Measure | undefined;
  /** What `choose` found: a range that is free, and its group's lane or -1. */
  private chosenFrom = 0;
  private chosenTo = 0;
  private chosenGroup = -1;
  private room = 0;

  constructor(options: LedgerOptions = {}) {
    this.table = new DeliveryTable(options.admission === 'explicit');
    this.table.deliveryLimit = options.deliveryLimit ?? -1;
    this.recorder = options.recorder;
    this.measure = options.measure;
  }

  get ready(): number {
    return this.table.explicit ? this.table.kept : this.table.kept + this.table.fresh;
  }

  /** From now on bytes are counted too; null for no more. Not kept over a restart. */
  measureBy(sizes: Sizes | null): void {
    this.table.sizes = sizes;
    this.table.readyBytes = readyBytesOf(this.table);
  }

  get sizes(): Sizes | null {
    return this.table.sizes;
  }

  /** Bytes of what is ready; 0 where nobody counts them. With explicit admission this is not told. */
  get readyBytes(): number {
    return this.table.sizes === null ? 0 : this.table.readyBytes;
  }

  get locked(): number {
    return this.table.locked;
  }

  get delayed(): number {
    return this.table.delayed;
  }

  get dead(): number {
    return this.table.dead;
  }

  /** What has arrived and was not admitted yet: always 0 where admission is implicit. */
  get unadmitted(): number {
    return this.table.explicit ? this.table.fresh : 0;
  }

  /** The first offset the log does not have yet. */
  get end(): number {
    return this.table.end;
  }

  /** The first offset that was neither handed out nor admitted: where explicit admission goes on. */
  get admittedEnd(): number {
    return this.table.explicit ? this.table.next : this.table.end;
  }

  /** All offsets below are done: the log may forget them. */
  get doneBefore(): number {
    return Math.min(this.table.next, this.table.runs.firstFrom);
  }

  /** How many runs are kept in memory: what this ledger costs. */
  get runCount(): number {
    return this.table.runs.size;
  }

  get deliveryLimit(): number {
    return this.table.deliveryLimit;
  }

  /** Holds for what is released from now on. */
  set deliveryLimit(limit: number) {
    assert(Number.isSafeInteger(limit) && limit >= -1, 'a delivery limit is -1 or a whole number');
    if (limit === this.table.deliveryLimit) return;
    this.table.deliveryLimit = limit;
    const into = this.begin(operations.limit);
    if (into === undefined) return;
    into.uvarint(limit + 1);
    this.recorder!.end();
  }

  lockedBy(holder: number): number {
    return this.table.holders.lockedBy(holder);
  }

  /** How many offsets in [from, to) `holder` has locked. */
  heldBy(holder: number, from: number, to: number): number {
    checkRange(from, to);
    const { runs } = this.table;
    let count = 0;
    for (let found = runs.seek(from); found && runs.from < to; found = runs.step()) {
      if (runs.state !== locked || runs.holder !== holder) continue;
      count += Math.min(runs.to, to) - Math.max(runs.from, from);
    }
    return count;
  }

  /** The log goes to `end` now. Not recorded: the log knows it. */
  arrived(end: number): void {
    this.table.arrived(end);
  }

  /**
   * Tells that fresh offsets differ from plain ones; what is known already, or was handed out, stays as it is. With
   * explicit admission offsets are admitted upwards, and those passed over are done.
   */
  admit(from: number, to: number, admission: Admission): number {
    checkRange(from, to);
    const priority = admission.priority ?? 0;
    const dueMs = admission.dueMs ?? 0;
    const group = admission.group;
    checkPriority(priority, group);
    checkTime(dueMs);
    assert(to <= this.table.end, 'what is admitted has arrived');
    if (!this.table.explicit && priority === 0 && dueMs === 0 && group === undefined) return 0;
    const passedBefore = this.table.next;
    const applied = this.table.admit(from, to, this.table.laneFor(priority, group), dueMs);
    if (applied === 0 && this.table.next === passedBefore) return 0;
    const into = this.begin(operations.admit);
    if (into === undefined) return applied;
    into.uvarint(from);
    into.uvarint(to - from);
    into.u8(priority);
    into.uvarint(dueMs);
    into.u8(group === undefined ? 0 : 1);
    if (group !== undefined) into.string(group);
    this.recorder!.end();
    return applied;
  }

  /**
   * Locks up to `countMax` offsets with up to `bytesMax` bytes (at least one offset), until `deadlineMs` or, at
   * Infinity, until the holder goes away, and puts them into `out`. Answers how many.
   */
  acquire(holder: number, countMax: number, bytesMax: number, deadlineMs: number, nowMs: number, out: Runs): number {
    checkHolder(holder);
    assert(holder > 0, 'a lock has a holder');
    checkTime(deadlineMs);
    // It may be over already: between whoever set it and here the process may have stood still, or the clock have jumped.
    assert(deadlineMs > 0, 'a lock has a deadline');
    const table = this.table;
    if (table.due.topKey <= nowMs) this.expire(nowMs);
    out.clear();
    this.room = bytesMax;
    let more = true;
    while (more && out.offsetCount < countMax && this.choose()) {
      more = this.take(this.chosenFrom, this.chosenTo, holder, countMax, deadlineMs, out);
      if (this.chosenGroup >= 0) {
        while (more && out.offsetCount < countMax && this.chooseFromGroup()) {
          more = this.take(this.chosenFrom, this.chosenTo, holder, countMax, deadlineMs, out);
        }
      }
    }
    if (out.count === 0) return 0;
    table.tidyDue();
    const into = this.begin(operations.acquire);
    if (into !== undefined) {
      into.uvarint(holder);
      writeTime(into, deadlineMs);
      writeRanges(into, out);
      this.recorder!.end();
    }
    return out.offsetCount;
  }

  /** Finds the range that is next in turn. */
  private choose(): boolean {
    const { table } = this;
    const { index, runs } = table;
    this.chosenGroup = -1;
    let from = table.explicit || table.fresh === 0 ? Number.POSITIVE_INFINITY : table.next;
    let isKept = false;
    if (index.size > 0) {
      if (index.first() && index.lane < plainLane) {
        from = index.from;
        isKept = true;
      } else {
        if (index.lane === plainLane && index.from < from) {
          from = index.from;
          isKept = true;
        }
        const group = table.groups.best();
        if (group >= 0 && table.groups.headOf(group) < from) {
          from = table.groups.headOf(group);
          isKept = true;
          this.chosenGroup = group;
        }
      }
    }
    if (from === Number.POSITIVE_INFINITY) return false;
    this.chosenFrom = from;
    if (isKept) {
      runs.seek(from);
      this.chosenTo = runs.to;
    } else {
      this.chosenTo = runs.lastTo > from && runs.seek(from) ? Math.min(runs.from, table.end) : table.end;
    }
    return true;
  }

  private chooseFromGroup(): boolean {
    const { index, runs } = this.table;
    if (!index.seek(this.chosenGroup, 0) || index.lane !== this.chosenGroup || index.blocking) return false;
    this.chosenFrom = index.from;
    runs.seek(index.from);
    this.chosenTo = runs.to;
    return true;
  }

  /** Locks what fits of a free range, and says whether there may be room for more. */
  private take(from: number, to: number, holder: number, countMax: number, deadlineMs: number, out: Runs): boolean {
    let count = Math.min(to - from, countMax - out.offsetCount);
    let more = true;
    if (this.room !== Number.POSITIVE_INFINITY) {
      const measure = this.measure;
      assert(measure !== undefined, 'a limit in bytes needs a measure');
      const fitting = measure.fit(from, from + count, this.room);
      if (fitting < count) {
        if (fitting <= 0 && out.count > 0) return false;
        count = Math.max(fitting, 1);
        more = false;
      }
      if (more) this.room -= measure.bytes(from, from + count);
    }
    this.table.lockFound(holder, from, from + count, deadlineMs, out);
    return more;
  }

  /** The offset the next acquire would hand out first, or -1: where time-outs of messages are looked at. */
  head(): number {
    return this.choose() ? this.chosenFrom : -1;
  }

  /** Where the range ends that `head` found the beginning of: all of it may be handed out in turn. */
  get headEnd(): number {
    return this.chosenTo;
  }

  /** Moves the deadline of what `holder` (0: anybody) has locked in [from, to). */
  extend(holder: number, from: number, to: number, deadlineMs: number): number {
    checkHolder(holder);
    checkRange(from, to);
    checkTime(deadlineMs);
    assert(deadlineMs > 0, 'a lock has a deadline');
    const applied = this.changeLocked(toExtend, holder, from, to, deadlineMs, false, 0);
    if (applied > 0) this.recordTouchedWithTime(operations.extend, deadlineMs);
    this.table.tidyDue();
    return applied;
  }

  /** What `holder` (0: anybody) has locked in [from, to) is done. */
  ack(holder: number, from: number, to: number): number {
    checkHolder(holder);
    checkRange(from, to);
    const applied = this.changeLocked(toAck, holder, from, to, 0, false, 0);
    if (applied > 0) this.recordTouched(operations.ack);
    return applied;
  }

  /** What `holder` (0: anybody) has locked in [from, to) is ready again, from `dueMs` on when that is given. */
  release(holder: number, from: number, to: number, dueMs = 0, countsAsAttempt = true): number {
    checkHolder(holder);
    checkRange(from, to);
    checkTime(dueMs);
    assert(dueMs < Number.POSITIVE_INFINITY, 'a delay ends');
    const applied = this.changeLocked(toRelease, holder, from, to, dueMs, countsAsAttempt, 0);
    if (applied === 0) return 0;
    this.table.tidyDue();
    const into = this.begin(operations.release);
    if (into === undefined) return applied;
    into.uvarint(dueMs);
    into.u8(countsAsAttempt ? 1 : 0);
    writeRanges(into, this.table.touched);
    this.recorder!.end();
    return applied;
  }

  /** What `holder` has locked in [from, to) never reached it: it is as it was before. */
  returnUnseen(holder: number, from: number, to: number): number {
    checkHolder(holder);
    checkRange(from, to);
    const applied = this.changeLocked(toUnsee, holder, from, to, 0, false, 0);
    if (applied > 0) this.recordTouched(operations.unsee);
    return applied;
  }

  /** The holder is gone: all it has locked is ready again. */
  releaseHolder(holder: number, countsAsAttempt = true): number {
    const { holders } = this.table;
    if (holders.lockedBy(holder) === 0) {
      holders.forget(holder);
      return 0;
    }
    const applied = this.release(holder, holders.lowOf(holder), holders.highOf(holder), 0, countsAsAttempt);
    holders.forget(holder);
    return applied;
  }

  /** What `holder` (0: anybody) has locked in [from, to) is dead. */
  reject(holder: number, from: number, to: number, reason: DeathReason = 'rejected'): number {
    checkHolder(holder);
    checkRange(from, to);
    const code = deathReasons.indexOf(reason);
    const applied = this.changeLocked(toReject, holder, from, to, 0, false, code);
    if (applied > 0) this.recordTouchedWithReason(operations.reject, code);
    return applied;
  }

  /** What is ready in [from, to) is dead: its time is over, or there is too much of it. */
  kill(from: number, to: number, reason: DeathReason): number {
    checkRange(from, to);
    const code = deathReasons.indexOf(reason);
    this.table.touched.clear();
    const applied = this.table.changeWaiting(toKill, from, to, code, 0);
    if (applied > 0) this.recordTouchedWithReason(operations.kill, code);
    return applied;
  }

  /** All in [from, to) is done, whatever it was: its records are deleted, or are none to be handed out. */
  discard(from: number, to: number): number {
    checkRange(from, to);
    this.table.touched.clear();
    const applied = this.table.changeWaiting(toDiscard, from, to, 0, 0);
    if (applied > 0) this.recordTouched(operations.discard);
    return applied;
  }

  /** What is done in [from, to), with its records still there, is ready again as if it had never been handed out. */
  reopen(from: number, to: number, admission: Admission | null = null): number {
    checkRange(from, to);
    const priority = admission?.priority ?? 0;
    const group = admission?.group;
    checkPriority(priority, group);
    const { table } = this;
    const applied = reopen(table, from, to, table.laneFor(priority, group));
    if (applied === 0) return 0;
    this.marks.reopened(table.touched.from[0]!);
    const into = this.begin(operations.reopen);
    if (into === undefined) return applied;
    into.u8(priority);
    into.u8(group === undefined ? 0 : 1);
    if (group !== undefined) into.string(group);
    writeRanges(into, table.touched);
    this.recorder!.end();
    return applied;
  }

  /** Everything below `offset` is done now: see `marks`. */
  mark(nowMs: number, offset: number): void {
    this.marks.add(nowMs, offset);
    const into = this.begin(operations.mark);
    if (into === undefined) return;
    into.uvarint(nowMs);
    into.uvarint(offset);
    this.recorder!.end();
  }

  /** All that is ready is done (and what is delayed, if so asked; and what waits for admission). What is locked stays. */
  purge(delayedToo = false): number {
    const { table } = this;
    const applied = table.purge(table.end, delayedToo);
    if (applied === 0) return 0;
    const into = this.begin(operations.purge);
    if (into === undefined) return applied;
    into.uvarint(table.end);
    into.u8(delayedToo ? 1 : 0);
    this.recorder!.end();
    return applied;
  }

  /** Lists what is dead, by offset, the first `runsMax` runs of it. */
  listDead(out: Runs, runsMax: number = Number.POSITIVE_INFINITY): number {
    out.clear();
    this.table.listDead(out, runsMax);
    return out.offsetCount;
  }

  /** What is dead in [from, to) is done: it has been moved in this same stretch, or there is nowhere to move it to. */
  buried(from: number, to: number): number {
    checkRange(from, to);
    this.table.touched.clear();
    const applied = this.table.buried(from, to);
    if (applied > 0) this.recordTouched(operations.buried);
    return applied;
  }

  /** Ends locks past their deadline and delays that are due. Answers when the next one falls due, or Infinity. */
  expire(nowMs: number): number {
    if (this.table.expire(nowMs) > 0) {
      const into = this.begin(operations.expire);
      if (into !== undefined) {
        into.uvarint(nowMs);
        this.recorder!.end();
      }
    }
    return this.table.nextDueMs();
  }

  nextDueMs(): number {
    return this.table.nextDueMs();
  }

  /**
   * After recovery, when the log has [begin, end): locks without a deadline end (their holders are gone), the others
   * go on until theirs, held by nobody, so that only holder 0 can settle them. Offsets the log has lost are forgotten.
   */
  restarted(begin: number, end: number, nowMs: number): void {
    checkRange(begin, end);
    this.table.restarted(begin, end);
    const into = this.begin(operations.restarted);
    if (into !== undefined) {
      into.uvarint(begin);
      into.uvarint(end);
      this.recorder!.end();
    }
    this.expire(nowMs);
  }

  /** Starts anew: everything below `offset` is done, everything from it on was never handed out. Locks are forgotten. */
  reset(offset: number): void {
    assert(offset >= 0 && offset <= this.table.end, 'a reset is to an offset the log has or will have next');
    this.table.reset(offset);
    const into = this.begin(operations.reset);
    if (into === undefined) return;
    into.uvarint(offset);
    into.uvarint(this.table.end);
    this.recorder!.end();
  }

  stateOf(offset: number): OffsetState {
    const { runs, next, end, explicit } = this.table;
    if (offset >= end || offset < 0) return 'absent';
    if (runs.seek(offset) && runs.from <= offset) {
      switch (runs.state) {
        case ready:
          return 'ready';
        case locked:
          return 'locked';
        case delayed:
          return 'delayed';
        case dead:
          return 'dead';
        default:
          return 'done';
      }
    }
    if (offset < next) return 'done';
    return explicit ? 'unadmitted' : 'ready';
  }

  /** How far from `offset` on the state does not change. */
  stateEnd(offset: number): number {
    const { runs, next, end } = this.table;
    if (runs.seek(offset) && runs.from <= offset) return runs.to;
    const limit = runs.atEnd ? end : Math.min(runs.from, end);
    return offset < next ? Math.min(limit, next) : limit;
  }

  /** How often the offset was handed out; 0 when it never was or is done. */
  deliveryCount(offset: number): number {
    const { runs } = this.table;
    return runs.seek(offset) && runs.from <= offset ? runs.deliveries : 0;
  }

  /** How many of its deliveries count against the limit. */
  attemptCount(offset: number): number {
    const { runs } = this.table;
    return runs.seek(offset) && runs.from <= offset ? runs.attempts : 0;
  }

  // --- durability ---

  snapshot(into: ByteWriter): void {
    writeSnapshot(into, this.table);
    if (this.marks.count > 0) this.marks.write(into);
  }

  restore(from: ByteReader): void {
    readSnapshot(from, this.table);
    this.marks.clear();
    if (from.remaining > 0) this.marks.read(from);
  }

  replay(from: ByteReader): void {
    replayOperation(from, this.table, this.marks);
  }

  private changeLocked(
    change: number,
    holder: number,
    from: number,
    to: number,
    timeMs: number,
    countsAsAttempt: boolean,
    reason: number,
  ): number {
    this.table.touched.clear();
    return this.table.changeLocked(change, holder, from, to, timeMs, countsAsAttempt, reason);
  }

  private begin(operation: number): ByteWriter | undefined {
    const into = this.recorder?.begin();
    into?.u8(operation);
    return into;
  }

  private recordTouched(operation: number): void {
    const into = this.begin(operation);
    if (into === undefined) return;
    writeRanges(into, this.table.touched);
    this.recorder!.end();
  }

  private recordTouchedWithTime(operation: number, timeMs: number): void {
    const into = this.begin(operation);
    if (into === undefined) return;
    writeTime(into, timeMs);
    writeRanges(into, this.table.touched);
    this.recorder!.end();
  }

  private recordTouchedWithReason(operation: number, code: number): void {
    const into = this.begin(operation);
    if (into === undefined) return;
    into.u8(code);
    writeRanges(into, this.table.touched);
    this.recorder!.end();
  }
}
