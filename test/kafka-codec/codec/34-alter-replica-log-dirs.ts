// Generated from src/protocols/kafka/schema/34-alter-replica-log-dirs.ts by scripts/generate-codec.ts. Do not edit.

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
  type AlterReplicaLogDirTopic,
  type AlterReplicaLogDir,
  type AlterReplicaLogDirsRequest,
  type AlterReplicaLogDirPartitionResult,
  type AlterReplicaLogDirTopicResult,
  type AlterReplicaLogDirsResponse,
} from '../../../src/protocols/kafka/codec/34-alter-replica-log-dirs.js';

function encodeAlterReplicaLogDirTopic(writer: ByteWriter, version: number, value: AlterReplicaLogDirTopic): void {
  if (version >= 2) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
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

export function newAlterReplicaLogDirTopic(): AlterReplicaLogDirTopic {
  return { name: '', partitions: [] };
}

function encodeAlterReplicaLogDir(writer: ByteWriter, version: number, value: AlterReplicaLogDir): void {
  if (version >= 2) {
    writeCompactString(writer, value.path);
  } else {
    writeString(writer, value.path);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeAlterReplicaLogDirTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeAlterReplicaLogDirTopic(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newAlterReplicaLogDir(): AlterReplicaLogDir {
  return { path: '', topics: [] };
}

export function encodeAlterReplicaLogDirsRequest(writer: ByteWriter, version: number, value: AlterReplicaLogDirsRequest): void {
  if (version >= 2) {
    writeCompactCount(writer, value.dirs.length);
    for (const element of value.dirs) encodeAlterReplicaLogDir(writer, version, element);
  } else {
    writeCount(writer, value.dirs.length);
    for (const element of value.dirs) encodeAlterReplicaLogDir(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newAlterReplicaLogDirsRequest(): AlterReplicaLogDirsRequest {
  return { dirs: [] };
}

function decodeAlterReplicaLogDirPartitionResult(reader: ByteReader, version: number): AlterReplicaLogDirPartitionResult {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  if (version >= 2) skipTags(reader);
  return { partitionIndex, errorCode };
}

function decodeAlterReplicaLogDirTopicResult(reader: ByteReader, version: number): AlterReplicaLogDirTopicResult {
  const topicName = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: AlterReplicaLogDirPartitionResult[] = [];
  const partitionsCount = version >= 2 ? readCompactCount(reader, 7) : readCount(reader, 6);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeAlterReplicaLogDirPartitionResult(reader, version));
  if (version >= 2) skipTags(reader);
  return { topicName, partitions };
}

export function decodeAlterReplicaLogDirsResponse(reader: ByteReader, version: number): AlterReplicaLogDirsResponse {
  const throttleTimeMs = reader.i32();
  const results: AlterReplicaLogDirTopicResult[] = [];
  const resultsCount = version >= 2 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = resultsCount; left > 0; left--) results.push(decodeAlterReplicaLogDirTopicResult(reader, version));
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, results };
}
