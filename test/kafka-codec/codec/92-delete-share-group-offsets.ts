// Generated from src/protocols/kafka/schema/92-delete-share-group-offsets.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DeleteShareGroupOffsetsRequestTopic,
  type DeleteShareGroupOffsetsRequest,
  type DeleteShareGroupOffsetsResponseTopic,
  type DeleteShareGroupOffsetsResponse,
} from '../../../src/protocols/kafka/codec/92-delete-share-group-offsets.js';

function encodeDeleteShareGroupOffsetsRequestTopic(writer: ByteWriter, _version: number, value: DeleteShareGroupOffsetsRequestTopic): void {
  writeCompactString(writer, value.topicName);
  writer.u8(0);
}

export function newDeleteShareGroupOffsetsRequestTopic(): DeleteShareGroupOffsetsRequestTopic {
  return { topicName: '' };
}

export function encodeDeleteShareGroupOffsetsRequest(writer: ByteWriter, version: number, value: DeleteShareGroupOffsetsRequest): void {
  writeCompactString(writer, value.groupId);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeDeleteShareGroupOffsetsRequestTopic(writer, version, element);
  writer.u8(0);
}

export function newDeleteShareGroupOffsetsRequest(): DeleteShareGroupOffsetsRequest {
  return { groupId: '', topics: [] };
}

function decodeDeleteShareGroupOffsetsResponseTopic(reader: ByteReader, _version: number): DeleteShareGroupOffsetsResponseTopic {
  const topicName = readCompactString(reader);
  const topicId = readUuid(reader);
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  skipTags(reader);
  return { topicName, topicId, errorCode, errorMessage };
}

export function decodeDeleteShareGroupOffsetsResponse(reader: ByteReader, version: number): DeleteShareGroupOffsetsResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const responses: DeleteShareGroupOffsetsResponseTopic[] = [];
  const responsesCount = readCompactCount(reader, 21);
  for (let left = responsesCount; left > 0; left--) responses.push(decodeDeleteShareGroupOffsetsResponseTopic(reader, version));
  skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, responses };
}
