import { ByteReader, DecodeError } from '../../../lib/byte-reader.js';
import { ByteWriter } from '../../../lib/byte-writer.js';
import {
  checkFields,
  type FieldTable,
  lengthAt,
  readTable,
  type Table,
  type TableChange,
  writeChangedFields,
  writeTable,
} from './field-table.js';
import { readLongLong, readUncheckedText, writeShortText } from './primitives.js';

/**
 * The properties of a message, as a content header carries them: two octets of flags, the highest for the first
 * property, then the values of those that are there.
 *
 * On the hot path they stay the bytes they are. `scanProperties` sees once, where a message comes in, that they are
 * well-formed, and notes where each lies; who delivers copies them, and who has to change them works on the bytes, so
 * that what it does not know comes through unchanged.
 */

/** A property's place in the order of the flags. */
export const Property = {
  contentType: 0,
  contentEncoding: 1,
  headers: 2,
  deliveryMode: 3,
  priority: 4,
  correlationId: 5,
  replyTo: 6,
  expiration: 7,
  messageId: 8,
  timestamp: 9,
  type: 10,
  userId: 11,
  appId: 12,
  clusterId: 13,
} as const;

export type PropertyName = keyof typeof Property;

export const PROPERTY_NAMES: readonly PropertyName[] = Object.keys(Property) as PropertyName[];

const propertyCount = PROPERTY_NAMES.length;

/** Bit 0 says that more flags follow, which no version of the protocol defines; bit 1 belongs to nothing. */
const flagsOfNone = 0b11;

export function flagOf(property: number): number {
  return 0x8000 >> property;
}

/** Where the properties of one message lie. One object is filled again and again. */
export class PropertyPlaces {
  /** As on the wire. */
  flags = 0;
  /** Where the flags begin, and where the last value ends. */
  position = 0;
  end = 0;
  /** Of the values, behind their lengths; what belongs to a property that is not there is left from another message. */
  readonly positions: Int32Array = new Int32Array(propertyCount);
  readonly lengths: Int32Array = new Int32Array(propertyCount);

  has(property: number): boolean {
    return (this.flags & (0x8000 >> property)) !== 0;
  }
}

/**
 * Fills `into` with the places of the properties that lie between `at` and `end`, which they must take up to the last
 * byte. Allocates nothing, unless it throws a DecodeError. Measured on one core: 7 ns for a delivery mode, 20 ns for type,
 * mode, id and timestamp, and 10 ns more for each header.
 */
export function scanProperties(bytes: Buffer, at: number, end: number, into: PropertyPlaces): void {
  if (end - at < 2) throw cut();
  const flags = (bytes[at]! << 8) | bytes[at + 1]!;
  if ((flags & flagsOfNone) !== 0) throw new DecodeError('property flags that mean nothing');
  const { positions, lengths } = into;
  into.flags = flags;
  into.position = at;
  into.end = end;
  let position = at + 2;
  for (let rest = flags; rest !== 0; ) {
    const property = Math.clz32(rest) - 16;
    rest &= ~(0x8000 >> property);
    let length: number;
    switch (property) {
      case Property.headers:
        length = lengthAt(bytes, position, end);
        position += 4;
        checkFields(bytes, position, position + length);
        break;
      case Property.deliveryMode:
      case Property.priority:
        length = 1;
        break;
      case Property.timestamp:
        length = 8;
        break;
      default:
        if (position >= end) throw cut();
        length = bytes[position++]!;
    }
    positions[property] = position;
    lengths[property] = length;
    position += length;
  }
  if (position > end) throw cut();
  if (position < end) throw new DecodeError(`${end - position} bytes behind the last property`);
}

function cut(): DecodeError {
  return new DecodeError('the properties end inside a value');
}

// What the hot path asks of a scanned message

/** 2 is persistent; RabbitMQ takes every other number, and none, as transient. */
export function isPersistent(bytes: Buffer, places: PropertyPlaces): boolean {
  return places.has(Property.deliveryMode) && bytes[places.positions[Property.deliveryMode]!] === 2;
}

/** 0 when nothing is said. */
export function priorityOf(bytes: Buffer, places: PropertyPlaces): number {
  return places.has(Property.priority) ? bytes[places.positions[Property.priority]!]! : 0;
}

/** No expiration is said; it is one that says no number of milliseconds. */
export const noExpiration = -1;
export const badExpiration = -2;

/** Milliseconds, written as digits; nothing else than digits may stand there. */
export function expirationOf(bytes: Buffer, places: PropertyPlaces): number {
  if (!places.has(Property.expiration)) return noExpiration;
  const at = places.positions[Property.expiration]!;
  const length = places.lengths[Property.expiration]!;
  // Fifteen digits are thirty thousand years, and still an exact number.
  if (length === 0 || length > 15) return badExpiration;
  let value = 0;
  for (let position = at; position < at + length; position++) {
    const digit = bytes[position]! - 0x30;
    if (digit < 0 || digit > 9) return badExpiration;
    value = value * 10 + digit;
  }
  return value;
}

