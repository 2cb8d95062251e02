import { isUtf8 } from 'node:buffer';
import { ByteReader } from '../lib/byte-reader.js';
import type { MessageCursor } from './queue/message-cursor.js';
import { readTakenRecord } from './queue/taken-record.js';
import type { Headers, HeaderValue } from './routing/headers.js';
import { traceHeaderName, traceHeaderOf, traceparent, traceparentOf } from './trace-context.js';

/**
 * One message seen from another front: the one place that says what becomes of what. docs/views.md has the whole table.
 *
 *   queues (AMQP, SQS)      logs (Kafka)
 *   body                    value; an empty one where there is none
 *   routing key, group      key; an empty one where there is none
 *   header                  header of the same name: texts and bytes as they are, numbers and truth values as text, lists
 *                           and tables as JSON, nothing as null; back it is text, or bytes where it is no UTF-8
 *   time of arrival         timestamp
 *   all else                the header `naru` (queue/message.ts), which only comes first and only fronts of queues read:
 *                           so nothing is lost between two of a kind
 */
export function recordHeaderValue(value: HeaderValue): Buffer | null {
  if (value === null) return null;
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'object') return Buffer.from(JSON.stringify(plain(value)));
  return Buffer.from(String(value));
}

function plain(value: HeaderValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, item]) => [name, plain(item)]));
  return (value as readonly HeaderValue[]).map(plain);
}

/** The headers of the record under the cursor, but for the envelope; of several of one name the last counts. */
export function recordHeaders(message: MessageCursor): Map<string, string | Buffer | null> {
  return headersFrom(new ByteReader(message.bytes, message.extraAt, message.extraEnd), message.extraCount);
}

function headersFrom(from: ByteReader, count: number): Map<string, string | Buffer | null> {
  const headers = new Map<string, string | Buffer | null>();
  for (let left = count; left > 0; left--) {
    const name = from.utf8(from.varint());
    const length = from.varint();
    if (length < 0) headers.set(name, null);
    else {
      const value = from.view(length);
      headers.set(name, isUtf8(value) ? value.toString() : Buffer.from(value));
    }
  }
  return headers;
}

/** Headers of a message as they go into a record. */
export function* headersForRecord(headers: Headers): IterableIterator<[string, Buffer | null]> {
  for (const [name, value] of headers) yield [name, recordHeaderValue(value)];
}

// Between queues of different fronts

/** What AMQP calls properties and others can use; SQS shows them as attributes of these names, in this order. */
export const sharedProperties = [
  'content-type',
  'correlation-id',
  'reply-to',
  'type',
  'content-encoding',
  'app-id',
  'user-id',
  'priority',
  'message-id',
] as const;

export type SharedProperty = (typeof sharedProperties)[number];

/** An attribute as SQS has them: `Binary` has bytes, all other types have text. */
export interface Attribute {
  readonly name: string;
  readonly type: string;
  readonly value: string | Buffer;
}

/** What a message says of itself, besides key and body, in words that no front owns. */
export interface SeenMessage {
  /** Whom it is known as; null where nobody named it. */
  readonly id: string | null;
  /** When its sender says that he sent it. */
  readonly sentMs: number | null;
  readonly properties: ReadonlyMap<SharedProperty, string>;
  readonly headers: Headers;
}

