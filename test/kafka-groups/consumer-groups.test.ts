import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../../src/protocols/kafka/codec/68-consumer-group-heartbeat.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { Served, versionsOf, type WireClient } from '../kafka/harness.js';
import {
  createTopics,
  deleteGroups,
  describeGroups,
  joinGroup,
  listGroups,
  offsetCommit,
  offsetFetch,
} from '../kafka/wire-apis.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import { apiVersions, consumerGroupDescribe, consumerGroupHeartbeat, offsetDelete } from './wire-apis.js';

/** Groups of KIP-848 on the wire, in every version. */

let served: Served;
let client: WireClient;
let topicId = '';

before(async () => {
  served = await Served.start({ autoCreateTopics: false });
  client = await served.client();
  const topic = { ...newCreatableTopic(), name: 'orders', numPartitions: 3, replicationFactor: 1 };
  const { topics } = await client.ask(createTopics, 7, { topics: [topic] });
  topicId = topics[0]!.topicId;
});

after(() => served.close());

function beat(
  groupId: string,
  values: Partial<ConsumerGroupHeartbeatRequest>,
  version = 1,
): Promise<ConsumerGroupHeartbeatResponse> {
  return client.ask(consumerGroupHeartbeat, version, { groupId, ...values });
}

function join(
  groupId: string,
  memberId: string,
  more: Partial<ConsumerGroupHeartbeatRequest> = {},
  version = 1,
): Promise<ConsumerGroupHeartbeatResponse> {
  const values = { memberId, rebalanceTimeoutMs: 30_000, subscribedTopicNames: ['orders'], topicPartitions: [] };
  return beat(groupId, { ...values, ...more }, version);
}

async function commit(groupId: string, memberId: string, epoch: number, version = 9): Promise<number> {
  const partitions = [
    { partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: -1, commitTimestamp: -1, committedMetadata: '' },
  ];
  const request = {
    groupId,
    memberId,
    generationIdOrMemberEpoch: epoch,
    topics: [{ name: 'orders', topicId, partitions }],
  };
  const { topics } = await client.ask(offsetCommit, version, request);
  return topics[0]!.partitions[0]!.errorCode;
}

test('the feature that tells clients of these groups is there', async () => {
  const named = { clientSoftwareName: 'test', clientSoftwareVersion: '1' };
  const { supportedFeatures, finalizedFeatures } = await client.ask(apiVersions, 4, named);
  assert.ok(supportedFeatures.some(({ name, maxVersion }) => name === 'group.version' && maxVersion === 1));
  assert.ok(finalizedFeatures.some(({ name, maxVersionLevel }) => name === 'group.version' && maxVersionLevel === 1));
});

