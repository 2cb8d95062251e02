import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { failsWith } from './files.contract.js';
import { metaContract } from './meta.contract.js';
import { fileNameOf, openNodeMeta } from './node-meta.js';
import { makeFolder, removeFolder, withFolder } from './temporary-folder.js';

metaContract('node meta', async () => {
  const folder = await makeFolder();
  return { meta: await openNodeMeta(folder), close: () => removeFolder(folder) };
});

test('values are there after opening the folder again', async () => {
  await withFolder(async (folder) => {
    const first = await openNodeMeta(folder);
    await first.putIfVersion('topic/orders', Buffer.from('one'), 0);
    await first.putIfVersion('topic/orders', Buffer.from('two'), 1);
    const again = await openNodeMeta(folder);
    const got = await again.get('topic/orders');
    assert.equal(got?.version, 2);
    assert.equal(got?.value.toString(), 'two');
    assert.deepEqual(await readdir(join(folder, 'values')), ['topic%2forders']);
  });
});

test('a value with any one byte damaged, or cut anywhere, is refused by file name', async () => {
  await withFolder(async (folder) => {
    const meta = await openNodeMeta(folder);
    await meta.putIfVersion('k', Buffer.from('value'), 0);
    const path = join(folder, 'values/k');
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = damaged[at]! ^ 0x10;
      await writeFile(path, damaged);
      await assert.rejects(meta.get('k'), failsWith('failed', /values\/k .*damaged/));
      await writeFile(path, whole.subarray(0, at));
      await assert.rejects(meta.get('k'), failsWith('failed', /values\/k .*damaged/));
    }
    await assert.rejects(meta.putIfVersion('k', Buffer.from('other'), 1), failsWith('failed', /damaged/));
    await writeFile(path, whole);
    assert.equal(await meta.putIfVersion('k', Buffer.from('other'), 1), 2);
  });
});

test('the value of another key in the place of one is refused', async () => {
  await withFolder(async (folder) => {
    const meta = await openNodeMeta(folder);
    await meta.putIfVersion('a', Buffer.from('value'), 0);
    await writeFile(join(folder, 'values/b'), await readFile(join(folder, 'values/a')));
    await assert.rejects(meta.get('b'), failsWith('failed', /belongs to key a/));
  });
});

test('a file name holds no letter that a file system may treat in its own way', () => {
  for (const key of ['Topic/Ä', '../..', 'a\0b', 'nul', 'x'.repeat(1_000), '~']) {
    assert.match(fileNameOf(key), /^[a-z0-9_%+-][a-z0-9._%+-]{0,199}$/);
  }
});
