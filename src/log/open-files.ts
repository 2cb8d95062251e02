import type { Files, StoredFile } from '../store/files.js';

interface Entry {
  readonly opening: Promise<StoredFile>;
  file: StoredFile | null;
  /** Who uses it now, or will as soon as it is open. */
  users: number;
  /** Out of the map; the last user closes it. */
  forgotten: boolean;
}

/**
 * Segment files kept open, the least recently used closed first: thousands of partitions must not need
 * thousands of descriptors, though what is written past the page cache has up to three. Map order is use order.
 *
 * What is written to a `.log` file is durable when the write settles: one call in place of a write and a sync, and for a
 * bundle that goes straight to its segment one trip to a thread less. Indexes are written for later, and synced by whoever
 * wants that.
 */
export class OpenFiles {
  private readonly files: Files;
  private readonly most: number;
  private readonly open = new Map<string, Entry>();

  constructor(files: Files, most: number) {
    this.files = files;
    this.most = most;
  }

  /** Runs `task` with the file open; it stays open meanwhile. */
  async use<T>(name: string, task: (file: StoredFile) => Promise<T>): Promise<T> {
    const entry = this.open.get(name) ?? this.opened(name);
    this.open.delete(name);
    this.open.set(name, entry);
    entry.users++;
    try {
      return await task(entry.file ?? (await entry.opening));
    } finally {
      entry.users--;
      if (entry.forgotten && entry.users === 0) await entry.file?.close();
      if (this.open.size > this.most) await this.closeOldest();
    }
  }

  private opened(name: string): Entry {
    const opening = this.files.open(name, name.endsWith('.log') ? 'durable' : 'write');
    const entry: Entry = { opening, file: null, users: 0, forgotten: false };
    entry.opening.then(
      (file) => {
        entry.file = file;
      },
      () => {
        if (this.open.get(name) === entry) this.open.delete(name);
      },
    );
    return entry;
  }

  private async closeOldest(): Promise<void> {
    for (const [name, entry] of this.open) {
      if (this.open.size <= this.most) return;
      if (entry.users > 0) continue;
      this.open.delete(name);
      await entry.file?.close();
    }
  }

  /**
   * To be called before a file is renamed or removed: who reads it still sees the old one, later users the new. Nobody
   * may begin to use it between this call and the end of that.
   */
  async forget(name: string): Promise<void> {
    const entry = this.open.get(name);
    if (entry === undefined) return;
    this.open.delete(name);
    entry.forgotten = true;
    // An open under way goes by the name: it has to be over before the name means something else.
    if (entry.file === null) await entry.opening.catch(() => {});
    if (entry.users === 0) await entry.file?.close();
  }

  /** The same for all files in a folder. */
  async forgetFolder(folder: string): Promise<void> {
    for (const name of [...this.open.keys()]) if (name.startsWith(`${folder}/`)) await this.forget(name);
  }

  async close(): Promise<void> {
    const all = [...this.open.values()];
    this.open.clear();
    for (const entry of all) {
      entry.forgotten = true;
      if (entry.users === 0) await entry.file?.close();
    }
  }
}
