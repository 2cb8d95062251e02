import { Heap } from '../../lib/heap.js';
import { toAck, toDiscard, toExtend, toKill, toLock, toReject, toRelease, toUnsee } from './changes.js';
import { firstGroupLane, Groups } from './groups.js';
import { Holders } from './holders.js';
import { LaneSet } from './lane-set.js';
import { countMax, dead, delayed, doneAhead, locked, RunMap, ready } from './run-map.js';
import { Runs } from './runs.js';
import { readyBytesOf, type Sizes } from './sizes.js';

/** The lane of an offset without priority or group; a priority p has lane 255 - p. */
export const plainLane = 255;
/** Where the index keeps what is dead; no run has it. */
const deadLane = 0x7fffffff;
const deliveryLimitReason = 3;

/**
 * The state of each offset and the ways it changes; a Ledger decides when and writes it down.
 *
 *             ┌────────── fresh (implicit: ready at no cost; explicit: not admitted yet)
 *             │ admit        │ lock
 *             ▼              ▼
 *   delayed ─due→ ready ─lock→ locked ─ack→ done
 *      ▲            ▲ └kill┐     │ ▲└extend
 *      │            │      ▼     │
 *      └─release────┴── dead ◄─reject, or release at the delivery limit;  dead ─buried→ done
 *
 * - `next` is the first offset that is fresh, or `end`. Below it, an offset in no run is done; from it on, an
 *   offset in no run is fresh. So what waits untouched costs nothing, and neither does what is done behind it.
 * - `index` has (lane, beginning) of exactly the runs that are ready, of the dead ones in a lane of their own, and
 *   of the delayed ones of groups, which hold back what is behind them.
 * - Each lock or delay that ends at a time is covered by an entry (time, from, to) of `due`. Entries are not taken
 *   out when the offsets change; one that falls due looks at what its range has become.
 */
export class DeliveryTable {
  readonly runs: RunMap = new RunMap();
  readonly index: LaneSet = new LaneSet();
  readonly groups: Groups = new Groups();
  readonly holders: Holders = new Holders();
  readonly due: Heap = new Heap();
  /** What the operation under way applied to, for the ledger to write down. */
  readonly touched: Runs = new Runs();
  readonly explicit: boolean;
  next = 0;
  end = 0;
  /** How many offsets in [next, end) are in no run. */
  fresh = 0;
  /** Offsets in ready runs, beside the fresh ones. */
  kept = 0;
  locked = 0;
  delayed = 0;
  dead = 0;
  /** After how many attempts a released offset is dead; -1 for never. */
  deliveryLimit = -1;
  /** Where bytes are counted: how large the offsets are, and what those have together that are ready. */
  sizes: Sizes | null = null;
  readyBytes = 0;

  constructor(explicit: boolean) {
    this.explicit = explicit;
  }

  clear(): void {
    this.runs.clear();
    this.index.clear();
    this.groups.clear();
    this.holders.clear();
    this.due.clear();
    this.kept = 0;
    this.locked = 0;
    this.delayed = 0;
    this.dead = 0;
  }

  arrived(end: number): void {
    if (end <= this.end) return;
    this.fresh += end - this.end;
    if (this.sizes !== null) this.readyBytes += this.sizes.between(this.end, end);
    this.end = end;
  }

  // --- pieces: each is about [from, to) of the run under the cursor, all of it in one state ---

  private indexLane(): number {
    const runs = this.runs;
    switch (runs.state) {
      case ready:
        return runs.lane;
      case delayed:
        return runs.lane >= firstGroupLane ? runs.lane : -1;
      case dead:
        return deadLane;
      default:
        return -1;
    }
  }

  private count(by: number, from: number, to: number): void {
    const runs = this.runs;
    switch (runs.state) {
      case ready:
        this.kept += by;
        if (this.sizes !== null) this.readyBytes += Math.sign(by) * this.sizes.between(from, to);
        break;
      case locked:
        this.locked += by;
        if (runs.lane >= firstGroupLane) this.groups.lock(runs.lane, by);
        break;
      case delayed:
        this.delayed += by;
        break;
      case dead:
        this.dead += by;
        break;
    }
  }

