import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockBytes } from './bundle.js';
import { decodeFileHeader, journalFileNumber } from './journal-file.js';
import { append, batchOf, readAll, StorageWorld, tell, testPolicy } from './testing.js';

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
  for (let round = 0; round < 2; round++) {
    append(world.logNamed('orders-0'), world.storage, batchOf(['more']));
    await world.durable();
    await world.run(world.storage.checkpoint());
  }
  // One that is written to and two that are kept for later.
  assert.ok((await world.run(world.disk.files.list('journal'))).length <= 3);
});

test('what was answered as written survives a kill, also while it is written again after a failed sync', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const world = new StorageWorld({}, seed);
    await world.open();
    world.storage.createLog('orders-0', testPolicy);
    await world.durable();
    // The next start begins a new journal file, in which the bundle is the first.
    await world.restart();
    append(world.logNamed('orders-0'), world.storage, batchOf([`v${'x'.repeat(9000)}`]));
    let answer: unknown;
    world.storage.whenWritten({
      settled: (error) => {
        answer = error;
      },
    });
    while (answer === undefined) await world.clock.step();
    assert.equal(answer, null);
    world.faults.failSyncs = 1;
    for (let step = 0; step < 20 && world.storage.refusal === null; step++) await world.clock.step();
    assert.equal(world.storage.refusal?.code, 'failed');
    // Before it can be written again, a few files can perhaps not even be begun.
    world.faults.failSyncs = seed % 5;
    for (let step = 0; step < seed / 4; step++) await world.clock.step();
    world.faults.failSyncs = 0;
    await world.restart('process');
    assert.equal(world.logNamed('orders-0').endOffset, 1, `seed ${seed}`);
  }
});

test('checkpoints asked for at the same time are taken one after the other', async () => {
  for (let steps = 0; steps < 12; steps++) {
    const world = new StorageWorld();
    await world.open();
    const log = world.storage.createLog('orders-0', testPolicy);
    const checkpoints: Promise<void>[] = [];
    for (let round = 0; round < 3; round++) {
      append(log, world.storage, batchOf([`v${round}`]));
      checkpoints.push(world.storage.checkpoint());
      world.storage.requestCheckpoint();
      for (let step = 0; step < steps; step++) await world.clock.step();
      append(log, world.storage, batchOf([`w${round}`]));
    }
    await world.run(Promise.all(checkpoints));
    append(log, world.storage, batchOf(['last']));
    await world.run(world.storage.close());
    const names = (await world.run(world.disk.objects.list('checkpoint/'))).map((entry) => entry.name);
    assert.equal(names.length, 2);
    const report = await world.restart();
    assert.deepEqual([report.bundles, report.damage], [0, []], `after ${steps} steps`);
    assert.equal((await readAll(world, world.logNamed('orders-0'))).length, 7);
  }
});

test('a journal whose new files cannot be begun keeps none of them, however long that lasts', async () => {
  const world = new StorageWorld({ journalFileBytes: 64 * 1024 });
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  const before = world.disk.usedBytes;
  for (let round = 0; round < 20; round++) {
    // The write of the bundle, or the first block of the next file, but not the making of a file.
    world.faults.failSyncs = 1;
    world.faults.failWrites = round % 2;
    if (world.storage.refusal === null) append(log, world.storage, batchOf([`v${round}`]));
    await world.durable().catch(() => {});
    await world.clock.advance(249);
  }
  world.faults.failSyncs = 0;
  world.faults.failWrites = 0;
  await world.clock.advance(2000);
  assert.equal(world.storage.refusal, null);
  await world.run(world.storage.checkpoint());
  await world.run(world.storage.checkpoint());
  const files = await world.run(world.disk.files.list('journal'));
  assert.ok(files.length <= 4, files.map((file) => file.name).join(' '));
  assert.ok(world.disk.usedBytes - before < 5 * 64 * 1024, `${world.disk.usedBytes - before} bytes more`);
});

