import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load, thisMachine } from './machine.js';
import { Filler, writeBack } from './page-cache.js';
import { naru } from './peers/naru.js';
import type { Peer, RunningPeer } from './peers/peer.js';
import { type Contender, keep, type Result, type SinkRow } from './results.js';
import {
  type Effort,
  fullEffort,
  quickEffort,
  type Sample,
  type Scenario,
  type Target,
  type Workload,
} from './scenario.js';
import { peers, scenarios } from './scenarios.js';
import { asText, tableOf } from './table.js';

/**
 * Naru and a peer in turn, A B A B, each on an empty folder, the same generators against both:
 *
 *   compare.js SCENARIO|all [--peer kafka|none] [--quick] [--only TEXT] [--rounds N] [--folder DIR] [--keep] [--filled]
 *
 * A run that is not quick fills the page cache before each workload; a quick one does so with --filled.
 */
interface Wishes {
  readonly peer: string | undefined;
  readonly effort: Effort;
  /** Only workloads whose name and generator contain it. */
  readonly only: string;
  readonly folder: string;
  /** Keeps the page cache full before each workload; null to take the machine as it is. */
  readonly filler: Filler | null;
}

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

  async start(): Promise<void> {
    this.process = await this.peer.start(this.folder);
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    this.process = null;
  }
}

class Comparison {
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
    const wanted = this.wishes.peer ?? this.scenario.peers[0];
    const peer = peers.find(({ name }) => name === wanted);
    if (peer === undefined) return [naru];
    const missing = peer.missing();
    if (missing === undefined) return [naru, peer];
    this.missing.push(`${peer.title}: ${missing}`);
    return [naru];
  }

  async run(): Promise<Result> {
    const { effort } = this.wishes;
    const loadBefore = load();
    const contenders = this.contenders();
    const sinks = await this.measureSinks();
    for (let round = 1; round <= effort.rounds; round++) {
      for (const peer of contenders) {
        tell(`round ${round} of ${effort.rounds}: ${peer.title} ${peer.version()}`);
        await this.measure(peer);
      }
    }
    return {
      scenario: this.scenario.name,
      title: this.scenario.title,
      date: new Date().toISOString().slice(0, 10),
      quick: effort.quick,
      rounds: effort.rounds,
      seconds: effort.seconds,
      machine: thisMachine(),
      loadBefore,
      contenders: contenders.map(described),
      rows: this.rows,
      sinks,
      missing: [...new Set(this.missing)],
    };
  }

  private async measureSinks(): Promise<SinkRow[]> {
    const rows: SinkRow[] = [];
    for (const { name: workload, generator, sink } of this.workloads) {
      if (sink === undefined) continue;
      const sample = await sink(this.wishes.effort);
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
        await this.sample(lane, workload, peer.title, {});
        for (const { of, title, topicConfigs } of workload.variants) {
          if (of === peer.name) await this.sample(lane, workload, title, topicConfigs);
        }
      }
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
    this.wishes.filler?.fill();
    lane.topic = `bench-${this.turn++}`;
    lane.topicConfigs = topicConfigs;
    let sample: Sample;
    try {
      sample = await workload.measure(lane, this.wishes.effort);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      tell(`  ${workload.name}, ${workload.generator}, ${contender}: ${reason}`);
      this.missing.push(`${workload.name}, ${workload.generator}, ${contender}: ${reason.split('\n')[0]}`);
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

function tell(line: string): void {
  console.error(line);
}

function show(result: Result): void {
  console.log(`\n${result.title}, ${result.date}${result.quick ? ' (quick: not for keeping)' : ''}`);
  const { cpu, cores, memoryGb, system, node, commit } = result.machine;
  console.log(
    `${cores} × ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, commit ${commit}, load ${result.loadBefore}`,
  );
  for (const { title, version, settings, durability } of result.contenders) {
    console.log(`${title} ${version}: ${settings.length === 0 ? 'defaults' : settings.join(' ')}`);
    console.log(`  durability: ${durability}`);
  }
  for (const line of result.missing) console.log(`not measured: ${line}`);
  console.log(`\n${asText(tableOf(result))}`);
  console.log(`\nMedians of ${result.rounds}. In parentheses: Naru's number divided by the peer's.`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
    filled: { type: 'boolean', default: false },
  },
});
const wanted = scenarios.filter(({ name }) => positionals[0] === 'all' || name === positionals[0]);
const base = values.quick ? quickEffort : fullEffort;
const effort = values.rounds === undefined ? base : { ...base, rounds: Number(values.rounds) };
const folder = values.folder ?? process.env['NARU_BENCH_DIR'] ?? tmpdir();
// The brokers and generators go with it: their modules see to that at the exit, which a signal alone does not come to.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
mkdirSync(folder, { recursive: true });
const filler = effort.quick && !values.filled ? null : new Filler(folder);
try {
  for (const scenario of wanted) {
    const wishes = { peer: values.peer, effort, only: values.only, folder, filler };
    const result = await new Comparison(scenario, wishes).run();
    show(result);
    if (values.keep) tell(`kept in ${keep(result)}`);
  }
} finally {
  filler?.remove();
}
