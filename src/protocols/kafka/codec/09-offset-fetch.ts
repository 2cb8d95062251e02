// Generated from src/protocols/kafka/schema/09-offset-fetch.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readBool,
  readCompactCount,
  readCompactNullableCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableCount,
  readString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
  writeUuid,
} from './primitives.js';

export interface OffsetFetchRequest {
  groupId: string;
  topics: OffsetFetchRequestTopic[] | null;
  groups: OffsetFetchRequestGroup[];
  requireStable: boolean;
}

export interface OffsetFetchRequestGroup {
  groupId: string;
  memberId: string | null;
  memberEpoch: number;
  topics: OffsetFetchRequestGroupTopic[] | null;
}

export interface OffsetFetchRequestGroupTopic {
  name: string;
  topicId: string;
  partitionIndexes: number[];
}

export interface OffsetFetchRequestTopic {
  name: string;
  partitionIndexes: number[];
}

function decodeOffsetFetchRequestTopic(reader: ByteReader, version: number): OffsetFetchRequestTopic {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitionIndexes: number[] = [];
  const partitionIndexesCount = version >= 6 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = partitionIndexesCount; left > 0; left--) partitionIndexes.push(reader.i32());
  if (version >= 6) skipTags(reader);
  return { name, partitionIndexes };
}

function decodeOffsetFetchRequestGroupTopic(reader: ByteReader, version: number): OffsetFetchRequestGroupTopic {
  const name = version >= 10 ? '' : readCompactString(reader);
  const topicId = version >= 10 ? readUuid(reader) : ZERO_UUID;
  const partitionIndexes: number[] = [];
  const partitionIndexesCount = readCompactCount(reader, 4);
  for (let left = partitionIndexesCount; left > 0; left--) partitionIndexes.push(reader.i32());
  skipTags(reader);
  return { name, topicId, partitionIndexes };
}

function decodeOffsetFetchRequestGroup(reader: ByteReader, version: number): OffsetFetchRequestGroup {
  const groupId = readCompactString(reader);
  const memberId = version >= 9 ? readCompactNullableString(reader) : null;
  const memberEpoch = version >= 9 ? reader.i32() : -1;
  let topics: OffsetFetchRequestGroupTopic[] | null = [];
  const topicsCount = readCompactNullableCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetFetchRequestGroupTopic(reader, version));
  if (topicsCount < 0) topics = null;
  skipTags(reader);
  return { groupId, memberId, memberEpoch, topics };
}

export function decodeOffsetFetchRequest(reader: ByteReader, version: number): OffsetFetchRequest {
  const groupId = version >= 8 ? '' : version >= 6 ? readCompactString(reader) : readString(reader);
  let topics: OffsetFetchRequestTopic[] | null = [];
  const topicsCount = version >= 8 ? 0 : version >= 6 ? readCompactNullableCount(reader, 3) : version >= 2 ? readNullableCount(reader, 6) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetFetchRequestTopic(reader, version));
  if (topicsCount < 0) topics = null;
  const groups: OffsetFetchRequestGroup[] = [];
  const groupsCount = version >= 8 ? readCompactCount(reader, 3) : 0;
  for (let left = groupsCount; left > 0; left--) groups.push(decodeOffsetFetchRequestGroup(reader, version));
  const requireStable = version >= 7 ? readBool(reader) : false;
  if (version >= 6) skipTags(reader);
  return { groupId, topics, groups, requireStable };
}

export interface OffsetFetchResponse {
  throttleTimeMs: number;
  topics: OffsetFetchResponseTopic[];
  errorCode: number;
  groups: OffsetFetchResponseGroup[];
}

export interface OffsetFetchResponseGroup {
  groupId: string;
  topics: OffsetFetchResponseGroupTopic[];
  errorCode: number;
}

export interface OffsetFetchResponseGroupTopic {
  name: string;
  topicId: string;
  partitions: OffsetFetchResponseGroupPartition[];
}

export interface OffsetFetchResponseGroupPartition {
  partitionIndex: number;
  committedOffset: number;
  committedLeaderEpoch: number;
  metadata: string | null;
  errorCode: number;
}

