import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../lib/logger.js';
import { SeededRandom } from '../../lib/random.js';
import { StorageWorld } from '../../log/testing.js';
import { Access, defaultAccessOptions } from '../access/access.js';
import { Permissions } from '../access/permissions.js';
import { Catalog } from '../catalog.js';
import { BrokerError } from '../errors.js';
import { Parameters } from '../parameters.js';
import { Policies } from '../policies.js';
import { Queues } from '../queue/queues.js';
import { queueKey } from '../queue-key.js';
import { exchangeTypes } from '../routing/exchange.js';
import { Streams } from '../stream/streams.js';
import { plainMetadata, type Vhost } from '../vhost.js';
import { Vhosts } from '../vhosts.js';
import { BrokerQueues } from './broker-queues.js';
import { DefinedStreams } from './defined-streams.js';
import { Definitions } from './definitions.js';

const origin = { product: 'Naru', version: '0', rabbitVersion: '4.2.0', clusterName: 'c' };

/** All that definitions are about, changed at random, on a storage that crashes. */
class History extends StorageWorld {
  private readonly random: SeededRandom;
  private vhosts!: Vhosts;
  private access!: Access;
  private permissions!: Permissions;
  private policies!: Policies;
  private parameters!: Parameters;
  private queues!: Queues;
  private definitions!: Definitions;

  constructor(seed: number) {
    super({}, seed);
    this.random = new SeededRandom(seed);
  }

  async begin(): Promise<void> {
    const { storage } = this;
    const catalog = new Catalog(storage, this.random);
    const vhosts = new Vhosts(storage);
    const policies = new Policies(storage, vhosts);
    const parameters = new Parameters(storage, vhosts);
    const queues = new Queues(storage, vhosts, silentLogger);
    const access = new Access(storage, this.random, defaultAccessOptions);
    const permissions = new Permissions(storage, access, vhosts);
    const streams = new DefinedStreams(new Streams(catalog, vhosts, queues, policies), catalog);
    const defined = new BrokerQueues(queues, vhosts, streams);
    Object.assign(this, { vhosts, policies, parameters, queues, access, permissions });
    this.definitions = new Definitions({ vhosts, policies, parameters, access, permissions, queues: defined });
    const report = await this.open();
    assert.deepEqual(report.damage, []);
    for (const queue of queues.all()) {
      const [vhost, name] = queue.name.includes('\0') ? queue.name.split('\0') : ['/', queue.name];
      vhosts.get(vhost!)?.router.addDestination(name!, queue.log.id);
    }
    vhosts.restarted();
    queues.restarted();
  }

  /** One line for each thing; their order is not kept. */
  exported(): string[] {
    const lines: string[] = [];
    for (const [list, value] of Object.entries(this.definitions.exportAll(origin))) {
      if (Array.isArray(value)) for (const each of value) lines.push(`${list} ${JSON.stringify(each)}`);
    }
    return lines.sort();
  }

  private someVhost(): Vhost {
    return this.random.pick([...this.vhosts.all()]);
  }

  private text(): string {
    return this.random.pick(['a', 'b', '^c', '.*', '']);
  }

  private readonly changes: readonly (() => void)[] = [
    () => {
      const name = this.random.pick(['v1', 'v2', 'v3']);
      this.vhosts.create(name, { ...plainMetadata, description: this.text() });
    },
    () => {
      const vhost = this.someVhost();
      if (this.vhosts.deletionFault(vhost) === null && this.random.chance(0.5)) this.vhosts.delete(vhost);
    },
    () => this.vhosts.describe(this.someVhost(), { ...plainMetadata, tags: [this.text()] }),
    () => this.vhosts.limit(this.someVhost(), { maxConnections: this.random.below(5), maxQueues: null }),
    () => {
      const admin = this.random.chance(0.5);
      this.access.putUser(this.random.pick(['u1', 'u2', 'u3']), [], admin, { tags: [this.text()] });
    },
    () => {
      const user = this.access.user(this.random.pick(['u1', 'u2', 'u3']));
      if (user !== undefined && this.random.chance(0.5)) this.access.removeUser(user);
    },
    () => {
      const permission = { configure: this.text(), write: this.text(), read: this.text() };
      this.permissions.set(this.random.pick(['u1', 'u2']), this.someVhost().name, permission);
    },
    () => this.permissions.clear(this.random.pick(['u1', 'u2']), this.someVhost().name),
    () => {
      const place = [this.random.pick(['u1', 'u2']), this.someVhost().name, this.text()] as const;
      this.permissions.setTopic(...place, { write: this.text(), read: this.text() });
    },
    () => this.permissions.clearTopic(this.random.pick(['u1', 'u2']), this.someVhost().name, null),
    () => {
      const definition = new Map([['max-length', this.random.below(9)]]);
      const shared = { vhost: this.someVhost().name, pattern: this.text(), applyTo: 'queues', definition } as const;
      const name = this.random.pick(['p1', 'p2']);
      this.policies.set(this.random.pick(['policy', 'operator-policy']), {
        name,
        priority: this.random.below(3),
        ...shared,
      });
    },
    () => this.policies.clear('policy', this.someVhost().name, 'p1'),
    () =>
      this.parameters.set({ vhost: this.someVhost().name, component: 'c', name: this.text(), value: [this.text()] }),
    () => this.parameters.clear(this.someVhost().name, 'c', this.text()),
    () => this.parameters.setGlobal(this.text(), { a: this.text() }),
    () => this.parameters.clearGlobal(this.text()),
    () => {
      const type = this.random.pick(exchangeTypes);
      const args = new Map(type === 'x-delayed-message' ? [['x-delayed-type', 'fanout']] : []);
      const name = this.random.pick(['e1', 'e2', 'e3']);
      // One that goes with its last binding may go with a transient one at a start: that is as it should be.
      const durable = this.random.chance(0.8);
      const flags = { durable, autoDelete: !durable, internal: false };
      this.someVhost().router.declare({ name, type, ...flags, alternate: null, arguments: args });
    },
    () => this.someVhost().router.delete(this.random.pick(['e1', 'e2', 'e3'])),
    () => this.queues.declare(queueKey(this.someVhost().name, this.random.pick(['q1', 'q2']))),
    () => {
      const queue = this.queues.get(queueKey(this.someVhost().name, this.random.pick(['q1', 'q2'])));
      if (queue !== undefined) this.queues.delete(queue);
    },
    () => {
      const { router } = this.someVhost();
      const destination = this.random.chance(0.7) ? router.destination(this.random.pick(['q1', 'q2'])) : 'e1';
      const source = this.random.pick(['amq.topic', 'e1', 'e2', 'e3']);
      if (destination !== undefined) router.bind(source, destination, this.random.pick(['1', '2', 'a.#']));
    },
  ];

  change(): void {
    try {
      this.random.pick(this.changes)();
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
    }
  }

  async crashAndBegin(): Promise<void> {
    await this.durable();
    if (this.random.chance(0.3)) await this.run(this.storage.checkpoint());
    for (let more = this.random.below(10); more > 0; more--) this.change();
    await this.durable();
    const before = this.exported();
    this.crash(this.random.pick(['power', 'process']));
    await this.begin();
    assert.deepEqual(this.exported(), before);
  }
}

test('whatever is changed, and whenever the power goes, everything that is defined comes back as it was', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const history = new History(seed);
    await history.begin();
    for (let round = 0; round < 6; round++) {
      for (let count = 0; count < 40; count++) history.change();
      await history.crashAndBegin();
    }
  }
});
