// Generated from src/protocols/kafka/schema/17-sasl-handshake.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readString,
  writeCount,
  writeString,
} from './primitives.js';

export interface SaslHandshakeRequest {
  mechanism: string;
}

export function decodeSaslHandshakeRequest(reader: ByteReader, _version: number): SaslHandshakeRequest {
  const mechanism = readString(reader);
  return { mechanism };
}

export interface SaslHandshakeResponse {
  errorCode: number;
  mechanisms: string[];
}

export function newSaslHandshakeResponse(): SaslHandshakeResponse {
  return { errorCode: 0, mechanisms: [] };
}

export function encodeSaslHandshakeResponse(writer: ByteWriter, _version: number, value: SaslHandshakeResponse): void {
  writer.i16(value.errorCode);
  writeCount(writer, value.mechanisms.length);
  for (const element of value.mechanisms) writeString(writer, element);
}
