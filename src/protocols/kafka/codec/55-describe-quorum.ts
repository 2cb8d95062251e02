// Generated from src/protocols/kafka/schema/55-describe-quorum.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeUuid,
} from './primitives.js';

export interface DescribeQuorumRequest {
  topics: DescribeQuorumRequestTopicData[];
}

export interface DescribeQuorumRequestTopicData {
  topicName: string;
  partitions: DescribeQuorumRequestPartitionData[];
}

export interface DescribeQuorumRequestPartitionData {
  partitionIndex: number;
}

function decodeDescribeQuorumRequestPartitionData(reader: ByteReader, _version: number): DescribeQuorumRequestPartitionData {
  const partitionIndex = reader.i32();
  skipTags(reader);
  return { partitionIndex };
}

function decodeDescribeQuorumRequestTopicData(reader: ByteReader, version: number): DescribeQuorumRequestTopicData {
  const topicName = readCompactString(reader);
  const partitions: DescribeQuorumRequestPartitionData[] = [];
  const partitionsCount = readCompactCount(reader, 5);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeDescribeQuorumRequestPartitionData(reader, version));
  skipTags(reader);
  return { topicName, partitions };
}

export function decodeDescribeQuorumRequest(reader: ByteReader, version: number): DescribeQuorumRequest {
  const topics: DescribeQuorumRequestTopicData[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeDescribeQuorumRequestTopicData(reader, version));
  skipTags(reader);
  return { topics };
}

export interface DescribeQuorumResponse {
  errorCode: number;
  errorMessage: string | null;
  topics: DescribeQuorumResponseTopicData[];
  nodes: Node[];
}

export interface Node {
  nodeId: number;
  listeners: Listener[];
}

export interface Listener {
  name: string;
  host: string;
  port: number;
}

export interface DescribeQuorumResponseTopicData {
  topicName: string;
  partitions: DescribeQuorumResponsePartitionData[];
}

export interface DescribeQuorumResponsePartitionData {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  leaderId: number;
  leaderEpoch: number;
  highWatermark: number;
  currentVoters: ReplicaState[];
  observers: ReplicaState[];
}

export interface ReplicaState {
  replicaId: number;
  replicaDirectoryId: string;
  logEndOffset: number;
  lastFetchTimestamp: number;
  lastCaughtUpTimestamp: number;
}

export function newReplicaState(): ReplicaState {
  return { replicaId: 0, replicaDirectoryId: ZERO_UUID, logEndOffset: 0, lastFetchTimestamp: -1, lastCaughtUpTimestamp: -1 };
}

function encodeReplicaState(writer: ByteWriter, version: number, value: ReplicaState): void {
  writer.i32(value.replicaId);
  if (version >= 2) {
    writeUuid(writer, value.replicaDirectoryId);
  }
  writer.i64(value.logEndOffset);
  if (version >= 1) {
    writer.i64(value.lastFetchTimestamp);
  }
  if (version >= 1) {
    writer.i64(value.lastCaughtUpTimestamp);
  }
  writer.u8(0);
}

export function newDescribeQuorumResponsePartitionData(): DescribeQuorumResponsePartitionData {
  return { partitionIndex: 0, errorCode: 0, errorMessage: null, leaderId: 0, leaderEpoch: 0, highWatermark: 0, currentVoters: [], observers: [] };
}

function encodeDescribeQuorumResponsePartitionData(writer: ByteWriter, version: number, value: DescribeQuorumResponsePartitionData): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  }
  writer.i32(value.leaderId);
  writer.i32(value.leaderEpoch);
  writer.i64(value.highWatermark);
  writeCompactCount(writer, value.currentVoters.length);
  for (const element of value.currentVoters) encodeReplicaState(writer, version, element);
  writeCompactCount(writer, value.observers.length);
  for (const element of value.observers) encodeReplicaState(writer, version, element);
  writer.u8(0);
}

export function newDescribeQuorumResponseTopicData(): DescribeQuorumResponseTopicData {
  return { topicName: '', partitions: [] };
}

function encodeDescribeQuorumResponseTopicData(writer: ByteWriter, version: number, value: DescribeQuorumResponseTopicData): void {
  writeCompactString(writer, value.topicName);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeDescribeQuorumResponsePartitionData(writer, version, element);
  writer.u8(0);
}

export function newListener(): Listener {
  return { name: '', host: '', port: 0 };
}

function encodeListener(writer: ByteWriter, _version: number, value: Listener): void {
  writeCompactString(writer, value.name);
  writeCompactString(writer, value.host);
  writer.u16(value.port);
  writer.u8(0);
}

export function newNode(): Node {
  return { nodeId: 0, listeners: [] };
}

function encodeNode(writer: ByteWriter, version: number, value: Node): void {
  writer.i32(value.nodeId);
  writeCompactCount(writer, value.listeners.length);
  for (const element of value.listeners) encodeListener(writer, version, element);
  writer.u8(0);
}

export function newDescribeQuorumResponse(): DescribeQuorumResponse {
  return { errorCode: 0, errorMessage: null, topics: [], nodes: [] };
}

export function encodeDescribeQuorumResponse(writer: ByteWriter, version: number, value: DescribeQuorumResponse): void {
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  }
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeDescribeQuorumResponseTopicData(writer, version, element);
  if (version >= 2) {
    writeCompactCount(writer, value.nodes.length);
    for (const element of value.nodes) encodeNode(writer, version, element);
  }
  writer.u8(0);
}
