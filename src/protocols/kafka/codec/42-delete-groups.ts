// Generated from src/protocols/kafka/schema/42-delete-groups.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  readCount,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from './primitives.js';

export interface DeleteGroupsRequest {
  groupsNames: string[];
}

export function decodeDeleteGroupsRequest(reader: ByteReader, version: number): DeleteGroupsRequest {
  const groupsNames: string[] = [];
  const groupsNamesCount = version >= 2 ? readCompactCount(reader, 1) : readCount(reader, 2);
  for (let left = groupsNamesCount; left > 0; left--) groupsNames.push(version >= 2 ? readCompactString(reader) : readString(reader));
  if (version >= 2) skipTags(reader);
  return { groupsNames };
}

export interface DeleteGroupsResponse {
  throttleTimeMs: number;
  results: DeletedGroup[];
}

export interface DeletedGroup {
  groupId: string;
  errorCode: number;
}

export function newDeletedGroup(): DeletedGroup {
  return { groupId: '', errorCode: 0 };
}

function encodeDeletedGroup(writer: ByteWriter, version: number, value: DeletedGroup): void {
  if (version >= 2) {
    writeCompactString(writer, value.groupId);
  } else {
    writeString(writer, value.groupId);
  }
  writer.i16(value.errorCode);
  if (version >= 2) writer.u8(0);
}

export function newDeleteGroupsResponse(): DeleteGroupsResponse {
  return { throttleTimeMs: 0, results: [] };
}

export function encodeDeleteGroupsResponse(writer: ByteWriter, version: number, value: DeleteGroupsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 2) {
    writeCompactCount(writer, value.results.length);
    for (const element of value.results) encodeDeletedGroup(writer, version, element);
  } else {
    writeCount(writer, value.results.length);
    for (const element of value.results) encodeDeletedGroup(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
