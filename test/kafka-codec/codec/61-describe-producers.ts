// Generated from src/protocols/kafka/schema/61-describe-producers.ts by scripts/generate-codec.ts. Do not edit.

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
  type TopicRequest,
  type DescribeProducersRequest,
  type ProducerState,
  type PartitionResponse,
  type TopicResponse,
  type DescribeProducersResponse,
} from '../../../src/protocols/kafka/codec/61-describe-producers.js';

function encodeTopicRequest(writer: ByteWriter, _version: number, value: TopicRequest): void {
  writeCompactString(writer, value.name);
  writeCompactCount(writer, value.partitionIndexes.length);
  for (const element of value.partitionIndexes) writer.i32(element);
  writer.u8(0);
}

export function newTopicRequest(): TopicRequest {
  return { name: '', partitionIndexes: [] };
}

export function encodeDescribeProducersRequest(writer: ByteWriter, version: number, value: DescribeProducersRequest): void {
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeTopicRequest(writer, version, element);
  writer.u8(0);
}

export function newDescribeProducersRequest(): DescribeProducersRequest {
  return { topics: [] };
}

function decodeProducerState(reader: ByteReader, _version: number): ProducerState {
  const producerId = reader.i64();
  const producerEpoch = reader.i32();
  const lastSequence = reader.i32();
  const lastTimestamp = reader.i64();
  const coordinatorEpoch = reader.i32();
  const currentTxnStartOffset = reader.i64();
  skipTags(reader);
  return { producerId, producerEpoch, lastSequence, lastTimestamp, coordinatorEpoch, currentTxnStartOffset };
}

function decodePartitionResponse(reader: ByteReader, version: number): PartitionResponse {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const activeProducers: ProducerState[] = [];
  const activeProducersCount = readCompactCount(reader, 37);
  for (let left = activeProducersCount; left > 0; left--) activeProducers.push(decodeProducerState(reader, version));
  skipTags(reader);
  return { partitionIndex, errorCode, errorMessage, activeProducers };
}

function decodeTopicResponse(reader: ByteReader, version: number): TopicResponse {
  const name = readCompactString(reader);
  const partitions: PartitionResponse[] = [];
  const partitionsCount = readCompactCount(reader, 9);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodePartitionResponse(reader, version));
  skipTags(reader);
  return { name, partitions };
}

export function decodeDescribeProducersResponse(reader: ByteReader, version: number): DescribeProducersResponse {
  const throttleTimeMs = reader.i32();
  const topics: TopicResponse[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeTopicResponse(reader, version));
  skipTags(reader);
  return { throttleTimeMs, topics };
}
