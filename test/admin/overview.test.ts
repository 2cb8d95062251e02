import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './client.js';

test('the overview tells who this is, in the words of both', async (context) => {
  const { client, naru } = await open(context);
  const told = await client.read('/api/overview');
  const port = Number(new URL(naru.http.url).port);
  assert.deepEqual([told.product, told.product_name, told.product_version], ['Naru', 'Naru', told.version]);
  assert.match(told.rabbitmq_version, /^4\.\d+\.\d+$/);
  assert.match(told.clusterId, /^[\w-]{22}$/);
  assert.ok(told.uptimeMs >= 0);
  assert.deepEqual(told.queue_totals, { messages: 0, messages_ready: 0, messages_unacknowledged: 0 });
  assert.deepEqual(told.object_totals, { channels: 0, connections: 0, consumers: 0, exchanges: 7, queues: 0 });
  const http = told.listeners.find(({ protocol }: { protocol: string }) => protocol === 'http');
  assert.equal(http.port, port);
  assert.ok(told.exchange_types.some(({ name }: { name: string }) => name === 'x-delayed-message'));
  assert.equal(await client.read('/api/version'), told.rabbitmq_version);
});

test('the one node is told, and no other', async (context) => {
  const { client } = await open(context);
  const [node, ...others] = await client.read('/api/nodes');
  assert.deepEqual(others, []);
  assert.deepEqual([node.running, node.mem_alarm, node.disk_free_alarm, node.type], [true, false, false, 'disc']);
  assert.equal((await client.read('/api/overview')).node, node.name);
  assert.equal((await client.read(`/api/nodes/${node.name}`)).name, node.name);
  assert.equal((await client.get('/api/nodes/rabbit@elsewhere')).status, 404);
});

test('flags that tools look for are enabled', async (context) => {
  const { client } = await open(context);
  const flags = await client.read('/api/feature-flags');
  for (const name of ['stream_queue', 'quorum_queue']) {
    assert.equal(flags.find((flag: { name: string }) => flag.name === name)?.state, 'enabled');
  }
});

test('health checks are good while all is well', async (context) => {
  const { client, naru } = await open(context);
  const port = Number(new URL(naru.http.url).port);
  for (const path of [
    'alarms',
    'local-alarms',
    'virtual-hosts',
    'is-in-service',
    'ready-to-serve-clients',
    'node-is-quorum-critical',
    'certificate-expiration/1/months',
    'metadata-store/initialized',
    `port-listener/${port}`,
    'protocol-listener/http',
  ]) {
    assert.equal((await client.read(`/api/health/checks/${path}`)).status, 'ok', path);
  }
  assert.equal((await client.read('/api/healthchecks/node')).status, 'ok');
});

test('a listener that is not there is told with 503', async (context) => {
  const { client } = await open(context);
  const port = await client.get('/api/health/checks/port-listener/1');
  assert.deepEqual([port.status, port.body.status, port.body.missing], [503, 'failed', 1]);
  const protocol = await client.get('/api/health/checks/protocol-listener/mqtt');
  assert.deepEqual([protocol.status, protocol.body.missing], [503, ['mqtt']]);
  assert.equal((await client.get('/api/health/checks/port-listener/x')).status, 400);
});

test('lists come in pages, by name, in order and with some columns', async (context) => {
  const { client } = await open(context);
  for (let at = 0; at < 12; at++) await client.done(client.put(`/api/vhosts/v${at}`, { description: `d${11 - at}` }));
  const page = await client.read('/api/vhosts?page=2&page_size=5&columns=name');
  assert.deepEqual(page, {
    total_count: 13,
    item_count: 5,
    filtered_count: 13,
    page: 2,
    page_size: 5,
    page_count: 3,
    items: ['v2', 'v3', 'v4', 'v5', 'v6'].map((name) => ({ name })),
  });
  const names = async (query: string): Promise<string[]> => {
    const body = await client.read(`/api/vhosts?${query}`);
    return (body.items ?? body).map(({ name }: { name: string }) => name);
  };
  assert.deepEqual(await names('page=1&name=V1'), ['v1', 'v10', 'v11']);
  assert.deepEqual(await names('page=1&name=%5EV1%5B01%5D%24&use_regex=true'), ['v10', 'v11']);
  assert.deepEqual(await names('sort=description&page=1&page_size=3'), ['/', 'v11', 'v10']);
  assert.deepEqual((await names('sort=name&sort_reverse=true')).slice(0, 2), ['v9', 'v8']);
  assert.deepEqual(await client.read('/api/vhosts/v1?columns=metadata.tags,name'), {
    name: 'v1',
    metadata: { tags: [] },
  });
  assert.equal((await names('name=v1')).length, 13, 'a name filters pages alone');
});

test('pages that cannot be are refused', async (context) => {
  const { client } = await open(context);
  for (const [query, error] of [
    ['page=0', 'invalid_pagination_parameters'],
    ['page=1&page_size=0', 'invalid_pagination_parameters'],
    ['page=1&page_size=501', 'invalid_pagination_parameters'],
    ['page=9', 'page_out_of_range'],
    ['page=x', 'bad_request'],
    ['page=1&name=(&use_regex=true', 'bad_request'],
  ] as const) {
    const { status, body } = await client.get(`/api/vhosts?${query}`);
    assert.deepEqual([status, body.error], [400, error], query);
  }
});
