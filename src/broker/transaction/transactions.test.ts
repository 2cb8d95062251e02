import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlBit, transactionalBit } from '../../log/batch.js';
import { BatchBuilder, RecordCursor } from '../../log/records.js';
import { highestEpoch } from './transaction.js';
import { TransactionWorld, transactional } from './transaction-world.test.support.js';

const minuteMs = 60_000;

async function opened(...topics: string[]): Promise<TransactionWorld> {
  return new TransactionWorld().open(...topics);
}

test('LSO = first open transaction offset, exclusive: readers stop before it, and go on when it ends', async () => {
  const at = await opened('t');
  const plain = new BatchBuilder();
  plain.add(null, Buffer.from('plain'), 1_700_000_000_000);
  const before = plain.build();
  at.partition('t').append(before, 0, before.length);
  const first = at.producer('a').init();
  const second = at.producer('b').init();
  assert.equal(first.send('t', 'a1'), 'ok');
  assert.equal(second.send('t', 'b1'), 'ok');
  assert.equal(first.send('t', 'a2'), 'ok');
  await at.world.durable();
  assert.equal(at.partition('t').highWatermark, 4);
  assert.equal(at.partition('t').lastStableOffset, 1);
  assert.deepEqual(await at.values('t'), ['plain']);
  assert.deepEqual(await at.uncommittedValues('t'), ['plain', 'a1', 'b1', 'a2']);
  assert.equal(first.end(true), null);
  await at.world.durable();
  assert.equal(at.partition('t').lastStableOffset, 2);
  assert.deepEqual(await at.values('t'), ['plain', 'a1']);
  assert.equal(second.end(false), null);
  await at.world.durable();
  assert.equal(at.partition('t').lastStableOffset, 6);
  assert.deepEqual(await at.values('t'), ['plain', 'a1', 'a2']);
  assert.deepEqual(await at.uncommittedValues('t'), ['plain', 'a1', 'b1', 'a2'], 'aborted data is there for who asks');
});

test('the last stable offset equals the log start on an empty log, and is never below it', async () => {
  const at = await opened('t');
  assert.equal(at.partition('t').lastStableOffset, 0);
  const producer = at.producer('a').init();
  producer.send('t', 'one');
  producer.send('t', 'two');
  await at.world.durable();
  assert.equal(at.partition('t').deleteBefore(1), 'ok');
  assert.equal(at.partition('t').lastStableOffset, 1);
  producer.end(true);
  await at.world.durable();
  assert.deepEqual(await at.values('t'), ['two']);
});

test('a transaction whose end is not durable yet stays hidden, although its records are durable', async () => {
  for (const committed of [true, false]) {
    const at = await opened('t');
    const producer = at.producer('a').init();
    producer.send('t', 'one');
    await at.world.durable();
    assert.equal(producer.end(committed), null);
    assert.equal(at.partition('t').highWatermark, 1);
    assert.equal(at.partition('t').lastStableOffset, 0);
    assert.deepEqual(await at.uncommittedValues('t'), ['one']);
    await at.world.durable();
    assert.equal(at.partition('t').lastStableOffset, 2);
    assert.deepEqual(await at.values('t'), committed ? ['one'] : []);
  }
});

test('aborted-txn list per fetch range: only those with records in it, by where they began', async () => {
  const at = await opened('t');
  const long = at.producer('long').init();
  long.send('t', 'l0');
  const ids: number[] = [];
  for (let index = 0; index < 3; index++) {
    const producer = at.producer(`short${index}`).init();
    ids.push(producer.producerId);
    producer.send('t', `s${index}`);
    producer.end(false);
  }
  const longId = long.producerId;
  long.end(false);
  await at.world.durable();
  for (const again of [false, true]) {
    if (again) await at.restart();
    const partition = at.partition('t');
    assert.deepEqual(
      partition.abortedWithin(0, 8).map(({ producerId, firstOffset }) => [producerId, firstOffset]),
      [
        [longId, 0],
        [ids[0], 1],
        [ids[1], 3],
        [ids[2], 5],
      ],
    );
    assert.deepEqual(
      partition.abortedWithin(3, 5).map(({ producerId }) => producerId),
      [longId, ids[1]],
    );
    assert.deepEqual(partition.abortedWithin(8, 20), []);
  }
  at.partition('t').deleteBefore(5);
  await at.world.run(at.world.storage.checkpoint());
  await at.restart();
  assert.deepEqual(
    at
      .partition('t')
      .abortedWithin(0, 8)
      .map(({ firstOffset }) => firstOffset),
    [0, 5],
  );
  assert.deepEqual(await at.values('t'), []);
});

