// Generated from src/protocols/kafka/schema/02-list-offsets.ts by scripts/generate-codec.ts. Do not edit.

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
  type ListOffsetsRequestPartition,
  type ListOffsetsRequestTopic,
  type ListOffsetsRequest,
  type ListOffsetsResponsePartition,
  type ListOffsetsResponseTopic,
  type ListOffsetsResponse,
} from '../../../src/protocols/kafka/codec/02-list-offsets.js';

function encodeListOffsetsRequestPartition(writer: ByteWriter, version: number, value: ListOffsetsRequestPartition): void {
  writer.i32(value.partitionIndex);
  if (version >= 4) {
    writer.i32(value.currentLeaderEpoch);
  }
  writer.i64(value.timestamp);
  if (version < 1) {
    writer.i32(value.maxNumOffsets);
  }
  if (version >= 6) writer.u8(0);
}

export function newListOffsetsRequestPartition(): ListOffsetsRequestPartition {
  return { partitionIndex: 0, currentLeaderEpoch: -1, timestamp: 0, maxNumOffsets: 1 };
}

function encodeListOffsetsRequestTopic(writer: ByteWriter, version: number, value: ListOffsetsRequestTopic): void {
  if (version >= 6) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 6) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeListOffsetsRequestPartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeListOffsetsRequestPartition(writer, version, element);
  }
  if (version >= 6) writer.u8(0);
}

export function newListOffsetsRequestTopic(): ListOffsetsRequestTopic {
  return { name: '', partitions: [] };
}

export function encodeListOffsetsRequest(writer: ByteWriter, version: number, value: ListOffsetsRequest): void {
  writer.i32(value.replicaId);
  if (version >= 2) {
    writer.i8(value.isolationLevel);
  }
  if (version >= 6) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeListOffsetsRequestTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeListOffsetsRequestTopic(writer, version, element);
  }
  if (version >= 10) {
    writer.i32(value.timeoutMs);
  }
  if (version >= 6) writer.u8(0);
}

export function newListOffsetsRequest(): ListOffsetsRequest {
  return { replicaId: -1, isolationLevel: 0, topics: [], timeoutMs: 0 };
}

function decodeListOffsetsResponsePartition(reader: ByteReader, version: number): ListOffsetsResponsePartition {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  const oldStyleOffsets: number[] = [];
  const oldStyleOffsetsCount = version >= 1 ? 0 : readCount(reader, 8);
  for (let left = oldStyleOffsetsCount; left > 0; left--) oldStyleOffsets.push(reader.i64());
  const timestamp = version >= 1 ? reader.i64() : -1;
  const offset = version >= 1 ? reader.i64() : -1;
  const leaderEpoch = version >= 4 ? reader.i32() : -1;
  if (version >= 6) skipTags(reader);
  return { partitionIndex, errorCode, oldStyleOffsets, timestamp, offset, leaderEpoch };
}

function decodeListOffsetsResponseTopic(reader: ByteReader, version: number): ListOffsetsResponseTopic {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitions: ListOffsetsResponsePartition[] = [];
  const partitionsCount = version >= 6 ? readCompactCount(reader, 27) : readCount(reader, 10);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeListOffsetsResponsePartition(reader, version));
  if (version >= 6) skipTags(reader);
  return { name, partitions };
}

export function decodeListOffsetsResponse(reader: ByteReader, version: number): ListOffsetsResponse {
  const throttleTimeMs = version >= 2 ? reader.i32() : 0;
  const topics: ListOffsetsResponseTopic[] = [];
  const topicsCount = version >= 6 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeListOffsetsResponseTopic(reader, version));
  if (version >= 6) skipTags(reader);
  return { throttleTimeMs, topics };
}
