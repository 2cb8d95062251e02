import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SASLOptions } from 'kafkajs';
import { adminPassword, plain, Secured } from './secured.js';

for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
  const as = (username: string, password: string): SASLOptions => ({ mechanism, username, password }) as SASLOptions;

  test(`one user gets in by ${mechanism}, and not with another password`, async (context) => {
    const secured = await Secured.start(context);
    assert.equal((await secured.user('alice', 'wonderland')).status, 201);
    const admin = await secured.admin(secured.kafka(as('admin', adminPassword)));
    assert.deepEqual(await admin.listTopics(), []);
    await secured.admin(secured.kafka(as('alice', 'wonderland')));
    for (const [name, password] of [
      ['alice', 'Wonderland'],
      ['nobody', 'wonderland'],
      ['alice', ''],
    ] as const) {
      const refused = secured.kafka(as(name, password)).admin();
      await assert.rejects(refused.connect(), /Authentication failed|SASL|password/i, `${name} ${password}`);
      await refused.disconnect();
    }
  });
}

test('who does not say who it is gets nothing once there is a user', async (context) => {
  const secured = await Secured.start(context);
  const stranger = secured.kafka(null);
  const admin = stranger.admin();
  context.after(() => admin.disconnect());
  await assert.rejects(
    (async () => {
      await admin.connect();
      await admin.listTopics();
    })(),
  );
});

test('a broker without users is open, and its first user is an administrator whatever was asked for', async (context) => {
  const secured = await Secured.start(context, { adminUser: '', adminPassword: '' });
  const open = await secured.admin(secured.kafka(null));
  await open.createTopics({ topics: [{ topic: 'before' }] });
  assert.equal((await fetch(`${secured.naru.http.url}/api/overview`)).status, 200);
  const made = await fetch(`${secured.naru.http.url}/api/users/first`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: 'p4ssword' }),
  });
  assert.equal(made.status, 201);
  await assert.rejects(open.listTopics(), 'a connection from before is asked too');
  const admin = await secured.admin(secured.kafka(plain('first', 'p4ssword')));
  assert.deepEqual(await admin.listTopics(), ['before']);
  assert.equal((await fetch(`${secured.naru.http.url}/api/overview`)).status, 401);
});

test('the password of a user can be changed, and the old one is no use any more', async (context) => {
  const secured = await Secured.start(context);
  await secured.user('alice', 'first');
  assert.equal((await secured.user('alice', 'second')).status, 204);
  await secured.admin(secured.kafka(plain('alice', 'second')));
  const old = secured.kafka(plain('alice', 'first')).admin();
  await assert.rejects(old.connect());
  await old.disconnect();
});

test('a removed user is not let in', async (context) => {
  const secured = await Secured.start(context);
  await secured.user('alice', 'wonderland');
  assert.equal((await secured.rest('DELETE', '/api/users/alice')).status, 204);
  const gone = secured.kafka(plain('alice', 'wonderland')).admin();
  await assert.rejects(gone.connect());
  await gone.disconnect();
});
