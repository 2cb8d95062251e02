/** How a command tells what it found: JSON when asked for, a table at a terminal, tabs for tools otherwise. */
export interface Shown {
  readonly json?: boolean | undefined;
}

export interface Column<T> {
  readonly name: string;
  readonly value: (item: T) => unknown;
}

/** What a table is drawn for. */
export interface Surface {
  readonly width: number;
  readonly colour: boolean;
}

const narrowest = 6;
const gap = '  ';

/** What a tool would cut into columns at the tabs. */
export function print(...columns: readonly string[]): void {
  process.stdout.write(`${columns.join('\t')}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** One line that says what was done: `purged orders`. */
export function done({ json }: Shown, what: string, name: string, rest = ''): void {
  if (json === true) printJson({ done: what, name });
  else print(`${what} ${name}${rest}`);
}

/** Columns that are called as the fields of the items; a point goes into a field. */
export function fields(...names: readonly string[]): Column<object>[] {
  return names.map((name) => ({ name, value: (item) => fieldOf(item, name) }));
}

function fieldOf(item: object, name: string): unknown {
  let value: unknown = item;
  for (const part of name.split('.')) value = (value as Readonly<Record<string, unknown>> | undefined)?.[part];
  return value;
}

/** A list, of whose items JSON tells everything. */
export function list<T extends object>({ json }: Shown, columns: readonly Column<T>[], items: readonly T[]): void {
  if (json === true) {
    printJson(items);
    return;
  }
  const rows = items.map((item) => columns.map(({ value }) => value(item)));
  const surface = surfaceOf(process.stdout);
  if (surface === null) {
    for (const row of rows) print(row.map(inOneLine).join('\t').trimEnd());
    return;
  }
  const names = columns.map(({ name }) => name);
  if (rows.length === 0) process.stderr.write('nothing\n');
  else process.stdout.write(table(names, rows, surface));
}

/** One thing, told as names and values. */
export function facts({ json }: Shown, pairs: readonly (readonly [string, unknown])[], whole: unknown): void {
  if (json === true) {
    printJson(whole);
    return;
  }
  const surface = surfaceOf(process.stdout);
  const widest = Math.max(...pairs.map(([name]) => name.length));
  for (const [name, value] of pairs) {
    if (surface === null) print(name, inOneLine(value));
    else print(`${paint(name.padEnd(widest), surface.colour)}${gap}${inOneLine(value)}`);
  }
}

/** Null where nobody looks. */
export function surfaceOf(stream: NodeJS.WriteStream): Surface | null {
  if (stream.isTTY !== true) return null;
  return { width: stream.columns > 0 ? stream.columns : 80, colour: wantsColour(stream, process.env) };
}

/** https://no-color.org: any value but the empty one turns colour off. */
export function wantsColour(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR: refused = '', TERM: terminal = '' } = environment;
  return stream.isTTY === true && refused === '' && terminal !== 'dumb';
}

/** Numbers to the right; the widest columns give way until a line fits. */
export function table(names: readonly string[], rows: readonly (readonly unknown[])[], surface: Surface): string {
  const cells = rows.map((row) => row.map(inOneLine));
  const toTheRight = names.map((_, at) => rows.length > 0 && rows.every((row) => isNumeric(row[at])));
  const widths = names.map((name, at) => Math.max(...[name, ...cells.map((row) => row[at] ?? '')].map(lengthOf)));
  const room = surface.width - gap.length * (names.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= narrowest) break;
    widths[widest]!--;
    excess--;
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => fitted(cell, widths[at]!, toTheRight[at]!))
      .join(gap)
      .trimEnd();
  return [paint(line(names), surface.colour), ...cells.map(line)].map((text) => `${text}\n`).join('');
}

function fitted(cell: string, width: number, toTheRight: boolean): string {
  const length = lengthOf(cell);
  if (length > width) return `${[...cell].slice(0, width - 1).join('')}…`;
  const padding = ' '.repeat(width - length);
  return toTheRight ? padding + cell : cell + padding;
}

function lengthOf(text: string): number {
  return [...text].length;
}

function isNumeric(value: unknown): boolean {
  return (
    typeof value === 'number' || value === undefined || value === null || /^-?[\d.,]+( ?\S{1,4})?$/.test(String(value))
  );
}

function inOneLine(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // What others called their things must not move the cursor of whoever lists them.
  return text.replaceAll(controlCharacters, ' ');
}

const controlCharacters = /\p{Cc}/gu;

function paint(text: string, colour: boolean): string {
  return colour ? `\u001b[1m${text}\u001b[22m` : text;
}

/** 1536 is 1.5 KiB. */
export function bytesShown(bytes: number): string {
  let [value, unit] = [bytes, 'B'];
  for (const next of ['KiB', 'MiB', 'GiB', 'TiB']) {
    if (Math.abs(value) < 1024) break;
    [value, unit] = [value / 1024, next];
  }
  return `${unit === 'B' || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}

/** 5400000 is 1.5 h. */
export function durationShown(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ];
  for (const [size, unit] of units) {
    if (Math.abs(ms) >= size) return `${Number((ms / size).toFixed(1))} ${unit}`;
  }
  return `${Number(ms.toFixed(ms < 10 ? 2 : 0))} ms`;
}
