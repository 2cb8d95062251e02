import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WireChannel } from '../wire-channel.js';
import { atHome, drained, sent } from './home.js';

async function delaying(channel: WireChannel, type = 'direct'): Promise<void> {
  await channel.exchange('later', 'x-delayed-message', { durable: true, arguments: { 'x-delayed-type': type } });
  await channel.queue('q', { durable: true });
  await channel.bind('q', 'later', 'k');
}

const delayed = (delayMs: number): { headers: { 'x-delay': number } } => ({ headers: { 'x-delay': delayMs } });

describe('an x-delayed-message exchange', () => {
  test('routes each message after the time it says, the shortest first, and others at once', () =>
    atHome(async (channel, { clock }) => {
      await delaying(channel);
      channel.publish('later', 'k', 'two', delayed(2000));
      channel.publish('later', 'k', 'one', delayed(1000));
      channel.publish('later', 'k', 'now');
      assert.deepEqual(await drained(channel, 'q'), ['now']);
      await clock.pass(1001);
      assert.deepEqual(await drained(channel, 'q'), ['one']);
      await clock.pass(1000);
      assert.deepEqual(await drained(channel, 'q'), ['two']);
    }));

  test('routes by what is bound when the time has come, with headers and all', () =>
    atHome(async (channel, { clock }) => {
      await channel.exchange('later', 'x-delayed-message', { arguments: { 'x-delayed-type': 'headers' } });
      await channel.queue('q');
      channel.publish('later', '', 'a', { headers: { 'x-delay': 1000, kind: 'x' }, messageId: 'm' });
      channel.publish('later', '', 'b', { headers: { 'x-delay': 1000, kind: 'y' } });
      await channel.settle();
      await channel.bind('q', 'later', '', { 'x-match': 'all', kind: 'x' });
      await clock.pass(1001);
      const got = (await channel.get('q'))!;
      assert.equal(got.text, 'a');
      assert.equal(got.properties.messageId, 'm');
      assert.equal(got.headers['kind'], 'x');
      assert.equal(got.exchange, 'later');
      assert.equal(await channel.get('q'), null);
    }));

  test('can be declared again, and confirms what it keeps', () =>
    atHome(async (channel, { clock }) => {
      await delaying(channel);
      await delaying(channel);
      await channel.confirms();
      channel.publish('later', 'k', 'a', { ...delayed(1000), deliveryMode: 2 });
      assert.deepEqual(await channel.confirmed(), []);
      await clock.pass(1001);
      assert.deepEqual(await drained(channel, 'q'), ['a']);
    }));

  test('lets a message’s own time begin when it is routed', () =>
    atHome(async (channel, { clock }) => {
      await delaying(channel);
      channel.publish('later', 'k', 'a', { ...delayed(5000), expiration: '1000' });
      await channel.settle();
      await clock.pass(5500);
      assert.equal((await channel.look('q')).messageCount, 1);
      await clock.pass(501);
      assert.equal((await channel.look('q')).messageCount, 0);
    }));

  test('needs a type to route by', () =>
    atHome((channel) => channel.refuses('exchange.declare', { exchange: 'e', type: 'x-delayed-message' }, 406)));

  test('does nothing for other exchanges: there the header is only a header', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.publish('', 'q', 'a', delayed(60_000));
      assert.deepEqual(await drained(channel, 'q'), ['a']);
      await sent(channel, 'q', []);
    }));
});
