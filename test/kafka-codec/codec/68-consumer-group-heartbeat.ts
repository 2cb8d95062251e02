// Generated from src/protocols/kafka/schema/68-consumer-group-heartbeat.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactNullableString,
  readPresence,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeUuid,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ConsumerGroupHeartbeatRequestTopicPartitions,
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponseTopicPartitions,
  type Assignment,
  type ConsumerGroupHeartbeatResponse,
} from '../../../src/protocols/kafka/codec/68-consumer-group-heartbeat.js';

function encodeConsumerGroupHeartbeatRequestTopicPartitions(writer: ByteWriter, _version: number, value: ConsumerGroupHeartbeatRequestTopicPartitions): void {
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
  writer.u8(0);
}

export function newConsumerGroupHeartbeatRequestTopicPartitions(): ConsumerGroupHeartbeatRequestTopicPartitions {
  return { topicId: ZERO_UUID, partitions: [] };
}

export function encodeConsumerGroupHeartbeatRequest(writer: ByteWriter, version: number, value: ConsumerGroupHeartbeatRequest): void {
  writeCompactString(writer, value.groupId);
  writeCompactString(writer, value.memberId);
  writer.i32(value.memberEpoch);
  writeCompactNullableString(writer, value.instanceId);
  writeCompactNullableString(writer, value.rackId);
  writer.i32(value.rebalanceTimeoutMs);
  if (value.subscribedTopicNames === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.subscribedTopicNames.length);
    for (const element of value.subscribedTopicNames) writeCompactString(writer, element);
  }
  if (version >= 1) {
    writeCompactNullableString(writer, value.subscribedTopicRegex);
  }
  writeCompactNullableString(writer, value.serverAssignor);
  if (value.topicPartitions === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.topicPartitions.length);
    for (const element of value.topicPartitions) encodeConsumerGroupHeartbeatRequestTopicPartitions(writer, version, element);
  }
  writer.u8(0);
}

export function newConsumerGroupHeartbeatRequest(): ConsumerGroupHeartbeatRequest {
  return { groupId: '', memberId: '', memberEpoch: 0, instanceId: null, rackId: null, rebalanceTimeoutMs: -1, subscribedTopicNames: null, subscribedTopicRegex: null, serverAssignor: null, topicPartitions: null };
}

function decodeConsumerGroupHeartbeatResponseTopicPartitions(reader: ByteReader, _version: number): ConsumerGroupHeartbeatResponseTopicPartitions {
  const topicId = readUuid(reader);
  const partitions: number[] = [];
  const partitionsCount = readCompactCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  skipTags(reader);
  return { topicId, partitions };
}

function decodeAssignment(reader: ByteReader, version: number): Assignment {
  const topicPartitions: ConsumerGroupHeartbeatResponseTopicPartitions[] = [];
  const topicPartitionsCount = readCompactCount(reader, 18);
  for (let left = topicPartitionsCount; left > 0; left--) topicPartitions.push(decodeConsumerGroupHeartbeatResponseTopicPartitions(reader, version));
  skipTags(reader);
  return { topicPartitions };
}

export function decodeConsumerGroupHeartbeatResponse(reader: ByteReader, version: number): ConsumerGroupHeartbeatResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const memberId = readCompactNullableString(reader);
  const memberEpoch = reader.i32();
  const heartbeatIntervalMs = reader.i32();
  const assignment = readPresence(reader) ? decodeAssignment(reader, version) : null;
  skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, memberId, memberEpoch, heartbeatIntervalMs, assignment };
}
