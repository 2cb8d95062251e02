import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './client.js';

test('the default virtual host is there, under %2F', async (context) => {
  const { client } = await open(context);
  const [vhost, ...others] = await client.read('/api/vhosts');
  assert.deepEqual(others, []);
  assert.deepEqual(vhost, await client.read('/api/vhosts/%2F'));
  assert.deepEqual(
    { ...vhost, cluster_state: 'told' },
    {
      name: '/',
      description: 'Default virtual host',
      tags: [],
      default_queue_type: 'classic',
      protected_from_deletion: false,
      metadata: { description: 'Default virtual host', tags: [] },
      tracing: false,
      cluster_state: 'told',
      messages: 0,
      messages_ready: 0,
      messages_unacknowledged: 0,
    },
  );
  assert.equal((await client.delete('/api/vhosts/%2F')).status, 409);
});

test('a virtual host is made, described, protected and deleted with all that is in it', async (context) => {
  const { client } = await open(context);
  assert.equal(
    (await client.put('/api/vhosts/blue', { description: 'first', tags: 'a,b', default_queue_type: 'quorum' })).status,
    201,
  );
  assert.equal((await client.put('/api/vhosts/blue', { description: 'second' })).status, 204);
  const { description, tags, default_queue_type } = await client.read('/api/vhosts/blue');
  assert.deepEqual([description, tags, default_queue_type], ['second', ['a', 'b'], 'quorum'], 'what is not said stays');
  await client.done(client.put('/api/exchanges/blue/mine', { type: 'topic' }));
  assert.equal((await client.post('/api/vhosts/blue/deletion/protection')).status, 204);
  assert.equal((await client.delete('/api/vhosts/blue')).status, 409);
  assert.equal((await client.delete('/api/vhosts/blue/deletion/protection')).status, 204);
  assert.equal((await client.delete('/api/vhosts/blue')).status, 204);
  assert.equal((await client.get('/api/vhosts/blue')).status, 404);
  await client.done(client.put('/api/vhosts/blue'));
  assert.equal((await client.get('/api/exchanges/blue/mine')).status, 404);
});

