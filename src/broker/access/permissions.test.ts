import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { SeededRandom } from '../../lib/random.js';
import { StorageWorld } from '../../log/testing.js';
import { Vhosts } from '../vhosts.js';
import { Access, type AccessOptions, defaultAccessOptions } from './access.js';
import { NamePattern, patternFault } from './name-pattern.js';
import { fullPermission, Permissions } from './permissions.js';
import { saltedHashOf } from './user.js';

class World extends StorageWorld {
  private readonly accessOptions: AccessOptions;
  vhosts!: Vhosts;
  access!: Access;
  permissions!: Permissions;

  constructor(options: Partial<AccessOptions> = {}) {
    super();
    this.accessOptions = { ...defaultAccessOptions, ...options };
    this.make();
  }

  private make(): void {
    this.vhosts = new Vhosts(this.storage);
    this.access = new Access(this.storage, new SeededRandom(7), this.accessOptions);
    this.permissions = new Permissions(this.storage, this.access, this.vhosts);
  }

  async again(checkpointed = false): Promise<void> {
    await this.durable();
    if (checkpointed) await this.run(this.storage.checkpoint());
    this.crash();
    this.make();
    const report = await this.open();
    assert.deepEqual(report.damage, []);
  }
}

async function opened(options: Partial<AccessOptions> = {}): Promise<World> {
  const world = new World(options);
  await world.open();
  return world;
}

/** With an administrator and a user who may do nothing yet. */
async function secured(options: Partial<AccessOptions> = {}): Promise<World> {
  const world = await opened(options);
  world.access.putUser('root', []);
  world.access.putUser('alice', []);
  return world;
}

test('as long as there are no users everybody may do everything', async () => {
  const { permissions, access } = await opened();
  assert.ok(permissions.allowsVhost('guest', '/'));
  assert.ok(permissions.allows('guest', '/', 'configure', 'orders'));
  access.putUser('root', []);
  assert.equal(permissions.allowsVhost('guest', '/'), false);
  assert.equal(permissions.allows('guest', '/', 'configure', 'orders'), false);
});

test('the first user may do everything in the default virtual host, and nothing follows from a tag', async () => {
  const { permissions, access, vhosts } = await opened();
  vhosts.create('other');
  access.putUser('root', []);
  access.putUser('second', [], true);
  assert.deepEqual(permissions.get('root', '/'), fullPermission);
  assert.ok(permissions.allows('root', '/', 'write', ''));
  assert.equal(permissions.allowsVhost('root', 'other'), false);
  assert.equal(permissions.allowsVhost('second', '/'), false);
});

test('patterns match anywhere unless they are anchored, and the empty one matches no name', () => {
  for (const [pattern, name, expected] of [
    ['.*', 'anything', true],
    ['.*', '', true],
    ['', 'x', false],
    ['', '', true],
    ['^$', 'x', false],
    ['orders', 'my-orders-eu', true],
    ['^orders', 'my-orders', false],
    ['^orders$', 'orders', true],
    ['^orders$', 'orders2', false],
    ['^(a|b)-.*$', 'b-', true],
    ['^amq\\.gen', 'amq.gen-1', true],
    ['^amq\\.gen', 'amqXgen-1', false],
  ] as const) {
    assert.equal(new NamePattern(pattern).matches(name), expected, `${pattern} on ${name}`);
  }
  assert.equal(patternFault('^(a|b)$'), null);
  for (const wrong of ['(', '[a', '*', '(?=x)', '(a)\\1']) assert.match(patternFault(wrong)!, /no regular expression/);
});

test('configure, write and read are told apart, and so are users and virtual hosts', async () => {
  const { permissions, vhosts } = await secured();
  vhosts.create('blue');
  permissions.set('alice', 'blue', { configure: '^alice-', write: '^orders$', read: '' });
  assert.ok(permissions.allowsVhost('alice', 'blue'));
  assert.equal(permissions.allowsVhost('alice', '/'), false);
  const asked = (name: string): boolean[] =>
    (['configure', 'write', 'read'] as const).map((kind) => permissions.allows('alice', 'blue', kind, name));
  assert.deepEqual(asked('alice-1'), [true, false, false]);
  assert.deepEqual(asked('orders'), [false, true, false]);
  assert.deepEqual(asked('orders'), [false, true, false], 'asked again');
  assert.equal(permissions.allows('bob', 'blue', 'write', 'orders'), false);
});

