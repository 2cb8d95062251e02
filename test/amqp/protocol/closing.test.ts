import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withBroker } from '../harness.js';
import { atHome } from '../queues/home.js';
import type { WireChannel } from '../wire-channel.js';
import { bodyFrame, type Fields, headerFrame, type MethodName, methodFrame, methodPayload } from '../wire-frames.js';
import { FaultyHome } from './faulty-home.js';

/** What each breach of the rules costs, with the code, the text and the method that is told to have failed. */
interface Breach<Name extends MethodName = MethodName> {
  readonly what: string;
  readonly method: Name;
  readonly fields: Fields<Name>;
  readonly code: number;
  readonly text: string | RegExp;
}

function breach<Name extends MethodName>(
  what: string,
  method: Name,
  fields: Fields<Name>,
  code: number,
  text: string | RegExp,
): Breach {
  return { what, method, fields, code, text } as unknown as Breach;
}

const soft: readonly Breach[] = [
  breach(
    'a queue that is not there',
    'queue.declare',
    { queue: 'no', passive: true },
    404,
    "NOT_FOUND - no queue 'no' in vhost '/'",
  ),
  breach(
    'an exchange that is not there',
    'exchange.declare',
    { exchange: 'no', passive: true },
    404,
    "NOT_FOUND - no exchange 'no' in vhost '/'",
  ),
  breach(
    'a binding of a missing queue',
    'queue.bind',
    { queue: 'no', exchange: 'amq.direct' },
    404,
    "NOT_FOUND - no queue 'no' in vhost '/'",
  ),
  breach('consuming a missing queue', 'basic.consume', { queue: 'no' }, 404, "NOT_FOUND - no queue 'no' in vhost '/'"),
  breach('getting from a missing queue', 'basic.get', { queue: 'no' }, 404, "NOT_FOUND - no queue 'no' in vhost '/'"),
  breach('purging a missing queue', 'queue.purge', { queue: 'no' }, 404, "NOT_FOUND - no queue 'no' in vhost '/'"),
  breach('no queue named, and none declared before', 'basic.get', {}, 404, 'NOT_FOUND - no previously declared queue'),
  breach(
    'a reserved name',
    'queue.declare',
    { queue: 'amq.mine' },
    403,
    "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
  ),
  breach('an unknown delivery', 'basic.ack', { deliveryTag: 7 }, 406, 'PRECONDITION_FAILED - unknown delivery tag 7'),
  breach('an unknown delivery', 'basic.nack', { deliveryTag: 7 }, 406, 'PRECONDITION_FAILED - unknown delivery tag 7'),
  breach(
    'an unknown delivery',
    'basic.reject',
    { deliveryTag: 7 },
    406,
    'PRECONDITION_FAILED - unknown delivery tag 7',
  ),
  breach(
    'several deliveries up to an unknown one',
    'basic.ack',
    { deliveryTag: 7, multiple: true },
    406,
    'PRECONDITION_FAILED - unknown delivery tag 7',
  ),
  breach('no transaction', 'tx.commit', {}, 406, 'PRECONDITION_FAILED - channel is not transactional'),
  breach('no transaction', 'tx.rollback', {}, 406, 'PRECONDITION_FAILED - channel is not transactional'),
];

const hard: readonly Breach[] = [
  breach('a second open', 'channel.open', {}, 504, "CHANNEL_ERROR - second 'channel.open' seen"),
  breach('recover without requeue', 'basic.recover', { requeue: false }, 540, 'NOT_IMPLEMENTED - requeue=false'),
  breach('a prefetch in bytes', 'basic.qos', { prefetchSize: 10 }, 540, 'NOT_IMPLEMENTED - prefetch_size!=0 (10)'),
  breach('flow that is to stop', 'channel.flow', { active: false }, 540, 'NOT_IMPLEMENTED - active=false'),
  breach(
    'a publish that is to be consumed at once',
    'basic.publish',
    { immediate: true },
    540,
    'NOT_IMPLEMENTED - immediate=true',
  ),
];

