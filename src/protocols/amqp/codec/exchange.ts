// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import { type FieldTable, readTable } from './field-table.js';
import { endOfMethod, readShortText } from './primitives.js';

/** exchange.declare */
export interface ExchangeDeclare {
  readonly exchange: string;
  readonly type: string;
  readonly passive: boolean;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export function decodeExchangeDeclare(from: ByteReader): ExchangeDeclare {
  from.take(2);
  const exchange = readShortText(from);
  const type = readShortText(from);
  const passiveBits = from.u8();
  const passive = (passiveBits & 1) !== 0;
  const durable = (passiveBits & 2) !== 0;
  const autoDelete = (passiveBits & 4) !== 0;
  const internal = (passiveBits & 8) !== 0;
  const noWait = (passiveBits & 16) !== 0;
  const args = readTable(from);
  endOfMethod(from);
  return { exchange, type, passive, durable, autoDelete, internal, noWait, arguments: args };
}

/** exchange.declare-ok */
export function writeExchangeDeclareOk(into: ByteWriter): void {
  into.u32(0x0028000b);
}

/** exchange.delete */
export interface ExchangeDelete {
  readonly exchange: string;
  readonly ifUnused: boolean;
  readonly noWait: boolean;
}

export function decodeExchangeDelete(from: ByteReader): ExchangeDelete {
  from.take(2);
  const exchange = readShortText(from);
  const ifUnusedBits = from.u8();
  const ifUnused = (ifUnusedBits & 1) !== 0;
  const noWait = (ifUnusedBits & 2) !== 0;
  endOfMethod(from);
  return { exchange, ifUnused, noWait };
}

/** exchange.delete-ok */
export function writeExchangeDeleteOk(into: ByteWriter): void {
  into.u32(0x00280015);
}

/** exchange.bind */
export interface ExchangeBind {
  readonly destination: string;
  readonly source: string;
  readonly routingKey: string;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export function decodeExchangeBind(from: ByteReader): ExchangeBind {
  from.take(2);
  const destination = readShortText(from);
  const source = readShortText(from);
  const routingKey = readShortText(from);
  const noWait = (from.u8() & 1) !== 0;
  const args = readTable(from);
  endOfMethod(from);
  return { destination, source, routingKey, noWait, arguments: args };
}

/** exchange.bind-ok */
export function writeExchangeBindOk(into: ByteWriter): void {
  into.u32(0x0028001f);
}

/** exchange.unbind */
export interface ExchangeUnbind {
  readonly destination: string;
  readonly source: string;
  readonly routingKey: string;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export function decodeExchangeUnbind(from: ByteReader): ExchangeUnbind {
  from.take(2);
  const destination = readShortText(from);
  const source = readShortText(from);
  const routingKey = readShortText(from);
  const noWait = (from.u8() & 1) !== 0;
  const args = readTable(from);
  endOfMethod(from);
  return { destination, source, routingKey, noWait, arguments: args };
}

/** exchange.unbind-ok */
export function writeExchangeUnbindOk(into: ByteWriter): void {
  into.u32(0x00280033);
}
