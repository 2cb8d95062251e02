import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartOf } from './charts.js';
import { goalsAsMarkdown } from './goals.js';
import { type Figures, kept, keptFigures, type Result } from './results.js';
import { asMarkdown, tableOf } from './table.js';

/**
 * Puts the kept results into docs/benchmarks.md and draws docs/charts; with `--check` only says whether they are up to
 * date. Nobody types a number there. Its sections end with `<!-- end -->` and begin with
 *
 *   <!-- result NAME -->     a comparison; `others` are those that have no section of their own
 *   <!-- figures NAME -->    a benchmark of Naru alone
 *   <!-- goals -->           what was wished, and what was measured
 */
export const documentPath: string = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const chartsFolder = fileURLToPath(new URL('../../docs/charts/', import.meta.url));

const section = /<!-- (result|figures|goals) ?([\w-]*) -->\n[\s\S]*?<!-- end -->/g;
const notMeasured = 'Not measured yet.';

/** The text with each of its sections as the results have it. One without a result says so. */
export function documented(text: string, results: readonly Result[], figures: readonly Figures[] = []): string {
  const others = results.filter(({ scenario }) => undocumented(text, results).includes(scenario));
  return text.replaceAll(section, (_, kind: string, name: string) => {
    const head = name === '' ? kind : `${kind} ${name}`;
    return `<!-- ${head} -->\n${bodyOf(kind, name)}\n<!-- end -->`;
  });

  function bodyOf(kind: string, name: string): string {
    if (kind === 'goals') return goalsAsMarkdown(results);
    if (kind === 'figures') {
      const found = figures.find(({ benchmark }) => benchmark === name);
      return found === undefined ? notMeasured : figuresAsMarkdown(found);
    }
    if (name === 'others') return others.map((each) => `#### ${each.title}\n\n${described(each)}`).join('\n\n');
    const result = results.find(({ scenario }) => scenario === name);
    return result === undefined ? notMeasured : described(result);
  }
}

/** Results that have no section of their own. */
export function undocumented(text: string, results: readonly Result[]): string[] {
  const shown = new Set([...text.matchAll(section)].map(([, , name]) => name));
  return results.map(({ scenario }) => scenario).filter((name) => !shown.has(name));
}

function measuredOn({ date, machine, loadBefore }: Pick<Result, 'date' | 'machine' | 'loadBefore'>): string {
  const { cpu, cores, memoryGb, system, node, commit } = machine;
  return (
    `${cores} cores of ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, Naru at ${commit}; ` +
    `the machine's load before was ${loadBefore}. ${date}.`
  );
}

function described(result: Result): string {
  const { rounds } = result;
  const how = `Medians of ${rounds} round${rounds === 1 ? '' : 's'} in turn`;
  const lines = [
    `${result.quick ? 'Measured quickly and only for a look. ' : ''}${how}, ${measuredOn(result)}`,
    '',
    `![${result.title}](charts/${result.scenario}.svg)`,
    '',
    asMarkdown(tableOf(result)),
    '',
    ...result.contenders.map(({ title, version, settings, durability }) => {
      const set = settings.length === 0 ? 'defaults' : `\`${settings.join(' ')}\``;
      return `- ${title} ${version}. Acknowledges when ${durability}. Settings: ${set}`;
    }),
    ...result.missing.map((line) => `- Not measured: ${line}`),
  ];
  return lines.join('\n');
}

function number(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

function figuresAsMarkdown(figures: Figures): string {
  const lines = figures.figures.map(({ name, value, runs, unit, goal }) => {
    const range = runs.length > 1 ? ` (${number(Math.min(...runs))} to ${number(Math.max(...runs))})` : '';
    return `| ${name} | ${number(value)} ${unit}${range} | ${goal ?? ''} |`;
  });
  return [`Medians; ${measuredOn(figures)}`, '', '| | measured | goal |', '|---|---|---|', ...lines].join('\n');
}

/** What `docs/charts` is to hold, by the name of the file. */
export function charts(results: readonly Result[]): Map<string, string> {
  return new Map(results.map((result) => [`${result.scenario}.svg`, chartOf(result)] as const));
}

function chartsThere(): string[] {
  return existsSync(chartsFolder) ? readdirSync(chartsFolder).filter((name) => name.endsWith('.svg')) : [];
}

function chartsAreUpToDate(wanted: Map<string, string>): boolean {
  const there = chartsThere();
  if (there.length !== wanted.size) return false;
  return there.every((name) => readFileSync(join(chartsFolder, name), 'utf8') === wanted.get(name));
}

function drawCharts(wanted: Map<string, string>): void {
  mkdirSync(chartsFolder, { recursive: true });
  for (const name of chartsThere()) if (!wanted.has(name)) rmSync(join(chartsFolder, name));
  for (const [name, content] of wanted) writeFileSync(join(chartsFolder, name), content);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = kept();
  const text = readFileSync(documentPath, 'utf8');
  const wanted = documented(text, results, keptFigures());
  const drawn = charts(results);
  if (!process.argv.includes('--check')) {
    writeFileSync(documentPath, wanted);
    drawCharts(drawn);
  } else if (wanted !== text || !chartsAreUpToDate(drawn)) {
    console.error(
      'docs/benchmarks.md or docs/charts do not say what bench/results has: run `npm run bench -- document`',
    );
    process.exit(1);
  }
}