test("control batches occupy offsets, in Kafka's form", async () => {
  const at = await opened('t');
  const producer = at.producer('a').init();
  const { producerId } = producer;
  producer.send('t', 'one');
  producer.end(true);
  await at.world.durable();
  const pieces: Buffer[] = [];
  await at.world.run(at.partition('t').read(1, 1024, pieces));
  const batch = Buffer.concat(pieces);
  assert.equal(batch.readBigInt64BE(0), 1n);
  assert.equal(batch.readInt16BE(21), controlBit | transactionalBit);
  assert.equal(Number(batch.readBigInt64BE(43)), producerId);
  assert.equal(batch.readInt16BE(51), 1, 'the epoch after the end');
  assert.equal(batch.readInt32BE(53), -1);
  const cursor = new RecordCursor(batch, 0, 1024);
  assert.ok(cursor.next());
  assert.equal(cursor.key()!.toString('hex'), '00000001');
  assert.equal(cursor.value()!.toString('hex'), '000000000001');
});

test('fencing on re-init: the open transaction is aborted, and the older incarnation can do nothing more', async () => {
  const at = await opened('t');
  const zombie = at.producer('a').init();
  zombie.send('t', 'lost');
  const next = at.producer('a').init();
  assert.equal(next.producerId, zombie.producerId);
  assert.equal(next.epoch, zombie.epoch + 1);
  assert.equal(zombie.send('t', 'late'), 'fenced');
  assert.equal(zombie.send('t', 'late', false), 'fenced');
  assert.equal(zombie.offset('g', 't', 1), 'fenced');
  assert.equal(zombie.end(true), 'fenced');
  assert.equal(zombie.end(false), 'fenced');
  assert.equal(at.transactions.addPartitions(zombie.who, [at.partition('t')]), 'fenced');
  assert.equal(next.send('t', 'kept'), 'ok');
  assert.equal(next.end(true), null);
  await at.world.durable();
  assert.deepEqual(await at.values('t'), ['kept']);
});

test('a producer that speaks the first protocol keeps its epoch, and must add a partition before it writes', async () => {
  const at = await opened('t', 'other');
  const producer = at.producer('a').init();
  assert.equal(producer.send('t', 'early', false), 'not-covered');
  assert.equal(at.transactions.addPartitions(producer.who, [at.partition('t')]), null);
  assert.equal(producer.send('t', 'one', false), 'ok');
  assert.equal(producer.send('other', 'elsewhere', false), 'not-covered');
  assert.equal(producer.end(true, false), null);
  assert.equal(producer.epoch, 0);
  assert.equal(producer.end(true, false), null, 'again');
  assert.equal(producer.end(false, false), 'invalid-state');
  assert.equal(producer.send('t', 'late', false), 'not-covered', 'it would open a transaction that nobody ends');
  assert.equal(at.transactions.addPartitions(producer.who, [at.partition('t')]), null);
  assert.equal(producer.send('t', 'two', false), 'ok');
  assert.equal(producer.end(false, false), null);
  await at.world.durable();
  assert.deepEqual(await at.values('t'), ['one']);
  assert.equal(at.producer('b').init().end(true, false), 'invalid-state', 'there was no transaction');
});

