import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WireChannel } from '../amqp/wire-channel.js';
import {
  bodyFrame,
  FrameType,
  frame,
  frameEnd,
  headerFrame,
  heartbeatFrame,
  type MethodName,
  methodFrame,
} from '../amqp/wire-frames.js';
import { ALL_METHODS } from '../amqp-codec/values.js';
import { AttackedBroker, endsWith } from './attacked-broker.js';

const limit = { timeout: 60_000 };

const publish = methodFrame(1, 'basic.publish', { routingKey: 'q' });

/** Bytes on a connection with channel 1 open, and the code it ends with. */
interface Case {
  readonly what: string;
  readonly bytes: readonly Buffer[];
  readonly codes: readonly number[];
}

function longFrame(size: number): Buffer {
  const head = Buffer.from([FrameType.method, 0, 1, 0, 0, 0, 0]);
  head.writeUInt32BE(size, 3);
  return head;
}

function withEnd(bytes: Buffer, mark: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[changed.length - 1] = mark;
  return changed;
}

function headerOfClass(classId: number): Buffer {
  const bytes = headerFrame(1, 5);
  bytes.writeUInt16BE(classId, 7);
  return bytes;
}

function method(channel: number, classId: number, methodId: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const ids = Buffer.alloc(4);
  ids.writeUInt16BE(classId, 0);
  ids.writeUInt16BE(methodId, 2);
  return frame(FrameType.method, channel, Buffer.concat([ids, rest]));
}

const cases: readonly Case[] = [
  { what: 'a frame that is longer than agreed', bytes: [longFrame(131_073)], codes: [501] },
  { what: 'a frame of 2 GB', bytes: [longFrame(2 ** 31 - 1)], codes: [501] },
  { what: 'a frame of 4 GB', bytes: [longFrame(2 ** 32 - 1)], codes: [501] },
  {
    what: 'a frame with another end mark',
    bytes: [withEnd(methodFrame(1, 'basic.qos'), frameEnd ^ 1)],
    codes: [501],
  },
  { what: 'a heartbeat with another end mark', bytes: [withEnd(heartbeatFrame, 0)], codes: [501] },
  { what: 'a frame of an unknown type', bytes: [frame(4, 1, Buffer.alloc(9))], codes: [501] },
  { what: 'a frame of an unknown type on channel 0', bytes: [frame(255, 0, Buffer.alloc(9))], codes: [501] },
  { what: 'a frame of type 0', bytes: [frame(0, 1, Buffer.alloc(0))], codes: [501] },
  { what: 'a heartbeat on a channel', bytes: [frame(FrameType.heartbeat, 1, Buffer.alloc(0))], codes: [505] },
  {
    what: 'a heartbeat on a channel that is not open',
    bytes: [frame(FrameType.heartbeat, 9, Buffer.alloc(0))],
    codes: [505],
  },
  { what: 'a method frame without a method', bytes: [frame(FrameType.method, 1, Buffer.alloc(0))], codes: [501, 502] },
  {
    what: 'a method frame with half a method',
    bytes: [frame(FrameType.method, 1, Buffer.alloc(3))],
    codes: [501, 502],
  },
  { what: 'half a method on channel 0', bytes: [frame(FrameType.method, 0, Buffer.alloc(2))], codes: [501, 502] },
  { what: 'a class that does not exist', bytes: [method(1, 61, 10)], codes: [503] },
  { what: 'a method that does not exist', bytes: [method(1, 60, 41)], codes: [503] },
  { what: 'a method that does not exist on channel 0', bytes: [method(0, 10, 99)], codes: [503] },
  { what: 'a method of all ones', bytes: [method(1, 65535, 65535)], codes: [503] },
  { what: 'a method of a channel on channel 0', bytes: [methodFrame(0, 'queue.declare')], codes: [503, 504, 505] },
  { what: 'channel.open on channel 0', bytes: [methodFrame(0, 'channel.open')], codes: [503, 504, 505] },
  {
    what: 'a method of the connection on a channel',
    bytes: [methodFrame(1, 'connection.open', { virtualHost: '/' })],
    codes: [503],
  },
  { what: 'a second channel.open', bytes: [methodFrame(1, 'channel.open')], codes: [504] },
  { what: 'a method on a channel that is not open', bytes: [methodFrame(2, 'basic.qos')], codes: [504] },
  { what: 'a publish on a channel that is not open', bytes: [methodFrame(2, 'basic.publish')], codes: [504] },
  { what: 'a header on a channel that is not open', bytes: [headerFrame(2, 1)], codes: [504, 505] },
  { what: 'a body on a channel that is not open', bytes: [bodyFrame(2, 'x')], codes: [504, 505] },
  { what: 'a channel beyond the last one', bytes: [methodFrame(65535, 'channel.open')], codes: [530, 504] },
  { what: 'a header without a publish', bytes: [headerFrame(1, 1)], codes: [505] },
  { what: 'a body without a publish', bytes: [bodyFrame(1, 'x')], codes: [505] },
  { what: 'a header on channel 0', bytes: [headerFrame(0, 1)], codes: [505] },
  { what: 'a body on channel 0', bytes: [bodyFrame(0, 'x')], codes: [505] },
  { what: 'a body instead of a header', bytes: [publish, bodyFrame(1, 'x')], codes: [505] },
  { what: 'a method instead of a header', bytes: [publish, methodFrame(1, 'basic.qos')], codes: [505] },
  { what: 'a publish instead of a header', bytes: [publish, publish], codes: [505] },
  { what: 'a second header', bytes: [publish, headerFrame(1, 5), headerFrame(1, 5)], codes: [505] },
  {
    what: 'a method instead of a body',
    bytes: [publish, headerFrame(1, 5), methodFrame(1, 'basic.qos')],
    codes: [505],
  },
  {
    what: 'a method in the middle of a body',
    bytes: [publish, headerFrame(1, 5), bodyFrame(1, 'abc'), methodFrame(1, 'basic.ack', { deliveryTag: 1 })],
    codes: [505],
  },
  {
    what: 'channel.close in the middle of a body',
    bytes: [publish, headerFrame(1, 5), bodyFrame(1, 'abc'), methodFrame(1, 'channel.close', { replyCode: 200 })],
    codes: [505],
  },
  { what: 'more body than was said', bytes: [publish, headerFrame(1, 2), bodyFrame(1, 'abc')], codes: [501, 505] },
  {
    what: 'more body than was said, in its second frame',
    bytes: [publish, headerFrame(1, 4), bodyFrame(1, 'abc'), bodyFrame(1, 'de')],
    codes: [501, 505],
  },
  { what: 'a body where none was said', bytes: [publish, headerFrame(1, 0), bodyFrame(1, 'a')], codes: [505] },
  { what: 'a header of another class', bytes: [publish, headerOfClass(50)], codes: [501, 505] },
  { what: 'a header of no class', bytes: [publish, headerOfClass(0)], codes: [501, 505] },
  { what: 'an empty header', bytes: [publish, frame(FrameType.header, 1, Buffer.alloc(0))], codes: [501, 502, 505] },
  { what: 'a method with a byte too many', bytes: [method(1, 60, 10, Buffer.alloc(8))], codes: [501, 502] },
  { what: 'a publish with a byte too many', bytes: [method(1, 60, 40, Buffer.alloc(6))], codes: [501, 502] },
  {
    what: 'a publish whose routing key is longer than its frame',
    bytes: [method(1, 60, 40, Buffer.from('0000 00 ff 61 00'.replaceAll(' ', ''), 'hex'))],
    codes: [501, 502],
  },
  {
    what: 'a name that is no UTF-8',
    bytes: [method(1, 50, 30, Buffer.from('000002fffe00', 'hex'))],
    codes: [501, 502],
  },
];

