import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cachePath, fillOnce, runs } from '../../test/interop/toolchain.js';
import { freePorts, listens, type Peer, PeerProcess, type RunningPeer } from './peer.js';

/** Debian's is 2.9, which cannot be told to sync before it confirms: this one is built by Go, once. */
const version = '2.14.9';
const folderOfProgram = cachePath(`nats-server-${version}`);
const program = join(folderOfProgram, 'nats-server');

function build(): void {
  fillOnce(folderOfProgram, (half) => {
    const module = `github.com/nats-io/nats-server/v2@v${version}`;
    const env = { ...process.env, GOBIN: half };
    const run = spawnSync('go', ['install', '-trimpath', module], { encoding: 'utf8', env });
    if (run.status !== 0) throw new Error(`${module} was not built: ${run.stderr}`);
  });
}

/** NATS with JetStream on files; `always` has each message synced before its publisher is answered. */
function natsThatSyncs(syncInterval: '2m' | 'always'): Peer {
  const synced = syncInterval === 'always';
  return {
    name: 'nats',
    title: synced ? 'NATS, sync_interval=always' : 'NATS',
    settings: ['JetStream, file storage, workqueue streams', ...(synced ? ['sync_interval: always'] : [])],
    durability: synced
      ? 'synced to disk, each message by itself'
      : 'handed to the operating system, which is made to sync every two minutes (the default)',

    missing() {
      if (existsSync(program) || runs('go', ['version'])) return undefined;
      return 'Go is not installed, and it builds NATS: apt-get install golang-go';
    },

    version() {
      return version;
    },

    async start(folder: string): Promise<RunningPeer> {
      build();
      const [port] = (await freePorts(1)) as [number];
      const config = join(folder, 'nats.conf');
      const sync = synced ? ', sync_interval: always' : '';
      const lines = [`listen: 127.0.0.1:${port}`, `jetstream { store_dir: "${join(folder, 'data')}"${sync} }`, ''];
      writeFileSync(config, lines.join('\n'));
      const started = new PeerProcess(program, ['-c', config], { PATH: process.env['PATH'] }, folder);
      // It listens when its streams are recovered.
      while (!(await listens(port))) {
        if (started.ended) throw new Error(`NATS did not start: ${started.output}`);
        await sleep(5);
      }
      return { pid: started.pid, address: `127.0.0.1:${port}`, stop: () => started.stop() };
    },
  };
}

export const nats: Peer = natsThatSyncs('2m');
export const natsSynced: Peer = natsThatSyncs('always');
