// Generated from src/protocols/kafka/schema/11-join-group.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  EMPTY_BYTES,
  readBool,
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
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type JoinGroupProtocol,
  type JoinGroupRequest,
  type JoinGroupMember,
  type JoinGroupResponse,
} from '../../../src/protocols/kafka/codec/11-join-group.js';

function encodeJoinGroupProtocol(writer: ByteWriter, version: number, value: JoinGroupProtocol): void {
  if (version >= 6) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 6) {
    writeCompactBytes(writer, value.metadata);
  } else {
    writeBytes(writer, value.metadata);
  }
  if (version >= 6) writer.u8(0);
}

export function newJoinGroupProtocol(): JoinGroupProtocol {
  return { name: '', metadata: EMPTY_BYTES };
}

export function encodeJoinGroupRequest(writer: ByteWriter, version: number, value: JoinGroupRequest): void {
  if (version >= 6) {
    writeCompactString(writer, value.groupId);
  } else {
    writeString(writer, value.groupId);
  }
  writer.i32(value.sessionTimeoutMs);
  if (version >= 1) {
    writer.i32(value.rebalanceTimeoutMs);
  }
  if (version >= 6) {
    writeCompactString(writer, value.memberId);
  } else {
    writeString(writer, value.memberId);
  }
  if (version >= 6) {
    writeCompactNullableString(writer, value.groupInstanceId);
  } else if (version >= 5) {
    writeNullableString(writer, value.groupInstanceId);
  }
  if (version >= 6) {
    writeCompactString(writer, value.protocolType);
  } else {
    writeString(writer, value.protocolType);
  }
  if (version >= 6) {
    writeCompactCount(writer, value.protocols.length);
    for (const element of value.protocols) encodeJoinGroupProtocol(writer, version, element);
  } else {
    writeCount(writer, value.protocols.length);
    for (const element of value.protocols) encodeJoinGroupProtocol(writer, version, element);
  }
  if (version >= 8) {
    writeCompactNullableString(writer, value.reason);
  }
  if (version >= 6) writer.u8(0);
}

export function newJoinGroupRequest(): JoinGroupRequest {
  return { groupId: '', sessionTimeoutMs: 0, rebalanceTimeoutMs: -1, memberId: '', groupInstanceId: null, protocolType: '', protocols: [], reason: null };
}

function decodeJoinGroupMember(reader: ByteReader, version: number): JoinGroupMember {
  const memberId = version >= 6 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 6 ? readCompactNullableString(reader) : version >= 5 ? readNullableString(reader) : null;
  const metadata = version >= 6 ? readCompactBytes(reader) : readBytes(reader);
  if (version >= 6) skipTags(reader);
  return { memberId, groupInstanceId, metadata };
}

export function decodeJoinGroupResponse(reader: ByteReader, version: number): JoinGroupResponse {
  const throttleTimeMs = version >= 2 ? reader.i32() : 0;
  const errorCode = reader.i16();
  const generationId = reader.i32();
  const protocolType = version >= 7 ? readCompactNullableString(reader) : null;
  const protocolName = version >= 7 ? readCompactNullableString(reader) : version >= 6 ? readCompactString(reader) : readString(reader);
  const leader = version >= 6 ? readCompactString(reader) : readString(reader);
  const skipAssignment = version >= 9 ? readBool(reader) : false;
  const memberId = version >= 6 ? readCompactString(reader) : readString(reader);
  const members: JoinGroupMember[] = [];
  const membersCount = version >= 6 ? readCompactCount(reader, 4) : readCount(reader, 6);
  for (let left = membersCount; left > 0; left--) members.push(decodeJoinGroupMember(reader, version));
  if (version >= 6) skipTags(reader);
  return { throttleTimeMs, errorCode, generationId, protocolType, protocolName, leader, skipAssignment, memberId, members };
}
