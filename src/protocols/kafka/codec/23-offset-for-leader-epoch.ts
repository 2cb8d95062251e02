// Generated from src/protocols/kafka/schema/23-offset-for-leader-epoch.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
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
} from './primitives.js';

export interface OffsetForLeaderEpochRequest {
  replicaId: number;
  topics: OffsetForLeaderTopic[];
}

export interface OffsetForLeaderTopic {
  topic: string;
  partitions: OffsetForLeaderPartition[];
}

export interface OffsetForLeaderPartition {
  partition: number;
  currentLeaderEpoch: number;
  leaderEpoch: number;
}

function decodeOffsetForLeaderPartition(reader: ByteReader, version: number): OffsetForLeaderPartition {
  const partition = reader.i32();
  const currentLeaderEpoch = reader.i32();
  const leaderEpoch = reader.i32();
  if (version >= 4) skipTags(reader);
  return { partition, currentLeaderEpoch, leaderEpoch };
}

function decodeOffsetForLeaderTopic(reader: ByteReader, version: number): OffsetForLeaderTopic {
  const topic = version >= 4 ? readCompactString(reader) : readString(reader);
  const partitions: OffsetForLeaderPartition[] = [];
  const partitionsCount = version >= 4 ? readCompactCount(reader, 13) : readCount(reader, 12);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeOffsetForLeaderPartition(reader, version));
  if (version >= 4) skipTags(reader);
  return { topic, partitions };
}

export function decodeOffsetForLeaderEpochRequest(reader: ByteReader, version: number): OffsetForLeaderEpochRequest {
  const replicaId = version >= 3 ? reader.i32() : -2;
  const topics: OffsetForLeaderTopic[] = [];
  const topicsCount = version >= 4 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetForLeaderTopic(reader, version));
  if (version >= 4) skipTags(reader);
  return { replicaId, topics };
}

export interface OffsetForLeaderEpochResponse {
  throttleTimeMs: number;
  topics: OffsetForLeaderTopicResult[];
}

export interface OffsetForLeaderTopicResult {
  topic: string;
  partitions: EpochEndOffset[];
}

export interface EpochEndOffset {
  errorCode: number;
  partition: number;
  leaderEpoch: number;
  endOffset: number;
}

export function newEpochEndOffset(): EpochEndOffset {
  return { errorCode: 0, partition: 0, leaderEpoch: -1, endOffset: -1 };
}

function encodeEpochEndOffset(writer: ByteWriter, version: number, value: EpochEndOffset): void {
  writer.i16(value.errorCode);
  writer.i32(value.partition);
  writer.i32(value.leaderEpoch);
  writer.i64(value.endOffset);
  if (version >= 4) writer.u8(0);
}

export function newOffsetForLeaderTopicResult(): OffsetForLeaderTopicResult {
  return { topic: '', partitions: [] };
}

function encodeOffsetForLeaderTopicResult(writer: ByteWriter, version: number, value: OffsetForLeaderTopicResult): void {
  if (version >= 4) {
    writeCompactString(writer, value.topic);
  } else {
    writeString(writer, value.topic);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeEpochEndOffset(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeEpochEndOffset(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}

export function newOffsetForLeaderEpochResponse(): OffsetForLeaderEpochResponse {
  return { throttleTimeMs: 0, topics: [] };
}

export function encodeOffsetForLeaderEpochResponse(writer: ByteWriter, version: number, value: OffsetForLeaderEpochResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 4) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeOffsetForLeaderTopicResult(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeOffsetForLeaderTopicResult(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}
