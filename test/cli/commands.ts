import { type ChildProcess, spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type NaruSettings, type RunningNaru, startNaru } from '../../src/embed.js';

/** The program as built beside the running tests. */
export const program: string = fileURLToPath(new URL('../../src/main.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `naru …` to its end as a process of its own. */
export type Run = (args: readonly string[], input?: string | Buffer) => Promise<Ran>;

/** A command that goes on until it is told to end. */
export class Going {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ran>;
  private readonly child: ChildProcess;
  private wake: () => void = () => {};

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv, input: string | Buffer | null) {
    this.child = spawn(process.execPath, [program, ...args], { env: environment });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.wake();
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.wake();
    });
    this.child.stdin!.on('error', () => {});
    if (input !== null) this.child.stdin!.end(input);
    this.ended = new Promise((resolve) =>
      this.child.on('close', (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
        this.wake();
      }),
    );
  }

  /** Waits until it has said so on either of its outputs. */
  async said(wanted: RegExp): Promise<void> {
    while (!wanted.test(this.stdout) && !wanted.test(this.stderr)) {
      if (this.child.exitCode !== null) throw new Error(`ended before it said ${wanted}: ${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

export interface Commands {
  readonly naru: RunningNaru;
  readonly run: Run;
  /** As `run`, of what works: its output. */
  readonly told: (...args: string[]) => Promise<string>;
  readonly going: (args: readonly string[]) => Going;
}

/** A broker of the test's own, and the command line that asks it. */
export async function commands(context: TestContext, settings: NaruSettings = {}): Promise<Commands> {
  const naru = await startNaru({ memory: true, ...settings });
  context.after(() => naru.close());
  const environment: NodeJS.ProcessEnv = { PATH: process.env['PATH'], NARU_URL: naru.http.url };
  if (settings.adminUser !== undefined) {
    environment['NARU_USER'] = settings.adminUser;
    environment['NARU_PASSWORD'] = settings.adminPassword ?? '';
  }
  const run: Run = (args, input = '') => new Going(args, environment, input).ended;
  const told = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(args);
    if (code !== 0) throw new Error(`naru ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  };
  const going = (args: readonly string[]): Going => {
    const started = new Going(args, environment, null);
    context.after(() => started.kill('SIGKILL'));
    return started;
  };
  return { naru, run, told, going };
}

export function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
