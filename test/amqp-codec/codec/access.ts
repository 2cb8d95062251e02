// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import { endOfMethod, writeShortText } from '../../../src/protocols/amqp/codec/primitives.js';

/** access.request */
export function writeAccessRequest(into: ByteWriter, realm: string, exclusive: boolean, passive: boolean, active: boolean, write: boolean, read: boolean): void {
  into.u32(0x001e000a);
  writeShortText(into, realm);
  into.u8((exclusive ? 1 : 0) | (passive ? 2 : 0) | (active ? 4 : 0) | (write ? 8 : 0) | (read ? 16 : 0));
}

/** access.request-ok */
export interface AccessRequestOk {
  readonly ticket: number;
}

export function decodeAccessRequestOk(from: ByteReader): AccessRequestOk {
  const ticket = from.u16();
  endOfMethod(from);
  return { ticket };
}