test('TV2: each end bumps the epoch and tells it, a repeated end is told the same, and late writes are fenced', async () => {
  const at = await opened('t');
  const producer = at.producer('a').init();
  const early = { ...producer.who };
  producer.send('t', 'one');
  assert.equal(producer.end(true), null);
  assert.equal(producer.epoch, 1);
  const again = at.transactions.end(early, true, true);
  assert.deepEqual([again.refusal, again.epoch], [null, 1]);
  assert.equal(at.transactions.end(early, false, true).refusal, 'invalid-state');
  const late = transactional(early.producerId, early.epoch, 1, 'late');
  assert.equal(at.transactions.append('a', at.partition('t'), late, 0, late.length, true), 'fenced');
  assert.equal(producer.end(true), 'invalid-state', 'nothing was written since');
  assert.equal(producer.end(false), null, 'an abort of nothing makes sure that nothing comes late');
  assert.equal(producer.epoch, 2);
  producer.send('t', 'two');
  assert.equal(producer.end(true), null);
  await at.world.durable();
  assert.deepEqual(await at.values('t'), ['one', 'two']);
});

test('KIP-360: a producer that names its id and epoch gets the next one, also when it missed the answer', async () => {
  const at = await opened('t');
  const producer = at.producer('a').init();
  const { producerId: id } = producer;
  const init = (expectedId: number, epoch: number) => at.transactions.init('a', minuteMs, expectedId, epoch);
  assert.deepEqual(init(id, 0), { refusal: null, producerId: id, epoch: 1 });
  assert.deepEqual(init(id, 0), { refusal: null, producerId: id, epoch: 1 }, 'asked again');
  assert.deepEqual(init(id, 1), { refusal: null, producerId: id, epoch: 2 });
  assert.equal(init(id, 0).refusal, 'fenced');
  assert.equal(init(id + 1, 2).refusal, 'fenced');
  assert.equal(init(id, -1).refusal, 'invalid-request');
  assert.equal(init(-1, -1).epoch, 3);
  assert.equal(init(id, 2).refusal, 'fenced', 'a new incarnation came in between');
  producer.become(id, 3);
  producer.send('t', 'lost');
  assert.equal(init(id, 2).refusal, 'fenced');
  assert.equal(init(id, 3).epoch, 4);
  await at.world.durable();
  assert.equal(at.partition('t').lastStableOffset, 2, 'what was open is aborted');
  assert.deepEqual(await at.values('t'), []);
});

test('when the epochs of an id are used up the producer gets another id, at an end as at the start', async () => {
  const at = await opened('t');
  const producer = at.producer('a').init();
  const { producerId: id } = producer;
  for (let epoch = 0; epoch < highestEpoch; epoch++) at.transactions.init('a', minuteMs, id, epoch);
  producer.become(id, highestEpoch);
  assert.equal(producer.send('t', 'one'), 'ok');
  assert.equal(producer.end(true), null);
  assert.deepEqual([producer.producerId, producer.epoch], [id + 1, 0]);
  const again = at.transactions.end({ id: 'a', producerId: id, epoch: highestEpoch }, true, true);
  assert.deepEqual([again.refusal, again.producerId, again.epoch], [null, id + 1, 0]);
  assert.deepEqual(at.transactions.init('a', minuteMs, id, highestEpoch), {
    refusal: null,
    producerId: id + 1,
    epoch: 0,
  });
  assert.equal(producer.send('t', 'two'), 'ok');
  assert.equal(producer.end(true), null);
  await at.world.durable();
  assert.deepEqual(await at.values('t'), ['one', 'two']);
});

test('the timeout reaper aborts a transaction that lasts too long and fences its producer', async () => {
  const at = await opened('t');
  const producer = at.producer('a').init(10_000);
  producer.send('t', 'lost');
  await at.world.clock.advance(9_999);
  assert.equal(at.transactions.get('a')!.state, 'ongoing');
  await at.world.clock.advance(2);
  assert.equal(at.transactions.get('a')!.state, 'aborted');
  assert.equal(producer.send('t', 'late'), 'fenced');
  assert.equal(producer.end(true), 'invalid-state');
  assert.equal(producer.end(false), null, 'the second protocol lets it go on after an abort');
  assert.equal(producer.send('t', 'kept'), 'ok');
  assert.equal(producer.end(true), null);
  await at.world.durable();
  assert.deepEqual(await at.values('t'), ['kept']);
});

