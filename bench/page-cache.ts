import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Puts every file below a folder out of the page cache, as after a restart of the machine. */
export function forgetCached(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    spawnSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
  }
}

/** What one broker left to be written is not to be the next one's burden. */
export function writeBack(): void {
  spawnSync('sync', { stdio: 'ignore' });
}

const freeBytesWanted = 1024 * 1024 * 1024;
const pieceBytes = 4 * 1024 * 1024;
const diskBytesKept = 20 * 1024 * 1024 * 1024;

/**
 * Fills the page cache, as that of a machine that has been up for a while is. A virtual machine gives memory that lies
 * free back to its host, and has to fetch each page of it again: writing a megabyte to a file then costs 1.8 ms of CPU
 * time in place of 0.2, for whichever broker happens to be the one that uses the memory first.
 */
export class Filler {
  private readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, 'naru-bench-filler');
  }

  /** Reads what was pushed out of the cache again, and lets the file grow as long as memory lies free. */
  fill(): void {
    const file = openSync(this.path, 'a+');
    try {
      const piece = Buffer.alloc(pieceBytes);
      const size = fstatSync(file).size;
      for (let at = 0; at < size && freeBytes() > freeBytesWanted; at += pieceBytes) {
        readSync(file, piece, 0, pieceBytes, at);
      }
      piece.fill(0);
      while (freeBytes() > freeBytesWanted && this.diskHasRoom()) writeSync(file, piece);
    } finally {
      closeSync(file);
    }
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  private diskHasRoom(): boolean {
    const { bavail, bsize } = statfsSync(join(this.path, '..'));
    return bavail * bsize > diskBytesKept;
  }
}

function freeBytes(): number {
  return Number(/MemFree:\s+(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024;
}
