import { ChunkedBytes } from './chunked-bytes.js';
import type { Device } from './device.js';

const sectorBytes = 512;
/** With more changes than this waiting for a sync the oldest reach the disk, as a kernel writes back in time. */
const changesMax = 4096;

/** A write, or without bytes a change of the size to `position`. */
export interface Change {
  readonly position: number;
  readonly bytes: Buffer | undefined;
  /** It survives a power cut. */
  safe: boolean;
}

/**
 * What one file holds: as readers see it, and, on a disk with faults, as a power cut would leave it. The latter is
 * `safe` with any part of the changes that came since, in their order.
 */
export class MemoryContent {
  readonly kind = 'file';
  readonly seen: ChunkedBytes;
  private readonly safe: ChunkedBytes | undefined;
  /** Completed, in the order of their completion; what is safe at the front moves into `safe`. */
  private readonly completed: Change[] = [];
  private readonly underWay = new Set<Change>();
  private readonly device: Device;
  /** Names (0 or 1) and open files: without any its room is given back. */
  uses = 0;

  constructor(device: Device, bytes: ChunkedBytes = new ChunkedBytes(), safe: ChunkedBytes = bytes) {
    this.device = device;
    this.seen = bytes;
    if (device.faults !== undefined) this.safe = safe.copy();
  }

  use(): void {
    this.uses++;
  }

  leave(): void {
    this.uses--;
    if (this.uses === 0) this.device.take(-this.seen.sizeBytes);
  }

  /** A change that a crash may find half done. */
  begin(position: number, bytes: Buffer | undefined): Change {
    const change: Change = { position, bytes, safe: false };
    if (this.safe !== undefined) this.underWay.add(change);
    return change;
  }

  abandon(change: Change): void {
    this.underWay.delete(change);
  }

  /** Readers see it from here on. The room it needs is taken. */
  complete(change: Change, safe: boolean): void {
    this.underWay.delete(change);
    apply(this.seen, change);
    if (this.safe === undefined) return;
    change.safe = safe;
    this.completed.push(change);
    if (this.completed.length > changesMax) this.completed[0]!.safe = true;
    this.moveSafe();
  }

  /** The changes a sync that begins now is about. */
  unsafe(): readonly Change[] {
    return this.completed.filter((change) => !change.safe);
  }

  makeSafe(changes: readonly Change[]): void {
    for (const change of changes) change.safe = true;
    this.moveSafe();
  }

  /** After a failed sync the system forgets which pages it still had to write: some are on the disk, some never will. */
  giveUp(changes: readonly Change[]): void {
    const forgotten = new Set(changes);
    const kept = this.completed.flatMap((change) =>
      forgotten.has(change) && !change.safe ? this.survivors(change) : [change],
    );
    this.completed.length = 0;
    this.completed.push(...kept);
    this.moveSafe();
  }

  /** Any part of a write that failed may have been done. */
  fail(change: Change): void {
    this.underWay.delete(change);
    for (const part of this.survivors(change)) {
      const growth = part.position + (part.bytes?.length ?? 0) - this.seen.sizeBytes;
      if (part.bytes !== undefined && (growth <= 0 || this.device.take(growth))) {
        this.complete({ ...part, safe: false }, false);
      }
    }
  }

  /**
   * When only the process dies: all that completed, and any part of what was under way. What was not synced is there
   * for all to see, but a power cut may still take it.
   */
  afterProcessCrash(device: Device): MemoryContent {
    const left = new MemoryContent(device, this.seen.copy(), this.safe);
    for (const change of this.completed) left.completed.push({ ...change });
    for (const change of this.underWay) for (const part of this.survivors(change)) left.complete({ ...part }, false);
    return left;
  }

  afterPowerCut(): ChunkedBytes {
    const left = (this.safe ?? this.seen).copy();
    const faults = this.device.faults;
    const changes = faults?.lostWrites === true || faults?.lyingSyncs === true ? this.chosen() : [...this.completed];
    for (const change of this.underWay) changes.push(...this.survivors(change));
    for (const change of changes) apply(left, change);
    return left;
  }

  private chosen(): Change[] {
    const parts = this.completed.map((change) => (change.safe ? [change] : this.survivors(change)));
    // A change of size goes before any later data in the file system's own journal: data that is there proves it.
    let laterThere = false;
    for (let index = parts.length - 1; index >= 0; index--) {
      const change = this.completed[index]!;
      if (change.bytes === undefined && laterThere) parts[index] = [change];
      if (parts[index]!.length > 0) laterThere = true;
    }
    return parts.flat();
  }

  /** The part of an unsafe change that reached the disk, as safe changes. */
  private survivors(change: Change): Change[] {
    const { random, faults } = this.device;
    const bytes = change.bytes;
    const way = random.below(5);
    if (way === 0) return [];
    if (way === 1) return [{ ...change, safe: true }];
    if (faults?.tornWrites !== true || bytes === undefined || bytes.length === 0) {
      return random.below(2) === 0 ? [] : [{ ...change, safe: true }];
    }
    const first = Math.floor(change.position / sectorBytes);
    const sectors = Math.floor((change.position + bytes.length - 1) / sectorBytes) - first + 1;
    const cut = random.below(sectors + 1);
    const parts: Change[] = [];
    for (let sector = 0; sector < sectors; sector++) {
      const there = way === 2 ? sector < cut : way === 3 ? sector >= cut : random.below(2) === 0;
      if (!there) continue;
      const from = Math.max(0, (first + sector) * sectorBytes - change.position);
      const to = Math.min(bytes.length, (first + sector + 1) * sectorBytes - change.position);
      parts.push({ position: change.position + from, bytes: bytes.subarray(from, to), safe: true });
    }
    return parts;
  }

  private moveSafe(): void {
    const safe = this.safe;
    if (safe === undefined) return;
    let count = 0;
    while (count < this.completed.length && this.completed[count]!.safe) apply(safe, this.completed[count++]!);
    if (count > 0) this.completed.splice(0, count);
  }
}

function apply(bytes: ChunkedBytes, change: Change): void {
  if (change.bytes === undefined) bytes.resize(change.position);
  else bytes.write(change.bytes, change.position);
}
