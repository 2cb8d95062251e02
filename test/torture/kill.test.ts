import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../process/program.js';
import { Torture } from './torture.js';

const limit = { timeout: 120_000 };
const settings = { seed: 20, loadMs: 500, startMsMax: 10_000 };

test('a broker that is killed under load has everything it promised when it starts again', limit, async (context) => {
  const torture = new Torture({ ...settings, data: await temporaryFolder(context), kills: 5 });
  const outcome = await torture.run().finally(() => torture.close());
  assert.deepEqual(outcome.violations, []);
  assert.ok(outcome.counts.acknowledgedDurable > 0 && outcome.counts.acknowledgedWritten > 0);
});

test(
  'the same check reports the loss when a journal file was cut between the kill and the start',
  limit,
  async (context) => {
    const torture = new Torture({ ...settings, data: await temporaryFolder(context), kills: 1 });
    const violations = await torture.runWithCutJournal().finally(() => torture.close());
    assert.ok(
      violations.some((violation) => /acknowledged or delivered records behind it are lost/.test(violation)),
      violations.join('\n'),
    );
  },
);
