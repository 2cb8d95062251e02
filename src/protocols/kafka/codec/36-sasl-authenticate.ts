// Generated from src/protocols/kafka/schema/36-sasl-authenticate.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  EMPTY_BYTES,
  readBytes,
  readCompactBytes,
  skipTags,
  writeBytes,
  writeCompactBytes,
  writeCompactNullableString,
  writeNullableString,
} from './primitives.js';

export interface SaslAuthenticateRequest {
  authBytes: Buffer;
}

export function decodeSaslAuthenticateRequest(reader: ByteReader, version: number): SaslAuthenticateRequest {
  const authBytes = version >= 2 ? readCompactBytes(reader) : readBytes(reader);
  if (version >= 2) skipTags(reader);
  return { authBytes };
}

export interface SaslAuthenticateResponse {
  errorCode: number;
  errorMessage: string | null;
  authBytes: Buffer;
  sessionLifetimeMs: number;
}

export function newSaslAuthenticateResponse(): SaslAuthenticateResponse {
  return { errorCode: 0, errorMessage: null, authBytes: EMPTY_BYTES, sessionLifetimeMs: 0 };
}

export function encodeSaslAuthenticateResponse(writer: ByteWriter, version: number, value: SaslAuthenticateResponse): void {
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 2) {
    writeCompactBytes(writer, value.authBytes);
  } else {
    writeBytes(writer, value.authBytes);
  }
  if (version >= 1) {
    writer.i64(value.sessionLifetimeMs);
  }
  if (version >= 2) writer.u8(0);
}