test('whoever waits while a storage that cannot write is closed is told so', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  world.faults.failWrites = 1_000_000;
  append(log, world.storage, batchOf(['never']));
  const told: string[] = [];
  const ask = (name: string): void => tell(world, name, told);
  ask('first');
  await world.clock.advance(400);
  const closing = world.storage.close();
  ask('second');
  for (let count = 0; count < 30; count++) {
    await world.clock.advance(100);
    if (count === 19) ask('third');
  }
  await world.run(closing);
  ask('last');
  await world.clock.advance(1000);
  assert.deepEqual(told, ['first refused', 'second refused', 'third refused', 'last refused']);
});

test('a close ends although the disk begins to refuse while it waits', async () => {
  const world = new StorageWorld();
  await world.open();
  world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  for (let steps = 0; steps < 6; steps++) {
    append(world.logNamed('orders-0'), world.storage, batchOf(['v']));
    const closing = world.storage.close();
    for (let step = 0; step < steps; step++) await world.clock.step();
    world.faults.failWrites = 1_000_000;
    await world.run(closing);
    world.faults.failWrites = 0;
    await world.restart('process');
    const again = world.logNamed('orders-0');
    assert.ok(again.endOffset <= 1);
    world.storage.deleteLog(again);
    world.storage.createLog('orders-0', testPolicy);
    await world.durable();
  }
});

test('what a start has read back stays through a power cut, although the last run was killed before it synced', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const world = new StorageWorld({ directBytesMin: seed % 2 === 0 ? 1000 : 1e9 }, seed);
    await world.open();
    const first = world.storage.createLog('orders-0', testPolicy);
    await world.durable();
    append(first, world.storage, batchOf([`v${'x'.repeat(9000)}`]));
    for (let step = 0; step < 6; step++) await world.clock.step();
    await world.restart('process');
    const seen = world.logNamed('orders-0').durableOffset;
    await world.restart('power');
    assert.equal(world.logNamed('orders-0').durableOffset, seen, `seed ${seed}`);
    assert.equal((await readAll(world, world.logNamed('orders-0'))).length, seen);
  }
});

test('bytes that a failed sync left in memory only are not taken for durable at the next start', async () => {
  for (const again of [false, true]) {
    for (let seed = 1; seed <= 40; seed++) {
      const world = new StorageWorld({ directBytesMin: 1000 }, seed);
      await world.open();
      const log = world.storage.createLog('orders-0', testPolicy);
      await world.durable();
      append(log, world.storage, batchOf([`v${'x'.repeat(9000)}`]));
      world.faults.failSyncs = 1;
      while (world.storage.refusal === null) await world.clock.step();
      assert.match(world.storage.refusal.message, /cannot sync topics/);
      // Killed before the bundle is written again, or after.
      if (again) {
        while (world.storage.refusal !== null) await world.clock.step();
        append(log, world.storage, batchOf(['after']));
        await world.durable();
      }
      await world.restart('process');
      const seen = world.logNamed('orders-0').durableOffset;
      assert.ok(seen === (again ? 2 : 1) || (seen === 0 && !again));
      assert.deepEqual((await world.restart('power')).damage, []);
      assert.equal((await readAll(world, world.logNamed('orders-0'))).length, seen, `seed ${seed}`);
    }
  }
});

/** Appends one record and waits until it is said to be written. */
async function written(world: StorageWorld, text: string): Promise<void> {
  append(world.logNamed('orders-0'), world.storage, batchOf([text]));
  await world.run(
    new Promise<void>((resolve, reject) => {
      world.storage.whenWritten({ settled: (error) => (error === null ? resolve() : reject(error)) });
    }),
  );
}

test('who asks only for written does not wait for the syncs of those before', async () => {
  const world = new StorageWorld();
  await world.open();
  world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  world.latency(10);
  const since = world.clock.monotonic();
  for (let count = 0; count < 6; count++) await written(world, `v${count}`);
  assert.equal(world.clock.monotonic() - since, 0);
  // What is large is written elsewhere, and only that is waited for.
  for (let count = 0; count < 2; count++) await written(world, `v${'x'.repeat(70_000)}`);
  assert.equal(world.clock.monotonic() - since, 20);
  assert.ok(world.logNamed('orders-0').durableOffset < 8);
  await world.durable();
  assert.equal(world.logNamed('orders-0').durableOffset, 8);
});

