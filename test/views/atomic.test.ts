import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Broker } from '../../src/broker/broker.js';
import { PartitionPast, type Past, QueuePast } from '../../src/broker/stream/past.js';
import { found, Reader } from '../../src/broker/stream/reader.js';
import { systemClock } from '../../src/lib/clock.js';
import { SeededRandom } from '../../src/lib/random.js';
import { powerCutFaults } from '../../src/store/faults.js';
import { type CrashKind, MemoryDisk } from '../../src/store/memory-disk.js';
import { FaultyHome } from '../amqp/protocol/faulty-home.js';

/** One publish to several logs, held against what each of them has after a crash at any moment. */

async function everything(past: Past): Promise<string[]> {
  const reader = new Reader(past, (_offset, error) => assert.fail(String(error)));
  await reader.begin({ kind: 'first' });
  const names: string[] = [];
  for (let next = reader.advance(); next !== found.end; next = reader.advance()) {
    if (next === found.later) await reader.load();
    else {
      const { bytes, bodyAt, bodyLength } = reader.cursor;
      const text = bytes.toString('utf8', bodyAt, bodyAt + bodyLength);
      names.push(text.slice(0, text.indexOf('|')));
    }
  }
  return names;
}

function pastsOf({ queues, catalog }: Broker): Past[] {
  const partition = catalog.topic('stream')!.partitions[0]!;
  return [new PartitionPast(partition), ...['one', 'other'].map((name) => new QueuePast(queues.get(name)!))];
}

async function history(context: TestContext, kind: CrashKind, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const home = await FaultyHome.open(context, {}, new MemoryDisk(systemClock, random, powerCutFaults()));
  const publisher = await home.channel();
  home.broker.catalog.create('stream', 1);
  for (const queue of ['one', 'other']) await publisher.queue(queue, { durable: true });
  for (const queue of ['one', 'stream', 'other']) await publisher.bind(queue, 'amq.fanout');
  await publisher.confirms();
  let confirmed = 0;
  const count = 40 + random.below(120);
  for (let number = 0; number < count; number++) {
    const filling = 'x'.repeat(random.below(5) === 0 ? random.below(200_000) : random.below(200));
    publisher.publish('amq.fanout', `k${random.below(3)}`, `m${number}|${filling}`, { deliveryMode: 2 });
    if (random.below(6) === 0) await new Promise((resolve) => setImmediate(resolve));
    if (random.below(20) === 0) await publisher.settle();
    for (const { values } of publisher.inbox.taken('basic.ack')) confirmed = values.deliveryTag;
  }
  const after = await home.crash(context, kind);
  const [stream, one, other] = await Promise.all(pastsOf(after.broker).map(everything));
  assert.deepEqual(one, stream);
  assert.deepEqual(other, stream);
  assert.deepEqual(
    stream,
    Array.from(stream!, (_, number) => `m${number}`),
  );
  assert.ok(stream!.length >= confirmed, `${confirmed} were confirmed, and ${stream!.length} are there`);
}

for (const kind of ['process', 'power'] as const) {
  for (let seed = 1; seed <= 6; seed++) {
    test(
      `what one publish brings to a topic and two queues is in all of them or in none after the end of the ${kind} (${seed})`,
      { timeout: 20_000 },
      (context) => history(context, kind, seed),
    );
  }
}