export interface OffsetFetchResponseTopic {
  name: string;
  partitions: OffsetFetchResponsePartition[];
}

export interface OffsetFetchResponsePartition {
  partitionIndex: number;
  committedOffset: number;
  committedLeaderEpoch: number;
  metadata: string | null;
  errorCode: number;
}

export function newOffsetFetchResponsePartition(): OffsetFetchResponsePartition {
  return { partitionIndex: 0, committedOffset: 0, committedLeaderEpoch: -1, metadata: '', errorCode: 0 };
}

function encodeOffsetFetchResponsePartition(writer: ByteWriter, version: number, value: OffsetFetchResponsePartition): void {
  writer.i32(value.partitionIndex);
  writer.i64(value.committedOffset);
  if (version >= 5) {
    writer.i32(value.committedLeaderEpoch);
  }
  if (version >= 6) {
    writeCompactNullableString(writer, value.metadata);
  } else {
    writeNullableString(writer, value.metadata);
  }
  writer.i16(value.errorCode);
  if (version >= 6) writer.u8(0);
}

export function newOffsetFetchResponseTopic(): OffsetFetchResponseTopic {
  return { name: '', partitions: [] };
}

function encodeOffsetFetchResponseTopic(writer: ByteWriter, version: number, value: OffsetFetchResponseTopic): void {
  if (version >= 6) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 6) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeOffsetFetchResponsePartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeOffsetFetchResponsePartition(writer, version, element);
  }
  if (version >= 6) writer.u8(0);
}

export function newOffsetFetchResponseGroupPartition(): OffsetFetchResponseGroupPartition {
  return { partitionIndex: 0, committedOffset: 0, committedLeaderEpoch: -1, metadata: '', errorCode: 0 };
}

function encodeOffsetFetchResponseGroupPartition(writer: ByteWriter, _version: number, value: OffsetFetchResponseGroupPartition): void {
  writer.i32(value.partitionIndex);
  writer.i64(value.committedOffset);
  writer.i32(value.committedLeaderEpoch);
  writeCompactNullableString(writer, value.metadata);
  writer.i16(value.errorCode);
  writer.u8(0);
}

export function newOffsetFetchResponseGroupTopic(): OffsetFetchResponseGroupTopic {
  return { name: '', topicId: ZERO_UUID, partitions: [] };
}

function encodeOffsetFetchResponseGroupTopic(writer: ByteWriter, version: number, value: OffsetFetchResponseGroupTopic): void {
  if (version < 10) {
    writeCompactString(writer, value.name);
  }
  if (version >= 10) {
    writeUuid(writer, value.topicId);
  }
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) encodeOffsetFetchResponseGroupPartition(writer, version, element);
  writer.u8(0);
}

export function newOffsetFetchResponseGroup(): OffsetFetchResponseGroup {
  return { groupId: '', topics: [], errorCode: 0 };
}

function encodeOffsetFetchResponseGroup(writer: ByteWriter, version: number, value: OffsetFetchResponseGroup): void {
  writeCompactString(writer, value.groupId);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeOffsetFetchResponseGroupTopic(writer, version, element);
  writer.i16(value.errorCode);
  writer.u8(0);
}

export function newOffsetFetchResponse(): OffsetFetchResponse {
  return { throttleTimeMs: 0, topics: [], errorCode: 0, groups: [] };
}

export function encodeOffsetFetchResponse(writer: ByteWriter, version: number, value: OffsetFetchResponse): void {
  if (version >= 3) {
    writer.i32(value.throttleTimeMs);
  }
  if (version < 8) {
    if (version >= 6) {
      writeCompactCount(writer, value.topics.length);
      for (const element of value.topics) encodeOffsetFetchResponseTopic(writer, version, element);
    } else {
      writeCount(writer, value.topics.length);
      for (const element of value.topics) encodeOffsetFetchResponseTopic(writer, version, element);
    }
  }
  if (version < 8) {
    if (version >= 2) {
      writer.i16(value.errorCode);
    }
  }
  if (version >= 8) {
    writeCompactCount(writer, value.groups.length);
    for (const element of value.groups) encodeOffsetFetchResponseGroup(writer, version, element);
  }
  if (version >= 6) writer.u8(0);
}