test('the default exchange is held against patterns by the name amq.default', async () => {
  const { permissions } = await secured();
  permissions.set('alice', '/', { configure: '', write: '^amq\\.default$', read: '' });
  assert.ok(permissions.allows('alice', '/', 'write', ''));
  permissions.set('alice', '/', { configure: '', write: '^$', read: '' });
  assert.equal(permissions.allows('alice', '/', 'write', ''), false);
});

test('a change holds from the next question on, and the generation tells that there was one', async () => {
  const { permissions } = await secured();
  permissions.set('alice', '/', fullPermission);
  assert.ok(permissions.allows('alice', '/', 'write', 'orders'));
  const { generation } = permissions;
  permissions.set('alice', '/', { ...fullPermission, write: '^other$' });
  assert.notEqual(permissions.generation, generation);
  assert.equal(permissions.allows('alice', '/', 'write', 'orders'), false);
  permissions.clear('alice', '/');
  assert.equal(permissions.allowsVhost('alice', '/'), false);
});

test('topic permissions hold for the exchange they name, and other exchanges are open', async () => {
  const { permissions } = await secured();
  permissions.set('alice', '/', fullPermission);
  permissions.setTopic('alice', '/', 'amq.topic', { write: '^a\\.', read: '^b\\.' });
  const may = (kind: 'write' | 'read', exchange: string, key: string): boolean =>
    permissions.allowsTopic('alice', '/', kind, exchange, key);
  assert.deepEqual([may('write', 'amq.topic', 'a.x'), may('write', 'amq.topic', 'b.x')], [true, false]);
  assert.deepEqual([may('read', 'amq.topic', 'a.x'), may('read', 'amq.topic', 'b.x')], [false, true]);
  assert.ok(may('write', 'other', 'anything'));
  assert.deepEqual(
    [permissions.limitsTopics('alice', '/', 'amq.topic'), permissions.limitsTopics('alice', '/', 'other')],
    [true, false],
  );
  permissions.clearTopic('alice', '/', 'amq.topic');
  assert.ok(may('write', 'amq.topic', 'b.x'));
});

test('in topic permissions names stand for whoever asks, and are never read as patterns', async () => {
  const { permissions, vhosts, access } = await secured();
  vhosts.create('v.1');
  access.putUser('.*', []);
  const template = { write: '^{username}-{vhost}-{client_id}$', read: '^{username}$' };
  for (const user of ['alice', '.*']) permissions.setTopic(user, 'v.1', 't', template);
  const may = (user: string, key: string, clientId: string): boolean =>
    permissions.allowsTopic(user, 'v.1', 'write', 't', key, clientId);
  assert.ok(may('alice', 'alice-v.1-c1', 'c1'));
  assert.equal(may('alice', 'alice-v.1-c1', 'c2'), false);
  assert.equal(may('alice', 'alice-vx1-c1', 'c1'), false);
  assert.equal(may('alice', 'alice-v.1-anything', '.*'), false);
  assert.equal(permissions.allowsTopic('.*', 'v.1', 'read', 't', 'alice'), false);
  assert.ok(permissions.allowsTopic('.*', 'v.1', 'read', 't', '.*'));
});

test('whom the options name as superuser needs no permission', async () => {
  const { permissions } = await secured({ superusers: ['boss'] });
  assert.ok(permissions.allows('boss', '/', 'configure', 'x'));
  assert.ok(permissions.allowsTopic('boss', '/', 'write', 'amq.topic', 'x'));
});