test('each breach of the framing ends the connection with its code', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const { what, bytes, codes } of cases) {
    await context.test(what, async () => {
      const { client } = await broker.channel();
      client.send(...bytes);
      await endsWith(client, ...codes);
    });
  }
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('a breach in pieces of one byte ends the connection just the same', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const { bytes, codes } of cases.filter((_case, index) => index % 5 === 0)) {
    const { client } = await broker.channel();
    for (const byte of Buffer.concat(bytes)) client.send(Buffer.from([byte]));
    await endsWith(client, ...codes);
  }
  await broker.othersAreUnharmed();
});

test('properties that make no sense end the connection', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const contentHead = Buffer.from('003c00000000000000000001', 'hex');
  for (const properties of [
    '', // not even flags
    '80', // half of them
    '8000', // a content type that is not there
    '8000 05 6162', // cut short
    '0001 0000', // flags that go on
    '0002', // a flag that means nothing
    '2000 ffffffff', // headers of 4 GB
    '2000 00000003 01 61 5a', // a header of type Z
    '2000 00000007 01 61 53 000000ff', // a header that is longer than all headers
    '2000 00000002 ff 61', // a name that is longer than all headers
    '0040 00000000', // half a timestamp
    '1000 02 ff', // a byte too many
  ]) {
    const { client } = await broker.channel();
    const payload = Buffer.concat([contentHead, Buffer.from(properties.replaceAll(' ', ''), 'hex')]);
    client.send(publish, frame(FrameType.header, 1, payload));
    await endsWith(client, 501, 502);
  }
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('headers nested deeper than anybody needs end the connection, not the broker', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  let headers = Buffer.alloc(0);
  while (headers.length < 120_000) {
    const head = Buffer.from('0161460000000000'.slice(0, 14), 'hex');
    head.writeUInt32BE(headers.length, 3);
    headers = Buffer.concat([head, headers]);
  }
  const head = Buffer.from('003c000000000000000000012000 00000000'.replaceAll(' ', ''), 'hex');
  head.writeUInt32BE(headers.length, 14);
  const { client } = await broker.channel();
  client.send(publish, frame(FrameType.header, 1, Buffer.concat([head, headers])));
  await endsWith(client, 501, 502);
  await broker.othersAreUnharmed();
});

