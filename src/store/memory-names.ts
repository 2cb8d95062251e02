import type { ChunkedBytes } from './chunked-bytes.js';
import type { Device } from './device.js';
import { type FileEntry, StoreError } from './files.js';
import { MemoryContent } from './memory-content.js';
import { byName, folderOf, foldersAbove } from './names.js';

class Folder {
  readonly kind = 'folder';
  readonly entries = new Map<string, Entry>();
  /** What a power cut leaves at least; only on a disk with faults. */
  readonly safe = new Map<string, Entry>();
}

type Entry = MemoryContent | Folder;

/** One name in one folder comes to mean `entry`, or nothing. */
interface Part {
  readonly folder: Folder;
  readonly name: string;
  readonly entry: Entry | undefined;
}

/** A creation, renaming or removal: its parts survive a power cut together. */
interface NameChange {
  readonly number: number;
  parts: readonly Part[];
}

/**
 * The folders of a memory disk. Each change of a name waits, on a disk with faults, for a sync of a folder it is in; until then
 * a power cut keeps or takes back each for itself. A rename is one change, as on every journaling file system.
 */
export class MemoryNames {
  private readonly device: Device;
  private readonly top = new Folder();
  private changes: NameChange[] = [];
  private changeCount = 0;

  constructor(device: Device) {
    this.device = device;
  }

  list(folder: string): FileEntry[] {
    const at = this.find(folder);
    if (at === undefined) return [];
    if (at.kind === 'file') throw new StoreError('failed', `cannot list ${folder}: it is a file`);
    const found: FileEntry[] = [];
    for (const [name, entry] of at.entries) {
      found.push({ name, kind: entry.kind, sizeBytes: entry.kind === 'file' ? entry.seen.sizeBytes : 0 });
    }
    return found.sort(byName);
  }

  open(name: string, make: boolean): MemoryContent {
    const entry = this.find(name);
    if (entry?.kind === 'file') return entry;
    if (entry !== undefined) throw new StoreError('failed', `cannot open ${name}: it is a folder`);
    if (!make) throw missing('open', name);
    const content = new MemoryContent(this.device);
    content.use();
    const folder = this.makeFolder(folderOf(name));
    this.change([{ folder, name: lastOf(name), entry: content }]);
    return content;
  }

  rename(from: string, to: string): void {
    const entry = this.find(from);
    if (entry === undefined) throw missing('rename', from);
    if (from === to) return;
    if (`${to}/`.startsWith(`${from}/`)) throw new StoreError('failed', `cannot rename ${from} to ${to}: it is inside`);
    const target = this.find(to);
    if (target !== undefined && (target.kind !== entry.kind || (target.kind === 'folder' && target.entries.size > 0))) {
      throw new StoreError('failed', `cannot rename ${from} to ${to}: there is a folder or file in the way`);
    }
    const before = this.find(folderOf(from)) as Folder;
    const after = this.makeFolder(folderOf(to));
    this.change([
      { folder: after, name: lastOf(to), entry },
      { folder: before, name: lastOf(from), entry: undefined },
    ]);
    if (target?.kind === 'file') target.leave();
  }

  remove(name: string): void {
    const entry = this.find(name);
    if (entry !== undefined) this.removeEntry(this.find(folderOf(name)) as Folder, lastOf(name), entry);
  }

  /** Removes some of the files in a folder: what a crash in the middle of its removal leaves undone. */
  removePart(name: string): void {
    const folder = this.find(name);
    if (folder?.kind !== 'folder') return;
    for (const [inner, entry] of [...folder.entries]) {
      if (this.device.random.below(2) === 0) this.removeEntry(folder, inner, entry);
    }
  }

  /** A sync is about the changes before this. */
  get nextChange(): number {
    return this.changeCount;
  }

  sync(folder: string, before: number): void {
    const entry = this.find(folder);
    if (entry === undefined) throw missing('sync', folder);
    if (entry.kind === 'file') throw new StoreError('failed', `cannot sync ${folder}: it is a file`);
    const ways = new Set<Entry>(foldersAbove(folder).map((above) => this.find(above)!));
    const waiting: NameChange[] = [];
    for (const change of this.changes) {
      const touches = change.parts.some(
        (part) => part.folder === entry || (part.entry?.kind === 'folder' && ways.has(part.entry)),
      );
      if (touches && change.number < before) this.makeSafe(change.parts, waiting);
      else waiting.push(change);
    }
    this.changes = waiting.filter((change) => change.parts.length > 0);
  }

  /** Every file that survives a power cut, by name, and every folder. */
  afterPowerCut(): { readonly files: Map<string, MemoryContent>; readonly folders: string[] } {
    const files = new Map<string, MemoryContent>();
    const folders: string[] = [];
    if (this.device.faults?.lostNames === true) {
      for (const change of this.changes) if (this.device.random.below(2) === 0) applySafe(change.parts);
      gather(this.top, '', (folder) => folder.safe, files, folders);
    } else {
      gather(this.top, '', (folder) => folder.entries, files, folders);
    }
    return { files, folders };
  }

