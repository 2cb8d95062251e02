import type { Deaths } from '../../../broker/queue/deaths.js';
import { contentKind } from '../../../broker/queue/message.js';
import type { MessageCursor } from '../../../broker/queue/message-cursor.js';
import type { Headers } from '../../../broker/routing/headers.js';
import { recordHeaders } from '../../../broker/views.js';
import { ByteWriter } from '../../../lib/byte-writer.js';
import { headersOf, type TableValue } from '../codec/field-table.js';
import {
  headerTableOf,
  Property,
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
export function contentOf(cursor: MessageCursor, attempts: number): Buffer {
  const told = new Map<string, TableValue>();
  if (attempts > 0) told.set('x-delivery-count', { tag: 'l', value: attempts });
  return toldContent(cursor, told);
}

/** The same of a message that is read from a log: it says where. */
export function streamContentOf(cursor: MessageCursor, partition: number): Buffer {
  return toldContent(cursor, placeOf(cursor, partition));
}

/** Properties that say only where it was read: the others do not go into a frame. */
export function bareStreamContentOf(cursor: MessageCursor, partition: number): Buffer {
  into.clear();
  writeProperties(into, { headers: placeOf(cursor, partition) });
  return into.bytes();
}

function placeOf(cursor: MessageCursor, partition: number): Map<string, TableValue> {
  const place = new Map<string, TableValue>([['x-stream-offset', { tag: 'l', value: cursor.offset }]]);
  if (partition > 0) place.set('x-stream-partition', { tag: 'l', value: partition });
  return place;
}

function toldContent(cursor: MessageCursor, headers: Map<string, TableValue>): Buffer {
  const isAmqp = cursor.kind === contentKind.amqp && cursor.contentLength > 0;
  const bytes = isAmqp ? cursor.bytes : nothing;
  const at = isAmqp ? cursor.contentAt : 0;
  scanProperties(bytes, at, at + (isAmqp ? cursor.contentLength : 2), places);
  const { deaths } = cursor;
  if (cursor.kind === contentKind.none) return foreignContent(cursor, headers);
  const expiration = places.has(Property.expiration) ? textOf(bytes, places, Property.expiration) : null;
  if (deaths !== null) tell(headers, deaths, expiration);
  into.clear();
  writeChangedProperties(into, bytes, places, {
    drop: deaths !== null ? ['expiration'] : [],
    headers: { set: headers },
  });
  return into.bytes();
}

/** A message that no front of envelopes took in: what its record has is all that is known of it. */
function foreignContent(cursor: MessageCursor, told: ReadonlyMap<string, TableValue>): Buffer {
  const headers = new Map<string, TableValue>([...recordHeaders(cursor), ...told]);
  into.clear();
  writeProperties(into, {
    ...(headers.size === 0 ? {} : { headers }),
    deliveryMode: 2,
    ...(cursor.timestampMs >= 0 ? { timestamp: Math.floor(cursor.timestampMs / 1000) } : {}),
  });
  return into.bytes();
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
