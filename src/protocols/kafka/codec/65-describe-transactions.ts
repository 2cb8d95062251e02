// Generated from src/protocols/kafka/schema/65-describe-transactions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from './primitives.js';

export interface DescribeTransactionsRequest {
  transactionalIds: string[];
}

export function decodeDescribeTransactionsRequest(reader: ByteReader, _version: number): DescribeTransactionsRequest {
  const transactionalIds: string[] = [];
  const transactionalIdsCount = readCompactCount(reader, 1);
  for (let left = transactionalIdsCount; left > 0; left--) transactionalIds.push(readCompactString(reader));
  skipTags(reader);
  return { transactionalIds };
}

export interface DescribeTransactionsResponse {
  throttleTimeMs: number;
  transactionStates: TransactionState[];
}

export interface TransactionState {
  errorCode: number;
  transactionalId: string;
  transactionState: string;
  transactionTimeoutMs: number;
  transactionStartTimeMs: number;
  producerId: number;
  producerEpoch: number;
  topics: TopicData[];
}

export interface TopicData {
  topic: string;
  partitions: number[];
}

export function newTopicData(): TopicData {
  return { topic: '', partitions: [] };
}

function encodeTopicData(writer: ByteWriter, _version: number, value: TopicData): void {
  writeCompactString(writer, value.topic);
  writeCompactCount(writer, value.partitions.length);
  for (const element of value.partitions) writer.i32(element);
  writer.u8(0);
}

export function newTransactionState(): TransactionState {
  return { errorCode: 0, transactionalId: '', transactionState: '', transactionTimeoutMs: 0, transactionStartTimeMs: 0, producerId: 0, producerEpoch: 0, topics: [] };
}

function encodeTransactionState(writer: ByteWriter, version: number, value: TransactionState): void {
  writer.i16(value.errorCode);
  writeCompactString(writer, value.transactionalId);
  writeCompactString(writer, value.transactionState);
  writer.i32(value.transactionTimeoutMs);
  writer.i64(value.transactionStartTimeMs);
  writer.i64(value.producerId);
  writer.i16(value.producerEpoch);
  writeCompactCount(writer, value.topics.length);
  for (const element of value.topics) encodeTopicData(writer, version, element);
  writer.u8(0);
}

export function newDescribeTransactionsResponse(): DescribeTransactionsResponse {
  return { throttleTimeMs: 0, transactionStates: [] };
}

export function encodeDescribeTransactionsResponse(writer: ByteWriter, version: number, value: DescribeTransactionsResponse): void {
  writer.i32(value.throttleTimeMs);
  writeCompactCount(writer, value.transactionStates.length);
  for (const element of value.transactionStates) encodeTransactionState(writer, version, element);
  writer.u8(0);
}
