import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNaru } from '../../src/embed.js';
import { temporaryFolder } from '../process/program.js';
import { AdminClient, open, secured, userWith } from './client.js';

const definitions = {
  vhosts: [{ name: 'blue', description: 'd' }],
  queues: [
    { vhost: 'blue', name: 'orders', durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum' } },
  ],
  exchanges: [
    { vhost: 'blue', name: 'x', type: 'topic', durable: true, auto_delete: false, internal: false, arguments: {} },
  ],
  bindings: [
    { vhost: 'blue', source: 'x', destination: 'orders', destination_type: 'queue', routing_key: '#', arguments: {} },
  ],
  policies: [
    { vhost: 'blue', name: 'p', pattern: '.*', 'apply-to': 'queues', definition: { 'max-length': 1 }, priority: 0 },
  ],
};

test('definitions go in by POST and come out by GET, whole and by virtual host', async (context) => {
  const { client } = await open(context);
  assert.equal((await client.post('/api/definitions', definitions)).status, 204);
  const told = await client.read('/api/definitions');
  for (const list of ['queues', 'exchanges', 'bindings', 'policies'] as const)
    assert.deepEqual(told[list], definitions[list]);
  assert.deepEqual(
    told.vhosts.map(({ name }: { name: string }) => name),
    ['/', 'blue'],
  );
  const blue = await client.read('/api/definitions/blue');
  assert.deepEqual(blue.queues, [
    { name: 'orders', durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum' } },
  ]);
  await client.done(client.put('/api/vhosts/green'));
  assert.equal((await client.post('/api/definitions/green', blue)).status, 204);
  assert.equal((await client.read('/api/bindings/green/e/x/q/orders')).length, 1);
  assert.equal((await client.post('/api/definitions/none', blue)).status, 404);
});

test('a mistake is told, with what is wrong', async (context) => {
  const { client } = await open(context);
  const { status, body } = await client.post('/api/definitions', { queues: [{ vhost: 'none', name: 'q' }] });
  assert.deepEqual([status, body.error], [400, 'bad_request']);
  assert.match(body.reason, /create virtual host "none"/);
});

test('large definitions are taken', async (context) => {
  const { client } = await open(context);
  const exchanges = Array.from({ length: 5000 }, (_, at) => ({
    vhost: '/',
    name: `exchange-${at}-${'x'.repeat(200)}`,
    type: 'fanout',
  }));
  assert.equal((await client.post('/api/definitions', { exchanges })).status, 204);
  assert.equal((await client.read('/api/exchanges/%2F?page=1&page_size=1')).total_count, 5007);
});

test('a file name is offered to browsers when one is asked for', async (context) => {
  const { client } = await open(context);
  const { headers } = await client.get('/api/definitions?download=mine.json');
  assert.equal(headers.get('content-disposition'), 'attachment; filename=mine.json');
  const odd = await client.get('/api/definitions?download=a%22%0d%0ab');
  assert.equal(odd.headers.get('content-disposition'), null);
});

test('users move from one broker to another with their definitions', async (context) => {
  const { client } = await secured(context);
  await userWith(client, 'alice', 'management');
  await client.done(client.put('/api/permissions/%2F/alice', { configure: '^a', write: '', read: '' }));
  const exported = await client.read('/api/definitions');
  const other = await open(context);
  assert.equal((await other.client.post('/api/definitions', exported)).status, 204);
  assert.equal((await other.client.get('/api/overview')).status, 401, 'from now on somebody has to say who they are');
  assert.deepEqual(await other.client.as('alice').read('/api/whoami'), { name: 'alice', tags: ['management'] });
  assert.deepEqual((await other.client.as('root').read('/api/permissions/%2F/alice')).configure, '^a');
});

test('what was defined is there after a restart', async (context) => {
  const data = await temporaryFolder(context);
  const before = await startNaru({ data, kafka: false });
  const client = new AdminClient(before.http.url);
  await client.done(client.post('/api/definitions', definitions));
  const told = await client.read('/api/definitions');
  await before.close();
  const after = await startNaru({ data, kafka: false });
  // Not by a hook: the folder's would come before.
  try {
    assert.deepEqual(await new AdminClient(after.http.url).read('/api/definitions'), told);
  } finally {
    await after.close();
  }
});

test('a deleted virtual host is gone after a restart, with all that was in it', async (context) => {
  const data = await temporaryFolder(context);
  const before = await startNaru({ data, kafka: false });
  const client = new AdminClient(before.http.url);
  await client.done(client.post('/api/definitions', definitions));
  await client.done(client.put('/api/exchanges/blue/passing', { type: 'fanout', durable: false }));
  await client.read('/api/aliveness-test/blue');
  await client.done(client.delete('/api/vhosts/blue'));
  await client.done(client.put('/api/vhosts/blue', {}));
  await before.close();
  const after = await startNaru({ data, kafka: false });
  try {
    const path = '/api/definitions/blue';
    const { queues, exchanges, bindings, policies } = await new AdminClient(after.http.url).read(path);
    assert.deepEqual([queues, exchanges, bindings, policies], [[], [], [], []]);
  } finally {
    await after.close();
  }
});

test('a file of definitions is imported at the start, before anybody can connect', async (context) => {
  const file = join(await temporaryFolder(context), 'definitions.json');
  const users = [{ name: 'boss', password: 'p4ssword', tags: 'administrator' }];
  await writeFile(file, JSON.stringify({ ...definitions, users }));
  const naru = await startNaru({ memory: true, kafka: false, loadDefinitions: file });
  context.after(() => naru.close());
  assert.equal((await new AdminClient(naru.http.url).get('/api/queues')).status, 401);
  const boss = new AdminClient(naru.http.url, 'boss');
  assert.equal((await boss.read('/api/queues/blue/orders')).type, 'quorum');
  await naru.reset();
  assert.equal((await boss.read('/api/queues/blue/orders')).type, 'quorum', 'also after it was emptied');
});

test('a start with definitions that cannot be imported fails, and says why', async (context) => {
  const folder = await temporaryFolder(context);
  for (const [text, expected] of [
    ['{', /load-definitions: .*wrong\.json: .*JSON/],
    ['{"queues":[{"vhost":"none","name":"q"}]}', /wrong\.json: Please create virtual host "none"/],
    [null, /load-definitions: .*nowhere/],
  ] as const) {
    const file = join(folder, text === null ? 'nowhere' : 'wrong.json');
    if (text !== null) await writeFile(file, text);
    await assert.rejects(startNaru({ memory: true, kafka: false, loadDefinitions: file }), expected);
  }
});
