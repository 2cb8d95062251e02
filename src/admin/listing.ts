import type { JsonObject, JsonValue } from '../lib/json.js';
import { compilePattern } from '../lib/safe-pattern.js';
import { HttpError } from './http-error.js';

const pageSizeDefault = 100;
const pageSizeMax = 500;

/** What follows the question mark. A name that is said twice is a list. */
export interface Query {
  readonly [name: string]: string | readonly string[] | undefined;
}

/**
 * Items as the query wants them: sorted (`sort`, `sort_reverse`), with some fields alone (`columns`), and with `page` a
 * page of those whose name fits (`page_size`, `name`, `use_regex`), in RabbitMQ's envelope.
 */
export function listed(items: readonly JsonObject[], query: Query, order: readonly string[]): JsonValue {
  const sorted = inOrder(items, textOf(query, 'sort'), textOf(query, 'sort_reverse') === 'true', order);
  const columns = columnsOf(query);
  const shown = (list: readonly JsonObject[]): JsonObject[] => list.map((item) => withColumns(item, columns));
  if (query['page'] === undefined) return shown(sorted);
  const page = wholeOf(query, 'page', 1);
  const pageSize = wholeOf(query, 'page_size', pageSizeDefault);
  if (page < 1 || pageSize < 1 || pageSize > pageSizeMax) {
    throw new HttpError(
      400,
      'invalid_pagination_parameters',
      `Invalid pagination parameters: page number ${page}, page size ${pageSize}`,
    );
  }
  const named = withName(sorted, textOf(query, 'name') ?? '', textOf(query, 'use_regex') === 'true');
  const pageCount = Math.ceil(named.length / pageSize);
  if (page > Math.max(1, pageCount)) {
    throw new HttpError(
      400,
      'page_out_of_range',
      `Page out of range, page: ${page} page size: ${pageSize}, len: ${named.length}`,
    );
  }
  const onPage = named.slice((page - 1) * pageSize, page * pageSize);
  return {
    total_count: items.length,
    item_count: onPage.length,
    filtered_count: named.length,
    page,
    page_size: pageSize,
    page_count: pageCount,
    items: shown(onPage),
  };
}

/** One item with the fields the query wants. */
export function shownAlone(item: JsonObject, query: Query): JsonObject {
  return withColumns(item, columnsOf(query));
}

function textOf(query: Query, name: string): string | undefined {
  const value = query[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

function wholeOf(query: Query, name: string, otherwise: number): number {
  const text = textOf(query, name);
  if (text === undefined || text === '') return otherwise;
  if (!/^-?[0-9]{1,9}$/.test(text)) throw new HttpError(400, 'bad_request', 'Pagination parameters are invalid');
  return Number(text);
}

function inOrder(
  items: readonly JsonObject[],
  sort: string | undefined,
  reverse: boolean,
  order: readonly string[],
): readonly JsonObject[] {
  const paths = [...(sort === undefined || sort === '' ? [] : [sort]), ...order].map((path) => path.split('.'));
  const sorted = [...items].sort((one, other) => {
    for (const path of paths) {
      const difference = compared(valueAt(one, path), valueAt(other, path));
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return reverse ? sorted.reverse() : sorted;
}

function valueAt(item: JsonValue, path: readonly string[]): JsonValue {
  let value: JsonValue = item;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as JsonObject)[name]!;
  }
  return value;
}

/** What is not there comes first, then numbers, then the rest as text. */
function compared(one: JsonValue, other: JsonValue): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [rankOne, rankOther] = [rankOf(one), rankOf(other)];
  if (rankOne !== rankOther) return rankOne - rankOther;
  const [textOne, textOther] = [asText(one), asText(other)];
  return textOne < textOther ? -1 : textOne > textOther ? 1 : 0;
}

function rankOf(value: JsonValue): number {
  return value === null ? 0 : typeof value === 'number' ? 1 : 2;
}

function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function withName(items: readonly JsonObject[], name: string, isPattern: boolean): readonly JsonObject[] {
  if (name === '') return items;
  const nameOf = (item: JsonObject): string => asText(item['name'] ?? '');
  if (!isPattern) {
    const wanted = name.toLowerCase();
    return items.filter((item) => nameOf(item).toLowerCase().includes(wanted));
  }
  const pattern = compilePattern(`(?i)${name}`);
  if (pattern === null) throw new HttpError(400, 'bad_request', 'name is no regular expression that is served');
  return items.filter((item) => pattern.matcher(nameOf(item)).find());
}

function columnsOf(query: Query): readonly (readonly string[])[] | null {
  const text = textOf(query, 'columns');
  return text === undefined ? null : text.split(',').map((column) => column.split('.'));
}

/** `a.b` keeps `b` within `a`; lists are gone through. */
function withColumns(item: JsonObject, columns: readonly (readonly string[])[] | null): JsonObject {
  if (columns === null) return item;
  const kept: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(item)) {
    const wanted = columns.filter(([first]) => first === name);
    if (wanted.length === 0) continue;
    const within = wanted.some((path) => path.length === 1) ? null : wanted.map((path) => path.slice(1));
    kept.push([name, narrowed(value, within)]);
  }
  return Object.fromEntries(kept);
}

function narrowed(value: JsonValue, columns: readonly (readonly string[])[] | null): JsonValue {
  if (columns === null || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each: JsonValue) => narrowed(each, columns));
  return withColumns(value as JsonObject, columns);
}
