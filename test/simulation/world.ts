import type { Ledger } from '../../src/broker/queue/ledger.js';
import type { LedgerModel } from '../../src/broker/queue/ledger-model.js';
import { ByteWriter } from '../../src/lib/byte-writer.js';
import type { Logger } from '../../src/lib/logger.js';
import { SeededRandom } from '../../src/lib/random.js';
import { VirtualClock } from '../../src/lib/virtual-clock.js';
import type { LogError } from '../../src/log/errors.js';
import type { Log } from '../../src/log/log.js';
import { SlabPool } from '../../src/log/slab-pool.js';
import type { Recorder } from '../../src/log/state.js';
import { type Faults, powerCutFaults } from '../../src/store/faults.js';
import { type CrashKind, MemoryDisk } from '../../src/store/memory-disk.js';
import { type Content, type LogUse, Model, type Operation, type Stretch } from './model.js';
import { type Place, Roster } from './roster.js';
import { chooseSettings, type Settings } from './settings.js';
import { Trace, Violation } from './trace.js';
import { type Breakage, type StorageWatcher, WatchedStorage } from './watched-storage.js';

export type Rung = 'none' | 'written' | 'durable';

/** A pass of compaction that was begun: what it may have taken away it may have taken away from here on. */
export interface Cleaning {
  /** It waits for the one before it: what it took for the time lies between these two. */
  readonly startedMs: number;
  endedMs: number;
  /** It looked at nothing from here on; until it ends, that is at nothing which is not durable. */
  before: number;
}

const deepestWaitMs = 600_000;
/** How a LogError speaks of bytes that are not what was written. */
const damage = /as it was written|goes on behind the end|the file ends there|restore|damage/;

/** The disk's delays are fractions of milliseconds; a wall clock tells whole ones. */
class WallClock extends VirtualClock {
  override now(): number {
    return Math.floor(super.now());
  }
}

/**
 * The storage with its disk and clock, and the model beside it. Everything that is recorded is recorded here, in
 * stretches that both sides take; what was promised of them is kept as the number of the last stretch it covers.
 */
export class World implements StorageWatcher {
  readonly settings: Settings;
  readonly breakage: Breakage;
  readonly random: SeededRandom;
  private readonly storageRandom: SeededRandom;
  readonly clock: VirtualClock = new WallClock();
  readonly trace: Trace;
  readonly faults: Faults;
  disk: MemoryDisk;
  storage: WatchedStorage;
  roster: Roster;

  /** All that was done, the lost left out. */
  model: Model = new Model();
  /** The same as of the last start, and what was done since. */
  base: Model = new Model();
  stretches: Stretch[] = [];
  private current: Operation[] | null = null;
  lastNumber = 0;
  /** The last stretch that must survive a crash of the process, or a power cut. */
  floorWritten = 0;
  floorDurable = 0;
  waiting = 0;
  /** Which start this is: whoever answers for an earlier one is a ghost. */
  generation = 0;
  /** Whether anything went wrong on the disk since this start. */
  troubled = false;
  /** Or at any time. */
  everTroubled = false;
  failure: Error | null = null;
  /** What runs beside the actions: reads, retention, compaction. */
  readonly errands: Set<Promise<void>> = new Set();
  readonly cleanings: Map<number, Cleaning[]> = new Map();
  contentCount = 0;
  private bundlesBefore = 0;