  /** The piece is about to lose its state: takes it out of counts and index. */
  leave(from: number, to: number): void {
    const runs = this.runs;
    this.count(from - to, from, to);
    if (runs.state === locked) this.holders.remove(runs.holder, to - from);
    const lane = this.indexLane();
    if (lane < 0) return;
    if (from === runs.from) this.index.delete(lane, from);
    if (to < runs.to) this.index.add(lane, to, runs.state === delayed);
  }

  /** The run under the cursor has got its state: puts it into counts and index and joins it to its neighbours. */
  enter(): void {
    const runs = this.runs;
    const from = runs.from;
    const to = runs.to;
    const state = runs.state;
    this.count(to - from, from, to);
    if (state === locked) this.holders.add(runs.holder, from, to);
    const lane = this.indexLane();
    const joined = runs.joinLower();
    if (!joined && lane >= 0) this.index.add(lane, from, state === delayed);
    if (runs.joinUpper() && lane >= 0) this.index.delete(lane, to);
  }

  private become(
    from: number,
    to: number,
    state: number,
    holder: number,
    until: number,
    attempts: number,
    deliveries: number = this.runs.deliveries,
  ): void {
    const runs = this.runs;
    const lane = runs.lane;
    this.leave(from, to);
    runs.carve(from, to);
    runs.set(state, lane, holder, until, deliveries, attempts);
    this.enter();
    if (lane >= firstGroupLane) this.refresh(lane);
  }

  private lock(from: number, to: number, holder: number, until: number): void {
    const runs = this.runs;
    const { lane, attempts } = runs;
    const deliveries = Math.min(runs.deliveries + 1, countMax);
    this.leave(from, to);
    runs.carve(from, to);
    runs.set(locked, lane, holder, until, deliveries, attempts);
    this.enter();
    if (lane >= firstGroupLane) this.refresh(lane);
    this.schedule(until, from, to);
  }

  private free(from: number, to: number, dueMs: number, countsAsAttempt: boolean): void {
    const runs = this.runs;
    const attempts = Math.min(runs.attempts + (countsAsAttempt ? 1 : 0), countMax);
    if (countsAsAttempt && this.deliveryLimit >= 0 && attempts >= this.deliveryLimit) {
      this.die(from, to, deliveryLimitReason, attempts);
    } else if (dueMs > 0) {
      this.become(from, to, delayed, 0, dueMs, attempts);
      this.schedule(dueMs, from, to);
    } else {
      this.become(from, to, ready, 0, 0, attempts);
    }
  }

  private die(from: number, to: number, reason: number, attempts: number): void {
    const runs = this.runs;
    const lane = runs.lane;
    const deliveries = runs.deliveries;
    this.leave(from, to);
    runs.carve(from, to);
    runs.set(dead, plainLane, reason, 0, deliveries, attempts);
    this.enter();
    this.departed(lane, to - from);
  }

  private finish(from: number, to: number): void {
    const runs = this.runs;
    const lane = runs.lane;
    this.leave(from, to);
    if (from < this.next) {
      runs.cut(from, to);
    } else {
      runs.carve(from, to);
      runs.set(doneAhead, plainLane, 0, 0, 0, 0);
      this.enter();
    }
    this.departed(lane, to - from);
  }

  /** Offsets left their group for good. */
  private departed(lane: number, count: number): void {
    if (lane < firstGroupLane) return;
    this.groups.resize(lane, -count);
    this.refresh(lane);
  }

  /** Tells the groups what this one has to offer. Moves the index' cursor, not the runs'. */
  refresh(lane: number): void {
    const { groups, index } = this;
    let head = -1;
    if (!groups.isLocked(lane) && index.seek(lane, 0) && index.lane === lane && !index.blocking) head = index.from;
    groups.offer(lane, head);
  }

