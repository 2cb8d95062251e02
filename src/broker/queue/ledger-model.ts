import type { DeathReason } from './runs.js';

/** The ledger's rules written the plainest way, one object for each offset: what its model test compares it with. */
export interface ModelOffset {
  offset: number;
  state: 'unadmitted' | 'ready' | 'locked' | 'delayed' | 'dead' | 'done';
  holder: number;
  until: number;
  deliveries: number;
  attempts: number;
  priority: number;
  group: string | undefined;
  reason: DeathReason | undefined;
  fresh: boolean;
}

export class LedgerModel {
  readonly all: ModelOffset[] = [];
  readonly explicit: boolean;
  readonly sizeOf: (offset: number) => number;
  limit = -1;

  constructor(explicit: boolean, sizeOf: (offset: number) => number) {
    this.explicit = explicit;
    this.sizeOf = sizeOf;
  }

  count(state: ModelOffset['state']): number {
    return this.all.filter((one) => one.state === state).length;
  }

  get doneBefore(): number {
    return this.all.find((one) => one.state !== 'done')?.offset ?? this.all.length;
  }

  get nextDueMs(): number {
    return Math.min(...this.all.filter((one) => one.state === 'locked' || one.state === 'delayed').map((o) => o.until));
  }

  arrived(end: number): void {
    while (this.all.length < end) {
      this.all.push({
        offset: this.all.length,
        state: this.explicit ? 'unadmitted' : 'ready',
        holder: 0,
        until: Number.POSITIVE_INFINITY,
        deliveries: 0,
        attempts: 0,
        priority: 0,
        group: undefined,
        reason: undefined,
        fresh: true,
      });
    }
  }

  private in(from: number, to: number, wanted: (one: ModelOffset) => boolean): ModelOffset[] {
    return this.all.slice(from, to).filter(wanted);
  }

  admit(from: number, to: number, priority: number, dueMs: number, group: string | undefined): number {
    if (!this.explicit && priority === 0 && dueMs === 0 && group === undefined) return 0;
    if (this.explicit) {
      for (const one of this.in(0, from, (other) => other.state === 'unadmitted')) one.state = 'done';
    }
    const admitted = this.in(from, to, (one) => one.fresh && one.state !== 'done');
    for (const one of admitted) {
      one.fresh = false;
      one.priority = priority;
      one.group = group;
      one.state = dueMs > 0 ? 'delayed' : 'ready';
      one.until = dueMs;
    }
    return admitted.length;
  }

  private members(group: string): ModelOffset[] {
    return this.all.filter((one) => one.group === group && one.state !== 'done' && one.state !== 'dead');
  }

  /** The offset that is next in turn. */
  head(): ModelOffset | undefined {
    const free = this.all.filter((one) => {
      if (one.state !== 'ready') return false;
      if (one.group === undefined) return true;
      const members = this.members(one.group);
      return members[0] === one && members.every((other) => other.state !== 'locked');
    });
    return free.sort((a, b) => b.priority - a.priority || a.offset - b.offset)[0];
  }

  acquire(holder: number, countMax: number, bytesMax: number, deadlineMs: number, nowMs: number): ModelOffset[] {
    this.expire(nowMs);
    const out: ModelOffset[] = [];
    let bytes = 0;
    let full = false;
    const take = (one: ModelOffset): boolean => {
      const size = this.sizeOf(one.offset);
      if (out.length >= countMax || (out.length > 0 && bytes + size > bytesMax)) {
        full = true;
        return false;
      }
      bytes += size;
      one.state = 'locked';
      one.holder = holder;
      one.until = deadlineMs;
      one.deliveries++;
      one.fresh = false;
      out.push(one);
      return true;
    };
    for (let next = this.head(); !full && next !== undefined && take(next); next = this.head()) {
      if (next.group === undefined) continue;
      for (const one of this.members(next.group)) {
        if (one.state === 'locked') continue;
        if (one.state !== 'ready' || !take(one)) break;
      }
    }
    return out;
  }

  private held(holder: number, from: number, to: number): ModelOffset[] {
    return this.in(from, to, (one) => one.state === 'locked' && (holder === 0 || one.holder === holder));
  }

  private free(one: ModelOffset, dueMs: number, counts: boolean): void {
    one.holder = 0;
    if (counts) one.attempts++;
    if (counts && this.limit >= 0 && one.attempts >= this.limit) {
      one.state = 'dead';
      one.reason = 'delivery-limit';
    } else {
      one.state = dueMs > 0 ? 'delayed' : 'ready';
      one.until = dueMs;
    }
  }

  ack(holder: number, from: number, to: number): number {
    const held = this.held(holder, from, to);
    for (const one of held) one.state = 'done';
    return held.length;
  }

  extend(holder: number, from: number, to: number, deadlineMs: number): number {
    const held = this.held(holder, from, to);
    for (const one of held) one.until = deadlineMs;
    return held.length;
  }

  release(holder: number, from: number, to: number, dueMs: number, counts: boolean): number {
    const held = this.held(holder, from, to);
    for (const one of held) this.free(one, dueMs, counts);
    return held.length;
  }

  returnUnseen(holder: number, from: number, to: number): number {
    const held = this.held(holder, from, to);
    for (const one of held) {
      one.deliveries--;
      this.free(one, 0, false);
    }
    return held.length;
  }

  reject(holder: number, from: number, to: number, reason: DeathReason): number {
    const held = this.held(holder, from, to);
    for (const one of held) {
      one.state = 'dead';
      one.reason = reason;
    }
    return held.length;
  }

  kill(from: number, to: number, reason: DeathReason): number {
    const killed = this.in(from, to, (one) => one.state === 'ready');
    for (const one of killed) {
      one.state = 'dead';
      one.reason = reason;
      one.fresh = false;
    }
    return killed.length;
  }

  discard(from: number, to: number): number {
    const discarded = this.in(from, to, (one) => one.state !== 'done');
    for (const one of discarded) one.state = 'done';
    return discarded.length;
  }

  reopen(from: number, to: number, priority: number, group: string | undefined): number {
    const reopened = this.in(from, to, (one) => one.state === 'done');
    for (const one of reopened) {
      Object.assign(one, { state: 'ready', fresh: false, holder: 0, deliveries: 0, attempts: 0, priority, group });
    }
    return reopened.length;
  }

  buried(from: number, to: number): number {
    const buried = this.in(from, to, (one) => one.state === 'dead');
    for (const one of buried) one.state = 'done';
    return buried.length;
  }

  purge(delayedToo: boolean): number {
    const purged = this.all.filter(
      (one) => one.state === 'ready' || one.state === 'unadmitted' || (delayedToo && one.state === 'delayed'),
    );
    for (const one of purged) one.state = 'done';
    return purged.length;
  }

  expire(nowMs: number): void {
    for (const one of this.all) {
      if (one.until > nowMs) continue;
      if (one.state === 'locked') this.free(one, 0, true);
      else if (one.state === 'delayed') one.state = 'ready';
    }
  }

  restarted(begin: number, end: number, nowMs: number): void {
    this.all.length = Math.min(end, this.all.length);
    this.arrived(end);
    this.discard(0, begin);
    for (const one of this.all) {
      if (one.state !== 'locked') continue;
      if (one.until === Number.POSITIVE_INFINITY) this.free(one, 0, true);
      else one.holder = 0;
    }
    this.expire(nowMs);
  }

  reset(offset: number): void {
    const end = this.all.length;
    this.all.length = offset;
    for (const one of this.all) one.state = 'done';
    this.arrived(end);
  }
}
