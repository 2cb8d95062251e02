// Generated from src/protocols/kafka/schema/47-offset-delete.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCount,
  readString,
  writeCount,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type OffsetDeleteRequestPartition,
  type OffsetDeleteRequestTopic,
  type OffsetDeleteRequest,
  type OffsetDeleteResponsePartition,
  type OffsetDeleteResponseTopic,
  type OffsetDeleteResponse,
} from '../../../src/protocols/kafka/codec/47-offset-delete.js';

function encodeOffsetDeleteRequestPartition(writer: ByteWriter, _version: number, value: OffsetDeleteRequestPartition): void {
  writer.i32(value.partitionIndex);
}

export function newOffsetDeleteRequestPartition(): OffsetDeleteRequestPartition {
  return { partitionIndex: 0 };
}

function encodeOffsetDeleteRequestTopic(writer: ByteWriter, version: number, value: OffsetDeleteRequestTopic): void {
  writeString(writer, value.name);
  writeCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeOffsetDeleteRequestPartition(writer, version, element);
}

export function newOffsetDeleteRequestTopic(): OffsetDeleteRequestTopic {
  return { name: '', partitions: [] };
}

export function encodeOffsetDeleteRequest(writer: ByteWriter, version: number, value: OffsetDeleteRequest): void {
  writeString(writer, value.groupId);
  writeCount(writer, value.topics.length);
  for (const element of value.topics) encodeOffsetDeleteRequestTopic(writer, version, element);
}

export function newOffsetDeleteRequest(): OffsetDeleteRequest {
  return { groupId: '', topics: [] };
}

function decodeOffsetDeleteResponsePartition(reader: ByteReader, _version: number): OffsetDeleteResponsePartition {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  return { partitionIndex, errorCode };
}

function decodeOffsetDeleteResponseTopic(reader: ByteReader, version: number): OffsetDeleteResponseTopic {
  const name = readString(reader);
  const partitions: OffsetDeleteResponsePartition[] = [];
  const partitionsCount = readCount(reader, 6);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeOffsetDeleteResponsePartition(reader, version));
  return { name, partitions };
}

export function decodeOffsetDeleteResponse(reader: ByteReader, version: number): OffsetDeleteResponse {
  const errorCode = reader.i16();
  const throttleTimeMs = reader.i32();
  const topics: OffsetDeleteResponseTopic[] = [];
  const topicsCount = readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetDeleteResponseTopic(reader, version));
  return { errorCode, throttleTimeMs, topics };
}
