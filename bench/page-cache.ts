import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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

const freeBytesWanted = 512 * 1024 * 1024;
/** So long after a topic was removed its files are, too: before that there is nothing to be filled. */
const removedWithinMs = 1500;
const pieceBytes = 4 * 1024 * 1024;

/**
 * Fills the page cache, as that of a machine that has been up for a while is. A virtual machine gives memory that lies
 * free back to its host, and has to fetch each page of it again: writing a megabyte to a file then costs 2.6 ms of CPU
 * time in place of 0.16, for whichever broker happens to be the one that uses the memory first.
 *
 * The file is one hole as large as the memory: read, it fills the cache and costs the disk nothing.
 */
export class Filler {
  private readonly path: string;
  private readonly piece = Buffer.allocUnsafeSlow(pieceBytes);
  private readonly fileBytes = Math.ceil(totalmem() / pieceBytes) * pieceBytes;
  /** What was read longest ago was pushed out first: it goes on where it was, around and around. */
  private next = 0;

  constructor(folder: string) {
    this.path = join(folder, 'naru-bench-filler');
  }

  /** Reads until little memory lies free, once what was removed last has set its own free. */
  async fill(): Promise<void> {
    await sleep(removedWithinMs);
    const file = openSync(this.path, 'a+');
    try {
      ftruncateSync(file, this.fileBytes);
      for (let done = 0; done < this.fileBytes && freeBytes() > freeBytesWanted; done += pieceBytes) {
        readSync(file, this.piece, 0, pieceBytes, this.next);
        this.next = (this.next + pieceBytes) % this.fileBytes;
      }
    } finally {
      closeSync(file);
    }
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

function freeBytes(): number {
  return Number(/MemFree:\s+(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024;
}
