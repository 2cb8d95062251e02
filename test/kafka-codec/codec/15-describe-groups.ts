// Generated from src/protocols/kafka/schema/15-describe-groups.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
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
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DescribeGroupsRequest,
  type DescribedGroupMember,
  type DescribedGroup,
  type DescribeGroupsResponse,
} from '../../../src/protocols/kafka/codec/15-describe-groups.js';

export function encodeDescribeGroupsRequest(writer: ByteWriter, version: number, value: DescribeGroupsRequest): void {
  if (version >= 5) {
    writeCompactCount(writer, value.groups.length);
    for (const element of value.groups) writeCompactString(writer, element);
  } else {
    writeCount(writer, value.groups.length);
    for (const element of value.groups) writeString(writer, element);
  }
  if (version >= 3) {
    writeBool(writer, value.includeAuthorizedOperations);
  }
  if (version >= 5) writer.u8(0);
}

export function newDescribeGroupsRequest(): DescribeGroupsRequest {
  return { groups: [], includeAuthorizedOperations: false };
}

function decodeDescribedGroupMember(reader: ByteReader, version: number): DescribedGroupMember {
  const memberId = version >= 5 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 5 ? readCompactNullableString(reader) : version >= 4 ? readNullableString(reader) : null;
  const clientId = version >= 5 ? readCompactString(reader) : readString(reader);
  const clientHost = version >= 5 ? readCompactString(reader) : readString(reader);
  const memberMetadata = version >= 5 ? readCompactBytes(reader) : readBytes(reader);
  const memberAssignment = version >= 5 ? readCompactBytes(reader) : readBytes(reader);
  if (version >= 5) skipTags(reader);
  return { memberId, groupInstanceId, clientId, clientHost, memberMetadata, memberAssignment };
}

function decodeDescribedGroup(reader: ByteReader, version: number): DescribedGroup {
  const errorCode = reader.i16();
  const errorMessage = version >= 6 ? readCompactNullableString(reader) : null;
  const groupId = version >= 5 ? readCompactString(reader) : readString(reader);
  const groupState = version >= 5 ? readCompactString(reader) : readString(reader);
  const protocolType = version >= 5 ? readCompactString(reader) : readString(reader);
  const protocolData = version >= 5 ? readCompactString(reader) : readString(reader);
  const members: DescribedGroupMember[] = [];
  const membersCount = version >= 5 ? readCompactCount(reader, 7) : readCount(reader, 14);
  for (let left = membersCount; left > 0; left--) members.push(decodeDescribedGroupMember(reader, version));
  const authorizedOperations = version >= 3 ? reader.i32() : -2147483648;
  if (version >= 5) skipTags(reader);
  return { errorCode, errorMessage, groupId, groupState, protocolType, protocolData, members, authorizedOperations };
}

export function decodeDescribeGroupsResponse(reader: ByteReader, version: number): DescribeGroupsResponse {
  const throttleTimeMs = version >= 1 ? reader.i32() : 0;
  const groups: DescribedGroup[] = [];
  const groupsCount = version >= 5 ? readCompactCount(reader, 12) : readCount(reader, 14);
  for (let left = groupsCount; left > 0; left--) groups.push(decodeDescribedGroup(reader, version));
  if (version >= 5) skipTags(reader);
  return { throttleTimeMs, groups };
}
