import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atHome, drained } from '../queues/home.js';
import type { WireChannel } from '../wire-channel.js';
import { bodyFrame, headerFrame, methodFrame } from '../wire-frames.js';

async function filled(channel: WireChannel, queue: string, count: number): Promise<void> {
  await channel.queue(queue);
  for (let number = 0; number < count; number++) channel.publish('', queue, `m${number}`);
  await channel.settle();
}

describe('basic.get', () => {
  test('answers the next message with how many are left, or that there is none', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 3);
      const got = await channel.get('q');
      assert.deepEqual(
        [got?.text, got?.messageCount, got?.redelivered, got?.exchange, got?.routingKey],
        ['m0', 2, false, '', 'q'],
      );
      assert.equal((await channel.get('q', false))?.messageCount, 1);
      assert.equal((await channel.get('q', false))?.messageCount, 0);
      assert.equal(await channel.get('q'), null);
    }));

  test('numbers what it hands out together with what consumers get', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 2);
      assert.equal((await channel.get('q', false))?.deliveryTag, 1);
      await channel.consume('q');
      assert.equal((await channel.delivery()).deliveryTag, 2);
    }));

  test('several in a row are answered in their order', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 3);
      for (let count = 0; count < 4; count++) channel.tell('basic.get', { queue: 'q', noAck: true });
      const texts: string[] = [];
      for (let count = 0; count < 3; count++) texts.push((await channel.next('basic.get-ok')).body.toString());
      await channel.next('basic.get-empty');
      assert.deepEqual(texts, ['m0', 'm1', 'm2']);
    }));
});

describe('basic.consume', () => {
  test('is answered before the first delivery', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 1);
      await channel.consume('q');
      await channel.delivery();
      const heard = channel.inbox.heard.filter((name) => name === 'basic.consume-ok' || name === 'basic.deliver');
      assert.deepEqual(heard, ['basic.consume-ok', 'basic.deliver']);
    }));

  test('is given a tag where none is asked for, and refuses one twice on a channel with 530', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      assert.match(await channel.consume('q'), /^amq\.ctag-.{16,}/);
      assert.equal(await channel.consume('q', { consumerTag: 'mine' }), 'mine');
      await channel.refusesAltogether(
        'basic.consume',
        { queue: 'q', consumerTag: 'mine' },
        530,
        "NOT_ALLOWED - attempt to reuse consumer tag 'mine'",
      );
    }));

  test('names the consumer, exchange and routing key in each delivery', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      await channel.bind('q', 'amq.topic', 'a.*');
      await channel.consume('q', { consumerTag: 'mine' });
      channel.publish('amq.topic', 'a.b', 'm');
      const { consumerTag, exchange, routingKey, deliveryTag, redelivered } = await channel.delivery();
      assert.deepEqual(
        { consumerTag, exchange, routingKey, deliveryTag, redelivered },
        { consumerTag: 'mine', exchange: 'amq.topic', routingKey: 'a.b', deliveryTag: 1, redelivered: false },
      );
    }));

  test('without acks takes messages for done as they go out', () =>
    atHome(async (channel, home) => {
      await filled(channel, 'q', 3);
      await channel.consume('q', { noAck: true });
      await channel.deliveries(3);
      channel.client.cut();
      assert.deepEqual(await drained(await home.channel(), 'q'), []);
    }));

  test('that wants a queue for itself is refused with 403 while there are others, and refuses them', () =>
    atHome(async (channel) => {
      const { client } = channel;
      const text = "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use";
      await channel.queue('q');
      const tag = await channel.consume('q');
      const other = await client.channel();
      await other.refuses('basic.consume', { queue: 'q', exclusive: true }, 403, text);
      await channel.call('basic.cancel', { consumerTag: tag });
      await channel.consume('q', { exclusive: true });
      const third = await client.channel();
      await third.refuses('basic.consume', { queue: 'q' }, 403, text);
    }));

  test('does not mind no-local', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      await channel.consume('q', { noLocal: true, noAck: true });
      channel.publish('', 'q', 'own');
      assert.equal((await channel.delivery()).text, 'own');
    }));

  test('without wait is not answered', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 1);
      channel.tell('basic.consume', { queue: 'q', consumerTag: 'mine', noWait: true, noAck: true });
      await channel.delivery();
      assert.ok(!channel.inbox.heard.includes('basic.consume-ok'));
    }));

  test('of several consumers hands messages to one after the other', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      const { client } = channel;
      const consumers = [channel, await client.channel(), await client.channel()];
      for (const each of consumers) await each.consume('q', { noAck: true });
      const publisher = await client.channel();
      for (let number = 0; number < 9; number++) {
        publisher.publish('', 'q', `m${number}`);
        await publisher.settle();
      }
      const texts: string[][] = [];
      for (const each of consumers) texts.push((await each.deliveries(3)).map(({ text }) => text));
      assert.deepEqual(texts, [
        ['m0', 'm3', 'm6'],
        ['m1', 'm4', 'm7'],
        ['m2', 'm5', 'm8'],
      ]);
    }));

  test('of several consumers hands the same number to each, also of many at once', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      const { client } = channel;
      const consumers = [channel, await client.channel(), await client.channel()];
      for (const each of consumers) await each.consume('q', { noAck: true });
      const message = [methodFrame(4, 'basic.publish', { routingKey: 'q' }), headerFrame(4, 1), bodyFrame(4, 'm')];
      const publisher = await client.channel(4);
      for (const count of [300, 30, 90]) {
        client.send(...Array.from({ length: count }, () => message).flat());
        await publisher.settle();
        for (const each of consumers) {
          await each.deliveries(count / 3);
          await each.hearsNothing();
        }
      }
    }));

  test('of several consumers shares out a backlog too', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 1000);
      const { client } = channel;
      const [one, other] = [await client.channel(), await client.channel()];
      for (const each of [one, other]) await each.prefetch(100);
      await one.consume('q');
      await other.consume('q');
      assert.equal((await one.deliveries(100)).length + (await other.deliveries(100)).length, 200);
    }));

  test('that does not keep up costs its own prefetch only', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 50);
      const [slow, quick] = [await channel.client.channel(), await channel.client.channel()];
      await slow.prefetch(5);
      await slow.consume('q');
      await slow.deliveries(5);
      await quick.prefetch(1);
      await quick.consume('q');
      for (let count = 0; count < 45; count++) quick.ack(await quick.delivery());
      await slow.hearsNothing();
    }));
});

