import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupRefusal } from './group-request.js';
import { Asked, GroupWorld } from './group-world.test.support.js';
import { type CommitRequest, javaHashCode } from './groups.js';
import { readKey } from './offset-records.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function commit(
  world: GroupWorld,
  offset: number,
  more: Partial<CommitRequest> = {},
  topic = 'orders',
): Asked<readonly (GroupRefusal | null)[]> {
  const asked = new Asked<readonly (GroupRefusal | null)[]>();
  world.groups.commit(
    {
      group: 'g',
      memberId: '',
      instanceId: null,
      generation: -1,
      retentionMs: -1,
      offsets: [{ topic, partition: 0, offset, leaderEpoch: 4, metadata: 'note' }],
      ...more,
    },
    asked.hear,
  );
  return asked;
}

function committed(world: GroupWorld, topic = 'orders', group = 'g'): number | null {
  return world.groups.committed(group, topic, 0)?.offset ?? null;
}

function deleted(world: GroupWorld, group = 'g'): GroupRefusal | null {
  const asked: (GroupRefusal | null)[] = [];
  world.groups.delete(group, (refusal) => asked.push(refusal));
  assert.equal(asked.length, 1);
  return asked[0]!;
}

/** A group with one stable member. */
function stable(world: GroupWorld): { memberId: string; generation: number } {
  const joined = world.join().told;
  world.sync(joined, { [joined.memberId]: 'all' });
  return { memberId: joined.memberId, generation: joined.generation };
}

test('a group is kept in the partition Kafka would keep it in', () => {
  assert.equal(javaHashCode(''), 0);
  assert.equal(javaHashCode('hello'), 99162322);
  assert.equal(javaHashCode('Hello World'), -862545276);
  // A string of this hash is famous for having no absolute value.
  assert.equal(javaHashCode('polygenelubricants'), -(2 ** 31));
  const world = new GroupWorld();
  assert.equal(world.groups.partitionFor('polygenelubricants'), 0);
  assert.equal(world.groups.partitionFor('hello'), 99162322 % 50);
  assert.equal(world.groups.partitionFor('Hello World'), 862545276 % 50);
  commit(world, 1, { group: 'hello' });
  assert.deepEqual([...world.log.partitions.keys()], [22]);
});

test('offsets committed without a group are kept and found after a restart', () => {
  const world = new GroupWorld();
  assert.deepEqual(commit(world, 41).told, [null]);
  assert.deepEqual(commit(world, 42).told, [null]);
  const restarted = world.restart();
  assert.deepEqual(restarted.groups.committed('g', 'orders', 0), {
    offset: 42,
    leaderEpoch: 4,
    metadata: 'note',
    commitTimestampMs: world.clock.now(),
    expireTimestampMs: -1,
  });
  assert.equal(restarted.groups.committed('g', 'orders', 1), null);
  assert.equal(restarted.groups.committed('other', 'orders', 0), null);
  assert.equal(restarted.state, 'empty');
});

test('a commit is seen when it is durable, and its answer comes then', () => {
  const world = new GroupWorld();
  commit(world, 1);
  world.log.deferred = true;
  const asked = commit(world, 2);
  assert.equal(asked.waiting, true);
  assert.equal(committed(world), 1);
  world.log.settle();
  assert.deepEqual(asked.told, [null]);
  assert.equal(committed(world), 2);
});

test('a commit that cannot be stored is refused and not seen', () => {
  const world = new GroupWorld();
  commit(world, 1);
  world.log.failing = true;
  assert.deepEqual(commit(world, 2).told, ['storage-failed']);
  assert.equal(committed(world), 1);
});

test('a commit is checked for member, generation, instance and state', () => {
  const world = new GroupWorld();
  assert.deepEqual(
    commit(world, 1, { memberId: 'm', generation: 3 }).told,
    ['illegal-generation'],
    'there is no group',
  );
  const { memberId, generation } = stable(world);
  assert.deepEqual(commit(world, 1, { memberId, generation }).told, [null]);
  assert.deepEqual(commit(world, 2, { memberId, generation: generation - 1 }).told, ['illegal-generation']);
  assert.deepEqual(commit(world, 2, { memberId: 'stranger', generation }).told, ['unknown-member']);
  assert.deepEqual(commit(world, 2).told, ['unknown-member'], 'from outside, while the group has members');
  assert.deepEqual(commit(world, 2, { memberId, generation, instanceId: 'i' }).told, ['unknown-member']);
  world.join();
  assert.equal(world.state, 'preparing');
  assert.deepEqual(commit(world, 3, { memberId, generation }).told, [null], 'the last chance before partitions move');
  world.join({ memberId });
  assert.equal(world.state, 'completing');
  assert.deepEqual(commit(world, 4, { memberId, generation: generation + 1 }).told, ['rebalance-in-progress']);
  assert.equal(committed(world), 3);
});

