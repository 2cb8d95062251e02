import { setTimeout as sleep } from 'node:timers/promises';
import { amqpAddress } from '../amqp/workload.js';
import { missingRawLoad, runRaw, runRawLoad } from '../generators/generator.js';
import { allLed, makeTopics } from '../kafka/topics.js';
import type { Peer } from '../peers/peer.js';
import { cpuSeconds, residentMb } from '../process.js';
import type { Effort, Sample, Scenario, Target, Workload } from '../scenario.js';

const size = 1024;

const empty: Workload = {
  name: 'nothing in it, left alone',
  generator: '',
  variants: [],
  missing: () => undefined,
  suits: ({ title }) => !title.includes(','),
  lasts: ({ quick }) => (quick ? 4 : 12),
  async measure(target: Target, { quick }: Effort): Promise<Sample> {
    // What it sets up at its very first start is done.
    await target.stop();
    const startMs = await target.start();
    const { pid } = target.running;
    const seconds = quick ? 2 : 10;
    const before = cpuSeconds(pid);
    await sleep(seconds * 1000);
    const idleCpu = ((cpuSeconds(pid) - before) / seconds) * 100;
    return { startMs, idleMb: residentMb(pid), idleCpu };
  },
};

/** Messages that nobody consumes, published with confirmations by the peer's own protocol. */
async function fill(target: Target, count: number): Promise<void> {
  const { topic, peer, running } = target;
  // Small runs are written in more blocks: half as many make a gigabyte of journal.
  const unchecked = peer.name === 'naru-unchecked';
  const load = { prefix: topic, size, count: unchecked ? count / 2 : count };
  if (peer.name === 'nats')
    await runRawLoad('nats', 'publish', { ...load, retention: 'limits', address: running.address });
  else if (peer.name === 'redis') await runRawLoad('redis', 'publish', { ...load, trim: 0, address: running.address });
  else if (peer.name === 'kafka') {
    await makeTopics(running.address, [topic], 1);
    await runRaw('produce', { brokers: running.address, topic, acks: 'all', size, connections: 2, count });
  } else {
    // Over many queues runs are small, and stay in the journal instead of going straight to a segment.
    const queues = unchecked ? 100 : 1;
    await runRawLoad('amqp', 'publish', { ...load, queues, type: 'quorum', address: amqpAddress(target) });
  }
}

const killed: Workload = {
  name: 'killed after a million messages of 1 KB',
  generator: '',
  variants: [],
  missing: missingRawLoad,
  // What keeps nothing has nothing to recover; a sync for each message would take minutes to fill it.
  suits: ({ name, title }: Peer) => name !== 'elasticmq' && title !== 'NATS, sync_interval=always',
  lasts: ({ quick }, { name }) => (name === 'rabbitmq' ? 90 : name === 'kafka' ? 25 : 20) / (quick ? 5 : 1),
  async measure(target: Target, { quick }: Effort): Promise<Sample> {
    await fill(target, quick ? 100_000 : 1_000_000);
    await target.kill();
    const began = performance.now();
    await target.start();
    // Kafka serves some of it before all of it.
    if (target.peer.name === 'kafka') await allLed(target.running.address, 1);
    const recoverMs = performance.now() - began;
    const { pid, recoveredMb: journalMb } = target.running;
    return { recoverMs, recoveredMb: residentMb(pid), ...(journalMb === undefined ? {} : { journalMb }) };
  },
};

/** What a broker costs that is there and does nothing, and how soon it is there again. */
export const startAndIdle: Scenario = {
  name: 'start-and-idle',
  title: 'Start, memory of a broker that nobody uses, start after kill -9',
  peers: ['naru-unchecked', 'rabbitmq', 'kafka', 'nats', 'redis', 'elasticmq'],
  together: true,
  roundsMax: 1,
  workloads: [empty, killed],
};
