import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { load, thisMachine } from './machine.js';
import { type Filler, writeBack } from './page-cache.js';
import { naru } from './peers/naru.js';
import type { Peer, RunningPeer } from './peers/peer.js';
import type { Contender, Result, SinkRow } from './results.js';
import type { Effort, Sample, Scenario, Target, Workload } from './scenario.js';
import { peers } from './scenarios.js';

export interface Wishes {
  readonly peer: string | undefined;
  readonly effort: Effort;
  /** Only workloads whose name and generator contain it. */
  readonly only: string;
  readonly folder: string;
  /** Keeps the page cache full before each workload; null to take the machine as it is. */
  readonly filler: Filler | null;
}

/** From a start to a stop, without what is measured; and what goes on around each sample. */
const startSeconds: Readonly<Record<string, number>> = { naru: 2, kafka: 10, rabbitmq: 7, elasticmq: 4 };
const secondsAround = 1.5;

/** A broker with a folder of its own, started and stopped as workloads need it. */
class Lane implements Target {
  readonly peer: Peer;
  readonly folder: string;
  topic = '';
  topicConfigs: Readonly<Record<string, string>> = {};
  private process: RunningPeer | null = null;

  constructor(peer: Peer, folder: string) {
    this.peer = peer;
    this.folder = folder;
  }

  get running(): RunningPeer {
    if (this.process === null) throw new Error(`${this.peer.title} is not running`);
    return this.process;
  }

  async start(): Promise<number> {
    const began = performance.now();
    this.process = await this.peer.start(this.folder);
    return performance.now() - began;
  }

  async kill(): Promise<void> {
    process.kill(this.running.pid, 'SIGKILL');
    await this.stop();
  }

  get alive(): boolean {
    return this.process !== null && existsSync(`/proc/${this.process.pid}`);
  }

  /** After a failure: a broker that is gone would fail whatever comes next, too. */
  async revive(): Promise<void> {
    if (this.alive) return;
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    this.process = null;
  }
}

/** One run of a scenario: Naru and its peers in turn, so many rounds. */
export class Comparison {
  private readonly scenario: Scenario;
  private readonly wishes: Wishes;
  private readonly workloads: readonly Workload[];
  private readonly rows: { workload: string; generator: string; contender: string; samples: Sample[] }[] = [];
  private readonly missing: string[] = [];
  private turn = 0;

  constructor(scenario: Scenario, wishes: Wishes) {
    this.scenario = scenario;
    this.wishes = wishes;
    this.workloads = scenario.workloads.filter((workload) => {
      if (!`${workload.name} ${workload.generator}`.includes(wishes.only)) return false;
      const missing = workload.missing();
      if (missing !== undefined) this.missing.push(`${workload.generator}: ${missing}`);
      return missing === undefined;
    });
  }

  private contenders(): Peer[] {
    const { scenario, wishes } = this;
    const { peer } = wishes;
    const usual = scenario.peers.slice(0, scenario.together ? undefined : 1);
    const names = peer === undefined ? usual : scenario.peers.filter((name) => name === peer);
    if (peer !== undefined && peer !== 'none' && names.length === 0) this.missing.push(`${peer}: not in this scenario`);
    const wanted = peers.filter(({ name }) => names.includes(name));
    const there = wanted.filter((peer) => {
      const missing = peer.missing();
      if (missing !== undefined) this.missing.push(`${peer.title}: ${missing}`);
      return missing === undefined;
    });
    return [naru, ...there];
  }

  private get rounds(): number {
    return Math.min(this.wishes.effort.rounds, this.scenario.roundsMax ?? Number.POSITIVE_INFINITY);
  }

  /** Seconds that it takes, about: what a sample is said to take, and what is around it. */
  estimate(): number {
    const { effort } = this.wishes;
    let seconds = 0;
    for (const peer of this.contenders()) {
      let ofPeer = startSeconds[peer.name] ?? 3;
      if (this.scenario.warmUp !== undefined) ofPeer += effort.quick ? 7 : 11;
      for (const workload of this.workloads) {
        if (workload.suits?.(peer) === false) continue;
        const each = workload.lasts?.(effort, peer) ?? effort.warmupSeconds + effort.seconds;
        const samples = 1 + workload.variants.filter(({ of }) => of === peer.name).length;
        ofPeer += samples * (each + secondsAround);
      }
      seconds += ofPeer;
    }
    const sinks = this.workloads.filter(({ sink }) => sink !== undefined).length;
    return seconds * this.rounds + sinks * (effort.warmupSeconds + effort.seconds + 0.5);
  }

