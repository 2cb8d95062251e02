import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import { silentLogger } from '../../lib/logger.js';
import { SeededRandom } from '../../lib/random.js';
import type { Slices } from '../../lib/slices.js';
import { StorageWorld } from '../../log/testing.js';
import { Access, defaultAccessOptions } from '../access/access.js';
import { Permissions } from '../access/permissions.js';
import { Catalog } from '../catalog.js';
import { Parameters } from '../parameters.js';
import { Policies } from '../policies.js';
import { Queues } from '../queue/queues.js';
import { queueKey } from '../queue-key.js';
import { Streams } from '../stream/streams.js';
import { Vhosts } from '../vhosts.js';
import { BrokerQueues } from './broker-queues.js';
import { DefinedStreams } from './defined-streams.js';
import { Definitions } from './definitions.js';
import { InvalidDefinition } from './json-fields.js';

const origin = { product: 'Naru', version: '0.0.1', rabbitVersion: '4.2.0', clusterName: 'ferry' };

class World extends StorageWorld {
  vhosts!: Vhosts;
  access!: Access;
  permissions!: Permissions;
  policies!: Policies;
  parameters!: Parameters;
  queues!: Queues;
  definitions!: Definitions;

  make(): void {
    const { storage } = this;
    this.vhosts = new Vhosts(storage);
    this.policies = new Policies(storage, this.vhosts);
    this.access = new Access(storage, new SeededRandom(3), defaultAccessOptions);
    this.permissions = new Permissions(storage, this.access, this.vhosts);
    this.parameters = new Parameters(storage, this.vhosts);
    this.queues = new Queues(storage, this.vhosts, silentLogger);
    const { vhosts, access, permissions, policies, parameters } = this;
    const catalog = new Catalog(storage, new SeededRandom(4));
    const streams = new DefinedStreams(new Streams(catalog, vhosts, this.queues, policies), catalog);
    const queues = new BrokerQueues(this.queues, vhosts, streams);
    this.definitions = new Definitions({ vhosts, access, permissions, policies, parameters, queues });
  }

  async again(): Promise<void> {
    await this.durable();
    this.crash();
    this.make();
    const report = await this.open();
    assert.deepEqual(report.damage, []);
  }

  exported(): JsonObject {
    return this.definitions.exportAll(origin);
  }
}

async function opened(): Promise<World> {
  const world = new World();
  world.make();
  await world.open();
  return world;
}

