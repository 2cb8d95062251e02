// Generated from src/protocols/kafka/schema/14-sync-group.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  EMPTY_BYTES,
  readBytes,
  readCompactBytes,
  readCompactNullableString,
  skipTags,
  writeBytes,
  writeCompactBytes,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type SyncGroupAssignment,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '../../../src/protocols/kafka/codec/14-sync-group.js';

function encodeSyncGroupAssignment(writer: ByteWriter, version: number, value: SyncGroupAssignment): void {
  if (version >= 4) {
    writeCompactString(writer, value.memberId);
  } else {
    writeString(writer, value.memberId);
  }
  if (version >= 4) {
    writeCompactBytes(writer, value.assignment);
  } else {
    writeBytes(writer, value.assignment);
  }
  if (version >= 4) writer.u8(0);
}

export function newSyncGroupAssignment(): SyncGroupAssignment {
  return { memberId: '', assignment: EMPTY_BYTES };
}

export function encodeSyncGroupRequest(writer: ByteWriter, version: number, value: SyncGroupRequest): void {
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
  if (version >= 5) {
    writeCompactNullableString(writer, value.protocolType);
  }
  if (version >= 5) {
    writeCompactNullableString(writer, value.protocolName);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.assignments.length);
    for (const element of value.assignments) encodeSyncGroupAssignment(writer, version, element);
  } else {
    writeCount(writer, value.assignments.length);
    for (const element of value.assignments) encodeSyncGroupAssignment(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}

export function newSyncGroupRequest(): SyncGroupRequest {
  return { groupId: '', generationId: 0, memberId: '', groupInstanceId: null, protocolType: null, protocolName: null, assignments: [] };
}

export function decodeSyncGroupResponse(reader: ByteReader, version: number): SyncGroupResponse {
  const throttleTimeMs = version >= 1 ? reader.i32() : 0;
  const errorCode = reader.i16();
  const protocolType = version >= 5 ? readCompactNullableString(reader) : null;
  const protocolName = version >= 5 ? readCompactNullableString(reader) : null;
  const assignment = version >= 4 ? readCompactBytes(reader) : readBytes(reader);
  if (version >= 4) skipTags(reader);
  return { throttleTimeMs, errorCode, protocolType, protocolName, assignment };
}
