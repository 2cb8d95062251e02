import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../lib/logger.js';
import { RecordCursor } from '../../log/records.js';
import { batchOf, StorageWorld } from '../../log/testing.js';
import { BrokerError } from '../errors.js';
import { Vhosts } from '../vhosts.js';
import type { QueueConsumer } from './consumers.js';
import { decodeDeaths } from './deaths.js';
import { messageHeader } from './message.js';
import type { Queue } from './queue.js';
import { Queues } from './queues.js';
import { Runs } from './runs.js';
import { defaultQueueOptions } from './settings.js';
import type { Source } from './source.js';

const forever = Number.POSITIVE_INFINITY;

class QueueWorld {
  readonly world: StorageWorld;
  queues: Queues;

  constructor(seed = 1) {
    this.world = new StorageWorld({ checkpointEveryBytes: 1 << 30 }, seed);
    this.queues = new Queues(this.world.storage, new Vhosts(this.world.storage), silentLogger);
  }

  async open(): Promise<this> {
    await this.world.open();
    for (const queue of this.queues.all()) {
      this.queues.vhosts.default.router.addDestination(queue.name, queue.log.id);
    }
    this.queues.restarted();
    return this;
  }

  async restart(kind: 'process' | 'power' = 'power'): Promise<void> {
    this.world.crash(kind);
    this.queues = new Queues(this.world.storage, new Vhosts(this.world.storage), silentLogger);
    await this.open();
  }

  publish(queue: Queue, ...values: string[]): void {
    const batch = batchOf(values);
    const { pool } = this.world.storage;
    pool.place(batch, 0, batch.length);
    queue.publish(pool.buffer, pool.at, batch.length);
  }

  /** What one acquire hands out, as `value` or `value/deliveries` when it was handed out before. */
  async take(queue: Queue, holder = 1, count = 100, deadlineMs: number = forever): Promise<string[]> {
    const runs = new Runs();
    queue.acquire(holder, count, deadlineMs, runs);
    const texts: string[] = [];
    for (let index = 0; index < runs.count; index++) {
      for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) {
        const deliveries = runs.deliveries[index]!;
        texts.push(
          deliveries > 1 ? `${await this.value(queue, offset)}/${deliveries}` : await this.value(queue, offset),
        );
      }
    }
    return texts;
  }

  async record(queue: Queue, offset: number): Promise<RecordCursor> {
    const pieces: Buffer[] = [];
    if (queue.readTail(offset, 1, pieces) === null) await this.world.run(queue.read(offset, 1, pieces));
    const cursor = new RecordCursor(Buffer.concat(pieces), 0, 1 << 20);
    while (cursor.next()) if (cursor.offset === offset) return cursor;
    throw new Error(`no record ${offset}`);
  }

  async value(queue: Queue, offset: number): Promise<string> {
    return (await this.record(queue, offset)).value()!.toString();
  }
}

test('messages are handed out once, in order, and what is acked does not come back after a power cut', async () => {
  const at = await new QueueWorld().open();
  const queue = at.queues.declare('jobs');
  at.publish(queue, 'a', 'b', 'c', 'd');
  assert.deepEqual(await at.take(queue, 1, 2), ['a', 'b']);
  assert.deepEqual(await at.take(queue, 2, 2), ['c', 'd']);
  assert.equal(queue.ack(1, 0, 1), 1);
  assert.equal(queue.ack(2, 2, 4), 2);
  await at.world.durable();
  await at.restart();
  const again = at.queues.get('jobs')!;
  assert.equal(again.ledger.ready, 1);
  assert.deepEqual(await at.take(again), ['b/2']);
});

test('a queue that is worked off as it fills never writes a segment, and its log lets go of what is done', async () => {
  const at = await new QueueWorld().open();
  const queue = at.queues.declare('jobs');
  for (let round = 0; round < 50; round++) {
    at.publish(queue, `m${round}`);
    assert.equal((await at.take(queue)).length, 1);
    queue.ack(1, round, round + 1);
    await at.world.durable();
  }
  await at.world.run(at.world.storage.checkpoint());
  assert.equal(queue.log.startOffset, 50);
  assert.equal(queue.log.tail.count, 0);
  assert.equal(queue.log.segments.length, 0);
  await at.restart();
  at.publish(at.queues.get('jobs')!, 'next');
  assert.deepEqual(await at.take(at.queues.get('jobs')!), ['next']);
});

