import { runRawGroup, sampleOf } from '../generators/generator.js';
import { forgetPeak, peakResidentMb } from '../process.js';
import type { Effort, Sample, Scenario, Target } from '../scenario.js';
import { warmUp } from './produce.js';
import { makeTopics, removeTopics } from './topics.js';

const groups = 500;
const members = 2;
const heartbeat = 3000;

/** All groups at once: joined, then each member commits one offset after the other, then only beats. */
export const kafkaManyGroups: Scenario = {
  name: 'kafka-many-groups',
  title: `Kafka: ${groups} groups of ${members} members`,
  peers: ['kafka'],
  roundsMax: 1,
  workloads: [
    {
      name: `joined, commits, then a heartbeat every ${heartbeat / 1000} s`,
      generator: 'raw',
      variants: [],
      missing: () => undefined,
      lasts: ({ seconds }) => seconds + 15,
      async measure({ running, topic }: Target, { quick, seconds }: Effort): Promise<Sample> {
        const { address: brokers, pid } = running;
        await makeTopics(brokers, [topic], 1);
        // The first group of a broker also makes it set its offsets topic up.
        await runRawGroup({ brokers, group: `${topic}-before`, members: 2, heartbeat: 200 });
        forgetPeak(pid);
        const load = { brokers, pid, topic, group: topic, members, heartbeat, seconds };
        const outcome = await runRawGroup({ ...load, groups: quick ? groups / 5 : groups });
        const peakMb = peakResidentMb(pid);
        await removeTopics(brokers, [topic]);
        const { rate, ...rest } = sampleOf(outcome) as Record<string, number>;
        return { coldMs: outcome.coldMs!, commitRate: rate!, ...rest, peakMb };
      },
    },
  ],
  warmUp,
};
