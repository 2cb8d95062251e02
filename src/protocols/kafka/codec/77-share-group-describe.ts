// Generated from src/protocols/kafka/schema/77-share-group-describe.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  readBool,
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeUuid,
} from './primitives.js';

export interface ShareGroupDescribeRequest {
  groupIds: string[];
  includeAuthorizedOperations: boolean;
}

export function decodeShareGroupDescribeRequest(reader: ByteReader, _version: number): ShareGroupDescribeRequest {
  const groupIds: string[] = [];
  const groupIdsCount = readCompactCount(reader, 1);
  for (let left = groupIdsCount; left > 0; left--) groupIds.push(readCompactString(reader));
  const includeAuthorizedOperations = readBool(reader);
  skipTags(reader);
  return { groupIds, includeAuthorizedOperations };
}

export interface ShareGroupDescribeResponse {
  throttleTimeMs: number;
  groups: DescribedGroup[];
}

export interface DescribedGroup {
  errorCode: number;
  errorMessage: string | null;
  groupId: string;
  groupState: string;
  groupEpoch: number;
  assignmentEpoch: number;
  assignorName: string;
  members: Member[];
  authorizedOperations: number;
}

export interface Member {
  memberId: string;
  rackId: string | null;
  memberEpoch: number;
  clientId: string;
  clientHost: string;
  subscribedTopicNames: string[];
  assignment: Assignment;
}

export interface Assignment {
  topicPartitions: TopicPartitions[];
}

export interface TopicPartitions {
  topicId: string;
  topicName: string;
  partitions: number[];
}

export function newTopicPartitions(): TopicPartitions {
  return { topicId: ZERO_UUID, topicName: '', partitions: [] };
}

function encodeTopicPartitions(writer: ByteWriter, _version: number, value: TopicPartitions): void {
  writeUuid(writer, value.topicId);
  writeCompactString(writer, value.topicName);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
  writer.u8(0);
}

export function newAssignment(): Assignment {
  return { topicPartitions: [] };
}

function encodeAssignment(writer: ByteWriter, version: number, value: Assignment): void {
  writeCompactCount(writer, value.topicPartitions.length);
  for (const element of value.topicPartitions) encodeTopicPartitions(writer, version, element);
  writer.u8(0);
}

export function newMember(): Member {
  return { memberId: '', rackId: null, memberEpoch: 0, clientId: '', clientHost: '', subscribedTopicNames: [], assignment: newAssignment() };
}

function encodeMember(writer: ByteWriter, version: number, value: Member): void {
  writeCompactString(writer, value.memberId);
  writeCompactNullableString(writer, value.rackId);
  writer.i32(value.memberEpoch);
  writeCompactString(writer, value.clientId);
  writeCompactString(writer, value.clientHost);
  writeCompactCount(writer, value.subscribedTopicNames.length);
  for (const element of value.subscribedTopicNames) writeCompactString(writer, element);
  encodeAssignment(writer, version, value.assignment);
  writer.u8(0);
}

export function newDescribedGroup(): DescribedGroup {
  return { errorCode: 0, errorMessage: null, groupId: '', groupState: '', groupEpoch: 0, assignmentEpoch: 0, assignorName: '', members: [], authorizedOperations: -2147483648 };
}

function encodeDescribedGroup(writer: ByteWriter, version: number, value: DescribedGroup): void {
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writeCompactString(writer, value.groupId);
  writeCompactString(writer, value.groupState);
  writer.i32(value.groupEpoch);
  writer.i32(value.assignmentEpoch);
  writeCompactString(writer, value.assignorName);
  writeCompactCount(writer, value.members.length);
  for (const element of value.members) encodeMember(writer, version, element);
  writer.i32(value.authorizedOperations);
  writer.u8(0);
}

export function newShareGroupDescribeResponse(): ShareGroupDescribeResponse {
  return { throttleTimeMs: 0, groups: [] };
}

export function encodeShareGroupDescribeResponse(writer: ByteWriter, version: number, value: ShareGroupDescribeResponse): void {
  writer.i32(value.throttleTimeMs);
  writeCompactCount(writer, value.groups.length);
  for (const element of value.groups) encodeDescribedGroup(writer, version, element);
  writer.u8(0);
}