  /** Puts all that the death of the process leaves on a new disk: every name, and what is not safe as unsafe as it was. */
  afterProcessCrash(next: MemoryNames): void {
    const copy = new Copy(next.device);
    copy.fill(this.top, next.top);
    next.changes = this.changes.map(({ number, parts }) => ({ number, parts: parts.map((part) => copy.part(part)) }));
    next.changeCount = this.changeCount;
  }

  /** Puts a surviving file or folder on a new disk, safe from the start. */
  restoreFile(name: string, bytes: ChunkedBytes): void {
    const content = new MemoryContent(this.device, bytes);
    content.use();
    this.device.take(bytes.sizeBytes);
    this.restore(folderOf(name), lastOf(name), content);
  }

  restoreFolder(name: string): void {
    if (this.find(name) === undefined) this.restore(folderOf(name), lastOf(name), new Folder());
  }

  private restore(folder: string, name: string, entry: Entry): void {
    const at = this.find(folder) as Folder;
    at.entries.set(name, entry);
    at.safe.set(name, entry);
  }

  private find(name: string): Entry | undefined {
    let at: Entry = this.top;
    if (name === '') return at;
    for (const part of name.split('/')) {
      if (at.kind === 'file') return undefined;
      const next: Entry | undefined = at.entries.get(part);
      if (next === undefined) return undefined;
      at = next;
    }
    return at;
  }

  private makeFolder(name: string): Folder {
    const entry = this.find(name);
    if (entry?.kind === 'folder') return entry;
    if (entry !== undefined) throw new StoreError('failed', `cannot make folder ${name}: a file has that name`);
    const above = this.makeFolder(folderOf(name));
    const folder = new Folder();
    this.change([{ folder: above, name: lastOf(name), entry: folder }]);
    return folder;
  }

  private removeEntry(folder: Folder, name: string, entry: Entry): void {
    if (entry.kind === 'folder') for (const [inner, below] of [...entry.entries]) this.removeEntry(entry, inner, below);
    this.change([{ folder, name, entry: undefined }]);
    if (entry.kind === 'file') entry.leave();
  }

  private change(parts: readonly Part[]): void {
    for (const part of parts) {
      if (part.entry === undefined) part.folder.entries.delete(part.name);
      else part.folder.entries.set(part.name, part.entry);
    }
    if (this.device.faults !== undefined) this.changes.push({ number: this.changeCount++, parts });
  }

  /** Nothing older may come back over what is safe now. */
  private makeSafe(parts: readonly Part[], older: readonly NameChange[]): void {
    applySafe(parts);
    for (const change of older) {
      change.parts = change.parts.filter(
        (part) => !parts.some((now) => now.folder === part.folder && now.name === part.name),
      );
    }
  }
}

/** Folders and files as they are on another disk, each once, however many names and changes speak of it. */
class Copy {
  private readonly device: Device;
  private readonly made = new Map<Entry, Entry>();

  constructor(device: Device) {
    this.device = device;
  }

  fill(from: Folder, to: Folder): void {
    this.made.set(from, to);
    for (const [name, entry] of from.entries) {
      const there = this.of(entry);
      to.entries.set(name, there);
      if (there.kind === 'folder') continue;
      there.use();
      this.device.take(there.seen.sizeBytes);
    }
    for (const [name, entry] of from.safe) to.safe.set(name, this.of(entry));
  }

  part(part: Part): Part {
    const entry = part.entry === undefined ? undefined : this.of(part.entry);
    return { folder: this.of(part.folder) as Folder, name: part.name, entry };
  }

  private of(entry: Entry): Entry {
    const known = this.made.get(entry);
    if (known !== undefined) return known;
    if (entry.kind === 'folder') {
      const folder = new Folder();
      this.fill(entry, folder);
      return folder;
    }
    const content = entry.afterProcessCrash(this.device);
    this.made.set(entry, content);
    return content;
  }
}

function applySafe(parts: readonly Part[]): void {
  for (const part of parts) {
    if (part.entry === undefined) part.folder.safe.delete(part.name);
    else part.folder.safe.set(part.name, part.entry);
  }
}

function gather(
  folder: Folder,
  prefix: string,
  entriesOf: (folder: Folder) => ReadonlyMap<string, Entry>,
  files: Map<string, MemoryContent>,
  folders: string[],
): void {
  for (const [name, entry] of entriesOf(folder)) {
    if (entry.kind === 'file') {
      files.set(prefix + name, entry);
    } else {
      folders.push(prefix + name);
      gather(entry, `${prefix}${name}/`, entriesOf, files, folders);
    }
  }
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function missing(action: string, name: string): StoreError {
  return new StoreError('missing', `cannot ${action} ${name}: it is not there`);
}
