import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** A broker that can be measured: Naru itself, or one that it is compared with. */
export interface Peer {
  /** As on the command line: `kafka`. One that is measured in more than one setting is several of the same name. */
  readonly name: string;
  /** As in tables: `Kafka`. */
  readonly title: string;
  /** Why it cannot run here, with what to do about it; undefined when it can. */
  missing(): string | undefined;
  version(): string;
  /** Beyond the defaults, as its documentation recommends for one node. */
  readonly settings: readonly string[];
  /** What it has done before it answers a producer. */
  readonly durability: string;
  /** Starts it with its data in `folder`, which may hold data already, and answers when it serves. */
  start(folder: string): Promise<RunningPeer>;
}

export interface RunningPeer {
  readonly pid: number;
  /** Where clients of the protocol that the scenarios speak connect: `127.0.0.1:41000`. */
  readonly address: string;
  /** The same for AMQP, where the peer speaks more than one protocol. */
  readonly amqp?: string;
  /** And for SQS. */
  readonly sqs?: string;
  /** What this start found, where the peer tells: megabytes of its journal that were read. */
  readonly recoveredMb?: number;
  stop(): Promise<void>;
}

/** A process of a peer, whose last output is kept for when it does not start. */
export class PeerProcess {
  readonly child: ChildProcess;
  output = '';

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string) {
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-65_536);
      });
    }
    // Nothing that a benchmark started outlives it.
    running.add(this.child);
    this.child.once('exit', () => running.delete(this.child));
  }

  get pid(): number {
    return this.child.pid!;
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 30_000);
    await exited;
    clearTimeout(late);
  }
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Whether somebody listens there. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', done(true));
    socket.once('error', done(false));
  });
}

/** Ports that were free a moment ago, for programs that cannot take one themselves and tell. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