describe('an error that is the channel’s', () => {
  for (const { what, method, fields, code, text } of soft) {
    test(`closes it with ${code} of ${method}: ${what}`, () =>
      atHome(async (channel) => {
        const other = await channel.client.channel();
        await channel.refuses(method, fields, code, text);
        await other.settle();
      }));
  }

  test('leaves the others of its connection as they are, and its number may be used again', () =>
    atHome(async (channel) => {
      const { client } = channel;
      const other = await client.channel();
      await other.queue('q');
      await other.consume('q', { noAck: true });
      await channel.refuses('basic.get', { queue: 'no' }, 404);
      const again = await client.channel(channel.id);
      again.publish('', 'q', 'still here');
      assert.equal((await other.delivery()).text, 'still here');
    }));

  test('is told in at most 255 bytes', () =>
    atHome(async (channel) => {
      await channel.refuses(
        'queue.declare',
        { queue: '€'.repeat(85), passive: true },
        404,
        /^NOT_FOUND - no queue '€€/,
      );
    }));
});

describe('an error that is the connection’s', () => {
  for (const { what, method, fields, code, text } of hard) {
    test(`closes it with ${code} of ${method}: ${what}`, () =>
      atHome(async (channel) => {
        await channel.refusesAltogether(method, fields, code, text);
      }));
  }

  test('is every one on channel 0, also what would be a channel’s elsewhere', () =>
    atHome(async (channel) => {
      channel.client.send(methodFrame(0, 'queue.declare', { queue: 'no', passive: true }));
      await channel.client.closes({ code: 503, method: 'queue.declare' });
    }));

  test('is a method on a channel that was never opened', () =>
    atHome(async (channel) => {
      channel.client.unopened(9).tell('queue.declare', { queue: 'q' });
      await channel.client.closes({
        code: 504,
        text: "CHANNEL_ERROR - expected 'channel.open' on channel 9",
        method: 'queue.declare',
      });
    }));

  test('is a method that does not exist', () =>
    atHome(async (channel) => {
      const payload = methodPayload('channel.flow', { active: true });
      payload.writeUInt16BE(99, 2);
      const begin = Buffer.from([1, 0, channel.id, 0, 0, 0, payload.length]);
      channel.client.send(Buffer.concat([begin, payload, Buffer.from([0xce])]));
      await channel.client.closes({ code: 503 });
    }));
});

describe('channel.close', () => {
  test('is answered, after which the channel’s number is free and its unsettled deliveries are back', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.publish('', 'q', 'm');
      await channel.get('q', false);
      await channel.close();
      const again = await channel.client.channel(channel.id);
      assert.deepEqual((await again.get('q'))?.redelivered, true);
    }));

  test('by the broker is followed by silence on the channel until the client has agreed', () =>
    atHome(async (channel) => {
      const { client } = channel;
      client.send(
        methodFrame(channel.id, 'basic.get', { queue: 'no' }),
        methodFrame(channel.id, 'queue.declare', { queue: 'unheard' }),
        methodFrame(channel.id, 'basic.publish', { routingKey: 'q' }),
        headerFrame(channel.id, 3),
        bodyFrame(channel.id, 'abc'),
        methodFrame(channel.id, 'basic.ack', { deliveryTag: 5 }),
      );
      const other = await client.channel();
      await other.refuses('queue.declare', { queue: 'unheard', passive: true }, 404);
      await channel.closes({ code: 404, method: 'basic.get' });
      await (await client.channel(channel.id)).settle();
    }));

  test('may be followed by acks that come late from other threads', () =>
    atHome(async (channel) => {
      const { client } = channel;
      await channel.close();
      for (const [name, fields] of [
        ['basic.ack', { deliveryTag: 1 }],
        ['basic.nack', { deliveryTag: 2 }],
        ['basic.reject', { deliveryTag: 3 }],
      ] as const) {
        client.send(methodFrame(channel.id, name, fields));
      }
      await (await client.channel()).settle();
    }));

  test('may not be followed by anything else: that ends the connection with 504', () =>
    atHome(async (channel) => {
      await channel.close();
      channel.tell('basic.publish', { routingKey: 'lost' });
      await channel.client.closes({ code: 504, method: 'basic.publish' });
    }));
});

