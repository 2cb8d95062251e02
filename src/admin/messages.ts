import { queuePlace } from '../broker/queue-key.js';
import type { JsonObject, JsonValue } from '../lib/json.js';
import type { DeskMessage, DeskSettlement, MessageDesk } from '../protocols/watching.js';
import type { Api, Call } from './api.js';
import { exchangeIn } from './exchanges.js';
import { badRequest, HttpError } from './http-error.js';
import { queueIn, refuseForeign } from './queues.js';
import { roomToPublish } from './room.js';

const payloadBytesMax = 32 * 1024 * 1024;
const countMax = 10_000;

const settlements: Readonly<Record<string, DeskSettlement>> = {
  ack_requeue_true: 'requeue',
  reject_requeue_true: 'requeue-counted',
  ack_requeue_false: 'ack',
  reject_requeue_false: 'reject',
};

/** Single messages, in and out: to try things with, not to work with. */
export function messageRoutes(api: Api, desk: () => MessageDesk | null): void {
  const open = (): MessageDesk => {
    const found = desk();
    if (found === null) throw new HttpError(503, 'service_unavailable', 'the AMQP front is turned off');
    return found;
  };
  const publishAt = '/api/exchanges/:vhost/:exchange/publish';
  api.post(publishAt, 'management', (call) => publish(call, open()), payloadBytesMax * 2);
  api.post('/api/queues/:vhost/:queue/get', 'management', (call) => take(call, open()));
}

async function publish(call: Call, desk: MessageDesk): Promise<JsonValue> {
  const vhost = call.vhost();
  const { name: exchange } = exchangeIn(call, vhost);
  const { broker, body, caller } = call;
  const key = body.text('routing_key');
  call.demandPermission(vhost.name, 'write', exchange);
  const { permissions } = broker;
  if (
    vhost.router.find(exchange)?.routesAs === 'topic' &&
    !permissions.allowsTopic(caller.name, vhost.name, 'write', exchange, key)
  ) {
    throw new HttpError(401, 'not_authorized', `write access to topic '${key}' in exchange '${exchange}' refused`);
  }
  const payload = payloadOf(body.text('payload'), body.text('payload_encoding'));
  const properties = (body.get('properties') ?? {}) as JsonObject;
  if (typeof properties !== 'object' || Array.isArray(properties)) throw badRequest('properties are an object');
  await roomToPublish(broker);
  const routed = desk.publish({ vhost: vhost.name, user: caller.name, exchange, key, properties, payload });
  if (typeof routed === 'string') throw badRequest(routed);
  return { routed };
}

function payloadOf(text: string, encoding: string): Buffer {
  if (encoding !== 'string' && encoding !== 'base64') throw badRequest(`Unsupported encoding: ${encoding}`);
  const payload = Buffer.from(text, encoding === 'string' ? 'utf8' : 'base64');
  if (payload.length > payloadBytesMax) throw badRequest(`a payload has at most ${payloadBytesMax} bytes`);
  return payload;
}

async function take(call: Call, desk: MessageDesk): Promise<JsonValue> {
  const vhost = call.vhost();
  const queue = queueIn(call, vhost);
  const { name } = queuePlace(queue.name);
  const { body } = call;
  call.demandPermission(vhost.name, 'read', name);
  refuseForeign(queue, name);
  const settlement = settlements[settlementIn(call)];
  if (settlement === undefined) throw badRequest(`ackmode is one of ${Object.keys(settlements).join(', ')}`);
  const encoding = body.text('encoding', 'auto');
  if (encoding !== 'auto' && encoding !== 'base64') throw badRequest(`Unsupported encoding: ${encoding}`);
  const truncate = body.whole('truncate', payloadBytesMax);
  const count = body.whole('count');
  if (count < 1 || count > countMax) throw badRequest(`count is from 1 to ${countMax}`);
  const messages = await desk.take(vhost.name, name, count, settlement);
  return (messages ?? []).map((message) => told(message, encoding, Math.max(0, truncate)));
}

/** Before there was `ackmode`, there was `requeue`. */
function settlementIn({ body }: Call): string {
  if (body.has('ackmode')) return body.text('ackmode');
  return body.flag('requeue', true) ? 'ack_requeue_true' : 'ack_requeue_false';
}

function told(message: DeskMessage, encoding: string, truncate: number): JsonObject {
  const { payload, exchange, key, redelivered, left, properties } = message;
  const shown = payload.subarray(0, truncate);
  const text = encoding === 'auto' ? textOf(shown) : null;
  return {
    payload_bytes: payload.length,
    redelivered,
    exchange,
    routing_key: key,
    message_count: left,
    properties,
    payload: text ?? shown.toString('base64'),
    payload_encoding: text === null ? 'base64' : 'string',
  };
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null for bytes that are no text. */
function textOf(bytes: Buffer): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}
