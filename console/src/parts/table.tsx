import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { count } from '../format.js';
import { type Route, replaceQuery } from '../route.js';
import { Icon } from './icons.js';

export interface Column<T> {
  readonly name: string;
  readonly label: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Numbers are to the right, and sorted from the largest. */
  readonly number?: boolean;
  readonly sorts?: boolean;
  /** Left out where there is little room. */
  readonly wide?: boolean;
}

export interface Sorting {
  readonly sort: string;
  readonly reverse: boolean;
  onSort(sort: string, reverse: boolean): void;
}

export function Table<T>(props: {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly sorting?: Sorting;
}): JSX.Element {
  const { label, columns, rows, keyOf, sorting } = props;
  return (
    <section class="table-box" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.name} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.name} class={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function classOf<T>({ number, wide }: Column<T>): string {
  return `${number === true ? 'number' : ''} ${wide === true ? 'wide' : ''}`.trim();
}

function Heading<T>({ column, sorting }: { column: Column<T>; sorting: Sorting | undefined }): JSX.Element {
  const { name, label, number, sorts } = column;
  if (sorts !== true || sorting === undefined)
    return (
      <th scope="col" class={classOf(column)}>
        {label}
      </th>
    );
  const active = sorting.sort === name;
  const order = !active ? 'none' : sorting.reverse ? 'descending' : 'ascending';
  return (
    <th scope="col" class={classOf(column)} aria-sort={order}>
      <button
        type="button"
        class="sorter"
        onClick={() => sorting.onSort(name, active ? !sorting.reverse : number === true)}
      >
        {label}
        <span aria-hidden="true">{active ? (sorting.reverse ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

/** Page, sorting and search, in the address: so they survive a reload and can be sent to somebody. */
export function useListing(
  route: Route,
  sort: string,
): {
  readonly query: Readonly<Record<string, string>>;
  readonly name: string;
  readonly sorting: Sorting;
  turn(page: number): void;
  search(name: string): void;
} {
  const { query } = route;
  const order = query.get('sort') ?? sort;
  const reverse = query.get('reverse') === 'true';
  const name = query.get('name') ?? '';
  return {
    query: { page: query.get('page') ?? '', sort: order, reverse: String(reverse), name },
    name,
    sorting: {
      sort: order,
      reverse,
      onSort: (next, nextReverse) => replaceQuery(route, { sort: next, reverse: nextReverse, page: null }),
    },
    turn: (page) => replaceQuery(route, { page: page === 1 ? null : page }),
    search: (text) => replaceQuery(route, { name: text, page: null }),
  };
}

/** Waits until somebody stops typing. */
const typingMs = 200;

export function SearchBox(props: {
  readonly value: string;
  readonly label: string;
  readonly onSearch: (text: string) => void;
}): JSX.Element {
  const [text, setText] = useState(props.value);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const known = useRef(props.value);
  useEffect(() => {
    if (props.value !== known.current) setText(props.value);
    known.current = props.value;
  }, [props.value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label class="search">
      <Icon name="search" />
      <span class="visually-hidden">{props.label}</span>
      <input
        type="search"
        placeholder={props.label}
        value={text}
        data-search=""
        onInput={(event) => {
          const { value } = event.currentTarget;
          setText(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            known.current = value;
            props.onSearch(value);
          }, typingMs);
        }}
      />
    </label>
  );
}

export interface PageOf<T> {
  readonly total: number;
  readonly found: number;
  readonly page: number;
  readonly pages: number;
  readonly items: readonly T[];
}

export function Pager({ of, onTurn }: { of: PageOf<unknown>; onTurn: (page: number) => void }): JSX.Element {
  const { page, pages, found, total } = of;
  const what = found === total ? count(total) : `${count(found)} of ${count(total)}`;
  return (
    <nav class="pager" aria-label="Pages">
      <span class="muted">{what}</span>
      {pages > 1 && (
        <>
          <button type="button" class="plain" disabled={page <= 1} onClick={() => onTurn(page - 1)}>
            <Icon name="back" />
            <span class="visually-hidden">Page before</span>
          </button>
          <span>
            {count(page)} / {count(pages)}
          </span>
          <button type="button" class="plain" disabled={page >= pages} onClick={() => onTurn(page + 1)}>
            <Icon name="next" />
            <span class="visually-hidden">Next page</span>
          </button>
        </>
      )}
    </nav>
  );
}
