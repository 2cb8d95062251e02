import type { Logger } from '../lib/logger.js';
import type { Files, StoredFile } from '../store/files.js';
import { type BundleHeader, blockBytes, bundleHeaderBytes, payloadIsWhole, readBundleHeader } from './bundle.js';
import { LogError } from './errors.js';
import {
  decodeFileHeader,
  type JournalFile,
  journalFileName,
  journalFileNumber,
  journalFolder,
  journalVersion,
} from './journal-file.js';

const chunkBytes = 4 * 1024 * 1024;

export interface FoundBundle {
  readonly bytes: Buffer;
  readonly at: number;
  readonly header: BundleHeader;
  readonly fileName: string;
  readonly position: number;
  /** Both, for messages. */
  readonly place: string;
}

export interface JournalListing {
  /** Files with bundles, in order. */
  readonly files: readonly JournalFile[];
  /** Files without any: prepared ahead, or torn while they were begun. */
  readonly unused: readonly { readonly name: string; readonly sizeBytes: number }[];
}

/** Looks at the first block of every journal file. Throws for one of a newer format. */
export async function listJournal(files: Files, logger: Logger): Promise<JournalListing> {
  const found: JournalFile[] = [];
  const unused: { name: string; sizeBytes: number }[] = [];
  for (const entry of await files.list(journalFolder)) {
    const name = `${journalFolder}/${entry.name}`;
    const fileNumber = journalFileNumber(entry.name);
    if (fileNumber === undefined) {
      if (entry.name.endsWith('.tmp')) await files.remove(name);
      else logger.warn({ file: name }, 'a file in the journal folder that is not ours; left alone');
      continue;
    }
    const file = await files.open(name, 'read');
    const block = Buffer.alloc(blockBytes);
    const got = await file.read(block, 0);
    await file.close();
    const header = decodeFileHeader(block.subarray(0, got));
    if (header !== undefined && header.version > journalVersion) {
      throw new LogError(
        'failed',
        `${name} has journal format ${header.version}; this program knows ${journalVersion}: start a newer Naru`,
      );
    }
    // A used file keeps its old first block until the new one is written: its number gives it away.
    if (header === undefined || header.fileNumber !== fileNumber) unused.push({ name, sizeBytes: entry.sizeBytes });
    else {
      const { firstBundle, salt, toldFile } = header;
      found.push({ fileNumber, sizeBytes: entry.sizeBytes, firstBundle, salt, toldFile, handles: null });
    }
  }
  found.sort((left, right) => left.fileNumber - right.fileNumber);
  return { files: found, unused };
}

/**
 * Gives the bundles of the journal in order, from one on. The end of the journal is where the next bundle is not
 * there; bundles that are missing although later ones are there are damage, and said so.
 */
export class JournalReader {
  private readonly files: Files;
  private readonly list: readonly JournalFile[];
  private readonly damage: (message: string) => void;
  private fileIndex = 0;
  private file: StoredFile | null = null;
  private position = blockBytes;
  private expected: number;
  private rejected = -1;
  private chunk: Buffer = Buffer.alloc(0);
  private chunkAt = 0;
  bytesRead = 0;

  /** `list` begins with the file that holds `from`. */
  constructor(files: Files, list: readonly JournalFile[], from: number, damage: (message: string) => void) {
    this.files = files;
    this.list = list;
    this.expected = list[0]?.firstBundle ?? from;
    this.damage = damage;
    if (this.expected > from) damage(`bundles ${from} to ${this.expected - 1} are missing before ${this.place()}`);
  }

  private place(): string {
    return `${journalFileName(this.list[this.fileIndex]!.fileNumber)} at byte ${this.position}`;
  }

