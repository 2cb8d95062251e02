import type { Partition } from '../../broker/partition.js';
import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Api, Call } from '../api.js';
import { badRequest, HttpError, notFound } from '../http-error.js';
import { frontOf, recordTold } from '../records/record-json.js';
import { type Chooser, Effort, scan } from '../records/scan.js';
import { seesGroup } from '../topics/rights.js';
import { TraceMark } from './trace-mark.js';
import { placeAsked, placesFor, type TracePlace } from './trace-places.js';
import { searchPlaces } from './trace-search.js';

const atOnceMax = 4;
/** Of one log: copies of one message are few, but a trace may have many messages. */
const copiesMax = 50;
const groupsMax = 100;
const valueBytes = 1024;

interface Copy {
  readonly told: JsonObject;
  readonly steps: readonly Step[];
}

interface Step extends JsonObject {
  readonly at_ms: number | null;
}

/**
 * One message's way, out of what is there: the copies that queues and topics have, the story that dead letters carry, what
 * ledgers know of deliveries, how far groups have committed. Nothing is noted for it while messages pass. So it knows nothing
 * of copies that are gone, of who had a message, and of when it was acknowledged.
 */
export function traceRoutes(api: Api): void {
  let running = 0;
  api.get('/api/trace', 'management', async (call) => {
    if (running >= atOnceMax) throw new HttpError(503, 'service_unavailable', 'too many trace messages at once');
    running++;
    try {
      return await trace(call);
    } finally {
      running--;
    }
  });
}

async function trace(call: Call): Promise<JsonValue> {
  const { asked, broker } = call;
  const effort = new Effort(broker.storage.clock);
  effort.allot(1);
  const ways = ['id', 'traceparent', 'offset'].filter((way) => asked.has(way));
  if (ways.length !== 1) throw badRequest('say an id, a traceparent, or the offset of a message in a topic or queue');
  let mark: TraceMark | null;
  let copies: Copy[] = [];
  if (ways[0] === 'id') mark = TraceMark.ofId(asked.text('id'));
  else if (ways[0] === 'traceparent') mark = TraceMark.ofTrace(asked.text('traceparent'));
  else mark = await markAt(call, effort, copies);
  const places = mark === null ? [] : await placesFor(call, effort.slices);
  let partly: string[] = [];
  if (mark !== null) {
    const known = mark;
    const chooser: Chooser = { lets: (message) => known.lets(message, broker.views) };
    const tell = (place: TracePlace, message: MessageCursor): Copy => copyOf(call, place, message);
    ({ copies, partly } = await searchPlaces(places, chooser, copiesMax, effort, tell));
  }
  const steps = copies.flatMap((copy) => copy.steps);
  steps.sort((one, other) => (one.at_ms ?? Number.POSITIVE_INFINITY) - (other.at_ms ?? Number.POSITIVE_INFINITY));
  return {
    by: mark?.kind ?? 'place',
    value: mark?.value ?? null,
    copies: copies.map(({ told }) => told),
    steps,
    places: mark === null ? 1 : places.length,
    not_all_of: partly,
    scanned: effort.records,
    scanned_bytes: effort.bytes,
  };
}

/** What the message at an offset is known by; without anything it is the one copy there is to tell of. */
async function markAt(call: Call, effort: Effort, copies: Copy[]): Promise<TraceMark | null> {
  const { views } = call.broker;
  const place = placeAsked(call);
  const offset = call.asked.whole('offset');
  let mark: TraceMark | null = null;
  const take = (message: MessageCursor): void => {
    mark = TraceMark.of(message, views);
    copies.push(copyOf(call, place, message));
  };
  await scan(place.past, offset, offset + 1, 1, { lets: () => true }, effort, take);
  if (copies.length === 0) throw notFound(`${place.name} has no message at ${offset}`);
  return mark;
}

function copyOf(call: Call, place: TracePlace, message: MessageCursor): Copy {
  const { vhost, name, queue, partition } = place;
  const { offset, timestampMs } = message;
  const where: JsonObject =
    partition === null
      ? { kind: 'queue', vhost, name, offset }
      : { kind: 'topic', name, partition: partition.index, offset };
  const { deaths, ...record } = recordTold(message, call.broker.views, valueBytes);
  const steps: Step[] = [];
  for (const death of ((deaths ?? []) as readonly JsonObject[]).toReversed()) {
    const { first_ms: atMs, ...how } = death;
    // It died there in the virtual host that it is in.
    steps.push({ at_ms: Number(atMs), step: 'died', ...how, vhost });
  }
  const front = { exchange: record['exchange'] ?? null, key: record['key'] ?? null, front: frontOf(message) };
  steps.push({ at_ms: timestampMs, step: 'came', ...front, to: where });
  const told: JsonObject = { ...where, ...record };
  if (queue !== null) {
    const { ledger } = queue;
    const state = {
      state: ledger.stateOf(offset),
      deliveries: ledger.deliveryCount(offset),
      attempts: ledger.attemptCount(offset),
    };
    steps.push({ at_ms: null, step: 'is', ...state, in: where });
    return { told: { ...told, ...state }, steps };
  }
  const passed = groupsAt(call, partition!, offset);
  for (const { committed_ms: atMs, ...how } of passed) {
    steps.push({ at_ms: typeof atMs === 'number' ? atMs : null, step: 'read', ...how, in: where });
  }
  return { told: { ...told, groups: passed }, steps };
}

/** Groups that are behind it, with when they said so last; groups that work it off record by record, with how it is with them. */
function groupsAt(call: Call, partition: Partition, offset: number): JsonObject[] {
  const { groups, shares, catalog } = call.broker;
  const { topicName, index } = partition;
  const told: JsonObject[] = [];
  for (const group of groups.offsets.groups()) {
    const committed = groups.offsets.find(group, topicName, index);
    if (committed === null || committed.offset <= offset || !seesGroup(call, group)) continue;
    if (told.length >= groupsMax) return told;
    told.push({ group, committed: committed.offset, committed_ms: committed.commitTimestampMs });
  }
  const topicId = catalog.topic(topicName)?.id ?? '';
  for (const share of shares) {
    const ledger = share.partitions.get(topicId)?.get(index)?.ledger;
    if (ledger === undefined || !seesGroup(call, share.id) || told.length >= groupsMax) continue;
    told.push({ group: share.id, state: ledger.stateOf(offset), deliveries: ledger.deliveryCount(offset) });
  }
  return told;
}
