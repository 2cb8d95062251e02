import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kept, type Result } from './results.js';
import { asMarkdown, tableOf } from './table.js';

/**
 * Puts the kept results into docs/benchmarks.md, between `<!-- result NAME -->` and `<!-- end -->`; with `--check` only
 * says whether it is up to date. Nobody types a number there.
 */
export const documentPath: string = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

const section = /<!-- result ([\w-]+) -->\n[\s\S]*?<!-- end -->/g;

/** The text with each of its sections as the results have it. One without a result says so. */
export function documented(text: string, results: readonly Result[]): string {
  return text.replaceAll(section, (_, name: string) => {
    const result = results.find(({ scenario }) => scenario === name);
    const body = result === undefined ? 'Not measured yet.' : described(result);
    return `<!-- result ${name} -->\n${body}\n<!-- end -->`;
  });
}

/** Results that no section shows. */
export function undocumented(text: string, results: readonly Result[]): string[] {
  const shown = new Set([...text.matchAll(section)].map(([, name]) => name));
  return results.map(({ scenario }) => scenario).filter((name) => !shown.has(name));
}

function described(result: Result): string {
  const { cpu, cores, memoryGb, system, node, commit } = result.machine;
  const lines = [
    `Measured ${result.date}${result.quick ? ', quickly and only for a look' : ''}: medians of ${result.rounds} ` +
      `round${result.rounds === 1 ? '' : 's'} in turn, ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}, ` +
      `Node ${node}, Naru at ${commit}; the machine's load before was ${result.loadBefore}.`,
    '',
    ...result.contenders.map(({ title, version, settings, durability }) => {
      const set = settings.length === 0 ? 'defaults' : `\`${settings.join(' ')}\``;
      return `- ${title} ${version}. Acknowledges when ${durability}. Settings: ${set}`;
    }),
    ...result.missing.map((line) => `- Not measured: ${line}`),
    '',
    asMarkdown(tableOf(result)),
  ];
  return lines.join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = kept();
  const text = readFileSync(documentPath, 'utf8');
  const wanted = documented(text, results);
  for (const name of undocumented(text, results)) console.error(`docs/benchmarks.md has no section for ${name}`);
  if (!process.argv.includes('--check')) {
    writeFileSync(documentPath, wanted);
  } else if (wanted !== text) {
    console.error('docs/benchmarks.md does not say what bench/results has: run `npm run bench -- document`');
    process.exit(1);
  }
}
