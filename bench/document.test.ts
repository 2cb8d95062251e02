import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { charts, documented, documentPath, undocumented } from './document.js';
import { goalsAsMarkdown, judgements } from './goals.js';
import { type Figures, kept, keptFigures, type Result } from './results.js';
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
  assert.match(text, /^before\n<!-- result made-up -->\nMedians of 3 rounds in turn, 2 cores of a CPU/);
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

test('what has no section of its own is shown with the others', () => {
  const text = documented('<!-- result others -->\n<!-- end -->', [result([['Naru', [{ rate: 1 }]]])]);
  assert.match(text, /#### Made up\n\nMedians of 3 rounds/);
  assert.equal(documented(text, [result([['Naru', [{ rate: 1 }]]])]), text);
});

test('figures of Naru alone are told with their range and their goal', () => {
  const { machine } = result([]);
  const figure = { name: 'empty directory', value: 350.4, runs: [340, 350.4, 1360], unit: 'ms', goal: 'at most 400' };
  const figures: Figures = { benchmark: 'start', date: '2026-11-21', machine, loadBefore: 0, figures: [figure] };
  const text = documented('<!-- figures start -->\n<!-- end -->', [], [figures]);
  assert.match(text, /\| empty directory \| 350 ms \(340 to 1,360\) \| at most 400 \|/);
});

test('a goal holds, or says by how much it is missed and why, or that nothing was measured', () => {
  const workload = '100 B, prefetch 1000, classic queue';
  const rows = [
    { workload, generator: 'raw', contender: 'Naru', samples: [{ rate: 750_000, cpuPerMillion: 1 }] },
    { workload, generator: 'raw', contender: 'RabbitMQ', samples: [{ rate: 25_000, cpuPerMillion: 40 }] },
  ];
  const [rate, core, , classic, , , latency] = judgements([{ ...result([]), scenario: 'amqp-end-to-end', rows }]);
  assert.equal(rate?.verdict, '25 % below');
  assert.match(rate?.measured ?? '', /^750,000/);
  assert.notEqual(rate?.reason, '');
  assert.equal(core?.verdict, 'holds');
  assert.deepEqual([classic?.verdict, classic?.measured], ['holds', '30.00×']);
  assert.equal(latency?.verdict, 'not measured yet');
});

test('a goal that is missed has its reason', () => {
  for (const { goal, verdict, reason } of judgements(kept())) {
    if (verdict !== 'holds' && verdict !== 'not measured yet') assert.notEqual(reason, '', goal);
  }
  assert.match(goalsAsMarkdown(kept()), /^\| goal \|/);
});

test('a chart has a bar for each contender, and no text that would end its markup', () => {
  const made = result([
    ['Naru', [{ rate: 2_000_000 }]],
    ['Kafka <4>', [{ rate: 1_000_000 }]],
  ]);
  const svg = charts([made]).get('made-up.svg')!;
  assert.match(svg, /<rect class="b0" x="300" y="\d+" width="380"/);
  assert.match(svg, /<rect class="b1" x="300" y="\d+" width="190"/);
  assert.match(svg, /Kafka &lt;4&gt;/);
});

test('docs/benchmarks.md says what the kept results say, and has a section for each comparison', () => {
  const text = readFileSync(documentPath, 'utf8');
  assert.equal(documented(text, kept(), keptFigures()), text);
  for (const { name } of scenarios) {
    assert.ok(text.includes(`<!-- result ${name} -->`), name);
  }
});
