import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The program as built beside the running tests. */
const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** Ports that are free, so that tests can run beside each other and beside a real Naru. */
export const freePorts: readonly string[] = ['--kafka-port=0', '--amqp-port=0', '--sqs-port=0', '--http-port=0'];

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const endings = new WeakMap<TestContext, (() => Promise<void>)[]>();

function endingsOf(context: TestContext): (() => Promise<void>)[] {
  const list = endings.get(context) ?? [];
  endings.set(context, list);
  return list;
}

/** Ends something with its test, whatever happens, and before a folder goes that it may write to. */
export function endWith(context: TestContext, end: () => Promise<void>): void {
  endingsOf(context).push(end);
  context.after(end);
}

/** A process of the program, ended with its test whatever happens. */
export class Program {
  readonly child: ChildProcess;
  private output = '';
  private errors = '';
  private readonly ended: Promise<unknown>;
  private readonly lines: AsyncIterator<string>;

  constructor(context: TestContext, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...environment },
    });
    this.ended = once(this.child, 'close');
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
    endWith(context, () => this.end());
  }

  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** The first line of standard output: the ready line. */
  async ready(): Promise<string> {
    const line = await this.lines.next();
    if (line.done === true) throw new Error(`ended before it was ready: ${(await this.outcome()).stderr}`);
    return line.value;
  }

  /** The ready line as a record; for a program started with `--log-format json`. */
  async readyRecord(): Promise<Record<string, string>> {
    return JSON.parse(await this.ready()) as Record<string, string>;
  }

  /** Waits until standard error holds what is looked for. */
  async logged(wanted: RegExp): Promise<void> {
    while (!wanted.test(this.errors)) await once(this.child.stderr!, 'data');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async outcome(): Promise<Outcome> {
    await this.ended;
    return { code: this.child.exitCode, stdout: this.output, stderr: this.errors };
  }

  async stop(): Promise<Outcome> {
    this.signal('SIGTERM');
    return await this.outcome();
  }
}

/** Runs the program to its end. */
export function run(
  context: TestContext,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Program(context, args, environment).outcome();
}

/** A folder of the test's own, gone with it. */
export async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'naru-process-'));
  context.after(async () => {
    // Hooks run in the order they were given: nobody may still be writing here.
    await Promise.all(endingsOf(context).map((end) => end()));
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}
