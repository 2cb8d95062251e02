import { assert } from '../../../lib/assert.js';
import { type ByteReader, DecodeError } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import type { PieceWriter } from '../../../lib/piece-writer.js';

/**
 * Kafka's strings, arrays, identifiers and tagged fields, written by hand: what the generated files around this one
 * are made of. "Compact" forms hold their length plus one as uvarint, with 0 for null.
 */

/** Record batches on their way out: one run of bytes or several, never looked into. */
export type Records = Buffer | readonly Buffer[];

/**
 * Identifiers are strings of 32 hex digits. A view of the bytes would be cheaper to make (50 against 80 ns), but every
 * reader looks the topic up in a map and needs the string for that, and a view would keep its whole frame in memory.
 */
export const ZERO_UUID = '00000000000000000000000000000000';

export const EMPTY_BYTES: Buffer = Buffer.alloc(0);

function nullError(): DecodeError {
  return new DecodeError('null where a value must be');
}

// Lengths

function readCompactLength(reader: ByteReader): number {
  const at = reader.position;
  if (at < reader.end) {
    const byte = reader.buffer[at]!;
    if (byte < 0x80) {
      reader.position = at + 1;
      return byte - 1;
    }
  }
  return reader.uvarint() - 1;
}

function writeCompactLength(writer: ByteWriter, length: number): void {
  if (length < 0x7f) writer.u8(length + 1);
  else writer.uvarint(length + 1);
}

/** Nothing is allocated for elements that cannot be there: each takes at least `elementBytes`. */
function checkedCount(reader: ByteReader, count: number, elementBytes: number): number {
  if (count * elementBytes > reader.end - reader.position) {
    throw new DecodeError(`${count} elements claimed, ${reader.end - reader.position} bytes left`);
  }
  return count;
}

export function readCount(reader: ByteReader, elementBytes: number): number {
  const count = reader.i32();
  if (count < 0) throw nullError();
  return checkedCount(reader, count, elementBytes);
}

/** Answers -1 for null, as every other nullable count below. */
export function readNullableCount(reader: ByteReader, elementBytes: number): number {
  const count = reader.i32();
  if (count < -1) throw new DecodeError(`a count of ${count}`);
  return checkedCount(reader, count, elementBytes);
}

export function readCompactCount(reader: ByteReader, elementBytes: number): number {
  const count = readCompactLength(reader);
  if (count < 0) throw nullError();
  return checkedCount(reader, count, elementBytes);
}

export function readCompactNullableCount(reader: ByteReader, elementBytes: number): number {
  return checkedCount(reader, readCompactLength(reader), elementBytes);
}

export function writeCount(writer: ByteWriter, count: number): void {
  writer.i32(count);
}

export function writeCompactCount(writer: ByteWriter, count: number): void {
  writeCompactLength(writer, count);
}

// Strings

function readText(reader: ByteReader, length: number): string {
  return length === 0 ? '' : reader.utf8(length);
}

export function readString(reader: ByteReader): string {
  const length = reader.i16();
  if (length < 0) throw nullError();
  return readText(reader, length);
}

export function readNullableString(reader: ByteReader): string | null {
  const length = reader.i16();
  if (length < -1) throw new DecodeError(`a string of ${length} bytes`);
  return length < 0 ? null : readText(reader, length);
}

export function readCompactString(reader: ByteReader): string {
  const length = readCompactLength(reader);
  if (length < 0) throw nullError();
  return readText(reader, length);
}

export function readCompactNullableString(reader: ByteReader): string | null {
  const length = readCompactLength(reader);
  return length < 0 ? null : readText(reader, length);
}

/** Names are short and ASCII: writing them here takes 45 ns, asking for the byte length and writing natively 120. */
const SHORT_TEXT = 48;

function writeAscii(writer: ByteWriter, text: string): boolean {
  const length = text.length;
  const at = writer.reserve(length);
  const buffer = writer.buffer;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      writer.length = at;
      return false;
    }
    buffer[at + index] = code;
  }
  return true;
}

export function writeString(writer: ByteWriter, text: string): void {
  if (text.length <= SHORT_TEXT) {
    const at = writer.length;
    writer.i16(text.length);
    if (writeAscii(writer, text)) return;
    writer.length = at;
  }
  const byteCount = Buffer.byteLength(text);
  assert(byteCount <= 0x7fff, 'a string too long for its two-byte length');
  writer.i16(byteCount);
  writer.utf8(text);
}

export function writeNullableString(writer: ByteWriter, text: string | null): void {
  if (text === null) writer.i16(-1);
  else writeString(writer, text);
}

export function writeCompactString(writer: ByteWriter, text: string): void {
  if (text.length <= SHORT_TEXT) {
    const at = writer.length;
    writer.u8(text.length + 1);
    if (writeAscii(writer, text)) return;
    writer.length = at;
  }
  writeCompactLength(writer, Buffer.byteLength(text));
  writer.utf8(text);
}

export function writeCompactNullableString(writer: ByteWriter, text: string | null): void {
  if (text === null) writer.u8(0);
  else writeCompactString(writer, text);
}

// Bytes and records

export function readBytes(reader: ByteReader): Buffer {
  const length = reader.i32();
  if (length < 0) throw nullError();
  return reader.view(length);
}

export function readNullableBytes(reader: ByteReader): Buffer | null {
  const length = reader.i32();
  if (length < -1) throw new DecodeError(`${length} bytes`);
  return length < 0 ? null : reader.view(length);
}

