import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { batchHeaderBytes, controlBit, deleteHorizonBit, logAppendTimeBit, seal, setLogAppendTime } from './batch.js';
import { type CompactionPolicy, compact } from './compaction.js';
import { compress, ready, zstd } from './compression.js';
import { type Decoded, decoded } from './decoder.test.support.js';
import type { Log } from './log.js';
import { BatchBuilder } from './records.js';
import { append, batchOf, type ReadRecord, readAll, StorageWorld, testPolicy } from './testing.js';

const policy: CompactionPolicy = {
  minLagMs: 0,
  deleteRetentionMs: 1000,
  minDirtyRatio: 0,
  keysMax: 1_000_000,
  inflatedBytesMax: 1 << 24,
};
const startMs = 1_700_000_000_000;

before(() => ready(zstd));

/** Two checkpoints, for only what both speak of may be rewritten. */
async function settled(world: StorageWorld, log: Log): Promise<void> {
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.run(log.roll());
  await world.run(world.storage.checkpoint());
}

async function worldWith(
  batches: readonly (readonly string[])[],
  segmentBytes = 1,
): Promise<{ world: StorageWorld; log: Log }> {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('table-0', { ...testPolicy, segmentBytes, direct: false });
  for (const values of batches) append(log, world.storage, batchOf(values));
  await settled(world, log);
  return { world, log };
}

async function fileBytes(world: StorageWorld, name: string): Promise<Buffer> {
  const file = await world.run(world.disk.files.open(name, 'read'));
  const bytes = Buffer.alloc(file.sizeBytes());
  let got = 0;
  while (got < bytes.length) got += await world.run(file.read(bytes.subarray(got), got));
  await world.run(file.close());
  return bytes;
}

async function decodedSegments(world: StorageWorld, log: Log): Promise<Decoded[]> {
  const batches: Decoded[] = [];
  for (const segment of log.segments) {
    if (segment.sizeBytes > 0)
      batches.push(...decoded((await fileBytes(world, segment.name)).subarray(0, segment.sizeBytes)));
  }
  return batches;
}

const short = (records: readonly ReadRecord[]): string[] =>
  records.map((record) => `${record.offset} ${record.key}=${record.value ?? ''}`);

test('of each key the latest record stays, where it was, and a reader steps over what is gone', async () => {
  const { world, log } = await worldWith([['a:1', 'b:1', 'c:1'], ['a:2', 'd:1'], ['b:2'], ['a:3', 'e:1'], ['z:9']]);
  const result = await world.run(compact(world.storage, log, policy));
  assert.equal(result?.recordsDropped, 3);
  const expected = ['2 c=1', '4 d=1', '5 b=2', '6 a=3', '7 e=1', '8 z=9'];
  for (const kind of ['live', 'restarted', 'checkpointed']) {
    if (kind === 'restarted') assert.deepEqual((await world.restart()).damage, []);
    if (kind === 'checkpointed') {
      await world.run(world.storage.checkpoint());
      await world.restart();
    }
    const again = world.logNamed('table-0');
    assert.equal(again.endOffset, 9);
    assert.deepEqual(short(await readAll(world, again)), expected, kind);
    for (let from = 0; from <= 8; from++) {
      for (const bytesMax of [1, 100, 1000]) {
        const records = await readAll(world, again, from, 9, bytesMax);
        assert.deepEqual(
          short(records),
          expected.filter((text) => Number.parseInt(text, 10) >= from),
          `${kind} from ${from} by ${bytesMax}`,
        );
      }
    }
  }
});

