import { isUtf8 } from 'node:buffer';
import { assert } from '../../../lib/assert.js';
import { type ByteReader, DecodeError } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';

/** What AMQP's fields are made of, written by hand: the generated files around this one use it. */

const shortTextBytesMax = 255;

/** Names are text: one that is no UTF-8 would come back as another one. */
export function readShortText(from: ByteReader): string {
  const byteCount = from.u8();
  const at = from.take(byteCount);
  const { buffer } = from;
  for (let position = at; position < at + byteCount; position++) {
    if (buffer[position]! < 0x80) continue;
    if (!isUtf8(buffer.subarray(at, at + byteCount))) throw new DecodeError('Malformed UTF-8 in shortstr');
    return buffer.toString('utf8', at, at + byteCount);
  }
  return buffer.toString('latin1', at, at + byteCount);
}

/** What travels with a message is not looked at, here as in RabbitMQ: bytes that are no text do not come out again. */
export function readUncheckedText(from: ByteReader): string {
  return from.utf8(from.u8());
}

export function writeShortText(into: ByteWriter, text: string): void {
  const at = into.reserve(1);
  const byteCount = into.utf8(text);
  assert(byteCount <= shortTextBytesMax, 'a short string has at most 255 bytes');
  into.buffer[at] = byteCount;
}

/** The text, or as much of its beginning as a short string holds: explanations quote names of any length. */
export function shortTextOf(text: string): string {
  if (text.length * 3 <= shortTextBytesMax) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= shortTextBytesMax) return text;
  let end = shortTextBytesMax - 3;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return `${bytes.toString('utf8', 0, end)}...`;
}

export function readText(from: ByteReader): string {
  return from.utf8(from.u32());
}

export function writeText(into: ByteWriter, text: string): void {
  const at = into.reserve(4);
  into.i32At(at, into.utf8(text));
}

/** Of their own memory: what a connection read is overwritten by the next one. */
export function readBytes(from: ByteReader): Buffer {
  return Buffer.from(from.view(from.u32()));
}

export function writeBytes(into: ByteWriter, bytes: Uint8Array): void {
  into.u32(bytes.length);
  into.view(bytes);
}

/** Exact up to 2^53, and no delivery tag comes that far. */
export function readLongLong(from: ByteReader): number {
  const high = from.u32();
  return high * 4294967296 + from.u32();
}

/** A method's fields take up its whole frame. */
export function endOfMethod(from: ByteReader): void {
  if (from.position !== from.end) throw new DecodeError(`${from.end - from.position} bytes behind the last field`);
}
