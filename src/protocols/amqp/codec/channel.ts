// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import { endOfMethod, readShortText, writeShortText } from './primitives.js';

export function decodeChannelOpen(from: ByteReader): void {
  from.take(from.u8());
  endOfMethod(from);
}

/** channel.open-ok */
export function writeChannelOpenOk(into: ByteWriter): void {
  into.u32(0x0014000b);
  into.u32(0);
}

/** channel.flow */
export interface ChannelFlow {
  readonly active: boolean;
}

export function decodeChannelFlow(from: ByteReader): ChannelFlow {
  const active = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { active };
}

/** channel.flow */
export function writeChannelFlow(into: ByteWriter, active: boolean): void {
  into.u32(0x00140014);
  into.u8(active ? 1 : 0);
}

/** channel.flow-ok */
export interface ChannelFlowOk {
  readonly active: boolean;
}

export function decodeChannelFlowOk(from: ByteReader): ChannelFlowOk {
  const active = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { active };
}

/** channel.flow-ok */
export function writeChannelFlowOk(into: ByteWriter, active: boolean): void {
  into.u32(0x00140015);
  into.u8(active ? 1 : 0);
}

/** channel.close */
export interface ChannelClose {
  readonly replyCode: number;
  readonly replyText: string;
  readonly failedClassId: number;
  readonly failedMethodId: number;
}

export function decodeChannelClose(from: ByteReader): ChannelClose {
  const replyCode = from.u16();
  const replyText = readShortText(from);
  const failedClassId = from.u16();
  const failedMethodId = from.u16();
  endOfMethod(from);
  return { replyCode, replyText, failedClassId, failedMethodId };
}

/** channel.close */
export function writeChannelClose(into: ByteWriter, replyCode: number, replyText: string, failedClassId: number, failedMethodId: number): void {
  into.u32(0x00140028);
  into.u16(replyCode);
  writeShortText(into, replyText);
  into.u16(failedClassId);
  into.u16(failedMethodId);
}

export function decodeChannelCloseOk(from: ByteReader): void {
  endOfMethod(from);
}

/** channel.close-ok */
export function writeChannelCloseOk(into: ByteWriter): void {
  into.u32(0x00140029);
}
