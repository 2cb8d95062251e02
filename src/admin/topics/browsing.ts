import type { Partition } from '../../broker/partition.js';
import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import { PartitionPast } from '../../broker/stream/past.js';
import type { Topic } from '../../broker/topic.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Api, Call } from '../api.js';
import { badRequest, HttpError } from '../http-error.js';
import { momentOf } from '../moment.js';
import { RecordFilter } from '../records/record-filter.js';
import { recordTold, valueBytesShown, valueBytesShownMax } from '../records/record-json.js';
import { Effort, scan, scanBack } from '../records/scan.js';
import { demandTopic, topicIn } from './rights.js';
import { partitionIn } from './topics.js';

const countDefault = 50;
const countMax = 1000;
const waitMaxMs = 30_000;
/** Each holds what it found until it answers. */
const requestsMax = 16;

/** What a request looks at in one partition, and what it found. */
interface Look {
  readonly partition: Partition;
  readonly past: PartitionPast;
  /** Where it begins; where it goes on the next time. */
  readonly from: number;
  next: number;
  readonly found: Found[];
}

interface Found {
  readonly offset: number;
  readonly timestampMs: number;
  readonly told: JsonObject;
}

interface Wish {
  readonly newest: boolean;
  readonly count: number;
  readonly truncate: number;
  readonly filter: RecordFilter;
}

/** Messages of topics, for people to look at. */
export function browsingRoutes(api: Api): void {
  let running = 0;
  api.get('/api/topics/:topic/messages', 'management', async (call) => {
    const topic = topicIn(call);
    demandTopic(call, 'read', topic.name);
    if (running >= requestsMax) throw new HttpError(503, 'service_unavailable', 'too many look at messages at once');
    running++;
    try {
      return await browse(call, topic);
    } finally {
      running--;
    }
  });
}

async function browse(call: Call, topic: Topic): Promise<JsonValue> {
  const { asked } = call;
  const newest = asked.flag('newest', false);
  const wish: Wish = {
    newest,
    count: within(asked.whole('count', countDefault), 1, countMax, 'count'),
    truncate: within(asked.whole('truncate', valueBytesShown), 0, valueBytesShownMax, 'truncate'),
    filter: new RecordFilter(call),
  };
  const waitMs = within(asked.whole('wait_ms', 0), 0, waitMaxMs, 'wait_ms');
  const looks = await begin(call, topic, newest);
  const effort = new Effort(call.broker.storage.clock);
  let messages = await lookAround(call, looks, wish, effort);
  if (messages.length === 0 && waitMs > 0 && !newest && looks.every(atEnd)) {
    await somethingNew(call, looks, waitMs);
    messages = await lookAround(call, looks, wish, new Effort(call.broker.storage.clock));
  }
  return {
    topic: topic.name,
    messages,
    next: looks.map(({ partition, next }) => `${partition.index}:${next}`).join(','),
    end: looks.every(newest ? ({ past, next }): boolean => next <= past.startOffset : atEnd),
    scanned: effort.records,
    scanned_bytes: effort.bytes,
  };
}

function within(value: number, min: number, max: number, name: string): number {
  if (value < min || value > max) throw badRequest(`${name} is from ${min} to ${max}`);
  return value;
}

function atEnd({ past, next }: Look): boolean {
  return next >= past.endOffset;
}

/** Where to begin: `at` (what an answer called `next`), `offset` with a partition, `time`, or the end that is meant. */
async function begin(call: Call, topic: Topic, newest: boolean): Promise<Look[]> {
  const { asked, broker } = call;
  const lookAt = (partition: Partition, from: number): Look => {
    const past = new PartitionPast(partition);
    const begins = Math.min(Math.max(from, past.startOffset), past.endOffset);
    return { partition, past, from: begins, next: begins, found: [] };
  };
  if (asked.has('at')) return placesIn(asked.text('at')).map(([index, at]) => lookAt(partitionIn(topic, index), at));
  const partitions = asked.has('partition') ? [partitionIn(topic, asked.whole('partition'))] : topic.partitions;
  if (asked.has('offset')) {
    if (!asked.has('partition') && partitions.length > 1) throw badRequest('an offset of which partition?');
    return [lookAt(partitions[0]!, asked.whole('offset') + (newest ? 1 : 0))];
  }
  const timeMs = asked.has('time') ? momentOf(asked.text('time'), broker.storage.clock.now()) : null;
  const looks: Look[] = [];
  for (const partition of partitions) {
    let from = newest ? Number.POSITIVE_INFINITY : 0;
    if (timeMs !== null) from = (await partition.offsetForTime(timeMs))?.offset ?? partition.highWatermark;
    looks.push(lookAt(partition, from));
  }
  return looks;
}

