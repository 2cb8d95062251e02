import * as fs from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { piecesBehind, piecesBytes } from '../lib/pieces.js';
import { BlockWrites } from './block-writes.js';
import { type FileEntry, type Files, type OpenMode, type StoredFile, StoreError } from './files.js';
import { assertFolderName, assertName, byName, folderOf, foldersAbove } from './names.js';
import {
  closePath,
  codeOf,
  isUnknownCall,
  openPath,
  readOnce,
  syncData,
  truncateTo,
  writeOnce,
} from './system-calls.js';

/** More pieces in one call than this the system refuses (IOV_MAX). */
const piecesPerWrite = 1024;
/**
 * One for all: a megabyte made for each piece of a journal file that grows had the collector go through everything four
 * times a second, and one confirm in a hundred at 10,000/s wait 6 ms for it.
 */
const zeros = Buffer.alloc(64 * 1024);
const zerosPerWrite = 256;

/**
 * O_DSYNC saves the second call of write + sync. On macOS it does not empty the drive's cache and Windows has no such
 * flag: there each write of a durable file is followed by a sync.
 */
const durableFlag: number = process.platform === 'darwin' ? 0 : (fs.constants.O_DSYNC ?? 0);

/** Files in a folder of this machine, which is made when missing. */
export async function openNodeFiles(folder: string): Promise<Files> {
  try {
    const made = await fs.promises.mkdir(folder, { recursive: true });
    if (made !== undefined) {
      for (let at = folder; at !== dirname(made) && at !== dirname(at); at = dirname(at)) await syncPath(dirname(at));
    }
  } catch (cause) {
    throw storeError('make', folder, cause);
  }
  return new NodeFiles(folder);
}

class NodeFiles implements Files {
  private readonly root: string;
  /** Folders in which we made a folder and have not synced that since; the count tells a newer making from an older. */
  private readonly grown = new Map<string, number>();
  private madeCount = 0;

  constructor(root: string) {
    this.root = root;
  }

  async list(folder: string): Promise<readonly FileEntry[]> {
    assertFolderName(folder);
    const path = this.path(folder);
    try {
      const found = await fs.promises.readdir(path, { withFileTypes: true });
      const entries: FileEntry[] = [];
      for (const entry of found) {
        if (entry.isDirectory()) {
          entries.push({ name: entry.name, kind: 'folder', sizeBytes: 0 });
        } else if (entry.isFile()) {
          // A synchronous stat of a cached inode takes 2 µs, an asynchronous one ten times that.
          const stat = fs.statSync(join(path, entry.name), { throwIfNoEntry: false });
          if (stat !== undefined) entries.push({ name: entry.name, kind: 'file', sizeBytes: stat.size });
        }
      }
      return entries.sort(byName);
    } catch (cause) {
      const error = storeError('list', folder, cause);
      if (error.code === 'missing') return [];
      throw error;
    }
  }

  async open(name: string, mode: OpenMode): Promise<StoredFile> {
    assertName(name);
    const path = this.path(name);
    const { O_RDONLY, O_RDWR, O_CREAT } = fs.constants;
    try {
      if (mode === 'read') return new NodeFile(name, await openPath(path, O_RDONLY), false);
      const durable = mode !== 'write';
      const flags = O_RDWR | O_CREAT | (durable ? durableFlag : 0);
      const fd = await this.openMade(name, path, flags);
      return new NodeFile(name, fd, durable && durableFlag === 0, durable ? new BlockWrites(fd) : null);
    } catch (cause) {
      throw storeError('open', name, cause);
    }
  }

  private async openMade(name: string, path: string, flags: number): Promise<number> {
    try {
      return await openPath(path, flags);
    } catch (cause) {
      if (codeOf(cause) !== 'ENOENT') throw cause;
      await this.makeFolder(folderOf(name));
      return openPath(path, flags);
    }
  }

  openSync(name: string): StoredFile {
    assertName(name);
    try {
      return new NodeFile(name, fs.openSync(this.path(name), fs.constants.O_RDONLY), false);
    } catch (cause) {
      throw storeError('open', name, cause);
    }
  }

