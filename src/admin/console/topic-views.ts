import { defaultVhost } from '../../broker/queue-key.js';
import type { Topic } from '../../broker/topic.js';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Call } from '../api.js';
import { notFound } from '../http-error.js';
import { seesGroup, seesTopic } from '../topics/rights.js';
import type { View } from './live.js';
import type { Meter } from './meter.js';
import { askedFor, type Keys, pageOf } from './paging.js';
import { textAsked } from './queue-views.js';

/** All topics that the caller sees, a page of them. */
export const topicsView: View = { everyMs: 1500, read: topics };

/** One topic: `?name=…`. */
export const topicView: View = { everyMs: 1000, read: topic };

interface Row {
  readonly topic: Topic;
  readonly records: number;
  readonly bytes: number;
  readonly inRate: number;
}

const keys: Keys<Row> = {
  partitions: ({ topic }) => topic.partitions.length,
  records: ({ records }) => records,
  bytes: ({ bytes }) => bytes,
  in: ({ inRate }) => inRate,
};

function topics(call: Call, meter: Meter): JsonValue {
  const rows: Row[] = [];
  const internal = textAsked(call, 'internal') === 'true';
  for (const topic of call.broker.catalog.topics()) {
    if ((topic.internal && !internal) || !seesTopic(call, topic.name)) continue;
    rows.push(rowOf(topic, meter));
  }
  return pageOf(rows, askedFor(call), ({ topic: { name } }) => name, keys, told);
}

function rowOf(topic: Topic, meter: Meter): Row {
  let [records, bytes, ends] = [0, 0, 0];
  for (const { log, highWatermark, startOffset } of topic.partitions) {
    records += highWatermark - startOffset;
    bytes += log.sizeBytes;
    ends += log.endOffset;
  }
  return { topic, records, bytes, inRate: meter.rate(topic.id, ends) };
}

function told({ topic, records, bytes, inRate }: Row): JsonObject {
  const { config } = topic;
  return {
    name: topic.name,
    internal: topic.internal,
    partitions: topic.partitions.length,
    records,
    bytes,
    inRate,
    cleanup: config.value('cleanup.policy'),
    retentionMs: Number(config.value('retention.ms')),
  };
}

function topic(call: Call, meter: Meter): JsonValue {
  const name = textAsked(call, 'name');
  const found = seesTopic(call, name) ? call.broker.catalog.topic(name) : undefined;
  if (found === undefined) throw notFound(`there is no topic '${name}'`);
  const { policy } = call.broker.policies.effectOn('streams', defaultVhost, name);
  return {
    ...told(rowOf(found, meter)),
    id: found.id,
    policy: policy?.name ?? null,
    groups: groupsOf(call, found),
    partitionDetails: found.partitions.map((partition) => ({
      index: partition.index,
      start: partition.startOffset,
      end: partition.highWatermark,
      stable: partition.lastStableOffset,
      bytes: partition.log.sizeBytes,
      segments: partition.log.segments.length,
      inRate: meter.rate(`partition ${partition.log.id}`, partition.log.endOffset),
    })),
  };
}

/** Who has committed something about it, and how far that is behind. */
function groupsOf(call: Call, topic: Topic): JsonObject[] {
  const { groups, shares } = call.broker;
  const found: JsonObject[] = [];
  const members = new Map(groups.sizes());
  for (const name of groups.offsets.groups()) {
    const places = groups.offsets.topics(name).get(topic.name);
    if (places === undefined || !seesGroup(call, name)) continue;
    let lag = 0;
    for (const [index, { offset }] of places)
      lag += Math.max(0, (topic.partitions[index]?.highWatermark ?? 0) - offset);
    found.push({ name, kind: 'group', members: members.get(name) ?? 0, lag });
  }
  for (const group of shares) {
    const partitions = group.partitions.get(topic.id);
    if (partitions === undefined || !seesGroup(call, group.id)) continue;
    let lag = 0;
    for (const partition of partitions.values()) lag += Math.max(0, partition.lag);
    found.push({ name: group.id, kind: 'share', members: group.size, lag });
  }
  return found;
}
