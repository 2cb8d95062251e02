// Generated from src/protocols/kafka/schema/25-add-offsets-to-txn.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactString,
  readString,
  skipTags,
} from './primitives.js';

export interface AddOffsetsToTxnRequest {
  transactionalId: string;
  producerId: number;
  producerEpoch: number;
  groupId: string;
}

export function decodeAddOffsetsToTxnRequest(reader: ByteReader, version: number): AddOffsetsToTxnRequest {
  const transactionalId = version >= 3 ? readCompactString(reader) : readString(reader);
  const producerId = reader.i64();
  const producerEpoch = reader.i16();
  const groupId = version >= 3 ? readCompactString(reader) : readString(reader);
  if (version >= 3) skipTags(reader);
  return { transactionalId, producerId, producerEpoch, groupId };
}

export interface AddOffsetsToTxnResponse {
  throttleTimeMs: number;
  errorCode: number;
}

export function newAddOffsetsToTxnResponse(): AddOffsetsToTxnResponse {
  return { throttleTimeMs: 0, errorCode: 0 };
}

export function encodeAddOffsetsToTxnResponse(writer: ByteWriter, version: number, value: AddOffsetsToTxnResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  if (version >= 3) writer.u8(0);
}