  async rename(from: string, to: string): Promise<void> {
    assertName(from);
    assertName(to);
    try {
      await fs.promises.access(this.path(from));
      await this.makeFolder(folderOf(to));
      await fs.promises.rename(this.path(from), this.path(to));
    } catch (cause) {
      throw storeError('rename', from, cause);
    }
  }

  async remove(name: string): Promise<void> {
    assertName(name);
    try {
      await fs.promises.rm(this.path(name), { recursive: true, force: true });
    } catch (cause) {
      throw storeError('remove', name, cause);
    }
  }

  async syncFolder(folder: string): Promise<void> {
    assertFolderName(folder);
    try {
      await syncPath(this.path(folder));
      for (const above of foldersAbove(folder)) {
        const made = this.grown.get(above);
        if (made === undefined) continue;
        if (above !== folder) await syncPath(this.path(above));
        if (this.grown.get(above) === made) this.grown.delete(above);
      }
    } catch (cause) {
      throw storeError('sync', folder, cause);
    }
  }

  async freeBytes(): Promise<number> {
    try {
      const stat = await fs.promises.statfs(this.root);
      return stat.bavail * stat.bsize;
    } catch (cause) {
      throw storeError('ask for room in', this.root, cause);
    }
  }

  private path(name: string): string {
    return join(this.root, name);
  }

  private async makeFolder(folder: string): Promise<void> {
    if (folder === '') return;
    const path = this.path(folder);
    const first = await fs.promises.mkdir(path, { recursive: true });
    if (first === undefined) return;
    this.madeCount++;
    const firstParent = relative(this.root, dirname(first)).replaceAll(sep, '/');
    for (let at = folderOf(folder); ; at = folderOf(at)) {
      this.grown.set(at, this.madeCount);
      if (at === firstParent || at === '') break;
    }
  }
}

class NodeFile implements StoredFile {
  readonly name: string;
  private fd: number;
  private readonly syncsAfterWrite: boolean;
  private readonly blocks: BlockWrites | null;
  /** A descriptor closed under a running call could by then be another file's: close waits for these. */
  private underWay = 0;
  private closing: Promise<void> | undefined;
  private idle: (() => void) | undefined;

  constructor(name: string, fd: number, syncsAfterWrite: boolean, blocks: BlockWrites | null = null) {
    this.name = name;
    this.fd = fd;
    this.syncsAfterWrite = syncsAfterWrite;
    this.blocks = blocks;
  }

  sizeBytes(): number {
    return fs.fstatSync(this.begin('measure', 0)).size;
  }

