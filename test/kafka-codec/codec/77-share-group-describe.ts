// Generated from src/protocols/kafka/schema/77-share-group-describe.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readUuid,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ShareGroupDescribeRequest,
  type TopicPartitions,
  type Assignment,
  type Member,
  type DescribedGroup,
  type ShareGroupDescribeResponse,
} from '../../../src/protocols/kafka/codec/77-share-group-describe.js';

export function encodeShareGroupDescribeRequest(writer: ByteWriter, _version: number, value: ShareGroupDescribeRequest): void {
  writeCompactCount(writer, value.groupIds.length);
  for (const element of value.groupIds) writeCompactString(writer, element);
  writeBool(writer, value.includeAuthorizedOperations);
  writer.u8(0);
}

export function newShareGroupDescribeRequest(): ShareGroupDescribeRequest {
  return { groupIds: [], includeAuthorizedOperations: false };
}

function decodeTopicPartitions(reader: ByteReader, _version: number): TopicPartitions {
  const topicId = readUuid(reader);
  const topicName = readCompactString(reader);
  const partitions: number[] = [];
  const partitionsCount = readCompactCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  skipTags(reader);
  return { topicId, topicName, partitions };
}

function decodeAssignment(reader: ByteReader, version: number): Assignment {
  const topicPartitions: TopicPartitions[] = [];
  const topicPartitionsCount = readCompactCount(reader, 19);
  for (let left = topicPartitionsCount; left > 0; left--) topicPartitions.push(decodeTopicPartitions(reader, version));
  skipTags(reader);
  return { topicPartitions };
}

function decodeMember(reader: ByteReader, version: number): Member {
  const memberId = readCompactString(reader);
  const rackId = readCompactNullableString(reader);
  const memberEpoch = reader.i32();
  const clientId = readCompactString(reader);
  const clientHost = readCompactString(reader);
  const subscribedTopicNames: string[] = [];
  const subscribedTopicNamesCount = readCompactCount(reader, 1);
  for (let left = subscribedTopicNamesCount; left > 0; left--) subscribedTopicNames.push(readCompactString(reader));
  const assignment = decodeAssignment(reader, version);
  skipTags(reader);
  return { memberId, rackId, memberEpoch, clientId, clientHost, subscribedTopicNames, assignment };
}

function decodeDescribedGroup(reader: ByteReader, version: number): DescribedGroup {
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const groupId = readCompactString(reader);
  const groupState = readCompactString(reader);
  const groupEpoch = reader.i32();
  const assignmentEpoch = reader.i32();
  const assignorName = readCompactString(reader);
  const members: Member[] = [];
  const membersCount = readCompactCount(reader, 12);
  for (let left = membersCount; left > 0; left--) members.push(decodeMember(reader, version));
  const authorizedOperations = reader.i32();
  skipTags(reader);
  return { errorCode, errorMessage, groupId, groupState, groupEpoch, assignmentEpoch, assignorName, members, authorizedOperations };
}

export function decodeShareGroupDescribeResponse(reader: ByteReader, version: number): ShareGroupDescribeResponse {
  const throttleTimeMs = reader.i32();
  const groups: DescribedGroup[] = [];
  const groupsCount = readCompactCount(reader, 20);
  for (let left = groupsCount; left > 0; left--) groups.push(decodeDescribedGroup(reader, version));
  skipTags(reader);
  return { throttleTimeMs, groups };
}
