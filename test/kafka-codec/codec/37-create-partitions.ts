// Generated from src/protocols/kafka/schema/37-create-partitions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type CreatePartitionsAssignment,
  type CreatePartitionsTopic,
  type CreatePartitionsRequest,
  type CreatePartitionsResult,
  type CreatePartitionsResponse,
} from '../../../src/protocols/kafka/codec/37-create-partitions.js';

function encodeCreatePartitionsAssignment(writer: ByteWriter, version: number, value: CreatePartitionsAssignment): void {
  if (version >= 2) {
    writeCompactCount(writer, value.brokerIds.length);
    for (const element of value.brokerIds) writer.i32(element);
  } else {
    writeCount(writer, value.brokerIds.length);
    for (const element of value.brokerIds) writer.i32(element);
  }
  if (version >= 2) writer.u8(0);
}

export function newCreatePartitionsAssignment(): CreatePartitionsAssignment {
  return { brokerIds: [] };
}

function encodeCreatePartitionsTopic(writer: ByteWriter, version: number, value: CreatePartitionsTopic): void {
  if (version >= 2) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  writer.i32(value.count);
  if (version >= 2) {
    if (value.assignments === null) writeCompactCount(writer, -1);
    else {
      writeCompactCount(writer, value.assignments.length);
      for (const element of value.assignments) encodeCreatePartitionsAssignment(writer, version, element);
    }
  } else {
    if (value.assignments === null) writeCount(writer, -1);
    else {
      writeCount(writer, value.assignments.length);
      for (const element of value.assignments) encodeCreatePartitionsAssignment(writer, version, element);
    }
  }
  if (version >= 2) writer.u8(0);
}

export function newCreatePartitionsTopic(): CreatePartitionsTopic {
  return { name: '', count: 0, assignments: [] };
}

export function encodeCreatePartitionsRequest(writer: ByteWriter, version: number, value: CreatePartitionsRequest): void {
  if (version >= 2) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeCreatePartitionsTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeCreatePartitionsTopic(writer, version, element);
  }
  writer.i32(value.timeoutMs);
  writeBool(writer, value.validateOnly);
  if (version >= 2) writer.u8(0);
}

export function newCreatePartitionsRequest(): CreatePartitionsRequest {
  return { topics: [], timeoutMs: 0, validateOnly: false };
}

function decodeCreatePartitionsResult(reader: ByteReader, version: number): CreatePartitionsResult {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const errorCode = reader.i16();
  const errorMessage = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 2) skipTags(reader);
  return { name, errorCode, errorMessage };
}

export function decodeCreatePartitionsResponse(reader: ByteReader, version: number): CreatePartitionsResponse {
  const throttleTimeMs = reader.i32();
  const results: CreatePartitionsResult[] = [];
  const resultsCount = version >= 2 ? readCompactCount(reader, 5) : readCount(reader, 6);
  for (let left = resultsCount; left > 0; left--) results.push(decodeCreatePartitionsResult(reader, version));
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, results };
}
