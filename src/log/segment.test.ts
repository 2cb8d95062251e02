import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseOffset, nextOffset } from './batch.js';
import { LogError } from './errors.js';
import type { Log } from './log.js';
import { append, batchOf, readAll, StorageWorld, testPolicy } from './testing.js';

const startMs = 1_700_000_000_000;
const folder = 'topics/orders-0';
const first = `${folder}/00000000000000000000`;

interface Placed {
  readonly base: number;
  readonly last: number;
  readonly position: number;
  readonly size: number;
  readonly stamp: number;
}

/** One sealed segment of 200 batches of different sizes and times, an index entry for about every 300 bytes. */
async function sealedSegment(): Promise<{ world: StorageWorld; log: Log; batches: Placed[] }> {
  const world = new StorageWorld();
  await world.open();
  const log = world.storage.createLog('orders-0', { ...testPolicy, indexIntervalBytes: 300, direct: false });
  const batches: Placed[] = [];
  let position = 0;
  for (let at = 0; at < 200; at++) {
    const values = Array.from({ length: 1 + (at % 3) }, () => 'x'.repeat((at * 37) % 140));
    const stamp = startMs + ((at * 53) % 97) * 10 + at;
    const batch = batchOf(values, stamp);
    const base = append(log, world.storage, batch);
    batches.push({ base, last: base + values.length - 1, position, size: batch.length, stamp });
    position += batch.length;
    if (at % 30 === 0) {
      await world.durable();
      await world.run(log.flush());
    }
  }
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.run(log.roll());
  await world.run(world.storage.checkpoint());
  return { world, log, batches };
}

async function content(world: StorageWorld, name: string): Promise<Buffer> {
  const file = await world.run(world.disk.files.open(name, 'write'));
  const bytes = Buffer.alloc(file.sizeBytes());
  await world.run(file.read(bytes, 0));
  await world.run(file.close());
  return bytes;
}

async function put(world: StorageWorld, name: string, bytes: Buffer): Promise<void> {
  const file = await world.run(world.disk.files.open(name, 'write'));
  await world.run(file.truncate(0));
  await world.run(file.write([bytes], 0));
  await world.run(file.sync());
  await world.run(file.close());
}

async function assertFindsAll(world: StorageWorld, batches: readonly Placed[], what: string): Promise<void> {
  const log = world.logNamed('orders-0');
  for (const batch of batches) {
    const pieces: Buffer[] = [];
    await world.run(log.read(batch.last, 1, log.endOffset, pieces));
    assert.equal(baseOffset(Buffer.concat(pieces), 0), batch.base, `${what}: offset ${batch.last}`);
  }
  for (let ms = 0; ms < 1200; ms += 35) {
    const found = await world.run(log.batchForTime(startMs + ms, log.endOffset));
    const expected = batches.find((batch) => batch.stamp >= startMs + ms);
    assert.equal(found === undefined ? undefined : nextOffset(found, 0) - 1, expected?.last, `${what}: time ${ms}`);
  }
}

test('the index files are Kafka’s to the byte: each entry the end and place of a batch, each time the largest so far', async () => {
  const { world, batches } = await sealedSegment();
  const offsets = await content(world, `${first}.index`);
  const times = await content(world, `${first}.timeindex`);
  const entries: Placed[] = [];
  let since = 0;
  for (const batch of batches) {
    if (since > 300) {
      entries.push(batch);
      since = 0;
    }
    since += batch.size;
  }
  assert.ok(entries.length > 30);
  assert.deepEqual(
    Array.from({ length: offsets.length / 8 }, (_, at) => [
      offsets.readInt32BE(at * 8),
      offsets.readInt32BE(at * 8 + 4),
    ]),
    entries.map((entry) => [entry.last, entry.position]),
  );
  const expected: number[][] = [];
  for (const entry of [...entries, batches.at(-1)!]) {
    const until = batches.filter((batch) => batch.base <= entry.base);
    const stamp = Math.max(...until.map((batch) => batch.stamp));
    const holder = until.find((batch) => batch.stamp === stamp)!;
    if (expected.length === 0 || stamp > expected.at(-1)![0]!) expected.push([stamp, holder.last]);
  }
  assert.deepEqual(
    Array.from({ length: times.length / 12 }, (_, at) => [
      Number(times.readBigInt64BE(at * 12)),
      times.readInt32BE(at * 12 + 8),
    ]),
    expected,
  );
});

test('an index that is missing, torn, swapped, of zeros or leads astray costs time and nothing else', async () => {
  const { world, batches } = await sealedSegment();
  const offsets = await content(world, `${first}.index`);
  const times = await content(world, `${first}.timeindex`);
  const changed = (bytes: Buffer, change: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(bytes);
    change(copy);
    return copy;
  };
  const middle = Math.floor(offsets.length / 16) * 8;
  const cases: [string, Buffer, Buffer][] = [
    ['as it was', offsets, times],
    ['both missing', Buffer.alloc(0), Buffer.alloc(0)],
    ['times missing', offsets, Buffer.alloc(0)],
    ['offsets missing', Buffer.alloc(0), times],
    ['cut in the middle of an entry', offsets.subarray(0, 37), times.subarray(0, 29)],
    ['zeros', Buffer.alloc(offsets.length), Buffer.alloc(times.length)],
    ['zeros at the end', Buffer.concat([offsets, Buffer.alloc(80)]), Buffer.concat([times, Buffer.alloc(120)])],
    ['garbage', Buffer.alloc(offsets.length, 0x5a), Buffer.alloc(times.length, 0x5a)],
    ['a last entry into the middle of a batch', changed(offsets, (copy) => bump(copy, copy.length - 4, 9)), times],
    ['a middle entry into the middle of a batch', changed(offsets, (copy) => bump(copy, middle + 4, 9)), times],
    ['a middle entry with another offset', changed(offsets, (copy) => bump(copy, middle, -1)), times],
    ['a last entry with another offset', changed(offsets, (copy) => bump(copy, copy.length - 8, 1)), times],
    ['an entry behind the end', Buffer.concat([offsets, entry(100_000, 1 << 30)]), times],
  ];
  for (const [what, offsetBytes, timeBytes] of cases) {
    world.crash('process');
    await put(world, `${first}.index`, offsetBytes);
    await put(world, `${first}.timeindex`, timeBytes);
    await world.open();
    await assertFindsAll(world, batches, what);
  }
});

