// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import { type FieldTable, readTable } from './field-table.js';
import { endOfMethod, readShortText, writeShortText } from './primitives.js';

/** queue.declare */
export interface QueueDeclare {
  readonly queue: string;
  readonly passive: boolean;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export function decodeQueueDeclare(from: ByteReader): QueueDeclare {
  from.take(2);
  const queue = readShortText(from);
  const passiveBits = from.u8();
  const passive = (passiveBits & 1) !== 0;
  const durable = (passiveBits & 2) !== 0;
  const exclusive = (passiveBits & 4) !== 0;
  const autoDelete = (passiveBits & 8) !== 0;
  const noWait = (passiveBits & 16) !== 0;
  const args = readTable(from);
  endOfMethod(from);
  return { queue, passive, durable, exclusive, autoDelete, noWait, arguments: args };
}

/** queue.declare-ok */
export function writeQueueDeclareOk(into: ByteWriter, queue: string, messageCount: number, consumerCount: number): void {
  into.u32(0x0032000b);
  writeShortText(into, queue);
  into.u32(messageCount);
  into.u32(consumerCount);
}

/** queue.bind */
export interface QueueBind {
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export function decodeQueueBind(from: ByteReader): QueueBind {
  from.take(2);
  const queue = readShortText(from);
  const exchange = readShortText(from);
  const routingKey = readShortText(from);
  const noWait = (from.u8() & 1) !== 0;
  const args = readTable(from);
  endOfMethod(from);
  return { queue, exchange, routingKey, noWait, arguments: args };
}

/** queue.bind-ok */
export function writeQueueBindOk(into: ByteWriter): void {
  into.u32(0x00320015);
}

/** queue.purge */
export interface QueuePurge {
  readonly queue: string;
  readonly noWait: boolean;
}

export function decodeQueuePurge(from: ByteReader): QueuePurge {
  from.take(2);
  const queue = readShortText(from);
  const noWait = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { queue, noWait };
}

/** queue.purge-ok */
export function writeQueuePurgeOk(into: ByteWriter, messageCount: number): void {
  into.u32(0x0032001f);
  into.u32(messageCount);
}

/** queue.delete */
export interface QueueDelete {
  readonly queue: string;
  readonly ifUnused: boolean;
  readonly ifEmpty: boolean;
  readonly noWait: boolean;
}

export function decodeQueueDelete(from: ByteReader): QueueDelete {
  from.take(2);
  const queue = readShortText(from);
  const ifUnusedBits = from.u8();
  const ifUnused = (ifUnusedBits & 1) !== 0;
  const ifEmpty = (ifUnusedBits & 2) !== 0;
  const noWait = (ifUnusedBits & 4) !== 0;
  endOfMethod(from);
  return { queue, ifUnused, ifEmpty, noWait };
}

/** queue.delete-ok */
export function writeQueueDeleteOk(into: ByteWriter, messageCount: number): void {
  into.u32(0x00320029);
  into.u32(messageCount);
}

/** queue.unbind */
export interface QueueUnbind {
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

export function decodeQueueUnbind(from: ByteReader): QueueUnbind {
  from.take(2);
  const queue = readShortText(from);
  const exchange = readShortText(from);
  const routingKey = readShortText(from);
  const args = readTable(from);
  endOfMethod(from);
  return { queue, exchange, routingKey, arguments: args };
}

/** queue.unbind-ok */
export function writeQueueUnbindOk(into: ByteWriter): void {
  into.u32(0x00320033);
}
