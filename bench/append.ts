import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/lib/clock.js';
import { silentLogger } from '../src/lib/logger.js';
import type { Waiter } from '../src/log/bundle.js';
import type { Log } from '../src/log/log.js';
import { BatchBuilder } from '../src/log/records.js';
import { defaultStorageOptions, Storage } from '../src/log/storage.js';
import type { Files } from '../src/store/files.js';
import { openNodeStore } from '../src/store/node-store.js';
import { load } from './machine.js';
import { median } from './metrics.js';
import { tellFigures } from './results.js';

/**
 * Appends at the durable rung: 1 KB records in 16 KB batches, 64 publishers that each wait for their batch before
 * they send the next one; to one log, and round-robin to a thousand. In the same run, for comparison, one file
 * written and synced 1 MB at a time, which is what 64 such batches come to.
 */
const waiters = 64;
const recordsPerBatch = 16;
const folder = mkdtempSync(join(process.env['NARU_BENCH_DIR'] ?? process.cwd(), 'bench-'));

function sampleBatch(): Buffer {
  const builder = new BatchBuilder();
  for (let index = 0; index < recordsPerBatch; index++) builder.add(null, randomBytes(1016), 1_700_000_000_000);
  return builder.build();
}

async function plainFile(files: Files, totalBytes: number): Promise<number> {
  const piece = randomBytes(1024 * 1024);
  const file = await files.open('plain', 'write');
  const started = performance.now();
  for (let at = 0; at < totalBytes; at += piece.length) {
    await file.write([piece], at);
    await file.sync();
  }
  const seconds = (performance.now() - started) / 1000;
  await file.close();
  await files.remove('plain');
  return totalBytes / 1e6 / seconds;
}

class Publisher implements Waiter {
  private readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  publish(): void {
    this.run.append();
    this.run.storage.whenDurable(this);
  }

  settled(error: Error | null): void {
    if (error !== null) throw error;
    if (this.run.more()) this.publish();
    else this.run.finished();
  }
}

class Run {
  readonly storage: Storage;
  private readonly logs: readonly Log[];
  private readonly batch: Buffer;
  private next = 0;
  private left: number;
  private active = waiters;
  private resolve: () => void = () => {};

  constructor(storage: Storage, logs: readonly Log[], batch: Buffer, batches: number) {
    this.storage = storage;
    this.logs = logs;
    this.batch = batch;
    this.left = batches;
  }

  append(): void {
    this.storage.pool.place(this.batch, 0, this.batch.length);
    const log = this.logs[this.next++ % this.logs.length]!;
    log.append(this.storage.pool.buffer, this.storage.pool.at, this.batch.length);
  }

  more(): boolean {
    return --this.left > 0;
  }

  finished(): void {
    if (--this.active === 0) this.resolve();
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.resolve = resolve;
      for (let index = 0; index < waiters; index++) new Publisher(this).publish();
    });
  }
}

async function appends(storage: Storage, logs: readonly Log[], totalBytes: number): Promise<number> {
  const batch = sampleBatch();
  const run = new Run(storage, logs, batch, Math.floor(totalBytes / batch.length));
  const started = performance.now();
  await run.start();
  return totalBytes / 1e6 / ((performance.now() - started) / 1000);
}

const loadBefore = load();
const megabytes = Number(process.env['MB'] ?? 600);
const totalBytes = megabytes * 1e6;
const store = await openNodeStore(folder);
const storage = new Storage(
  { files: store.files, objects: store.objects, clock: systemClock, logger: silentLogger },
  defaultStorageOptions,
);
await storage.open();
const policy = { segmentBytes: 1 << 30, segmentMs: 7 * 24 * 3_600_000, indexIntervalBytes: 4096, direct: true };
const one = storage.createLog('one-0', policy);
const many = Array.from({ length: 1000 }, (_, index) => storage.createLog(`many-${index}`, policy));
await storage.durable();
const rows: number[][] = [[], [], []];
for (let round = 0; round < 3; round++) {
  rows[0]!.push(await plainFile(store.files, totalBytes));
  rows[1]!.push(await appends(storage, [one], totalBytes));
  rows[2]!.push(await appends(storage, many, totalBytes));
}
const [plain, single, thousand] = rows.map(median) as [number, number, number];
const [plainRuns, singleRuns, thousandRuns] = rows as [number[], number[], number[]];
const percent = (value: number, of: number): number => (value / of) * 100;
const share = { runs: [], unit: '%' };
const peakMb = process.resourceUsage().maxRSS / 1024;
tellFigures('append', loadBefore, [
  { name: 'one file, 1 MB writes, each synced', value: plain, runs: plainRuns, unit: 'MB/s' },
  {
    name: 'one log, durable, 64 waiters',
    value: single,
    runs: singleRuns,
    unit: 'MB/s',
    goal: '300 MB/s, or 70 % of the file where that is less',
  },
  { name: '… of the file', value: percent(single, plain), ...share },
  { name: '1,000 logs, round-robin', value: thousand, runs: thousandRuns, unit: 'MB/s', goal: 'half of one log' },
  { name: '… of one log', value: percent(thousand, single), ...share },
  { name: 'peak resident memory', value: peakMb, runs: [], unit: 'MB' },
]);
await storage.close();
rmSync(folder, { recursive: true, force: true });
