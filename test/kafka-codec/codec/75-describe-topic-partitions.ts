// Generated from src/protocols/kafka/schema/75-describe-topic-partitions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactNullableCount,
  readCompactNullableString,
  readCompactString,
  readPresence,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writePresence,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type TopicRequest,
  type DescribeTopicPartitionsRequestCursor,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponsePartition,
  type DescribeTopicPartitionsResponseTopic,
  type DescribeTopicPartitionsResponseCursor,
  type DescribeTopicPartitionsResponse,
} from '../../../src/protocols/kafka/codec/75-describe-topic-partitions.js';

function encodeTopicRequest(writer: ByteWriter, _version: number, value: TopicRequest): void {
  writeCompactString(writer, value.name);
  writer.u8(0);
}

export function newTopicRequest(): TopicRequest {
  return { name: '' };
}

function encodeDescribeTopicPartitionsRequestCursor(writer: ByteWriter, _version: number, value: DescribeTopicPartitionsRequestCursor): void {
  writeCompactString(writer, value.topicName);
  writer.i32(value.partitionIndex);
  writer.u8(0);
}

export function newDescribeTopicPartitionsRequestCursor(): DescribeTopicPartitionsRequestCursor {
  return { topicName: '', partitionIndex: 0 };
}

export function encodeDescribeTopicPartitionsRequest(writer: ByteWriter, version: number, value: DescribeTopicPartitionsRequest): void {
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeTopicRequest(writer, version, element);
  writer.i32(value.responsePartitionLimit);
  writePresence(writer, value.cursor !== null);
  if (value.cursor !== null) encodeDescribeTopicPartitionsRequestCursor(writer, version, value.cursor);
  writer.u8(0);
}

export function newDescribeTopicPartitionsRequest(): DescribeTopicPartitionsRequest {
  return { topics: [], responsePartitionLimit: 2000, cursor: null };
}

function decodeDescribeTopicPartitionsResponsePartition(reader: ByteReader, _version: number): DescribeTopicPartitionsResponsePartition {
  const errorCode = reader.i16();
  const partitionIndex = reader.i32();
  const leaderId = reader.i32();
  const leaderEpoch = reader.i32();
  const replicaNodes: number[] = [];
  const replicaNodesCount = readCompactCount(reader, 4);
  for (let left = replicaNodesCount; left > 0; left--) replicaNodes.push(reader.i32());
  const isrNodes: number[] = [];
  const isrNodesCount = readCompactCount(reader, 4);
  for (let left = isrNodesCount; left > 0; left--) isrNodes.push(reader.i32());
  let eligibleLeaderReplicas: number[] | null = [];
  const eligibleLeaderReplicasCount = readCompactNullableCount(reader, 4);
  for (let left = eligibleLeaderReplicasCount; left > 0; left--) eligibleLeaderReplicas.push(reader.i32());
  if (eligibleLeaderReplicasCount < 0) eligibleLeaderReplicas = null;
  let lastKnownElr: number[] | null = [];
  const lastKnownElrCount = readCompactNullableCount(reader, 4);
  for (let left = lastKnownElrCount; left > 0; left--) lastKnownElr.push(reader.i32());
  if (lastKnownElrCount < 0) lastKnownElr = null;
  const offlineReplicas: number[] = [];
  const offlineReplicasCount = readCompactCount(reader, 4);
  for (let left = offlineReplicasCount; left > 0; left--) offlineReplicas.push(reader.i32());
  skipTags(reader);
  return { errorCode, partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, eligibleLeaderReplicas, lastKnownElr, offlineReplicas };
}

function decodeDescribeTopicPartitionsResponseTopic(reader: ByteReader, version: number): DescribeTopicPartitionsResponseTopic {
  const errorCode = reader.i16();
  const name = readCompactNullableString(reader);
  const topicId = readUuid(reader);
  const isInternal = readBool(reader);
  const partitions: DescribeTopicPartitionsResponsePartition[] = [];
  const partitionsCount = readCompactCount(reader, 20);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeDescribeTopicPartitionsResponsePartition(reader, version));
  const topicAuthorizedOperations = reader.i32();
  skipTags(reader);
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations };
}

function decodeDescribeTopicPartitionsResponseCursor(reader: ByteReader, _version: number): DescribeTopicPartitionsResponseCursor {
  const topicName = readCompactString(reader);
  const partitionIndex = reader.i32();
  skipTags(reader);
  return { topicName, partitionIndex };
}

export function decodeDescribeTopicPartitionsResponse(reader: ByteReader, version: number): DescribeTopicPartitionsResponse {
  const throttleTimeMs = reader.i32();
  const topics: DescribeTopicPartitionsResponseTopic[] = [];
  const topicsCount = readCompactCount(reader, 26);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDescribeTopicPartitionsResponseTopic(reader, version));
  const nextCursor = readPresence(reader) ? decodeDescribeTopicPartitionsResponseCursor(reader, version) : null;
  skipTags(reader);
  return { throttleTimeMs, topics, nextCursor };
}
