import type { JsonObject, JsonValue } from '../../lib/json.js';
import type { Call } from '../api.js';
import { groupNames, groupOf, type KnownGroup, type Progress } from '../groups/known-groups.js';
import { notFound } from '../http-error.js';
import { seesGroup } from '../topics/rights.js';
import type { View } from './live.js';
import type { Meter } from './meter.js';
import { askedFor, type Keys, pageOf } from './paging.js';
import { textAsked } from './queue-views.js';

/** All groups that the caller sees, a page of them. */
export const groupsView: View = { everyMs: 2000, read: groups };

/** One group: `?name=…`. */
export const groupView: View = { everyMs: 1000, read: group };

interface Row {
  readonly group: KnownGroup;
  readonly progress: readonly Progress[];
  readonly lag: number;
  readonly rate: number;
}

const keys: Keys<Row> = {
  members: ({ group }) => group.memberCount,
  lag: ({ lag }) => lag,
  rate: ({ rate }) => rate,
  state: ({ group }) => group.state,
};

function groups(call: Call, meter: Meter): JsonValue {
  const rows: Row[] = [];
  for (const name of groupNames(call.broker)) {
    const group = seesGroup(call, name) ? groupOf(call.broker, name) : null;
    if (group !== null) rows.push(rowOf(group, meter));
  }
  return pageOf(rows, askedFor(call), (row) => row.group.name, keys, told);
}

function rowOf(group: KnownGroup, meter: Meter): Row {
  const progress = group.progress();
  let [lag, offsets] = [0, 0];
  for (const each of progress) {
    lag += each.lag ?? 0;
    offsets += each.offset ?? 0;
  }
  return { group, progress, lag, rate: meter.rate(`group ${group.name}`, offsets) };
}

function told({ group, progress, lag, rate }: Row): JsonObject {
  return {
    name: group.name,
    kind: group.kind,
    state: group.state,
    protocol: group.protocol,
    members: group.memberCount,
    topics: [...new Set(progress.map(({ topic }) => topic))],
    lag,
    rate,
  };
}

function group(call: Call, meter: Meter): JsonValue {
  const name = textAsked(call, 'name');
  const found = seesGroup(call, name) ? groupOf(call.broker, name) : null;
  if (found === null) throw notFound(`there is no group '${name}'`);
  const row = rowOf(found, meter);
  const members = found.members();
  const owners = new Map<string, string>();
  for (const { id, assigned } of members) {
    for (const [topic, indexes] of assigned) for (const index of indexes) owners.set(`${index} ${topic}`, id);
  }
  return {
    ...told(row),
    epoch: found.epoch,
    memberDetails: members.map(({ id, instanceId, clientId, host, topics, assigned }) => ({
      id,
      instanceId,
      clientId,
      host,
      topics,
      partitions: assigned.reduce((sum, [, indexes]) => sum + indexes.length, 0),
    })),
    offsets: row.progress.map(({ topic, index, partition, offset, committedMs, lag }) => ({
      topic,
      partition: index,
      offset,
      lag,
      start: partition?.startOffset ?? null,
      end: partition?.highWatermark ?? null,
      committedMs,
      rate: offset === null ? 0 : meter.rate(`offset ${index} ${topic}`, offset),
      member: owners.get(`${index} ${topic}`) ?? null,
    })),
  };
}
