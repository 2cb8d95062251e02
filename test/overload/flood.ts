import { setTimeout as sleep } from 'node:timers/promises';
import { AmqpFlood } from './amqp-flood.js';
import { KafkaFlood } from './kafka-flood.js';
import { SqsFlood } from './sqs-flood.js';
import { WatchedBroker } from './watched-broker.js';

/** One front that is published to as fast as it takes it, and consumed from a tenth as fast. */
export interface FrontFlood {
  readonly name: string;
  /** Messages that were answered for. */
  readonly accepted: number;
  readonly consumed: number;
  begin(broker: WatchedBroker): Promise<void>;
  /** Publishes until told to stop; `consumed` stays below a tenth of `accepted`. */
  flood(broker: WatchedBroker): Promise<void>;
  /** Nobody publishes any more. */
  stop(): void;
  /** Consumes the rest at full speed; answers when as much was consumed as was accepted. */
  drain(broker: WatchedBroker): Promise<void>;
  /** One message goes in and comes out. */
  probe(broker: WatchedBroker): Promise<void>;
}

export const consumedShare = 0.1;
export const floodBodyBytes = 1024;

export interface FloodOutcome {
  readonly name: string;
  readonly acceptedPerSecond: number;
  readonly accepted: number;
  readonly consumedMeanwhile: number;
  readonly drainSeconds: number;
  readonly probeMs: number;
}

export interface FloodOutcomes {
  readonly seconds: number;
  readonly beforeMb: number;
  readonly peakMb: number;
  readonly afterMb: number;
  readonly tailMbMax: number;
  /** How much of the time publishers were made to wait. */
  readonly waitedShare: number;
  readonly fronts: readonly FloodOutcome[];
}

const sampleMs = 100;

/** Small limits, so that seconds are enough to reach all of them. */
export const floodOptions: readonly string[] = [
  ['tail-bytes-max', '2MiB'],
  ['journal-file-bytes', '1MiB'],
  ['journal-files-max', '3'],
  ['checkpoint-every-bytes', '1MiB'],
].flatMap(([name, value]) => [`--${name}`, value!]);

export async function flood(data: string, seconds: number): Promise<FloodOutcomes> {
  const broker = await WatchedBroker.begin(data, floodOptions);
  try {
    return await floodAll(broker, seconds);
  } finally {
    await broker.kill();
  }
}

async function floodAll(broker: WatchedBroker, seconds: number): Promise<FloodOutcomes> {
  const fronts: readonly FrontFlood[] = [new KafkaFlood(), new AmqpFlood(), new SqsFlood()];
  for (const front of fronts) await front.begin(broker);
  const beforeMb = broker.residentMb;
  const untilMs = performance.now() + seconds * 1000;
  let samples = 0;
  let waiting = 0;
  let tailBytesMax = 0;
  const floods = fronts.map((front) => front.flood(broker));
  while (performance.now() < untilMs) {
    void broker.residentMb;
    const metrics = await broker.metrics();
    samples++;
    waiting += metrics.get('naru_publishers_wait') ?? 0;
    tailBytesMax = Math.max(tailBytesMax, metrics.get('naru_tail_bytes') ?? 0);
    await sleep(sampleMs);
  }
  // Once told to stop they consume all there is.
  const meanwhile = fronts.map((front) => front.consumed);
  for (const front of fronts) front.stop();
  await Promise.all(floods);
  const flooded = fronts.map((front, index) => ({ accepted: front.accepted, consumed: meanwhile[index]! }));
  const outcomes = await Promise.all(
    fronts.map(async (front, index): Promise<FloodOutcome> => {
      const { accepted, consumed } = flooded[index]!;
      const drainStartedMs = performance.now();
      await front.drain(broker);
      const drainSeconds = (performance.now() - drainStartedMs) / 1000;
      if (front.consumed !== front.accepted) {
        throw new Error(`${front.name}: ${front.accepted} messages were accepted, ${front.consumed} came out`);
      }
      const probeStartedMs = performance.now();
      await front.probe(broker);
      const probeMs = performance.now() - probeStartedMs;
      const acceptedPerSecond = accepted / seconds;
      return { name: front.name, acceptedPerSecond, accepted, consumedMeanwhile: consumed, drainSeconds, probeMs };
    }),
  );
  const afterMb = broker.residentMb;
  const { peakMb } = broker;
  if (broker.complaints.length > 0) throw new Error(`the broker complains: ${JSON.stringify(broker.complaints[0])}`);
  return {
    seconds,
    beforeMb,
    peakMb,
    afterMb,
    tailMbMax: tailBytesMax / 2 ** 20,
    waitedShare: waiting / samples,
    fronts: outcomes,
  };
}
