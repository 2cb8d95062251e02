// Generated from src/protocols/kafka/schema/35-describe-log-dirs.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readBool,
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
  type DescribableLogDirTopic,
  type DescribeLogDirsRequest,
  type DescribeLogDirsPartition,
  type DescribeLogDirsTopic,
  type DescribeLogDirsResult,
  type DescribeLogDirsResponse,
} from '../../../src/protocols/kafka/codec/35-describe-log-dirs.js';

function encodeDescribableLogDirTopic(writer: ByteWriter, version: number, value: DescribableLogDirTopic): void {
  if (version >= 2) {
    writeCompactString(writer, value.topic);
  } else {
    writeString(writer, value.topic);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) writer.i32(element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) writer.i32(element);
  }
  if (version >= 2) writer.u8(0);
}

export function newDescribableLogDirTopic(): DescribableLogDirTopic {
  return { topic: '', partitions: [] };
}

export function encodeDescribeLogDirsRequest(writer: ByteWriter, version: number, value: DescribeLogDirsRequest): void {
  if (version >= 2) {
    if (value.topics === null) writeCompactCount(writer, -1);
    else {
      writeCompactCount(writer, value.topics.length);
      for (const element of value.topics) encodeDescribableLogDirTopic(writer, version, element);
    }
  } else {
    if (value.topics === null) writeCount(writer, -1);
    else {
      writeCount(writer, value.topics.length);
      for (const element of value.topics) encodeDescribableLogDirTopic(writer, version, element);
    }
  }
  if (version >= 2) writer.u8(0);
}

export function newDescribeLogDirsRequest(): DescribeLogDirsRequest {
  return { topics: [] };
}

function decodeDescribeLogDirsPartition(reader: ByteReader, version: number): DescribeLogDirsPartition {
  const partitionIndex = reader.i32();
  const partitionSize = reader.i64();
  const offsetLag = reader.i64();
  const isFutureKey = readBool(reader);
  if (version >= 2) skipTags(reader);
  return { partitionIndex, partitionSize, offsetLag, isFutureKey };
}

function decodeDescribeLogDirsTopic(reader: ByteReader, version: number): DescribeLogDirsTopic {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: DescribeLogDirsPartition[] = [];
  const partitionsCount = version >= 2 ? readCompactCount(reader, 22) : readCount(reader, 21);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeDescribeLogDirsPartition(reader, version));
  if (version >= 2) skipTags(reader);
  return { name, partitions };
}

function decodeDescribeLogDirsResult(reader: ByteReader, version: number): DescribeLogDirsResult {
  const errorCode = reader.i16();
  const logDir = version >= 2 ? readCompactString(reader) : readString(reader);
  const topics: DescribeLogDirsTopic[] = [];
  const topicsCount = version >= 2 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDescribeLogDirsTopic(reader, version));
  const totalBytes = version >= 4 ? reader.i64() : -1;
  const usableBytes = version >= 4 ? reader.i64() : -1;
  if (version >= 2) skipTags(reader);
  return { errorCode, logDir, topics, totalBytes, usableBytes };
}

export function decodeDescribeLogDirsResponse(reader: ByteReader, version: number): DescribeLogDirsResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = version >= 3 ? reader.i16() : 0;
  const results: DescribeLogDirsResult[] = [];
  const resultsCount = version >= 2 ? readCompactCount(reader, 5) : readCount(reader, 8);
  for (let left = resultsCount; left > 0; left--) results.push(decodeDescribeLogDirsResult(reader, version));
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, errorCode, results };
}
