import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sample } from '../scenario.js';

/** What a generator's process says at its end, on the last line of its output. */
export interface Outcome {
  readonly messages: number;
  readonly seconds: number;
  /** CPU seconds of the broker, and of the generator, while it counted. */
  readonly brokerCpu: number;
  readonly generatorCpu: number;
  readonly failures?: number;
  readonly transactions?: number;
  readonly ack?: Quantiles;
  readonly endToEnd?: Quantiles;
  readonly coldMs?: number;
  readonly leaveMs?: number;
  /** Of connections that do nothing: the broker's memory with them, and for each of them. */
  readonly idleMb?: number;
  readonly eachKb?: number;
  readonly idleCpu?: number;
}

/** In milliseconds. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export type Arguments = Readonly<Record<string, string | number>>;

const cache = fileURLToPath(new URL('../../../node_modules/.cache/naru/', import.meta.url));
/** A generator in C, compiled when it is first used; the program is kept until its source changes. */
interface Compiled {
  readonly name: string;
  readonly libraries: readonly string[];
}

const librdkafka: Compiled = { name: 'librdkafka', libraries: ['-lrdkafka', '-lpthread'] };

/** Our own generators in C, each for one protocol, which encode nothing while they run. */
export type RawProtocol = 'amqp' | 'nats' | 'redis' | 'sqs';
const raw: Readonly<Record<RawProtocol, Compiled>> = {
  amqp: { name: 'raw-amqp', libraries: ['-lpthread'] },
  nats: { name: 'raw-nats', libraries: ['-lpthread'] },
  redis: { name: 'raw-redis', libraries: ['-lpthread'] },
  sqs: { name: 'raw-sqs', libraries: [] },
};
/** What most of them include. */
const header = fileURLToPath(new URL('../../../bench/generators/load.h', import.meta.url));

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function runProgram(command: string, args: readonly string[], wholeOutput = false): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  running.delete(child);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${output}${errors}`);
  return wholeOutput ? output + errors : output;
}

function asArguments(values: Arguments): string[] {
  return Object.entries(values).map(([key, value]) => `${key}=${value}`);
}

function outcomeOf(output: string): Outcome {
  const outcome = JSON.parse(output.trim().split('\n').at(-1)!) as Outcome;
  if ((outcome.failures ?? 0) > 0) throw new Error(`${outcome.failures} records were refused`);
  return outcome;
}

/** Our own generator, which encodes nothing while it runs: raw-kafka.ts. */
export async function runRaw(mode: string, values: Arguments): Promise<Outcome> {
  const program = fileURLToPath(new URL('./raw-kafka.js', import.meta.url));
  return outcomeOf(await runProgram(process.execPath, [program, mode, ...asArguments(values)]));
}

/** Members of a group and nothing but: raw-group.ts. */
export async function runRawGroup(values: Arguments): Promise<Outcome> {
  const program = fileURLToPath(new URL('./raw-group.js', import.meta.url));
  return outcomeOf(await runProgram(process.execPath, [program, ...asArguments(values)]));
}

/** Why librdkafka cannot be used here; undefined when it can. */
export function missingLibrdkafka(): string | undefined {
  return missing(librdkafka, 'librdkafka and a C compiler are not installed: apt-get install gcc librdkafka-dev');
}

/** Why our own generators cannot be used here; undefined when they can. */
export function missingRawLoad(): string | undefined {
  const why = 'a C compiler is not installed: apt-get install gcc';
  return missing(raw.amqp, why) ?? missing(raw.nats, why) ?? missing(raw.redis, why);
}

/** The same for the one that speaks SQS. */
export function missingRawSqs(): string | undefined {
  return missing(raw.sqs, 'a C compiler is not installed: apt-get install gcc');
}

function missing(compiled: Compiled, why: string): string | undefined {
  if (existsSync(pathOf(compiled))) return undefined;
  try {
    compile(compiled);
    return undefined;
  } catch {
    return why;
  }
}

function sourceOf({ name }: Compiled): string {
  return fileURLToPath(new URL(`../../../bench/generators/${name}.c`, import.meta.url));
}

function pathOf(compiled: Compiled): string {
  const hash = createHash('sha256')
    .update(readFileSync(sourceOf(compiled)))
    .update(readFileSync(header))
    .digest('hex')
    .slice(0, 16);
  return join(cache, `bench-${compiled.name}-${hash}`);
}

function compile(compiled: Compiled): void {
  mkdirSync(cache, { recursive: true });
  const half = `${pathOf(compiled)}.${process.pid}.half`;
  const args = ['-O2', '-o', half, sourceOf(compiled), ...compiled.libraries];
  const run = spawnSync('gcc', args, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${compiled.name}.c does not compile: ${run.stderr}`);
  renameSync(half, pathOf(compiled));
}