  constructor(seed: number, breakage: Breakage = 'none') {
    this.random = new SeededRandom(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
    this.storageRandom = new SeededRandom(seed ^ 0x68e31da4);
    this.settings = chooseSettings(this.random);
    this.breakage = breakage;
    this.trace = new Trace(() => this.clock.monotonic());
    this.faults = powerCutFaults({
      lyingSyncs: breakage === 'lying-disk',
      latencyMsMax: this.settings.latencyMsMax,
    });
    this.disk = new MemoryDisk(this.clock, new SeededRandom(seed ^ 0x2545f491), this.faults);
    this.storage = this.made();
    this.roster = this.rosterOf(this.storage);
  }

  private made(): WatchedStorage {
    const { files, objects } = this.disk;
    // Small, so that they are soon used again; and nobody reads a slab that was given back without noticing.
    const pool = new SlabPool(4096, true);
    const parts = { files, objects, clock: this.clock, logger: this.logger(), random: this.storageRandom, pool };
    return new WatchedStorage(parts, this.settings.storage, this, this.breakage);
  }

  private rosterOf(storage: WatchedStorage): Roster {
    return new Roster(storage, this.settings.policies, (id) => this.recorderOf(storage, id));
  }

  private recorderOf(storage: WatchedStorage, id: number): Recorder {
    const recorder = storage.recorder(id);
    if (this.breakage !== 'forgets-operations') return recorder;
    const nowhere = new ByteWriter();
    let forgotten = false;
    return {
      begin: () => {
        forgotten = this.random.chance(0.1);
        nowhere.clear();
        return forgotten ? nowhere : recorder.begin();
      },
      end: () => {
        if (!forgotten) recorder.end();
      },
    };
  }

  /** Nothing may be wrong by itself, and where the disk is at fault only what that explains. */
  private logger(): Logger {
    const generation = this.generation;
    const heard = (level: string, fields: object, message: string): void => {
      if (generation !== this.generation) return;
      const cause = 'error' in fields ? String(fields.error) : JSON.stringify(fields);
      this.trace.say(`  ${level}: ${message} ${cause}`);
      const explained = this.explains(cause) || (this.troubled && cause === '{}');
      if (!explained) this.fail(new Violation('nothing goes wrong by itself', `${message}: ${cause}`));
    };
    return {
      debug: () => {},
      info: (_fields, message) => this.trace.say(`  info: ${message}`),
      warn: (fields, message) => heard('warn', fields, message),
      error: (fields, message) => heard('error', fields, message),
    };
  }

  /** Whether the disk is to blame: it may refuse, but what it did is never found damaged. */
  explains(error: string): boolean {
    return this.troubled && /^(StoreError|LogError)/.test(error) && !damage.test(error);
  }

  trouble(): void {
    this.troubled = true;
    this.everTroubled = true;
  }

  fail(error: Error): void {
    if (this.failure === null) this.trace.say(`FAILED ${error.message}`);
    this.failure ??= error;
  }

  check(holds: boolean, invariant: string, details: () => string): void {
    if (!holds) throw new Violation(invariant, details());
  }

  // Stretches.

  /** Runs `act` without a pause, on the storage and on the model. False when the storage takes nothing in. */
  stretch(text: string, act: () => void): boolean {
    const refusal = this.storage.refusal;
    if (refusal !== null) {
      this.trace.counts.refusals++;
      this.check(this.troubled, 'nothing is refused without a reason', () => refusal.message);
      return false;
    }
    const operations: Operation[] = [];
    this.current = operations;
    const number = this.lastNumber + 1;
    const bundle = this.storage.journal.gathering.number;
    act();
    const ledgers = operations.some((operation) => operation.kind === 'ledger');
    if (operations.length > 0 && (ledgers || this.random.chance(0.5))) {
      this.roster.mark(number);
      this.do({ kind: 'stamp', number });
    }
    this.current = null;
    if (operations.length > 0) this.keep({ number, text, operations }, bundle);
    return true;
  }

  private keep(stretch: Stretch, bundle: number): void {
    this.lastNumber = stretch.number;
    if (this.breakage === 'tears-stretches' && this.stretches.length > 0 && this.random.chance(0.3)) {
      // Says of two bundles that they were one.
      const before = this.stretches.pop()!;
      this.stretches.push({ ...stretch, operations: [...before.operations, ...stretch.operations] });
    } else {
      this.stretches.push(stretch);
    }
    this.trace.counts.stretches++;
    this.trace.say(`#${stretch.number} in ${bundle}: ${stretch.text}`);
  }

  /** One operation of the stretch at hand, for the model. */
  do(operation: Operation): void {
    this.model.apply(operation);
    this.current!.push(operation);
  }

  append(place: Place, content: Content): void {
    const { pool } = this.storage;
    pool.place(content.bytes, 0, content.bytes.length);
    this.appendPlaced(place, content, pool.buffer, pool.at);
  }

  /** As `append`, of bytes that lie in a slab already: several logs may share them. */
  appendPlaced(place: Place, content: Content, buffer: Buffer, at: number): void {
    const { log } = place;
    const expected = this.model.log(log.id).end;
    const base = log.append(buffer, at, content.bytes.length);
    this.check(base === expected, 'offsets go on where they were', () => `${log.name}: ${base}, not ${expected}`);
    place.tally.count(buffer, at, base);
    place.ledger?.arrived(log.endOffset);
    this.trace.counts.records += content.records.length;
    this.do({ kind: 'append', id: log.id, content, base });
  }

  create(name: string, use: LogUse, policy: number): Place {
    const log = this.storage.createLog(name, this.settings.policies[policy]!);
    const place = this.roster.add(log, use, policy);
    this.do({ kind: 'create', id: log.id, name, use });
    return place;
  }

  remove(place: Place): void {
    this.roster.remove(place.log.id);
    this.storage.deleteLog(place.log);
    this.do({ kind: 'delete', id: place.log.id });
  }

  /** A change of a ledger: both sides have to answer the same. */
  ledger(place: Place, act: (ledger: Ledger) => number, same: (model: LedgerModel) => number): number {
    const got = act(place.ledger!);
    let expected = -1;
    this.do({
      kind: 'ledger',
      id: place.log.id,
      apply: (model) => {
        expected = same(model);
      },
    });
    this.check(got === expected, 'a ledger does as its model', () => `${place.log.name}: ${got}, not ${expected}`);
    return got;
  }

  // What the storage does by itself.

  trimRecorded(log: Log, offset: number): void {
    this.trace.counts.trims++;
    const operation: Operation = { kind: 'trim', id: log.id, offset };
    if (this.current !== null) {
      this.do(operation);
      return;
    }
    this.model.apply(operation);
    const number = this.lastNumber + 1;
    const text = `${log.name} lets go of what is before ${offset}`;
    this.keep({ number, text, operations: [operation] }, this.storage.journal.gathering.number);
  }

  replacementRecorded(log: Log): void {
    this.trace.counts.compactions++;
    this.trace.say(`  compacted segments of ${log.name}`);
  }

  checkpointed(): void {
    this.trace.counts.checkpoints++;
    this.trace.say('  checkpoint');
  }

  wentDirect(runs: number): void {
    this.trace.counts.directRuns += runs;
  }

  // Promises.

  /** Asks to be told when all recorded so far has reached the rung; calls `then` when it has. */
  promise(rung: Rung, then: () => void = () => {}): void {
    if (rung === 'none') return;
    const number = this.lastNumber;
    const generation = this.generation;
    this.waiting++;
    const settled = (error: LogError | null): void => {
      if (generation !== this.generation) {
        this.fail(new Violation('the dead answer nobody', `#${number} ${rung}`));
        return;
      }
      this.waiting--;
      if (error !== null) {
        if (!this.troubled) this.fail(new Violation('no promise is refused without a reason', error.message));
        return;
      }
      this.promised(rung, number);
      then();
    };
    if (rung === 'written') this.storage.whenWritten({ settled });
    else this.storage.whenDurable({ settled });
  }

  private promised(rung: Rung, number: number): void {
    this.trace.say(`  ${rung} up to #${number}`);
    this.floorWritten = Math.max(this.floorWritten, number);
    if (rung === 'written') {
      this.trace.counts.promisesWritten++;
    } else {
      this.floorDurable = Math.max(this.floorDurable, number);
      this.trace.counts.promisesDurable++;
    }
  }

  /** What readers may have seen is promised too: an offset below the high watermark is that record's for good. */
  private promiseWhatIsVisible(): void {
    for (const stretch of this.stretches) {
      for (const operation of stretch.operations) {
        if (operation.kind !== 'append') continue;
        const log = this.storage.logs.get(operation.id);
        if (log !== undefined && operation.base < log.durableOffset) {
          this.floorDurable = Math.max(this.floorDurable, stretch.number);
        }
      }
    }
    this.floorWritten = Math.max(this.floorWritten, this.floorDurable);
  }

  // Time.

  async tasks(count: number): Promise<void> {
    for (let done = 0; done < count; done++) await this.clock.step();
  }

  async advance(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs);
  }

