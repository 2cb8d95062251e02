// Generated from src/protocols/kafka/schema/78-share-fetch.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactBytes,
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
  type FetchPartition,
  type FetchTopic,
  type ForgottenTopic,
  type ShareFetchRequest,
  type LeaderIdAndEpoch,
  type AcquiredRecords,
  type PartitionData,
  type ShareFetchableTopicResponse,
  type NodeEndpoint,
  type ShareFetchResponse,
} from '../../../src/protocols/kafka/codec/78-share-fetch.js';

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

function encodeFetchPartition(writer: ByteWriter, version: number, value: FetchPartition): void {
  writer.i32(value.partitionIndex);
  writeCompactCount(writer, value.acknowledgementBatches.length);
  for (const element of value.acknowledgementBatches) encodeAcknowledgementBatch(writer, version, element);
  writer.u8(0);
}

export function newFetchPartition(): FetchPartition {
  return { partitionIndex: 0, acknowledgementBatches: [] };
}

function encodeFetchTopic(writer: ByteWriter, version: number, value: FetchTopic): void {
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeFetchPartition(writer, version, element);
  writer.u8(0);
}

export function newFetchTopic(): FetchTopic {
  return { topicId: ZERO_UUID, partitions: [] };
}

function encodeForgottenTopic(writer: ByteWriter, _version: number, value: ForgottenTopic): void {
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
  writer.u8(0);
}

export function newForgottenTopic(): ForgottenTopic {
  return { topicId: ZERO_UUID, partitions: [] };
}

export function encodeShareFetchRequest(writer: ByteWriter, version: number, value: ShareFetchRequest): void {
  writeCompactNullableString(writer, value.groupId);
  writeCompactNullableString(writer, value.memberId);
  writer.i32(value.shareSessionEpoch);
  writer.i32(value.maxWaitMs);
  writer.i32(value.minBytes);
  writer.i32(value.maxBytes);
  writer.i32(value.maxRecords);
  writer.i32(value.batchSize);
  if (version >= 2) {
    writer.i8(value.shareAcquireMode);
  }
  if (version >= 2) {
    writeBool(writer, value.isRenewAck);
  }
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeFetchTopic(writer, version, element);
  writeCompactCount(writer, value.forgottenTopicsData.length);
  for (const element of value.forgottenTopicsData) encodeForgottenTopic(writer, version, element);
  writer.u8(0);
}

export function newShareFetchRequest(): ShareFetchRequest {
  return { groupId: null, memberId: '', shareSessionEpoch: 0, maxWaitMs: 0, minBytes: 0, maxBytes: 2147483647, maxRecords: 0, batchSize: 0, shareAcquireMode: 0, isRenewAck: false, topics: [], forgottenTopicsData: [] };
}

function decodeLeaderIdAndEpoch(reader: ByteReader, _version: number): LeaderIdAndEpoch {
  const leaderId = reader.i32();
  const leaderEpoch = reader.i32();
  skipTags(reader);
  return { leaderId, leaderEpoch };
}

function decodeAcquiredRecords(reader: ByteReader, _version: number): AcquiredRecords {
  const firstOffset = reader.i64();
  const lastOffset = reader.i64();
  const deliveryCount = reader.i16();
  skipTags(reader);
  return { firstOffset, lastOffset, deliveryCount };
}

function decodePartitionData(reader: ByteReader, version: number): PartitionData {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const acknowledgeErrorCode = reader.i16();
  const acknowledgeErrorMessage = readCompactNullableString(reader);
  const currentLeader = decodeLeaderIdAndEpoch(reader, version);
  const records = readCompactBytes(reader);
  const acquiredRecords: AcquiredRecords[] = [];
  const acquiredRecordsCount = readCompactCount(reader, 19);
  for (let left = acquiredRecordsCount; left > 0; left--) acquiredRecords.push(decodeAcquiredRecords(reader, version));
  skipTags(reader);
  return { partitionIndex, errorCode, errorMessage, acknowledgeErrorCode, acknowledgeErrorMessage, currentLeader, records, acquiredRecords };
}

function decodeShareFetchableTopicResponse(reader: ByteReader, version: number): ShareFetchableTopicResponse {
  const topicId = readUuid(reader);
  const partitions: PartitionData[] = [];
  const partitionsCount = readCompactCount(reader, 22);
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

export function decodeShareFetchResponse(reader: ByteReader, version: number): ShareFetchResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const acquisitionLockTimeoutMs = reader.i32();
  const responses: ShareFetchableTopicResponse[] = [];
  const responsesCount = readCompactCount(reader, 18);
  for (let left = responsesCount; left > 0; left--) responses.push(decodeShareFetchableTopicResponse(reader, version));
  const nodeEndpoints: NodeEndpoint[] = [];
  const nodeEndpointsCount = readCompactCount(reader, 11);
  for (let left = nodeEndpointsCount; left > 0; left--) nodeEndpoints.push(decodeNodeEndpoint(reader, version));
  skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, acquisitionLockTimeoutMs, responses, nodeEndpoints };
}
