import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFailure } from './failure.js';
import { type Outcome, runHistory } from './history.js';
import { addCounts, noCounts, Violation } from './trace.js';
import type { Breakage } from './watched-storage.js';

const seeds = 300;

test(`${seeds} histories of publishing, consuming, faults and crashes keep every promise`, async () => {
  const counts = noCounts();
  for (let seed = 1; seed <= seeds; seed++) {
    const outcome = await runHistory(seed);
    assert.equal(outcome.failure, null, outcome.failure === null ? '' : describeFailure(outcome));
    addCounts(counts, outcome.trace.counts);
  }
  // A world in which nothing happens would keep every promise too.
  assert.equal(counts.histories, seeds);
  for (const [what, count] of Object.entries(counts)) assert.ok(count >= 30, `${what}: ${count}`);
});

test('one seed makes one history, line for line', async () => {
  for (const seed of [3, 17, 40, 91]) {
    const first = await runHistory(seed);
    const again = await runHistory(seed);
    assert.deepEqual(again.trace.lines, first.trace.lines);
    assert.equal(again.trace.fingerprint, first.trace.fingerprint);
  }
});

/** How each of some histories ends when something is wrong on purpose. */
async function failures(breakage: Breakage, count: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let seed = 1; seed <= count; seed++) {
    const outcome: Outcome = await runHistory(seed, breakage);
    if (outcome.failure === null) continue;
    const what = outcome.failure instanceof Violation ? outcome.failure.invariant : outcome.failure.name;
    found.set(what, (found.get(what) ?? 0) + 1);
  }
  return found;
}

const histories = 60;
const wrongs: readonly [Breakage, string, readonly string[]][] = [
  // Mostly the broker notices by itself, as a checkpoint knows of more than the journal has.
  ['lying-disk', 'a disk that says it has synced and has not', ['nothing goes wrong by itself']],
  ['early-durable', 'an answer before the sync', ['nothing promised is lost']],
  ['early-written', 'an answer before the write', ['nothing promised is lost']],
  [
    'forgets-operations',
    'a ledger whose operations are not all recorded',
    ['what survives is a first part of what was done'],
  ],
  ['tears-stretches', 'a bundle that is there in part', ['what survives is a first part of what was done']],
];

for (const [breakage, what, expected] of wrongs) {
  test(`the checker finds ${what}`, async () => {
    const found = await failures(breakage, histories);
    for (const invariant of expected) {
      const count = found.get(invariant) ?? 0;
      assert.ok(
        count >= 5,
        `${invariant}: ${count} of ${histories} (${[...found].map((each) => each.join(' ')).join(', ')})`,
      );
    }
  });
}
