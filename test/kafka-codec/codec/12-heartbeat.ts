// Generated from src/protocols/kafka/schema/12-heartbeat.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  skipTags,
  writeCompactNullableString,
  writeCompactString,
  writeNullableString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type HeartbeatRequest,
  type HeartbeatResponse,
} from '../../../src/protocols/kafka/codec/12-heartbeat.js';

export function encodeHeartbeatRequest(writer: ByteWriter, version: number, value: HeartbeatRequest): void {
  if (version >= 4) {
    writeCompactString(writer, value.groupId);
  } else {
    writeString(writer, value.groupId);
  }
  writer.i32(value.generationId);
  if (version >= 4) {
    writeCompactString(writer, value.memberId);
  } else {
    writeString(writer, value.memberId);
  }
  if (version >= 4) {
    writeCompactNullableString(writer, value.groupInstanceId);
  } else if (version >= 3) {
    writeNullableString(writer, value.groupInstanceId);
  }
  if (version >= 4) writer.u8(0);
}

export function newHeartbeatRequest(): HeartbeatRequest {
  return { groupId: '', generationId: 0, memberId: '', groupInstanceId: null };
}

export function decodeHeartbeatResponse(reader: ByteReader, version: number): HeartbeatResponse {
  const throttleTimeMs = version >= 1 ? reader.i32() : 0;
  const errorCode = reader.i16();
  if (version >= 4) skipTags(reader);
  return { throttleTimeMs, errorCode };
}
