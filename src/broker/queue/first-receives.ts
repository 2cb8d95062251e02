import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { stateNumbers } from '../state-numbers.js';
import type { Ledger } from './ledger.js';
import { readRanges, writeRanges } from './operations.js';
import { Runs } from './runs.js';

const snapshotVersion = 1;
/** So many are kept of a queue before anybody looks which of them are done with. */
const tidyFrom = 1024;

/** The first receives of one queue's messages, by offset. */
class OfQueue {
  readonly timesMs = new Map<number, number>();
  tidyAt: number = tidyFrom;
}

/**
 * When messages were received for the first time, for fronts that tell of it. Kept for those that are not done with:
 * what is done is found out in passing, whenever twice as many have gathered as were left the last time.
 */
export class FirstReceives implements State {
  private readonly ledgerOf: (logId: number) => Ledger | undefined;
  private readonly recorder: Recorder;
  private readonly byLog = new Map<number, OfQueue>();
  private readonly runs = new Runs();

  constructor(storage: Storage, ledgerOf: (logId: number) => Ledger | undefined) {
    this.ledgerOf = ledgerOf;
    this.recorder = storage.recorder(stateNumbers.firstReceives);
    storage.register(stateNumbers.firstReceives, this);
  }

  /** What was acquired just now; of it those count that never were before. */
  received(logId: number, acquired: Runs, nowMs: number): void {
    const { runs } = this;
    runs.clear();
    for (let index = 0; index < acquired.count; index++) {
      if (acquired.deliveries[index] === 1) runs.add(acquired.from[index]!, acquired.to[index]!);
    }
    if (runs.count === 0) return;
    const into = this.recorder.begin();
    into.uvarint(logId);
    into.uvarint(nowMs);
    writeRanges(into, runs);
    this.recorder.end();
    this.apply(logId, nowMs);
  }

  private apply(logId: number, nowMs: number): void {
    let kept = this.byLog.get(logId);
    if (kept === undefined) {
      kept = new OfQueue();
      this.byLog.set(logId, kept);
    }
    const { from, to, count } = this.runs;
    for (let index = 0; index < count; index++) {
      for (let offset = from[index]!; offset < to[index]!; offset++) kept.timesMs.set(offset, nowMs);
    }
    if (kept.timesMs.size > kept.tidyAt) this.tidy(logId, kept);
  }

  private tidy(logId: number, kept: OfQueue): void {
    const ledger = this.ledgerOf(logId);
    for (const offset of kept.timesMs.keys()) {
      if (ledger === undefined || ledger.stateOf(offset) === 'done') kept.timesMs.delete(offset);
    }
    kept.tidyAt = Math.max(tidyFrom, kept.timesMs.size * 2);
  }

  /** Null for a message that nobody received. */
  of(logId: number, offset: number): number | null {
    return this.byLog.get(logId)?.timesMs.get(offset) ?? null;
  }

  /** The queue is gone. */
  forget(logId: number): void {
    this.byLog.delete(logId);
  }

  // As a state.

  replay(from: ByteReader): void {
    const logId = from.uvarint();
    const nowMs = from.uvarint();
    readRanges(from, this.runs);
    this.apply(logId, nowMs);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    for (const [logId, kept] of this.byLog) {
      this.tidy(logId, kept);
      for (const [offset, timeMs] of kept.timesMs) {
        into.u8(1);
        into.uvarint(logId);
        into.uvarint(offset);
        into.uvarint(timeMs);
      }
    }
    into.u8(0);
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`first receives of unknown version ${version}`);
    while (from.u8() !== 0) {
      const logId = from.uvarint();
      const offset = from.uvarint();
      // Ledgers come later: nobody can be asked yet what is done.
      const kept = this.byLog.get(logId) ?? new OfQueue();
      this.byLog.set(logId, kept);
      kept.timesMs.set(offset, from.uvarint());
      kept.tidyAt = Math.max(tidyFrom, kept.timesMs.size * 2);
    }
  }
}
