import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../lib/json.js';
import { type Asked, pageOf } from './paging.js';

const rows = Array.from({ length: 25 }, (_, at) => ({
  name: `Row ${String(at).padStart(2, '0')}`,
  size: (at * 7) % 5,
}));
const plain: Asked = { page: 1, size: 10, name: '', sort: '', reverse: false };

function ask(asked: Partial<Asked>): { names: string[]; page: number; pages: number; found: number; told: number } {
  let told = 0;
  const answer = pageOf(
    rows,
    { ...plain, ...asked },
    ({ name }) => name,
    { size: ({ size }) => size },
    ({ name }) => {
      told++;
      return { name };
    },
  ) as JsonObject;
  const { page, pages, found, items } = answer;
  const names = (items as unknown as { name: string }[]).map(({ name }) => name);
  return { names, page: page as number, pages: pages as number, found: found as number, told };
}

test('a page has so many rows in the order of names, and only they are told', () => {
  const { names, pages, told } = ask({ page: 2 });
  assert.deepEqual(
    names,
    rows.slice(10, 20).map(({ name }) => name),
  );
  assert.equal(pages, 3);
  assert.equal(told, 10);
});

test('a page behind the last is the last', () => {
  const { names, page } = ask({ page: 99 });
  assert.equal(page, 3);
  assert.equal(names.length, 5);
});

test('rows are found by a part of their name, whatever the case', () => {
  const { names, found, page, pages } = ask({ name: 'ow 1' });
  assert.equal(found, 10);
  assert.equal(names[0], 'Row 10');
  assert.deepEqual([page, pages], [1, 1]);
  assert.deepEqual(ask({ name: 'nothing' }), { names: [], page: 1, pages: 1, found: 0, told: 0 });
});

test('equal rows are in the order of their names, also from the largest on', () => {
  const { names } = ask({ sort: 'size', reverse: true, size: 6 });
  assert.deepEqual(names, ['Row 02', 'Row 07', 'Row 12', 'Row 17', 'Row 22', 'Row 04']);
});

test('what there is no order by is ordered by name', () => {
  assert.equal(ask({ sort: 'constructor' }).names[0], 'Row 00');
});
