/**
 * Which partition a record goes to when the broker chooses: Kafka's rule, so that a key written through another
 * front lands where a Kafka producer would have put it.
 */

const seed = 0x9747b28c | 0;
const mix = 0x5bd1e995;

/** Murmur2 as Kafka's clients compute it, a signed 32-bit number. */
export function murmur2(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let hash = seed ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    word = Math.imul(word, mix);
    word ^= word >>> 24;
    hash = Math.imul(hash, mix) ^ Math.imul(word, mix);
  }
  if (at < end) {
    if (end - at === 3) hash ^= bytes[at + 2]! << 16;
    if (end - at >= 2) hash ^= bytes[at + 1]! << 8;
    hash = Math.imul(hash ^ bytes[at]!, mix);
  }
  hash = Math.imul(hash ^ (hash >>> 13), mix);
  return hash ^ (hash >>> 15);
}

export function partitionForKey(partitionCount: number, key: Uint8Array, start = 0, end: number = key.length): number {
  return (murmur2(key, start, end) & 0x7fffffff) % partitionCount;
}

/** Partitions in turn, for records without a key. The count may change between calls. */
export class RoundRobin {
  private turn = 0;

  next(partitionCount: number): number {
    const partition = this.turn % partitionCount;
    this.turn = partition + 1;
    return partition;
  }
}
