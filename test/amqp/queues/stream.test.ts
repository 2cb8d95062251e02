import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import type { ConsumerDelivery, WireChannel } from '../wire-channel.js';
import type { Given, GivenTable } from '../wire-frames.js';
import { atHome, drained, type Home, sent } from './home.js';

const both = { kafka: true };

const stream = (channel: WireChannel, args: GivenTable = {}, name = 's'): Promise<string> =>
  channel.queue(name, { durable: true, arguments: { 'x-queue-type': 'stream', ...args } });

/** A reader on a channel of its own. */
async function reader(
  channel: WireChannel,
  offset?: Given,
  prefetch = 100,
  more: GivenTable = {},
): Promise<WireChannel> {
  const own = await channel.client.channel();
  await own.prefetch(prefetch);
  const args = { ...(offset === undefined ? {} : { 'x-stream-offset': offset }), ...more };
  await own.consume('s', { arguments: args as never });
  return own;
}

const told = (list: readonly ConsumerDelivery[]): unknown[] =>
  list.map(({ text, headers }) => [text, headers['x-stream-offset']]);

const kafkaOf = ({ kafka }: Home): Kafka => new Kafka({ brokers: kafka.split(','), logLevel: logLevel.NOTHING });

describe('a stream', () => {
  test('is declared, looked at and declared again as the same', () =>
    atHome(async (channel) => {
      await stream(channel, { 'x-max-age': '7D', 'x-max-length-bytes': 1_000_000, 'x-partitions': 2 });
      await stream(channel, { 'x-max-age': '7D', 'x-max-length-bytes': 1_000_000, 'x-partitions': 2 });
      await sent(channel, 's', ['a', 'b']);
      assert.deepEqual(await channel.look('s'), { messageCount: 2, consumerCount: 0 });
      await reader(channel);
      assert.deepEqual(await channel.look('s'), { messageCount: 2, consumerCount: 1 });
      const { client } = channel;
      const other = { queue: 's', durable: true };
      await (await client.channel()).refuses('queue.declare', other, 406, /inequivalent arg 'x-queue-type'/);
      const older = { ...other, arguments: { 'x-queue-type': 'stream', 'x-max-age': '8D' } };
      await (await client.channel()).refuses('queue.declare', older, 406, /inequivalent arg 'x-max-age'/);
    }));

  test('is a topic, with the retention that was asked for', () =>
    atHome(async (channel, { broker }) => {
      await stream(channel, { 'x-max-age': '2h', 'x-max-length-bytes': 5000, 'x-partitions': 3 });
      const topic = broker.catalog.topic('s')!;
      assert.equal(topic.partitions.length, 3);
      assert.equal(topic.config.value('retention.ms'), String(2 * 3_600_000));
      assert.equal(topic.config.value('retention.bytes'), '5000');
      await stream(channel, {}, 'for-ever');
      assert.equal(broker.catalog.topic('for-ever')!.config.value('retention.ms'), '-1');
    }));

  test('cannot be transient, exclusive, auto-delete or without a name, nor have arguments of other queues', () =>
    atHome(async (channel) => {
      const args = { 'x-queue-type': 'stream' };
      for (const fields of [
        { queue: 's' },
        { queue: 's', durable: true, exclusive: true },
        { queue: 's', durable: true, autoDelete: true },
        { queue: '', durable: true },
        { queue: 's', durable: true, arguments: { ...args, 'x-message-ttl': 5 } },
        { queue: 's', durable: true, arguments: { ...args, 'x-max-age': 'long' } },
        { queue: 's', durable: true, arguments: { ...args, 'x-partitions': 0 } },
      ]) {
        await (await channel.client.channel()).refuses('queue.declare', { arguments: args, ...fields }, 406);
      }
    }));

  test('is read from the first, the last, the next, an offset, a time or an interval, and nothing is taken away', () =>
    atHome(async (channel, { clock }) => {
      await stream(channel);
      const times: number[] = [];
      for (const text of ['a', 'b', 'c']) {
        times.push(Math.floor(clock.now() / 1000));
        await sent(channel, 's', [text]);
        await clock.pass(86_400_000);
      }
      const from = async (offset: Given): Promise<unknown> =>
        told([await (await reader(channel, offset)).delivery()])[0];
      assert.deepEqual(await from('first'), ['a', 0]);
      assert.deepEqual(await from('last'), ['c', 2]);
      assert.deepEqual(await from(1), ['b', 1]);
      assert.deepEqual(await from({ tag: 'T', value: times[1]! }), ['b', 1]);
      assert.deepEqual(await from('7D'), ['a', 0]);
      assert.deepEqual(await from('36h'), ['c', 2]);
      const next = await reader(channel, 'next');
      const unsaid = await reader(channel);
      const ahead = await reader(channel, 4);
      await sent(channel, 's', ['d', 'e']);
      assert.deepEqual(told(await next.deliveries(2)), [
        ['d', 3],
        ['e', 4],
      ]);
      assert.equal((await unsaid.delivery()).text, 'd');
      assert.equal((await ahead.delivery()).text, 'e');
      assert.equal((await channel.look('s')).messageCount, 5);
    }));

  test('needs a prefetch (406) and acknowledgements (540), and is neither got from nor purged (540)', () =>
    atHome(async (channel, home) => {
      await stream(channel);
      await (await channel.client.channel()).refuses('basic.consume', { queue: 's' }, 406, /prefetch/);
      const without = await home.channel();
      await without.prefetch(5);
      await without.refusesAltogether('basic.consume', { queue: 's', noAck: true }, 540);
      await (await home.channel()).refusesAltogether('basic.get', { queue: 's' }, 540);
      await (await home.channel()).refusesAltogether('queue.purge', { queue: 's' }, 540);
      await (await home.channel()).refusesAltogether('queue.delete', { queue: 's', ifUnused: true }, 540);
    }));

  test('gives as many as the prefetch says, and more for each acknowledgement', () =>
    atHome(async (channel) => {
      await stream(channel);
      await sent(channel, 's', ['a', 'b', 'c', 'd']);
      const reading = await reader(channel, 'first', 2);
      const [first] = await reading.deliveries(2);
      await reading.hearsNothing();
      reading.ack(first!);
      assert.equal((await reading.delivery()).text, 'c');
      await reading.hearsNothing();
    }));

  test('is fed by exchanges, beside queues, and is let go of by them', () =>
    atHome(async (channel) => {
      await stream(channel);
      await channel.queue('q');
      await channel.bind('s', 'amq.topic', 'k.#');
      await channel.bind('q', 'amq.topic', 'k.#');
      await channel.confirms();
      channel.publish('amq.topic', 'k.1', 'a', { headers: { mine: 1 }, deliveryMode: 2, mandatory: true });
      channel.publish('amq.topic', 'k.2', 'b', { deliveryMode: 2, priority: 3, expiration: '50000' });
      assert.deepEqual(await channel.confirmed(), []);
      await channel.call('queue.unbind', { queue: 's', exchange: 'amq.topic', routingKey: 'k.#' });
      channel.publish('amq.topic', 'k.3', 'c');
      assert.deepEqual(await drained(channel, 'q'), ['a', 'b', 'c']);
      const reading = await reader(channel, 'first');
      const [a, b] = await reading.deliveries(2);
      assert.deepEqual(
        [a!.exchange, a!.routingKey, a!.headers],
        ['amq.topic', 'k.1', { mine: 1, 'x-stream-offset': 0 }],
      );
      assert.deepEqual([b!.routingKey, b!.properties.priority, b!.properties.expiration], ['k.2', 3, '50000']);
      await reading.hearsNothing();
    }));

  test('takes messages as large as queues do, and those of a transaction together with queues', () =>
    atHome(async (channel) => {
      await stream(channel);
      await channel.queue('q');
      await channel.bind('s', 'amq.fanout');
      await channel.bind('q', 'amq.fanout');
      const body = Buffer.alloc(5_000_000, 'x');
      const other = await channel.client.channel();
      await other.confirms();
      other.publish('', 's', body, { deliveryMode: 2 });
      assert.deepEqual(await other.confirmed(), []);
      await channel.call('tx.select');
      channel.publish('amq.fanout', '', 'undone');
      await channel.call('tx.rollback');
      channel.publish('amq.fanout', '', 'done');
      await channel.call('tx.commit');
      const [large, done] = await (await reader(channel, 'first')).deliveries(2);
      assert.ok(large!.body.equals(body));
      assert.equal(done!.text, 'done');
      assert.equal((await channel.get('q'))?.text, 'done');
    }));

  test('takes dead letters with their story', () =>
    atHome(async (channel) => {
      await stream(channel);
      const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 's' };
      await channel.queue('q', { arguments: args });
      channel.publish('', 'q', 'a', { headers: { deaths: 'mine' } });
      channel.reject((await channel.get('q', false))!, false);
      const dead = await (await reader(channel, 'first')).delivery();
      assert.equal(dead.text, 'a');
      assert.equal(dead.headers['x-first-death-queue'], 'q');
      assert.equal(dead.headers['deaths'], 'mine');
    }));

  test('goes with a delete, and its readers are told', () =>
    atHome(async (channel) => {
      await stream(channel);
      await sent(channel, 's', ['a']);
      const reading = await reader(channel, 'first');
      await reading.delivery();
      assert.deepEqual(await channel.call('queue.delete', { queue: 's' }), { messageCount: 1 });
      await reading.next('basic.cancel');
      await channel.refuses('queue.declare', { queue: 's', passive: true }, 404);
    }));
});

