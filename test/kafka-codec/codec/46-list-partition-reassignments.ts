// Generated from src/protocols/kafka/schema/46-list-partition-reassignments.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ListPartitionReassignmentsTopics,
  type ListPartitionReassignmentsRequest,
  type OngoingPartitionReassignment,
  type OngoingTopicReassignment,
  type ListPartitionReassignmentsResponse,
} from '../../../src/protocols/kafka/codec/46-list-partition-reassignments.js';

function encodeListPartitionReassignmentsTopics(writer: ByteWriter, _version: number, value: ListPartitionReassignmentsTopics): void {
  writeCompactString(writer, value.name);
  writeCompactCount(writer, value.partitionIndexes.length);
  for (const element of value.partitionIndexes) writer.i32(element);
  writer.u8(0);
}

export function newListPartitionReassignmentsTopics(): ListPartitionReassignmentsTopics {
  return { name: '', partitionIndexes: [] };
}

export function encodeListPartitionReassignmentsRequest(writer: ByteWriter, version: number, value: ListPartitionReassignmentsRequest): void {
  writer.i32(value.timeoutMs);
  if (value.topics === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeListPartitionReassignmentsTopics(writer, version, element);
  }
  writer.u8(0);
}

export function newListPartitionReassignmentsRequest(): ListPartitionReassignmentsRequest {
  return { timeoutMs: 60000, topics: null };
}

function decodeOngoingPartitionReassignment(reader: ByteReader, _version: number): OngoingPartitionReassignment {
  const partitionIndex = reader.i32();
  const replicas: number[] = [];
  const replicasCount = readCompactCount(reader, 4);
  for (let left = replicasCount; left > 0; left--) replicas.push(reader.i32());
  const addingReplicas: number[] = [];
  const addingReplicasCount = readCompactCount(reader, 4);
  for (let left = addingReplicasCount; left > 0; left--) addingReplicas.push(reader.i32());
  const removingReplicas: number[] = [];
  const removingReplicasCount = readCompactCount(reader, 4);
  for (let left = removingReplicasCount; left > 0; left--) removingReplicas.push(reader.i32());
  skipTags(reader);
  return { partitionIndex, replicas, addingReplicas, removingReplicas };
}

function decodeOngoingTopicReassignment(reader: ByteReader, version: number): OngoingTopicReassignment {
  const name = readCompactString(reader);
  const partitions: OngoingPartitionReassignment[] = [];
  const partitionsCount = readCompactCount(reader, 8);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeOngoingPartitionReassignment(reader, version));
  skipTags(reader);
  return { name, partitions };
}

export function decodeListPartitionReassignmentsResponse(reader: ByteReader, version: number): ListPartitionReassignmentsResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const topics: OngoingTopicReassignment[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOngoingTopicReassignment(reader, version));
  skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, topics };
}
