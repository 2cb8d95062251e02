import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { Comparison, tell } from './comparison.js';
import { Filler } from './page-cache.js';
import { keep, kept, type Result } from './results.js';
import { fullEffort, quickEffort, type Scenario } from './scenario.js';
import { scenarios } from './scenarios.js';
import { asText, tableOf } from './table.js';

/**
 * Naru and its peers in turn, A B A B, each on an empty folder, the same generators against both:
 *
 *   compare.js SCENARIO[,SCENARIO…]|all [--peer NAME|none] [--quick] [--only TEXT] [--rounds N] [--seconds N]
 *              [--folder DIR] [--keep] [--resume] [--filled] [--estimate]
 *
 * A run that is not quick fills the page cache before each workload; a quick one does so with --filled. With --resume,
 * scenarios that a full run was kept of in the last twelve hours are passed over; --estimate only tells how long it takes.
 */
const fresh = 12 * 3_600_000;

function show(result: Result): void {
  console.log(`\n${result.title}, ${result.date}${result.quick ? ' (quick: not for keeping)' : ''}`);
  const { cpu, cores, memoryGb, system, node, commit } = result.machine;
  console.log(
    `${cores} × ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, commit ${commit}, load ${result.loadBefore}`,
  );
  for (const { title, version, settings, durability } of result.contenders) {
    console.log(`${title} ${version}: ${settings.length === 0 ? 'defaults' : settings.join(' ')}`);
    console.log(`  durability: ${durability}`);
  }
  for (const line of result.missing) console.log(`not measured: ${line}`);
  console.log(`\n${asText(tableOf(result))}`);
  console.log(`\nMedians of ${result.rounds}. In parentheses: Naru's number divided by the peer's.`);
}

/** Whether a full run was kept of it not long ago. */
function isKept({ name }: Scenario): boolean {
  const result = kept().find(({ scenario }) => scenario === name);
  return result?.finished !== undefined && !result.quick && Date.now() - Date.parse(result.finished) < fresh;
}

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} min`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    filled: { type: 'boolean', default: false },
    estimate: { type: 'boolean', default: false },
  },
});
if (values.keep && (values.only !== '' || values.peer !== undefined)) {
  tell('what is kept is a whole scenario: --keep goes neither with --only nor with --peer');
  process.exit(2);
}
const names = positionals[0]?.split(',') ?? [];
const wanted = scenarios.filter((each) => {
  if (!names.includes('all') && !names.includes(each.name)) return false;
  const passedOver = values.resume && isKept(each);
  if (passedOver) tell(`${each.name}: kept already`);
  return !passedOver;
});
const base = values.quick ? quickEffort : fullEffort;
const effort = {
  ...base,
  ...(values.rounds === undefined ? {} : { rounds: Number(values.rounds) }),
  ...(values.seconds === undefined ? {} : { seconds: Number(values.seconds) }),
};
const folder = values.folder ?? process.env['NARU_BENCH_DIR'] ?? tmpdir();
// The brokers and generators go with it: their modules see to that at the exit, which a signal alone does not come to.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
mkdirSync(folder, { recursive: true });
const filler = (effort.quick && !values.filled) || values.estimate ? null : new Filler(folder);
process.once('exit', () => filler?.remove());
const wishes = { peer: values.peer, effort, only: values.only, folder, filler };
let total = 0;
for (const scenario of wanted) {
  const seconds = new Comparison(scenario, wishes).estimate();
  total += seconds;
  tell(`${scenario.name}: about ${minutes(seconds)}`);
}
if (wanted.length > 1) tell(`in all: about ${minutes(total)}`);
for (const scenario of values.estimate ? [] : wanted) {
  try {
    const result = await new Comparison(scenario, wishes).run();
    show(result);
    tell(`took ${minutes(result.tookSeconds ?? 0)}`);
    if (values.keep) tell(`kept in ${keep(result)}`);
  } catch (error) {
    // The next one may do better.
    tell(`${scenario.name}: ${error instanceof Error ? error.stack : error}`);
    process.exitCode = 1;
  }
}
