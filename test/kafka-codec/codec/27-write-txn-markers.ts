// Generated from src/protocols/kafka/schema/27-write-txn-markers.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type WritableTxnMarkerTopic,
  type WritableTxnMarker,
  type WriteTxnMarkersRequest,
  type WritableTxnMarkerPartitionResult,
  type WritableTxnMarkerTopicResult,
  type WritableTxnMarkerResult,
  type WriteTxnMarkersResponse,
} from '../../../src/protocols/kafka/codec/27-write-txn-markers.js';

function encodeWritableTxnMarkerTopic(writer: ByteWriter, _version: number, value: WritableTxnMarkerTopic): void {
  writeCompactString(writer, value.name);
  writeCompactCount(writer, value.partitionIndexes.length);
  for (const element of value.partitionIndexes) writer.i32(element);
  writer.u8(0);
}

export function newWritableTxnMarkerTopic(): WritableTxnMarkerTopic {
  return { name: '', partitionIndexes: [] };
}

function encodeWritableTxnMarker(writer: ByteWriter, version: number, value: WritableTxnMarker): void {
  writer.i64(value.producerId);
  writer.i16(value.producerEpoch);
  writeBool(writer, value.transactionResult);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeWritableTxnMarkerTopic(writer, version, element);
  writer.i32(value.coordinatorEpoch);
  if (version >= 2) {
    writer.i8(value.transactionVersion);
  }
  writer.u8(0);
}

export function newWritableTxnMarker(): WritableTxnMarker {
  return { producerId: 0, producerEpoch: 0, transactionResult: false, topics: [], coordinatorEpoch: 0, transactionVersion: 0 };
}

export function encodeWriteTxnMarkersRequest(writer: ByteWriter, version: number, value: WriteTxnMarkersRequest): void {
  writeCompactCount(writer, value.markers.length);
  for (const element of value.markers) encodeWritableTxnMarker(writer, version, element);
  writer.u8(0);
}

export function newWriteTxnMarkersRequest(): WriteTxnMarkersRequest {
  return { markers: [] };
}

function decodeWritableTxnMarkerPartitionResult(reader: ByteReader, _version: number): WritableTxnMarkerPartitionResult {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  skipTags(reader);
  return { partitionIndex, errorCode };
}

function decodeWritableTxnMarkerTopicResult(reader: ByteReader, version: number): WritableTxnMarkerTopicResult {
  const name = readCompactString(reader);
  const partitions: WritableTxnMarkerPartitionResult[] = [];
  const partitionsCount = readCompactCount(reader, 7);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeWritableTxnMarkerPartitionResult(reader, version));
  skipTags(reader);
  return { name, partitions };
}

function decodeWritableTxnMarkerResult(reader: ByteReader, version: number): WritableTxnMarkerResult {
  const producerId = reader.i64();
  const topics: WritableTxnMarkerTopicResult[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeWritableTxnMarkerTopicResult(reader, version));
  skipTags(reader);
  return { producerId, topics };
}

export function decodeWriteTxnMarkersResponse(reader: ByteReader, version: number): WriteTxnMarkersResponse {
  const markers: WritableTxnMarkerResult[] = [];
  const markersCount = readCompactCount(reader, 10);
  for (let left = markersCount; left > 0; left--) markers.push(decodeWritableTxnMarkerResult(reader, version));
  skipTags(reader);
  return { markers };
}
