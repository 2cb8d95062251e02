import { assert } from '../../lib/assert.js';
import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';

/**
 * A header of a message, or an argument of an exchange or binding, in neutral words. Whole numbers of every width
 * are one kind; those beyond 2^53 are bigint. `null` is a header that is there and says nothing.
 */
export type HeaderValue = null | boolean | number | bigint | string | Uint8Array | readonly HeaderValue[] | Headers;

/** A map, not a plain object: names come from strangers, and `__proto__` is one of them. */
export interface Headers extends ReadonlyMap<string, HeaderValue> {}

export const noHeaders: Headers = new Map<string, HeaderValue>();

export function headerValuesEqual(left: HeaderValue, right: HeaderValue): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof Uint8Array) {
    return right instanceof Uint8Array && Buffer.compare(left, right) === 0;
  }
  if (isList(left)) {
    return (
      isList(right) && left.length === right.length && left.every((item, at) => headerValuesEqual(item, right[at]!))
    );
  }
  if (right instanceof Uint8Array || isList(right)) return false;
  return headersEqual(left, right);
}

function isList(value: HeaderValue): value is readonly HeaderValue[] {
  return Array.isArray(value);
}

export function headersEqual(left: Headers, right: Headers): boolean {
  if (left.size !== right.size) return false;
  for (const [name, value] of left) {
    const other = right.get(name);
    if (other === undefined || !headerValuesEqual(value, other)) return false;
  }
  return true;
}

/** Arguments come in a front's request, so their depth is bounded before we recurse into them. */
const nestedHeadersMax = 64;

const tag = { void: 0, no: 1, yes: 2, whole: 3, fraction: 4, big: 5, text: 6, bytes: 7, list: 8, headers: 9 } as const;

/** Names are written in sorted order: equal headers have equal bytes, whatever order they came in. */
export function writeHeaders(into: ByteWriter, headers: Headers, depth = 0): void {
  into.uvarint(headers.size);
  if (headers.size === 0) return;
  for (const name of [...headers.keys()].sort()) {
    into.string(name);
    writeHeaderValue(into, headers.get(name)!, depth + 1);
  }
}

function writeHeaderValue(into: ByteWriter, value: HeaderValue, depth: number): void {
  assert(depth <= nestedHeadersMax, 'headers are nested too deeply');
  if (value === null) into.u8(tag.void);
  else if (typeof value === 'boolean') into.u8(value ? tag.yes : tag.no);
  else if (typeof value === 'number') writeNumber(into, value);
  else if (typeof value === 'bigint') {
    into.u8(tag.big);
    into.string(value.toString());
  } else if (typeof value === 'string') {
    into.u8(tag.text);
    into.string(value);
  } else if (value instanceof Uint8Array) {
    into.u8(tag.bytes);
    into.uvarint(value.length);
    into.view(value);
  } else if (isList(value)) {
    into.u8(tag.list);
    into.uvarint(value.length);
    for (const item of value) writeHeaderValue(into, item, depth + 1);
  } else {
    into.u8(tag.headers);
    writeHeaders(into, value, depth);
  }
}

function writeNumber(into: ByteWriter, value: number): void {
  // Zig-zag doubles the magnitude, so only half the safe range fits the varint.
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 51 && !Object.is(value, -0)) {
    into.u8(tag.whole);
    into.varint(value);
  } else {
    into.u8(tag.fraction);
    into.f64(value);
  }
}

export function readHeaders(from: ByteReader, depth = 0): Headers {
  const count = from.uvarint();
  if (count === 0) return noHeaders;
  const headers = new Map<string, HeaderValue>();
  for (let at = 0; at < count; at++) {
    const name = from.string();
    headers.set(name, readHeaderValue(from, depth + 1));
  }
  return headers;
}

function readHeaderValue(from: ByteReader, depth: number): HeaderValue {
  if (depth > nestedHeadersMax) throw new DecodeError('headers are nested too deeply');
  const kind = from.u8();
  switch (kind) {
    case tag.void:
      return null;
    case tag.no:
      return false;
    case tag.yes:
      return true;
    case tag.whole:
      return from.varint();
    case tag.fraction:
      return from.f64();
    case tag.big:
      return BigInt(from.string());
    case tag.text:
      return from.string();
    case tag.bytes:
      return Buffer.from(from.view(from.uvarint()));
    case tag.list: {
      const count = from.uvarint();
      const list: HeaderValue[] = [];
      for (let at = 0; at < count; at++) list.push(readHeaderValue(from, depth + 1));
      return list;
    }
    case tag.headers:
      return readHeaders(from, depth);
    default:
      throw new DecodeError(`a header value of unknown kind ${kind}`);
  }
}

/** How deep a value goes; what a front hands in is refused, not asserted, when this is over the limit. */
export function nestsTooDeeply(value: HeaderValue | Headers, depth = 0): boolean {
  if (depth > nestedHeadersMax) return true;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  const items = isList(value) ? value : value.values();
  for (const item of items) if (nestsTooDeeply(item, depth + 1)) return true;
  return false;
}
