// Generated from src/protocols/kafka/schema/27-write-txn-markers.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from './primitives.js';

export interface WriteTxnMarkersRequest {
  markers: WritableTxnMarker[];
}

export interface WritableTxnMarker {
  producerId: number;
  producerEpoch: number;
  transactionResult: boolean;
  topics: WritableTxnMarkerTopic[];
  coordinatorEpoch: number;
  transactionVersion: number;
}

export interface WritableTxnMarkerTopic {
  name: string;
  partitionIndexes: number[];
}

function decodeWritableTxnMarkerTopic(reader: ByteReader, _version: number): WritableTxnMarkerTopic {
  const name = readCompactString(reader);
  const partitionIndexes: number[] = [];
  const partitionIndexesCount = readCompactCount(reader, 4);
  for (let left = partitionIndexesCount; left > 0; left--) partitionIndexes.push(reader.i32());
  skipTags(reader);
  return { name, partitionIndexes };
}

function decodeWritableTxnMarker(reader: ByteReader, version: number): WritableTxnMarker {
  const producerId = reader.i64();
  const producerEpoch = reader.i16();
  const transactionResult = readBool(reader);
  const topics: WritableTxnMarkerTopic[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeWritableTxnMarkerTopic(reader, version));
  const coordinatorEpoch = reader.i32();
  const transactionVersion = version >= 2 ? reader.i8() : 0;
  skipTags(reader);
  return { producerId, producerEpoch, transactionResult, topics, coordinatorEpoch, transactionVersion };
}

export function decodeWriteTxnMarkersRequest(reader: ByteReader, version: number): WriteTxnMarkersRequest {
  const markers: WritableTxnMarker[] = [];
  const markersCount = readCompactCount(reader, 17);
  for (let left = markersCount; left > 0; left--) markers.push(decodeWritableTxnMarker(reader, version));
  skipTags(reader);
  return { markers };
}

export interface WriteTxnMarkersResponse {
  markers: WritableTxnMarkerResult[];
}

export interface WritableTxnMarkerResult {
  producerId: number;
  topics: WritableTxnMarkerTopicResult[];
}

export interface WritableTxnMarkerTopicResult {
  name: string;
  partitions: WritableTxnMarkerPartitionResult[];
}

export interface WritableTxnMarkerPartitionResult {
  partitionIndex: number;
  errorCode: number;
}

export function newWritableTxnMarkerPartitionResult(): WritableTxnMarkerPartitionResult {
  return { partitionIndex: 0, errorCode: 0 };
}

function encodeWritableTxnMarkerPartitionResult(writer: ByteWriter, _version: number, value: WritableTxnMarkerPartitionResult): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  writer.u8(0);
}

export function newWritableTxnMarkerTopicResult(): WritableTxnMarkerTopicResult {
  return { name: '', partitions: [] };
}

function encodeWritableTxnMarkerTopicResult(writer: ByteWriter, version: number, value: WritableTxnMarkerTopicResult): void {
  writeCompactString(writer, value.name);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeWritableTxnMarkerPartitionResult(writer, version, element);
  writer.u8(0);
}

export function newWritableTxnMarkerResult(): WritableTxnMarkerResult {
  return { producerId: 0, topics: [] };
}

function encodeWritableTxnMarkerResult(writer: ByteWriter, version: number, value: WritableTxnMarkerResult): void {
  writer.i64(value.producerId);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeWritableTxnMarkerTopicResult(writer, version, element);
  writer.u8(0);
}

export function newWriteTxnMarkersResponse(): WriteTxnMarkersResponse {
  return { markers: [] };
}

export function encodeWriteTxnMarkersResponse(writer: ByteWriter, version: number, value: WriteTxnMarkersResponse): void {
  writeCompactCount(writer, value.markers.length);
  for (const element of value.markers) encodeWritableTxnMarkerResult(writer, version, element);
  writer.u8(0);
}
