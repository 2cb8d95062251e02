// Generated from src/protocols/kafka/schema/90-describe-share-group-offsets.ts by scripts/generate-codec.ts. Do not edit.

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
  type DescribeShareGroupOffsetsRequestTopic,
  type DescribeShareGroupOffsetsRequestGroup,
  type DescribeShareGroupOffsetsRequest,
  type DescribeShareGroupOffsetsResponsePartition,
  type DescribeShareGroupOffsetsResponseTopic,
  type DescribeShareGroupOffsetsResponseGroup,
  type DescribeShareGroupOffsetsResponse,
} from '../../../src/protocols/kafka/codec/90-describe-share-group-offsets.js';

function encodeDescribeShareGroupOffsetsRequestTopic(writer: ByteWriter, _version: number, value: DescribeShareGroupOffsetsRequestTopic): void {
  writeCompactString(writer, value.topicName);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
  writer.u8(0);
}

export function newDescribeShareGroupOffsetsRequestTopic(): DescribeShareGroupOffsetsRequestTopic {
  return { topicName: '', partitions: [] };
}

function encodeDescribeShareGroupOffsetsRequestGroup(writer: ByteWriter, version: number, value: DescribeShareGroupOffsetsRequestGroup): void {
  writeCompactString(writer, value.groupId);
  if (value.topics === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeDescribeShareGroupOffsetsRequestTopic(writer, version, element);
  }
  writer.u8(0);
}

export function newDescribeShareGroupOffsetsRequestGroup(): DescribeShareGroupOffsetsRequestGroup {
  return { groupId: '', topics: [] };
}

export function encodeDescribeShareGroupOffsetsRequest(writer: ByteWriter, version: number, value: DescribeShareGroupOffsetsRequest): void {
  writeCompactCount(writer, value.groups.length);
  for (const element of value.groups) encodeDescribeShareGroupOffsetsRequestGroup(writer, version, element);
  writer.u8(0);
}

export function newDescribeShareGroupOffsetsRequest(): DescribeShareGroupOffsetsRequest {
  return { groups: [] };
}

function decodeDescribeShareGroupOffsetsResponsePartition(reader: ByteReader, version: number): DescribeShareGroupOffsetsResponsePartition {
  const partitionIndex = reader.i32();
  const startOffset = reader.i64();
  const leaderEpoch = reader.i32();
  const lag = version >= 1 ? reader.i64() : -1;
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  skipTags(reader);
  return { partitionIndex, startOffset, leaderEpoch, lag, errorCode, errorMessage };
}

function decodeDescribeShareGroupOffsetsResponseTopic(reader: ByteReader, version: number): DescribeShareGroupOffsetsResponseTopic {
  const topicName = readCompactString(reader);
  const topicId = readUuid(reader);
  const partitions: DescribeShareGroupOffsetsResponsePartition[] = [];
  const partitionsCount = readCompactCount(reader, 20);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeDescribeShareGroupOffsetsResponsePartition(reader, version));
  skipTags(reader);
  return { topicName, topicId, partitions };
}

function decodeDescribeShareGroupOffsetsResponseGroup(reader: ByteReader, version: number): DescribeShareGroupOffsetsResponseGroup {
  const groupId = readCompactString(reader);
  const topics: DescribeShareGroupOffsetsResponseTopic[] = [];
  const topicsCount = readCompactCount(reader, 19);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDescribeShareGroupOffsetsResponseTopic(reader, version));
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  skipTags(reader);
  return { groupId, topics, errorCode, errorMessage };
}

export function decodeDescribeShareGroupOffsetsResponse(reader: ByteReader, version: number): DescribeShareGroupOffsetsResponse {
  const throttleTimeMs = reader.i32();
  const groups: DescribeShareGroupOffsetsResponseGroup[] = [];
  const groupsCount = readCompactCount(reader, 6);
  for (let left = groupsCount; left > 0; left--) groups.push(decodeDescribeShareGroupOffsetsResponseGroup(reader, version));
  skipTags(reader);
  return { throttleTimeMs, groups };
}
