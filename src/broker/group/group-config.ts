import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { BrokerError } from '../errors.js';
import { brokerErrorOf } from '../refusal.js';
import { stateNumbers } from '../state-numbers.js';

interface Key {
  readonly type: 'int' | 'string';
  /** Kafka's, which this broker's own options may replace. */
  readonly default: string;
  /** What Kafka calls the broker's own value; null where it has none. */
  readonly brokerName: string | null;
}

const int = (fallback: string, brokerName: string): Key => ({ type: 'int', default: fallback, brokerName });
const text = (fallback: string): Key => ({ type: 'string', default: fallback, brokerName: null });

/** What may be set for a group, with Kafka's keys. A group need not be there to be configured. */
export const groupKeys: Readonly<Record<string, Key>> = {
  'consumer.heartbeat.interval.ms': int('5000', 'group.consumer.heartbeat.interval.ms'),
  'consumer.session.timeout.ms': int('45000', 'group.consumer.session.timeout.ms'),
  'share.auto.offset.reset': text('latest'),
  'share.heartbeat.interval.ms': int('5000', 'group.share.heartbeat.interval.ms'),
  'share.isolation.level': text('read_uncommitted'),
  'share.record.lock.duration.ms': int('30000', 'group.share.record.lock.duration.ms'),
  'share.session.timeout.ms': int('45000', 'group.share.session.timeout.ms'),
};

export type GroupOverrides = ReadonlyMap<string, string>;

/** What holds for groups that do not say otherwise. */
export interface GroupDefaults {
  readonly consumerHeartbeatIntervalMs: number;
  readonly consumerSessionTimeoutMs: number;
  readonly shareHeartbeatIntervalMs: number;
  readonly shareSessionTimeoutMs: number;
  readonly shareLockMs: number;
  readonly shareStartsAt: 'earliest' | 'latest';
}

export interface GroupBounds {
  readonly sessionTimeoutMinMs: number;
  readonly sessionTimeoutMaxMs: number;
}

const lockMinMs = 1000;
const lockMaxMs = 3_600_000;
const intMax = 2 ** 31 - 1;

/** A share group begins at an end of what is there, or so many milliseconds back. */
export type ShareStart = 'earliest' | 'latest' | number;

const byDuration = /^by_duration:P(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,10}(?:\.\d{1,9})?)S)?)?$/;

