// Generated from src/protocols/kafka/schema/61-describe-producers.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
} from './primitives.js';

export interface DescribeProducersRequest {
  topics: TopicRequest[];
}

export interface TopicRequest {
  name: string;
  partitionIndexes: number[];
}

function decodeTopicRequest(reader: ByteReader, _version: number): TopicRequest {
  const name = readCompactString(reader);
  const partitionIndexes: number[] = [];
  const partitionIndexesCount = readCompactCount(reader, 4);
  for (let left = partitionIndexesCount; left > 0; left--) partitionIndexes.push(reader.i32());
  skipTags(reader);
  return { name, partitionIndexes };
}

export function decodeDescribeProducersRequest(reader: ByteReader, version: number): DescribeProducersRequest {
  const topics: TopicRequest[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeTopicRequest(reader, version));
  skipTags(reader);
  return { topics };
}

export interface DescribeProducersResponse {
  throttleTimeMs: number;
  topics: TopicResponse[];
}

export interface TopicResponse {
  name: string;
  partitions: PartitionResponse[];
}

export interface PartitionResponse {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  activeProducers: ProducerState[];
}

export interface ProducerState {
  producerId: number;
  producerEpoch: number;
  lastSequence: number;
  lastTimestamp: number;
  coordinatorEpoch: number;
  currentTxnStartOffset: number;
}

export function newProducerState(): ProducerState {
  return { producerId: 0, producerEpoch: 0, lastSequence: -1, lastTimestamp: -1, coordinatorEpoch: 0, currentTxnStartOffset: -1 };
}

function encodeProducerState(writer: ByteWriter, _version: number, value: ProducerState): void {
  writer.i64(value.producerId);
  writer.i32(value.producerEpoch);
  writer.i32(value.lastSequence);
  writer.i64(value.lastTimestamp);
  writer.i32(value.coordinatorEpoch);
  writer.i64(value.currentTxnStartOffset);
  writer.u8(0);
}

export function newPartitionResponse(): PartitionResponse {
  return { partitionIndex: 0, errorCode: 0, errorMessage: null, activeProducers: [] };
}

function encodePartitionResponse(writer: ByteWriter, version: number, value: PartitionResponse): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writeCompactCount(writer, value.activeProducers.length);
  for (const element of value.activeProducers) encodeProducerState(writer, version, element);
  writer.u8(0);
}

export function newTopicResponse(): TopicResponse {
  return { name: '', partitions: [] };
}

function encodeTopicResponse(writer: ByteWriter, version: number, value: TopicResponse): void {
  writeCompactString(writer, value.name);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodePartitionResponse(writer, version, element);
  writer.u8(0);
}

export function newDescribeProducersResponse(): DescribeProducersResponse {
  return { throttleTimeMs: 0, topics: [] };
}

export function encodeDescribeProducersResponse(writer: ByteWriter, version: number, value: DescribeProducersResponse): void {
  writer.i32(value.throttleTimeMs);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeTopicResponse(writer, version, element);
  writer.u8(0);
}
