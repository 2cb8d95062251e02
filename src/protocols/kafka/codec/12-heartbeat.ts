// Generated from src/protocols/kafka/schema/12-heartbeat.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactNullableString,
  readCompactString,
  readNullableString,
  readString,
  skipTags,
} from './primitives.js';

export interface HeartbeatRequest {
  groupId: string;
  generationId: number;
  memberId: string;
  groupInstanceId: string | null;
}

export function decodeHeartbeatRequest(reader: ByteReader, version: number): HeartbeatRequest {
  const groupId = version >= 4 ? readCompactString(reader) : readString(reader);
  const generationId = reader.i32();
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readCompactNullableString(reader) : version >= 3 ? readNullableString(reader) : null;
  if (version >= 4) skipTags(reader);
  return { groupId, generationId, memberId, groupInstanceId };
}

export interface HeartbeatResponse {
  throttleTimeMs: number;
  errorCode: number;
}

export function newHeartbeatResponse(): HeartbeatResponse {
  return { throttleTimeMs: 0, errorCode: 0 };
}

export function encodeHeartbeatResponse(writer: ByteWriter, version: number, value: HeartbeatResponse): void {
  if (version >= 1) {
    writer.i32(value.throttleTimeMs);
  }
  writer.i16(value.errorCode);
  if (version >= 4) writer.u8(0);
}