test('max timeout check: a time-out of nothing or beyond the limit is refused', async () => {
  const at = await opened();
  for (const timeoutMs of [0, -1, 900_001]) {
    assert.equal(at.transactions.init('a', timeoutMs, -1, -1).refusal, 'invalid-timeout');
  }
  assert.equal(at.transactions.init('', 1000, -1, -1).refusal, 'invalid-request');
  assert.equal(at.transactions.init('a', 900_000, -1, -1).refusal, null);
});

test('open transactions are back after a crash, hidden at once, with their time-outs running', async () => {
  for (const checkpoint of [false, true]) {
    const at = await opened('t');
    const producer = at.producer('a').init(10_000);
    producer.send('t', 'lost');
    producer.offset('g', 't', 7);
    await at.world.durable();
    if (checkpoint) await at.world.run(at.world.storage.checkpoint());
    await at.world.clock.advance(6_000);
    await at.restart();
    assert.equal(at.partition('t').lastStableOffset, 0);
    assert.equal(at.transactions.get('a')!.state, 'ongoing');
    assert.deepEqual(at.transactions.get('a')!.partitions, [at.partition('t')]);
    assert.equal(at.transactions.holds('g', 't', 0), true);
    await at.world.clock.advance(4_500);
    await at.world.durable();
    assert.equal(at.transactions.get('a')!.state, 'aborted');
    assert.equal(at.transactions.holds('g', 't', 0), false);
    assert.equal(at.partition('t').lastStableOffset, 2);
    assert.deepEqual(await at.values('t'), []);
    assert.equal(at.committed('g', 't'), -1);
  }
});

test('a transaction goes on over a restart, and ends as if nothing had been', async () => {
  const at = await opened('t', 'u');
  const producer = at.producer('a').init();
  producer.send('t', 'one');
  await at.restartDurable();
  assert.equal(producer.send('u', 'two'), 'ok');
  assert.equal(producer.offset('g', 't', 5), null);
  await at.restartDurable();
  assert.equal(producer.end(true), null);
  await at.restartDurable();
  assert.deepEqual(await at.values('t'), ['one']);
  assert.deepEqual(await at.values('u'), ['two']);
  assert.equal(at.committed('g', 't'), 5);
});

test('offsets inside a transaction are seen when it commits and never when it aborts', async () => {
  const at = await opened('t');
  const producer = at.producer('a').init();
  assert.equal(producer.offset('g', 't', 3, false), 'not-covered');
  assert.equal(at.transactions.addGroup(producer.who, 'g'), null);
  assert.equal(producer.offset('g', 't', 3, false), null);
  await at.world.durable();
  assert.equal(at.committed('g', 't'), -1);
  assert.equal(at.transactions.holds('g', 't', 0), true);
  assert.equal(producer.end(true, false), null);
  assert.equal(at.transactions.holds('g', 't', 0), true, 'until the end is durable');
  await at.world.durable();
  assert.equal(at.transactions.holds('g', 't', 0), false);
  assert.equal(at.committed('g', 't'), 3);
  assert.equal(producer.offset('g', 't', 9), null);
  assert.equal(producer.end(false), null);
  await at.world.durable();
  assert.equal(at.transactions.holds('g', 't', 0), false, 'an unstable offset clears');
  assert.equal(at.committed('g', 't'), 3);
});

test('KIP-447: a member of another generation, or none that is known, commits nothing in a transaction', async () => {
  const at = await opened('t');
  const producer = at.producer('a').init();
  const request = {
    group: 'g',
    memberId: 'gone',
    instanceId: null,
    generation: 4,
    retentionMs: -1,
    offsets: [{ topic: 't', partition: 0, offset: 1, leaderEpoch: -1, metadata: '' }],
  };
  assert.deepEqual(at.transactions.commitOffsets(producer.who, request, true), ['illegal-generation']);
  at.groups.commit({ ...request, memberId: '', generation: -1 }, () => {});
  await at.world.durable();
  assert.deepEqual(at.transactions.commitOffsets(producer.who, request, true), ['unknown-member']);
  assert.equal(producer.offset('g', 't', 2), null, 'a producer need not name a member');
});