/** As RabbitMQ 4 writes them, with some of everything. */
const fromRabbit = {
  rabbit_version: '4.1.0',
  rabbitmq_version: '4.1.0',
  product_name: 'RabbitMQ',
  product_version: '4.1.0',
  rabbitmq_definition_format: 'cluster',
  original_cluster_name: 'rabbit@host',
  explanation: "Definitions of cluster 'rabbit@host'",
  users: [
    {
      name: 'app',
      password_hash: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: [],
      limits: { 'max-connections': 5 },
    },
    {
      name: 'boss',
      password_hash: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: ['administrator'],
      limits: {},
    },
  ],
  vhosts: [
    {
      name: '/',
      description: 'Default virtual host',
      metadata: { description: 'Default virtual host', tags: [] },
      tags: [],
    },
    {
      name: 'blue',
      description: 'of the blue team',
      tags: ['prod'],
      default_queue_type: 'quorum',
      metadata: { description: 'of the blue team', tags: ['prod'], default_queue_type: 'quorum' },
    },
  ],
  permissions: [
    { user: 'boss', vhost: '/', configure: '.*', write: '.*', read: '.*' },
    { user: 'app', vhost: 'blue', configure: '', write: '^orders', read: '.*' },
  ],
  topic_permissions: [{ user: 'app', vhost: 'blue', exchange: 'events', write: '^a', read: '.*' }],
  parameters: [
    { vhost: 'blue', component: 'vhost-limits', name: 'limits', value: { 'max-queues': 99, 'max-connections': -1 } },
    {
      vhost: 'blue',
      component: 'operator_policy',
      name: 'cap',
      value: { 'apply-to': 'queues', definition: { 'max-length': 1000 }, pattern: '.*', priority: 0 },
    },
    { vhost: '/', component: 'shovel', name: 's', value: { 'src-uri': 'amqp://', 'dest-uri': 'amqp://' } },
  ],
  global_parameters: [{ name: 'internal_cluster_id', value: 'rabbitmq-cluster-id-x' }],
  policies: [
    {
      vhost: 'blue',
      name: 'ttl',
      pattern: '^orders',
      'apply-to': 'queues',
      definition: { 'message-ttl': 60000 },
      priority: 3,
    },
  ],
  queues: [
    { name: 'orders', vhost: 'blue', durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum' } },
    {
      name: 'plain',
      vhost: '/',
      durable: true,
      auto_delete: false,
      arguments: { 'x-queue-type': 'classic', 'x-max-length': 10 },
    },
  ],
  exchanges: [
    { name: 'events', vhost: 'blue', type: 'topic', durable: true, auto_delete: false, internal: false, arguments: {} },
    {
      name: 'in',
      vhost: 'blue',
      type: 'direct',
      durable: true,
      auto_delete: false,
      internal: true,
      arguments: { 'alternate-exchange': 'events' },
    },
    {
      name: 'hash',
      vhost: '/',
      type: 'x-consistent-hash',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: {},
    },
  ],
  bindings: [
    {
      source: 'events',
      vhost: 'blue',
      destination: 'orders',
      destination_type: 'queue',
      routing_key: 'a.#',
      arguments: {},
    },
    {
      source: 'in',
      vhost: 'blue',
      destination: 'events',
      destination_type: 'exchange',
      routing_key: 'k',
      arguments: {},
    },
    { source: 'hash', vhost: '/', destination: 'plain', destination_type: 'queue', routing_key: '3', arguments: {} },
    {
      source: 'amq.headers',
      vhost: '/',
      destination: 'plain',
      destination_type: 'queue',
      routing_key: '',
      arguments: { 'x-match': 'any', a: 1 },
    },
  ],
};

function ordered(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]): [string, JsonValue] => [name, ordered(inner)]);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** One line each, whatever the order of the list and of fields. */
function sorted(list: JsonValue): string[] {
  return (list as readonly JsonValue[]).map((each) => JSON.stringify(ordered(each))).sort();
}

test('what RabbitMQ exported is imported, works, and survives a power cut', async () => {
  const world = await opened();
  await world.definitions.importAll(fromRabbit);
  await world.again();
  const { vhosts, access, permissions, policies, queues, parameters } = world;
  const blue = vhosts.get('blue')!;
  assert.deepEqual(blue.metadata, {
    description: 'of the blue team',
    tags: ['prod'],
    defaultQueueType: 'quorum',
    protectedFromDeletion: false,
  });
  assert.deepEqual(blue.limits, { maxConnections: null, maxQueues: 99 });
  assert.equal(await access.passwordIsRight('app', 'test12'), true);
  assert.deepEqual([access.user('app')?.admin, access.user('boss')?.admin], [false, true]);
  assert.equal(access.user('app')?.limits.maxConnections, 5);
  assert.deepEqual([permissions.allowsVhost('app', '/'), permissions.allowsVhost('app', 'blue')], [false, true]);
  assert.equal(permissions.allowsTopic('app', 'blue', 'write', 'events', 'b'), false);
  const orders = queues.get(queueKey('blue', 'orders'))!;
  assert.equal(orders.options.type, 'quorum');
  assert.deepEqual(blue.router.route('events', 'a.b', null)?.destinations, [orders.log.id]);
  assert.deepEqual(blue.router.route('in', 'nobody', null)?.destinations, []);
  assert.deepEqual([blue.router.find('in')?.internal, blue.router.find('in')?.alternate], [true, 'events']);
  const plain = queues.get('plain')!;
  assert.deepEqual(vhosts.default.router.route('hash', 'x', null)?.destinations, [plain.log.id]);
  assert.deepEqual(vhosts.default.router.route('amq.headers', '', new Map([['a', 1]]))?.destinations, [plain.log.id]);
  assert.deepEqual(policies.settingsFor(orders).lengthMax, 1000);
  assert.equal(policies.settingsFor(orders).messageTtlMs, 60_000);
  assert.equal(parameters.getGlobal('internal_cluster_id')?.value, 'rabbitmq-cluster-id-x');
});