test('a replaced static member can no longer commit', () => {
  const world = new GroupWorld();
  const joined = world.join({ instanceId: 'i' }).told;
  world.sync(joined, {}, 'i');
  world.join({ instanceId: 'i' });
  const { memberId, generation } = joined;
  assert.deepEqual(commit(world, 2, { memberId, generation, instanceId: 'i' }).told, ['fenced-instance']);
});

test('a commit keeps the session alive', async () => {
  const world = new GroupWorld();
  const { memberId, generation } = stable(world);
  for (let time = 0; time < 5; time++) {
    await world.clock.advance(9_000);
    assert.deepEqual(commit(world, time, { memberId, generation }).told, [null]);
  }
});

test('metadata over the limit is refused for its partition, the others are committed', () => {
  const world = new GroupWorld({ offsetMetadataBytesMax: 10 });
  const entry = { topic: 't', leaderEpoch: -1, offset: 5 };
  const offsets = [
    { ...entry, partition: 0, metadata: 'x'.repeat(11) },
    { ...entry, partition: 1, metadata: 'x'.repeat(10) },
  ];
  assert.deepEqual(commit(world, 0, { offsets }).told, ['metadata-too-large', null]);
  assert.equal(world.groups.committed('g', 't', 0), null);
  assert.equal(world.groups.committed('g', 't', 1)?.offset, 5);
});

test('names that fit no record are refused', () => {
  const world = new GroupWorld();
  const long = 'ü'.repeat(20_000);
  assert.equal(world.join({}, long).told.refusal, 'invalid-group-id');
  assert.equal(world.join({}, '').told.refusal, 'invalid-group-id');
  assert.equal(world.join({ instanceId: long }).told.refusal, 'invalid-request');
  assert.deepEqual(commit(world, 1, { group: long }).told, ['invalid-group-id']);
  assert.deepEqual(commit(world, 1, {}, long).told, ['invalid-request']);
  assert.deepEqual(commit(world, 1, { group: '' }).told, [null], 'offsets may be kept without a group id');
});

test('a group that does not exist is joined by new members only', () => {
  const world = new GroupWorld({ groupsMax: 1 });
  assert.equal(world.join({ memberId: 'm' }).told.refusal, 'unknown-member');
  assert.equal(world.groups.heartbeat('g', 'm', null, 1), 'unknown-member');
  assert.equal(world.groups.leave('g', 'm', null), 'unknown-member');
  assert.deepEqual(world.groups.list(), []);
  world.join();
  assert.equal(world.join({}, 'another').told.refusal, 'unavailable', 'one group too many');
});

test('groups are listed and described', () => {
  const world = new GroupWorld();
  const { memberId } = stable(world);
  commit(world, 1, { group: 'offsets-only' });
  assert.deepEqual(
    world.groups.list().map(({ id, state, protocolType }) => [id, state, protocolType]),
    [
      ['g', 'stable', 'consumer'],
      ['offsets-only', 'empty', ''],
    ],
  );
  assert.deepEqual(world.groups.describe('g'), {
    id: 'g',
    state: 'stable',
    generation: 1,
    protocolType: 'consumer',
    protocol: 'range',
    members: [
      {
        memberId,
        instanceId: null,
        clientId: 'client',
        clientHost: '/127.0.0.1',
        metadata: Buffer.from('topics'),
        assignment: Buffer.from('all'),
      },
    ],
  });
  assert.equal(world.groups.describe('missing'), null);
});

test('an empty group is deleted with its offsets, for good', () => {
  const world = new GroupWorld();
  const { memberId, generation } = stable(world);
  commit(world, 1, { memberId, generation });
  assert.equal(deleted(world), 'group-not-empty');
  world.groups.leave('g', memberId, null);
  assert.equal(deleted(world), null);
  assert.equal(deleted(world), 'unknown-group');
  const restarted = world.restart();
  assert.deepEqual(restarted.groups.list(), []);
  assert.equal(committed(restarted), null);
});

