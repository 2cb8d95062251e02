import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readGroupValue, readKey, readOffsetValue } from '../../src/broker/group/offset-records.js';
import { batchBytes } from '../../src/log/batch.js';
import { RecordCursor } from '../../src/log/records.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { newFetchRequestPartition, newFetchRequestTopic } from '../kafka-codec/codec/01-fetch.js';
import { bytesOf } from '../kafka-transactions/reading.js';
import { fetch } from '../kafka-transactions/wire-apis.js';
import { Served, type WireClient } from './harness.js';
import {
  deleteGroups,
  describeConfigs,
  describeGroups,
  heartbeat,
  joinGroup,
  leaveGroup,
  metadata,
  offsetCommit,
  syncGroup,
} from './wire-apis.js';

const noId = '0'.repeat(32);

let served: Served;
let client: WireClient;

before(async () => {
  served = await Served.start({ groupInitialRebalanceDelayMs: 0 });
  client = await served.client();
  await client.ask(metadata, 9, { topics: [{ topicId: noId, name: 'work' }], allowAutoTopicCreation: true });
});

after(() => served.close());

interface Joining {
  readonly group: string;
  readonly protocolType: string;
  readonly protocols: readonly { readonly name: string; readonly metadata: Buffer }[];
}

/** One that joins, in both steps. */
async function joined(member: WireClient, { group: groupId, protocolType, protocols }: Joining, id = '') {
  const ask = (memberId: string) =>
    member.ask(joinGroup, 9, {
      groupId,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      memberId,
      protocolType,
      protocols: [...protocols],
    });
  const first = await ask(id);
  return first.errorCode === ErrorCode.MEMBER_ID_REQUIRED ? ask(first.memberId) : first;
}

async function stateOf(group: string): Promise<string> {
  return (await client.ask(describeGroups, 5, { groups: [group] })).groups[0]!.groupState;
}

function synced(
  member: WireClient,
  { group: groupId, protocolType }: Joining,
  { memberId, generationId, protocolName }: { memberId: string; generationId: number; protocolName: string | null },
  assignments: Readonly<Record<string, Buffer>> = {},
) {
  return member.ask(syncGroup, 5, {
    groupId,
    generationId,
    memberId,
    protocolType,
    protocolName,
    assignments: Object.entries(assignments).map(([id, assignment]) => ({ memberId: id, assignment })),
  });
}

async function untilAskedToRejoin(
  member: WireClient,
  groupId: string,
  { memberId, generationId }: { memberId: string; generationId: number },
): Promise<void> {
  for (;;) {
    const { errorCode } = await member.ask(heartbeat, 4, { groupId, memberId, generationId });
    if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) return;
    assert.equal(errorCode, ErrorCode.NONE);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a group goes through the states that Kafka’s groups have, and is described in each', async () => {
  const plan: Joining = {
    group: 'stateful',
    protocolType: 'any',
    protocols: [{ name: 'p', metadata: Buffer.alloc(1) }],
  };
  assert.equal(await stateOf(plan.group), 'Dead');
  const first = await joined(client, plan);
  assert.equal(await stateOf(plan.group), 'CompletingRebalance');
  await synced(client, plan, first, { [first.memberId]: Buffer.from('all') });
  assert.equal(await stateOf(plan.group), 'Stable');
  const other = await served.client();
  const waiting = joined(other, plan);
  await untilAskedToRejoin(client, plan.group, first);
  assert.equal(await stateOf(plan.group), 'PreparingRebalance');
  const [again, second] = await Promise.all([joined(client, plan, first.memberId), waiting]);
  for (const { memberId } of [again, second]) {
    const members = [{ memberId, groupInstanceId: null, reason: null }];
    await client.ask(leaveGroup, 5, { groupId: plan.group, members });
  }
  assert.equal(await stateOf(plan.group), 'Empty');
  await client.ask(deleteGroups, 2, { groupsNames: [plan.group] });
  assert.equal(await stateOf(plan.group), 'Dead');
});

for (const protocolType of ['consumer', 'connect', 'sr', 'something-of-ours']) {
  test(`what members of the protocol type ${protocolType} tell each other passes through byte for byte`, async () => {
    const wishes = Buffer.from([0, 255, 1, 254, 0, 0, 7]);
    const plan: Joining = {
      group: `opaque-${protocolType}`,
      protocolType,
      protocols: [{ name: 'p', metadata: wishes }],
    };
    const leader = await joined(client, plan);
    assert.equal(leader.protocolType, protocolType);
    assert.deepEqual(leader.members[0]!.metadata, wishes);
    const { assignment } = await synced(client, plan, leader, { [leader.memberId]: wishes });
    assert.deepEqual(assignment, wishes);
  });
}