  /** A run out of fresh offsets; the cursor is on the first run behind them. */
  private start(
    from: number,
    to: number,
    state: number,
    lane: number,
    holder: number,
    until: number,
    deliveries: number,
  ): void {
    this.noLongerFresh(from, to);
    if (from === this.next) this.next = to;
    this.runs.add(from, to);
    this.runs.set(state, lane, holder, until, deliveries, 0);
    this.enter();
    if (from < this.next) this.pass();
  }

  private noLongerFresh(from: number, to: number): void {
    this.fresh -= to - from;
    if (this.sizes !== null) this.readyBytes -= this.sizes.between(from, to);
  }

  /** Moves `next` behind the runs it has come to. */
  private pass(): void {
    const runs = this.runs;
    if (runs.lastTo <= this.next) return;
    while (runs.seek(this.next) && runs.from <= this.next) {
      const to = runs.to;
      if (runs.state === doneAhead) runs.cut(runs.from, to);
      this.next = to;
    }
  }

  private schedule(atMs: number, from: number, to: number): void {
    if (atMs > 0 && atMs < Number.POSITIVE_INFINITY) this.due.push(atMs, from, to);
  }

  // --- ranges ---

  /** Locks what was found to be free: [from, to) is fresh from `next` on, or part of one ready run. */
  lockFound(holder: number, from: number, to: number, untilMs: number, out: Runs): void {
    const runs = this.runs;
    const found = runs.seek(from);
    if (found && runs.from <= from) {
      out.add(from, to, Math.min(runs.deliveries + 1, countMax), runs.attempts);
      this.lock(from, to, holder, untilMs);
    } else {
      out.add(from, to, 1, 0);
      this.start(from, to, locked, plainLane, holder, untilMs, 1);
      this.schedule(untilMs, from, to);
    }
  }

  /** What `change` says, with all that `holder` (0: anybody) has locked in [from, to). */
  changeLocked(
    change: number,
    holder: number,
    from: number,
    to: number,
    timeMs: number,
    countsAsAttempt: boolean,
    reason: number,
  ): number {
    const runs = this.runs;
    let applied = 0;
    let at = from;
    let found = runs.seek(at);
    while (found && at < to && runs.from < to) {
      const end = Math.min(runs.to, to);
      if (runs.state === locked && (holder === 0 || runs.holder === holder)) {
        const begin = Math.max(runs.from, at);
        this.touched.add(begin, end);
        applied += end - begin;
        if (change === toAck) this.finish(begin, end);
        else if (change === toRelease) this.free(begin, end, timeMs, countsAsAttempt);
        else if (change === toReject) this.die(begin, end, reason, runs.attempts);
        else if (change === toUnsee)
          this.become(begin, end, ready, 0, 0, runs.attempts, Math.max(0, runs.deliveries - 1));
        else this.become(begin, end, locked, runs.holder, timeMs, runs.attempts);
      }
      at = end;
      found = !runs.atEnd && (runs.to > at || runs.step());
    }
    if (change === toExtend && applied > 0) this.schedule(timeMs, from, to);
    return applied;
  }

  /**
   * What `change` says, with what is in [from, to): toLock and toKill with all that is ready, toDiscard with
   * everything that is not done.
   */
  changeWaiting(change: number, from: number, to: number, holderOrReason: number, untilMs: number): number {
    const runs = this.runs;
    const stop = Math.min(to, this.end);
    let applied = 0;
    let at = from;
    while (at < stop) {
      if (runs.seek(at) && runs.from <= at) {
        const end = Math.min(runs.to, stop);
        const state = runs.state;
        if (state === ready || (change === toDiscard && state !== doneAhead)) {
          this.touched.add(at, end);
          applied += end - at;
          if (change === toLock) this.lock(at, end, holderOrReason, untilMs);
          else if (change === toKill) this.die(at, end, holderOrReason, runs.attempts);
          else this.finish(at, end);
        }
        at = end;
      } else {
        const end = runs.atEnd ? stop : Math.min(runs.from, stop);
        const begin = Math.max(at, this.next);
        if (begin < end && (change === toDiscard || !this.explicit)) {
          this.touched.add(begin, end);
          applied += end - begin;
          this.startWaiting(change, begin, end, holderOrReason, untilMs);
        }
        at = end;
      }
    }
    return applied;
  }

