// Generated from src/protocols/kafka/schema/66-list-transactions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from './primitives.js';

export interface ListTransactionsRequest {
  stateFilters: string[];
  producerIdFilters: number[];
  durationFilter: number;
  transactionalIdPattern: string | null;
}

export function decodeListTransactionsRequest(reader: ByteReader, version: number): ListTransactionsRequest {
  const stateFilters: string[] = [];
  const stateFiltersCount = readCompactCount(reader, 1);
  for (let left = stateFiltersCount; left > 0; left--) stateFilters.push(readCompactString(reader));
  const producerIdFilters: number[] = [];
  const producerIdFiltersCount = readCompactCount(reader, 8);
  for (let left = producerIdFiltersCount; left > 0; left--) producerIdFilters.push(reader.i64());
  const durationFilter = version >= 1 ? reader.i64() : -1;
  const transactionalIdPattern = version >= 2 ? readCompactNullableString(reader) : null;
  skipTags(reader);
  return { stateFilters, producerIdFilters, durationFilter, transactionalIdPattern };
}

export interface ListTransactionsResponse {
  throttleTimeMs: number;
  errorCode: number;
  unknownStateFilters: string[];
  transactionStates: TransactionState[];
}

export interface TransactionState {
  transactionalId: string;
  producerId: number;
  transactionState: string;
}

export function newTransactionState(): TransactionState {
  return { transactionalId: '', producerId: 0, transactionState: '' };
}

function encodeTransactionState(writer: ByteWriter, _version: number, value: TransactionState): void {
  writeCompactString(writer, value.transactionalId);
  writer.i64(value.producerId);
  writeCompactString(writer, value.transactionState);
  writer.u8(0);
}

export function newListTransactionsResponse(): ListTransactionsResponse {
  return { throttleTimeMs: 0, errorCode: 0, unknownStateFilters: [], transactionStates: [] };
}

export function encodeListTransactionsResponse(writer: ByteWriter, version: number, value: ListTransactionsResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactCount(writer, value.unknownStateFilters.length);
  for (const element of value.unknownStateFilters) writeCompactString(writer, element);
  writeCompactCount(writer, value.transactionStates.length);
  for (const element of value.transactionStates) encodeTransactionState(writer, version, element);
  writer.u8(0);
}