test('members that share cooperatively give up a part in one generation and go on in the next', async () => {
  const holding = (text: string): Joining => ({
    group: 'cooperative',
    protocolType: 'consumer',
    protocols: [{ name: 'cooperative-sticky', metadata: Buffer.from(text) }],
  });
  const first = await joined(client, holding('has nothing'));
  await synced(client, holding(''), first, { [first.memberId]: Buffer.from('0,1') });
  const other = await served.client();
  const waiting = joined(other, holding('has nothing'));
  await untilAskedToRejoin(client, 'cooperative', first);
  // The first goes on reading what it has, and says so: what it is to give up is free only in the round after this one.
  const [again, second] = await Promise.all([joined(client, holding('has 0,1'), first.memberId), waiting]);
  assert.equal(again.leader, first.memberId);
  assert.deepEqual(again.members.map(({ metadata: held }) => held.toString()).sort(), ['has 0,1', 'has nothing']);
  const [one, two] = await Promise.all([
    synced(client, holding(''), again, {
      [first.memberId]: Buffer.from('0'),
      [second.memberId]: Buffer.from(''),
    }),
    synced(other, holding(''), second),
  ]);
  assert.deepEqual([one.assignment.toString(), two.assignment.toString()], ['0', '']);
  const rejoining = joined(client, holding('has 0'), first.memberId);
  await untilAskedToRejoin(other, 'cooperative', second);
  const [led, followed] = await Promise.all([rejoining, joined(other, holding('has nothing'), second.memberId)]);
  assert.equal(led.generationId, again.generationId + 1);
  const [last, given] = await Promise.all([
    synced(client, holding(''), led, { [first.memberId]: Buffer.from('0'), [second.memberId]: Buffer.from('1') }),
    synced(other, holding(''), followed),
  ]);
  assert.deepEqual([last.assignment.toString(), given.assignment.toString()], ['0', '1']);
});

test('a delay of nothing before the first generation keeps nobody waiting', async () => {
  const began = performance.now();
  const plan: Joining = { group: 'prompt', protocolType: 'any', protocols: [{ name: 'p', metadata: Buffer.alloc(0) }] };
  assert.equal((await joined(client, plan)).generationId, 1);
  assert.ok(performance.now() - began < 2_500, 'Kafka’s delay is three seconds');
});

test('__consumer_offsets is a compacted topic of 50 partitions that anybody may read in Kafka’s own records', async () => {
  const plan: Joining = {
    group: 'readable',
    protocolType: 'any',
    protocols: [{ name: 'p', metadata: Buffer.from('m') }],
  };
  const member = await joined(client, plan);
  await synced(client, plan, member, { [member.memberId]: Buffer.from('all') });
  const partition = {
    partitionIndex: 0,
    committedOffset: 17,
    commitTimestamp: -1,
    committedLeaderEpoch: 3,
    committedMetadata: 'a note',
  };
  await client.ask(offsetCommit, 8, {
    groupId: 'readable',
    generationIdOrMemberEpoch: member.generationId,
    memberId: member.memberId,
    topics: [{ name: 'work', topicId: noId, partitions: [partition] }],
  });
  const name = '__consumer_offsets';
  const { topics } = await client.ask(metadata, 9, { topics: [{ topicId: noId, name }] });
  assert.deepEqual([topics[0]!.isInternal, topics[0]!.partitions.length], [true, 50]);
  const resources = [{ resourceType: 2, resourceName: name, configurationKeys: ['cleanup.policy'] }];
  const { results } = await client.ask(describeConfigs, 4, { resources });
  assert.equal(results[0]!.configs[0]!.value, 'compact');
  const partitions = topics[0]!.partitions.map(({ partitionIndex }) => ({
    ...newFetchRequestPartition(),
    partition: partitionIndex,
    partitionMaxBytes: 1 << 20,
  }));
  const answer = await client.ask(fetch, 12, {
    maxWaitMs: 0,
    maxBytes: 1 << 24,
    topics: [{ ...newFetchRequestTopic(), topic: name, partitions }],
  });
  const groups: string[] = [];
  const offsets: unknown[] = [];
  for (const each of answer.responses[0]!.partitions) {
    const bytes = bytesOf(each);
    for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) {
      const cursor = new RecordCursor(bytes, at, 1 << 20);
      while (cursor.next()) {
        const about = readKey(cursor.key()!);
        if (about.kind === 'group' && about.group === 'readable')
          groups.push(readGroupValue(cursor.value()!).protocolType);
        if (about.kind !== 'offset' || about.group !== 'readable') continue;
        const { offset, leaderEpoch, metadata: note } = readOffsetValue(cursor.value()!);
        offsets.push([about.topic, about.partition, offset, leaderEpoch, note]);
      }
    }
  }
  assert.equal(groups.at(-1), 'any');
  assert.deepEqual(offsets, [['work', 0, 17, 3, 'a note']]);
});
