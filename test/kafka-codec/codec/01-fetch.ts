// Generated from src/protocols/kafka/schema/01-fetch.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  closeReadTag,
  closeWriteTag,
  openReadTag,
  openWriteTag,
  readCompactCount,
  readCompactNullableBytes,
  readCompactNullableCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableBytes,
  readNullableCount,
  readString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeString,
  writeUuid,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type FetchReplicaState,
  type FetchRequestPartition,
  type FetchRequestTopic,
  type FetchForgottenTopic,
  type FetchRequest,
  type FetchEpochEndOffset,
  type FetchCurrentLeader,
  type FetchSnapshotId,
  type FetchAbortedTransaction,
  type FetchResponsePartition,
  type FetchResponseTopic,
  type FetchNodeEndpoint,
  type FetchResponse,
  NO_FETCH_REPLICA_STATE,
  NO_FETCH_EPOCH_END_OFFSET,
  NO_FETCH_CURRENT_LEADER,
  NO_FETCH_SNAPSHOT_ID,
} from '../../../src/protocols/kafka/codec/01-fetch.js';

function encodeFetchReplicaState(writer: ByteWriter, _version: number, value: FetchReplicaState): void {
  writer.i32(value.replicaId);
  writer.i64(value.replicaEpoch);
  writer.u8(0);
}

function encodeFetchRequestPartition(writer: ByteWriter, version: number, value: FetchRequestPartition): void {
  writer.i32(value.partition);
  if (version >= 9) {
    writer.i32(value.currentLeaderEpoch);
  }
  writer.i64(value.fetchOffset);
  if (version >= 12) {
    writer.i32(value.lastFetchedEpoch);
  }
  if (version >= 5) {
    writer.i64(value.logStartOffset);
  }
  writer.i32(value.partitionMaxBytes);
  if (version >= 12) {
    const has_replicaDirectoryId = version >= 17 && value.replicaDirectoryId !== ZERO_UUID;
    const has_highWatermark = version >= 18 && value.highWatermark !== 9223372036854776000;
    writer.u8((has_replicaDirectoryId ? 1 : 0) + (has_highWatermark ? 1 : 0));
    if (has_replicaDirectoryId) {
      const at = openWriteTag(writer, 0);
      writeUuid(writer, value.replicaDirectoryId);
      closeWriteTag(writer, at);
    }
    if (has_highWatermark) {
      const at = openWriteTag(writer, 1);
      writer.i64(value.highWatermark);
      closeWriteTag(writer, at);
    }
  }
}

export function newFetchRequestPartition(): FetchRequestPartition {
  return { partition: 0, currentLeaderEpoch: -1, fetchOffset: 0, lastFetchedEpoch: -1, logStartOffset: -1, partitionMaxBytes: 0, replicaDirectoryId: ZERO_UUID, highWatermark: 9223372036854776000 };
}

function encodeFetchRequestTopic(writer: ByteWriter, version: number, value: FetchRequestTopic): void {
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
    for (const element of value.partitions) encodeFetchRequestPartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeFetchRequestPartition(writer, version, element);
  }
  if (version >= 12) writer.u8(0);
}

export function newFetchRequestTopic(): FetchRequestTopic {
  return { topic: '', topicId: ZERO_UUID, partitions: [] };
}

function encodeFetchForgottenTopic(writer: ByteWriter, version: number, value: FetchForgottenTopic): void {
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
    for (const element of value.partitions) writer.i32(element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) writer.i32(element);
  }
  if (version >= 12) writer.u8(0);
}

export function newFetchForgottenTopic(): FetchForgottenTopic {
  return { topic: '', topicId: ZERO_UUID, partitions: [] };
}

export function encodeFetchRequest(writer: ByteWriter, version: number, value: FetchRequest): void {
  if (version < 15) {
    writer.i32(value.replicaId);
  }
  writer.i32(value.maxWaitMs);
  writer.i32(value.minBytes);
  writer.i32(value.maxBytes);
  writer.i8(value.isolationLevel);
  if (version >= 7) {
    writer.i32(value.sessionId);
  }
  if (version >= 7) {
    writer.i32(value.sessionEpoch);
  }
  if (version >= 12) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeFetchRequestTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeFetchRequestTopic(writer, version, element);
  }
  if (version >= 12) {
    writeCompactCount(writer, value.forgottenTopicsData.length);
    for (const element of value.forgottenTopicsData) encodeFetchForgottenTopic(writer, version, element);
  } else if (version >= 7) {
    writeCount(writer, value.forgottenTopicsData.length);
    for (const element of value.forgottenTopicsData) encodeFetchForgottenTopic(writer, version, element);
  }
  if (version >= 12) {
    writeCompactString(writer, value.rackId);
  } else if (version >= 11) {
    writeString(writer, value.rackId);
  }
  if (version >= 12) {
    const has_clusterId = value.clusterId !== null;
    const has_replicaState = version >= 15 && value.replicaState !== NO_FETCH_REPLICA_STATE && (value.replicaState.replicaId !== -1 || value.replicaState.replicaEpoch !== -1);
    writer.u8((has_clusterId ? 1 : 0) + (has_replicaState ? 1 : 0));
    if (has_clusterId) {
      const at = openWriteTag(writer, 0);
      writeCompactNullableString(writer, value.clusterId);
      closeWriteTag(writer, at);
    }
    if (has_replicaState) {
      const at = openWriteTag(writer, 1);
      encodeFetchReplicaState(writer, version, value.replicaState);
      closeWriteTag(writer, at);
    }
  }
}

