import { baseOffset, batchBytes, maxTimestamp, nextOffset, rebased } from './batch.js';
import type { Log } from './log.js';
import type { Segment } from './segment.js';

/**
 * The first record at or after `timestamp`: the batch it is in, for the caller to look inside. Batches from
 * `limitOffset` on do not count. Undefined when there is none.
 */
export async function batchForTime(
  log: Log,
  timestamp: number,
  limitOffset: number,
  fromOffset: number,
): Promise<Buffer | undefined> {
  let from = Math.max(fromOffset, log.startOffset);
  while (from < limitOffset) {
    const segment = from < log.flushedOffset ? log.segmentOf(from) : undefined;
    if (segment === undefined) {
      if (from < log.flushedOffset) from = log.flushedOffset;
      else return tailBatchForTime(log, timestamp, from, limitOffset);
      continue;
    }
    let next = segment.nextOffset;
    if (segment.maxTimestamp >= timestamp) {
      try {
        const found = await batchInSegment(log, segment, timestamp, from, limitOffset);
        if (typeof found !== 'number') return found;
        next = found;
      } catch (error) {
        if (!segment.gone || log.deleted) throw error;
        from = Math.max(from, log.startOffset);
        continue;
      }
    }
    from = Math.max(from, next);
  }
  return undefined;
}

/** The batch, or the offset up to which there is none. */
async function batchInSegment(
  log: Log,
  segment: Segment,
  timestamp: number,
  from: number,
  limit: number,
): Promise<Buffer | number> {
  // Compaction may have left a hole at the end; what is appended meanwhile is walked over or left to the next look.
  let next = segment.nextOffset;
  let found: Buffer | undefined;
  await segment.walk(await segment.positionForTime(timestamp), (bytes, at) => {
    if (baseOffset(bytes, at) >= limit) return false;
    const end = nextOffset(bytes, at);
    next = Math.max(next, end);
    if (maxTimestamp(bytes, at) < timestamp || end <= Math.max(from, log.startOffset)) return true;
    found = Buffer.from(bytes.subarray(at, at + batchBytes(bytes, at)));
    return false;
  });
  return found ?? next;
}

function tailBatchForTime(log: Log, timestamp: number, fromOffset: number, limitOffset: number): Buffer | undefined {
  const tail = log.tail;
  for (let index = tail.find(fromOffset); index < tail.count && tail.base(index) < limitOffset; index++) {
    if (tail.maxTimestamp(index) < timestamp) continue;
    const pieces: Buffer[] = [];
    rebased(tail.memory(index), tail.at(index), tail.size(index), tail.base(index), pieces);
    return Buffer.concat(pieces);
  }
  return undefined;
}
