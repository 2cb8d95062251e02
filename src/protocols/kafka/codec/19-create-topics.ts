// Generated from src/protocols/kafka/schema/19-create-topics.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  closeWriteTag,
  openWriteTag,
  readBool,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
  writeUuid,
} from './primitives.js';

export interface CreateTopicsRequest {
  topics: CreatableTopic[];
  timeoutMs: number;
  validateOnly: boolean;
}

export interface CreatableTopic {
  name: string;
  numPartitions: number;
  replicationFactor: number;
  assignments: CreatableReplicaAssignment[];
  configs: CreatableTopicConfig[];
}

export interface CreatableTopicConfig {
  name: string;
  value: string | null;
}

export interface CreatableReplicaAssignment {
  partitionIndex: number;
  brokerIds: number[];
}

function decodeCreatableReplicaAssignment(reader: ByteReader, version: number): CreatableReplicaAssignment {
  const partitionIndex = reader.i32();
  const brokerIds: number[] = [];
  const brokerIdsCount = version >= 5 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = brokerIdsCount; left > 0; left--) brokerIds.push(reader.i32());
  if (version >= 5) skipTags(reader);
  return { partitionIndex, brokerIds };
}

function decodeCreatableTopicConfig(reader: ByteReader, version: number): CreatableTopicConfig {
  const name = version >= 5 ? readCompactString(reader) : readString(reader);
  const value = version >= 5 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 5) skipTags(reader);
  return { name, value };
}

function decodeCreatableTopic(reader: ByteReader, version: number): CreatableTopic {
  const name = version >= 5 ? readCompactString(reader) : readString(reader);
  const numPartitions = reader.i32();
  const replicationFactor = reader.i16();
  const assignments: CreatableReplicaAssignment[] = [];
  const assignmentsCount = version >= 5 ? readCompactCount(reader, 6) : readCount(reader, 8);
  for (let left = assignmentsCount; left > 0; left--) assignments.push(decodeCreatableReplicaAssignment(reader, version));
  const configs: CreatableTopicConfig[] = [];
  const configsCount = version >= 5 ? readCompactCount(reader, 3) : readCount(reader, 4);
  for (let left = configsCount; left > 0; left--) configs.push(decodeCreatableTopicConfig(reader, version));
  if (version >= 5) skipTags(reader);
  return { name, numPartitions, replicationFactor, assignments, configs };
}

export function decodeCreateTopicsRequest(reader: ByteReader, version: number): CreateTopicsRequest {
  const topics: CreatableTopic[] = [];
  const topicsCount = version >= 5 ? readCompactCount(reader, 10) : readCount(reader, 16);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeCreatableTopic(reader, version));
  const timeoutMs = reader.i32();
  const validateOnly = version >= 1 ? readBool(reader) : false;
  if (version >= 5) skipTags(reader);
  return { topics, timeoutMs, validateOnly };
}

export interface CreateTopicsResponse {
  throttleTimeMs: number;
  topics: CreatedTopic[];
}

export interface CreatedTopic {
  name: string;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
  topicConfigErrorCode: number;
  numPartitions: number;
  replicationFactor: number;
  configs: CreatedTopicConfig[] | null;
}

export interface CreatedTopicConfig {
  name: string;
  value: string | null;
  readOnly: boolean;
  configSource: number;
  isSensitive: boolean;
}

export function newCreatedTopicConfig(): CreatedTopicConfig {
  return { name: '', value: '', readOnly: false, configSource: -1, isSensitive: false };
}

function encodeCreatedTopicConfig(writer: ByteWriter, _version: number, value: CreatedTopicConfig): void {
  writeCompactString(writer, value.name);
  writeCompactNullableString(writer, value.value);
  writeBool(writer, value.readOnly);
  writer.i8(value.configSource);
  writeBool(writer, value.isSensitive);
  writer.u8(0);
}

export function newCreatedTopic(): CreatedTopic {
  return { name: '', topicId: ZERO_UUID, errorCode: 0, errorMessage: null, topicConfigErrorCode: 0, numPartitions: -1, replicationFactor: -1, configs: [] };
}

function encodeCreatedTopic(writer: ByteWriter, version: number, value: CreatedTopic): void {
  if (version >= 5) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 7) {
    writeUuid(writer, value.topicId);
  }
  writer.i16(value.errorCode);
  if (version >= 5) {
    writeCompactNullableString(writer, value.errorMessage);
  } else if (version >= 1) {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 5) {
    writer.i32(value.numPartitions);
  }
  if (version >= 5) {
    writer.i16(value.replicationFactor);
  }
  if (version >= 5) {
    if (value.configs === null) writeCompactCount(writer, -1);
    else {
      writeCompactCount(writer, value.configs.length);
      for (const element of value.configs) encodeCreatedTopicConfig(writer, version, element);
    }
  }
  if (version >= 5) {
    const has_topicConfigErrorCode = value.topicConfigErrorCode !== 0;
    writer.u8((has_topicConfigErrorCode ? 1 : 0));
    if (has_topicConfigErrorCode) {
      const at = openWriteTag(writer, 0);
      writer.i16(value.topicConfigErrorCode);
      closeWriteTag(writer, at);
    }
  }
}

export function newCreateTopicsResponse(): CreateTopicsResponse {
  return { throttleTimeMs: 0, topics: [] };
}

export function encodeCreateTopicsResponse(writer: ByteWriter, version: number, value: CreateTopicsResponse): void {
  if (version >= 2) {
    writer.i32(value.throttleTimeMs);
  }
  if (version >= 5) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeCreatedTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeCreatedTopic(writer, version, element);
  }
  if (version >= 5) writer.u8(0);
}