test('durable is answered only when what others were told is written is durable too', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const world = new StorageWorld({}, seed);
    await world.open();
    world.storage.createLog('orders-0', testPolicy);
    await world.durable();
    world.latency(1, 20);
    const count = 1 + (seed % 12);
    for (let index = 0; index < count; index++) await written(world, `v${index}`);
    // With a record of its own, or none.
    if (seed % 2 === 0) append(world.logNamed('orders-0'), world.storage, batchOf(['own']));
    await world.durable();
    world.latency(0);
    await world.restart('power');
    assert.equal(world.logNamed('orders-0').endOffset, count + (seed % 2 === 0 ? 1 : 0), `seed ${seed}`);
  }
});

test('all that was told written when a sync fails survives a kill, and a power cut once it was written again', async () => {
  for (let seed = 1; seed <= 240; seed++) {
    const world = new StorageWorld({ journalFileBytes: 64 * 1024 }, seed);
    await world.open();
    world.storage.createLog('orders-0', testPolicy);
    await world.durable();
    world.latency(1, 30);
    let told = 0;
    for (; told < 2 + (seed % 7); told++) await written(world, `v${told}`);
    world.faults.failSyncs = 1 + (seed % 3);
    // Some go on while the sync behind them fails.
    for (; world.storage.refusal === null && told < 60; told++) {
      const done = await written(world, `v${told}`).then(
        () => true,
        () => false,
      );
      if (!done) break;
    }
    const kill = seed % 2 === 0;
    if (seed % 3 === 0) world.storage.requestCheckpoint();
    if (!kill) {
      world.faults.failSyncs = 0;
      while (world.storage.refusal !== null) await world.clock.step();
      await world.durable();
    } else for (let step = 0; step < seed / 4; step++) await world.clock.step();
    world.faults.failSyncs = 0;
    world.latency(0);
    const report = await world.restart(kill ? 'process' : 'power');
    assert.deepEqual(report.damage, [], `seed ${seed}`);
    const texts = (await readAll(world, world.logNamed('orders-0'))).map(({ value }) => String(value));
    for (let index = 0; index < told; index++) assert.equal(texts[index], `v${index}`, `seed ${seed}`);
  }
});

test('a power cut takes what was only written from some place on, and is no damage', async () => {
  let kept = 0;
  let lost = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const world = new StorageWorld({}, seed);
    await world.open();
    world.storage.createLog('orders-0', testPolicy);
    await world.durable();
    world.latency(1);
    append(world.logNamed('orders-0'), world.storage, batchOf(['v0']));
    await world.run(
      new Promise<void>((resolve) => {
        // The sync behind it takes its time, while others go on.
        const settled = (): void => {
          world.latency(40);
          resolve();
        };
        world.storage.whenWritten({ settled });
      }),
    );
    world.latency(1);
    const count = 2 + (seed % 6);
    for (let index = 1; index < count; index++) await written(world, `v${index}`);
    world.latency(0);
    const report = await world.restart('power');
    assert.deepEqual(report.damage, [], `seed ${seed}`);
    const texts = (await readAll(world, world.logNamed('orders-0'))).map(({ value }) => String(value));
    assert.deepEqual(
      texts,
      Array.from(texts, (_, index) => `v${index}`),
      `seed ${seed}`,
    );
    kept += texts.length;
    lost += count - texts.length;
    append(world.logNamed('orders-0'), world.storage, batchOf(['after']));
    await world.durable();
    assert.deepEqual((await world.restart('power')).damage, [], `seed ${seed}, again`);
    assert.equal((await readAll(world, world.logNamed('orders-0'))).length, texts.length + 1);
  }
  assert.ok(kept > 100 && lost > 100, `${kept} kept, ${lost} lost`);
});

