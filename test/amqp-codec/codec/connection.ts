// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import { type FieldTable, type Table, readTable, writeTable } from '../../../src/protocols/amqp/codec/field-table.js';
import { endOfMethod, readBytes, readShortText, readText, writeBytes, writeShortText } from '../../../src/protocols/amqp/codec/primitives.js';

/** connection.start */
export interface ConnectionStart {
  readonly versionMajor: number;
  readonly versionMinor: number;
  readonly serverProperties: FieldTable;
  readonly mechanisms: string;
  readonly locales: string;
}

export function decodeConnectionStart(from: ByteReader): ConnectionStart {
  const versionMajor = from.u8();
  const versionMinor = from.u8();
  const serverProperties = readTable(from);
  const mechanisms = readText(from);
  const locales = readText(from);
  endOfMethod(from);
  return { versionMajor, versionMinor, serverProperties, mechanisms, locales };
}

/** connection.start-ok */
export function writeConnectionStartOk(into: ByteWriter, clientProperties: Table, mechanism: string, response: Uint8Array, locale: string): void {
  into.u32(0x000a000b);
  writeTable(into, clientProperties);
  writeShortText(into, mechanism);
  writeBytes(into, response);
  writeShortText(into, locale);
}

/** connection.secure */
export interface ConnectionSecure {
  readonly challenge: Buffer;
}

export function decodeConnectionSecure(from: ByteReader): ConnectionSecure {
  const challenge = readBytes(from);
  endOfMethod(from);
  return { challenge };
}

/** connection.secure-ok */
export function writeConnectionSecureOk(into: ByteWriter, response: Uint8Array): void {
  into.u32(0x000a0015);
  writeBytes(into, response);
}

/** connection.tune */
export interface ConnectionTune {
  readonly channelMax: number;
  readonly frameMax: number;
  readonly heartbeat: number;
}

export function decodeConnectionTune(from: ByteReader): ConnectionTune {
  const channelMax = from.u16();
  const frameMax = from.u32();
  const heartbeat = from.u16();
  endOfMethod(from);
  return { channelMax, frameMax, heartbeat };
}

/** connection.tune-ok */
export function writeConnectionTuneOk(into: ByteWriter, channelMax: number, frameMax: number, heartbeat: number): void {
  into.u32(0x000a001f);
  into.u16(channelMax);
  into.u32(frameMax);
  into.u16(heartbeat);
}

/** connection.open */
export function writeConnectionOpen(into: ByteWriter, virtualHost: string): void {
  into.u32(0x000a0028);
  writeShortText(into, virtualHost);
  into.u8(0);
  into.u8(0);
}

export function decodeConnectionOpenOk(from: ByteReader): void {
  from.take(from.u8());
  endOfMethod(from);
}

/** connection.blocked */
export interface ConnectionBlocked {
  readonly reason: string;
}

export function decodeConnectionBlocked(from: ByteReader): ConnectionBlocked {
  const reason = readShortText(from);
  endOfMethod(from);
  return { reason };
}

export function decodeConnectionUnblocked(from: ByteReader): void {
  endOfMethod(from);
}

/** connection.update-secret */
export function writeConnectionUpdateSecret(into: ByteWriter, newSecret: Uint8Array, reason: string): void {
  into.u32(0x000a0046);
  writeBytes(into, newSecret);
  writeShortText(into, reason);
}

export function decodeConnectionUpdateSecretOk(from: ByteReader): void {
  endOfMethod(from);
}
