// Generated from src/protocols/kafka/schema/11-join-group.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  EMPTY_BYTES,
  present,
  readBytes,
  readCompactBytes,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeBool,
  writeBytes,
  writeCompactBytes,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from './primitives.js';

export interface JoinGroupRequest {
  groupId: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  memberId: string;
  groupInstanceId: string | null;
  protocolType: string;
  protocols: JoinGroupProtocol[];
  reason: string | null;
}

export interface JoinGroupProtocol {
  name: string;
  metadata: Buffer;
}

function decodeJoinGroupProtocol(reader: ByteReader, version: number): JoinGroupProtocol {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const metadata = version >= 6 ? readCompactBytes(reader) : readBytes(reader);
  if (version >= 6) skipTags(reader);
  return { name, metadata };
}

export function decodeJoinGroupRequest(reader: ByteReader, version: number): JoinGroupRequest {
  const groupId = version >= 6 ? readCompactString(reader) : readString(reader);
  const sessionTimeoutMs = reader.i32();
  const rebalanceTimeoutMs = version >= 1 ? reader.i32() : -1;
  const memberId = version >= 6 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 6 ? readCompactNullableString(reader) : version >= 5 ? readNullableString(reader) : null;
  const protocolType = version >= 6 ? readCompactString(reader) : readString(reader);
  const protocols: JoinGroupProtocol[] = [];
  const protocolsCount = version >= 6 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = protocolsCount; left > 0; left--) protocols.push(decodeJoinGroupProtocol(reader, version));
  const reason = version >= 8 ? readCompactNullableString(reader) : null;
  if (version >= 6) skipTags(reader);
  return { groupId, sessionTimeoutMs, rebalanceTimeoutMs, memberId, groupInstanceId, protocolType, protocols, reason };
}

export interface JoinGroupResponse {
  throttleTimeMs: number;
  errorCode: number;
  generationId: number;
  protocolType: string | null;
  protocolName: string | null;
  leader: string;
  skipAssignment: boolean;
  memberId: string;
  members: JoinGroupMember[];
}

export interface JoinGroupMember {
  memberId: string;
  groupInstanceId: string | null;
  metadata: Buffer;
}

export function newJoinGroupMember(): JoinGroupMember {
  return { memberId: '', groupInstanceId: null, metadata: EMPTY_BYTES };
}

function encodeJoinGroupMember(writer: ByteWriter, version: number, value: JoinGroupMember): void {
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
    writeCompactBytes(writer, value.metadata);
  } else {
    writeBytes(writer, value.metadata);
  }
  if (version >= 6) writer.u8(0);
}

export function newJoinGroupResponse(): JoinGroupResponse {
  return { throttleTimeMs: 0, errorCode: 0, generationId: -1, protocolType: null, protocolName: '', leader: '', skipAssignment: false, memberId: '', members: [] };
}

export function encodeJoinGroupResponse(writer: ByteWriter, version: number, value: JoinGroupResponse): void {
  if (version >= 2) {
    writer.i32(value.throttleTimeMs);
  }
  writer.i16(value.errorCode);
  writer.i32(value.generationId);
  if (version >= 7) {
    writeCompactNullableString(writer, value.protocolType);
  }
  if (version >= 7) {
    writeCompactNullableString(writer, value.protocolName);
  } else if (version >= 6) {
    writeCompactString(writer, present(value.protocolName));
  } else {
    writeString(writer, present(value.protocolName));
  }
  if (version >= 6) {
    writeCompactString(writer, value.leader);
  } else {
    writeString(writer, value.leader);
  }
  if (version >= 9) {
    writeBool(writer, value.skipAssignment);
  }
  if (version >= 6) {
    writeCompactString(writer, value.memberId);
  } else {
    writeString(writer, value.memberId);
  }
  if (version >= 6) {
    writeCompactCount(writer, value.members.length);
    for (const element of value.members) encodeJoinGroupMember(writer, version, element);
  } else {
    writeCount(writer, value.members.length);
    for (const element of value.members) encodeJoinGroupMember(writer, version, element);
  }
  if (version >= 6) writer.u8(0);
}
