import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../lib/logger.js';
import { Slices } from '../../lib/slices.js';
import { StorageWorld } from '../../log/testing.js';
import type { HeaderValue } from '../routing/headers.js';
import { Vhosts } from '../vhosts.js';
import { contentKind, ExtraHeaders, messageHeader } from './message.js';
import { MessageRun } from './message-run.js';
import type { Queue } from './queue.js';
import { Queues } from './queues.js';
import { type RewindPoint, rewind, rewindable, rewindFrom } from './rewinding.js';
import { Runs } from './runs.js';
import { defaultQueueOptions, type QueueOptions } from './settings.js';

const hourMs = 3_600_000;
const forever = Number.POSITIVE_INFINITY;

/** A queue that keeps what is done for an hour, on a storage that can crash. */
class Home {
  readonly world = new StorageWorld({ checkpointEveryBytes: 1 << 30 });
  queues!: Queues;

  async open(args: [string, HeaderValue][] = [], options: Partial<QueueOptions> = {}): Promise<Queue> {
    this.queues = new Queues(this.world.storage, new Vhosts(this.world.storage), silentLogger);
    await this.world.open();
    this.queues.restarted();
    const kept = new Map<string, HeaderValue>([['x-retention-ms', hourMs], ...args]);
    return this.queues.declare('q', { ...defaultQueueOptions, ...options, arguments: kept });
  }

  restart(): Promise<Queue> {
    this.world.crash('power');
    return this.open();
  }

  get queue(): Queue {
    return this.queues.get('q')!;
  }

  publish(text: string, key = '', priority = 0): void {
    const { storage, clock } = this.world;
    const run = new MessageRun();
    const extra = new ExtraHeaders();
    if (priority > 0) extra.addByte(messageHeader.priority, priority);
    run.begin(Buffer.alloc(0), Buffer.from(key), contentKind.none, clock.now());
    run.add(Buffer.alloc(0), 0, 0, Buffer.from(text), 0, text.length, extra.bytes(), extra.count);
    run.place(storage.pool);
    this.queues.publish([this.queue.log.id], run, priority, false);
  }

  /** Takes all that is ready, one by one; `ack` settles it. */
  async take(ack = true): Promise<string[]> {
    const { queue } = this;
    const taken: string[] = [];
    const runs = new Runs();
    while (queue.acquire(1, 1, forever, runs) > 0) {
      const offset = runs.from[0]!;
      while (!queue.cursor.seek(offset)) await this.world.run(queue.cursor.load(offset));
      const { bytes, bodyAt, bodyLength } = queue.cursor;
      const text = bytes.toString('utf8', bodyAt, bodyAt + bodyLength);
      taken.push(runs.deliveries[0] === 1 ? text : `${text}/${runs.deliveries[0]}`);
      if (ack) queue.ack(1, offset, offset + 1);
    }
    await this.world.durable();
    return taken;
  }

  async rewind(point: RewindPoint): Promise<number> {
    const { clock } = this.world;
    const from = await this.world.run(rewindFrom(this.queue, point, clock.now()));
    const expected = rewindable(this.queue, from);
    const count = await this.world.run(rewind(this.queue, from, new Slices(clock)));
    assert.equal(count, expected);
    await this.world.durable();
    return count;
  }
}

test('what was acked since a time is ready again, as if it had never been handed out', async () => {
  const home = new Home();
  await home.open();
  for (const text of ['a', 'b', 'c', 'd']) home.publish(text);
  await home.world.durable();
  const runs = new Runs();
  home.queue.acquire(1, 2, forever, runs);
  home.queue.ack(1, 0, 2);
  await home.world.clock.advance(10 * 60_000);
  const timeMs = home.world.clock.now();
  await home.world.clock.advance(1);
  assert.deepEqual(await home.take(), ['c', 'd']);
  assert.equal(await home.rewind({ kind: 'done-since', timeMs }), 2);
  assert.deepEqual(await home.take(), ['c', 'd']);
  assert.equal(await home.rewind({ kind: 'offset', offset: 1 }), 3);
  assert.deepEqual(await home.take(), ['b', 'c', 'd']);
});

