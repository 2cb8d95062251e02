import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WireChannel } from '../wire-channel.js';
import type { GivenTable } from '../wire-frames.js';
import { atHome, drained, next, sent } from './home.js';

const limited = (channel: WireChannel, args: GivenTable): Promise<string> => channel.queue('q', { arguments: args });
const tenBytes = (name: string): string => name.padEnd(10, '.');

describe('x-max-length', () => {
  test('drops the oldest where nothing else is said', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length': 2 });
      assert.deepEqual(await sent(channel, 'q', ['a', 'b', 'c', 'd']), []);
      assert.deepEqual(await drained(channel, 'q'), ['c', 'd']);
    }));

  test('counts what is ready only: what is not acknowledged has no part in it', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length': 2 });
      await sent(channel, 'q', ['a', 'b']);
      const held = (await channel.get('q', false))!;
      await sent(channel, 'q', ['c']);
      assert.equal((await channel.look('q')).messageCount, 2);
      channel.nack(held);
      // Given back, it is at the head again, and too much.
      assert.deepEqual(await drained(channel, 'q'), ['b', 'c']);
    }));

  test('drops nothing that a consumer takes at once', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length': 1 });
      await channel.consume('q', { noAck: true });
      await sent(channel, 'q', ['a', 'b', 'c', 'd', 'e']);
      assert.deepEqual(
        (await channel.deliveries(5)).map(({ text }) => text),
        ['a', 'b', 'c', 'd', 'e'],
      );
    }));

  test('with reject-publish refuses what is too much, and takes what there is room for', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length': 2, 'x-overflow': 'reject-publish' });
      assert.deepEqual(await sent(channel, 'q', ['a', 'b', 'c', 'd']), [3, 4]);
      assert.deepEqual(await drained(channel, 'q'), ['a', 'b']);
      assert.deepEqual(await sent(channel, 'q', ['e']), []);
    }));

  test('of 0 with reject-publish refuses everything, though somebody consumes', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length': 0, 'x-overflow': 'reject-publish' });
      await channel.consume('q', { noAck: true });
      assert.deepEqual(await sent(channel, 'q', ['a', 'b']), [1, 2]);
      await channel.hearsNothing();
    }));

  test('with reject-publish drops silently what a publisher without confirms sends', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
      channel.publish('', 'q', 'a');
      channel.publish('', 'q', 'b');
      assert.deepEqual(await drained(channel, 'q'), ['a']);
    }));

  test('refuses a message for all when one of its queues has no room, and the others keep it', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
      await channel.queue('free');
      await channel.bind('q', 'amq.fanout');
      await channel.bind('free', 'amq.fanout');
      await channel.confirms();
      for (const text of ['a', 'b', 'c']) channel.publish('amq.fanout', '', text);
      assert.deepEqual(await channel.confirmed(), [2, 3]);
      assert.deepEqual(await drained(channel, 'q'), ['a']);
      assert.deepEqual(await drained(channel, 'free'), ['a', 'b', 'c']);
    }));

  test('with reject-publish-dlx refuses, and sends what it refuses to the dead letters', () =>
    atHome(async (channel) => {
      await channel.queue('dead');
      await limited(channel, {
        'x-max-length': 1,
        'x-overflow': 'reject-publish-dlx',
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': 'dead',
      });
      assert.deepEqual(await sent(channel, 'q', ['a', 'b', 'c']), [2, 3]);
      const dead = await next(channel, 'dead');
      assert.equal(dead.text, 'b');
      assert.equal(dead.headers['x-first-death-reason'], 'maxlen');
      assert.equal((await next(channel, 'dead')).text, 'c');
      assert.deepEqual(await drained(channel, 'q'), ['a']);
    }));

  test('reject-publish-dlx is not for quorum queues', () =>
    atHome((channel) =>
      channel.refuses(
        'queue.declare',
        {
          queue: 'q',
          durable: true,
          arguments: { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx' },
        },
        406,
      ),
    ));
});

describe('x-max-length-bytes', () => {
  test('drops the oldest bodies until the others fit', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length-bytes': 25 });
      await sent(channel, 'q', ['a', 'b'].map(tenBytes));
      assert.equal((await channel.look('q')).messageCount, 2);
      await sent(channel, 'q', ['c', 'd'].map(tenBytes));
      assert.deepEqual(await drained(channel, 'q'), ['c', 'd'].map(tenBytes));
      await sent(channel, 'q', ['much too long for any limit of twenty-five']);
      assert.equal(await channel.get('q'), null);
    }));

  test('counts what is ready only, and what is given back again', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length-bytes': 25 });
      await sent(channel, 'q', ['a', 'b'].map(tenBytes));
      const held = (await channel.get('q', false))!;
      await sent(channel, 'q', [tenBytes('c')]);
      assert.equal((await channel.look('q')).messageCount, 2);
      channel.nack(held);
      assert.deepEqual(await drained(channel, 'q'), ['b', 'c'].map(tenBytes));
      await sent(channel, 'q', ['d', 'e'].map(tenBytes));
      await channel.call('queue.purge', { queue: 'q' });
      await sent(channel, 'q', ['f', 'g'].map(tenBytes));
      assert.deepEqual(await drained(channel, 'q'), ['f', 'g'].map(tenBytes));
    }));

  test('with reject-publish takes what fits, in order', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length-bytes': 25, 'x-overflow': 'reject-publish' });
      assert.deepEqual(await sent(channel, 'q', ['a', 'b', 'c', 'd'].map(tenBytes)), [3, 4]);
      assert.deepEqual(await sent(channel, 'q', ['fits']), []);
      assert.deepEqual(await sent(channel, 'q', ['not']), [1]);
      assert.deepEqual(await drained(channel, 'q'), [tenBytes('a'), tenBytes('b'), 'fits']);
      assert.deepEqual(await sent(channel, 'q', [tenBytes('e')]), []);
    }));

  test('works beside a limit of length, and with priorities', () =>
    atHome(async (channel) => {
      await limited(channel, { 'x-max-length': 3, 'x-max-length-bytes': 25, 'x-max-priority': 5 });
      await sent(channel, 'q', ['1', '2', '3', '4']);
      assert.equal((await channel.look('q')).messageCount, 3);
      channel.publish('', 'q', tenBytes('first'), { priority: 5 });
      channel.publish('', 'q', tenBytes('second'), { priority: 4 });
      await channel.settle();
      // As in RabbitMQ the head goes first, which is what has the highest priority.
      assert.equal((await channel.look('q')).messageCount, 3);
    }));
});
