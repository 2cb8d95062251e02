import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/lib/clock.js';
import { SeededRandom } from '../../../src/lib/random.js';
import { powerCutFaults } from '../../../src/store/faults.js';
import { type CrashKind, MemoryDisk } from '../../../src/store/memory-disk.js';
import type { WireChannel } from '../wire-channel.js';
import { FaultyHome } from './faulty-home.js';

/** What confirms and acks promise, held against what is there after a crash at any moment. */

const queues = ['a', 'b', 'c'] as const;
type QueueName = (typeof queues)[number];

/** What a client knows of one message in one queue. */
interface Fate {
  confirmed: boolean;
  acked: boolean;
}

class Story {
  readonly fates = new Map<string, Fate>();
  /** By the number of their publish. */
  private readonly published: string[][] = [];
  private confirmedTo = 0;

  publish(name: string, reached: readonly QueueName[]): void {
    const places = reached.map((queue) => `${queue} ${name}`);
    for (const place of places) this.fates.set(place, { confirmed: false, acked: false });
    this.published.push(places);
  }

  confirm(deliveryTag: number): void {
    for (; this.confirmedTo < deliveryTag; this.confirmedTo++) {
      for (const place of this.published[this.confirmedTo]!) this.fates.get(place)!.confirmed = true;
    }
  }

  /** The name is the beginning of a body: what comes behind it is there for its length. */
  check(queue: QueueName, names: readonly string[]): void {
    const found = new Set(names.map((name) => `${queue} ${name}`));
    assert.equal(found.size, names.length, 'nothing is there twice');
    for (const place of found) assert.ok(this.fates.has(place), `${place} was never published`);
    for (const [place, { confirmed, acked }] of this.fates) {
      if (!place.startsWith(`${queue} `) || acked || !confirmed) continue;
      assert.ok(found.has(place), `${place} was confirmed, and is not there`);
    }
  }
}

function nameOf(text: string): string {
  return text.slice(0, text.indexOf('|'));
}

async function drained(channel: WireChannel, queue: string): Promise<string[]> {
  const names: string[] = [];
  for (let got = await channel.get(queue); got !== null; got = await channel.get(queue)) names.push(nameOf(got.text));
  return names;
}

async function lives(home: FaultyHome, random: SeededRandom, story: Story): Promise<void> {
  const publisher = await home.channel();
  const consumer = await publisher.client.channel();
  for (const queue of queues) {
    await publisher.queue(queue, { durable: true });
    await publisher.bind(queue, 'amq.fanout');
  }
  await publisher.confirms();
  await consumer.prefetch(10);
  for (const queue of queues.slice(1)) await consumer.consume(queue, { consumerTag: queue });
  const count = 40 + random.below(120);
  for (let number = 0; number < count; number++) {
    const name = `m${number}`;
    const body = `${name}|${'x'.repeat(random.below(5) === 0 ? random.below(200_000) : random.below(200))}`;
    const everywhere = random.below(3) === 0;
    const queue = random.pick(queues);
    story.publish(name, everywhere ? queues : [queue]);
    publisher.publish(everywhere ? 'amq.fanout' : '', queue, body, { deliveryMode: 2 });
    if (random.below(6) === 0) await new Promise((resolve) => setImmediate(resolve));
    if (random.below(20) === 0) await publisher.settle();
    for (const { values } of publisher.inbox.taken('basic.ack')) story.confirm(values.deliveryTag);
    for (const { values, body: delivered } of consumer.inbox.taken('basic.deliver')) {
      const how = random.below(4);
      if (how === 0) consumer.nack(values);
      else if (how !== 1) {
        story.fates.get(`${values.consumerTag} ${nameOf(delivered.toString())}`)!.acked = true;
        consumer.ack(values);
      }
    }
  }
  for (const { values } of publisher.inbox.taken('basic.ack')) story.confirm(values.deliveryTag);
}

async function history(context: TestContext, kind: CrashKind, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const disk = new MemoryDisk(systemClock, random, powerCutFaults());
  const home = await FaultyHome.open(context, {}, disk);
  const story = new Story();
  await lives(home, random, story);
  const after = await home.crash(context, kind);
  const reader = await after.channel();
  for (const queue of queues) story.check(queue, await drained(reader, queue));
}

for (const kind of ['process', 'power'] as const) {
  for (let seed = 1; seed <= 8; seed++) {
    test(
      `what was confirmed and not acked is there after the end of the ${kind} (${seed})`,
      { timeout: 20_000 },
      (context) => history(context, kind, seed),
    );
  }
}
