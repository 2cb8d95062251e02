import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const ballast = 'ballast';
const triesMax = 30;

function run(command: string, args: readonly string[], what: string): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${what}: ${error?.message ?? stderr.trim()}`);
}

/** A file system of its own, in memory, that can be filled to the last byte and emptied again. Needs Linux and root. */
export class SmallDisk {
  readonly folder: string;
  /** How often it was filled. */
  fills = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static mount(folder: string, megabytes: number): SmallDisk {
    mkdirSync(folder);
    const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder];
    run('mount', options, 'a disk of its own needs the right to mount one');
    return new SmallDisk(folder);
  }

  /** Leaves so many bytes at most; whoever works on it meanwhile may take some of them. */
  fill(leaveBytes: number): void {
    const path = join(this.folder, ballast);
    let offset = 0;
    for (let tries = 0; tries < triesMax; tries++) {
      const { bavail, bsize } = statfsSync(this.folder);
      // The last of it page by page, or there would never be as much left as there was a moment ago.
      const bytes = Math.floor((bavail * bsize - leaveBytes) / bsize / (tries % 2 === 0 ? 1 : 2)) * bsize;
      if (bytes <= 0) break;
      const { status } = spawnSync('fallocate', ['-o', String(offset), '-l', String(bytes), path]);
      if (status === 0) offset += bytes;
    }
    this.fills++;
  }

  free(): void {
    rmSync(join(this.folder, ballast), { force: true });
  }

  unmount(): void {
    run('umount', [this.folder], 'letting go of the disk');
  }
}
