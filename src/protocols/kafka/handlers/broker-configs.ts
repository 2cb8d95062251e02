import type { KafkaContext } from '../context.js';
import { brokerConfig, brokerTopicConfigs, type ConfigValue } from './topic-configs.js';

/**
 * What is told of the broker: the keys of Kafka's own configuration that clients and tools look at and that mean
 * something here, with the values that are in force.
 */
export function brokerConfigs({ broker, settings }: KafkaContext, nodeId: number): ConfigValue[] {
  const { groups, catalog, housekeeping } = broker.options;
  const shares = broker.shares.options;
  // What holds for groups that set nothing: none has this name.
  const ofGroups = broker.groupConfigs.of('');
  const string = (name: string, value: string, fallback: string): ConfigValue =>
    brokerConfig(name, 'string', value, fallback);
  const int = (name: string, value: number, fallback: number): ConfigValue =>
    brokerConfig(name, 'int', String(value), String(fallback));
  const long = (name: string, value: number, fallback: number): ConfigValue =>
    brokerConfig(name, 'long', String(value), String(fallback));
  const boolean = (name: string, value: boolean, fallback: boolean): ConfigValue =>
    brokerConfig(name, 'boolean', String(value), String(fallback));
  const configs = [
    int('broker.id', nodeId, -1),
    int('node.id', nodeId, -1),
    boolean('auto.create.topics.enable', settings.autoCreateTopics, true),
    boolean('delete.topic.enable', true, true),
    int('num.partitions', settings.partitionsDefault, 1),
    int('default.replication.factor', 1, 1),
    int('offsets.topic.num.partitions', groups.offsetPartitions, 50),
    // Kafka's default is 3; one node keeps one replica of everything.
    int('offsets.topic.replication.factor', 1, 3),
    int('offsets.retention.minutes', Math.floor(groups.offsetRetentionMs / 60_000), 10_080),
    long('offsets.retention.check.interval.ms', groups.offsetRetentionCheckMs, 600_000),
    int('offset.metadata.max.bytes', groups.offsetMetadataBytesMax, 4096),
    int('group.initial.rebalance.delay.ms', groups.initialRebalanceDelayMs, 3000),
    int('group.min.session.timeout.ms', groups.sessionTimeoutMinMs, 6000),
    int('group.max.session.timeout.ms', groups.sessionTimeoutMaxMs, 1_800_000),
    int('group.consumer.heartbeat.interval.ms', groups.consumerHeartbeatIntervalMs, 5000),
    int('group.consumer.max.size', groups.membersMax, 2 ** 31 - 1),
    string('group.consumer.migration.policy', 'bidirectional', 'bidirectional'),
    int('group.consumer.session.timeout.ms', groups.consumerSessionTimeoutMs, 45_000),
    int('group.share.delivery.count.limit', shares.deliveriesMax, 5),
    int('group.share.heartbeat.interval.ms', ofGroups.shareHeartbeatIntervalMs, 5000),
    int('group.share.max.share.sessions', shares.sessionsMax, 2000),
    int('group.share.max.size', shares.membersMax, 200),
    int('group.share.partition.max.record.locks', shares.locksMax, 2000),
    int('group.share.record.lock.duration.ms', ofGroups.shareLockMs, 30_000),
    int('group.share.session.timeout.ms', ofGroups.shareSessionTimeoutMs, 45_000),
    int('group.max.size', groups.membersMax, 2 ** 31 - 1),
    int('socket.request.max.bytes', settings.requestBytesMax, 104_857_600),
    int('fetch.max.bytes', settings.fetchBytesMax, 57_671_680),
    int('producer.id.expiration.ms', catalog.producerLimits.expirationMs, 86_400_000),
    boolean('log.cleaner.enable', true, true),
    long('log.cleaner.backoff.ms', housekeeping.compactCheckMs, 15_000),
    long('log.retention.check.interval.ms', housekeeping.retentionCheckMs, 300_000),
    ...brokerTopicConfigs(broker.catalog.configOf(new Map())),
  ];
  return configs.sort((left, right) => (left.name < right.name ? -1 : 1));
}
