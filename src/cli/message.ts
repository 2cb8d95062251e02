import { RequestError } from './admin-request.js';

/**
 * A message as one line of JSON: what consume and export write and produce and import read. What is no UTF-8 is
 * `{"base64": "…"}` instead of text. Of a topic: key, value, headers, timestamp, partition, offset. Of a queue: also
 * exchange, routing key and properties.
 */
export interface Message {
  readonly key: Buffer | null;
  /** Null is a tombstone. */
  readonly value: Buffer | null;
  /** In their order, as several may have one name. */
  readonly headers: readonly Header[];
  readonly timestampMs: number | null;
  readonly partition: number | null;
  readonly offset: number | null;
  readonly queue: QueuePart | null;
}

export type Header = readonly [name: string, value: Buffer | null];

/** What a message of a queue has besides. */
export interface QueuePart {
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  /** As amqplib tells and takes them; `headers` among them. */
  readonly properties: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function lineOf(message: Message, source: string): string {
  const { key, value, headers, timestampMs, partition, offset, queue } = message;
  const line: Record<string, unknown> = queue === null ? { topic: source } : { queue: source };
  if (partition !== null) line['partition'] = partition;
  if (offset !== null) line['offset'] = offset;
  if (timestampMs !== null) line['timestamp'] = timeText(timestampMs);
  if (queue !== null) {
    line['exchange'] = queue.exchange;
    line['routingKey'] = queue.routingKey;
    if (queue.redelivered) line['redelivered'] = true;
    const { headers: given, ...properties } = queue.properties;
    if (Object.keys(properties).length > 0) line['properties'] = properties;
    if (given !== undefined && Object.keys(given as object).length > 0) line['headers'] = withoutBytes(given);
  } else {
    if (key !== null) line['key'] = shown(key);
    if (headers.length > 0) line['headers'] = shownHeaders(headers);
  }
  line['value'] = shown(value);
  return JSON.stringify(line);
}

/** A time that a Date cannot hold stays the number it is. */
function timeText(timestampMs: number): string | number {
  return Math.abs(timestampMs) <= 8.64e15 ? new Date(timestampMs).toISOString() : timestampMs;
}

/** Text, or bytes that are none. */
export function shown(bytes: Buffer | null): string | null | { readonly base64: string } {
  if (bytes === null) return null;
  try {
    return strict.decode(bytes);
  } catch {
    return { base64: bytes.toString('base64') };
  }
}

function shownHeaders(headers: readonly Header[]): Json {
  const told: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of headers) {
    const each = shown(value);
    if (!(name in told)) told[name] = each;
    else if (Array.isArray(told[name])) (told[name] as unknown[]).push(each);
    else told[name] = [told[name], each];
  }
  return told;
}

/** Tables and lists of AMQP, with bytes as everywhere in a line. */
function withoutBytes(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return { base64: value.toString('base64') };
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutBytes(inner)]));
}

function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  const base64 = (value as Json)['base64'];
  if (typeof base64 === 'string' && Object.keys(value).length === 1) return Buffer.from(base64, 'base64');
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withBytes(inner)]));
}

/** Reads one line; `where` says which for whoever has to put it right. */
export function messageOf(line: string, where: string): Message {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new RequestError(`${where} is not JSON: for plain text give --lines`, { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new RequestError(
      `${where} is no object with a value, such as {"value":"hello"}: for plain text give --lines`,
    );
  }
  const json = parsed as Json;
  const known = ['value', 'key', 'headers', 'timestamp', 'partition', 'offset', 'topic', 'queue', ...ofQueues];
  const strange = Object.keys(json).find((name) => !known.includes(name));
  if (strange !== undefined) throw new RequestError(`${where} has ${strange}; known are ${known.join(', ')}`);
  if (!('value' in json)) throw new RequestError(`${where} has no value: {"value":"hello"}`);
  const isOfQueue = 'queue' in json || 'routingKey' in json || 'properties' in json;
  return {
    key: bytesOf(json['key'], where, 'key'),
    value: bytesOf(json['value'], where, 'value'),
    headers: isOfQueue ? [] : headersOf(json['headers'], where),
    timestampMs: timeOf(json['timestamp'], where),
    partition: wholeOf(json['partition'], where, 'partition'),
    offset: wholeOf(json['offset'], where, 'offset'),
    queue: isOfQueue ? queuePartOf(json) : null,
  };
}

const ofQueues = ['exchange', 'routingKey', 'redelivered', 'properties'];

function queuePartOf(json: Json): QueuePart {
  const headers = json['headers'] === undefined ? {} : { headers: withBytes(json['headers']) };
  return {
    exchange: String(json['exchange'] ?? ''),
    routingKey: String(json['routingKey'] ?? ''),
    redelivered: false,
    properties: { ...((json['properties'] as object | undefined) ?? {}), ...headers },
  };
}

/** What is neither text nor bytes is kept as the JSON it is. */
function bytesOf(value: unknown, where: string, what: string): Buffer | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return Buffer.from(value);
  if (typeof value === 'object' && !Array.isArray(value)) {
    const base64 = (value as Json)['base64'];
    if (Object.keys(value).length === 1 && base64 !== undefined) {
      if (typeof base64 !== 'string') throw new RequestError(`${where}: base64 of the ${what} is text`);
      return Buffer.from(base64, 'base64');
    }
  }
  return Buffer.from(JSON.stringify(value));
}

function headersOf(value: unknown, where: string): Header[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) throw new RequestError(`${where}: headers are an object`);
  return Object.entries(value).flatMap(([name, each]): Header[] =>
    (Array.isArray(each) ? each : [each]).map((one): Header => [name, bytesOf(one, where, `header ${name}`)]),
  );
}

function timeOf(value: unknown, where: string): number | null {
  if (value === undefined || value === null) return null;
  const time = typeof value === 'number' ? value : Date.parse(String(value));
  if (!Number.isSafeInteger(time)) throw new RequestError(`${where}: the timestamp is no time`);
  return time;
}

function wholeOf(value: unknown, where: string, what: string): number | null {
  if (value === undefined || value === null) return null;
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new RequestError(`${where}: the ${what} is a whole number`);
  }
  return value as number;
}
