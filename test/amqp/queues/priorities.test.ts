import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WireChannel } from '../wire-channel.js';
import { atHome, drained, next, sent } from './home.js';

const texts = (list: readonly { readonly text: string }[]): string[] => list.map(({ text }) => text);

describe('x-max-priority', () => {
  test('hands out the highest priority first, and equals in their order', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: { 'x-max-priority': 10 } });
      for (const [text, priority] of [
        ['a1', 1],
        ['b5', 5],
        ['c1', 1],
        ['d9', 9],
        ['e5', 5],
      ] as const) {
        channel.publish('', 'q', text, { priority });
      }
      channel.publish('', 'q', 'f none');
      assert.deepEqual(await drained(channel, 'q'), ['d9', 'b5', 'e5', 'a1', 'c1', 'f none']);
    }));

  test('knows 255 of them, and takes more than the queue has as the highest it has', () =>
    atHome(async (channel) => {
      await channel.queue('many', { arguments: { 'x-max-priority': 255 } });
      for (const priority of [0, 255, 254, 1, 128]) channel.publish('', 'many', String(priority), { priority });
      assert.deepEqual(await drained(channel, 'many'), ['255', '254', '128', '1', '0']);
      await channel.queue('few', { arguments: { 'x-max-priority': 2 } });
      for (const priority of [1, 2, 200]) channel.publish('', 'few', String(priority), { priority });
      assert.deepEqual(await drained(channel, 'few'), ['2', '200', '1']);
    }));

  test('delivers for the first time without saying redelivered, and again with it and in its place', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: { 'x-max-priority': 10 } });
      for (const priority of [3, 7, 5]) channel.publish('', 'q', String(priority), { priority });
      await channel.settle();
      await channel.prefetch(2);
      const consumerTag = await channel.consume('q');
      const two = await channel.deliveries(2);
      assert.deepEqual(
        two.map(({ text, redelivered }) => [text, redelivered]),
        [
          ['7', false],
          ['5', false],
        ],
      );
      await channel.call('basic.cancel', { consumerTag });
      channel.nack(two[0]!);
      channel.ack(two[1]!);
      const again = (await channel.get('q'))!;
      assert.deepEqual([again.text, again.redelivered, again.properties.priority], ['7', true, 7]);
      const last = (await channel.get('q'))!;
      assert.deepEqual([last.text, last.redelivered], ['3', false]);
    }));

  test('goes with a message to the dead letters', () =>
    atHome(async (channel) => {
      await channel.queue('dead', { arguments: { 'x-max-priority': 10 } });
      const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
      await channel.queue('q', { arguments: args });
      channel.publish('', 'q', 'low', { priority: 1 });
      channel.publish('', 'q', 'high', { priority: 9 });
      for (const _ of ['low', 'high']) channel.reject((await channel.get('q', false))!, false);
      await next(channel, 'dead').then((first) => assert.ok(['low', 'high'].includes(first.text)));
      await next(channel, 'dead');
    }));

  test('does nothing for a queue without it', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.publish('', 'q', 'low', { priority: 1 });
      channel.publish('', 'q', 'high', { priority: 9 });
      assert.deepEqual(await drained(channel, 'q'), ['low', 'high']);
    }));
});

describe('consumer priority', () => {
  test('serves the highest first, and lower ones while those above have no room', () =>
    atHome(async (channel) => {
      const { client } = channel;
      await channel.queue('q');
      const low = await client.channel();
      await low.consume('q', { arguments: { 'x-priority': -5 } });
      const plain = await client.channel();
      await plain.prefetch(1);
      await plain.consume('q');
      const high = await client.channel();
      await high.prefetch(2);
      await high.consume('q', { arguments: { 'x-priority': 10 } });
      await sent(channel, 'q', ['a', 'b', 'c', 'd', 'e']);
      assert.deepEqual(texts(await high.deliveries(2)), ['a', 'b']);
      assert.deepEqual(texts(await plain.deliveries(1)), ['c']);
      const rest = await low.deliveries(2);
      assert.deepEqual(texts(rest), ['d', 'e']);
      low.nack(rest[0]!);
      assert.equal((await low.delivery()).text, 'd');
      high.tell('basic.ack', { deliveryTag: 1 });
      await high.settle();
      await sent(channel, 'q', ['f']);
      assert.equal((await high.delivery()).text, 'f');
    }));

  test('of equals is a circle', () =>
    atHome(async (channel) => {
      const { client } = channel;
      await channel.queue('q');
      const consumers: WireChannel[] = [];
      for (let count = 0; count < 3; count++) {
        const consumer = await client.channel();
        await consumer.consume('q', { arguments: { 'x-priority': 1 } });
        consumers.push(consumer);
      }
      await sent(channel, 'q', ['a', 'b', 'c', 'd', 'e', 'f']);
      for (const consumer of consumers) await consumer.deliveries(2);
      for (const consumer of consumers) await consumer.hearsNothing();
    }));

  test('has to be a whole number', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      await channel.refuses('basic.consume', { queue: 'q', arguments: { 'x-priority': 'high' } as never }, 406);
    }));
});

describe('a single active consumer', () => {
  const args = { 'x-single-active-consumer': true };

  async function consumer(channel: WireChannel, tag: string, priority = 0): Promise<WireChannel> {
    const own = await channel.client.channel();
    await own.prefetch(2);
    await own.consume('q', { consumerTag: tag, arguments: { 'x-priority': priority } as never });
    return own;
  }

  test('gets everything, and the next in line follows when it goes', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: args });
      const first = await consumer(channel, 'first');
      const second = await consumer(channel, 'second');
      const third = await consumer(channel, 'third');
      await sent(channel, 'q', ['a', 'b', 'c']);
      assert.deepEqual(texts(await first.deliveries(2)), ['a', 'b']);
      await second.hearsNothing();
      await first.close();
      assert.deepEqual(texts(await second.deliveries(2)), ['a', 'b']);
      await second.call('basic.cancel', { consumerTag: 'second' });
      assert.deepEqual(texts(await third.deliveries(1)), ['c']);
    }));

  test('of a classic queue is who came first, whatever the priorities', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: args });
      const first = await consumer(channel, 'first');
      const second = await consumer(channel, 'second', 1);
      const third = await consumer(channel, 'third', 9);
      await first.close();
      await sent(channel, 'q', ['a']);
      assert.equal((await second.delivery()).text, 'a');
      await third.hearsNothing();
    }));

  test('of a quorum queue is who has the highest priority, from when the one before has nothing in hand', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true, arguments: { ...args, 'x-queue-type': 'quorum' } });
      const low = await consumer(channel, 'low');
      await sent(channel, 'q', ['a']);
      const held = await low.delivery();
      const high = await consumer(channel, 'high', 5);
      await sent(channel, 'q', ['b']);
      await high.hearsNothing();
      await low.hearsNothing();
      low.ack(held);
      assert.equal((await high.delivery()).text, 'b');
      await low.hearsNothing();
    }));

  test('leaves no exclusive consumer beside it: 403', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: args });
      await channel.refuses('basic.consume', { queue: 'q', exclusive: true }, 403);
    }));

  test('of a quorum queue lets nobody get from it: 405', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true, arguments: { ...args, 'x-queue-type': 'quorum' } });
      await channel.refuses('basic.get', { queue: 'q' }, 405);
    }));

  test('of a classic queue lets everybody get from it', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: args });
      await sent(channel, 'q', ['a']);
      assert.deepEqual(await drained(channel, 'q'), ['a']);
    }));
});
