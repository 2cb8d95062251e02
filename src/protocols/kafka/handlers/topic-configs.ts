import { type GroupConfig, groupKeys } from '../../../broker/group/group-config.js';
import { type TopicConfig, topicKeys } from '../../../broker/topic-config.js';

/** Where a value comes from, in Kafka's numbers. */
export const configSource = { topic: 1, broker: 4, default: 5, group: 8 } as const;

const typeNumbers = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 } as const;

export type ConfigKind = keyof typeof typeNumbers;

export interface ConfigValue {
  readonly name: string;
  readonly value: string;
  readonly source: number;
  readonly type: number;
  /** Everything that says something of the value, what wins first. */
  readonly synonyms: readonly ConfigSynonym[];
}

export interface ConfigSynonym {
  readonly name: string;
  readonly value: string;
  readonly source: number;
}

/** What topics may set, with the broker's name for what holds where they do not. */
export const brokerNames: ReadonlyMap<string, string> = new Map([
  ['cleanup.policy', 'log.cleanup.policy'],
  ['compression.gzip.level', 'compression.gzip.level'],
  ['compression.lz4.level', 'compression.lz4.level'],
  ['compression.type', 'compression.type'],
  ['compression.zstd.level', 'compression.zstd.level'],
  ['delete.retention.ms', 'log.cleaner.delete.retention.ms'],
  ['file.delete.delay.ms', 'log.segment.delete.delay.ms'],
  ['flush.messages', 'log.flush.interval.messages'],
  ['flush.ms', 'log.flush.interval.ms'],
  ['index.interval.bytes', 'log.index.interval.bytes'],
  ['local.retention.bytes', 'log.local.retention.bytes'],
  ['local.retention.ms', 'log.local.retention.ms'],
  ['max.compaction.lag.ms', 'log.cleaner.max.compaction.lag.ms'],
  ['max.message.bytes', 'message.max.bytes'],
  ['message.timestamp.after.max.ms', 'log.message.timestamp.after.max.ms'],
  ['message.timestamp.before.max.ms', 'log.message.timestamp.before.max.ms'],
  ['message.timestamp.type', 'log.message.timestamp.type'],
  ['min.cleanable.dirty.ratio', 'log.cleaner.min.cleanable.ratio'],
  ['min.compaction.lag.ms', 'log.cleaner.min.compaction.lag.ms'],
  ['min.insync.replicas', 'min.insync.replicas'],
  ['preallocate', 'log.preallocate'],
  ['retention.bytes', 'log.retention.bytes'],
  ['retention.ms', 'log.retention.ms'],
  ['segment.bytes', 'log.segment.bytes'],
  ['segment.index.bytes', 'log.index.size.max.bytes'],
  ['segment.jitter.ms', 'log.roll.jitter.ms'],
  ['segment.ms', 'log.roll.ms'],
  ['unclean.leader.election.enable', 'unclean.leader.election.enable'],
]);

/**
 * Every key of a topic, whether it is set or not: tools stop where one is missing. A value that a topic sets has the
 * topic as its source also when it is the same as the default.
 */
export function topicConfigs(config: TopicConfig): ConfigValue[] {
  return Object.entries(topicKeys).map(([name, key]) => {
    const synonyms = ofBroker(brokerNames.get(name) ?? name, config.brokerValue(name), key.default);
    const own = config.overrides.get(name);
    if (own !== undefined) synonyms.unshift({ name, value: own, source: configSource.topic });
    const { value, source } = synonyms[0]!;
    return { name, value, source, type: typeNumbers[key.type], synonyms };
  });
}

/** Every key of a group. Where the broker has no name for what holds otherwise, there is only the group's own value. */
export function groupConfigs(config: GroupConfig): ConfigValue[] {
  return Object.entries(groupKeys).map(([name, key]) => {
    const synonyms = key.brokerName === null ? [] : ofBroker(key.brokerName, config.brokerValue(name), key.default);
    const own = config.overrides.get(name);
    if (own !== undefined) synonyms.unshift({ name, value: own, source: configSource.group });
    const source = synonyms[0]?.source ?? configSource.default;
    return { name, value: config.value(name), source, type: typeNumbers[key.type], synonyms };
  });
}

/** A topic's keys under the broker's names, with what holds for topics that set nothing. */
export function brokerTopicConfigs(config: TopicConfig): ConfigValue[] {
  return Array.from(brokerNames, ([topicName, name]) => {
    const key = topicKeys[topicName]!;
    return brokerConfig(name, key.type, config.brokerValue(topicName), key.default);
  });
}

export function brokerConfig(name: string, kind: ConfigKind, value: string, fallback: string): ConfigValue {
  const synonyms = ofBroker(name, value, fallback);
  return { name, value, source: synonyms[0]!.source, type: typeNumbers[kind], synonyms };
}

/** An option that was given is told as Kafka tells a line of its properties file. */
function ofBroker(name: string, value: string, fallback: string): ConfigSynonym[] {
  const synonyms = [{ name, value: fallback, source: configSource.default as number }];
  if (value !== fallback) synonyms.unshift({ name, value, source: configSource.broker });
  return synonyms;
}
