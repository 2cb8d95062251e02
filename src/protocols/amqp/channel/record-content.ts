import { isUtf8 } from 'node:buffer';
import { contentKind, messageHeader } from '../../../broker/queue/message.js';
import type { MessageCursor } from '../../../broker/queue/message-cursor.js';
import type { Views } from '../../../broker/views.js';
import { DecodeError } from '../../../lib/byte-reader.js';
import { PropertyPlaces, scanProperties } from '../codec/properties.js';
import { headerFrameBytes } from './delivery.js';
import { bareContentOf, contentOf } from './story.js';

const flagHeaders = 0x20;
const flagDeliveryMode = 0x10;
const flagTimestamp = 0x40;
const kept = 2;
const nameBytesMax = 255;
/** More of them are written by the way that is written for all cases. */
const headersMax = 8;
const bufferBytes = 4096;
const nothing = Buffer.from([0, 0]);
const places = new PropertyPlaces();

/**
 * The properties that a record of a topic is delivered with, where its group works it off: in `bytes`, from `at` on. Records
 * of Kafka's clients, and messages of AMQP that nothing befell, cost no object: they are most.
 */
export class RecordContent {
  bytes: Buffer = nothing;
  at = 0;
  length = 0;
  private readonly own: Buffer = Buffer.allocUnsafeSlow(bufferBytes);
  private readonly nameAts = new Int32Array(headersMax);
  private readonly nameLengths = new Int32Array(headersMax);
  /** Where the varint read last ends. */
  private next = 0;

  of(cursor: MessageCursor, attempts: number, views: Views, frameBytesMax: number): void {
    if (attempts === 0) {
      if (cursor.kind === contentKind.none && this.plain(cursor)) return;
      if (cursor.kind === contentKind.amqp && this.asItCame(cursor)) return;
    }
    this.told(cursor, attempts, views, frameBytesMax);
  }

  private told(cursor: MessageCursor, attempts: number, views: Views, frameBytesMax: number): void {
    this.at = 0;
    try {
      this.bytes = contentOf(cursor, attempts, views);
      if (this.bytes.length + headerFrameBytes > frameBytesMax && cursor.kind !== contentKind.amqp) {
        this.bytes = bareContentOf(cursor, views);
      }
    } catch (error) {
      // Anybody can write what looks like an envelope, and names that are too long: the body is there all the same.
      if (!(error instanceof DecodeError || error instanceof RangeError)) throw error;
      this.bytes = nothing;
    }
    this.length = this.bytes.length;
  }

  /** A message of AMQP, with the properties that it was published with; false when there is more to tell. */
  private asItCame(cursor: MessageCursor): boolean {
    const { bytes, contentAt, contentLength } = cursor;
    if (cursor.extraCount > 0 && cursor.find(messageHeader.deaths) >= 0) return false;
    if (contentLength === 0) {
      this.is(nothing, 0, nothing.length);
      return true;
    }
    try {
      scanProperties(bytes, contentAt, contentAt + contentLength, places);
    } catch (error) {
      if (!(error instanceof DecodeError || error instanceof RangeError)) throw error;
      this.is(nothing, 0, nothing.length);
      return true;
    }
    this.is(bytes, contentAt, contentLength);
    return true;
  }

  private is(bytes: Buffer, at: number, length: number): void {
    this.bytes = bytes;
    this.at = at;
    this.length = length;
  }

  /** A record with its headers and its time; false when it has many headers, or such as need a closer look. */
  private plain(cursor: MessageCursor): boolean {
    const { own } = this;
    const { timestampMs, extraCount } = cursor;
    if (extraCount > headersMax) return false;
    const hasTime = timestampMs >= 0;
    own[0] = flagDeliveryMode | (extraCount > 0 ? flagHeaders : 0);
    own[1] = hasTime ? flagTimestamp : 0;
    let to = 2;
    if (extraCount > 0) {
      to = this.headers(cursor, to);
      if (to < 0) return false;
    }
    own[to++] = kept;
    if (hasTime) to = putTime(own, to, Math.floor(timestampMs / 1000));
    this.is(own, 0, to);
    return true;
  }

  private headers(cursor: MessageCursor, start: number): number {
    const { own, nameAts, nameLengths } = this;
    const { bytes, extraAt, extraEnd, extraCount } = cursor;
    // What a length, a name's and a value's length and a type add is no more than 6 bytes to a header.
    if (extraEnd - extraAt + extraCount * 6 + 32 > own.length) return -1;
    let to = start + 4;
    let at = extraAt;
    for (let index = 0; index < extraCount; index++) {
      const nameLength = this.length32(bytes, at);
      at = this.next;
      if (nameLength > nameBytesMax || this.isKnown(bytes, at, nameLength, index)) return -1;
      nameAts[index] = at;
      nameLengths[index] = nameLength;
      own[to++] = nameLength;
      for (let step = 0; step < nameLength; step++) own[to++] = bytes[at + step]!;
      const length = this.length32(bytes, at + nameLength);
      at = this.next;
      if (length < 0) {
        own[to++] = 0x56;
        continue;
      }
      own[to++] = isText(bytes, at, length) ? 0x53 : 0x78;
      to = put32(own, to, length);
      for (let step = 0; step < length; step++) own[to++] = bytes[at + step]!;
      at += length;
    }
    put32(own, start, to - start - 4);
    return to;
  }

  /** Of several headers of one name the last counts. */
  private isKnown(bytes: Buffer, at: number, length: number, count: number): boolean {
    for (let index = 0; index < count; index++) {
      if (this.nameLengths[index] !== length) continue;
      const other = this.nameAts[index]!;
      let step = 0;
      while (step < length && bytes[other + step] === bytes[at + step]) step++;
      if (step === length) return true;
    }
    return false;
  }

  private length32(bytes: Buffer, at: number): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 128) break;
      factor *= 128;
    }
    this.next = at;
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}

function isText(bytes: Buffer, at: number, length: number): boolean {
  const end = at + length;
  let step = at;
  while (step < end && bytes[step]! < 128) step++;
  return step === end || isUtf8(bytes.subarray(step, end));
}

function put32(into: Buffer, at: number, value: number): number {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
  return at + 4;
}

function putTime(into: Buffer, at: number, seconds: number): number {
  put32(into, at, Math.floor(seconds / 4294967296));
  return put32(into, at + 4, seconds % 4294967296);
}
