import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import type { Past } from '../../broker/stream/past.js';
import { found, Reader } from '../../broker/stream/reader.js';
import type { Clock } from '../../lib/clock.js';
import { Slices } from '../../lib/slices.js';

/** What one request may look at, all partitions together. */
const recordsMax = 200_000;
const bytesMax = 128 * 1024 * 1024;
const timeMaxMs = 2000;
/** And at least of each partition. */
const recordsMin = 200;
/** What is looked at together on the way back. */
const windowBytes = 1024 * 1024;
const windowRecordsMax = 8192;
/** About what a record has besides key and value. */
const overheadBytes = 40;

/** Says which messages are wanted. */
export interface Chooser {
  lets(message: MessageCursor): boolean;
}

/** How much a request has looked at. It ends when it was enough, and says where to go on. */
export class Effort {
  readonly slices: Slices;
  records = 0;
  bytes = 0;
  private readonly clock: Clock;
  private readonly untilMs: number;
  private allotment = recordsMax;

  constructor(clock: Clock) {
    this.clock = clock;
    this.untilMs = clock.monotonic() + timeMaxMs;
    this.slices = new Slices(clock);
  }

  /** For the partition that is looked at next, of so many that are left. */
  allot(partitionsLeft: number): void {
    this.allotment = this.records + Math.max(recordsMin, Math.floor((recordsMax - this.records) / partitionsLeft));
  }

  get isSpent(): boolean {
    return this.records >= this.allotment || this.bytes >= bytesMax || this.clock.monotonic() >= this.untilMs;
  }

  saw(message: MessageCursor): void {
    this.records++;
    this.bytes += Math.max(0, message.keyLength) + Math.max(0, message.bodyLength) + overheadBytes;
  }
}

/**
 * Shows `take` the messages of [from, to) that the filter lets through, until it has had `countMax`. Answers the offset up to
 * which all is looked at. A `whole` scan does not stop for its effort.
 */
export async function scan(
  past: Past,
  from: number,
  to: number,
  countMax: number,
  filter: Chooser,
  effort: Effort,
  take: (message: MessageCursor) => void,
  whole = false,
): Promise<number> {
  if (from >= to) return from;
  // What cannot be read is passed over: whoever looks for what is wrong has the log's own tools.
  const reader = new Reader(past, () => {});
  await reader.begin({ kind: 'offset', offset: from });
  let next = Math.max(from, past.startOffset);
  for (let left = countMax; ; ) {
    if (!whole && effort.isSpent) return next;
    if (effort.slices.due) await effort.slices.rest();
    const step = reader.advance();
    if (step === found.end) return Math.max(next, Math.min(to, past.endOffset));
    if (step === found.later) {
      await reader.load();
      continue;
    }
    const { cursor } = reader;
    if (cursor.offset >= to) return to;
    effort.saw(cursor);
    next = cursor.offset + 1;
    if (!filter.lets(cursor)) continue;
    take(cursor);
    if (--left === 0) return next;
  }
}

/**
 * The other way: the last `countMax` before `to`, in the order of the log. Answers the offset from which on all is looked at.
 * It goes back in windows, each of which is looked through whole.
 */
export async function scanBack<T>(
  past: Past,
  to: number,
  countMax: number,
  bytesPerRecord: number,
  filter: Chooser,
  effort: Effort,
  tell: (message: MessageCursor) => T,
  into: T[],
): Promise<number> {
  let end = Math.min(to, past.endOffset);
  const fitting = Math.max(1, Math.floor(windowBytes / Math.max(1, bytesPerRecord)));
  let size = Math.min(windowRecordsMax, fitting, countMax);
  while (end > past.startOffset && into.length < countMax && !effort.isSpent) {
    const begin = Math.max(past.startOffset, end - size);
    const inWindow: { readonly offset: number; readonly value: T }[] = [];
    const room = countMax - into.length;
    let dropped = 0;
    const take = (message: MessageCursor): void => {
      inWindow.push({ offset: message.offset, value: tell(message) });
      if (inWindow.length - dropped > room) dropped++;
    };
    await scan(past, begin, end, Number.POSITIVE_INFINITY, filter, effort, take, true);
    into.unshift(...inWindow.slice(dropped).map(({ value }) => value));
    if (dropped > 0) return inWindow[dropped]!.offset;
    end = begin;
    size = Math.min(size * 2, fitting, windowRecordsMax);
  }
  return Math.max(end, past.startOffset);
}
