// Generated from src/protocols/kafka/schema/43-elect-leaders.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type TopicPartitions,
  type ElectLeadersRequest,
  type PartitionResult,
  type ReplicaElectionResult,
  type ElectLeadersResponse,
} from '../../../src/protocols/kafka/codec/43-elect-leaders.js';

function encodeTopicPartitions(writer: ByteWriter, version: number, value: TopicPartitions): void {
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

export function newTopicPartitions(): TopicPartitions {
  return { topic: '', partitions: [] };
}

export function encodeElectLeadersRequest(writer: ByteWriter, version: number, value: ElectLeadersRequest): void {
  if (version >= 1) {
    writer.i8(value.electionType);
  }
  if (version >= 2) {
    if (value.topicPartitions === null) writeCompactCount(writer, -1);
    else {
      writeCompactCount(writer, value.topicPartitions.length);
      for (const element of value.topicPartitions) encodeTopicPartitions(writer, version, element);
    }
  } else {
    if (value.topicPartitions === null) writeCount(writer, -1);
    else {
      writeCount(writer, value.topicPartitions.length);
      for (const element of value.topicPartitions) encodeTopicPartitions(writer, version, element);
    }
  }
  writer.i32(value.timeoutMs);
  if (version >= 2) writer.u8(0);
}

export function newElectLeadersRequest(): ElectLeadersRequest {
  return { electionType: 0, topicPartitions: [], timeoutMs: 60000 };
}

function decodePartitionResult(reader: ByteReader, version: number): PartitionResult {
  const partitionId = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 2) skipTags(reader);
  return { partitionId, errorCode, errorMessage };
}

function decodeReplicaElectionResult(reader: ByteReader, version: number): ReplicaElectionResult {
  const topic = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitionResult: PartitionResult[] = [];
  const partitionResultCount = version >= 2 ? readCompactCount(reader, 8) : readCount(reader, 8);
  for (let left = partitionResultCount; left > 0; left--) partitionResult.push(decodePartitionResult(reader, version));
  if (version >= 2) skipTags(reader);
  return { topic, partitionResult };
}

export function decodeElectLeadersResponse(reader: ByteReader, version: number): ElectLeadersResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = version >= 1 ? reader.i16() : 0;
  const replicaElectionResults: ReplicaElectionResult[] = [];
  const replicaElectionResultsCount = version >= 2 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = replicaElectionResultsCount; left > 0; left--) replicaElectionResults.push(decodeReplicaElectionResult(reader, version));
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, errorCode, replicaElectionResults };
}