test('a kill while what was told written is written again leaves it where it was told, whatever checkpoint there is', async () => {
  let checkpoints = 0;
  for (let seed = 0; seed < 200; seed++) {
    const world = new StorageWorld({ journalFileBytes: 64 * 1024 }, seed + 1);
    await world.open();
    world.storage.createLog('orders-0', testPolicy);
    await world.durable();
    const before = await world.run(world.disk.objects.list('checkpoint/'));
    let told = 0;
    for (; told < 5; told++) {
      append(world.logNamed('orders-0'), world.storage, batchOf([`v${told}`]));
      // Asked for where the snapshot may wait for any of them.
      if (told === seed % 5) world.storage.requestCheckpoint();
      const done = await world.run(
        new Promise<boolean>((resolve) => {
          const settled = (error: unknown): void => {
            // The sync behind it is called next.
            if (told === 0) world.faults.failSyncs = 1;
            world.latency(told === 0 ? 30 : 1);
            resolve(error === null);
          };
          world.storage.whenWritten({ settled });
        }),
      );
      if (!done) break;
      world.latency(1);
    }
    for (let step = 0; step < 500 && world.storage.refusal === null; step++) await world.clock.step();
    // Some of them are written again, then nothing can be any more.
    for (let step = 0; step < seed % 40; step++) await world.clock.step();
    world.faults.failWrites = 1_000_000;
    for (let step = 0; step < 60; step++) await world.clock.step();
    if ((await world.run(world.disk.objects.list('checkpoint/'))).length > before.length) checkpoints++;
    world.faults.failWrites = 0;
    world.faults.failSyncs = 0;
    world.latency(0);
    const report = await world.restart('process');
    assert.deepEqual(report.damage, [], `seed ${seed}`);
    const texts = (await readAll(world, world.logNamed('orders-0'))).map(({ value }) => String(value));
    for (let index = 0; index < told; index++) assert.equal(texts[index], `v${index}`, `seed ${seed}`);
  }
  assert.ok(checkpoints > 10, `${checkpoints}`);
});

test('what was told written and cannot be written again for hours does not use up the disk', async () => {
  const world = new StorageWorld({ journalFileBytes: 64 * 1024 });
  await world.open();
  world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  const before = world.disk.usedBytes;
  world.faults.failSyncs = 1;
  await written(world, 'told');
  while (world.storage.refusal === null) await world.clock.step();
  for (let round = 0; round < 200; round++) {
    // The first block of the next file, or the bundle behind it.
    world.faults.failWrites = 1;
    await world.clock.advance(249);
    if (round % 3 === 0) await world.clock.step();
  }
  assert.ok(world.disk.usedBytes - before < 5 * 64 * 1024, `${world.disk.usedBytes - before} bytes more`);
  world.faults.failWrites = 0;
  await world.durable().catch(() => {});
  await world.clock.advance(2000);
  assert.equal(world.storage.refusal, null);
  await world.restart('power');
  assert.equal(world.logNamed('orders-0').endOffset, 1);
});

test('what nobody waits for rests a little and goes in one bundle, at once when somebody waits or a log grows', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  for (let count = 0; count < 12; count++) append(log, world.storage, batchOf([`v${count}`]));
  await world.durable();
  const { journal } = world.storage;
  const before = journal.durableBundle;
  for (let offset = 1; offset <= 4; offset++) {
    log.trim(offset);
    await world.clock.advance(1);
  }
  assert.equal(journal.durableBundle, before);
  await world.clock.advance(1);
  assert.equal(journal.durableBundle, before + 1);
  assert.equal(journal.pendingBytes, 0);

  const sinceMs = world.clock.monotonic();
  log.trim(5);
  await world.durable();
  append(log, world.storage, batchOf(['more']));
  await world.clock.advance(0);
  assert.deepEqual([journal.durableBundle, world.clock.monotonic() - sinceMs], [before + 3, 0]);

  log.trim(6);
  await world.run(world.storage.close());
  await world.restart();
  assert.equal(world.logNamed('orders-0').startOffset, 6);
});

