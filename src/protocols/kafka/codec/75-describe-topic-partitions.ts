// Generated from src/protocols/kafka/schema/75-describe-topic-partitions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactString,
  readPresence,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writePresence,
  writeUuid,
} from './primitives.js';

export interface DescribeTopicPartitionsRequest {
  topics: TopicRequest[];
  responsePartitionLimit: number;
  cursor: DescribeTopicPartitionsRequestCursor | null;
}

export interface DescribeTopicPartitionsRequestCursor {
  topicName: string;
  partitionIndex: number;
}

export interface TopicRequest {
  name: string;
}

function decodeTopicRequest(reader: ByteReader, _version: number): TopicRequest {
  const name = readCompactString(reader);
  skipTags(reader);
  return { name };
}

function decodeDescribeTopicPartitionsRequestCursor(reader: ByteReader, _version: number): DescribeTopicPartitionsRequestCursor {
  const topicName = readCompactString(reader);
  const partitionIndex = reader.i32();
  skipTags(reader);
  return { topicName, partitionIndex };
}

export function decodeDescribeTopicPartitionsRequest(reader: ByteReader, version: number): DescribeTopicPartitionsRequest {
  const topics: TopicRequest[] = [];
  const topicsCount = readCompactCount(reader, 2);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeTopicRequest(reader, version));
  const responsePartitionLimit = reader.i32();
  const cursor = readPresence(reader) ? decodeDescribeTopicPartitionsRequestCursor(reader, version) : null;
  skipTags(reader);
  return { topics, responsePartitionLimit, cursor };
}

export interface DescribeTopicPartitionsResponse {
  throttleTimeMs: number;
  topics: DescribeTopicPartitionsResponseTopic[];
  nextCursor: DescribeTopicPartitionsResponseCursor | null;
}

export interface DescribeTopicPartitionsResponseCursor {
  topicName: string;
  partitionIndex: number;
}

export interface DescribeTopicPartitionsResponseTopic {
  errorCode: number;
  name: string | null;
  topicId: string;
  isInternal: boolean;
  partitions: DescribeTopicPartitionsResponsePartition[];
  topicAuthorizedOperations: number;
}

export interface DescribeTopicPartitionsResponsePartition {
  errorCode: number;
  partitionIndex: number;
  leaderId: number;
  leaderEpoch: number;
  replicaNodes: number[];
  isrNodes: number[];
  eligibleLeaderReplicas: number[] | null;
  lastKnownElr: number[] | null;
  offlineReplicas: number[];
}

export function newDescribeTopicPartitionsResponsePartition(): DescribeTopicPartitionsResponsePartition {
  return { errorCode: 0, partitionIndex: 0, leaderId: 0, leaderEpoch: -1, replicaNodes: [], isrNodes: [], eligibleLeaderReplicas: null, lastKnownElr: null, offlineReplicas: [] };
}

function encodeDescribeTopicPartitionsResponsePartition(writer: ByteWriter, _version: number, value: DescribeTopicPartitionsResponsePartition): void {
  writer.i16(value.errorCode);
  writer.i32(value.partitionIndex);
  writer.i32(value.leaderId);
  writer.i32(value.leaderEpoch);
  writeCompactCount(writer, value.replicaNodes.length);
  for (const element of value.replicaNodes) writer.i32(element);
  writeCompactCount(writer, value.isrNodes.length);
  for (const element of value.isrNodes) writer.i32(element);
  if (value.eligibleLeaderReplicas === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.eligibleLeaderReplicas.length);
    for (const element of value.eligibleLeaderReplicas) writer.i32(element);
  }
  if (value.lastKnownElr === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.lastKnownElr.length);
    for (const element of value.lastKnownElr) writer.i32(element);
  }
  writeCompactCount(writer, value.offlineReplicas.length);
  for (const element of value.offlineReplicas) writer.i32(element);
  writer.u8(0);
}

export function newDescribeTopicPartitionsResponseTopic(): DescribeTopicPartitionsResponseTopic {
  return { errorCode: 0, name: '', topicId: ZERO_UUID, isInternal: false, partitions: [], topicAuthorizedOperations: -2147483648 };
}

function encodeDescribeTopicPartitionsResponseTopic(writer: ByteWriter, version: number, value: DescribeTopicPartitionsResponseTopic): void {
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.name);
  writeUuid(writer, value.topicId);
  writeBool(writer, value.isInternal);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeDescribeTopicPartitionsResponsePartition(writer, version, element);
  writer.i32(value.topicAuthorizedOperations);
  writer.u8(0);
}

export function newDescribeTopicPartitionsResponseCursor(): DescribeTopicPartitionsResponseCursor {
  return { topicName: '', partitionIndex: 0 };
}

function encodeDescribeTopicPartitionsResponseCursor(writer: ByteWriter, _version: number, value: DescribeTopicPartitionsResponseCursor): void {
  writeCompactString(writer, value.topicName);
  writer.i32(value.partitionIndex);
  writer.u8(0);
}

export function newDescribeTopicPartitionsResponse(): DescribeTopicPartitionsResponse {
  return { throttleTimeMs: 0, topics: [], nextCursor: null };
}

export function encodeDescribeTopicPartitionsResponse(writer: ByteWriter, version: number, value: DescribeTopicPartitionsResponse): void {
  writer.i32(value.throttleTimeMs);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeDescribeTopicPartitionsResponseTopic(writer, version, element);
  writePresence(writer, value.nextCursor !== null);
  if (value.nextCursor !== null) encodeDescribeTopicPartitionsResponseCursor(writer, version, value.nextCursor);
  writer.u8(0);
}
