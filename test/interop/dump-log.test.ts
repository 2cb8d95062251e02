import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { type Clock, systemClock } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import { SeededRandom } from '../../src/lib/random.js';
import { batchHeaderBytes, controlBit, seal, setLogAppendTime } from '../../src/log/batch.js';
import { compact } from '../../src/log/compaction.js';
import { compress, ready, zstd } from '../../src/log/compression.js';
import type { Log } from '../../src/log/log.js';
import { BatchBuilder } from '../../src/log/records.js';
import { defaultStorageOptions, Storage } from '../../src/log/storage.js';
import { append, batchOf, testPolicy } from '../../src/log/testing.js';
import { openNodeStore } from '../../src/store/node-store.js';
import { withFolder } from '../../src/store/temporary-folder.js';
import { fetchKafkaTools, kafkaTool, missingForKafkaTools } from './kafka-tools.js';
import { skipUnlessThere } from './toolchain.js';

/** Kafka's DumpLogSegments reads what our storage wrote to a disk: batches, records and both indexes. */
const skip = skipUnlessThere(missingForKafkaTools());
const startMs = 1_700_000_000_000;

before(async () => {
  if (skip === false) fetchKafkaTools();
  await ready(zstd);
});

let aheadMs = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };

async function withStorage(body: (storage: Storage, folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const store = await openNodeStore(folder);
    const parts = { files: store.files, objects: store.objects, clock, logger: silentLogger };
    const storage = new Storage(parts, { ...defaultStorageOptions, journalFileBytes: 4 << 20, directBytesMin: 50_000 });
    await storage.open();
    await body(storage, folder);
  });
}

async function settled(storage: Storage, log: Log): Promise<void> {
  await storage.durable();
  await storage.checkpoint();
  await log.roll();
  await storage.checkpoint();
}

function filesOf(folder: string, log: Log, endings: readonly string[]): string[] {
  const path = join(folder, 'topics', log.name);
  return readdirSync(path)
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .sort()
    .map((name) => join(path, name));
}

function dump(files: readonly string[], ...options: string[]): string {
  return kafkaTool('kafka.tools.DumpLogSegments', ['--files', files.join(','), ...options]);
}

/** What the tool says when something is not as it should be. */
function assertNoComplaint(output: string): void {
  for (const complaint of [/mismatch/i, /not found/i, /out of order/i, /invalid/i, /Could not/i, /Non-consecutive/i]) {
    const line = output.split('\n').find((text) => complaint.test(text));
    assert.equal(line, undefined, `${line}\n${output.slice(0, 4000)}`);
  }
}

function assertWhole(folder: string, log: Log): string {
  const indexes = filesOf(folder, log, ['.index', '.timeindex']);
  assert.ok(indexes.length > 0);
  assertNoComplaint(dump(indexes));
  assertNoComplaint(dump(indexes, '--verify-index-only'));
  for (const line of dump(indexes, '--index-sanity-check').split('\n')) {
    if (line.includes('sanity') || line.includes('check')) assert.match(line, /passed sanity check|Dumping/);
  }
  const records = dump(filesOf(folder, log, ['.log']), '--deep-iteration', '--print-data-log');
  for (const line of records.split('\n')) if (line.includes('isvalid')) assert.match(line, /isvalid: true/);
  return records;
}

function compressed(batch: Buffer, codec: number): Buffer {
  const body = compress(codec, batch.subarray(batchHeaderBytes));
  const result = Buffer.concat([batch.subarray(0, batchHeaderBytes), body]);
  result.writeInt32BE(result.length - 12, 8);
  result.writeInt16BE(codec, 21);
  seal(result, 0);
  return result;
}

test('segments and indexes of a log with every codec, in several segments, are Kafka’s', { skip }, async () => {
  await withStorage(async (storage, folder) => {
    const log = storage.createLog('orders-0', { ...testPolicy, segmentBytes: 200_000, indexIntervalBytes: 4096 });
    await storage.durable();
    const random = new SeededRandom(1);
    for (let at = 0; at < 600; at++) {
      const values = Array.from(
        { length: 1 + (at % 5) },
        (_, index) => `k${index}:${at}-${random.bytes(at % 350).toString('hex')}`,
      );
      append(log, storage, compressed(batchOf(values, startMs + ((at * 37) % 200) * 1000), at % 5));
      if (at % 50 === 0) await storage.durable();
    }
    await settled(storage, log);
    assert.ok(log.segments.length > 2);
    const records = assertWhole(folder, log);
    assert.equal(records.split('\n').filter((line) => line.includes('| offset:')).length, log.endOffset);
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
      assert.ok(records.includes(`compresscodec: ${codec}`));
    await storage.close();
  });
});

