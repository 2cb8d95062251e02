import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AdminClient, open, secured, userWith } from './client.js';

function queues(client: AdminClient, ...names: string[]): Promise<void> {
  return client.done(client.post('/api/definitions', { queues: names.map((name) => ({ vhost: '/', name })) }));
}

test('the exchanges that are always there are told, the default one without a name', async (context) => {
  const { client } = await open(context);
  const told = await client.read('/api/exchanges/%2F');
  assert.deepEqual(
    told.map(({ name, type }: { name: string; type: string }) => [name, type]),
    [
      ['', 'direct'],
      ['amq.direct', 'direct'],
      ['amq.fanout', 'fanout'],
      ['amq.headers', 'headers'],
      ['amq.match', 'headers'],
      ['amq.rabbitmq.trace', 'topic'],
      ['amq.topic', 'topic'],
    ],
  );
  assert.deepEqual(told[0], {
    name: '',
    vhost: '/',
    type: 'direct',
    durable: true,
    auto_delete: false,
    internal: false,
    arguments: {},
    user_who_performed_action: '',
  });
  const alone = await client.read('/api/exchanges/%2F/amq.default');
  assert.deepEqual(alone, { ...told[0], incoming: [], outgoing: [] });
});

test('an exchange is declared, told and deleted', async (context) => {
  const { client } = await open(context);
  const wanted = {
    type: 'topic',
    durable: false,
    auto_delete: true,
    internal: true,
    arguments: { 'alternate-exchange': 'amq.fanout', own: 1 },
  };
  assert.equal((await client.put('/api/exchanges/%2F/mine', wanted)).status, 201);
  assert.equal((await client.put('/api/exchanges/%2F/mine', wanted)).status, 204);
  assert.deepEqual(await client.read('/api/exchanges/%2F/mine'), {
    name: 'mine',
    vhost: '/',
    ...wanted,
    user_who_performed_action: '',
    incoming: [],
    outgoing: [],
  });
  const other = await client.put('/api/exchanges/%2F/mine', { ...wanted, type: 'direct' });
  assert.deepEqual([other.status, other.body.error], [400, 'bad_request']);
  assert.equal((await client.delete('/api/exchanges/%2F/mine')).status, 204);
  assert.equal((await client.delete('/api/exchanges/%2F/mine')).status, 404);
});

test('what cannot be declared or deleted is told', async (context) => {
  const { client } = await open(context);
  for (const [path, body, reason] of [
    ['amq.mine', { type: 'direct' }, /reserved prefix/],
    ['amq.default', { type: 'direct' }, /default exchange/],
    ['x', { type: 'odd' }, /unknown exchange type 'odd'/],
    ['x', { type: 'x-delayed-message' }, /x-delayed-type/],
    ['x', { type: 'direct', durable: 'perhaps' }, /durable/],
  ] as const) {
    const answer = await client.put(`/api/exchanges/%2F/${path}`, body);
    assert.equal(answer.status, 400);
    assert.match(answer.body.reason, reason);
  }
  for (const name of ['amq.direct', 'amq.default'])
    assert.equal((await client.delete(`/api/exchanges/%2F/${name}`)).status, 400);
  await queues(client, 'q');
  await client.done(client.put('/api/exchanges/%2F/used', { type: 'fanout' }));
  await client.done(client.post('/api/bindings/%2F/e/used/q/q', {}));
  assert.equal((await client.delete('/api/exchanges/%2F/used?if-unused=true')).status, 400);
  assert.equal((await client.delete('/api/exchanges/%2F/used')).status, 204);
});

test('a binding is made, found from both ends and by its key, and taken away', async (context) => {
  const { client } = await open(context);
  await queues(client, 'q', 'other');
  const made = await client.post('/api/bindings/%2F/e/amq.topic/q/q', { routing_key: 'a.*', arguments: { x: 1 } });
  assert.equal(made.status, 201);
  const location = made.headers.get('location')!;
  const [binding, ...rest] = await client.read('/api/bindings/%2F/e/amq.topic/q/q');
  assert.deepEqual(rest, []);
  assert.deepEqual(binding, {
    source: 'amq.topic',
    vhost: '/',
    destination: 'q',
    destination_type: 'queue',
    routing_key: 'a.*',
    arguments: { x: 1 },
    properties_key: binding.properties_key,
  });
  const at = `/api/bindings/%2F/e/amq.topic/q/${location}`;
  assert.deepEqual(await client.read(at), binding);
  assert.deepEqual(await client.read('/api/exchanges/%2F/amq.topic/bindings/source'), [binding]);
  assert.deepEqual(await client.read('/api/exchanges/%2F/amq.topic/bindings/destination'), []);
  const toQueue = await client.read('/api/queues/%2F/q/bindings');
  assert.deepEqual(
    toQueue.map(({ source, routing_key, properties_key }: Record<string, string>) => [
      source,
      routing_key,
      properties_key,
    ]),
    [
      ['', 'q', 'q'],
      ['amq.topic', 'a.*', binding.properties_key],
    ],
  );
  assert.equal((await client.read('/api/bindings')).length, 3);
  assert.equal((await client.delete(at)).status, 204);
  assert.equal((await client.delete(at)).status, 404);
});

