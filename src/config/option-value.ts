import type { OptionKey } from './options.js';
import { parseBytes, parseDuration, parseWholeNumber } from './units.js';

export type OptionType = 'port' | 'count' | 'bytes' | 'duration' | 'boolean' | 'text' | 'choice' | 'folder' | 'file';
export type OptionValue = string | number | boolean;

/** One row of the table with the names that follow from its key. */
export interface OptionRow {
  readonly key: OptionKey;
  /** `kafka-port`: the flag without its dashes and the YAML key. */
  readonly name: string;
  /** `NARU_KAFKA_PORT` */
  readonly environment: string;
  readonly group: string;
  readonly type: OptionType;
  readonly default: string;
  readonly help: string;
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly choices: readonly string[];
}

/** What a row expects, for help and errors: `a size such as 64MiB`. */
export function expectation(row: OptionRow): string {
  switch (row.type) {
    case 'port':
      return 'a port from 0 to 65535';
    case 'count':
      return `a whole number${bounds(row)}`;
    case 'bytes':
      return `a size such as 64MiB or 64MB${bounds(row)}`;
    case 'duration':
      return `a time such as 250ms, 30s or 7d${bounds(row)}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${row.choices.join(', ')}`;
    case 'text':
      return 'a text';
    case 'folder':
      return 'the path of a folder';
    case 'file':
      return 'the path of a file';
  }
}

function bounds(row: OptionRow): string {
  if (row.min !== undefined && row.max !== undefined) return ` from ${row.min} to ${row.max}`;
  if (row.min !== undefined) return ` of at least ${row.min}`;
  return row.max === undefined ? '' : ` of at most ${row.max}`;
}

/** The value a text stands for; undefined when it is not one or is out of bounds. */
export function parseValue(row: OptionRow, text: string): OptionValue | undefined {
  switch (row.type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'choice':
      return row.choices.includes(text) ? text : undefined;
    case 'text':
    case 'folder':
    case 'file':
      return text;
    case 'port':
    case 'count':
    case 'bytes':
    case 'duration': {
      const value = parseNumber(row.type, text);
      return value !== undefined && withinBounds(row, value) ? value : undefined;
    }
  }
}

/** The value if it is of the row's type and within its bounds: for callers that hand in values, not texts. */
export function checkValue(row: OptionRow, value: unknown): OptionValue | undefined {
  if (typeof value === 'number') {
    const numeric = row.type === 'port' || row.type === 'count' || row.type === 'bytes' || row.type === 'duration';
    return numeric && Number.isSafeInteger(value) && withinBounds(row, value) ? value : undefined;
  }
  if (typeof value === 'boolean') return row.type === 'boolean' ? value : undefined;
  return typeof value === 'string' ? parseValue(row, value) : undefined;
}

function parseNumber(type: 'port' | 'count' | 'bytes' | 'duration', text: string): number | undefined {
  if (type === 'bytes') return parseBytes(text);
  return type === 'duration' ? parseDuration(text) : parseWholeNumber(text);
}

function withinBounds(row: OptionRow, value: number): boolean {
  if (row.type === 'port') return value >= 0 && value <= 65_535;
  if (row.type !== 'count' && row.type !== 'bytes' && row.type !== 'duration') return true;
  const least = row.min === undefined ? undefined : parseNumber(row.type, row.min);
  const most = row.max === undefined ? undefined : parseNumber(row.type, row.max);
  return (least === undefined || value >= least) && (most === undefined || value <= most);
}