describe('connection.close', () => {
  test('by the client is answered, after which the socket is closed', () =>
    atHome(async (channel) => {
      await channel.client.close();
    }));

  test('by the broker is followed by silence until the client has agreed', () =>
    atHome(async (channel, home) => {
      const { client } = channel;
      client.send(
        methodFrame(channel.id, 'channel.flow', { active: false }),
        methodFrame(channel.id, 'queue.declare', { queue: 'unheard', durable: true }),
      );
      await client.closes({ code: 540 });
      const other = await home.channel();
      await other.refuses('queue.declare', { queue: 'unheard', passive: true }, 404);
    }));

  test('that crosses that of the client is answered too', () =>
    atHome(async (channel) => {
      const { client } = channel;
      client.send(
        methodFrame(channel.id, 'channel.flow', { active: false }),
        methodFrame(0, 'connection.close', { replyCode: 200 }),
      );
      await client.next('connection.close');
      await client.next('connection.close-ok');
      await client.ends();
    }));

  test('that is not answered ends with the socket all the same', () =>
    atHome(async (channel, home) => {
      const { client } = channel;
      client.send(methodFrame(channel.id, 'channel.flow', { active: false }));
      await client.next('connection.close');
      await home.clock.pass(10_000);
      await client.ends();
    }));

  test('comes with 320 to everybody when the broker stops', () =>
    withBroker(async (broker) => {
      const { client } = await broker.channel();
      const text = "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'";
      await Promise.all([client.closes({ code: 320, text }), broker.naru.close()]);
    }));
});

test('a broker that stops answers before its close what it was sent before', { timeout: 20_000 }, async (context) => {
  const home = await FaultyHome.open(context);
  const channel = await home.channel();
  await channel.queue('q', { durable: true });
  const committing = await channel.client.channel();
  await committing.call('tx.select');
  await channel.confirms();
  home.faults.latencyMsMin = 50;
  home.faults.latencyMsMax = 50;
  for (let count = 0; count < 3; count++) channel.publish('', 'q', `m${count}`, { deliveryMode: 2 });
  committing.publish('', 'q', 'committed', { deliveryMode: 2 });
  committing.tell('tx.commit');
  await (await channel.client.channel()).settle();
  const closed = channel.client.closes({ code: 320 });
  const stopped = home.front.close();
  assert.deepEqual(await channel.confirmed(), []);
  await committing.next('tx.commit-ok');
  await closed;
  await stopped;
});

describe('frames', () => {
  const texts = [0, 1, 4087, 4088, 4089, 100_000].map((length) => 'x'.repeat(length));

  async function through(from: WireChannel, to: WireChannel): Promise<void> {
    for (const text of texts) {
      from.publish('', 'q', text);
      const got = await to.get('q');
      assert.equal(got?.text.length, text.length);
    }
  }

  test('are no larger than agreed: bodies are cut to fit 4096 bytes, and an empty one has no frame', () =>
    atHome(async (channel, home) => {
      const small = await home.channel();
      const client = await home.connect({ tuneOk: { frameMax: 4096 } });
      const narrow = await client.channel();
      await small.queue('q');
      // The client holds the broker to the size: see WireClient.
      await through(small, narrow);
      await through(narrow, channel);
    }));

  test('of a message larger than a frame reach every queue of a fanout whole', () =>
    atHome(async (channel) => {
      const body = Buffer.alloc(400_000, 'ferry');
      const queues = ['one', 'two', 'three'];
      for (const queue of queues) {
        await channel.queue(queue);
        await channel.bind(queue, 'amq.fanout');
      }
      for (let count = 0; count < 3; count++) channel.publish('amq.fanout', '', body);
      for (const queue of queues) {
        await channel.consume(queue, { noAck: true });
        for (const { body: got } of await channel.deliveries(3)) assert.ok(got.equals(body));
      }
    }));

  test('of channels may be mixed, each message whole on its own', () =>
    atHome(async (channel) => {
      const { client } = channel;
      const other = await client.channel();
      await channel.queue('q');
      client.send(
        methodFrame(channel.id, 'basic.publish', { routingKey: 'q' }),
        methodFrame(other.id, 'basic.publish', { routingKey: 'q' }),
        headerFrame(other.id, 6),
        headerFrame(channel.id, 6),
        bodyFrame(channel.id, 'abc'),
        bodyFrame(other.id, 'uvw'),
        bodyFrame(other.id, 'xyz'),
        bodyFrame(channel.id, 'def'),
      );
      assert.equal((await channel.get('q'))?.text, 'uvwxyz');
      assert.equal((await channel.get('q'))?.text, 'abcdef');
    }));
});
