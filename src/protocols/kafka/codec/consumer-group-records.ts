// Generated from src/protocols/kafka/schema/consumer-group-records.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  EMPTY_BYTES,
  ZERO_UUID,
  closeReadTag,
  closeWriteTag,
  openReadTag,
  openWriteTag,
  readCompactBytes,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readPresence,
  readString,
  readUuid,
  skipTags,
  writeCompactBytes,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writePresence,
  writeString,
  writeUuid,
} from './primitives.js';

export interface ConsumerGroupMetadataKey {
  groupId: string;
}

export function newConsumerGroupMetadataKey(): ConsumerGroupMetadataKey {
  return { groupId: '' };
}

export function decodeConsumerGroupMetadataKey(reader: ByteReader, _version: number): ConsumerGroupMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

export function encodeConsumerGroupMetadataKey(writer: ByteWriter, _version: number, value: ConsumerGroupMetadataKey): void {
  writeString(writer, value.groupId);
}

export interface ConsumerGroupMetadataValue {
  epoch: number;
  metadataHash: number;
}

export function newConsumerGroupMetadataValue(): ConsumerGroupMetadataValue {
  return { epoch: 0, metadataHash: 0 };
}

export function decodeConsumerGroupMetadataValue(reader: ByteReader, _version: number): ConsumerGroupMetadataValue {
  const epoch = reader.i32();
  let metadataHash: number = 0;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        metadataHash = reader.i64();
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { epoch, metadataHash };
}

export function encodeConsumerGroupMetadataValue(writer: ByteWriter, _version: number, value: ConsumerGroupMetadataValue): void {
  writer.i32(value.epoch);
  const has_metadataHash = value.metadataHash !== 0;
  writer.u8((has_metadataHash ? 1 : 0));
  if (has_metadataHash) {
    const at = openWriteTag(writer, 0);
    writer.i64(value.metadataHash);
    closeWriteTag(writer, at);
  }
}

export interface ConsumerGroupPartitionMetadataKey {
  groupId: string;
}

export function newConsumerGroupPartitionMetadataKey(): ConsumerGroupPartitionMetadataKey {
  return { groupId: '' };
}

export function decodeConsumerGroupPartitionMetadataKey(reader: ByteReader, _version: number): ConsumerGroupPartitionMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

export function encodeConsumerGroupPartitionMetadataKey(writer: ByteWriter, _version: number, value: ConsumerGroupPartitionMetadataKey): void {
  writeString(writer, value.groupId);
}

export interface ConsumerGroupPartitionMetadataValue {
  topics: TopicMetadata[];
}

export interface TopicMetadata {
  topicId: string;
  topicName: string;
  numPartitions: number;
  partitionMetadata: PartitionMetadata[];
}

export interface PartitionMetadata {
  partition: number;
  racks: string[];
}

export function newPartitionMetadata(): PartitionMetadata {
  return { partition: 0, racks: [] };
}

function decodePartitionMetadata(reader: ByteReader, _version: number): PartitionMetadata {
  const partition = reader.i32();
  const racks: string[] = [];
  const racksCount = readCompactCount(reader, 1);
  for (let left = racksCount; left > 0; left--) racks.push(readCompactString(reader));
  skipTags(reader);
  return { partition, racks };
}

function encodePartitionMetadata(writer: ByteWriter, _version: number, value: PartitionMetadata): void {
  writer.i32(value.partition);
  writeCompactCount(writer, value.racks.length);
  for (const element of value.racks) writeCompactString(writer, element);
  writer.u8(0);
}

export function newTopicMetadata(): TopicMetadata {
  return { topicId: ZERO_UUID, topicName: '', numPartitions: 0, partitionMetadata: [] };
}

function decodeTopicMetadata(reader: ByteReader, version: number): TopicMetadata {
  const topicId = readUuid(reader);
  const topicName = readCompactString(reader);
  const numPartitions = reader.i32();
  const partitionMetadata: PartitionMetadata[] = [];
  const partitionMetadataCount = readCompactCount(reader, 6);
  for (let left = partitionMetadataCount; left > 0; left--) partitionMetadata.push(decodePartitionMetadata(reader, version));
  skipTags(reader);
  return { topicId, topicName, numPartitions, partitionMetadata };
}