test('rebuilt batches keep base, last offset and producer, and are whole by another decoder', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('table-0', { ...testPolicy, segmentBytes: 1, direct: false });
  const builder = new BatchBuilder();
  for (let at = 0; at < 6; at++) {
    builder.add(Buffer.from(`k${at}`), Buffer.from(`v${at}`), startMs + 60 - at * 10, [
      { key: 'h', value: Buffer.from('x') },
      { key: 'n', value: null },
    ]);
  }
  append(log, world.storage, builder.build(0, 4711, 3, 12));
  append(log, world.storage, batchOf(['k0:new', 'k5:new', 'k2:new']));
  append(log, world.storage, batchOf(['end:1']));
  await settled(world, log);
  await world.run(compact(world.storage, log, policy));
  const [first] = await decodedSegments(world, log);
  assert.deepEqual(first, {
    base: 0,
    attributes: 0,
    lastDelta: 5,
    baseTimestamp: startMs + 50,
    maxTimestamp: startMs + 50,
    producer: [4711, 3, 12],
    records: [1, 3, 4].map((at) => ({ offset: at, timestamp: startMs + 60 - at * 10, key: `k${at}`, value: `v${at}` })),
  });
});

test('a hole at the end of a segment, a segment emptied wholly and one at the end of the log are stepped over', async () => {
  const { world, log } = await worldWith(
    [['a:1', 'b:1'], ['a:2'], ['a:3', 'c:1'], ['a:4'], ['a:5'], ['a:6'], ['b:2'], ['c:2']],
    200,
  );
  log.policy = { ...log.policy, segmentBytes: 1 };
  await world.run(compact(world.storage, log, policy));
  assert.ok(log.segments.some((segment) => segment.sizeBytes === 0 && segment.nextOffset > segment.baseOffset));
  const expected = ['7 a=6', '8 b=2', '9 c=2'];
  for (const bytesMax of [1, 1000]) {
    for (let from = 0; from <= 7; from++) {
      assert.deepEqual(short(await readAll(world, log, from, 10, bytesMax)), expected);
    }
  }
  append(log, world.storage, batchOf(['a:7', 'b:3', 'c:3']));
  await settled(world, log);
  append(log, world.storage, batchOf(['d:1']));
  await settled(world, log);
  await world.run(compact(world.storage, log, policy));
  assert.deepEqual(short(await readAll(world, log)), ['10 a=7', '11 b=3', '12 c=3', '13 d=1']);
  const read = await world.run(log.read(3, 1000, 9, []));
  assert.equal(read.bytes, 0);
});

test('a hole before the limit of a reader ends the read there', async () => {
  const { world, log } = await worldWith([['a:1'], ['a:2'], ['a:3'], ['b:1']]);
  await world.run(compact(world.storage, log, policy));
  for (let limit = 0; limit <= 2; limit++) {
    const pieces: Buffer[] = [];
    assert.equal((await world.run(log.read(0, 1000, limit, pieces))).bytes, 0);
  }
  assert.deepEqual(short(await readAll(world, log, 0, 3)), ['2 a=3']);
});

test('control batches stay byte for byte, and records without a key go', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('table-0', { ...testPolicy, segmentBytes: 1, direct: false });
  const marker = new BatchBuilder();
  marker.add(Buffer.from([0, 0, 0, 1]), Buffer.from([0, 0, 0, 0, 0, 0]), startMs);
  const control = marker.build(controlBit | 0x10, 5, 1, -1);
  append(log, world.storage, batchOf(['a:1', 'no key', 'b:1']));
  append(log, world.storage, control);
  append(log, world.storage, control);
  append(log, world.storage, batchOf(['neither']));
  append(log, world.storage, batchOf(['a:2']));
  append(log, world.storage, batchOf(['z:1']));
  await settled(world, log);
  await world.run(compact(world.storage, log, policy));
  const batches = await decodedSegments(world, log);
  assert.deepEqual(
    batches.map((batch) => [batch.base, batch.attributes, batch.records.map((record) => record.key)]),
    [
      [0, 0, ['b']],
      [3, 0x30, ['\0\0\0\x01']],
      [4, 0x30, ['\0\0\0\x01']],
      [6, 0, ['a']],
      [7, 0, ['z']],
    ],
  );
});

