import type { Clock } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import type { Random } from '../lib/random.js';
import type { Log } from '../log/log.js';
import type { RecoveryReport } from '../log/recovery.js';
import { Storage, type StorageOptions } from '../log/storage.js';
import type { Store } from '../store/store.js';
import { Access, type AccessOptions } from './access/access.js';
import { AccessKeys } from './access/access-keys.js';
import { type TokenOptions, TokenVerifier } from './access/bearer.js';
import { Mechanisms } from './access/mechanisms.js';
import { Permissions } from './access/permissions.js';
import { Catalog, type CatalogOptions } from './catalog.js';
import { BrokerQueues } from './definitions/broker-queues.js';
import { DefinedStreams } from './definitions/defined-streams.js';
import { Definitions } from './definitions/definitions.js';
import { DiskSpace } from './disk-space.js';
import { GroupConfigs, kafkaDefaults } from './group/group-config.js';
import { Groups, type GroupsOptions } from './group/groups.js';
import { Housekeeping, type HousekeepingOptions } from './housekeeping.js';
import { OffsetTopic } from './offset-topic.js';
import { Parameters } from './parameters.js';
import { Policies } from './policies.js';
import { ProducerIds } from './producer-ids.js';
import { Deduplication } from './queue/deduplication.js';
import { Moves } from './queue/moves.js';
import { Queues } from './queue/queues.js';
import { queuePlace } from './queue-key.js';
import type { Router } from './routing/router.js';
import { ShareGroups, type ShareOptions } from './share/share-groups.js';
import { TopicQueues } from './share/topic-queues.js';
import { ReadableTopics } from './stream/readable-topics.js';
import { Streams } from './stream/streams.js';
import { Transactions, type TransactionsOptions } from './transaction/transactions.js';
import type { Vhost } from './vhost.js';
import { Vhosts } from './vhosts.js';
import { Views } from './views.js';

export interface BrokerOptions {
  readonly nodeId: number;
  readonly storage: StorageOptions;
  readonly catalog: CatalogOptions;
  readonly groups: GroupsOptions;
  /** Kafka's defaults when left out. */
  readonly shares?: ShareOptions;
  readonly transactions: TransactionsOptions;
  readonly access: AccessOptions;
  /** How tokens are checked; null when none are taken. */
  readonly tokens: TokenOptions | null;
  readonly housekeeping: HousekeepingOptions;
  /** With less room on the disk publishers wait; without it, only when there is none. */
  readonly diskFreeBytesMin?: number;
}

export interface BrokerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Rises with each start: what this run appends is stamped with it. */
  readonly epoch: number;
}

/** Who serves a log. One node serves all of its own; in a cluster leases decide. */
export interface Placement {
  ownerOf(log: Log): number;
}

/** The domain, put together: what every front stands on. */
export class Broker {
  readonly options: BrokerOptions;
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly vhosts: Vhosts;
  readonly policies: Policies;
  readonly parameters: Parameters;
  readonly definedQueues: BrokerQueues;
  readonly definitions: Definitions;
  readonly producerIds: ProducerIds;
  readonly queues: Queues;
  readonly moves: Moves;
  readonly streams: Streams;
  readonly readableTopics: ReadableTopics;
  readonly views: Views = new Views();
  readonly deduplication: Deduplication;
  readonly groupConfigs: GroupConfigs;
  readonly groups: Groups;
  readonly shares: ShareGroups;
  /** Topics as groups work them off over the fronts of queues. */
  readonly topicQueues: TopicQueues;
  readonly transactions: Transactions;
  readonly access: Access;
  readonly accessKeys: AccessKeys;
  readonly permissions: Permissions;
  readonly mechanisms: Mechanisms;
  readonly placement: Placement;
  readonly housekeeping: Housekeeping;
  readonly diskSpace: DiskSpace;
  private readonly offsetTopic: OffsetTopic;
  private readonly logger: Logger;

