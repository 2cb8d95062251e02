// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import { endOfMethod } from '../../../src/protocols/amqp/codec/primitives.js';

/** confirm.select */
export function writeConfirmSelect(into: ByteWriter, noWait: boolean): void {
  into.u32(0x0055000a);
  into.u8(noWait ? 1 : 0);
}

export function decodeConfirmSelectOk(from: ByteReader): void {
  endOfMethod(from);
}