/** `0:17,1:4` */
export function placesIn(text: string): [number, number][] {
  const places = text.split(',').map((place): [number, number] => {
    const parts = /^([0-9]{1,6}):([0-9]{1,15})$/.exec(place);
    if (parts === null) throw badRequest(`at has places such as 0:17, not ${JSON.stringify(place)}`);
    return [Number(parts[1]), Number(parts[2])];
  });
  if (new Set(places.map(([index]) => index)).size < places.length) throw badRequest('at has a partition twice');
  return places;
}

async function lookAround(call: Call, looks: readonly Look[], wish: Wish, effort: Effort): Promise<JsonObject[]> {
  const { views } = call.broker;
  const tell = (message: MessageCursor): Found => ({
    offset: message.offset,
    timestampMs: message.timestampMs,
    told: recordTold(message, views, wish.truncate),
  });
  for (const [at, look] of looks.entries()) {
    const { past, found, partition } = look;
    found.length = 0;
    effort.allot(looks.length - at);
    if (wish.newest) {
      const records = Math.max(1, past.endOffset - past.startOffset);
      const size = partition.log.sizeBytes / records;
      look.next = await scanBack(past, look.next, wish.count, size, wish.filter, effort, tell, found);
    } else {
      const take = (message: MessageCursor): void => {
        found.push(tell(message));
      };
      look.next = await scan(past, look.next, past.endOffset, wish.count, wish.filter, effort, take);
    }
  }
  return wish.newest ? mergedBack(looks, wish.count) : merged(looks, wish.count);
}

/** The earliest of what was found; where something of a partition is left over, that is where it goes on. */
function merged(looks: readonly Look[], count: number): JsonObject[] {
  const messages: JsonObject[] = [];
  const taken = looks.map(() => 0);
  while (messages.length < count) {
    let best = -1;
    for (let at = 0; at < looks.length; at++) {
      const candidate = looks[at]!.found[taken[at]!];
      if (candidate === undefined) continue;
      if (best < 0 || candidate.timestampMs < looks[best]!.found[taken[best]!]!.timestampMs) best = at;
    }
    if (best < 0) break;
    const { partition, found } = looks[best]!;
    messages.push({ partition: partition.index, ...found[taken[best]!++]!.told });
  }
  for (const [at, look] of looks.entries()) look.next = look.found[taken[at]!]?.offset ?? look.next;
  return messages;
}

/** The same from the end: the latest comes first. */
function mergedBack(looks: readonly Look[], count: number): JsonObject[] {
  const messages: JsonObject[] = [];
  const left = looks.map(({ found }) => found.length);
  while (messages.length < count) {
    let best = -1;
    for (let at = 0; at < looks.length; at++) {
      const candidate = looks[at]!.found[left[at]! - 1];
      if (candidate === undefined) continue;
      if (best < 0 || candidate.timestampMs > looks[best]!.found[left[best]! - 1]!.timestampMs) best = at;
    }
    if (best < 0) break;
    const { partition, found } = looks[best]!;
    messages.push({ partition: partition.index, ...found[--left[best]!]!.told });
  }
  for (const [at, look] of looks.entries()) {
    const over = left[at]!;
    if (over > 0) look.next = look.found[over - 1]!.offset + 1;
  }
  return messages;
}

/** Until there is more in one of them, or the time is over. */
function somethingNew(call: Call, looks: readonly Look[], waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      for (const { past } of looks) past.unfollow();
      resolve();
    };
    const timer = call.broker.storage.clock.after(waitMs, done);
    for (const look of looks) {
      look.past.follow(() => {
        if (!atEnd(look) || look.past.isGone) done();
      });
    }
  });
}
