// Generated from src/protocols/kafka/schema/20-delete-topics.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
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
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DeleteTopicsRequestTopic,
  type DeleteTopicsRequest,
  type DeletedTopic,
  type DeleteTopicsResponse,
} from '../../../src/protocols/kafka/codec/20-delete-topics.js';

function encodeDeleteTopicsRequestTopic(writer: ByteWriter, _version: number, value: DeleteTopicsRequestTopic): void {
  writeCompactNullableString(writer, value.name);
  writeUuid(writer, value.topicId);
  writer.u8(0);
}

export function newDeleteTopicsRequestTopic(): DeleteTopicsRequestTopic {
  return { name: null, topicId: ZERO_UUID };
}

export function encodeDeleteTopicsRequest(writer: ByteWriter, version: number, value: DeleteTopicsRequest): void {
  if (version >= 6) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeDeleteTopicsRequestTopic(writer, version, element);
  }
  if (version < 6) {
    if (version >= 4) {
      writeCompactCount(writer, value.topicNames.length);
      for (const element of value.topicNames) writeCompactString(writer, element);
    } else {
      writeCount(writer, value.topicNames.length);
      for (const element of value.topicNames) writeString(writer, element);
    }
  }
  writer.i32(value.timeoutMs);
  if (version >= 4) writer.u8(0);
}

export function newDeleteTopicsRequest(): DeleteTopicsRequest {
  return { topics: [], topicNames: [], timeoutMs: 0 };
}

function decodeDeletedTopic(reader: ByteReader, version: number): DeletedTopic {
  const name = version >= 6 ? readCompactNullableString(reader) : version >= 4 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 6 ? readUuid(reader) : ZERO_UUID;
  const errorCode = reader.i16();
  const errorMessage = version >= 5 ? readCompactNullableString(reader) : null;
  if (version >= 4) skipTags(reader);
  return { name, topicId, errorCode, errorMessage };
}

export function decodeDeleteTopicsResponse(reader: ByteReader, version: number): DeleteTopicsResponse {
  const throttleTimeMs = version >= 1 ? reader.i32() : 0;
  const responses: DeletedTopic[] = [];
  const responsesCount = version >= 4 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = responsesCount; left > 0; left--) responses.push(decodeDeletedTopic(reader, version));
  if (version >= 4) skipTags(reader);
  return { throttleTimeMs, responses };
}
