// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import { endOfMethod } from '../../../src/protocols/amqp/codec/primitives.js';

/** tx.select */
export function writeTxSelect(into: ByteWriter): void {
  into.u32(0x005a000a);
}

export function decodeTxSelectOk(from: ByteReader): void {
  endOfMethod(from);
}

/** tx.commit */
export function writeTxCommit(into: ByteWriter): void {
  into.u32(0x005a0014);
}

export function decodeTxCommitOk(from: ByteReader): void {
  endOfMethod(from);
}

/** tx.rollback */
export function writeTxRollback(into: ByteWriter): void {
  into.u32(0x005a001e);
}

export function decodeTxRollbackOk(from: ByteReader): void {
  endOfMethod(from);
}
