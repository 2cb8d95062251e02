import { argumentsWithType } from '../../broker/definitions/broker-queues.js';
import type { Queue } from '../../broker/queue/queue.js';
import { queueKey, queuePlace } from '../../broker/queue-key.js';
import { headersToJson } from '../../broker/routing/json-headers.js';
import { type Work, workIn } from '../../broker/share/work.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { WatchedConnection } from '../../protocols/watching.js';
import type { Call } from '../api.js';
import { consumersOf } from '../connections.js';
import { notFound } from '../http-error.js';
import type { View } from './live.js';
import type { Meter } from './meter.js';
import { askedFor, type Keys, pageOf } from './paging.js';

/** All queues that the caller sees, a page of them. */
export const queuesView: View = { everyMs: 1500, read: queues };

/** One queue: `?vhost=…&name=…`. */
export function queueView(connections: () => Iterable<WatchedConnection>): View {
  return { everyMs: 1000, read: (call, meter) => queue(call, meter, connections) };
}

interface Row {
  readonly queue: Queue;
  readonly work: Work;
  readonly vhost: string;
  readonly name: string;
  readonly inRate: number;
  readonly outRate: number;
}

const keys: Keys<Row> = {
  ready: ({ work }) => work.ready,
  locked: ({ work }) => work.locked,
  delayed: ({ work }) => work.delayed,
  consumers: ({ work }) => work.consumers,
  in: ({ inRate }) => inRate,
  out: ({ outRate }) => outRate,
  bytes: ({ queue }) => queue.log.sizeBytes,
};

function queues(call: Call, meter: Meter): JsonValue {
  const seen = new Set(call.vhosts().map(({ name }) => name));
  const rows: Row[] = [];
  for (const queue of call.broker.queues.all()) {
    const { vhost, name } = queuePlace(queue.name);
    if (!seen.has(vhost)) continue;
    const work = workIn(call.broker.topicQueues, queue);
    rows.push({ queue, work, vhost, name, ...flow(queue, work, meter) });
  }
  return pageOf(rows, askedFor(call), ({ name }) => name, keys, told);
}

/** What came, and what is done with: of all that came, what is no longer there. */
export function flow(
  { log }: Queue,
  { came, here }: Work,
  meter: Meter,
): { readonly inRate: number; readonly outRate: number } {
  return { inRate: meter.rate(`in ${log.id}`, came), outRate: meter.rate(`out ${log.id}`, came - here) };
}

function told({ queue, work, vhost, name, inRate, outRate }: Row): JsonObject {
  const { options, log } = queue;
  return {
    vhost,
    name,
    type: options.type,
    durable: options.durable,
    exclusive: options.exclusive,
    ready: work.ready,
    locked: work.locked,
    delayed: work.delayed,
    dead: work.dead,
    consumers: work.consumers,
    bytes: log.sizeBytes,
    inRate,
    outRate,
  };
}

function queue(call: Call, meter: Meter, connections: () => Iterable<WatchedConnection>): JsonValue {
  const { vhost, name } = placeAsked(call);
  const found = call.broker.queues.get(queueKey(vhost, name));
  if (found === undefined) throw notFound(`no queue '${name}' in vhost '${vhost}'`);
  const { options, settings, log } = found;
  const { policy } = call.broker.policies.effectOnQueue(found);
  const { deadLetter } = settings;
  const work = workIn(call.broker.topicQueues, found);
  return {
    ...told({ queue: found, work, vhost, name, ...flow(found, work, meter) }),
    measured: meter.measures,
    came: work.came,
    firstKept: log.startOffset,
    runs: found.ledger.runCount,
    autoDelete: options.autoDelete,
    arguments: headersToJson(argumentsWithType(options)),
    attributes: headersToJson(found.attributes),
    policy: policy?.name ?? null,
    settings: {
      messageTtlMs: finite(settings.messageTtlMs),
      expiresMs: finite(settings.expiresMs),
      lengthMax: finite(settings.lengthMax),
      bytesMax: finite(settings.bytesMax),
      overflow: settings.overflow,
      deliveryLimit: settings.deliveryLimit < 0 ? null : settings.deliveryLimit,
      priorityMax: settings.priorityMax,
      singleActive: settings.singleActive,
      retentionMs: settings.retentionMs,
      deadLetter: deadLetter === null ? null : { exchange: deadLetter.exchange, key: deadLetter.key },
    },
    moves: call.broker.moves.of(found).map(({ id, status, destination, toMove, moved, failure }) => ({
      id,
      status: status.toLowerCase(),
      to: destination === null ? null : queuePlace(destination).name,
      toMove,
      moved,
      failure,
    })),
    consumerDetails: consumersSeen(call, connections(), vhost, name),
  };
}

/** How many of a queue's consumers are told one by one. */
const consumersMax = 100;

function consumersSeen(
  call: Call,
  connections: Iterable<WatchedConnection>,
  vhost: string,
  name: string,
): JsonObject[] {
  const found: JsonObject[] = [];
  for (const connection of connections) {
    if (connection.vhost !== vhost) continue;
    if (!call.is('monitoring') && connection.user !== call.caller.name) continue;
    found.push(...consumersOf(connection, name));
    if (found.length >= consumersMax) break;
  }
  return found.slice(0, consumersMax);
}

export function placeAsked(call: Call): { readonly vhost: string; readonly name: string } {
  const [vhost, name] = [textAsked(call, 'vhost', '/'), textAsked(call, 'name')];
  if (call.broker.vhosts.get(vhost) === undefined || !call.sees(vhost))
    throw notFound(`there is no virtual host ${vhost}`);
  return { vhost, name };
}

export function textAsked({ query }: Call, name: string, otherwise = ''): string {
  const value = query[name];
  return typeof value === 'string' ? value : otherwise;
}

/** JSON has no infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
