import { amqpAddress, withoutRate } from '../amqp/workload.js';
import {
  type Arguments,
  missingRawLoad,
  type RawProtocol,
  runAgainstSink,
  runRawLoad,
  sampleOf,
} from '../generators/generator.js';
import type { Peer } from '../peers/peer.js';
import { forgetPeak, peakResidentMb } from '../process.js';
import { type Effort, moreWarmupAtRate, type Sample, type Scenario, type Target, type Workload } from '../scenario.js';

/**
 * The same work for brokers of different protocols, each over its own: published with a confirmation, consumed, acked. The
 * generators are alike (load.h), the protocols are not; what is compared is what a user gets who chooses between them.
 */
function protocolOf(peer: Peer): RawProtocol {
  return peer.name === 'nats' || peer.name === 'redis' ? peer.name : 'amqp';
}

function workload(name: string, shape: Arguments, shown: (sample: Sample) => Sample = (sample) => sample): Workload {
  return {
    name,
    generator: 'raw, each its own protocol',
    variants: [],
    missing: missingRawLoad,
    async measure(target: Target, { warmupSeconds, seconds }: Effort): Promise<Sample> {
      const warmup = shape['rate'] === undefined ? warmupSeconds : warmupSeconds + moreWarmupAtRate;
      const protocol = protocolOf(target.peer);
      const { pid } = target.running;
      const address = protocol === 'amqp' ? amqpAddress(target) : target.running.address;
      forgetPeak(pid);
      const load = { address, pid, prefix: target.topic, warmup, seconds, ...shape };
      const outcome = await runRawLoad(protocol, 'e2e', load);
      return shown({ ...sampleOf(outcome), peakMb: peakResidentMb(pid) });
    },
    // The slowest of the three is the one whose limit is nearest.
    ...(shape['rate'] !== undefined
      ? {}
      : {
          async sink({ warmupSeconds: warmup, seconds }: Effort): Promise<Sample> {
            const rates: number[] = [];
            for (const protocol of ['amqp', 'nats', 'redis'] as const) {
              const load = { warmup, seconds: Math.min(seconds, 2), ...shape };
              rates.push(sampleOf(await runAgainstSink(protocol, 'e2e', load))['rate'] ?? 0);
            }
            return { rate: Math.min(...rates) };
          },
        }),
  };
}

const rate = 10_000;

export const ownProtocol: Scenario = {
  name: 'own-protocol',
  title: 'Naru over AMQP, NATS JetStream and Redis streams over their own protocols',
  peers: ['nats', 'redis'],
  together: true,
  workloads: [
    workload('100 B', { size: 100 }),
    workload('1 KB', { size: 1024 }),
    workload(`100 B, ${rate.toLocaleString('en-US')} messages/s`, { size: 100, rate }, withoutRate),
  ],
};
