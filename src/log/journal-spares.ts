import type { Logger } from '../lib/logger.js';
import type { Files, StoredFile } from '../store/files.js';
import { type JournalFile, journalFileName, journalFolder } from './journal-file.js';

/** A file that only lacks its first block. */
export interface ReadyFile {
  readonly fileNumber: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly handles: NonNullable<JournalFile['handles']>;
}

export interface FreeFile {
  readonly name: string;
  readonly sizeBytes: number;
}

interface GrowingFile extends FreeFile {
  readonly file: StoredFile;
  grownBytes: number;
}

/** The very first file is small: an empty data directory is ready at once. */
const firstFileBytes = 4 * 1024 * 1024;
/**
 * So many are kept, or as many as were taken between two checkpoints: a checkpoint gives them back all at once, and under
 * load a quarter of what was written were zeros of new files while old ones were removed.
 */
const spareFilesMin = 2;
/**
 * A new file is filled with zeros while the one before it fills, between these shares of it: not at once, for a
 * checkpoint will probably give one back that can be used again.
 */
const growFrom = 0.25;
const growUntil = 0.75;
/**
 * In small pieces, each synced: 64 MB at once kept every bundle behind it waiting for 20 to 45 ms, and 1 % of all
 * messages at 10,000 a second.
 */
const pieceBytes = 256 * 1024;

/**
 * The files that the journal goes on to: used ones that are needed no more, and the next one, which gets its name, its
 * place in the folder and its handles before anybody waits for it.
 */
export class JournalSpares {
  private readonly files: Files;
  private readonly logger: Logger;
  private readonly fileBytes: number;
  private nextFileNumber = 1;
  private readonly free: FreeFile[] = [];
  private ready: ReadyFile | null = null;
  private growing: GrowingFile | null = null;
  /** Since `trim` was called last, and between the two calls before. */
  private taken = 0;
  private takenBefore = 0;
  private work: Promise<void> | null = null;
  /** How much of a new file there should be by now. */
  private wantedShare = 0;
  /** Since the last file was taken; one refusal is enough, taking the file will tell. */
  private failed = false;
  private closing = false;

  constructor(files: Files, logger: Logger, fileBytes: number) {
    this.files = files;
    this.logger = logger;
    this.fileBytes = fileBytes;
  }

  begin(nextFileNumber: number, free: readonly FreeFile[]): void {
    this.nextFileNumber = nextFileNumber;
    this.free.push(...free);
  }

  get count(): number {
    return this.free.length + (this.ready === null ? 0 : 1);
  }

  get totalBytes(): number {
    let bytes = this.ready?.sizeBytes ?? 0;
    for (const { sizeBytes } of this.free) bytes += sizeBytes;
    return bytes;
  }

  /** The file that is written to is filled so far, from 0 to 1; `mayGrow` where there may be another one. */
  filled(share: number, mayGrow: boolean): void {
    if (this.ready !== null || this.work !== null || this.failed || this.closing) return;
    if (this.free.length === 0) {
      this.wantedShare = mayGrow ? (share - growFrom) / (growUntil - growFrom) : 0;
      if (this.wantedShare <= 0 || this.grownShare >= this.wantedShare) return;
    }
    this.work = this.prepare()
      .catch((error: unknown) => {
        this.failed = true;
        this.logger.warn({ error: String(error) }, 'no journal file could be prepared ahead');
      })
      .finally(() => {
        this.work = null;
      });
  }

  private get grownShare(): number {
    return this.growing === null ? 0 : this.growing.grownBytes / this.growing.sizeBytes;
  }

  private async prepare(): Promise<void> {
    if (this.free.length === 0) await this.grow(this.fileBytes);
    if (this.free.length > 0) this.ready = await this.makeReady(this.free.shift()!);
  }

