/**
 * Files: one of the three parts of the waist below `log/`. Names are slash-separated and relative to the store;
 * nobody above knows where they lie. An implementation passes `files.contract.ts`.
 */
export interface Files {
  /** Files and folders directly in `folder` (`''`: at the top), in order of name; a missing folder is an empty one. */
  list(folder: string): Promise<readonly FileEntry[]>;
  /**
   * Opens a file for random access.
   * - `read`: it must be there.
   * - `write`: made, with the folders above it, when missing.
   * - `durable`: as `write`, and each write is on stable storage when it completes (O_DSYNC).
   */
  open(name: string, mode: OpenMode): Promise<StoredFile>;
  /** As `open(name, 'read')`, without a turn of the loop: for files that are very likely cached. */
  openSync(name: string): StoredFile;
  /** Gives a file or folder another name, replacing a file of that name; folders above the new name are made. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a folder with all that is in it. A missing one is no error. */
  remove(name: string): Promise<void>;
  /** Makes earlier creations, renames and removals in `folder` survive a power cut, and `folder` itself. */
  syncFolder(folder: string): Promise<void>;
  /** Room left for new data. */
  freeBytes(): Promise<number>;
}

/** No disk has larger sectors: on such boundaries lies what goes past a page cache. */
export const blockBytes = 4096;

export type OpenMode = 'read' | 'write' | 'durable';

export interface FileEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly sizeBytes: number;
}

export interface StoredFile {
  readonly name: string;
  /** The size now, with every write that completed, through this handle or another. */
  sizeBytes(): number;
  /** Fills `into` from `position`; answers how many bytes there were, fewer than asked only at the end of the file. */
  readSync(into: Buffer, position: number): number;
  read(into: Buffer, position: number): Promise<number>;
  /**
   * Writes the pieces one behind the other. After an error any part of the range may have been written. The
   * pieces must not change until it settles.
   */
  write(pieces: readonly Buffer[], position: number): Promise<void>;
  /**
   * As `write` to a `durable` file, for what nobody reads soon: the whole blocks that the bytes begin with go past the
   * system's page cache, where it can and `position` is where a block begins.
   */
  writeBlocks(pieces: readonly Buffer[], position: number): Promise<void>;
  /**
   * As `write`, within the call: for a few blocks that need not be durable. A write into the page cache takes some
   * microseconds, the way to another thread and back ten times that and more on a busy machine.
   */
  writeSync(bytes: Buffer, position: number): void;
  /**
   * When it settles, every write that had completed before the call survives a power cut. After a failed sync
   * nothing is known of any of them: write them again, elsewhere, rather than sync again.
   */
  sync(): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  /**
   * Makes the file `sizeBytes` long, keeping what it holds, with the new space really taken (zeros) and synced, so
   * that later writes need no new space. When there is no room it gets its old size back.
   */
  allocate(sizeBytes: number): Promise<void>;
  /** Waits for what is under way, then lets the file go. A second close does nothing. */
  close(): Promise<void>;
}

export type StoreErrorCode = 'missing' | 'full' | 'failed';

/** What a store throws: `full` when there is no room, `missing` for a name that is not there, `failed` for the rest. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
