import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, PeerProcess } from '../../bench/peers/peer.js';

const server = '/usr/lib/rabbitmq/bin/rabbitmq-server';

export interface RunningRabbit {
  readonly amqp: string;
  readonly management: string;
  stop(): Promise<void>;
}

export function missingRabbit(): string | undefined {
  return existsSync(server) ? undefined : 'RabbitMQ is not installed: apt-get install rabbitmq-server';
}

/** RabbitMQ with its management plugin, which the benchmarks' peer does without. */
export async function startRabbit(folder: string): Promise<RunningRabbit> {
  const [port, management, distribution, mapper] = (await freePorts(4)) as [number, number, number, number];
  const at = (name: string): string => join(folder, name);
  mkdirSync(at('log'), { recursive: true });
  const config = ['management.tcp.ip = 127.0.0.1', `management.tcp.port = ${management}`, 'loopback_users = none', ''];
  writeFileSync(at('rabbitmq.conf'), config.join('\n'));
  writeFileSync(at('enabled_plugins'), '[rabbitmq_management].\n');
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    RABBITMQ_NODENAME: `naru-test-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    ERL_EPMD_PORT: String(mapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_MNESIA_BASE: at('data'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
    RABBITMQ_PID_FILE: at('pid'),
  };
  const started = new PeerProcess(server, [], env, folder);
  const url = `http://127.0.0.1:${management}`;
  while (!(await serves(url))) {
    if (started.ended) throw new Error(`RabbitMQ did not start: ${started.output}`);
    await sleep(100);
  }
  const pid = Number(readFileSync(at('pid'), 'utf8'));
  const stop = async (): Promise<void> => {
    process.kill(pid, 'SIGTERM');
    await started.stop();
    spawnSync('epmd', ['-port', String(mapper), '-kill'], { stdio: 'ignore' });
  };
  return { amqp: `amqp://guest:guest@127.0.0.1:${port}`, management: url, stop };
}

async function serves(url: string): Promise<boolean> {
  try {
    const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` };
    return (await fetch(`${url}/api/aliveness-test/%2F`, { headers })).ok;
  } catch {
    return false;
  }
}
