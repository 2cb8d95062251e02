// Generated from src/protocols/kafka/schema/25-add-offsets-to-txn.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  skipTags,
  writeCompactString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type AddOffsetsToTxnRequest,
  type AddOffsetsToTxnResponse,
} from '../../../src/protocols/kafka/codec/25-add-offsets-to-txn.js';

export function encodeAddOffsetsToTxnRequest(writer: ByteWriter, version: number, value: AddOffsetsToTxnRequest): void {
  if (version >= 3) {
    writeCompactString(writer, value.transactionalId);
  } else {
    writeString(writer, value.transactionalId);
  }
  writer.i64(value.producerId);
  writer.i16(value.producerEpoch);
  if (version >= 3) {
    writeCompactString(writer, value.groupId);
  } else {
    writeString(writer, value.groupId);
  }
  if (version >= 3) writer.u8(0);
}

export function newAddOffsetsToTxnRequest(): AddOffsetsToTxnRequest {
  return { transactionalId: '', producerId: 0, producerEpoch: 0, groupId: '' };
}

export function decodeAddOffsetsToTxnResponse(reader: ByteReader, version: number): AddOffsetsToTxnResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  if (version >= 3) skipTags(reader);
  return { throttleTimeMs, errorCode };
}