test('a tombstone stays until its horizon, with its own timestamp, and is gone with the first compaction after', async () => {
  const { world, log } = await worldWith([['a:1', 'b:1'], ['a:', 'c:1'], ['d:1']]);
  const compactAt = async (ms: number, value: string): Promise<void> => {
    append(log, world.storage, batchOf([`x:${value}`]));
    await settled(world, log);
    await world.clock.advance(ms - world.clock.now());
    assert.notEqual(await world.run(compact(world.storage, log, policy)), null);
  };
  await compactAt(startMs + 500, 'first');
  const tombstones = async (): Promise<Decoded[]> =>
    (await decodedSegments(world, log)).filter((batch) => batch.records.some((record) => record.value === null));
  const [batch, ...others] = await tombstones();
  assert.equal(others.length, 0);
  assert.equal(batch!.attributes & deleteHorizonBit, deleteHorizonBit);
  assert.equal(batch!.baseTimestamp, startMs + 1500, 'the horizon');
  assert.equal(batch!.maxTimestamp, startMs);
  assert.deepEqual(batch!.records, [
    { offset: 2, timestamp: startMs, key: 'a', value: null },
    { offset: 3, timestamp: startMs, key: 'c', value: '1' },
  ]);
  const seen = (await readAll(world, log)).find((record) => record.key === 'a');
  assert.deepEqual(seen, { offset: 2, key: 'a', value: null, timestamp: startMs });

  await compactAt(startMs + 1499, 'second');
  assert.equal((await tombstones())[0]?.baseTimestamp, startMs + 1500, 'met again, the horizon does not move');
  await compactAt(startMs + 1500, 'third');
  assert.deepEqual(await tombstones(), []);
  const rest = (await decodedSegments(world, log)).find((other) => other.base === 2);
  assert.deepEqual(rest?.records, [{ offset: 3, timestamp: startMs, key: 'c', value: '1' }]);
  assert.ok(!short(await readAll(world, log)).some((text) => text.includes('a=')));
});

test('a tombstone takes the records before it with it even when it goes itself', async () => {
  const { world, log } = await worldWith([['a:1'], ['b:1'], ['a:'], ['z:1']]);
  await world.run(compact(world.storage, log, { ...policy, deleteRetentionMs: 0 }));
  append(log, world.storage, batchOf(['z:2']));
  await settled(world, log);
  await world.clock.advance(1);
  await world.run(compact(world.storage, log, { ...policy, deleteRetentionMs: 0 }));
  assert.deepEqual(short(await readAll(world, log)), ['1 b=1', '4 z=2']);
});

test('the time the broker took a batch in stays that of all its records', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('table-0', { ...testPolicy, segmentBytes: 1, direct: false });
  const batch = batchOf(['a:1', 'b:1', 'c:'], startMs - 50_000);
  setLogAppendTime(batch, 0, startMs + 7);
  append(log, world.storage, batch);
  append(log, world.storage, batchOf(['a:2']));
  append(log, world.storage, batchOf(['z:1']));
  await settled(world, log);
  await world.run(compact(world.storage, log, policy));
  const [first] = await decodedSegments(world, log);
  assert.equal(first!.attributes, logAppendTimeBit | deleteHorizonBit);
  assert.equal(first!.maxTimestamp, startMs + 7);
  const records = await readAll(world, log, 0, 3);
  assert.deepEqual(
    records.map((record) => [record.key, record.timestamp]),
    [
      ['b', startMs + 7],
      ['c', startMs + 7],
    ],
  );
});

for (const [codec, name] of [
  [1, 'gzip'],
  [2, 'snappy'],
  [3, 'lz4'],
  [4, 'zstd'],
] as const) {
  test(`batches compressed with ${name} are compacted and stay compressed`, async () => {
    const world = new StorageWorld();
    await world.open();
    const log = world.storage.createLog('table-0', { ...testPolicy, segmentBytes: 1, direct: false });
    for (const values of [['a:1', 'b:1', 'c:1'], ['a:2', 'd:'], ['z:1']]) {
      append(log, world.storage, compressed(batchOf(values), codec));
    }
    await settled(world, log);
    const result = await world.run(compact(world.storage, log, policy));
    assert.equal(result?.recordsDropped, 1);
    assert.deepEqual(short(await readAll(world, log)), ['1 b=1', '2 c=1', '3 a=2', '4 d=', '5 z=1']);
    assert.deepEqual(
      (await decodedSegments(world, log)).map((batch) => batch.attributes & 7),
      [codec, codec, codec],
    );
  });
}