/** One connection that publishes with confirms and one that consumes with acks: load.h tells the modes. */
export async function runRawLoad(protocol: RawProtocol, mode: string, values: Arguments): Promise<Outcome> {
  return outcomeOf(await runProgram(pathOf(raw[protocol]), [mode, ...asArguments(values)]));
}

/** What such a generator reaches against one that plays a broker and keeps nothing. */
export function runAgainstSink(protocol: RawProtocol, mode: string, values: Arguments): Promise<Outcome> {
  const args = ['sink', `size=${values['size'] ?? 100}`];
  return withProgram(pathOf(raw[protocol]), args, (address) => runRawLoad(protocol, mode, { ...values, address }));
}

export async function runLibrdkafka(mode: string, values: Arguments): Promise<Outcome> {
  return outcomeOf(await runProgram(pathOf(librdkafka), [mode, ...asArguments(values)]));
}

export async function librdkafkaVersion(): Promise<string> {
  return (await runProgram(pathOf(librdkafka), ['version'])).trim();
}

/** A broker that keeps nothing, for as long as `use` takes. */
export async function withSink<T>(
  shape: { readonly partitions: number; readonly recordBytes: number; readonly batchBytes: number },
  use: (address: string) => Promise<T>,
): Promise<T> {
  const program = fileURLToPath(new URL('./kafka-sink.js', import.meta.url));
  const args = [program, shape.partitions, shape.recordBytes, shape.batchBytes].map(String);
  return withProgram(process.execPath, args, use);
}

/** A program that says its address, for as long as `use` takes. */
async function withProgram<T>(
  command: string,
  args: readonly string[],
  use: (address: string) => Promise<T>,
): Promise<T> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  try {
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    return await use(line.toString('utf8').trim());
  } finally {
    running.delete(child);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** What tables show of an outcome. */
export function sampleOf(outcome: Outcome): Sample {
  const sample: Record<string, number> = {};
  if (outcome.messages > 0) {
    sample['rate'] = outcome.messages / outcome.seconds;
    sample['cpuPerMillion'] = (outcome.brokerCpu / outcome.messages) * 1e6;
    // Of Java's tools nobody asks.
    if (!Number.isNaN(outcome.generatorCpu)) {
      sample['generatorCpuPerMillion'] = (outcome.generatorCpu / outcome.messages) * 1e6;
    }
  }
  if (outcome.transactions !== undefined) sample['transactionRate'] = outcome.transactions / outcome.seconds;
  for (const name of ['idleMb', 'eachKb', 'idleCpu'] as const) {
    const value = outcome[name];
    if (value !== undefined) sample[name] = value;
  }
  for (const name of ['ack', 'endToEnd'] as const) {
    const quantiles = outcome[name];
    if (quantiles === undefined) continue;
    sample[`${name}P50`] = quantiles.p50;
    sample[`${name}P99`] = quantiles.p99;
    sample[`${name}P999`] = quantiles.p999;
  }
  return sample;
}
