// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import { type Table, writeTable } from '../../../src/protocols/amqp/codec/field-table.js';
import { endOfMethod, readShortText, writeShortText } from '../../../src/protocols/amqp/codec/primitives.js';

/** queue.declare */
export function writeQueueDeclare(into: ByteWriter, queue: string, passive: boolean, durable: boolean, exclusive: boolean, autoDelete: boolean, noWait: boolean, args: Table): void {
  into.u32(0x0032000a);
  into.u16(0);
  writeShortText(into, queue);
  into.u8((passive ? 1 : 0) | (durable ? 2 : 0) | (exclusive ? 4 : 0) | (autoDelete ? 8 : 0) | (noWait ? 16 : 0));
  writeTable(into, args);
}

/** queue.declare-ok */
export interface QueueDeclareOk {
  readonly queue: string;
  readonly messageCount: number;
  readonly consumerCount: number;
}

export function decodeQueueDeclareOk(from: ByteReader): QueueDeclareOk {
  const queue = readShortText(from);
  const messageCount = from.u32();
  const consumerCount = from.u32();
  endOfMethod(from);
  return { queue, messageCount, consumerCount };
}

/** queue.bind */
export function writeQueueBind(into: ByteWriter, queue: string, exchange: string, routingKey: string, noWait: boolean, args: Table): void {
  into.u32(0x00320014);
  into.u16(0);
  writeShortText(into, queue);
  writeShortText(into, exchange);
  writeShortText(into, routingKey);
  into.u8(noWait ? 1 : 0);
  writeTable(into, args);
}

export function decodeQueueBindOk(from: ByteReader): void {
  endOfMethod(from);
}

/** queue.purge */
export function writeQueuePurge(into: ByteWriter, queue: string, noWait: boolean): void {
  into.u32(0x0032001e);
  into.u16(0);
  writeShortText(into, queue);
  into.u8(noWait ? 1 : 0);
}

/** queue.purge-ok */
export interface QueuePurgeOk {
  readonly messageCount: number;
}

export function decodeQueuePurgeOk(from: ByteReader): QueuePurgeOk {
  const messageCount = from.u32();
  endOfMethod(from);
  return { messageCount };
}

/** queue.delete */
export function writeQueueDelete(into: ByteWriter, queue: string, ifUnused: boolean, ifEmpty: boolean, noWait: boolean): void {
  into.u32(0x00320028);
  into.u16(0);
  writeShortText(into, queue);
  into.u8((ifUnused ? 1 : 0) | (ifEmpty ? 2 : 0) | (noWait ? 4 : 0));
}

/** queue.delete-ok */
export interface QueueDeleteOk {
  readonly messageCount: number;
}

export function decodeQueueDeleteOk(from: ByteReader): QueueDeleteOk {
  const messageCount = from.u32();
  endOfMethod(from);
  return { messageCount };
}

/** queue.unbind */
export function writeQueueUnbind(into: ByteWriter, queue: string, exchange: string, routingKey: string, args: Table): void {
  into.u32(0x00320032);
  into.u16(0);
  writeShortText(into, queue);
  writeShortText(into, exchange);
  writeShortText(into, routingKey);
  writeTable(into, args);
}

export function decodeQueueUnbindOk(from: ByteReader): void {
  endOfMethod(from);
}
