// Generated from src/protocols/kafka/schema/14-sync-group.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  EMPTY_BYTES,
  readBytes,
  readCompactBytes,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeBytes,
  writeCompactBytes,
  writeCompactNullableString,
} from './primitives.js';

export interface SyncGroupRequest {
  groupId: string;
  generationId: number;
  memberId: string;
  groupInstanceId: string | null;
  protocolType: string | null;
  protocolName: string | null;
  assignments: SyncGroupAssignment[];
}

export interface SyncGroupAssignment {
  memberId: string;
  assignment: Buffer;
}

function decodeSyncGroupAssignment(reader: ByteReader, version: number): SyncGroupAssignment {
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const assignment = version >= 4 ? readCompactBytes(reader) : readBytes(reader);
  if (version >= 4) skipTags(reader);
  return { memberId, assignment };
}

export function decodeSyncGroupRequest(reader: ByteReader, version: number): SyncGroupRequest {
  const groupId = version >= 4 ? readCompactString(reader) : readString(reader);
  const generationId = reader.i32();
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readCompactNullableString(reader) : version >= 3 ? readNullableString(reader) : null;
  const protocolType = version >= 5 ? readCompactNullableString(reader) : null;
  const protocolName = version >= 5 ? readCompactNullableString(reader) : null;
  const assignments: SyncGroupAssignment[] = [];
  const assignmentsCount = version >= 4 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = assignmentsCount; left > 0; left--) assignments.push(decodeSyncGroupAssignment(reader, version));
  if (version >= 4) skipTags(reader);
  return { groupId, generationId, memberId, groupInstanceId, protocolType, protocolName, assignments };
}

export interface SyncGroupResponse {
  throttleTimeMs: number;
  errorCode: number;
  protocolType: string | null;
  protocolName: string | null;
  assignment: Buffer;
}

export function newSyncGroupResponse(): SyncGroupResponse {
  return { throttleTimeMs: 0, errorCode: 0, protocolType: null, protocolName: null, assignment: EMPTY_BYTES };
}

export function encodeSyncGroupResponse(writer: ByteWriter, version: number, value: SyncGroupResponse): void {
  if (version >= 1) {
    writer.i32(value.throttleTimeMs);
  }
  writer.i16(value.errorCode);
  if (version >= 5) {
    writeCompactNullableString(writer, value.protocolType);
  }
  if (version >= 5) {
    writeCompactNullableString(writer, value.protocolName);
  }
  if (version >= 4) {
    writeCompactBytes(writer, value.assignment);
  } else {
    writeBytes(writer, value.assignment);
  }
  if (version >= 4) writer.u8(0);
}
