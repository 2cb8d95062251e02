import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FrontName, frontNames, type Outcome, Torture } from './torture.js';

/**
 * `npm run torture -- --kills 100 [--seed S] [--fronts kafka,amqp,sqs] [--keep]`: kills a broker that works again and again, and checks after
 * each start that nothing it had promised is gone. The data directory of a run with a violation is kept.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'load-ms': { type: 'string', default: '800' },
    fronts: { type: 'string', default: frontNames.join(',') },
    keep: { type: 'boolean', default: false },
  },
});

const violationsPrinted = 50;

function printed(outcome: Outcome): string {
  const sorted = [...outcome.startMs].sort((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lines: (readonly [what: string, value: string])[] = [
    ['kills', `${outcome.kills}, of which ${outcome.killsWhileStarting} while it started`],
    ['pauses', String(outcome.pauses)],
    ...outcome.told.map(({ front, what, value }): [string, string] => [`${front}: ${what}`, value]),
    ['journal read back', `${(outcome.journalBytes / 1e6).toFixed(0)} MB`],
    [
      'starts after a kill',
      `${sorted.length}: median ${median.toFixed(0)} ms, worst ${(sorted.at(-1) ?? 0).toFixed(0)} ms`,
    ],
    ['broken promises', String(outcome.violationCount)],
  ];
  return lines.map(([what, value]) => `${what.padEnd(36)} ${value}`).join('\n');
}

const fronts = values.fronts.split(',').map((name) => {
  const front = frontNames.find((known) => known === name);
  if (front === undefined) throw new Error(`--fronts: there is no ${name}, but ${frontNames.join(', ')}`);
  return front satisfies FrontName;
});
const data = await mkdtemp(join(process.env['NARU_BENCH_DIR'] ?? tmpdir(), 'naru-torture-'));
const seed = Number(values.seed);
console.log(`seed ${seed}, data in ${data}`);
const settings = { data, seed, fronts, kills: Number(values.kills), loadMs: Number(values['load-ms']) };
const torture = new Torture({ ...settings, startMsMax: 10_000, pauseShare: 0.15, report: (line) => console.log(line) });
const outcome = await torture.run().finally(() => torture.close());
console.log(printed(outcome));
for (const violation of outcome.violations.slice(0, violationsPrinted)) console.error(violation);
if (outcome.violationCount > 0) {
  console.error(`the data directory is kept: ${data}; the same seed gives the same load, not the same moments`);
  process.exit(1);
}
if (!values.keep) await rm(data, { recursive: true, force: true });
