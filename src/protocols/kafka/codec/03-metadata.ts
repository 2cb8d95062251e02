// Generated from src/protocols/kafka/schema/03-metadata.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  present,
  readBool,
  readCompactNullableCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableCount,
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
  writeUuid,
} from './primitives.js';

export interface MetadataRequest {
  topics: MetadataRequestTopic[] | null;
  allowAutoTopicCreation: boolean;
  includeClusterAuthorizedOperations: boolean;
  includeTopicAuthorizedOperations: boolean;
}

export interface MetadataRequestTopic {
  topicId: string;
  name: string | null;
}

function decodeMetadataRequestTopic(reader: ByteReader, version: number): MetadataRequestTopic {
  const topicId = version >= 10 ? readUuid(reader) : ZERO_UUID;
  const name = version >= 10 ? readCompactNullableString(reader) : version >= 9 ? readCompactString(reader) : readString(reader);
  if (version >= 9) skipTags(reader);
  return { topicId, name };
}

export function decodeMetadataRequest(reader: ByteReader, version: number): MetadataRequest {
  let topics: MetadataRequestTopic[] | null = [];
  const topicsCount = version >= 9 ? readCompactNullableCount(reader, 2) : version >= 1 ? readNullableCount(reader, 2) : readCount(reader, 2);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeMetadataRequestTopic(reader, version));
  if (topicsCount < 0) topics = null;
  const allowAutoTopicCreation = version >= 4 ? readBool(reader) : true;
  const includeClusterAuthorizedOperations = version >= 11 ? false : version >= 8 ? readBool(reader) : false;
  const includeTopicAuthorizedOperations = version >= 8 ? readBool(reader) : false;
  if (version >= 9) skipTags(reader);
  return { topics, allowAutoTopicCreation, includeClusterAuthorizedOperations, includeTopicAuthorizedOperations };
}

export interface MetadataResponse {
  throttleTimeMs: number;
  brokers: MetadataBroker[];
  clusterId: string | null;
  controllerId: number;
  topics: MetadataTopic[];
  clusterAuthorizedOperations: number;
  errorCode: number;
}

export interface MetadataTopic {
  errorCode: number;
  name: string | null;
  topicId: string;
  isInternal: boolean;
  partitions: MetadataPartition[];
  topicAuthorizedOperations: number;
}

export interface MetadataPartition {
  errorCode: number;
  partitionIndex: number;
  leaderId: number;
  leaderEpoch: number;
  replicaNodes: number[];
  isrNodes: number[];
  offlineReplicas: number[];
}

export interface MetadataBroker {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export function newMetadataBroker(): MetadataBroker {
  return { nodeId: 0, host: '', port: 0, rack: null };
}

function encodeMetadataBroker(writer: ByteWriter, version: number, value: MetadataBroker): void {
  writer.i32(value.nodeId);
  if (version >= 9) {
    writeCompactString(writer, value.host);
  } else {
    writeString(writer, value.host);
  }
  writer.i32(value.port);
  if (version >= 9) {
    writeCompactNullableString(writer, value.rack);
  } else if (version >= 1) {
    writeNullableString(writer, value.rack);
  }
  if (version >= 9) writer.u8(0);
}

export function newMetadataPartition(): MetadataPartition {
  return { errorCode: 0, partitionIndex: 0, leaderId: 0, leaderEpoch: -1, replicaNodes: [], isrNodes: [], offlineReplicas: [] };
}

function encodeMetadataPartition(writer: ByteWriter, version: number, value: MetadataPartition): void {
  writer.i16(value.errorCode);
  writer.i32(value.partitionIndex);
  writer.i32(value.leaderId);
  if (version >= 7) {
    writer.i32(value.leaderEpoch);
  }
  if (version >= 9) {
    writeCompactCount(writer, value.replicaNodes.length);
    for (const element of value.replicaNodes) writer.i32(element);
  } else {
    writeCount(writer, value.replicaNodes.length);
    for (const element of value.replicaNodes) writer.i32(element);
  }
  if (version >= 9) {
    writeCompactCount(writer, value.isrNodes.length);
    for (const element of value.isrNodes) writer.i32(element);
  } else {
    writeCount(writer, value.isrNodes.length);
    for (const element of value.isrNodes) writer.i32(element);
  }
  if (version >= 9) {
    writeCompactCount(writer, value.offlineReplicas.length);
    for (const element of value.offlineReplicas) writer.i32(element);
  } else if (version >= 5) {
    writeCount(writer, value.offlineReplicas.length);
    for (const element of value.offlineReplicas) writer.i32(element);
  }
  if (version >= 9) writer.u8(0);
}

export function newMetadataTopic(): MetadataTopic {
  return { errorCode: 0, name: '', topicId: ZERO_UUID, isInternal: false, partitions: [], topicAuthorizedOperations: -2147483648 };
}

function encodeMetadataTopic(writer: ByteWriter, version: number, value: MetadataTopic): void {
  writer.i16(value.errorCode);
  if (version >= 12) {
    writeCompactNullableString(writer, value.name);
  } else if (version >= 9) {
    writeCompactString(writer, present(value.name));
  } else {
    writeString(writer, present(value.name));
  }
  if (version >= 10) {
    writeUuid(writer, value.topicId);
  }
  if (version >= 1) {
    writeBool(writer, value.isInternal);
  }
  if (version >= 9) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeMetadataPartition(writer, version, element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) encodeMetadataPartition(writer, version, element);
  }
  if (version >= 8) {
    writer.i32(value.topicAuthorizedOperations);
  }
  if (version >= 9) writer.u8(0);
}

export function newMetadataResponse(): MetadataResponse {
  return { throttleTimeMs: 0, brokers: [], clusterId: null, controllerId: -1, topics: [], clusterAuthorizedOperations: -2147483648, errorCode: 0 };
}

export function encodeMetadataResponse(writer: ByteWriter, version: number, value: MetadataResponse): void {
  if (version >= 3) {
    writer.i32(value.throttleTimeMs);
  }
  if (version >= 9) {
    writeCompactCount(writer, value.brokers.length);
    for (const element of value.brokers) encodeMetadataBroker(writer, version, element);
  } else {
    writeCount(writer, value.brokers.length);
    for (const element of value.brokers) encodeMetadataBroker(writer, version, element);
  }
  if (version >= 9) {
    writeCompactNullableString(writer, value.clusterId);
  } else if (version >= 2) {
    writeNullableString(writer, value.clusterId);
  }
  if (version >= 1) {
    writer.i32(value.controllerId);
  }
  if (version >= 9) {
    writeCompactCount(writer, value.topics.length);
    for (const element of value.topics) encodeMetadataTopic(writer, version, element);
  } else {
    writeCount(writer, value.topics.length);
    for (const element of value.topics) encodeMetadataTopic(writer, version, element);
  }
  if (version < 11) {
    if (version >= 8) {
      writer.i32(value.clusterAuthorizedOperations);
    }
  }
  if (version >= 13) {
    writer.i16(value.errorCode);
  }
  if (version >= 9) writer.u8(0);
}