function encodeTopicMetadata(writer: ByteWriter, version: number, value: TopicMetadata): void {
  writeUuid(writer, value.topicId);
  writeCompactString(writer, value.topicName);
  writer.i32(value.numPartitions);
  writeCompactCount(writer, value.partitionMetadata.length);
  for (const element of value.partitionMetadata) encodePartitionMetadata(writer, version, element);
  writer.u8(0);
}

export function newConsumerGroupPartitionMetadataValue(): ConsumerGroupPartitionMetadataValue {
  return { topics: [] };
}

export function decodeConsumerGroupPartitionMetadataValue(reader: ByteReader, version: number): ConsumerGroupPartitionMetadataValue {
  const topics: TopicMetadata[] = [];
  const topicsCount = readCompactCount(reader, 23);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeTopicMetadata(reader, version));
  skipTags(reader);
  return { topics };
}

export function encodeConsumerGroupPartitionMetadataValue(writer: ByteWriter, version: number, value: ConsumerGroupPartitionMetadataValue): void {
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeTopicMetadata(writer, version, element);
  writer.u8(0);
}

export interface ConsumerGroupMemberMetadataKey {
  groupId: string;
  memberId: string;
}

export function newConsumerGroupMemberMetadataKey(): ConsumerGroupMemberMetadataKey {
  return { groupId: '', memberId: '' };
}

export function decodeConsumerGroupMemberMetadataKey(reader: ByteReader, _version: number): ConsumerGroupMemberMetadataKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

export function encodeConsumerGroupMemberMetadataKey(writer: ByteWriter, _version: number, value: ConsumerGroupMemberMetadataKey): void {
  writeString(writer, value.groupId);
  writeString(writer, value.memberId);
}

export interface ConsumerGroupMemberMetadataValue {
  instanceId: string | null;
  rackId: string | null;
  clientId: string;
  clientHost: string;
  subscribedTopicNames: string[];
  subscribedTopicRegex: string | null;
  rebalanceTimeoutMs: number;
  serverAssignor: string | null;
  classicMemberMetadata: Readonly<ClassicMemberMetadata> | null;
}

export interface ClassicMemberMetadata {
  sessionTimeoutMs: number;
  supportedProtocols: ClassicProtocol[];
}

export interface ClassicProtocol {
  name: string;
  metadata: Buffer;
}

export function newClassicProtocol(): ClassicProtocol {
  return { name: '', metadata: EMPTY_BYTES };
}

function decodeClassicProtocol(reader: ByteReader, _version: number): ClassicProtocol {
  const name = readCompactString(reader);
  const metadata = readCompactBytes(reader);
  skipTags(reader);
  return { name, metadata };
}

function encodeClassicProtocol(writer: ByteWriter, _version: number, value: ClassicProtocol): void {
  writeCompactString(writer, value.name);
  writeCompactBytes(writer, value.metadata);
  writer.u8(0);
}

export function newClassicMemberMetadata(): ClassicMemberMetadata {
  return { sessionTimeoutMs: 0, supportedProtocols: [] };
}

function decodeClassicMemberMetadata(reader: ByteReader, version: number): ClassicMemberMetadata {
  const sessionTimeoutMs = reader.i32();
  const supportedProtocols: ClassicProtocol[] = [];
  const supportedProtocolsCount = readCompactCount(reader, 3);
  for (let left = supportedProtocolsCount; left > 0; left--) supportedProtocols.push(decodeClassicProtocol(reader, version));
  skipTags(reader);
  return { sessionTimeoutMs, supportedProtocols };
}

function encodeClassicMemberMetadata(writer: ByteWriter, version: number, value: ClassicMemberMetadata): void {
  writer.i32(value.sessionTimeoutMs);
  writeCompactCount(writer, value.supportedProtocols.length);
  for (const element of value.supportedProtocols) encodeClassicProtocol(writer, version, element);
  writer.u8(0);
}

