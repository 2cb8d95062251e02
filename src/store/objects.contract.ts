import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Objects } from './objects.js';

export interface OpenedObjects {
  readonly objects: Objects;
  close(): Promise<void>;
}

/** What every implementation of Objects keeps to; registers its tests under `name`. */
export function objectsContract(name: string, open: () => Promise<OpenedObjects>): void {
  const check = (behaviour: string, body: (objects: Objects) => Promise<void>): void => {
    test(`${name}: ${behaviour}`, async () => {
      const opened = await open();
      try {
        await body(opened.objects);
      } finally {
        await opened.close();
      }
    });
  };

  check('an object is got back whole and in ranges', async (objects) => {
    await objects.put('a/b', [Buffer.from('hello '), Buffer.alloc(0), Buffer.from('world')]);
    assert.equal((await objects.get('a/b'))?.toString(), 'hello world');
    assert.equal((await objects.get('a/b', 6))?.toString(), 'world');
    assert.equal((await objects.get('a/b', 4, 3))?.toString(), 'o w');
    assert.equal((await objects.get('a/b', 9, 100))?.toString(), 'ld');
    assert.equal((await objects.get('a/b', 100, 5))?.length, 0);
    assert.equal((await objects.get('a/b', 3, 0))?.length, 0);
  });

  check('an object that is not there is undefined, and removing it is no error', async (objects) => {
    assert.equal(await objects.get('none'), undefined);
    assert.equal(await objects.get('no/ne', 1, 2), undefined);
    await objects.remove('none');
    await objects.remove('no/ne');
  });

  check('an empty object is there', async (objects) => {
    await objects.put('empty', []);
    assert.equal((await objects.get('empty'))?.length, 0);
    assert.deepEqual(await objects.list(''), [{ name: 'empty', sizeBytes: 0 }]);
  });

  check('a put replaces what was there, longer or shorter', async (objects) => {
    await objects.put('a', [Buffer.from('first and long')]);
    await objects.put('a', [Buffer.from('second')]);
    assert.equal((await objects.get('a'))?.toString(), 'second');
    await objects.put('a', [Buffer.from('third and longer again')]);
    assert.equal((await objects.get('a'))?.toString(), 'third and longer again');
  });

  check('what is got does not change when the object or the answer does', async (objects) => {
    const bytes = Buffer.from('mine');
    await objects.put('a', [bytes]);
    bytes.fill(0);
    const got = await objects.get('a');
    got?.fill(0);
    assert.equal((await objects.get('a'))?.toString(), 'mine');
  });

  check('list answers the names that begin with a prefix, in order, with sizes', async (objects) => {
    for (const name of ['t/b/2', 't/a/1', 't/ab', 'u', 't/a/0']) await objects.put(name, [Buffer.from(name)]);
    const names = async (prefix: string): Promise<string[]> => (await objects.list(prefix)).map((entry) => entry.name);
    assert.deepEqual(await names(''), ['t/a/0', 't/a/1', 't/ab', 't/b/2', 'u']);
    assert.deepEqual(await names('t/'), ['t/a/0', 't/a/1', 't/ab', 't/b/2']);
    assert.deepEqual(await names('t/a'), ['t/a/0', 't/a/1', 't/ab']);
    assert.deepEqual(await names('t/a/'), ['t/a/0', 't/a/1']);
    assert.deepEqual(await names('t/a/1'), ['t/a/1']);
    assert.deepEqual(await names('none/'), []);
    await objects.remove('t/a/1');
    assert.deepEqual(await objects.list('t/a'), [
      { name: 't/a/0', sizeBytes: 5 },
      { name: 't/ab', sizeBytes: 4 },
    ]);
  });

  check('puts at the same time do not mix', async (objects) => {
    const sizes = Array.from({ length: 20 }, (_, index) => index * 5_000);
    await Promise.all(sizes.map((size, index) => objects.put(`many/${index}`, [Buffer.alloc(size, index)])));
    for (const [index, size] of sizes.entries()) {
      assert.ok((await objects.get(`many/${index}`))?.equals(Buffer.alloc(size, index)));
    }
    await Promise.all(sizes.map((size, index) => objects.put('one', [Buffer.alloc(size + 1, index)])));
    const last = (await objects.get('one'))!;
    assert.ok(last.equals(Buffer.alloc(last[0]! * 5_000 + 1, last[0])));
  });

  check('a name that could leave the store is refused', async (objects) => {
    for (const name of ['', '/a', '../a', 'a/../b', 'a/', 'a\\b']) {
      await assert.rejects(objects.put(name, []), { name: 'AssertionError' });
      await assert.rejects(objects.get(name), { name: 'AssertionError' });
      await assert.rejects(objects.remove(name), { name: 'AssertionError' });
    }
  });
}
