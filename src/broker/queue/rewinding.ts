import type { Slices } from '../../lib/slices.js';
import { QueuePast } from '../stream/past.js';
import { found, Reader } from '../stream/reader.js';
import type { MessageCursor } from './message-cursor.js';
import type { Queue } from './queue.js';

/** From where on a queue is to be worked off again. */
export type RewindPoint =
  /** What was not done at that time, as far as is known: at least that, and what came behind it. */
  | { readonly kind: 'done-since'; readonly timeMs: number }
  /** What came at that time or later. */
  | { readonly kind: 'arrived-since'; readonly timeMs: number }
  | { readonly kind: 'offset'; readonly offset: number };

/** The first offset that a rewind to that point concerns. What has no time left is left out. */
export async function rewindFrom(queue: Queue, point: RewindPoint, nowMs: number): Promise<number> {
  const past = new QueuePast(queue);
  const arrivedAt = (timestampMs: number): Promise<number> =>
    new Reader(past, () => {}).placeOf({ kind: 'time', timestampMs });
  let from = queue.log.startOffset;
  if (point.kind === 'offset') from = point.offset;
  else if (point.kind === 'done-since') from = queue.ledger.marks.doneAt(point.timeMs);
  else from = await arrivedAt(point.timeMs);
  const { messageTtlMs } = queue.settings;
  // It would only die again.
  if (messageTtlMs < Number.POSITIVE_INFINITY) {
    from = Math.max(from, await arrivedAt(nowMs - messageTtlMs));
  }
  return Math.max(from, queue.log.startOffset);
}

/** How many messages from `from` on are done and still there. */
export function rewindable(queue: Queue, from: number): number {
  const { ledger, log } = queue;
  let count = 0;
  for (let at = Math.max(from, log.startOffset); at < ledger.end; ) {
    const end = ledger.stateEnd(at);
    if (ledger.stateOf(at) === 'done') count += end - at;
    at = end;
  }
  return count;
}

/**
 * Makes what is done from `from` on ready again, whatever became of it: acked, dropped, dead and moved. It is handed out as
 * if for the first time, in its old place; what is ready, locked or delayed stays as it is. Where messages differ, by
 * priority or by group, each is looked at, in slices.
 */
export async function rewind(queue: Queue, from: number, slices: Slices): Promise<number> {
  const to = queue.log.endOffset;
  const isExplicit = queue.options.admission === 'explicit';
  const { priorityMax } = queue.settings;
  if (!isExplicit && priorityMax === 0) return queue.reopen(from, to, null);
  const reader = new Reader(new QueuePast(queue), () => {});
  await reader.begin({ kind: 'offset', offset: from });
  let count = 0;
  const again = ({ offset, key, priority }: MessageCursor): number =>
    queue.reopen(offset, offset + 1, isExplicit ? { group: key } : { priority: Math.min(priority, priorityMax) });
  for (;;) {
    if (slices.due) await slices.rest();
    if (queue.gone) return count;
    const step = reader.advance();
    if (step === found.later) await reader.load();
    else if (step === found.end || reader.cursor.offset >= to) return count;
    else count += again(reader.cursor);
  }
}
