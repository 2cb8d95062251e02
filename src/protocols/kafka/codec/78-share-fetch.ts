// Generated from src/protocols/kafka/schema/78-share-fetch.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import type { PieceWriter } from '../../../lib/piece-writer.js';
import {
  EMPTY_BYTES,
  type Records,
  ZERO_UUID,
  readBool,
  readCompactCount,
  readCompactNullableString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactRecords,
  writeCompactString,
  writeUuid,
} from './primitives.js';

export interface ShareFetchRequest {
  groupId: string | null;
  memberId: string | null;
  shareSessionEpoch: number;
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  maxRecords: number;
  batchSize: number;
  shareAcquireMode: number;
  isRenewAck: boolean;
  topics: FetchTopic[];
  forgottenTopicsData: ForgottenTopic[];
}

export interface ForgottenTopic {
  topicId: string;
  partitions: number[];
}

export interface FetchTopic {
  topicId: string;
  partitions: FetchPartition[];
}

export interface FetchPartition {
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

function decodeFetchPartition(reader: ByteReader, version: number): FetchPartition {
  const partitionIndex = reader.i32();
  const acknowledgementBatches: AcknowledgementBatch[] = [];
  const acknowledgementBatchesCount = readCompactCount(reader, 18);
  for (let left = acknowledgementBatchesCount; left > 0; left--) acknowledgementBatches.push(decodeAcknowledgementBatch(reader, version));
  skipTags(reader);
  return { partitionIndex, acknowledgementBatches };
}

function decodeFetchTopic(reader: ByteReader, version: number): FetchTopic {
  const topicId = readUuid(reader);
  const partitions: FetchPartition[] = [];
  const partitionsCount = readCompactCount(reader, 6);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeFetchPartition(reader, version));
  skipTags(reader);
  return { topicId, partitions };
}

function decodeForgottenTopic(reader: ByteReader, _version: number): ForgottenTopic {
  const topicId = readUuid(reader);
  const partitions: number[] = [];
  const partitionsCount = readCompactCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  skipTags(reader);
  return { topicId, partitions };
}

export function decodeShareFetchRequest(reader: ByteReader, version: number): ShareFetchRequest {
  const groupId = readCompactNullableString(reader);
  const memberId = readCompactNullableString(reader);
  const shareSessionEpoch = reader.i32();
  const maxWaitMs = reader.i32();
  const minBytes = reader.i32();
  const maxBytes = reader.i32();
  const maxRecords = reader.i32();
  const batchSize = reader.i32();
  const shareAcquireMode = version >= 2 ? reader.i8() : 0;
  const isRenewAck = version >= 2 ? readBool(reader) : false;
  const topics: FetchTopic[] = [];
  const topicsCount = readCompactCount(reader, 18);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeFetchTopic(reader, version));
  const forgottenTopicsData: ForgottenTopic[] = [];
  const forgottenTopicsDataCount = readCompactCount(reader, 18);
  for (let left = forgottenTopicsDataCount; left > 0; left--) forgottenTopicsData.push(decodeForgottenTopic(reader, version));
  skipTags(reader);
  return { groupId, memberId, shareSessionEpoch, maxWaitMs, minBytes, maxBytes, maxRecords, batchSize, shareAcquireMode, isRenewAck, topics, forgottenTopicsData };
}

export interface ShareFetchResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  acquisitionLockTimeoutMs: number;
  responses: ShareFetchableTopicResponse[];
  nodeEndpoints: NodeEndpoint[];
}

export interface NodeEndpoint {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export interface ShareFetchableTopicResponse {
  topicId: string;
  partitions: PartitionData[];
}

export interface PartitionData {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  acknowledgeErrorCode: number;
  acknowledgeErrorMessage: string | null;
  currentLeader: LeaderIdAndEpoch;
  records: Records;
  acquiredRecords: AcquiredRecords[];
}

export interface AcquiredRecords {
  firstOffset: number;
  lastOffset: number;
  deliveryCount: number;
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

export function newAcquiredRecords(): AcquiredRecords {
  return { firstOffset: 0, lastOffset: 0, deliveryCount: 0 };
}

function encodeAcquiredRecords(writer: ByteWriter, _version: number, value: AcquiredRecords): void {
  writer.i64(value.firstOffset);
  writer.i64(value.lastOffset);
  writer.i16(value.deliveryCount);
  writer.u8(0);
}

export function newPartitionData(): PartitionData {
  return { partitionIndex: 0, errorCode: 0, errorMessage: null, acknowledgeErrorCode: 0, acknowledgeErrorMessage: null, currentLeader: newLeaderIdAndEpoch(), records: EMPTY_BYTES, acquiredRecords: [] };
}

function encodePartitionData(writer: PieceWriter, version: number, value: PartitionData): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.i16(value.acknowledgeErrorCode);
  writeCompactNullableString(writer, value.acknowledgeErrorMessage);
  encodeLeaderIdAndEpoch(writer, version, value.currentLeader);
  writeCompactRecords(writer, value.records);
  writeCompactCount(writer, value.acquiredRecords.length);
  for (const element of value.acquiredRecords) encodeAcquiredRecords(writer, version, element);
  writer.u8(0);
}

export function newShareFetchableTopicResponse(): ShareFetchableTopicResponse {
  return { topicId: ZERO_UUID, partitions: [] };
}

function encodeShareFetchableTopicResponse(writer: PieceWriter, version: number, value: ShareFetchableTopicResponse): void {
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

export function newShareFetchResponse(): ShareFetchResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, acquisitionLockTimeoutMs: 0, responses: [], nodeEndpoints: [] };
}

export function encodeShareFetchResponse(writer: PieceWriter, version: number, value: ShareFetchResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.i32(value.acquisitionLockTimeoutMs);
  writeCompactCount(writer, value.responses.length);
  for (const element of value.responses) encodeShareFetchableTopicResponse(writer, version, element);
  writeCompactCount(writer, value.nodeEndpoints.length);
  for (const element of value.nodeEndpoints) encodeNodeEndpoint(writer, version, element);
  writer.u8(0);
}
