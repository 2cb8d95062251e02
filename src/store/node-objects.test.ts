import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openNodeObjects } from './node-objects.js';
import { objectsContract } from './objects.contract.js';
import { makeFolder, removeFolder, withFolder } from './temporary-folder.js';

objectsContract('node objects', async () => {
  const folder = await makeFolder();
  return { objects: await openNodeObjects(folder), close: () => removeFolder(folder) };
});

test('what an unfinished put left is not listed, and is gone after the first put of the next process', async () => {
  await withFolder(async (folder) => {
    await mkdir(join(folder, '.growing'));
    await writeFile(join(folder, '.growing/0'), 'half an obj');
    await writeFile(join(folder, '.growing/17'), 'half an obj');
    const objects = await openNodeObjects(folder);
    assert.deepEqual(await objects.list(''), []);
    await objects.put('a', [Buffer.from('whole')]);
    assert.deepEqual(await objects.list(''), [{ name: 'a', sizeBytes: 5 }]);
    assert.deepEqual(await readdir(join(folder, '.growing')), []);
  });
});

test('no object can lie where unfinished ones do', async () => {
  await withFolder(async (folder) => {
    const objects = await openNodeObjects(folder);
    await assert.rejects(objects.put('.growing/0', []), { name: 'AssertionError' });
  });
});
