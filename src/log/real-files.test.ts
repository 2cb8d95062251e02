import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../lib/clock.js';
import { silentLogger } from '../lib/logger.js';
import { openNodeStore } from '../store/node-store.js';
import { withFolder } from '../store/temporary-folder.js';
import { compact } from './compaction.js';
import type { Log } from './log.js';
import { RecordCursor } from './records.js';
import type { RecoveryReport } from './recovery.js';
import { applyRetention } from './retention.js';
import { defaultStorageOptions, Storage } from './storage.js';
import { append, batchOf, testPolicy } from './testing.js';

async function opened(folder: string): Promise<{ storage: Storage; report: RecoveryReport }> {
  const { files, objects } = await openNodeStore(folder);
  const options = { ...defaultStorageOptions, journalFileBytes: 1024 * 1024, directBytesMin: 100_000 };
  const storage = new Storage({ files, objects, clock: systemClock, logger: silentLogger }, options);
  return { storage, report: await storage.open() };
}

function named(storage: Storage, name: string): Log {
  for (const log of storage.logs.values()) if (log.name === name) return log;
  throw new Error(`no log ${name}`);
}

async function keysOf(log: Log): Promise<string[]> {
  const keys: string[] = [];
  for (let next = log.startOffset; next < log.durableOffset; ) {
    const pieces: Buffer[] = [];
    const read = await log.read(next, 200_000, log.durableOffset, pieces);
    if (read.bytes === 0) break;
    const bytes = Buffer.concat(pieces);
    for (let at = 0; at < bytes.length; at += bytes.readInt32BE(at + 8) + 12) {
      const cursor = new RecordCursor(bytes, at, 1 << 20);
      while (cursor.next()) keys.push(`${cursor.key()}`);
    }
    next = read.nextOffset;
  }
  return keys;
}

test('on real files: append, direct run, checkpoint, roll, compaction, retention, a kill and a close', async () => {
  await withFolder(async (folder) => {
    const first = await opened(join(folder, 'data'));
    const table = first.storage.createLog('table-0', { ...testPolicy, segmentBytes: 100_000, indexIntervalBytes: 512 });
    const bulk = first.storage.createLog('bulk-0', { ...testPolicy, segmentBytes: 300_000 });
    await first.storage.durable();
    for (let at = 0; at < 400; at++) {
      append(table, first.storage, batchOf([`k${at % 50}:${'v'.repeat(900)}`]));
      append(bulk, first.storage, batchOf([`b${at}:${'w'.repeat(2000)}`]));
      if (at % 100 === 99) await first.storage.durable();
    }
    assert.ok(bulk.flushedOffset > 0, 'a direct run');
    await first.storage.checkpoint();
    await table.roll();
    await first.storage.checkpoint();
    const policy = { minLagMs: 0, deleteRetentionMs: 0, minDirtyRatio: 0, keysMax: 1000, inflatedBytesMax: 1 << 20 };
    const result = await compact(first.storage, table, policy);
    assert.equal(result?.recordsDropped, 350);
    assert.ok((await applyRetention(bulk, { retentionMs: -1, retentionBytes: 400_000 }, systemClock.now())) > 0);
    const start = bulk.startOffset;
    await first.storage.checkpoint();
    append(table, first.storage, batchOf(['last:1']));
    await first.storage.durable();

    // What a kill would leave.
    const left = join(folder, 'left');
    cpSync(join(folder, 'data'), left, { recursive: true });
    await first.storage.close();
    const second = await opened(left);
    assert.deepEqual(second.report.damage, []);
    const expected = [...Array.from({ length: 50 }, (_, at) => `k${at}`), 'last'];
    assert.deepEqual(await keysOf(named(second.storage, 'table-0')), expected);
    assert.deepEqual(
      await keysOf(named(second.storage, 'bulk-0')),
      Array.from({ length: 400 - start }, (_, at) => `b${start + at}`),
    );
    await second.storage.close();

    const third = await opened(left);
    assert.deepEqual([third.report.bundles, third.report.damage], [0, []]);
    assert.deepEqual(await keysOf(named(third.storage, 'table-0')), expected);
    const files = readdirSync(join(left, 'topics', 'table-0'));
    assert.ok(!files.some((name) => name.endsWith('.cleaned')));
    await third.storage.close();
  });
});