describe('basic.cancel', () => {
  test('ends deliveries, and leaves those that are out to be settled', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 1);
      const consumerTag = await channel.consume('q');
      const out = await channel.delivery();
      await channel.call('basic.cancel', { consumerTag });
      channel.publish('', 'q', 'later');
      await channel.hearsNothing();
      assert.deepEqual(await channel.look('q'), { messageCount: 1, consumerCount: 0 });
      channel.ack(out);
      assert.equal((await channel.get('q'))?.text, 'later');
      await channel.close();
      assert.equal((await (await channel.client.channel()).look('q')).messageCount, 0);
    }));

  test('of an unknown consumer is answered', () =>
    atHome(async (channel) => {
      assert.deepEqual(await channel.call('basic.cancel', { consumerTag: 'none' }), { consumerTag: 'none' });
    }));

  test('comes from the broker when the queue is deleted, to clients that understand it', () =>
    atHome(async (channel, home) => {
      const deaf = await (await home.connect({ startOk: { clientProperties: {} } })).channel();
      await channel.queue('q');
      await channel.consume('q', { consumerTag: 'hears' });
      await deaf.consume('q', { consumerTag: 'does not' });
      await (await home.channel()).call('queue.delete', { queue: 'q' });
      const { values } = await channel.next('basic.cancel');
      assert.deepEqual(values, { consumerTag: 'hears', noWait: true });
      await deaf.hearsNothing();
      await channel.queue('q');
      assert.equal((await channel.look('q')).consumerCount, 0);
    }));
});

