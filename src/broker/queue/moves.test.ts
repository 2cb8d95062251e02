import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../lib/logger.js';
import { StorageWorld } from '../../log/testing.js';
import { defaultVhost, queueKey } from '../queue-key.js';
import { Vhosts } from '../vhosts.js';
import { contentKind } from './message.js';
import { MessageRun } from './message-run.js';
import { Moves } from './moves.js';
import { Queues } from './queues.js';

test('a task that meets a full disk goes on when there is room, and keeps nothing locked', async () => {
  const world = new StorageWorld({ checkpointEveryBytes: 1 << 30 });
  const { storage, clock } = world;
  const queues = new Queues(storage, new Vhosts(storage), silentLogger);
  await world.open();
  const source = queues.declare(queueKey(defaultVhost, 'dead'));
  const target = queues.declare(queueKey(defaultVhost, 'orders'));
  const run = new MessageRun();
  run.begin(Buffer.alloc(0), Buffer.alloc(0), contentKind.none, clock.now());
  for (const text of ['a', 'b', 'c']) run.add(Buffer.alloc(0), 0, 0, Buffer.from(text), 0, 1);
  run.place(storage.pool);
  source.publish(run.buffer, run.at, run.size);
  await world.durable();
  // They have to be read from a segment, which takes time in which the disk fills.
  await world.run(storage.checkpoint());
  const tasks = new Moves(queues, clock);
  world.faults.failWrites = 1000;
  const task = tasks.start(source, { destination: 'orders', perSecond: null });
  await assert.rejects(world.durable());
  await clock.advance(10_000);
  world.faults.failWrites = 0;
  await clock.advance(10_000);
  assert.deepEqual([task.status, task.moved], ['COMPLETED', 3]);
  assert.deepEqual([source.unacked, source.ready, target.ready], [0, 0, 3]);
  tasks.close();
  queues.close();
});