test('what only a broker says is refused from a client', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const [name, { from }] of ALL_METHODS) {
    if (from !== 'server') continue;
    const { client } = await broker.channel();
    client.send(methodFrame(name.startsWith('connection.') ? 0 : 1, name as MethodName));
    await endsWith(client, 503, 540);
  }
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('a message that is larger than allowed costs its channel, and its body is passed over', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const bytes of [2 ** 28, 2 ** 53, 2 ** 63]) {
    const channel = await broker.channel();
    const { client } = channel;
    await channel.queue('large');
    client.send(methodFrame(1, 'basic.publish', { routingKey: 'large' }), headerFrame(1, bytes));
    for (let count = 0; count < 50; count++) client.send(bodyFrame(1, Buffer.alloc(1000)));
    await channel.closes({
      code: 406,
      text: /^PRECONDITION_FAILED - message size \d+ is larger than/,
      method: 'basic.publish',
    });
    const again = await client.channel(1);
    assert.deepEqual(await again.look('large'), { messageCount: 0, consumerCount: 0 });
    client.cut();
  }
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('a body that is claimed takes no memory before it comes', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const { client } = await broker.channel();
  const channels: WireChannel[] = [];
  for (let count = 0; count < 200; count++) channels.push(await client.channel());
  const before = process.memoryUsage().arrayBuffers;
  for (const { id } of channels) {
    client.send(methodFrame(id, 'basic.publish'), headerFrame(id, 16 * 1024 * 1024), bodyFrame(id, 'x'));
  }
  await broker.othersAreUnharmed();
  assert.ok(process.memoryUsage().arrayBuffers - before < 100 << 20);
  client.cut();
  await broker.nobodyIsLeft();
});

test('after its close the broker hears nothing but the answer', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const channel = await broker.channel();
  const { client } = channel;
  client.send(heartbeatFrame, methodFrame(1, 'channel.open'));
  await client.next('connection.close');
  client.send(
    methodFrame(1, 'queue.declare', { queue: 'too-late' }),
    publish,
    bodyFrame(1, 'x'),
    method(0, 10, 99),
    methodFrame(7, 'channel.open'),
  );
  client.tell('connection.close-ok');
  await client.ends();
  assert.deepEqual(client.inbox.untaken('connection.close'), []);
  const other = await broker.channel();
  await other.refuses('queue.declare', { queue: 'too-late', passive: true }, 404);
  other.client.cut();
  await broker.nobodyIsLeft();
});

test('after the close of a channel it hears nothing on it but the answer', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const channel = await broker.channel();
  const { client } = channel;
  const other = await client.channel();
  channel.tell('queue.declare', { queue: 'missing', passive: true });
  await channel.next('channel.close');
  client.send(
    methodFrame(1, 'queue.declare', { queue: 'too-late' }),
    publish,
    headerFrame(1, 3),
    bodyFrame(1, 'abc'),
    methodFrame(1, 'basic.ack', { deliveryTag: 99 }),
  );
  await other.settle();
  channel.tell('channel.close-ok');
  // Late acks of a channel that is closed on both sides are nobody's fault.
  channel.ack({ deliveryTag: 1 });
  await other.settle();
  const again = await client.channel(1);
  await again.refuses('queue.declare', { queue: 'too-late', passive: true }, 404);
  client.cut();
  await broker.othersAreUnharmed();
});

test('closes that cross are both answered', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const channel = await broker.channel();
  const { client } = channel;
  client.send(
    methodFrame(1, 'queue.declare', { queue: 'missing', passive: true }),
    methodFrame(1, 'channel.close', { replyCode: 200 }),
  );
  await channel.next('channel.close');
  await channel.next('channel.close-ok');
  channel.tell('channel.close-ok');
  const again = await client.channel(1);
  await again.settle();
  client.send(methodFrame(1, 'channel.open'));
  client.tell('connection.close', { replyCode: 200 });
  await client.next('connection.close');
  client.tell('connection.close-ok');
  await client.ends();
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});
