import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../process/program.js';
import { Torture } from './torture.js';

const limit = { timeout: 120_000 };
const settings = { seed: 20, loadMs: 300, startMsMax: 10_000 };

test('a broker that is killed under load has everything it promised when it starts again', limit, async (context) => {
  const torture = new Torture({ ...settings, data: await temporaryFolder(context), kills: 5 });
  const outcome = await torture.run().finally(() => torture.close());
  assert.deepEqual(outcome.violations, []);
  assert.ok(outcome.counts.acknowledgedDurable > 0 && outcome.counts.acknowledgedWritten > 0);
  for (const { confirmed, promised } of outcome.queueCounts) assert.ok(confirmed > 0 && promised > 0);
});

test('a run that ends at a broken promise tells of the kills that were done', limit, async (context) => {
  const data = await temporaryFolder(context);
  const torture = new Torture({ ...settings, data, fronts: ['sqs'], loadMs: 100, startMsMax: 0, kills: 50 });
  const outcome = await torture.run().finally(() => torture.close());
  assert.match(outcome.violations[0]!, /starting took/);
  assert.equal(outcome.kills, outcome.startMs.length);
});

test(
  'the same check reports the loss when a journal file was cut between the kill and the start',
  limit,
  async (context) => {
    const torture = new Torture({ ...settings, data: await temporaryFolder(context), kills: 1 });
    const violations = await torture.runWithCutJournal().finally(() => torture.close());
    const lost = [
      /acknowledged or delivered records behind it are lost/,
      /^left: message .* is lost; it was confirmed/,
      /^plain: message .* is lost; it was confirmed/,
    ];
    for (const pattern of lost) {
      assert.ok(
        violations.some((violation) => pattern.test(violation)),
        violations.join('\n'),
      );
    }
  },
);
