import { silentLogger } from '../lib/logger.js';
import { SeededRandom } from '../lib/random.js';
import { VirtualClock } from '../lib/virtual-clock.js';
import type { Faults } from '../store/faults.js';
import { powerCutFaults } from '../store/faults.js';
import { type CrashKind, MemoryDisk } from '../store/memory-disk.js';
import type { Log, LogPolicy } from './log.js';
import { BatchBuilder, RecordCursor } from './records.js';
import type { RecoveryReport } from './recovery.js';
import { SlabPool } from './slab-pool.js';
import type { State } from './state.js';
import { defaultStorageOptions, Storage, type StorageOptions } from './storage.js';

/** A storage on a memory disk under a clock that tests move: it can crash and start again. */
export class StorageWorld {
  readonly clock: VirtualClock = new VirtualClock();
  readonly faults: Faults;
  disk: MemoryDisk;
  storage: Storage;
  report: RecoveryReport | null = null;
  private readonly options: StorageOptions;

  private readonly pool: () => SlabPool;

  /** Slabs are small, soon used again, and overwritten before: whoever still reads one that was given back is found out. */
  constructor(
    options: Partial<StorageOptions> = {},
    seed = 1,
    faults: Partial<Faults> = {},
    pool: () => SlabPool = () => new SlabPool(4096, true),
  ) {
    this.pool = pool;
    this.faults = powerCutFaults(faults);
    this.options = { ...defaultStorageOptions, journalFileBytes: 256 * 1024, ...options };
    this.disk = new MemoryDisk(this.clock, new SeededRandom(seed), this.faults);
    this.storage = this.made();
  }

  private made(): Storage {
    const { files, objects } = this.disk;
    return new Storage({ files, objects, clock: this.clock, logger: silentLogger, pool: this.pool() }, this.options);
  }

  async open(states: ReadonlyMap<number, State> = new Map()): Promise<RecoveryReport> {
    for (const [id, state] of states) this.storage.register(id, state);
    this.report = await this.clock.until(this.storage.open());
    return this.report;
  }

  /** Ends everything at once, as `kill -9` or a power cut would, and makes the storage of the next start. */
  crash(kind: CrashKind = 'power'): void {
    this.clock.clear();
    this.disk = this.disk.crash(kind);
    this.storage = this.made();
  }

  async restart(kind: CrashKind = 'power', states: ReadonlyMap<number, State> = new Map()): Promise<RecoveryReport> {
    this.crash(kind);
    return this.open(states);
  }

  /** From now on the disk takes so long. */
  latency(msMin: number, msMax: number = msMin): void {
    this.faults.latencyMsMin = msMin;
    this.faults.latencyMsMax = msMax;
  }

  async durable(): Promise<void> {
    await this.clock.until(this.storage.durable());
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise);
  }

  logNamed(name: string): Log {
    for (const log of this.storage.logs.values()) if (log.name === name) return log;
    throw new Error(`no log ${name}`);
  }
}

export const testPolicy: LogPolicy = {
  segmentBytes: 1024 * 1024,
  segmentMs: 7 * 24 * 3_600_000,
  indexIntervalBytes: 4096,
  direct: true,
};

/** A batch of records with the given values; `key:value` gives a key, `key:` a tombstone. */
export function batchOf(values: readonly string[], timestamp = 1_700_000_000_000): Buffer {
  const builder = new BatchBuilder();
  for (const text of values) {
    const colon = text.indexOf(':');
    if (colon < 0) builder.add(null, Buffer.from(text), timestamp);
    else {
      const value = text.slice(colon + 1);
      builder.add(Buffer.from(text.slice(0, colon)), value === '' ? null : Buffer.from(value), timestamp);
    }
  }
  return builder.build();
}

export function append(log: Log, storage: Storage, batch: Buffer): number {
  storage.pool.place(batch, 0, batch.length);
  return log.append(storage.pool.buffer, storage.pool.at, batch.length);
}

export interface ReadRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
}

/** Every record from `offset` to `limit`, read batch by batch as a consumer does. */
export async function readAll(
  world: StorageWorld,
  log: Log,
  offset: number = 0,
  limit: number = log.durableOffset,
  bytesMax: number = 64 * 1024,
): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  let next = offset;
  while (next < limit) {
    const pieces: Buffer[] = [];
    const read = await world.run(log.read(next, bytesMax, limit, pieces));
    if (read.bytes === 0) break;
    const bytes = Buffer.concat(pieces);
    for (let at = 0; at < bytes.length; at += bytes.readInt32BE(at + 8) + 12) {
      const cursor = new RecordCursor(bytes, at, 1 << 20);
      while (cursor.next()) {
        if (cursor.offset < next) continue;
        records.push({
          offset: cursor.offset,
          key: cursor.key()?.toString() ?? null,
          value: cursor.value()?.toString() ?? null,
          timestamp: cursor.timestamp,
        });
      }
    }
    next = read.nextOffset;
  }
  return records;
}

/** Adds to `told` what comes of what was recorded so far, when it is known. */
export function tell(world: StorageWorld, name: string, told: string[]): void {
  world.storage.durable().then(
    () => told.push(`${name} durable`),
    () => told.push(`${name} refused`),
  );
}
