// Generated from src/protocols/kafka/schema/45-alter-partition-reassignments.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ReassignablePartition,
  type ReassignableTopic,
  type AlterPartitionReassignmentsRequest,
  type ReassignablePartitionResponse,
  type ReassignableTopicResponse,
  type AlterPartitionReassignmentsResponse,
} from '../../../src/protocols/kafka/codec/45-alter-partition-reassignments.js';

function encodeReassignablePartition(writer: ByteWriter, _version: number, value: ReassignablePartition): void {
  writer.i32(value.partitionIndex);
  if (value.replicas === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.replicas.length);
    for (const element of value.replicas) writer.i32(element);
  }
  writer.u8(0);
}

export function newReassignablePartition(): ReassignablePartition {
  return { partitionIndex: 0, replicas: null };
}

function encodeReassignableTopic(writer: ByteWriter, version: number, value: ReassignableTopic): void {
  writeCompactString(writer, value.name);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeReassignablePartition(writer, version, element);
  writer.u8(0);
}

export function newReassignableTopic(): ReassignableTopic {
  return { name: '', partitions: [] };
}

export function encodeAlterPartitionReassignmentsRequest(writer: ByteWriter, version: number, value: AlterPartitionReassignmentsRequest): void {
  writer.i32(value.timeoutMs);
  if (version >= 1) {
    writeBool(writer, value.allowReplicationFactorChange);
  }
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeReassignableTopic(writer, version, element);
  writer.u8(0);
}

export function newAlterPartitionReassignmentsRequest(): AlterPartitionReassignmentsRequest {
  return { timeoutMs: 60000, allowReplicationFactorChange: true, topics: [] };
}

function decodeReassignablePartitionResponse(reader: ByteReader, _version: number): ReassignablePartitionResponse {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  skipTags(reader);
  return { partitionIndex, errorCode, errorMessage };
}

function decodeReassignableTopicResponse(reader: ByteReader, version: number): ReassignableTopicResponse {
  const name = readCompactString(reader);
  const partitions: ReassignablePartitionResponse[] = [];
  const partitionsCount = readCompactCount(reader, 8);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeReassignablePartitionResponse(reader, version));
  skipTags(reader);
  return { name, partitions };
}

export function decodeAlterPartitionReassignmentsResponse(reader: ByteReader, version: number): AlterPartitionReassignmentsResponse {
  const throttleTimeMs = reader.i32();
  const allowReplicationFactorChange = version >= 1 ? readBool(reader) : true;
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const responses: ReassignableTopicResponse[] = [];
  const responsesCount = readCompactCount(reader, 3);
  for (let left = responsesCount; left > 0; left--) responses.push(decodeReassignableTopicResponse(reader, version));
  skipTags(reader);
  return { throttleTimeMs, allowReplicationFactorChange, errorCode, errorMessage, responses };
}
