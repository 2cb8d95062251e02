import { assert } from '../lib/assert.js';
import { type Clock, systemClock } from '../lib/clock.js';
import { type Random, systemRandom } from '../lib/random.js';
import { Device } from './device.js';
import type { Faults } from './faults.js';
import { MemoryFiles } from './memory-files.js';
import { MemoryMeta } from './memory-meta.js';
import { MemoryObjects } from './memory-objects.js';
import type { Store } from './store.js';

/**
 * `process`: the system lives on and has all that was written, but has not synced it for that. `power`: only what was
 * synced is sure.
 */
export type CrashKind = 'process' | 'power';

/**
 * A store in memory. Without faults it is fast, frees what is removed and is gone with the process: `--memory`. With faults it
 * keeps count of what was synced, so that `crash` can answer the disk a restart would find. All it does is decided
 * by the clock and the random numbers handed in: one seed, one history.
 */
export class MemoryDisk implements Store {
  readonly files: MemoryFiles;
  readonly objects: MemoryObjects;
  readonly meta: MemoryMeta;
  readonly faults: Faults | undefined;
  private readonly device: Device;

  constructor(clock: Clock = systemClock, random: Random = systemRandom, faults?: Faults) {
    this.device = new Device(clock, random, faults);
    this.faults = faults;
    this.files = new MemoryFiles(this.device);
    this.objects = new MemoryObjects(this.device);
    this.meta = new MemoryMeta(this.device);
  }

  /** Bytes of all files, objects and values. */
  get usedBytes(): number {
    return this.device.usedBytes;
  }

  /**
   * Ends this disk: no call under way on it completes any more, and its files cannot be used. Answers the disk that
   * is there afterwards, with the same clock, random numbers and faults.
   */
  crash(kind: CrashKind = 'power'): MemoryDisk {
    const { clock, random } = this.device;
    assert(!this.device.crashed, 'this disk has crashed before');
    assert(this.faults !== undefined, 'only a memory disk with faults keeps what a crash would leave');
    this.device.crashed = true;
    const next = new MemoryDisk(clock, random, this.faults);
    if (kind === 'power') {
      const left = this.files.names.afterPowerCut();
      for (const folder of left.folders) next.files.names.restoreFolder(folder);
      for (const [name, content] of left.files) next.files.names.restoreFile(name, content.afterPowerCut());
    } else {
      this.files.names.afterProcessCrash(next.files.names);
    }
    this.objects.moveTo(next.objects);
    this.meta.moveTo(next.meta);
    return next;
  }
}