function compressed(batch: Buffer, codec: number): Buffer {
  const body = compress(codec, batch.subarray(batchHeaderBytes));
  const result = Buffer.concat([batch.subarray(0, batchHeaderBytes), body]);
  result.writeInt32BE(result.length - 12, 8);
  result.writeInt16BE(codec, 21);
  seal(result, 0);
  return result;
}

test('a batch whose records cannot be read is kept as it is, and replaces nothing', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('table-0', { ...testPolicy, segmentBytes: 1, direct: false });
  append(log, world.storage, batchOf(['a:1', 'b:1']));
  const hostile = batchOf(['a:evil', 'b:evil', 'c:evil']);
  hostile.fill(0xff, hostile.length - 8);
  seal(hostile, 0);
  const notGzip = batchOf(['b:evil']);
  notGzip.writeInt16BE(1, 21);
  seal(notGzip, 0);
  append(log, world.storage, hostile);
  append(log, world.storage, notGzip);
  append(log, world.storage, batchOf(['a:2']));
  append(log, world.storage, batchOf(['z:1']));
  await settled(world, log);
  assert.equal((await world.run(compact(world.storage, log, policy)))?.recordsDropped, 1);
  const bytes = Buffer.concat(
    await Promise.all(log.segments.slice(0, -1).map((segment) => fileBytes(world, segment.name))),
  );
  assert.ok(bytes.includes(hostile.subarray(61)) && bytes.includes(notGzip.subarray(61)));
  assert.deepEqual(short(await readAll(world, log, 0, 2)), ['1 b=1']);
});

test('a log is left alone while too little of it is new, too young, or not settled', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('table-0', { ...testPolicy, segmentBytes: 1, direct: false });
  for (const value of ['a:1', 'a:2', 'a:3', 'b:1']) append(log, world.storage, batchOf([value], startMs));
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.run(log.roll());
  const run = (changes: Partial<CompactionPolicy> = {}): ReturnType<typeof compact> =>
    world.run(compact(world.storage, log, { ...policy, ...changes }));
  assert.equal(await run(), null, 'one checkpoint may yet point into it');
  await world.run(world.storage.checkpoint());
  assert.equal(await run({ minLagMs: 100_000 }), null, 'younger than the lag');
  await world.clock.advance(100_000);
  assert.equal((await run({ minLagMs: 100_000 }))?.recordsDropped, 2);
  assert.equal(await run(), null, 'nothing is new');
  append(log, world.storage, batchOf(['b:2'], startMs));
  await settled(world, log);
  assert.equal(await run({ minDirtyRatio: 0.9 }), null);
  assert.equal((await run({ minDirtyRatio: 0.3 }))?.recordsDropped, 1);
  assert.deepEqual(short(await readAll(world, log)), ['2 a=3', '4 b=2']);
});

test('several small segments become one, as far as they fit', async () => {
  const { world, log } = await worldWith(Array.from({ length: 30 }, (_, at) => [`k${at}:v`, `same:${at}`]));
  assert.equal(log.segments.length, 31);
  log.policy = { ...log.policy, segmentBytes: 1000 };
  const result = await world.run(compact(world.storage, log, policy));
  assert.equal(result?.segmentsBefore, 30);
  assert.ok(result.segmentsAfter < 6, `${result.segmentsAfter}`);
  assert.equal(log.segments.length, result.segmentsAfter + 1);
  await world.clock.advance(100);
  const names = (await world.run(world.disk.files.list('topics/table-0'))).map((entry) => entry.name);
  const expected = log.segments.flatMap((segment) => {
    const base = String(segment.baseOffset).padStart(20, '0');
    return [`${base}.index`, `${base}.log`, `${base}.timeindex`];
  });
  assert.deepEqual(
    names,
    expected.filter((name) => names.includes(name) || !name.startsWith(String(60).padStart(20, '0'))),
  );
  const records = await readAll(world, log);
  assert.equal(records.length, 31);
  assert.equal(records.at(-1)?.value, '29');
});

