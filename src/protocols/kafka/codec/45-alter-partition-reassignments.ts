// Generated from src/protocols/kafka/schema/45-alter-partition-reassignments.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactNullableCount,
  readCompactString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
} from './primitives.js';

export interface AlterPartitionReassignmentsRequest {
  timeoutMs: number;
  allowReplicationFactorChange: boolean;
  topics: ReassignableTopic[];
}

export interface ReassignableTopic {
  name: string;
  partitions: ReassignablePartition[];
}

export interface ReassignablePartition {
  partitionIndex: number;
  replicas: number[] | null;
}

function decodeReassignablePartition(reader: ByteReader, _version: number): ReassignablePartition {
  const partitionIndex = reader.i32();
  let replicas: number[] | null = [];
  const replicasCount = readCompactNullableCount(reader, 4);
  for (let left = replicasCount; left > 0; left--) replicas.push(reader.i32());
  if (replicasCount < 0) replicas = null;
  skipTags(reader);
  return { partitionIndex, replicas };
}

function decodeReassignableTopic(reader: ByteReader, version: number): ReassignableTopic {
  const name = readCompactString(reader);
  const partitions: ReassignablePartition[] = [];
  const partitionsCount = readCompactCount(reader, 6);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeReassignablePartition(reader, version));
  skipTags(reader);
  return { name, partitions };
}

export function decodeAlterPartitionReassignmentsRequest(reader: ByteReader, version: number): AlterPartitionReassignmentsRequest {
  const timeoutMs = reader.i32();
  const allowReplicationFactorChange = version >= 1 ? readBool(reader) : true;
  const topics: ReassignableTopic[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeReassignableTopic(reader, version));
  skipTags(reader);
  return { timeoutMs, allowReplicationFactorChange, topics };
}

export interface AlterPartitionReassignmentsResponse {
  throttleTimeMs: number;
  allowReplicationFactorChange: boolean;
  errorCode: number;
  errorMessage: string | null;
  responses: ReassignableTopicResponse[];
}

export interface ReassignableTopicResponse {
  name: string;
  partitions: ReassignablePartitionResponse[];
}

export interface ReassignablePartitionResponse {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
}

export function newReassignablePartitionResponse(): ReassignablePartitionResponse {
  return { partitionIndex: 0, errorCode: 0, errorMessage: null };
}

function encodeReassignablePartitionResponse(writer: ByteWriter, _version: number, value: ReassignablePartitionResponse): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writer.u8(0);
}

export function newReassignableTopicResponse(): ReassignableTopicResponse {
  return { name: '', partitions: [] };
}

function encodeReassignableTopicResponse(writer: ByteWriter, version: number, value: ReassignableTopicResponse): void {
  writeCompactString(writer, value.name);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeReassignablePartitionResponse(writer, version, element);
  writer.u8(0);
}

export function newAlterPartitionReassignmentsResponse(): AlterPartitionReassignmentsResponse {
  return { throttleTimeMs: 0, allowReplicationFactorChange: true, errorCode: 0, errorMessage: null, responses: [] };
}

export function encodeAlterPartitionReassignmentsResponse(writer: ByteWriter, version: number, value: AlterPartitionReassignmentsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 1) {
    writeBool(writer, value.allowReplicationFactorChange);
  }
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writeCompactCount(writer, value.responses.length);
  for (const element of value.responses) encodeReassignableTopicResponse(writer, version, element);
  writer.u8(0);
}
