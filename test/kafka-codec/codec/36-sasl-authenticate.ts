// Generated from src/protocols/kafka/schema/36-sasl-authenticate.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  EMPTY_BYTES,
  readBytes,
  readCompactBytes,
  readCompactNullableString,
  readNullableString,
  skipTags,
  writeBytes,
  writeCompactBytes,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type SaslAuthenticateRequest,
  type SaslAuthenticateResponse,
} from '../../../src/protocols/kafka/codec/36-sasl-authenticate.js';

export function encodeSaslAuthenticateRequest(writer: ByteWriter, version: number, value: SaslAuthenticateRequest): void {
  if (version >= 2) {
    writeCompactBytes(writer, value.authBytes);
  } else {
    writeBytes(writer, value.authBytes);
  }
  if (version >= 2) writer.u8(0);
}

export function newSaslAuthenticateRequest(): SaslAuthenticateRequest {
  return { authBytes: EMPTY_BYTES };
}

export function decodeSaslAuthenticateResponse(reader: ByteReader, version: number): SaslAuthenticateResponse {
  const errorCode = reader.i16();
  const errorMessage = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  const authBytes = version >= 2 ? readCompactBytes(reader) : readBytes(reader);
  const sessionLifetimeMs = version >= 1 ? reader.i64() : 0;
  if (version >= 2) skipTags(reader);
  return { errorCode, errorMessage, authBytes, sessionLifetimeMs };
}
