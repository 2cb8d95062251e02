import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JoinGroupRequest, JoinGroupResponse } from '../../src/protocols/kafka/codec/11-join-group.js';
import type { SyncGroupResponse } from '../../src/protocols/kafka/codec/14-sync-group.js';
import type { DescribedGroup } from '../../src/protocols/kafka/codec/15-describe-groups.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { Served, versionsOf, type WireClient } from './harness.js';
import {
  deleteGroups,
  describeGroups,
  findCoordinator,
  heartbeat,
  joinGroup,
  leaveGroup,
  listGroups,
  metadata,
  offsetCommit,
  syncGroup,
} from './wire-apis.js';

const noId = '0'.repeat(32);

let served: Served;
let admin: WireClient;

before(async () => {
  served = await Served.start({ groupSessionTimeoutMinMs: 50 });
  admin = await served.client();
  await admin.ask(metadata, 12, { topics: [{ topicId: noId, name: 'work' }], allowAutoTopicCreation: true });
});

after(() => served.close());

/** The highest version of another API that a client which joins with `version` may speak. */
function beside(api: { readonly name: string }, version: number): number {
  return Math.min(version, versionsOf(api).at(-1)!);
}

/** A member as a client library has it: a connection, an id and a generation. */
class Member {
  readonly client: WireClient;
  readonly group: string;
  readonly version: number;
  readonly instance: string | null;
  id = '';
  generation = -1;

  private constructor(client: WireClient, group: string, version: number, instance: string | null) {
    this.client = client;
    this.group = group;
    this.version = version;
    this.instance = instance;
  }

  static async of(group: string, version = 9, instance: string | null = null): Promise<Member> {
    return new Member(await served.client(), group, version, instance);
  }

  askToJoin(values: Partial<JoinGroupRequest> = {}): Promise<JoinGroupResponse> {
    return this.client.ask(joinGroup, this.version, {
      groupId: this.group,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      memberId: this.id,
      groupInstanceId: this.instance,
      protocolType: 'connect',
      protocols: [{ name: 'range', metadata: Buffer.from('wishes') }],
      reason: 'because',
      ...values,
    });
  }

  /** Both steps of a join where the version has two. */
  async join(values: Partial<JoinGroupRequest> = {}): Promise<JoinGroupResponse> {
    let joined = await this.askToJoin(values);
    if (joined.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.id = joined.memberId;
      joined = await this.askToJoin(values);
    }
    assert.equal(joined.errorCode, ErrorCode.NONE);
    this.id = joined.memberId;
    this.generation = joined.generationId;
    return joined;
  }

  sync(assignments: Readonly<Record<string, string>> = {}): Promise<SyncGroupResponse> {
    return this.client.ask(syncGroup, beside(syncGroup, this.version), {
      groupId: this.group,
      generationId: this.generation,
      memberId: this.id,
      groupInstanceId: this.instance,
      protocolType: 'connect',
      protocolName: 'range',
      assignments: Object.entries(assignments).map(([memberId, text]) => ({
        memberId,
        assignment: Buffer.from(text),
      })),
    });
  }

  async heartbeat(): Promise<number> {
    const { errorCode } = await this.client.ask(heartbeat, beside(heartbeat, this.version), {
      groupId: this.group,
      generationId: this.generation,
      memberId: this.id,
      groupInstanceId: this.instance,
    });
    return errorCode;
  }
}

/** A group of one, with an assignment. */
async function alone(group: string, version = 9, instance: string | null = null): Promise<Member> {
  const member = await Member.of(group, version, instance);
  await member.join();
  const synced = await member.sync({ [member.id]: 'everything' });
  assert.equal(synced.errorCode, ErrorCode.NONE);
  return member;
}

/** `member` is told to join again once `other` waits for it. */
async function untilRebalance(member: Member): Promise<void> {
  while ((await member.heartbeat()) === ErrorCode.NONE) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await member.heartbeat(), ErrorCode.REBALANCE_IN_PROGRESS);
}