/** The text of a property that is there. */
export function textOf(bytes: Buffer, places: PropertyPlaces, property: number): string {
  const at = places.positions[property]!;
  return bytes.toString('utf8', at, at + places.lengths[property]!);
}

/** The headers of a message that has them, in the form that keeps tags. */
export function headerTableOf(bytes: Buffer, places: PropertyPlaces): FieldTable {
  const at = places.positions[Property.headers]!;
  return readTable(new ByteReader(bytes, at - 4, at + places.lengths[Property.headers]!));
}

// As an object: management, tests, dead letters

export interface Properties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly headers?: Table;
  readonly deliveryMode?: number;
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly expiration?: string;
  readonly messageId?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number;
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
  readonly clusterId?: string;
}

export interface DecodedProperties extends Properties {
  readonly headers?: FieldTable;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Reads flags and values; only what is there is in the answer. */
export function decodeProperties(from: ByteReader): DecodedProperties {
  const properties: Writable<DecodedProperties> = {};
  const flags = from.u16();
  if ((flags & flagsOfNone) !== 0) throw new DecodeError('property flags that mean nothing');
  for (const [property, name] of PROPERTY_NAMES.entries()) {
    if ((flags & flagOf(property)) === 0) continue;
    switch (name) {
      case 'headers':
        properties.headers = readTable(from);
        break;
      case 'deliveryMode':
      case 'priority':
        properties[name] = from.u8();
        break;
      case 'timestamp':
        properties.timestamp = readLongLong(from);
        break;
      default:
        properties[name] = readUncheckedText(from);
    }
  }
  return properties;
}

export function writeProperties(into: ByteWriter, properties: Properties): void {
  const flagsAt = into.reserve(2);
  let flags = 0;
  for (const [property, name] of PROPERTY_NAMES.entries()) {
    if (writeProperty(into, name, properties)) flags |= flagOf(property);
  }
  writeFlags(into, flagsAt, flags);
}

function writeFlags(into: ByteWriter, at: number, flags: number): void {
  into.buffer[at] = flags >> 8;
  into.buffer[at + 1] = flags;
}

/** Answers whether there is such a property. */
function writeProperty(into: ByteWriter, name: PropertyName, properties: Properties): boolean {
  const value = properties[name];
  if (value === undefined) return false;
  if (name === 'headers') writeTable(into, value as Table);
  else if (name === 'timestamp') into.i64(value as number);
  else if (typeof value === 'number') into.u8(value);
  else writeShortText(into, value as string);
  return true;
}

// Changing properties in their bytes

export interface PropertyChange {
  /** The properties that go. */
  readonly drop?: readonly PropertyName[];
  /** Those that are as said here, whatever was there before. */
  readonly set?: Properties;
  /** Changes single headers; headers that are left empty by it go. */
  readonly headers?: TableChange;
}

/** Writes scanned properties as they are, but for what the change says. */
export function writeChangedProperties(
  into: ByteWriter,
  bytes: Buffer,
  places: PropertyPlaces,
  { drop = [], set = {}, headers }: PropertyChange,
): void {
  const flagsAt = into.reserve(2);
  let flags = 0;
  for (const [property, name] of PROPERTY_NAMES.entries()) {
    const written =
      writeProperty(into, name, set) ||
      (!drop.includes(name) &&
        (name === 'headers' && headers !== undefined
          ? writeChangedHeaders(into, bytes, places, headers)
          : writeUnchanged(into, bytes, places, property)));
    if (written) flags |= flagOf(property);
  }
  writeFlags(into, flagsAt, flags);
}

/** The properties between two positions, changed, in memory of their own. */
export function rewriteProperties(bytes: Buffer, at: number, end: number, change: PropertyChange): Buffer {
  const places = new PropertyPlaces();
  scanProperties(bytes, at, end, places);
  const into = new ByteWriter(end - at + 64);
  writeChangedProperties(into, bytes, places, change);
  return into.bytes();
}

function writeChangedHeaders(into: ByteWriter, bytes: Buffer, places: PropertyPlaces, change: TableChange): boolean {
  const before = into.length;
  into.u32(0);
  const at = places.positions[Property.headers]!;
  const end = places.has(Property.headers) ? at + places.lengths[Property.headers]! : at;
  const byteCount = writeChangedFields(into, bytes, at, end, change);
  into.i32At(before, byteCount);
  if (byteCount === 0) into.length = before;
  return byteCount > 0;
}

/** Copies a value with the length before it. */
function writeUnchanged(into: ByteWriter, bytes: Buffer, places: PropertyPlaces, property: number): boolean {
  if (!places.has(property)) return false;
  const at = places.positions[property]!;
  into.view(bytes.subarray(at - lengthBytes(property), at + places.lengths[property]!));
  return true;
}

function lengthBytes(property: number): number {
  if (property === Property.headers) return 4;
  const isNumber =
    property === Property.deliveryMode || property === Property.priority || property === Property.timestamp;
  return isNumber ? 0 : 1;
}
