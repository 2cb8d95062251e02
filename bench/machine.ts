import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Naru's own, as git has it. */
  readonly commit: string;
}

export function thisMachine(): Machine {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release().split('-')[0]}`,
    node: process.version,
    commit: commit.status === 0 ? commit.stdout.trim() : 'unknown',
  };
}

/** The average of the last minute. */
export function load(): number {
  return Math.round(loadavg()[0]! * 100) / 100;
}
