// Generated from src/protocols/kafka/schema/23-offset-for-leader-epoch.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  readCount,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type OffsetForLeaderPartition,
  type OffsetForLeaderTopic,
  type OffsetForLeaderEpochRequest,
  type EpochEndOffset,
  type OffsetForLeaderTopicResult,
  type OffsetForLeaderEpochResponse,
} from '../../../src/protocols/kafka/codec/23-offset-for-leader-epoch.js';

function encodeOffsetForLeaderPartition(writer: ByteWriter, version: number, value: OffsetForLeaderPartition): void {
  writer.i32(value.partition);
  writer.i32(value.currentLeaderEpoch);
  writer.i32(value.leaderEpoch);
  if (version >= 4) writer.u8(0);
}

export function newOffsetForLeaderPartition(): OffsetForLeaderPartition {
  return { partition: 0, currentLeaderEpoch: -1, leaderEpoch: 0 };
}

function encodeOffsetForLeaderTopic(writer: ByteWriter, version: number, value: OffsetForLeaderTopic): void {
  if (version >= 4) {
    writeCompactString(writer, value.topic);
  } else {
    writeString(writer, value.topic);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeOffsetForLeaderPartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeOffsetForLeaderPartition(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}

export function newOffsetForLeaderTopic(): OffsetForLeaderTopic {
  return { topic: '', partitions: [] };
}

export function encodeOffsetForLeaderEpochRequest(writer: ByteWriter, version: number, value: OffsetForLeaderEpochRequest): void {
  if (version >= 3) {
    writer.i32(value.replicaId);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeOffsetForLeaderTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeOffsetForLeaderTopic(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}

export function newOffsetForLeaderEpochRequest(): OffsetForLeaderEpochRequest {
  return { replicaId: -2, topics: [] };
}

function decodeEpochEndOffset(reader: ByteReader, version: number): EpochEndOffset {
  const errorCode = reader.i16();
  const partition = reader.i32();
  const leaderEpoch = reader.i32();
  const endOffset = reader.i64();
  if (version >= 4) skipTags(reader);
  return { errorCode, partition, leaderEpoch, endOffset };
}

function decodeOffsetForLeaderTopicResult(reader: ByteReader, version: number): OffsetForLeaderTopicResult {
  const topic = version >= 4 ? readCompactString(reader) : readString(reader);
  const partitions: EpochEndOffset[] = [];
  const partitionsCount = version >= 4 ? readCompactCount(reader, 19) : readCount(reader, 18);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeEpochEndOffset(reader, version));
  if (version >= 4) skipTags(reader);
  return { topic, partitions };
}

export function decodeOffsetForLeaderEpochResponse(reader: ByteReader, version: number): OffsetForLeaderEpochResponse {
  const throttleTimeMs = reader.i32();
  const topics: OffsetForLeaderTopicResult[] = [];
  const topicsCount = version >= 4 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetForLeaderTopicResult(reader, version));
  if (version >= 4) skipTags(reader);
  return { throttleTimeMs, topics };
}
