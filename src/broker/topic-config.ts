import type { CompactionPolicy } from '../log/compaction.js';
import { gzip, zstd } from '../log/compression.js';
import type { LogPolicy } from '../log/log.js';
import type { RetentionPolicy } from '../log/retention.js';
import { BrokerError } from './errors.js';
import { asProduced, codecs } from './recompression.js';

/**
 * What may be set for a topic. The keys, their values and their defaults are Kafka's, so that its tools find what
 * they look for; those that have no meaning for one node are kept and given back.
 */
type Check = (text: string) => boolean;

interface Key {
  readonly type: 'long' | 'int' | 'boolean' | 'double' | 'string' | 'list';
  readonly default: string;
  readonly check: Check;
}

const whole =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  (text) =>
    /^-?\d+$/.test(text.trim()) && Number(text) >= min && (Number(text) <= max || BigInt(text) === 2n ** 63n - 1n);
const flag: Check = (text) => text === 'true' || text === 'false';
const oneOf =
  (...choices: readonly string[]): Check =>
  (text) =>
    choices.includes(text);
const someOf =
  (...choices: readonly string[]): Check =>
  (text) =>
    text === '' || text.split(',').every((part) => choices.includes(part.trim()));
const fraction: Check = (text) => text !== '' && Number(text) >= 0 && Number(text) <= 1;
/** `*`, or partitions with brokers. */
const replicas: Check = (text) =>
  text === '' || text.trim() === '*' || text.split(',').every((part) => /^\s*\d+:\d+\s*$/.test(part));
const forever = String(2n ** 63n - 1n);

const int = (fallback: string, min: number, max: number = 2 ** 31 - 1): Key => ({
  type: 'int',
  default: fallback,
  check: whole(min, max),
});
const long = (fallback: string, min: number): Key => ({ type: 'long', default: fallback, check: whole(min) });
const boolean = (fallback: string): Key => ({ type: 'boolean', default: fallback, check: flag });
const text = (fallback: string, check: Check): Key => ({ type: 'string', default: fallback, check });

