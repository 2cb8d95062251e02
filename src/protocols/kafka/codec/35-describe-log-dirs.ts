// Generated from src/protocols/kafka/schema/35-describe-log-dirs.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableCount,
  readCompactString,
  readCount,
  readNullableCount,
  readString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from './primitives.js';

export interface DescribeLogDirsRequest {
  topics: DescribableLogDirTopic[] | null;
}

export interface DescribableLogDirTopic {
  topic: string;
  partitions: number[];
}

function decodeDescribableLogDirTopic(reader: ByteReader, version: number): DescribableLogDirTopic {
  const topic = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: number[] = [];
  const partitionsCount = version >= 2 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  if (version >= 2) skipTags(reader);
  return { topic, partitions };
}

export function decodeDescribeLogDirsRequest(reader: ByteReader, version: number): DescribeLogDirsRequest {
  let topics: DescribableLogDirTopic[] | null = [];
  const topicsCount = version >= 2 ? readCompactNullableCount(reader, 3) : readNullableCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDescribableLogDirTopic(reader, version));
  if (topicsCount < 0) topics = null;
  if (version >= 2) skipTags(reader);
  return { topics };
}

export interface DescribeLogDirsResponse {
  throttleTimeMs: number;
  errorCode: number;
  results: DescribeLogDirsResult[];
}

export interface DescribeLogDirsResult {
  errorCode: number;
  logDir: string;
  topics: DescribeLogDirsTopic[];
  totalBytes: number;
  usableBytes: number;
}

export interface DescribeLogDirsTopic {
  name: string;
  partitions: DescribeLogDirsPartition[];
}

export interface DescribeLogDirsPartition {
  partitionIndex: number;
  partitionSize: number;
  offsetLag: number;
  isFutureKey: boolean;
}

export function newDescribeLogDirsPartition(): DescribeLogDirsPartition {
  return { partitionIndex: 0, partitionSize: 0, offsetLag: 0, isFutureKey: false };
}

function encodeDescribeLogDirsPartition(writer: ByteWriter, version: number, value: DescribeLogDirsPartition): void {
  writer.i32(value.partitionIndex);
  writer.i64(value.partitionSize);
  writer.i64(value.offsetLag);
  writeBool(writer, value.isFutureKey);
  if (version >= 2) writer.u8(0);
}

export function newDescribeLogDirsTopic(): DescribeLogDirsTopic {
  return { name: '', partitions: [] };
}

function encodeDescribeLogDirsTopic(writer: ByteWriter, version: number, value: DescribeLogDirsTopic): void {
  if (version >= 2) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeDescribeLogDirsPartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeDescribeLogDirsPartition(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newDescribeLogDirsResult(): DescribeLogDirsResult {
  return { errorCode: 0, logDir: '', topics: [], totalBytes: -1, usableBytes: -1 };
}

function encodeDescribeLogDirsResult(writer: ByteWriter, version: number, value: DescribeLogDirsResult): void {
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactString(writer, value.logDir);
  } else {
    writeString(writer, value.logDir);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeDescribeLogDirsTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeDescribeLogDirsTopic(writer, version, element);
  }
  if (version >= 4) {
    writer.i64(value.totalBytes);
  }
  if (version >= 4) {
    writer.i64(value.usableBytes);
  }
  if (version >= 2) writer.u8(0);
}

export function newDescribeLogDirsResponse(): DescribeLogDirsResponse {
  return { throttleTimeMs: 0, errorCode: 0, results: [] };
}

export function encodeDescribeLogDirsResponse(writer: ByteWriter, version: number, value: DescribeLogDirsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 3) {
    writer.i16(value.errorCode);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.results.length);
    for (const element of value.results) encodeDescribeLogDirsResult(writer, version, element);
  } else {
    writeCount(writer, value.results.length);
    for (const element of value.results) encodeDescribeLogDirsResult(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
