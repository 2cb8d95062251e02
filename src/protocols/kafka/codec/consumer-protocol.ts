// Generated from src/protocols/kafka/schema/consumer-protocol.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCount,
  readNullableBytes,
  readNullableString,
  readString,
  writeCount,
  writeNullableBytes,
  writeNullableString,
  writeString,
} from './primitives.js';

export interface ConsumerProtocolSubscription {
  topics: string[];
  userData: Buffer | null;
  ownedPartitions: ConsumerOwnedPartitions[];
  generationId: number;
  rackId: string | null;
}

export interface ConsumerOwnedPartitions {
  topic: string;
  partitions: number[];
}

export function newConsumerOwnedPartitions(): ConsumerOwnedPartitions {
  return { topic: '', partitions: [] };
}

function decodeConsumerOwnedPartitions(reader: ByteReader, _version: number): ConsumerOwnedPartitions {
  const topic = readString(reader);
  const partitions: number[] = [];
  const partitionsCount = readCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  return { topic, partitions };
}

function encodeConsumerOwnedPartitions(writer: ByteWriter, _version: number, value: ConsumerOwnedPartitions): void {
  writeString(writer, value.topic);
  writeCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
}

export function newConsumerProtocolSubscription(): ConsumerProtocolSubscription {
  return { topics: [], userData: null, ownedPartitions: [], generationId: -1, rackId: null };
}

export function decodeConsumerProtocolSubscription(reader: ByteReader, version: number): ConsumerProtocolSubscription {
  const topics: string[] = [];
  const topicsCount = readCount(reader, 2);
  for (let left = topicsCount; left > 0; left--) topics.push(readString(reader));
  const userData = readNullableBytes(reader);
  const ownedPartitions: ConsumerOwnedPartitions[] = [];
  const ownedPartitionsCount = version >= 1 ? readCount(reader, 6) : 0;
  for (let left = ownedPartitionsCount; left > 0; left--) ownedPartitions.push(decodeConsumerOwnedPartitions(reader, version));
  const generationId = version >= 2 ? reader.i32() : -1;
  const rackId = version >= 3 ? readNullableString(reader) : null;
  return { topics, userData, ownedPartitions, generationId, rackId };
}

export function encodeConsumerProtocolSubscription(writer: ByteWriter, version: number, value: ConsumerProtocolSubscription): void {
  writeCount(writer, value.topics.length);
  for (const element of value.topics) writeString(writer, element);
  writeNullableBytes(writer, value.userData);
  if (version >= 1) {
    writeCount(writer, value.ownedPartitions.length);
    for (const element of value.ownedPartitions) encodeConsumerOwnedPartitions(writer, version, element);
  }
  if (version >= 2) {
    writer.i32(value.generationId);
  }
  if (version >= 3) {
    writeNullableString(writer, value.rackId);
  }
}

export interface ConsumerProtocolAssignment {
  assignedPartitions: ConsumerAssignedPartitions[];
  userData: Buffer | null;
}

export interface ConsumerAssignedPartitions {
  topic: string;
  partitions: number[];
}

export function newConsumerAssignedPartitions(): ConsumerAssignedPartitions {
  return { topic: '', partitions: [] };
}

function decodeConsumerAssignedPartitions(reader: ByteReader, _version: number): ConsumerAssignedPartitions {
  const topic = readString(reader);
  const partitions: number[] = [];
  const partitionsCount = readCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  return { topic, partitions };
}

function encodeConsumerAssignedPartitions(writer: ByteWriter, _version: number, value: ConsumerAssignedPartitions): void {
  writeString(writer, value.topic);
  writeCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
}

export function newConsumerProtocolAssignment(): ConsumerProtocolAssignment {
  return { assignedPartitions: [], userData: null };
}

export function decodeConsumerProtocolAssignment(reader: ByteReader, version: number): ConsumerProtocolAssignment {
  const assignedPartitions: ConsumerAssignedPartitions[] = [];
  const assignedPartitionsCount = readCount(reader, 6);
  for (let left = assignedPartitionsCount; left > 0; left--) assignedPartitions.push(decodeConsumerAssignedPartitions(reader, version));
  const userData = readNullableBytes(reader);
  return { assignedPartitions, userData };
}

export function encodeConsumerProtocolAssignment(writer: ByteWriter, version: number, value: ConsumerProtocolAssignment): void {
  writeCount(writer, value.assignedPartitions.length);
  for (const element of value.assignedPartitions) encodeConsumerAssignedPartitions(writer, version, element);
  writeNullableBytes(writer, value.userData);
}
