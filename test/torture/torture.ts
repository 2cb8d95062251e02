import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../src/lib/random.js';
import { AmqpLoad } from './amqp-load.js';
import { BrokerProcess } from './broker-process.js';
import type { FrontLoad } from './front-load.js';
import { type Counts, History } from './history.js';
import { KafkaLoad } from './kafka-load.js';
import type { QueueCounts } from './queue-history.js';
import type { SmallDisk } from './small-disk.js';
import { SqsLoad } from './sqs-load.js';
import type { SteppedClock } from './stepped-clock.js';

export const frontNames = ['kafka', 'amqp', 'sqs'] as const;
export type FrontName = (typeof frontNames)[number];

export interface TortureSettings {
  /** An empty folder of its own. */
  readonly data: string;
  readonly kills: number;
  readonly seed: number;
  /** How long producers run between two kills, at most. */
  readonly loadMs: number;
  /** Starting after a kill may not take longer. */
  readonly startMsMax: number;
  /** How often the process is stopped and continued in the middle of the load. */
  readonly pauseShare?: number;
  /** Where `data` lies: it is filled, and emptied again, while everybody works. */
  readonly disk?: SmallDisk;
  /** The wall clock that it sees, stepped while it works. */
  readonly clock?: SteppedClock;
  /** Who loads it; all of them when left out. */
  readonly fronts?: readonly FrontName[];
  readonly report?: (line: string) => void;
}

export interface Outcome {
  /** Fewer than were asked for where it ended at a broken promise. */
  readonly kills: number;
  readonly killsWhileStarting: number;
  readonly pauses: number;
  readonly counts: Counts;
  readonly queueCounts: readonly QueueCounts[];
  /** What each front's load came to. */
  readonly told: readonly { readonly front: string; readonly what: string; readonly value: string }[];
  readonly violations: readonly string[];
  readonly violationCount: number;
  /** From spawn to the ready line, of each start after a kill. */
  readonly startMs: readonly number[];
  /** What those starts read back from the journal. */
  readonly journalBytes: number;
}

const wholeCheckEvery = 20;
const workingShare = 0.7;
const workWithinMs = 1000;
const pauseMsMax = 3000;
const fullShare = 0.6;
const fullMsMax = 1500;
const goesOnWithinMs = 10_000;
/** What a broker has to say of a full disk. */
const noRoom = /ENOSPC|no space|full|disk runs low|checkpoint|cannot be written|could not be|with error 56/i;
/** The control loses most of what was promised: of so many records and messages a front there is something missing. */
const enough = 200;
/** On AMQP one of many publishers has the queue that nobody reads. */
const enoughOfMany = 800;

/** One broker's data directory over many lives, and everybody who uses it. */
export class Torture {
  readonly history: History = new History();
  private readonly settings: TortureSettings;
  private readonly random: SeededRandom;
  private readonly fronts: readonly FrontLoad[];
  private readonly startMs: number[] = [];
  private kills = 0;
  private killsWhileStarting = 0;
  private pauses = 0;
  private journalBytes = 0;
  private checks = 0;
  /** Connections may end: the broker is killed, or told to stop. */
  private ending = false;
  private newest: BrokerProcess | undefined;

  constructor(settings: TortureSettings) {
    this.settings = settings;
    const random = new SeededRandom(settings.seed);
    this.random = random;
    this.history.mayRefuse = settings.disk !== undefined;
    this.fronts = (settings.fronts ?? frontNames).map((name) => this.front(name));
  }

  /** Each has chance of its own: what one is does not change with the others. */
  private front(name: FrontName): FrontLoad {
    const random = new SeededRandom(this.settings.seed * frontNames.length + frontNames.indexOf(name));
    if (name === 'kafka') return new KafkaLoad(this.history, random);
    return name === 'amqp'
      ? new AmqpLoad(this.history, random)
      : new SqsLoad(this.history, random, this.settings.clock ?? null);
  }

  async run(): Promise<Outcome> {
    const { kills, report } = this.settings;
    let broker = await this.start();
    await this.begin(broker);
    for (let kill = 1; kill <= kills; kill++) {
      await this.load(broker);
      broker = await this.startAgain();
      if (this.random.chance(0.15) && kill < kills) {
        kill++;
        broker = await this.killWhileStarting(broker);
      }
      this.kills = kill;
      await this.check(broker);
      report?.(`${kill} of ${kills} kills: ${this.summary()}`);
      if (this.history.violationCount > 0) break;
    }
    await this.finish(broker);
    const { violations, violationCount, counts } = this.history;
    const { killsWhileStarting, pauses, startMs, journalBytes } = this;
    const told = this.fronts.flatMap((front) =>
      front.told().map(([what, value]) => ({ front: front.name, what, value })),
    );
    const queueCounts = this.fronts.flatMap((front) => front.queueCounts ?? []);
    return {
      kills: this.kills,
      killsWhileStarting,
      pauses,
      counts,
      queueCounts,
      told,
      violations,
      violationCount,
      startMs,
      journalBytes,
    };
  }