async function describe(group: string, version = 5): Promise<DescribedGroup> {
  const { groups } = await admin.ask(describeGroups, version, { groups: [group] });
  return groups[0]!;
}

for (const version of versionsOf(findCoordinator)) {
  test(`FindCoordinator v${version} finds this broker for every group`, async () => {
    const keys = ['one', 'two'];
    const found = await admin.ask(findCoordinator, version, { key: 'one', coordinatorKeys: keys });
    const [address] = served.naru.kafka.brokers;
    const coordinators = version >= 4 ? found.coordinators : [{ ...found, key: 'one' }];
    assert.deepEqual(
      coordinators.map(({ key }) => key),
      version >= 4 ? keys : ['one'],
    );
    for (const { nodeId, host, port, errorCode, errorMessage } of coordinators) {
      assert.deepEqual([nodeId, `${host}:${port}`, errorCode, errorMessage], [1, address, ErrorCode.NONE, null]);
    }
  });

  if (version >= 1) {
    test(`FindCoordinator v${version} refuses coordinators of other kinds for good`, async () => {
      for (const [keyType, code] of [
        [2, ErrorCode.INVALID_REQUEST],
        [9, ErrorCode.INVALID_REQUEST],
      ] as const) {
        const found = await admin.ask(findCoordinator, version, { key: 'x', keyType, coordinatorKeys: ['x'] });
        const told = version >= 4 ? found.coordinators[0]! : found;
        assert.deepEqual([told.errorCode, told.nodeId, told.host, told.port], [code, -1, '', -1]);
        assert.notEqual(told.errorMessage, null);
      }
    });
  }
}

for (const version of versionsOf(joinGroup)) {
  test(`a member that speaks JoinGroup v${version} joins, is assigned, is described and leaves`, async () => {
    const group = `alone-${version}`;
    const member = await Member.of(group, version);
    const first = await member.askToJoin();
    if (version >= 4) {
      assert.equal(first.errorCode, ErrorCode.MEMBER_ID_REQUIRED);
      assert.match(first.memberId, /^test-/);
      assert.deepEqual([first.generationId, first.protocolName, first.leader], [-1, version >= 7 ? null : '', '']);
      member.id = first.memberId;
    }
    const joined = version >= 4 ? await member.join() : first;
    member.id = joined.memberId;
    member.generation = joined.generationId;
    assert.deepEqual([joined.errorCode, joined.generationId, joined.protocolName], [ErrorCode.NONE, 1, 'range']);
    assert.equal(joined.protocolType, version >= 7 ? 'connect' : null);
    assert.equal(joined.leader, joined.memberId);
    assert.equal(joined.skipAssignment, false);
    assert.deepEqual(joined.members, [{ memberId: member.id, groupInstanceId: null, metadata: Buffer.from('wishes') }]);
    assert.equal((await describe(group)).groupState, 'CompletingRebalance');
    const synced = await member.sync({ [member.id]: 'everything' });
    const named = beside(syncGroup, version) >= 5;
    assert.deepEqual(
      [synced.errorCode, synced.assignment.toString(), synced.protocolType, synced.protocolName],
      [ErrorCode.NONE, 'everything', named ? 'connect' : null, named ? 'range' : null],
    );
    assert.equal(await member.heartbeat(), ErrorCode.NONE);
    const described = await describe(group, beside(describeGroups, version));
    assert.deepEqual(
      [described.errorCode, described.groupState, described.protocolType, described.protocolData],
      [ErrorCode.NONE, 'Stable', 'connect', 'range'],
    );
    assert.equal(described.authorizedOperations, -(2 ** 31));
    assert.deepEqual(described.members, [
      {
        memberId: member.id,
        groupInstanceId: null,
        clientId: 'test',
        clientHost: '/127.0.0.1',
        memberMetadata: Buffer.from('wishes'),
        memberAssignment: Buffer.from('everything'),
      },
    ]);
    const leaving = beside(leaveGroup, version);
    const left = await member.client.ask(leaveGroup, leaving, {
      groupId: group,
      memberId: member.id,
      members: [{ memberId: member.id, groupInstanceId: null, reason: 'done' }],
    });
    assert.equal(left.errorCode, ErrorCode.NONE);
    const expected = [{ memberId: member.id, groupInstanceId: null, errorCode: ErrorCode.NONE }];
    assert.deepEqual(left.members, leaving >= 3 ? expected : []);
    assert.equal((await describe(group)).groupState, 'Empty');
    assert.equal(await member.heartbeat(), ErrorCode.UNKNOWN_MEMBER_ID);
  });
}

