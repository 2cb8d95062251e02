// Generated from src/protocols/kafka/schema/34-alter-replica-log-dirs.ts by scripts/generate-codec.ts. Do not edit.

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

export interface AlterReplicaLogDirsRequest {
  dirs: AlterReplicaLogDir[];
}

export interface AlterReplicaLogDir {
  path: string;
  topics: AlterReplicaLogDirTopic[];
}

export interface AlterReplicaLogDirTopic {
  name: string;
  partitions: number[];
}

function decodeAlterReplicaLogDirTopic(reader: ByteReader, version: number): AlterReplicaLogDirTopic {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: number[] = [];
  const partitionsCount = version >= 2 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  if (version >= 2) skipTags(reader);
  return { name, partitions };
}

function decodeAlterReplicaLogDir(reader: ByteReader, version: number): AlterReplicaLogDir {
  const path = version >= 2 ? readCompactString(reader) : readString(reader);
  const topics: AlterReplicaLogDirTopic[] = [];
  const topicsCount = version >= 2 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeAlterReplicaLogDirTopic(reader, version));
  if (version >= 2) skipTags(reader);
  return { path, topics };
}

export function decodeAlterReplicaLogDirsRequest(reader: ByteReader, version: number): AlterReplicaLogDirsRequest {
  const dirs: AlterReplicaLogDir[] = [];
  const dirsCount = version >= 2 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = dirsCount; left > 0; left--) dirs.push(decodeAlterReplicaLogDir(reader, version));
  if (version >= 2) skipTags(reader);
  return { dirs };
}

export interface AlterReplicaLogDirsResponse {
  throttleTimeMs: number;
  results: AlterReplicaLogDirTopicResult[];
}

export interface AlterReplicaLogDirTopicResult {
  topicName: string;
  partitions: AlterReplicaLogDirPartitionResult[];
}

export interface AlterReplicaLogDirPartitionResult {
  partitionIndex: number;
  errorCode: number;
}

export function newAlterReplicaLogDirPartitionResult(): AlterReplicaLogDirPartitionResult {
  return { partitionIndex: 0, errorCode: 0 };
}

function encodeAlterReplicaLogDirPartitionResult(writer: ByteWriter, version: number, value: AlterReplicaLogDirPartitionResult): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  if (version >= 2) writer.u8(0);
}

export function newAlterReplicaLogDirTopicResult(): AlterReplicaLogDirTopicResult {
  return { topicName: '', partitions: [] };
}

function encodeAlterReplicaLogDirTopicResult(writer: ByteWriter, version: number, value: AlterReplicaLogDirTopicResult): void {
  if (version >= 2) {
    writeCompactString(writer, value.topicName);
  } else {
    writeString(writer, value.topicName);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeAlterReplicaLogDirPartitionResult(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeAlterReplicaLogDirPartitionResult(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newAlterReplicaLogDirsResponse(): AlterReplicaLogDirsResponse {
  return { throttleTimeMs: 0, results: [] };
}

export function encodeAlterReplicaLogDirsResponse(writer: ByteWriter, version: number, value: AlterReplicaLogDirsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 2) {
    writeCompactCount(writer, value.results.length);
    for (const element of value.results) encodeAlterReplicaLogDirTopicResult(writer, version, element);
  } else {
    writeCount(writer, value.results.length);
    for (const element of value.results) encodeAlterReplicaLogDirTopicResult(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
