import type { GroupRefusal } from '../../broker/group/group-request.js';
import type { Partition } from '../../broker/partition.js';
import type { JsonValue } from '../../lib/json.js';
import type { Call } from '../api.js';
import { badRequest, notFound } from '../http-error.js';
import { momentOf } from '../moment.js';
import { demandGroup, demandTopic, seesGroup } from '../topics/rights.js';
import { partitionIn } from '../topics/topics.js';
import { refused } from './groups.js';
import { groupOf, type KnownGroup } from './known-groups.js';

/** One partition, and where the group is to go on. */
interface Step {
  readonly partition: Partition;
  readonly before: number | null;
  readonly after: number;
}

const ways = ['to', 'time', 'offset', 'shift', 'offsets'] as const;

/**
 * Sets an idle group elsewhere, as Kafka's tool does: to the earliest or latest record, to a time, to an offset, or so many
 * records forth or back; never beyond what there is. A group that was not there is made where topics are named.
 */
export async function resetOffsets(call: Call): Promise<JsonValue> {
  const name = call.param('group');
  const { broker, body } = call;
  demandGroup(call, 'read', name);
  const group = seesGroup(call, name) ? groupOf(broker, name) : null;
  const partitions = partitionsIn(call, group);
  if (group === null && partitions.length === 0) throw notFound(`there is no group '${name}', and no topic is named`);
  const dryRun = body.flag('dry_run', false);
  refuseMembers(call, name);
  const steps = await stepsFor(call, group, partitions);
  if (!dryRun) await commit(call, name, steps);
  return {
    group: name,
    dry_run: dryRun,
    offsets: steps.map(({ partition, before, after }) => ({
      topic: partition.topicName,
      partition: partition.index,
      before,
      after,
      start_offset: partition.startOffset,
      end_offset: partition.highWatermark,
    })),
  };
}

/** Also a dry run says so: what it tells could not be done. */
function refuseMembers(call: Call, name: string): void {
  if ((groupOf(call.broker, name)?.memberCount ?? 0) > 0) throw refused('group-not-empty', name);
}

/** Those that the request names, or all that the group has read. */
function partitionsIn(call: Call, group: KnownGroup | null): Partition[] {
  const { body, broker } = call;
  const names = body.has('topic') ? [body.text('topic')] : body.list('topics').map(String);
  if (names.length === 0) {
    const read = (group?.progress() ?? []).flatMap(({ partition }) => (partition === undefined ? [] : [partition]));
    for (const { topicName } of read) demandTopic(call, 'read', topicName);
    return read;
  }
  const partitions: Partition[] = [];
  for (const name of new Set(names)) {
    demandTopic(call, 'read', name);
    const topic = broker.catalog.topic(name);
    if (topic === undefined) throw notFound(`there is no topic '${name}'`);
    const listed = body.has('partitions') ? body.list('partitions') : Object.keys(offsetsIn(call));
    const indexes = new Set(listed.map(Number));
    partitions.push(
      ...(indexes.size === 0 ? topic.partitions : [...indexes].map((index) => partitionIn(topic, index))),
    );
  }
  return partitions;
}

function offsetsIn({ body }: Call): Record<string, JsonValue> {
  return Object.fromEntries(body.entries('offsets'));
}

async function stepsFor(call: Call, group: KnownGroup | null, partitions: readonly Partition[]): Promise<Step[]> {
  const { body, broker } = call;
  const asked = ways.filter((way) => body.has(way));
  if (asked.length !== 1) throw badRequest(`say one of ${ways.join(', ')}`);
  const known = new Map(group?.progress().map((each) => [`${each.index} ${each.topic}`, each.offset]));
  const target = targetOf(call, asked[0]!, broker.storage.clock.now());
  const steps: Step[] = [];
  for (const partition of partitions) {
    const before = known.get(`${partition.index} ${partition.topicName}`) ?? null;
    const wanted = await target(partition, before);
    const after = Math.min(Math.max(wanted, partition.startOffset), partition.highWatermark);
    steps.push({ partition, before, after });
  }
  return steps;
}

type Target = (partition: Partition, before: number | null) => number | Promise<number>;

function targetOf(call: Call, way: (typeof ways)[number], nowMs: number): Target {
  const { body } = call;
  if (way === 'to') {
    const to = body.text('to');
    if (to === 'earliest') return ({ startOffset }) => startOffset;
    if (to === 'latest') return ({ highWatermark }) => highWatermark;
    if (to === 'current') return ({ highWatermark }, before) => before ?? highWatermark;
    throw badRequest('to is earliest, latest or current');
  }
  if (way === 'time') {
    const timeMs = momentOf(body.get('time')!, nowMs);
    return async (partition) => (await partition.offsetForTime(timeMs))?.offset ?? partition.highWatermark;
  }
  if (way === 'offset') {
    const offset = body.whole('offset');
    return () => offset;
  }
  if (way === 'shift') {
    const shift = body.whole('shift');
    return ({ highWatermark }, before) => (before ?? highWatermark) + shift;
  }
  if (!body.has('topic')) throw badRequest('offsets are those of one topic');
  const offsets = body.inner('offsets');
  return ({ index }, before) => offsets.whole(String(index), before ?? 0);
}

async function commit(call: Call, name: string, steps: readonly Step[]): Promise<void> {
  const { groups, shares, catalog } = call.broker;
  // Time passed while offsets were looked up.
  refuseMembers(call, name);
  const share = shares.get(name);
  if (share !== undefined) {
    for (const { partition, after } of steps) {
      const topic = catalog.topic(partition.topicName);
      if (topic !== undefined) shares.partition(name, topic, partition.index)?.reset(after);
    }
    return;
  }
  const offsets = steps.map(({ partition, after }) => ({
    topic: partition.topicName,
    partition: partition.index,
    offset: after,
    leaderEpoch: -1,
    metadata: '',
  }));
  const request = { group: name, memberId: '', instanceId: null, generation: -1, retentionMs: -1, offsets };
  const refusals = await new Promise<readonly (GroupRefusal | null)[]>((resolve) => groups.commit(request, resolve));
  const refusal = refusals.find((each) => each !== null);
  if (refusal !== undefined && refusal !== null) {
    throw refused(refusal === 'unknown-member' ? 'group-not-empty' : refusal, name);
  }
}
