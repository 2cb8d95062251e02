// Generated from src/protocols/kafka/schema/28-txn-offset-commit.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  readCount,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type TxnOffsetCommitRequestPartition,
  type TxnOffsetCommitRequestTopic,
  type TxnOffsetCommitRequest,
  type TxnOffsetCommitResponsePartition,
  type TxnOffsetCommitResponseTopic,
  type TxnOffsetCommitResponse,
} from '../../../src/protocols/kafka/codec/28-txn-offset-commit.js';

function encodeTxnOffsetCommitRequestPartition(writer: ByteWriter, version: number, value: TxnOffsetCommitRequestPartition): void {
  writer.i32(value.partitionIndex);
  writer.i64(value.committedOffset);
  if (version >= 2) {
    writer.i32(value.committedLeaderEpoch);
  }
  if (version >= 3) {
    writeCompactNullableString(writer, value.committedMetadata);
  } else {
    writeNullableString(writer, value.committedMetadata);
  }
  if (version >= 3) writer.u8(0);
}

export function newTxnOffsetCommitRequestPartition(): TxnOffsetCommitRequestPartition {
  return { partitionIndex: 0, committedOffset: 0, committedLeaderEpoch: -1, committedMetadata: '' };
}

function encodeTxnOffsetCommitRequestTopic(writer: ByteWriter, version: number, value: TxnOffsetCommitRequestTopic): void {
  if (version >= 3) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 3) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeTxnOffsetCommitRequestPartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeTxnOffsetCommitRequestPartition(writer, version, element);
  }
  if (version >= 3) writer.u8(0);
}

export function newTxnOffsetCommitRequestTopic(): TxnOffsetCommitRequestTopic {
  return { name: '', partitions: [] };
}

export function encodeTxnOffsetCommitRequest(writer: ByteWriter, version: number, value: TxnOffsetCommitRequest): void {
  if (version >= 3) {
    writeCompactString(writer, value.transactionalId);
  } else {
    writeString(writer, value.transactionalId);
  }
  if (version >= 3) {
    writeCompactString(writer, value.groupId);
  } else {
    writeString(writer, value.groupId);
  }
  writer.i64(value.producerId);
  writer.i16(value.producerEpoch);
  if (version >= 3) {
    writer.i32(value.generationId);
  }
  if (version >= 3) {
    writeCompactString(writer, value.memberId);
  }
  if (version >= 3) {
    writeCompactNullableString(writer, value.groupInstanceId);
  }
  if (version >= 3) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeTxnOffsetCommitRequestTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeTxnOffsetCommitRequestTopic(writer, version, element);
  }
  if (version >= 3) writer.u8(0);
}

export function newTxnOffsetCommitRequest(): TxnOffsetCommitRequest {
  return { transactionalId: '', groupId: '', producerId: 0, producerEpoch: 0, generationId: -1, memberId: '', groupInstanceId: null, topics: [] };
}

function decodeTxnOffsetCommitResponsePartition(reader: ByteReader, version: number): TxnOffsetCommitResponsePartition {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  if (version >= 3) skipTags(reader);
  return { partitionIndex, errorCode };
}

function decodeTxnOffsetCommitResponseTopic(reader: ByteReader, version: number): TxnOffsetCommitResponseTopic {
  const name = version >= 3 ? readCompactString(reader) : readString(reader);
  const partitions: TxnOffsetCommitResponsePartition[] = [];
  const partitionsCount = version >= 3 ? readCompactCount(reader, 7) : readCount(reader, 6);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeTxnOffsetCommitResponsePartition(reader, version));
  if (version >= 3) skipTags(reader);
  return { name, partitions };
}

export function decodeTxnOffsetCommitResponse(reader: ByteReader, version: number): TxnOffsetCommitResponse {
  const throttleTimeMs = reader.i32();
  const topics: TxnOffsetCommitResponseTopic[] = [];
  const topicsCount = version >= 3 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeTxnOffsetCommitResponseTopic(reader, version));
  if (version >= 3) skipTags(reader);
  return { throttleTimeMs, topics };
}