test('a second member makes the first join again, and each gets what the leader gives it', async () => {
  const first = await alone('shared');
  const second = await Member.of('shared');
  const joining = second.join();
  await untilRebalance(first);
  assert.equal((await describe('shared')).groupState, 'PreparingRebalance');
  const [led, followed] = await Promise.all([first.join(), joining]);
  assert.equal(led.generationId, 2);
  assert.equal(followed.generationId, 2);
  assert.equal(followed.leader, first.id);
  assert.deepEqual(
    led.members.map(({ memberId }) => memberId),
    [first.id, second.id],
  );
  assert.deepEqual(followed.members, []);
  // The follower asks first and waits for the leader.
  const waiting = second.sync();
  const own = await first.sync({ [first.id]: 'left', [second.id]: 'right' });
  assert.equal(own.assignment.toString(), 'left');
  assert.equal((await waiting).assignment.toString(), 'right');
  const left = await second.client.ask(leaveGroup, 5, {
    groupId: 'shared',
    members: [{ memberId: second.id, groupInstanceId: null, reason: null }],
  });
  assert.equal(left.errorCode, ErrorCode.NONE);
  assert.equal(await first.heartbeat(), ErrorCode.REBALANCE_IN_PROGRESS);
  assert.equal((await first.join()).members.length, 1);
});

test('a member whose session runs out is out of the group, and the others share anew', async () => {
  const first = await alone('timing');
  const second = await Member.of('timing');
  const joining = second.join({ sessionTimeoutMs: 60 });
  await untilRebalance(first);
  await Promise.all([first.join(), joining]);
  await Promise.all([first.sync({ [first.id]: 'a', [second.id]: 'b' }), second.sync()]);
  // From now on the second says nothing.
  await untilRebalance(first);
  const { members } = await first.join();
  assert.deepEqual(
    members.map(({ memberId }) => memberId),
    [first.id],
  );
  assert.equal(await second.heartbeat(), ErrorCode.UNKNOWN_MEMBER_ID);
});

