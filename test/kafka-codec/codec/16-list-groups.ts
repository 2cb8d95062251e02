// Generated from src/protocols/kafka/schema/16-list-groups.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  readCount,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ListGroupsRequest,
  type ListedGroup,
  type ListGroupsResponse,
} from '../../../src/protocols/kafka/codec/16-list-groups.js';

export function encodeListGroupsRequest(writer: ByteWriter, version: number, value: ListGroupsRequest): void {
  if (version >= 4) {
    writeCompactCount(writer, value.statesFilter.length);
    for (const element of value.statesFilter) writeCompactString(writer, element);
  }
  if (version >= 5) {
    writeCompactCount(writer, value.typesFilter.length);
    for (const element of value.typesFilter) writeCompactString(writer, element);
  }
  if (version >= 3) writer.u8(0);
}

export function newListGroupsRequest(): ListGroupsRequest {
  return { statesFilter: [], typesFilter: [] };
}

function decodeListedGroup(reader: ByteReader, version: number): ListedGroup {
  const groupId = version >= 3 ? readCompactString(reader) : readString(reader);
  const protocolType = version >= 3 ? readCompactString(reader) : readString(reader);
  const groupState = version >= 4 ? readCompactString(reader) : '';
  const groupType = version >= 5 ? readCompactString(reader) : '';
  if (version >= 3) skipTags(reader);
  return { groupId, protocolType, groupState, groupType };
}

export function decodeListGroupsResponse(reader: ByteReader, version: number): ListGroupsResponse {
  const throttleTimeMs = version >= 1 ? reader.i32() : 0;
  const errorCode = reader.i16();
  const groups: ListedGroup[] = [];
  const groupsCount = version >= 3 ? readCompactCount(reader, 3) : readCount(reader, 4);
  for (let left = groupsCount; left > 0; left--) groups.push(decodeListedGroup(reader, version));
  if (version >= 3) skipTags(reader);
  return { throttleTimeMs, errorCode, groups };
}
