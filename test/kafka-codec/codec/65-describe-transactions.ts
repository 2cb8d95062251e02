// Generated from src/protocols/kafka/schema/65-describe-transactions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DescribeTransactionsRequest,
  type TopicData,
  type TransactionState,
  type DescribeTransactionsResponse,
} from '../../../src/protocols/kafka/codec/65-describe-transactions.js';

export function encodeDescribeTransactionsRequest(writer: ByteWriter, _version: number, value: DescribeTransactionsRequest): void {
  writeCompactCount(writer, value.transactionalIds.length);
  for (const element of value.transactionalIds) writeCompactString(writer, element);
  writer.u8(0);
}

export function newDescribeTransactionsRequest(): DescribeTransactionsRequest {
  return { transactionalIds: [] };
}

function decodeTopicData(reader: ByteReader, _version: number): TopicData {
  const topic = readCompactString(reader);
  const partitions: number[] = [];
  const partitionsCount = readCompactCount(reader, 4);
  for (let left = partitionsCount; left > 0; left--) partitions.push(reader.i32());
  skipTags(reader);
  return { topic, partitions };
}

function decodeTransactionState(reader: ByteReader, version: number): TransactionState {
  const errorCode = reader.i16();
  const transactionalId = readCompactString(reader);
  const transactionState = readCompactString(reader);
  const transactionTimeoutMs = reader.i32();
  const transactionStartTimeMs = reader.i64();
  const producerId = reader.i64();
  const producerEpoch = reader.i16();
  const topics: TopicData[] = [];
  const topicsCount = readCompactCount(reader, 3);
  for (let left = topicsCount; left > 0; left--) topics.push(decodeTopicData(reader, version));
  skipTags(reader);
  return { errorCode, transactionalId, transactionState, transactionTimeoutMs, transactionStartTimeMs, producerId, producerEpoch, topics };
}

export function decodeDescribeTransactionsResponse(reader: ByteReader, version: number): DescribeTransactionsResponse {
  const throttleTimeMs = reader.i32();
  const transactionStates: TransactionState[] = [];
  const transactionStatesCount = readCompactCount(reader, 28);
  for (let left = transactionStatesCount; left > 0; left--) transactionStates.push(decodeTransactionState(reader, version));
  skipTags(reader);
  return { throttleTimeMs, transactionStates };
}
