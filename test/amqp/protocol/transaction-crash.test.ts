import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/lib/clock.js';
import { SeededRandom } from '../../../src/lib/random.js';
import { powerCutFaults } from '../../../src/store/faults.js';
import { MemoryDisk } from '../../../src/store/memory-disk.js';
import type { WireChannel } from '../wire-channel.js';
import { FaultyHome } from './faulty-home.js';

/** A transaction over several queues, and the acks in it: all of it is there after a crash, or nothing. */

const queues = ['a', 'b', 'c'] as const;

async function texts(channel: WireChannel, queue: string): Promise<string[]> {
  const found: string[] = [];
  for (let got = await channel.get(queue); got !== null; got = await channel.get(queue)) found.push(got.text);
  return found;
}

/** Moves message number `at` from the work queue to all the others, in one transaction. */
function move(channel: WireChannel, at: number, deliveryTag: number): void {
  for (const queue of queues) channel.publish('', queue, `m${at}`, { deliveryMode: 2 });
  channel.ack({ deliveryTag });
  channel.tell('tx.commit');
}

for (const kind of ['process', 'power'] as const) {
  for (let seed = 1; seed <= 6; seed++) {
    test(`is whole after the end of the ${kind}, wherever it came (${seed})`, { timeout: 20_000 }, async (context) => {
      const random = new SeededRandom(seed);
      const disk = new MemoryDisk(systemClock, random, powerCutFaults());
      const home = await FaultyHome.open(context, {}, disk);
      const channel = await home.channel();
      for (const queue of ['work', ...queues]) await channel.queue(queue, { durable: true });
      await channel.confirms();
      const count = 30;
      for (let at = 0; at < count; at++) channel.publish('', 'work', `m${at}`, { deliveryMode: 2 });
      await channel.confirmed();
      const mover = await channel.client.channel();
      await mover.consume('work');
      await mover.deliveries(count);
      await mover.call('tx.select');
      // Some wait for their answer and some do not, so that the crash finds commits at every stage.
      const waited = random.below(count);
      for (let at = 0; at < count; at++) {
        move(mover, at, at + 1);
        if (at <= waited) await mover.next('tx.commit-ok');
        else if (random.below(3) === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      const committed = mover.inbox.heard.filter((name) => name === 'tx.commit-ok').length;

      const after = await home.crash(context, kind);
      const reader = await after.channel();
      const work = await texts(reader, 'work');
      const moved: string[][] = [];
      for (const queue of queues) moved.push(await texts(reader, queue));
      for (const other of moved) assert.deepEqual(other, moved[0], 'the queues tell the same');
      const together = [...moved[0]!, ...work];
      assert.equal(new Set(together).size, count, 'nothing is lost');
      assert.equal(together.length, count, 'nothing is there twice');
      assert.ok(moved[0]!.length >= committed, `${moved[0]!.length} of ${committed} that were answered`);
    });
  }
}