  readSync(into: Buffer, position: number): number {
    const fd = this.begin('read', 0);
    try {
      let filled = 0;
      while (filled < into.length) {
        const count = fs.readSync(fd, into, filled, into.length - filled, position + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    } catch (cause) {
      throw storeError('read', this.name, cause);
    }
  }

  async read(into: Buffer, position: number): Promise<number> {
    const fd = this.begin('read', 1);
    try {
      let filled = 0;
      while (filled < into.length) {
        const count = await readOnce(fd, into, filled, position + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    } catch (cause) {
      throw storeError('read', this.name, cause);
    } finally {
      this.end();
    }
  }

  async write(pieces: readonly Buffer[], position: number): Promise<void> {
    const fd = this.begin('write', 1);
    try {
      await this.writeCached(fd, pieces, position);
    } catch (cause) {
      throw storeError('write', this.name, cause);
    } finally {
      this.end();
    }
  }

  async writeBlocks(pieces: readonly Buffer[], position: number): Promise<void> {
    const fd = this.begin('write', 1);
    try {
      const done = this.blocks === null ? 0 : await this.blocks.write(pieces, position);
      const rest = done === 0 ? pieces : piecesBehind(pieces, done);
      if (rest.length > 0) await this.writeCached(fd, rest, position + done);
    } catch (cause) {
      throw storeError('write', this.name, cause);
    } finally {
      this.end();
    }
  }

  private async writeCached(fd: number, pieces: readonly Buffer[], position: number): Promise<void> {
    await writeAll((run, at) => writeOnce(fd, run, at), pieces, position);
    if (this.syncsAfterWrite) await syncData(fd);
  }

  writeSync(bytes: Buffer, position: number): void {
    const fd = this.begin('write', 0);
    try {
      for (let done = 0; done < bytes.length; ) {
        done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done);
      }
      if (this.syncsAfterWrite) fs.fdatasyncSync(fd);
    } catch (cause) {
      throw storeError('write', this.name, cause);
    }
  }

  async sync(): Promise<void> {
    const fd = this.begin('sync', 1);
    try {
      await syncData(fd);
    } catch (cause) {
      throw storeError('sync', this.name, cause);
    } finally {
      this.end();
    }
  }

  async truncate(sizeBytes: number): Promise<void> {
    const fd = this.begin('truncate', 1);
    try {
      await truncateTo(fd, sizeBytes);
    } catch (cause) {
      throw storeError('truncate', this.name, cause);
    } finally {
      this.end();
    }
  }

  async allocate(sizeBytes: number): Promise<void> {
    const fd = this.begin('allocate', 1);
    const oldBytes = fs.fstatSync(fd).size;
    try {
      if (this.blocks !== null && (await this.blocks.writeZeros(oldBytes, sizeBytes))) return;
      if (oldBytes > sizeBytes) await truncateTo(fd, sizeBytes);
      else await writeZeros(fd, oldBytes, sizeBytes);
      await syncData(fd);
    } catch (cause) {
      if (oldBytes < sizeBytes) await truncateTo(fd, oldBytes).catch(() => undefined);
      throw storeError('allocate', this.name, cause);
    } finally {
      this.end();
    }
  }

  close(): Promise<void> {
    this.closing ??= this.letGo();
    return this.closing;
  }

  private async letGo(): Promise<void> {
    if (this.underWay > 0) {
      await new Promise<void>((resolve) => {
        this.idle = resolve;
      });
    }
    const fd = this.fd;
    this.fd = -1;
    try {
      await this.blocks?.close();
    } finally {
      await closePath(fd);
    }
  }

  private begin(action: string, calls: number): number {
    if (this.closing !== undefined) throw new StoreError('failed', `cannot ${action} ${this.name}: it is closed`);
    this.underWay += calls;
    return this.fd;
  }

  private end(): void {
    this.underWay--;
    if (this.underWay === 0) this.idle?.();
  }
}

/** Writes every byte, however few the system takes at a time. Exported for its test. */
export async function writeAll(
  writeOnce: (pieces: readonly Buffer[], position: number) => Promise<number>,
  pieces: readonly Buffer[],
  position: number,
): Promise<void> {
  let leftBytes = piecesBytes(pieces);
  // What goes to the system begins with a piece that has bytes: a call that could take none tells nothing.
  let rest = pieces[0]?.length === 0 ? piecesBehind(pieces, 0) : pieces;
  let at = position;
  while (leftBytes > 0) {
    const run = rest.length > piecesPerWrite ? rest.slice(0, piecesPerWrite) : rest;
    const written = await writeOnce(run, at);
    at += written;
    leftBytes -= written;
    if (leftBytes > 0) rest = piecesBehind(rest, written);
  }
}

async function writeZeros(fd: number, from: number, to: number): Promise<void> {
  for (let at = from; at < to; ) {
    const pieces: Buffer[] = [];
    let end = at;
    while (pieces.length < zerosPerWrite && end < to) {
      const count = Math.min(zeros.length, to - end);
      pieces.push(count === zeros.length ? zeros : zeros.subarray(0, count));
      end += count;
    }
    await writeAll((run, position) => writeOnce(fd, run, position), pieces, at);
    at = end;
  }
}

/** Windows, and some network file systems, have no sync of a folder: there is nothing more to be done there. */
export async function syncPath(path: string): Promise<void> {
  try {
    const handle = await fs.promises.open(path, fs.constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (isUnknownCall(cause) || (process.platform === 'win32' && codeOf(cause) !== 'ENOENT')) return;
    throw cause;
  }
}

export function storeError(action: string, name: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const system = codeOf(cause);
  const code = system === 'ENOSPC' || system === 'EDQUOT' ? 'full' : system === 'ENOENT' ? 'missing' : 'failed';
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(code, `cannot ${action} ${name === '' ? 'the top folder' : name}: ${reason}`, { cause });
}
