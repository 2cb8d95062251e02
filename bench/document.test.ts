import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { documented, documentPath, undocumented } from './document.js';
import { kept, type Result } from './results.js';
import { scenarios } from './scenarios.js';

function result(samples: readonly (readonly [string, Readonly<Record<string, number>>[]])[]): Result {
  const contender = { title: 'Kafka', version: '4.2.0', settings: ['num.io.threads=8'], durability: 'it likes' };
  return {
    scenario: 'made-up',
    title: 'Made up',
    date: '2026-11-21',
    quick: false,
    rounds: 3,
    seconds: 6,
    machine: { cpu: 'a CPU', cores: 2, memoryGb: 24, system: 'linux 6', node: 'v20.19.0', commit: 'abc' },
    loadBefore: 0.1,
    contenders: [contender],
    rows: samples.map(([title, each]) => ({ workload: 'w', generator: 'g', contender: title, samples: each })),
    sinks: [{ workload: 'w', generator: 'g', sample: { rate: 5_000_000 } }],
    missing: [],
  };
}

test('a section holds the medians of the rounds, and Naru’s number over the peer’s', () => {
  const rates = (...values: number[]): Readonly<Record<string, number>>[] => values.map((rate) => ({ rate }));
  const made = result([
    ['Naru', rates(900_000, 3_000_000, 1_000_000)],
    ['Kafka', rates(1, 500_000, 700_000)],
  ]);
  const text = documented('before\n<!-- result made-up -->\nold\n<!-- end -->\nbehind', [made]);
  assert.match(text, /^before\n<!-- result made-up -->\nMeasured 2026-11-21: medians of 3 rounds/);
  assert.match(
    text,
    /\| w \| g \| Naru \| 1,000,000 \| 5,000,000\/s \|\n\| {2}\| {2}\| Kafka \| 500,000 \(2.00×\) \| {2}\|/,
  );
  assert.match(text, /<!-- end -->\nbehind$/);
  assert.doesNotMatch(text, /old/);
  assert.equal(documented(text, [made]), text);
});

test('a result that no section shows is told', () => {
  assert.deepEqual(undocumented('<!-- result other -->\n<!-- end -->', [result([])]), ['made-up']);
});

test('docs/benchmarks.md says what the kept results say, and has a section for each comparison', () => {
  const text = readFileSync(documentPath, 'utf8');
  assert.equal(documented(text, kept()), text);
  assert.deepEqual(undocumented(text, kept()), []);
  for (const { name } of scenarios) assert.ok(text.includes(`<!-- result ${name} -->`), name);
});
