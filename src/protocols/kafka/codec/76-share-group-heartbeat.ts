// Generated from src/protocols/kafka/schema/76-share-group-heartbeat.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactNullableCount,
  readCompactNullableString,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writePresence,
  writeUuid,
} from './primitives.js';

export interface ShareGroupHeartbeatRequest {
  groupId: string;
  memberId: string;
  memberEpoch: number;
  rackId: string | null;
  subscribedTopicNames: string[] | null;
}

export function decodeShareGroupHeartbeatRequest(reader: ByteReader, _version: number): ShareGroupHeartbeatRequest {
  const groupId = readCompactString(reader);
  const memberId = readCompactString(reader);
  const memberEpoch = reader.i32();
  const rackId = readCompactNullableString(reader);
  let subscribedTopicNames: string[] | null = [];
  const subscribedTopicNamesCount = readCompactNullableCount(reader, 1);
  for (let left = subscribedTopicNamesCount; left > 0; left--) subscribedTopicNames.push(readCompactString(reader));
  if (subscribedTopicNamesCount < 0) subscribedTopicNames = null;
  skipTags(reader);
  return { groupId, memberId, memberEpoch, rackId, subscribedTopicNames };
}

export interface ShareGroupHeartbeatResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  memberId: string | null;
  memberEpoch: number;
  heartbeatIntervalMs: number;
  assignment: Assignment | null;
}

export interface Assignment {
  topicPartitions: TopicPartitions[];
}

export interface TopicPartitions {
  topicId: string;
  partitions: number[];
}

export function newTopicPartitions(): TopicPartitions {
  return { topicId: ZERO_UUID, partitions: [] };
}

function encodeTopicPartitions(writer: ByteWriter, _version: number, value: TopicPartitions): void {
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
  for (const element of value.topicPartitions) encodeTopicPartitions(writer, version, element);
  writer.u8(0);
}

export function newShareGroupHeartbeatResponse(): ShareGroupHeartbeatResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
}

export function encodeShareGroupHeartbeatResponse(writer: ByteWriter, version: number, value: ShareGroupHeartbeatResponse): void {
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
