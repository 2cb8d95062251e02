import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../lib/logger.js';
import { StorageWorld } from '../../log/testing.js';
import type { Headers, HeaderValue } from '../routing/headers.js';
import { Vhosts } from '../vhosts.js';
import { contentKind } from './message.js';
import { MessageCursor } from './message-cursor.js';
import { MessageRun } from './message-run.js';
import type { Queue } from './queue.js';
import { published, Queues } from './queues.js';
import { Runs } from './runs.js';
import { defaultQueueOptions } from './settings.js';

const forever = Number.POSITIVE_INFINITY;
const content = Buffer.from([0, 0]);

async function opened(): Promise<Queues> {
  const world = new StorageWorld({ checkpointEveryBytes: 1 << 30 });
  const queues = new Queues(world.storage, new Vhosts(world.storage), silentLogger);
  await world.open();
  return queues;
}

function declare(queues: Queues, name: string, args: Record<string, HeaderValue> = {}): Queue {
  const declared: Headers = new Map(Object.entries(args));
  return queues.declare(name, { ...defaultQueueOptions, arguments: declared });
}

/** Of a queue that sends what it has no room for to the queue `refused`. */
function toRefused(lengthMax: number): Record<string, HeaderValue> {
  return {
    'x-max-length': lengthMax,
    'x-overflow': 'reject-publish-dlx',
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': 'refused',
  };
}

function filled(run: MessageRun, bodies: readonly Buffer[]): MessageRun {
  run.begin(Buffer.from(''), Buffer.from('key'), contentKind.amqp, 1000);
  for (const body of bodies) run.add(content, 0, content.length, body, 0, body.length);
  return run;
}

function bodiesIn(queue: Queue): string[] {
  const runs = new Runs();
  queue.acquire(1, 100, forever, runs);
  const bodies: string[] = [];
  for (let index = 0; index < runs.count; index++) {
    for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) {
      const { cursor } = queue;
      assert.ok(cursor.seek(offset));
      bodies.push(cursor.bytes.toString('latin1', cursor.bodyAt, cursor.bodyAt + cursor.bodyLength));
    }
  }
  return bodies;
}

test('a queue takes as much of a run as it has room for, and sends the rest on as dead letters', async () => {
  const queues = await opened();
  const narrow = declare(queues, 'narrow', toRefused(3));
  const wide = declare(queues, 'wide');
  const narrower = declare(queues, 'narrower', { 'x-max-length': 2, 'x-overflow': 'reject-publish' });
  const refused = declare(queues, 'refused');
  const run = filled(
    new MessageRun(),
    ['a', 'b'.repeat(100), 'c', 'd', 'e'].map((text) => Buffer.from(text)),
  );
  const destinations = [narrow, narrower, wide].map(({ log }) => log.id);
  assert.equal(queues.publish(destinations, run, 0, false), published.refused);
  assert.equal(run.accepted, 2);
  assert.deepEqual(bodiesIn(narrow), ['a', 'b'.repeat(100), 'c']);
  assert.deepEqual(bodiesIn(narrower), ['a', 'b'.repeat(100)]);
  assert.deepEqual(bodiesIn(wide), ['a', 'b'.repeat(100), 'c', 'd', 'e']);
  assert.deepEqual(bodiesIn(refused), ['d', 'e']);
});

test('wherever in memory a run comes to lie, the queues and the dead letters get what it had', async () => {
  const queues = await opened();
  const narrow = declare(queues, 'narrow', toRefused(2));
  const wide = declare(queues, 'wide');
  const refused = declare(queues, 'refused');
  for (let round = 0; round < 60; round++) {
    const bodies = Array.from({ length: 8 }, (_, index) => `${round} ${index} `.repeat(35 + round));
    const run = filled(
      new MessageRun(),
      bodies.map((text) => Buffer.from(text)),
    );
    queues.publish([narrow.log.id, wide.log.id], run, 0, false);
    const shift = filled(new MessageRun(), [Buffer.alloc(round * 61)]);
    queues.publish([wide.log.id], shift, 0, false);
    assert.deepEqual(bodiesIn(narrow), bodies.slice(0, 2));
    assert.deepEqual(bodiesIn(refused), bodies.slice(2));
    assert.deepEqual(bodiesIn(wide).slice(0, 8), bodies);
    for (const queue of [narrow, wide, refused]) queue.ack(1, 0, queue.log.endOffset);
  }
});

test('queues share one copy of a run, also where one among them turned it away', async () => {
  const queues = await opened();
  const [one, other] = [declare(queues, 'one'), declare(queues, 'other')];
  const full = declare(queues, 'full', { 'x-max-length': 0, 'x-overflow': 'reject-publish' });
  const refusing = declare(queues, 'refusing', toRefused(0));
  const run = filled(new MessageRun(), [Buffer.alloc(1000, 'x')]);
  const destinations = [one, full, refusing, other].map(({ log }) => log.id);
  const { gathering } = queues.storage.journal;
  const before = gathering.appendedBytes;
  assert.equal(queues.publish(destinations, run, 0, false), published.refused);
  assert.equal(gathering.appendedBytes - before, run.size);
  assert.deepEqual([bodiesIn(one), bodiesIn(other)], [['x'.repeat(1000)], ['x'.repeat(1000)]]);
});

test('a large message that one queue took is a whole dead letter of the next', async () => {
  const queues = await opened();
  const wide = declare(queues, 'wide');
  const full = declare(queues, 'full', toRefused(0));
  const refused = declare(queues, 'refused');
  const large = Buffer.alloc(1 << 20, 'large ');
  const run = filled(new MessageRun(), [large]);
  assert.equal(queues.publish([wide.log.id, full.log.id], run, 0, false), published.refused);
  assert.equal(run.accepted, 0);
  const text = large.toString('latin1');
  assert.deepEqual([bodiesIn(wide), bodiesIn(refused)], [[text], [text]]);
});

test('a run can be placed again and again, whole or in part', async () => {
  const queues = await opened();
  const { pool } = queues.storage;
  const run = filled(
    new MessageRun(),
    Array.from({ length: 200 }, (_, index) => Buffer.alloc(index * 7, index)),
  );
  const cursor = new MessageCursor(null);
  for (const count of [200, 1, 130, 200]) {
    run.place(pool, count);
    cursor.open(run.buffer, run.at);
    for (let index = 0; index < count; index++) {
      assert.ok(cursor.next());
      assert.equal(cursor.bodyLength, index * 7);
    }
    assert.equal(cursor.next(), false);
  }
});