  private summary(): string {
    const lastMs = this.startMs.at(-1) ?? 0;
    const counts = this.fronts.map((front) => `${front.name} ${front.told()[0]![1]}`);
    return `ready again in ${lastMs.toFixed(0)} ms; ${counts.join('; ')}`;
  }

  /** Other limits at each start: what one life wrote the next one has to read, whatever its own settings. */
  private options(): string[] {
    const { random } = this;
    return [
      ['checkpoint-every-bytes', random.pick(['128KiB', '1MiB', '8MiB', '128MiB'])],
      ['checkpoint-every-ms', random.pick(['100ms', '300ms', '60s'])],
      ['journal-file-bytes', random.pick(['1MiB', '4MiB', '16MiB'])],
      ['journal-files-max', random.pick(['3', '8', '16'])],
      ['direct-bytes-min', random.pick(['16KiB', '256KiB', '256KiB'])],
      ['tail-bytes-max', random.pick(['2MiB', '256MiB'])],
      ['open-files-max', random.pick(['16', '1024'])],
      ['index-interval-bytes', random.pick(['0B', '4096B'])],
      ['compact-check-ms', '50ms'],
      ['retention-check-ms', '50ms'],
    ].flatMap(([name, value]) => [`--${name}`, value!]);
  }

  private spawn(options: readonly string[] = this.options()): BrokerProcess {
    const broker = new BrokerProcess(this.settings.data, options, this.settings.clock?.environment ?? {});
    this.newest = broker;
    return broker;
  }

  /** Leaves no process behind, however a run went. */
  async close(): Promise<void> {
    await this.newest?.kill();
  }

  private async start(): Promise<BrokerProcess> {
    const broker = this.spawn();
    if (await broker.ready()) return broker;
    throw new Error(`the broker does not start: ${JSON.stringify(broker.lines)}`);
  }

  private async startAgain(): Promise<BrokerProcess> {
    const broker = await this.start();
    this.startMs.push(broker.startMs);
    if (broker.startMs > this.settings.startMsMax) {
      this.history.violation(`starting took ${broker.startMs.toFixed(0)} ms`);
    }
    const recovered = broker.lines.find((line) => line.msg.startsWith('recovered'));
    this.journalBytes += Number(recovered?.['journalBytes'] ?? 0);
    return broker;
  }

  /** A second kill, before or just after the start after the first one is done. */
  private async killWhileStarting(running: BrokerProcess): Promise<BrokerProcess> {
    await this.kill(running);
    const broker = this.spawn();
    await sleep(this.random.fraction() * 1.2 * running.startMs);
    await this.kill(broker);
    this.killsWhileStarting++;
    return this.startAgain();
  }

  private async begin(broker: BrokerProcess): Promise<void> {
    for (const front of this.fronts) await front.begin(broker);
  }

  private drives(broker: BrokerProcess): Promise<void>[] {
    return this.fronts.flatMap((front) =>
      front.drives(broker).map(async (drive, index) => {
        await drive;
        if (!this.ending && !this.history.mayRefuse)
          this.history.violation(`the broker closed a connection (${front.name}, ${index})`);
      }),
    );
  }

  /** Everybody works until the broker is killed in the middle of it. */
  private async load(broker: BrokerProcess, enough: () => boolean = () => true): Promise<void> {
    this.ending = false;
    const drives = this.drives(broker);
    if (this.random.chance(workingShare)) await this.allWork();
    if (this.random.chance(this.settings.pauseShare ?? 0)) await this.pause(broker);
    if (this.settings.disk !== undefined && this.random.chance(fullShare)) await this.fill(this.settings.disk);
    do {
      this.settings.clock?.step(this.random);
      await sleep(20 + this.random.fraction() ** 2 * this.settings.loadMs);
    } while (!enough() || (this.settings.clock !== undefined && this.random.chance(0.5)));
    await this.kill(broker);
    this.settings.disk?.free();
    await Promise.all(drives);
    // Not before everything that the broker had still said was heard.
    for (const front of this.fronts) front.killed();
  }

  /** Until somebody on each front was answered: on a slow machine a kill would often come before. */
  private async allWork(): Promise<void> {
    const before = this.fronts.map((front) => front.answered);
    const untilMs = performance.now() + workWithinMs;
    while (this.fronts.some((front, index) => front.answered === before[index]) && performance.now() < untilMs) {
      await sleep(5);
    }
  }

