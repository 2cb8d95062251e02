// Generated from src/protocols/kafka/schema/group-records.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  EMPTY_BYTES,
  ZERO_UUID,
  closeReadTag,
  closeWriteTag,
  openReadTag,
  openWriteTag,
  readBytes,
  readCompactBytes,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  readUuid,
  skipTags,
  writeBytes,
  writeCompactBytes,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
  writeUuid,
} from './primitives.js';

export interface OffsetCommitKey {
  group: string;
  topic: string;
  partition: number;
}

export function newOffsetCommitKey(): OffsetCommitKey {
  return { group: '', topic: '', partition: 0 };
}

export function decodeOffsetCommitKey(reader: ByteReader, _version: number): OffsetCommitKey {
  const group = readString(reader);
  const topic = readString(reader);
  const partition = reader.i32();
  return { group, topic, partition };
}

export function encodeOffsetCommitKey(writer: ByteWriter, _version: number, value: OffsetCommitKey): void {
  writeString(writer, value.group);
  writeString(writer, value.topic);
  writer.i32(value.partition);
}

export interface OffsetCommitValue {
  offset: number;
  leaderEpoch: number;
  metadata: string;
  commitTimestamp: number;
  expireTimestamp: number;
  topicId: string;
}

export function newOffsetCommitValue(): OffsetCommitValue {
  return { offset: 0, leaderEpoch: -1, metadata: '', commitTimestamp: 0, expireTimestamp: -1, topicId: ZERO_UUID };
}

export function decodeOffsetCommitValue(reader: ByteReader, version: number): OffsetCommitValue {
  const offset = reader.i64();
  const leaderEpoch = version >= 3 ? reader.i32() : -1;
  const metadata = version >= 4 ? readCompactString(reader) : readString(reader);
  const commitTimestamp = reader.i64();
  const expireTimestamp = version >= 2 ? -1 : version >= 1 ? reader.i64() : -1;
  let topicId: string = ZERO_UUID;
  for (let left = version >= 4 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        topicId = readUuid(reader);
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp, topicId };
}

export function encodeOffsetCommitValue(writer: ByteWriter, version: number, value: OffsetCommitValue): void {
  writer.i64(value.offset);
  if (version >= 3) {
    writer.i32(value.leaderEpoch);
  }
  if (version >= 4) {
    writeCompactString(writer, value.metadata);
  } else {
    writeString(writer, value.metadata);
  }
  writer.i64(value.commitTimestamp);
  if (version < 2) {
    if (version >= 1) {
      writer.i64(value.expireTimestamp);
    }
  }
  if (version >= 4) {
    const has_topicId = value.topicId !== ZERO_UUID;
    writer.u8((has_topicId ? 1 : 0));
    if (has_topicId) {
      const at = openWriteTag(writer, 0);
      writeUuid(writer, value.topicId);
      closeWriteTag(writer, at);
    }
  }
}

export interface GroupMetadataKey {
  group: string;
}

export function newGroupMetadataKey(): GroupMetadataKey {
  return { group: '' };
}

export function decodeGroupMetadataKey(reader: ByteReader, _version: number): GroupMetadataKey {
  const group = readString(reader);
  return { group };
}

export function encodeGroupMetadataKey(writer: ByteWriter, _version: number, value: GroupMetadataKey): void {
  writeString(writer, value.group);
}

export interface GroupMetadataValue {
  protocolType: string;
  generation: number;
  protocol: string | null;
  leader: string | null;
  currentStateTimestamp: number;
  members: GroupMemberMetadata[];
}

export interface GroupMemberMetadata {
  memberId: string;
  groupInstanceId: string | null;
  clientId: string;
  clientHost: string;
  rebalanceTimeout: number;
  sessionTimeout: number;
  subscription: Buffer;
  assignment: Buffer;
}

export function newGroupMemberMetadata(): GroupMemberMetadata {
  return { memberId: '', groupInstanceId: null, clientId: '', clientHost: '', rebalanceTimeout: 0, sessionTimeout: 0, subscription: EMPTY_BYTES, assignment: EMPTY_BYTES };
}