test('a lock with a deadline outlives a crash and ends at its time', async () => {
  const at = await new QueueWorld().open();
  const queue = at.queues.declare('jobs');
  at.publish(queue, 'a');
  await at.take(queue, 1, 1, at.world.clock.now() + 30_000);
  await at.world.durable();
  await at.restart();
  const again = at.queues.get('jobs')!;
  assert.equal(again.ledger.locked, 1);
  assert.deepEqual(await at.take(again), []);
  await at.world.clock.advance(30_000);
  assert.deepEqual(await at.take(again), ['a/2']);
});

test('a lock that is over before it begins, as where the process stood still, ends by itself at once', async () => {
  const at = await new QueueWorld().open();
  const queue = at.queues.declare('jobs');
  at.publish(queue, 'a');
  assert.deepEqual(await at.take(queue, 1, 1, at.world.clock.now() - 2000), ['a']);
  assert.equal(queue.ready, 0);
  await at.world.clock.advance(0);
  assert.equal(queue.ready, 1);
  assert.deepEqual(await at.take(queue), ['a/2']);
});

test('a follower hears when a delayed message falls due', async () => {
  const at = await new QueueWorld().open();
  const queue = at.queues.declare('jobs');
  let heard = 0;
  queue.follow({
    ready: () => {
      heard++;
    },
  });
  const batch = batchOf(['later']);
  at.world.storage.pool.place(batch, 0, batch.length);
  const { buffer, at: position } = at.world.storage.pool;
  queue.publish(buffer, position, batch.length, { dueMs: at.world.clock.now() + 500 });
  assert.equal(heard, 0);
  await at.world.clock.advance(499);
  assert.equal(heard, 0);
  await at.world.clock.advance(1);
  assert.equal(heard, 1);
  assert.deepEqual(await at.take(queue), ['later']);
});

test('a message that used up its attempts is in the dead-letter queue once, with its story, whenever a crash comes', async () => {
  for (let steps = 0; steps < 12; steps++) {
    for (const flushed of [false, true]) {
      const at = await new QueueWorld(steps + 1).open();
      at.queues.declare('graveyard');
      const options = {
        ...defaultQueueOptions,
        arguments: new Map<string, string | number>([
          ['x-delivery-limit', 1],
          ['x-dead-letter-exchange', ''],
          ['x-dead-letter-routing-key', 'graveyard'],
        ]),
      };
      const queue = at.queues.declare('jobs', options);
      at.publish(queue, 'good', 'bad', 'fine');
      await at.world.durable();
      if (flushed) await at.world.run(at.world.storage.checkpoint());
      await at.take(queue);
      queue.ack(1, 0, 1);
      queue.release(1, 1, 3);
      await at.take(queue, 1, 1);
      queue.release(1, 1, 2);
      for (let step = 0; step < steps; step++) await at.world.clock.step();
      await at.restart(steps % 2 === 0 ? 'power' : 'process');
      await at.world.durable();
      await at.world.clock.advance(10);
      const jobs = at.queues.get('jobs')!;
      const graveyard = at.queues.get('graveyard')!;
      const inJobs = (await at.take(jobs)).map((text) => text.split('/')[0]);
      const inGraveyard = await at.take(graveyard);
      const everywhere = [...inJobs, ...inGraveyard].filter((text) => text === 'bad');
      assert.equal(everywhere.length, 1, `after ${steps} steps: ${inJobs} | ${inGraveyard}`);
      if (inGraveyard.length === 0) continue;
      const record = await at.record(graveyard, 0);
      const header = record.headers().find(({ key }) => key === messageHeader.deaths);
      const { value } = header!;
      const { list } = decodeDeaths(value!, 0, value!.length);
      assert.deepEqual(
        list.map(({ queue: where, reason, count }) => `${where} ${reason} ${count}`),
        ['jobs delivery-limit 1'],
      );
    }
  }
});

test('a deleted queue is gone after a restart, and one of the same name is empty', async () => {
  const at = await new QueueWorld().open();
  const queue = at.queues.declare('jobs');
  at.publish(queue, 'a', 'b');
  at.queues.delete(queue);
  const fresh = at.queues.declare('jobs');
  at.publish(fresh, 'c');
  await at.world.durable();
  await at.restart();
  assert.deepEqual(await at.take(at.queues.get('jobs')!), ['c']);
});

test('while nothing can be recorded nothing is changed', async () => {
  const at = await new QueueWorld().open();
  const queue = at.queues.declare('jobs');
  at.publish(queue, 'a', 'b');
  await at.world.durable();
  await at.take(queue, 1, 1);
  await at.world.durable();
  at.world.faults.failWrites = 1000;
  at.publish(queue, 'c');
  await assert.rejects(at.world.durable());
  assert.throws(() => queue.ack(1, 0, 1), BrokerError);
  assert.throws(() => queue.acquire(1, 1, forever, new Runs()), BrokerError);
  assert.equal(queue.ledger.locked, 1);
  at.world.faults.failWrites = 0;
  await at.world.clock.advance(1000);
  assert.equal(queue.ack(1, 0, 1), 1);
  await at.world.durable();
});