function bump(bytes: Buffer, at: number, by: number): void {
  bytes.writeInt32BE(bytes.readInt32BE(at) + by, at);
}

function entry(offset: number, position: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(offset, 0);
  bytes.writeInt32BE(position, 4);
  return bytes;
}

test('the index of a segment that was written to when the process ended is not believed about times', async () => {
  const world = new StorageWorld();
  await world.open();
  const policy = { ...testPolicy, indexIntervalBytes: 100, direct: false };
  const log = world.storage.createLog('orders-0', policy);
  const batches: Placed[] = [];
  const write = (to: Log, stamp: number): void => {
    const batch = batchOf(['x'.repeat(100)], stamp);
    const base = append(to, world.storage, batch);
    batches.push({ base, last: base, position: base * batch.length, size: batch.length, stamp });
  };
  for (let at = 0; at < 40; at++) write(log, startMs + at * 10);
  await world.durable();
  await world.run(world.storage.checkpoint());
  world.crash('power');
  // The times of a life before, of batches of the same size that were cut off: they would lead behind what is sought.
  const times = await content(world, `${first}.timeindex`);
  for (let at = 0; at < times.length; at += 12) times.writeBigInt64BE(BigInt(startMs - 1_000_000 + at), at);
  await put(world, `${first}.timeindex`, times);
  await world.open();
  const again = world.logNamed('orders-0');
  again.policy = policy;
  for (let at = 40; at < 80; at++) write(again, startMs + at * 10);
  await world.durable();
  await world.run(world.storage.checkpoint());
  await assertFindsAll(world, batches, 'the active segment');
  await world.run(again.roll());
  await world.run(world.storage.checkpoint());
  await world.restart('power');
  await assertFindsAll(world, batches, 'sealed since');
});

test('what a crash left behind the end of a segment is gone when it is full', async () => {
  const { world, log, batches } = await sealedSegment();
  const file = `${first}.log`;
  const whole = await content(world, file);
  const end = batches.at(-1)!;
  assert.equal(whole.length, end.position + end.size);
  append(log, world.storage, batchOf(['active']));
  await world.durable();
  await world.run(world.storage.checkpoint());
  const active = log.segments.at(-1)!;
  world.crash('process');
  await put(world, active.name, Buffer.concat([await content(world, active.name), Buffer.alloc(500, 7)]));
  await world.open();
  const again = world.logNamed('orders-0');
  append(again, world.storage, batchOf(['behind']));
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.run(again.roll());
  const sealed = again.segments.find((segment) => segment.baseOffset === active.baseOffset)!;
  assert.equal((await content(world, sealed.name)).length, sealed.sizeBytes);
  const records = await readAll(world, again, active.baseOffset);
  assert.deepEqual(
    records.map((record) => record.value),
    ['active', 'behind'],
  );
});

test('a header damaged in the middle of a segment is named, and what lies on either side is served', async () => {
  const { world, batches } = await sealedSegment();
  const victim = batches[101]!;
  for (const [at, bytes] of [
    [8, Buffer.from([0x7f, 0xff, 0xff, 0xff])],
    [8, Buffer.from([0, 0, 0, 1])],
    [16, Buffer.from([0])],
    [23, Buffer.from([0xff])],
  ] as const) {
    world.crash('process');
    const whole = await content(world, `${first}.log`);
    const damaged = Buffer.from(whole);
    bytes.copy(damaged, victim.position + at);
    await put(world, `${first}.log`, damaged);
    await world.open();
    const log = world.logNamed('orders-0');
    for (const batch of batches) {
      const pieces: Buffer[] = [];
      const read = world.run(log.read(batch.base, 1, log.endOffset, pieces));
      if (Math.abs(batch.base - victim.base) > 30) {
        await read;
        assert.equal(baseOffset(Buffer.concat(pieces), 0), batch.base);
      } else if (batch === victim) {
        const place = new RegExp(`${first}\\.log at byte ${victim.position}: `);
        await assert.rejects(read, (error) => error instanceof LogError && place.test(error.message));
      } else {
        await read.catch((error: unknown) => assert.ok(error instanceof LogError, String(error)));
      }
    }
    world.crash('process');
    await put(world, `${first}.log`, whole);
    await world.open();
  }
});

test('a segment that is shorter than what was written is damaged from there on', async () => {
  const { world, batches } = await sealedSegment();
  const cut = batches[150]!;
  world.crash('process');
  await put(world, `${first}.log`, (await content(world, `${first}.log`)).subarray(0, cut.position + 20));
  await world.open();
  const log = world.logNamed('orders-0');
  assert.equal((await readAll(world, log, 0, cut.base, 200)).length, cut.base);
  await assert.rejects(
    world.run(log.read(cut.base, 1, log.endOffset, [])),
    /the file ends there|goes on behind the end/,
  );
});
