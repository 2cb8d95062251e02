// Generated from src/protocols/kafka/schema/24-add-partitions-to-txn.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  readCount,
  readString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type AddPartitionsToTxnTopic,
  type AddPartitionsToTxnTransaction,
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnPartitionResult,
  type AddPartitionsToTxnTopicResult,
  type AddPartitionsToTxnResult,
  type AddPartitionsToTxnResponse,
} from '../../../src/protocols/kafka/codec/24-add-partitions-to-txn.js';

function encodeAddPartitionsToTxnTopic(writer: ByteWriter, version: number, value: AddPartitionsToTxnTopic): void {
  if (version >= 3) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 3) {
    writeCompactCount(writer, value.partitions.length);
    for (const element of value.partitions) writer.i32(element);
  } else {
    writeCount(writer, value.partitions.length);
    for (const element of value.partitions) writer.i32(element);
  }
  if (version >= 3) writer.u8(0);
}

export function newAddPartitionsToTxnTopic(): AddPartitionsToTxnTopic {
  return { name: '', partitions: [] };
}

function encodeAddPartitionsToTxnTransaction(writer: ByteWriter, version: number, value: AddPartitionsToTxnTransaction): void {
  writeCompactString(writer, value.transactionalId);
  writer.i64(value.producerId);
  writer.i16(value.producerEpoch);
  writeBool(writer, value.verifyOnly);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeAddPartitionsToTxnTopic(writer, version, element);
  writer.u8(0);
}

export function newAddPartitionsToTxnTransaction(): AddPartitionsToTxnTransaction {
  return { transactionalId: '', producerId: 0, producerEpoch: 0, verifyOnly: false, topics: [] };
}

export function encodeAddPartitionsToTxnRequest(writer: ByteWriter, version: number, value: AddPartitionsToTxnRequest): void {
  if (version >= 4) {
    writeCompactCount(writer, value.transactions.length);
    for (const element of value.transactions) encodeAddPartitionsToTxnTransaction(writer, version, element);
  }
  if (version < 4) {
    if (version >= 3) {
      writeCompactString(writer, value.v3AndBelowTransactionalId);
    } else {
      writeString(writer, value.v3AndBelowTransactionalId);
    }
  }
  if (version < 4) {
    writer.i64(value.v3AndBelowProducerId);
  }
  if (version < 4) {
    writer.i16(value.v3AndBelowProducerEpoch);
  }
  if (version < 4) {
    if (version >= 3) {
      writeCompactCount(writer, value.v3AndBelowTopics.length);
      for (const element of value.v3AndBelowTopics) encodeAddPartitionsToTxnTopic(writer, version, element);
    } else {
      writeCount(writer, value.v3AndBelowTopics.length);
      for (const element of value.v3AndBelowTopics) encodeAddPartitionsToTxnTopic(writer, version, element);
    }
  }
  if (version >= 3) writer.u8(0);
}

export function newAddPartitionsToTxnRequest(): AddPartitionsToTxnRequest {
  return { transactions: [], v3AndBelowTransactionalId: '', v3AndBelowProducerId: 0, v3AndBelowProducerEpoch: 0, v3AndBelowTopics: [] };
}

function decodeAddPartitionsToTxnPartitionResult(reader: ByteReader, version: number): AddPartitionsToTxnPartitionResult {
  const partitionIndex = reader.i32();
  const partitionErrorCode = reader.i16();
  if (version >= 3) skipTags(reader);
  return { partitionIndex, partitionErrorCode };
}

function decodeAddPartitionsToTxnTopicResult(reader: ByteReader, version: number): AddPartitionsToTxnTopicResult {
  const name = version >= 3 ? readCompactString(reader) : readString(reader);
  const resultsByPartition: AddPartitionsToTxnPartitionResult[] = [];
  const resultsByPartitionCount = version >= 3 ? readCompactCount(reader, 7) : readCount(reader, 6);
  for (let left = resultsByPartitionCount; left > 0; left--) resultsByPartition.push(decodeAddPartitionsToTxnPartitionResult(reader, version));
  if (version >= 3) skipTags(reader);
  return { name, resultsByPartition };
}

function decodeAddPartitionsToTxnResult(reader: ByteReader, version: number): AddPartitionsToTxnResult {
  const transactionalId = readCompactString(reader);
  const topicResults: AddPartitionsToTxnTopicResult[] = [];
  const topicResultsCount = readCompactCount(reader, 3);
  for (let left = topicResultsCount; left > 0; left--) topicResults.push(decodeAddPartitionsToTxnTopicResult(reader, version));
  skipTags(reader);
  return { transactionalId, topicResults };
}

export function decodeAddPartitionsToTxnResponse(reader: ByteReader, version: number): AddPartitionsToTxnResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = version >= 4 ? reader.i16() : 0;
  const resultsByTransaction: AddPartitionsToTxnResult[] = [];
  const resultsByTransactionCount = version >= 4 ? readCompactCount(reader, 3) : 0;
  for (let left = resultsByTransactionCount; left > 0; left--) resultsByTransaction.push(decodeAddPartitionsToTxnResult(reader, version));
  const resultsByTopicV3AndBelow: AddPartitionsToTxnTopicResult[] = [];
  const resultsByTopicV3AndBelowCount = version >= 4 ? 0 : version >= 3 ? readCompactCount(reader, 3) : readCount(reader, 6);
  for (let left = resultsByTopicV3AndBelowCount; left > 0; left--) resultsByTopicV3AndBelow.push(decodeAddPartitionsToTxnTopicResult(reader, version));
  if (version >= 3) skipTags(reader);
  return { throttleTimeMs, errorCode, resultsByTransaction, resultsByTopicV3AndBelow };
}
