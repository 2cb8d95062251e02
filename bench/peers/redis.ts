import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, type Peer, PeerProcess, type RunningPeer } from './peer.js';

const program = '/usr/bin/redis-server';

/** Redis with its append-only file. It also says how often that is synced: `always`, or its default `everysec`. */
function redisThatSyncs(appendfsync: 'everysec' | 'always'): Peer {
  const settings = { appendonly: 'yes', appendfsync, save: '' };
  return {
    name: 'redis',
    title: appendfsync === 'always' ? 'Redis, appendfsync=always' : 'Redis',
    settings: Object.entries(settings).map(([key, value]) => `${key} ${value === '' ? '""' : value}`),
    durability:
      appendfsync === 'always'
        ? 'synced to disk, once for the commands of one turn'
        : 'in memory and handed to the operating system, which is made to sync once a second',

    missing() {
      return existsSync(program)
        ? undefined
        : 'Redis is not installed: apt-get install -y --no-install-recommends redis-server';
    },

    version() {
      const run = spawnSync(program, ['--version'], { encoding: 'utf8' });
      return /v=(\S+)/.exec(run.stdout)?.[1] ?? 'unknown';
    },

    async start(folder: string): Promise<RunningPeer> {
      const [port] = (await freePorts(1)) as [number];
      const data = join(folder, 'data');
      mkdirSync(data, { recursive: true });
      const args = Object.entries({ port: String(port), bind: '127.0.0.1', dir: data, ...settings });
      const flags = args.flatMap(([key, value]) => [`--${key}`, value]);
      const started = new PeerProcess(program, flags, { PATH: process.env['PATH'] }, folder);
      // While it reads its file it answers that it is LOADING.
      while (!(await pong(port))) {
        if (started.ended) throw new Error(`Redis did not start: ${started.output}`);
        await sleep(5);
      }
      return { pid: started.pid, address: `127.0.0.1:${port}`, stop: () => started.stop() };
    },
  };
}

async function pong(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  try {
    socket.write('PING\r\n');
    const [chunk] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [Buffer | boolean];
    return String(chunk).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export const redis: Peer = redisThatSyncs('everysec');
export const redisSynced: Peer = redisThatSyncs('always');
