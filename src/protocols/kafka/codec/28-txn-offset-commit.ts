// Generated from src/protocols/kafka/schema/28-txn-offset-commit.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from './primitives.js';

export interface TxnOffsetCommitRequest {
  transactionalId: string;
  groupId: string;
  producerId: number;
  producerEpoch: number;
  generationId: number;
  memberId: string;
  groupInstanceId: string | null;
  topics: TxnOffsetCommitRequestTopic[];
}

export interface TxnOffsetCommitRequestTopic {
  name: string;
  partitions: TxnOffsetCommitRequestPartition[];
}

export interface TxnOffsetCommitRequestPartition {
  partitionIndex: number;
  committedOffset: number;
  committedLeaderEpoch: number;
  committedMetadata: string | null;
}

function decodeTxnOffsetCommitRequestPartition(reader: ByteReader, version: number): TxnOffsetCommitRequestPartition {
  const partitionIndex = reader.i32();
  const committedOffset = reader.i64();
  const committedLeaderEpoch = version >= 2 ? reader.i32() : -1;
  const committedMetadata = version >= 3 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 3) skipTags(reader);
  return { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata };
}

function decodeTxnOffsetCommitRequestTopic(reader: ByteReader, version: number): TxnOffsetCommitRequestTopic {
  const name = version >= 3 ? readCompactString(reader) : readString(reader);
  const partitions: TxnOffsetCommitRequestPartition[] = [];
  const partitionsCount = version >= 3 ? readCompactCount(reader, 18) : readCount(reader, 14);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeTxnOffsetCommitRequestPartition(reader, version));
  if (version >= 3) skipTags(reader);
  return { name, partitions };
}

export function decodeTxnOffsetCommitRequest(reader: ByteReader, version: number): TxnOffsetCommitRequest {
  const transactionalId = version >= 3 ? readCompactString(reader) : readString(reader);
  const groupId = version >= 3 ? readCompactString(reader) : readString(reader);
  const producerId = reader.i64();
  const producerEpoch = reader.i16();
  const generationId = version >= 3 ? reader.i32() : -1;
  const memberId = version >= 3 ? readCompactString(reader) : '';
  const groupInstanceId = version >= 3 ? readCompactNullableString(reader) : null;
  const topics: TxnOffsetCommitRequestTopic[] = [];
  const topicsCount = version >= 3 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeTxnOffsetCommitRequestTopic(reader, version));
  if (version >= 3) skipTags(reader);
  return { transactionalId, groupId, producerId, producerEpoch, generationId, memberId, groupInstanceId, topics };
}

export interface TxnOffsetCommitResponse {
  throttleTimeMs: number;
  topics: TxnOffsetCommitResponseTopic[];
}

export interface TxnOffsetCommitResponseTopic {
  name: string;
  partitions: TxnOffsetCommitResponsePartition[];
}

export interface TxnOffsetCommitResponsePartition {
  partitionIndex: number;
  errorCode: number;
}

export function newTxnOffsetCommitResponsePartition(): TxnOffsetCommitResponsePartition {
  return { partitionIndex: 0, errorCode: 0 };
}

function encodeTxnOffsetCommitResponsePartition(writer: ByteWriter, version: number, value: TxnOffsetCommitResponsePartition): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  if (version >= 3) writer.u8(0);
}

export function newTxnOffsetCommitResponseTopic(): TxnOffsetCommitResponseTopic {
  return { name: '', partitions: [] };
}

function encodeTxnOffsetCommitResponseTopic(writer: ByteWriter, version: number, value: TxnOffsetCommitResponseTopic): void {
  if (version >= 3) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 3) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeTxnOffsetCommitResponsePartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeTxnOffsetCommitResponsePartition(writer, version, element);
  }
  if (version >= 3) writer.u8(0);
}

export function newTxnOffsetCommitResponse(): TxnOffsetCommitResponse {
  return { throttleTimeMs: 0, topics: [] };
}

export function encodeTxnOffsetCommitResponse(writer: ByteWriter, version: number, value: TxnOffsetCommitResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 3) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeTxnOffsetCommitResponseTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeTxnOffsetCommitResponseTopic(writer, version, element);
  }
  if (version >= 3) writer.u8(0);
}
