import { consumerProtocolType, withIds, withNames } from './classic-consumers.js';
import type { ConsumerGroup, RestoredConsumerGroup } from './consumer-group.js';
import { readAssignment, readSubscription, writeAssignment } from './consumer-protocol.js';
import type { Group } from './group.js';
import { noBytes } from './group-request.js';
import type { Member } from './member.js';
import type { StoredGroup, StoredMember } from './offset-records.js';
import { noPartitions, type Partitions, partitionsOf, union } from './partitions.js';
import type { KnownTopics } from './subscription.js';

/**
 * A group that moves from one protocol to the other while members are in it: from the classic one when the first member
 * of KIP-848 comes, back when the last one goes. Its members stay who they are, and their partitions theirs.
 */

/**
 * The group as a consumer group; `null` when its members do not speak of topics that they read. What a member was given
 * last, and what it says it has not given up, is its own until it joins again: nobody else gets that before.
 */
export function asConsumers(group: Group, topics: KnownTopics): RestoredConsumerGroup | null {
  const epoch = Math.max(1, group.generation);
  const restored: RestoredConsumerGroup = {
    stored: { epoch, topicsHash: 0, sinceMs: -1 },
    targetEpoch: epoch,
    members: new Map(),
    targets: new Map(),
    standings: new Map(),
  };
  const claims = new Claims();
  const said = new Map<string, Partitions>();
  for (const member of group.everyone()) {
    if (group.protocolType !== consumerProtocolType) return null;
    const protocols = chosenFirst(member, group.protocol);
    const subscription = readSubscription(protocols[0]?.metadata ?? noBytes);
    const given = readAssignment(member.assignment);
    if (subscription === null || given === null) return null;
    // Who has not heard its id yet comes back as somebody new.
    if (member.isNew) continue;
    const { id, instanceId, clientId, clientHost, sessionTimeoutMs, rebalanceTimeoutMs } = member;
    const topicNames = [...new Set(subscription.topicNames)].sort();
    const rackId = subscription.rackId === '' ? null : subscription.rackId;
    const same = { instanceId, rackId, clientId, clientHost, topicNames, topicRegex: null, rebalanceTimeoutMs };
    restored.members.set(id, { ...same, assignor: null, classic: { sessionTimeoutMs, protocols } });
    claims.add(id, withIds(given, topics));
    said.set(id, withIds(subscription.owned, topics));
  }
  // What was said is older than what was given: somebody else may have been given it since.
  for (const [id, owned] of said) claims.add(id, owned);
  for (const id of said.keys()) {
    const assigned = claims.of(id);
    restored.targets.set(id, assigned);
    restored.standings.set(id, { epoch, previousEpoch: epoch, state: 'stable', assigned, revoking: noPartitions });
  }
  return restored;
}

/** Who has what: of several who claim a partition the first has it. */
class Claims {
  private readonly owners = new Map<string, string>();
  private readonly byMember = new Map<string, Partitions>();

  add(memberId: string, partitions: Partitions): void {
    const own: [string, number[]][] = [];
    for (const [topicId, numbers] of partitions) {
      const free = numbers.filter((number) => (this.owners.get(`${number} ${topicId}`) ?? memberId) === memberId);
      for (const number of free) this.owners.set(`${number} ${topicId}`, memberId);
      own.push([topicId, free]);
    }
    this.byMember.set(memberId, union(this.of(memberId), partitionsOf(own)));
  }

  of(memberId: string): Partitions {
    return this.byMember.get(memberId) ?? noPartitions;
  }
}

/** The protocol that the group had agreed on is the one that the member goes on with. */
function chosenFirst({ protocols }: Member, chosen: string | null): Member['protocols'] {
  const first = protocols.filter(({ name }) => name === chosen);
  return [...first, ...protocols.filter(({ name }) => name !== chosen)];
}

/** The group, of which all members speak the classic protocol, as a classic one. It begins a rebalance at once. */
export function asClassic(group: ConsumerGroup, topics: KnownTopics, nowMs: number): StoredGroup {
  const everyone = [...group.everyone()];
  const protocol = commonProtocol(everyone.map(({ classic }) => classic!.protocols.map(({ name }) => name)));
  let generation = 0;
  const members = everyone.map((member): StoredMember => {
    const { id: memberId, instanceId, clientId, clientHost, rebalanceTimeoutMs, classic, standing } = member;
    generation = Math.max(generation, standing.epoch);
    const subscription = classic!.protocols.find(({ name }) => name === protocol)?.metadata ?? noBytes;
    const version = readSubscription(subscription)?.version ?? 0;
    const assignment = writeAssignment(version, withNames(standing.assigned, topics));
    const { sessionTimeoutMs } = classic!;
    return {
      memberId,
      instanceId,
      clientId,
      clientHost,
      rebalanceTimeoutMs,
      sessionTimeoutMs,
      subscription,
      assignment,
    };
  });
  return {
    protocolType: consumerProtocolType,
    generation,
    protocol,
    leader: everyone[0]!.id,
    stateTimestampMs: nowMs,
    members,
  };
}

/** There is one, for who has none in common with the others is not let in; but what is read back may be damaged. */
function commonProtocol(offers: readonly (readonly string[])[]): string | null {
  return offers[0]!.find((name) => offers.every((names) => names.includes(name))) ?? null;
}
