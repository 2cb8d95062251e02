import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WireChannel } from '../wire-channel.js';
import { atHome, drained, sent } from './home.js';

const gone = async (channel: WireChannel, queue: string): Promise<void> =>
  (await channel.client.channel()).refuses('queue.declare', { queue, passive: true }, 404);

describe('x-expires', () => {
  test('deletes a queue that nobody used for so long, with what is in it', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q', { arguments: { 'x-expires': 10_000 } });
      await sent(channel, 'q', ['a']);
      await clock.pass(9000);
      // Publishing is no use of a queue.
      await sent(channel, 'q', ['b']);
      await clock.pass(1001);
      await gone(channel, 'q');
    }));

  test('begins anew with basic.get and with a declaration', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q', { arguments: { 'x-expires': 10_000 } });
      await clock.pass(9000);
      await channel.get('q');
      await clock.pass(9000);
      await channel.queue('q', { arguments: { 'x-expires': 10_000 } });
      await clock.pass(9000);
      await channel.look('q');
      await clock.pass(10_001);
      await gone(channel, 'q');
    }));

  test('counts from when the last consumer left', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q', { arguments: { 'x-expires': 10_000 } });
      const consumerTag = await channel.consume('q');
      await clock.pass(60_000);
      assert.equal((await channel.look('q')).consumerCount, 1);
      await channel.call('basic.cancel', { consumerTag });
      await clock.pass(9000);
      await channel.consume('q', { consumerTag });
      await channel.call('basic.cancel', { consumerTag });
      await clock.pass(10_001);
      await gone(channel, 'q');
    }));
});

describe('message TTL', () => {
  test('of a queue drops what waited for so long, though nobody consumes', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q', { arguments: { 'x-message-ttl': 5000 } });
      await sent(channel, 'q', ['a']);
      await clock.pass(3000);
      await sent(channel, 'q', ['b']);
      await clock.pass(2001);
      assert.equal((await channel.look('q')).messageCount, 1);
      assert.deepEqual(await drained(channel, 'q'), ['b']);
    }));

  test('of a message drops it likewise', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q');
      channel.publish('', 'q', 'short', { expiration: '1000' });
      channel.publish('', 'q', 'long', { expiration: '60000' });
      channel.publish('', 'q', 'for ever');
      await channel.settle();
      await clock.pass(1001);
      assert.equal((await channel.look('q')).messageCount, 2);
      await clock.pass(60_000);
      assert.deepEqual(await drained(channel, 'q'), ['for ever']);
    }));

  test('is the shorter of the queue’s and the message’s', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q', { arguments: { 'x-message-ttl': 5000 } });
      await channel.queue('r', { arguments: { 'x-message-ttl': 1000 } });
      channel.publish('', 'q', 'a', { expiration: '1000' });
      channel.publish('', 'r', 'b', { expiration: '5000' });
      await channel.settle();
      await clock.pass(1001);
      assert.equal((await channel.look('q')).messageCount, 0);
      assert.equal((await channel.look('r')).messageCount, 0);
    }));

  test('is looked at when a message comes to the head: one behind a longer time stays until then', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q');
      channel.publish('', 'q', 'long', { expiration: '10000' });
      channel.publish('', 'q', 'short', { expiration: '1000' });
      await channel.settle();
      await clock.pass(5000);
      assert.equal((await channel.look('q')).messageCount, 2);
      assert.equal((await channel.get('q'))?.text, 'long');
      assert.equal(await channel.get('q'), null);
    }));

  test('never hands out what is over', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q');
      await channel.prefetch(1);
      channel.publish('', 'q', 'a');
      channel.publish('', 'q', 'b', { expiration: '1000' });
      channel.publish('', 'q', 'c');
      await channel.consume('q');
      const first = await channel.delivery();
      await clock.pass(1001);
      channel.ack(first);
      assert.equal((await channel.delivery()).text, 'c');
    }));

  test('of 0 means: deliver now or drop', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: { 'x-message-ttl': 0 } });
      await channel.queue('r');
      await sent(channel, 'q', ['nobody is there']);
      channel.publish('', 'r', 'nobody is there', { expiration: '0' });
      assert.equal(await channel.get('q'), null);
      assert.equal(await channel.get('r'), null);
      await channel.consume('q', { noAck: true });
      await channel.consume('r', { noAck: true });
      channel.publish('', 'q', 'queue');
      assert.equal((await channel.delivery()).text, 'queue');
      channel.publish('', 'r', 'message', { expiration: '0' });
      assert.equal((await channel.delivery()).text, 'message');
    }));

  test('does not run for what is not acknowledged, and goes on when it is given back', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('q', { arguments: { 'x-message-ttl': 5000 } });
      await sent(channel, 'q', ['a']);
      const held = await channel.get('q', false);
      await clock.pass(60_000);
      channel.nack(held!);
      assert.equal(await channel.get('q'), null);
    }));

  test('keeps the expiration among the properties as it came', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.publish('', 'q', 'a', { expiration: '60000' });
      assert.equal((await channel.get('q'))?.properties.expiration, '60000');
    }));

  test('that is no number is refused with 406', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.publish('', 'q', 'a', { expiration: 'soon' });
      await channel.closes({ code: 406, text: /^PRECONDITION_FAILED - invalid expiration/ });
    }));
});