test('what is exported is what was imported, and imports into another broker as the same', async () => {
  const world = await opened();
  await world.definitions.importAll(fromRabbit);
  const exported = JSON.parse(JSON.stringify(world.exported())) as Record<string, JsonValue>;
  for (const list of [
    'permissions',
    'topic_permissions',
    'policies',
    'queues',
    'exchanges',
    'bindings',
    'global_parameters',
  ] as const) {
    assert.deepEqual(sorted(exported[list]!), sorted(fromRabbit[list]), list);
  }
  assert.equal(exported['rabbitmq_version'], '4.2.0');
  const other = await opened();
  await other.definitions.importAll(exported);
  assert.deepEqual(other.exported(), exported);
  await other.definitions.importAll(exported);
  assert.deepEqual(other.exported(), exported, 'once more changes nothing');
});

test('passwords that were set here move along with the definitions, for every mechanism', async () => {
  const world = await opened();
  world.access.putUser('root', await world.access.credentialsFor('p4ss'));
  const other = await opened();
  await other.definitions.importAll(JSON.parse(JSON.stringify(world.exported())));
  assert.equal(await other.access.passwordIsRight('root', 'p4ss'), true);
  assert.deepEqual(other.access.user('root'), world.access.user('root'));
});

test('the definitions of one virtual host name none, and import into another', async () => {
  const world = await opened();
  await world.definitions.importAll(fromRabbit);
  const exported = JSON.parse(JSON.stringify(world.definitions.exportVhost(world.vhosts.get('blue')!, origin)));
  assert.equal(exported.rabbitmq_definition_format, 'single_virtual_host');
  assert.equal(exported.users, undefined);
  assert.deepEqual(exported.limits, { 'max-queues': 99 });
  assert.ok(!JSON.stringify(exported.queues).includes('vhost'));
  const green = world.vhosts.create('green');
  await world.definitions.importVhost(green, exported);
  const orders = world.queues.get(queueKey('green', 'orders'))!;
  assert.deepEqual(green.router.route('events', 'a.b', null)?.destinations, [orders.log.id]);
  assert.equal(world.policies.settingsFor(orders).messageTtlMs, 60_000);
  assert.equal(world.policies.settingsFor(orders).lengthMax, 1000);
});

test('what does not outlive the process is not exported', async () => {
  const world = await opened();
  const { router } = world.vhosts.default;
  const shared = { autoDelete: false, internal: false, alternate: null, arguments: new Map() };
  router.declare({ name: 'lasting', type: 'fanout', durable: true, ...shared });
  router.declare({ name: 'passing', type: 'fanout', durable: false, ...shared });
  const options = { type: 'classic', autoDelete: false, arguments: new Map(), admission: 'implicit' } as const;
  const queues = [
    world.queues.declare('lasting', { ...options, durable: true, exclusive: false }),
    world.queues.declare('passing', { ...options, durable: false, exclusive: false }),
    world.queues.declare('own', { ...options, durable: true, exclusive: true }),
  ];
  for (const queue of queues) for (const name of ['lasting', 'passing']) router.bind(name, queue.log.id, '');
  router.bind('lasting', 'passing', '');
  const exported = world.exported() as unknown as Record<string, { name?: string; destination?: string }[]>;
  assert.deepEqual(
    exported['queues']!.map(({ name }) => name),
    ['lasting'],
  );
  assert.deepEqual(
    exported['exchanges']!.map(({ name }) => name),
    ['lasting'],
  );
  assert.deepEqual(
    exported['bindings']!.map(({ destination }) => destination),
    ['lasting'],
  );
});