  async next(): Promise<FoundBundle | undefined> {
    while (this.fileIndex < this.list.length) {
      const found = await this.bundleAt(this.position);
      if (found !== undefined && found.header.number < this.expected) {
        // Written again after an error that had not hurt it after all.
        this.position += found.header.totalBytes;
        continue;
      }
      if (found !== undefined) {
        if (found.header.number > this.needed) {
          this.damage(`bundles ${this.needed} to ${found.header.number - 1} are missing before ${found.place}`);
        }
        this.expected = found.header.number + 1;
        this.position += found.header.totalBytes;
        return found;
      }
      const following = this.list[this.fileIndex + 1];
      if (following !== undefined && following.firstBundle <= this.needed) {
        await this.openFollowing();
        continue;
      }
      const later = await this.scanAhead();
      if (later !== undefined) {
        this.damage(`${this.place()}: not a whole bundle; read on at byte ${later}`);
        this.position = later;
        continue;
      }
      if (following === undefined) return undefined;
      this.damage(`${this.place()}: bundles ${this.needed} to ${following.firstBundle - 1} are missing`);
      this.expected = following.firstBundle;
      await this.openFollowing();
    }
    return undefined;
  }

  /**
   * The bundle just given turned out not to be whole: it may have been written again elsewhere. Where it was not, the
   * caller has it and knows what it lacks.
   */
  reject(found: FoundBundle): void {
    this.expected = found.header.number;
    this.rejected = found.header.number;
  }

  /** The first bundle without which something is missing. */
  private get needed(): number {
    return this.expected === this.rejected ? this.expected + 1 : this.expected;
  }

  private async openFollowing(): Promise<void> {
    await this.close();
    this.fileIndex++;
    this.position = blockBytes;
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = null;
    this.chunk = Buffer.alloc(0);
  }

  /** Bytes from `position` on, at least `count` of them if the file has them. */
  private async load(position: number, count: number): Promise<number> {
    const file = this.list[this.fileIndex]!;
    if (position >= this.chunkAt && position + count <= this.chunkAt + this.chunk.length)
      return position - this.chunkAt;
    this.file ??= await this.files.open(journalFileName(file.fileNumber), 'read');
    const size = Math.max(0, Math.min(Math.max(count, chunkBytes), this.file.sizeBytes() - position));
    const chunk = Buffer.allocUnsafeSlow(size);
    let got = 0;
    while (got < size) {
      const read = await this.file.read(chunk.subarray(got), position + got);
      if (read === 0) break;
      got += read;
    }
    this.bytesRead += got;
    this.chunk = chunk.subarray(0, got);
    this.chunkAt = position;
    return 0;
  }

  private async bundleAt(position: number): Promise<FoundBundle | undefined> {
    const file = this.list[this.fileIndex]!;
    let at = await this.load(position, bundleHeaderBytes);
    const header = readBundleHeader(this.chunk, at, file.salt);
    if (header === undefined || header.fileNumber !== file.fileNumber) return undefined;
    if (position + header.totalBytes > file.sizeBytes) return undefined;
    at = await this.load(position, header.totalBytes);
    if (!payloadIsWhole(this.chunk, at, header)) return undefined;
    const fileName = journalFileName(file.fileNumber);
    return { bytes: this.chunk, at, header, fileName, position, place: `${fileName} at byte ${position}` };
  }

  /**
   * Bundles begin at block boundaries: the next one of this file's present life, if what is missing before it was durable.
   * Bundles that were only written when a power cut came may be there without those before them, and count as little.
   */
  private async scanAhead(): Promise<number | undefined> {
    const file = this.list[this.fileIndex]!;
    let later: number | undefined;
    for (let position = this.position + blockBytes; position + blockBytes <= file.sizeBytes; position += blockBytes) {
      const at = await this.load(position, bundleHeaderBytes);
      if (this.chunk.length - at < bundleHeaderBytes) return undefined;
      const header = readBundleHeader(this.chunk, at, file.salt);
      if (header === undefined || header.fileNumber !== file.fileNumber || header.number <= this.expected) continue;
      if ((await this.bundleAt(position)) === undefined) continue;
      later ??= position;
      if (header.durableBundle < 0 || header.durableBundle >= this.needed) return later;
    }
    return undefined;
  }
}