export function newConsumerGroupMemberMetadataValue(): ConsumerGroupMemberMetadataValue {
  return { instanceId: '', rackId: '', clientId: '', clientHost: '', subscribedTopicNames: [], subscribedTopicRegex: '', rebalanceTimeoutMs: -1, serverAssignor: '', classicMemberMetadata: null };
}

export function decodeConsumerGroupMemberMetadataValue(reader: ByteReader, version: number): ConsumerGroupMemberMetadataValue {
  const instanceId = readCompactNullableString(reader);
  const rackId = readCompactNullableString(reader);
  const clientId = readCompactString(reader);
  const clientHost = readCompactString(reader);
  const subscribedTopicNames: string[] = [];
  const subscribedTopicNamesCount = readCompactCount(reader, 1);
  for (let left = subscribedTopicNamesCount; left > 0; left--) subscribedTopicNames.push(readCompactString(reader));
  const subscribedTopicRegex = readCompactNullableString(reader);
  const rebalanceTimeoutMs = reader.i32();
  const serverAssignor = readCompactNullableString(reader);
  let classicMemberMetadata: Readonly<ClassicMemberMetadata> | null = null;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        classicMemberMetadata = readPresence(reader) ? decodeClassicMemberMetadata(reader, version) : null;
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { instanceId, rackId, clientId, clientHost, subscribedTopicNames, subscribedTopicRegex, rebalanceTimeoutMs, serverAssignor, classicMemberMetadata };
}

export function encodeConsumerGroupMemberMetadataValue(writer: ByteWriter, version: number, value: ConsumerGroupMemberMetadataValue): void {
  writeCompactNullableString(writer, value.instanceId);
  writeCompactNullableString(writer, value.rackId);
  writeCompactString(writer, value.clientId);
  writeCompactString(writer, value.clientHost);
  writeCompactCount(writer, value.subscribedTopicNames.length);
  for (const element of value.subscribedTopicNames) writeCompactString(writer, element);
  writeCompactNullableString(writer, value.subscribedTopicRegex);
  writer.i32(value.rebalanceTimeoutMs);
  writeCompactNullableString(writer, value.serverAssignor);
  const has_classicMemberMetadata = value.classicMemberMetadata !== null;
  writer.u8((has_classicMemberMetadata ? 1 : 0));
  if (has_classicMemberMetadata) {
    const at = openWriteTag(writer, 0);
    writePresence(writer, value.classicMemberMetadata !== null);
    if (value.classicMemberMetadata !== null) encodeClassicMemberMetadata(writer, version, value.classicMemberMetadata);
    closeWriteTag(writer, at);
  }
}

export interface ConsumerGroupTargetAssignmentMetadataKey {
  groupId: string;
}

export function newConsumerGroupTargetAssignmentMetadataKey(): ConsumerGroupTargetAssignmentMetadataKey {
  return { groupId: '' };
}

export function decodeConsumerGroupTargetAssignmentMetadataKey(reader: ByteReader, _version: number): ConsumerGroupTargetAssignmentMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

export function encodeConsumerGroupTargetAssignmentMetadataKey(writer: ByteWriter, _version: number, value: ConsumerGroupTargetAssignmentMetadataKey): void {
  writeString(writer, value.groupId);
}

export interface ConsumerGroupTargetAssignmentMetadataValue {
  assignmentEpoch: number;
}

export function newConsumerGroupTargetAssignmentMetadataValue(): ConsumerGroupTargetAssignmentMetadataValue {
  return { assignmentEpoch: 0 };
}

export function decodeConsumerGroupTargetAssignmentMetadataValue(reader: ByteReader, _version: number): ConsumerGroupTargetAssignmentMetadataValue {
  const assignmentEpoch = reader.i32();
  skipTags(reader);
  return { assignmentEpoch };
}

