// Generated from src/protocols/kafka/schema/91-alter-share-group-offsets.ts by scripts/generate-codec.ts. Do not edit.

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

export interface AlterShareGroupOffsetsRequest {
  groupId: string;
  topics: AlterShareGroupOffsetsRequestTopic[];
}

export interface AlterShareGroupOffsetsRequestTopic {
  topicName: string;
  partitions: AlterShareGroupOffsetsRequestPartition[];
}

export interface AlterShareGroupOffsetsRequestPartition {
  partitionIndex: number;
  startOffset: number;
}

function decodeAlterShareGroupOffsetsRequestPartition(reader: ByteReader, _version: number): AlterShareGroupOffsetsRequestPartition {
  const partitionIndex = reader.i32();
  const startOffset = reader.i64();
  skipTags(reader);
  return { partitionIndex, startOffset };
}

function decodeAlterShareGroupOffsetsRequestTopic(reader: ByteReader, version: number): AlterShareGroupOffsetsRequestTopic {
  const topicName = readCompactString(reader);
  const partitions: AlterShareGroupOffsetsRequestPartition[] = [];
  const partitionsCount = readCompactCount(reader, 13);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeAlterShareGroupOffsetsRequestPartition(reader, version));
  skipTags(reader);
  return { topicName, partitions };
}

export function decodeAlterShareGroupOffsetsRequest(reader: ByteReader, version: number): AlterShareGroupOffsetsRequest {
  const groupId = readCompactString(reader);
  const topics: AlterShareGroupOffsetsRequestTopic[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeAlterShareGroupOffsetsRequestTopic(reader, version));
  skipTags(reader);
  return { groupId, topics };
}

export interface AlterShareGroupOffsetsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  responses: AlterShareGroupOffsetsResponseTopic[];
}

export interface AlterShareGroupOffsetsResponseTopic {
  topicName: string;
  topicId: string;
  partitions: AlterShareGroupOffsetsResponsePartition[];
}

export interface AlterShareGroupOffsetsResponsePartition {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
}

export function newAlterShareGroupOffsetsResponsePartition(): AlterShareGroupOffsetsResponsePartition {
  return { partitionIndex: 0, errorCode: 0, errorMessage: null };
}

function encodeAlterShareGroupOffsetsResponsePartition(writer: ByteWriter, _version: number, value: AlterShareGroupOffsetsResponsePartition): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.u8(0);
}

export function newAlterShareGroupOffsetsResponseTopic(): AlterShareGroupOffsetsResponseTopic {
  return { topicName: '', topicId: ZERO_UUID, partitions: [] };
}

function encodeAlterShareGroupOffsetsResponseTopic(writer: ByteWriter, version: number, value: AlterShareGroupOffsetsResponseTopic): void {
  writeCompactString(writer, value.topicName);
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeAlterShareGroupOffsetsResponsePartition(writer, version, element);
  writer.u8(0);
}

export function newAlterShareGroupOffsetsResponse(): AlterShareGroupOffsetsResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, responses: [] };
}

export function encodeAlterShareGroupOffsetsResponse(writer: ByteWriter, version: number, value: AlterShareGroupOffsetsResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writeCompactCount(writer, value.responses.length);
  for (const element of value.responses) encodeAlterShareGroupOffsetsResponseTopic(writer, version, element);
  writer.u8(0);
}