test('with more keys than fit, each pass goes on where the one before ended', async () => {
  const batches: string[][] = [];
  for (let at = 0; at < 40; at++) batches.push([`k${at}:1`, `k${(at * 7) % 40}:2`]);
  const { world, log } = await worldWith(batches);
  const expected = new Map<string, string>();
  for (const [at, pair] of batches.entries()) {
    for (const [index, text] of pair.entries()) expected.set(text.split(':')[0]!, `${at * 2 + index}`);
  }
  let passes = 0;
  while ((await world.run(compact(world.storage, log, { ...policy, keysMax: 10 }))) !== null) {
    passes++;
    assert.ok(passes < 20, 'it gets on');
    const records = await readAll(world, log);
    for (const [key, offset] of expected) {
      assert.equal(
        records.filter((record) => record.key === key).at(-1)?.offset,
        Number(offset),
        `${key} in pass ${passes}`,
      );
    }
  }
  assert.ok(passes > 2, `${passes} passes`);
  const records = await readAll(world, log);
  assert.equal(records.length, 40);
});

/** A table over some segments, its second compaction ahead of it: of segments compacted before, and of new ones. */
async function beforeSecondCompaction(seed: number): Promise<{ world: StorageWorld; log: Log; table: string[] }> {
  const world = new StorageWorld({}, seed);
  await world.open();
  const log = world.storage.createLog('table-0', { ...testPolicy, segmentBytes: 400, direct: false });
  for (let at = 0; at < 12; at++) append(log, world.storage, batchOf([`k${at % 5}:${at}`, `u${at}:x`, `t${at}:`]));
  await settled(world, log);
  await world.run(compact(world.storage, log, { ...policy, keysMax: 1, deleteRetentionMs: 1_000_000 }));
  const last = new Map<string, string>();
  for (const text of short(await readAll(world, log))) last.set(/ (\w+)=/.exec(text)![1]!, text);
  return { world, log, table: [...last.values()].sort() };
}

for (const kind of ['process', 'power'] as const) {
  test(`a crash (${kind}) at any step of a compaction leaves a table that can be read and compacted`, async () => {
    let steps = 0;
    for (let finished = false; !finished; steps++) {
      const { world, log, table } = await beforeSecondCompaction(steps + 1);
      let outcome = '';
      compact(world.storage, log, policy).then(
        () => {
          outcome = 'done';
        },
        (error: unknown) => {
          outcome = String(error);
        },
      );
      for (let step = 0; step < steps && outcome === ''; step++) await world.clock.step();
      assert.ok(outcome === '' || outcome === 'done', outcome);
      finished = outcome === 'done';
      assert.ok(steps < 2000);
      const check = async (when: string): Promise<void> => {
        const again = world.logNamed('table-0');
        const last = new Map<string, string>();
        for (const bytesMax of [1, 10_000]) {
          for (const text of short(await readAll(world, again, 0, again.endOffset, bytesMax))) {
            last.set(/ (\w+)=/.exec(text)![1]!, text);
          }
          assert.deepEqual([...last.values()].sort(), table, `${when}, crash after ${steps} steps`);
        }
        await decodedSegments(world, again);
      };
      assert.deepEqual((await world.restart(kind)).damage, []);
      await check('after the crash');
      const again = world.logNamed('table-0');
      await settled(world, again);
      again.policy = log.policy;
      await world.run(compact(world.storage, again, policy));
      await check('compacted again');
      assert.deepEqual((await world.restart(kind)).damage, []);
      await check('after another crash');
    }
    assert.ok(steps > 20, `${steps} steps`);
  });
}

