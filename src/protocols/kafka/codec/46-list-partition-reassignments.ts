// Generated from src/protocols/kafka/schema/46-list-partition-reassignments.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
} from './primitives.js';

export interface ListPartitionReassignmentsRequest {
  timeoutMs: number;
  topics: ListPartitionReassignmentsTopics[] | null;
}

export interface ListPartitionReassignmentsTopics {
  name: string;
  partitionIndexes: number[];
}

function decodeListPartitionReassignmentsTopics(reader: ByteReader, _version: number): ListPartitionReassignmentsTopics {
  const name = readCompactString(reader);
  const partitionIndexes: number[] = [];
  const partitionIndexesCount = readCompactCount(reader, 4);
  for (let left = partitionIndexesCount; left > 0; left--) partitionIndexes.push(reader.i32());
  skipTags(reader);
  return { name, partitionIndexes };
}

export function decodeListPartitionReassignmentsRequest(reader: ByteReader, version: number): ListPartitionReassignmentsRequest {
  const timeoutMs = reader.i32();
  let topics: ListPartitionReassignmentsTopics[] | null = [];
  const topicsCount = readCompactNullableCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeListPartitionReassignmentsTopics(reader, version));
  if (topicsCount < 0) topics = null;
  skipTags(reader);
  return { timeoutMs, topics };
}

export interface ListPartitionReassignmentsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  topics: OngoingTopicReassignment[];
}

export interface OngoingTopicReassignment {
  name: string;
  partitions: OngoingPartitionReassignment[];
}

export interface OngoingPartitionReassignment {
  partitionIndex: number;
  replicas: number[];
  addingReplicas: number[];
  removingReplicas: number[];
}

export function newOngoingPartitionReassignment(): OngoingPartitionReassignment {
  return { partitionIndex: 0, replicas: [], addingReplicas: [], removingReplicas: [] };
}

function encodeOngoingPartitionReassignment(writer: ByteWriter, _version: number, value: OngoingPartitionReassignment): void {
  writer.i32(value.partitionIndex);
  writeCompactCount(writer, value.replicas.length);
  for (const element of value.replicas) writer.i32(element);
  writeCompactCount(writer, value.addingReplicas.length);
  for (const element of value.addingReplicas) writer.i32(element);
  writeCompactCount(writer, value.removingReplicas.length);
  for (const element of value.removingReplicas) writer.i32(element);
  writer.u8(0);
}

export function newOngoingTopicReassignment(): OngoingTopicReassignment {
  return { name: '', partitions: [] };
}

function encodeOngoingTopicReassignment(writer: ByteWriter, version: number, value: OngoingTopicReassignment): void {
  writeCompactString(writer, value.name);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeOngoingPartitionReassignment(writer, version, element);
  writer.u8(0);
}

export function newListPartitionReassignmentsResponse(): ListPartitionReassignmentsResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, topics: [] };
}

export function encodeListPartitionReassignmentsResponse(writer: ByteWriter, version: number, value: ListPartitionReassignmentsResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeOngoingTopicReassignment(writer, version, element);
  writer.u8(0);
}