test('a deletion wins over a commit that was still on its way', () => {
  const world = new GroupWorld();
  world.log.deferred = true;
  const asked = commit(world, 1);
  world.groups.delete('g', () => {});
  world.log.settle();
  assert.deepEqual(asked.told, [null]);
  assert.equal(committed(world), null);
  assert.equal(committed(world.restart()), null);
  commit(world, 2);
  world.log.settle();
  assert.equal(committed(world.restart()), 2);
});

test('single offsets and those of a deleted topic are removed for good', () => {
  const world = new GroupWorld();
  for (const topic of ['a', 'b', 'c']) commit(world, 1, {}, topic);
  commit(world, 1, { group: 'h' }, 'b');
  const answers: (GroupRefusal | null)[] = [];
  world.groups.deleteOffsets(
    'g',
    [
      { topic: 'a', partition: 0 },
      { topic: 'a', partition: 9 },
    ],
    (refusal) => {
      answers.push(refusal);
    },
  );
  world.groups.deleteOffsets('nobody', [], (refusal) => answers.push(refusal));
  assert.deepEqual(answers, [null, 'unknown-group']);
  world.groups.deleteTopic('b');
  for (const each of [world, world.restart()]) {
    assert.deepEqual([...each.groups.offsets.topics('g').keys()], ['c']);
    assert.deepEqual([...each.groups.offsets.topics('h').keys()], []);
  }
});

test('offsets are kept while the group has members, and expire counted from when it became empty', async () => {
  const world = new GroupWorld({ offsetRetentionMs: 2 * dayMs, offsetRetentionCheckMs: hourMs });
  const joined = world.join({ sessionTimeoutMs: 1_800_000 }).told;
  world.sync(joined, {});
  const { memberId, generation } = joined;
  commit(world, 7, { memberId, generation });
  for (let passedMs = 0; passedMs < 3 * dayMs; passedMs += hourMs / 4) {
    await world.clock.advance(hourMs / 4);
    assert.equal(world.heartbeat(joined), null);
  }
  assert.equal(committed(world), 7);
  world.groups.leave('g', memberId, null);
  await world.clock.advance(2 * dayMs - hourMs);
  assert.equal(committed(world), 7);
  await world.clock.advance(2 * hourMs);
  assert.equal(committed(world), null);
  assert.equal(world.groups.describe('g'), null, 'an empty group without offsets goes too');
  assert.deepEqual(world.restart().groups.list(), []);
  const kinds = world.log.records.filter(({ value }) => value === null).map(({ key }) => readKey(key).kind);
  assert.deepEqual(kinds, ['offset', 'group']);
});

test('offsets of a group that never had members expire by their commit, or when the client asked', async () => {
  const world = new GroupWorld({ offsetRetentionMs: 2 * dayMs, offsetRetentionCheckMs: hourMs });
  commit(world, 1);
  commit(world, 2, { retentionMs: 4 * hourMs }, 'short');
  await world.clock.advance(dayMs);
  assert.equal(committed(world, 'short'), null);
  commit(world, 3, {}, 'later');
  await world.clock.advance(dayMs + hourMs);
  assert.equal(committed(world), null);
  assert.equal(committed(world, 'later'), 3);
  const restarted = world.restart();
  assert.equal(committed(restarted), null);
  assert.equal(committed(restarted, 'short'), null);
  assert.equal(committed(restarted, 'later'), 3);
});

test('a commit of an administrator long after the last member left lives its own time', async () => {
  const world = new GroupWorld({ offsetRetentionMs: 2 * dayMs, offsetRetentionCheckMs: hourMs });
  const { memberId, generation } = stable(world);
  commit(world, 1, { memberId, generation });
  world.groups.leave('g', memberId, null);
  await world.clock.advance(dayMs + 12 * hourMs);
  commit(world, 5, {}, 'reset');
  await world.clock.advance(dayMs);
  assert.equal(committed(world), null);
  assert.equal(committed(world, 'reset'), 5);
});

test('a group whose first member is still on its second step is not swept away', async () => {
  const world = new GroupWorld({ offsetRetentionCheckMs: 5_000 });
  const { memberId } = world.join({ requireMemberId: true }).told;
  await world.clock.advance(6_000);
  assert.equal(world.join({ memberId }).told.refusal, null);
});

test('records of other kinds are passed over', () => {
  const world = new GroupWorld();
  world.log.partitions.set(0, [{ key: Buffer.from([0, 9, 1]), value: Buffer.from('later') }]);
  assert.deepEqual(world.restart().groups.list(), []);
});
