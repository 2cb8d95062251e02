// Generated from src/protocols/kafka/schema/01-fetch.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import type { PieceWriter } from '../../../lib/piece-writer.js';
import {
  type Records,
  ZERO_UUID,
  closeReadTag,
  closeWriteTag,
  openReadTag,
  openWriteTag,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactRecords,
  writeCompactString,
  writeCount,
  writeRecords,
  writeString,
  writeUuid,
} from './primitives.js';

export interface FetchRequest {
  clusterId: string | null;
  replicaId: number;
  replicaState: Readonly<FetchReplicaState>;
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  isolationLevel: number;
  sessionId: number;
  sessionEpoch: number;
  topics: FetchRequestTopic[];
  forgottenTopicsData: FetchForgottenTopic[];
  rackId: string;
}

export interface FetchForgottenTopic {
  topic: string;
  topicId: string;
  partitions: number[];
}

export interface FetchRequestTopic {
  topic: string;
  topicId: string;
  partitions: FetchRequestPartition[];
}

export interface FetchRequestPartition {
  partition: number;
  currentLeaderEpoch: number;
  fetchOffset: number;
  lastFetchedEpoch: number;
  logStartOffset: number;
  partitionMaxBytes: number;
  replicaDirectoryId: string;
  highWatermark: number;
}

export interface FetchReplicaState {
  replicaId: number;
  replicaEpoch: number;
}

export function newFetchReplicaState(): FetchReplicaState {
  return { replicaId: -1, replicaEpoch: -1 };
}

/** Stands for an absent tagged field; shared, so never to be changed. */
export const NO_FETCH_REPLICA_STATE: Readonly<FetchReplicaState> = newFetchReplicaState();

function decodeFetchReplicaState(reader: ByteReader, _version: number): FetchReplicaState {
  const replicaId = reader.i32();
  const replicaEpoch = reader.i64();
  skipTags(reader);
  return { replicaId, replicaEpoch };
}

function decodeFetchRequestPartition(reader: ByteReader, version: number): FetchRequestPartition {
  const partition = reader.i32();
  const currentLeaderEpoch = version >= 9 ? reader.i32() : -1;
  const fetchOffset = reader.i64();
  const lastFetchedEpoch = version >= 12 ? reader.i32() : -1;
  const logStartOffset = version >= 5 ? reader.i64() : -1;
  const partitionMaxBytes = reader.i32();
  let replicaDirectoryId: string = ZERO_UUID;
  let highWatermark: number = 9223372036854776000;
  for (let left = version >= 12 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        if (version >= 17) {
          replicaDirectoryId = readUuid(reader);
        } else {
          reader.position = reader.end;
        }
        break;
      }
      case 1: {
        if (version >= 18) {
          highWatermark = reader.i64();
        } else {
          reader.position = reader.end;
        }
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, logStartOffset, partitionMaxBytes, replicaDirectoryId, highWatermark };
}

function decodeFetchRequestTopic(reader: ByteReader, version: number): FetchRequestTopic {
  const topic = version >= 13 ? '' : version >= 12 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? readUuid(reader) : ZERO_UUID;
  const partitions: FetchRequestPartition[] = [];
  const partitionsCount = version >= 12 ? readCompactCount(reader, 33) : readCount(reader, 16);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeFetchRequestPartition(reader, version));
  if (version >= 12) skipTags(reader);
  return { topic, topicId, partitions };
}

function decodeFetchForgottenTopic(reader: ByteReader, version: number): FetchForgottenTopic {
  const topic = version >= 13 ? '' : version >= 12 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? readUuid(reader) : ZERO_UUID;
  const partitions: number[] = [];
  const partitionsCount = version >= 12 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  if (version >= 12) skipTags(reader);
  return { topic, topicId, partitions };
}

export function decodeFetchRequest(reader: ByteReader, version: number): FetchRequest {
  const replicaId = version >= 15 ? -1 : reader.i32();
  const maxWaitMs = reader.i32();
  const minBytes = reader.i32();
  const maxBytes = reader.i32();
  const isolationLevel = reader.i8();
  const sessionId = version >= 7 ? reader.i32() : 0;
  const sessionEpoch = version >= 7 ? reader.i32() : -1;
  const topics: FetchRequestTopic[] = [];
  const topicsCount = version >= 12 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeFetchRequestTopic(reader, version));
  const forgottenTopicsData: FetchForgottenTopic[] = [];
  const forgottenTopicsDataCount = version >= 12 ? readCompactCount(reader, 3) : version >= 7 ? readCount(reader, 6) : 0;
  for (let left = forgottenTopicsDataCount; left > 0; left--) forgottenTopicsData.push(decodeFetchForgottenTopic(reader, version));
  const rackId = version >= 12 ? readCompactString(reader) : version >= 11 ? readString(reader) : '';
  let clusterId: string | null = null;
  let replicaState: Readonly<FetchReplicaState> = NO_FETCH_REPLICA_STATE;
  for (let left = version >= 12 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        clusterId = readCompactNullableString(reader);
        break;
      }
      case 1: {
        if (version >= 15) {
          replicaState = decodeFetchReplicaState(reader, version);
        } else {
          reader.position = reader.end;
        }
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { clusterId, replicaId, replicaState, maxWaitMs, minBytes, maxBytes, isolationLevel, sessionId, sessionEpoch, topics, forgottenTopicsData, rackId };
}

