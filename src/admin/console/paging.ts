import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Call } from '../api.js';
import { badRequest } from '../http-error.js';

const sizeDefault = 50;
const sizeMax = 200;

/** What a list is asked for: a page of those whose name has some letters, in some order. */
export interface Asked {
  readonly page: number;
  readonly size: number;
  readonly name: string;
  readonly sort: string;
  readonly reverse: boolean;
}

export function askedFor({ query }: Call): Asked {
  const text = (name: string): string => {
    const value = query[name];
    return typeof value === 'string' ? value : '';
  };
  const whole = (name: string, otherwise: number, most: number): number => {
    const value = text(name) === '' ? otherwise : Number(text(name));
    if (!Number.isInteger(value) || value < 1) throw badRequest(`${name} is a whole number from 1 on`);
    return Math.min(value, most);
  };
  return {
    page: whole('page', 1, 1e6),
    size: whole('size', sizeDefault, sizeMax),
    name: text('name').toLowerCase(),
    sort: text('sort'),
    reverse: text('reverse') === 'true',
  };
}

/** What a row can be sorted by: its name, and numbers. */
export type Keys<T> = Readonly<Record<string, (row: T) => number | string>>;

/**
 * The page that is asked for. Everything is sorted, but only what is on the page is told. A page behind the last is the last:
 * what was there may be gone.
 */
export function pageOf<T>(
  rows: readonly T[],
  asked: Asked,
  nameOf: (row: T) => string,
  keys: Keys<T>,
  tell: (row: T) => JsonObject,
): JsonValue {
  const named = asked.name === '' ? [...rows] : rows.filter((row) => nameOf(row).toLowerCase().includes(asked.name));
  const key = Object.hasOwn(keys, asked.sort) ? keys[asked.sort]! : nameOf;
  const keyed = named.map((row) => ({ row, key: key(row), name: nameOf(row) }));
  keyed.sort((one, other) => {
    const difference = compared(one.key, other.key);
    if (difference !== 0) return asked.reverse ? -difference : difference;
    return compared(one.name, other.name);
  });
  const pages = Math.max(1, Math.ceil(keyed.length / asked.size));
  const page = Math.min(asked.page, pages);
  const shown = keyed.slice((page - 1) * asked.size, page * asked.size);
  return { total: rows.length, found: keyed.length, page, pages, items: shown.map(({ row }) => tell(row)) };
}

function compared(one: number | string, other: number | string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
