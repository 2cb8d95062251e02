import { parseArgs } from 'node:util';
import { systemClock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { describeFailure } from './failure.js';
import { runHistory } from './history.js';
import { addCounts, type Counts, noCounts } from './trace.js';

function summary(counts: Counts, tookMs: number): string {
  const of = (key: keyof Counts, what: string): string => `${counts[key]} ${what}`;
  return [
    of('histories', 'histories'),
    of('processCrashes', 'kills'),
    of('powerCuts', 'power cuts'),
    of('crashesInRecovery', 'of these during recovery'),
    of('cleanStarts', 'clean restarts'),
    of('bundles', 'bundles'),
    of('stretches', 'stretches'),
    of('undone', 'of these undone'),
    of('records', 'records'),
    of('directRuns', 'direct runs'),
    of('promisesWritten', 'promises written'),
    of('promisesDurable', 'durable'),
    of('acquired', 'acquired'),
    of('acked', 'acked'),
    of('reads', 'reads'),
    of('trims', 'trims'),
    of('checkpoints', 'checkpoints'),
    of('compactions', 'compactions'),
    of('faults', 'faults injected'),
    `${(tookMs / 1000).toFixed(1)} s`,
  ].join(', ');
}

interface Wanted {
  readonly seeds: Iterator<number>;
  readonly untilMs: number;
  readonly verbose: boolean;
}

function wanted(args: string[]): Wanted {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      from: { type: 'string' },
      count: { type: 'string' },
      fresh: { type: 'string' },
      minutes: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes);
  const untilMs = systemClock.monotonic() + minutes * 60_000;
  const verbose = values.verbose;
  if (values.seed !== undefined) return { seeds: inOrder(Number(values.seed), 1), untilMs, verbose: true };
  if (values.fresh !== undefined || (values.from === undefined && values.minutes !== undefined)) {
    return { seeds: atRandom(Number(values.fresh ?? Number.POSITIVE_INFINITY)), untilMs, verbose };
  }
  return { seeds: inOrder(Number(values.from ?? 1), Number(values.count ?? 1000)), untilMs, verbose };
}

function* inOrder(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed++) yield seed;
}

function* atRandom(count: number): Generator<number> {
  for (let done = 0; done < count; done++) yield systemRandom.below(2 ** 31);
}

async function main(): Promise<void> {
  const { seeds, untilMs, verbose } = wanted(process.argv.slice(2));
  const counts = noCounts();
  const startedMs = systemClock.monotonic();
  let failed = false;
  for (let next = seeds.next(); !next.done && !failed && systemClock.monotonic() < untilMs; next = seeds.next()) {
    const outcome = await runHistory(next.value);
    addCounts(counts, outcome.trace.counts);
    if (outcome.failure !== null) {
      failed = true;
      console.error(describeFailure(outcome));
    } else if (verbose) {
      for (const line of outcome.trace.lines) console.log(line);
    }
  }
  console.log(summary(counts, systemClock.monotonic() - startedMs));
  process.exit(failed ? 1 : 0);
}

await main();
