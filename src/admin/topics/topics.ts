import type { Partition } from '../../broker/partition.js';
import { defaultVhost } from '../../broker/queue-key.js';
import { isInternalTopic, type Topic } from '../../broker/topic.js';
import { type TopicOverrides, topicKeys } from '../../broker/topic-config.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Api, Call } from '../api.js';
import { ChangeRates } from '../change-rates.js';
import { badRequest } from '../http-error.js';
import { demandTopic, seesTopic, topicIn } from './rights.js';

/** Who leads a partition, where Kafka's front knows several brokers. */
export type LeaderOf = (partition: Partition) => number;

/** Topics: what there is, and how it is configured. Their messages are in browsing.ts and producing.ts. */
export function topicRoutes(api: Api, leaderOf: () => LeaderOf | null): void {
  const rates = new ChangeRates();
  api.get('/api/topics', 'management', (call) => {
    const seen = [...call.broker.catalog.topics()].filter(({ name }) => seesTopic(call, name));
    return call.listEach(seen, { nameOf: ({ name }) => name, order: ['name'] }, (topic) =>
      topic.deleted ? null : told(call, topic, rates),
    );
  });
  api.get('/api/topics/:topic', 'management', (call) => {
    const topic = topicIn(call);
    const leader = leaderOf() ?? (({ log }: Partition): number => call.broker.placement.ownerOf(log));
    return call.shown({
      ...told(call, topic, rates),
      partition_details: topic.partitions.map((partition) => partitionTold(partition, leader(partition))),
      configs: configsTold(topic),
    });
  });
  api.put('/api/topics/:topic', 'management', putTopic);
  api.delete('/api/topics/:topic', 'management', (call) => {
    const topic = topicIn(call);
    demandTopic(call, 'delete', topic.name);
    refuseInternal(topic);
    call.broker.catalog.delete(topic);
    call.broker.groups.deleteTopic(topic.name);
    return undefined;
  });
  api.get('/api/topics/:topic/configs', 'management', (call) => configsTold(topicIn(call)));
  api.put('/api/topics/:topic/configs', 'management', putConfigs);
  api.post('/api/topics/:topic/partitions', 'management', (call) => {
    const topic = topicIn(call);
    demandTopic(call, 'alter', topic.name);
    refuseInternal(topic);
    call.broker.catalog.addPartitions(topic, call.body.whole('partitions'));
    return undefined;
  });
  api.delete('/api/topics/:topic/records', 'management', deleteRecords);
}

function refuseInternal(topic: Topic): void {
  if (topic.internal) throw badRequest(`the internal topic ${topic.name} is the broker's own`);
}

function recordsIn({ highWatermark, startOffset }: Partition): number {
  return highWatermark - startOffset;
}

function told(call: Call, topic: Topic, rates: ChangeRates): JsonObject {
  let [records, bytes, ends] = [0, 0, 0];
  for (const partition of topic.partitions) {
    records += recordsIn(partition);
    bytes += partition.log.sizeBytes;
    ends += partition.log.endOffset;
  }
  const { broker } = call;
  const nowMs = broker.storage.clock.monotonic();
  const [recordsRate, bytesRate] = rates.of(topic.id, nowMs, [ends, bytes]);
  const { policy } = broker.policies.effectOn('streams', defaultVhost, topic.name);
  return {
    name: topic.name,
    topic_id: topic.id,
    internal: topic.internal,
    partitions: topic.partitions.length,
    records,
    bytes,
    produced: ends,
    produced_details: { rate: recordsRate! },
    bytes_details: { rate: bytesRate! },
    cleanup_policy: topic.config.value('cleanup.policy'),
    retention_ms: Number(topic.config.value('retention.ms')),
    policy: policy?.name ?? null,
  };
}

function partitionTold(partition: Partition, leader: number): JsonObject {
  const { index, log, highWatermark, startOffset, lastStableOffset } = partition;
  return {
    partition: index,
    leader,
    leader_epoch: log.leaderEpoch,
    start_offset: startOffset,
    end_offset: highWatermark,
    stable_offset: lastStableOffset,
    records: recordsIn(partition),
    bytes: log.sizeBytes,
    segments: log.segments.length,
  };
}

