import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SeededRandom } from '../../../src/lib/random.js';
import { atHome } from '../queues/home.js';
import type { WireChannel } from '../wire-channel.js';
import {
  bodyFrame,
  bodyFrames,
  FrameType,
  frame,
  type GivenProperties,
  headerFrame,
  methodFrame,
} from '../wire-frames.js';

interface Publish {
  readonly key: string;
  readonly properties: GivenProperties;
  readonly body: Buffer;
}

const keys = ['left', 'rest', 'right'];
const propertyLists: readonly GivenProperties[] = [
  {},
  { deliveryMode: 2 },
  { deliveryMode: 2, messageId: 'a' },
  { deliveryMode: 2, messageId: 'b' },
  { contentType: 'text/plain', headers: { some: 'header', number: 7 } },
  { messageId: 'm'.repeat(250) },
];
const sizes = [0, 1, 3, 4, 5, 16, 100, 191, 192, 193, 4000, 4088, 4089, 9000];

/** Messages most of which go where the one before went, with the same properties: those the broker need not read anew. */
function conversation(random: SeededRandom, count: number): Publish[] {
  const publishes: Publish[] = [];
  let key = keys[0]!;
  let properties = propertyLists[1]!;
  for (let number = 0; number < count; number++) {
    if (random.chance(0.08)) key = keys[random.below(keys.length)]!;
    if (random.chance(0.08)) properties = propertyLists[random.below(propertyLists.length)]!;
    const size = random.chance(0.5) ? 100 : sizes[random.below(sizes.length)]!;
    publishes.push({ key, properties, body: random.bytes(size) });
  }
  return publishes;
}

function framesOf(channel: WireChannel, { key, properties, body }: Publish): Buffer[] {
  return [
    methodFrame(channel.id, 'basic.publish', { routingKey: key }),
    headerFrame(channel.id, body.length, properties),
    ...bodyFrames(channel.id, body, channel.client.frameMax),
  ];
}

async function drains(channel: WireChannel, queue: string, expected: readonly Publish[]): Promise<void> {
  await channel.consume(queue, { noAck: false });
  for (const { key, properties, body } of expected) {
    const delivery = await channel.delivery();
    assert.deepEqual([delivery.routingKey, delivery.body], [key, body]);
    assert.equal(delivery.properties.messageId, properties.messageId);
    assert.equal(delivery.properties.deliveryMode, properties.deliveryMode);
    assert.equal(delivery.properties.contentType, properties.contentType);
    assert.deepEqual(delivery.headers, properties.headers ?? {});
    channel.ack(delivery);
  }
  await channel.settle();
  assert.deepEqual(await channel.look(queue), { messageCount: 0, consumerCount: 1 });
}

