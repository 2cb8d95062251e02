import { fileURLToPath } from 'node:url';
import { runProgram } from '../generators/generator.js';
import type { Effort, Sample, Scenario, Target } from '../scenario.js';

const program = fileURLToPath(new URL('./in-process-start.js', import.meta.url));

/** `startNaru({ memory: true })`, as tests have it: no process, no folder. */
export const inProcess: Scenario = {
  name: 'in-process',
  title: 'Naru inside a test’s process, in memory',
  peers: [],
  workloads: [
    {
      name: 'first one, then the median of twenty more',
      generator: '',
      variants: [],
      missing: () => undefined,
      lasts: () => 3,
      async measure(_target: Target, _effort: Effort): Promise<Sample> {
        return JSON.parse(await runProgram(process.execPath, [program])) as Sample;
      },
    },
  ],
};
