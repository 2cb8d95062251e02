import type { Partitions } from './partitions.js';

/** One consumer, as an assignor sees it. */
export interface Subscriber {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly topicIds: ReadonlySet<string>;
  /** What it was to have so far. */
  readonly former: Partitions;
}

/** What each member is to have, by member id: every partition of a topic that anyone reads, exactly once. */
export type Assignment = Map<string, Partitions>;

/** `partitionCounts` by topic id: of all topics that anyone reads. */
export type Assignor = (subscribers: readonly Subscriber[], partitionCounts: ReadonlyMap<string, number>) => Assignment;

/** The first one is used where members ask for none. */
export const assignors: ReadonlyMap<string, Assignor> = new Map([
  ['uniform', assignUniformly],
  ['range', assignRanges],
]);

export const defaultAssignor = 'uniform';

class Share {
  readonly subscriber: Subscriber;
  readonly byTopic = new Map<string, number[]>();
  count = 0;

  constructor(subscriber: Subscriber) {
    this.subscriber = subscriber;
  }

  add(topicId: string, partition: number): void {
    const numbers = this.byTopic.get(topicId);
    if (numbers === undefined) this.byTopic.set(topicId, [partition]);
    else numbers.push(partition);
    this.count++;
  }

  /** Gives up one partition of the topic, if there is one. */
  take(topicId: string): number | undefined {
    const numbers = this.byTopic.get(topicId);
    const taken = numbers?.pop();
    if (taken === undefined) return undefined;
    if (numbers!.length === 0) this.byTopic.delete(topicId);
    this.count--;
    return taken;
  }

  partitions(): Partitions {
    for (const numbers of this.byTopic.values()) numbers.sort((one, other) => one - other);
    return this.byTopic;
  }
}

function assignmentOf(shares: readonly Share[]): Assignment {
  return new Map(shares.map((share) => [share.subscriber.memberId, share.partitions()]));
}

/**
 * As even as the subscriptions allow, and with as few moves as that takes: members keep what they have up to their
 * share, what is left goes to those with the least.
 *
 * With one subscription for all, no two members differ by more than one partition. With several, no single move of a
 * partition would make it more even.
 */
export function assignUniformly(
  subscribers: readonly Subscriber[],
  partitionCounts: ReadonlyMap<string, number>,
): Assignment {
  const shares = [...subscribers].sort(byMemberId).map((subscriber) => new Share(subscriber));
  if (shares.length === 0) return new Map();
  const alike = haveOneSubscription(shares);
  const free = keep(shares, partitionCounts, alike ? new Quota(shares.length, partitionCounts) : null);
  handOut(shares, free);
  if (!alike) even(shares, partitionCounts);
  return assignmentOf(shares);
}

function byMemberId(one: Subscriber, other: Subscriber): number {
  return one.memberId < other.memberId ? -1 : one.memberId > other.memberId ? 1 : 0;
}

function haveOneSubscription(shares: readonly Share[]): boolean {
  const first = shares[0]!.subscriber.topicIds;
  return shares.every(({ subscriber: { topicIds } }) => {
    if (topicIds.size !== first.size) return false;
    for (const topicId of topicIds) if (!first.has(topicId)) return false;
    return true;
  });
}

/** How many partitions a member may keep: the even share, and one more for as many members as that does not come out for. */
class Quota {
  private readonly even: number;
  private surplus: number;

  constructor(members: number, partitionCounts: ReadonlyMap<string, number>) {
    let total = 0;
    for (const count of partitionCounts.values()) total += count;
    this.even = Math.floor(total / members);
    this.surplus = total % members;
  }

  allowsMore(share: Share): boolean {
    if (share.count < this.even) return true;
    if (share.count > this.even || this.surplus === 0) return false;
    this.surplus--;
    return true;
  }
}

