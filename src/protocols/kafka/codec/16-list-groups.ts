// Generated from src/protocols/kafka/schema/16-list-groups.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from './primitives.js';

export interface ListGroupsRequest {
  statesFilter: string[];
  typesFilter: string[];
}

export function decodeListGroupsRequest(reader: ByteReader, version: number): ListGroupsRequest {
  const statesFilter: string[] = [];
  const statesFilterCount = version >= 4 ? readCompactCount(reader, 1) : 0;
  for (let left = statesFilterCount; left > 0; left--) statesFilter.push(readCompactString(reader));
  const typesFilter: string[] = [];
  const typesFilterCount = version >= 5 ? readCompactCount(reader, 1) : 0;
  for (let left = typesFilterCount; left > 0; left--) typesFilter.push(readCompactString(reader));
  if (version >= 3) skipTags(reader);
  return { statesFilter, typesFilter };
}

export interface ListGroupsResponse {
  throttleTimeMs: number;
  errorCode: number;
  groups: ListedGroup[];
}

export interface ListedGroup {
  groupId: string;
  protocolType: string;
  groupState: string;
  groupType: string;
}

export function newListedGroup(): ListedGroup {
  return { groupId: '', protocolType: '', groupState: '', groupType: '' };
}

function encodeListedGroup(writer: ByteWriter, version: number, value: ListedGroup): void {
  if (version >= 3) {
    writeCompactString(writer, value.groupId);
  } else {
    writeString(writer, value.groupId);
  }
  if (version >= 3) {
    writeCompactString(writer, value.protocolType);
  } else {
    writeString(writer, value.protocolType);
  }
  if (version >= 4) {
    writeCompactString(writer, value.groupState);
  }
  if (version >= 5) {
    writeCompactString(writer, value.groupType);
  }
  if (version >= 3) writer.u8(0);
}

export function newListGroupsResponse(): ListGroupsResponse {
  return { throttleTimeMs: 0, errorCode: 0, groups: [] };
}

export function encodeListGroupsResponse(writer: ByteWriter, version: number, value: ListGroupsResponse): void {
  if (version >= 1) {
    writer.i32(value.throttleTimeMs);
  }
  writer.i16(value.errorCode);
  if (version >= 3) {
    writeCompactCount(writer, value.groups.length);
    for (const element of value.groups) encodeListedGroup(writer, version, element);
  } else {
    writeCount(writer, value.groups.length);
    for (const element of value.groups) encodeListedGroup(writer, version, element);
  }
  if (version >= 3) writer.u8(0);
}
