// Generated from src/protocols/kafka/schema/66-list-transactions.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ListTransactionsRequest,
  type TransactionState,
  type ListTransactionsResponse,
} from '../../../src/protocols/kafka/codec/66-list-transactions.js';

export function encodeListTransactionsRequest(writer: ByteWriter, version: number, value: ListTransactionsRequest): void {
  writeCompactCount(writer, value.stateFilters.length);
  for (const element of value.stateFilters) writeCompactString(writer, element);
  writeCompactCount(writer, value.producerIdFilters.length);
  for (const element of value.producerIdFilters) writer.i64(element);
  if (version >= 1) {
    writer.i64(value.durationFilter);
  }
  if (version >= 2) {
    writeCompactNullableString(writer, value.transactionalIdPattern);
  }
  writer.u8(0);
}

export function newListTransactionsRequest(): ListTransactionsRequest {
  return { stateFilters: [], producerIdFilters: [], durationFilter: -1, transactionalIdPattern: null };
}

function decodeTransactionState(reader: ByteReader, _version: number): TransactionState {
  const transactionalId = readCompactString(reader);
  const producerId = reader.i64();
  const transactionState = readCompactString(reader);
  skipTags(reader);
  return { transactionalId, producerId, transactionState };
}

export function decodeListTransactionsResponse(reader: ByteReader, version: number): ListTransactionsResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const unknownStateFilters: string[] = [];
  const unknownStateFiltersCount = readCompactCount(reader, 1);
  for (let left = unknownStateFiltersCount; left > 0; left--) unknownStateFilters.push(readCompactString(reader));
  const transactionStates: TransactionState[] = [];
  const transactionStatesCount = readCompactCount(reader, 11);
  for (let left = transactionStatesCount; left > 0; left--) transactionStates.push(decodeTransactionState(reader, version));
  skipTags(reader);
  return { throttleTimeMs, errorCode, unknownStateFilters, transactionStates };
}
