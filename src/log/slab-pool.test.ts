import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SlabPool } from './slab-pool.js';
import { Tail } from './tail.js';
import { append, batchOf, StorageWorld, testPolicy } from './testing.js';

const some = Buffer.alloc(60, 'x');

test('a slab goes round when nobody holds it any more, and not before', () => {
  const pool = new SlabPool(100);
  pool.place(some, 0, 60);
  const first = pool.buffer;
  pool.hold(first);
  pool.place(some, 0, 60);
  const second = pool.buffer;
  assert.notEqual(second, first);
  pool.release(first);
  pool.place(some, 0, 60);
  assert.equal(pool.buffer, first);
  assert.deepEqual(pool.counts, { free: 1, all: 2 });
});

test('a slab that is filled is not given away while it is filled, whoever lets it go', () => {
  const pool = new SlabPool(100);
  pool.place(some, 0, 10);
  pool.hold(pool.buffer);
  pool.release(pool.buffer);
  assert.notEqual(pool.take(60), pool.buffer);
});

test('a slab that somebody may look at for ever is not used again', () => {
  const pool = new SlabPool(100);
  const memory = pool.take(100);
  pool.escape(memory);
  pool.release(memory);
  assert.notEqual(pool.take(100), memory);
  assert.equal(pool.counts.all, 1);
});

test('what is larger than a slab gets memory of its own, which nobody need let go', () => {
  const pool = new SlabPool(100);
  pool.place(Buffer.alloc(101, 'y'), 0, 101);
  assert.equal(pool.buffer.toString('latin1', pool.at), 'y'.repeat(101));
  assert.equal(pool.hold(pool.buffer), false);
  pool.release(pool.buffer);
  assert.equal(pool.take(200).length, 200);
  assert.deepEqual(pool.counts, { free: 0, all: 0 });
});

test('a little is not read into a whole slab', () => {
  const pool = new SlabPool(100);
  assert.equal(pool.take(49).length, 49);
  assert.equal(pool.take(50).length, 100);
  assert.equal(pool.counts.all, 1);
});

test('what fills most of a slab that is lent stays where it is, until both have let it go', () => {
  const pool = new SlabPool(100, true);
  const lent = pool.lend(80)!;
  assert.equal(lent.length, 100);
  lent.fill('y', 10, 70);
  pool.place(lent.subarray(5, 85), 5, 65);
  assert.equal(pool.buffer.buffer, lent.buffer);
  assert.equal(pool.at, 10);
  assert.ok(pool.hold(pool.buffer));
  assert.ok(pool.takeBack(lent));
  assert.equal(lent.toString('latin1', 10, 70), 'y'.repeat(60), 'somebody has them yet');
  assert.deepEqual(pool.counts, { free: 0, all: 1 });
  pool.release(lent);
  assert.deepEqual(pool.counts, { free: 1, all: 1 });
});

test('a slab is lent from where somebody wants it, and what is placed lies there', () => {
  const pool = new SlabPool(100, true);
  const lent = pool.lend(80, 20)!;
  assert.equal(lent.length, 80);
  assert.equal(lent.byteOffset, 20);
  lent.fill('y', 10, 70);
  pool.place(lent, 10, 70);
  assert.equal(pool.at, 30);
  assert.equal(pool.buffer.toString('latin1', 30, 90), 'y'.repeat(60));
  assert.ok(pool.hold(pool.buffer));
  assert.ok(pool.takeBack(lent));
  pool.release(pool.buffer);
  assert.deepEqual(pool.counts, { free: 1, all: 1 });
  assert.equal(pool.lend(80, 21)!.byteOffset, 0, 'it would end behind the slab');
});

test('a little of a slab that is lent is copied out', () => {
  const pool = new SlabPool(100);
  const lent = pool.lend(100)!;
  lent.fill('y');
  pool.place(lent, 0, 49);
  assert.notEqual(pool.buffer.buffer, lent.buffer, 'for a few bytes nobody is to hold a slab');
  assert.equal(pool.buffer.toString('latin1', pool.at, pool.at + 49), 'y'.repeat(49));
});

test('too little and too much are not lent, and what was not lent is not taken back', () => {
  const pool = new SlabPool(100);
  assert.equal(pool.lend(49), null);
  assert.equal(pool.lend(101), null);
  const taken = pool.take(60);
  assert.equal(pool.takeBack(taken), false);
  const lent = pool.lend(60)!;
  assert.equal(pool.takeBack(lent), true);
  assert.equal(pool.takeBack(lent), false);
  assert.equal(pool.takeBack(Buffer.alloc(100)), false);
  pool.release(taken);
});

