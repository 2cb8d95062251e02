import type { GroupRefusal } from '../../broker/group/group-request.js';
import type { JsonObject } from '../../lib/json.js';
import type { Api, Call } from '../api.js';
import { badRequest, conflict, HttpError, notFound } from '../http-error.js';
import { demandGroup, seesGroup } from '../topics/rights.js';
import { type GroupMember, groupNames, groupOf, type KnownGroup, type Progress } from './known-groups.js';
import { resetOffsets } from './reset.js';

/** Groups of all kinds: who is in them, how far they are, and setting them to elsewhere. */
export function groupRoutes(api: Api): void {
  api.get('/api/groups', 'management', (call) =>
    call.listEach(
      groupNames(call.broker).filter((name) => seesGroup(call, name)),
      { nameOf: (name) => name, order: ['name'] },
      (name) => {
        const group = groupOf(call.broker, name);
        return group === null ? null : summary(group, group.progress());
      },
    ),
  );
  api.get('/api/groups/:group', 'management', (call) => {
    const group = groupIn(call);
    const progress = group.progress();
    const members = group.members();
    const owners = ownersOf(members);
    return call.shown({
      ...summary(group, progress),
      member_details: members.map(memberTold),
      offsets: progress.map((each) => progressTold(each, owners)),
    });
  });
  api.delete('/api/groups/:group', 'management', async (call) => {
    const { name } = groupIn(call);
    demandGroup(call, 'delete', name);
    const { groups, shares } = call.broker;
    const refusal =
      shares.get(name) === undefined
        ? await new Promise<GroupRefusal | null>((resolve) => groups.delete(name, resolve))
        : shares.delete(name);
    if (refusal !== null) throw refused(refusal, name);
    return undefined;
  });
  api.post('/api/groups/:group/offsets', 'management', resetOffsets);
  api.delete('/api/groups/:group/offsets', 'management', deleteOffsets);
}

export function groupIn(call: Call): KnownGroup {
  const name = call.param('group');
  const group = seesGroup(call, name) ? groupOf(call.broker, name) : null;
  if (group === null) throw notFound(`there is no group '${name}'`);
  return group;
}

/** Why a group is not changed, as it is told. */
export function refused(refusal: GroupRefusal, name: string): HttpError {
  if (refusal === 'group-not-empty') return conflict(`group '${name}' has members: stop them first`);
  if (refusal === 'unknown-group') return notFound(`there is no group '${name}'`);
  if (refusal === 'storage-failed' || refusal === 'unavailable') {
    return new HttpError(503, 'service_unavailable', `group '${name}' cannot be changed at the moment`);
  }
  return badRequest(`group '${name}' is not changed: ${refusal}`);
}

function summary(group: KnownGroup, progress: readonly Progress[]): JsonObject {
  const topics = new Set(progress.map(({ topic }) => topic));
  return {
    name: group.name,
    kind: group.kind,
    state: group.state,
    protocol_type: group.protocolType,
    protocol: group.protocol,
    epoch: group.epoch,
    members: group.memberCount,
    topics: [...topics],
    lag: progress.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
  };
}

function ownersOf(members: readonly GroupMember[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { id, assigned } of members) {
    for (const [topic, indexes] of assigned) for (const index of indexes) owners.set(`${index} ${topic}`, id);
  }
  return owners;
}

function memberTold({ id, instanceId, clientId, host, topics, assigned }: GroupMember): JsonObject {
  return {
    member_id: id,
    instance_id: instanceId,
    client_id: clientId,
    host,
    topics,
    assigned: assigned.map(([topic, partitions]) => ({ topic, partitions })),
  };
}

function progressTold(
  { topic, index, partition, offset, committedMs, metadata, lag }: Progress,
  owners: ReadonlyMap<string, string>,
): JsonObject {
  return {
    topic,
    partition: index,
    offset,
    lag,
    start_offset: partition?.startOffset ?? null,
    end_offset: partition?.highWatermark ?? null,
    committed_ms: committedMs,
    metadata,
    member_id: owners.get(`${index} ${topic}`) ?? null,
  };
}

/** Forgets how far an idle group is with a topic, or with one partition of it. */
async function deleteOffsets(call: Call): Promise<undefined> {
  const group = groupIn(call);
  const { name } = group;
  demandGroup(call, 'delete', name);
  const topic = call.asked.text('topic');
  const only = call.asked.has('partition') ? call.asked.whole('partition') : null;
  if (group.memberCount > 0) throw refused('group-not-empty', name);
  const chosen = group.progress().filter((each) => each.topic === topic && (only === null || each.index === only));
  if (chosen.length === 0) throw notFound(`group '${name}' has no offsets of topic '${topic}'`);
  const { groups, shares, catalog } = call.broker;
  const share = shares.get(name);
  if (share !== undefined) {
    if (only !== null) throw badRequest('a share group forgets a topic as a whole');
    shares.deleteTopic(share, catalog.topic(topic)!);
    return;
  }
  const partitions = chosen.map(({ index }) => ({ topic, partition: index }));
  const refusal = await new Promise<GroupRefusal | null>((resolve) => groups.deleteOffsets(name, partitions, resolve));
  if (refusal !== null) throw refused(refusal, name);
}