describe('settling', () => {
  test('one by one, out of order, several at once, and all at once', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 10);
      await channel.consume('q');
      const out = await channel.deliveries(10);
      channel.ack(out[4]!);
      channel.ack(out[2]!, true);
      channel.ack(out[9]!);
      channel.tell('basic.ack', { deliveryTag: 0, multiple: true });
      channel.tell('basic.ack', { deliveryTag: 0, multiple: true });
      await channel.settle();
      await channel.close();
      assert.equal((await (await channel.client.channel()).look('q')).messageCount, 0);
    }));

  test('the same delivery twice closes the channel with 406', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 2);
      const [first] = [await channel.get('q', false), await channel.get('q', false)];
      channel.ack(first!);
      channel.ack(first!);
      await channel.closes({ code: 406, text: 'PRECONDITION_FAILED - unknown delivery tag 1', method: 'basic.ack' });
    }));

  test('on another channel than it was delivered on closes that with 406', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 1);
      const got = await channel.get('q', false);
      const other = await channel.client.channel();
      other.ack(got!);
      await other.closes({ code: 406, text: 'PRECONDITION_FAILED - unknown delivery tag 1' });
      channel.ack(got!);
      await channel.settle();
    }));

  for (const how of ['nack', 'reject'] as const) {
    test(`by basic.${how} with requeue brings a message back to its place, redelivered`, () =>
      atHome(async (channel) => {
        await filled(channel, 'q', 3);
        const got = await channel.get('q', false);
        channel[how](got!);
        const again = await channel.get('q');
        assert.deepEqual([again?.text, again?.redelivered], ['m0', true]);
        const next = await channel.get('q');
        assert.deepEqual([next?.text, next?.redelivered], ['m1', false]);
      }));
  }

  test('by basic.nack of several without requeue drops them', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 3);
      await channel.get('q', false);
      const second = await channel.get('q', false);
      channel.nack(second!, { multiple: true, requeue: false });
      assert.deepEqual(await drained(channel, 'q'), ['m2']);
    }));

  test('is done by a connection that breaks: all comes back in order, redelivered', () =>
    atHome(async (channel, home) => {
      await filled(channel, 'q', 5);
      await channel.consume('q');
      const out = await channel.deliveries(5);
      channel.ack(out[1]!);
      await channel.settle();
      channel.client.cut();
      const other = await home.channel();
      await other.consume('q');
      const again = await other.deliveries(4);
      assert.deepEqual(
        again.map(({ text, redelivered }) => [text, redelivered]),
        ['m0', 'm2', 'm3', 'm4'].map((text) => [text, true]),
      );
    }));
});

describe('basic.recover', () => {
  for (const method of ['basic.recover', 'basic.recover-async'] as const) {
    test(`${method} brings everything unsettled back, redelivered`, () =>
      atHome(async (channel) => {
        await filled(channel, 'q', 2);
        await channel.consume('q');
        await channel.deliveries(2);
        channel.tell(method, { requeue: true });
        if (method === 'basic.recover') await channel.next('basic.recover-ok');
        const again = await channel.deliveries(2);
        assert.deepEqual(
          again.map(({ text, redelivered, deliveryTag }) => [text, redelivered, deliveryTag]),
          [
            ['m0', true, 3],
            ['m1', true, 4],
          ],
        );
      }));
  }
});

describe('basic.qos', () => {
  test('limits each consumer that begins after it by itself', () =>
    atHome(async (channel) => {
      await filled(channel, 'a', 10);
      await filled(channel, 'b', 10);
      await channel.prefetch(2);
      await channel.consume('a', { consumerTag: 'a' });
      await channel.prefetch(3);
      await channel.consume('b', { consumerTag: 'b' });
      const out = await channel.deliveries(5);
      await channel.hearsNothing();
      const count = (tag: string): number => out.filter(({ consumerTag }) => consumerTag === tag).length;
      assert.deepEqual([count('a'), count('b')], [2, 3]);
      channel.ack(out.find(({ consumerTag }) => consumerTag === 'a')!);
      assert.equal((await channel.delivery()).consumerTag, 'a');
      await channel.hearsNothing();
    }));

  test('with global limits all consumers of the channel together, those that are there too', () =>
    atHome(async (channel) => {
      await filled(channel, 'a', 10);
      await filled(channel, 'b', 10);
      await channel.prefetch(3, true);
      await channel.consume('a');
      await channel.consume('b');
      const out = await channel.deliveries(3);
      await channel.hearsNothing();
      channel.ack(out[2]!, true);
      await channel.deliveries(3);
      await channel.hearsNothing();
    }));

  test('with both limits holds to the tighter', () =>
    atHome(async (channel) => {
      await filled(channel, 'a', 10);
      await filled(channel, 'b', 10);
      await channel.prefetch(2);
      await channel.prefetch(3, true);
      await channel.consume('a', { consumerTag: 'a' });
      await channel.consume('b', { consumerTag: 'b' });
      const out = await channel.deliveries(3);
      await channel.hearsNothing();
      assert.equal(out.filter(({ consumerTag }) => consumerTag === 'a').length, 2);
    }));

  test('does not count what basic.get fetched', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 10);
      await channel.prefetch(2, true);
      const [first] = [await channel.get('q', false), await channel.get('q', false)];
      await channel.consume('q');
      await channel.deliveries(2);
      channel.ack(first!);
      await channel.hearsNothing();
    }));

  test('does not count consumers without acks', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 10);
      await channel.prefetch(1);
      await channel.prefetch(1, true);
      await channel.consume('q', { noAck: true });
      await channel.deliveries(10);
    }));

  test('of nothing sets no limit', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 300);
      await channel.prefetch(0);
      await channel.consume('q');
      await channel.deliveries(300);
    }));

  test('takes a higher limit for the channel into account at once', () =>
    atHome(async (channel) => {
      await filled(channel, 'q', 10);
      await channel.prefetch(1, true);
      await channel.consume('q');
      await channel.delivery();
      await channel.prefetch(4, true);
      await channel.deliveries(3);
      await channel.hearsNothing();
    }));

  test('with global does not go with a quorum queue: 540', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await channel.prefetch(1, true);
      const text = "NOT_IMPLEMENTED - queue 'q' in vhost '/' does not support global qos";
      await channel.refusesAltogether('basic.consume', { queue: 'q' }, 540, text);
    }));
});

