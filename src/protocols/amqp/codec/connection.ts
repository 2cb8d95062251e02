// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import { type FieldTable, type Table, readTable, writeTable } from './field-table.js';
import { endOfMethod, readBytes, readShortText, writeBytes, writeShortText, writeText } from './primitives.js';

/** connection.start */
export function writeConnectionStart(into: ByteWriter, versionMajor: number, versionMinor: number, serverProperties: Table, mechanisms: string, locales: string): void {
  into.u32(0x000a000a);
  into.u8(versionMajor);
  into.u8(versionMinor);
  writeTable(into, serverProperties);
  writeText(into, mechanisms);
  writeText(into, locales);
}

/** connection.start-ok */
export interface ConnectionStartOk {
  readonly clientProperties: FieldTable;
  readonly mechanism: string;
  readonly response: Buffer;
  readonly locale: string;
}

export function decodeConnectionStartOk(from: ByteReader): ConnectionStartOk {
  const clientProperties = readTable(from);
  const mechanism = readShortText(from);
  const response = readBytes(from);
  const locale = readShortText(from);
  endOfMethod(from);
  return { clientProperties, mechanism, response, locale };
}

/** connection.secure */
export function writeConnectionSecure(into: ByteWriter, challenge: Uint8Array): void {
  into.u32(0x000a0014);
  writeBytes(into, challenge);
}

/** connection.secure-ok */
export interface ConnectionSecureOk {
  readonly response: Buffer;
}

export function decodeConnectionSecureOk(from: ByteReader): ConnectionSecureOk {
  const response = readBytes(from);
  endOfMethod(from);
  return { response };
}

/** connection.tune */
export function writeConnectionTune(into: ByteWriter, channelMax: number, frameMax: number, heartbeat: number): void {
  into.u32(0x000a001e);
  into.u16(channelMax);
  into.u32(frameMax);
  into.u16(heartbeat);
}

/** connection.tune-ok */
export interface ConnectionTuneOk {
  readonly channelMax: number;
  readonly frameMax: number;
  readonly heartbeat: number;
}

export function decodeConnectionTuneOk(from: ByteReader): ConnectionTuneOk {
  const channelMax = from.u16();
  const frameMax = from.u32();
  const heartbeat = from.u16();
  endOfMethod(from);
  return { channelMax, frameMax, heartbeat };
}

/** connection.open */
export interface ConnectionOpen {
  readonly virtualHost: string;
}

export function decodeConnectionOpen(from: ByteReader): ConnectionOpen {
  const virtualHost = readShortText(from);
  from.take(from.u8());
  from.take(1);
  endOfMethod(from);
  return { virtualHost };
}

/** connection.open-ok */
export function writeConnectionOpenOk(into: ByteWriter): void {
  into.u32(0x000a0029);
  into.u8(0);
}

/** connection.close */
export interface ConnectionClose {
  readonly replyCode: number;
  readonly replyText: string;
  readonly failedClassId: number;
  readonly failedMethodId: number;
}

export function decodeConnectionClose(from: ByteReader): ConnectionClose {
  const replyCode = from.u16();
  const replyText = readShortText(from);
  const failedClassId = from.u16();
  const failedMethodId = from.u16();
  endOfMethod(from);
  return { replyCode, replyText, failedClassId, failedMethodId };
}

/** connection.close */
export function writeConnectionClose(into: ByteWriter, replyCode: number, replyText: string, failedClassId: number, failedMethodId: number): void {
  into.u32(0x000a0032);
  into.u16(replyCode);
  writeShortText(into, replyText);
  into.u16(failedClassId);
  into.u16(failedMethodId);
}

export function decodeConnectionCloseOk(from: ByteReader): void {
  endOfMethod(from);
}

/** connection.close-ok */
export function writeConnectionCloseOk(into: ByteWriter): void {
  into.u32(0x000a0033);
}

/** connection.blocked */
export function writeConnectionBlocked(into: ByteWriter, reason: string): void {
  into.u32(0x000a003c);
  writeShortText(into, reason);
}

/** connection.unblocked */
export function writeConnectionUnblocked(into: ByteWriter): void {
  into.u32(0x000a003d);
}

/** connection.update-secret */
export interface ConnectionUpdateSecret {
  readonly newSecret: Buffer;
  readonly reason: string;
}

export function decodeConnectionUpdateSecret(from: ByteReader): ConnectionUpdateSecret {
  const newSecret = readBytes(from);
  const reason = readShortText(from);
  endOfMethod(from);
  return { newSecret, reason };
}

/** connection.update-secret-ok */
export function writeConnectionUpdateSecretOk(into: ByteWriter): void {
  into.u32(0x000a0047);
}
