import assert from 'node:assert/strict';
import { ByteReader } from '../../src/lib/byte-reader.js';
import { ByteWriter } from '../../src/lib/byte-writer.js';
import type {
  FieldTable,
  FieldValue,
  Headers,
  HeaderValue,
  Table,
  TableValue,
} from '../../src/protocols/amqp/codec/field-table.js';
import { headersOf } from '../../src/protocols/amqp/codec/field-table.js';
import {
  type DecodedProperties,
  decodeProperties,
  type Properties,
  writeProperties,
} from '../../src/protocols/amqp/codec/properties.js';
import { METHOD_CODECS, type MethodCodec, type MethodValues, type WireType } from '../amqp-codec/codec/table.js';

/** AMQP's frames as the tests' own client writes and reads them: nothing of the front's own framing is used. */
export type MethodName = keyof MethodValues;

export const FrameType = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;
export const frameEnd = 0xce;
/** What a frame takes beside its payload. */
export const frameOverhead = 8;
export const protocolHeader: Buffer = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');
const basicClass = 60;

/** A table as a test writes it down: nested objects are tables, and `{ tag, value }` is a value of that type. */
export type Given =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | FieldValue
  | Table
  | readonly Given[]
  | GivenTable;
export interface GivenTable {
  readonly [name: string]: Given;
}

/** The fields of a method as a test gives them: what it leaves out is zero, empty or false. */
export type Fields<Name extends MethodName> = {
  readonly [Field in keyof MethodValues[Name]]?: MethodValues[Name][Field] extends FieldTable
    ? GivenTable | Table
    : MethodValues[Name][Field] extends Buffer
      ? Uint8Array | string
      : MethodValues[Name][Field];
};

export interface GivenProperties extends Omit<Properties, 'headers'> {
  readonly headers?: GivenTable | Table;
}

export function tableOf(given: GivenTable | Table): Table {
  if (given instanceof Map) return given as Table;
  return new Map(Object.entries(given as GivenTable).map(([name, value]) => [name, valueOfGiven(value)]));
}

function valueOfGiven(given: Given): TableValue {
  if (typeof given !== 'object' || given === null || given instanceof Uint8Array || given instanceof Map)
    return given as TableValue;
  if (Array.isArray(given)) return (given as readonly Given[]).map(valueOfGiven);
  return 'tag' in given ? (given as FieldValue) : tableOf(given as GivenTable);
}

/** A decoded table as a test compares it: tables are objects, and tags are gone. */
export function plainTable(table: FieldTable): Record<string, unknown> {
  return plainHeaders(headersOf(table));
}

function plainHeaders(headers: Headers): Record<string, unknown> {
  return Object.fromEntries([...headers].map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: HeaderValue): unknown {
  if (value instanceof Map) return plainHeaders(value);
  return Array.isArray(value) ? (value as readonly HeaderValue[]).map(plainValue) : value;
}

// Writing

export function frame(type: number, channel: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(payload.length + frameOverhead);
  bytes[0] = type;
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(payload.length, 3);
  bytes.set(payload, 7);
  bytes[bytes.length - 1] = frameEnd;
  return bytes;
}

const fallbacks: Record<WireType, unknown> = {
  bit: false,
  octet: 0,
  short: 0,
  long: 0,
  longlong: 0,
  shortstr: '',
  longstr: '',
  bytes: '',
  table: {},
};

function wireValue(type: WireType, given: unknown): unknown {
  const value = given ?? fallbacks[type];
  if (type === 'table') return tableOf(value as GivenTable);
  return type === 'bytes' && typeof value === 'string' ? Buffer.from(value) : value;
}

export function methodPayload<Name extends MethodName>(name: Name, given: Fields<Name> = {}): Buffer {
  const codec = METHOD_CODECS[name] as unknown as MethodCodec<Record<string, unknown>>;
  const fields = given as Record<string, unknown>;
  for (const field of Object.keys(fields)) assert.ok(field in codec.fields, `${name} has no field ${field}`);
  const values = Object.entries(codec.fields).map(([field, type]) => [field, wireValue(type, fields[field])]);
  const into = new ByteWriter();
  codec.write(into, Object.fromEntries(values));
  return into.copy();
}

export function methodFrame<Name extends MethodName>(channel: number, name: Name, fields?: Fields<Name>): Buffer {
  return frame(FrameType.method, channel, methodPayload(name, fields));
}

/** `bodyBytes` may differ from what follows: that is for tests of what the broker makes of it. */
export function headerFrame(channel: number, bodyBytes: number, properties: GivenProperties = {}): Buffer {
  const { headers, ...rest } = properties;
  const into = new ByteWriter();
  into.u16(basicClass);
  into.u16(0);
  into.i64(bodyBytes);
  writeProperties(into, headers === undefined ? rest : { ...rest, headers: tableOf(headers) });
  return frame(FrameType.header, channel, into.bytes());
}

export function bodyFrame(channel: number, body: Uint8Array | string): Buffer {
  return frame(FrameType.body, channel, typeof body === 'string' ? Buffer.from(body) : body);
}

/** A body in as many frames as it takes, none when it is empty. */
export function bodyFrames(channel: number, body: Buffer, frameMax: number): Buffer[] {
  const payloadMax = frameMax === 0 ? body.length : frameMax - frameOverhead;
  const frames: Buffer[] = [];
  for (let at = 0; at < body.length; at += payloadMax)
    frames.push(bodyFrame(channel, body.subarray(at, at + payloadMax)));
  return frames;
}

export const heartbeatFrame: Buffer = frame(FrameType.heartbeat, 0, Buffer.alloc(0));

// Reading

export interface Frame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
}

