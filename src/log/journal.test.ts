import assert from 'node:assert/strict';
import { test } from 'node:test';
import { append, batchOf, readAll, StorageWorld, testPolicy } from './testing.js';

test('a journal with all its files in use goes on to the checkpoint that frees them, while publishers wait', async () => {
  const world = new StorageWorld({ journalFileBytes: 16 * 1024, journalFilesMax: 2, checkpointEveryBytes: 1e9 });
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, direct: false });
  let waited = 0;
  for (let round = 0; round < 100; round++) {
    append(log, world.storage, batchOf([`r${round}${'z'.repeat(3000)}`]));
    await world.durable();
    if (!world.storage.congested) continue;
    waited++;
    let called = false;
    world.storage.whenRoom(() => {
      called = true;
    });
    for (let step = 0; step < 1000 && !called; step++) await world.clock.step();
    assert.ok(called, `round ${round}`);
  }
  assert.ok(waited > 5, `${waited}`);
  const files = await world.run(world.disk.files.list('journal'));
  assert.ok(files.length <= 5, files.map((file) => file.name).join(' '));
  await world.restart();
  assert.equal((await readAll(world, world.logNamed('orders-0'))).length, 100);
});

test('starts that end before their first checkpoint do not use the journal up', async () => {
  const world = new StorageWorld({ journalFileBytes: 16 * 1024, journalFilesMax: 3 });
  await world.open();
  world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  for (let start = 0; start < 12; start++) {
    await world.restart('process');
    append(world.logNamed('orders-0'), world.storage, batchOf([`start ${start}`]));
    await world.durable();
  }
  await world.restart();
  assert.equal((await readAll(world, world.logNamed('orders-0'))).length, 12);
});
