// Generated from src/protocols/amqp/schema.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import { endOfMethod } from './primitives.js';

export function decodeTxSelect(from: ByteReader): void {
  endOfMethod(from);
}

/** tx.select-ok */
export function writeTxSelectOk(into: ByteWriter): void {
  into.u32(0x005a000b);
}

export function decodeTxCommit(from: ByteReader): void {
  endOfMethod(from);
}

/** tx.commit-ok */
export function writeTxCommitOk(into: ByteWriter): void {
  into.u32(0x005a0015);
}

export function decodeTxRollback(from: ByteReader): void {
  endOfMethod(from);
}

/** tx.rollback-ok */
export function writeTxRollbackOk(into: ByteWriter): void {
  into.u32(0x005a001f);
}
