import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Channel, connect } from 'amqplib';
import { startNaru } from '../../src/embed.js';
import { AdminClient } from '../admin/client.js';

async function stage(context: TestContext): Promise<{ admin: AdminClient; channel: Channel }> {
  const naru = await startNaru({ memory: true, sqs: false });
  context.after(() => naru.close());
  const connection = await connect(naru.amqp.url);
  context.after(() => connection.close().catch(() => {}));
  return { admin: new AdminClient(naru.http.url), channel: await connection.createChannel() };
}

type Told = Record<string, unknown>;

test('a message is found wherever it went, with what became of it there', async (context) => {
  const { admin, channel } = await stage(context);
  await channel.assertExchange('orders', 'topic');
  await channel.assertExchange('dead', 'fanout');
  await channel.assertQueue('mail', { arguments: { 'x-dead-letter-exchange': 'dead' } });
  await channel.assertQueue('ledger');
  await channel.assertQueue('quick');
  await channel.assertQueue('graves');
  await channel.assertQueue('events', { arguments: { 'x-queue-type': 'stream' } });
  for (const queue of ['mail', 'ledger', 'quick', 'events']) await channel.bindQueue(queue, 'orders', '#');
  await channel.bindQueue('graves', 'dead', '');
  const trace = '0af7651916cd43dd8448eb211c80319c';
  for (const messageId of ['m-1', 'm-2']) {
    const headers = messageId === 'm-1' ? { traceparent: `00-${trace}-b7ad6b7169203331-01`, tenant: 'acme' } : {};
    channel.publish('orders', 'eu.paid', Buffer.from(`body of ${messageId}`), { messageId, headers });
  }
  // One is rejected, one is worked off, one is with a consumer for the second time.
  const rejected = await channel.get('mail');
  assert.ok(rejected);
  channel.nack(rejected, false, false);
  for (let n = 0; n < 2; n++) {
    const done = await channel.get('quick');
    assert.ok(done);
    channel.ack(done);
  }
  const returned = await channel.get('ledger');
  assert.ok(returned);
  channel.nack(returned, false, true);
  const again = await channel.get('ledger');
  assert.ok(again);
  assert.equal(again.fields.redelivered, true);

  const { copies, routes, partly } = await admin.read('/api/console/trace?by=id&value=m-1');
  const told = copies.map(({ kind, name, state, deliveries, front, exchange }: Told) => {
    return [kind, name, state, deliveries, front, exchange];
  });
  assert.deepEqual(told.sort(), [
    ['queue', 'graves', 'ready', 0, 'amqp', 'dead'],
    ['queue', 'ledger', 'locked', 2, 'amqp', 'orders'],
    ['topic', 'events', 'kept', 0, 'amqp', 'orders'],
  ]);
  const grave = copies.find(({ name }: Told) => name === 'graves');
  assert.equal(grave.deaths.length, 1);
  assert.equal(grave.deaths[0].queue, 'mail');
  assert.equal(grave.deaths[0].reason, 'rejected');
  const route = routes.find(({ exchange }: Told) => exchange === 'orders');
  assert.deepEqual(route.to.sort(), ['events', 'ledger', 'mail', 'quick']);
  assert.equal(partly, 0);

  for (const query of [`by=trace&value=${trace}`, 'by=header&header=tenant&value=acme', 'by=text&value=of%20m-1']) {
    const found = await admin.read(`/api/console/trace?${query}`);
    assert.deepEqual(found.copies.map(({ name }: Told) => name).sort(), ['events', 'graves', 'ledger'], query);
  }
  const both = await admin.read('/api/console/trace?by=key&value=eu.paid');
  assert.ok(both.copies.length > copies.length);
  assert.deepEqual((await admin.read('/api/console/trace?value=m-3')).copies, []);
});

test('what a producer wrote over Kafka’s API is found by its key', async (context) => {
  const { admin } = await stage(context);
  await admin.done(admin.put('/api/topics/clicks', { partitions: 3 }));
  assert.equal((await admin.post('/api/topics/clicks/messages', { key: 'user-1', value: 'x' })).status, 200);
  const { copies } = await admin.read('/api/console/trace?by=key&value=user-1');
  assert.equal(copies.length, 1);
  assert.deepEqual([copies[0].kind, copies[0].name, copies[0].front], ['topic', 'clicks', 'kafka']);
});

test('what is asked for has to make sense', async (context) => {
  const { admin } = await stage(context);
  for (const query of ['', 'by=smell&value=x', 'by=header&value=x', `value=${'x'.repeat(501)}`]) {
    assert.equal((await admin.get(`/api/console/trace?${query}`)).status, 400, query);
  }
});

test('things of all kinds are found by a part of their name', async (context) => {
  const { admin, channel } = await stage(context);
  await channel.assertQueue('orders.eu');
  await channel.assertExchange('orders', 'topic');
  await admin.done(admin.put('/api/topics/reorders', {}));
  assert.equal(
    (await admin.post('/api/groups/order-readers/offsets', { topic: 'reorders', to: 'earliest' })).status,
    200,
  );
  assert.deepEqual(await admin.read('/api/console/find?name=ORDER'), {
    queues: [{ vhost: '/', name: 'orders.eu' }],
    topics: ['reorders'],
    groups: ['order-readers'],
    exchanges: [{ vhost: '/', name: 'orders' }],
  });
});
