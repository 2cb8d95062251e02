/** Partitions by topic id. Lists ascend and none is empty; never changed once made. */
export type Partitions = ReadonlyMap<string, readonly number[]>;

export const noPartitions: Partitions = new Map();
const noNumbers: readonly number[] = [];

/** Of lists in any order, with repetitions and empty ones. */
export function partitionsOf(lists: Iterable<readonly [string, Iterable<number>]>): Partitions {
  const sets = new Map<string, Set<number>>();
  for (const [topicId, numbers] of lists) {
    const set = sets.get(topicId) ?? new Set();
    for (const number of numbers) set.add(number);
    if (set.size > 0) sets.set(topicId, set);
  }
  const partitions = new Map<string, readonly number[]>();
  for (const [topicId, set] of sets)
    partitions.set(
      topicId,
      [...set].sort((one, other) => one - other),
    );
  return partitions;
}

export function holds(partitions: Partitions, topicId: string, partition: number): boolean {
  return partitions.get(topicId)?.includes(partition) ?? false;
}

export function countOf(partitions: Partitions): number {
  let count = 0;
  for (const numbers of partitions.values()) count += numbers.length;
  return count;
}

export function samePartitions(one: Partitions, other: Partitions): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [topicId, numbers] of one) {
    const others = other.get(topicId) ?? noNumbers;
    if (numbers.length !== others.length || numbers.some((number, at) => number !== others[at])) return false;
  }
  return true;
}

/** Those of `partitions` that are in `kept`, or that are not. */
function sift(partitions: Partitions, among: Partitions, inside: boolean): Partitions {
  const sifted = new Map<string, readonly number[]>();
  for (const [topicId, numbers] of partitions) {
    const others = new Set(among.get(topicId) ?? noNumbers);
    const left = numbers.filter((number) => others.has(number) === inside);
    if (left.length > 0) sifted.set(topicId, left);
  }
  return sifted;
}

export function inBoth(one: Partitions, other: Partitions): Partitions {
  return sift(one, other, true);
}

export function without(partitions: Partitions, others: Partitions): Partitions {
  return sift(partitions, others, false);
}

export function union(one: Partitions, other: Partitions): Partitions {
  if (other.size === 0) return one;
  return one.size === 0 ? other : partitionsOf([...one, ...other]);
}

export function overlap(one: Partitions, other: Partitions): boolean {
  return inBoth(one, other).size > 0;
}

export function within(inner: Partitions, outer: Partitions): boolean {
  return without(inner, outer).size === 0;
}
