import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from 'amqplib';
import { type Answer, open, secured, userWith } from './client.js';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function steps(body: Answer['body']): string[] {
  return body.steps.map((each: Record<string, unknown>) => {
    const place = (each['to'] ?? each['in']) as { name: string } | undefined;
    const { step, queue, reason, state, group } = each as Record<string, string>;
    return [step, queue ?? place?.name, reason ?? state ?? group].filter((word) => word !== undefined).join(' ');
  });
}

test('a message is followed from its exchange through its death to its dead-letter queue and a topic', async (context) => {
  const { client, naru } = await open(context, { kafka: true });
  await client.done(client.put('/api/topics/log', {}));
  const connection = await connect(naru.amqp.url);
  connection.on('error', () => {});
  context.after(() => connection.close().catch(() => {}));
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('dead');
  const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead', 'x-retention-ms': 60_000 };
  await channel.assertQueue('work', { arguments: args });
  for (const queue of ['work', 'log']) await channel.bindQueue(queue, 'amq.topic', 'a.#');
  const properties = { messageId: 'order-7', headers: { traceparent: parent } };
  channel.publish('amq.topic', 'a.b', Buffer.from('x'), properties);
  channel.publish('amq.topic', 'a.c', Buffer.from('other'), { messageId: 'order-8' });
  await channel.waitForConfirms();
  const message = await channel.get('work');
  assert.ok(message);
  channel.nack(message, false, false);
  while ((await channel.checkQueue('dead')).messageCount === 0) {}
  await client.post('/api/groups/g/offsets', { topic: 'log', to: 'latest' });
  const byId = await client.read('/api/trace?id=order-7');
  assert.deepEqual([byId.by, byId.not_all_of], ['id', []]);
  assert.deepEqual(byId.copies.map(({ kind, name, state }: Record<string, string>) => [kind, name, state]).sort(), [
    ['queue', 'dead', 'ready'],
    ['queue', 'work', 'done'],
    ['topic', 'log', undefined],
  ]);
  assert.deepEqual(steps(byId).sort(), [
    'came dead',
    'came log',
    'came work',
    'died work rejected',
    'is dead ready',
    'is work done',
    'read log g',
  ]);
  const died = byId.steps.find(({ step }: { step: string }) => step === 'died');
  assert.deepEqual([died.exchange, died.routing_keys, died.count], ['amq.topic', ['a.b'], 1]);
  assert.equal((await client.read(`/api/trace?traceparent=${parent}`)).copies.length, 3);
  assert.equal((await client.read(`/api/trace?traceparent=${parent.split('-')[1]}`)).copies.length, 3);
  const byPlace = await client.read('/api/trace?topic=log&partition=0&offset=0');
  assert.deepEqual([byPlace.by, byPlace.value, byPlace.copies.length], ['id', 'order-7', 3]);
  assert.equal((await client.read('/api/trace?queue=dead&offset=0')).value, 'order-7');
});

test('a message that nothing was given to be known by is told of where it lies', async (context) => {
  const { client } = await open(context, { kafka: true });
  await client.done(client.put('/api/topics/t', {}));
  await client.post('/api/topics/t/messages', { value: 'x' });
  const { by, value, copies } = await client.read('/api/trace?topic=t&offset=0');
  assert.deepEqual([by, value, copies.length], ['place', null, 1]);
});

test('a trace that is of nothing is refused, and what is not there is not found', async (context) => {
  const { client } = await open(context);
  for (const query of ['', 'id=', 'traceparent=x', 'id=a&traceparent=b', 'offset=1']) {
    assert.equal((await client.get(`/api/trace?${query}`)).status, 400, query);
  }
  assert.equal((await client.get('/api/trace?topic=none&offset=0')).status, 404);
  assert.equal((await client.get('/api/trace?queue=none&offset=0')).status, 404);
  assert.deepEqual((await client.read('/api/trace?id=none')).copies, []);
});

test('a trace shows only what its caller may read', async (context) => {
  const { client } = await secured(context);
  for (const name of ['mine', 'other']) {
    await client.done(client.put(`/api/queues/%2F/${name}`, {}));
    const message = { routing_key: name, payload: 'x', payload_encoding: 'string', properties: { message_id: 'm' } };
    await client.post('/api/exchanges/%2F/amq.default/publish', message);
  }
  const user = await userWith(client, 'user', 'management');
  await client.done(client.put('/api/permissions/%2F/user', { configure: '', write: '', read: '^mine$' }));
  const { copies } = await user.read('/api/trace?id=m');
  assert.deepEqual(
    copies.map(({ name }: { name: string }) => name),
    ['mine'],
  );
  assert.equal((await user.get('/api/trace?queue=other&offset=0')).status, 404);
});
