import { crc32c } from '../lib/crc32c.js';
import type { StoredFile } from '../store/files.js';
import { blockBytes, readInt64, writeInt64 } from './bundle.js';

/**
 * A file of the journal: one block that says which file it is, then bundles. Files are preallocated and used again
 * under a new number, so what lies behind the last bundle may be bundles of an earlier life; their numbers tell.
 */
export const journalFolder = 'journal';
export const journalVersion = 1;
const magic = Buffer.from('NARUJRNL');

export function journalFileName(fileNumber: number): string {
  return `${journalFolder}/${String(fileNumber).padStart(20, '0')}.jnl`;
}

export function journalFileNumber(entryName: string): number | undefined {
  return /^\d{20}\.jnl$/.test(entryName) ? Number(entryName.slice(0, 20)) : undefined;
}

export interface JournalFileHeader {
  readonly version: number;
  readonly fileNumber: number;
  readonly firstBundle: number;
  readonly salt: number;
}

export function encodeFileHeader(fileNumber: number, firstBundle: number, salt: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  magic.copy(block, 0);
  block.writeUInt32BE(journalVersion, 8);
  writeInt64(block, 12, fileNumber);
  writeInt64(block, 20, firstBundle);
  block.writeUInt32BE(salt, 28);
  block.writeUInt32BE(crc32c(block, 0, 32), 32);
  return block;
}

/** Undefined for a file that was prepared and never begun, or whose first block was torn. */
export function decodeFileHeader(block: Buffer): JournalFileHeader | undefined {
  if (block.length < 36 || block.compare(magic, 0, 8, 0, 8) !== 0) return undefined;
  if (crc32c(block, 0, 32) !== block.readUInt32BE(32)) return undefined;
  return {
    version: block.readUInt32BE(8),
    fileNumber: readInt64(block, 12),
    firstBundle: readInt64(block, 20),
    salt: block.readUInt32BE(28),
  };
}

/** A file with bundles in it, as the running journal keeps account of it. */
export interface JournalFile {
  readonly fileNumber: number;
  readonly sizeBytes: number;
  readonly firstBundle: number;
  /**
   * A number nobody outside knows, drawn when the file was begun; the CRCs of its bundles' headers start from it. So
   * bytes of a record, made to look like a bundle, are not taken for one when damage makes recovery look around.
   */
  readonly salt: number;
  /** Open while it is written to: once so that each write is durable, once plain. */
  handles: { readonly durable: StoredFile; readonly plain: StoredFile } | null;
}