  private startWaiting(change: number, from: number, to: number, holderOrReason: number, untilMs: number): void {
    if (change === toKill) {
      this.start(from, to, dead, plainLane, holderOrReason, 0, 0);
    } else if (change === toLock) {
      this.start(from, to, locked, plainLane, holderOrReason, untilMs, 1);
      this.schedule(untilMs, from, to);
    } else if (from === this.next) {
      this.noLongerFresh(from, to);
      this.next = to;
      this.pass();
    } else {
      this.start(from, to, doneAhead, plainLane, 0, 0, 0);
    }
  }

  laneFor(priority: number, group: string | undefined): number {
    return group === undefined ? plainLane - priority : this.groups.intern(group);
  }

  /** Gives the fresh offsets in [from, to) a lane and a run of their own. */
  admit(from: number, to: number, lane: number, dueMs: number): number {
    const runs = this.runs;
    const stop = Math.min(to, this.end);
    let applied = 0;
    if (this.explicit) this.passOver(Math.min(from, stop));
    let at = Math.max(from, this.next);
    while (at < stop) {
      if (runs.seek(at) && runs.from <= at) {
        at = runs.to;
        continue;
      }
      const end = runs.atEnd ? stop : Math.min(runs.from, stop);
      applied += end - at;
      if (lane >= firstGroupLane) this.groups.resize(lane, end - at);
      this.start(at, end, dueMs > 0 ? delayed : ready, lane, 0, Math.max(dueMs, 0), 0);
      this.schedule(dueMs, at, end);
      at = Math.max(end, this.next);
    }
    if (lane >= firstGroupLane) this.refresh(lane);
    return applied;
  }

  /** All fresh offsets below `to` are done. */
  passOver(to: number): void {
    const runs = this.runs;
    while (this.next < to) {
      const end = runs.seek(this.next) ? Math.min(runs.from, to) : to;
      this.noLongerFresh(this.next, end);
      this.next = end;
      this.pass();
    }
  }

  /** What is dead in [from, to) has been moved, or there is nowhere to move it to. */
  buried(from: number, to: number): number {
    const runs = this.runs;
    let applied = 0;
    let at = from;
    let found = runs.seek(at);
    while (found && at < to && runs.from < to) {
      const end = Math.min(runs.to, to);
      if (runs.state === dead) {
        const begin = Math.max(runs.from, at);
        this.touched.add(begin, end);
        applied += end - begin;
        this.finish(begin, end);
      }
      at = end;
      found = !runs.atEnd && (runs.to > at || runs.step());
    }
    return applied;
  }

  purge(end: number, delayedToo: boolean): number {
    const runs = this.runs;
    let applied = 0;
    let found = runs.first();
    while (found && runs.from < end) {
      const from = runs.from;
      const to = Math.min(runs.to, end);
      if (runs.state === ready || (delayedToo && runs.state === delayed)) {
        applied += to - from;
        this.finish(from, to);
        found = runs.seek(to);
      } else {
        found = runs.step();
      }
    }
    const before = this.fresh;
    this.passOver(Math.min(end, this.end));
    return applied + before - this.fresh;
  }

  /** Ends the locks and delays whose time has come, and answers how many offsets that were. */
  expire(nowMs: number): number {
    const due = this.due;
    let applied = 0;
    while (due.size > 0 && due.topKey <= nowMs) {
      const from = due.topFirst;
      const to = due.topSecond;
      due.pop();
      applied += this.expireRange(from, to, nowMs);
    }
    return applied;
  }

  private expireRange(from: number, to: number, nowMs: number): number {
    const runs = this.runs;
    let applied = 0;
    let at = from;
    let found = runs.seek(at);
    while (found && at < to && runs.from < to) {
      const end = Math.min(runs.to, to);
      const state = runs.state;
      if ((state === locked || state === delayed) && runs.until <= nowMs) {
        const begin = Math.max(runs.from, at);
        applied += end - begin;
        if (state === locked) this.free(begin, end, 0, true);
        else this.become(begin, end, ready, 0, 0, runs.attempts);
      }
      at = end;
      found = !runs.atEnd && (runs.to > at || runs.step());
    }
    return applied;
  }