test('who reads while segments are replaced gets every record once, in order, whenever he began', async () => {
  let steps = 0;
  for (let finished = false; !finished; steps++) {
    const { world, log, table } = await beforeSecondCompaction(3);
    await world.restart('process');
    const again = world.logNamed('table-0');
    again.policy = log.policy;
    await settled(world, again);
    let done = false;
    const compaction = compact(world.storage, again, policy).then(() => {
      done = true;
    });
    for (let step = 0; step < steps && !done; step++) await world.clock.step();
    finished = done;
    const seen = new Map<string, string>();
    let last = -1;
    let next = 0;
    while (next < again.endOffset) {
      const pieces: Buffer[] = [];
      const read = await world.run(again.read(next, 300, again.endOffset, pieces));
      if (read.bytes === 0) break;
      for (const batch of decoded(Buffer.concat(pieces))) {
        for (const record of batch.records) {
          if (record.offset < next) continue;
          assert.ok(record.offset > last, `offset ${record.offset} after ${last}, begun at step ${steps}`);
          last = record.offset;
          seen.set(record.key!, `${record.offset} ${record.key}=${record.value ?? ''}`);
        }
      }
      next = read.nextOffset;
    }
    assert.deepEqual([...seen.values()].sort(), table, `begun at step ${steps}`);
    const late = await world.run(again.batchForTime(startMs, again.endOffset));
    assert.notEqual(late, undefined);
    await world.run(compaction);
    const leftovers = (await world.run(world.disk.files.list('topics/table-0'))).filter((entry) =>
      entry.name.endsWith('.cleaned'),
    );
    assert.deepEqual(leftovers, []);
  }
  assert.ok(steps > 20);
});

test('a compaction that cannot be recorded is made up for later', async () => {
  for (let steps = 0; steps < 60; steps++) {
    const { world, log, table } = await beforeSecondCompaction(5);
    let outcome: unknown = null;
    // Long after the failure no tombstone is to be due.
    const patient = { ...policy, deleteRetentionMs: 1_000_000 };
    const ended = compact(world.storage, log, patient).then(
      () => {
        outcome = 'done';
      },
      (error: unknown) => {
        outcome = error;
      },
    );
    for (let step = 0; step < steps && outcome === null; step++) await world.clock.step();
    world.faults.failWrites = 3;
    await world.run(ended);
    world.faults.failWrites = 0;
    await world.clock.advance(2000);
    assert.equal(world.storage.refusal, null);
    if (steps % 2 === 0) await world.restart(steps % 4 === 0 ? 'power' : 'process');
    const again = world.logNamed('table-0');
    again.policy = log.policy;
    await settled(world, again);
    await world.run(compact(world.storage, again, patient));
    await world.restart();
    const last = new Map<string, string>();
    for (const text of short(await readAll(world, world.logNamed('table-0'))))
      last.set(/ (\w+)=/.exec(text)![1]!, text);
    assert.deepEqual([...last.values()].sort(), table, `failed after ${steps} steps: ${String(outcome)}`);
  }
});

test('an index made by a compaction leads a lookup where it should', async () => {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('table-0', {
    ...testPolicy,
    segmentBytes: 20_000,
    indexIntervalBytes: 100,
    direct: false,
  });
  for (let at = 0; at < 300; at++)
    append(log, world.storage, batchOf([`k${at % 120}:${'v'.repeat(100)}`], startMs + at));
  await settled(world, log);
  await world.run(compact(world.storage, log, policy));
  for (const restart of [false, true]) {
    if (restart) await world.restart();
    const again = world.logNamed('table-0');
    for (let offset = 0; offset < 300; offset += 7) {
      const [record] = await readAll(world, again, offset, 300, 1);
      assert.equal(record?.offset, Math.max(offset, 180));
      const found = await world.run(again.batchForTime(startMs + offset, 300));
      assert.equal(decoded(found!)[0]!.base, Math.max(offset, 180));
    }
  }
});
