import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { freePorts, Program, temporaryFolder } from '../../process/program.js';
import type { WireChannel } from '../wire-channel.js';
import { WireClient } from '../wire-client.js';
import { held, next, sent } from './home.js';

/** Naru as a process on a folder of its own, to be killed and started again. */
class Restarting {
  private readonly context: TestContext;
  private readonly folder: string;
  private program: Program | null = null;
  private readonly clients: WireClient[] = [];

  private constructor(context: TestContext, folder: string) {
    this.context = context;
    this.folder = folder;
    context.after(() => {
      for (const client of this.clients) client.cut();
    });
  }

  static async in(context: TestContext): Promise<Restarting> {
    return new Restarting(context, await temporaryFolder(context));
  }

  /** Kills the process, if there is one, starts it again, and answers a channel. */
  async start(): Promise<WireChannel> {
    await this.program?.end();
    const args = ['start', '--data', this.folder, '--log-format', 'json', '--no-kafka', '--no-sqs', '--no-http'];
    this.program = new Program(this.context, [...args, ...freePorts]);
    const { amqp } = await this.program.readyRecord();
    const client = await WireClient.connect(amqp!);
    this.clients.push(client);
    return client.channel();
  }
}

const durable = { durable: true };

describe('a kill leaves', () => {
  test('durable queues with their messages, and takes all others with it', async (context) => {
    const naru = await Restarting.in(context);
    let channel = await naru.start();
    await channel.queue('stays', durable);
    await channel.queue('transient');
    await channel.queue('exclusive', { durable: true, exclusive: true });
    await channel.bind('stays', 'amq.topic', 'k.#');
    await sent(channel, 'stays', ['a', 'b', 'c']);
    channel.ack((await channel.get('stays', false))!);
    await channel.settle();
    await sent(channel, 'stays', ['d']);
    channel = await naru.start();
    const { client } = channel;
    await (await client.channel()).refuses('queue.declare', { queue: 'transient', passive: true }, 404);
    await (await client.channel()).refuses('queue.declare', { queue: 'exclusive', passive: true }, 404);
    channel.publish('amq.topic', 'k.1', 'e');
    for (const text of ['b', 'c', 'd', 'e']) {
      const got = (await channel.get('stays'))!;
      assert.deepEqual([got.text, got.redelivered], [text, false]);
    }
    await channel.queue('stays', durable);
    await client.channel().then((other) => other.refuses('queue.declare', { queue: 'stays' }, 406));
  });

  test('what was handed out redelivered, at its place, and counted', async (context) => {
    const naru = await Restarting.in(context);
    let channel = await naru.start();
    const args = { 'x-queue-type': 'quorum', 'x-delivery-limit': 2, 'x-dead-letter-exchange': '' };
    await channel.queue('dead', durable);
    await channel.queue('q', { durable: true, arguments: { ...args, 'x-dead-letter-routing-key': 'dead' } });
    await sent(channel, 'q', ['a', 'b', 'c', 'd']);
    await channel.prefetch(3);
    await channel.consume('q');
    const [first] = await channel.deliveries(3);
    channel.nack(first!);
    const again = await channel.delivery();
    assert.equal(again.headers['x-delivery-count'], 1);
    await channel.settle();
    // What is confirmed lies behind what was handed out: it is all in the journal.
    await sent(channel, 'q', ['e']);
    channel = await naru.start();
    const got = [];
    for (let count = 0; count < 5; count++) got.push((await channel.get('q', false))!);
    assert.deepEqual(
      got.map(({ text, redelivered, headers }) => [text, redelivered, headers['x-delivery-count']]),
      [
        ['a', true, 2],
        ['b', true, 1],
        ['c', true, 1],
        ['d', false, undefined],
        ['e', false, undefined],
      ],
    );
    channel.nack(got[0]!);
    assert.equal((await next(channel, 'dead')).text, 'a');
  });

  test('a message’s time running, and the order of priorities', async (context) => {
    const naru = await Restarting.in(context);
    let channel = await naru.start();
    await channel.queue('q', { durable: true, arguments: { 'x-max-priority': 9 } });
    await channel.queue('timed', durable);
    const publishing = await channel.client.channel();
    await publishing.confirms();
    publishing.publish('', 'q', 'low', { priority: 1, deliveryMode: 2 });
    publishing.publish('', 'q', 'high', { priority: 9, deliveryMode: 2 });
    publishing.publish('', 'timed', 'short', { expiration: '1', deliveryMode: 2 });
    publishing.publish('', 'timed', 'long', { expiration: '600000', deliveryMode: 2 });
    await publishing.confirmed();
    channel = await naru.start();
    assert.equal((await next(channel, 'q')).text, 'high');
    const low = await next(channel, 'q');
    assert.deepEqual([low.text, low.redelivered], ['low', false]);
    assert.equal((await next(channel, 'timed')).text, 'long');
  });

  test('limits in bytes holding for what is there', async (context) => {
    const naru = await Restarting.in(context);
    let channel = await naru.start();
    await channel.queue('q', { durable: true, arguments: { 'x-max-length-bytes': 30 } });
    await sent(channel, 'q', ['0123456789', 'abcdefghij']);
    channel = await naru.start();
    await sent(channel, 'q', ['ABCDEFGHIJ', 'last']);
    assert.equal((await held(channel, 'q')).text, 'abcdefghij');
  });

  test('a dead letter in one place, with its story', async (context) => {
    const naru = await Restarting.in(context);
    let channel = await naru.start();
    await channel.queue('dead', durable);
    const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    await channel.queue('q', { durable: true, arguments: args });
    await sent(channel, 'q', ['a', 'b']);
    channel.reject((await channel.get('q', false))!, false);
    await channel.settle();
    await sent(channel, 'q', ['c']);
    channel = await naru.start();
    const dead = await next(channel, 'dead');
    assert.equal(dead.text, 'a');
    assert.equal(dead.headers['x-first-death-queue'], 'q');
    assert.equal((await channel.look('dead')).messageCount, 0);
    assert.equal((await channel.look('q')).messageCount, 2);
  });

  test('streams with what they have, bound as before, and queues with what they keep', async (context) => {
    const naru = await Restarting.in(context);
    let channel = await naru.start();
    await channel.queue('s', { durable: true, arguments: { 'x-queue-type': 'stream' } });
    await channel.bind('s', 'amq.fanout');
    await channel.queue('q', { durable: true, arguments: { 'x-retention-ms': 3_600_000 } });
    await sent(channel, 's', ['a', 'b']);
    await sent(channel, 'q', ['c', 'd']);
    assert.equal((await next(channel, 'q')).text, 'c');
    await sent(channel, 'q', ['e']);
    channel = await naru.start();
    channel.publish('amq.fanout', '', 'f');
    await channel.prefetch(10);
    await channel.consume('s', { arguments: { 'x-stream-offset': 'first' } as never });
    assert.deepEqual(
      (await channel.deliveries(3)).map(({ text }) => text),
      ['a', 'b', 'f'],
    );
    await channel.consume('q', { arguments: { 'x-stream-offset': 'first' } as never });
    assert.deepEqual(
      (await channel.deliveries(3)).map(({ text }) => text),
      ['c', 'd', 'e'],
    );
    assert.equal((await channel.look('q')).messageCount, 2);
  });

  test('delayed messages waiting for their time', async (context) => {
    const naru = await Restarting.in(context);
    let channel = await naru.start();
    await channel.exchange('later', 'x-delayed-message', { durable: true, arguments: { 'x-delayed-type': 'headers' } });
    await channel.queue('q', durable);
    await channel.bind('q', 'later', '', { 'x-match': 'all', kind: 'x' });
    await channel.confirms();
    channel.publish('later', '', 'soon', { headers: { 'x-delay': 300, kind: 'x' }, deliveryMode: 2 });
    channel.publish('later', '', 'late', { headers: { 'x-delay': 600_000, kind: 'x' }, deliveryMode: 2 });
    await channel.confirmed();
    channel = await naru.start();
    await channel.consume('q', { noAck: true });
    assert.equal((await channel.delivery()).text, 'soon');
    await channel.hearsNothing();
  });
});
