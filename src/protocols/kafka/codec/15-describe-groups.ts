// Generated from src/protocols/kafka/schema/15-describe-groups.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  EMPTY_BYTES,
  readBool,
  readCompactCount,
  readCompactString,
  readCount,
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
} from './primitives.js';

export interface DescribeGroupsRequest {
  groups: string[];
  includeAuthorizedOperations: boolean;
}

export function decodeDescribeGroupsRequest(reader: ByteReader, version: number): DescribeGroupsRequest {
  const groups: string[] = [];
  const groupsCount = version >= 5 ? readCompactCount(reader, 1) : readCount(reader, 2);
  for (let left = groupsCount; left > 0; left--) groups.push(version >= 5 ? readCompactString(reader) : readString(reader));
  const includeAuthorizedOperations = version >= 3 ? readBool(reader) : false;
  if (version >= 5) skipTags(reader);
  return { groups, includeAuthorizedOperations };
}

export interface DescribeGroupsResponse {
  throttleTimeMs: number;
  groups: DescribedGroup[];
}

export interface DescribedGroup {
  errorCode: number;
  errorMessage: string | null;
  groupId: string;
  groupState: string;
  protocolType: string;
  protocolData: string;
  members: DescribedGroupMember[];
  authorizedOperations: number;
}

export interface DescribedGroupMember {
  memberId: string;
  groupInstanceId: string | null;
  clientId: string;
  clientHost: string;
  memberMetadata: Buffer;
  memberAssignment: Buffer;
}

export function newDescribedGroupMember(): DescribedGroupMember {
  return { memberId: '', groupInstanceId: null, clientId: '', clientHost: '', memberMetadata: EMPTY_BYTES, memberAssignment: EMPTY_BYTES };
}

function encodeDescribedGroupMember(writer: ByteWriter, version: number, value: DescribedGroupMember): void {
  if (version >= 5) {
    writeCompactString(writer, value.memberId);
  } else {
    writeString(writer, value.memberId);
  }
  if (version >= 5) {
    writeCompactNullableString(writer, value.groupInstanceId);
  } else if (version >= 4) {
    writeNullableString(writer, value.groupInstanceId);
  }
  if (version >= 5) {
    writeCompactString(writer, value.clientId);
  } else {
    writeString(writer, value.clientId);
  }
  if (version >= 5) {
    writeCompactString(writer, value.clientHost);
  } else {
    writeString(writer, value.clientHost);
  }
  if (version >= 5) {
    writeCompactBytes(writer, value.memberMetadata);
  } else {
    writeBytes(writer, value.memberMetadata);
  }
  if (version >= 5) {
    writeCompactBytes(writer, value.memberAssignment);
  } else {
    writeBytes(writer, value.memberAssignment);
  }
  if (version >= 5) writer.u8(0);
}

export function newDescribedGroup(): DescribedGroup {
  return { errorCode: 0, errorMessage: null, groupId: '', groupState: '', protocolType: '', protocolData: '', members: [], authorizedOperations: -2147483648 };
}

function encodeDescribedGroup(writer: ByteWriter, version: number, value: DescribedGroup): void {
  writer.i16(value.errorCode);
  if (version >= 6) {
    writeCompactNullableString(writer, value.errorMessage);
  }
  if (version >= 5) {
    writeCompactString(writer, value.groupId);
  } else {
    writeString(writer, value.groupId);
  }
  if (version >= 5) {
    writeCompactString(writer, value.groupState);
  } else {
    writeString(writer, value.groupState);
  }
  if (version >= 5) {
    writeCompactString(writer, value.protocolType);
  } else {
    writeString(writer, value.protocolType);
  }
  if (version >= 5) {
    writeCompactString(writer, value.protocolData);
  } else {
    writeString(writer, value.protocolData);
  }
  if (version >= 5) {
    writeCompactCount(writer, value.members.length);
    for (const element of value.members) encodeDescribedGroupMember(writer, version, element);
  } else {
    writeCount(writer, value.members.length);
    for (const element of value.members) encodeDescribedGroupMember(writer, version, element);
  }
  if (version >= 3) {
    writer.i32(value.authorizedOperations);
  }
  if (version >= 5) writer.u8(0);
}

export function newDescribeGroupsResponse(): DescribeGroupsResponse {
  return { throttleTimeMs: 0, groups: [] };
}

export function encodeDescribeGroupsResponse(writer: ByteWriter, version: number, value: DescribeGroupsResponse): void {
  if (version >= 1) {
    writer.i32(value.throttleTimeMs);
  }
  if (version >= 5) {
    writeCompactCount(writer, value.groups.length);
    for (const element of value.groups) encodeDescribedGroup(writer, version, element);
  } else {
    writeCount(writer, value.groups.length);
    for (const element of value.groups) encodeDescribedGroup(writer, version, element);
  }
  if (version >= 5) writer.u8(0);
}