for (const version of versionsOf(consumerGroupHeartbeat)) {
  test(`ConsumerGroupHeartbeat v${version}: a member joins, stays and leaves`, async () => {
    const group = `beats-${version}`;
    const joined = await join(group, version === 0 ? '' : 'mine', {}, version);
    assert.equal(joined.errorCode, ErrorCode.NONE);
    const { memberId, memberEpoch } = joined;
    assert.ok(version === 0 ? memberId !== '' && memberId !== null : memberId === 'mine');
    assert.equal(memberEpoch, 1);
    assert.equal(joined.heartbeatIntervalMs, 5_000);
    assert.deepEqual(joined.assignment, { topicPartitions: [{ topicId, partitions: [0, 1, 2] }] });
    const stays = await beat(group, { memberId: memberId!, memberEpoch }, version);
    assert.equal(stays.errorCode, ErrorCode.NONE);
    assert.equal(stays.assignment, null, 'what has not changed is not told again');
    const left = await beat(group, { memberId: memberId!, memberEpoch: -1 }, version);
    assert.equal(left.errorCode, ErrorCode.NONE);
    assert.equal(left.memberEpoch, -1);
  });

  test(`ConsumerGroupHeartbeat v${version}: every refusal has Kafka's own code`, async () => {
    const group = `refusals-${version}`;
    const code = async (values: Partial<ConsumerGroupHeartbeatRequest>): Promise<number> =>
      (await beat(group, values, version)).errorCode;
    assert.equal(await code({ memberId: 'a', memberEpoch: 1 }), ErrorCode.GROUP_ID_NOT_FOUND);
    await join(group, 'a', { instanceId: 'i' }, version);
    assert.equal(await code({ memberId: 'x', memberEpoch: 1 }), ErrorCode.UNKNOWN_MEMBER_ID);
    assert.equal(await code({ memberId: 'a', memberEpoch: 9 }), ErrorCode.FENCED_MEMBER_EPOCH);
    assert.equal(await code({ memberId: 'x', instanceId: 'i', memberEpoch: 1 }), ErrorCode.FENCED_INSTANCE_ID);
    assert.equal((await join(group, 'x', { instanceId: 'i' }, version)).errorCode, ErrorCode.UNRELEASED_INSTANCE_ID);
    assert.equal(
      (await join(group, 'x', { serverAssignor: 'best' }, version)).errorCode,
      ErrorCode.UNSUPPORTED_ASSIGNOR,
    );
    assert.equal((await join(group, 'x', { rebalanceTimeoutMs: -1 }, version)).errorCode, ErrorCode.INVALID_REQUEST);
    assert.equal((await join('', 'x', {}, version)).errorCode, ErrorCode.INVALID_REQUEST);
  });
}

