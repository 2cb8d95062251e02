import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteReader } from '../lib/byte-reader.js';
import type { Recorder, State } from '../log/state.js';
import type { Storage } from '../log/storage.js';
import { StorageWorld } from '../log/testing.js';
import { queueKey, queuePlace } from './queue-key.js';
import { isReservedName, plainMetadata, type Vhost, vhostNameFault } from './vhost.js';
import { Vhosts } from './vhosts.js';

/** Keys of queues, as a state of its own: what belongs to virtual hosts. */
class Keys implements State {
  readonly keys: string[] = [];
  private readonly recorder: Recorder;

  constructor(storage: Storage) {
    this.recorder = storage.recorder(keysNumber);
    storage.register(keysNumber, this);
  }

  change(key: string): void {
    this.recorder.begin().string(key);
    this.recorder.end();
    this.take(key);
  }

  removing(vhost: Vhost): void {
    for (const key of [...this.keys]) if (queuePlace(key).vhost === vhost.name) this.change(key);
  }

  private take(key: string): void {
    const at = this.keys.indexOf(key);
    if (at < 0) this.keys.push(key);
    else this.keys.splice(at, 1);
  }

  replay(from: ByteReader): void {
    this.take(from.string());
  }

  snapshot(): void {}

  restore(): void {}
}

const keysNumber = 999;

class World extends StorageWorld {
  vhosts: Vhosts = new Vhosts(this.storage);
  queues: Keys = new Keys(this.storage);

  async again(): Promise<void> {
    this.crash();
    this.vhosts = new Vhosts(this.storage);
    this.queues = new Keys(this.storage);
    const report = await this.open();
    assert.deepEqual(report.damage, []);
    this.vhosts.restarted();
  }
}

test('the default virtual host is there from the start, with the exchanges every client expects', async () => {
  const world = new World();
  await world.open();
  const vhost = world.vhosts.get('/')!;
  assert.equal(vhost, world.vhosts.default);
  const found = [...vhost.router.exchanges()].map(({ name, type, internal }) => [name, type, internal]);
  assert.deepEqual(found, [
    ['amq.direct', 'direct', false],
    ['amq.fanout', 'fanout', false],
    ['amq.headers', 'headers', false],
    ['amq.match', 'headers', false],
    ['amq.rabbitmq.trace', 'topic', true],
    ['amq.topic', 'topic', false],
  ]);
  assert.match(world.vhosts.deletionFault(vhost)!, /cannot be deleted/);
});

test('virtual hosts with their exchanges, bindings, descriptions and limits survive a power cut', async () => {
  for (const checkpointed of [false, true]) {
    const world = new World();
    await world.open();
    const { vhosts } = world;
    const blue = vhosts.create('blue', {
      description: 'of the blue team',
      tags: ['one', 'two'],
      defaultQueueType: 'quorum',
      protectedFromDeletion: true,
    });
    const red = vhosts.create('red');
    vhosts.limit(red, { maxConnections: 0, maxQueues: 7 });
    vhosts.describe(vhosts.default, { ...plainMetadata, description: 'changed' });
    blue.router.bind('amq.direct', 5, 'key');
    blue.router.declare({
      name: 'own',
      type: 'topic',
      durable: true,
      autoDelete: false,
      internal: false,
      alternate: null,
      arguments: new Map(),
    });
    assert.deepEqual(blue.router.route('amq.direct', 'key', null)?.destinations, [5]);
    assert.deepEqual(red.router.route('amq.direct', 'key', null)?.destinations, []);
    assert.equal(red.router.route('own', 'key', null), null);
    await world.durable();
    if (checkpointed) await world.run(world.storage.checkpoint());
    await world.again();
    assert.deepEqual([...world.vhosts.all()].map(({ name }) => name).sort(), ['/', 'blue', 'red']);
    const blueAgain = world.vhosts.get('blue')!;
    assert.deepEqual(blueAgain.metadata, blue.metadata);
    assert.deepEqual(blueAgain.router.route('amq.direct', 'key', null)?.destinations, [5]);
    assert.equal(blueAgain.router.find('own')?.type, 'topic');
    assert.deepEqual(world.vhosts.get('red')!.limits, { maxConnections: 0, maxQueues: 7 });
    assert.equal(world.vhosts.default.metadata.description, 'changed');
  }
});

