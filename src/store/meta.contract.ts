import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LeaseHeldError, type Meta } from './meta.js';

export interface OpenedMeta {
  readonly meta: Meta;
  close(): Promise<void>;
}

/** What every implementation of Meta keeps to; registers its tests under `name`. */
export function metaContract(name: string, open: () => Promise<OpenedMeta>): void {
  const check = (behaviour: string, body: (meta: Meta) => Promise<void>): void => {
    test(`${name}: ${behaviour}`, async () => {
      const opened = await open();
      try {
        await body(opened.meta);
      } finally {
        await opened.close();
      }
    });
  };
  registerValues(check);
  registerWatches(check);
  registerLeases(check);
}

type Check = (behaviour: string, body: (meta: Meta) => Promise<void>) => void;

function registerValues(check: Check): void {
  check('a key that was never put is undefined', async (meta) => {
    assert.equal(await meta.get('none'), undefined);
  });

  check('each put raises the version and a put with an old version changes nothing', async (meta) => {
    assert.equal(await meta.putIfVersion('k', Buffer.from('one'), 0), 1);
    assert.equal(await meta.putIfVersion('k', Buffer.from('other'), 0), undefined);
    assert.equal(await meta.putIfVersion('k', Buffer.from('two'), 1), 2);
    assert.equal(await meta.putIfVersion('k', Buffer.from('late'), 1), undefined);
    assert.equal(await meta.putIfVersion('k', Buffer.from('early'), 3), undefined);
    const got = await meta.get('k');
    assert.equal(got?.version, 2);
    assert.equal(got?.value.toString(), 'two');
  });

  check('a put with a version of a key that is not there changes nothing', async (meta) => {
    assert.equal(await meta.putIfVersion('k', Buffer.from('x'), 4), undefined);
    assert.equal(await meta.get('k'), undefined);
  });

  check('of many puts at once with one version exactly one wins', async (meta) => {
    for (let version = 0; version < 5; version++) {
      const puts = await Promise.all(
        Array.from({ length: 8 }, (_, index) => meta.putIfVersion('race', Buffer.from([index]), version)),
      );
      assert.deepEqual(
        puts.filter((put) => put !== undefined),
        [version + 1],
      );
      assert.equal((await meta.get('race'))?.value[0], puts.indexOf(version + 1));
    }
  });

  check('an empty value is a value', async (meta) => {
    assert.equal(await meta.putIfVersion('k', Buffer.alloc(0), 0), 1);
    const got = await meta.get('k');
    assert.equal(got?.value.length, 0);
    assert.equal(got?.version, 1);
  });

  check('a value does not change with the buffer it was put from', async (meta) => {
    const value = Buffer.from('mine');
    await meta.putIfVersion('k', value, 0);
    value.fill(0);
    assert.equal((await meta.get('k'))?.value.toString(), 'mine');
  });

  check('any text is a key of its own', async (meta) => {
    const keys = ['a', 'A', 'a/b', 'a%2fb', 'a.b', '.a', '..', '.', '', '/', 'ä', '日本', '~', 'a~', 'x'.repeat(500)];
    keys.push(`${'x'.repeat(500)}y`, 'con\0trol', 'a b', 'topic/orders', 'topic/Orders', '%', '%2e');
    for (const key of keys) assert.equal(await meta.putIfVersion(key, Buffer.from(key), 0), 1, JSON.stringify(key));
    for (const key of keys) assert.equal((await meta.get(key))?.value.toString(), key);
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 40, unit: 'binary' }), async (text) => {
        const key = `run/${runs++}/${text}`;
        await meta.putIfVersion(key, Buffer.from('v'), 0);
        assert.equal((await meta.get(key))?.version, 1);
      }),
      { numRuns: 20 },
    );
  });
}

function registerWatches(check: Check): void {
  check('a watch tells of each change below its prefix until it is stopped', async (meta) => {
    const told: string[] = [];
    const watch = meta.watch('topic/', (key) => told.push(key));
    await meta.putIfVersion('topic/a', Buffer.from('1'), 0);
    await meta.putIfVersion('topic', Buffer.from('1'), 0);
    await meta.putIfVersion('topic/a', Buffer.from('lost'), 0);
    await meta.putIfVersion('topic/a', Buffer.from('2'), 1);
    watch.stop();
    await meta.putIfVersion('topic/b', Buffer.from('1'), 0);
    assert.deepEqual(told, ['topic/a', 'topic/a']);
  });

  check('who is told of a change finds it there', async (meta) => {
    const found: Promise<string | undefined>[] = [];
    const watch = meta.watch('', (key) => found.push(meta.get(key).then((got) => got?.value.toString())));
    await meta.putIfVersion('k', Buffer.from('new'), 0);
    watch.stop();
    assert.deepEqual(await Promise.all(found), ['new']);
  });
}

function registerLeases(check: Check): void {
  check('a lease is held by one until it is released, and its epoch rises with each taking', async (meta) => {
    const first = await meta.lease('owner', 'one');
    await assert.rejects(meta.lease('owner', 'two'), LeaseHeldError);
    await first.release();
    const second = await meta.lease('owner', 'two');
    assert.ok(second.epoch > first.epoch);
    await first.release();
    await assert.rejects(meta.lease('owner', 'three'), LeaseHeldError);
    await second.release();
    const third = await meta.lease('owner', 'three');
    assert.ok(third.epoch > second.epoch);
    await third.release();
  });

  check('leases of different names do not touch one another', async (meta) => {
    const a = await meta.lease('log/a', 'one');
    const b = await meta.lease('log/b', 'two');
    const upper = await meta.lease('log/A', 'three');
    const longer = await meta.lease('log/a.1', 'four');
    for (const lease of [a, b, upper, longer]) await lease.release();
  });

  check('of many who want a lease at once exactly one gets it', async (meta) => {
    for (let round = 0; round < 3; round++) {
      const wanted = await Promise.allSettled(
        Array.from({ length: 8 }, (_, index) => meta.lease('one', `holder ${index}`)),
      );
      const got = wanted.filter((one) => one.status === 'fulfilled');
      assert.equal(got.length, 1);
      for (const one of wanted) if (one.status === 'rejected') assert.ok(one.reason instanceof LeaseHeldError);
      await got[0]!.value.release();
    }
  });
}
