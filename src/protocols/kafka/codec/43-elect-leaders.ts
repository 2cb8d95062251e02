// Generated from src/protocols/kafka/schema/43-elect-leaders.ts by scripts/generate-codec.ts. Do not edit.

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
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from './primitives.js';

export interface ElectLeadersRequest {
  electionType: number;
  topicPartitions: TopicPartitions[] | null;
  timeoutMs: number;
}

export interface TopicPartitions {
  topic: string;
  partitions: number[];
}

function decodeTopicPartitions(reader: ByteReader, version: number): TopicPartitions {
  const topic = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: number[] = [];
  const partitionsCount = version >= 2 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  if (version >= 2) skipTags(reader);
  return { topic, partitions };
}

export function decodeElectLeadersRequest(reader: ByteReader, version: number): ElectLeadersRequest {
  const electionType = version >= 1 ? reader.i8() : 0;
  let topicPartitions: TopicPartitions[] | null = [];
  const topicPartitionsCount = version >= 2 ? readCompactNullableCount(reader, 3) : readNullableCount(reader, 6);
  for (let left = topicPartitionsCount; left > 0; left--) topicPartitions.push(decodeTopicPartitions(reader, version));
  if (topicPartitionsCount < 0) topicPartitions = null;
  const timeoutMs = reader.i32();
  if (version >= 2) skipTags(reader);
  return { electionType, topicPartitions, timeoutMs };
}

export interface ElectLeadersResponse {
  throttleTimeMs: number;
  errorCode: number;
  replicaElectionResults: ReplicaElectionResult[];
}

export interface ReplicaElectionResult {
  topic: string;
  partitionResult: PartitionResult[];
}

export interface PartitionResult {
  partitionId: number;
  errorCode: number;
  errorMessage: string | null;
}

export function newPartitionResult(): PartitionResult {
  return { partitionId: 0, errorCode: 0, errorMessage: null };
}

function encodePartitionResult(writer: ByteWriter, version: number, value: PartitionResult): void {
  writer.i32(value.partitionId);
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 2) writer.u8(0);
}

export function newReplicaElectionResult(): ReplicaElectionResult {
  return { topic: '', partitionResult: [] };
}

function encodeReplicaElectionResult(writer: ByteWriter, version: number, value: ReplicaElectionResult): void {
  if (version >= 2) {
    writeCompactString(writer, value.topic);
  } else {
    writeString(writer, value.topic);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.partitionResult.length);
    for (const element of value.partitionResult) encodePartitionResult(writer, version, element);
  } else {
    writeCount(writer, value.partitionResult.length);
    for (const element of value.partitionResult) encodePartitionResult(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newElectLeadersResponse(): ElectLeadersResponse {
  return { throttleTimeMs: 0, errorCode: 0, replicaElectionResults: [] };
}

export function encodeElectLeadersResponse(writer: ByteWriter, version: number, value: ElectLeadersResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 1) {
    writer.i16(value.errorCode);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.replicaElectionResults.length);
    for (const element of value.replicaElectionResults) encodeReplicaElectionResult(writer, version, element);
  } else {
    writeCount(writer, value.replicaElectionResults.length);
    for (const element of value.replicaElectionResults) encodeReplicaElectionResult(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
