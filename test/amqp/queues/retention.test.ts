import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConsumerDelivery, WireChannel } from '../wire-channel.js';
import type { Given } from '../wire-frames.js';
import { atHome, drained, sent } from './home.js';

const keptMs = 3_600_000;
const kept = { 'x-retention-ms': keptMs };

/** A reader of a queue's past on a channel of its own. */
async function reader(channel: WireChannel, offset: Given, prefetch = 100): Promise<WireChannel> {
  const own = await channel.client.channel();
  await own.prefetch(prefetch);
  await own.consume('q', { arguments: { 'x-stream-offset': offset } as never });
  return own;
}

const told = (list: readonly ConsumerDelivery[]): unknown[] =>
  list.map(({ text, headers }) => [text, headers['x-stream-offset']]);

describe('x-retention-ms', () => {
  test('keeps what was acknowledged, to be read again from any place by x-stream-offset', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: kept });
      await sent(channel, 'q', ['a', 'b', 'c']);
      assert.deepEqual(await drained(channel, 'q'), ['a', 'b', 'c']);
      await sent(channel, 'q', ['d']);
      const all = [
        ['a', 0],
        ['b', 1],
        ['c', 2],
        ['d', 3],
      ];
      assert.deepEqual(told(await (await reader(channel, 'first')).deliveries(4)), all);
      assert.deepEqual(told(await (await reader(channel, 0)).deliveries(4)), all);
      assert.deepEqual(told(await (await reader(channel, 2)).deliveries(2)), all.slice(2));
      assert.deepEqual(told(await (await reader(channel, 'last')).deliveries(1)), all.slice(3));
      // Nothing of that took anything away.
      assert.deepEqual(await drained(channel, 'q'), ['d']);
    }));

  test('hands what comes also to who reads', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: kept });
      await sent(channel, 'q', ['before']);
      const next = await reader(channel, 'next');
      await channel.consume('q', { noAck: true });
      await sent(channel, 'q', ['after']);
      assert.deepEqual(told(await next.deliveries(1)), [['after', 1]]);
      assert.equal((await channel.delivery()).text, 'before');
      assert.equal((await channel.delivery()).text, 'after');
    }));

  test('counts from the acknowledgement, and then lets go', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q', { arguments: kept });
      await sent(channel, 'q', ['a', 'b']);
      await clock.pass(10 * keptMs);
      assert.equal((await channel.get('q'))?.text, 'a');
      await clock.pass(keptMs / 2);
      assert.equal((await channel.get('q'))?.text, 'b');
      await clock.pass(keptMs / 2 + 1);
      assert.deepEqual(told(await (await reader(channel, 'first')).deliveries(1)), [['b', 1]]);
      await clock.pass(keptMs);
      await (await reader(channel, 'first')).hearsNothing();
    }));

  test('finds the place by time: a timestamp or an interval back from now', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q', { arguments: { 'x-retention-ms': 30 * 86_400_000 } });
      const times: number[] = [];
      for (const text of ['a', 'b', 'c']) {
        times.push(Math.floor(clock.now() / 1000));
        await sent(channel, 'q', [text]);
        await clock.pass(86_400_000);
      }
      await drained(channel, 'q');
      const from = async (offset: Given): Promise<string> => (await (await reader(channel, offset)).delivery()).text;
      assert.equal(await from({ tag: 'T', value: times[1]! }), 'b');
      assert.equal(await from('7D'), 'a');
      assert.equal(await from('36h'), 'c');
      assert.equal(await from('3000m'), 'b');
    }));

  test('gives no more than the prefetch before acknowledgements make room, which take nothing away', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: kept });
      await sent(channel, 'q', ['a', 'b', 'c', 'd', 'e']);
      const reading = await reader(channel, 'first', 2);
      const two = await reading.deliveries(2);
      await reading.hearsNothing();
      reading.ack(two[1]!, true);
      const more = await reading.deliveries(2);
      assert.deepEqual(
        more.map(({ text, redelivered }) => [text, redelivered]),
        [
          ['c', false],
          ['d', false],
        ],
      );
      reading.nack(more[0]!);
      assert.equal((await reading.delivery()).text, 'e');
      await reading.close();
      assert.equal((await channel.look('q')).messageCount, 5);
    }));

  test('asks readers for a prefetch (406), acknowledgements (540) and a place that is one (406)', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: kept });
      const args = { 'x-stream-offset': 'first' } as never;
      const { client } = channel;
      await (await client.channel()).refuses('basic.consume', { queue: 'q', arguments: args }, 406);
      const other = await client.channel();
      await other.prefetch(10);
      const bad = { 'x-stream-offset': 'yesterday' } as never;
      await other.refuses('basic.consume', { queue: 'q', arguments: bad }, 406);
      await channel.prefetch(10);
      await channel.refusesAltogether('basic.consume', { queue: 'q', noAck: true, arguments: args }, 540);
    }));

  test('tells readers when the queue is gone, and forgets those that leave', () =>
    atHome(async (channel, home) => {
      await channel.queue('q', { arguments: kept });
      await sent(channel, 'q', ['a']);
      const leaving = await reader(channel, 'first');
      await leaving.call('basic.cancel', { consumerTag: (await leaving.delivery()).consumerTag });
      const staying = await reader(channel, 'next');
      await sent(channel, 'q', ['b']);
      assert.equal((await staying.delivery()).text, 'b');
      await leaving.hearsNothing();
      await (await home.channel()).call('queue.delete', { queue: 'q' });
      await staying.next('basic.cancel');
    }));

  test('may be set by a policy', () =>
    atHome(async (channel, { broker }) => {
      await channel.queue('q');
      const definition = new Map([['retention-ms', keptMs]]);
      const about = { name: 'p', vhost: '/', pattern: '^q$', applyTo: 'queues', priority: 0 } as const;
      broker.policies.set('policy', { ...about, definition });
      await sent(channel, 'q', ['a']);
      assert.deepEqual(await drained(channel, 'q'), ['a']);
      assert.deepEqual(told(await (await reader(channel, 'first')).deliveries(1)), [['a', 0]]);
    }));

  test('reads with all properties, large messages too', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: kept });
      const body = Buffer.alloc(300_000, 'x');
      channel.publish('', 'q', body, { messageId: 'm', headers: { mine: 1 }, priority: 4, expiration: '60000' });
      const got = await (await reader(channel, 'first')).delivery();
      assert.ok(got.body.equals(body));
      assert.deepEqual(got.headers, { mine: 1, 'x-stream-offset': 0 });
      assert.deepEqual([got.properties.messageId, got.properties.priority, got.routingKey], ['m', 4, 'q']);
    }));
});
