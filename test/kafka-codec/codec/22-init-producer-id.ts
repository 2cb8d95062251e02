// Generated from src/protocols/kafka/schema/22-init-producer-id.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  skipTags,
  writeCompactNullableString,
  writeNullableString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type InitProducerIdRequest,
  type InitProducerIdResponse,
} from '../../../src/protocols/kafka/codec/22-init-producer-id.js';

export function encodeInitProducerIdRequest(writer: ByteWriter, version: number, value: InitProducerIdRequest): void {
  if (version >= 2) {
    writeCompactNullableString(writer, value.transactionalId);
  } else {
    writeNullableString(writer, value.transactionalId);
  }
  writer.i32(value.transactionTimeoutMs);
  if (version >= 3) {
    writer.i64(value.producerId);
  }
  if (version >= 3) {
    writer.i16(value.producerEpoch);
  }
  if (version >= 2) writer.u8(0);
}

export function newInitProducerIdRequest(): InitProducerIdRequest {
  return { transactionalId: '', transactionTimeoutMs: 0, producerId: -1, producerEpoch: -1 };
}

export function decodeInitProducerIdResponse(reader: ByteReader, version: number): InitProducerIdResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const producerId = reader.i64();
  const producerEpoch = reader.i16();
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, errorCode, producerId, producerEpoch };
}