test('runs that went directly, a fan-out and an active segment are Kafka’s', { skip }, async () => {
  await withStorage(async (storage, folder) => {
    const logs = ['a-0', 'b-0'].map((name) => storage.createLog(name, { ...testPolicy, segmentBytes: 300_000 }));
    await storage.durable();
    append(logs[1]!, storage, batchOf(['first']));
    for (let round = 0; round < 12; round++) {
      for (let at = 0; at < 10; at++) append(logs[0]!, storage, batchOf(['x'.repeat(9_000)], startMs + round));
      const shared = batchOf([`shared ${round}`, 'again'], startMs + round);
      storage.pool.place(shared, 0, shared.length);
      const { buffer, at } = storage.pool;
      for (const log of logs) log.append(buffer, at, shared.length);
      await storage.durable();
    }
    await storage.checkpoint();
    await logs[1]!.roll();
    for (const log of logs) assertWhole(folder, log);
    await storage.close();
  });
});

test('a compacted log with tombstones, markers and log append times is Kafka’s', { skip }, async () => {
  await withStorage(async (storage, folder) => {
    const log = storage.createLog('table-0', {
      ...testPolicy,
      segmentBytes: 10_000,
      indexIntervalBytes: 1024,
      direct: false,
    });
    const marker = new BatchBuilder();
    marker.add(Buffer.from([0, 0, 0, 1]), Buffer.from([0, 0, 0, 0, 0, 0]), startMs);
    for (let at = 0; at < 400; at++) {
      const batch = batchOf([`k${at % 60}:${'v'.repeat(300)}`, `t${at % 9}:`, `u${at}:x`], startMs + at);
      if (at % 4 === 0) setLogAppendTime(batch, 0, startMs + at + 5);
      append(log, storage, compressed(batch, at % 4 === 0 ? 0 : at % 5));
      if (at % 40 === 0) append(log, storage, marker.build(controlBit | 0x10, 7, 0, -1));
    }
    await settled(storage, log);
    log.policy = { ...log.policy, segmentBytes: 100_000 };
    const policy = { minLagMs: 0, deleteRetentionMs: 1000, minDirtyRatio: 0, keysMax: 1e6, inflatedBytesMax: 1 << 20 };
    const first = await compact(storage, log, policy);
    assert.ok(first !== null && first.recordsDropped > 300, `${first?.recordsDropped} records`);
    assert.ok(first.segmentsAfter < first.segmentsBefore, `${first.segmentsAfter} of ${first.segmentsBefore} segments`);
    const records = assertWhole(folder, log);
    assert.match(records, /deleteHorizonMs: OptionalLong\[\d+\]/);
    assert.match(records, /endTxnMarker: COMMIT/);
    assert.match(records, /LogAppendTime|isvalid/);
    append(log, storage, batchOf(['k0:last']));
    await settled(storage, log);
    aheadMs += 1000;
    const second = await compact(storage, log, policy);
    assert.ok(second !== null && second.recordsDropped >= 9);
    assertWhole(folder, log);
    await storage.close();
  });
});

test('the tool does complain of an index that leads astray', { skip }, async () => {
  await withStorage(async (storage, folder) => {
    const log = storage.createLog('orders-0', { ...testPolicy, indexIntervalBytes: 100, direct: false });
    for (let at = 0; at < 40; at++) append(log, storage, batchOf(['x'.repeat(200)], startMs + at));
    await settled(storage, log);
    await storage.close();
    const [index] = filesOf(folder, log, ['.index']);
    const bytes = readFileSync(index!);
    bytes[19] = bytes[19]! + 1;
    writeFileSync(index!, bytes);
    assert.throws(() => assertWhole(folder, log), /mismatch/i);
  });
});
