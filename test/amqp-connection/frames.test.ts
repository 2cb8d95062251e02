import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../src/lib/random.js';
import { withBroker } from '../amqp/harness.js';
import type { WireChannel } from '../amqp/wire-channel.js';
import { bodyFrame, type GivenProperties, headerFrame, methodFrame } from '../amqp/wire-frames.js';

/** Bytes of which none is where another one should be. */
function pattern(seed: number, length: number): Buffer {
  return new SeededRandom(seed).bytes(length);
}

test('a body is cut into frames of the size agreed on, and none when it is empty', () =>
  withBroker(async (broker) => {
    const publisher = await broker.channel();
    await publisher.queue('sizes');
    await publisher.exchange('nowhere', 'fanout');
    const room = 4096 - 8;
    const sizes = [0, 1, room - 1, room, room + 1, 2 * room - 1, 2 * room, 2 * room + 1, 131_072, 300_001];
    // The client sees to it that no frame is larger than agreed, empty, or more than its header says.
    const client = await broker.connect({ tuneOk: { frameMax: 4096 } });
    const receiver = await client.channel();
    await receiver.consume('sizes', { noAck: true });
    for (const size of sizes) {
      const body = pattern(size, size);
      publisher.publish('', 'sizes', body, { messageId: `${size}` });
      const delivery = await receiver.delivery();
      assert.equal(delivery.properties.messageId, `${size}`);
      assert.ok(delivery.body.equals(body), `${size} bytes delivered`);
      receiver.publish('nowhere', 'x', body, { mandatory: true });
      assert.ok((await receiver.returned()).body.equals(body), `${size} bytes returned`);
    }
    await receiver.close();
    const getter = await client.channel();
    for (const size of sizes) {
      const body = pattern(size, size);
      publisher.publish('', 'sizes', body);
      await publisher.settle();
      assert.ok((await getter.get('sizes'))?.body.equals(body), `${size} bytes got`);
    }
  }));

test('a large message to many queues reaches each of them whole', () =>
  withBroker(async (broker) => {
    const publisher = await broker.channel();
    await publisher.exchange('all', 'fanout');
    const frameMaxes = [4096, 8192, 50_000, 131_072, 65_536];
    const receivers: WireChannel[] = [];
    for (const frameMax of frameMaxes) {
      const receiver = await (await broker.connect({ tuneOk: { frameMax } })).channel();
      const queue = await receiver.queue('', { exclusive: true });
      await receiver.bind(queue, 'all');
      await receiver.consume(queue, { noAck: true });
      receivers.push(receiver);
    }
    const bodies = [1_000_000, 3, 2_500_000, 0, 131_064].map((size) => pattern(size, size));
    for (const body of bodies) publisher.publish('all', '', body);
    for (const receiver of receivers) {
      for (const body of bodies) assert.ok((await receiver.delivery()).body.equals(body));
    }
  }));

interface Sent {
  readonly body: Buffer;
  readonly properties: GivenProperties;
}

/** Messages of several channels, their frames mixed as a client with threads would, each channel's in order. */
function interleaved(random: SeededRandom, channels: readonly number[], sent: Map<number, Sent[]>): Buffer[] {
  const waiting = channels.map((channel) => {
    const frames: Buffer[] = [];
    for (let count = 1 + random.below(6); count > 0; count--) {
      const body = random.bytes(random.pick([0, 1, 10, 200, 5000]));
      const properties: GivenProperties = {
        messageId: `${channel}-${count}`,
        ...(random.chance(0.3) ? { headers: { channel, text: 'x'.repeat(random.below(300)) } } : {}),
        ...(random.chance(0.3) ? { deliveryMode: 2 } : {}),
        ...(random.chance(0.2) ? { expiration: '600000' } : {}),
      };
      sent.get(channel)!.push({ body, properties });
      frames.push(methodFrame(channel, 'basic.publish', { routingKey: `q${channel}` }));
      frames.push(headerFrame(channel, body.length, properties));
      for (let at = 0; at < body.length; ) {
        const length = Math.min(body.length - at, 1 + random.below(4000));
        frames.push(bodyFrame(channel, body.subarray(at, at + length)));
        at += length;
      }
    }
    return frames;
  });
  const mixed: Buffer[] = [];
  for (let left = waiting.filter(({ length }) => length > 0); left.length > 0; ) {
    mixed.push(random.pick(left).shift()!);
    left = left.filter(({ length }) => length > 0);
  }
  return mixed;
}

test('messages of many channels come through whole, however their frames mix and wherever the network cuts them', () =>
  withBroker(async (broker) => {
    const client = await broker.connect();
    const ids = [1, 2, 3, 4];
    const channels = new Map<number, WireChannel>();
    for (const id of ids) {
      const channel = await client.channel(id);
      await channel.queue(`q${id}`);
      channels.set(id, channel);
    }
    const receiver = await broker.channel();
    for (const id of ids) await receiver.consume(`q${id}`, { noAck: true, consumerTag: `${id}` });
    for (let seed = 0; seed < 60; seed++) {
      const random = new SeededRandom(seed);
      const sent = new Map<number, Sent[]>(ids.map((id) => [id, []]));
      const bytes = Buffer.concat(interleaved(random, ids, sent));
      for (let at = 0; at < bytes.length; ) {
        const length = random.pick([1, 7, 8, 100, 5000, bytes.length]);
        client.send(bytes.subarray(at, at + length));
        at += length;
        if (random.chance(0.5)) await new Promise((resolve) => setImmediate(resolve));
      }
      const count = [...sent.values()].reduce((sum, { length }) => sum + length, 0);
      for (const { consumerTag, body, properties, headers } of await receiver.deliveries(count)) {
        const expected = sent.get(Number(consumerTag))!.shift()!;
        const where = `seed ${seed}, ${expected.properties.messageId}`;
        assert.equal(properties.messageId, expected.properties.messageId, where);
        assert.ok(body.equals(expected.body), where);
        assert.deepEqual(headers, expected.properties.headers ?? {}, where);
        assert.equal(properties.deliveryMode, expected.properties.deliveryMode, where);
      }
    }
  }));

test('a number may be used again for another channel, as often as one likes', () =>
  withBroker(async (broker) => {
    const client = await broker.connect();
    for (let count = 0; count < 50; count++) {
      const channel = await client.channel(7);
      await channel.queue('q');
      if (count % 2 === 0) await channel.close();
      else await channel.refuses('queue.declare', { queue: 'missing', passive: true }, 404);
    }
    await client.close();
  }));

test('a connection that is closed in the middle of everything answers, and closes', () =>
  withBroker(async (broker) => {
    const client = await broker.connect();
    const channel = await client.channel();
    await channel.queue('q');
    await channel.consume('q');
    client.send(methodFrame(1, 'basic.publish', { routingKey: 'q' }), headerFrame(1, 10), bodyFrame(1, 'half'));
    await client.close();
    const other = await broker.channel();
    assert.deepEqual(await other.look('q'), { messageCount: 0, consumerCount: 0 });
  }));

test('what the client says of itself is heeded: who cannot be told of a cancel is not', () =>
  withBroker(async (broker) => {
    const able = await broker.channel();
    const unable = await (await broker.connect({ startOk: { clientProperties: {} } })).channel();
    await able.queue('q');
    await able.consume('q', { consumerTag: 'able' });
    await unable.consume('q', { consumerTag: 'unable' });
    const owner = await broker.channel();
    await owner.call('queue.delete', { queue: 'q' });
    assert.equal((await able.next('basic.cancel')).values.consumerTag, 'able');
    await unable.hearsNothing();
  }));
