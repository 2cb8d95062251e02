import { assert } from '../../lib/assert.js';
import type { Recorder } from '../../log/state.js';
import type { Measure } from './ledger.js';
import { holderMax } from './run-map.js';

export interface LedgerOptions {
  /** Where changes are written down; without it the ledger does not outlive the process. */
  readonly recorder?: Recorder;
  /** Needed by an acquire that limits bytes. */
  readonly measure?: Measure;
  /**
   * `implicit`: what arrives is ready, and only what differs is admitted. `explicit`: nothing is handed out before
   * it is admitted, so that the owner decides how far ahead of the backlog it spends memory on groups.
   */
  readonly admission?: 'implicit' | 'explicit';
  /** After how many counted attempts an offset is dead; -1 for never. */
  readonly deliveryLimit?: number;
}

/** What whoever calls a ledger has to keep to. */
export function checkRange(from: number, to: number): void {
  assert(from >= 0 && from <= to, 'a range begins before it ends');
}

export function checkHolder(holder: number): void {
  assert(Number.isInteger(holder) && holder >= 0 && holder <= holderMax, 'a holder is a positive integer');
}

export function checkTime(timeMs: number): void {
  assert(timeMs >= 0 && (timeMs === Number.POSITIVE_INFINITY || Number.isSafeInteger(timeMs)), 'a time is in whole ms');
}

export function checkPriority(priority: number, group: string | undefined): void {
  assert(priority >= 0 && priority <= 255 && Number.isInteger(priority), 'a priority is 0 to 255');
  assert(priority === 0 || group === undefined, 'a group has no priority');
}