export function readCompactBytes(reader: ByteReader): Buffer {
  const length = readCompactLength(reader);
  if (length < 0) throw nullError();
  return reader.view(length);
}

export function readCompactNullableBytes(reader: ByteReader): Buffer | null {
  const length = readCompactLength(reader);
  return length < 0 ? null : reader.view(length);
}

export function writeBytes(writer: ByteWriter, bytes: Buffer): void {
  writer.i32(bytes.length);
  writer.view(bytes);
}

export function writeNullableBytes(writer: ByteWriter, bytes: Buffer | null): void {
  if (bytes === null) writer.i32(-1);
  else writeBytes(writer, bytes);
}

export function writeCompactBytes(writer: ByteWriter, bytes: Buffer): void {
  writeCompactLength(writer, bytes.length);
  writer.view(bytes);
}

export function writeCompactNullableBytes(writer: ByteWriter, bytes: Buffer | null): void {
  if (bytes === null) writer.u8(0);
  else writeCompactBytes(writer, bytes);
}

function recordBytes(records: Records): number {
  if (Buffer.isBuffer(records)) return records.length;
  let byteCount = 0;
  for (let index = 0; index < records.length; index++) byteCount += records[index]!.length;
  return byteCount;
}

function writeChunks(writer: PieceWriter, records: Records): void {
  if (Buffer.isBuffer(records)) writer.chunk(records);
  else for (let index = 0; index < records.length; index++) writer.chunk(records[index]!);
}

export function writeRecords(writer: PieceWriter, records: Records | null): void {
  if (records === null) {
    writer.i32(-1);
    return;
  }
  writer.i32(recordBytes(records));
  writeChunks(writer, records);
}

export function writeCompactRecords(writer: PieceWriter, records: Records | null): void {
  if (records === null) {
    writer.u8(0);
    return;
  }
  writeCompactLength(writer, recordBytes(records));
  writeChunks(writer, records);
}

// Numbers

/** Precedes a structure that may be null, in flexible versions too. */
export function readPresence(reader: ByteReader): boolean {
  return reader.i8() >= 0;
}

export function writePresence(writer: ByteWriter, isPresent: boolean): void {
  writer.i8(isPresent ? 1 : -1);
}

export function readBool(reader: ByteReader): boolean {
  return reader.u8() !== 0;
}

export function writeBool(writer: ByteWriter, value: boolean): void {
  writer.u8(value ? 1 : 0);
}

// Identifiers

export function readUuid(reader: ByteReader): string {
  const at = reader.take(16);
  return reader.buffer.toString('hex', at, at + 16);
}

const HEX_VALUES: Uint8Array = new Uint8Array(128).fill(0xff);
for (let digit = 0; digit < 16; digit++) {
  HEX_VALUES[digit.toString(16).charCodeAt(0)] = digit;
  HEX_VALUES[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** 55 ns; the native `write(…, 'hex')` takes 105. */
export function writeUuid(writer: ByteWriter, uuid: string): void {
  assert(uuid.length === 32, 'an identifier that is not 32 hex digits');
  const at = writer.reserve(16);
  const buffer = writer.buffer;
  for (let index = 0; index < 16; index++) {
    const high = HEX_VALUES[uuid.charCodeAt(index * 2)]!;
    const low = HEX_VALUES[uuid.charCodeAt(index * 2 + 1)]!;
    assert((high | low) < 16, 'an identifier that is not 32 hex digits');
    buffer[at + index] = (high << 4) | low;
  }
}

// Tagged fields

export function skipTags(reader: ByteReader): void {
  for (let left = reader.uvarint(); left > 0; left--) {
    reader.uvarint();
    reader.take(reader.uvarint());
  }
}

/** Narrows the reader to one tagged field and answers where its bytes ended before; `closeReadTag` undoes it. */
export function openReadTag(reader: ByteReader): number {
  const byteCount = reader.uvarint();
  const outerEnd = reader.end;
  if (byteCount > outerEnd - reader.position) {
    throw new DecodeError(`a tagged field of ${byteCount} bytes, ${outerEnd - reader.position} left`);
  }
  reader.end = reader.position + byteCount;
  return outerEnd;
}

export function closeReadTag(reader: ByteReader, outerEnd: number): void {
  if (reader.position !== reader.end) throw new DecodeError('a tagged field longer than its value');
  reader.end = outerEnd;
}

export function openWriteTag(writer: ByteWriter, tag: number): number {
  writer.uvarint(tag);
  return writer.reserve(1);
}

/** Almost every tagged field is shorter than 128 bytes; a longer one moves up to make room for its length. */
export function closeWriteTag(writer: ByteWriter, lengthPosition: number): void {
  const from = lengthPosition + 1;
  const byteCount = writer.length - from;
  if (byteCount < 0x80) {
    writer.buffer[lengthPosition] = byteCount;
    return;
  }
  let extra = 0;
  for (let rest = byteCount; rest >= 0x80; rest = Math.floor(rest / 128)) extra++;
  writer.reserve(extra);
  writer.buffer.copyWithin(from + extra, from, from + byteCount);
  writer.length = lengthPosition;
  writer.uvarint(byteCount);
  writer.length = from + extra + byteCount;
}

/** For a value that may be null in other versions of its message. */
export function present<T>(value: T | null): T {
  assert(value !== null, 'null in a version that cannot say it');
  return value;
}