  async run(): Promise<Result> {
    const { effort } = this.wishes;
    const began = performance.now();
    const loadBefore = load();
    const contenders = this.contenders();
    const sinks = await this.measureSinks();
    for (let round = 1; round <= this.rounds; round++) {
      for (const peer of contenders) {
        tell(`round ${round} of ${this.rounds}: ${peer.title} ${peer.version()}`);
        await this.measure(peer);
      }
    }
    return {
      scenario: this.scenario.name,
      title: this.scenario.title,
      date: new Date().toISOString().slice(0, 10),
      quick: effort.quick,
      rounds: this.rounds,
      seconds: effort.seconds,
      machine: thisMachine(),
      loadBefore,
      contenders: contenders.map(described),
      rows: this.rows,
      sinks,
      missing: [...new Set(this.missing)],
      finished: new Date().toISOString(),
      tookSeconds: Math.round((performance.now() - began) / 1000),
    };
  }

  private async measureSinks(): Promise<SinkRow[]> {
    const rows: SinkRow[] = [];
    for (const { name: workload, generator, sink } of this.workloads) {
      if (sink === undefined) continue;
      let sample: Sample;
      try {
        sample = await sink(this.wishes.effort);
      } catch (error) {
        this.missing.push(`${workload}, ${generator}, against a sink: ${reasonOf(error).split('\n')[0]}`);
        continue;
      }
      tell(`  ${workload}, ${generator}, against a sink: ${Math.round(sample['rate']!).toLocaleString('en-US')}/s`);
      rows.push({ workload, generator, sample });
    }
    return rows;
  }

  private async measure(peer: Peer): Promise<void> {
    const folder = mkdtempSync(join(this.wishes.folder, `naru-bench-${peer.name}-`));
    const lane = new Lane(peer, folder);
    try {
      await lane.start();
      lane.topic = `warm-${this.turn++}`;
      await this.scenario.warmUp?.(lane, this.wishes.effort);
      for (const workload of this.workloads) {
        if (workload.suits?.(peer) === false) continue;
        await this.sample(lane, workload, peer.title, {});
        for (const { of, title, topicConfigs } of workload.variants) {
          if (of === peer.name) await this.sample(lane, workload, title, topicConfigs);
        }
      }
    } catch (error) {
      // The others go on.
      tell(`  ${peer.title}: ${reasonOf(error)}`);
      this.missing.push(`${peer.title}: ${reasonOf(error).split('\n')[0]}`);
    } finally {
      await lane.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async sample(
    lane: Lane,
    workload: Workload,
    contender: string,
    topicConfigs: Readonly<Record<string, string>>,
  ): Promise<void> {
    writeBack();
    await this.wishes.filler?.fill();
    lane.topic = `bench-${this.turn++}`;
    lane.topicConfigs = topicConfigs;
    let sample: Sample;
    try {
      sample = await workload.measure(lane, this.wishes.effort);
      if (!lane.alive) throw new Error('it ended by itself while it was measured');
    } catch (error) {
      const reason = reasonOf(error);
      tell(`  ${workload.name}, ${workload.generator}, ${contender}: ${reason}`);
      this.missing.push(`${workload.name}, ${workload.generator}, ${contender}: ${reason.split('\n')[0]}`);
      await lane.revive();
      return;
    }
    tell(`  ${workload.name}, ${workload.generator}, ${contender}: ${summary(sample)}`);
    const { name, generator } = workload;
    let row = this.rows.find((each) => {
      return each.workload === name && each.generator === generator && each.contender === contender;
    });
    if (row === undefined) {
      row = { workload: name, generator, contender, samples: [] };
      this.rows.push(row);
    }
    row.samples.push(sample);
  }
}

function described(peer: Peer): Contender {
  const { title, settings, durability } = peer;
  return { title, version: peer.version(), settings, durability };
}

function summary(sample: Sample): string {
  return Object.entries(sample)
    .map(([key, value]) => `${key} ${value >= 100 ? Math.round(value) : value.toPrecision(3)}`)
    .join(', ');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function tell(line: string): void {
  console.error(line);
}
