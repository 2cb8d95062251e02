import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type ConfirmChannel, connect } from 'amqplib';
import { type AdminClient, type Answer, open, secured, userWith } from './client.js';

const peekPath = '/api/queues/%2F/q/messages';

async function channelOf(context: TestContext, url: string): Promise<ConfirmChannel> {
  const connection = await connect(url);
  connection.on('error', () => {});
  context.after(() => connection.close().catch(() => {}));
  return connection.createConfirmChannel();
}

async function publish(channel: ConfirmChannel, queue: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) channel.sendToQueue(queue, Buffer.from(text), { messageId: `id-${text}` });
  await channel.waitForConfirms();
}

async function drain(channel: ConfirmChannel, queue: string): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const message = await channel.get(queue);
    if (message === false) return texts;
    channel.ack(message);
    texts.push(message.fields.redelivered ? `${message.content}!` : String(message.content));
  }
}

function values(body: Answer['body']): string[] {
  return body.messages.map(({ value }: { value: string }) => value);
}

async function finished(client: AdminClient, queue: string): Promise<Answer['body']> {
  for (;;) {
    const [task] = await client.read(`/api/queues/%2F/${queue}/redrives`);
    if (task.status !== 'running' && task.status !== 'cancelling') return task;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('looking at messages leaves them as they are', async (context) => {
  const { client, naru } = await open(context);
  const channel = await channelOf(context, naru.amqp.url);
  await channel.assertQueue('q');
  await publish(channel, 'q', ['a', 'b', 'c', 'd']);
  const held = await channel.get('q');
  assert.ok(held);
  const ready = await client.read(peekPath);
  assert.deepEqual(values(ready), ['b', 'c', 'd']);
  assert.deepEqual([ready.ready, ready.locked, ready.end], [3, 1, true]);
  assert.deepEqual(
    [ready.messages[0].state, ready.messages[0].deliveries, ready.messages[0].properties.message_id],
    ['ready', 0, 'id-b'],
  );
  assert.deepEqual(values(await client.read(`${peekPath}?state=locked`)), ['a']);
  assert.deepEqual(values(await client.read(`${peekPath}?state=any&newest=true&count=2`)), ['d', 'c']);
  assert.deepEqual(values(await client.read(`${peekPath}?position=1`)), ['c', 'd']);
  assert.deepEqual(values(await client.read(`${peekPath}?header=message-id&header_value=id-c`)), ['c']);
  const first = await client.read(`${peekPath}?count=1`);
  assert.deepEqual(values(await client.read(`${peekPath}?at=${first.next}`)), ['c', 'd']);
  channel.nack(held);
  assert.deepEqual(await drain(channel, 'q'), ['a!', 'b', 'c', 'd']);
});

test('what lies scattered among what is done is found', async (context) => {
  const { client, naru } = await open(context);
  const channel = await channelOf(context, naru.amqp.url);
  await channel.assertQueue('q', { arguments: { 'x-retention-ms': 3_600_000 } });
  const texts = Array.from({ length: 100 }, (_, at) => `n${at}`);
  await publish(channel, 'q', texts);
  for (let at = 0; at < 100; at++) {
    const message = await channel.get('q');
    assert.ok(message);
    if (at % 10 !== 3) channel.ack(message);
  }
  const held = await client.read(`${peekPath}?state=locked`);
  assert.deepEqual(values(held), ['n3', 'n13', 'n23', 'n33', 'n43', 'n53', 'n63', 'n73', 'n83', 'n93']);
  assert.deepEqual(values(await client.read(`${peekPath}?state=done&position=2&count=2`)), ['n2', 'n4']);
  assert.equal((await client.get(`${peekPath}?state=lost`)).status, 400);
});

test('a queue is rewound to a time, and a dry run only counts', async (context) => {
  const { client, naru } = await open(context);
  const channel = await channelOf(context, naru.amqp.url);
  await channel.assertQueue('q', { arguments: { 'x-retention-ms': 3_600_000 } });
  await publish(channel, 'q', ['a', 'b', 'c']);
  assert.deepEqual(await drain(channel, 'q'), ['a', 'b', 'c']);
  const path = '/api/queues/%2F/q/rewind';
  const dry = await client.post(path, { time: '1h', dry_run: true });
  assert.deepEqual([dry.body.messages, dry.body.dry_run], [3, true]);
  assert.deepEqual(await drain(channel, 'q'), []);
  assert.equal((await client.post(path, { time: '30m' })).body.messages, 3);
  assert.deepEqual(await drain(channel, 'q'), ['a', 'b', 'c']);
  assert.equal((await client.post(path, { time: '1h', by: 'arrival' })).body.messages, 3);
  assert.equal((await client.post(path, { offset: 0 })).body.messages, 0);
  assert.deepEqual(await drain(channel, 'q'), ['a', 'b', 'c']);
  assert.equal((await client.post(path, {})).status, 400);
  assert.equal((await client.post(path, { time: '1h', offset: 1 })).status, 400);
  await channel.assertQueue('plain');
  const { status, body } = await client.post('/api/queues/%2F/plain/rewind', { time: '1h' });
  assert.equal(status, 400);
  assert.match(body.reason, /x-retention-ms/);
});

/** Messages that died in `q` lie in `dead`. */
async function withDead(channel: ConfirmChannel, texts: readonly string[]): Promise<void> {
  await channel.assertQueue('dead');
  await channel.assertExchange('in', 'topic');
  const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
  await channel.assertQueue('q', { arguments: args });
  await channel.bindQueue('q', 'in', '#');
  for (const text of texts) channel.publish('in', `key.${text}`, Buffer.from(text), { headers: { h: text } });
  await channel.waitForConfirms();
  for (let left = texts.length; left > 0; left--) {
    const message = await channel.get('q');
    assert.ok(message);
    channel.nack(message, false, false);
  }
  await channel.waitForConfirms();
  while ((await channel.checkQueue('dead')).messageCount < texts.length) {}
}

test('dead letters go back to where they died, as they had come there', async (context) => {
  const { client, naru } = await open(context);
  const channel = await channelOf(context, naru.amqp.url);
  await withDead(channel, ['a', 'b', 'c']);
  const { status, body } = await client.post('/api/queues/%2F/dead/redrives', {});
  assert.deepEqual([status, body.status, body.messages], [201, 'running', 3]);
  const task = await finished(client, 'dead');
  assert.deepEqual([task.id, task.status, task.moved, task.failure], [body.id, 'completed', 3, null]);
  const message = await channel.get('q');
  assert.ok(message);
  assert.deepEqual([String(message.content), message.fields.exchange, message.fields.routingKey], ['a', 'in', 'key.a']);
  assert.deepEqual(message.properties.headers, { h: 'a' });
  channel.ack(message);
  assert.deepEqual(await drain(channel, 'q'), ['b', 'c']);
  assert.deepEqual(await drain(channel, 'dead'), []);
});

test('dead letters are moved to one queue, as many as are asked for', async (context) => {
  const { client, naru } = await open(context);
  const channel = await channelOf(context, naru.amqp.url);
  await withDead(channel, ['a', 'b', 'c']);
  await channel.assertQueue('other');
  await client.post('/api/queues/%2F/dead/redrives', { destination: 'other', count: 2 });
  assert.equal((await finished(client, 'dead')).moved, 2);
  assert.deepEqual([await drain(channel, 'other'), await drain(channel, 'dead')], [['a', 'b'], ['c']]);
});

test('a slow redrive is one at a time, and can be cancelled', async (context) => {
  const { client, naru } = await open(context);
  const channel = await channelOf(context, naru.amqp.url);
  // More than could go at that rate while requests are answered, however slowly.
  const texts = Array.from({ length: 60 }, (_, at) => `m${at}`);
  await withDead(channel, texts);
  const { body } = await client.post('/api/queues/%2F/dead/redrives', { rate: 1 });
  assert.equal((await client.post('/api/queues/%2F/dead/redrives', {})).status, 409);
  const cancelled = await client.delete(`/api/queues/%2F/dead/redrives/${body.id}`);
  assert.equal(cancelled.status, 200);
  assert.equal((await finished(client, 'dead')).status, 'cancelled');
  const [back, left] = [await drain(channel, 'q'), await drain(channel, 'dead')];
  assert.deepEqual([...back, ...left], texts);
  assert.ok(left.length > 0);
  assert.equal((await client.delete(`/api/queues/%2F/dead/redrives/${body.id}`)).status, 409);
  assert.equal((await client.delete('/api/queues/%2F/dead/redrives/none')).status, 404);
});

test('a redrive ends with the reason where a message cannot go', async (context) => {
  const { client, naru } = await open(context);
  const channel = await channelOf(context, naru.amqp.url);
  await channel.assertQueue('dead');
  await publish(channel, 'dead', ['never died']);
  await client.post('/api/queues/%2F/dead/redrives', {});
  const task = await finished(client, 'dead');
  assert.deepEqual([task.status, task.moved], ['failed', 0]);
  assert.match(task.failure, /name a destination/);
  await channel.assertQueue('full', { arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' } });
  await client.post('/api/queues/%2F/dead/redrives', { destination: 'full' });
  assert.match((await finished(client, 'dead')).failure, /turns it away/);
  assert.deepEqual(await drain(channel, 'dead'), ['never died']);
  for (const wrong of [{ destination: 'none' }, { destination: 'dead' }, { count: 0 }, { rate: 0 }]) {
    assert.equal((await client.post('/api/queues/%2F/dead/redrives', wrong)).status, 400, JSON.stringify(wrong));
  }
});

test('who may not read or write a queue neither looks at it nor moves its messages', async (context) => {
  const { client } = await secured(context);
  await client.done(client.put('/api/queues/%2F/q', { arguments: { 'x-retention-ms': 1000 } }));
  const other = await userWith(client, 'other', 'management');
  await client.done(client.put('/api/permissions/%2F/other', { configure: '', write: '', read: '' }));
  assert.equal((await other.get(peekPath)).status, 401);
  assert.equal((await other.post('/api/queues/%2F/q/rewind', { time: 1 })).status, 401);
  assert.equal((await other.post('/api/queues/%2F/q/redrives', {})).status, 401);
});
