// Generated from src/protocols/kafka/schema/transaction-records.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  closeReadTag,
  closeWriteTag,
  openReadTag,
  openWriteTag,
  readCompactCount,
  readCompactNullableCount,
  readCompactString,
  readCount,
  readNullableCount,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from './primitives.js';

export interface TransactionLogKey {
  transactionalId: string;
}

export function newTransactionLogKey(): TransactionLogKey {
  return { transactionalId: '' };
}

export function decodeTransactionLogKey(reader: ByteReader, _version: number): TransactionLogKey {
  const transactionalId = readString(reader);
  return { transactionalId };
}

export function encodeTransactionLogKey(writer: ByteWriter, _version: number, value: TransactionLogKey): void {
  writeString(writer, value.transactionalId);
}

export interface TransactionLogValue {
  producerId: number;
  previousProducerId: number;
  nextProducerId: number;
  producerEpoch: number;
  nextProducerEpoch: number;
  transactionTimeoutMs: number;
  transactionStatus: number;
  transactionPartitions: TransactionPartitions[] | null;
  transactionLastUpdateTimestampMs: number;
  transactionStartTimestampMs: number;
  clientTransactionVersion: number;
}

export interface TransactionPartitions {
  topic: string;
  partitionIds: number[];
}

export function newTransactionPartitions(): TransactionPartitions {
  return { topic: '', partitionIds: [] };
}

function decodeTransactionPartitions(reader: ByteReader, version: number): TransactionPartitions {
  const topic = version >= 1 ? readCompactString(reader) : readString(reader);
  const partitionIds: number[] = [];
  const partitionIdsCount = version >= 1 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = partitionIdsCount; left > 0; left--) partitionIds.push(reader.i32());
  if (version >= 1) skipTags(reader);
  return { topic, partitionIds };
}

function encodeTransactionPartitions(writer: ByteWriter, version: number, value: TransactionPartitions): void {
  if (version >= 1) {
    writeCompactString(writer, value.topic);
  } else {
    writeString(writer, value.topic);
  }
  if (version >= 1) {
    writeCompactCount(writer, value.partitionIds.length);
    for (const element of value.partitionIds) writer.i32(element);
  } else {
    writeCount(writer, value.partitionIds.length);
    for (const element of value.partitionIds) writer.i32(element);
  }
  if (version >= 1) writer.u8(0);
}

export function newTransactionLogValue(): TransactionLogValue {
  return { producerId: 0, previousProducerId: -1, nextProducerId: -1, producerEpoch: 0, nextProducerEpoch: -1, transactionTimeoutMs: 0, transactionStatus: 0, transactionPartitions: [], transactionLastUpdateTimestampMs: 0, transactionStartTimestampMs: 0, clientTransactionVersion: 0 };
}

export function decodeTransactionLogValue(reader: ByteReader, version: number): TransactionLogValue {
  const producerId = reader.i64();
  const producerEpoch = reader.i16();
  const transactionTimeoutMs = reader.i32();
  const transactionStatus = reader.i8();
  let transactionPartitions: TransactionPartitions[] | null = [];
  const transactionPartitionsCount = version >= 1 ? readCompactNullableCount(reader, 3) : readNullableCount(reader, 6);
  for (let left = transactionPartitionsCount; left > 0; left--) transactionPartitions.push(decodeTransactionPartitions(reader, version));
  if (transactionPartitionsCount < 0) transactionPartitions = null;
  const transactionLastUpdateTimestampMs = reader.i64();
  const transactionStartTimestampMs = reader.i64();
  let previousProducerId: number = -1;
  let nextProducerId: number = -1;
  let clientTransactionVersion: number = 0;
  let nextProducerEpoch: number = -1;
  for (let left = version >= 1 ? reader.uvarint() : 0; left > 0; left--) {
    const tag = reader.uvarint();
    const outerEnd = openReadTag(reader);
    switch (tag) {
      case 0: {
        previousProducerId = reader.i64();
        break;
      }
      case 1: {
        nextProducerId = reader.i64();
        break;
      }
      case 2: {
        clientTransactionVersion = reader.i16();
        break;
      }
      case 3: {
        nextProducerEpoch = reader.i16();
        break;
      }
      default:
        reader.position = reader.end;
    }
    closeReadTag(reader, outerEnd);
  }
  return { producerId, previousProducerId, nextProducerId, producerEpoch, nextProducerEpoch, transactionTimeoutMs, transactionStatus, transactionPartitions, transactionLastUpdateTimestampMs, transactionStartTimestampMs, clientTransactionVersion };
}

export function encodeTransactionLogValue(writer: ByteWriter, version: number, value: TransactionLogValue): void {
  writer.i64(value.producerId);
  writer.i16(value.producerEpoch);
  writer.i32(value.transactionTimeoutMs);
  writer.i8(value.transactionStatus);
  if (version >= 1) {
    if (value.transactionPartitions === null) writeCompactCount(writer, -1);
    else {
      writeCompactCount(writer, value.transactionPartitions.length);
      for (const element of value.transactionPartitions) encodeTransactionPartitions(writer, version, element);
    }
  } else {
    if (value.transactionPartitions === null) writeCount(writer, -1);
    else {
      writeCount(writer, value.transactionPartitions.length);
      for (const element of value.transactionPartitions) encodeTransactionPartitions(writer, version, element);
    }
  }
  writer.i64(value.transactionLastUpdateTimestampMs);
  writer.i64(value.transactionStartTimestampMs);
  if (version >= 1) {
    const has_previousProducerId = value.previousProducerId !== -1;
    const has_nextProducerId = value.nextProducerId !== -1;
    const has_clientTransactionVersion = value.clientTransactionVersion !== 0;
    const has_nextProducerEpoch = value.nextProducerEpoch !== -1;
    writer.u8((has_previousProducerId ? 1 : 0) + (has_nextProducerId ? 1 : 0) + (has_clientTransactionVersion ? 1 : 0) + (has_nextProducerEpoch ? 1 : 0));
    if (has_previousProducerId) {
      const at = openWriteTag(writer, 0);
      writer.i64(value.previousProducerId);
      closeWriteTag(writer, at);
    }
    if (has_nextProducerId) {
      const at = openWriteTag(writer, 1);
      writer.i64(value.nextProducerId);
      closeWriteTag(writer, at);
    }
    if (has_clientTransactionVersion) {
      const at = openWriteTag(writer, 2);
      writer.i16(value.clientTransactionVersion);
      closeWriteTag(writer, at);
    }
    if (has_nextProducerEpoch) {
      const at = openWriteTag(writer, 3);
      writer.i16(value.nextProducerEpoch);
      closeWriteTag(writer, at);
    }
  }
}

export interface ControlRecordKey {
  type: number;
}

export function newControlRecordKey(): ControlRecordKey {
  return { type: 0 };
}

export function decodeControlRecordKey(reader: ByteReader, _version: number): ControlRecordKey {
  const type = reader.i16();
  return { type };
}

export function encodeControlRecordKey(writer: ByteWriter, _version: number, value: ControlRecordKey): void {
  writer.i16(value.type);
}

export interface EndTxnMarker {
  coordinatorEpoch: number;
}

export function newEndTxnMarker(): EndTxnMarker {
  return { coordinatorEpoch: 0 };
}

export function decodeEndTxnMarker(reader: ByteReader, _version: number): EndTxnMarker {
  const coordinatorEpoch = reader.i32();
  return { coordinatorEpoch };
}

export function encodeEndTxnMarker(writer: ByteWriter, _version: number, value: EndTxnMarker): void {
  writer.i32(value.coordinatorEpoch);
}
