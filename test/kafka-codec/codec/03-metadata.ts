// Generated from src/protocols/kafka/schema/03-metadata.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  ZERO_UUID,
  present,
  readBool,
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
  type MetadataRequestTopic,
  type MetadataRequest,
  type MetadataBroker,
  type MetadataPartition,
  type MetadataTopic,
  type MetadataResponse,
} from '../../../src/protocols/kafka/codec/03-metadata.js';

function encodeMetadataRequestTopic(writer: ByteWriter, version: number, value: MetadataRequestTopic): void {
  if (version >= 10) {
    writeUuid(writer, value.topicId);
  }
  if (version >= 10) {
    writeCompactNullableString(writer, value.name);
  } else if (version >= 9) {
    writeCompactString(writer, present(value.name));
  } else {
    writeString(writer, present(value.name));
  }
  if (version >= 9) writer.u8(0);
}

export function newMetadataRequestTopic(): MetadataRequestTopic {
  return { topicId: ZERO_UUID, name: '' };
}

export function encodeMetadataRequest(writer: ByteWriter, version: number, value: MetadataRequest): void {
  if (version >= 9) {
    if (value.topics === null) writeCompactCount(writer, -1);
    else {
      writeCompactCount(writer, value.topics.length);
      for (const element of value.topics) encodeMetadataRequestTopic(writer, version, element);
    }
  } else if (version >= 1) {
    if (value.topics === null) writeCount(writer, -1);
    else {
      writeCount(writer, value.topics.length);
      for (const element of value.topics) encodeMetadataRequestTopic(writer, version, element);
    }
  } else {
    writeCount(writer, present(value.topics).length);
    for (const element of present(value.topics)) encodeMetadataRequestTopic(writer, version, element);
  }
  if (version >= 4) {
    writeBool(writer, value.allowAutoTopicCreation);
  }
  if (version < 11) {
    if (version >= 8) {
      writeBool(writer, value.includeClusterAuthorizedOperations);
    }
  }
  if (version >= 8) {
    writeBool(writer, value.includeTopicAuthorizedOperations);
  }
  if (version >= 9) writer.u8(0);
}

export function newMetadataRequest(): MetadataRequest {
  return { topics: [], allowAutoTopicCreation: true, includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false };
}

function decodeMetadataBroker(reader: ByteReader, version: number): MetadataBroker {
  const nodeId = reader.i32();
  const host = version >= 9 ? readCompactString(reader) : readString(reader);
  const port = reader.i32();
  const rack = version >= 9 ? readCompactNullableString(reader) : version >= 1 ? readNullableString(reader) : null;
  if (version >= 9) skipTags(reader);
  return { nodeId, host, port, rack };
}

function decodeMetadataPartition(reader: ByteReader, version: number): MetadataPartition {
  const errorCode = reader.i16();
  const partitionIndex = reader.i32();
  const leaderId = reader.i32();
  const leaderEpoch = version >= 7 ? reader.i32() : -1;
  const replicaNodes: number[] = [];
  const replicaNodesCount = version >= 9 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = replicaNodesCount; left > 0; left--) replicaNodes.push(reader.i32());
  const isrNodes: number[] = [];
  const isrNodesCount = version >= 9 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = isrNodesCount; left > 0; left--) isrNodes.push(reader.i32());
  const offlineReplicas: number[] = [];
  const offlineReplicasCount = version >= 9 ? readCompactCount(reader, 4) : version >= 5 ? readCount(reader, 4) : 0;
  for (let left = offlineReplicasCount; left > 0; left--) offlineReplicas.push(reader.i32());
  if (version >= 9) skipTags(reader);
  return { errorCode, partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas };
}

function decodeMetadataTopic(reader: ByteReader, version: number): MetadataTopic {
  const errorCode = reader.i16();
  const name = version >= 12 ? readCompactNullableString(reader) : version >= 9 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 10 ? readUuid(reader) : ZERO_UUID;
  const isInternal = version >= 1 ? readBool(reader) : false;
  const partitions: MetadataPartition[] = [];
  const partitionsCount = version >= 9 ? readCompactCount(reader, 18) : readCount(reader, 18);
  for (let left = partitionsCount; left > 0; left--) partitions.push(decodeMetadataPartition(reader, version));
  const topicAuthorizedOperations = version >= 8 ? reader.i32() : -2147483648;
  if (version >= 9) skipTags(reader);
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations };
}

export function decodeMetadataResponse(reader: ByteReader, version: number): MetadataResponse {
  const throttleTimeMs = version >= 3 ? reader.i32() : 0;
  const brokers: MetadataBroker[] = [];
  const brokersCount = version >= 9 ? readCompactCount(reader, 11) : readCount(reader, 10);
  for (let left = brokersCount; left > 0; left--) brokers.push(decodeMetadataBroker(reader, version));
  const clusterId = version >= 9 ? readCompactNullableString(reader) : version >= 2 ? readNullableString(reader) : null;
  const controllerId = version >= 1 ? reader.i32() : -1;
  const topics: MetadataTopic[] = [];
  const topicsCount = version >= 9 ? readCompactCount(reader, 10) : readCount(reader, 8);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeMetadataTopic(reader, version));
  const clusterAuthorizedOperations = version >= 11 ? -2147483648 : version >= 8 ? reader.i32() : -2147483648;
  const errorCode = version >= 13 ? reader.i16() : 0;
  if (version >= 9) skipTags(reader);
  return { throttleTimeMs, brokers, clusterId, controllerId, topics, clusterAuthorizedOperations, errorCode };
}
