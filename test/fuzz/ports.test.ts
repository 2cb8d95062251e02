import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../process/program.js';
import { attackPorts } from './ports.js';

const limit = { timeout: 120_000, skip: existsSync('/proc/self/status') ? false : 'needs /proc' };

test('damaged requests and noise on every port harm nobody but who sends them', limit, async (context) => {
  const { attacks, rounds } = await attackPorts(await temporaryFolder(context), 4, 1, 20_000);
  for (const [front, count] of Object.entries(attacks)) assert.ok(count > 5, `${front}: ${count}`);
  assert.ok(rounds > 0, `${rounds}`);
});