test('from version 1 on members bring their own id, and may read what matches an expression', async () => {
  assert.equal((await join('expressions', '')).errorCode, ErrorCode.INVALID_REQUEST);
  const regex = { subscribedTopicNames: null, subscribedTopicRegex: 'ord.*' };
  const joined = await join('expressions', 'a', regex);
  assert.deepEqual(joined.assignment?.topicPartitions, [{ topicId, partitions: [0, 1, 2] }]);
  const wrong = await join('expressions', 'b', { ...regex, subscribedTopicRegex: '[' });
  assert.equal(wrong.errorCode, ErrorCode.INVALID_REGULAR_EXPRESSION);
  assert.match(wrong.errorMessage!, /\[/);
});

for (const version of versionsOf(consumerGroupDescribe)) {
  test(`ConsumerGroupDescribe v${version} tells what members have and are to have`, async () => {
    const group = `described-${version}`;
    await join(group, 'a', { rackId: 'r', instanceId: 'i' });
    await join(group, 'b');
    const request = { groupIds: [group, 'nobody'], includeAuthorizedOperations: true };
    const { groups } = await client.ask(consumerGroupDescribe, version, request);
    const { members, authorizedOperations, ...told } = groups[0]!;
    assert.ok(authorizedOperations > 0);
    assert.deepEqual(told, {
      errorCode: 0,
      errorMessage: null,
      groupId: group,
      groupState: 'Reconciling',
      groupEpoch: 2,
      assignmentEpoch: 2,
      assignorName: 'uniform',
    });
    const part = (partitions: number[]): unknown => ({
      topicPartitions: [{ topicId, topicName: 'orders', partitions }],
    });
    assert.deepEqual(members[0], {
      memberId: 'a',
      instanceId: 'i',
      rackId: 'r',
      memberEpoch: 1,
      clientId: 'test',
      clientHost: '/127.0.0.1',
      subscribedTopicNames: ['orders'],
      subscribedTopicRegex: null,
      assignment: part([0, 1, 2]),
      targetAssignment: part([0, 1]),
      memberType: version >= 1 ? 1 : -1,
    });
    assert.deepEqual(members[1]!.targetAssignment, part([2]));
    assert.equal(groups[1]!.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  });
}

test('ListGroups filters by type and state, over both kinds of group', async () => {
  await join('listed', 'a');
  const { groups } = await client.ask(listGroups, 5, { typesFilter: ['Consumer'], statesFilter: ['stable'] });
  assert.deepEqual(
    groups.find(({ groupId }) => groupId === 'listed'),
    { groupId: 'listed', protocolType: 'consumer', groupState: 'Stable', groupType: 'consumer' },
  );
  const classic = await client.ask(listGroups, 5, { typesFilter: ['classic'] });
  assert.ok(!classic.groups.some(({ groupId }) => groupId === 'listed'));
  const described = await client.ask(describeGroups, 6, { groups: ['listed'] });
  assert.equal(described.groups[0]!.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.match(described.groups[0]!.errorMessage!, /not a classic group/);
});

test('OffsetCommit and OffsetFetch know the epochs of members', async () => {
  await join('epochs', 'a');
  for (const version of [9, 10]) {
    assert.equal(await commit('epochs', 'a', 1, version), ErrorCode.NONE);
    assert.equal(await commit('epochs', 'a', 0, version), ErrorCode.STALE_MEMBER_EPOCH);
    assert.equal(await commit('epochs', 'x', 1, version), ErrorCode.UNKNOWN_MEMBER_ID);
    assert.equal(await commit('nobody', 'a', 1, version), ErrorCode.GROUP_ID_NOT_FOUND);
  }
  assert.equal(await commit('epochs', 'a', 1, 8), ErrorCode.UNSUPPORTED_VERSION, 'older versions have no epochs');
  for (const version of [9, 10]) {
    const fetched = async (memberId: string | null, memberEpoch: number): Promise<number> => {
      const topics = [{ name: 'orders', topicId, partitionIndexes: [0] }];
      const groups = [{ groupId: 'epochs', memberId, memberEpoch, topics }];
      const response = await client.ask(offsetFetch, version, { groups });
      const [answered] = response.groups;
      return answered!.errorCode === 0 ? answered!.topics[0]!.partitions[0]!.committedOffset : -answered!.errorCode;
    };
    assert.equal(await fetched('a', 1), 5);
    assert.equal(await fetched(null, -1), 5);
    assert.equal(await fetched('a', 7), -ErrorCode.STALE_MEMBER_EPOCH);
    assert.equal(await fetched('x', 1), -ErrorCode.UNKNOWN_MEMBER_ID);
  }
});

test('OffsetDelete keeps what is read, and deletes the rest', async () => {
  const request = { groupId: 'deletions', topics: [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }] };
  assert.equal((await client.ask(offsetDelete, 0, request)).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  await join('deletions', 'a');
  await commit('deletions', 'a', 1);
  const read = await client.ask(offsetDelete, 0, request);
  assert.equal(read.topics[0]!.partitions[0]!.errorCode, ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
  await beat('deletions', { memberId: 'a', memberEpoch: -1 });
  const unread = await client.ask(offsetDelete, 0, request);
  assert.deepEqual(unread.topics, [{ name: 'orders', partitions: [{ partitionIndex: 0, errorCode: 0 }] }]);
  const strange = await client.ask(offsetDelete, 0, {
    groupId: 'deletions',
    topics: [{ name: 'nowhere', partitions: [{ partitionIndex: 0 }] }],
  });
  assert.equal(strange.topics[0]!.partitions[0]!.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test('who does not say what it reads is kept out of a group of the new protocol, until it is empty', async () => {
  await join('mixed', 'a');
  const protocols = [{ name: 'range', metadata: Buffer.alloc(0) }];
  const asClassic = {
    groupId: 'mixed',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: 'consumer',
    protocols,
  };
  assert.equal((await client.ask(joinGroup, 3, asClassic)).errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  assert.equal(
    (await client.ask(deleteGroups, 2, { groupsNames: ['mixed'] })).results[0]!.errorCode,
    ErrorCode.NON_EMPTY_GROUP,
  );
  await beat('mixed', { memberId: 'a', memberEpoch: -1 });
  assert.equal((await client.ask(deleteGroups, 2, { groupsNames: ['mixed'] })).results[0]!.errorCode, ErrorCode.NONE);
});
