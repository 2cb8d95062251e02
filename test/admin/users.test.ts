import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, secured, userWith } from './client.js';

test('without users everybody is let in, by whatever name', async (context) => {
  const { client } = await open(context);
  assert.deepEqual(await client.read('/api/whoami'), { name: 'guest', tags: ['administrator'] });
  assert.deepEqual(await client.as('guest', 'guest').read('/api/whoami'), { name: 'guest', tags: ['administrator'] });
  assert.deepEqual(await client.read('/api/users'), []);
});

test('a user is made, told without the password, changed and removed', async (context) => {
  const { client } = await secured(context);
  assert.equal((await client.put('/api/users/alice', { password: 'w0nder', tags: 'monitoring, own' })).status, 201);
  assert.deepEqual(await client.read('/api/users/alice'), {
    name: 'alice',
    tags: ['monitoring', 'own'],
    limits: {},
    hashing_algorithm: 'rabbit_password_hashing_sha256',
  });
  assert.deepEqual(await client.as('alice', 'w0nder').read('/api/whoami'), {
    name: 'alice',
    tags: ['monitoring', 'own'],
  });
  assert.equal((await client.put('/api/users/alice', { tags: ['management'] })).status, 204);
  assert.deepEqual((await client.as('alice', 'w0nder').read('/api/whoami')).tags, ['management'], 'the password stays');
  assert.equal((await client.delete('/api/users/alice')).status, 204);
  assert.equal((await client.get('/api/users/alice')).status, 404);
  assert.equal((await client.as('alice', 'w0nder').get('/api/whoami')).status, 401);
});

test('a user is made with a hash that RabbitMQ kept, and comes in with its password', async (context) => {
  const { client } = await secured(context);
  const password_hash = 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR';
  await client.done(client.put('/api/users/moved', { password_hash, tags: 'management' }));
  assert.equal((await client.as('moved', 'test12').read('/api/whoami')).name, 'moved');
  const wrong = await client.put('/api/users/moved', { password_hash: 'AAAA', tags: '' });
  assert.deepEqual([wrong.status, wrong.body.error], [400, 'bad_request']);
});

test('a user without a password is made when that is asked for, and cannot come in', async (context) => {
  const { client } = await secured(context);
  assert.match((await client.put('/api/users/nobody', { tags: '' })).body.reason, /needs a password/);
  await client.done(client.put('/api/users/nobody', { password_hash: '', tags: 'management' }));
  assert.equal((await client.as('nobody', '').get('/api/whoami')).status, 401);
});

test('several users are removed at once, and those without permissions are told', async (context) => {
  const { client } = await secured(context);
  for (const name of ['a', 'b', 'c']) await userWith(client, name, '');
  const names = (list: { name: string }[]): string[] => list.map(({ name }) => name);
  assert.deepEqual(names(await client.read('/api/users/without-permissions')), ['a', 'b', 'c']);
  assert.equal((await client.post('/api/users/bulk-delete', { users: ['a', 'c', 'ghost'] })).status, 204);
  assert.deepEqual(names(await client.read('/api/users')), ['b', 'root']);
});

test('the last administrator cannot be removed or demoted', async (context) => {
  const { client } = await secured(context);
  await userWith(client, 'alice', 'management');
  for (const answer of [client.delete('/api/users/root'), client.put('/api/users/root', { tags: '' })]) {
    const { status, body } = await answer;
    assert.deepEqual([status, body.error], [409, 'conflict']);
    assert.match(body.reason, /administrator/);
  }
});

test('limits of a user are set, told and cleared', async (context) => {
  const { client } = await secured(context);
  await userWith(client, 'alice', '');
  assert.deepEqual(await client.read('/api/user-limits'), []);
  assert.equal((await client.put('/api/user-limits/alice/max-connections', { value: 5 })).status, 204);
  assert.equal((await client.put('/api/user-limits/alice/max-channels', { value: 0 })).status, 204);
  const limits = { user: 'alice', value: { 'max-connections': 5, 'max-channels': 0 } };
  assert.deepEqual(await client.read('/api/user-limits'), [limits]);
  assert.deepEqual(await client.read('/api/user-limits/alice'), [limits]);
  assert.equal((await client.delete('/api/user-limits/alice/max-channels')).status, 204);
  assert.deepEqual((await client.read('/api/users/alice')).limits, { 'max-connections': 5 });
  assert.equal((await client.put('/api/user-limits/alice/odd', { value: 1 })).status, 400);
  assert.equal((await client.put('/api/user-limits/ghost/max-channels', { value: 1 })).status, 404);
});

test('permissions are set, told from every side and cleared', async (context) => {
  const { client } = await secured(context);
  await userWith(client, 'alice', '');
  await client.done(client.put('/api/vhosts/blue'));
  const permission = { configure: '^a', write: '', read: '.*' };
  assert.equal((await client.put('/api/permissions/blue/alice', permission)).status, 201);
  assert.equal((await client.put('/api/permissions/blue/alice', permission)).status, 204);
  const told = { user: 'alice', vhost: 'blue', ...permission };
  assert.deepEqual(await client.read('/api/permissions/blue/alice'), told);
  assert.deepEqual(await client.read('/api/users/alice/permissions'), [told]);
  assert.deepEqual((await client.read('/api/vhosts/blue/permissions'))[0], told);
  assert.deepEqual(
    (await client.read('/api/permissions')).map(({ vhost, user }: { vhost: string; user: string }) => [vhost, user]),
    [
      ['/', 'root'],
      ['blue', 'alice'],
      ['blue', 'root'],
    ],
    'whoever makes a virtual host may use it',
  );
  assert.equal((await client.delete('/api/permissions/blue/alice')).status, 204);
  assert.equal((await client.get('/api/permissions/blue/alice')).status, 404);
  assert.equal((await client.delete('/api/permissions/blue/alice')).status, 404);
});

