import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../lib/logger.js';
import { batchOf, StorageWorld } from '../../log/testing.js';
import { Vhosts } from '../vhosts.js';
import type { QueueConsumer } from './consumers.js';
import { contentKind } from './message.js';
import { MessageRun } from './message-run.js';
import type { Queue } from './queue.js';
import { Queues } from './queues.js';
import { Runs } from './runs.js';
import { defaultQueueOptions } from './settings.js';
import type { Source } from './source.js';

const forever = Number.POSITIVE_INFINITY;

class QueuesAt {
  readonly world: StorageWorld = new StorageWorld({ checkpointEveryBytes: 1 << 30 });
  queues: Queues = this.made();

  private made(): Queues {
    return new Queues(this.world.storage, new Vhosts(this.world.storage), silentLogger);
  }

  async open(): Promise<this> {
    await this.world.open();
    this.queues.restarted();
    return this;
  }

  async restart(): Promise<void> {
    this.world.crash('power');
    this.queues = this.made();
    await this.open();
  }

  declare(name: string, args: Record<string, string | number> = {}): Queue {
    return this.queues.declare(name, { ...defaultQueueOptions, arguments: new Map(Object.entries(args)) });
  }

  publish(queue: Queue, ...values: string[]): void {
    const batch = batchOf(values);
    const { pool } = this.world.storage;
    pool.place(batch, 0, batch.length);
    queue.publish(pool.buffer, pool.at, batch.length);
  }
}

/** Notes the bodies of what it is handed, and acknowledges nothing. */
class Reader implements QueueConsumer {
  readonly holder: number;
  readonly priority = 0;
  readonly acknowledges = false;
  readonly bodies: string[] = [];

  constructor(holder: number) {
    this.holder = holder;
  }

  room(): number {
    return 1000;
  }

  deliver({ cursor }: Source, from: number, to: number): number {
    for (let offset = from; offset < to; offset++) {
      if (!cursor.seek(offset)) return offset;
      this.bodies.push(cursor.bytes.toString('utf8', cursor.bodyAt, cursor.bodyAt + cursor.bodyLength));
    }
    return to;
  }

  queueGone(): void {}
}

test('a queue that is deleted while its dead letters are being read leaves nothing behind that a start trips over', async () => {
  const at = await new QueuesAt().open();
  at.declare('graveyard');
  const queue = at.declare('jobs', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'graveyard' });
  at.publish(queue, 'a', 'b');
  queue.acquire(1, 2, forever, new Runs());
  queue.reject(1, 0, 2);
  at.queues.delete(queue);
  await at.world.clock.advance(5000);
  await at.world.durable();
  await at.restart();
  assert.equal(at.queues.get('jobs'), undefined);
  assert.deepEqual(at.world.report?.damage, []);
});

test('what became ready while nothing could be recorded is handed out when that is over, though nothing else happens', async () => {
  const at = await new QueuesAt().open();
  const queue = at.declare('jobs');
  at.publish(queue, 'a');
  await at.world.durable();
  at.world.faults.failWrites = 1000;
  at.publish(queue, 'b');
  await assert.rejects(at.world.durable());
  const reader = new Reader(7);
  queue.consume(reader);
  await at.world.clock.advance(100);
  assert.deepEqual(reader.bodies, []);
  at.world.faults.failWrites = 0;
  await at.world.clock.advance(5000);
  assert.deepEqual(reader.bodies, ['a', 'b']);
});

test('delayed messages that fell due while there was no room are routed when there is', async () => {
  const at = await new QueuesAt().open();
  const queue = at.declare('jobs');
  const vhost = at.queues.vhosts.default;
  vhost.router.addDestination('jobs', queue.log.id);
  const run = new MessageRun();
  run.begin(Buffer.from(''), Buffer.from('jobs'), contentKind.amqp, 1000);
  run.add(Buffer.alloc(0), 0, 0, Buffer.from('a'), 0, 1);
  at.queues.publishLater(vhost, run, 1000);
  let full = true;
  const real = at.world.storage;
  const waiting: (() => void)[] = [];
  Object.defineProperty(real, 'congested', { get: () => full });
  Object.defineProperty(real, 'whenRoom', { value: (call: () => void) => waiting.push(call) });
  await at.world.clock.advance(5000);
  assert.equal(queue.ready, 0);
  full = false;
  for (const call of waiting.splice(0)) call();
  await at.world.clock.advance(5000);
  assert.equal(queue.ready, 1);
});

test('who waits for the next of a group is told when the one before it is done', async () => {
  const at = await new QueuesAt().open();
  const queue = at.queues.declare('jobs.fifo', { ...defaultQueueOptions, admission: 'explicit' });
  const { pool } = at.world.storage;
  for (const value of ['a', 'b']) {
    const batch = batchOf([value]);
    pool.place(batch, 0, batch.length);
    queue.publish(pool.buffer, pool.at, batch.length, { group: 'g' });
  }
  assert.equal(queue.acquire(1, 1, forever, new Runs()), 1);
  let told = 0;
  queue.follow({ ready: () => told++ });
  queue.ack(1, 0, 1);
  assert.equal(told, 1);
});
