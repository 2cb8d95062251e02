import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AMQPClient } from '@cloudamqp/amqp-client';
import { type ConsumeMessage, connect } from 'amqplib';
import { Connection } from 'rabbitmq-client';
import { atHome } from './home.js';

/** Clients do not know of the time that passes here. */
const withoutHeartbeats = { amqpHeartbeatMs: 0 };
const streamArguments = { 'x-queue-type': 'stream' } as const;

test('amqplib reads a stream from an offset, a time and an interval', () =>
  atHome(async (_channel, { url, clock }) => {
    const connection = await connect(url);
    const publishing = await connection.createConfirmChannel();
    await publishing.assertQueue('s', { durable: true, arguments: streamArguments });
    const times: number[] = [];
    for (const text of ['a', 'b', 'c']) {
      times.push(Math.floor(clock.now() / 1000));
      publishing.sendToQueue('s', Buffer.from(text), { persistent: true });
      await publishing.waitForConfirms();
      await clock.pass(3_600_000);
    }
    const from = async (offset: unknown): Promise<string> => {
      const reading = await connection.createChannel();
      await reading.prefetch(1);
      const message = await new Promise<ConsumeMessage>((resolve) => {
        const args = { 'x-stream-offset': offset };
        void reading.consume('s', (got) => got !== null && resolve(got), { arguments: args });
      });
      await reading.close();
      return `${message.content.toString()} ${String(message.properties.headers?.['x-stream-offset'])}`;
    };
    assert.equal(await from('first'), 'a 0');
    assert.equal(await from(1), 'b 1');
    assert.equal(await from('last'), 'c 2');
    assert.equal(await from({ '!': 'timestamp', value: times[1] }), 'b 1');
    assert.equal(await from('90m'), 'c 2');
    await connection.close();
  }, withoutHeartbeats));

test('@cloudamqp/amqp-client reads a stream and goes on where it stopped', () =>
  atHome(async (_channel, { url }) => {
    const connection = await new AMQPClient(url).connect();
    const channel = await connection.channel();
    await channel.queueDeclare('s', { durable: true }, streamArguments);
    for (const text of ['a', 'b', 'c']) await channel.basicPublish('', 's', text, { deliveryMode: 2 });
    const from = async (offset: string | number, count: number): Promise<string[]> => {
      const reading = await connection.channel();
      await reading.prefetch(10);
      const texts: string[] = [];
      await new Promise<void>((resolve) => {
        const args = { 'x-stream-offset': offset };
        void reading.basicConsume('s', { noAck: false, args }, (message) => {
          texts.push(message.bodyString() ?? '');
          void message.ack();
          if (texts.length === count) resolve();
        });
      });
      await reading.close();
      return texts.slice(0, count);
    };
    assert.deepEqual(await from('first', 2), ['a', 'b']);
    assert.deepEqual(await from(2, 1), ['c']);
    await connection.close();
  }));

test('rabbitmq-client reads a stream', () =>
  atHome(async (_channel, { url }) => {
    const connection = new Connection(url.replace('amqp://', 'amqp://guest:guest@'));
    try {
      const publisher = connection.createPublisher({
        confirm: true,
        queues: [{ queue: 's', durable: true, arguments: streamArguments }],
      });
      for (const text of ['a', 'b']) await publisher.send({ routingKey: 's', durable: true }, text);
      const texts: string[] = [];
      await new Promise<void>((resolve, reject) => {
        const consumer = connection.createConsumer(
          {
            queue: 's',
            queueOptions: { durable: true, arguments: streamArguments },
            qos: { prefetchCount: 5 },
            arguments: { 'x-stream-offset': 'first' },
          },
          (message) => {
            texts.push(String(message.body));
            if (texts.length === 2) resolve();
          },
        );
        consumer.on('error', reject);
      });
      assert.deepEqual(texts, ['a', 'b']);
    } finally {
      connection.unsafeDestroy();
    }
  }));
