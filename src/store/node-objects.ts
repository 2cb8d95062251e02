import { assert } from '../lib/assert.js';
import type { Files } from './files.js';
import { assertName, byName, folderOf, within } from './names.js';
import { openNodeFiles } from './node-files.js';
import type { ObjectEntry, Objects } from './objects.js';
import { readFile, replaceFile } from './whole-file.js';

/**
 * Objects grow here until they are whole. What an earlier process left is cleared before the first put, not at the
 * opening: until the lease is taken the folder may still be somebody else's.
 */
const growing = '.growing';

/** Objects as files in a folder of this machine. */
export async function openNodeObjects(folder: string): Promise<Objects> {
  return new FileObjects(await openNodeFiles(folder));
}

class FileObjects implements Objects {
  private readonly files: Files;
  private putCount = 0;
  private cleared: Promise<void> | undefined;

  constructor(files: Files) {
    this.files = files;
  }

  async put(name: string, pieces: readonly Buffer[]): Promise<void> {
    assertObjectName(name);
    const temporary = `${growing}/${this.putCount++}`;
    this.cleared ??= this.files.remove(growing);
    await this.cleared;
    await replaceFile(this.files, temporary, name, pieces);
  }

  async get(name: string, from?: number, length?: number): Promise<Buffer | undefined> {
    assertObjectName(name);
    return readFile(this.files, name, from, length);
  }

  async remove(name: string): Promise<void> {
    assertObjectName(name);
    const folder = folderOf(name);
    const entries = await this.files.list(folder);
    if (!entries.some((entry) => within(folder, entry.name) === name && entry.kind === 'file')) return;
    await this.files.remove(name);
    await this.files.syncFolder(folder);
  }

  async list(prefix: string): Promise<readonly ObjectEntry[]> {
    const found: ObjectEntry[] = [];
    await this.gather(folderOf(prefix), prefix, found);
    return found.sort(byName);
  }

  private async gather(folder: string, prefix: string, found: ObjectEntry[]): Promise<void> {
    for (const entry of await this.files.list(folder)) {
      const name = within(folder, entry.name);
      if (name === growing) continue;
      if (entry.kind === 'file') {
        if (name.startsWith(prefix)) found.push({ name, sizeBytes: entry.sizeBytes });
      } else if (`${name}/`.startsWith(prefix) || prefix.startsWith(`${name}/`)) {
        await this.gather(name, prefix, found);
      }
    }
  }
}

function assertObjectName(name: string): void {
  assertName(name);
  assert(name !== growing && !name.startsWith(`${growing}/`), `${growing} is kept for objects not yet whole`);
}