  /** When the next lock or delay ends, or Infinity. */
  nextDueMs(): number {
    const due = this.due;
    while (due.size > 0) {
      if (this.isDue(due.topFirst, due.topSecond, due.topKey)) return due.topKey;
      due.pop();
    }
    return Number.POSITIVE_INFINITY;
  }

  private isDue(from: number, to: number, atMs: number): boolean {
    const runs = this.runs;
    let found = runs.seek(from);
    while (found && runs.from < to) {
      if (runs.until === atMs && (runs.state === locked || runs.state === delayed)) return true;
      found = runs.step();
    }
    return false;
  }

  /** Forgets entries without meaning when most are: after acks, a lock's time-out stays behind until its time. */
  tidyDue(): void {
    if (this.due.size > 64 + 4 * this.runs.size) this.reschedule();
  }

  reschedule(): void {
    const runs = this.runs;
    this.due.clear();
    for (let found = runs.first(); found; found = runs.step()) {
      if (runs.state === locked || runs.state === delayed) this.schedule(runs.until, runs.from, runs.to);
    }
  }

  /** The holders of all locks are gone: those without a time-out end, the others go on until theirs. */
  private forgetHolders(): void {
    const runs = this.runs;
    let found = runs.first();
    while (found) {
      const { from, to } = runs;
      if (runs.state === locked) {
        if (runs.until === Number.POSITIVE_INFINITY) {
          this.free(from, to, 0, true);
        } else {
          this.become(from, to, locked, 0, runs.until, runs.attempts);
        }
      }
      found = !runs.atEnd && (runs.to > to || runs.step());
    }
    this.holders.clear();
  }

  /** The log has [begin, end), and nobody holds anything any more. */
  restarted(begin: number, end: number): void {
    this.truncate(end);
    this.arrived(end);
    this.touched.clear();
    this.changeWaiting(toDiscard, 0, begin, 0, 0);
    this.forgetHolders();
  }

  /** The log has lost what it had from `end` on: those offsets will be used anew. */
  private truncate(end: number): void {
    if (end >= this.end) return;
    const runs = this.runs;
    while (runs.seek(end)) {
      const from = Math.max(runs.from, end);
      const to = runs.to;
      const lane = runs.lane;
      this.leave(from, to);
      runs.cut(from, to);
      this.departed(lane, to - from);
    }
    this.end = end;
    this.next = Math.min(this.next, end);
    this.recountFresh();
  }

  /** Everything below `offset` is done, everything from it on was never handed out. */
  reset(offset: number): void {
    this.clear();
    this.next = Math.min(offset, this.end);
    this.recountFresh();
  }

  recountFresh(): void {
    const runs = this.runs;
    this.fresh = this.end - this.next;
    for (let found = runs.seek(this.next); found; found = runs.step()) this.fresh -= runs.to - runs.from;
    this.readyBytes = readyBytesOf(this);
  }

  listDead(into: Runs, runsMax: number): void {
    const { index, runs } = this;
    for (let found = index.seek(deadLane, 0); found && into.count < runsMax; found = index.step()) {
      runs.seek(index.from);
      into.add(runs.from, runs.to, runs.deliveries, runs.attempts, runs.holder);
    }
  }

  /** A run as a snapshot has it, above all others so far. */
  restoreRun(
    from: number,
    to: number,
    state: number,
    lane: number,
    holder: number,
    until: number,
    deliveries: number,
    attempts: number,
  ): void {
    const runs = this.runs;
    runs.seek(Number.POSITIVE_INFINITY);
    runs.add(from, to);
    runs.set(state, lane, holder, until, deliveries, attempts);
    if (lane >= firstGroupLane) this.groups.resize(lane, to - from);
    this.enter();
    this.schedule(until, from, to);
  }
}
