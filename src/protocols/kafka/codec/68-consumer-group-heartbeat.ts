// Generated from src/protocols/kafka/schema/68-consumer-group-heartbeat.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactNullableCount,
  readCompactNullableString,
  readCompactString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writePresence,
  writeUuid,
} from './primitives.js';

export interface ConsumerGroupHeartbeatRequest {
  groupId: string;
  memberId: string;
  memberEpoch: number;
  instanceId: string | null;
  rackId: string | null;
  rebalanceTimeoutMs: number;
  subscribedTopicNames: string[] | null;
  subscribedTopicRegex: string | null;
  serverAssignor: string | null;
  topicPartitions: ConsumerGroupHeartbeatRequestTopicPartitions[] | null;
}

export interface ConsumerGroupHeartbeatRequestTopicPartitions {
  topicId: string;
  partitions: number[];
}

function decodeConsumerGroupHeartbeatRequestTopicPartitions(reader: ByteReader, _version: number): ConsumerGroupHeartbeatRequestTopicPartitions {
  const topicId = readUuid(reader);
  const partitions: number[] = [];
  const partitionsCount = readCompactCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  skipTags(reader);
  return { topicId, partitions };
}

export function decodeConsumerGroupHeartbeatRequest(reader: ByteReader, version: number): ConsumerGroupHeartbeatRequest {
  const groupId = readCompactString(reader);
  const memberId = readCompactString(reader);
  const memberEpoch = reader.i32();
  const instanceId = readCompactNullableString(reader);
  const rackId = readCompactNullableString(reader);
  const rebalanceTimeoutMs = reader.i32();
  let subscribedTopicNames: string[] | null = [];
  const subscribedTopicNamesCount = readCompactNullableCount(reader, 1);
  for (let left = subscribedTopicNamesCount; left > 0; left--) subscribedTopicNames.push(readCompactString(reader));
  if (subscribedTopicNamesCount < 0) subscribedTopicNames = null;
  const subscribedTopicRegex = version >= 1 ? readCompactNullableString(reader) : null;
  const serverAssignor = readCompactNullableString(reader);
  let topicPartitions: ConsumerGroupHeartbeatRequestTopicPartitions[] | null = [];
  const topicPartitionsCount = readCompactNullableCount(reader, 18);
  for (let left = topicPartitionsCount; left > 0; left--) topicPartitions.push(decodeConsumerGroupHeartbeatRequestTopicPartitions(reader, version));
  if (topicPartitionsCount < 0) topicPartitions = null;
  skipTags(reader);
  return { groupId, memberId, memberEpoch, instanceId, rackId, rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex, serverAssignor, topicPartitions };
}

export interface ConsumerGroupHeartbeatResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  memberId: string | null;
  memberEpoch: number;
  heartbeatIntervalMs: number;
  assignment: Assignment | null;
}

export interface Assignment {
  topicPartitions: ConsumerGroupHeartbeatResponseTopicPartitions[];
}

export interface ConsumerGroupHeartbeatResponseTopicPartitions {
  topicId: string;
  partitions: number[];
}

export function newConsumerGroupHeartbeatResponseTopicPartitions(): ConsumerGroupHeartbeatResponseTopicPartitions {
  return { topicId: ZERO_UUID, partitions: [] };
}

function encodeConsumerGroupHeartbeatResponseTopicPartitions(writer: ByteWriter, _version: number, value: ConsumerGroupHeartbeatResponseTopicPartitions): void {
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
  writer.u8(0);
}

export function newAssignment(): Assignment {
  return { topicPartitions: [] };
}

function encodeAssignment(writer: ByteWriter, version: number, value: Assignment): void {
  writeCompactCount(writer, value.topicPartitions.length);
  for (const element of value.topicPartitions) encodeConsumerGroupHeartbeatResponseTopicPartitions(writer, version, element);
  writer.u8(0);
}

export function newConsumerGroupHeartbeatResponse(): ConsumerGroupHeartbeatResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
}

export function encodeConsumerGroupHeartbeatResponse(writer: ByteWriter, version: number, value: ConsumerGroupHeartbeatResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writeCompactNullableString(writer, value.memberId);
  writer.i32(value.memberEpoch);
  writer.i32(value.heartbeatIntervalMs);
  writePresence(writer, value.assignment !== null);
  if (value.assignment !== null) encodeAssignment(writer, version, value.assignment);
  writer.u8(0);
}
