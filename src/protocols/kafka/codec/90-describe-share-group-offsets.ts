// Generated from src/protocols/kafka/schema/90-describe-share-group-offsets.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactNullableCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeUuid,
} from './primitives.js';

export interface DescribeShareGroupOffsetsRequest {
  groups: DescribeShareGroupOffsetsRequestGroup[];
}

export interface DescribeShareGroupOffsetsRequestGroup {
  groupId: string;
  topics: DescribeShareGroupOffsetsRequestTopic[] | null;
}

export interface DescribeShareGroupOffsetsRequestTopic {
  topicName: string;
  partitions: number[];
}

function decodeDescribeShareGroupOffsetsRequestTopic(reader: ByteReader, _version: number): DescribeShareGroupOffsetsRequestTopic {
  const topicName = readCompactString(reader);
  const partitions: number[] = [];
  const partitionsCount = readCompactCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  skipTags(reader);
  return { topicName, partitions };
}

function decodeDescribeShareGroupOffsetsRequestGroup(reader: ByteReader, version: number): DescribeShareGroupOffsetsRequestGroup {
  const groupId = readCompactString(reader);
  let topics: DescribeShareGroupOffsetsRequestTopic[] | null = [];
  const topicsCount = readCompactNullableCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDescribeShareGroupOffsetsRequestTopic(reader, version));
  if (topicsCount < 0) topics = null;
  skipTags(reader);
  return { groupId, topics };
}

export function decodeDescribeShareGroupOffsetsRequest(reader: ByteReader, version: number): DescribeShareGroupOffsetsRequest {
  const groups: DescribeShareGroupOffsetsRequestGroup[] = [];
  const groupsCount = readCompactCount(reader, 3);
  for (let left = groupsCount; left > 0; left--) groups.push(decodeDescribeShareGroupOffsetsRequestGroup(reader, version));
  skipTags(reader);
  return { groups };
}

export interface DescribeShareGroupOffsetsResponse {
  throttleTimeMs: number;
  groups: DescribeShareGroupOffsetsResponseGroup[];
}

export interface DescribeShareGroupOffsetsResponseGroup {
  groupId: string;
  topics: DescribeShareGroupOffsetsResponseTopic[];
  errorCode: number;
  errorMessage: string | null;
}

export interface DescribeShareGroupOffsetsResponseTopic {
  topicName: string;
  topicId: string;
  partitions: DescribeShareGroupOffsetsResponsePartition[];
}

export interface DescribeShareGroupOffsetsResponsePartition {
  partitionIndex: number;
  startOffset: number;
  leaderEpoch: number;
  lag: number;
  errorCode: number;
  errorMessage: string | null;
}

export function newDescribeShareGroupOffsetsResponsePartition(): DescribeShareGroupOffsetsResponsePartition {
  return { partitionIndex: 0, startOffset: 0, leaderEpoch: 0, lag: -1, errorCode: 0, errorMessage: null };
}

function encodeDescribeShareGroupOffsetsResponsePartition(writer: ByteWriter, version: number, value: DescribeShareGroupOffsetsResponsePartition): void {
  writer.i32(value.partitionIndex);
  writer.i64(value.startOffset);
  writer.i32(value.leaderEpoch);
  if (version >= 1) {
    writer.i64(value.lag);
  }
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.u8(0);
}

export function newDescribeShareGroupOffsetsResponseTopic(): DescribeShareGroupOffsetsResponseTopic {
  return { topicName: '', topicId: ZERO_UUID, partitions: [] };
}

function encodeDescribeShareGroupOffsetsResponseTopic(writer: ByteWriter, version: number, value: DescribeShareGroupOffsetsResponseTopic): void {
  writeCompactString(writer, value.topicName);
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeDescribeShareGroupOffsetsResponsePartition(writer, version, element);
  writer.u8(0);
}

export function newDescribeShareGroupOffsetsResponseGroup(): DescribeShareGroupOffsetsResponseGroup {
  return { groupId: '', topics: [], errorCode: 0, errorMessage: null };
}

function encodeDescribeShareGroupOffsetsResponseGroup(writer: ByteWriter, version: number, value: DescribeShareGroupOffsetsResponseGroup): void {
  writeCompactString(writer, value.groupId);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeDescribeShareGroupOffsetsResponseTopic(writer, version, element);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.u8(0);
}

export function newDescribeShareGroupOffsetsResponse(): DescribeShareGroupOffsetsResponse {
  return { throttleTimeMs: 0, groups: [] };
}

export function encodeDescribeShareGroupOffsetsResponse(writer: ByteWriter, version: number, value: DescribeShareGroupOffsetsResponse): void {
  writer.i32(value.throttleTimeMs);
  writeCompactCount(writer, value.groups.length);
  for (const element of value.groups) encodeDescribeShareGroupOffsetsResponseGroup(writer, version, element);
  writer.u8(0);
}