/** Every key with what holds, and who says so: the topic, a policy, the options of the process, or nobody. */
function configsTold({ config, partitions }: Topic): JsonValue {
  const effective = partitions[0]?.config ?? config;
  return Object.entries(topicKeys).map(([name, key]): JsonObject => {
    const value = effective.value(name);
    let source = value === key.default ? 'default' : 'broker';
    if (effective.overrides.has(name)) source = config.overrides.get(name) === value ? 'topic' : 'policy';
    return { name, value, source, type: key.type, default: key.default };
  });
}

/** Makes a topic; one that is there is left as it is, and has to be as the request says. */
function putTopic(call: Call): undefined {
  const name = call.param('topic');
  const { catalog } = call.broker;
  const present = catalog.topic(name);
  demandTopic(call, 'create', name);
  const overrides = new Map<string, string>();
  for (const [key, value] of call.body.entries('configs')) overrides.set(key, textOf(key, value));
  if (present === undefined) {
    if (isInternalTopic(name)) throw badRequest(`the internal topic ${name} is made by the broker itself`);
    catalog.create(name, call.body.whole('partitions', 1), overrides);
    return call.put(true);
  }
  const count = present.partitions.length;
  if (call.body.whole('partitions', count) !== count) {
    throw badRequest(`topic '${name}' has ${count} partitions; more are added by POST to its partitions`);
  }
  for (const [key, value] of overrides) {
    if (Object.hasOwn(topicKeys, key) && present.config.value(key) === value) continue;
    throw badRequest(`topic '${name}' has another ${key}; it is changed by PUT to its configs`);
  }
  return call.put(false);
}

/** Kafka's values are texts; numbers and truth values are taken for theirs. */
function textOf(key: string, value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw badRequest(`the value of ${key} has to be a text, a number, true or false`);
}

/** Sets the keys that are named, takes away those that are null, and leaves the others. */
function putConfigs(call: Call): undefined {
  const topic = topicIn(call);
  demandTopic(call, 'alter-configs', topic.name);
  refuseInternal(topic);
  const overrides = new Map<string, string>(topic.config.overrides);
  if (typeof call.json !== 'object' || call.json === null || Array.isArray(call.json)) {
    throw badRequest('an object of keys and values is expected');
  }
  for (const [key, value] of Object.entries(call.json as JsonObject)) {
    if (!Object.hasOwn(topicKeys, key)) throw badRequest(`unknown topic config name: ${key}`);
    if (value === null) overrides.delete(key);
    else overrides.set(key, textOf(key, value));
  }
  if (!isSame(overrides, topic.config.overrides)) call.broker.catalog.configure(topic, overrides);
  return undefined;
}

function isSame(one: TopicOverrides, other: TopicOverrides): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

/** Of all partitions or one, everything or what is before an offset. */
function deleteRecords(call: Call): JsonValue {
  const topic = topicIn(call);
  demandTopic(call, 'delete', topic.name);
  refuseInternal(topic);
  if (!topic.config.deletes) {
    throw badRequest(`topic '${topic.name}' is compacted: its records go by their keys`);
  }
  const partitions = call.asked.has('partition')
    ? [partitionIn(topic, call.asked.whole('partition'))]
    : topic.partitions;
  const before = call.asked.whole('before', -1);
  if (call.asked.has('before') && !call.asked.has('partition'))
    throw badRequest('before an offset of which partition?');
  for (const partition of partitions) {
    const outcome = partition.deleteBefore(before < 0 ? partition.highWatermark : before);
    if (outcome !== 'ok') throw badRequest(`${topic.name}-${partition.index} has no offset ${before}: ${outcome}`);
  }
  return partitions.map(({ index, startOffset }) => ({ partition: index, start_offset: startOffset }));
}

export function partitionIn(topic: Topic, index: number): Partition {
  const partition = topic.partitions[index];
  if (partition !== undefined) return partition;
  throw badRequest(`topic '${topic.name}' has partitions 0 to ${topic.partitions.length - 1}, not ${index}`);
}
