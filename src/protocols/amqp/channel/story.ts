import type { Deaths } from '../../../broker/queue/deaths.js';
import { contentKind } from '../../../broker/queue/message.js';
import type { MessageCursor } from '../../../broker/queue/message-cursor.js';
import { type Headers, noHeaders } from '../../../broker/routing/headers.js';
import { type SeenMessage, type SharedProperty, sharedProperties, type Views } from '../../../broker/views.js';
import { ByteReader } from '../../../lib/byte-reader.js';
import { ByteWriter } from '../../../lib/byte-writer.js';
import { headersOf, type TableValue } from '../codec/field-table.js';
import {
  decodeProperties,
  headerTableOf,
  Property,
  type PropertyName,
  PropertyPlaces,
  scanProperties,
  textOf,
  writeChangedProperties,
  writeProperties,
} from '../codec/properties.js';

const reasonNames = {
  rejected: 'rejected',
  expired: 'expired',
  'max-length': 'maxlen',
  'delivery-limit': 'delivery_limit',
} as const;

const places = new PropertyPlaces();
const into = new ByteWriter(512);
const nothing = Buffer.from([0, 0]);

/**
 * The properties a message is delivered with, where they are not those it came with: what befell it since is told in
 * headers, in RabbitMQ's words.
 */
export function contentOf(cursor: MessageCursor, attempts: number, views: Views): Buffer {
  const told = new Map<string, TableValue>();
  if (attempts > 0) told.set('x-delivery-count', { tag: 'l', value: attempts });
  return toldContent(cursor, told, views);
}

/** The same of a message that is read from a log: it says where. */
export function streamContentOf(cursor: MessageCursor, partition: number, views: Views): Buffer {
  return toldContent(cursor, placeOf(cursor, partition), views);
}

/** Properties that say only where it was read: the others do not go into a frame. */
export function bareStreamContentOf(cursor: MessageCursor, partition: number): Buffer {
  into.clear();
  writeProperties(into, { headers: placeOf(cursor, partition) });
  return into.bytes();
}

/** The same without headers, which do not go into a frame. */
export function bareContentOf(cursor: MessageCursor, views: Views): Buffer {
  return foreignContent({ ...views.of(cursor), headers: noHeaders }, new Map());
}

function placeOf(cursor: MessageCursor, partition: number): Map<string, TableValue> {
  const place = new Map<string, TableValue>([['x-stream-offset', { tag: 'l', value: cursor.offset }]]);
  if (partition > 0) place.set('x-stream-partition', { tag: 'l', value: partition });
  return place;
}

function toldContent(cursor: MessageCursor, headers: Map<string, TableValue>, views: Views): Buffer {
  const { deaths } = cursor;
  if (cursor.kind !== contentKind.amqp) {
    if (deaths !== null && cursor.kind !== contentKind.none) tell(headers, deaths, null);
    return foreignContent(views.of(cursor), headers);
  }
  const bytes = cursor.contentLength > 0 ? cursor.bytes : nothing;
  const at = cursor.contentLength > 0 ? cursor.contentAt : 0;
  scanProperties(bytes, at, at + (cursor.contentLength || nothing.length), places);
  const expiration = places.has(Property.expiration) ? textOf(bytes, places, Property.expiration) : null;
  if (deaths !== null) tell(headers, deaths, expiration);
  into.clear();
  writeChangedProperties(into, bytes, places, {
    drop: deaths !== null ? ['expiration'] : [],
    headers: { set: headers },
  });
  return into.bytes();
}

/** A message that another front took in, and what is told of it here. */
function foreignContent(seen: SeenMessage, told: ReadonlyMap<string, TableValue>): Buffer {
  const { id, sentMs } = seen;
  const headers = new Map<string, TableValue>([...seen.headers, ...told]);
  const properties: Partial<Record<TextProperty, string>> = {};
  for (const [name, value] of seen.properties) if (name !== 'priority') properties[propertyNames[name]] = value;
  into.clear();
  writeProperties(into, {
    ...properties,
    ...(headers.size === 0 ? {} : { headers }),
    deliveryMode: 2,
    ...(id === null ? {} : { messageId: id }),
    ...(sentMs !== null && sentMs >= 0 ? { timestamp: Math.floor(sentMs / 1000) } : {}),
  });
  return into.bytes();
}

const propertyNames = {
  'content-type': 'contentType',
  'content-encoding': 'contentEncoding',
  'correlation-id': 'correlationId',
  'reply-to': 'replyTo',
  type: 'type',
  'app-id': 'appId',
  'user-id': 'userId',
  priority: 'priority',
  'message-id': 'messageId',
} as const satisfies Record<SharedProperty, PropertyName>;

type TextProperty = Exclude<(typeof propertyNames)[SharedProperty], 'priority'>;

/** Some write milliseconds; the last second of the year 9999 is the last that is believed. */
const lastSecond = 253_402_300_799;

/** A message of this front, for others. */
export function seenMessage(cursor: MessageCursor): SeenMessage {
  const properties = new Map<SharedProperty, string>();
  if (cursor.contentLength === 0) return { id: null, sentMs: null, properties, headers: noHeaders };
  const end = cursor.contentAt + cursor.contentLength;
  const said = decodeProperties(new ByteReader(cursor.bytes, cursor.contentAt, end));
  for (const name of sharedProperties) {
    const value = said[propertyNames[name]];
    if (value !== undefined) properties.set(name, String(value));
  }
  const { messageId, timestamp, headers } = said;
  const isTime = timestamp !== undefined && timestamp > 0 && timestamp <= lastSecond;
  return {
    id: messageId ?? null,
    sentMs: isTime ? timestamp * 1000 : null,
    properties,
    headers: headers === undefined ? noHeaders : headersOf(headers),
  };
}

/** The headers of a message of this front, for routing; null when it has none. */
export function headersOfMessage(cursor: MessageCursor): Headers | null {
  if (cursor.contentLength === 0) return null;
  scanProperties(cursor.bytes, cursor.contentAt, cursor.contentAt + cursor.contentLength, places);
  return places.has(Property.headers) ? headersOf(headerTableOf(cursor.bytes, places)) : null;
}

/** x-death, the newest first, and the two ends of the story. */
function tell(headers: Map<string, TableValue>, deaths: Deaths, expiration: string | null): void {
  const list: TableValue[] = [];
  const { first } = deaths;
  for (const death of deaths.list) {
    const entry = new Map<string, TableValue>([
      ['count', { tag: 'l', value: death.count }],
      ['reason', reasonNames[death.reason]],
      ['queue', death.queue],
      ['time', { tag: 'T', value: Math.floor(death.firstMs / 1000) }],
      ['exchange', death.exchange],
      ['routing-keys', [...death.keys]],
    ]);
    // Its own time ended with its first death.
    const isFirst = death.queue === first.queue && death.reason === first.reason;
    if (expiration !== null && isFirst) entry.set('original-expiration', expiration);
    list.push(entry);
  }
  headers.set('x-death', list);
  const last = deaths.list[0]!;
  headers.set('x-first-death-queue', first.queue);
  headers.set('x-first-death-reason', reasonNames[first.reason]);
  headers.set('x-first-death-exchange', first.exchange);
  headers.set('x-last-death-queue', last.queue);
  headers.set('x-last-death-reason', reasonNames[last.reason]);
  headers.set('x-last-death-exchange', last.exchange);
}
