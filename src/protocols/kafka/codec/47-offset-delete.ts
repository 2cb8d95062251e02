// Generated from src/protocols/kafka/schema/47-offset-delete.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCount,
  readString,
  writeCount,
  writeString,
} from './primitives.js';

export interface OffsetDeleteRequest {
  groupId: string;
  topics: OffsetDeleteRequestTopic[];
}

export interface OffsetDeleteRequestTopic {
  name: string;
  partitions: OffsetDeleteRequestPartition[];
}

export interface OffsetDeleteRequestPartition {
  partitionIndex: number;
}

function decodeOffsetDeleteRequestPartition(reader: ByteReader, _version: number): OffsetDeleteRequestPartition {
  const partitionIndex = reader.i32();
  return { partitionIndex };
}

function decodeOffsetDeleteRequestTopic(reader: ByteReader, version: number): OffsetDeleteRequestTopic {
  const name = readString(reader);
  const partitions: OffsetDeleteRequestPartition[] = [];
  const partitionsCount = readCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeOffsetDeleteRequestPartition(reader, version));
  return { name, partitions };
}

export function decodeOffsetDeleteRequest(reader: ByteReader, version: number): OffsetDeleteRequest {
  const groupId = readString(reader);
  const topics: OffsetDeleteRequestTopic[] = [];
  const topicsCount = readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetDeleteRequestTopic(reader, version));
  return { groupId, topics };
}

export interface OffsetDeleteResponse {
  errorCode: number;
  throttleTimeMs: number;
  topics: OffsetDeleteResponseTopic[];
}

export interface OffsetDeleteResponseTopic {
  name: string;
  partitions: OffsetDeleteResponsePartition[];
}

export interface OffsetDeleteResponsePartition {
  partitionIndex: number;
  errorCode: number;
}

export function newOffsetDeleteResponsePartition(): OffsetDeleteResponsePartition {
  return { partitionIndex: 0, errorCode: 0 };
}

function encodeOffsetDeleteResponsePartition(writer: ByteWriter, _version: number, value: OffsetDeleteResponsePartition): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
}

export function newOffsetDeleteResponseTopic(): OffsetDeleteResponseTopic {
  return { name: '', partitions: [] };
}

function encodeOffsetDeleteResponseTopic(writer: ByteWriter, version: number, value: OffsetDeleteResponseTopic): void {
  writeString(writer, value.name);
  writeCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeOffsetDeleteResponsePartition(writer, version, element);
}

export function newOffsetDeleteResponse(): OffsetDeleteResponse {
  return { errorCode: 0, throttleTimeMs: 0, topics: [] };
}

export function encodeOffsetDeleteResponse(writer: ByteWriter, version: number, value: OffsetDeleteResponse): void {
  writer.i16(value.errorCode);
  writer.i32(value.throttleTimeMs);
  writeCount(writer, value.topics.length);
  for (const element of value.topics) encodeOffsetDeleteResponseTopic(writer, version, element);
}
