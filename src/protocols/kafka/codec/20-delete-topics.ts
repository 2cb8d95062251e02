// Generated from src/protocols/kafka/schema/20-delete-topics.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  present,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeString,
  writeUuid,
} from './primitives.js';

export interface DeleteTopicsRequest {
  topics: DeleteTopicsRequestTopic[];
  topicNames: string[];
  timeoutMs: number;
}

export interface DeleteTopicsRequestTopic {
  name: string | null;
  topicId: string;
}

function decodeDeleteTopicsRequestTopic(reader: ByteReader, _version: number): DeleteTopicsRequestTopic {
  const name = readCompactNullableString(reader);
  const topicId = readUuid(reader);
  skipTags(reader);
  return { name, topicId };
}

export function decodeDeleteTopicsRequest(reader: ByteReader, version: number): DeleteTopicsRequest {
  const topics: DeleteTopicsRequestTopic[] = [];
  const topicsCount = version >= 6 ? readCompactCount(reader, 18) : 0;
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDeleteTopicsRequestTopic(reader, version));
  const topicNames: string[] = [];
  const topicNamesCount = version >= 6 ? 0 : version >= 4 ? readCompactCount(reader, 1) : readCount(reader, 2);
  for (let left = topicNamesCount; left > 0; left--) topicNames.push(version >= 4 ? readCompactString(reader) : readString(reader));
  const timeoutMs = reader.i32();
  if (version >= 4) skipTags(reader);
  return { topics, topicNames, timeoutMs };
}

export interface DeleteTopicsResponse {
  throttleTimeMs: number;
  responses: DeletedTopic[];
}

export interface DeletedTopic {
  name: string | null;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
}

export function newDeletedTopic(): DeletedTopic {
  return { name: '', topicId: ZERO_UUID, errorCode: 0, errorMessage: null };
}

function encodeDeletedTopic(writer: ByteWriter, version: number, value: DeletedTopic): void {
  if (version >= 6) {
    writeCompactNullableString(writer, value.name);
  } else if (version >= 4) {
    writeCompactString(writer, present(value.name));
  } else {
    writeString(writer, present(value.name));
  }
  if (version >= 6) {
    writeUuid(writer, value.topicId);
  }
  writer.i16(value.errorCode);
  if (version >= 5) {
    writeCompactNullableString(writer, value.errorMessage);
  }
  if (version >= 4) writer.u8(0);
}

export function newDeleteTopicsResponse(): DeleteTopicsResponse {
  return { throttleTimeMs: 0, responses: [] };
}

export function encodeDeleteTopicsResponse(writer: ByteWriter, version: number, value: DeleteTopicsResponse): void {
  if (version >= 1) {
    writer.i32(value.throttleTimeMs);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.responses.length);
    for (const element of value.responses) encodeDeletedTopic(writer, version, element);
  } else {
    writeCount(writer, value.responses.length);
    for (const element of value.responses) encodeDeletedTopic(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}
