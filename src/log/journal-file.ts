import { crc32c } from '../lib/crc32c.js';
import type { StoredFile } from '../store/files.js';
import { blockBytes, readInt64, writeInt64 } from './bundle.js';

/**
 * A file of the journal: one block that says which file it is, then bundles. Files are preallocated and used again
 * under a new number, so what lies behind the last bundle may be bundles of an earlier life; their numbers tell.
 */
export const journalFolder = 'journal';
export const journalVersion = 2;
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
  /**
   * A file before this one, where a sync failed behind bundles that somebody had been told are written: they were to be
   * written again from here on, and until all of them are, that one has them. 0 for most files.
   */
  readonly toldFile: number;
}

/** Where the CRC lies, and up to where it reaches, by version. */
const crcAt = [0, 32, 40] as const;

export function encodeFileHeader(header: Omit<JournalFileHeader, 'version'>): Buffer {
  const block = Buffer.alloc(blockBytes);
  magic.copy(block, 0);
  block.writeUInt32BE(journalVersion, 8);
  writeInt64(block, 12, header.fileNumber);
  writeInt64(block, 20, header.firstBundle);
  block.writeUInt32BE(header.salt, 28);
  writeInt64(block, 32, header.toldFile);
  const end = crcAt[journalVersion];
  block.writeUInt32BE(crc32c(block, 0, end), end);
  return block;
}

/** Undefined for a file that was prepared and never begun, or whose first block was torn. */
export function decodeFileHeader(block: Buffer): JournalFileHeader | undefined {
  if (block.length < 44 || block.compare(magic, 0, 8, 0, 8) !== 0) return undefined;
  const version = block.readUInt32BE(8);
  // One of a newer program is told from a torn one by whoever reads it, not taken for free.
  const end = crcAt[version];
  if (end !== undefined && crc32c(block, 0, end) !== block.readUInt32BE(end)) return undefined;
  return {
    version,
    fileNumber: readInt64(block, 12),
    firstBundle: readInt64(block, 20),
    salt: block.readUInt32BE(28),
    toldFile: version > 1 ? readInt64(block, 32) : 0,
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
  readonly toldFile: number;
  /** Open while it is written to: once so that each write is durable, once plain. */
  handles: { readonly durable: StoredFile; readonly plain: StoredFile } | null;
}
