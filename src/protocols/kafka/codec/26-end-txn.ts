// Generated from src/protocols/kafka/schema/26-end-txn.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  readCompactString,
  readString,
  skipTags,
} from './primitives.js';

export interface EndTxnRequest {
  transactionalId: string;
  producerId: number;
  producerEpoch: number;
  committed: boolean;
}

export function decodeEndTxnRequest(reader: ByteReader, version: number): EndTxnRequest {
  const transactionalId = version >= 3 ? readCompactString(reader) : readString(reader);
  const producerId = reader.i64();
  const producerEpoch = reader.i16();
  const committed = readBool(reader);
  if (version >= 3) skipTags(reader);
  return { transactionalId, producerId, producerEpoch, committed };
}

export interface EndTxnResponse {
  throttleTimeMs: number;
  errorCode: number;
  producerId: number;
  producerEpoch: number;
}

export function newEndTxnResponse(): EndTxnResponse {
  return { throttleTimeMs: 0, errorCode: 0, producerId: -1, producerEpoch: -1 };
}

export function encodeEndTxnResponse(writer: ByteWriter, version: number, value: EndTxnResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  if (version >= 5) {
    writer.i64(value.producerId);
  }
  if (version >= 5) {
    writer.i16(value.producerEpoch);
  }
  if (version >= 3) writer.u8(0);
}
