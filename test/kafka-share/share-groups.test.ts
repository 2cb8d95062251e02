import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { Served, type WireClient } from '../kafka/harness.js';
import {
  createTopics,
  deleteGroups,
  deleteRecords,
  describeGroups,
  findCoordinator,
  joinGroup,
  listGroups,
  offsetCommit,
} from '../kafka/wire-apis.js';
import { consumerGroupDescribe, consumerGroupHeartbeat } from '../kafka-groups/wire-apis.js';
import { Member, rangesOf } from './member.js';
import {
  alterShareGroupOffsets,
  deleteShareGroupOffsets,
  describeShareGroupOffsets,
  shareGroupDescribe,
} from './share-apis.js';

const accept = 1;
const release = 2;
const reject = 3;
const renew = 4;

const noId = '0'.repeat(32);

let served: Served;
let admin: WireClient;
let made = 0;

before(async () => {
  served = await Served.start();
  admin = await served.client();
});

after(() => served.close());

async function topic(partitions = 1): Promise<string> {
  const name = `t${++made}`;
  const response = await admin.ask(createTopics, 7, {
    topics: [{ name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1000,
  });
  assert.equal(response.topics[0]!.errorCode, 0);
  return name;
}

function values(count: number): { value: string }[] {
  return Array.from({ length: count }, (_, at) => ({ value: `v${at}` }));
}

function joined(group: string, id: string, topicName: string): Promise<Member> {
  return Member.joined(served, group, id, topicName);
}

async function startOffset(group: string, topicName: string): Promise<number> {
  const response = await admin.ask(describeShareGroupOffsets, 1, {
    groups: [{ groupId: group, topics: [{ topicName, partitions: [0] }] }],
  });
  return response.groups[0]!.topics[0]!.partitions[0]!.startOffset;
}

test('a group begins at the end of a partition, and gets what comes then', async () => {
  const name = await topic();
  await admin.produce(name, 0, values(3));
  const member = await joined('latest', 'm', name);
  assert.deepEqual(await member.acquire(), []);
  await admin.produce(name, 0, values(2));
  assert.deepEqual(await member.acquire(), ['3-4*1']);
  assert.equal(await startOffset('latest', name), 3);
});

test('two members never hold one record at a time', async () => {
  const name = await topic();
  const one = await joined('two', 'a', name);
  const other = await joined('two', 'b', name);
  await admin.produce(name, 0, values(10));
  assert.deepEqual(await one.acquire({ maxRecords: 4, shareAcquireMode: 1 }), ['0-3*1']);
  assert.deepEqual(await other.acquire(), ['4-9*1']);
  assert.equal(await other.say(0, 3, [accept]), ErrorCode.INVALID_RECORD_STATE);
  assert.deepEqual(await one.acquire(), []);
});

test('a batch that was begun is taken whole unless exact limits are asked for', async () => {
  const name = await topic();
  const member = await joined('whole', 'm', name);
  await admin.produce(name, 0, values(10));
  await admin.produce(name, 0, values(10));
  assert.deepEqual(await member.acquire({ maxRecords: 3 }), ['0-9*1']);
});

test('accepted records are done, released ones come again with a higher count, rejected ones do not', async () => {
  const name = await topic();
  const member = await joined('kinds', 'm', name);
  await admin.produce(name, 0, values(5));
  assert.deepEqual(await member.acquire(), ['0-4*1']);
  assert.equal(await member.say(0, 4, [accept, release, reject, release, 0]), ErrorCode.NONE);
  assert.deepEqual(await member.acquire(), ['1-1*2', '3-3*2']);
  assert.equal(await startOffset('kinds', name), 1);
  assert.equal(await member.say(1, 1, [accept]), ErrorCode.NONE);
  assert.equal(await member.say(3, 3, [accept]), ErrorCode.NONE);
  assert.equal(await startOffset('kinds', name), 5);
  assert.equal(await member.say(3, 3, [accept]), ErrorCode.INVALID_RECORD_STATE);
});

test('a record is given up after five deliveries', async () => {
  const name = await topic();
  const member = await joined('limit', 'm', name);
  await admin.produce(name, 0, values(1));
  for (let count = 1; count <= 5; count++) {
    assert.deepEqual(await member.acquire(), [`0-0*${count}`]);
    assert.equal(await member.say(0, 0, [release]), ErrorCode.NONE);
  }
  assert.deepEqual(await member.acquire(), []);
  assert.equal(await startOffset('limit', name), 1);
});

test('acknowledgements ride on a fetch, and are taken all or none', async () => {
  const name = await topic();
  const member = await joined('ride', 'm', name);
  await admin.produce(name, 0, values(4));
  await member.acquire();
  const topics = [{ topicId: member.topicId, partitions: [member.saying([0, 1, [accept]], [2, 9, [accept]])] }];
  const wrong = await member.fetch({ topics });
  assert.equal(wrong.responses[0]!.partitions[0]!.acknowledgeErrorCode, ErrorCode.INVALID_RECORD_STATE);
  assert.equal(await startOffset('ride', name), 0);
  topics[0]!.partitions = [member.saying([0, 1, [accept]], [2, 3, [release]])];
  const right = await member.fetch({ topics });
  assert.equal(right.responses[0]!.partitions[0]!.acknowledgeErrorCode, ErrorCode.NONE);
  assert.deepEqual(rangesOf(right.responses[0]!.partitions[0]), ['2-3*2']);
});

test('a session has epochs, and what it holds is free when it closes or its connection ends', async () => {
  const name = await topic();
  const member = await joined('session', 'm', name);
  await admin.produce(name, 0, values(2));
  assert.equal((await member.fetch({ shareSessionEpoch: 1 })).errorCode, ErrorCode.SHARE_SESSION_NOT_FOUND);
  member.epoch = 0;
  assert.deepEqual(await member.acquire(), ['0-1*1']);
  assert.equal((await member.fetch({ shareSessionEpoch: 7 })).errorCode, ErrorCode.INVALID_SHARE_SESSION_EPOCH);
  const early = [{ topicId: member.topicId, partitions: [member.saying([0, 0, [accept]])] }];
  assert.equal((await member.fetch({ shareSessionEpoch: 0, topics: early })).errorCode, ErrorCode.INVALID_REQUEST);
  const closed = await member.fetch({ shareSessionEpoch: -1, topics: early });
  assert.equal(closed.responses[0]!.partitions[0]!.acknowledgeErrorCode, ErrorCode.NONE);
  assert.equal((await member.fetch({ shareSessionEpoch: 2 })).errorCode, ErrorCode.SHARE_SESSION_NOT_FOUND);
  const other = await joined('session', 'n', name);
  assert.deepEqual(await other.acquire(), ['1-1*1']);
  const waiting = await joined('session', 'o', name);
  const wait = waiting.acquire({ maxWaitMs: 20_000 });
  other.client.close();
  assert.deepEqual(await wait, ['1-1*1']);
});

test('a fetch waits for records', async () => {
  const name = await topic();
  const member = await joined('wait', 'm', name);
  const wait = member.acquire({ maxWaitMs: 20_000 });
  await admin.produce(name, 0, values(1));
  assert.deepEqual(await wait, ['0-0*1']);
});

test('a lock is renewed only where that is said, and what is malformed is refused', async () => {
  const name = await topic();
  const member = await joined('renew', 'm', name);
  await admin.produce(name, 0, values(2));
  await member.acquire();
  assert.equal(await member.say(0, 0, [renew]), ErrorCode.INVALID_REQUEST);
  assert.equal(await member.say(0, 0, [renew], true), ErrorCode.NONE);
  assert.equal(await member.say(0, 1, [accept, accept, accept]), ErrorCode.INVALID_REQUEST);
  assert.equal(await member.say(1, 0, [accept]), ErrorCode.INVALID_REQUEST);
  assert.equal(await member.say(0, 1, [accept]), ErrorCode.NONE);
});

test('records that were deleted are done', async () => {
  const name = await topic();
  const member = await joined('trim', 'm', name);
  await admin.produce(name, 0, values(2));
  await admin.produce(name, 0, values(2));
  await admin.ask(deleteRecords, 2, { topics: [{ name, partitions: [{ partitionIndex: 0, offset: 2 }] }] });
  assert.deepEqual(await member.acquire(), ['2-3*1']);
  assert.equal(await startOffset('trim', name), 2);
});

test('partitions are spread over members, and shared when there are more members than partitions', async () => {
  const name = await topic(2);
  const seen: number[] = [];
  const members: Member[] = [];
  for (const id of ['a', 'b', 'c']) members.push(await joined('spread', id, name));
  const described = await admin.ask(shareGroupDescribe, 1, { groupIds: ['spread', 'nobody'] });
  const [group, absent] = described.groups;
  assert.equal(absent!.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal(group!.groupState, 'Stable');
  assert.equal(group!.assignorName, 'simple');
  for (const { assignment } of group!.members) {
    assert.equal(assignment.topicPartitions.length, 1);
    seen.push(...assignment.topicPartitions[0]!.partitions);
  }
  assert.deepEqual(seen.sort(), [0, 0, 1]);
  const first = await members[0]!.heartbeat();
  assert.equal(first.assignment!.topicPartitions[0]!.partitions.length, 1);
  assert.equal((await members[0]!.heartbeat()).assignment, null);
  assert.equal((await members[0]!.heartbeat(null, 99)).errorCode, ErrorCode.FENCED_MEMBER_EPOCH);
  assert.equal((await members[0]!.heartbeat(null, -1)).memberEpoch, -1);
  assert.equal((await members[0]!.heartbeat(null, 1)).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal((await members[0]!.heartbeat(null, 0)).errorCode, ErrorCode.INVALID_REQUEST);
});

test('offsets are described, reset and deleted, and a group with its offsets, once it has no members', async () => {
  const name = await topic();
  const member = await joined('admin', 'm', name);
  await admin.produce(name, 0, values(6));
  await member.acquire();
  const topics = [{ topicName: name, partitions: [{ partitionIndex: 0, startOffset: 4 }] }];
  const early = await admin.ask(alterShareGroupOffsets, 0, { groupId: 'admin', topics });
  assert.equal(early.errorCode, ErrorCode.NON_EMPTY_GROUP);
  await member.heartbeat(null, -1);
  const altered = await admin.ask(alterShareGroupOffsets, 0, { groupId: 'admin', topics });
  assert.equal(altered.errorCode, 0);
  assert.equal(altered.responses[0]!.partitions[0]!.errorCode, 0);
  const described = await admin.ask(describeShareGroupOffsets, 1, { groups: [{ groupId: 'admin', topics: null }] });
  const [partition] = described.groups[0]!.topics[0]!.partitions;
  assert.equal(partition!.startOffset, 4);
  assert.equal(partition!.lag, 2);
  const listed = await admin.ask(listGroups, 5, { typesFilter: ['share'], statesFilter: ['Empty'] });
  assert.ok(listed.groups.some(({ groupId, groupType }) => groupId === 'admin' && groupType === 'share'));
  const again = await joined('admin', 'n', name);
  assert.deepEqual(await again.acquire(), ['4-5*1']);
  await again.heartbeat(null, -1);
  const deleted = await admin.ask(deleteShareGroupOffsets, 0, { groupId: 'admin', topics: [{ topicName: name }] });
  assert.equal(deleted.responses[0]!.errorCode, 0);
  const gone = await admin.ask(describeShareGroupOffsets, 1, { groups: [{ groupId: 'admin', topics: null }] });
  assert.equal(gone.groups[0]!.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  const last = await joined('admin', 'o', name);
  const remove = async () => (await admin.ask(deleteGroups, 2, { groupsNames: ['admin'] })).results[0]!.errorCode;
  assert.equal(await remove(), ErrorCode.NON_EMPTY_GROUP);
  await last.heartbeat(null, -1);
  assert.equal(await remove(), ErrorCode.NONE);
  assert.equal(await remove(), ErrorCode.GROUP_ID_NOT_FOUND);
});

test('a group that is not there yet can be told where to begin, unless its id is another group’s', async () => {
  const name = await topic();
  await admin.produce(name, 0, values(6));
  const topics = [{ topicName: name, partitions: [{ partitionIndex: 0, startOffset: 2 }] }];
  const alter = async (groupId: string, topicName = name): Promise<number> => {
    const request = { groupId, topics: [{ ...topics[0]!, topicName }] };
    const { errorCode, responses } = await admin.ask(alterShareGroupOffsets, 0, request);
    return errorCode === ErrorCode.NONE ? responses[0]!.partitions[0]!.errorCode : errorCode;
  };
  assert.equal(await alter('planned', 'never-there'), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal(await alter('planned'), ErrorCode.NONE);
  assert.equal(await startOffset('planned', name), 2);
  assert.deepEqual(await (await joined('planned', 'm', name)).acquire(), ['2-5*1']);
  assert.equal(await alter(''), ErrorCode.INVALID_GROUP_ID);
  const partition = { partitionIndex: 0, committedOffset: 1, commitTimestamp: -1, committedLeaderEpoch: -1 };
  const committed = [{ name, topicId: noId, partitions: [{ ...partition, committedMetadata: '' }] }];
  await admin.ask(offsetCommit, 8, { groupId: 'taken', topics: committed });
  assert.equal(await alter('taken'), ErrorCode.GROUP_ID_NOT_FOUND);
});

test('the coordinator of a share group’s partition is found by its key', async () => {
  const keys = ['g:AAAAAAAAAAAAAAAAAAAAAA:0', 'g'];
  const { coordinators } = await admin.ask(findCoordinator, 6, { keyType: 2, coordinatorKeys: keys });
  assert.deepEqual(
    coordinators.map(({ errorCode }) => errorCode),
    [ErrorCode.NONE, ErrorCode.INVALID_REQUEST],
  );
});

test('the id of a share group is no classic or consumer group’s as long as it is there', async () => {
  const name = await topic();
  const groupId = 'of-one-kind';
  const member = await joined(groupId, 'm', name);
  const classic = {
    groupId,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
  };
  const refusals = async (): Promise<number[]> => {
    const partition = { partitionIndex: 0, committedOffset: 1, commitTimestamp: -1, committedLeaderEpoch: -1 };
    const topics = [{ name, topicId: noId, partitions: [{ ...partition, committedMetadata: '' }] }];
    const joinedClassic = await admin.ask(joinGroup, 3, classic);
    const consumer = await admin.ask(consumerGroupHeartbeat, 1, {
      groupId,
      memberId: 'c',
      memberEpoch: 0,
      rebalanceTimeoutMs: 1000,
      subscribedTopicNames: [name],
      topicPartitions: [],
    });
    const simple = await admin.ask(offsetCommit, 8, { groupId, topics });
    const asMember = await admin.ask(offsetCommit, 9, { groupId, generationIdOrMemberEpoch: 1, memberId: 'c', topics });
    const committed = [simple, asMember].map((answer) => answer.topics[0]!.partitions[0]!.errorCode);
    return [joinedClassic.errorCode, consumer.errorCode, ...committed];
  };
  const notFound = ErrorCode.GROUP_ID_NOT_FOUND;
  const expected = [ErrorCode.INCONSISTENT_GROUP_PROTOCOL, notFound, notFound, notFound];
  assert.deepEqual(await refusals(), expected);
  // With nobody in it the group is still there, for it keeps how far it got.
  await member.heartbeat(null, -1);
  assert.deepEqual(await refusals(), expected);
  const classicDescribed = await admin.ask(describeGroups, 6, { groups: [groupId] });
  const [group] = classicDescribed.groups;
  assert.deepEqual([group!.groupState, group!.errorCode], ['Dead', notFound]);
  assert.equal(group!.errorMessage, `Group ${groupId} is not a classic group.`);
  const older = await admin.ask(describeGroups, 5, { groups: [groupId] });
  assert.deepEqual([older.groups[0]!.groupState, older.groups[0]!.errorCode], ['Dead', ErrorCode.NONE]);
  const consumerDescribed = await admin.ask(consumerGroupDescribe, 1, { groupIds: [groupId] });
  assert.deepEqual(
    [consumerDescribed.groups[0]!.errorCode, consumerDescribed.groups[0]!.errorMessage],
    [notFound, `Group ${groupId} is not a consumer group.`],
  );
  await admin.ask(deleteGroups, 2, { groupsNames: [groupId] });
  assert.equal((await admin.ask(joinGroup, 3, classic)).errorCode, ErrorCode.NONE);
  const shared = await admin.ask(shareGroupDescribe, 1, { groupIds: [groupId] });
  assert.equal(shared.groups[0]!.errorMessage, `Group ${groupId} is not a share group.`);
  assert.equal((await member.heartbeat([name], 0)).errorCode, notFound);
});
