// Generated from src/protocols/kafka/schema/08-offset-commit.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  readCompactCount,
  readCompactString,
  readCount,
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
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type OffsetCommitRequestPartition,
  type OffsetCommitRequestTopic,
  type OffsetCommitRequest,
  type OffsetCommitResponsePartition,
  type OffsetCommitResponseTopic,
  type OffsetCommitResponse,
} from '../../../src/protocols/kafka/codec/08-offset-commit.js';

function encodeOffsetCommitRequestPartition(writer: ByteWriter, version: number, value: OffsetCommitRequestPartition): void {
  writer.i32(value.partitionIndex);
  writer.i64(value.committedOffset);
  if (version < 2) {
    writer.i64(value.commitTimestamp);
  }
  if (version >= 6) {
    writer.i32(value.committedLeaderEpoch);
  }
  if (version >= 8) {
    writeCompactNullableString(writer, value.committedMetadata);
  } else {
    writeNullableString(writer, value.committedMetadata);
  }
  if (version >= 8) writer.u8(0);
}

export function newOffsetCommitRequestPartition(): OffsetCommitRequestPartition {
  return { partitionIndex: 0, committedOffset: 0, commitTimestamp: -1, committedLeaderEpoch: -1, committedMetadata: '' };
}

function encodeOffsetCommitRequestTopic(writer: ByteWriter, version: number, value: OffsetCommitRequestTopic): void {
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
    for (const element of value.partitions) encodeOffsetCommitRequestPartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeOffsetCommitRequestPartition(writer, version, element);
  }
  if (version >= 8) writer.u8(0);
}

export function newOffsetCommitRequestTopic(): OffsetCommitRequestTopic {
  return { name: '', topicId: ZERO_UUID, partitions: [] };
}

export function encodeOffsetCommitRequest(writer: ByteWriter, version: number, value: OffsetCommitRequest): void {
  if (version >= 8) {
    writeCompactString(writer, value.groupId);
  } else {
    writeString(writer, value.groupId);
  }
  writer.i32(value.generationIdOrMemberEpoch);
  if (version >= 8) {
    writeCompactString(writer, value.memberId);
  } else {
    writeString(writer, value.memberId);
  }
  if (version >= 8) {
    writeCompactNullableString(writer, value.groupInstanceId);
  } else if (version >= 7) {
    writeNullableString(writer, value.groupInstanceId);
  }
  if (version < 5) {
    if (version >= 2) {
      writer.i64(value.retentionTimeMs);
    }
  }
  if (version >= 8) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeOffsetCommitRequestTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeOffsetCommitRequestTopic(writer, version, element);
  }
  if (version >= 8) writer.u8(0);
}

export function newOffsetCommitRequest(): OffsetCommitRequest {
  return { groupId: '', generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null, retentionTimeMs: -1, topics: [] };
}

function decodeOffsetCommitResponsePartition(reader: ByteReader, version: number): OffsetCommitResponsePartition {
  const partitionIndex = reader.i32();
  const errorCode = reader.i16();
  if (version >= 8) skipTags(reader);
  return { partitionIndex, errorCode };
}

function decodeOffsetCommitResponseTopic(reader: ByteReader, version: number): OffsetCommitResponseTopic {
  const name = version >= 10 ? '' : version >= 8 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 10 ? readUuid(reader) : ZERO_UUID;
  const partitions: OffsetCommitResponsePartition[] = [];
  const partitionsCount = version >= 8 ? readCompactCount(reader, 7) : readCount(reader, 6);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeOffsetCommitResponsePartition(reader, version));
  if (version >= 8) skipTags(reader);
  return { name, topicId, partitions };
}

export function decodeOffsetCommitResponse(reader: ByteReader, version: number): OffsetCommitResponse {
  const throttleTimeMs = version >= 3 ? reader.i32() : 0;
  const topics: OffsetCommitResponseTopic[] = [];
  const topicsCount = version >= 8 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetCommitResponseTopic(reader, version));
  if (version >= 8) skipTags(reader);
  return { throttleTimeMs, topics };
}
