import type { Ledger } from './ledger.js';
import { type DeathReason, Runs } from './runs.js';

/** Records of dead offsets, read; what they are is between whoever reads and whoever takes them. */
export interface DeadRecords {
  /** They end before this offset: fewer may be read than were asked for, at least one. */
  readonly to: number;
}

export interface DeadLetterSource<Records extends DeadRecords> {
  /** The records of [from, to), as many as are wanted in memory at a time. */
  read(from: number, to: number): Records | Promise<Records>;
}

export interface DeadLetterTarget<Records extends DeadRecords> {
  /**
   * Appends the copies to where they belong (or nowhere, when there is no such place), in one synchronous stretch.
   * False when there is no room now: they stay dead, and are offered again by the next move.
   */
  take(records: Records, from: number, to: number, reason: DeathReason, deliveries: number): boolean;
}

/**
 * Moves dead letters. The copies are appended and the originals buried with no await in between, so they become
 * durable in one bundle: whatever happens, a dead letter is either still here or there, once.
 */
export class DeadLetters<Records extends DeadRecords> {
  private readonly ledger: Ledger;
  private readonly source: DeadLetterSource<Records>;
  private readonly target: DeadLetterTarget<Records>;
  private readonly runs = new Runs();
  private moving: Promise<number> | undefined;
  private ended = false;

  constructor(ledger: Ledger, source: DeadLetterSource<Records>, target: DeadLetterTarget<Records>) {
    this.ledger = ledger;
    this.source = source;
    this.target = target;
  }

  /**
   * Moves all that is dead, also what dies meanwhile, and answers how many offsets that were. When records cannot be
   * read it rejects, and what was not moved stays. There is one move at a time.
   */
  move(): Promise<number> {
    this.moving ??= this.moveAll().finally(() => {
      this.moving = undefined;
    });
    return this.moving;
  }

  /** There is nowhere for them to go, so nobody needs to read them. */
  drop(): void {
    const { ledger, runs } = this;
    if (this.moving !== undefined) return;
    ledger.listDead(runs);
    for (let index = 0; index < runs.count; index++) ledger.buried(runs.from[index]!, runs.to[index]!);
  }

  /** Whoever they are of is gone: what is being read goes nowhere, and nothing is written down about it any more. */
  end(): void {
    this.ended = true;
  }

  private async moveAll(): Promise<number> {
    const { ledger, runs } = this;
    let moved = 0;
    while (ledger.listDead(runs, 1) > 0) {
      const from = runs.from[0]!;
      const reason = runs.reason(0);
      const deliveries = runs.deliveries[0]!;
      const records = await this.source.read(from, runs.to[0]!);
      if (this.ended) break;
      // Meanwhile it may have been settled otherwise, or something before it has died: what is dead now decides.
      if (ledger.listDead(runs, 1) === 0) break;
      if (runs.from[0] !== from || runs.reason(0) !== reason || runs.deliveries[0] !== deliveries) continue;
      const to = Math.min(records.to, runs.to[0]!);
      if (!this.target.take(records, from, to, reason, deliveries)) break;
      moved += ledger.buried(from, to);
    }
    return moved;
  }
}