  /** Until it is as large as is wanted. */
  private async grow(sizeBytes: number): Promise<void> {
    if (this.growing === null) {
      const name = `${journalFolder}/spare-${this.nextFileNumber}.tmp`;
      this.growing = { name, sizeBytes, file: await this.files.open(name, 'durable'), grownBytes: 0 };
    }
    const growing = this.growing;
    try {
      while (this.grownShare < this.wantedShare && growing.grownBytes < growing.sizeBytes) {
        const piece = this.wantedShare === Number.POSITIVE_INFINITY ? growing.sizeBytes : pieceBytes;
        const grownBytes = Math.min(growing.grownBytes + piece, growing.sizeBytes);
        await growing.file.allocate(grownBytes);
        growing.grownBytes = grownBytes;
      }
    } catch (error) {
      await this.dropGrowing();
      throw error;
    }
    if (growing.grownBytes < growing.sizeBytes) return;
    this.growing = null;
    await growing.file.close();
    this.free.push({ name: growing.name, sizeBytes: growing.sizeBytes });
  }

  private async dropGrowing(): Promise<void> {
    const growing = this.growing;
    if (growing === null) return;
    this.growing = null;
    await growing.file.close();
    await this.files.remove(growing.name);
  }

  /** The file goes back among the free ones when that fails. */
  private async makeReady({ name, sizeBytes }: FreeFile): Promise<ReadyFile> {
    const fileNumber = this.nextFileNumber++;
    const named = journalFileName(fileNumber);
    let now = name;
    try {
      await this.files.rename(name, named);
      now = named;
      await this.files.syncFolder(journalFolder);
      const durable = await this.files.open(named, 'durable');
      try {
        return {
          fileNumber,
          name: named,
          sizeBytes,
          handles: { durable, plain: await this.files.open(named, 'write') },
        };
      } catch (error) {
        await durable.close();
        throw error;
      }
    } catch (error) {
      this.free.push({ name: now, sizeBytes });
      throw error;
    }
  }

  /** A file of at least `neededBytes`; the `first` one of a folder may be small. */
  async take(neededBytes: number, first: boolean): Promise<ReadyFile> {
    // What is being prepared is to be done with at once.
    this.wantedShare = Number.POSITIVE_INFINITY;
    this.taken++;
    while (this.work !== null) await this.work;
    this.failed = false;
    const { ready } = this;
    this.ready = null;
    if (ready !== null) {
      if (ready.sizeBytes >= neededBytes) return ready;
      await this.putBack(ready);
    }
    for (;;) {
      const usable = this.free.findIndex(({ sizeBytes }) => sizeBytes >= neededBytes);
      if (usable >= 0) {
        this.wantedShare = 0;
        return this.makeReady(this.free.splice(usable, 1)[0]!);
      }
      if (this.growing !== null && this.growing.sizeBytes < neededBytes) await this.dropGrowing();
      await this.grow(Math.max(first ? Math.min(firstFileBytes, this.fileBytes) : this.fileBytes, neededBytes));
    }
  }

  /** One that was taken could not be begun. */
  async putBack({ name, sizeBytes, handles }: ReadyFile): Promise<void> {
    await handles.durable.close();
    await handles.plain.close();
    this.free.push({ name, sizeBytes });
  }

  /** A used file that is needed no more. */
  async give(file: FreeFile): Promise<void> {
    if (file.sizeBytes === this.fileBytes && this.count < this.keptMax) this.free.push(file);
    else await this.files.remove(file.name);
    if (this.work === null && this.wantedShare <= 1 && this.free.length > 0) await this.dropGrowing();
  }

  private get keptMax(): number {
    return Math.max(spareFilesMin, this.taken + 1, this.takenBefore + 1);
  }

  /** A start, or a busier time, may have left more than are needed. */
  async trim(): Promise<void> {
    const { keptMax } = this;
    this.takenBefore = this.taken;
    this.taken = 0;
    while (this.count > keptMax && this.free.length > 0) await this.files.remove(this.free.pop()!.name);
  }

  async close(): Promise<void> {
    this.closing = true;
    while (this.work !== null) await this.work;
    await this.dropGrowing();
    if (this.ready !== null) await this.putBack(this.ready);
    this.ready = null;
  }
}