export interface FetchResponse {
  throttleTimeMs: number;
  errorCode: number;
  sessionId: number;
  responses: FetchResponseTopic[];
  nodeEndpoints: FetchNodeEndpoint[];
}

export interface FetchNodeEndpoint {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export interface FetchResponseTopic {
  topic: string;
  topicId: string;
  partitions: FetchResponsePartition[];
}

export interface FetchResponsePartition {
  partitionIndex: number;
  errorCode: number;
  highWatermark: number;
  lastStableOffset: number;
  logStartOffset: number;
  divergingEpoch: Readonly<FetchEpochEndOffset>;
  currentLeader: Readonly<FetchCurrentLeader>;
  snapshotId: Readonly<FetchSnapshotId>;
  abortedTransactions: FetchAbortedTransaction[] | null;
  preferredReadReplica: number;
  records: Records | null;
}

export interface FetchAbortedTransaction {
  producerId: number;
  firstOffset: number;
}

export interface FetchSnapshotId {
  endOffset: number;
  epoch: number;
}

export interface FetchCurrentLeader {
  leaderId: number;
  leaderEpoch: number;
}

export interface FetchEpochEndOffset {
  epoch: number;
  endOffset: number;
}

export function newFetchEpochEndOffset(): FetchEpochEndOffset {
  return { epoch: -1, endOffset: -1 };
}

/** Stands for an absent tagged field; shared, so never to be changed. */
export const NO_FETCH_EPOCH_END_OFFSET: Readonly<FetchEpochEndOffset> = newFetchEpochEndOffset();

function encodeFetchEpochEndOffset(writer: ByteWriter, _version: number, value: FetchEpochEndOffset): void {
  writer.i32(value.epoch);
  writer.i64(value.endOffset);
  writer.u8(0);
}

export function newFetchCurrentLeader(): FetchCurrentLeader {
  return { leaderId: -1, leaderEpoch: -1 };
}

/** Stands for an absent tagged field; shared, so never to be changed. */
export const NO_FETCH_CURRENT_LEADER: Readonly<FetchCurrentLeader> = newFetchCurrentLeader();

function encodeFetchCurrentLeader(writer: ByteWriter, _version: number, value: FetchCurrentLeader): void {
  writer.i32(value.leaderId);
  writer.i32(value.leaderEpoch);
  writer.u8(0);
}

export function newFetchSnapshotId(): FetchSnapshotId {
  return { endOffset: -1, epoch: -1 };
}

/** Stands for an absent tagged field; shared, so never to be changed. */
export const NO_FETCH_SNAPSHOT_ID: Readonly<FetchSnapshotId> = newFetchSnapshotId();

function encodeFetchSnapshotId(writer: ByteWriter, _version: number, value: FetchSnapshotId): void {
  writer.i64(value.endOffset);
  writer.i32(value.epoch);
  writer.u8(0);
}

export function newFetchAbortedTransaction(): FetchAbortedTransaction {
  return { producerId: 0, firstOffset: 0 };
}

function encodeFetchAbortedTransaction(writer: ByteWriter, version: number, value: FetchAbortedTransaction): void {
  writer.i64(value.producerId);
  writer.i64(value.firstOffset);
  if (version >= 12) writer.u8(0);
}

export function newFetchResponsePartition(): FetchResponsePartition {
  return { partitionIndex: 0, errorCode: 0, highWatermark: 0, lastStableOffset: -1, logStartOffset: -1, divergingEpoch: NO_FETCH_EPOCH_END_OFFSET, currentLeader: NO_FETCH_CURRENT_LEADER, snapshotId: NO_FETCH_SNAPSHOT_ID, abortedTransactions: [], preferredReadReplica: -1, records: null };
}

function encodeFetchResponsePartition(writer: PieceWriter, version: number, value: FetchResponsePartition): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  writer.i64(value.highWatermark);
  writer.i64(value.lastStableOffset);
  if (version >= 5) {
    writer.i64(value.logStartOffset);
  }
  if (version >= 12) {
    if (value.abortedTransactions === null) writeCompactCount(writer, -1);
    else {
      writeCompactCount(writer, value.abortedTransactions.length);
      for (const element of value.abortedTransactions) encodeFetchAbortedTransaction(writer, version, element);
    }
  } else {
    if (value.abortedTransactions === null) writeCount(writer, -1);
    else {
      writeCount(writer, value.abortedTransactions.length);
      for (const element of value.abortedTransactions) encodeFetchAbortedTransaction(writer, version, element);
    }
  }
  if (version >= 11) {
    writer.i32(value.preferredReadReplica);
  }
  if (version >= 12) {
    writeCompactRecords(writer, value.records);
  } else {
    writeRecords(writer, value.records);
  }
  if (version >= 12) {
    const has_divergingEpoch = value.divergingEpoch !== NO_FETCH_EPOCH_END_OFFSET && (value.divergingEpoch.epoch !== -1 || value.divergingEpoch.endOffset !== -1);
    const has_currentLeader = value.currentLeader !== NO_FETCH_CURRENT_LEADER && (value.currentLeader.leaderId !== -1 || value.currentLeader.leaderEpoch !== -1);
    const has_snapshotId = value.snapshotId !== NO_FETCH_SNAPSHOT_ID && (value.snapshotId.endOffset !== -1 || value.snapshotId.epoch !== -1);
    writer.u8((has_divergingEpoch ? 1 : 0) + (has_currentLeader ? 1 : 0) + (has_snapshotId ? 1 : 0));
    if (has_divergingEpoch) {
      const at = openWriteTag(writer, 0);
      encodeFetchEpochEndOffset(writer, version, value.divergingEpoch);
      closeWriteTag(writer, at);
    }
    if (has_currentLeader) {
      const at = openWriteTag(writer, 1);
      encodeFetchCurrentLeader(writer, version, value.currentLeader);
      closeWriteTag(writer, at);
    }
    if (has_snapshotId) {
      const at = openWriteTag(writer, 2);
      encodeFetchSnapshotId(writer, version, value.snapshotId);
      closeWriteTag(writer, at);
    }
  }
}

