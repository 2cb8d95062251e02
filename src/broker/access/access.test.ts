import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../lib/random.js';
import { StorageWorld } from '../../log/testing.js';
import { Access, defaultAccessOptions } from './access.js';
import type { Rule, Subject } from './rules.js';

const alice: Subject = { principal: 'User:alice', host: '10.0.0.1' };

function rule(more: Partial<Rule> = {}): Rule {
  return {
    type: 'topic',
    pattern: 'literal',
    name: 'orders',
    principal: 'User:alice',
    host: '*',
    operation: 'read',
    allow: true,
    ...more,
  };
}

async function opened(world = new StorageWorld(), options = {}): Promise<{ world: StorageWorld; access: Access }> {
  const access = new Access(world.storage, new SeededRandom(7), { ...defaultAccessOptions, ...options });
  await world.open();
  return { world, access };
}

async function secured(options = {}): Promise<{ world: StorageWorld; access: Access }> {
  const { world, access } = await opened(new StorageWorld(), options);
  access.putUser('admin', await access.credentialsFor('secret'), true);
  access.putUser('alice', await access.credentialsFor('wonderland'));
  return { world, access };
}

for (const checkpointed of [false, true]) {
  test(`users, rules and quotas are back after a power cut, ${checkpointed ? 'from a checkpoint' : 'from the journal'}`, async () => {
    const { world, access } = await secured();
    access.putUser('gone', await access.credentialsFor('x'));
    access.removeUser(access.user('gone')!);
    access.addRule(rule());
    access.addRule(rule({ name: 'ord', pattern: 'prefixed', allow: false, operation: 'write', host: '10.0.0.9' }));
    access.addRule(rule({ name: 'removed' }));
    access.removeRule(rule({ name: 'removed' }));
    access.setQuota({ user: 'alice', clientId: undefined }, 'producer_byte_rate', 1000.5);
    access.setQuota({ user: null, clientId: 'c' }, 'consumer_byte_rate', 7);
    access.setQuota({ user: undefined, clientId: null }, 'consumer_byte_rate', 9);
    access.setQuota({ user: undefined, clientId: null }, 'consumer_byte_rate', null);
    const ghost = access.credentialOf('ghost', 'sha256');
    await world.durable();
    if (checkpointed) await world.run(world.storage.checkpoint());
    world.crash();
    const { access: back } = await opened(world);
    assert.deepEqual([...back.users()], [...access.users()]);
    assert.deepEqual([...back.allRules()], [...access.allRules()]);
    assert.deepEqual([...back.quotas.all()], [...access.quotas.all()]);
    assert.deepEqual(back.credentialOf('ghost', 'sha256'), ghost, 'a stand-in stays the same over a restart');
    assert.equal(await back.passwordIsRight('alice', 'wonderland'), true);
  });
}

test('without users everything is open; the first user is an administrator and closes it', async () => {
  const { access } = await opened();
  const stranger = { principal: 'User:ANONYMOUS', host: '127.0.0.1' };
  assert.equal(access.authenticationRequired, false);
  assert.equal(access.allows(stranger, 'delete', 'topic', 'orders'), true);
  assert.equal(access.putUser('first', await access.credentialsFor('x'), false).admin, true);
  assert.equal(access.authenticationRequired, true);
  assert.equal(access.allows(stranger, 'read', 'topic', 'orders'), false);
  assert.equal(access.isSuperuser('User:first'), true);
});

test('a user stays an administrator when only the password changes', async () => {
  const { access } = await secured();
  assert.equal(access.putUser('admin', await access.credentialsFor('new')).admin, true);
  assert.equal(access.putUser('alice', await access.credentialsFor('new')).admin, false);
});

test('the last administrator stays while there are other users, and the last user where strangers could come in', async () => {
  const { access } = await secured();
  assert.match(access.removalFault(access.user('admin')!)!, /administrator/);
  assert.equal(access.removalFault(access.user('alice')!), null);
  access.removeUser(access.user('alice')!);
  assert.equal(access.removalFault(access.user('admin')!), null);
  const { access: exposed } = await secured({ needsUsers: true });
  exposed.removeUser(exposed.user('alice')!);
  assert.match(exposed.removalFault(exposed.user('admin')!)!, /last user/);
});

test('a user goes with the last of its credentials', async () => {
  const { access } = await secured();
  access.removeCredential(access.user('alice')!, 'sha256');
  assert.deepEqual([...access.user('alice')!.credentials.keys()], ['sha512']);
  assert.equal(await access.passwordIsRight('alice', 'wonderland'), true, 'either credential will do');
  access.removeCredential(access.user('alice')!, 'sha512');
  assert.equal(access.user('alice'), undefined);
});

test('describing follows from reading, writing, deleting and altering; describing configs from altering them', async () => {
  for (const operation of ['read', 'write', 'delete', 'alter'] as const) {
    const { access } = await secured();
    access.addRule(rule({ operation }));
    assert.equal(access.allows(alice, 'describe', 'topic', 'orders'), true, operation);
    assert.equal(access.allows(alice, 'describe-configs', 'topic', 'orders'), false);
    access.addRule(rule({ operation: 'describe', allow: false }));
    assert.equal(access.allows(alice, 'describe', 'topic', 'orders'), false, 'unless it is denied itself');
    assert.equal(access.allows(alice, operation, 'topic', 'orders'), true, 'and that denies nothing else');
  }
  const { access } = await secured();
  access.addRule(rule({ operation: 'alter-configs' }));
  assert.equal(access.allows(alice, 'describe-configs', 'topic', 'orders'), true);
});

test('a rule about one type says nothing about another', async () => {
  const { access } = await secured();
  access.addRule(rule({ name: '*' }));
  for (const type of ['group', 'cluster', 'transactional-id', 'user', 'delegation-token'] as const) {
    assert.equal(access.allows(alice, 'read', type, 'orders'), false, type);
  }
});

test('whether some topic may be written to looks at denials too', async () => {
  const { access } = await secured();
  const some = (): boolean => access.allowsSome(alice, 'write', 'topic');
  assert.equal(some(), false);
  access.addRule(rule({ operation: 'write', name: 'orders' }));
  assert.equal(some(), true);
  access.addRule(rule({ operation: 'write', name: 'ord', pattern: 'prefixed', allow: false }));
  assert.equal(some(), false);
  access.addRule(rule({ operation: 'all', name: 'o', pattern: 'prefixed' }));
  assert.equal(some(), true);
  access.addRule(rule({ operation: 'all', name: '*', allow: false }));
  assert.equal(some(), false);
});

test('who could come in by certificate or token must, even without users', async () => {
  const { access } = await opened(new StorageWorld(), { knowsOthers: true });
  assert.equal(access.authenticationRequired, true);
  assert.equal(access.isSuperuser('User:somebody'), false);
});
