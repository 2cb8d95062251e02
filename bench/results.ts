import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.js';
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
}

/** The newest full run of each scenario, in the repository. */
export const resultsFolder: string = fileURLToPath(new URL('../../bench/results/', import.meta.url));

export function keep(result: Result, folder: string = resultsFolder): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${result.scenario}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

export function kept(folder: string = resultsFolder): Result[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Result);
}
