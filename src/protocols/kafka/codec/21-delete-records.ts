// Generated from src/protocols/kafka/schema/21-delete-records.ts by scripts/generate-codec.ts. Do not edit.

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

export interface DeleteRecordsRequest {
  topics: DeleteRecordsRequestTopic[];
  timeoutMs: number;
}

export interface DeleteRecordsRequestTopic {
  name: string;
  partitions: DeleteRecordsRequestPartition[];
}

export interface DeleteRecordsRequestPartition {
  partitionIndex: number;
  offset: number;
}

function decodeDeleteRecordsRequestPartition(reader: ByteReader, version: number): DeleteRecordsRequestPartition {
  const partitionIndex = reader.i32();
  const offset = reader.i64();
  if (version >= 2) skipTags(reader);
  return { partitionIndex, offset };
}

function decodeDeleteRecordsRequestTopic(reader: ByteReader, version: number): DeleteRecordsRequestTopic {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: DeleteRecordsRequestPartition[] = [];
  const partitionsCount = version >= 2 ? readCompactCount(reader, 13) : readCount(reader, 12);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeDeleteRecordsRequestPartition(reader, version));
  if (version >= 2) skipTags(reader);
  return { name, partitions };
}

export function decodeDeleteRecordsRequest(reader: ByteReader, version: number): DeleteRecordsRequest {
  const topics: DeleteRecordsRequestTopic[] = [];
  const topicsCount = version >= 2 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDeleteRecordsRequestTopic(reader, version));
  const timeoutMs = reader.i32();
  if (version >= 2) skipTags(reader);
  return { topics, timeoutMs };
}

export interface DeleteRecordsResponse {
  throttleTimeMs: number;
  topics: DeleteRecordsResponseTopic[];
}

export interface DeleteRecordsResponseTopic {
  name: string;
  partitions: DeleteRecordsResponsePartition[];
}

export interface DeleteRecordsResponsePartition {
  partitionIndex: number;
  lowWatermark: number;
  errorCode: number;
}

export function newDeleteRecordsResponsePartition(): DeleteRecordsResponsePartition {
  return { partitionIndex: 0, lowWatermark: 0, errorCode: 0 };
}

function encodeDeleteRecordsResponsePartition(writer: ByteWriter, version: number, value: DeleteRecordsResponsePartition): void {
  writer.i32(value.partitionIndex);
  writer.i64(value.lowWatermark);
  writer.i16(value.errorCode);
  if (version >= 2) writer.u8(0);
}

export function newDeleteRecordsResponseTopic(): DeleteRecordsResponseTopic {
  return { name: '', partitions: [] };
}

function encodeDeleteRecordsResponseTopic(writer: ByteWriter, version: number, value: DeleteRecordsResponseTopic): void {
  if (version >= 2) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeDeleteRecordsResponsePartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeDeleteRecordsResponsePartition(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newDeleteRecordsResponse(): DeleteRecordsResponse {
  return { throttleTimeMs: 0, topics: [] };
}

export function encodeDeleteRecordsResponse(writer: ByteWriter, version: number, value: DeleteRecordsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 2) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeDeleteRecordsResponseTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeDeleteRecordsResponseTopic(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
