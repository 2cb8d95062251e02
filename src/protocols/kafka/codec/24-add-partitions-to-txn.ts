// Generated from src/protocols/kafka/schema/24-add-partitions-to-txn.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactString,
  readCount,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from './primitives.js';

export interface AddPartitionsToTxnRequest {
  transactions: AddPartitionsToTxnTransaction[];
  v3AndBelowTransactionalId: string;
  v3AndBelowProducerId: number;
  v3AndBelowProducerEpoch: number;
  v3AndBelowTopics: AddPartitionsToTxnTopic[];
}

export interface AddPartitionsToTxnTransaction {
  transactionalId: string;
  producerId: number;
  producerEpoch: number;
  verifyOnly: boolean;
  topics: AddPartitionsToTxnTopic[];
}

export interface AddPartitionsToTxnTopic {
  name: string;
  partitions: number[];
}

function decodeAddPartitionsToTxnTopic(reader: ByteReader, version: number): AddPartitionsToTxnTopic {
  const name = version >= 3 ? readCompactString(reader) : readString(reader);
  const partitions: number[] = [];
  const partitionsCount = version >= 3 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  if (version >= 3) skipTags(reader);
  return { name, partitions };
}

function decodeAddPartitionsToTxnTransaction(reader: ByteReader, version: number): AddPartitionsToTxnTransaction {
  const transactionalId = readCompactString(reader);
  const producerId = reader.i64();
  const producerEpoch = reader.i16();
  const verifyOnly = readBool(reader);
  const topics: AddPartitionsToTxnTopic[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeAddPartitionsToTxnTopic(reader, version));
  skipTags(reader);
  return { transactionalId, producerId, producerEpoch, verifyOnly, topics };
}

export function decodeAddPartitionsToTxnRequest(reader: ByteReader, version: number): AddPartitionsToTxnRequest {
  const transactions: AddPartitionsToTxnTransaction[] = [];
  const transactionsCount = version >= 4 ? readCompactCount(reader, 14) : 0;
  for (let left = transactionsCount; left > 0; left--) transactions.push(decodeAddPartitionsToTxnTransaction(reader, version));
  const v3AndBelowTransactionalId = version >= 4 ? '' : version >= 3 ? readCompactString(reader) : readString(reader);
  const v3AndBelowProducerId = version >= 4 ? 0 : reader.i64();
  const v3AndBelowProducerEpoch = version >= 4 ? 0 : reader.i16();
  const v3AndBelowTopics: AddPartitionsToTxnTopic[] = [];
  const v3AndBelowTopicsCount = version >= 4 ? 0 : version >= 3 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = v3AndBelowTopicsCount; left > 0; left--) v3AndBelowTopics.push(decodeAddPartitionsToTxnTopic(reader, version));
  if (version >= 3) skipTags(reader);
  return { transactions, v3AndBelowTransactionalId, v3AndBelowProducerId, v3AndBelowProducerEpoch, v3AndBelowTopics };
}

export interface AddPartitionsToTxnResponse {
  throttleTimeMs: number;
  errorCode: number;
  resultsByTransaction: AddPartitionsToTxnResult[];
  resultsByTopicV3AndBelow: AddPartitionsToTxnTopicResult[];
}

export interface AddPartitionsToTxnResult {
  transactionalId: string;
  topicResults: AddPartitionsToTxnTopicResult[];
}

export interface AddPartitionsToTxnTopicResult {
  name: string;
  resultsByPartition: AddPartitionsToTxnPartitionResult[];
}

export interface AddPartitionsToTxnPartitionResult {
  partitionIndex: number;
  partitionErrorCode: number;
}

export function newAddPartitionsToTxnPartitionResult(): AddPartitionsToTxnPartitionResult {
  return { partitionIndex: 0, partitionErrorCode: 0 };
}

function encodeAddPartitionsToTxnPartitionResult(writer: ByteWriter, version: number, value: AddPartitionsToTxnPartitionResult): void {
  writer.i32(value.partitionIndex);
  writer.i16(value.partitionErrorCode);
  if (version >= 3) writer.u8(0);
}

export function newAddPartitionsToTxnTopicResult(): AddPartitionsToTxnTopicResult {
  return { name: '', resultsByPartition: [] };
}

function encodeAddPartitionsToTxnTopicResult(writer: ByteWriter, version: number, value: AddPartitionsToTxnTopicResult): void {
  if (version >= 3) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 3) {
    writeCompactCount(writer, value.resultsByPartition.length);
    for (const element of value.resultsByPartition) encodeAddPartitionsToTxnPartitionResult(writer, version, element);
  } else {
    writeCount(writer, value.resultsByPartition.length);
    for (const element of value.resultsByPartition) encodeAddPartitionsToTxnPartitionResult(writer, version, element);
  }
  if (version >= 3) writer.u8(0);
}

export function newAddPartitionsToTxnResult(): AddPartitionsToTxnResult {
  return { transactionalId: '', topicResults: [] };
}

function encodeAddPartitionsToTxnResult(writer: ByteWriter, version: number, value: AddPartitionsToTxnResult): void {
  writeCompactString(writer, value.transactionalId);
  writeCompactCount(writer, value.topicResults.length);
  for (const element of value.topicResults) encodeAddPartitionsToTxnTopicResult(writer, version, element);
  writer.u8(0);
}

export function newAddPartitionsToTxnResponse(): AddPartitionsToTxnResponse {
  return { throttleTimeMs: 0, errorCode: 0, resultsByTransaction: [], resultsByTopicV3AndBelow: [] };
}

export function encodeAddPartitionsToTxnResponse(writer: ByteWriter, version: number, value: AddPartitionsToTxnResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 4) {
    writer.i16(value.errorCode);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.resultsByTransaction.length);
    for (const element of value.resultsByTransaction) encodeAddPartitionsToTxnResult(writer, version, element);
  }
  if (version < 4) {
    if (version >= 3) {
      writeCompactCount(writer, value.resultsByTopicV3AndBelow.length);
      for (const element of value.resultsByTopicV3AndBelow) encodeAddPartitionsToTxnTopicResult(writer, version, element);
    } else {
      writeCount(writer, value.resultsByTopicV3AndBelow.length);
      for (const element of value.resultsByTopicV3AndBelow) encodeAddPartitionsToTxnTopicResult(writer, version, element);
    }
  }
  if (version >= 3) writer.u8(0);
}