test('mistakes are told, and nothing of what is wrong from the start is imported', async () => {
  const world = await opened();
  const users = [{ name: 'boss', tags: 'administrator' }];
  for (const [definitions, expected] of [
    [[], /object is expected/],
    [{ users: {} }, /users has to be a list/],
    [{ users: [{ tags: '' }] }, /name has to be a text/],
    [{ users: [{ name: 'u', password_hash: 'AAAA', tags: 'administrator' }] }, /password_hash/],
    [
      { users: [{ name: 'u', password_hash: 'x', hashing_algorithm: 'rabbit_password_hashing_md5' }] },
      /hashing_algorithm/,
    ],
    [{ users: [{ name: 'u', tags: 'management' }] }, /administrator among/],
    [{ vhosts: [{ name: '' }] }, /must not be empty/],
    [{ users, permissions: [{ user: 'boss', vhost: '/', configure: '(', write: '', read: '' }] }, /regular expression/],
    [
      { users, permissions: [{ user: 'boss', vhost: 'none', configure: '', write: '', read: '' }] },
      /Please create virtual host "none"/,
    ],
    [{ permissions: [{ user: 'ghost', vhost: '/', configure: '', write: '', read: '' }] }, /no user ghost/],
    [{ policies: [{ vhost: '/', name: 'p', pattern: '', definition: { odd: 1 } }] }, /not recognised policy settings/],
    [{ exchanges: [{ vhost: '/', name: 'x', type: 'odd' }] }, /unknown exchange type 'odd'/],
    [{ queues: [{ vhost: '/', name: 'q', durable: 'perhaps' }] }, /durable has to be/],
    [{ queues: [{ name: 'q' }] }, /not specified in definitions/],
    [
      {
        bindings: [{ vhost: '/', source: 'amq.direct', destination: 'q', destination_type: 'queue', routing_key: '' }],
      },
      /no queue 'q'/,
    ],
    [
      { parameters: [{ vhost: '/', component: 'vhost-limits', name: 'limits', value: { odd: 1 } }] },
      /Unrecognised virtual host limit/,
    ],
  ] as [JsonValue, RegExp][]) {
    await assert.rejects(
      world.definitions.importAll(definitions),
      (error) => error instanceof InvalidDefinition && expected.test(error.message),
      JSON.stringify(definitions),
    );
  }
  await world.definitions.importAll({ exchanges: [{ vhost: '/', name: 'x', type: 'fanout' }] });
  await assert.rejects(
    world.definitions.importAll({ exchanges: [{ vhost: '/', name: 'x', type: 'topic' }] }),
    (error) => error instanceof InvalidDefinition && /another type/.test(error.message),
  );
});

test('what definitions do not say of a virtual host stays as it is', async () => {
  const world = await opened();
  await world.definitions.importAll({ vhosts: [{ name: 'v', description: 'first', tags: 'a' }] });
  await world.definitions.importAll({ vhosts: [{ name: '/' }, { name: 'v', metadata: { tags: ['b'] } }] });
  assert.equal(world.vhosts.default.metadata.description, 'Default virtual host');
  const { description, tags } = world.vhosts.get('v')!.metadata;
  assert.deepEqual([description, tags], ['first', ['b']]);
});

test('the last administrator stays one, whatever is imported', async () => {
  const world = await opened();
  world.access.putUser('root', await world.access.credentialsFor('p4ss'));
  await assert.rejects(world.definitions.importAll({ users: [{ name: 'root', tags: [] }] }), /administrator/);
  await world.definitions.importAll({
    users: [
      { name: 'root', tags: [] },
      { name: 'new', tags: ['administrator'] },
    ],
  });
  assert.deepEqual([world.access.user('root')?.admin, world.access.user('new')?.admin], [false, true]);
});

test('a long import lets others go in between', async () => {
  const world = await opened();
  const queues = Array.from({ length: 50 }, (_, at) => ({ vhost: '/', name: `q${at}`, durable: true }));
  let rests = 0;
  const slices = {
    due: true,
    rest: (): Promise<void> => {
      rests++;
      return Promise.resolve();
    },
  };
  await world.definitions.importAll({ queues }, slices as unknown as Slices);
  assert.ok(rests >= 100, `${rests}`);
});
