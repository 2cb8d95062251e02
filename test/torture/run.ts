import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keep } from './figures.js';
import { SmallDisk } from './small-disk.js';
import { SteppedClock } from './stepped-clock.js';
import { type FrontName, frontNames, type Outcome, Torture } from './torture.js';

const usualLoadMs = '800';

/**
 * `npm run torture -- --kills 100 [--seed S] [--fronts kafka,amqp,sqs] [--clock-steps] [--full-disk] [--figures]
 * [--keep]`: kills a broker that works again and again, and checks after each start that nothing it had promised is gone.
 * The data directory of a run with a violation is kept. `--clock-steps`: its wall clock is stepped meanwhile; `--full-disk`: it
 * lies on a disk of its own that is filled meanwhile (needs the right to mount one). `--figures`: for docs/reliability.md.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'load-ms': { type: 'string', default: usualLoadMs },
    'start-ms-max': { type: 'string', default: '10000' },
    fronts: { type: 'string', default: frontNames.join(',') },
    'clock-steps': { type: 'boolean', default: false },
    'full-disk': { type: 'boolean', default: false },
    figures: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

const violationsPrinted = 50;
const diskMegabytes = 1024;

/** What was done, and what was asked for where that is more. */
function killsOf({ kills: done, killsWhileStarting }: Outcome): string {
  return `${done < kills ? `${done} of ${kills}` : done}, of which ${killsWhileStarting} while it started`;
}

function rowsOf(outcome: Outcome): (readonly [what: string, value: string])[] {
  const sorted = [...outcome.startMs].sort((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return [
    ['kills', killsOf(outcome)],
    ['pauses', String(outcome.pauses)],
    ...(clock === undefined ? [] : [['steps of the clock', String(clock.steps)] as const]),
    ...(disk === undefined ? [] : [['times the disk was full', String(disk.fills)] as const]),
    ...outcome.told.map(({ front, what, value }) => [`${front}: ${what}`, value] as const),
    ['journal read back', `${(outcome.journalBytes / 1e6).toFixed(0)} MB`],
    [
      'starts after a kill',
      `${sorted.length}: median ${median.toFixed(0)} ms, worst ${(sorted.at(-1) ?? 0).toFixed(0)} ms`,
    ],
    ['broken promises', String(outcome.violationCount)],
  ];
}

const fronts = values.fronts.split(',').map((name) => {
  const front = frontNames.find((known) => known === name);
  if (front === undefined) throw new Error(`--fronts: there is no ${name}, but ${frontNames.join(', ')}`);
  return front satisfies FrontName;
});
const folder = await mkdtemp(join(process.env['NARU_BENCH_DIR'] ?? tmpdir(), 'naru-torture-'));
const disk = values['full-disk'] ? SmallDisk.mount(join(folder, 'disk'), diskMegabytes) : undefined;
const clock = values['clock-steps'] ? SteppedClock.in(folder) : undefined;
const data = join(disk?.folder ?? folder, 'data');
const seed = Number(values.seed);
const kills = Number(values.kills);
console.log(`seed ${seed}, data in ${data}`);
const settings = {
  data,
  seed,
  fronts,
  kills,
  loadMs: Number(values['load-ms']),
  ...(clock === undefined ? {} : { clock }),
  ...(disk === undefined ? {} : { disk }),
};
const startMsMax = Number(values['start-ms-max']);
const torture = new Torture({ ...settings, startMsMax, pauseShare: 0.15, report: (line) => console.log(line) });
const outcome = await torture.run().finally(() => torture.close());
const rows = rowsOf(outcome);
for (const [what, value] of rows) console.log(`${what.padEnd(36)} ${value}`);
for (const violation of outcome.violations.slice(0, violationsPrinted)) console.error(violation);
if (outcome.violationCount > 0) {
  console.error(`the data directory is kept: ${data}; the same seed gives the same load, not the same moments`);
  process.exit(1);
}
if (values.figures) {
  const flags = (['clock-steps', 'full-disk'] as const).filter((name) => values[name]);
  const name = ['torture', ...flags].join('-');
  const load = values['load-ms'] === usualLoadMs ? '' : ` --load-ms ${values['load-ms']}`;
  const command = `npm run torture -- --kills ${kills} --seed ${seed}${load}${flags.map((flag) => ` --${flag}`).join('')}`;
  keep({ name, command, columns: ['', ''], rows, notes: [] });
}
if (!values.keep) {
  disk?.unmount();
  await rm(folder, { recursive: true, force: true });
}