export function newFetchResponseTopic(): FetchResponseTopic {
  return { topic: '', topicId: ZERO_UUID, partitions: [] };
}

function encodeFetchResponseTopic(writer: PieceWriter, version: number, value: FetchResponseTopic): void {
  if (version < 13) {
    if (version >= 12) {
      writeCompactString(writer, value.topic);
    } else {
      writeString(writer, value.topic);
    }
  }
  if (version >= 13) {
    writeUuid(writer, value.topicId);
  }
  if (version >= 12) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeFetchResponsePartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeFetchResponsePartition(writer, version, element);
  }
  if (version >= 12) writer.u8(0);
}

export function newFetchNodeEndpoint(): FetchNodeEndpoint {
  return { nodeId: 0, host: '', port: 0, rack: null };
}

function encodeFetchNodeEndpoint(writer: ByteWriter, _version: number, value: FetchNodeEndpoint): void {
  writer.i32(value.nodeId);
  writeCompactString(writer, value.host);
  writer.i32(value.port);
  writeCompactNullableString(writer, value.rack);
  writer.u8(0);
}

export function newFetchResponse(): FetchResponse {
  return { throttleTimeMs: 0, errorCode: 0, sessionId: 0, responses: [], nodeEndpoints: [] };
}

export function encodeFetchResponse(writer: PieceWriter, version: number, value: FetchResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 7) {
    writer.i16(value.errorCode);
  }
  if (version >= 7) {
    writer.i32(value.sessionId);
  }
  if (version >= 12) {
    writeCompactCount(writer, value.responses.length);
    for (const element of value.responses) encodeFetchResponseTopic(writer, version, element);
  } else {
    writeCount(writer, value.responses.length);
    for (const element of value.responses) encodeFetchResponseTopic(writer, version, element);
  }
  if (version >= 12) {
    const has_nodeEndpoints = version >= 16 && value.nodeEndpoints.length > 0;
    writer.u8((has_nodeEndpoints ? 1 : 0));
    if (has_nodeEndpoints) {
      const at = openWriteTag(writer, 0);
      writeCompactCount(writer, value.nodeEndpoints.length);
      for (const element of value.nodeEndpoints) encodeFetchNodeEndpoint(writer, version, element);
      closeWriteTag(writer, at);
    }
  }
}
