// Generated from src/protocols/kafka/schema/55-describe-quorum.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DescribeQuorumRequestPartitionData,
  type DescribeQuorumRequestTopicData,
  type DescribeQuorumRequest,
  type ReplicaState,
  type DescribeQuorumResponsePartitionData,
  type DescribeQuorumResponseTopicData,
  type Listener,
  type Node,
  type DescribeQuorumResponse,
} from '../../../src/protocols/kafka/codec/55-describe-quorum.js';

function encodeDescribeQuorumRequestPartitionData(writer: ByteWriter, _version: number, value: DescribeQuorumRequestPartitionData): void {
  writer.i32(value.partitionIndex);
  writer.u8(0);
}

export function newDescribeQuorumRequestPartitionData(): DescribeQuorumRequestPartitionData {
  return { partitionIndex: 0 };
}

function encodeDescribeQuorumRequestTopicData(writer: ByteWriter, version: number, value: DescribeQuorumRequestTopicData): void {
  writeCompactString(writer, value.topicName);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeDescribeQuorumRequestPartitionData(writer, version, element);
  writer.u8(0);
}

export function newDescribeQuorumRequestTopicData(): DescribeQuorumRequestTopicData {
  return { topicName: '', partitions: [] };
}

export function encodeDescribeQuorumRequest(writer: ByteWriter, version: number, value: DescribeQuorumRequest): void {
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeDescribeQuorumRequestTopicData(writer, version, element);
  writer.u8(0);
}

export function newDescribeQuorumRequest(): DescribeQuorumRequest {
  return { topics: [] };
}

function decodeReplicaState(reader: ByteReader, version: number): ReplicaState {
  const replicaId = reader.i32();
  const replicaDirectoryId = version >= 2 ? readUuid(reader) : ZERO_UUID;
  const logEndOffset = reader.i64();
  const lastFetchTimestamp = version >= 1 ? reader.i64() : -1;
  const lastCaughtUpTimestamp = version >= 1 ? reader.i64() : -1;
  skipTags(reader);
  return { replicaId, replicaDirectoryId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp };
}

function decodeDescribeQuorumResponsePartitionData(reader: ByteReader, version: number): DescribeQuorumResponsePartitionData {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = version >= 2 ? readCompactNullableString(reader) : null;
  const leaderId = reader.i32();
  const leaderEpoch = reader.i32();
  const highWatermark = reader.i64();
  const currentVoters: ReplicaState[] = [];
  const currentVotersCount = readCompactCount(reader, 13);
  for (let left = currentVotersCount; left > 0; left--) currentVoters.push(decodeReplicaState(reader, version));
  const observers: ReplicaState[] = [];
  const observersCount = readCompactCount(reader, 13);
  for (let left = observersCount; left > 0; left--) observers.push(decodeReplicaState(reader, version));
  skipTags(reader);
  return { partitionIndex, errorCode, errorMessage, leaderId, leaderEpoch, highWatermark, currentVoters, observers };
}

function decodeDescribeQuorumResponseTopicData(reader: ByteReader, version: number): DescribeQuorumResponseTopicData {
  const topicName = readCompactString(reader);
  const partitions: DescribeQuorumResponsePartitionData[] = [];
  const partitionsCount = readCompactCount(reader, 25);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeDescribeQuorumResponsePartitionData(reader, version));
  skipTags(reader);
  return { topicName, partitions };
}

function decodeListener(reader: ByteReader, _version: number): Listener {
  const name = readCompactString(reader);
  const host = readCompactString(reader);
  const port = reader.u16();
  skipTags(reader);
  return { name, host, port };
}

function decodeNode(reader: ByteReader, version: number): Node {
  const nodeId = reader.i32();
  const listeners: Listener[] = [];
  const listenersCount = readCompactCount(reader, 5);
  for (let left = listenersCount; left > 0; left--) listeners.push(decodeListener(reader, version));
  skipTags(reader);
  return { nodeId, listeners };
}

export function decodeDescribeQuorumResponse(reader: ByteReader, version: number): DescribeQuorumResponse {
  const errorCode = reader.i16();
  const errorMessage = version >= 2 ? readCompactNullableString(reader) : null;
  const topics: DescribeQuorumResponseTopicData[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDescribeQuorumResponseTopicData(reader, version));
  const nodes: Node[] = [];
  const nodesCount = version >= 2 ? readCompactCount(reader, 6) : 0;
  for (let left = nodesCount; left > 0; left--) nodes.push(decodeNode(reader, version));
  skipTags(reader);
  return { errorCode, errorMessage, topics, nodes };
}
