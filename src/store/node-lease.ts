import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Clock, Timer } from '../lib/clock.js';
import { systemRandom } from '../lib/random.js';
import { StoreError } from './files.js';
import { type Lease, LeaseHeldError } from './meta.js';
import { storeError, syncPath } from './node-files.js';
import { codeOf } from './system-calls.js';

/*
 * A lease `name` is the file `name~<epoch>` with the highest epoch. It tells who holds it, or that it was released.
 *
 *   taking    read the highest; its holder lives → LeaseHeldError. Else make `name~<epoch + 1>` by link(2), which one
 *             of several starters can; look again, for the one before may have been cleared away meanwhile by a taker of
 *             a still higher epoch: then ours never counted. Then clear the lower ones.
 *   release   the file stays, with `released` in it: so the epoch rises for ever.
 *
 * A file that is linked was written and synced before, so there is no half-written holder.
 */

interface Holder {
  readonly holder: string;
  readonly pid: number;
  /** Kernel ticks at which the process started ('' where the system does not tell): a pid is used again, this is not. */
  readonly started: string;
  /** One per start of the machine, and the space in which its pids mean something. */
  readonly boot: string;
  readonly pidSpace: string;
  readonly host: string;
  readonly since: string;
  readonly released: boolean;
}

/** A holder touches its file this often … */
const beatMs = 2_000;
/** … and where its process cannot be looked up (another container or machine), it is gone after this long without. */
const silenceMs = 6_000;
const attempts = 100;

export class LeaseFolder {
  private readonly dataFolder: string;
  private readonly folder: string;
  private readonly clock: Clock;

  constructor(metaFolder: string, dataFolder: string, clock: Clock) {
    this.dataFolder = dataFolder;
    this.folder = join(metaFolder, 'leases');
    this.clock = clock;
  }

  /** `name` is safe as a file name. */
  async take(name: string, holder: string): Promise<Lease> {
    try {
      await fs.promises.mkdir(this.folder, { recursive: true });
      for (let attempt = 0; attempt < attempts; attempt++) {
        const epoch = await this.attempt(name, holder);
        if (epoch !== undefined) return new HeldLease(this.folder, name, epoch, holder, this.clock);
      }
    } catch (cause) {
      if (cause instanceof LeaseHeldError) throw cause;
      throw storeError('take the lease in', this.folder, cause);
    }
    throw new LeaseHeldError(`the data directory ${this.dataFolder} is being taken by other processes`);
  }

  /** The epoch taken, or undefined when somebody else moved in between. */
  private async attempt(name: string, holder: string): Promise<number | undefined> {
    const last = await this.lastEpoch(name);
    if (last > 0) {
      const path = join(this.folder, `${name}~${last}`);
      const before = readHolder(path);
      if (before === undefined) return undefined;
      if (!before.released && (await this.lives(before, path))) throw this.heldError(before);
    }
    const epoch = last + 1;
    const path = join(this.folder, `${name}~${epoch}`);
    const temporary = join(this.folder, `${name}~${systemRandom.uuid()}~`);
    await writeHolder(temporary, self(holder, this.clock.now(), false));
    const made = await linkNew(temporary, path);
    await fs.promises.rm(temporary, { force: true });
    if (!made) return undefined;
    await syncPath(this.folder);
    await syncPath(dirname(this.folder));
    if ((await this.lastEpoch(name)) !== epoch) {
      await fs.promises.rm(path, { force: true });
      return undefined;
    }
    await this.clearBelow(name, epoch);
    return epoch;
  }

  private async lastEpoch(name: string): Promise<number> {
    let last = 0;
    for (const entry of await fs.promises.readdir(this.folder)) last = Math.max(last, epochOf(entry, name));
    return last;
  }

  /** Earlier epochs, and what starters that were killed left behind; a living one whose file goes away tries again. */
  private async clearBelow(name: string, epoch: number): Promise<void> {
    for (const entry of await fs.promises.readdir(this.folder)) {
      const older = epochOf(entry, name);
      const left = entry.startsWith(`${name}~`) && entry.endsWith('~');
      if (left || (older > 0 && older < epoch)) await fs.promises.rm(join(this.folder, entry), { force: true });
    }
  }

  private async lives(holder: Holder, path: string): Promise<boolean> {
    const here = self('', 0, false);
    const sameHost = holder.host === here.host;
    if (holder.boot === here.boot && holder.pidSpace === here.pidSpace && (sameHost || holder.boot !== '')) {
      if (!processExists(holder.pid)) return false;
      if (holder.started !== '') return startOf(holder.pid) === holder.started;
      return holder.pid === process.pid || this.beats(path);
    }
    // The same machine, started again since: nothing from before runs.
    if (sameHost && holder.boot !== here.boot) return false;
    return this.beats(path);
  }