test('bindings between the same ends are told apart by their keys', async (context) => {
  const { client } = await open(context);
  await queues(client, 'q');
  const path = '/api/bindings/%2F/e/amq.direct/q/q';
  const keys = ['', 'a', 'a~b', 'a/b', '100%', '~'];
  for (const routing_key of keys) await client.done(client.post(path, { routing_key }));
  const told = await client.read(path);
  assert.deepEqual(told.map(({ routing_key }: { routing_key: string }) => routing_key).sort(), [...keys].sort());
  assert.equal(told.find(({ routing_key }: { routing_key: string }) => routing_key === '').properties_key, '~');
  for (const { properties_key, routing_key } of told) {
    const at = `${path}/${encodeURIComponent(properties_key)}`;
    assert.equal((await client.read(at)).routing_key, routing_key);
    assert.equal((await client.delete(at)).status, 204);
  }
  assert.deepEqual(await client.read(path), []);
});

test('exchanges are bound to exchanges', async (context) => {
  const { client } = await open(context);
  await client.done(client.post('/api/bindings/%2F/e/amq.topic/e/amq.fanout', { routing_key: '#' }));
  const [binding] = await client.read('/api/exchanges/%2F/amq.fanout/bindings/destination');
  assert.deepEqual([binding.destination_type, binding.destination], ['exchange', 'amq.fanout']);
  assert.equal(
    (await client.delete(`/api/bindings/%2F/e/amq.topic/e/amq.fanout/${encodeURIComponent('#')}`)).status,
    204,
  );
});

test('what cannot be bound is told', async (context) => {
  const { client } = await open(context);
  await queues(client, 'q');
  for (const [path, status] of [
    ['amq.direct/q/none', 404],
    ['none/q/q', 404],
    ['amq.direct/x/q', 404],
    ['amq.default/q/q', 400],
    ['amq.direct/e/amq.default', 400],
  ] as const) {
    assert.equal((await client.post(`/api/bindings/%2F/e/${path}`, {})).status, status, path);
  }
  await client.done(client.put('/api/exchanges/%2F/hash', { type: 'x-consistent-hash' }));
  const weightless = await client.post('/api/bindings/%2F/e/hash/q/q', { routing_key: 'a' });
  assert.deepEqual([weightless.status, /integer/.test(weightless.body.reason)], [400, true]);
});

test('exchanges and bindings are changed by whom their permissions let', async (context) => {
  const { client } = await secured(context);
  await queues(client, 'alice-q', 'q');
  const alice = await userWith(client, 'alice', 'management');
  await client.done(
    client.put('/api/permissions/%2F/alice', { configure: '^alice-', write: '^alice-', read: '^amq\\.direct$' }),
  );
  assert.equal((await alice.put('/api/exchanges/%2F/alice-x', { type: 'direct' })).status, 201);
  const refused = await alice.put('/api/exchanges/%2F/x', { type: 'direct' });
  assert.equal(refused.status, 401);
  assert.match(refused.body.reason, /configure access to 'x' in vhost '\/' refused for user 'alice'/);
  assert.equal((await alice.post('/api/bindings/%2F/e/amq.direct/q/alice-q', {})).status, 201);
  assert.equal((await alice.post('/api/bindings/%2F/e/amq.direct/q/q', {})).status, 401);
  assert.equal((await alice.post('/api/bindings/%2F/e/amq.topic/q/alice-q', {})).status, 401);
  await client.done(client.post('/api/bindings/%2F/e/amq.direct/q/q', {}));
  assert.equal((await alice.delete('/api/bindings/%2F/e/amq.direct/q/q/~')).status, 401);
  assert.equal((await alice.delete('/api/exchanges/%2F/alice-x')).status, 204);
});
