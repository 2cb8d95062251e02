// Generated from src/protocols/kafka/schema/09-offset-fetch.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  present,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  readUuid,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeString,
  writeUuid,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type OffsetFetchRequestTopic,
  type OffsetFetchRequestGroupTopic,
  type OffsetFetchRequestGroup,
  type OffsetFetchRequest,
  type OffsetFetchResponsePartition,
  type OffsetFetchResponseTopic,
  type OffsetFetchResponseGroupPartition,
  type OffsetFetchResponseGroupTopic,
  type OffsetFetchResponseGroup,
  type OffsetFetchResponse,
} from '../../../src/protocols/kafka/codec/09-offset-fetch.js';

function encodeOffsetFetchRequestTopic(writer: ByteWriter, version: number, value: OffsetFetchRequestTopic): void {
  if (version >= 6) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 6) {
    writeCompactCount(writer, value.partitionIndexes.length);
    for (const element of value.partitionIndexes) writer.i32(element);
  } else {
    writeCount(writer, value.partitionIndexes.length);
    for (const element of value.partitionIndexes) writer.i32(element);
  }
  if (version >= 6) writer.u8(0);
}

export function newOffsetFetchRequestTopic(): OffsetFetchRequestTopic {
  return { name: '', partitionIndexes: [] };
}

function encodeOffsetFetchRequestGroupTopic(writer: ByteWriter, version: number, value: OffsetFetchRequestGroupTopic): void {
  if (version < 10) {
    writeCompactString(writer, value.name);
  }
  if (version >= 10) {
    writeUuid(writer, value.topicId);
  }
  writeCompactCount(writer, value.partitionIndexes.length);
  for (const element of value.partitionIndexes) writer.i32(element);
  writer.u8(0);
}

export function newOffsetFetchRequestGroupTopic(): OffsetFetchRequestGroupTopic {
  return { name: '', topicId: ZERO_UUID, partitionIndexes: [] };
}

function encodeOffsetFetchRequestGroup(writer: ByteWriter, version: number, value: OffsetFetchRequestGroup): void {
  writeCompactString(writer, value.groupId);
  if (version >= 9) {
    writeCompactNullableString(writer, value.memberId);
  }
  if (version >= 9) {
    writer.i32(value.memberEpoch);
  }
  if (value.topics === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeOffsetFetchRequestGroupTopic(writer, version, element);
  }
  writer.u8(0);
}

export function newOffsetFetchRequestGroup(): OffsetFetchRequestGroup {
  return { groupId: '', memberId: null, memberEpoch: -1, topics: [] };
}

export function encodeOffsetFetchRequest(writer: ByteWriter, version: number, value: OffsetFetchRequest): void {
  if (version < 8) {
    if (version >= 6) {
      writeCompactString(writer, value.groupId);
    } else {
      writeString(writer, value.groupId);
    }
  }
  if (version < 8) {
    if (version >= 6) {
      if (value.topics === null) writeCompactCount(writer, -1);
      else {
        writeCompactCount(writer, value.topics.length);
        for (const element of value.topics) encodeOffsetFetchRequestTopic(writer, version, element);
      }
    } else if (version >= 2) {
      if (value.topics === null) writeCount(writer, -1);
      else {
        writeCount(writer, value.topics.length);
        for (const element of value.topics) encodeOffsetFetchRequestTopic(writer, version, element);
      }
    } else {
      writeCount(writer, present(value.topics).length);
      for (const element of present(value.topics)) encodeOffsetFetchRequestTopic(writer, version, element);
    }
  }
  if (version >= 8) {
    writeCompactCount(writer, value.groups.length);
    for (const element of value.groups) encodeOffsetFetchRequestGroup(writer, version, element);
  }
  if (version >= 7) {
    writeBool(writer, value.requireStable);
  }
  if (version >= 6) writer.u8(0);
}

export function newOffsetFetchRequest(): OffsetFetchRequest {
  return { groupId: '', topics: [], groups: [], requireStable: false };
}

function decodeOffsetFetchResponsePartition(reader: ByteReader, version: number): OffsetFetchResponsePartition {
  const partitionIndex = reader.i32();
  const committedOffset = reader.i64();
  const committedLeaderEpoch = version >= 5 ? reader.i32() : -1;
  const metadata = version >= 6 ? readCompactNullableString(reader) : readNullableString(reader);
  const errorCode = reader.i16();
  if (version >= 6) skipTags(reader);
  return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode };
}

function decodeOffsetFetchResponseTopic(reader: ByteReader, version: number): OffsetFetchResponseTopic {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitions: OffsetFetchResponsePartition[] = [];
  const partitionsCount = version >= 6 ? readCompactCount(reader, 20) : readCount(reader, 16);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeOffsetFetchResponsePartition(reader, version));
  if (version >= 6) skipTags(reader);
  return { name, partitions };
}

function decodeOffsetFetchResponseGroupPartition(reader: ByteReader, _version: number): OffsetFetchResponseGroupPartition {
  const partitionIndex = reader.i32();
  const committedOffset = reader.i64();
  const committedLeaderEpoch = reader.i32();
  const metadata = readCompactNullableString(reader);
  const errorCode = reader.i16();
  skipTags(reader);
  return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode };
}

function decodeOffsetFetchResponseGroupTopic(reader: ByteReader, version: number): OffsetFetchResponseGroupTopic {
  const name = version >= 10 ? '' : readCompactString(reader);
  const topicId = version >= 10 ? readUuid(reader) : ZERO_UUID;
  const partitions: OffsetFetchResponseGroupPartition[] = [];
  const partitionsCount = readCompactCount(reader, 20);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeOffsetFetchResponseGroupPartition(reader, version));
  skipTags(reader);
  return { name, topicId, partitions };
}

function decodeOffsetFetchResponseGroup(reader: ByteReader, version: number): OffsetFetchResponseGroup {
  const groupId = readCompactString(reader);
  const topics: OffsetFetchResponseGroupTopic[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetFetchResponseGroupTopic(reader, version));
  const errorCode = reader.i16();
  skipTags(reader);
  return { groupId, topics, errorCode };
}

export function decodeOffsetFetchResponse(reader: ByteReader, version: number): OffsetFetchResponse {
  const throttleTimeMs = version >= 3 ? reader.i32() : 0;
  const topics: OffsetFetchResponseTopic[] = [];
  const topicsCount = version >= 8 ? 0 : version >= 6 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeOffsetFetchResponseTopic(reader, version));
  const errorCode = version >= 8 ? 0 : version >= 2 ? reader.i16() : 0;
  const groups: OffsetFetchResponseGroup[] = [];
  const groupsCount = version >= 8 ? readCompactCount(reader, 5) : 0;
  for (let left = groupsCount; left > 0; left--) groups.push(decodeOffsetFetchResponseGroup(reader, version));
  if (version >= 6) skipTags(reader);
  return { throttleTimeMs, topics, errorCode, groups };
}
