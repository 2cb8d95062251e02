import type { Log } from './log.js';

export interface RetentionPolicy {
  /** Records older than this may go; -1 keeps them. */
  readonly retentionMs: number;
  /** The oldest segments go while the log is larger than this; -1 keeps them. */
  readonly retentionBytes: number;
}

/**
 * Lets go of the oldest segments of a log, whole ones only. The active segment goes too when all of it is too old: it
 * is closed first. Answers how many offsets the log's start moved.
 */
export async function applyRetention(log: Log, policy: RetentionPolicy, nowMs: number): Promise<number> {
  const before = log.startOffset;
  let excess = policy.retentionBytes < 0 ? 0 : log.sizeBytes - policy.retentionBytes;
  let start = before;
  for (const [index, segment] of log.segments.entries()) {
    const active = index === log.segments.length - 1;
    if (active && segment.sizeBytes === 0) break;
    const newestMs = segment.maxTimestamp >= 0 ? segment.maxTimestamp : segment.createdMs;
    const tooOld = policy.retentionMs >= 0 && nowMs - newestMs > policy.retentionMs;
    // One that compaction has emptied is in nobody's way but that of the segments behind it.
    const tooMuch = segment.sizeBytes === 0 || (excess >= segment.sizeBytes && !active);
    if (!tooOld && !tooMuch) break;
    excess -= segment.sizeBytes;
    start = segment.nextOffset;
    if (active) await log.roll();
    if (active) break;
  }
  if (start <= before || log.deleted) return 0;
  log.trim(start);
  return log.startOffset - before;
}
