import type { Files, StoredFile } from '../store/files.js';

/**
 * Segment files kept open, the least recently used closed first: thousands of partitions must not need
 * thousands of descriptors. Map order is use order.
 */
interface Entry {
  readonly file: StoredFile;
  users: number;
  /** Out of the map; the last user closes it. */
  forgotten: boolean;
}

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
    const entry = this.open.get(name) ?? (await this.opened(name));
    this.open.delete(name);
    this.open.set(name, entry);
    entry.users++;
    try {
      return await task(entry.file);
    } finally {
      entry.users--;
      if (entry.forgotten && entry.users === 0) await entry.file.close();
      if (this.open.size > this.most) await this.closeOldest();
    }
  }

  private async opened(name: string): Promise<Entry> {
    const file = await this.files.open(name, 'write');
    const other = this.open.get(name);
    if (other !== undefined) {
      await file.close();
      return other;
    }
    const entry: Entry = { file, users: 0, forgotten: false };
    this.open.set(name, entry);
    return entry;
  }

  private async closeOldest(): Promise<void> {
    for (const [name, entry] of this.open) {
      if (this.open.size <= this.most) return;
      if (entry.users > 0) continue;
      this.open.delete(name);
      await entry.file.close();
    }
  }

  /** To be called before a file is renamed or removed: who reads it still sees the old one, later users the new. */
  async forget(name: string): Promise<void> {
    const entry = this.open.get(name);
    if (entry === undefined) return;
    this.open.delete(name);
    entry.forgotten = true;
    if (entry.users === 0) await entry.file.close();
  }

  async close(): Promise<void> {
    const all = [...this.open.values()];
    this.open.clear();
    for (const entry of all) await entry.file.close();
  }
}
