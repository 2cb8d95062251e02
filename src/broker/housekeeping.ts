import type { Clock, Timer } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import { compact } from '../log/compaction.js';
import { applyRetention } from '../log/retention.js';
import type { Storage } from '../log/storage.js';
import type { Catalog } from './catalog.js';
import type { Partition } from './partition.js';

export interface HousekeepingOptions {
  readonly retentionCheckMs: number;
  readonly compactCheckMs: number;
}

/** What has to be looked after from time to time: retention, compaction, producers that fell silent. */
export class Housekeeping {
  private readonly storage: Storage;
  private readonly catalog: Catalog;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly options: HousekeepingOptions;
  private readonly timers = new Set<Timer>();
  private readonly running = new Set<Promise<void>>();
  private stopped = false;

  constructor(storage: Storage, catalog: Catalog, logger: Logger, options: HousekeepingOptions) {
    this.storage = storage;
    this.catalog = catalog;
    this.clock = storage.clock;
    this.logger = logger;
    this.options = options;
  }

  start(): void {
    this.every(this.options.retentionCheckMs, () => this.retain());
    this.every(this.options.compactCheckMs, () => this.compact());
  }

  private every(periodMs: number, task: () => Promise<void>): void {
    if (this.stopped) return;
    const timer = this.clock.after(periodMs, () => {
      this.timers.delete(timer);
      const run = task().finally(() => {
        this.running.delete(run);
        this.every(periodMs, task);
      });
      this.running.add(run);
    });
    this.timers.add(timer);
  }

  /** Runs `task` on every partition there is, one after the other, until housekeeping stops. */
  private async onEach(what: string, task: (partition: Partition) => Promise<void>): Promise<void> {
    for (const topic of [...this.catalog.topics()]) {
      for (const partition of topic.partitions) {
        if (this.stopped || this.storage.refusal?.code === 'closed') return;
        if (partition.log.deleted) continue;
        try {
          await task(partition);
        } catch (error) {
          if (this.stopped) return;
          const log = partition.log.name;
          this.logger.error({ log, error: String(error) }, `${what} failed and will be tried again`);
        }
      }
    }
  }

  async retain(): Promise<void> {
    await this.onEach('retention', async (partition) => {
      const moved = await applyRetention(partition.log, partition.config.retention, this.clock.now());
      if (moved > 0) {
        partition.epochs.trim(partition.startOffset);
        this.logger.info({ log: partition.log.name, offsets: moved }, 'old segments are gone');
      }
      partition.producers.expire(this.clock.now());
    });
  }

  async compact(): Promise<void> {
    await this.onEach('compaction', async (partition) => {
      if (!partition.config.compacts || this.storage.refusal !== null) return;
      const result = await compact(this.storage, partition.log, partition.config.compaction, partition);
      if (result !== null) this.logger.info({ log: partition.log.name, ...result }, 'compacted');
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    await Promise.all(this.running);
  }
}
