// Generated from src/protocols/kafka/schema/22-init-producer-id.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactNullableString,
  readNullableString,
  skipTags,
} from './primitives.js';

export interface InitProducerIdRequest {
  transactionalId: string | null;
  transactionTimeoutMs: number;
  producerId: number;
  producerEpoch: number;
}

export function decodeInitProducerIdRequest(reader: ByteReader, version: number): InitProducerIdRequest {
  const transactionalId = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  const transactionTimeoutMs = reader.i32();
  const producerId = version >= 3 ? reader.i64() : -1;
  const producerEpoch = version >= 3 ? reader.i16() : -1;
  if (version >= 2) skipTags(reader);
  return { transactionalId, transactionTimeoutMs, producerId, producerEpoch };
}

export interface InitProducerIdResponse {
  throttleTimeMs: number;
  errorCode: number;
  producerId: number;
  producerEpoch: number;
}

export function newInitProducerIdResponse(): InitProducerIdResponse {
  return { throttleTimeMs: 0, errorCode: 0, producerId: -1, producerEpoch: 0 };
}

export function encodeInitProducerIdResponse(writer: ByteWriter, version: number, value: InitProducerIdResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writer.i64(value.producerId);
  writer.i16(value.producerEpoch);
  if (version >= 2) writer.u8(0);
}
