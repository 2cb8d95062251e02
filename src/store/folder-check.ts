import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '../lib/clock.js';
import { systemRandom } from '../lib/random.js';
import { LeaseHeldError } from './meta.js';
import { LeaseFolder } from './node-lease.js';

/** What can be told of a data folder without opening what it holds. */
export interface FolderState {
  readonly exists: boolean;
  /** Where it is, or where it would be made. */
  readonly place: string;
  readonly writable: boolean;
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly files: number;
  readonly usedBytes: number;
  readonly newestMs: number;
  /** Who has it, told by that process; null when nobody does. */
  readonly holder: string | null;
}

/** Looks at a folder and leaves it as it is, but for the number that counts who had it. */
export async function inspectFolder(path: string, leaseName: string, clock: Clock): Promise<FolderState> {
  const folder = resolve(path);
  const exists = fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  let place = folder;
  while (fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) place = dirname(place);
  const room = fs.statfsSync(place);
  let [files, usedBytes, newestMs] = [0, 0, 0];
  for (const name of exists ? fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []) {
    const stat = fs.statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat?.isFile() !== true) continue;
    files++;
    usedBytes += stat.size;
    newestMs = Math.max(newestMs, stat.mtimeMs);
  }
  return {
    exists,
    place,
    writable: isWritable(place),
    freeBytes: room.bavail * room.bsize,
    totalBytes: room.blocks * room.bsize,
    files,
    usedBytes,
    newestMs,
    holder: await holderOf(folder, leaseName, clock),
  };
}

function isWritable(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The only way to know that nobody has it is to have it for a moment. */
async function holderOf(folder: string, leaseName: string, clock: Clock): Promise<string | null> {
  const meta = join(folder, 'meta');
  if (!fs.existsSync(join(meta, 'leases')) || !isWritable(join(meta, 'leases'))) return null;
  try {
    const lease = await new LeaseFolder(meta, folder, clock).take(leaseName, 'naru doctor');
    await lease.release();
    return null;
  } catch (error) {
    if (error instanceof LeaseHeldError) return error.message;
    throw error;
  }
}

/** How a device takes what has to be durable. */
export interface SyncSpeed {
  /** Of a small write and its sync, sorted. */
  readonly syncMs: readonly number[];
  readonly bytesPerSecond: number;
}

const smallWrites = 30;
const smallBytes = 4096;
const bulkBytes = 32 * 1024 * 1024;

/** Writes into a file of its own and removes it. */
export function measureSync(folder: string, clock: Clock): SyncSpeed {
  const path = join(folder, `.naru-doctor-${systemRandom.uuid()}`);
  const descriptor = fs.openSync(path, 'wx');
  try {
    const bulk = Buffer.alloc(1024 * 1024, 1);
    let begunMs = clock.monotonic();
    for (let at = 0; at < bulkBytes; at += bulk.length) fs.writeSync(descriptor, bulk, 0, bulk.length, at);
    fs.fsyncSync(descriptor);
    const bytesPerSecond = (bulkBytes / Math.max(clock.monotonic() - begunMs, 0.001)) * 1000;
    const syncMs: number[] = [];
    // Over what is there already, as the journal does: new space would cost the file system's own records as well.
    for (let index = 0; index < smallWrites; index++) {
      begunMs = clock.monotonic();
      fs.writeSync(descriptor, bulk, 0, smallBytes, index * smallBytes);
      fs.fdatasyncSync(descriptor);
      syncMs.push(clock.monotonic() - begunMs);
    }
    return { syncMs: syncMs.sort((a, b) => a - b), bytesPerSecond };
  } finally {
    fs.closeSync(descriptor);
    fs.rmSync(path, { force: true });
  }
}
