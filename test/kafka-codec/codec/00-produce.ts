// Generated from src/protocols/kafka/schema/00-produce.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { PieceWriter } from '../../../src/lib/piece-writer.js';
import {
  ZERO_UUID,
  closeReadTag,
  openReadTag,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  readUuid,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactRecords,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeRecords,
  writeString,
  writeUuid,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ProduceRequestPartition,
  type ProduceRequestTopic,
  type ProduceRequest,
  type ProduceRecordError,
  type ProduceCurrentLeader,
  type ProduceResponsePartition,
  type ProduceResponseTopic,
  type ProduceNodeEndpoint,
  type ProduceResponse,
  NO_PRODUCE_CURRENT_LEADER,
} from '../../../src/protocols/kafka/codec/00-produce.js';

function encodeProduceRequestPartition(writer: PieceWriter, version: number, value: ProduceRequestPartition): void {
  writer.i32(value.index);
  if (version >= 9) {
    writeCompactRecords(writer, value.records);
  } else {
    writeRecords(writer, value.records);
  }
  if (version >= 9) writer.u8(0);
}

export function newProduceRequestPartition(): ProduceRequestPartition {
  return { index: 0, records: null };
}

function encodeProduceRequestTopic(writer: PieceWriter, version: number, value: ProduceRequestTopic): void {
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
    writeCompactCount(writer, value.partitionData.length);
    for (const element of value.partitionData) encodeProduceRequestPartition(writer, version, element);
  } else {
    writeCount(writer, value.partitionData.length);
    for (const element of value.partitionData) encodeProduceRequestPartition(writer, version, element);
  }
  if (version >= 9) writer.u8(0);
}

export function newProduceRequestTopic(): ProduceRequestTopic {
  return { name: '', topicId: ZERO_UUID, partitionData: [] };
}

export function encodeProduceRequest(writer: PieceWriter, version: number, value: ProduceRequest): void {
  if (version >= 9) {
    writeCompactNullableString(writer, value.transactionalId);
  } else {
    writeNullableString(writer, value.transactionalId);
  }
  writer.i16(value.acks);
  writer.i32(value.timeoutMs);
  if (version >= 9) {
    writeCompactCount(writer, value.topicData.length);
    for (const element of value.topicData) encodeProduceRequestTopic(writer, version, element);
  } else {
    writeCount(writer, value.topicData.length);
    for (const element of value.topicData) encodeProduceRequestTopic(writer, version, element);
  }
  if (version >= 9) writer.u8(0);
}

export function newProduceRequest(): ProduceRequest {
  return { transactionalId: null, acks: 0, timeoutMs: 0, topicData: [] };
}

function decodeProduceRecordError(reader: ByteReader, version: number): ProduceRecordError {
  const batchIndex = reader.i32();
  const batchIndexErrorMessage = version >= 9 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 9) skipTags(reader);
  return { batchIndex, batchIndexErrorMessage };
}

function decodeProduceCurrentLeader(reader: ByteReader, _version: number): ProduceCurrentLeader {
  const leaderId = reader.i32();
  const leaderEpoch = reader.i32();
  skipTags(reader);
  return { leaderId, leaderEpoch };
}

function decodeProduceResponsePartition(reader: ByteReader, version: number): ProduceResponsePartition {
  const index = reader.i32();
  const errorCode = reader.i16();
  const baseOffset = reader.i64();
  const logAppendTimeMs = reader.i64();
  const logStartOffset = version >= 5 ? reader.i64() : -1;
  const recordErrors: ProduceRecordError[] = [];
  const recordErrorsCount = version >= 9 ? readCompactCount(reader, 6) : version >= 8 ? readCount(reader, 6) : 0;
  for (let left = recordErrorsCount; left > 0; left--) recordErrors.push(decodeProduceRecordError(reader, version));
  const errorMessage = version >= 9 ? readCompactNullableString(reader) : version >= 8 ? readNullableString(reader) : null;
  let currentLeader: Readonly<ProduceCurrentLeader> = NO_PRODUCE_CURRENT_LEADER;
  for (let left = version >= 9 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        if (version >= 10) {
          currentLeader = decodeProduceCurrentLeader(reader, version);
        } else {
          reader.position = reader.end;
        }
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { index, errorCode, baseOffset, logAppendTimeMs, logStartOffset, recordErrors, errorMessage, currentLeader };
}

function decodeProduceResponseTopic(reader: ByteReader, version: number): ProduceResponseTopic {
  const name = version >= 13 ? '' : version >= 9 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? readUuid(reader) : ZERO_UUID;
  const partitionResponses: ProduceResponsePartition[] = [];
  const partitionResponsesCount = version >= 9 ? readCompactCount(reader, 33) : readCount(reader, 22);
  for (let left = partitionResponsesCount; left > 0; left--) partitionResponses.push(decodeProduceResponsePartition(reader, version));
  if (version >= 9) skipTags(reader);
  return { name, topicId, partitionResponses };
}

function decodeProduceNodeEndpoint(reader: ByteReader, _version: number): ProduceNodeEndpoint {
  const nodeId = reader.i32();
  const host = readCompactString(reader);
  const port = reader.i32();
  const rack = readCompactNullableString(reader);
  skipTags(reader);
  return { nodeId, host, port, rack };
}

export function decodeProduceResponse(reader: ByteReader, version: number): ProduceResponse {
  const responses: ProduceResponseTopic[] = [];
  const responsesCount = version >= 9 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = responsesCount; left > 0; left--) responses.push(decodeProduceResponseTopic(reader, version));
  const throttleTimeMs = reader.i32();
  let nodeEndpoints: ProduceNodeEndpoint[] = [];
  for (let left = version >= 9 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        if (version >= 10) {
          nodeEndpoints = [];
          const nodeEndpointsCount = readCompactCount(reader, 11);
          for (let left = nodeEndpointsCount; left > 0; left--) nodeEndpoints.push(decodeProduceNodeEndpoint(reader, version));
        } else {
          reader.position = reader.end;
        }
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { responses, throttleTimeMs, nodeEndpoints };
}