  private constructor(parts: BrokerParts, options: BrokerOptions) {
    const { store, clock, random, logger } = parts;
    this.options = options;
    this.logger = logger;
    this.storage = new Storage({ files: store.files, objects: store.objects, clock, random, logger }, options.storage);
    this.catalog = new Catalog(this.storage, random, options.catalog);
    this.vhosts = new Vhosts(this.storage);
    this.policies = new Policies(this.storage, this.vhosts);
    this.parameters = new Parameters(this.storage, this.vhosts);
    this.producerIds = new ProducerIds(this.storage);
    this.queues = new Queues(this.storage, this.vhosts, logger);
    this.moves = new Moves(this.queues, clock, logger);
    this.streams = new Streams(this.catalog, this.vhosts, this.queues, this.policies);
    this.readableTopics = new ReadableTopics(this.catalog, this.queues);
    this.deduplication = new Deduplication(this.storage);
    this.access = new Access(this.storage, random, options.access);
    this.accessKeys = new AccessKeys(this.storage, this.access, random);
    this.permissions = new Permissions(this.storage, this.access, this.vhosts);
    const streams = new DefinedStreams(this.streams, this.catalog);
    this.definedQueues = new BrokerQueues(this.queues, this.vhosts, streams);
    this.definitions = new Definitions({
      access: this.access,
      permissions: this.permissions,
      vhosts: this.vhosts,
      policies: this.policies,
      parameters: this.parameters,
      queues: this.definedQueues,
    });
    const tokens = options.tokens === null ? null : new TokenVerifier(options.tokens, clock);
    this.mechanisms = new Mechanisms(this.access, random, tokens);
    this.offsetTopic = new OffsetTopic(this.storage, this.catalog, options.groups.offsetPartitions);
    const { consumerHeartbeatIntervalMs, consumerSessionTimeoutMs } = options.groups;
    const ofGroups = { ...kafkaDefaults, consumerHeartbeatIntervalMs, consumerSessionTimeoutMs };
    this.groupConfigs = new GroupConfigs(this.storage, ofGroups, options.groups);
    this.groups = new Groups(this.offsetTopic, clock, random, options.groups, this.readableTopics, this.groupConfigs);
    this.shares = new ShareGroups(this.storage, this.catalog, options.shares, this.groupConfigs);
    this.groups.others = { has: (id) => this.shares.get(id) !== undefined };
    const { groups, streams: topics, queues, catalog, storage } = this;
    this.topicQueues = new TopicQueues(this.shares, groups, topics, queues, catalog, storage, logger);
    this.transactions = new Transactions(
      this.storage,
      this.catalog,
      this.producerIds,
      this.groups,
      options.transactions,
    );
    this.placement = { ownerOf: () => options.nodeId };
    this.housekeeping = new Housekeeping(this.storage, this.catalog, logger, options.housekeeping);
    this.diskSpace = new DiskSpace(store.files, clock, logger, options.diskFreeBytesMin ?? 0);
  }

  /** The exchanges of the default virtual host. */
  get router(): Router {
    return this.vhosts.default.router;
  }

  /** Answers when everything that was durable is back. */
  static async open(parts: BrokerParts, options: BrokerOptions): Promise<Broker> {
    const broker = new Broker(parts, options);
    const report = await broker.storage.open();
    await broker.catalog.codecsReady();
    broker.logRecovery(report);
    broker.catalog.beginEpoch(parts.epoch);
    for (const message of await broker.offsetTopic.load(broker.groups)) {
      parts.logger.error({ damage: message }, 'damaged data; committed offsets behind it are not known');
    }
    for (const queue of broker.queues.all()) {
      const { vhost, name } = queuePlace(queue.name);
      broker.vhosts.get(vhost)?.router.addDestination(name, queue.log.id);
    }
    broker.streams.start();
    broker.vhosts.restarted();
    broker.followPolicies();
    broker.queues.restarted();
    broker.shares.restarted();
    broker.groups.start();
    broker.transactions.start();
    broker.housekeeping.start();
    await broker.diskSpace.start();
    return broker;
  }

  /** From now on queues and exchanges behave as policies say. */
  private followPolicies(): void {
    const { vhosts, policies, queues, streams, topicQueues } = this;
    const follow = (vhost: Vhost): void =>
      vhost.router.fallBackTo((exchange) => policies.alternateFor(vhost.name, exchange));
    for (const vhost of vhosts.all()) follow(vhost);
    vhosts.follow({ vhostCreated: follow, removing: () => {} });
    queues.follow(policies);
    topicQueues.follow(policies);
    policies.onChange = (name) => {
      const vhost = vhosts.get(name);
      if (vhost !== undefined) follow(vhost);
      queues.follow(policies);
      topicQueues.policiesChanged();
      streams.followPolicies();
    };
  }

  private logRecovery(report: RecoveryReport): void {
    const { damage, durationMs, ...counts } = report;
    const fields = { ...counts, topics: this.catalog.topicCount, ms: Math.round(durationMs) };
    if (damage.length === 0) this.logger.info(fields, 'recovered');
    else this.logger.error({ ...fields, damage: damage.length }, 'recovered, not without damage');
  }

  async close(): Promise<void> {
    this.transactions.close();
    this.groups.close();
    this.topicQueues.close();
    this.shares.close();
    this.moves.close();
    this.queues.close();
    await this.housekeeping.stop();
    await this.diskSpace.stop();
    await this.storage.close();
  }
}
