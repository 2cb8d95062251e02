// Generated from src/protocols/kafka/schema/headers.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readNullableString,
  skipTags,
  writeNullableString,
} from './primitives.js';

export interface RequestHeader {
  requestApiKey: number;
  requestApiVersion: number;
  correlationId: number;
  clientId: string | null;
}

export function newRequestHeader(): RequestHeader {
  return { requestApiKey: 0, requestApiVersion: 0, correlationId: 0, clientId: '' };
}

export function decodeRequestHeader(reader: ByteReader, version: number): RequestHeader {
  const requestApiKey = reader.i16();
  const requestApiVersion = reader.i16();
  const correlationId = reader.i32();
  const clientId = readNullableString(reader);
  if (version >= 2) skipTags(reader);
  return { requestApiKey, requestApiVersion, correlationId, clientId };
}

export function encodeRequestHeader(writer: ByteWriter, version: number, value: RequestHeader): void {
  writer.i16(value.requestApiKey);
  writer.i16(value.requestApiVersion);
  writer.i32(value.correlationId);
  writeNullableString(writer, value.clientId);
  if (version >= 2) writer.u8(0);
}

export interface ResponseHeader {
  correlationId: number;
}

export function newResponseHeader(): ResponseHeader {
  return { correlationId: 0 };
}

export function decodeResponseHeader(reader: ByteReader, version: number): ResponseHeader {
  const correlationId = reader.i32();
  if (version >= 1) skipTags(reader);
  return { correlationId };
}

export function encodeResponseHeader(writer: ByteWriter, version: number, value: ResponseHeader): void {
  writer.i32(value.correlationId);
  if (version >= 1) writer.u8(0);
}
