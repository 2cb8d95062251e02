import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, listens, type Peer, PeerProcess, type RunningPeer } from './peer.js';

const folderOfPrograms = '/usr/lib/rabbitmq/bin';
const server = join(folderOfPrograms, 'rabbitmq-server');

/** RabbitMQ, one node. Its queues are what the workloads declare: classic (durable) or quorum. */
export const rabbitmq: Peer = {
  name: 'rabbitmq',
  title: 'RabbitMQ',
  settings: ['no plugins', 'vm_memory_high_watermark.relative = 0.6', 'disk_free_limit.absolute = 1GB'],
  durability: 'classic queue: confirms before it syncs; quorum queue: synced to disk before it confirms',

  missing() {
    return existsSync(server) ? undefined : 'RabbitMQ is not installed: apt-get install rabbitmq-server';
  },

  version() {
    const run = spawnSync('dpkg-query', ['-W', '-f', '$' + '{Version}', 'rabbitmq-server'], { encoding: 'utf8' });
    return run.status === 0 ? run.stdout.trim() : 'unknown';
  },

  async start(folder: string): Promise<RunningPeer> {
    const at = (name: string): string => join(folder, name);
    // Its data belongs to a node of that name: a second start keeps what the first one took.
    if (!existsSync(at('ports'))) writeFileSync(at('ports'), (await freePorts(3)).join(' '));
    const ports = readFileSync(at('ports'), 'utf8').split(' ').map(Number);
    const [port, distribution, mapper] = ports as [number, number, number];
    mkdirSync(at('log'), { recursive: true });
    const config = ['vm_memory_high_watermark.relative = 0.6', 'disk_free_limit.absolute = 1GB', ''];
    writeFileSync(at('rabbitmq.conf'), config.join('\n'));
    writeFileSync(at('enabled_plugins'), '[].\n');
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      // A name of its own, so that nothing of another node is found or disturbed.
      RABBITMQ_NODENAME: `naru-bench-${port}@localhost`,
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
    while (!(await listens(port))) {
      if (started.ended) throw new Error(`RabbitMQ did not start: ${started.output}`);
      await sleep(100);
    }
    const address = `127.0.0.1:${port}`;
    // The script waits for the machine that it has started, and so does stopping it.
    const pid = Number(readFileSync(at('pid'), 'utf8'));
    const stop = async (): Promise<void> => {
      // It may have been killed already.
      if (!started.ended && existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGTERM');
      await started.stop();
      // It refuses as long as it has not seen that its node is gone.
      const kill = (): boolean => spawnSync('epmd', ['-port', String(mapper), '-kill']).stdout.includes('Killed');
      for (let tries = 0; tries < 20 && !kill(); tries++) await sleep(50);
    };
    return { pid, address, amqp: address, stop };
  },
};
