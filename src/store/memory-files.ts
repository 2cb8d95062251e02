import { assert } from '../lib/assert.js';
import { type Device, injected, noRoom } from './device.js';
import { type FileEntry, type Files, type OpenMode, type StoredFile, StoreError } from './files.js';
import type { Change, MemoryContent } from './memory-content.js';
import { MemoryNames } from './memory-names.js';
import { assertFolderName, assertName } from './names.js';

/** Files in memory: of `--memory`, and, with faults, of the simulation. They belong to a MemoryDisk. */
export class MemoryFiles implements Files {
  readonly names: MemoryNames;
  private readonly device: Device;

  constructor(device: Device) {
    this.device = device;
    this.names = new MemoryNames(device);
  }

  async list(folder: string): Promise<readonly FileEntry[]> {
    assertFolderName(folder);
    return this.device.later(() => this.names.list(folder));
  }

  async open(name: string, mode: OpenMode): Promise<StoredFile> {
    assertName(name);
    return this.device.atOnce(() => new MemoryFile(name, this.names.open(name, mode !== 'read'), mode, this.device));
  }

  openSync(name: string): StoredFile {
    assertName(name);
    if (this.device.crashed) throw gone('open', name);
    return new MemoryFile(name, this.names.open(name, false), 'read', this.device);
  }

  async rename(from: string, to: string): Promise<void> {
    assertName(from);
    assertName(to);
    return this.device.atOnce(() => this.names.rename(from, to));
  }

  async remove(name: string): Promise<void> {
    assertName(name);
    if (this.device.faults !== undefined && !this.device.crashed) this.names.removePart(name);
    return this.device.atOnce(() => this.names.remove(name));
  }

  async syncFolder(folder: string): Promise<void> {
    assertFolderName(folder);
    const before = this.names.nextChange;
    return this.device.later(() => {
      if (this.device.fails('failSyncs')) throw injected('sync', folder);
      this.names.sync(folder, before);
    });
  }

  async freeBytes(): Promise<number> {
    return this.device.later(() => this.device.freeBytes);
  }
}

class MemoryFile implements StoredFile {
  readonly name: string;
  private readonly content: MemoryContent;
  private readonly mode: OpenMode;
  private readonly device: Device;
  private underWay = 0;
  private closing: Promise<void> | undefined;
  private idle: (() => void) | undefined;

  constructor(name: string, content: MemoryContent, mode: OpenMode, device: Device) {
    this.name = name;
    this.content = content;
    this.mode = mode;
    this.device = device;
    content.use();
  }

  sizeBytes(): number {
    this.assertOpen('measure');
    return this.content.seen.sizeBytes;
  }

  readSync(into: Buffer, position: number): number {
    this.assertOpen('read');
    if (this.device.crashed) throw gone('read', this.name);
    if (this.device.fails('failReads')) throw injected('read', this.name);
    return this.device.spoil(this.name, into, position, this.content.seen.read(into, position));
  }

  async read(into: Buffer, position: number): Promise<number> {
    return this.call('read', () => this.readSync(into, position));
  }

  async write(pieces: readonly Buffer[], position: number): Promise<void> {
    this.assertWritable('write');
    const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    if (this.device.faults === undefined) {
      // No crash asks for it later, so the only piece needs no copy of its own.
      return this.call('write', () => this.finish(this.content.begin(position, bytes), 'write'));
    }
    const change = this.content.begin(position, pieces.length === 1 ? Buffer.from(bytes) : bytes);
    return this.call('write', () => {
      assert(Buffer.concat(pieces).equals(change.bytes!), `the pieces changed during a write of ${this.name}`);
      if (this.device.fails('failWrites')) {
        this.content.fail(change);
        throw injected('write', this.name);
      }
      this.finish(change, 'write');
    });
  }

  /** There is no cache to go past. */
  writeBlocks(pieces: readonly Buffer[], position: number): Promise<void> {
    return this.write(pieces, position);
  }

  writeSync(bytes: Buffer, position: number): void {
    this.assertWritable('write');
    if (this.device.crashed) throw gone('write', this.name);
    const change = this.content.begin(position, Buffer.from(bytes));
    if (this.device.fails('failWrites')) {
      this.content.fail(change);
      throw injected('write', this.name);
    }
    this.finish(change, 'write');
  }

  async sync(): Promise<void> {
    this.assertOpen('sync');
    const changes = this.content.unsafe();
    return this.call('sync', () => {
      if (this.device.fails('failSyncs')) {
        this.content.giveUp(changes);
        throw injected('sync', this.name);
      }
      if (this.device.faults?.lyingSyncs !== true) this.content.makeSafe(changes);
    });
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.assertWritable('truncate');
    const change = this.content.begin(sizeBytes, undefined);
    return this.call('truncate', () => this.finish(change, 'truncate'));
  }

  async allocate(sizeBytes: number): Promise<void> {
    this.assertWritable('allocate');
    const change = this.content.begin(sizeBytes, undefined);
    return this.call('allocate', () => {
      if (this.device.fails('failWrites')) {
        this.content.abandon(change);
        throw injected('allocate', this.name);
      }
      this.finish(change, 'allocate');
      if (this.device.faults?.lyingSyncs !== true) this.content.makeSafe(this.content.unsafe());
    });
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
    await this.device.later(() => this.content.leave());
  }

  /** Takes the room a change needs and lets readers see it; without room, any part of a write may have happened. */
  private finish(change: Change, action: string): void {
    const { content, device } = this;
    const safe = this.mode === 'durable' && device.faults?.lyingSyncs !== true;
    const sizeBytes = content.seen.sizeBytes;
    const length = change.bytes?.length ?? 0;
    const end = change.bytes === undefined ? change.position : length === 0 ? 0 : change.position + length;
    const growth = change.bytes === undefined ? end - sizeBytes : Math.max(0, end - sizeBytes);
    if (device.take(growth)) {
      content.complete(change, safe);
      return;
    }
    content.abandon(change);
    const fits = Math.max(0, length - (growth - Math.floor(device.freeBytes)));
    const part = change.bytes?.subarray(0, device.random.below(fits + 1));
    if (part !== undefined && part.length > 0) {
      device.take(Math.max(0, change.position + part.length - sizeBytes));
      content.complete(content.begin(change.position, part), safe);
    }
    throw noRoom(action, this.name);
  }

  private async call<T>(action: string, effect: () => T): Promise<T> {
    this.assertOpen(action);
    this.underWay++;
    try {
      return await this.device.later(effect);
    } finally {
      this.underWay--;
      if (this.underWay === 0) this.idle?.();
    }
  }

  private assertOpen(action: string): void {
    if (this.closing !== undefined) throw new StoreError('failed', `cannot ${action} ${this.name}: it is closed`);
  }

  private assertWritable(action: string): void {
    this.assertOpen(action);
    if (this.mode === 'read')
      throw new StoreError('failed', `cannot ${action} ${this.name}: it is open for reading only`);
  }
}

function gone(action: string, name: string): StoreError {
  return new StoreError('failed', `cannot ${action} ${name}: the disk has crashed`);
}