test('permissions that make no sense are refused', async (context) => {
  const { client } = await secured(context);
  const all = { configure: '.*', write: '.*', read: '.*' };
  assert.equal((await client.put('/api/permissions/%2F/ghost', all)).status, 400);
  assert.equal((await client.put('/api/permissions/none/root', all)).status, 404);
  assert.match(
    (await client.put('/api/permissions/%2F/root', { ...all, read: '(' })).body.reason,
    /regular expression/,
  );
  assert.match((await client.put('/api/permissions/%2F/root', { read: '' })).body.reason, /configure/);
});

test('topic permissions are set, told and cleared, one by one or all', async (context) => {
  const { client } = await secured(context);
  await userWith(client, 'alice', '');
  for (const exchange of ['amq.topic', 'events']) {
    assert.equal(
      (await client.put('/api/topic-permissions/%2F/alice', { exchange, write: '^a', read: '.*' })).status,
      201,
    );
  }
  const exchanges = async (path: string): Promise<string[]> =>
    (await client.read(path)).map(({ exchange }: { exchange: string }) => exchange);
  for (const path of [
    'topic-permissions',
    'topic-permissions/%2F/alice',
    'users/alice/topic-permissions',
    'vhosts/%2F/topic-permissions',
  ]) {
    assert.deepEqual(await exchanges(`/api/${path}`), ['amq.topic', 'events'], path);
  }
  assert.equal((await client.delete('/api/topic-permissions/%2F/alice/events')).status, 204);
  assert.deepEqual(await exchanges('/api/topic-permissions'), ['amq.topic']);
  assert.equal((await client.delete('/api/topic-permissions/%2F/alice')).status, 204);
  assert.deepEqual(await exchanges('/api/topic-permissions'), []);
});

test('tags decide what somebody may use', async (context) => {
  const { client } = await secured(context);
  const users = {
    none: await userWith(client, 'none', ''),
    management: await userWith(client, 'management', 'management'),
    policymaker: await userWith(client, 'policymaker', 'policymaker'),
    monitoring: await userWith(client, 'monitoring', 'monitoring'),
    administrator: await userWith(client, 'administrator', 'administrator'),
  };
  for (const [path, allowed] of [
    ['/api/whoami', ['management', 'policymaker', 'monitoring', 'administrator']],
    ['/api/overview', ['management', 'policymaker', 'monitoring', 'administrator']],
    ['/api/nodes', ['monitoring', 'administrator']],
    ['/api/vhosts/%2F', ['monitoring', 'administrator']],
    ['/api/global-parameters', ['policymaker', 'administrator']],
    ['/api/users', ['administrator']],
    ['/api/permissions', ['administrator']],
    ['/api/definitions', ['administrator']],
    ['/api/operator-policies', ['administrator']],
  ] as const) {
    for (const [name, user] of Object.entries(users)) {
      const { status, body, headers } = await user.get(path);
      const may = (allowed as readonly string[]).includes(name);
      assert.equal(status, may ? 200 : 401, `${name} ${path}`);
      if (may) continue;
      assert.equal(body.error, 'not_authorized');
      assert.match(headers.get('www-authenticate')!, /^Basic /);
    }
  }
  assert.equal((await users.none.get('/api/nothing')).status, 401, 'what there is not is told as little');
});

test('somebody sees the virtual hosts that they may use, and monitors see all', async (context) => {
  const { client } = await secured(context);
  await client.done(client.put('/api/vhosts/blue'));
  const alice = await userWith(client, 'alice', 'management');
  const monitor = await userWith(client, 'monitor', 'monitoring');
  const names = async (of: typeof client): Promise<string[]> =>
    (await of.read('/api/vhosts')).map(({ name }: { name: string }) => name);
  assert.deepEqual(await names(alice), []);
  await client.done(client.put('/api/permissions/blue/alice', { configure: '', write: '', read: '' }));
  assert.deepEqual(await names(alice), ['blue']);
  assert.equal((await alice.get('/api/exchanges/%2F')).status, 401);
  assert.equal((await alice.get('/api/exchanges/blue')).status, 200);
  assert.deepEqual(await names(monitor), ['/', 'blue']);
});

test('a page of another site cannot make a browser change anything', async (context) => {
  const { client, naru } = await open(context);
  const users = JSON.stringify({ users: [{ name: 'eve', password: 'p4ssword', tags: 'administrator' }] });
  const { host } = new URL(naru.http.url);
  for (const [headers, status] of [
    [{ origin: 'http://evil.example' }, 401],
    [{ origin: 'null' }, 401],
    [{ origin: 'http://127.0.0.1:1' }, 401],
    [{ 'sec-fetch-site': 'cross-site' }, 401],
    [{ origin: `http://${host}` }, 204],
  ] as const) {
    const answer = await client.ask('POST', '/api/definitions', '{}', { 'content-type': 'text/plain', ...headers });
    assert.equal(answer.status, status, JSON.stringify(headers));
  }
  await client.ask('POST', '/api/definitions', users, { origin: 'http://evil.example' });
  assert.deepEqual(await client.read('/api/users'), []);
  assert.equal((await client.ask('GET', '/api/whoami', undefined, { origin: 'http://evil.example' })).status, 200);
});
