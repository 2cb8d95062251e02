// Generated from src/protocols/kafka/schema/08-offset-commit.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
  writeUuid,
} from './primitives.js';

export interface OffsetCommitRequest {
  groupId: string;
  generationIdOrMemberEpoch: number;
  memberId: string;
  groupInstanceId: string | null;
  retentionTimeMs: number;
  topics: OffsetCommitRequestTopic[];
}

export interface OffsetCommitRequestTopic {
  name: string;
  topicId: string;
  partitions: OffsetCommitRequestPartition[];
}

export interface OffsetCommitRequestPartition {
  partitionIndex: number;
  committedOffset: number;
  commitTimestamp: number;
  committedLeaderEpoch: number;
  committedMetadata: string | null;
}

function decodeOffsetCommitRequestPartition(reader: ByteReader, version: number): OffsetCommitRequestPartition {
  const partitionIndex = reader.i32();
  const committedOffset = reader.i64();
  const commitTimestamp = version >= 2 ? -1 : reader.i64();
  const committedLeaderEpoch = version >= 6 ? reader.i32() : -1;
  const committedMetadata = version >= 8 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 8) skipTags(reader);
  return { partitionIndex, committedOffset, commitTimestamp, committedLeaderEpoch, committedMetadata };
}

function decodeOffsetCommitRequestTopic(reader: ByteReader, version: number): OffsetCommitRequestTopic {
  const name = version >= 10 ? '' : version >= 8 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 10 ? readUuid(reader) : ZERO_UUID;
  const partitions: OffsetCommitRequestPartition[] = [];
  const partitionsCount = version >= 8 ? readCompactCount(reader, 18) : readCount(reader, 14);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeOffsetCommitRequestPartition(reader, version));
  if (version >= 8) skipTags(reader);
  return { name, topicId, partitions };
}

export function decodeOffsetCommitRequest(reader: ByteReader, version: number): OffsetCommitRequest {
  const groupId = version >= 8 ? readCompactString(reader) : readString(reader);
  const generationIdOrMemberEpoch = reader.i32();
  const memberId = version >= 8 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 8 ? readCompactNullableString(reader) : version >= 7 ? readNullableString(reader) : null;
  const retentionTimeMs = version >= 5 ? -1 : version >= 2 ? reader.i64() : -1;
  const topics: OffsetCommitRequestTopic[] = [];
  const topicsCount = version >= 8 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetCommitRequestTopic(reader, version));
  if (version >= 8) skipTags(reader);
  return { groupId, generationIdOrMemberEpoch, memberId, groupInstanceId, retentionTimeMs, topics };
}

export interface OffsetCommitResponse {
  throttleTimeMs: number;
  topics: OffsetCommitResponseTopic[];
}

export interface OffsetCommitResponseTopic {
  name: string;
  topicId: string;
  partitions: OffsetCommitResponsePartition[];
}

export interface OffsetCommitResponsePartition {
  partitionIndex: number;
  errorCode: number;
}

export function newOffsetCommitResponsePartition(): OffsetCommitResponsePartition {
  return { partitionIndex: 0, errorCode: 0 };
}

function encodeOffsetCommitResponsePartition(writer: ByteWriter, version: number, value: OffsetCommitResponsePartition): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.errorCode);
  if (version >= 8) writer.u8(0);
}

export function newOffsetCommitResponseTopic(): OffsetCommitResponseTopic {
  return { name: '', topicId: ZERO_UUID, partitions: [] };
}

function encodeOffsetCommitResponseTopic(writer: ByteWriter, version: number, value: OffsetCommitResponseTopic): void {
  if (version < 10) {
    if (version >= 8) {
      writeCompactString(writer, value.name);
    } else {
      writeString(writer, value.name);
    }
  }
  if (version >= 10) {
    writeUuid(writer, value.topicId);
  }
  if (version >= 8) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeOffsetCommitResponsePartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeOffsetCommitResponsePartition(writer, version, element);
  }
  if (version >= 8) writer.u8(0);
}

export function newOffsetCommitResponse(): OffsetCommitResponse {
  return { throttleTimeMs: 0, topics: [] };
}

export function encodeOffsetCommitResponse(writer: ByteWriter, version: number, value: OffsetCommitResponse): void {
  if (version >= 3) {
    writer.i32(value.throttleTimeMs);
  }
  if (version >= 8) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeOffsetCommitResponseTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeOffsetCommitResponseTopic(writer, version, element);
  }
  if (version >= 8) writer.u8(0);
}
