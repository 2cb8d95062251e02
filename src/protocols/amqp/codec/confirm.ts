// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import { endOfMethod } from './primitives.js';

/** confirm.select */
export interface ConfirmSelect {
  readonly noWait: boolean;
}

export function decodeConfirmSelect(from: ByteReader): ConfirmSelect {
  const noWait = (from.u8() & 1) !== 0;
  endOfMethod(from);
  return { noWait };
}

/** confirm.select-ok */
export function writeConfirmSelectOk(into: ByteWriter): void {
  into.u32(0x0055000b);
}