  /** Whether the file is touched within the time a living holder needs for it. Watching it keeps this process up. */
  private beats(path: string): Promise<boolean> {
    return new Promise((resolve) => {
      const decide = (lives: boolean): void => {
        timer.cancel();
        fs.unwatchFile(path, touched);
        resolve(lives);
      };
      const touched = (): void => decide(true);
      const timer = this.clock.after(silenceMs, () => decide(false));
      fs.watchFile(path, { interval: 500, persistent: true }, touched);
    });
  }

  private heldError(holder: Holder): LeaseHeldError {
    return new LeaseHeldError(
      `the data directory ${this.dataFolder} is in use by process ${holder.pid} (${holder.holder}) on ${holder.host} ` +
        `since ${holder.since}: stop that process first, or start this one with another data directory`,
    );
  }
}

class HeldLease implements Lease {
  readonly epoch: number;
  private readonly path: string;
  private readonly temporary: string;
  private readonly holder: string;
  private readonly clock: Clock;
  private beat: Timer | undefined;
  private releasing: Promise<void> | undefined;

  constructor(folder: string, name: string, epoch: number, holder: string, clock: Clock) {
    this.epoch = epoch;
    this.path = join(folder, `${name}~${epoch}`);
    this.temporary = join(folder, `${name}~${systemRandom.uuid()}~`);
    this.holder = holder;
    this.clock = clock;
    this.touchLater();
  }

  release(): Promise<void> {
    this.releasing ??= this.giveBack();
    return this.releasing;
  }

  private async giveBack(): Promise<void> {
    this.beat?.cancel();
    try {
      await fs.promises.access(this.path);
      await writeHolder(this.temporary, self(this.holder, this.clock.now(), true));
      await fs.promises.rename(this.temporary, this.path);
    } catch (cause) {
      // A holder that was taken for gone, and whose files were cleared away, has nothing left to give back.
      if (codeOf(cause) === 'ENOENT') return;
      throw storeError('release the lease', this.path, cause);
    }
  }

  private touchLater(): void {
    this.beat = this.clock.after(beatMs, () => {
      const seconds = this.clock.now() / 1000;
      fs.utimes(this.path, seconds, seconds, () => {
        if (this.releasing === undefined) this.touchLater();
      });
    });
  }
}

function epochOf(entry: string, name: string): number {
  if (!entry.startsWith(`${name}~`)) return 0;
  const digits = entry.slice(name.length + 1);
  return /^[0-9]{1,15}$/.test(digits) ? Number(digits) : 0;
}

/** Makes `path` with what `temporary` holds, unless it is there. */
async function linkNew(temporary: string, path: string): Promise<boolean> {
  try {
    await fs.promises.link(temporary, path);
    return true;
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw cause;
  }
  // No hard links on this file system (exFAT, some shares): an exclusive copy is the next best.
  try {
    await fs.promises.copyFile(temporary, path, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw cause;
  }
}

async function writeHolder(path: string, holder: Holder): Promise<void> {
  const handle = await fs.promises.open(path, 'wx');
  try {
    await handle.writeFile(`${JSON.stringify(holder)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Undefined when the file is gone by now. */
function readHolder(path: string): Holder | undefined {
  let text: string;
  try {
    text = fs.readFileSync(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    const holder: unknown = JSON.parse(text);
    if (isHolder(holder)) return holder;
  } catch {
    // Told below, with what is not an object at all.
  }
  throw new StoreError(
    'failed',
    `the lease file ${path} is damaged: make sure that no other process uses this data directory, then remove the file`,
  );
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const holder = value as Partial<Record<keyof Holder, unknown>>;
  const texts = [holder.holder, holder.started, holder.boot, holder.pidSpace, holder.host, holder.since];
  return (
    Number.isInteger(holder.pid) &&
    typeof holder.released === 'boolean' &&
    texts.every((text) => typeof text === 'string')
  );
}

function self(holder: string, nowMs: number, released: boolean): Holder {
  return {
    holder,
    pid: process.pid,
    started: startOf(process.pid),
    boot: textOf(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidSpace: textOf(() => fs.readlinkSync('/proc/self/ns/pid')),
    host: hostname(),
    since: new Date(nowMs).toISOString(),
    released,
  };
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) === 'EPERM';
  }
}

/** '' for a process that is gone or dead but not yet reaped, and on systems without /proc. */
function startOf(pid: number): string {
  const stat = textOf(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the program's name in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? '';
  return state === 'Z' || state === 'X' ? '' : (fields[19] ?? '');
}

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}
