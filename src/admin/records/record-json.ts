import { isUtf8 } from 'node:buffer';
import { contentKind } from '../../broker/queue/message.js';
import type { MessageCursor } from '../../broker/queue/message-cursor.js';
import { queuePlace } from '../../broker/queue-key.js';
import { headersToJson } from '../../broker/routing/json-headers.js';
import type { Views } from '../../broker/views.js';
import { ByteReader } from '../../lib/byte-reader.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';

export const valueBytesShown = 16_384;
export const valueBytesShownMax = 1_048_576;

/**
 * The message under a cursor as the admin API shows it: texts as they are, other bytes as base64. What a front of queues took
 * in is shown with what it knows of it; `truncate` cuts values.
 */
export function recordTold(message: MessageCursor, views: Views, truncate: number): JsonObject {
  const { bytes, keyAt, keyLength, bodyAt, bodyLength, kind } = message;
  const key = keyLength < 0 ? null : bytes.subarray(keyAt, keyAt + keyLength);
  const value = bodyLength < 0 ? null : bytes.subarray(bodyAt, bodyAt + bodyLength);
  return {
    offset: message.offset,
    timestamp: message.timestampMs,
    ...told('key', key, truncate),
    ...told('value', value, truncate),
    value_bytes: value?.length ?? 0,
    truncated: (value?.length ?? 0) > truncate,
    ...(kind === contentKind.none ? { headers: recordHeaders(message) } : contentTold(message, views)),
    ...deathsTold(message),
  };
}

function told(name: string, bytes: Buffer | null, truncate: number): JsonObject {
  if (bytes === null) return { [name]: null };
  const text = textOf(bytes, truncate);
  if (text !== null) return { [name]: text, [`${name}_encoding`]: 'string' };
  return { [name]: bytes.toString('base64', 0, Math.min(bytes.length, truncate)), [`${name}_encoding`]: 'base64' };
}

/** Null for what is no text; a letter of which only a part is shown is left out. */
function textOf(bytes: Buffer, truncate: number): string | null {
  let end = Math.min(bytes.length, truncate);
  if (end < bytes.length) while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  const shown = bytes.subarray(0, end);
  return isUtf8(shown) ? shown.toString('utf8') : null;
}

/** All of them in their order, also those of one name. */
function recordHeaders(message: MessageCursor): JsonObject[] {
  const headers: JsonObject[] = [];
  const from = new ByteReader(message.bytes, message.extraAt, message.extraEnd);
  for (let left = message.extraCount; left > 0; left--) {
    const key = from.utf8(from.varint());
    const length = from.varint();
    headers.push(headerTold(key, length < 0 ? null : from.view(length)));
  }
  return headers;
}

function headerTold(key: string, value: Buffer | null): JsonObject {
  if (value === null) return { key, value: null };
  if (isUtf8(value)) return { key, value: value.toString('utf8') };
  return { key, value: value.toString('base64'), encoding: 'base64' };
}

function contentTold(message: MessageCursor, views: Views): JsonObject {
  const { id, sentMs, properties, headers } = views.of(message);
  const shown: Record<string, JsonValue> = {};
  if (id !== null) shown['message_id'] = id;
  if (sentMs !== null) shown['sent_ms'] = sentMs;
  for (const [name, value] of properties) shown[name.replaceAll('-', '_')] = value;
  return {
    headers: Object.entries(headersToJson(headers)).map(([key, value]) => ({ key, value })),
    front: frontOf(message),
    exchange: message.exchange,
    properties: shown,
  };
}

/** The front that took a message in. */
export function frontOf({ kind }: MessageCursor): 'amqp' | 'sqs' | 'kafka' {
  if (kind === contentKind.amqp) return 'amqp';
  return kind === contentKind.sqs ? 'sqs' : 'kafka';
}

function deathsTold(message: MessageCursor): JsonObject {
  if (message.kind === contentKind.none) return {};
  const { deaths } = message;
  if (deaths === null) return {};
  return {
    deaths: deaths.list.map(({ queue, reason, count, exchange, keys, firstMs }) => {
      const { vhost, name } = queuePlace(queue);
      return { vhost, queue: name, reason, count, exchange, routing_keys: keys, first_ms: firstMs };
    }),
  };
}

/** The values of a header, as text; of a message that a front of queues took in, of its headers and properties. */
export function* headerValues(message: MessageCursor, views: Views, name: string): IterableIterator<string> {
  if (message.kind !== contentKind.none) {
    const { id, properties, headers } = views.of(message);
    const value = headers.get(name);
    if (value !== undefined) yield typeof value === 'string' ? value : JSON.stringify(headersToJson(headers)[name]);
    const property = name === 'message-id' && id !== null ? id : properties.get(name as never);
    if (property !== undefined) yield property;
    return;
  }
  const from = new ByteReader(message.bytes, message.extraAt, message.extraEnd);
  for (let left = message.extraCount; left > 0; left--) {
    const key = from.utf8(from.varint());
    const length = from.varint();
    const value = length < 0 ? null : from.view(length);
    if (key === name) yield value?.toString('utf8') ?? '';
  }
}
