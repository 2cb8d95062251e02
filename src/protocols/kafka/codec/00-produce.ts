// Generated from src/protocols/kafka/schema/00-produce.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  ZERO_UUID,
  closeWriteTag,
  openWriteTag,
  readCompactCount,
  readCompactNullableBytes,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableBytes,
  readNullableString,
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
} from './primitives.js';

export interface ProduceRequest {
  transactionalId: string | null;
  acks: number;
  timeoutMs: number;
  topicData: ProduceRequestTopic[];
}

export interface ProduceRequestTopic {
  name: string;
  topicId: string;
  partitionData: ProduceRequestPartition[];
}

export interface ProduceRequestPartition {
  index: number;
  records: Buffer | null;
}

function decodeProduceRequestPartition(reader: ByteReader, version: number): ProduceRequestPartition {
  const index = reader.i32();
  const records = version >= 9 ? readCompactNullableBytes(reader) : readNullableBytes(reader);
  if (version >= 9) skipTags(reader);
  return { index, records };
}

function decodeProduceRequestTopic(reader: ByteReader, version: number): ProduceRequestTopic {
  const name = version >= 13 ? '' : version >= 9 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? readUuid(reader) : ZERO_UUID;
  const partitionData: ProduceRequestPartition[] = [];
  const partitionDataCount = version >= 9 ? readCompactCount(reader, 6) : readCount(reader, 8);
  for (let left = partitionDataCount; left > 0; left--) partitionData.push(decodeProduceRequestPartition(reader, version));
  if (version >= 9) skipTags(reader);
  return { name, topicId, partitionData };
}

export function decodeProduceRequest(reader: ByteReader, version: number): ProduceRequest {
  const transactionalId = version >= 9 ? readCompactNullableString(reader) : readNullableString(reader);
  const acks = reader.i16();
  const timeoutMs = reader.i32();
  const topicData: ProduceRequestTopic[] = [];
  const topicDataCount = version >= 9 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = topicDataCount; left > 0; left--) topicData.push(decodeProduceRequestTopic(reader, version));
  if (version >= 9) skipTags(reader);
  return { transactionalId, acks, timeoutMs, topicData };
}

export interface ProduceResponse {
  responses: ProduceResponseTopic[];
  throttleTimeMs: number;
  nodeEndpoints: ProduceNodeEndpoint[];
}

