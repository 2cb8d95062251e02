import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { documented, documentPath, type Figures, kept, undocumented } from './figures.js';

const made: Figures = {
  name: 'made-up',
  command: 'npm run made-up',
  date: '2026-11-21',
  machine: { cpu: 'a CPU', cores: 2, memoryGb: 24, system: 'linux 6', node: 'v20.19.0', commit: 'abc' },
  load: 0.1,
  columns: ['what', 'value'],
  rows: [['kills', '1,000']],
  notes: ['Flat.'],
};

test('a section holds what was kept last, and one without figures says so', () => {
  const text = '<!-- figures made-up -->\nold\n<!-- end -->\nbetween\n<!-- figures other -->\n<!-- end -->';
  const written = documented(text, [made]);
  assert.match(
    written,
    /Naru at abc; the machine's load was 0.1.\n\n\| what \| value \|\n\| --- \| --- \|\n\| kills \| 1,000 \|\n\nFlat\.\n<!-- end -->/,
  );
  assert.match(written, /<!-- figures other -->\nNot run yet\.\n<!-- end -->/);
  assert.doesNotMatch(written, /old/);
  assert.equal(documented(written, [made]), written);
});

test('docs/reliability.md says what the kept figures say, and shows all of them', () => {
  const text = readFileSync(documentPath, 'utf8');
  assert.equal(documented(text, kept()), text);
  assert.deepEqual(undocumented(text, kept()), []);
  assert.deepEqual(undocumented(text, [made]), ['made-up']);
});
