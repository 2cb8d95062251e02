import type { Ledger } from '../../broker/queue/ledger.js';
import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import type { Queue } from '../../broker/queue/queue.js';
import { queuePlace } from '../../broker/queue-key.js';
import { QueuePast } from '../../broker/stream/past.js';
import { Reader } from '../../broker/stream/reader.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Api, Call } from '../api.js';
import { badRequest, HttpError } from '../http-error.js';
import { momentOf } from '../moment.js';
import { queueIn, refuseForeign } from '../queues.js';
import { RecordFilter } from '../records/record-filter.js';
import { recordTold, valueBytesShown, valueBytesShownMax } from '../records/record-json.js';
import { Effort, scan, scanBack } from '../records/scan.js';

const countDefault = 50;
const countMax = 1000;
const requestsMax = 16;
/** What is read on for, where what is wanted lies scattered among the rest. */
const stretch = 4096;

const states = ['ready', 'locked', 'delayed', 'dead', 'done', 'any'] as const;
type Wanted = (typeof states)[number];

/** Messages of a queue, looked at and left as they are: nothing is locked, counted or marked as redelivered. */
export function peekingRoutes(api: Api): void {
  let running = 0;
  api.get('/api/queues/:vhost/:queue/messages', 'management', async (call) => {
    const vhost = call.vhost();
    const queue = queueIn(call, vhost);
    const { name } = queuePlace(queue.name);
    call.demandPermission(vhost.name, 'read', name);
    refuseForeign(queue, name);
    if (running >= requestsMax) throw new HttpError(503, 'service_unavailable', 'too many look at messages at once');
    running++;
    try {
      return await peek(call, queue);
    } finally {
      running--;
    }
  });
}

async function peek(call: Call, queue: Queue): Promise<JsonValue> {
  const { asked, broker } = call;
  const count = asked.whole('count', countDefault);
  if (count < 1 || count > countMax) throw badRequest(`count is from 1 to ${countMax}`);
  const truncate = asked.whole('truncate', valueBytesShown);
  if (truncate < 0 || truncate > valueBytesShownMax) throw badRequest(`truncate is from 0 to ${valueBytesShownMax}`);
  const wanted = asked.text('state', 'ready') as Wanted;
  if (!states.includes(wanted)) throw badRequest(`state is one of ${states.join(', ')}`);
  const newest = asked.flag('newest', false);
  const filter = new StateFilter(queue, wanted, new RecordFilter(call));
  const effort = new Effort(broker.storage.clock);
  effort.allot(1);
  const messages: JsonObject[] = [];
  const tell = (message: MessageCursor): JsonObject => {
    const { ledger } = queue;
    const { offset } = message;
    return {
      ...recordTold(message, broker.views, truncate),
      state: ledger.stateOf(offset),
      deliveries: ledger.deliveryCount(offset),
      attempts: ledger.attemptCount(offset),
    };
  };
  const past = new QueuePast(queue);
  const from = await place(call, queue, newest, wanted);
  let next: number;
  if (newest) {
    const size = queue.log.sizeBytes / Math.max(1, past.endOffset - past.startOffset);
    next = await scanBack(past, from, count, size, filter, effort, tell, messages);
    messages.reverse();
  } else next = await scanStates(queue, past, from, count, filter, effort, (message) => messages.push(tell(message)));
  const { ledger } = queue;
  return {
    messages,
    next,
    end: newest ? next <= past.startOffset : next >= past.endOffset,
    scanned: effort.records,
    scanned_bytes: effort.bytes,
    ready: ledger.ready,
    locked: ledger.locked,
    delayed: ledger.delayed,
    dead: ledger.dead,
  };
}

/** `at` is an offset, as in `next`; `position` counts from the oldest that is in the state; `time` is when it came. */
async function place(call: Call, queue: Queue, newest: boolean, wanted: Wanted): Promise<number> {
  const { asked, broker } = call;
  const { startOffset, endOffset } = queue.log;
  if (asked.has('at')) return Math.min(Math.max(asked.whole('at'), startOffset), endOffset);
  if (asked.has('time')) {
    const timestampMs = momentOf(asked.text('time'), broker.storage.clock.now());
    return new Reader(new QueuePast(queue), () => {}).placeOf({ kind: 'time', timestampMs });
  }
  if (asked.has('position')) {
    if (newest) throw badRequest('a position counts from the oldest message');
    return offsetAt(queue, asked.whole('position'), wanted);
  }
  return newest ? endOffset : startOffset;
}

function isWanted(ledger: Ledger, offset: number, wanted: Wanted): boolean {
  return wanted === 'any' || ledger.stateOf(offset) === wanted;
}

/** Where the one lies that has so many of its state before it. */
function offsetAt({ ledger, log }: Queue, position: number, wanted: Wanted): number {
  let left = position;
  for (let at = log.startOffset; at < ledger.end; ) {
    const end = ledger.stateEnd(at);
    if (isWanted(ledger, at, wanted)) {
      if (at + left < end) return at + left;
      left -= end - at;
    }
    at = end;
  }
  return log.endOffset;
}

/** The offset of the next one in the state, or the end. */
function nextIn({ ledger }: Queue, from: number, end: number, wanted: Wanted): number {
  let at = from;
  while (at < end && !isWanted(ledger, at, wanted)) at = Math.min(end, ledger.stateEnd(at));
  return at;
}

class StateFilter {
  readonly wanted: Wanted;
  private readonly queue: Queue;
  private readonly filter: RecordFilter;

  constructor(queue: Queue, wanted: Wanted, filter: RecordFilter) {
    this.queue = queue;
    this.wanted = wanted;
    this.filter = filter;
  }

  lets(message: MessageCursor): boolean {
    return isWanted(this.queue.ledger, message.offset, this.wanted) && this.filter.lets(message);
  }
}

/** Leaps over what is in other states, which may be most of a queue. */
async function scanStates(
  queue: Queue,
  past: QueuePast,
  from: number,
  count: number,
  filter: StateFilter,
  effort: Effort,
  take: (message: MessageCursor) => void,
): Promise<number> {
  let next = from;
  let left = count;
  const counted = (message: MessageCursor): void => {
    left--;
    take(message);
  };
  while (left > 0 && !effort.isSpent) {
    const { endOffset } = past;
    next = nextIn(queue, next, endOffset, filter.wanted);
    if (next >= endOffset) return endOffset;
    const to = Math.min(endOffset, Math.max(next + stretch, queue.ledger.stateEnd(next)));
    next = await scan(past, next, to, left, filter, effort, counted);
  }
  return next;
}