test('offsets of a transaction are the group’s from its end on, in this run and the next', async () => {
  const at = await opened('t');
  const commit = (offset: number): void => {
    const offsets = [{ topic: 't', partition: 0, offset, leaderEpoch: -1, metadata: '' }];
    const from = { group: 'g', memberId: '', instanceId: null, generation: -1, retentionMs: -1 };
    at.groups.commit({ ...from, offsets }, () => {});
  };
  const early = at.producer('a').init();
  const late = at.producer('b').init();
  early.offset('g', 't', 5);
  late.offset('g', 't', 6);
  commit(7);
  await at.world.durable();
  assert.equal(at.committed('g', 't'), 7);
  // The one that began to write first ends last.
  late.end(true);
  early.end(true);
  await at.restartDurable();
  assert.equal(at.committed('g', 't'), 5);
  const aborted = at.producer('a').init();
  aborted.offset('g', 't', 8);
  commit(9);
  aborted.end(false);
  await at.restartDurable();
  assert.equal(at.committed('g', 't'), 9);
});

test('offset expiry ignores offsets that a transaction holds, and keeps their group', async () => {
  const at = await opened('t');
  at.groups.commit(
    {
      group: 'g',
      memberId: '',
      instanceId: null,
      generation: -1,
      retentionMs: 1000,
      offsets: [{ topic: 't', partition: 0, offset: 1, leaderEpoch: -1, metadata: '' }],
    },
    () => {},
  );
  const producer = at.producer('a').init();
  producer.offset('g', 't', 2);
  await at.world.clock.advance(30_000);
  at.groups.expire();
  assert.equal(at.committed('g', 't'), 1);
  producer.end(true);
  await at.world.durable();
  at.groups.expire();
  assert.equal(at.committed('g', 't'), 2);
  await at.restartDurable();
  assert.equal(at.committed('g', 't'), 2);
});

test('a group that is deleted takes with it what transactions hold for it', async () => {
  const at = await opened('t');
  const producer = at.producer('a').init();
  producer.offset('g', 't', 1);
  producer.end(true);
  await at.world.durable();
  producer.offset('g', 't', 2);
  let refusal: unknown = 'not told';
  at.groups.delete('g', (told) => {
    refusal = told;
  });
  await at.restartDurable();
  assert.equal(refusal, null);
  producer.end(true);
  await at.world.durable();
  assert.equal(at.committed('g', 't'), -1);
});

test('a topic may be deleted, and made again, under an open transaction', async () => {
  for (const crash of [false, true]) {
    const at = await opened('t', 'gone');
    const producer = at.producer('a').init();
    producer.send('t', 'one');
    producer.send('gone', 'lost');
    producer.offset('g', 'gone', 1);
    producer.offset('g', 't', 2);
    await at.world.durable();
    at.catalog.delete(at.catalog.topic('gone')!);
    await at.world.durable();
    at.catalog.create('gone', 1);
    if (crash) await at.restartDurable();
    assert.deepEqual(at.transactions.get('a')!.partitions, [at.partition('t')]);
    assert.equal(producer.end(true), null);
    await at.restartDurable();
    assert.deepEqual(await at.values('t'), ['one']);
    assert.equal(at.partition('gone').log.endOffset, 0);
    assert.equal(at.committed('g', 'gone'), -1);
    assert.equal(at.committed('g', 't'), 2);
  }
});

