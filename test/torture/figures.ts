import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load, type Machine, thisMachine } from '../../bench/machine.js';
import { writeJson } from '../../bench/results.js';

/** What one long run came to. docs/reliability.md shows the newest kept one of each name; nobody types a number there. */
export interface Figures {
  readonly name: string;
  /** How to have them again. */
  readonly command: string;
  readonly date: string;
  readonly machine: Machine;
  /** How busy the machine was with other work. */
  readonly load: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences below the table. */
  readonly notes: readonly string[];
}

export const figuresFolder: string = fileURLToPath(new URL('../../../test/torture/results/', import.meta.url));
export const documentPath: string = fileURLToPath(new URL('../../../docs/reliability.md', import.meta.url));

const section = /<!-- figures ([\w-]+) -->\n[\s\S]*?<!-- end -->/g;

/** Writes them where the document takes them from, and the document. */
export function keep(
  found: Pick<Figures, 'name' | 'command' | 'columns' | 'rows' | 'notes'>,
  folder: string = figuresFolder,
): void {
  const date = new Date().toISOString().slice(0, 10);
  const figures: Figures = { ...found, date, machine: thisMachine(), load: load() };
  writeJson(folder, figures.name, figures);
  writeFileSync(documentPath, documented(readFileSync(documentPath, 'utf8'), kept(folder)));
}

export function kept(folder: string = figuresFolder): Figures[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Figures);
}

/** The text with each of its sections as the figures have it. One without figures says so. */
export function documented(text: string, all: readonly Figures[]): string {
  return text.replaceAll(section, (_, name: string) => {
    const figures = all.find((each) => each.name === name);
    return `<!-- figures ${name} -->\n${figures === undefined ? 'Not run yet.' : described(figures)}\n<!-- end -->`;
  });
}

/** Figures that no section shows. */
export function undocumented(text: string, all: readonly Figures[]): string[] {
  const shown = new Set([...text.matchAll(section)].map(([, name]) => name));
  return all.map(({ name }) => name).filter((name) => !shown.has(name));
}

function described({ command, date, machine, load: busy, columns, rows, notes }: Figures): string {
  const { cpu, cores, memoryGb, system, node, commit } = machine;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `\`${command}\`, ${date}: ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, Naru at ${commit}; the ` +
      `machine's load was ${busy}.`,
    '',
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map(line),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ].join('\n');
}

export function grouped(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(documentPath, documented(readFileSync(documentPath, 'utf8'), kept()));
}
