import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Broker } from '../src/broker/broker.js';
import { brokerOptions } from '../src/broker-options.js';
import { optionsFrom } from '../src/config/values.js';
import { systemClock } from '../src/lib/clock.js';
import { silentLogger } from '../src/lib/logger.js';
import { systemRandom } from '../src/lib/random.js';
import { BatchBuilder } from '../src/log/records.js';
import { openNodeStore } from '../src/store/node-store.js';
import { load } from './machine.js';
import { median } from './metrics.js';
import { forgetCached } from './page-cache.js';
import { residentMb } from './process.js';
import { type Figure, tellFigures } from './results.js';

/**
 * From spawn to the ready line: on an empty directory, and on 10 GB of segments with 256 MB in the journal that no
 * checkpoint covers, as `kill -9` leaves it; and the memory of a process that nobody uses. The directory is filled by
 * this file run again with `fill`, which is then killed.
 *
 *   NARU_BENCH_DIR=DIR node dist/bench/start.js [--gigabytes 10] [--idle-seconds 60]
 */
const program = fileURLToPath(new URL('../src/main.js', import.meta.url));
const rounds = 7;
const partitions = 20;
const journalBytes = 256 * 1024 * 1024;

function numberAfter(flag: string, otherwise: number): number {
  const at = process.argv.indexOf(flag);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

const gigabytes = numberAfter('--gigabytes', 10);

const loadBefore = load();
const figures: Figure[] = [];

function tell(name: string, runs: readonly number[], unit: string, goal?: string): void {
  const value = median(runs);
  figures.push({ name, value, runs: runs.length > 1 ? runs : [], unit, ...(goal === undefined ? {} : { goal }) });
}

interface Start {
  readonly child: ChildProcess;
  readonly readyMs: number;
  readonly recovered: Record<string, unknown>;
}

async function start(data: string, options: readonly string[] = []): Promise<Start> {
  const startedMs = performance.now();
  const ports = ['--kafka-port=0', '--http-port=0'];
  const args = [program, 'start', '--data', data, '--log-format', 'json', ...ports, ...options];
  // Its own environment is the program's configuration.
  const env = { PATH: process.env['PATH'] };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')]);
  const readyMs = performance.now() - startedMs;
  const line = errors.split('\n').find((each) => each.includes('"recovered'));
  if (line === undefined) throw new Error(errors);
  return { child, readyMs, recovered: JSON.parse(line) as Record<string, unknown> };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** Appends through the broker, so that everything is as producers would have left it. */
async function fill(data: string): Promise<void> {
  const store = await openNodeStore(data);
  const options = optionsFrom({ data, checkpointEveryBytes: 2 ** 40, checkpointEveryMs: 3_600_000 });
  const parts = { store, clock: systemClock, random: systemRandom, logger: silentLogger, epoch: 1 };
  const broker = await Broker.open(parts, brokerOptions(options));
  const topic = broker.catalog.create('filled', partitions);
  const append = async (totalBytes: number, batchBytes: number, perBundle: number): Promise<void> => {
    const builder = new BatchBuilder();
    const now = Date.now();
    for (let left = Math.ceil(batchBytes / 1000); left > 0; left--) builder.add(null, randomBytes(900), now);
    const batch = builder.build();
    for (let done = 0, turn = 0; done < totalBytes; ) {
      for (let count = 0; count < perBundle; count++, turn++, done += batch.length) {
        const outcome = topic.partitions[turn % partitions]!.append(batch, 0, batch.length);
        if (outcome !== 'ok') throw new Error(outcome);
      }
      await broker.storage.durable();
    }
  };
  await append(gigabytes * 1e9, 900_000, partitions);
  await broker.storage.checkpoint();
  // Small runs, which stay in the journal, and nothing that would write them to segments.
  await append(journalBytes, 16_000, 60);
  process.stdout.write('filled\n');
  await new Promise(() => {});
}

function folderBytes(folder: string, ending: string): number {
  let total = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith(ending)) total += statSync(join(folder, name)).size;
  }
  return total;
}

async function emptyDirectory(folder: string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const data = join(folder, `empty-${round}`);
    const { child, readyMs } = await start(data);
    times.push(readyMs);
    await end(child, 'SIGTERM');
  }
  tell('empty directory', times, 'ms', 'at most 400');
  const { child } = await start(join(folder, 'idle'));
  const idleSeconds = numberAfter('--idle-seconds', 60);
  for (const seconds of [0, 5, idleSeconds]) {
    await sleep(seconds * 1000);
    tell(`idle resident memory after ${seconds} s`, [residentMb(child.pid!)], 'MB', 'at most 90');
  }
  await end(child, 'SIGTERM');
}

async function filledDirectory(folder: string): Promise<void> {
  const data = join(folder, 'filled');
  const startedMs = performance.now();
  const filler = spawn(process.execPath, [...process.argv.slice(1), '--fill', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([once(filler.stdout!, 'data'), once(filler, 'exit')]);
  if (filler.exitCode !== null) throw new Error('the directory could not be filled');
  await end(filler, 'SIGKILL');
  const seconds = (performance.now() - startedMs) / 1000;
  const segmentsGb = folderBytes(join(data, 'topics'), '.log') / 1e9;
  const journalMb = folderBytes(join(data, 'journal'), '.jnl') / 1e6;
  const filled = `${segmentsGb.toFixed(1)} GB of segments`;
  console.error(`${filled}, ${journalMb.toFixed(0)} MB of journal, written in ${seconds.toFixed(0)} s`);
  // Killed at once, each start finds what the last one found: its own checkpoint has not been written yet.
  const frozen = ['--checkpoint-every-bytes', '1TiB', '--checkpoint-every-ms', '1h'];
  for (const cold of [false, true]) {
    const times: number[] = [];
    const recoveries: number[] = [];
    const memory: number[] = [];
    let replayed = 0;
    for (let round = 0; round < 3; round++) {
      if (cold) forgetCached(data);
      const { child, readyMs, recovered } = await start(data, frozen);
      replayed = Number(recovered['journalBytes']) / 1e6;
      times.push(readyMs);
      recoveries.push(Number(recovered['ms']));
      memory.push(residentMb(child.pid!));
      await end(child, 'SIGKILL');
    }
    const name = `${filled}, ${replayed.toFixed(0)} MB of journal to read${cold ? ', nothing cached' : ''}`;
    tell(name, times, 'ms', 'at most 3,000');
    tell('… of it recovery', recoveries, 'ms');
    tell('… resident memory then', memory, 'MB');
  }
  const { child } = await start(data);
  await end(child, 'SIGTERM');
  const clean = await start(data);
  tell('… after an orderly stop', [clean.readyMs], 'ms');
  await end(clean.child, 'SIGTERM');
}

const fillAt = process.argv.indexOf('--fill');
if (fillAt >= 0) {
  await fill(process.argv[fillAt + 1]!);
} else {
  const folder = mkdtempSync(join(process.env['NARU_BENCH_DIR'] ?? process.cwd(), 'bench-start-'));
  try {
    await emptyDirectory(folder);
    if (gigabytes > 0) await filledDirectory(folder);
    tellFigures('start', loadBefore, figures);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
