import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, secured, userWith } from './client.js';

test('a queue is declared, told with what holds for it, and deleted', async (context) => {
  const { client } = await open(context);
  const definition = { 'max-length': 5, 'delivery-limit': 3 };
  await client.done(client.put('/api/policies/%2F/p', { pattern: '^q', definition, 'apply-to': 'queues' }));
  const wanted = { durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum', 'x-max-length': 9 } };
  assert.equal((await client.put('/api/queues/%2F/q', wanted)).status, 201);
  assert.equal((await client.put('/api/queues/%2F/q', wanted)).status, 204);
  const told = await client.read('/api/queues/%2F/q');
  assert.deepEqual(
    [told.name, told.vhost, told.type, told.durable, told.auto_delete, told.exclusive, told.state],
    ['q', '/', 'quorum', true, false, false, 'running'],
  );
  assert.deepEqual(told.arguments, wanted.arguments);
  assert.deepEqual([told.policy, told.operator_policy, told.delivery_limit], ['p', null, 3]);
  assert.deepEqual(told.effective_policy_definition, definition);
  assert.deepEqual([told.messages, told.messages_ready, told.messages_unacknowledged, told.consumers], [0, 0, 0, 0]);
  assert.deepEqual(await client.read('/api/queues?columns=name,vhost'), [{ name: 'q', vhost: '/' }]);
  assert.equal((await client.delete('/api/queues/%2F/q')).status, 204);
  assert.equal((await client.get('/api/queues/%2F/q')).status, 404);
});

test('the type of a queue comes from its virtual host where it is not said', async (context) => {
  const { client } = await open(context);
  await client.done(client.put('/api/vhosts/blue', { default_queue_type: 'quorum' }));
  await client.done(client.put('/api/queues/blue/q', {}));
  await client.done(client.put('/api/queues/%2F/q', {}));
  const types = (await client.read('/api/queues')).map(({ vhost, type }: Record<string, string>) => [vhost, type]);
  assert.deepEqual(types, [
    ['/', 'classic'],
    ['blue', 'quorum'],
  ]);
  assert.equal((await client.read('/api/queues/blue')).length, 1);
});

test('what a queue cannot be is told', async (context) => {
  const { client } = await open(context);
  await client.done(client.put('/api/queues/%2F/there', { arguments: { 'x-max-length': 5 } }));
  await client.done(client.put('/api/vhosts/full'));
  await client.done(client.put('/api/vhost-limits/full/max-queues', { value: 0 }));
  for (const [path, body, expected] of [
    ['%2F/amq.mine', {}, /reserved prefix/],
    ['%2F/q', { arguments: { 'x-queue-type': 'odd' } }, /type 'odd'/],
    ['%2F/q', { arguments: { 'x-queue-type': 'quorum' }, durable: false }, /quorum is durable/],
    [
      '%2F/q',
      { arguments: { 'x-queue-type': 'quorum', 'x-max-priority': 5 } },
      /not supported by queues of type quorum/,
    ],
    ['%2F/q', { arguments: { 'x-message-ttl': -1 } }, /invalid arg 'x-message-ttl': \{value_negative,-1\}/],
    ['%2F/q', { arguments: { 'x-expires': 0 } }, /\{value_zero,0\}/],
    ['%2F/q', { arguments: { 'x-max-length': '5' } }, /unacceptable_type/],
    ['%2F/q', { arguments: { 'x-overflow': 'odd' } }, /invalid_value,odd/],
    ['%2F/q', { arguments: { 'x-dead-letter-routing-key': 'k' } }, /no_dlx/],
    ['%2F/there', { durable: false, arguments: { 'x-max-length': 5 } }, /inequivalent arg 'durable'/],
    [
      '%2F/there',
      { arguments: { 'x-max-length': 6 } },
      /inequivalent arg 'x-max-length': received '6' but current is '5'/,
    ],
    ['%2F/there', {}, /received 'none'/],
    ['full/q', {}, /queue limit in vhost 'full' \(0\)/],
  ] as const) {
    const { status, body: answer } = await client.put(`/api/queues/${path}`, body);
    assert.equal(status, 400, path);
    assert.match(answer.reason, expected);
  }
  const same = { arguments: { 'x-max-length': 5, 'x-queue-type': 'classic', own: 1 } };
  assert.equal(
    (await client.put('/api/queues/%2F/there', same)).status,
    204,
    'arguments that mean nothing do not matter',
  );
});

test('arguments that nest without end are refused before anything is recorded', async (context) => {
  const { client } = await open(context);
  await client.done(client.put('/api/queues/%2F/q', {}));
  const deep = `{"arguments":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`;
  for (const [method, path] of [
    ['PUT', '/api/queues/%2F/deep'],
    ['PUT', '/api/exchanges/%2F/deep'],
    ['POST', '/api/bindings/%2F/e/amq.direct/q/q'],
  ] as const) {
    const { status, body } = await client.ask(method, path, deep);
    assert.equal(status, 400, path);
    assert.match(body.reason, /nested too deeply/);
  }
  assert.deepEqual(await client.read('/api/aliveness-test/%2F'), { status: 'ok' });
});

test('names and keys that AMQP has no room for are refused', async (context) => {
  const { client } = await open(context);
  const long = 'x'.repeat(256);
  await client.done(client.put('/api/queues/%2F/q', {}));
  assert.equal((await client.put(`/api/queues/%2F/${long}`, {})).status, 400);
  const longest = encodeURIComponent('ä'.repeat(127));
  await client.done(client.put(`/api/queues/%2F/${longest}`, {}));
  assert.equal((await client.read(`/api/queues/%2F/${longest}`)).name, 'ä'.repeat(127));
  assert.equal((await client.put(`/api/exchanges/%2F/${long}`, { type: 'fanout' })).status, 400);
  assert.equal((await client.post('/api/bindings/%2F/e/amq.direct/q/q', { routing_key: long })).status, 400);
});

test('messages get through, are counted, and are purged', async (context) => {
  const { client } = await open(context);
  assert.deepEqual(await client.read('/api/aliveness-test/%2F'), { status: 'ok' });
  assert.deepEqual(await client.read('/api/aliveness-test/%2F'), { status: 'ok' });
  const told = await client.read('/api/queues/%2F/aliveness-test');
  assert.deepEqual([told.messages, told.durable], [0, false]);
  assert.equal((await client.delete('/api/queues/%2F/aliveness-test/contents')).status, 204);
  assert.equal((await client.delete('/api/queues/%2F/none/contents')).status, 404);
  assert.equal((await client.post('/api/queues/%2F/aliveness-test/actions', { action: 'sync' })).status, 204);
});

test('queues are changed by whom their permissions let', async (context) => {
  const { client } = await secured(context);
  await client.done(client.put('/api/queues/%2F/q', {}));
  const alice = await userWith(client, 'alice', 'management');
  await client.done(client.put('/api/permissions/%2F/alice', { configure: '^alice-', write: '', read: '' }));
  assert.equal((await alice.put('/api/queues/%2F/alice-q', {})).status, 201);
  assert.equal((await alice.put('/api/queues/%2F/q', {})).status, 401);
  assert.equal((await alice.delete('/api/queues/%2F/q')).status, 401);
  assert.equal((await alice.delete('/api/queues/%2F/q/contents')).status, 401);
  const deadLetters = { arguments: { 'x-dead-letter-exchange': 'amq.direct' } };
  assert.equal((await alice.put('/api/queues/%2F/alice-r', deadLetters)).status, 401);
  assert.equal((await alice.get('/api/aliveness-test/%2F')).status, 401);
  assert.equal((await alice.delete('/api/queues/%2F/alice-q')).status, 204);
});

test('a topic is a queue of type stream: declared, told, bound, exported and deleted', async (context) => {
  const { client } = await open(context);
  const wanted = {
    arguments: { 'x-queue-type': 'stream', 'x-max-age': '7D', 'x-max-length-bytes': 1_000_000, 'x-partitions': 3 },
  };
  assert.equal((await client.put('/api/queues/%2F/s', wanted)).status, 201);
  assert.equal((await client.put('/api/queues/%2F/s', wanted)).status, 204);
  const told = await client.read('/api/queues/%2F/s');
  assert.deepEqual([told.type, told.durable, told.messages, told.consumers], ['stream', true, 0, 0]);
  assert.deepEqual(told.arguments, { ...wanted.arguments, 'x-max-age': '604800s' });
  assert.deepEqual(await client.read('/api/queues?columns=name,type'), [{ name: 's', type: 'stream' }]);
  await client.done(client.post('/api/bindings/%2F/e/amq.fanout/q/s', {}));
  const whole = { routing_key: 'k', payload: 'x', payload_encoding: 'string', properties: {} };
  assert.deepEqual((await client.post('/api/exchanges/%2F/amq.fanout/publish', whole)).body, { routed: true });
  assert.equal((await client.read('/api/queues/%2F/s')).messages, 1);
  for (const [path, body, expected] of [
    ['s', { arguments: { 'x-queue-type': 'classic' } }, /received 'classic' but current is 'stream'/],
    ['s', { arguments: { 'x-queue-type': 'stream', 'x-partitions': 4 } }, /inequivalent arg 'x-partitions'/],
    ['t', { arguments: { 'x-queue-type': 'stream', 'x-max-age': 'long' } }, /x-max-age/],
    ['t', { arguments: { 'x-queue-type': 'stream' }, durable: false }, /durable/],
    ['a b', { arguments: { 'x-queue-type': 'stream' } }, /topic name/],
  ] as const) {
    const answer = await client.put(`/api/queues/%2F/${encodeURIComponent(path)}`, body);
    assert.equal(answer.status, 400, path);
    assert.match(answer.body.reason, expected);
  }
  assert.equal((await client.delete('/api/queues/%2F/s/contents')).status, 400);
  assert.equal((await client.post('/api/queues/%2F/s/get', { count: 1, ackmode: 'ack_requeue_true' })).status, 400);

  const exported = await client.read('/api/definitions');
  const other = await open(context);
  assert.equal((await other.client.post('/api/definitions', exported)).status, 204);
  assert.deepEqual((await other.client.read('/api/queues/%2F/s')).arguments, told.arguments);
  assert.equal((await other.client.read('/api/queues/%2F/s/bindings')).length, 2);
  assert.equal((await client.delete('/api/queues/%2F/s')).status, 204);
  assert.equal((await client.get('/api/queues/%2F/s')).status, 404);
});
