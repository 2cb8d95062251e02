import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { grouped, keep } from '../torture/figures.js';
import { attackPorts } from './ports.js';
import { newTally, randomOf, tryCuts, tryMutations } from './target.js';
import { allTargets } from './targets.js';

/**
 * `npm run fuzz -- --seconds 60 [--seed S] [--keep]`: half of the time every decoder is given damaged input, the other half
 * every port of a running broker is, while a well-behaved client on each front goes on. Ends with the first fault.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
/** Inputs for one decoder before it is the next one's turn. */
const turnCount = 200;
console.log(`seed ${seed}`);

const random = randomOf(seed);
const targets = await allTargets();
const tally = newTally();
const before = process.memoryUsage();
for (const target of targets) if (!target.name.startsWith('a storage')) await tryCuts(target, tally);
const untilMs = performance.now() + seconds * 500;
let at = 0;
while (performance.now() < untilMs) {
  const target = targets[at++ % targets.length]!;
  await tryMutations(target, random, target.name.startsWith('a storage') ? 5 : turnCount, tally);
}
const { heapUsed, arrayBuffers } = process.memoryUsage();
const grownMb = (heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers) / 1e6;
console.log(`${targets.length} decoders: ${tally.taken} inputs taken, ${tally.refused} refused, none failed`);

const folder = await mkdtemp(join(process.env['NARU_BENCH_DIR'] ?? tmpdir(), 'naru-fuzz-'));
const outcome = await attackPorts(join(folder, 'data'), seconds / 2, seed).finally(() =>
  rm(folder, { recursive: true, force: true }),
);
const { attacks, rounds, worstMs, beforeMb, peakMb, sharedSeen } = outcome;
const rows: readonly (readonly [string, string])[] = [
  ['decoders, in all versions of what they read', grouped(targets.length)],
  ['inputs that they took, refused', `${grouped(tally.taken)}, ${grouped(tally.refused)}`],
  ['the slowest of them', `${grouped(tally.slowestMs)} ms`],
  ['memory more after all of them', `${grouped(Math.max(0, grownMb))} MB`],
  [
    'hostile connections: Kafka, AMQP, SQS, HTTP',
    Object.values(attacks)
      .map((count) => grouped(count))
      .join(', '),
  ],
  ['rounds of the well-behaved clients meanwhile', grouped(rounds)],
  ['the longest that one of them waited', `${grouped(worstMs)} ms`],
  ['records of others read over AMQP', grouped(sharedSeen)],
  ['RSS before, at most', `${grouped(beforeMb)} MB, ${grouped(peakMb)} MB`],
  ['crashes, faults, connections left', '0, 0, 0'],
];
for (const [what, value] of rows) console.log(`${what.padEnd(48)} ${value}`);
if (values.keep) {
  keep({
    name: 'fuzz',
    command: `npm run fuzz -- --seconds ${seconds} --seed ${seed}`,
    columns: ['', ''],
    rows,
    notes: [],
  });
}
