import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atHome } from '../queues/home.js';
import type { WireChannel } from '../wire-channel.js';

const replyTo = 'amq.rabbitmq.reply-to';

/** A channel that may ask: it waits for answers. */
async function asking(channel: WireChannel): Promise<WireChannel> {
  await channel.consume(replyTo, { noAck: true, consumerTag: 'answers' });
  return channel;
}

/** What the server is asked, and where its answer goes. */
async function asked(server: WireChannel, queue: string): Promise<{ text: string; address: string }> {
  const { text, properties } = (await server.get(queue))!;
  return { text, address: properties.replyTo! };
}

describe('direct reply-to', () => {
  test('brings an answer back without a queue, across connections', () =>
    atHome(async (channel, home) => {
      const server = await home.channel();
      await server.queue('rpc');
      await asking(channel);
      channel.publish('', 'rpc', 'question', { replyTo, correlationId: '7', headers: { kept: 1 } });
      const got = (await server.get('rpc'))!;
      const address = got.properties.replyTo!;
      assert.match(address, /^amq\.rabbitmq\.reply-to\..{16,}/);
      assert.deepEqual([got.text, got.properties.correlationId, got.headers], ['question', '7', { kept: 1 }]);
      server.publish('', address, 'answer', { correlationId: '7' });
      const answer = await channel.delivery();
      assert.deepEqual(
        [answer.text, answer.properties.correlationId, answer.consumerTag, answer.exchange, answer.routingKey],
        ['answer', '7', 'answers', '', address],
      );
      assert.equal(answer.redelivered, false);
    }));

  test('brings many answers, of any size, each to who asked', () =>
    atHome(async (_channel, home) => {
      const server = await home.channel();
      await server.queue('rpc');
      const narrow = await (await home.connect({ tuneOk: { frameMax: 4096 } })).channel();
      const askers = [await asking(narrow), await asking(await home.channel())];
      for (const [at, asker] of askers.entries()) {
        for (let number = 0; number < 20; number++)
          asker.publish('', 'rpc', `${at}`, { replyTo, correlationId: `${number}` });
        await asker.settle();
      }
      await server.consume('rpc', { noAck: true });
      for (const { text, properties } of await server.deliveries(40)) {
        const { correlationId } = properties;
        server.publish('', properties.replyTo!, text.repeat(10_000), { correlationId: correlationId! });
      }
      for (const [at, asker] of askers.entries()) {
        const answers = await asker.deliveries(20);
        assert.ok(answers.every(({ text }) => text === `${at}`.repeat(10_000)));
        assert.deepEqual(
          answers.map(({ properties }) => Number(properties.correlationId)),
          Array.from({ length: 20 }, (_, number) => number),
        );
      }
    }));

  test('goes on while the channel does: after its end a mandatory answer comes back, another is dropped', () =>
    atHome(async (channel, home) => {
      const server = await home.channel();
      await server.queue('rpc');
      await asking(channel);
      channel.publish('', 'rpc', 'question', { replyTo });
      const { address } = await asked(server, 'rpc');
      await server.confirms();
      await channel.close();
      server.publish('', address, 'late', { mandatory: true });
      server.publish('', address, 'later');
      assert.deepEqual(await server.confirmed(), []);
      const returned = await server.returned();
      assert.deepEqual([returned.replyCode, returned.text, returned.routingKey], [312, 'late', address]);
      await server.hearsNothing();
    }));

  test('ends with basic.cancel, and may begin anew', () =>
    atHome(async (channel, home) => {
      const server = await home.channel();
      await server.queue('rpc');
      await asking(channel);
      channel.publish('', 'rpc', 'question', { replyTo });
      const { address } = await asked(server, 'rpc');
      await channel.call('basic.cancel', { consumerTag: 'answers' });
      server.publish('', address, 'late', { mandatory: true });
      await server.returned();
      await asking(channel);
      channel.publish('', 'rpc', 'again', { replyTo });
      const again = await asked(server, 'rpc');
      assert.notEqual(again.address, address);
      server.publish('', again.address, 'in time', { mandatory: true });
      assert.equal((await channel.delivery()).text, 'in time');
    }));

  test('leads nowhere from another virtual host', () =>
    atHome(async (channel, home) => {
      home.broker.vhosts.create('other');
      const server = await home.channel();
      await server.queue('rpc');
      await asking(channel);
      channel.publish('', 'rpc', 'question', { replyTo });
      const { address } = await asked(server, 'rpc');
      const stranger = await (await home.connect({ virtualHost: 'other' })).channel();
      stranger.publish('', address, 'foreign', { mandatory: true });
      await stranger.returned();
      await channel.hearsNothing();
    }));

  test('may be looked for by declaring its address, while somebody waits there', () =>
    atHome(async (channel, home) => {
      const server = await home.channel();
      await server.queue('rpc');
      await asking(channel);
      channel.publish('', 'rpc', 'question', { replyTo });
      const { address } = await asked(server, 'rpc');
      assert.deepEqual(await server.look(address), { messageCount: 0, consumerCount: 1 });
      assert.equal(await server.queue(address), address);
      await channel.close();
      await server.refuses(
        'queue.declare',
        { queue: address, passive: true },
        404,
        `NOT_FOUND - no queue '${address}' in vhost '/'`,
      );
    }));

  test('is not acknowledged: 406 for a consumer that would', () =>
    atHome((channel) =>
      channel.refuses(
        'basic.consume',
        { queue: replyTo },
        406,
        'PRECONDITION_FAILED - reply consumer cannot acknowledge',
      ),
    ));

  test('has one consumer a channel: 406 for a second', () =>
    atHome(async (channel) => {
      await asking(channel);
      const text = 'PRECONDITION_FAILED - reply consumer already set';
      await channel.refuses('basic.consume', { queue: replyTo, noAck: true, consumerTag: 'second' }, 406, text);
    }));

  test('is asked for on the channel that waits for the answers: 406 on another', () =>
    atHome(async (channel) => {
      await asking(channel);
      const other = await channel.client.channel();
      other.publish('', 'rpc', 'question', { replyTo });
      await other.closes({
        code: 406,
        text: 'PRECONDITION_FAILED - fast reply consumer does not exist',
        method: 'basic.publish',
      });
    }));

  test('works in a transaction: asked when it commits', () =>
    atHome(async (channel, home) => {
      const server = await home.channel();
      await server.queue('rpc');
      await asking(channel);
      await channel.call('tx.select');
      channel.publish('', 'rpc', 'question', { replyTo });
      await channel.call('tx.commit');
      const { address } = await asked(server, 'rpc');
      await server.call('tx.select');
      server.publish('', address, 'answer');
      await channel.hearsNothing();
      await server.call('tx.commit');
      assert.equal((await channel.delivery()).text, 'answer');
    }));

  test('of who does not read takes no memory without end', () =>
    atHome(
      async (channel, home) => {
        const server = await home.channel();
        await server.queue('rpc');
        await asking(channel);
        channel.publish('', 'rpc', 'question', { replyTo });
        const { address } = await asked(server, 'rpc');
        channel.client.socket.pause();
        const body = Buffer.alloc(1_000_000);
        for (let count = 0; count < 30; count++) {
          server.publish('', address, body, { mandatory: true });
          await server.settle();
        }
        assert.ok((await server.returned()).body.length === body.length);
        channel.client.socket.resume();
        await channel.delivery();
      },
      { connectionWriteQueueBytesMax: 65_536 },
    ));
});