for (const checkpointed of [false, true]) {
  test(`permissions are back after a power cut, ${checkpointed ? 'from a checkpoint' : 'from the journal'}`, async () => {
    const world = await secured();
    world.vhosts.create('blue');
    world.access.putUser('gone', []);
    world.permissions.set('gone', '/', fullPermission);
    world.permissions.setTopic('gone', '/', 'amq.topic', { write: 'a', read: 'b' });
    world.access.removeUser(world.access.user('gone')!);
    world.permissions.set('alice', 'blue', { configure: 'a', write: 'b', read: 'c' });
    world.permissions.set('alice', '/', fullPermission);
    world.permissions.clear('alice', '/');
    world.permissions.setTopic('alice', 'blue', 't1', { write: 'w', read: 'r' });
    world.permissions.setTopic('alice', 'blue', 't2', { write: 'w', read: 'r' });
    world.permissions.clearTopic('alice', 'blue', 't2');
    const before = [[...world.permissions.all()], [...world.permissions.allTopics()]];
    await world.again(checkpointed);
    assert.deepEqual([[...world.permissions.all()], [...world.permissions.allTopics()]], before);
    assert.deepEqual(
      before.map((list) => list.length),
      [2, 1],
    );
  });

  test(`tags, limits and hashes from elsewhere are back, ${checkpointed ? 'from a checkpoint' : 'from the journal'}`, async () => {
    const world = await secured();
    const saltedHash = saltedHashOf('sha512', Buffer.alloc(68, 7))!;
    const limits = { maxConnections: 0, maxChannels: 9 };
    world.access.putUser('alice', [], undefined, { tags: ['monitoring', 'own'], saltedHash, limits });
    const before = world.access.user('alice');
    await world.again(checkpointed);
    assert.deepEqual(world.access.user('alice'), before);
    assert.deepEqual(before!.tags, ['monitoring', 'own']);
    assert.equal(world.access.user('root')?.admin, true);
  });
}

test('permissions go with the virtual host they are about', async () => {
  const { permissions, vhosts } = await secured();
  const blue = vhosts.create('blue');
  permissions.set('alice', 'blue', fullPermission);
  permissions.setTopic('alice', 'blue', 't', { write: 'x', read: 'x' });
  vhosts.delete(blue);
  assert.deepEqual([...permissions.allTopics()], []);
  vhosts.create('blue');
  assert.equal(permissions.allowsVhost('alice', 'blue'), false);
});

test('a password hash of RabbitMQ lets its user in, until there is a new password', async () => {
  const { access } = await secured();
  for (const hash of ['sha256', 'sha512'] as const) {
    const salt = Buffer.from('908dc60a', 'hex');
    const bytes = Buffer.concat([salt, createHash(hash).update(salt).update('test12').digest()]);
    access.putUser('moved', [], undefined, { saltedHash: saltedHashOf(hash, bytes)! });
    assert.equal(await access.passwordIsRight('moved', 'test12'), true);
    assert.equal(await access.passwordIsRight('moved', 'test13'), false);
    assert.equal(await access.passwordIsRight('moved', ''), false);
  }
  access.putUser('moved', await access.credentialsFor('new'));
  assert.equal(access.user('moved')?.saltedHash, null);
  assert.equal(await access.passwordIsRight('moved', 'test12'), false);
  assert.equal(await access.passwordIsRight('moved', 'new'), true);
});

test('the hash in RabbitMQ’s own documentation is that of its password', async () => {
  const { access } = await secured();
  const bytes = Buffer.from('kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR', 'base64');
  access.putUser('documented', [], undefined, { saltedHash: saltedHashOf('sha256', bytes)! });
  assert.equal(await access.passwordIsRight('documented', 'test12'), true);
  assert.equal(saltedHashOf('sha256', bytes.subarray(1)), null);
});

test('a user without any credential cannot come in', async () => {
  const { access } = await secured();
  assert.equal(await access.passwordIsRight('alice', ''), false);
  assert.equal(await access.passwordIsRight('alice', 'alice'), false);
});

test('the administrator’s tag and what follows from it go together', async () => {
  const { access } = await secured();
  access.putUser('alice', [], undefined, { tags: ['administrator', 'x'] });
  assert.equal(access.user('alice')?.admin, true);
  access.putUser('alice', [], false);
  assert.deepEqual(access.user('alice')?.tags, ['x']);
  access.putUser('alice', [], true);
  assert.deepEqual(access.user('alice')?.tags, ['administrator', 'x']);
});