/** Lets members keep what they have; answers what nobody keeps, by topic. */
function keep(
  shares: readonly Share[],
  partitionCounts: ReadonlyMap<string, number>,
  quota: Quota | null,
): Map<string, number[]> {
  const kept = new Map<string, Set<number>>();
  for (const topicId of partitionCounts.keys()) kept.set(topicId, new Set());
  for (const share of shares) {
    for (const [topicId, numbers] of share.subscriber.former) {
      if (!share.subscriber.topicIds.has(topicId)) continue;
      const taken = kept.get(topicId);
      if (taken === undefined) continue;
      for (const number of numbers) {
        if (number >= partitionCounts.get(topicId)! || taken.has(number)) continue;
        if (quota !== null && !quota.allowsMore(share)) break;
        taken.add(number);
        share.add(topicId, number);
      }
    }
  }
  const free = new Map<string, number[]>();
  for (const [topicId, count] of partitionCounts) {
    const taken = kept.get(topicId)!;
    const numbers: number[] = [];
    for (let number = 0; number < count; number++) if (!taken.has(number)) numbers.push(number);
    if (numbers.length > 0) free.set(topicId, numbers);
  }
  return free;
}

/** Topics with the fewest readers first: the others can still make up for them. */
function handOut(shares: readonly Share[], free: ReadonlyMap<string, readonly number[]>): void {
  const readers = new Map<string, Share[]>();
  for (const topicId of free.keys()) readers.set(topicId, readersOf(shares, topicId));
  const topics = [...free.keys()].sort((one, other) => readers.get(one)!.length - readers.get(other)!.length);
  for (const topicId of topics) {
    const among = readers.get(topicId)!;
    // Sorted once, then kept sorted: whoever gets one moves behind all with as few.
    among.sort((one, other) => one.count - other.count);
    for (const partition of free.get(topicId)!) {
      const share = among[0];
      if (share === undefined) break;
      share.add(topicId, partition);
      let at = 0;
      while (at + 1 < among.length && among[at + 1]!.count < share.count) {
        among[at] = among[at + 1]!;
        at++;
      }
      among[at] = share;
    }
  }
}

function readersOf(shares: readonly Share[], topicId: string): Share[] {
  return shares.filter(({ subscriber }) => subscriber.topicIds.has(topicId));
}

/** Moves single partitions from who has more to who has less. Each move makes it more even, so it comes to an end. */
function even(shares: readonly Share[], partitionCounts: ReadonlyMap<string, number>): void {
  const topics = Array.from(partitionCounts.keys(), (topicId) => ({ topicId, readers: readersOf(shares, topicId) }));
  for (let moved = true; moved; ) {
    moved = false;
    for (const { topicId, readers } of topics) while (moveOne(readers, topicId)) moved = true;
  }
}

function moveOne(readers: readonly Share[], topicId: string): boolean {
  let least: Share | null = null;
  let most: Share | null = null;
  for (const share of readers) {
    if (least === null || share.count < least.count) least = share;
    if (share.byTopic.has(topicId) && (most === null || share.count > most.count)) most = share;
  }
  if (least === null || most === null || most.count - least.count < 2) return false;
  least.add(topicId, most.take(topicId)!);
  return true;
}

/**
 * Of every topic each reader gets one run of partitions, in the order of the readers, so that partitions of one number
 * of topics with equally many partitions go to one member. Static members come first, by their instance.
 */
export function assignRanges(
  subscribers: readonly Subscriber[],
  partitionCounts: ReadonlyMap<string, number>,
): Assignment {
  const shares = [...subscribers].sort(byInstance).map((subscriber) => new Share(subscriber));
  for (const [topicId, count] of partitionCounts) {
    const readers = readersOf(shares, topicId);
    let next = 0;
    for (let at = 0; at < readers.length; at++) {
      const run = Math.floor(count / readers.length) + (at < count % readers.length ? 1 : 0);
      for (const end = next + run; next < end; next++) readers[at]!.add(topicId, next);
    }
  }
  return assignmentOf(shares);
}

function byInstance(one: Subscriber, other: Subscriber): number {
  if (one.instanceId === null || other.instanceId === null) {
    if (one.instanceId === other.instanceId) return byMemberId(one, other);
    return one.instanceId === null ? 1 : -1;
  }
  return one.instanceId < other.instanceId ? -1 : 1;
}