test('a wrong generation, member, protocol or time-out is refused with its own code', async () => {
  const member = await alone('strict');
  const { id, generation } = member;
  member.generation = generation + 1;
  assert.equal(await member.heartbeat(), ErrorCode.ILLEGAL_GENERATION);
  assert.equal((await member.sync()).errorCode, ErrorCode.ILLEGAL_GENERATION);
  member.generation = generation;
  member.id = 'somebody-else';
  assert.equal(await member.heartbeat(), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal((await member.sync()).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal((await member.askToJoin()).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  member.id = id;
  const ask = (values: Partial<JoinGroupRequest>) => member.askToJoin(values).then(({ errorCode }) => errorCode);
  assert.equal(await ask({ protocolType: 'consumer' }), ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  assert.equal(await ask({ protocols: [] }), ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  assert.equal(await ask({ sessionTimeoutMs: 1 }), ErrorCode.INVALID_SESSION_TIMEOUT);
  assert.equal(await ask({ sessionTimeoutMs: 2 ** 31 - 1 }), ErrorCode.INVALID_SESSION_TIMEOUT);
  assert.equal(await ask({ groupId: '' }), ErrorCode.INVALID_GROUP_ID);
  const unnamed = await member.client.ask(syncGroup, 5, {
    groupId: 'strict',
    generationId: generation,
    memberId: id,
    protocolType: null,
    protocolName: null,
  });
  assert.equal(unnamed.errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  assert.equal(await member.heartbeat(), ErrorCode.NONE, 'none of this did anything to the member');
});

test('a static member that comes back keeps its place, and its former self is fenced', async () => {
  const former = await alone('static', 9, 'desk-1');
  const back = await Member.of('static', 9, 'desk-1');
  const joined = await back.join();
  assert.equal(joined.generationId, former.generation);
  assert.equal(joined.skipAssignment, true);
  assert.equal(joined.members.length, 1);
  assert.notEqual(back.id, former.id);
  assert.equal((await back.sync()).assignment.toString(), 'everything');
  assert.equal(await back.heartbeat(), ErrorCode.NONE);
  assert.equal(await former.heartbeat(), ErrorCode.FENCED_INSTANCE_ID);
  const [described] = (await describe('static')).members;
  assert.equal(described!.groupInstanceId, 'desk-1');
});

test('a static leader of an older version is given a leader that is not itself, and does not assign', async () => {
  const former = await alone('static-old', 8, 'desk-1');
  const back = await Member.of('static-old', 8, 'desk-1');
  const joined = await back.join();
  assert.equal(joined.leader, former.id);
  assert.deepEqual(joined.members, []);
  assert.equal((await back.sync()).assignment.toString(), 'everything');
});

test('LeaveGroup removes several members at once, static ones by their instance, and says who is not there', async () => {
  await alone('leaving', 9, 'desk-1');
  const member = (memberId: string, groupInstanceId: string | null) => ({ memberId, groupInstanceId, reason: null });
  const members = [member('', 'desk-1'), member('nobody', null), member('', 'desk-2')];
  const left = await admin.ask(leaveGroup, 5, { groupId: 'leaving', members });
  assert.equal(left.errorCode, ErrorCode.NONE);
  assert.deepEqual(
    left.members.map(({ memberId, groupInstanceId, errorCode }) => [memberId, groupInstanceId, errorCode]),
    [
      ['', 'desk-1', ErrorCode.NONE],
      ['nobody', null, ErrorCode.UNKNOWN_MEMBER_ID],
      ['', 'desk-2', ErrorCode.UNKNOWN_MEMBER_ID],
    ],
  );
  assert.equal((await describe('leaving')).groupState, 'Empty');
  const absent = await admin.ask(leaveGroup, 5, { groupId: 'never-there', members: [member('m', null)] });
  assert.deepEqual([absent.errorCode, absent.members[0]!.errorCode], [ErrorCode.NONE, ErrorCode.UNKNOWN_MEMBER_ID]);
  const old = await admin.ask(leaveGroup, 2, { groupId: 'never-there', memberId: 'm' });
  assert.equal(old.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  const nameless = await admin.ask(leaveGroup, 4, { groupId: '', members: [member('m', null)] });
  assert.equal(nameless.errorCode, ErrorCode.INVALID_GROUP_ID);
});

test('a connection that ends while its join waits does no harm, and the group goes on', async () => {
  const first = await alone('broken-off');
  const second = await Member.of('broken-off');
  const joining = second.join();
  await untilRebalance(first);
  second.client.close();
  await assert.rejects(joining, /closed/);
  const { members } = await first.join();
  assert.equal(members.length, 2, 'until its session runs out it is a member');
  const synced = await first.sync({ [first.id]: 'all' });
  assert.equal(synced.assignment.toString(), 'all');
  assert.equal((await describe('broken-off')).groupState, 'Stable');
});

test('a commit needs its place in the group', async () => {
  const member = await alone('committing');
  const commit = async (generation: number, memberId: string): Promise<number> => {
    const partitions = [
      { partitionIndex: 0, committedOffset: 3, commitTimestamp: -1, committedLeaderEpoch: -1, committedMetadata: '' },
    ];
    const { topics } = await member.client.ask(offsetCommit, 8, {
      groupId: 'committing',
      generationIdOrMemberEpoch: generation,
      memberId,
      topics: [{ name: 'work', topicId: noId, partitions }],
    });
    return topics[0]!.partitions[0]!.errorCode;
  };
  assert.equal(await commit(member.generation, member.id), ErrorCode.NONE);
  assert.equal(await commit(member.generation + 1, member.id), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(await commit(member.generation, 'somebody-else'), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(await commit(-1, ''), ErrorCode.UNKNOWN_MEMBER_ID, 'nobody from outside while there are members');
});

for (const version of versionsOf(describeGroups)) {
  test(`DescribeGroups v${version} tells of a group that is not there`, async () => {
    const { groups } = await admin.ask(describeGroups, version, {
      groups: ['never-there', 'nor-this'],
      includeAuthorizedOperations: true,
    });
    const [group] = groups;
    assert.equal(groups.length, 2);
    assert.deepEqual([group!.groupId, group!.groupState, group!.members.length], ['never-there', 'Dead', 0]);
    assert.equal(group!.errorCode, version >= 6 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.NONE);
    assert.equal(group!.errorMessage, version >= 6 ? 'Group never-there not found.' : null);
    assert.equal(group!.authorizedOperations, version >= 3 ? 0b1101_0100_1000 : -(2 ** 31));
  });
}

for (const version of versionsOf(listGroups)) {
  test(`ListGroups v${version} lists groups, those that pass its filters`, async () => {
    const group = `listed-${version}`;
    await alone(group);
    const ask = async (statesFilter: string[], typesFilter: string[] = []) => {
      const { errorCode, groups } = await admin.ask(listGroups, version, { statesFilter, typesFilter });
      assert.equal(errorCode, ErrorCode.NONE);
      return groups.find(({ groupId }) => groupId === group);
    };
    const expected = {
      groupId: group,
      protocolType: 'connect',
      groupState: version >= 4 ? 'Stable' : '',
      groupType: version >= 5 ? 'classic' : '',
    };
    assert.deepEqual(await ask([]), expected);
    assert.deepEqual(await ask(['Empty', 'stable']), expected);
    assert.deepEqual(await ask(['Empty']), version >= 4 ? undefined : expected);
    assert.deepEqual(await ask([], ['Classic']), expected);
    assert.deepEqual(await ask([], ['consumer']), version >= 5 ? undefined : expected);
  });
}

for (const version of versionsOf(deleteGroups)) {
  test(`DeleteGroups v${version} deletes empty groups only`, async () => {
    const busy = await alone(`busy-${version}`);
    const idle = await alone(`idle-${version}`);
    await idle.client.ask(leaveGroup, 2, { groupId: idle.group, memberId: idle.id });
    const { results } = await admin.ask(deleteGroups, version, {
      groupsNames: [busy.group, idle.group, 'never-there'],
    });
    assert.deepEqual(results, [
      { groupId: busy.group, errorCode: ErrorCode.NON_EMPTY_GROUP },
      { groupId: idle.group, errorCode: ErrorCode.NONE },
      { groupId: 'never-there', errorCode: ErrorCode.GROUP_ID_NOT_FOUND },
    ]);
    assert.equal((await describe(idle.group)).groupState, 'Dead');
    assert.equal(await busy.heartbeat(), ErrorCode.NONE);
  });
}

test('a server that closes answers those who wait for others at once', { timeout: 5_000 }, async () => {
  const closing = await Served.start({ closeGraceMs: 10_000 });
  const ask = (client: WireClient, memberId: string) =>
    client.ask(joinGroup, 3, {
      groupId: 'g',
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
    });
  const first = await closing.client();
  const { memberId } = await ask(first, '');
  const waiting = ask(await closing.client(), '');
  const beat = () => first.ask(heartbeat, 0, { groupId: 'g', generationId: 1, memberId });
  while ((await beat()).errorCode === ErrorCode.NONE) await new Promise((resolve) => setImmediate(resolve));
  const [, joined] = await Promise.all([closing.naru.close(), waiting]);
  assert.equal(joined.errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  await closing.close();
});