test('a deleted virtual host takes its queues and exchanges along, also over a power cut', async () => {
  const world = new World();
  await world.open();
  const { vhosts, queues } = world;
  vhosts.follow(queues);
  const gone = vhosts.create('gone');
  gone.router.bind('amq.fanout', 3, '');
  queues.change(queueKey('gone', 'orders'));
  queues.change(queueKey('/', 'orders'));
  await world.durable();
  vhosts.delete(gone);
  assert.equal(vhosts.get('gone'), undefined);
  await world.durable();
  await world.again();
  assert.equal(world.vhosts.get('gone'), undefined);
  assert.deepEqual(world.queues.keys, ['orders']);
});

test('one that is made again under the name of a deleted one has nothing of it', async () => {
  const world = new World();
  await world.open();
  const first = world.vhosts.create('again');
  first.router.bind('amq.fanout', 3, '');
  world.vhosts.delete(first);
  const second = world.vhosts.create('again');
  assert.notEqual(second.id, first.id);
  assert.deepEqual(second.router.route('amq.fanout', '', null)?.destinations, []);
  await world.durable();
  await world.run(world.storage.checkpoint());
  await world.again();
  world.vhosts.delete(world.vhosts.get('again')!);
  assert.ok(world.vhosts.create('another').id > second.id, 'a number is not given twice');
});

test('creating one that is there answers it and changes nothing', async () => {
  const world = new World();
  await world.open();
  const made = world.vhosts.create('v', { ...plainMetadata, description: 'first' });
  assert.equal(world.vhosts.create('v', { ...plainMetadata, description: 'second' }), made);
  assert.equal(made.metadata.description, 'first');
});

test('a protected virtual host cannot be deleted until the protection is taken away', async () => {
  const world = new World();
  await world.open();
  const made = world.vhosts.create('v', { ...plainMetadata, protectedFromDeletion: true });
  assert.match(world.vhosts.deletionFault(made)!, /protected/);
  world.vhosts.describe(made, plainMetadata);
  assert.equal(world.vhosts.deletionFault(made), null);
});

test('limits say when one more is too many', async () => {
  const world = new World();
  await world.open();
  const made = world.vhosts.create('v');
  made.connectionCount = 1000;
  assert.deepEqual([made.connectionsFull, made.queuesFull(1000)], [false, false]);
  world.vhosts.limit(made, { maxConnections: 2, maxQueues: 3 });
  made.connectionCount = 1;
  assert.deepEqual([made.connectionsFull, made.queuesFull(2)], [false, false]);
  made.connectionCount = 2;
  assert.deepEqual([made.connectionsFull, made.queuesFull(3)], [true, true]);
});

test('the key of a queue tells virtual hosts apart, and is the bare name in the default one', () => {
  assert.equal(queueKey('/', 'orders'), 'orders');
  assert.equal(queueKey('blue', 'orders'), 'blue\0orders');
  const places = [
    { vhost: '/', name: 'orders' },
    { vhost: 'blue', name: 'orders' },
    { vhost: '/', name: 'blue\0orders' },
    { vhost: 'blue', name: 'a\0b' },
  ];
  const keys = places.map(({ vhost, name }) => queueKey(vhost, name));
  assert.equal(new Set(keys).size, places.length);
  assert.deepEqual(keys.map(queuePlace), places);
});

test('names of virtual hosts are checked, and those beginning with amq. are the broker’s', () => {
  for (const name of ['', 'a\0b', 'line\nfeed', 'x'.repeat(256)]) assert.notEqual(vhostNameFault(name), null);
  for (const name of ['a', 'a/b', 'x'.repeat(255), 'ünter']) assert.equal(vhostNameFault(name), null);
  assert.deepEqual(['amq.gen-1', 'amq.topic', 'amq', 'orders'].map(isReservedName), [true, true, false, false]);
});
