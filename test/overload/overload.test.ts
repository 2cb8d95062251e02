import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../process/program.js';
import { flood } from './flood.js';
import { idleConnections } from './idle-connections.js';
import { longPolls } from './long-polls.js';
import { manyQueues } from './many-queues.js';
import { WatchedBroker } from './watched-broker.js';

const limit = { timeout: 120_000, skip: existsSync('/proc/self/status') ? false : 'needs /proc' };

test(
  'publishers ten times faster than consumers do not take memory, and nothing of theirs is lost',
  limit,
  async (context) => {
    const { beforeMb, peakMb, fronts } = await flood(await temporaryFolder(context), 1);
    for (const { name, accepted } of fronts) assert.ok(accepted > 20, `${name}: ${accepted}`);
    assert.ok(peakMb < beforeMb + 200, `from ${beforeMb} MB to ${peakMb} MB`);
  },
);

test(
  'a thousand idle AMQP connections and a hundred long polls hold little and leave nothing',
  limit,
  async (context) => {
    const broker = await WatchedBroker.begin(await temporaryFolder(context));
    context.after(() => broker.kill());
    const idle = await idleConnections(broker, 1000, 0);
    // 25 KB each, and what the heap has not given back yet. They held a buffer of 16 KB each once.
    assert.ok(idle.residentMb < idle.beforeMb + 80, `from ${idle.beforeMb} MB to ${idle.residentMb} MB`);
    assert.equal(idle.descriptorsLeft, 0);
    const polls = await longPolls(broker, 100);
    assert.ok(polls.residentMb < polls.beforeMb + 40, `from ${polls.beforeMb} MB to ${polls.residentMb} MB`);
  },
);

test(
  'two thousand queues are declared, filled, there again after a stop and a kill, and deleted',
  limit,
  async (context) => {
    const steps = await manyQueues(await temporaryFolder(context), 2000, () => {});
    assert.equal(steps.at(-1)!.what, 'deleted');
    assert.ok(steps[0]!.residentMb < 250, `${steps[0]!.residentMb} MB`);
  },
);