export interface ProduceNodeEndpoint {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export interface ProduceResponseTopic {
  name: string;
  topicId: string;
  partitionResponses: ProduceResponsePartition[];
}

export interface ProduceResponsePartition {
  index: number;
  errorCode: number;
  baseOffset: number;
  logAppendTimeMs: number;
  logStartOffset: number;
  recordErrors: ProduceRecordError[];
  errorMessage: string | null;
  currentLeader: Readonly<ProduceCurrentLeader>;
}

export interface ProduceCurrentLeader {
  leaderId: number;
  leaderEpoch: number;
}

export interface ProduceRecordError {
  batchIndex: number;
  batchIndexErrorMessage: string | null;
}

export function newProduceRecordError(): ProduceRecordError {
  return { batchIndex: 0, batchIndexErrorMessage: null };
}

function encodeProduceRecordError(writer: ByteWriter, version: number, value: ProduceRecordError): void {
  writer.i32(value.batchIndex);
  if (version >= 9) {
    writeCompactNullableString(writer, value.batchIndexErrorMessage);
  } else {
    writeNullableString(writer, value.batchIndexErrorMessage);
  }
  if (version >= 9) writer.u8(0);
}

export function newProduceCurrentLeader(): ProduceCurrentLeader {
  return { leaderId: -1, leaderEpoch: -1 };
}

/** Stands for an absent tagged field; shared, so never to be changed. */
export const NO_PRODUCE_CURRENT_LEADER: Readonly<ProduceCurrentLeader> = newProduceCurrentLeader();

function encodeProduceCurrentLeader(writer: ByteWriter, _version: number, value: ProduceCurrentLeader): void {
  writer.i32(value.leaderId);
  writer.i32(value.leaderEpoch);
  writer.u8(0);
}

export function newProduceResponsePartition(): ProduceResponsePartition {
  return { index: 0, errorCode: 0, baseOffset: 0, logAppendTimeMs: -1, logStartOffset: -1, recordErrors: [], errorMessage: null, currentLeader: NO_PRODUCE_CURRENT_LEADER };
}

function encodeProduceResponsePartition(writer: ByteWriter, version: number, value: ProduceResponsePartition): void {
  writer.i32(value.index);
  writer.i16(value.errorCode);
  writer.i64(value.baseOffset);
  writer.i64(value.logAppendTimeMs);
  if (version >= 5) {
    writer.i64(value.logStartOffset);
  }
  if (version >= 9) {
    writeCompactCount(writer, value.recordErrors.length);
    for (const element of value.recordErrors) encodeProduceRecordError(writer, version, element);
  } else if (version >= 8) {
    writeCount(writer, value.recordErrors.length);
    for (const element of value.recordErrors) encodeProduceRecordError(writer, version, element);
  }
  if (version >= 9) {
    writeCompactNullableString(writer, value.errorMessage);
  } else if (version >= 8) {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 9) {
    const has_currentLeader = version >= 10 && value.currentLeader !== NO_PRODUCE_CURRENT_LEADER && (value.currentLeader.leaderId !== -1 || value.currentLeader.leaderEpoch !== -1);
    writer.u8((has_currentLeader ? 1 : 0));
    if (has_currentLeader) {
      const at = openWriteTag(writer, 0);
      encodeProduceCurrentLeader(writer, version, value.currentLeader);
      closeWriteTag(writer, at);
    }
  }
}

export function newProduceResponseTopic(): ProduceResponseTopic {
  return { name: '', topicId: ZERO_UUID, partitionResponses: [] };
}

function encodeProduceResponseTopic(writer: ByteWriter, version: number, value: ProduceResponseTopic): void {
  if (version < 13) {
    if (version >= 9) {
      writeCompactString(writer, value.name);
    } else {
      writeString(writer, value.name);
    }
  }
  if (version >= 13) {
    writeUuid(writer, value.topicId);
  }
  if (version >= 9) {
    writeCompactCount(writer, value.partitionResponses.length);
    for (const element of value.partitionResponses) encodeProduceResponsePartition(writer, version, element);
  } else {
    writeCount(writer, value.partitionResponses.length);
    for (const element of value.partitionResponses) encodeProduceResponsePartition(writer, version, element);
  }
  if (version >= 9) writer.u8(0);
}

export function newProduceNodeEndpoint(): ProduceNodeEndpoint {
  return { nodeId: 0, host: '', port: 0, rack: null };
}

function encodeProduceNodeEndpoint(writer: ByteWriter, _version: number, value: ProduceNodeEndpoint): void {
  writer.i32(value.nodeId);
  writeCompactString(writer, value.host);
  writer.i32(value.port);
  writeCompactNullableString(writer, value.rack);
  writer.u8(0);
}

export function newProduceResponse(): ProduceResponse {
  return { responses: [], throttleTimeMs: 0, nodeEndpoints: [] };
}

export function encodeProduceResponse(writer: ByteWriter, version: number, value: ProduceResponse): void {
  if (version >= 9) {
    writeCompactCount(writer, value.responses.length);
    for (const element of value.responses) encodeProduceResponseTopic(writer, version, element);
  } else {
    writeCount(writer, value.responses.length);
    for (const element of value.responses) encodeProduceResponseTopic(writer, version, element);
  }
  writer.i32(value.throttleTimeMs);
  if (version >= 9) {
    const has_nodeEndpoints = version >= 10 && value.nodeEndpoints.length > 0;
    writer.u8((has_nodeEndpoints ? 1 : 0));
    if (has_nodeEndpoints) {
      const at = openWriteTag(writer, 0);
      writeCompactCount(writer, value.nodeEndpoints.length);
      for (const element of value.nodeEndpoints) encodeProduceNodeEndpoint(writer, version, element);
      closeWriteTag(writer, at);
    }
  }
}
