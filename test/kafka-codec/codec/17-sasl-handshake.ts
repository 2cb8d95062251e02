// Generated from src/protocols/kafka/schema/17-sasl-handshake.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCount,
  readString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type SaslHandshakeRequest,
  type SaslHandshakeResponse,
} from '../../../src/protocols/kafka/codec/17-sasl-handshake.js';

export function encodeSaslHandshakeRequest(writer: ByteWriter, _version: number, value: SaslHandshakeRequest): void {
  writeString(writer, value.mechanism);
}

export function newSaslHandshakeRequest(): SaslHandshakeRequest {
  return { mechanism: '' };
}

export function decodeSaslHandshakeResponse(reader: ByteReader, _version: number): SaslHandshakeResponse {
  const errorCode = reader.i16();
  const mechanisms: string[] = [];
  const mechanismsCount = readCount(reader, 2);
  for (let left = mechanismsCount; left > 0; left--) mechanisms.push(readString(reader));
  return { errorCode, mechanisms };
}
