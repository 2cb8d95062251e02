// Generated from src/protocols/kafka/schema/79-share-acknowledge.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readUuid,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactNullableString,
  writeUuid,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type AcknowledgementBatch,
  type AcknowledgePartition,
  type AcknowledgeTopic,
  type ShareAcknowledgeRequest,
  type LeaderIdAndEpoch,
  type PartitionData,
  type ShareAcknowledgeTopicResponse,
  type NodeEndpoint,
  type ShareAcknowledgeResponse,
} from '../../../src/protocols/kafka/codec/79-share-acknowledge.js';

function encodeAcknowledgementBatch(writer: ByteWriter, _version: number, value: AcknowledgementBatch): void {
  writer.i64(value.firstOffset);
  writer.i64(value.lastOffset);
  writeCompactCount(writer, value.acknowledgeTypes.length);
  for (const element of value.acknowledgeTypes) writer.i8(element);
  writer.u8(0);
}

export function newAcknowledgementBatch(): AcknowledgementBatch {
  return { firstOffset: 0, lastOffset: 0, acknowledgeTypes: [] };
}

function encodeAcknowledgePartition(writer: ByteWriter, version: number, value: AcknowledgePartition): void {
  writer.i32(value.partitionIndex);
  writeCompactCount(writer, value.acknowledgementBatches.length);
  for (const element of value.acknowledgementBatches) encodeAcknowledgementBatch(writer, version, element);
  writer.u8(0);
}

export function newAcknowledgePartition(): AcknowledgePartition {
  return { partitionIndex: 0, acknowledgementBatches: [] };
}

function encodeAcknowledgeTopic(writer: ByteWriter, version: number, value: AcknowledgeTopic): void {
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeAcknowledgePartition(writer, version, element);
  writer.u8(0);
}

export function newAcknowledgeTopic(): AcknowledgeTopic {
  return { topicId: ZERO_UUID, partitions: [] };
}

export function encodeShareAcknowledgeRequest(writer: ByteWriter, version: number, value: ShareAcknowledgeRequest): void {
  writeCompactNullableString(writer, value.groupId);
  writeCompactNullableString(writer, value.memberId);
  writer.i32(value.shareSessionEpoch);
  if (version >= 2) {
    writeBool(writer, value.isRenewAck);
  }
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeAcknowledgeTopic(writer, version, element);
  writer.u8(0);
}

export function newShareAcknowledgeRequest(): ShareAcknowledgeRequest {
  return { groupId: null, memberId: '', shareSessionEpoch: 0, isRenewAck: false, topics: [] };
}

function decodeLeaderIdAndEpoch(reader: ByteReader, _version: number): LeaderIdAndEpoch {
  const leaderId = reader.i32();
  const leaderEpoch = reader.i32();
  skipTags(reader);
  return { leaderId, leaderEpoch };
}

function decodePartitionData(reader: ByteReader, version: number): PartitionData {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const currentLeader = decodeLeaderIdAndEpoch(reader, version);
  skipTags(reader);
  return { partitionIndex, errorCode, errorMessage, currentLeader };
}

function decodeShareAcknowledgeTopicResponse(reader: ByteReader, version: number): ShareAcknowledgeTopicResponse {
  const topicId = readUuid(reader);
  const partitions: PartitionData[] = [];
  const partitionsCount = readCompactCount(reader, 17);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodePartitionData(reader, version));
  skipTags(reader);
  return { topicId, partitions };
}

function decodeNodeEndpoint(reader: ByteReader, _version: number): NodeEndpoint {
  const nodeId = reader.i32();
  const host = readCompactString(reader);
  const port = reader.i32();
  const rack = readCompactNullableString(reader);
  skipTags(reader);
  return { nodeId, host, port, rack };
}

export function decodeShareAcknowledgeResponse(reader: ByteReader, version: number): ShareAcknowledgeResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const acquisitionLockTimeoutMs = version >= 2 ? reader.i32() : 0;
  const responses: ShareAcknowledgeTopicResponse[] = [];
  const responsesCount = readCompactCount(reader, 18);
  for (let left = responsesCount; left > 0; left--) responses.push(decodeShareAcknowledgeTopicResponse(reader, version));
  const nodeEndpoints: NodeEndpoint[] = [];
  const nodeEndpointsCount = readCompactCount(reader, 11);
  for (let left = nodeEndpointsCount; left > 0; left--) nodeEndpoints.push(decodeNodeEndpoint(reader, version));
  skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, acquisitionLockTimeoutMs, responses, nodeEndpoints };
}