export function encodeConsumerGroupTargetAssignmentMetadataValue(writer: ByteWriter, _version: number, value: ConsumerGroupTargetAssignmentMetadataValue): void {
  writer.i32(value.assignmentEpoch);
  writer.u8(0);
}

export interface ConsumerGroupTargetAssignmentMemberKey {
  groupId: string;
  memberId: string;
}

export function newConsumerGroupTargetAssignmentMemberKey(): ConsumerGroupTargetAssignmentMemberKey {
  return { groupId: '', memberId: '' };
}

export function decodeConsumerGroupTargetAssignmentMemberKey(reader: ByteReader, _version: number): ConsumerGroupTargetAssignmentMemberKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

export function encodeConsumerGroupTargetAssignmentMemberKey(writer: ByteWriter, _version: number, value: ConsumerGroupTargetAssignmentMemberKey): void {
  writeString(writer, value.groupId);
  writeString(writer, value.memberId);
}

export interface ConsumerGroupTargetAssignmentMemberValue {
  topicPartitions: TargetTopicPartitions[];
}

export interface TargetTopicPartitions {
  topicId: string;
  partitions: number[];
}

export function newTargetTopicPartitions(): TargetTopicPartitions {
  return { topicId: ZERO_UUID, partitions: [] };
}

function decodeTargetTopicPartitions(reader: ByteReader, _version: number): TargetTopicPartitions {
  const topicId = readUuid(reader);
  const partitions: number[] = [];
  const partitionsCount = readCompactCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  skipTags(reader);
  return { topicId, partitions };
}

function encodeTargetTopicPartitions(writer: ByteWriter, _version: number, value: TargetTopicPartitions): void {
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
  writer.u8(0);
}

export function newConsumerGroupTargetAssignmentMemberValue(): ConsumerGroupTargetAssignmentMemberValue {
  return { topicPartitions: [] };
}

export function decodeConsumerGroupTargetAssignmentMemberValue(reader: ByteReader, version: number): ConsumerGroupTargetAssignmentMemberValue {
  const topicPartitions: TargetTopicPartitions[] = [];
  const topicPartitionsCount = readCompactCount(reader, 18);
  for (let left = topicPartitionsCount; left > 0; left--) topicPartitions.push(decodeTargetTopicPartitions(reader, version));
  skipTags(reader);
  return { topicPartitions };
}

export function encodeConsumerGroupTargetAssignmentMemberValue(writer: ByteWriter, version: number, value: ConsumerGroupTargetAssignmentMemberValue): void {
  writeCompactCount(writer, value.topicPartitions.length);
  for (const element of value.topicPartitions) encodeTargetTopicPartitions(writer, version, element);
  writer.u8(0);
}

export interface ConsumerGroupCurrentMemberAssignmentKey {
  groupId: string;
  memberId: string;
}

export function newConsumerGroupCurrentMemberAssignmentKey(): ConsumerGroupCurrentMemberAssignmentKey {
  return { groupId: '', memberId: '' };
}

export function decodeConsumerGroupCurrentMemberAssignmentKey(reader: ByteReader, _version: number): ConsumerGroupCurrentMemberAssignmentKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

export function encodeConsumerGroupCurrentMemberAssignmentKey(writer: ByteWriter, _version: number, value: ConsumerGroupCurrentMemberAssignmentKey): void {
  writeString(writer, value.groupId);
  writeString(writer, value.memberId);
}

export interface ConsumerGroupCurrentMemberAssignmentValue {
  memberEpoch: number;
  previousMemberEpoch: number;
  state: number;
  assignedPartitions: CurrentTopicPartitions[];
  partitionsPendingRevocation: CurrentTopicPartitions[];
}

export interface CurrentTopicPartitions {
  topicId: string;
  partitions: number[];
}

export function newCurrentTopicPartitions(): CurrentTopicPartitions {
  return { topicId: ZERO_UUID, partitions: [] };
}

function decodeCurrentTopicPartitions(reader: ByteReader, _version: number): CurrentTopicPartitions {
  const topicId = readUuid(reader);
  const partitions: number[] = [];
  const partitionsCount = readCompactCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  skipTags(reader);
  return { topicId, partitions };
}