function decodeGroupMemberMetadata(reader: ByteReader, version: number): GroupMemberMetadata {
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readCompactNullableString(reader) : version >= 3 ? readNullableString(reader) : null;
  const clientId = version >= 4 ? readCompactString(reader) : readString(reader);
  const clientHost = version >= 4 ? readCompactString(reader) : readString(reader);
  const rebalanceTimeout = version >= 1 ? reader.i32() : 0;
  const sessionTimeout = reader.i32();
  const subscription = version >= 4 ? readCompactBytes(reader) : readBytes(reader);
  const assignment = version >= 4 ? readCompactBytes(reader) : readBytes(reader);
  if (version >= 4) skipTags(reader);
  return { memberId, groupInstanceId, clientId, clientHost, rebalanceTimeout, sessionTimeout, subscription, assignment };
}

function encodeGroupMemberMetadata(writer: ByteWriter, version: number, value: GroupMemberMetadata): void {
  if (version >= 4) {
    writeCompactString(writer, value.memberId);
  } else {
    writeString(writer, value.memberId);
  }
  if (version >= 4) {
    writeCompactNullableString(writer, value.groupInstanceId);
  } else if (version >= 3) {
    writeNullableString(writer, value.groupInstanceId);
  }
  if (version >= 4) {
    writeCompactString(writer, value.clientId);
  } else {
    writeString(writer, value.clientId);
  }
  if (version >= 4) {
    writeCompactString(writer, value.clientHost);
  } else {
    writeString(writer, value.clientHost);
  }
  if (version >= 1) {
    writer.i32(value.rebalanceTimeout);
  }
  writer.i32(value.sessionTimeout);
  if (version >= 4) {
    writeCompactBytes(writer, value.subscription);
  } else {
    writeBytes(writer, value.subscription);
  }
  if (version >= 4) {
    writeCompactBytes(writer, value.assignment);
  } else {
    writeBytes(writer, value.assignment);
  }
  if (version >= 4) writer.u8(0);
}

export function newGroupMetadataValue(): GroupMetadataValue {
  return { protocolType: '', generation: 0, protocol: '', leader: '', currentStateTimestamp: -1, members: [] };
}

export function decodeGroupMetadataValue(reader: ByteReader, version: number): GroupMetadataValue {
  const protocolType = version >= 4 ? readCompactString(reader) : readString(reader);
  const generation = reader.i32();
  const protocol = version >= 4 ? readCompactNullableString(reader) : readNullableString(reader);
  const leader = version >= 4 ? readCompactNullableString(reader) : readNullableString(reader);
  const currentStateTimestamp = version >= 2 ? reader.i64() : -1;
  const members: GroupMemberMetadata[] = [];
  const membersCount = version >= 4 ? readCompactCount(reader, 15) : readCount(reader, 18);
  for (let left = membersCount; left > 0; left--) members.push(decodeGroupMemberMetadata(reader, version));
  if (version >= 4) skipTags(reader);
  return { protocolType, generation, protocol, leader, currentStateTimestamp, members };
}

export function encodeGroupMetadataValue(writer: ByteWriter, version: number, value: GroupMetadataValue): void {
  if (version >= 4) {
    writeCompactString(writer, value.protocolType);
  } else {
    writeString(writer, value.protocolType);
  }
  writer.i32(value.generation);
  if (version >= 4) {
    writeCompactNullableString(writer, value.protocol);
  } else {
    writeNullableString(writer, value.protocol);
  }
  if (version >= 4) {
    writeCompactNullableString(writer, value.leader);
  } else {
    writeNullableString(writer, value.leader);
  }
  if (version >= 2) {
    writer.i64(value.currentStateTimestamp);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.members.length);
    for (const element of value.members) encodeGroupMemberMetadata(writer, version, element);
  } else {
    writeCount(writer, value.members.length);
    for (const element of value.members) encodeGroupMemberMetadata(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}
