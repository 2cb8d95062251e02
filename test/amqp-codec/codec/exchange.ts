// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import { type Table, writeTable } from '../../../src/protocols/amqp/codec/field-table.js';
import { endOfMethod, writeShortText } from '../../../src/protocols/amqp/codec/primitives.js';

/** exchange.declare */
export function writeExchangeDeclare(into: ByteWriter, exchange: string, type: string, passive: boolean, durable: boolean, autoDelete: boolean, internal: boolean, noWait: boolean, args: Table): void {
  into.u32(0x0028000a);
  into.u16(0);
  writeShortText(into, exchange);
  writeShortText(into, type);
  into.u8((passive ? 1 : 0) | (durable ? 2 : 0) | (autoDelete ? 4 : 0) | (internal ? 8 : 0) | (noWait ? 16 : 0));
  writeTable(into, args);
}

export function decodeExchangeDeclareOk(from: ByteReader): void {
  endOfMethod(from);
}

/** exchange.delete */
export function writeExchangeDelete(into: ByteWriter, exchange: string, ifUnused: boolean, noWait: boolean): void {
  into.u32(0x00280014);
  into.u16(0);
  writeShortText(into, exchange);
  into.u8((ifUnused ? 1 : 0) | (noWait ? 2 : 0));
}

export function decodeExchangeDeleteOk(from: ByteReader): void {
  endOfMethod(from);
}

/** exchange.bind */
export function writeExchangeBind(into: ByteWriter, destination: string, source: string, routingKey: string, noWait: boolean, args: Table): void {
  into.u32(0x0028001e);
  into.u16(0);
  writeShortText(into, destination);
  writeShortText(into, source);
  writeShortText(into, routingKey);
  into.u8(noWait ? 1 : 0);
  writeTable(into, args);
}

export function decodeExchangeBindOk(from: ByteReader): void {
  endOfMethod(from);
}

/** exchange.unbind */
export function writeExchangeUnbind(into: ByteWriter, destination: string, source: string, routingKey: string, noWait: boolean, args: Table): void {
  into.u32(0x00280028);
  into.u16(0);
  writeShortText(into, destination);
  writeShortText(into, source);
  writeShortText(into, routingKey);
  into.u8(noWait ? 1 : 0);
  writeTable(into, args);
}

export function decodeExchangeUnbindOk(from: ByteReader): void {
  endOfMethod(from);
}
