import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Machine, thisMachine } from './machine.js';
import type { Sample } from './scenario.js';

/** A broker as it was measured. */
export interface Contender {
  readonly title: string;
  readonly version: string;
  readonly settings: readonly string[];
  readonly durability: string;
}

/** One workload on one contender: a sample of each round. */
export interface Row {
  readonly workload: string;
  readonly generator: string;
  readonly contender: string;
  readonly samples: readonly Sample[];
}

/** What one generator reached without a broker. */
export interface SinkRow {
  readonly workload: string;
  readonly generator: string;
  readonly sample: Sample;
}

export interface Result {
  readonly scenario: string;
  readonly title: string;
  readonly date: string;
  readonly quick: boolean;
  readonly rounds: number;
  readonly seconds: number;
  readonly machine: Machine;
  /** How busy the machine was with other work: its load before the first round. */
  readonly loadBefore: number;
  readonly contenders: readonly Contender[];
  readonly rows: readonly Row[];
  readonly sinks: readonly SinkRow[];
  /** What could not be measured, and why. */
  readonly missing: readonly string[];
  /** When it was done, and how long it took. */
  readonly finished?: string;
  readonly tookSeconds?: number;
}

/** A number of Naru's own, measured without a broker beside it. */
export interface Figure {
  readonly name: string;
  /** The median, and what the runs it is of gave. */
  readonly value: number;
  readonly runs: readonly number[];
  readonly unit: string;
  /** In words: `at most 400`. */
  readonly goal?: string;
}

/** What a benchmark of Naru alone found. */
export interface Figures {
  readonly benchmark: string;
  readonly date: string;
  readonly machine: Machine;
  readonly loadBefore: number;
  readonly figures: readonly Figure[];
}

/** The newest full run of each scenario, in the repository. */
export const resultsFolder: string = fileURLToPath(new URL('../../bench/results/', import.meta.url));

const figuresFolder: string = join(resultsFolder, 'figures');

/** Answers where it is kept now. */
export function writeJson(folder: string, name: string, content: object): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  return path;
}

function read<T>(folder: string): T[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T);
}

export function keep(result: Result, folder: string = resultsFolder): string {
  return writeJson(folder, result.scenario, result);
}

export function kept(folder: string = resultsFolder): Result[] {
  return read<Result>(folder);
}

export function keptFigures(folder: string = figuresFolder): Figures[] {
  return read<Figures>(folder);
}

/** Prints what was found, and keeps it when `--keep` is among the arguments. */
export function tellFigures(benchmark: string, loadBefore: number, figures: readonly Figure[]): void {
  for (const { name, value, runs, unit, goal } of figures) {
    const each = runs.length > 1 ? `   (${runs.map((run) => Number(run.toPrecision(3))).join(' ')})` : '';
    const wanted = goal === undefined ? '' : `   goal: ${goal}`;
    console.log(`${name.padEnd(72)} ${Number(value.toPrecision(4))} ${unit}${each}${wanted}`);
  }
  if (!process.argv.includes('--keep')) return;
  const date = new Date().toISOString().slice(0, 10);
  const path = writeJson(figuresFolder, benchmark, { benchmark, date, machine: thisMachine(), loadBefore, figures });
  // As the formatter has it, which looks at these files too.
  spawnSync('npx', ['biome', 'format', '--write', path]);
  console.error(`kept in ${path}`);
}