test('what came since a time is ready again, and what is with somebody stays there', async () => {
  const home = new Home();
  await home.open();
  home.publish('a');
  await home.world.clock.advance(1000);
  const timeMs = home.world.clock.now();
  for (const text of ['b', 'c', 'd']) home.publish(text);
  await home.world.durable();
  const runs = new Runs();
  home.queue.acquire(1, 4, forever, runs);
  home.queue.ack(1, 0, 2);
  home.queue.ack(1, 3, 4);
  assert.equal(await home.rewind({ kind: 'arrived-since', timeMs }), 2);
  assert.deepEqual([home.queue.ready, home.queue.unacked], [2, 1]);
  assert.deepEqual(await home.take(), ['b', 'd']);
});

test('a rewind is durable, and so is what is known of the time before', async () => {
  const home = new Home();
  await home.open();
  for (const text of ['a', 'b']) home.publish(text);
  assert.deepEqual(await home.take(), ['a', 'b']);
  await home.world.clock.advance(10 * 60_000);
  const timeMs = home.world.clock.now();
  await home.world.clock.advance(1);
  home.publish('c');
  assert.deepEqual(await home.take(), ['c']);
  await home.restart();
  assert.equal(await home.rewind({ kind: 'done-since', timeMs }), 1);
  await home.restart();
  assert.deepEqual(await home.take(), ['c']);
  await home.world.run(home.world.storage.checkpoint());
  await home.restart();
  assert.equal(await home.rewind({ kind: 'done-since', timeMs: timeMs - 20 * 60_000 }), 3);
  await home.world.run(home.world.storage.checkpoint());
  await home.restart();
  assert.deepEqual(await home.take(), ['a', 'b', 'c']);
});

test('time goes on over a restart, and what was had back is kept anew', async () => {
  const home = new Home();
  await home.open();
  home.publish('a');
  assert.deepEqual(await home.take(), ['a']);
  await home.world.clock.advance(hourMs / 2);
  await home.restart();
  assert.equal(await home.rewind({ kind: 'offset', offset: 0 }), 1);
  await home.world.clock.advance(hourMs);
  // It is not done: it does not go.
  assert.deepEqual(await home.take(), ['a']);
  await home.world.clock.advance(hourMs - 1000);
  assert.equal(home.queue.log.startOffset, 0);
  await home.restart();
  await home.world.clock.advance(1001);
  assert.equal(home.queue.log.startOffset, 1);
});

test('a purge can be taken back', async () => {
  const home = new Home();
  await home.open();
  for (const text of ['a', 'b', 'c']) home.publish(text);
  await home.world.durable();
  assert.equal(home.queue.purge(), 3);
  assert.equal(await home.rewind({ kind: 'offset', offset: 0 }), 3);
  assert.deepEqual(await home.take(), ['a', 'b', 'c']);
});

test('messages come back with their priority, and in the order of their group', async () => {
  const prioritized = new Home();
  await prioritized.open([['x-max-priority', 5]]);
  prioritized.publish('low');
  prioritized.publish('high', '', 5);
  assert.deepEqual(await prioritized.take(), ['high', 'low']);
  assert.equal(await prioritized.rewind({ kind: 'offset', offset: 0 }), 2);
  assert.deepEqual(await prioritized.take(), ['high', 'low']);
  const grouped = new Home();
  await grouped.open([], { admission: 'explicit' });
  for (const [text, key] of [
    ['a1', 'a'],
    ['b1', 'b'],
    ['a2', 'a'],
  ]) {
    grouped.publish(text!, key);
  }
  assert.deepEqual(await grouped.take(), ['a1', 'b1', 'a2']);
  assert.equal(await grouped.rewind({ kind: 'offset', offset: 0 }), 3);
  const runs = new Runs();
  // One of a group keeps the others of it back.
  assert.equal(grouped.queue.acquire(2, 1, forever, runs), 1);
  assert.deepEqual(await grouped.take(), ['b1']);
});

test('what has no time left does not come back to die again', async () => {
  const home = new Home();
  await home.open([['x-message-ttl', 60_000]]);
  home.publish('old');
  assert.deepEqual(await home.take(), ['old']);
  await home.world.clock.advance(60_001);
  home.publish('new');
  assert.deepEqual(await home.take(), ['new']);
  assert.equal(await home.rewind({ kind: 'offset', offset: 0 }), 1);
  assert.deepEqual(await home.take(), ['new']);
});