test('only a coordinated producer writes transactional batches, and nothing else while its transaction is open', async () => {
  const at = await opened('t');
  const partition = at.partition('t');
  const stray = transactional(77, 0, 0, 'stray');
  assert.equal(partition.append(stray, 0, stray.length), 'invalid-transaction-state');
  assert.equal(at.transactions.append('nobody', partition, stray, 0, stray.length, true), 'unknown-producer');
  const producer = at.producer('a').init();
  producer.send('t', 'one');
  const builder = new BatchBuilder();
  builder.add(null, Buffer.from('plain'), 1_700_000_000_000);
  const plain = builder.build(0, producer.producerId, producer.epoch, 1);
  assert.equal(partition.append(plain, 0, plain.length), 'invalid-transaction-state');
  const own = transactional(producer.producerId, producer.epoch, 1, 'two');
  const both = Buffer.concat([own, stray]);
  assert.equal(at.transactions.append('a', partition, both, 0, both.length, true), 'invalid-batch');
  assert.equal(partition.log.endOffset, 1, 'all of it or nothing');
});

test('an administrator ends a transaction: one that is coordinated as a whole', async () => {
  const at = await opened('t', 'u');
  const producer = at.producer('a').init();
  producer.send('t', 'one');
  producer.send('u', 'two');
  const { producerId, epoch } = producer;
  assert.equal(at.transactions.endIn(at.partition('t'), producerId, epoch, true), 'invalid-state');
  assert.equal(at.transactions.endIn(at.partition('t'), producerId, epoch - 1, false), 'fenced');
  assert.equal(at.transactions.endIn(at.partition('t'), producerId, epoch, false), null);
  await at.world.durable();
  assert.equal(at.partition('t').lastStableOffset, 2);
  assert.equal(at.partition('u').lastStableOffset, 2);
  assert.equal(producer.send('u', 'late'), 'fenced');
  assert.deepEqual(await at.values('u'), []);
});

test('transactional ids expire when they are not used, whatever partitions know of their producers', async () => {
  const at = await new TransactionWorld({ expirationMs: minuteMs, expiryCheckMs: 1000 }).open('t');
  const idle = at.producer('idle').init();
  const busy = at.producer('busy').init(900_000);
  busy.send('t', 'one');
  await at.world.clock.advance(59_000);
  assert.notEqual(at.transactions.get('idle'), null);
  await at.world.clock.advance(2_000);
  assert.equal(at.transactions.get('idle'), null);
  assert.equal(at.transactions.get('busy')!.state, 'ongoing');
  assert.equal(at.partition('t').producers.size, 1);
  await at.restartDurable();
  assert.equal(at.transactions.get('idle'), null);
  const again = at.transactions.init('idle', minuteMs, idle.producerId, idle.epoch);
  assert.equal(again.refusal, null, 'it begins anew');
  assert.ok(again.producerId > idle.producerId);
});

test('the number of transactional ids is limited', async () => {
  const at = await new TransactionWorld({ transactionsMax: 2 }).open();
  at.producer('a').init();
  at.producer('b').init();
  assert.equal(at.transactions.init('c', minuteMs, -1, -1).refusal, 'unavailable');
  assert.equal(at.transactions.init('b', minuteMs, -1, -1).refusal, null);
});

test('a transaction that nobody coordinates any more is aborted at start', async () => {
  const at = await opened('t');
  const stray = transactional(5000, 3, 0, 'stray');
  assert.equal(at.partition('t').append(stray, 0, stray.length, 5000, 3), 'ok');
  await at.restartDurable();
  await at.world.durable();
  assert.equal(at.partition('t').lastStableOffset, 2);
  assert.deepEqual(await at.values('t'), []);
});

test('epoch and id of a producer, retried ends and time-outs survive checkpoints', async () => {
  const at = await opened('t');
  const producer = at.producer('a').init(12_345);
  const early = { ...producer.who };
  producer.send('t', 'one');
  producer.end(true);
  await at.world.durable();
  await at.world.run(at.world.storage.checkpoint());
  await at.restart();
  const again = at.transactions.end(early, true, true);
  assert.deepEqual([again.refusal, again.epoch], [null, 1]);
  assert.equal(at.transactions.get('a')!.timeoutMs, 12_345);
  assert.equal(at.transactions.get('a')!.state, 'committed');
});
