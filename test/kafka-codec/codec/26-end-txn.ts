// Generated from src/protocols/kafka/schema/26-end-txn.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  skipTags,
  writeBool,
  writeCompactString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type EndTxnRequest,
  type EndTxnResponse,
} from '../../../src/protocols/kafka/codec/26-end-txn.js';

export function encodeEndTxnRequest(writer: ByteWriter, version: number, value: EndTxnRequest): void {
  if (version >= 3) {
    writeCompactString(writer, value.transactionalId);
  } else {
    writeString(writer, value.transactionalId);
  }
  writer.i64(value.producerId);
  writer.i16(value.producerEpoch);
  writeBool(writer, value.committed);
  if (version >= 3) writer.u8(0);
}

export function newEndTxnRequest(): EndTxnRequest {
  return { transactionalId: '', producerId: 0, producerEpoch: 0, committed: false };
}

export function decodeEndTxnResponse(reader: ByteReader, version: number): EndTxnResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const producerId = version >= 5 ? reader.i64() : -1;
  const producerEpoch = version >= 5 ? reader.i16() : -1;
  if (version >= 3) skipTags(reader);
  return { throttleTimeMs, errorCode, producerId, producerEpoch };
}
