// Generated from src/protocols/kafka/schema/21-delete-records.ts by scripts/generate-codec.ts. Do not edit.

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
  type DeleteRecordsRequestPartition,
  type DeleteRecordsRequestTopic,
  type DeleteRecordsRequest,
  type DeleteRecordsResponsePartition,
  type DeleteRecordsResponseTopic,
  type DeleteRecordsResponse,
} from '../../../src/protocols/kafka/codec/21-delete-records.js';

function encodeDeleteRecordsRequestPartition(writer: ByteWriter, version: number, value: DeleteRecordsRequestPartition): void {
  writer.i32(value.partitionIndex);
  writer.i64(value.offset);
  if (version >= 2) writer.u8(0);
}

export function newDeleteRecordsRequestPartition(): DeleteRecordsRequestPartition {
  return { partitionIndex: 0, offset: 0 };
}

function encodeDeleteRecordsRequestTopic(writer: ByteWriter, version: number, value: DeleteRecordsRequestTopic): void {
  if (version >= 2) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeDeleteRecordsRequestPartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeDeleteRecordsRequestPartition(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newDeleteRecordsRequestTopic(): DeleteRecordsRequestTopic {
  return { name: '', partitions: [] };
}

export function encodeDeleteRecordsRequest(writer: ByteWriter, version: number, value: DeleteRecordsRequest): void {
  if (version >= 2) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeDeleteRecordsRequestTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeDeleteRecordsRequestTopic(writer, version, element);
  }
  writer.i32(value.timeoutMs);
  if (version >= 2) writer.u8(0);
}

export function newDeleteRecordsRequest(): DeleteRecordsRequest {
  return { topics: [], timeoutMs: 0 };
}

function decodeDeleteRecordsResponsePartition(reader: ByteReader, version: number): DeleteRecordsResponsePartition {
  const partitionIndex = reader.i32();
  const lowWatermark = reader.i64();
  const errorCode = reader.i16();
  if (version >= 2) skipTags(reader);
  return { partitionIndex, lowWatermark, errorCode };
}

function decodeDeleteRecordsResponseTopic(reader: ByteReader, version: number): DeleteRecordsResponseTopic {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: DeleteRecordsResponsePartition[] = [];
  const partitionsCount = version >= 2 ? readCompactCount(reader, 15) : readCount(reader, 14);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeDeleteRecordsResponsePartition(reader, version));
  if (version >= 2) skipTags(reader);
  return { name, partitions };
}

export function decodeDeleteRecordsResponse(reader: ByteReader, version: number): DeleteRecordsResponse {
  const throttleTimeMs = reader.i32();
  const topics: DeleteRecordsResponseTopic[] = [];
  const topicsCount = version >= 2 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDeleteRecordsResponseTopic(reader, version));
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, topics };
}