test('a tail that was looked into without a word forgets that when it is empty', () => {
  const pool = new SlabPool(100);
  const tail = new Tail(pool);
  pool.place(some, 0, 60);
  const first = pool.buffer;
  tail.push(0, 1, 0, 0, first, pool.at, 60);
  tail.buffer(0);
  tail.dropBefore(1);
  pool.place(some, 0, 60);
  const second = pool.buffer;
  tail.push(1, 2, 0, 0, second, pool.at, 60);
  tail.dropBefore(2);
  pool.place(some, 0, 60);
  assert.notEqual(pool.buffer, first);
  pool.place(some, 0, 60);
  assert.equal(pool.buffer, second);
});

test('letting go once too often is a broken invariant', () => {
  const pool = new SlabPool(100);
  const memory = pool.take(60);
  pool.release(memory);
  assert.throws(() => pool.release(memory), /nobody holds/);
});

test('a pool that is not used becomes smaller, one that is keeps what it needs', () => {
  const pool = new SlabPool(100);
  const all = Array.from({ length: 8 }, () => pool.take(50));
  for (const memory of all) pool.release(memory);
  pool.rest();
  assert.equal(pool.counts.free, 8, 'all were in use since the last call');
  for (const left of [4, 2, 1, 0]) {
    pool.rest();
    assert.equal(pool.counts.free, left);
  }
});

test('bytes are as they were placed for as long as a tail or a reader has them', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), tail: fc.nat(2), size: fc.integer({ min: 1, max: 120 }) }),
    fc.record({ kind: fc.constant('drop' as const), tail: fc.nat(2), size: fc.nat(5) }),
    fc.record({ kind: fc.constant('read' as const), tail: fc.nat(2), size: fc.nat(5) }),
    fc.record({ kind: fc.constant('letGo' as const), tail: fc.nat(2), size: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const pool = new SlabPool(256, true);
      const tails = [new Tail(pool), new Tail(pool), new Tail(pool)];
      const held: { buffer: Buffer; at: number; size: number; fill: number }[] = [];
      let next = 0;
      for (const { kind, tail: which, size } of steps) {
        const tail = tails[which]!;
        if (kind === 'push') {
          pool.place(Buffer.alloc(size, next & 0x7f), 0, size);
          tail.push(next, next + 1, 0, 0, pool.buffer, pool.at, size);
          next++;
        } else if (kind === 'drop' && tail.count > 0) {
          tail.dropBefore(tail.next(size % tail.count));
        } else if (kind === 'read' && tail.count > 0) {
          const index = size % tail.count;
          const buffer = tail.memory(index);
          if (pool.hold(buffer))
            held.push({ buffer, at: tail.at(index), size: tail.size(index), fill: tail.base(index) });
        } else if (kind === 'letGo' && held.length > 0) {
          pool.release(held.splice(size % held.length, 1)[0]!.buffer);
        }
        for (const { buffer, at, size: length, fill } of held) assertFilled(buffer, at, length, fill);
        for (const each of tails) {
          for (let index = 0; index < each.count; index++) {
            assertFilled(each.memory(index), each.at(index), each.size(index), each.base(index));
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});

function assertFilled(buffer: Buffer, at: number, size: number, fill: number): void {
  for (let index = at; index < at + size; index++) assert.equal(buffer[index], fill & 0x7f);
}

test('what a reader was given without a word stays as it is, though its log has moved on', async () => {
  const world = new StorageWorld();
  await world.open();
  const { storage } = world;
  const log = storage.createLog('topic-0', testPolicy);
  const place = (): void => {
    const batch = batchOf(['a'.repeat(300_000)]);
    storage.pool.place(batch, 0, batch.length);
    log.append(storage.pool.buffer, storage.pool.at, batch.length);
  };
  place();
  await world.durable();
  const pieces: Buffer[] = [];
  log.readTail(0, 1, 1, pieces);
  const given = Buffer.concat(pieces);
  await world.run(log.flush());
  for (let index = 0; index < 20; index++) {
    append(log, storage, batchOf(['b']));
    place();
    await world.durable();
    await world.run(log.flush());
  }
  assert.ok(Buffer.concat(pieces).equals(given));
  await world.run(storage.close());
});

test('under a steady load the same few slabs go round', async () => {
  const world = new StorageWorld({}, 1, {}, () => new SlabPool());
  await world.open();
  const { storage } = world;
  const log = storage.createLog('topic-0', { ...testPolicy, segmentBytes: 1 << 30 });
  const batch = batchOf(['a'.repeat(100_000)]);
  for (let round = 0; round < 40; round++) {
    for (let index = 0; index < 10; index++) {
      storage.pool.place(batch, 0, batch.length);
      log.append(storage.pool.buffer, storage.pool.at, batch.length);
    }
    await world.durable();
    const held: Buffer[] = [];
    const pieces: Buffer[] = [];
    await world.run(log.read(log.endOffset - 1, 1 << 20, log.endOffset, pieces, held));
    assert.equal(held.length, 1);
    storage.letGo(held);
  }
  assert.ok(storage.pool.counts.all <= 4, `${storage.pool.counts.all} slabs`);
  await world.run(storage.close());
});
