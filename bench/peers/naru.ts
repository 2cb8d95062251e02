import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Peer, PeerProcess, type RunningPeer } from './peer.js';

const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const manifest = new URL('../../../package.json', import.meta.url);

/** Options of Node's own for Naru's process, such as `--cpu-prof`. */
const nodeOptions = (process.env['NARU_BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== '');

function naruWith(name: string, title: string, options: readonly string[]): Peer {
  return {
    name,
    title,
    settings: options,
    durability:
      'acks=all and confirms of persistent messages: synced to disk (group commit); acks=1: handed to the operating system',

    missing() {
      return undefined;
    },

    version() {
      return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
    },

    async start(folder: string): Promise<RunningPeer> {
      const args = ['start', '--data', join(folder, 'data'), '--log-format', 'json', '--log-level', 'info', ...options];
      const ports = ['kafka', 'amqp', 'sqs', 'http'].map((front) => `--${front}-port=0`);
      // Its own environment is the program's configuration.
      const env = { PATH: process.env['PATH'] };
      const started = new PeerProcess(process.execPath, [...nodeOptions, program, ...args, ...ports], env, folder);
      while (!started.output.includes('naru ready') && !started.ended) {
        await Promise.race([once(started.child.stdout!, 'data'), once(started.child, 'exit')]);
      }
      const line = started.output.split('\n').find((each) => each.includes('"naru ready"'));
      if (line === undefined) throw new Error(`Naru did not start: ${started.output}`);
      const { kafka, amqp, sqs } = JSON.parse(line) as { kafka: string; amqp: string; sqs: string };
      const read = /"journalBytes":(\d+)/.exec(started.output);
      return {
        pid: started.pid,
        address: kafka,
        amqp: amqp.replace('amqp://', ''),
        sqs: sqs.replace('http://', ''),
        ...(read === null ? {} : { recoveredMb: Number(read[1]) / 1e6 }),
        stop: () => started.stop(),
      };
    },
  };
}

export const naru: Peer = naruWith('naru', 'Naru', []);

/** As bad as it can be: all that was written since the start is in the journal and has to be read again. */
export const naruUnchecked: Peer = naruWith('naru-unchecked', 'Naru, 100 queues, without checkpoints', [
  ...['--checkpoint-every-bytes', '4GiB', '--checkpoint-every-ms', '1h'],
]);