function startOf(value: string): ShareStart | undefined {
  if (value === 'earliest' || value === 'latest') return value;
  const parts = byDuration.exec(value)?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return undefined;
  const [days, hours, minutes, seconds] = parts.map((part) => Number(part ?? 0));
  return Math.round((((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!) * 1000);
}

/** A group's configuration, worked out. */
export class GroupConfig {
  readonly overrides: GroupOverrides;
  private readonly defaults: GroupOverrides;
  readonly consumerHeartbeatIntervalMs: number;
  readonly consumerSessionTimeoutMs: number;
  readonly shareHeartbeatIntervalMs: number;
  readonly shareSessionTimeoutMs: number;
  readonly shareLockMs: number;
  readonly shareStart: ShareStart;
  readonly shareCommitted: boolean;

  constructor(overrides: GroupOverrides, defaults: GroupOverrides) {
    this.overrides = overrides;
    this.defaults = defaults;
    this.consumerHeartbeatIntervalMs = Number(this.value('consumer.heartbeat.interval.ms'));
    this.consumerSessionTimeoutMs = Number(this.value('consumer.session.timeout.ms'));
    this.shareHeartbeatIntervalMs = Number(this.value('share.heartbeat.interval.ms'));
    this.shareSessionTimeoutMs = Number(this.value('share.session.timeout.ms'));
    this.shareLockMs = Number(this.value('share.record.lock.duration.ms'));
    this.shareStart = startOf(this.value('share.auto.offset.reset')) ?? 'latest';
    this.shareCommitted = this.value('share.isolation.level') === 'read_committed';
  }

  value(key: string): string {
    return this.overrides.get(key) ?? this.brokerValue(key);
  }

  brokerValue(key: string): string {
    return this.defaults.get(key) ?? groupKeys[key]!.default;
  }
}

/** Which configuration a group has. */
export interface KnownGroupConfigs {
  of(group: string): GroupConfig;
}

function textOf(defaults: GroupDefaults): GroupOverrides {
  return new Map([
    ['consumer.heartbeat.interval.ms', String(defaults.consumerHeartbeatIntervalMs)],
    ['consumer.session.timeout.ms', String(defaults.consumerSessionTimeoutMs)],
    ['share.auto.offset.reset', defaults.shareStartsAt],
    ['share.heartbeat.interval.ms', String(defaults.shareHeartbeatIntervalMs)],
    ['share.record.lock.duration.ms', String(defaults.shareLockMs)],
    ['share.session.timeout.ms', String(defaults.shareSessionTimeoutMs)],
  ]);
}

/** Where no group is configured. */
export function unconfigured(defaults: Partial<GroupDefaults>): KnownGroupConfigs {
  const given = textOf({ ...kafkaDefaults, ...defaults });
  const config = new GroupConfig(new Map(), given);
  return { of: () => config };
}

export const kafkaDefaults: GroupDefaults = {
  consumerHeartbeatIntervalMs: 5000,
  consumerSessionTimeoutMs: 45_000,
  shareHeartbeatIntervalMs: 5000,
  shareSessionTimeoutMs: 45_000,
  shareLockMs: 30_000,
  shareStartsAt: 'latest',
};

const operation = { configure: 1 } as const;
const snapshotVersion = 1;
/** A group that is configured need not be there, so that nothing else bounds how many there are. */
const configuredMax = 100_000;

/** The configurations of groups, which outlive them. A durable state. */
export class GroupConfigs implements State, KnownGroupConfigs {
  private readonly storage: Storage;
  private readonly recorder: Recorder;
  private readonly defaults: GroupOverrides;
  private readonly bounds: GroupBounds;
  private readonly unset: GroupConfig;
  private readonly byGroup = new Map<string, GroupConfig>();

  constructor(storage: Storage, defaults: GroupDefaults, bounds: GroupBounds) {
    this.storage = storage;
    this.defaults = textOf(defaults);
    this.bounds = bounds;
    this.unset = new GroupConfig(new Map(), this.defaults);
    this.recorder = storage.recorder(stateNumbers.groupConfigs);
    storage.register(stateNumbers.groupConfigs, this);
  }

  of(group: string): GroupConfig {
    return this.byGroup.get(group) ?? this.unset;
  }

  /** Those that set something. */
  groups(): IterableIterator<string> {
    return this.byGroup.keys();
  }

  /** Throws what would be thrown by `configure`, and changes nothing. */
  check(overrides: GroupOverrides): void {
    for (const [key, value] of overrides) {
      if (!Object.hasOwn(groupKeys, key)) {
        throw new BrokerError('invalid-config', `unknown group config name: ${key}`);
      }
      const wrong = this.fault(key, value);
      if (wrong !== null) {
        throw new BrokerError('invalid-config', `invalid value ${value} for configuration ${key}: ${wrong}`);
      }
    }
    const config = new GroupConfig(overrides, this.defaults);
    for (const kind of ['consumer', 'share']) {
      const session = `${kind}.session.timeout.ms`;
      const heartbeat = `${kind}.heartbeat.interval.ms`;
      if (Number(config.value(session)) > Number(config.value(heartbeat))) continue;
      throw new BrokerError('invalid-config', `${session} must be greater than ${heartbeat}`);
    }
  }

  private fault(key: string, value: string): string | null {
    if (key === 'share.auto.offset.reset') {
      return startOf(value) === undefined ? 'it must be earliest, latest or by_duration:PnDTnHnMn.nS' : null;
    }
    if (key === 'share.isolation.level') {
      const known = value === 'read_committed' || value === 'read_uncommitted';
      return known ? null : 'it must be read_committed or read_uncommitted';
    }
    const [min, max] = this.range(key);
    const number = /^\d{1,10}$/.test(value) ? Number(value) : -1;
    return number >= min && number <= max ? null : `it must be a whole number from ${min} to ${max}`;
  }

  private range(key: string): readonly [min: number, max: number] {
    if (key === 'share.record.lock.duration.ms') return [lockMinMs, lockMaxMs];
    if (key.endsWith('.session.timeout.ms')) return [this.bounds.sessionTimeoutMinMs, this.bounds.sessionTimeoutMaxMs];
    return [1, intMax];
  }

  /** Exactly these are set afterwards. */
  configure(group: string, overrides: GroupOverrides): void {
    this.check(overrides);
    if (overrides.size > 0 && !this.byGroup.has(group) && this.byGroup.size >= configuredMax) {
      throw new BrokerError('invalid-config', `no more than ${configuredMax} groups can be configured`);
    }
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
    const into = this.recorder.begin();
    into.u8(operation.configure);
    write(into, group, overrides);
    this.recorder.end();
    this.apply(group, overrides);
  }

  private apply(group: string, overrides: GroupOverrides): void {
    if (overrides.size === 0) this.byGroup.delete(group);
    else this.byGroup.set(group, new GroupConfig(overrides, this.defaults));
  }

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind !== operation.configure) throw new DecodeError(`an operation of unknown kind ${kind} on configurations`);
    this.read(from);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.byGroup.size);
    for (const [group, { overrides }] of this.byGroup) write(into, group, overrides);
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`configurations of groups of unknown version ${version}`);
    for (let left = from.uvarint(); left > 0; left--) this.read(from);
  }

  private read(from: ByteReader): void {
    const group = from.string();
    const overrides = new Map<string, string>();
    for (let left = from.uvarint(); left > 0; left--) {
      const key = from.string();
      const value = from.string();
      // A later release may know keys that this one does not.
      if (Object.hasOwn(groupKeys, key)) overrides.set(key, value);
    }
    this.apply(group, overrides);
  }
}

function write(into: ByteWriter, group: string, overrides: GroupOverrides): void {
  into.string(group);
  into.uvarint(overrides.size);
  for (const [key, value] of overrides) {
    into.string(key);
    into.string(value);
  }
}