  /** No room for a while, down to some pages; mostly it ends before the kill, and then everybody goes on by himself. */
  private async fill(disk: SmallDisk): Promise<void> {
    disk.fill(this.random.pick([0, 4096, 65_536, 1 << 20]));
    await sleep(100 + this.random.fraction() * fullMsMax);
    if (this.random.chance(0.25)) return;
    disk.free();
    const before = this.fronts.map((front) => front.answered);
    const waiting = (): string[] =>
      this.fronts.filter((front, index) => front.answered === before[index]).map((front) => front.name);
    const untilMs = performance.now() + goesOnWithinMs;
    while (waiting().length > 0 && performance.now() < untilMs) await sleep(5);
    if (waiting().length > 0) {
      this.history.violation(
        `${waiting().join()}: nothing is answered ${goesOnWithinMs} ms after there was room again`,
      );
    }
  }

  /** Longer than SQS' time-outs here: what was locked is not, when it goes on. */
  private async pause(broker: BrokerProcess): Promise<void> {
    broker.child.kill('SIGSTOP');
    await sleep(100 + this.random.fraction() * pauseMsMax);
    broker.child.kill('SIGCONT');
    this.pauses++;
  }

  private async kill(broker: BrokerProcess): Promise<void> {
    this.ending = true;
    await broker.kill();
    this.complaints(broker);
  }

  /** A plain kill damages nothing: a broker that says so, or complains of anything else, is wrong. */
  private complaints(broker: BrokerProcess): void {
    for (const line of broker.complaints) {
      if (this.settings.disk !== undefined && noRoom.test(JSON.stringify(line))) continue;
      this.history.violation(`the broker logged ${JSON.stringify(line)}`);
    }
  }

  async check(broker: BrokerProcess): Promise<void> {
    const whole = this.checks++ % wholeCheckEvery === wholeCheckEvery - 1;
    await Promise.all(this.fronts.map((front) => front.check(broker, whole)));
  }

  /** More load, an orderly stop in the middle of it, and everything is looked at once more. */
  private async finish(broker: BrokerProcess): Promise<void> {
    this.ending = false;
    const drives = this.drives(broker);
    await sleep(this.settings.loadMs / 2);
    this.ending = true;
    for (const front of this.fronts) front.stopping();
    const code = await broker.stop();
    if (code !== 0) this.history.violation(`the orderly stop ended with ${code}`);
    await Promise.all(drives);
    for (const front of this.fronts) front.killed();
    const last = await this.start();
    await Promise.all(this.fronts.map((front) => front.finish(last)));
    await last.stop();
    this.complaints(broker);
    this.complaints(last);
  }

  /**
   * The control: a life of which nothing but the journal tells, killed, with its journal cut. Answers what the check
   * finds; if that is nothing, the check is worth nothing.
   */
  async runWithCutJournal(): Promise<readonly string[]> {
    const onlyJournal = [
      '--checkpoint-every-bytes',
      '1GiB',
      '--checkpoint-every-ms',
      '1h',
      '--direct-bytes-min',
      '1GiB',
    ];
    const broker = this.spawn(onlyJournal);
    if (!(await broker.ready())) throw new Error('the broker does not start');
    await this.begin(broker);
    const newest = new NewestJournalFile(join(this.settings.data, 'journal'));
    const queueCounts = this.fronts.flatMap((front) => front.queueCounts ?? []);
    const soFar = (): number[] => [
      ...queueCounts.map(({ confirmed }) => confirmed),
      queueCounts.length === this.fronts.length ? Number.POSITIVE_INFINITY : this.history.counts.acknowledgedDurable,
    ];
    let since = soFar();
    let path = newest.path();
    // Enough of it in the file that is cut: there may be a checkpoint of what is in the ones before.
    const loaded = (): boolean => {
      const at = newest.path();
      if (at !== path) since = soFar();
      path = at;
      const wanted = (index: number): number => (index === 0 && queueCounts.length > 0 ? enoughOfMany : enough);
      return soFar().every(
        (count, index) => count === Number.POSITIVE_INFINITY || count - since[index]! > wanted(index),
      );
    };
    await this.load(broker, loaded);
    // The file header and the first bundles stay.
    await truncate(newest.path(), 64 * 1024);
    const cut = await this.start();
    await Promise.all(this.fronts.map((front) => front.check(cut, true)));
    await cut.kill();
    return this.history.violations;
  }
}

/** The journal file that is written to: a file that is only prepared does not say yet that it is the one of its name. */
class NewestJournalFile {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(): string {
    const names = readdirSync(this.folder).filter((name) => name.endsWith('.jnl'));
    const begun = names.filter((name) => this.isBegun(name)).sort();
    return join(this.folder, begun.at(-1)!);
  }

  private isBegun(name: string): boolean {
    const file = openSync(join(this.folder, name), 'r');
    const header = Buffer.alloc(20);
    readSync(file, header, 0, header.length, 0);
    closeSync(file);
    return (
      header.toString('latin1', 0, 8) === 'NARUJRNL' && header.readBigInt64BE(12) === BigInt(Number.parseInt(name, 10))
    );
  }
}
