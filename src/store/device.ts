import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { Faults } from './faults.js';
import { StoreError } from './files.js';

/** What the files, objects and meta of one memory disk share: time, chance, faults, room, and whether it crashed. */
export class Device {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: Faults | undefined;
  usedBytes = 0;
  crashed = false;

  constructor(clock: Clock, random: Random, faults: Faults | undefined) {
    this.clock = clock;
    this.random = random;
    this.faults = faults;
  }

  /** Does `effect` when the device gets to it and settles with its outcome; never, once the device has crashed. */
  later<T>(effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.wait(() => {
        try {
          resolve(effect());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /**
   * As `later`, for what happens at one instant: that may also be now, with only the answer still to come. So a crash
   * in between finds it sometimes done and sometimes not.
   */
  atOnce<T>(effect: () => T): Promise<T> {
    if (this.crashed || this.faults === undefined || this.random.below(2) === 0) return this.later(effect);
    let outcome: () => T;
    try {
      const value = effect();
      outcome = () => value;
    } catch (error) {
      outcome = () => {
        throw error;
      };
    }
    return this.later(outcome);
  }

  private wait(task: () => void): void {
    if (this.crashed) return;
    const run = (): void => {
      if (!this.crashed) task();
    };
    const faults = this.faults;
    if (faults === undefined || faults.latencyMsMax <= 0) {
      this.clock.soon(run);
      return;
    }
    const spread = faults.latencyMsMax - faults.latencyMsMin;
    this.clock.after(faults.latencyMsMin + this.random.fraction() * spread, run);
  }

  /** Whether this call is one of those that are to fail. */
  fails(which: 'failReads' | 'failWrites' | 'failSyncs' | 'failObjects'): boolean {
    if (this.faults === undefined || this.faults[which] <= 0) return false;
    this.faults[which]--;
    return true;
  }

  get freeBytes(): number {
    const capacity = this.faults?.capacityBytes ?? Number.POSITIVE_INFINITY;
    return Math.max(0, capacity - this.usedBytes);
  }

  /** Takes (or, negative, gives back) room; false when there is not enough. */
  take(bytes: number): boolean {
    if (bytes > 0 && bytes > this.freeBytes) return false;
    this.usedBytes += bytes;
    return true;
  }

  /** How many of `count` bytes a read answers, and what bit rot does to them. */
  spoil(name: string, bytes: Buffer, position: number, count: number): number {
    const faults = this.faults;
    if (faults === undefined) return count;
    for (const flip of faults.flips) {
      const at = flip.position - position;
      if (flip.name === name && at >= 0 && at < count) bytes[at] = bytes[at]! ^ flip.mask;
    }
    if (faults.shortReads > 0 && count > 0 && this.random.fraction() < faults.shortReads) {
      return this.random.below(count);
    }
    return count;
  }
}

export function injected(action: string, name: string): StoreError {
  return new StoreError('failed', `cannot ${action} ${name}: the device reports an error`);
}

export function noRoom(action: string, name: string): StoreError {
  return new StoreError('full', `cannot ${action} ${name}: no room left on the device`);
}
