// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import { type FieldTable, readTable } from './field-table.js';
import { endOfMethod, readLongLong, readShortText, readUncheckedText, writeShortText } from './primitives.js';

/** basic.qos */
export interface BasicQos {
  readonly prefetchSize: number;
  readonly prefetchCount: number;
  readonly global: boolean;
}

export function decodeBasicQos(from: ByteReader): BasicQos {
  const prefetchSize = from.u32();
  const prefetchCount = from.u16();
  const global = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { prefetchSize, prefetchCount, global };
}

/** basic.qos-ok */
export function writeBasicQosOk(into: ByteWriter): void {
  into.u32(0x003c000b);
}

/** basic.consume */
export interface BasicConsume {
  readonly queue: string;
  readonly consumerTag: string;
  readonly noLocal: boolean;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export function decodeBasicConsume(from: ByteReader): BasicConsume {
  from.take(2);
  const queue = readShortText(from);
  const consumerTag = readShortText(from);
  const noLocalBits = from.u8();
  const noLocal = (noLocalBits & 1) !== 0;
  const noAck = (noLocalBits & 2) !== 0;
  const exclusive = (noLocalBits & 4) !== 0;
  const noWait = (noLocalBits & 8) !== 0;
  const args = readTable(from);
  endOfMethod(from);
  return { queue, consumerTag, noLocal, noAck, exclusive, noWait, arguments: args };
}

/** basic.consume-ok */
export function writeBasicConsumeOk(into: ByteWriter, consumerTag: string): void {
  into.u32(0x003c0015);
  writeShortText(into, consumerTag);
}

/** basic.cancel */
export interface BasicCancel {
  readonly consumerTag: string;
  readonly noWait: boolean;
}

export function decodeBasicCancel(from: ByteReader): BasicCancel {
  const consumerTag = readShortText(from);
  const noWait = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { consumerTag, noWait };
}

/** basic.cancel */
export function writeBasicCancel(into: ByteWriter, consumerTag: string, noWait: boolean): void {
  into.u32(0x003c001e);
  writeShortText(into, consumerTag);
  into.u8(noWait ? 1 : 0);
}

/** basic.cancel-ok */
export interface BasicCancelOk {
  readonly consumerTag: string;
}

export function decodeBasicCancelOk(from: ByteReader): BasicCancelOk {
  const consumerTag = readShortText(from);
  endOfMethod(from);
  return { consumerTag };
}

/** basic.cancel-ok */
export function writeBasicCancelOk(into: ByteWriter, consumerTag: string): void {
  into.u32(0x003c001f);
  writeShortText(into, consumerTag);
}

/** basic.publish */
export interface BasicPublish {
  readonly exchange: string;
  readonly routingKey: string;
  readonly mandatory: boolean;
  readonly immediate: boolean;
}

export function decodeBasicPublish(from: ByteReader): BasicPublish {
  from.take(2);
  const exchange = readUncheckedText(from);
  const routingKey = readUncheckedText(from);
  const mandatoryBits = from.u8();
  const mandatory = (mandatoryBits & 1) !== 0;
  const immediate = (mandatoryBits & 2) !== 0;
  endOfMethod(from);
  return { exchange, routingKey, mandatory, immediate };
}

/** basic.return */
export function writeBasicReturn(into: ByteWriter, replyCode: number, replyText: string, exchange: string, routingKey: string): void {
  into.u32(0x003c0032);
  into.u16(replyCode);
  writeShortText(into, replyText);
  writeShortText(into, exchange);
  writeShortText(into, routingKey);
}

/** basic.deliver */
export function writeBasicDeliver(into: ByteWriter, consumerTag: string, deliveryTag: number, redelivered: boolean, exchange: string, routingKey: string): void {
  into.u32(0x003c003c);
  writeShortText(into, consumerTag);
  into.i64(deliveryTag);
  into.u8(redelivered ? 1 : 0);
  writeShortText(into, exchange);
  writeShortText(into, routingKey);
}

/** basic.get */
export interface BasicGet {
  readonly queue: string;
  readonly noAck: boolean;
}

export function decodeBasicGet(from: ByteReader): BasicGet {
  from.take(2);
  const queue = readShortText(from);
  const noAck = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { queue, noAck };
}

/** basic.get-ok */
export function writeBasicGetOk(into: ByteWriter, deliveryTag: number, redelivered: boolean, exchange: string, routingKey: string, messageCount: number): void {
  into.u32(0x003c0047);
  into.i64(deliveryTag);
  into.u8(redelivered ? 1 : 0);
  writeShortText(into, exchange);
  writeShortText(into, routingKey);
  into.u32(messageCount);
}

/** basic.get-empty */
export function writeBasicGetEmpty(into: ByteWriter): void {
  into.u32(0x003c0048);
  into.u8(0);
}

/** basic.ack */
export interface BasicAck {
  readonly deliveryTag: number;
  readonly multiple: boolean;
}

export function decodeBasicAck(from: ByteReader): BasicAck {
  const deliveryTag = readLongLong(from);
  const multiple = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { deliveryTag, multiple };
}

/** basic.ack */
export function writeBasicAck(into: ByteWriter, deliveryTag: number, multiple: boolean): void {
  into.u32(0x003c0050);
  into.i64(deliveryTag);
  into.u8(multiple ? 1 : 0);
}

/** basic.reject */
export interface BasicReject {
  readonly deliveryTag: number;
  readonly requeue: boolean;
}

export function decodeBasicReject(from: ByteReader): BasicReject {
  const deliveryTag = readLongLong(from);
  const requeue = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { deliveryTag, requeue };
}

/** basic.recover-async */
export interface BasicRecoverAsync {
  readonly requeue: boolean;
}

export function decodeBasicRecoverAsync(from: ByteReader): BasicRecoverAsync {
  const requeue = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { requeue };
}

/** basic.recover */
export interface BasicRecover {
  readonly requeue: boolean;
}

export function decodeBasicRecover(from: ByteReader): BasicRecover {
  const requeue = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { requeue };
}

/** basic.recover-ok */
export function writeBasicRecoverOk(into: ByteWriter): void {
  into.u32(0x003c006f);
}

/** basic.nack */
export interface BasicNack {
  readonly deliveryTag: number;
  readonly multiple: boolean;
  readonly requeue: boolean;
}

export function decodeBasicNack(from: ByteReader): BasicNack {
  const deliveryTag = readLongLong(from);
  const multipleBits = from.u8();
  const multiple = (multipleBits & 1) !== 0;
  const requeue = (multipleBits & 2) !== 0;
  endOfMethod(from);
  return { deliveryTag, multiple, requeue };
}

/** basic.nack */
export function writeBasicNack(into: ByteWriter, deliveryTag: number, multiple: boolean, requeue: boolean): void {
  into.u32(0x003c0078);
  into.i64(deliveryTag);
  into.u8((multiple ? 1 : 0) | (requeue ? 2 : 0));
}