/** Takes whatever it is handed, and notes `offset/deliveries`. */
class Taker implements QueueConsumer {
  readonly priority = 0;
  readonly acknowledges = true;
  readonly holder: number;
  readonly taken: string[] = [];

  constructor(holder: number) {
    this.holder = holder;
  }

  room(): number {
    return 10;
  }

  deliver(source: Source, from: number, to: number, deliveries: number): number {
    for (let offset = from; offset < to; offset++) {
      if (!source.cursor.seek(offset)) return offset;
      this.taken.push(`${offset}/${deliveries}`);
    }
    return to;
  }

  queueGone(): void {}
}

test('what was being read for a consumer that left comes to the next one for the first time', async () => {
  const at = await new QueueWorld().open();
  const queue = at.queues.declare('jobs');
  at.publish(queue, 'a', 'b');
  await at.world.durable();
  await at.world.run(at.world.storage.checkpoint());
  const [leaving, staying] = [new Taker(1), new Taker(2)];
  queue.consume(leaving);
  queue.dispatch();
  assert.equal(queue.ledger.lockedBy(1), 2);
  queue.unconsume(leaving);
  queue.consume(staying);
  await at.world.clock.advance(1000);
  assert.deepEqual(leaving.taken, []);
  assert.deepEqual(staying.taken, ['0/1', '1/1']);
});

test('dead letters without room where they belong are tried again, though nothing else happens', async () => {
  const at = await new QueueWorld().open();
  const target = at.queues.declare('graveyard');
  const args = new Map([
    ['x-dead-letter-exchange', ''],
    ['x-dead-letter-routing-key', 'graveyard'],
  ]);
  const queue = at.queues.declare('jobs', { ...defaultQueueOptions, arguments: args });
  at.queues.vhosts.default.router.addDestination('graveyard', target.log.id);
  at.publish(queue, 'a');
  await at.take(queue);
  let full = true;
  Object.defineProperty(at.world.storage, 'congested', { get: () => full });
  queue.reject(1, 0, 1);
  await at.world.clock.advance(5000);
  assert.equal(queue.ledger.dead, 1);
  full = false;
  await at.world.clock.advance(5000);
  assert.equal(queue.ledger.dead, 0);
  assert.deepEqual(await at.take(target), ['a']);
});

test('a limit of length does not take from groups that are being worked on', async () => {
  const at = await new QueueWorld().open();
  const args = new Map([['x-max-length', 1]]);
  const queue = at.queues.declare('jobs', { ...defaultQueueOptions, admission: 'explicit', arguments: args });
  const inGroup = (value: string): void => {
    const batch = batchOf([value]);
    const { pool } = at.world.storage;
    pool.place(batch, 0, batch.length);
    queue.publish(pool.buffer, pool.at, batch.length, { group: 'g' });
  };
  inGroup('a');
  assert.deepEqual(await at.take(queue), ['a']);
  for (const value of ['b', 'c', 'd']) inGroup(value);
  await at.world.clock.advance(10);
  assert.equal(queue.ready, 3);
  queue.ack(1, 0, 1);
  inGroup('e');
  await at.world.clock.advance(10);
  assert.deepEqual(await at.take(queue), ['e']);
});

test('what a lock that ended made a dead letter of is buried although the wall clock was set while the timer waits', async () => {
  const at = await new QueueWorld().open();
  const target = at.queues.declare('graveyard');
  const args = new Map<string, string | number>([
    ['x-delivery-limit', 1],
    ['x-dead-letter-exchange', ''],
    ['x-dead-letter-routing-key', 'graveyard'],
  ]);
  const queue = at.queues.declare('jobs', { ...defaultQueueOptions, arguments: args });
  at.publish(queue, 'a');
  const { clock } = at.world;
  const unstepped = clock.now.bind(clock);
  await at.take(queue);
  queue.release(1, 0, 1);
  assert.deepEqual(await at.take(queue, 1, 1, clock.now() + 600_000), ['a/2']);
  clock.now = () => unstepped() + 700_000;
  assert.deepEqual(await at.take(queue), []);
  await clock.advance(1000);
  assert.equal(queue.ledger.dead, 0);
  assert.deepEqual(await at.take(target), ['a']);
});
