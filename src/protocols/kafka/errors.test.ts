import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { kafkaCodes } from './errors.js';

test('the table of errors lists every code with what Kafka clients are told', () => {
  const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
  const listed: Record<string, number> = {};
  for (const [, code, number] of page.matchAll(/^\| `([a-z-]+)` \| .* \| (-?\d+) \|$/gm))
    listed[code!] = Number(number);
  assert.deepEqual(listed, kafkaCodes);
});