function encodeCurrentTopicPartitions(writer: ByteWriter, _version: number, value: CurrentTopicPartitions): void {
  writeUuid(writer, value.topicId);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
  writer.u8(0);
}

export function newConsumerGroupCurrentMemberAssignmentValue(): ConsumerGroupCurrentMemberAssignmentValue {
  return { memberEpoch: 0, previousMemberEpoch: 0, state: 0, assignedPartitions: [], partitionsPendingRevocation: [] };
}

export function decodeConsumerGroupCurrentMemberAssignmentValue(reader: ByteReader, version: number): ConsumerGroupCurrentMemberAssignmentValue {
  const memberEpoch = reader.i32();
  const previousMemberEpoch = reader.i32();
  const state = reader.i8();
  const assignedPartitions: CurrentTopicPartitions[] = [];
  const assignedPartitionsCount = readCompactCount(reader, 18);
  for (let left = assignedPartitionsCount; left > 0; left--) assignedPartitions.push(decodeCurrentTopicPartitions(reader, version));
  const partitionsPendingRevocation: CurrentTopicPartitions[] = [];
  const partitionsPendingRevocationCount = readCompactCount(reader, 18);
  for (let left = partitionsPendingRevocationCount; left > 0; left--) partitionsPendingRevocation.push(decodeCurrentTopicPartitions(reader, version));
  skipTags(reader);
  return { memberEpoch, previousMemberEpoch, state, assignedPartitions, partitionsPendingRevocation };
}

export function encodeConsumerGroupCurrentMemberAssignmentValue(writer: ByteWriter, version: number, value: ConsumerGroupCurrentMemberAssignmentValue): void {
  writer.i32(value.memberEpoch);
  writer.i32(value.previousMemberEpoch);
  writer.i8(value.state);
  writeCompactCount(writer, value.assignedPartitions.length);
  for (const element of value.assignedPartitions) encodeCurrentTopicPartitions(writer, version, element);
  writeCompactCount(writer, value.partitionsPendingRevocation.length);
  for (const element of value.partitionsPendingRevocation) encodeCurrentTopicPartitions(writer, version, element);
  writer.u8(0);
}

export interface ConsumerGroupRegularExpressionKey {
  groupId: string;
  regularExpression: string;
}

export function newConsumerGroupRegularExpressionKey(): ConsumerGroupRegularExpressionKey {
  return { groupId: '', regularExpression: '' };
}

export function decodeConsumerGroupRegularExpressionKey(reader: ByteReader, _version: number): ConsumerGroupRegularExpressionKey {
  const groupId = readString(reader);
  const regularExpression = readString(reader);
  return { groupId, regularExpression };
}

export function encodeConsumerGroupRegularExpressionKey(writer: ByteWriter, _version: number, value: ConsumerGroupRegularExpressionKey): void {
  writeString(writer, value.groupId);
  writeString(writer, value.regularExpression);
}

export interface ConsumerGroupRegularExpressionValue {
  topics: string[];
  metadataVersion: number;
  timestamp: number;
}

export function newConsumerGroupRegularExpressionValue(): ConsumerGroupRegularExpressionValue {
  return { topics: [], metadataVersion: 0, timestamp: 0 };
}

export function decodeConsumerGroupRegularExpressionValue(reader: ByteReader, _version: number): ConsumerGroupRegularExpressionValue {
  const topics: string[] = [];
  const topicsCount = readCompactCount(reader, 1);
  for (let left = topicsCount; left > 0; left--) topics.push(readCompactString(reader));
  const metadataVersion = reader.i64();
  const timestamp = reader.i64();
  skipTags(reader);
  return { topics, metadataVersion, timestamp };
}

export function encodeConsumerGroupRegularExpressionValue(writer: ByteWriter, _version: number, value: ConsumerGroupRegularExpressionValue): void {
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) writeCompactString(writer, element);
  writer.i64(value.metadataVersion);
  writer.i64(value.timestamp);
  writer.u8(0);
}
