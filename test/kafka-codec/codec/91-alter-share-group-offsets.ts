// Generated from src/protocols/kafka/schema/91-alter-share-group-offsets.ts by scripts/generate-codec.ts. Do not edit.

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
  type AlterShareGroupOffsetsRequestPartition,
  type AlterShareGroupOffsetsRequestTopic,
  type AlterShareGroupOffsetsRequest,
  type AlterShareGroupOffsetsResponsePartition,
  type AlterShareGroupOffsetsResponseTopic,
  type AlterShareGroupOffsetsResponse,
} from '../../../src/protocols/kafka/codec/91-alter-share-group-offsets.js';

function encodeAlterShareGroupOffsetsRequestPartition(writer: ByteWriter, _version: number, value: AlterShareGroupOffsetsRequestPartition): void {
  writer.i32(value.partitionIndex);
  writer.i64(value.startOffset);
  writer.u8(0);
}

export function newAlterShareGroupOffsetsRequestPartition(): AlterShareGroupOffsetsRequestPartition {
  return { partitionIndex: 0, startOffset: 0 };
}

function encodeAlterShareGroupOffsetsRequestTopic(writer: ByteWriter, version: number, value: AlterShareGroupOffsetsRequestTopic): void {
  writeCompactString(writer, value.topicName);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeAlterShareGroupOffsetsRequestPartition(writer, version, element);
  writer.u8(0);
}

export function newAlterShareGroupOffsetsRequestTopic(): AlterShareGroupOffsetsRequestTopic {
  return { topicName: '', partitions: [] };
}

export function encodeAlterShareGroupOffsetsRequest(writer: ByteWriter, version: number, value: AlterShareGroupOffsetsRequest): void {
  writeCompactString(writer, value.groupId);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeAlterShareGroupOffsetsRequestTopic(writer, version, element);
  writer.u8(0);
}

export function newAlterShareGroupOffsetsRequest(): AlterShareGroupOffsetsRequest {
  return { groupId: '', topics: [] };
}

function decodeAlterShareGroupOffsetsResponsePartition(reader: ByteReader, _version: number): AlterShareGroupOffsetsResponsePartition {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  skipTags(reader);
  return { partitionIndex, errorCode, errorMessage };
}

function decodeAlterShareGroupOffsetsResponseTopic(reader: ByteReader, version: number): AlterShareGroupOffsetsResponseTopic {
  const topicName = readCompactString(reader);
  const topicId = readUuid(reader);
  const partitions: AlterShareGroupOffsetsResponsePartition[] = [];
  const partitionsCount = readCompactCount(reader, 8);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeAlterShareGroupOffsetsResponsePartition(reader, version));
  skipTags(reader);
  return { topicName, topicId, partitions };
}

export function decodeAlterShareGroupOffsetsResponse(reader: ByteReader, version: number): AlterShareGroupOffsetsResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const responses: AlterShareGroupOffsetsResponseTopic[] = [];
  const responsesCount = readCompactCount(reader, 19);
  for (let left = responsesCount; left > 0; left--) responses.push(decodeAlterShareGroupOffsetsResponseTopic(reader, version));
  skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, responses };
}
