// Generated from src/protocols/kafka/schema/02-list-offsets.ts by scripts/generate-codec.ts. Do not edit.

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

export interface ListOffsetsRequest {
  replicaId: number;
  isolationLevel: number;
  topics: ListOffsetsRequestTopic[];
  timeoutMs: number;
}

export interface ListOffsetsRequestTopic {
  name: string;
  partitions: ListOffsetsRequestPartition[];
}

export interface ListOffsetsRequestPartition {
  partitionIndex: number;
  currentLeaderEpoch: number;
  timestamp: number;
  maxNumOffsets: number;
}

function decodeListOffsetsRequestPartition(reader: ByteReader, version: number): ListOffsetsRequestPartition {
  const partitionIndex = reader.i32();
  const currentLeaderEpoch = version >= 4 ? reader.i32() : -1;
  const timestamp = reader.i64();
  const maxNumOffsets = version >= 1 ? 1 : reader.i32();
  if (version >= 6) skipTags(reader);
  return { partitionIndex, currentLeaderEpoch, timestamp, maxNumOffsets };
}

function decodeListOffsetsRequestTopic(reader: ByteReader, version: number): ListOffsetsRequestTopic {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitions: ListOffsetsRequestPartition[] = [];
  const partitionsCount = version >= 6 ? readCompactCount(reader, 17) : readCount(reader, 12);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeListOffsetsRequestPartition(reader, version));
  if (version >= 6) skipTags(reader);
  return { name, partitions };
}

export function decodeListOffsetsRequest(reader: ByteReader, version: number): ListOffsetsRequest {
  const replicaId = reader.i32();
  const isolationLevel = version >= 2 ? reader.i8() : 0;
  const topics: ListOffsetsRequestTopic[] = [];
  const topicsCount = version >= 6 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeListOffsetsRequestTopic(reader, version));
  const timeoutMs = version >= 10 ? reader.i32() : 0;
  if (version >= 6) skipTags(reader);
  return { replicaId, isolationLevel, topics, timeoutMs };
}

export interface ListOffsetsResponse {
  throttleTimeMs: number;
  topics: ListOffsetsResponseTopic[];
}

export interface ListOffsetsResponseTopic {
  name: string;
  partitions: ListOffsetsResponsePartition[];
}

export interface ListOffsetsResponsePartition {
  partitionIndex: number;
  errorCode: number;
  oldStyleOffsets: number[];
  timestamp: number;
  offset: number;
  leaderEpoch: number;
}

export function newListOffsetsResponsePartition(): ListOffsetsResponsePartition {
  return { partitionIndex: 0, errorCode: 0, oldStyleOffsets: [], timestamp: -1, offset: -1, leaderEpoch: -1 };
}

function encodeListOffsetsResponsePartition(writer: ByteWriter, version: number, value: ListOffsetsResponsePartition): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  if (version < 1) {
    writeCount(writer, value.oldStyleOffsets.length);
    for (const element of value.oldStyleOffsets) writer.i64(element);
  }
  if (version >= 1) {
    writer.i64(value.timestamp);
  }
  if (version >= 1) {
    writer.i64(value.offset);
  }
  if (version >= 4) {
    writer.i32(value.leaderEpoch);
  }
  if (version >= 6) writer.u8(0);
}

export function newListOffsetsResponseTopic(): ListOffsetsResponseTopic {
  return { name: '', partitions: [] };
}

function encodeListOffsetsResponseTopic(writer: ByteWriter, version: number, value: ListOffsetsResponseTopic): void {
  if (version >= 6) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 6) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeListOffsetsResponsePartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeListOffsetsResponsePartition(writer, version, element);
  }
  if (version >= 6) writer.u8(0);
}

export function newListOffsetsResponse(): ListOffsetsResponse {
  return { throttleTimeMs: 0, topics: [] };
}

export function encodeListOffsetsResponse(writer: ByteWriter, version: number, value: ListOffsetsResponse): void {
  if (version >= 2) {
    writer.i32(value.throttleTimeMs);
  }
  if (version >= 6) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeListOffsetsResponseTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeListOffsetsResponseTopic(writer, version, element);
  }
  if (version >= 6) writer.u8(0);
}
