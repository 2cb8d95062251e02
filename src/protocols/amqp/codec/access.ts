// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import { endOfMethod, readShortText } from './primitives.js';

/** access.request */
export interface AccessRequest {
  readonly realm: string;
  readonly exclusive: boolean;
  readonly passive: boolean;
  readonly active: boolean;
  readonly write: boolean;
  readonly read: boolean;
}

export function decodeAccessRequest(from: ByteReader): AccessRequest {
  const realm = readShortText(from);
  const exclusiveBits = from.u8();
  const exclusive = (exclusiveBits & 1) !== 0;
  const passive = (exclusiveBits & 2) !== 0;
  const active = (exclusiveBits & 4) !== 0;
  const write = (exclusiveBits & 8) !== 0;
  const read = (exclusiveBits & 16) !== 0;
  endOfMethod(from);
  return { realm, exclusive, passive, active, write, read };
}

/** access.request-ok */
export function writeAccessRequestOk(into: ByteWriter, ticket: number): void {
  into.u32(0x001e000b);
  into.u16(ticket);
}
