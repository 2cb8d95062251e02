// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import { endOfMethod } from '../../../src/protocols/amqp/codec/primitives.js';

/** channel.open */
export function writeChannelOpen(into: ByteWriter): void {
  into.u32(0x0014000a);
  into.u8(0);
}

export function decodeChannelOpenOk(from: ByteReader): void {
  from.take(from.u32());
  endOfMethod(from);
}
