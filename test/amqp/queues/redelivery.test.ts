import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atHome, drained, held, next, sent } from './home.js';

describe('what is given back', () => {
  test('is at its old place again, and redelivered', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      await sent(channel, 'q', ['a', 'b', 'c', 'd']);
      await channel.prefetch(3);
      const consumerTag = await channel.consume('q');
      const three = await channel.deliveries(3);
      assert.deepEqual(
        three.map(({ redelivered }) => redelivered),
        [false, false, false],
      );
      await channel.call('basic.cancel', { consumerTag });
      channel.nack(three[1]!);
      channel.ack(three[0]!);
      channel.reject(three[2]!);
      const got = [await channel.get('q'), await channel.get('q'), await channel.get('q')];
      assert.deepEqual(
        got.map((message) => [message!.text, message!.redelivered]),
        [
          ['b', true],
          ['c', true],
          ['d', false],
        ],
      );
    }));

  test('comes to another consumer of the queue in its turn', () =>
    atHome(async (channel, home) => {
      await channel.queue('q');
      await sent(channel, 'q', ['a', 'b']);
      await channel.prefetch(1);
      await channel.consume('q');
      const first = await channel.delivery();
      const other = await home.channel();
      await other.prefetch(2);
      await other.consume('q');
      const second = await other.delivery();
      channel.tell('channel.close', { replyCode: 200, replyText: 'bye' });
      const again = await other.delivery();
      assert.equal(again.text, first.text);
      assert.equal(again.redelivered, true);
      assert.equal(second.redelivered, false);
    }));

  test('by a lost connection is all that it had not acknowledged', () =>
    atHome(async (channel, home) => {
      await channel.queue('q');
      await sent(channel, 'q', ['a', 'b', 'c']);
      const lost = await home.channel();
      await lost.consume('q');
      const three = await lost.deliveries(3);
      lost.ack(three[0]!);
      await lost.settle();
      lost.client.cut();
      assert.equal((await next(channel, 'q')).text, 'b');
      const last = await next(channel, 'q');
      assert.deepEqual([last.text, last.redelivered], ['c', true]);
    }));

  test('is not what a cancelled consumer holds: that stays with it', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      await sent(channel, 'q', ['a']);
      const consumerTag = await channel.consume('q');
      const delivery = await channel.delivery();
      await channel.call('basic.cancel', { consumerTag });
      assert.equal((await channel.look('q')).messageCount, 0);
      assert.equal(await channel.get('q'), null);
      channel.ack(delivery);
      await channel.settle();
      await channel.close();
      const other = await channel.client.channel();
      assert.equal(await other.get('q'), null);
    }));

  test('is not what was rejected for good', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      await sent(channel, 'q', ['a', 'b']);
      channel.reject((await channel.get('q', false))!, false);
      channel.nack((await channel.get('q', false))!, { requeue: false });
      await channel.close();
      const other = await channel.client.channel();
      assert.equal(await other.get('q'), null);
    }));
});

describe('a delivery limit', () => {
  const attempts = async (channel: Parameters<typeof held>[0], queue: string): Promise<unknown[]> => {
    const counts: unknown[] = [];
    for (;;) {
      const got = await channel.get(queue, false);
      if (got === null) return counts;
      counts.push(got.headers['x-delivery-count'] ?? 'none');
      channel.nack(got);
    }
  };

  test('of a quorum queue is 20, and each delivery from the second on says how many failed before', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await sent(channel, 'q', ['a']);
      assert.deepEqual(await attempts(channel, 'q'), ['none', ...Array.from({ length: 20 }, (_, at) => at + 1)]);
    }));

  test('of a quorum queue can be turned off, and the count is told nevertheless', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': -1 } });
      await sent(channel, 'q', ['a']);
      for (let count = 0; count < 30; count++) channel.nack((await channel.get('q', false))!);
      assert.equal((await channel.get('q'))?.headers['x-delivery-count'], 30);
    }));

  test('can be set on every queue', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: { 'x-delivery-limit': 2 } });
      await channel.queue('none', { arguments: { 'x-delivery-limit': 0 } });
      await channel.queue('plain');
      await sent(channel, 'q', ['a']);
      assert.deepEqual(await attempts(channel, 'q'), ['none', 1, 2]);
      await sent(channel, 'none', ['a']);
      assert.deepEqual(await attempts(channel, 'none'), ['none']);
      await sent(channel, 'plain', ['a']);
      for (let count = 0; count < 30; count++) channel.nack((await channel.get('plain', false))!);
      assert.equal((await channel.get('plain'))?.headers['x-delivery-count'], undefined);
    }));

  test('counts a rejection, a lost consumer, and a recover as well', () =>
    atHome(async (channel, home) => {
      await channel.queue('q', { arguments: { 'x-delivery-limit': 10 } });
      await sent(channel, 'q', ['a']);
      channel.reject((await channel.get('q', false))!);
      await channel.get('q', false);
      await channel.call('basic.recover', { requeue: true });
      const lost = await home.channel();
      await held(lost, 'q');
      lost.client.cut();
      assert.equal((await next(channel, 'q')).headers['x-delivery-count'], 3);
    }));

  test('leaves the other headers as they are', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: { 'x-delivery-limit': 10 } });
      channel.publish('', 'q', 'a', { headers: { mine: 'stays' }, priority: 3, expiration: '60000' });
      channel.nack((await channel.get('q', false))!);
      const got = (await channel.get('q'))!;
      assert.deepEqual(got.headers, { mine: 'stays', 'x-delivery-count': 1 });
      assert.equal(got.properties.priority, 3);
      assert.equal(got.properties.expiration, '60000');
    }));
});

describe('a large message', () => {
  test('comes whole to every queue it goes to, in frames of the agreed size', () =>
    atHome(async (channel, home) => {
      const small = await home.connect({ tuneOk: { frameMax: 8192 } });
      const receiver = await small.channel();
      const body = Buffer.alloc(300_000);
      for (let at = 0; at < body.length; at++) body[at] = (at * 31) % 251;
      const names = ['a', 'b', 'c', 'd'];
      for (const name of names) {
        await channel.queue(name);
        await channel.bind(name, 'amq.fanout');
      }
      for (let round = 0; round < 3; round++) {
        channel.publish('amq.fanout', '', body, { messageId: String(round) });
        channel.publish('amq.fanout', '', 'small');
      }
      await channel.settle();
      for (const name of names) {
        for (let round = 0; round < 3; round++) {
          const got = (await receiver.get(name))!;
          assert.equal(got.properties.messageId, String(round));
          assert.ok(got.body.equals(body));
          assert.equal((await receiver.get(name))?.text, 'small');
        }
      }
      assert.deepEqual(await drained(channel, 'a'), []);
    }));
});