  /** Lets time pass until `reached`; that it never is breaks the invariant. */
  async until(reached: () => boolean, invariant: string, deepestMs: number = deepestWaitMs): Promise<void> {
    const fromMs = this.clock.now();
    for (let count = 0; !reached() && this.failure === null; count++) {
      const moved = await this.clock.step();
      const late = this.clock.now() - fromMs > deepestMs || count > 1_000_000;
      this.check((moved && !late) || reached(), invariant, () => (moved ? 'not within ten minutes' : 'nothing moves'));
    }
  }

  async outcome<T>(promise: Promise<T>, invariant: string): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    await this.until(() => settled, invariant);
    if (this.failure !== null) throw this.failure;
    return promise;
  }

  /** Runs beside the actions; what it throws breaks the history unless the disk explains it. */
  errand(what: string, work: () => Promise<void>): void {
    const generation = this.generation;
    const running: Promise<void> = work()
      .catch((error: Error) => {
        if (generation !== this.generation) return;
        this.trace.say(`  ${what} failed: ${error.message}`);
        if (!this.explains(String(error))) this.fail(error);
      })
      .finally(() => this.errands.delete(running));
    this.errands.add(running);
  }

  // Crashes.

  crash(kind: CrashKind): void {
    this.promiseWhatIsVisible();
    this.countBundles();
    this.endCleanings();
    this.clock.clear();
    this.disk = this.disk.crash(kind);
    this.renew();
  }

  endCleaning(cleaning: Cleaning, before: number): void {
    cleaning.before = before;
    cleaning.endedMs = this.clock.now();
  }

  private endCleanings(): void {
    for (const [id, cleanings] of this.cleanings) {
      const durable = this.storage.logs.get(id)?.durableOffset ?? 0;
      for (const cleaning of cleanings)
        if (cleaning.before === Number.POSITIVE_INFINITY) this.endCleaning(cleaning, durable);
    }
  }

  countBundles(): void {
    this.trace.counts.bundles += Math.max(0, this.storage.journal.durableBundle - this.bundlesBefore);
    this.bundlesBefore = this.storage.journal.durableBundle;
  }

  private renew(): void {
    this.generation++;
    this.errands.clear();
    this.waiting = 0;
    this.troubled = this.faults.capacityBytes !== Number.POSITIVE_INFINITY || this.armed;
    this.storage = this.made();
    this.roster = this.rosterOf(this.storage);
  }

  /** Whether a call that is still to come will fail. */
  get armed(): boolean {
    const { failReads, failWrites, failSyncs, failObjects } = this.faults;
    return failReads + failWrites + failSyncs + failObjects > 0;
  }

  /** The first `count` stretches are what there is now; the others never happened. */
  rebase(count: number): void {
    this.bundlesBefore = this.storage.journal.durableBundle;
    for (const stretch of this.stretches.slice(0, count)) this.base.applyAll(stretch);
    this.trace.counts.undone += this.stretches.length - count;
    this.stretches = [];
    this.model = this.base.clone();
    this.floorWritten = 0;
    this.floorDurable = 0;
  }
}
