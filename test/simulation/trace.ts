import { crc32c } from '../../src/lib/crc32c.js';

/** What an invariant says when it does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: string;

  constructor(invariant: string, details: string) {
    super(`${invariant}: ${details}`);
    this.invariant = invariant;
  }
}

export interface Counts {
  histories: number;
  processCrashes: number;
  powerCuts: number;
  crashesInRecovery: number;
  cleanStarts: number;
  stretches: number;
  bundles: number;
  records: number;
  directRuns: number;
  promisesWritten: number;
  promisesDurable: number;
  acquired: number;
  acked: number;
  reads: number;
  trims: number;
  checkpoints: number;
  compactions: number;
  faults: number;
  refusals: number;
  undone: number;
}

export function noCounts(): Counts {
  return {
    histories: 0,
    processCrashes: 0,
    powerCuts: 0,
    crashesInRecovery: 0,
    cleanStarts: 0,
    stretches: 0,
    bundles: 0,
    records: 0,
    directRuns: 0,
    promisesWritten: 0,
    promisesDurable: 0,
    acquired: 0,
    acked: 0,
    reads: 0,
    trims: 0,
    checkpoints: 0,
    compactions: 0,
    faults: 0,
    refusals: 0,
    undone: 0,
  };
}

export function addCounts(into: Counts, more: Counts): void {
  for (const key of Object.keys(into) as (keyof Counts)[]) into[key] += more[key];
}

/** All that happened in a history, one line each: the same seed gives the same lines. */
export class Trace {
  readonly lines: string[] = [];
  readonly counts: Counts = noCounts();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  say(text: string): void {
    this.lines.push(`${String(Math.round(this.now() * 1000) / 1000).padStart(9)} ${text}`);
  }

  /** One number for all lines. */
  get fingerprint(): number {
    const bytes = Buffer.from(this.lines.join('\n'));
    return crc32c(bytes, 0, bytes.length);
  }
}