describe('messages like the one before', () => {
  for (let seed = 1; seed <= 12; seed++) {
    test(`come out as they went in, however they are cut and mixed with others: ${seed}`, () =>
      atHome(async (first, home) => {
        const random = new SeededRandom(seed);
        const client = await home.connect({ tuneOk: { frameMax: 4096 } });
        const channels = [await client.channel(), await client.channel()];
        for (const key of keys) await channels[0]!.queue(key);
        const wanted = new Map<string, Publish[]>(keys.map((key) => [key, []]));
        const pieces: Buffer[] = [];
        const ends: number[] = [];
        let length = 0;
        let publisher = channels[0]!;
        for (const publish of conversation(random, 600)) {
          if (random.chance(0.05)) publisher = channels[random.below(2)]!;
          const frames = Buffer.concat(framesOf(publisher, publish));
          pieces.push(frames);
          length += frames.length;
          ends.push(length);
          wanted.get(publish.key)!.push(publish);
        }
        const bytes = Buffer.concat(pieces);
        for (let at = 0; at < bytes.length; ) {
          const to = at + 1 + random.below(random.chance(0.1) ? 20 : 30_000);
          // Some end where a message ends, so that the next piece begins with one like the last of this.
          const size = (random.chance(0.5) ? (ends.find((end) => end >= to) ?? length) : to) - at;
          client.send(bytes.subarray(at, at + size));
          // The broker has read it by then.
          if (random.chance(0.3)) await first.settle();
          at += size;
        }
        const reader = await (await home.connect()).channel();
        for (const [queue, publishes] of wanted) await drains(reader, queue, publishes);
      }));
  }

  const like = (channel: WireChannel, body = 'like'): Buffer[] =>
    framesOf(channel, { key: 'q', properties: {}, body: Buffer.from(body) });
  const begun = (channel: WireChannel, size: number): Buffer[] => [
    methodFrame(channel.id, 'basic.publish', { routingKey: 'q' }),
    headerFrame(channel.id, size),
  ];
  const wrongMark = (channel: WireChannel): Buffer => {
    const bytes = bodyFrame(channel.id, 'four');
    bytes[bytes.length - 1] = 0;
    return bytes;
  };

  const broken: readonly { what: string; code: number; frames: (channel: WireChannel) => Buffer[]; taken?: number }[] =
    [
      { what: 'whose body has another end mark', code: 501, frames: (it) => [...begun(it, 4), wrongMark(it)] },
      {
        what: 'with more body than its header says',
        code: 505,
        frames: (it) => [...begun(it, 4), bodyFrame(it.id, 'fives')],
      },
      {
        what: 'with a method for a body',
        code: 505,
        frames: (it) => [...begun(it, 4), methodFrame(it.id, 'basic.qos')],
      },
      { what: 'with a header for a body', code: 505, frames: (it) => [...begun(it, 4), headerFrame(it.id, 4)] },
      {
        what: 'with a body though there is none',
        code: 505,
        frames: (it) => [...begun(it, 0), bodyFrame(it.id, '')],
        taken: 1,
      },
      { what: 'whose body is on no channel', code: 504, frames: (it) => [...begun(it, 4), bodyFrame(9, 'four')] },
      {
        what: 'whose body is on channel 0',
        code: 505,
        frames: (it) => [...begun(it, 4), frame(FrameType.body, 0, Buffer.from('four'))],
      },
    ];
  for (const { what, code, frames, taken = 0 } of broken) {
    test(`one ${what} closes the connection with ${code}, and those before it are there`, () =>
      atHome(async (first, home) => {
        await first.queue('q');
        const channel = await (await home.connect()).channel();
        channel.client.send(...like(channel), ...like(channel), ...like(channel), ...frames(channel), ...like(channel));
        await channel.client.closes({ code });
        assert.equal((await first.look('q')).messageCount, 3 + taken);
      }));
  }

  test('and nothing for a body have the next one wait for it', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.client.send(...like(channel), ...like(channel), ...like(channel), ...begun(channel, 4));
      channel.client.send(bodyFrame(channel.id, 'la'), bodyFrame(channel.id, 'te'), ...like(channel));
      for (const text of ['like', 'like', 'like', 'late', 'like']) assert.equal((await channel.get('q'))?.text, text);
    }));

  test('to an exchange that goes meanwhile are not routed by what was', () =>
    atHome(async (channel, home) => {
      await channel.queue('q');
      await channel.exchange('x', 'fanout');
      await channel.bind('q', 'x');
      const other = await (await home.connect()).channel();
      const one = [
        methodFrame(channel.id, 'basic.publish', { exchange: 'x', routingKey: 'k' }),
        headerFrame(channel.id, 1),
        bodyFrame(channel.id, '1'),
      ];
      channel.client.send(...one, ...one, ...one);
      await channel.settle();
      await other.call('exchange.delete', { exchange: 'x' });
      channel.client.send(...one, ...one);
      await channel.closes({ code: 404, text: "NOT_FOUND - no exchange 'x' in vhost '/'", method: 'basic.publish' });
      assert.equal((await other.look('q')).messageCount, 3);
    }));

  test('larger than the options allow close the channel', () =>
    atHome(
      async (channel) => {
        await channel.queue('q');
        const sized = (size: number): Buffer[] =>
          framesOf(channel, { key: 'q', properties: {}, body: Buffer.alloc(size) });
        channel.client.send(...sized(2000), ...sized(2000), ...sized(2000), ...sized(2001));
        await channel.closes({ code: 406, method: 'basic.publish' });
      },
      { amqpMessageBytesMax: 2000 },
    ));

  test('acks of what is not there among many close the channel', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.client.send(...like(channel, '1'), ...like(channel, '2'), ...like(channel, '3'));
      await channel.consume('q', { noAck: false });
      const deliveries = await channel.deliveries(3);
      const ack = (deliveryTag: number): Buffer => methodFrame(channel.id, 'basic.ack', { deliveryTag });
      channel.client.send(ack(deliveries[0]!.deliveryTag), ack(77), ack(deliveries[1]!.deliveryTag));
      await channel.closes({ code: 406, text: 'PRECONDITION_FAILED - unknown delivery tag 77', method: 'basic.ack' });
      const other = await channel.client.channel();
      assert.deepEqual([(await other.get('q'))?.text, (await other.get('q'))?.text], ['2', '3']);
    }));
});
