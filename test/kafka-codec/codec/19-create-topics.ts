// Generated from src/protocols/kafka/schema/19-create-topics.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  closeReadTag,
  openReadTag,
  readBool,
  readCompactCount,
  readCompactNullableCount,
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
  writeNullableString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type CreatableReplicaAssignment,
  type CreatableTopicConfig,
  type CreatableTopic,
  type CreateTopicsRequest,
  type CreatedTopicConfig,
  type CreatedTopic,
  type CreateTopicsResponse,
} from '../../../src/protocols/kafka/codec/19-create-topics.js';

function encodeCreatableReplicaAssignment(writer: ByteWriter, version: number, value: CreatableReplicaAssignment): void {
  writer.i32(value.partitionIndex);
  if (version >= 5) {
    writeCompactCount(writer, value.brokerIds.length);
    for (const element of value.brokerIds) writer.i32(element);
  } else {
    writeCount(writer, value.brokerIds.length);
    for (const element of value.brokerIds) writer.i32(element);
  }
  if (version >= 5) writer.u8(0);
}

export function newCreatableReplicaAssignment(): CreatableReplicaAssignment {
  return { partitionIndex: 0, brokerIds: [] };
}

function encodeCreatableTopicConfig(writer: ByteWriter, version: number, value: CreatableTopicConfig): void {
  if (version >= 5) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 5) {
    writeCompactNullableString(writer, value.value);
  } else {
    writeNullableString(writer, value.value);
  }
  if (version >= 5) writer.u8(0);
}

export function newCreatableTopicConfig(): CreatableTopicConfig {
  return { name: '', value: '' };
}

function encodeCreatableTopic(writer: ByteWriter, version: number, value: CreatableTopic): void {
  if (version >= 5) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  writer.i32(value.numPartitions);
  writer.i16(value.replicationFactor);
  if (version >= 5) {
    writeCompactCount(writer, value.assignments.length);
    for (const element of value.assignments) encodeCreatableReplicaAssignment(writer, version, element);
  } else {
    writeCount(writer, value.assignments.length);
    for (const element of value.assignments) encodeCreatableReplicaAssignment(writer, version, element);
  }
  if (version >= 5) {
    writeCompactCount(writer, value.configs.length);
    for (const element of value.configs) encodeCreatableTopicConfig(writer, version, element);
  } else {
    writeCount(writer, value.configs.length);
    for (const element of value.configs) encodeCreatableTopicConfig(writer, version, element);
  }
  if (version >= 5) writer.u8(0);
}

export function newCreatableTopic(): CreatableTopic {
  return { name: '', numPartitions: 0, replicationFactor: 0, assignments: [], configs: [] };
}

export function encodeCreateTopicsRequest(writer: ByteWriter, version: number, value: CreateTopicsRequest): void {
  if (version >= 5) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeCreatableTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeCreatableTopic(writer, version, element);
  }
  writer.i32(value.timeoutMs);
  if (version >= 1) {
    writeBool(writer, value.validateOnly);
  }
  if (version >= 5) writer.u8(0);
}

export function newCreateTopicsRequest(): CreateTopicsRequest {
  return { topics: [], timeoutMs: 60000, validateOnly: false };
}

function decodeCreatedTopicConfig(reader: ByteReader, _version: number): CreatedTopicConfig {
  const name = readCompactString(reader);
  const value = readCompactNullableString(reader);
  const readOnly = readBool(reader);
  const configSource = reader.i8();
  const isSensitive = readBool(reader);
  skipTags(reader);
  return { name, value, readOnly, configSource, isSensitive };
}

function decodeCreatedTopic(reader: ByteReader, version: number): CreatedTopic {
  const name = version >= 5 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 7 ? readUuid(reader) : ZERO_UUID;
  const errorCode = reader.i16();
  const errorMessage = version >= 5 ? readCompactNullableString(reader) : version >= 1 ? readNullableString(reader) : null;
  const numPartitions = version >= 5 ? reader.i32() : -1;
  const replicationFactor = version >= 5 ? reader.i16() : -1;
  let configs: CreatedTopicConfig[] | null = [];
  const configsCount = version >= 5 ? readCompactNullableCount(reader, 6) : 0;
  for (let left = configsCount; left > 0; left--) configs.push(decodeCreatedTopicConfig(reader, version));
  if (configsCount < 0) configs = null;
  let topicConfigErrorCode: number = 0;
  for (let left = version >= 5 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        topicConfigErrorCode = reader.i16();
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { name, topicId, errorCode, errorMessage, topicConfigErrorCode, numPartitions, replicationFactor, configs };
}

export function decodeCreateTopicsResponse(reader: ByteReader, version: number): CreateTopicsResponse {
  const throttleTimeMs = version >= 2 ? reader.i32() : 0;
  const topics: CreatedTopic[] = [];
  const topicsCount = version >= 5 ? readCompactCount(reader, 12) : readCount(reader, 4);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeCreatedTopic(reader, version));
  if (version >= 5) skipTags(reader);
  return { throttleTimeMs, topics };
}