/** SQS shows no more of them. */
const attributesMax = 10;
/** Tells types of attributes that their values do not tell: by name, `Number.int` and the like. */
export const typesHeader = 'x-attribute-types';
const attributeName = /^(?!\.)(?!(?:aws|amazon)\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;
const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What can be said in a property or name of AMQP. */
const shortTextBytesMax = 255;

/** Headers and properties as attributes: `traceparent` first, then properties, then headers in their order. */
export function attributesOf(message: SeenMessage): { attributes: Attribute[]; trace: string | null } {
  const { headers, properties, id } = message;
  const found = new Map<string, Attribute>();
  const told = headers.get(typesHeader);
  const types = told instanceof Map ? (told as Headers) : null;
  const offer = (name: string, value: HeaderValue): void => {
    if (found.size >= attributesMax || found.has(name) || !attributeName.test(name)) return;
    const attribute = attributeFrom(name, value, types?.get(name));
    if (attribute !== null) found.set(name, attribute);
  };
  const parent = headers.get(traceparent);
  const amazons = headers.get(traceHeaderName);
  const own = typeof amazons === 'string' && amazons !== '' && !unwritable.test(amazons) ? amazons : null;
  const trace = own ?? traceHeaderOf(parent);
  // What the trace header was made to say for others needs no place of its own.
  const isSaid = own !== null && traceparentOf(own) === parent;
  if (parent !== undefined && !isSaid) offer(traceparent, parent);
  for (const name of sharedProperties) {
    const value = properties.get(name);
    if (value !== undefined && !(name === 'message-id' && value === id && isUuid(value))) offer(name, value);
  }
  for (const [name, value] of headers) {
    if (name !== typesHeader && name !== traceHeaderName && !(name === traceparent && isSaid)) offer(name, value);
  }
  return { attributes: [...found.values()], trace };
}

/** What SQS takes as the id of a message. */
export function isUuid(text: string): boolean {
  return uuidForm.test(text);
}

/** Null for what says nothing: SQS has no empty values. */
function attributeFrom(name: string, value: HeaderValue, told: HeaderValue | undefined): Attribute | null {
  if (value === null) return null;
  const bytes = value instanceof Uint8Array ? Buffer.from(value) : null;
  const text = bytes === null ? recordHeaderValue(value)!.toString() : '';
  if ((bytes ?? text).length === 0) return null;
  if (bytes !== null || unwritable.test(text)) {
    const type = typeof told === 'string' && isOfType(told, 'Binary') ? told : 'Binary';
    return { name, type, value: bytes ?? Buffer.from(text) };
  }
  const isNumber = (typeof value === 'number' || typeof value === 'bigint') && numberForm.test(text);
  if (typeof told === 'string') {
    if (isOfType(told, 'String') || (isOfType(told, 'Number') && numberForm.test(text))) {
      return { name, type: told, value: text };
    }
  }
  return { name, type: isNumber ? 'Number' : 'String', value: text };
}

function isOfType(type: string, base: string): boolean {
  return type === base || (type.startsWith(`${base}.`) && type.length <= 256 && !unwritable.test(type));
}

/** Attributes as headers that keep their types, and as the properties that they are named after. */
export function seenAttributes(
  id: string,
  sentMs: number,
  attributes: readonly Attribute[],
  trace: string | null,
): SeenMessage {
  const headers = new Map<string, HeaderValue>();
  const types = new Map<string, HeaderValue>();
  const properties = new Map<SharedProperty, string>();
  for (const { name, type, value } of attributes) {
    const header = isOfType(type, 'Number') ? numberOf(value as string) : value;
    headers.set(name, header);
    if (type !== typeOf(header)) types.set(name, type);
    const property = fromAttribute.has(name) ? (name as SharedProperty) : null;
    if (property !== null && typeof value === 'string' && Buffer.byteLength(value) <= shortTextBytesMax) {
      properties.set(property, value);
    }
  }
  if (trace !== null) {
    headers.set(traceHeaderName, trace);
    const parent = traceparentOf(trace);
    if (parent !== null && !headers.has(traceparent)) headers.set(traceparent, parent);
  }
  if (types.size > 0) headers.set(typesHeader, types);
  return { id, sentMs, properties, headers };
}

/** AMQP lets nobody say another's `user-id`; `priority` and `message-id` mean something there. */
const fromAttribute: ReadonlySet<string> = new Set(sharedProperties.slice(0, 6));

function typeOf(value: HeaderValue): string {
  if (typeof value === 'number' || typeof value === 'bigint') return 'Number';
  return value instanceof Uint8Array ? 'Binary' : 'String';
}

/** As a number where that says the same digit by digit, also to clients that have no whole numbers beyond 2^53. */
function numberOf(text: string): number | string {
  const value = Number(text);
  const isExact = Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));
  return isExact && String(value) === text ? value : text;
}

/** A message that no front of queues took in: what its record has is all that is known of it. */
export function seenRecord(message: MessageCursor): SeenMessage {
  return { id: null, sentMs: message.timestampMs, properties: new Map(), headers: recordHeaders(message) };
}

/** The same of a record that has become a message of a queue: a dead letter. */
export function seenTakenRecord(message: MessageCursor): SeenMessage {
  const { timestampMs, headerCount, from } = readTakenRecord(message);
  return { id: null, sentMs: timestampMs, properties: new Map(), headers: headersFrom(from, headerCount) };
}

/** Its headers, for routing and for logs; null when it has none. */
export function headersOfTakenRecord(message: MessageCursor): Headers | null {
  const { headers } = seenTakenRecord(message);
  return headers.size === 0 ? null : headers;
}

/** How a front reads what it has taken in, for those that hand it out. */
export type Sight = (message: MessageCursor) => SeenMessage;

/** Who reads which kind of content: fronts do not know one another. */
export class Views {
  private readonly sights = new Map<number, Sight>();

  /** `kind`: one of `contentKind`. */
  read(kind: number, sight: Sight): void {
    this.sights.set(kind, sight);
  }

  of(message: MessageCursor): SeenMessage {
    return (this.sights.get(message.kind) ?? seenRecord)(message);
  }
}
