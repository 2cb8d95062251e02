import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The program as built beside the running tests. */
const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The broker as a child process of its own, with all that it logs. */
export class BrokerProcess {
  readonly child: ChildProcess;
  readonly lines: LogLine[] = [];
  readonly startedMs: number = performance.now();
  private readonly exited: Promise<unknown>;
  private readonly output: AsyncIterator<string>;
  private readonly wakeUps: (() => void)[] = [];
  kafkaPort = 0;
  amqpPort = 0;
  sqsPort = 0;
  httpUrl = '';
  /** From spawn to the ready line. */
  startMs = 0;

  constructor(data: string, options: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
    const ports = ['--kafka-port=0', '--amqp-port=0', '--sqs-port=0', '--http-port=0'];
    this.child = spawn(
      process.execPath,
      [program, 'start', '--data', data, '--log-format', 'json', ...ports, ...options],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], ...environment },
      },
    );
    this.exited = once(this.child, 'close');
    this.output = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
    createInterface({ input: this.child.stderr! }).on('line', (line) => this.logged(line));
  }

  private logged(line: string): void {
    if (line === '') return;
    let parsed: LogLine;
    try {
      parsed = JSON.parse(line) as LogLine;
    } catch {
      parsed = { level: 'error', msg: line };
    }
    this.lines.push(parsed);
    for (const wake of this.wakeUps.splice(0)) wake();
  }

  /** Waits for the ready line; false when the process ended without one. */
  async ready(): Promise<boolean> {
    const line = await this.output.next();
    if (line.done === true) {
      await this.exited;
      return false;
    }
    this.startMs = performance.now() - this.startedMs;
    const record = JSON.parse(line.value) as Record<string, string>;
    this.kafkaPort = Number(record['kafka']!.split(':')[1]);
    this.amqpPort = Number(new URL(record['amqp']!).port);
    this.sqsPort = Number(new URL(record['sqs']!).port);
    this.httpUrl = record['http']!;
    return true;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Lines of warnings and errors. */
  get complaints(): readonly LogLine[] {
    return this.lines.filter((line) => line.level !== 'info' && line.level !== 'debug');
  }

  /** Waits for the first line that `wanted` takes. */
  async line(wanted: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(wanted);
      if (found !== undefined) return found;
      if (!this.alive) throw new Error('the broker ended and did not log what was waited for');
      await new Promise<void>((resolve) => {
        this.wakeUps.push(resolve);
        void this.exited.then(() => resolve());
      });
    }
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Ends it as an operator would; answers the exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    await this.exited;
    return this.child.exitCode;
  }
}
