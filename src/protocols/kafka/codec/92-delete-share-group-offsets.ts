// Generated from src/protocols/kafka/schema/92-delete-share-group-offsets.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeUuid,
} from './primitives.js';

export interface DeleteShareGroupOffsetsRequest {
  groupId: string;
  topics: DeleteShareGroupOffsetsRequestTopic[];
}

export interface DeleteShareGroupOffsetsRequestTopic {
  topicName: string;
}

function decodeDeleteShareGroupOffsetsRequestTopic(reader: ByteReader, _version: number): DeleteShareGroupOffsetsRequestTopic {
  const topicName = readCompactString(reader);
  skipTags(reader);
  return { topicName };
}

export function decodeDeleteShareGroupOffsetsRequest(reader: ByteReader, version: number): DeleteShareGroupOffsetsRequest {
  const groupId = readCompactString(reader);
  const topics: DeleteShareGroupOffsetsRequestTopic[] = [];
  const topicsCount = readCompactCount(reader, 2);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDeleteShareGroupOffsetsRequestTopic(reader, version));
  skipTags(reader);
  return { groupId, topics };
}

export interface DeleteShareGroupOffsetsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  responses: DeleteShareGroupOffsetsResponseTopic[];
}

export interface DeleteShareGroupOffsetsResponseTopic {
  topicName: string;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
}

export function newDeleteShareGroupOffsetsResponseTopic(): DeleteShareGroupOffsetsResponseTopic {
  return { topicName: '', topicId: ZERO_UUID, errorCode: 0, errorMessage: null };
}

function encodeDeleteShareGroupOffsetsResponseTopic(writer: ByteWriter, _version: number, value: DeleteShareGroupOffsetsResponseTopic): void {
  writeCompactString(writer, value.topicName);
  writeUuid(writer, value.topicId);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.u8(0);
}

export function newDeleteShareGroupOffsetsResponse(): DeleteShareGroupOffsetsResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, responses: [] };
}

export function encodeDeleteShareGroupOffsetsResponse(writer: ByteWriter, version: number, value: DeleteShareGroupOffsetsResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writeCompactCount(writer, value.responses.length);
  for (const element of value.responses) encodeDeleteShareGroupOffsetsResponseTopic(writer, version, element);
  writer.u8(0);
}
