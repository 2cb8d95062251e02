import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import { traceHeaderName, traceparent } from '../../broker/trace-context.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Api, Call } from '../api.js';
import { badRequest, HttpError } from '../http-error.js';
import { frontOf, headerValues, recordTold } from '../records/record-json.js';
import { type Chooser, Effort } from '../records/scan.js';
import { placesFor, type TracePlace } from '../trace/trace-places.js';
import { searchPlaces } from '../trace/trace-search.js';
import { textAsked } from './queue-views.js';

/**
 * One message's way, put together from what is there: each copy that a queue or topic still has says over which exchange and
 * with which key it came, when, where it died before and how often it was handed out; the bindings say where else it went.
 * Nothing is written down for it while messages pass, so it costs nothing until somebody asks.
 */
export function traceRoute(api: Api): void {
  let running = 0;
  api.get('/api/console/trace', 'management', async (call) => {
    // Each reads through many logs.
    if (running >= atOnceMax) throw new HttpError(503, 'too_many', 'others are tracing: try again in a moment');
    running++;
    try {
      return await trace(call);
    } finally {
      running--;
    }
  });
}

const atOnceMax = 4;
/** Of one log: copies of one message are few. */
const copiesMax = 20;
const valueBytes = 4096;
const textCharsMax = 500;

const ways = ['id', 'trace', 'key', 'header', 'text'] as const;
type Way = (typeof ways)[number];

async function trace(call: Call): Promise<JsonValue> {
  const { broker } = call;
  const chooser = new TraceChooser(call);
  const effort = new Effort(broker.storage.clock);
  effort.allot(1);
  const places = await placesFor(call, effort.slices);
  const tell = (place: TracePlace, message: MessageCursor): JsonObject => copyTold(call, place, message);
  const { copies, partly } = await searchPlaces(places, chooser, copiesMax, effort, tell);
  const routes = routesOf(call, copies);
  return { copies, routes, places: places.length, partly: partly.length, scanned: effort.records };
}

function copyTold(call: Call, place: TracePlace, message: MessageCursor): JsonObject {
  const { vhost, name, partition, queue } = place;
  const kind = queue === null ? 'topic' : 'queue';
  const told = { kind, vhost, name, partition: partition?.index ?? null, front: frontOf(message) };
  const record = recordTold(message, call.broker.views, valueBytes);
  if (queue === null) return { ...told, ...record, state: 'kept', deliveries: 0 };
  const { offset } = message;
  return { ...told, ...record, state: queue.ledger.stateOf(offset), deliveries: queue.ledger.deliveryCount(offset) };
}

/** Where the bindings of now lead what was published like that: a copy that is not there any more went there too. */
function routesOf(call: Call, copies: readonly JsonObject[]): JsonObject[] {
  const { broker } = call;
  const routes = new Map<string, JsonObject>();
  for (const { vhost: vhostName, exchange, key } of copies) {
    if (typeof exchange !== 'string' || typeof key !== 'string') continue;
    const id = `${vhostName}\n${exchange}\n${key}`;
    const vhost = broker.vhosts.get(String(vhostName));
    if (routes.has(id) || vhost === undefined) continue;
    // Headers may have a say; who asks about a way over a headers exchange sees the copies.
    if (vhost.router.readsContent(exchange)) continue;
    const result = vhost.router.route(exchange, key, null);
    const to = (result?.destinations ?? []).flatMap((each) => vhost.router.nameOf(each) ?? []);
    routes.set(id, { vhost: vhost.name, exchange, key, to });
  }
  return [...routes.values()];
}

/** By what somebody knows of the message. */
class TraceChooser implements Chooser {
  private readonly call: Call;
  private readonly way: Way;
  private readonly wanted: string;
  private readonly bytes: Buffer;
  private readonly header: string;

  constructor(call: Call) {
    const way = ways.find((each) => each === textAsked(call, 'by', 'id'));
    this.wanted = textAsked(call, 'value');
    this.header = textAsked(call, 'header');
    if (way === undefined) throw badRequest(`by is one of ${ways.join(', ')}`);
    if (this.wanted === '') throw badRequest('what is looked for is missing: value');
    if (this.wanted.length > textCharsMax) throw badRequest(`value has at most ${textCharsMax} letters`);
    if (way === 'header' && this.header === '') throw badRequest('which header?');
    this.call = call;
    this.way = way;
    this.bytes = Buffer.from(this.wanted);
  }

  lets(message: MessageCursor): boolean {
    const { bytes, keyAt, keyLength, bodyAt, bodyLength } = message;
    switch (this.way) {
      case 'key':
        return keyLength === this.bytes.length && this.bytes.equals(bytes.subarray(keyAt, keyAt + keyLength));
      case 'text':
        return bodyLength > 0 && bytes.subarray(bodyAt, bodyAt + bodyLength).includes(this.bytes);
      case 'header':
        return this.has(message, this.header, false);
      case 'trace':
        return this.has(message, traceparent, true) || this.has(message, traceHeaderName, true);
      case 'id':
        return this.has(message, 'message-id', false) || this.has(message, 'message_id', false);
    }
  }

  private has(message: MessageCursor, name: string, within: boolean): boolean {
    for (const value of headerValues(message, this.call.broker.views, name)) {
      if (within ? value.includes(this.wanted) : value === this.wanted) return true;
    }
    return false;
  }
}
