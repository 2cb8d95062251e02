// Generated from src/protocols/kafka/schema/13-leave-group.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type LeaveGroupRequestMember,
  type LeaveGroupRequest,
  type LeaveGroupResponseMember,
  type LeaveGroupResponse,
} from '../../../src/protocols/kafka/codec/13-leave-group.js';

function encodeLeaveGroupRequestMember(writer: ByteWriter, version: number, value: LeaveGroupRequestMember): void {
  if (version >= 4) {
    writeCompactString(writer, value.memberId);
  } else {
    writeString(writer, value.memberId);
  }
  if (version >= 4) {
    writeCompactNullableString(writer, value.groupInstanceId);
  } else {
    writeNullableString(writer, value.groupInstanceId);
  }
  if (version >= 5) {
    writeCompactNullableString(writer, value.reason);
  }
  if (version >= 4) writer.u8(0);
}

export function newLeaveGroupRequestMember(): LeaveGroupRequestMember {
  return { memberId: '', groupInstanceId: null, reason: null };
}

export function encodeLeaveGroupRequest(writer: ByteWriter, version: number, value: LeaveGroupRequest): void {
  if (version >= 4) {
    writeCompactString(writer, value.groupId);
  } else {
    writeString(writer, value.groupId);
  }
  if (version < 3) {
    writeString(writer, value.memberId);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.members.length);
    for (const element of value.members) encodeLeaveGroupRequestMember(writer, version, element);
  } else if (version >= 3) {
    writeCount(writer, value.members.length);
    for (const element of value.members) encodeLeaveGroupRequestMember(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}

export function newLeaveGroupRequest(): LeaveGroupRequest {
  return { groupId: '', memberId: '', members: [] };
}

function decodeLeaveGroupResponseMember(reader: ByteReader, version: number): LeaveGroupResponseMember {
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readCompactNullableString(reader) : readNullableString(reader);
  const errorCode = reader.i16();
  if (version >= 4) skipTags(reader);
  return { memberId, groupInstanceId, errorCode };
}

export function decodeLeaveGroupResponse(reader: ByteReader, version: number): LeaveGroupResponse {
  const throttleTimeMs = version >= 1 ? reader.i32() : 0;
  const errorCode = reader.i16();
  const members: LeaveGroupResponseMember[] = [];
  const membersCount = version >= 4 ? readCompactCount(reader, 5) : version >= 3 ? readCount(reader, 6) : 0;
  for (let left = membersCount; left > 0; left--) members.push(decodeLeaveGroupResponseMember(reader, version));
  if (version >= 4) skipTags(reader);
  return { throttleTimeMs, errorCode, members };
}
