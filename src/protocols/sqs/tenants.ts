import type { Queue } from '../../broker/queue/queue.js';
import type { Clock } from '../../lib/clock.js';

/** A tenant is noisy with so many messages in flight that are also more than this part of all. */
const noisyFrom = 30;
const noisyShare = 0.1;
/** How far a receive looks into the backlog for messages of quiet tenants. */
const lookAheadMax = 2000;
const tidyEveryMs = 1000;

interface InFlight {
  readonly tenant: string;
  untilMs: number;
}

class OfQueue {
  readonly inFlight = new Map<number, InFlight>();
  readonly counts = new Map<string, number>();
  noisy: ReadonlySet<string> = new Set();
  /** Messages before it were looked at since others were noisy. */
  lookedTo = 0;
  tidiedMs = 0;

  settled(offset: number): void {
    const known = this.inFlight.get(offset);
    if (known === undefined) return;
    this.inFlight.delete(offset);
    const left = this.counts.get(known.tenant)! - 1;
    if (left === 0) this.counts.delete(known.tenant);
    else this.counts.set(known.tenant, left);
  }
}

/**
 * Fair queues: on a standard queue whose messages name a group, that of a tenant, a tenant that has many in flight
 * does not keep the others waiting. While somebody is noisy, the messages of everybody else in the backlog are moved
 * to a higher priority; what is in flight is counted in memory, so that all are quiet after a restart.
 */
export class Tenants {
  private readonly clock: Clock;
  private readonly queues = new WeakMap<Queue, OfQueue>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  took(queue: Queue, offset: number, tenant: string, untilMs: number): void {
    let known = this.queues.get(queue);
    if (known === undefined) {
      known = new OfQueue();
      this.queues.set(queue, known);
    }
    known.settled(offset);
    known.inFlight.set(offset, { tenant, untilMs });
    known.counts.set(tenant, (known.counts.get(tenant) ?? 0) + 1);
  }

  extended(queue: Queue, offset: number, untilMs: number): void {
    const held = this.queues.get(queue)?.inFlight.get(offset);
    if (held !== undefined) held.untilMs = untilMs;
  }

  settled(queue: Queue, offset: number): void {
    this.queues.get(queue)?.settled(offset);
  }

  /** To be called before messages are taken: what quiet tenants have in the backlog comes first. */
  prefer(queue: Queue): void {
    const known = this.queues.get(queue);
    if (known === undefined || known.inFlight.size < noisyFrom) return;
    this.tidy(known);
    const noisy = noisyOf(known, queue.unacked);
    if (!sameSet(noisy, known.noisy)) {
      known.noisy = noisy;
      known.lookedTo = queue.ledger.doneBefore;
    }
    if (noisy.size > 0) lookAhead(queue, known);
  }

  private tidy(known: OfQueue): void {
    const nowMs = this.clock.now();
    if (nowMs - known.tidiedMs < tidyEveryMs) return;
    known.tidiedMs = nowMs;
    for (const [offset, { untilMs }] of known.inFlight) if (untilMs <= nowMs) known.settled(offset);
  }
}

function noisyOf({ counts }: OfQueue, inFlight: number): ReadonlySet<string> {
  const noisy = new Set<string>();
  for (const [tenant, count] of counts) if (count >= noisyFrom && count > inFlight * noisyShare) noisy.add(tenant);
  return noisy;
}

function sameSet(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  if (left.size !== right.size) return false;
  for (const item of left) if (!right.has(item)) return false;
  return true;
}

function lookAhead(queue: Queue, known: OfQueue): void {
  const { ledger, cursor, log } = queue;
  const start = Math.max(known.lookedTo, ledger.doneBefore);
  const end = Math.min(log.endOffset, start + lookAheadMax);
  let offset = start;
  for (; offset < end; offset++) {
    if (ledger.stateOf(offset) !== 'ready') continue;
    // What has left memory waits for its turn: a receive does not read segments to be fair.
    if (!cursor.seek(offset)) break;
    if (!known.noisy.has(cursor.key)) ledger.admit(offset, offset + 1, { priority: 1 });
  }
  known.lookedTo = offset;
}