test('nothing, null, and JSON under any type are taken for what they are', async (context) => {
  const { client } = await open(context);
  for (const [at, body] of ['', 'null', '{}'].entries()) {
    assert.equal(
      (await client.ask('PUT', `/api/vhosts/v${at}`, body, { 'content-type': 'application/json' })).status,
      201,
    );
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal((await client.ask('PUT', '/api/vhosts/v9', '{"description":"d"}', form)).status, 201);
  assert.equal((await client.read('/api/vhosts/v9')).description, 'd');
  const wrong = await client.put('/api/vhosts/v9', '{');
  assert.deepEqual([wrong.status, wrong.body.error], [400, 'bad_request']);
  assert.equal((await client.put('/api/vhosts/v9', [])).status, 400);
  assert.equal((await client.put('/api/vhosts/v9', { default_queue_type: 'odd' })).status, 400);
});

test('a name with a slash, a percent sign and other characters is one part of an address', async (context) => {
  const { client } = await open(context);
  for (const name of ['a/b', '100%', 'ünter den Linden', '__proto__', 'a?b#c']) {
    const path = `/api/vhosts/${encodeURIComponent(name)}`;
    assert.equal((await client.put(path, {})).status, 201, name);
    assert.equal((await client.read(path)).name, name);
  }
});

test('limits of a virtual host are set, told and cleared', async (context) => {
  const { client } = await open(context);
  assert.deepEqual(await client.read('/api/vhost-limits'), []);
  assert.equal((await client.put('/api/vhost-limits/%2F/max-queues', { value: 9 })).status, 204);
  assert.equal((await client.put('/api/vhost-limits/%2F/max-connections', { value: 0 })).status, 204);
  assert.deepEqual(await client.read('/api/vhost-limits/%2F'), [
    { vhost: '/', value: { 'max-connections': 0, 'max-queues': 9 } },
  ]);
  assert.equal((await client.put('/api/vhost-limits/%2F/max-connections', { value: -1 })).status, 204);
  assert.equal((await client.delete('/api/vhost-limits/%2F/max-queues')).status, 204);
  assert.deepEqual(await client.read('/api/vhost-limits'), []);
  assert.equal((await client.put('/api/vhost-limits/%2F/odd', { value: 1 })).status, 400);
  assert.equal((await client.put('/api/vhost-limits/none/max-queues', { value: 1 })).status, 404);
  assert.equal((await client.put('/api/vhost-limits/%2F/max-queues', { value: 'x' })).status, 400);
});

test('policies are set, told in order of priority, and cleared', async (context) => {
  const { client } = await open(context);
  const ttl = { pattern: '^orders', definition: { 'message-ttl': 1000 }, priority: 5, 'apply-to': 'queues' };
  assert.equal((await client.put('/api/policies/%2F/ttl', ttl)).status, 201);
  assert.equal((await client.put('/api/policies/%2F/ttl', ttl)).status, 204);
  assert.equal(
    (await client.put('/api/policies/%2F/rest', { pattern: '', definition: { 'max-length': 1 } })).status,
    201,
  );
  assert.deepEqual(await client.read('/api/policies/%2F/ttl'), { vhost: '/', name: 'ttl', ...ttl });
  assert.deepEqual(
    (await client.read('/api/policies')).map(({ name }: { name: string }) => name),
    ['rest', 'ttl'],
  );
  assert.equal((await client.read('/api/policies/%2F/rest'))['apply-to'], 'all');
  assert.equal((await client.delete('/api/policies/%2F/ttl')).status, 204);
  assert.equal((await client.delete('/api/policies/%2F/ttl')).status, 404);
  const odd = await client.put('/api/policies/%2F/p', { pattern: '.*', definition: { 'message-ttl': 'x' } });
  assert.deepEqual(odd, {
    ...odd,
    status: 400,
    body: { error: 'bad_request', reason: 'Validation failed\n\n<<"x">> is not a valid message TTL\n' },
  });
});

test('operators’ policies have an address of their own and fewer keys', async (context) => {
  const { client } = await open(context);
  assert.equal(
    (await client.put('/api/operator-policies/%2F/cap', { pattern: '.*', definition: { 'max-length': 9 } })).status,
    201,
  );
  assert.equal((await client.read('/api/operator-policies/%2F'))[0].name, 'cap');
  assert.deepEqual(await client.read('/api/policies'), []);
  const odd = await client.put('/api/operator-policies/%2F/cap', {
    pattern: '',
    definition: { 'dead-letter-exchange': 'x' },
  });
  assert.match(odd.body.reason, /not recognised policy settings/);
  assert.equal((await client.delete('/api/operator-policies/%2F/cap')).status, 204);
});

test('an exchange tells which policies apply to it', async (context) => {
  const { client } = await open(context);
  const definition = { 'alternate-exchange': 'amq.fanout' };
  await client.done(client.put('/api/policies/%2F/rest', { pattern: '^in$', definition, 'apply-to': 'exchanges' }));
  await client.done(client.put('/api/exchanges/%2F/in', { type: 'direct' }));
  assert.equal((await client.read('/api/exchanges/%2F/in')).policy, 'rest');
  assert.equal((await client.read('/api/exchanges/%2F/amq.direct')).policy, undefined);
});

test('parameters of virtual hosts and of the broker are kept as they are', async (context) => {
  const { client } = await open(context);
  const value = { 'src-uri': 'amqp://', list: [1, null, { a: true }] };
  assert.equal((await client.put('/api/parameters/shovel/%2F/s', { value })).status, 201);
  assert.deepEqual(await client.read('/api/parameters/shovel/%2F/s'), {
    vhost: '/',
    component: 'shovel',
    name: 's',
    value,
  });
  for (const path of ['', '/shovel', '/shovel/%2F'])
    assert.equal((await client.read(`/api/parameters${path}`)).length, 1);
  assert.deepEqual(await client.read('/api/parameters/federation-upstream'), []);
  await client.done(client.put('/api/vhost-limits/%2F/max-queues', { value: 9 }));
  assert.deepEqual(await client.read('/api/parameters/vhost-limits'), [
    { vhost: '/', component: 'vhost-limits', name: 'limits', value: { 'max-queues': 9 } },
  ]);
  assert.equal((await client.put('/api/parameters/shovel/%2F/s', {})).status, 400);
  assert.equal((await client.delete('/api/parameters/shovel/%2F/s')).status, 204);
  assert.equal((await client.get('/api/parameters/shovel/%2F/s')).status, 404);
  assert.equal((await client.put('/api/global-parameters/mine', { value: [1] })).status, 201);
  assert.deepEqual(await client.read('/api/global-parameters'), [{ name: 'mine', value: [1] }]);
  assert.equal((await client.delete('/api/global-parameters/mine')).status, 204);
  assert.equal((await client.put('/api/cluster-name', { name: 'ferry' })).status, 204);
  assert.deepEqual(await client.read('/api/cluster-name'), { name: 'ferry' });
  assert.equal((await client.read('/api/overview')).cluster_name, 'ferry');
});
