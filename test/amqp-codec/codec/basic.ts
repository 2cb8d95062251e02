// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import { type Table, writeTable } from '../../../src/protocols/amqp/codec/field-table.js';
import { endOfMethod, readLongLong, readShortText, readUncheckedText, writeShortText } from '../../../src/protocols/amqp/codec/primitives.js';

/** basic.qos */
export function writeBasicQos(into: ByteWriter, prefetchSize: number, prefetchCount: number, global: boolean): void {
  into.u32(0x003c000a);
  into.u32(prefetchSize);
  into.u16(prefetchCount);
  into.u8(global ? 1 : 0);
}

export function decodeBasicQosOk(from: ByteReader): void {
  endOfMethod(from);
}

/** basic.consume */
export function writeBasicConsume(into: ByteWriter, queue: string, consumerTag: string, noLocal: boolean, noAck: boolean, exclusive: boolean, noWait: boolean, args: Table): void {
  into.u32(0x003c0014);
  into.u16(0);
  writeShortText(into, queue);
  writeShortText(into, consumerTag);
  into.u8((noLocal ? 1 : 0) | (noAck ? 2 : 0) | (exclusive ? 4 : 0) | (noWait ? 8 : 0));
  writeTable(into, args);
}

/** basic.consume-ok */
export interface BasicConsumeOk {
  readonly consumerTag: string;
}

export function decodeBasicConsumeOk(from: ByteReader): BasicConsumeOk {
  const consumerTag = readShortText(from);
  endOfMethod(from);
  return { consumerTag };
}

/** basic.publish */
export function writeBasicPublish(into: ByteWriter, exchange: string, routingKey: string, mandatory: boolean, immediate: boolean): void {
  into.u32(0x003c0028);
  into.u16(0);
  writeShortText(into, exchange);
  writeShortText(into, routingKey);
  into.u8((mandatory ? 1 : 0) | (immediate ? 2 : 0));
}

/** basic.return */
export interface BasicReturn {
  readonly replyCode: number;
  readonly replyText: string;
  readonly exchange: string;
  readonly routingKey: string;
}

export function decodeBasicReturn(from: ByteReader): BasicReturn {
  const replyCode = from.u16();
  const replyText = readUncheckedText(from);
  const exchange = readUncheckedText(from);
  const routingKey = readUncheckedText(from);
  endOfMethod(from);
  return { replyCode, replyText, exchange, routingKey };
}

/** basic.deliver */
export interface BasicDeliver {
  readonly consumerTag: string;
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
}

export function decodeBasicDeliver(from: ByteReader): BasicDeliver {
  const consumerTag = readUncheckedText(from);
  const deliveryTag = readLongLong(from);
  const redelivered = (from.u8() & 1) !== 0;
  const exchange = readUncheckedText(from);
  const routingKey = readUncheckedText(from);
  endOfMethod(from);
  return { consumerTag, deliveryTag, redelivered, exchange, routingKey };
}

/** basic.get */
export function writeBasicGet(into: ByteWriter, queue: string, noAck: boolean): void {
  into.u32(0x003c0046);
  into.u16(0);
  writeShortText(into, queue);
  into.u8(noAck ? 1 : 0);
}

/** basic.get-ok */
export interface BasicGetOk {
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageCount: number;
}

export function decodeBasicGetOk(from: ByteReader): BasicGetOk {
  const deliveryTag = readLongLong(from);
  const redelivered = (from.u8() & 1) !== 0;
  const exchange = readUncheckedText(from);
  const routingKey = readUncheckedText(from);
  const messageCount = from.u32();
  endOfMethod(from);
  return { deliveryTag, redelivered, exchange, routingKey, messageCount };
}

export function decodeBasicGetEmpty(from: ByteReader): void {
  from.take(from.u8());
  endOfMethod(from);
}

/** basic.reject */
export function writeBasicReject(into: ByteWriter, deliveryTag: number, requeue: boolean): void {
  into.u32(0x003c005a);
  into.i64(deliveryTag);
  into.u8(requeue ? 1 : 0);
}

/** basic.recover-async */
export function writeBasicRecoverAsync(into: ByteWriter, requeue: boolean): void {
  into.u32(0x003c0064);
  into.u8(requeue ? 1 : 0);
}

/** basic.recover */
export function writeBasicRecover(into: ByteWriter, requeue: boolean): void {
  into.u32(0x003c006e);
  into.u8(requeue ? 1 : 0);
}

export function decodeBasicRecoverOk(from: ByteReader): void {
  endOfMethod(from);
}
