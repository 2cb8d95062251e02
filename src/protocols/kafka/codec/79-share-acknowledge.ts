// Generated from src/protocols/kafka/schema/79-share-acknowledge.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readBool,
  readCompactCount,
  readCompactNullableString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeUuid,
} from './primitives.js';

export interface ShareAcknowledgeRequest {
  groupId: string | null;
  memberId: string | null;
  shareSessionEpoch: number;
  isRenewAck: boolean;
  topics: AcknowledgeTopic[];
}

export interface AcknowledgeTopic {
  topicId: string;
  partitions: AcknowledgePartition[];
}

export interface AcknowledgePartition {
  partitionIndex: number;
  acknowledgementBatches: AcknowledgementBatch[];
}

export interface AcknowledgementBatch {
  firstOffset: number;
  lastOffset: number;
  acknowledgeTypes: number[];
}

function decodeAcknowledgementBatch(reader: ByteReader, _version: number): AcknowledgementBatch {
  const firstOffset = reader.i64();
  const lastOffset = reader.i64();
  const acknowledgeTypes: number[] = [];
  const acknowledgeTypesCount = readCompactCount(reader, 1);
  for (let left = acknowledgeTypesCount; left > 0; left--) acknowledgeTypes.push(reader.i8());
  skipTags(reader);
  return { firstOffset, lastOffset, acknowledgeTypes };
}

function decodeAcknowledgePartition(reader: ByteReader, version: number): AcknowledgePartition {
  const partitionIndex = reader.i32();
  const acknowledgementBatches: AcknowledgementBatch[] = [];
  const acknowledgementBatchesCount = readCompactCount(reader, 18);
  for (let left = acknowledgementBatchesCount; left > 0; left--) acknowledgementBatches.push(decodeAcknowledgementBatch(reader, version));
  skipTags(reader);
  return { partitionIndex, acknowledgementBatches };
}

function decodeAcknowledgeTopic(reader: ByteReader, version: number): AcknowledgeTopic {
  const topicId = readUuid(reader);
  const partitions: AcknowledgePartition[] = [];
  const partitionsCount = readCompactCount(reader, 6);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeAcknowledgePartition(reader, version));
  skipTags(reader);
  return { topicId, partitions };
}

export function decodeShareAcknowledgeRequest(reader: ByteReader, version: number): ShareAcknowledgeRequest {
  const groupId = readCompactNullableString(reader);
  const memberId = readCompactNullableString(reader);
  const shareSessionEpoch = reader.i32();
  const isRenewAck = version >= 2 ? readBool(reader) : false;
  const topics: AcknowledgeTopic[] = [];
  const topicsCount = readCompactCount(reader, 18);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeAcknowledgeTopic(reader, version));
  skipTags(reader);
  return { groupId, memberId, shareSessionEpoch, isRenewAck, topics };
}

export interface ShareAcknowledgeResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  acquisitionLockTimeoutMs: number;
  responses: ShareAcknowledgeTopicResponse[];
  nodeEndpoints: NodeEndpoint[];
}

export interface NodeEndpoint {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export interface ShareAcknowledgeTopicResponse {
  topicId: string;
  partitions: PartitionData[];
}

export interface PartitionData {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  currentLeader: LeaderIdAndEpoch;
}

export interface LeaderIdAndEpoch {
  leaderId: number;
  leaderEpoch: number;
}

export function newLeaderIdAndEpoch(): LeaderIdAndEpoch {
  return { leaderId: 0, leaderEpoch: 0 };
}

function encodeLeaderIdAndEpoch(writer: ByteWriter, _version: number, value: LeaderIdAndEpoch): void {
  writer.i32(value.leaderId);
  writer.i32(value.leaderEpoch);
  writer.u8(0);
}

export function newPartitionData(): PartitionData {
  return { partitionIndex: 0, errorCode: 0, errorMessage: null, currentLeader: newLeaderIdAndEpoch() };
}

function encodePartitionData(writer: ByteWriter, version: number, value: PartitionData): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  encodeLeaderIdAndEpoch(writer, version, value.currentLeader);
  writer.u8(0);
}

export function newShareAcknowledgeTopicResponse(): ShareAcknowledgeTopicResponse {
  return { topicId: ZERO_UUID, partitions: [] };
}

function encodeShareAcknowledgeTopicResponse(writer: ByteWriter, version: number, value: ShareAcknowledgeTopicResponse): void {
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodePartitionData(writer, version, element);
  writer.u8(0);
}

export function newNodeEndpoint(): NodeEndpoint {
  return { nodeId: 0, host: '', port: 0, rack: null };
}

function encodeNodeEndpoint(writer: ByteWriter, _version: number, value: NodeEndpoint): void {
  writer.i32(value.nodeId);
  writeCompactString(writer, value.host);
  writer.i32(value.port);
  writeCompactNullableString(writer, value.rack);
  writer.u8(0);
}

export function newShareAcknowledgeResponse(): ShareAcknowledgeResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, acquisitionLockTimeoutMs: 0, responses: [], nodeEndpoints: [] };
}

export function encodeShareAcknowledgeResponse(writer: ByteWriter, version: number, value: ShareAcknowledgeResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  if (version >= 2) {
    writer.i32(value.acquisitionLockTimeoutMs);
  }
  writeCompactCount(writer, value.responses.length);
  for (const element of value.responses) encodeShareAcknowledgeTopicResponse(writer, version, element);
  writeCompactCount(writer, value.nodeEndpoints.length);
  for (const element of value.nodeEndpoints) encodeNodeEndpoint(writer, version, element);
  writer.u8(0);
}