describe('a delivery that is not acked', () => {
  const late = (timeoutMs: number): RegExp =>
    new RegExp(
      `^PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out\\. Timeout value used: ${timeoutMs} ms\\.`,
    );

  async function consumed(channel: WireChannel, args = {}): Promise<void> {
    await filled(channel, 'q', 3);
    await channel.consume('q', { arguments: args });
    await channel.deliveries(3);
  }

  test('closes its channel with 406 after half an hour, and comes back to its queue', () =>
    atHome(async (channel, home) => {
      await consumed(channel);
      await home.clock.pass(1000);
      await home.clock.pass(29 * 60_000);
      channel.tell('basic.ack', { deliveryTag: 1 });
      await channel.settle();
      await home.clock.pass(3 * 60_000);
      await channel.closes({ code: 406, text: late(1_800_000) });
      const other = await channel.client.channel();
      assert.deepEqual(await drained(other, 'q'), ['m1', 'm2']);
    }));

  test('may take longer, or less long, where the options, the queue or the consumer say so', () =>
    atHome(
      async (channel, home) => {
        const { client } = channel;
        await channel.queue('quick', { arguments: { 'x-consumer-timeout': 20_000 } });
        await consumed(channel);
        const quick = await client.channel();
        quick.publish('', 'quick', 'm');
        await quick.get('quick', false);
        const quickest = await client.channel();
        quickest.publish('', 'quick', 'm');
        await quickest.consume('quick', { arguments: { 'x-consumer-timeout': 5000 } });
        await quickest.delivery();
        for (let second = 0; second < 7; second++) await home.clock.pass(1000);
        await quickest.closes({ code: 406, text: /Timeout value used: 5000 ms/ });
        await quick.settle();
        for (let second = 0; second < 16; second++) await home.clock.pass(1000);
        await quick.closes({ code: 406, text: /Timeout value used: 20000 ms/ });
        await channel.settle();
        for (let second = 0; second < 70; second++) await home.clock.pass(1000);
        await channel.closes({ code: 406, text: late(60_000) });
      },
      { amqpConsumerTimeoutMs: 60_000 },
    ));

  test('may wait for ever where the options say so', () =>
    atHome(
      async (channel, home) => {
        await consumed(channel);
        await home.clock.pass(1000);
        await home.clock.pass(24 * 3_600_000);
        channel.tell('basic.ack', { deliveryTag: 3, multiple: true });
        await channel.settle();
      },
      { amqpConsumerTimeoutMs: 0 },
    ));

  test('does not count against those that come and are acked all the time', () =>
    atHome(
      async (channel, home) => {
        await channel.queue('q');
        await channel.consume('q');
        for (let second = 0; second < 30; second++) {
          channel.publish('', 'q', 'm');
          const delivery = await channel.delivery();
          await home.clock.pass(1000);
          channel.ack(delivery);
          await channel.settle();
        }
      },
      { amqpConsumerTimeoutMs: 10_000 },
    ));
});
