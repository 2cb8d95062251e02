import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, residentMb } from '../process.js';
import type { Effort, Sample, Scenario, Target } from '../scenario.js';
import { allLed, makeTopics } from './topics.js';

const topics = 1000;
const partitions = 8;
const topicsAtOnce = 50;

/** From the start of the process to a Metadata answer in which every partition has its leader. */
async function started(target: Target, expected: number): Promise<number> {
  const began = performance.now();
  await target.start();
  await allLed(target.running.address, expected);
  return performance.now() - began;
}

export const kafkaManyTopics: Scenario = {
  name: 'kafka-many-topics',
  title: `Kafka: ${topics.toLocaleString('en-US')} topics of ${partitions} partitions`,
  peers: ['kafka'],
  roundsMax: 1,
  workloads: [
    {
      name: 'made, started again, left alone',
      generator: 'Metadata requests',
      variants: [],
      missing: () => undefined,
      lasts: ({ quick }, { name }) => (name === 'kafka' ? 45 : 10) + (quick ? 5 : 20),
      async measure(target: Target, { quick }: Effort): Promise<Sample> {
        await target.stop();
        const emptyStartMs = await started(target, 0);
        const began = performance.now();
        for (let done = 0; done < topics; done += topicsAtOnce) {
          const names = Array.from({ length: topicsAtOnce }, (_, index) => `${target.topic}-${done + index}`);
          await makeTopics(target.running.address, names, partitions);
        }
        const createMs = performance.now() - began;
        await target.stop();
        const startMs = await started(target, topics * partitions);
        const { pid } = target.running;
        const seconds = quick ? 5 : 20;
        const before = cpuSeconds(pid);
        await sleep(seconds * 1000);
        const idleCpu = ((cpuSeconds(pid) - before) / seconds) * 100;
        return { emptyStartMs, createMs, startMs, idleMb: residentMb(pid), idleCpu };
      },
    },
  ],
};
