import type { JsonObject, JsonValue } from '../lib/json.js';
import { compilePattern } from '../lib/safe-pattern.js';
import type { Slices } from '../lib/slices.js';
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
  const nameOf = (item: JsonObject): string => asText(item['name'] ?? '');
  const { onPage, ...page } = pageOf(sorted, nameOf, items.length, query);
  return { ...page, items: shown(onPage) };
}

/** Says what there is to say of a thing; null when it is gone meanwhile. */
export type Tell<T> = (thing: T) => JsonObject | null;

/** What things are called, and where they belong among others where that is not their name. */
export interface Naming<T> {
  nameOf(thing: T): string;
  placeOf?(thing: T): string;
  /** The fields that say the same. */
  readonly order: readonly string[];
}

/**
 * As `listed` for things with a name. Where a page in their own order is asked for, only what is on it is told of; what
 * takes long is done in slices.
 */
export async function listedEach<T>(
  things: readonly T[],
  naming: Naming<T>,
  tell: Tell<T>,
  query: Query,
  slices: Slices,
): Promise<JsonValue> {
  const nameOf = (thing: T): string => naming.nameOf(thing);
  const placeOf = (thing: T): string => naming.placeOf?.(thing) ?? nameOf(thing);
  const sort = textOf(query, 'sort') ?? '';
  const told: JsonObject[] = [];
  const tellAll = async (some: readonly T[]): Promise<void> => {
    for (const thing of some) {
      if (slices.due) await slices.rest();
      const item = tell(thing);
      if (item !== null) told.push(item);
    }
  };
  if (query['page'] === undefined || (sort !== '' && sort !== naming.order[0])) {
    await tellAll(things);
    return listed(told, query, naming.order);
  }
  const inTheirOrder = things.map((thing) => ({ thing, place: placeOf(thing) }));
  inTheirOrder.sort((one, other) => (one.place < other.place ? -1 : one.place > other.place ? 1 : 0));
  if (textOf(query, 'sort_reverse') === 'true') inTheirOrder.reverse();
  const { onPage, ...page } = pageOf(inTheirOrder, ({ thing }) => nameOf(thing), things.length, query);
  await tellAll(onPage.map(({ thing }) => thing));
  const columns = columnsOf(query);
  return { ...page, item_count: told.length, items: told.map((item) => withColumns(item, columns)) };
}

interface Page<T> {
  readonly total_count: number;
  readonly item_count: number;
  readonly filtered_count: number;
  readonly page: number;
  readonly page_size: number;
  readonly page_count: number;
  readonly onPage: readonly T[];
}

function pageOf<T>(sorted: readonly T[], nameOf: (item: T) => string, totalCount: number, query: Query): Page<T> {
  const page = wholeOf(query, 'page', 1);
  const pageSize = wholeOf(query, 'page_size', pageSizeDefault);
  if (page < 1 || pageSize < 1 || pageSize > pageSizeMax) {
    throw new HttpError(
      400,
      'invalid_pagination_parameters',
      `Invalid pagination parameters: page number ${page}, page size ${pageSize}`,
    );
  }
  const named = withName(sorted, nameOf, textOf(query, 'name') ?? '', textOf(query, 'use_regex') === 'true');
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
    total_count: totalCount,
    item_count: onPage.length,
    filtered_count: named.length,
    page,
    page_size: pageSize,
    page_count: pageCount,
    onPage,
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
  // Looked up once for each: there may be many, and they are compared often.
  const keyed = items.map((item) => ({ item, values: paths.map((path) => valueAt(item, path)) }));
  keyed.sort((one, other) => {
    for (let at = 0; at < paths.length; at++) {
      const difference = compared(one.values[at]!, other.values[at]!);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  const sorted = keyed.map(({ item }) => item);
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

function withName<T>(items: readonly T[], nameOf: (item: T) => string, name: string, isPattern: boolean): readonly T[] {
  if (name === '') return items;
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