export function newFetchRequest(): FetchRequest {
  return { clusterId: null, replicaId: -1, replicaState: NO_FETCH_REPLICA_STATE, maxWaitMs: 0, minBytes: 0, maxBytes: 2147483647, isolationLevel: 0, sessionId: 0, sessionEpoch: -1, topics: [], forgottenTopicsData: [], rackId: '' };
}

function decodeFetchEpochEndOffset(reader: ByteReader, _version: number): FetchEpochEndOffset {
  const epoch = reader.i32();
  const endOffset = reader.i64();
  skipTags(reader);
  return { epoch, endOffset };
}

function decodeFetchCurrentLeader(reader: ByteReader, _version: number): FetchCurrentLeader {
  const leaderId = reader.i32();
  const leaderEpoch = reader.i32();
  skipTags(reader);
  return { leaderId, leaderEpoch };
}

function decodeFetchSnapshotId(reader: ByteReader, _version: number): FetchSnapshotId {
  const endOffset = reader.i64();
  const epoch = reader.i32();
  skipTags(reader);
  return { endOffset, epoch };
}

function decodeFetchAbortedTransaction(reader: ByteReader, version: number): FetchAbortedTransaction {
  const producerId = reader.i64();
  const firstOffset = reader.i64();
  if (version >= 12) skipTags(reader);
  return { producerId, firstOffset };
}

function decodeFetchResponsePartition(reader: ByteReader, version: number): FetchResponsePartition {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  const highWatermark = reader.i64();
  const lastStableOffset = reader.i64();
  const logStartOffset = version >= 5 ? reader.i64() : -1;
  let abortedTransactions: FetchAbortedTransaction[] | null = [];
  const abortedTransactionsCount = version >= 12 ? readCompactNullableCount(reader, 17) : readNullableCount(reader, 16);
  for (let left = abortedTransactionsCount; left > 0; left--) abortedTransactions.push(decodeFetchAbortedTransaction(reader, version));
  if (abortedTransactionsCount < 0) abortedTransactions = null;
  const preferredReadReplica = version >= 11 ? reader.i32() : -1;
  const records = version >= 12 ? readCompactNullableBytes(reader) : readNullableBytes(reader);
  let divergingEpoch: Readonly<FetchEpochEndOffset> = NO_FETCH_EPOCH_END_OFFSET;
  let currentLeader: Readonly<FetchCurrentLeader> = NO_FETCH_CURRENT_LEADER;
  let snapshotId: Readonly<FetchSnapshotId> = NO_FETCH_SNAPSHOT_ID;
  for (let left = version >= 12 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        divergingEpoch = decodeFetchEpochEndOffset(reader, version);
        break;
      }
      case 1: {
        currentLeader = decodeFetchCurrentLeader(reader, version);
        break;
      }
      case 2: {
        snapshotId = decodeFetchSnapshotId(reader, version);
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { partitionIndex, errorCode, highWatermark, lastStableOffset, logStartOffset, divergingEpoch, currentLeader, snapshotId, abortedTransactions, preferredReadReplica, records };
}

function decodeFetchResponseTopic(reader: ByteReader, version: number): FetchResponseTopic {
  const topic = version >= 13 ? '' : version >= 12 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? readUuid(reader) : ZERO_UUID;
  const partitions: FetchResponsePartition[] = [];
  const partitionsCount = version >= 12 ? readCompactCount(reader, 37) : readCount(reader, 30);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeFetchResponsePartition(reader, version));
  if (version >= 12) skipTags(reader);
  return { topic, topicId, partitions };
}

function decodeFetchNodeEndpoint(reader: ByteReader, _version: number): FetchNodeEndpoint {
  const nodeId = reader.i32();
  const host = readCompactString(reader);
  const port = reader.i32();
  const rack = readCompactNullableString(reader);
  skipTags(reader);
  return { nodeId, host, port, rack };
}

export function decodeFetchResponse(reader: ByteReader, version: number): FetchResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = version >= 7 ? reader.i16() : 0;
  const sessionId = version >= 7 ? reader.i32() : 0;
  const responses: FetchResponseTopic[] = [];
  const responsesCount = version >= 12 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = responsesCount; left > 0; left--) responses.push(decodeFetchResponseTopic(reader, version));
  let nodeEndpoints: FetchNodeEndpoint[] = [];
  for (let left = version >= 12 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        if (version >= 16) {
          nodeEndpoints = [];
          const nodeEndpointsCount = readCompactCount(reader, 11);
          for (let left = nodeEndpointsCount; left > 0; left--) nodeEndpoints.push(decodeFetchNodeEndpoint(reader, version));
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
  return { throttleTimeMs, errorCode, sessionId, responses, nodeEndpoints };
}
