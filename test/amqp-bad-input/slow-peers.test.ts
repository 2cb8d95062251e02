import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyFrame, headerFrame, methodFrame, protocolHeader } from '../amqp/wire-frames.js';
import { AttackedBroker } from './attacked-broker.js';

const limit = { timeout: 60_000 };

/** Answers when a number has not changed for a while. */
async function standstill(look: () => number | Promise<number>): Promise<void> {
  let before = -1;
  let same = 0;
  while (same < 5) {
    const now = await look();
    same = now === before ? same + 1 : 0;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('who does not come to open a virtual host in time is cut off, wherever it stopped', limit, async (context) => {
  const broker = await AttackedBroker.start(context, { amqpHandshakeMs: 300 });
  const silent = await broker.reach();
  const half = await broker.reach();
  half.send(protocolHeader.subarray(0, 5));
  const greeted = await broker.reach();
  greeted.send(protocolHeader);
  const halfway = await broker.reach();
  halfway.send(protocolHeader, methodFrame(0, 'connection.start-ok').subarray(0, 9));
  const loggedIn = await broker.reach();
  await loggedIn.login();
  const tuned = await broker.reach();
  await tuned.greet();
  for (const client of [silent, half, greeted, halfway, loggedIn, tuned]) await client.ends();
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('who does not answer a close is not waited for for ever', limit, async (context) => {
  const broker = await AttackedBroker.start(context, { closeGraceMs: 100 });
  const { client } = await broker.channel();
  client.send(methodFrame(1, 'channel.open'));
  await client.next('connection.close');
  client.heartbeat();
  await client.ends();
  await broker.nobodyIsLeft();
});

test('who is silent for longer than was agreed is cut off without a word', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const client = await broker.connect({ tuneOk: { heartbeat: 1 } });
  await client.endsSilently(4000);
  assert.ok(client.heartbeats >= 2, `${client.heartbeats} heartbeats`);
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('a message that does not come to its end is none', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const publish = methodFrame(1, 'basic.publish', { routingKey: 'q' });
  const parts = [publish, headerFrame(1, 10), bodyFrame(1, 'half '), bodyFrame(1, 'a body').subarray(0, 10)];
  for (let count = 1; count <= parts.length; count++) {
    const channel = await broker.channel();
    await channel.queue('q');
    channel.client.send(...parts.slice(0, count));
    channel.client.socket.end();
    await channel.client.ends();
  }
  const channel = await broker.channel();
  assert.deepEqual(await channel.look('q'), { messageCount: 0, consumerCount: 0 });
  channel.client.cut();
  await broker.nobodyIsLeft();
});

test('a message that comes byte by byte is as good as any other', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const channel = await broker.channel();
  await channel.queue('q');
  const bytes = Buffer.concat([
    methodFrame(1, 'basic.publish', { routingKey: 'q' }),
    headerFrame(1, 10, { headers: { a: 1 }, messageId: 'm' }),
    bodyFrame(1, 'half '),
    bodyFrame(1, 'a body'.slice(0, 5)),
  ]);
  for (const byte of bytes) {
    channel.client.send(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const got = await channel.get('q');
  assert.equal(got?.text, 'half a bod');
  assert.deepEqual(got?.headers, { a: 1 });
  assert.equal(got?.properties.messageId, 'm');
  channel.client.cut();
});

test('a consumer that does not read is handed no more than its write queue holds', limit, async (context) => {
  const broker = await AttackedBroker.start(context, { connectionWriteQueueBytesMax: 1 << 20 });
  const consumer = await broker.channel();
  await consumer.queue('much');
  await consumer.consume('much', { noAck: true });
  consumer.client.socket.pause();
  const publisher = await broker.channel();
  await publisher.confirms();
  const body = Buffer.alloc(256 * 1024);
  const count = 100;
  for (let left = count; left > 0; left--) publisher.publish('', 'much', body);
  await publisher.confirmed();
  const { messageCount, consumerCount } = await publisher.look('much');
  assert.equal(consumerCount, 1);
  // What the system's own buffers hold comes on top of the write queue: some megabytes.
  assert.ok(messageCount > count / 2, `${messageCount} of ${count} are left`);
  await broker.othersAreUnharmed();
  consumer.client.socket.resume();
  for (const delivery of await consumer.deliveries(count)) assert.equal(delivery.body.length, body.length);
  assert.equal((await publisher.look('much')).messageCount, 0);
  consumer.client.cut();
  publisher.client.cut();
  await broker.nobodyIsLeft();
});

test(
  'who asks on and on and does not read what comes back is not listened to until it does',
  limit,
  async (context) => {
    const broker = await AttackedBroker.start(context, { connectionWriteQueueBytesMax: 1 << 20 });
    const asker = await broker.channel();
    const { socket } = asker.client;
    const body = Buffer.alloc(256 * 1024);
    const count = 200;
    socket.pause();
    for (let left = count; left > 0; left--) asker.publish('', 'nowhere', body, { mandatory: true });
    await broker.othersAreUnharmed();
    await standstill(() => socket.writableLength);
    // What the system's own buffers hold, both ways, comes on top of twice the write queue.
    assert.ok(socket.writableLength > (count / 4) * body.length, `${socket.writableLength} bytes are still to be sent`);
    await broker.othersAreUnharmed();
    socket.resume();
    for (let left = count; left > 0; left--) assert.equal((await asker.returned()).body.length, body.length);
    asker.client.cut();
    await broker.nobodyIsLeft();
  },
);

test('who fetches on and on and does not read gets the messages later, each once', limit, async (context) => {
  const broker = await AttackedBroker.start(context, { connectionWriteQueueBytesMax: 1 << 20 });
  const asker = await broker.channel();
  await asker.queue('much');
  await asker.confirms();
  const body = Buffer.alloc(256 * 1024);
  const count = 60;
  for (let left = count; left > 0; left--) asker.publish('', 'much', body);
  await asker.confirmed();
  const { socket } = asker.client;
  socket.pause();
  for (let left = count; left > 0; left--) asker.tell('basic.get', { queue: 'much', noAck: true });
  const other = await broker.channel();
  await standstill(() => other.look('much').then(({ messageCount }) => messageCount));
  assert.ok((await other.look('much')).messageCount > count / 3);
  socket.resume();
  for (let left = count; left > 0; left--) await asker.next('basic.get-ok');
  assert.equal((await other.look('much')).messageCount, 0);
  asker.client.cut();
  other.client.cut();
  await broker.nobodyIsLeft();
});

test('a consumer that dies gives back what it had, and the next one is told', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const publisher = await broker.channel();
  await publisher.queue('q');
  const dying = await broker.channel();
  await dying.prefetch(3);
  await dying.consume('q');
  for (const text of ['a', 'b', 'c', 'd']) publisher.publish('', 'q', text);
  assert.deepEqual(
    (await dying.deliveries(3)).map(({ text }) => text),
    ['a', 'b', 'c'],
  );
  dying.client.cut();
  const heir = await broker.channel();
  await heir.consume('q', { noAck: true });
  assert.deepEqual(
    (await heir.deliveries(4)).map(({ text, redelivered }) => [text, redelivered]),
    [
      ['a', true],
      ['b', true],
      ['c', true],
      ['d', false],
    ],
  );
  heir.client.cut();
  publisher.client.cut();
  await broker.nobodyIsLeft();
});

test('as many channels as were agreed can be open, and not one more', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const client = await broker.connect({ tuneOk: { channelMax: 50 } });
  for (let count = 0; count < 50; count++) await client.channel();
  const one = client.unopened(51);
  one.tell('channel.open');
  await client.closes({ code: 530, method: 'channel.open' });
  await broker.nobodyIsLeft();
});
