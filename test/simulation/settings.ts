import type { SeededRandom } from '../../src/lib/random.js';
import type { LogPolicy } from '../../src/log/log.js';
import type { StorageOptions } from '../../src/log/storage.js';

/** What may be done in a history, with how likely each is against the others. */
export interface Weights {
  readonly publish: number;
  readonly fanOut: number;
  readonly mixed: number;
  readonly settle: number;
  readonly acquire: number;
  readonly rare: number;
  readonly read: number;
  readonly trim: number;
  readonly retain: number;
  readonly compact: number;
  readonly create: number;
  readonly remove: number;
  readonly checkpoint: number;
  readonly wait: number;
  readonly fault: number;
  readonly room: number;
  readonly pace: number;
}

export type ActionName = keyof Weights;

/** Everything about a history that its seed decides before it begins. */
export interface Settings {
  readonly storage: StorageOptions;
  readonly policies: readonly LogPolicy[];
  readonly streams: number;
  readonly compacted: number;
  readonly queues: number;
  readonly actions: number;
  readonly weights: Weights;
  /** How likely an action is followed by a crash, and such a crash is a power cut. */
  readonly crashChance: number;
  readonly powerShare: number;
  /** How likely a start is crashed too. */
  readonly crashInRecovery: number;
  readonly cleanShare: number;
  /** Up to so many tasks of the disk and the clock run between two actions. */
  readonly tasksMax: number;
  readonly recordBytesMax: number;
  readonly keys: number;
  readonly deleteRetentionMs: number;
  readonly keysMax: number;
  /** Queues note where their log starts in the journal; otherwise their ledger alone knows. */
  readonly recordsTrims: boolean;
  readonly latencyMsMax: number;
}

const mostly = (random: SeededRandom, weight: number): number =>
  random.chance(0.25) ? 0 : weight * (0.3 + random.fraction() * 1.7);

function chooseWeights(random: SeededRandom): Weights {
  // Each history leaves some things out: what never meets in an even mixture meets where the rest is missing.
  return {
    publish: 20,
    fanOut: mostly(random, 6),
    mixed: mostly(random, 8),
    acquire: mostly(random, 12),
    settle: mostly(random, 14),
    rare: mostly(random, 4),
    read: mostly(random, 8),
    trim: mostly(random, 3),
    retain: mostly(random, 4),
    compact: mostly(random, 6),
    create: mostly(random, 2),
    remove: mostly(random, 1.5),
    checkpoint: mostly(random, 3),
    wait: mostly(random, 6),
    fault: random.chance(0.5) ? 0 : random.fraction() * 4,
    room: random.chance(0.7) ? 0 : random.fraction() * 3,
    pace: mostly(random, 2),
  };
}

function choosePolicy(random: SeededRandom): LogPolicy {
  return {
    segmentBytes: random.pick([500, 1200, 4000, 30_000]),
    segmentMs: random.pick([40, 1000, 1e9, 1e9]),
    indexIntervalBytes: random.pick([1, 200, 4096]),
    direct: random.chance(0.6),
  };
}

export function chooseSettings(random: SeededRandom): Settings {
  const journalFileBytes = random.pick([16, 32, 64, 256]) * 1024;
  return {
    storage: {
      journalFileBytes,
      journalFilesMax: random.pick([3, 4, 6, 12]),
      gatherBytesMax: random.pick([4_000, 40_000, 1_000_000]),
      tailBytesMax: random.pick([6_000, 60_000, 1_000_000]),
      checkpointEveryBytes: random.pick([10_000, 50_000, 300_000]),
      checkpointEveryMs: random.pick([20, 200, 2_000, 60_000]),
      directBytesMin: random.pick([300, 1500, 6000, 100_000]),
      flushAheadBytes: random.pick([1, 500, 5000, 1_000_000]),
      readersStayMs: random.pick([0, 10, 1000, 1e9]),
      openFilesMax: random.pick([1, 3, 100]),
    },
    policies: [choosePolicy(random), choosePolicy(random), choosePolicy(random)],
    streams: random.below(4),
    compacted: random.below(3),
    queues: 1 + random.below(3),
    actions: 30 + random.below(170),
    weights: chooseWeights(random),
    crashChance: random.pick([0.01, 0.04, 0.12]),
    powerShare: random.pick([0.2, 0.6, 0.9]),
    crashInRecovery: random.pick([0, 0.3, 0.6]),
    cleanShare: random.pick([0, 0.1, 0.3]),
    tasksMax: random.pick([1, 4, 12, 40]),
    recordBytesMax: random.pick([60, 400, 3000]),
    keys: random.pick([2, 6, 25]),
    deleteRetentionMs: random.pick([0, 500, 1e9]),
    keysMax: random.pick([1, 5, 1000]),
    recordsTrims: random.chance(0.5),
    latencyMsMax: random.pick([0, 1, 5, 60]),
  };
}
