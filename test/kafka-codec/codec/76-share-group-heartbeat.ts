// Generated from src/protocols/kafka/schema/76-share-group-heartbeat.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readPresence,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ShareGroupHeartbeatRequest,
  type TopicPartitions,
  type Assignment,
  type ShareGroupHeartbeatResponse,
} from '../../../src/protocols/kafka/codec/76-share-group-heartbeat.js';

export function encodeShareGroupHeartbeatRequest(writer: ByteWriter, _version: number, value: ShareGroupHeartbeatRequest): void {
  writeCompactString(writer, value.groupId);
  writeCompactString(writer, value.memberId);
  writer.i32(value.memberEpoch);
  writeCompactNullableString(writer, value.rackId);
  if (value.subscribedTopicNames === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.subscribedTopicNames.length);
    for (const element of value.subscribedTopicNames) writeCompactString(writer, element);
  }
  writer.u8(0);
}

export function newShareGroupHeartbeatRequest(): ShareGroupHeartbeatRequest {
  return { groupId: '', memberId: '', memberEpoch: 0, rackId: null, subscribedTopicNames: null };
}

function decodeTopicPartitions(reader: ByteReader, _version: number): TopicPartitions {
  const topicId = readUuid(reader);
  const partitions: number[] = [];
  const partitionsCount = readCompactCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  skipTags(reader);
  return { topicId, partitions };
}

function decodeAssignment(reader: ByteReader, version: number): Assignment {
  const topicPartitions: TopicPartitions[] = [];
  const topicPartitionsCount = readCompactCount(reader, 18);
  for (let left = topicPartitionsCount; left > 0; left--) topicPartitions.push(decodeTopicPartitions(reader, version));
  skipTags(reader);
  return { topicPartitions };
}

export function decodeShareGroupHeartbeatResponse(reader: ByteReader, version: number): ShareGroupHeartbeatResponse {
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