/** One method of the broker, with its message when it carries one. */
export interface Received<Name extends MethodName = MethodName> {
  readonly name: Name;
  readonly values: MethodValues[Name];
  readonly properties: DecodedProperties;
  readonly body: Buffer;
}

/** Cuts what comes in into frames. A protocol header, which is no frame, is kept apart. */
export class FrameParser {
  /** The eight bytes with which a broker refuses a client that speaks something else. */
  refusal: Buffer | null = null;
  private pending: Buffer = Buffer.alloc(0);

  /** Bytes that are no whole frame yet. */
  get rest(): Buffer {
    return this.pending;
  }

  push(chunk: Buffer): Frame[] {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const bytes = this.pending;
      if (bytes[0] === protocolHeader[0] && bytes.length >= 8) {
        this.refusal = bytes.subarray(0, 8);
        this.pending = bytes.subarray(8);
        continue;
      }
      if (bytes.length < 7) return frames;
      const end = bytes.readUInt32BE(3) + frameOverhead;
      if (bytes.length < end) return frames;
      assert.equal(bytes[end - 1], frameEnd, 'the broker ended a frame with another byte');
      frames.push({ type: bytes[0]!, channel: bytes.readUInt16BE(1), payload: bytes.subarray(7, end - 1) });
      this.pending = bytes.subarray(end);
    }
  }
}

const names: ReadonlyMap<number, MethodName> = new Map(
  Object.entries(METHOD_CODECS).map(([name, { id }]) => [id, name as MethodName]),
);

/** Puts the frames of one channel together into methods, and holds the broker to their order. */
export class ContentReader {
  private begun: { name: MethodName; values: unknown } | null = null;
  private properties: DecodedProperties = {};
  private missing = -1;
  private parts: Buffer[] = [];

  take({ type, payload }: Frame): Received | null {
    if (type === FrameType.method) return this.takeMethod(payload);
    assert.ok(this.begun !== null, `the broker sent a frame of type ${type} that belongs to nothing`);
    if (type === FrameType.header) this.takeHeader(payload);
    else {
      assert.equal(type, FrameType.body);
      assert.ok(payload.length > 0, 'the broker sent an empty body frame');
      assert.ok(this.missing >= payload.length, 'the broker sent more of a body than it said');
      this.parts.push(payload);
      this.missing -= payload.length;
    }
    return this.missing === 0 ? this.finish() : null;
  }

  private takeMethod(payload: Buffer): Received | null {
    assert.equal(this.begun, null, 'the broker sent a method in the middle of a message');
    const id = payload.readUInt32BE(0);
    const name = names.get(id);
    assert.ok(name !== undefined, `the broker sent a method that is not declared: ${id >>> 16}.${id & 0xffff}`);
    const codec = METHOD_CODECS[name];
    assert.notEqual(codec.from, 'client', `${name} is not the broker's to send`);
    const values = codec.decode(new ByteReader(payload, 4));
    if (!codec.hasContent) return { name, values, properties: {}, body: Buffer.alloc(0) } as Received;
    this.begun = { name, values };
    return null;
  }

  private takeHeader(payload: Buffer): void {
    assert.equal(this.missing, -1, 'the broker sent a second header');
    const from = new ByteReader(payload);
    assert.equal(from.u16(), basicClass);
    assert.equal(from.u16(), 0);
    this.missing = from.i64();
    this.properties = decodeProperties(from);
    assert.equal(from.remaining, 0);
  }

  private finish(): Received {
    const { name, values } = this.begun!;
    const received = { name, values, properties: this.properties, body: Buffer.concat(this.parts) } as Received;
    this.begun = null;
    this.properties = {};
    this.missing = -1;
    this.parts = [];
    return received;
  }
}