export const topicKeys: Readonly<Record<string, Key>> = {
  'cleanup.policy': { type: 'list', default: 'delete', check: someOf('delete', 'compact') },
  'compression.gzip.level': int('-1', -1, 9),
  'compression.lz4.level': int('9', 1, 17),
  'compression.type': text('producer', oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer')),
  'compression.zstd.level': int('3', -131072, 22),
  'delete.retention.ms': long('86400000', 0),
  'file.delete.delay.ms': long('60000', 0),
  'flush.messages': long(forever, 1),
  'flush.ms': long(forever, 0),
  'follower.replication.throttled.replicas': { type: 'list', default: '', check: replicas },
  'index.interval.bytes': int('4096', 0),
  'leader.replication.throttled.replicas': { type: 'list', default: '', check: replicas },
  'local.retention.bytes': long('-2', -2),
  'local.retention.ms': long('-2', -2),
  'max.compaction.lag.ms': long(forever, 1),
  'max.message.bytes': int('1048588', 0),
  'message.timestamp.after.max.ms': long('3600000', 0),
  'message.timestamp.before.max.ms': long(forever, 0),
  'message.timestamp.type': text('CreateTime', oneOf('CreateTime', 'LogAppendTime')),
  'min.cleanable.dirty.ratio': { type: 'double', default: '0.5', check: fraction },
  'min.compaction.lag.ms': long('0', 0),
  'min.insync.replicas': int('1', 1),
  preallocate: boolean('false'),
  'remote.log.copy.disable': boolean('false'),
  'remote.log.delete.on.disable': boolean('false'),
  'remote.storage.enable': boolean('false'),
  'retention.bytes': long('-1', -1),
  'retention.ms': long('604800000', -1),
  'segment.bytes': int('1073741824', 14),
  'segment.index.bytes': int('10485760', 4),
  'segment.jitter.ms': long('0', 0),
  'segment.ms': long('604800000', 1),
  'unclean.leader.election.enable': boolean('false'),
};

/** Sets values of a topic or their defaults; a key or value that Kafka would refuse is refused. */
export type TopicOverrides = ReadonlyMap<string, string>;

export function checkOverrides(overrides: TopicOverrides): void {
  for (const [key, value] of overrides) {
    const known = Object.hasOwn(topicKeys, key) ? topicKeys[key] : undefined;
    if (known === undefined) throw new BrokerError('invalid-config', `unknown topic config name: ${key}`);
    if (!known.check(value)) {
      throw new BrokerError('invalid-config', `invalid value ${value} for configuration ${key}`);
    }
  }
  checkTogether(overrides);
}

/** What no single value shows. */
function checkTogether(overrides: TopicOverrides): void {
  const value = (key: string): string => overrides.get(key) ?? topicKeys[key]!.default;
  if (Number(value('min.compaction.lag.ms')) > Number(value('max.compaction.lag.ms'))) {
    throw new BrokerError('invalid-config', 'min.compaction.lag.ms must not be larger than max.compaction.lag.ms');
  }
  if (value('remote.storage.enable') === 'true') {
    throw new BrokerError('invalid-config', 'remote.storage.enable: this broker keeps all of a topic itself');
  }
}

/** There is no level for snappy, and our lz4 has only one. */
const levelKeys: ReadonlyMap<number, string> = new Map([
  [gzip, 'compression.gzip.level'],
  [zstd, 'compression.zstd.level'],
]);

/** A topic's configuration with everything the hot path asks for worked out. */
export class TopicConfig {
  readonly overrides: TopicOverrides;
  private readonly defaults: TopicOverrides;

  readonly compacts: boolean;
  readonly deletes: boolean;
  readonly messageBytesMax: number;
  readonly logAppendTime: boolean;
  /** Of the records that are kept; -1 for the producer's. */
  readonly codec: number;
  /** How hard that codec tries, where it can be told; undefined leaves it to the codec. */
  readonly codecLevel: number | undefined;
  /** Batches are decoded as they come in: to see their keys, or to compress them anew. */
  readonly looksInside: boolean;
  readonly timestampAfterMaxMs: number;
  readonly timestampBeforeMaxMs: number;
  readonly log: LogPolicy;
  readonly retention: RetentionPolicy;
  readonly compaction: CompactionPolicy;

  /** `defaults`: this broker's own, where its options differ from Kafka's. */
  constructor(overrides: TopicOverrides, defaults: TopicOverrides, direct = true) {
    this.overrides = overrides;
    this.defaults = defaults;
    const policies = this.value('cleanup.policy')
      .split(',')
      .map((part) => part.trim());
    this.compacts = policies.includes('compact');
    this.deletes = policies.includes('delete');
    this.messageBytesMax = this.number('max.message.bytes');
    this.codec = codecs.get(this.value('compression.type'))!;
    this.codecLevel = levelKeys.has(this.codec) ? this.number(levelKeys.get(this.codec)!) : undefined;
    this.looksInside = this.compacts || this.codec !== asProduced;
    this.logAppendTime = this.value('message.timestamp.type') === 'LogAppendTime';
    this.timestampAfterMaxMs = this.number('message.timestamp.after.max.ms');
    this.timestampBeforeMaxMs = this.number('message.timestamp.before.max.ms');
    this.log = {
      segmentBytes: this.number('segment.bytes'),
      segmentMs: this.number('segment.ms'),
      indexIntervalBytes: this.number('index.interval.bytes'),
      direct,
    };
    this.retention = {
      retentionMs: this.deletes ? this.number('retention.ms') : -1,
      retentionBytes: this.deletes ? this.number('retention.bytes') : -1,
    };
    this.compaction = {
      minLagMs: this.number('min.compaction.lag.ms'),
      deleteRetentionMs: this.number('delete.retention.ms'),
      minDirtyRatio: this.number('min.cleanable.dirty.ratio'),
      keysMax: 2_000_000,
      inflatedBytesMax: 256 * 1024 * 1024,
    };
  }

  /** The value in force, as text. */
  value(key: string): string {
    return this.overrides.get(key) ?? this.brokerValue(key);
  }

  /** What holds for topics that do not say otherwise. */
  brokerValue(key: string): string {
    return this.defaults.get(key) ?? topicKeys[key]!.default;
  }

  isDefault(key: string): boolean {
    return !this.overrides.has(key);
  }

  private number(key: string): number {
    return Number(this.value(key));
  }
}
