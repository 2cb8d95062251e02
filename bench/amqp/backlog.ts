import { setTimeout as sleep } from 'node:timers/promises';
import { missingRawLoad, runRawLoad } from '../generators/generator.js';
import { forgetPeak, peakResidentMb, residentMb } from '../process.js';
import type { Effort, Sample, Scenario, Target, Workload } from '../scenario.js';
import { amqpAddress, type QueueKind } from './workload.js';

const size = 1024;
/** What a queue of a peer gets through in the same time. */
const messages: Readonly<Record<string, number>> = { naru: 10_000_000, rabbitmq: 300_000 };

function messagesFor(peer: string, quick: boolean): number {
  return (messages[peer] ?? 1_000_000) / (quick ? 50 : 1);
}

/** Published and confirmed, killed, started, drained. */
function backlog(type: QueueKind): Workload {
  return {
    name: `1 KB, ${type} queue`,
    generator: 'raw, window 2000, prefetch 1000',
    variants: [],
    missing: missingRawLoad,
    // What either name means to Naru is the same.
    suits: ({ name }) => name !== 'naru' || type === 'quorum',
    lasts: ({ quick }, { name }) => (name === 'naru' ? 120 : type === 'quorum' ? 60 : 40) / (quick ? 20 : 1),
    async measure(target: Target, { quick }: Effort): Promise<Sample> {
      const count = messagesFor(target.peer.name, quick);
      const load = { prefix: target.topic, type, size, count };
      const { pid } = target.running;
      forgetPeak(pid);
      const filled = await runRawLoad('amqp', 'publish', { ...load, address: amqpAddress(target), pid });
      const filledMb = residentMb(pid);
      let peakMb = peakResidentMb(pid);
      // RabbitMQ may have forgotten a quorum queue that was declared a few seconds before it was killed.
      if (target.peer.name === 'rabbitmq') await sleep(6000);
      await target.kill();
      const recoverMs = await target.start();
      const again = target.running.pid;
      const recoveredMb = residentMb(again);
      forgetPeak(again);
      const drained = await runRawLoad('amqp', 'drain', { ...load, address: amqpAddress(target), pid: again });
      peakMb = Math.max(peakMb, peakResidentMb(again));
      return {
        rate: filled.messages / filled.seconds,
        drainRate: drained.messages / drained.seconds,
        cpuPerMillion: ((filled.brokerCpu + drained.brokerCpu) / count) * 1e6,
        recoverMs,
        recoveredMb,
        idleMb: filledMb,
        peakMb,
      };
    },
  };
}

export const amqpBacklog: Scenario = {
  name: 'amqp-backlog',
  title: 'AMQP: ten million messages waiting in Naru, 300,000 in RabbitMQ',
  peers: ['rabbitmq'],
  roundsMax: 1,
  workloads: [backlog('quorum'), backlog('classic')],
};