test('a second bundle sets out while the first is on its way, and is not durable before it', async () => {
  const world = new StorageWorld({}, 1, { latencyMsMin: 20, latencyMsMax: 20 });
  await world.open();
  const log = world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  const told: string[] = [];
  const send = (value: string): void => {
    append(log, world.storage, batchOf([value]));
    tell(world, value, told);
  };
  send('first');
  await world.clock.advance(1);
  world.latency(1);
  send('second');
  await world.clock.advance(5);
  send('third');
  await world.clock.advance(5);
  assert.deepEqual(told, [], 'the second is on the disk by now, and nobody is told');
  assert.equal(log.durableOffset, 0);
  await world.clock.advance(20);
  assert.deepEqual(told, ['first durable', 'second durable', 'third durable']);
});

test('of two bundles on their way a power cut may leave the second only: then neither counts', async () => {
  const world = new StorageWorld({}, 1, { latencyMsMin: 20, latencyMsMax: 20 });
  await world.open();
  append(world.storage.createLog('orders-0', testPolicy), world.storage, batchOf(['before']));
  await world.durable();
  append(world.logNamed('orders-0'), world.storage, batchOf(['first']));
  void world.storage.durable();
  await world.clock.advance(1);
  world.latency(1);
  append(world.logNamed('orders-0'), world.storage, batchOf(['second']));
  void world.storage.durable();
  await world.clock.advance(5);
  const report = await world.restart('power');
  assert.deepEqual(report.damage, []);
  const texts = (await readAll(world, world.logNamed('orders-0'))).map((record) => record.value);
  assert.ok(texts.length === 1 || texts[1] === 'first', texts.join());
});

test('when the first of two bundles on their way fails both are refused, and both are written again in order', async () => {
  const world = new StorageWorld({}, 1, { latencyMsMin: 5, latencyMsMax: 5 });
  await world.open();
  append(world.storage.createLog('orders-0', testPolicy), world.storage, batchOf(['before']));
  await world.durable();
  const log = world.logNamed('orders-0');
  const told: string[] = [];
  const send = (value: string): void => {
    append(log, world.storage, batchOf([value]));
    tell(world, value, told);
  };
  world.faults.failWrites = 1;
  send('first');
  await world.clock.advance(1);
  world.latency(20);
  send('second');
  await world.clock.advance(2000);
  assert.deepEqual(told, ['first refused', 'second refused']);
  assert.equal(world.faults.failWrites, 0);
  await world.durable();
  await world.restart('power');
  const texts = (await readAll(world, world.logNamed('orders-0'))).map((record) => record.value);
  assert.deepEqual(texts, ['before', 'first', 'second']);
});

test('a file names another to look through first only while that has what somebody was told and is not durable', async () => {
  const world = new StorageWorld();
  await world.open();
  world.storage.createLog('orders-0', testPolicy);
  await world.durable();
  const named = async (): Promise<number[]> => {
    const found: number[] = [];
    for (const { name } of await world.run(world.disk.files.list('journal'))) {
      const file = await world.run(world.disk.files.open(`journal/${name}`, 'read'));
      const block = Buffer.alloc(blockBytes);
      await world.run(file.read(block, 0));
      await world.run(file.close());
      const header = decodeFileHeader(block);
      // One that was used before and waits to be used again has the header of its last life.
      if (header !== undefined && header.fileNumber === journalFileNumber(name)) found.push(header.toldFile);
    }
    return found;
  };
  await written(world, 'told, and durable');
  await world.durable();
  world.faults.failWrites = 1;
  append(world.logNamed('orders-0'), world.storage, batchOf(['written again']));
  await world.durable().catch(() => {});
  await world.clock.advance(1000);
  assert.deepEqual(await named(), [0, 0]);
  world.faults.failSyncs = 1;
  await written(world, 'told, then its sync fails');
  await world.clock.advance(1000);
  assert.deepEqual(await named(), [0, 0, 2]);
  world.faults.failWrites = 1;
  append(world.logNamed('orders-0'), world.storage, batchOf(['again, and nobody was told']));
  await world.durable().catch(() => {});
  await world.clock.advance(1000);
  assert.deepEqual(await named(), [2, 0]);
});
