// Generated from src/protocols/kafka/schema/37-create-partitions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactNullableCount,
  readCompactString,
  readCount,
  readNullableCount,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from './primitives.js';

export interface CreatePartitionsRequest {
  topics: CreatePartitionsTopic[];
  timeoutMs: number;
  validateOnly: boolean;
}

export interface CreatePartitionsTopic {
  name: string;
  count: number;
  assignments: CreatePartitionsAssignment[] | null;
}

export interface CreatePartitionsAssignment {
  brokerIds: number[];
}

function decodeCreatePartitionsAssignment(reader: ByteReader, version: number): CreatePartitionsAssignment {
  const brokerIds: number[] = [];
  const brokerIdsCount = version >= 2 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = brokerIdsCount; left > 0; left--) brokerIds.push(reader.i32());
  if (version >= 2) skipTags(reader);
  return { brokerIds };
}

function decodeCreatePartitionsTopic(reader: ByteReader, version: number): CreatePartitionsTopic {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const count = reader.i32();
  let assignments: CreatePartitionsAssignment[] | null = [];
  const assignmentsCount = version >= 2 ? readCompactNullableCount(reader, 2) : readNullableCount(reader, 4);
  for (let left = assignmentsCount; left > 0; left--) assignments.push(decodeCreatePartitionsAssignment(reader, version));
  if (assignmentsCount < 0) assignments = null;
  if (version >= 2) skipTags(reader);
  return { name, count, assignments };
}

export function decodeCreatePartitionsRequest(reader: ByteReader, version: number): CreatePartitionsRequest {
  const topics: CreatePartitionsTopic[] = [];
  const topicsCount = version >= 2 ? readCompactCount(reader, 7) : readCount(reader, 10);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeCreatePartitionsTopic(reader, version));
  const timeoutMs = reader.i32();
  const validateOnly = readBool(reader);
  if (version >= 2) skipTags(reader);
  return { topics, timeoutMs, validateOnly };
}

export interface CreatePartitionsResponse {
  throttleTimeMs: number;
  results: CreatePartitionsResult[];
}

export interface CreatePartitionsResult {
  name: string;
  errorCode: number;
  errorMessage: string | null;
}

export function newCreatePartitionsResult(): CreatePartitionsResult {
  return { name: '', errorCode: 0, errorMessage: null };
}

function encodeCreatePartitionsResult(writer: ByteWriter, version: number, value: CreatePartitionsResult): void {
  if (version >= 2) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 2) writer.u8(0);
}

export function newCreatePartitionsResponse(): CreatePartitionsResponse {
  return { throttleTimeMs: 0, results: [] };
}

export function encodeCreatePartitionsResponse(writer: ByteWriter, version: number, value: CreatePartitionsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 2) {
    writeCompactCount(writer, value.results.length);
    for (const element of value.results) encodeCreatePartitionsResult(writer, version, element);
  } else {
    writeCount(writer, value.results.length);
    for (const element of value.results) encodeCreatePartitionsResult(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
