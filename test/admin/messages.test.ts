import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, type GetMessage } from 'amqplib';
import { type AdminClient, open, secured, userWith } from './client.js';

interface Published {
  readonly payload?: string;
  readonly payload_encoding?: string;
  readonly routing_key?: string;
  readonly properties?: object;
}

async function publish(client: AdminClient, exchange: string, message: Published = {}): Promise<boolean> {
  const whole = { routing_key: 'q', payload: 'hello', payload_encoding: 'string', properties: {}, ...message };
  const { status, body } = await client.post(`/api/exchanges/%2F/${exchange}/publish`, whole);
  assert.equal(status, 200, JSON.stringify(body));
  return body.routed;
}

async function take(client: AdminClient, more: object = {}): Promise<Record<string, unknown>[]> {
  const { status, body } = await client.post('/api/queues/%2F/q/get', {
    count: 10,
    ackmode: 'ack_requeue_false',
    ...more,
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function withQueue(client: AdminClient, args: object = {}): Promise<void> {
  await client.done(client.put('/api/queues/%2F/q', { arguments: args }));
}

test('a message goes in and comes out as it was', async (context) => {
  const { client } = await open(context);
  await withQueue(client);
  const properties = {
    content_type: 'text/plain',
    content_encoding: 'utf-8',
    headers: { text: 'x', number: 1, flag: true, list: [1, 'two'], inner: { a: null } },
    delivery_mode: 2,
    priority: 3,
    correlation_id: 'c',
    reply_to: 'r',
    message_id: 'm',
    timestamp: 1_700_000_000,
    type: 't',
    user_id: 'guest',
    app_id: 'a',
  };
  assert.equal(await publish(client, 'amq.default', { payload: 'hällo', properties }), true);
  assert.deepEqual(await take(client), [
    {
      payload_bytes: 6,
      redelivered: false,
      exchange: '',
      routing_key: 'q',
      message_count: 0,
      properties,
      payload: 'hällo',
      payload_encoding: 'string',
    },
  ]);
  assert.deepEqual(await take(client), []);
});

test('what nobody is bound for is not routed', async (context) => {
  const { client } = await open(context);
  await withQueue(client);
  assert.equal(await publish(client, 'amq.direct'), false);
  await client.done(client.post('/api/bindings/%2F/e/amq.direct/q/q', { routing_key: 'q' }));
  assert.equal(await publish(client, 'amq.direct'), true);
  assert.equal((await take(client))[0]!['exchange'], 'amq.direct');
});

test('bytes that are no text go in and out as base64, and long ones are cut when asked', async (context) => {
  const { client } = await open(context);
  await withQueue(client);
  const bytes = Buffer.from([0xff, 0, 1]).toString('base64');
  await publish(client, 'amq.default', { payload: bytes, payload_encoding: 'base64' });
  await publish(client, 'amq.default', { payload: 'abcdef' });
  const all = await take(client, { ackmode: 'ack_requeue_true' });
  assert.deepEqual(
    all.map(({ payload, payload_encoding }) => [payload, payload_encoding]),
    [
      [bytes, 'base64'],
      ['abcdef', 'string'],
    ],
  );
  const [, cut] = await take(client, { truncate: 2, encoding: 'base64' });
  assert.deepEqual([cut!['payload'], cut!['payload_bytes']], [Buffer.from('ab').toString('base64'), 6]);
});

test('what is looked at goes back in its place, or is done with, as the mode says', async (context) => {
  const { client } = await open(context);
  await withQueue(client, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
  await client.done(client.put('/api/queues/%2F/dead', {}));
  for (const payload of ['1', '2', '3', '4']) await publish(client, 'amq.default', { payload });
  const payloads = async (more: object): Promise<unknown[]> => (await take(client, more)).map(({ payload }) => payload);
  assert.deepEqual(await payloads({ count: 2, ackmode: 'ack_requeue_true' }), ['1', '2']);
  const again = await take(client, { ackmode: 'reject_requeue_true' });
  assert.deepEqual(
    again.map(({ payload, redelivered, message_count }) => [payload, redelivered, message_count]),
    [
      ['1', true, 3],
      ['2', true, 2],
      ['3', false, 1],
      ['4', false, 0],
    ],
  );
  assert.deepEqual(await payloads({ count: 1, ackmode: 'reject_requeue_false' }), ['1']);
  assert.deepEqual(await payloads({ count: 1, requeue: 'false', ackmode: null }), ['2']);
  assert.deepEqual(await payloads({ ackmode: 'ack_requeue_false' }), ['3', '4']);
  assert.equal((await client.read('/api/queues/%2F/q')).messages, 0);
  const { body } = await client.post('/api/queues/%2F/dead/get', { count: 5, ackmode: 'ack_requeue_false' });
  assert.deepEqual(
    body.map(({ payload }: { payload: string }) => payload),
    ['1'],
  );
  assert.equal(body[0].properties.headers['x-first-death-reason'], 'rejected');
});

test('headers route, copies go where they say, and time runs out', async (context) => {
  const { client } = await open(context);
  await withQueue(client);
  await client.done(client.post('/api/bindings/%2F/e/amq.headers/q/q', { arguments: { 'x-match': 'all', a: 1 } }));
  assert.equal(await publish(client, 'amq.headers', { properties: { headers: { a: 2 } } }), false);
  assert.equal(await publish(client, 'amq.headers', { properties: { headers: { a: 1 } } }), true);
  const copied = { routing_key: 'none', properties: { headers: { CC: ['q'] } } };
  assert.equal(await publish(client, 'amq.default', copied), true);
  assert.equal(await publish(client, 'amq.default', { properties: { expiration: 0 } }), true);
  assert.equal((await take(client)).length, 2);
});

test('what a client published over AMQP is looked at, and the other way round', async (context) => {
  const { client, naru } = await open(context);
  await withQueue(client);
  const connection = await connect(naru.amqp.url);
  const channel = await connection.createConfirmChannel();
  channel.sendToQueue('q', Buffer.from('from a client'), { headers: { h: [1, 'x'] }, persistent: true });
  await channel.waitForConfirms();
  const [message] = await take(client);
  assert.deepEqual(
    [message!['payload'], message!['properties']],
    ['from a client', { headers: { h: [1, 'x'] }, delivery_mode: 2 }],
  );
  await publish(client, 'amq.default', { payload: 'from the API', properties: { headers: { n: 5 }, type: 't' } });
  const got = (await channel.get('q', { noAck: true })) as GetMessage;
  assert.deepEqual(
    [got.content.toString(), got.properties.headers, got.properties.type],
    ['from the API', { n: 5 }, 't'],
  );
  await connection.close();
});

test('what cannot be published or taken is told', async (context) => {
  const { client } = await open(context);
  await withQueue(client);
  const whole = { routing_key: 'q', payload: '', payload_encoding: 'string', properties: {} };
  for (const [path, body, status, expected] of [
    ['exchanges/%2F/none/publish', whole, 404, /no exchange/],
    ['exchanges/%2F/amq.rabbitmq.trace/publish', whole, 400, /internal exchange/],
    ['exchanges/%2F/amq.default/publish', { ...whole, payload_encoding: 'odd' }, 400, /Unsupported encoding/],
    ['exchanges/%2F/amq.default/publish', { ...whole, properties: { odd: 1 } }, 400, /unknown property 'odd'/],
    ['exchanges/%2F/amq.default/publish', { ...whole, properties: { priority: 'high' } }, 400, /invalid value/],
    ['exchanges/%2F/amq.default/publish', { ...whole, properties: { expiration: 'soon' } }, 400, /invalid expiration/],
    ['exchanges/%2F/amq.default/publish', { ...whole, properties: { user_id: 'eve' } }, 400, /user_id/],
    ['exchanges/%2F/amq.default/publish', { ...whole, routing_key: 'x'.repeat(256) }, 400, /255 bytes/],
    ['exchanges/%2F/amq.default/publish', { payload: '' }, 400, /routing_key/],
    ['queues/%2F/none/get', { count: 1, ackmode: 'ack_requeue_true' }, 404, /no queue/],
    ['queues/%2F/q/get', { count: 0, ackmode: 'ack_requeue_true' }, 400, /count/],
    ['queues/%2F/q/get', { count: 1, ackmode: 'odd' }, 400, /ackmode/],
    ['queues/%2F/q/get', { count: 1, ackmode: 'ack_requeue_true', encoding: 'odd' }, 400, /encoding/],
  ] as const) {
    const answer = await client.post(`/api/${path}`, body);
    assert.equal(answer.status, status, path);
    assert.match(answer.body.reason, expected);
  }
});

test('messages are published and taken by whom their permissions let', async (context) => {
  const { client } = await secured(context);
  await withQueue(client);
  const alice = await userWith(client, 'alice', 'management');
  await client.done(client.put('/api/permissions/%2F/alice', { configure: '', write: '^amq\\.topic$', read: '' }));
  await client.done(client.put('/api/topic-permissions/%2F/alice', { exchange: 'amq.topic', write: '^a', read: '' }));
  const whole = { payload: '', payload_encoding: 'string', properties: {} };
  const status = async (exchange: string, routing_key: string): Promise<number> =>
    (await alice.post(`/api/exchanges/%2F/${exchange}/publish`, { ...whole, routing_key })).status;
  assert.deepEqual(
    [await status('amq.topic', 'a.b'), await status('amq.topic', 'b'), await status('amq.default', 'q')],
    [200, 401, 401],
  );
  assert.equal((await alice.post('/api/queues/%2F/q/get', { count: 1, ackmode: 'ack_requeue_true' })).status, 401);
});
