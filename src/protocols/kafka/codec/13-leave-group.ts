// Generated from src/protocols/kafka/schema/13-leave-group.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
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
} from './primitives.js';

export interface LeaveGroupRequest {
  groupId: string;
  memberId: string;
  members: LeaveGroupRequestMember[];
}

export interface LeaveGroupRequestMember {
  memberId: string;
  groupInstanceId: string | null;
  reason: string | null;
}

function decodeLeaveGroupRequestMember(reader: ByteReader, version: number): LeaveGroupRequestMember {
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readCompactNullableString(reader) : readNullableString(reader);
  const reason = version >= 5 ? readCompactNullableString(reader) : null;
  if (version >= 4) skipTags(reader);
  return { memberId, groupInstanceId, reason };
}

export function decodeLeaveGroupRequest(reader: ByteReader, version: number): LeaveGroupRequest {
  const groupId = version >= 4 ? readCompactString(reader) : readString(reader);
  const memberId = version >= 3 ? '' : readString(reader);
  const members: LeaveGroupRequestMember[] = [];
  const membersCount = version >= 4 ? readCompactCount(reader, 3) : version >= 3 ? readCount(reader, 4) : 0;
  for (let left = membersCount; left > 0; left--) members.push(decodeLeaveGroupRequestMember(reader, version));
  if (version >= 4) skipTags(reader);
  return { groupId, memberId, members };
}

export interface LeaveGroupResponse {
  throttleTimeMs: number;
  errorCode: number;
  members: LeaveGroupResponseMember[];
}

export interface LeaveGroupResponseMember {
  memberId: string;
  groupInstanceId: string | null;
  errorCode: number;
}

export function newLeaveGroupResponseMember(): LeaveGroupResponseMember {
  return { memberId: '', groupInstanceId: null, errorCode: 0 };
}

function encodeLeaveGroupResponseMember(writer: ByteWriter, version: number, value: LeaveGroupResponseMember): void {
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
  writer.i16(value.errorCode);
  if (version >= 4) writer.u8(0);
}

export function newLeaveGroupResponse(): LeaveGroupResponse {
  return { throttleTimeMs: 0, errorCode: 0, members: [] };
}

export function encodeLeaveGroupResponse(writer: ByteWriter, version: number, value: LeaveGroupResponse): void {
  if (version >= 1) {
    writer.i32(value.throttleTimeMs);
  }
  writer.i16(value.errorCode);
  if (version >= 4) {
    writeCompactCount(writer, value.members.length);
    for (const element of value.members) encodeLeaveGroupResponseMember(writer, version, element);
  } else if (version >= 3) {
    writeCount(writer, value.members.length);
    for (const element of value.members) encodeLeaveGroupResponseMember(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}
