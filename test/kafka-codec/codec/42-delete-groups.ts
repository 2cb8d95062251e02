// Generated from src/protocols/kafka/schema/42-delete-groups.ts by scripts/generate-codec.ts. Do not edit.

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
  writeCount,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DeleteGroupsRequest,
  type DeletedGroup,
  type DeleteGroupsResponse,
} from '../../../src/protocols/kafka/codec/42-delete-groups.js';

export function encodeDeleteGroupsRequest(writer: ByteWriter, version: number, value: DeleteGroupsRequest): void {
  if (version >= 2) {
    writeCompactCount(writer, value.groupsNames.length);
    for (const element of value.groupsNames) writeCompactString(writer, element);
  } else {
    writeCount(writer, value.groupsNames.length);
    for (const element of value.groupsNames) writeString(writer, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newDeleteGroupsRequest(): DeleteGroupsRequest {
  return { groupsNames: [] };
}

function decodeDeletedGroup(reader: ByteReader, version: number): DeletedGroup {
  const groupId = version >= 2 ? readCompactString(reader) : readString(reader);
  const errorCode = reader.i16();
  if (version >= 2) skipTags(reader);
  return { groupId, errorCode };
}

export function decodeDeleteGroupsResponse(reader: ByteReader, version: number): DeleteGroupsResponse {
  const throttleTimeMs = reader.i32();
  const results: DeletedGroup[] = [];
  const resultsCount = version >= 2 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = resultsCount; left > 0; left--) results.push(decodeDeletedGroup(reader, version));
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, results };
}