describe('a topic of Kafka', () => {
  test('is read over AMQP, compressed or not, with keys, headers and times', () =>
    atHome(async (channel, home) => {
      const kafka = kafkaOf(home);
      const admin = kafka.admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: 's', numPartitions: 1 }] });
      await admin.disconnect();
      const producer = kafka.producer();
      await producer.connect();
      const headers = { text: 'x', bytes: Buffer.from([0xff, 0xfe]) };
      await producer.send({ topic: 's', messages: [{ key: 'k', value: 'a', headers, timestamp: '1700000000000' }] });
      const many = Array.from({ length: 50 }, (_, at) => ({ value: `m${at}` }));
      await producer.send({ topic: 's', messages: many, compression: CompressionTypes.GZIP });
      await producer.disconnect();
      const reading = await reader(channel, 'first');
      const first = await reading.delivery();
      assert.deepEqual([first.text, first.routingKey, first.exchange], ['a', 'k', '']);
      assert.equal(first.headers['text'], 'x');
      assert.ok(Buffer.from([0xff, 0xfe]).equals(first.headers['bytes'] as Buffer));
      assert.equal(first.properties.timestamp, 1_700_000_000);
      assert.deepEqual(
        (await reading.deliveries(50)).map(({ text }) => text),
        many.map(({ value }) => value),
      );
      assert.deepEqual(told(await (await reader(channel, 30)).deliveries(1)), [['m29', 30]]);
    }, both));

  test('hides from AMQP what a transaction took back', () =>
    atHome(async (channel, home) => {
      await stream(channel);
      const producer = kafkaOf(home).producer({ transactionalId: 't', maxInFlightRequests: 1, idempotent: true });
      await producer.connect();
      for (const end of ['abort', 'commit'] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic: 's', messages: [{ value: end }] });
        await transaction[end]();
      }
      await producer.disconnect();
      const reading = await reader(channel, 'first');
      assert.equal((await reading.delivery()).text, 'commit');
      await reading.hearsNothing();
    }, both));

  test('takes what AMQP publishes: body as value, routing key as key, headers as headers', () =>
    atHome(async (channel, home) => {
      await stream(channel, { 'x-partitions': 2 });
      await channel.bind('s', 'amq.direct', 'k');
      await channel.confirms();
      const headers = { text: 'x', number: 7, flag: true, list: [1, 2], 'x-mine': 'stays' };
      channel.publish('amq.direct', 'k', 'with', { headers, messageId: 'm', deliveryMode: 2 });
      channel.publish('amq.direct', 'k', 'without', { deliveryMode: 2 });
      await channel.confirmed();
      const consumer = kafkaOf(home).consumer({ groupId: 'g' });
      await consumer.connect();
      await consumer.subscribe({ topic: 's', fromBeginning: true });
      const came: { key: string; value: string; headers: Record<string, string> }[] = [];
      await new Promise<void>((resolve) => {
        void consumer.run({
          eachMessage: ({ message }) => {
            const texts = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
            came.push({ key: String(message.key), value: String(message.value), headers: Object.fromEntries(texts) });
            if (came.length === 2) resolve();
            return Promise.resolve();
          },
        });
      });
      await consumer.disconnect();
      assert.deepEqual(
        came.map(({ key, value }) => [key, value]),
        [
          ['k', 'with'],
          ['k', 'without'],
        ],
      );
      const { naru: _, ...told } = came[0]!.headers;
      assert.deepEqual(told, { text: 'x', number: '7', flag: 'true', list: '[1,2]', 'x-mine': 'stays' });
      assert.deepEqual(Object.keys(came[1]!.headers), ['naru']);
    }, both));

  test('cannot harm who reads it: what looks like an envelope and is none is passed over or read as it is', () =>
    atHome(async (channel, home) => {
      await stream(channel);
      const producer = kafkaOf(home).producer();
      await producer.connect();
      const wrong = [[], [0], [255], [0, 1], [0, 1, 255, 255, 9], [3, 1, 1], [0, 1, 0x20, 0, 0, 0, 0, 99, 1, 2]];
      const messages = wrong.map((bytes, at) => ({ value: `wrong ${at}`, headers: { naru: Buffer.from(bytes) } }));
      await producer.send({ topic: 's', messages });
      await producer.send({ topic: 's', messages: [{ value: 'right', key: 'k'.repeat(300) }] });
      await producer.disconnect();
      const reading = await reader(channel, 'first');
      for (let text = ''; text !== 'right'; ) {
        const got = await reading.delivery();
        text = got.text;
        assert.ok(text === 'right' || text.startsWith('wrong'));
      }
    }, both));

  test('may have more headers than a frame holds: they are left out then', () =>
    atHome(async (channel, home) => {
      await stream(channel);
      const producer = kafkaOf(home).producer();
      await producer.connect();
      const headers = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`h${at}`, 'x'.repeat(1000)]));
      await producer.send({ topic: 's', messages: [{ value: 'many', headers }, { value: 'none' }] });
      await producer.disconnect();
      assert.deepEqual(told(await (await reader(channel, 'first')).deliveries(2)), [
        ['many', 0],
        ['none', 1],
      ]);
    }, both));

  test('of several partitions is read as one, or one of them alone', () =>
    atHome(async (channel, home) => {
      await stream(channel, { 'x-partitions': 3 });
      const producer = kafkaOf(home).producer();
      await producer.connect();
      const messages = [0, 1, 2].flatMap((partition) =>
        ['a', 'b'].map((text) => ({ partition, value: text + partition })),
      );
      await producer.send({ topic: 's', messages });
      await producer.disconnect();
      const all = await (await reader(channel, 'first')).deliveries(6);
      assert.deepEqual(all.map(({ text }) => text).sort(), messages.map(({ value }) => value).sort());
      const one = await reader(channel, 'first', 100, { 'x-stream-partition': 1 });
      assert.deepEqual(
        (await one.deliveries(2)).map(({ text }) => text),
        ['a1', 'b1'],
      );
      await one.hearsNothing();
      const none = await channel.client.channel();
      await none.prefetch(1);
      await none.refuses('basic.consume', { queue: 's', arguments: { 'x-stream-partition': 9 } as never }, 406);
    }, both));

  test('stands back where there is a queue of its name, until that is gone', () =>
    atHome(async (channel, { broker }) => {
      await channel.queue('s');
      broker.catalog.create('s', 1);
      await sent(channel, 's', ['to the queue']);
      assert.deepEqual(await drained(channel, 's'), ['to the queue']);
      await channel.call('queue.delete', { queue: 's' });
      await sent(channel, 's', ['to the topic']);
      assert.deepEqual(told(await (await reader(channel, 'first')).deliveries(1)), [['to the topic', 0]]);
    }));

  test('is there for AMQP as soon as Kafka made it, and gone with it', () =>
    atHome(async (channel, home) => {
      const admin = kafkaOf(home).admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: 's', numPartitions: 1 }] });
      await sent(channel, 's', ['a']);
      const reading = await reader(channel, 'first');
      assert.equal((await reading.delivery()).text, 'a');
      await admin.deleteTopics({ topics: ['s'] });
      await admin.disconnect();
      await reading.next('basic.cancel');
      await channel.refuses('queue.declare', { queue: 's', passive: true }, 404);
    }, both));
});
