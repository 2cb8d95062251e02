import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startNaru } from '../../src/embed.js';
import { AdminClient } from '../admin/client.js';
import { Follower } from './console-client.js';

const password = 'p4ssword';

interface Site {
  readonly url: string;
  readonly admin: AdminClient;
  logIn(name: string, secret?: string): Promise<Response>;
  /** The cookie of somebody who is logged in. */
  cookieOf(name: string): Promise<string>;
  ask(
    method: string,
    path: string,
    cookie: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

async function site(context: TestContext): Promise<Site> {
  const naru = await startNaru({ memory: true, kafka: false, sqs: false });
  context.after(() => naru.close());
  const { url } = naru.http;
  const open = new AdminClient(url);
  await open.done(open.put('/api/users/root', { password, tags: 'administrator' }));
  const admin = open.as('root');
  for (const [name, tags] of [
    ['looker', 'monitoring'],
    ['worker', 'management'],
    ['client', ''],
  ] as const) {
    await admin.done(admin.put(`/api/users/${name}`, { password, tags }));
    const all = { configure: '.*', write: '.*', read: '.*' };
    await admin.done(admin.put(`/api/permissions/%2F/${name}`, all));
  }
  const logIn = (name: string, secret = password): Promise<Response> =>
    fetch(`${url}/api/console/session`, { method: 'POST', body: JSON.stringify({ name, password: secret }) });
  return {
    url,
    admin,
    logIn,
    cookieOf: async (name) => {
      const response = await logIn(name);
      assert.equal(response.status, 200);
      return response.headers.getSetCookie()[0]!.split(';', 1)[0]!;
    },
    ask: (method, path, cookie, body, headers = {}) =>
      fetch(`${url}${path}`, {
        method,
        headers: { cookie, 'x-naru-console': '1', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

test('without users nobody is asked who they are', async (context) => {
  const naru = await startNaru({ memory: true, kafka: false, sqs: false, amqp: false });
  context.after(() => naru.close());
  const told = await (await fetch(`${naru.http.url}/api/console/session`)).json();
  assert.deepEqual(told, { open: true, user: { name: 'guest', tags: ['administrator'] }, readOnly: false });
});

test('who logs in has a cookie that no script reads and no other site sends', async (context) => {
  const { logIn, ask } = await site(context);
  const response = await logIn('root');
  assert.deepEqual(await response.json(), {
    open: false,
    user: { name: 'root', tags: ['administrator'] },
    readOnly: false,
  });
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const [cookie = ''] = response.headers.getSetCookie();
  assert.match(cookie, /^naru_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const who = await ask('GET', '/api/whoami', cookie.split(';', 1)[0]!);
  assert.deepEqual(await who.json(), { name: 'root', tags: ['administrator'] });
});

test('where TLS is spoken before it, a cookie goes over TLS alone', async (context) => {
  const { ask } = await site(context);
  const body = { name: 'root', password };
  const response = await ask('POST', '/api/console/session', '', body, { 'x-forwarded-proto': 'https' });
  assert.match(response.headers.getSetCookie()[0]!, /; Secure$/);
});

test('a wrong password, an unknown name and a user without a tag are turned away', async (context) => {
  const { logIn } = await site(context);
  for (const [name, secret] of [
    ['root', 'wrong'],
    ['nobody', password],
    ['client', password],
  ] as const) {
    const response = await logIn(name, secret);
    assert.equal(response.status, 403, name);
    assert.deepEqual(response.headers.getSetCookie(), []);
  }
});

test('a cookie that nobody gave out is nobody, and a browser is not made to ask for a password', async (context) => {
  const { url, ask } = await site(context);
  const refused = await ask('GET', '/api/whoami', 'naru_session=AAAA');
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get('www-authenticate'), null);
  // Tools still are told how to log in.
  const tool = await fetch(`${url}/api/whoami`);
  assert.match(tool.headers.get('www-authenticate') ?? '', /^Basic /);
});

test('a session ends with its logout, and when something about its user changes', async (context) => {
  const { admin, ask, cookieOf } = await site(context);
  const leaving = await cookieOf('worker');
  const out = await ask('DELETE', '/api/console/session', leaving);
  assert.equal(out.status, 204);
  assert.match(out.headers.getSetCookie()[0]!, /^naru_session=;.*Max-Age=0/);
  assert.equal((await ask('GET', '/api/whoami', leaving)).status, 401);
  const staying = await cookieOf('worker');
  await admin.done(admin.put('/api/users/worker', { password: 'another-one' }));
  assert.equal((await ask('GET', '/api/whoami', staying)).status, 401);
});

test('a monitor sees everything over a session and changes nothing', async (context) => {
  const { admin, ask, cookieOf } = await site(context);
  await admin.done(admin.put('/api/queues/%2F/seen', {}));
  const cookie = await cookieOf('looker');
  assert.equal(
    ((await (await ask('GET', '/api/console/session', cookie)).json()) as { readOnly: boolean }).readOnly,
    true,
  );
  assert.equal((await ask('GET', '/api/queues/%2F/seen', cookie)).status, 200);
  for (const [method, path, body] of [
    ['PUT', '/api/queues/%2F/made', {}],
    ['DELETE', '/api/queues/%2F/seen/contents', undefined],
    ['DELETE', '/api/queues/%2F/seen', undefined],
    [
      'POST',
      '/api/exchanges/%2F/amq.default/publish',
      { routing_key: 'seen', payload: 'x', payload_encoding: 'string' },
    ],
    ['POST', '/api/queues/%2F/seen/get', { count: 1, ackmode: 'ack_requeue_false', encoding: 'auto' }],
  ] as const) {
    const response = await ask(method, path, cookie, body);
    assert.equal(response.status, 403, `${method} ${path}`);
    assert.equal(((await response.json()) as { error: string }).error, 'read_only');
  }
  const worker = await cookieOf('worker');
  assert.equal((await ask('PUT', '/api/queues/%2F/made', worker, {})).status, 201);
});

test('pages of other sites neither log in nor use a session', async (context) => {
  const { url, ask, cookieOf } = await site(context);
  const cookie = await cookieOf('worker');
  const elsewhere = { origin: 'http://elsewhere.example' };
  assert.equal((await ask('PUT', '/api/queues/%2F/made', cookie, {}, elsewhere)).status, 401);
  const body = { name: 'worker', password };
  assert.equal((await ask('POST', '/api/console/session', '', body, elsewhere)).status, 401);
  assert.equal((await ask('POST', '/api/console/session', '', body, { origin: url })).status, 200);
});

test('who is logged out, or removed, is told so on the pages that are open', async (context) => {
  const { admin, url, cookieOf } = await site(context);
  const cookie = await cookieOf('worker');
  const follower = await Follower.open(context, `${url}/api/console/live/queues`, { cookie });
  await follower.view();
  await admin.done(admin.delete('/api/users/worker'));
  let event = await follower.event();
  while (event?.name === 'view') event = await follower.event();
  assert.equal(event?.name, 'refused');
  assert.equal(JSON.parse(event.data).status, 401);
  assert.equal(await follower.event(), null);
});

test('views are for those who may look', async (context) => {
  const { url } = await site(context);
  const response = await fetch(`${url}/api/console/live/overview`, { headers: { 'x-naru-console': '1' } });
  assert.equal(response.status, 401);
});
