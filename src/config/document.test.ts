import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configDocument } from './document.js';

test('docs/config.md is what the table of options gives', () => {
  const written = readFileSync(new URL('../../../docs/config.md', import.meta.url), 'utf8');
  assert.equal(written, configDocument(), 'run `npm run generate`');
});
