import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConsumerKey } from './consumer-records.js';
import type { ConsumerAnswer, ConsumerHeartbeat } from './consumer-request.js';
import { GroupWorld, MemoryTopics } from './group-world.test.support.js';
import { noPartitions, type Partitions } from './partitions.js';

function worldWith(topics: Readonly<Record<string, number>> = { orders: 4 }): GroupWorld {
  const made = new MemoryTopics();
  for (const [name, count] of Object.entries(topics)) made.set(name, count);
  return new GroupWorld({}, undefined, made);
}

function told(world: GroupWorld, memberId: string, more: Partial<ConsumerHeartbeat> = {}): ConsumerAnswer {
  return world.consume(memberId, more).told;
}

function names(world: GroupWorld, answer: ConsumerAnswer): string[] {
  assert.equal(answer.refusal, null, answer.message ?? '');
  assert.ok(answer.assignment !== null, 'an assignment was told');
  return world.topics.names(answer.assignment);
}

function state(world: GroupWorld): string {
  return world.groups.consumers.get('g')?.state ?? 'none';
}

function epochOf(world: GroupWorld, memberId: string): number {
  return world.groups.consumers.get('g')!.member(memberId)!.standing.epoch;
}

test('the first member is given everything, and a second one its share when the first has given it up', () => {
  const world = worldWith();
  const first = told(world, 'a');
  assert.deepEqual(names(world, first), ['orders-0', 'orders-1', 'orders-2', 'orders-3']);
  assert.equal(first.epoch, 1);
  assert.equal(first.heartbeatIntervalMs, 5_000);
  assert.equal(state(world), 'stable');

  const second = told(world, 'b');
  assert.deepEqual(names(world, second), [], 'everything is still with the first');
  assert.equal(second.epoch, 2, 'who has nothing to give up is in the new epoch at once');
  assert.equal(state(world), 'reconciling');

  const revoking = told(world, 'a', { epoch: 1 });
  assert.deepEqual(names(world, revoking), ['orders-0', 'orders-1']);
  assert.equal(revoking.epoch, 1, 'who has something to give up stays in its epoch');
  assert.equal(told(world, 'b', { epoch: 2 }).assignment, null, 'nothing new as long as it is not given up');

  const moved = told(world, 'a', { epoch: 1, owned: revoking.assignment });
  assert.equal(moved.epoch, 2);
  assert.deepEqual(names(world, told(world, 'b', { epoch: 2 })), ['orders-2', 'orders-3']);
  assert.equal(state(world), 'stable');
});

test('a change of a large group is written in several batches, and answered when all are durable', () => {
  const world = worldWith({ orders: 2_000 });
  for (let at = 0; at < 40; at++) told(world, `m${at}`);
  world.topics.set('users', 100_000);
  for (let at = 0; at < 40; at++) {
    told(world, `m${at}`, { epoch: epochOf(world, `m${at}`), topicNames: ['orders', 'users'] });
  }
  const sizes = world.log.batchBytes;
  assert.ok(Math.max(...sizes) < 500_000, `a batch of ${Math.max(...sizes)} bytes`);
  assert.equal(world.restart().groups.consumers.get('g')!.describe().members.length, 40);
});

test('an answer comes when what it says is durable', () => {
  const world = worldWith();
  world.log.deferred = true;
  const asked = world.consume('a');
  assert.equal(asked.waiting, true);
  const again = world.consume('a');
  assert.equal(again.waiting, true, 'nor is it told to who asks a second time');
  world.log.settle();
  assert.equal(asked.told.epoch, 1);
  assert.deepEqual(names(world, again.told), names(world, asked.told));
});

test('what could not be stored is refused, and stored with the next change', () => {
  const world = worldWith();
  world.log.failing = true;
  assert.equal(told(world, 'a').refusal, 'storage-failed');
  world.log.failing = false;
  assert.equal(told(world, 'a').epoch, 1);
  assert.deepEqual(world.restart().groups.consumers.get('g')!.describe().members.length, 1);
});

test('a member that missed the answer with its new epoch comes with the former one', () => {
  const world = worldWith();
  const { assignment } = told(world, 'a');
  told(world, 'b');
  told(world, 'a', { epoch: 1, owned: assignment });
  const kept = told(world, 'a', { epoch: 1 }).assignment ?? noPartitions;
  const half = world.groups.consumers.get('g')!.member('a')!.standing.assigned;
  assert.equal(told(world, 'a', { epoch: 1, owned: half }).epoch, 2);
  assert.equal(told(world, 'a', { epoch: 1, owned: half }).epoch, 2, 'the answer was lost');
  assert.equal(
    told(world, 'a', { epoch: 1, owned: assignment }).refusal,
    'fenced-epoch',
    'with more than it was given',
  );
  assert.equal(told(world, 'a', { epoch: 1 }).refusal, 'fenced-epoch', 'without saying what it has');
  assert.equal(told(world, 'a', { epoch: 3 }).refusal, 'fenced-epoch', 'from the future');
  assert.equal(kept, noPartitions);
});

test('a silent member is removed when its session ends', async () => {
  const world = worldWith();
  told(world, 'a');
  told(world, 'b');
  await world.clock.advance(40_000);
  told(world, 'b', { epoch: 2 });
  await world.clock.advance(10_000);
  assert.deepEqual(names(world, told(world, 'b', { epoch: 2 })), ['orders-0', 'orders-1', 'orders-2', 'orders-3']);
  assert.equal(told(world, 'a', { epoch: 1 }).refusal, 'unknown-member');
});

test('a member that does not give up in its rebalance time-out is removed, though it sends heartbeats', async () => {
  const world = worldWith();
  const { assignment } = told(world, 'a');
  told(world, 'b');
  for (let passedMs = 0; passedMs < 29_000; passedMs += 1_000) {
    assert.equal(told(world, 'a', { epoch: 1, owned: assignment }).refusal, null);
    await world.clock.advance(1_000);
  }
  await world.clock.advance(2_000);
  assert.equal(told(world, 'a', { epoch: 1 }).refusal, 'unknown-member');
  assert.equal(names(world, told(world, 'b', { epoch: 2 })).length, 4);
});

test('a member leaves, and what it had is free at once', () => {
  const world = worldWith();
  told(world, 'a');
  told(world, 'b');
  const left = told(world, 'a', { epoch: -1 });
  assert.equal(left.refusal, null);
  assert.equal(left.epoch, -1);
  assert.equal(names(world, told(world, 'b', { epoch: 2 })).length, 4);
  told(world, 'b', { epoch: -1 });
  assert.equal(state(world), 'empty');
  assert.equal(told(world, 'b', { epoch: -1 }).refusal, 'unknown-member');
  assert.equal(world.consume('b', { epoch: -1 }, 'nobody').told.refusal, 'unknown-group');
});

test('an instance that leaves for a while finds its partitions as they were', () => {
  const world = worldWith();
  told(world, 'a', { instanceId: 'i' });
  assert.equal(told(world, 'b', { instanceId: 'i' }).refusal, 'unreleased-instance');
  assert.equal(told(world, 'b', { instanceId: 'i', epoch: 1 }).refusal, 'fenced-instance');
  assert.equal(told(world, 'a', { instanceId: 'other', epoch: 1 }).refusal, 'unknown-member');
  assert.equal(told(world, 'a', { instanceId: 'i', epoch: -2 }).epoch, -2);
  assert.deepEqual(names(world, told(world, 'c')), [], 'its partitions are kept for it');
  const back = told(world, 'b', { instanceId: 'i' });
  assert.deepEqual(names(world, back), ['orders-0', 'orders-1'], 'its own, as far as the group now has it');
  assert.equal(told(world, 'a', { instanceId: 'i', epoch: 1 }).refusal, 'fenced-instance');
  assert.deepEqual(names(world, told(world, 'c', { epoch: epochOf(world, 'c') })), ['orders-2', 'orders-3']);
});

test('an instance that does not come back loses its place when its session ends', async () => {
  const world = worldWith();
  told(world, 'a', { instanceId: 'i' });
  told(world, 'a', { instanceId: 'i', epoch: -2 });
  const restarted = world.restart();
  assert.equal(told(restarted, 'c').epoch, 2);
  await restarted.clock.advance(46_000);
  assert.equal(names(restarted, told(restarted, 'c')).length, 4);
});

test('partitions that a topic gains and topics that come begin a new epoch', () => {
  const world = worldWith();
  told(world, 'a', { topicNames: ['orders', 'later'] });
  assert.equal(told(world, 'a', { epoch: 1 }).epoch, 1);
  world.topics.set('unrelated', 9);
  assert.equal(told(world, 'a', { epoch: 1 }).epoch, 1);
  world.topics.set('orders', 5);
  assert.deepEqual(names(world, told(world, 'a', { epoch: 1 })).at(-1), 'orders-4');
  world.topics.set('later', 1);
  const answer = told(world, 'a', { epoch: 2 });
  assert.equal(answer.epoch, 3);
  assert.equal(names(world, answer).length, 6);
});

test('partitions that a topic gained while the broker was down are noticed', () => {
  const world = worldWith();
  told(world, 'a');
  const same = world.restart();
  assert.equal(told(same, 'a', { epoch: 1 }).epoch, 1);
  world.topics.set('orders', 5);
  const restarted = world.restart();
  assert.equal(told(restarted, 'a', { epoch: 1 }).epoch, 2);
});

test('a regular expression is resolved anew when topics come and go; the whole name has to match', () => {
  const world = worldWith({ 'events-1': 1, 'other-events-1': 1, __consumer_offsets: 3 });
  const joined = told(world, 'a', { topicNames: null, topicRegex: 'events-\\d+|__.*' });
  assert.deepEqual(names(world, joined), ['events-1-0']);
  world.topics.set('events-22', 2);
  const more = told(world, 'a', { epoch: 1 });
  assert.deepEqual(names(world, more), ['events-1-0', 'events-22-0', 'events-22-1']);
  const gone = world.topics.topic('events-1')!.id;
  world.topics.delete('events-1');
  const less = told(world, 'a', { epoch: 2, owned: more.assignment });
  assert.equal(less.assignment?.has(gone), false);
  assert.equal(told(world, 'b', { topicNames: null, topicRegex: '(' }).refusal, 'invalid-regex');
  assert.equal(
    told(world, 'b', { topicNames: null, topicRegex: '(a)\\1' }).refusal,
    'invalid-regex',
    'RE2 has no references',
  );
});

test('an expression matches no topic that its member may not know of, and rules that change show in a while', async () => {
  const world = worldWith({ 'events-1': 1, 'events-2': 1 });
  const known = new Set(['events-1']);
  const mayKnow = (topic: string): boolean => known.has(topic);
  const regex = { topicNames: null, topicRegex: 'events-.*', mayKnow };
  assert.deepEqual(names(world, told(world, 'a', regex)), ['events-1-0']);
  assert.deepEqual(names(world, told(world, 'b', { ...regex, mayKnow: () => true })), ['events-2-0']);
  told(world, 'b', { epoch: -1 });
  // Nobody else is there who may know of the second.
  const alone = told(world, 'a', { epoch: 1, mayKnow });
  assert.equal(alone.epoch, 3);
  assert.equal(alone.assignment, null);
  known.add('events-2');
  assert.equal(told(world, 'a', { epoch: 3, mayKnow }).assignment, null);
  for (const passedMs of [20_000, 30_000]) {
    await world.clock.advance(passedMs);
    assert.equal(told(world, 'a', { epoch: 3, mayKnow }).assignment, null);
  }
  await world.clock.advance(10_000);
  assert.deepEqual(names(world, told(world, 'a', { epoch: 3, mayKnow })), ['events-1-0', 'events-2-0']);
  // After a start nothing is taken from who was not heard of yet.
  known.delete('events-1');
  const restarted = world.restart();
  restarted.topics.set('events-3', 1);
  assert.deepEqual(names(restarted, told(restarted, 'c', { ...regex, mayKnow: () => true })), ['events-3-0']);
});

test('an expression that takes other engines for ever is answered at once', () => {
  const world = worldWith({ [`${'a'.repeat(200)}b`]: 1 });
  assert.deepEqual(names(world, told(world, 'a', { topicNames: null, topicRegex: '(a*)*(a*)*(a*)*c' })), []);
});

test('what most members want shared out is how it is done', () => {
  const world = worldWith({ orders: 3, users: 3 });
  const both = { topicNames: ['orders', 'users'] };
  told(world, 'a', { ...both, assignor: 'range' });
  assert.equal(world.groups.consumers.get('g')!.assignor, 'range');
  const answer = told(world, 'a', { epoch: 1, owned: noPartitions });
  assert.equal(answer.refusal, null);
  told(world, 'b', { ...both, assignor: 'range' });
  const targets = world.groups.consumers
    .get('g')!
    .describe()
    .members.map(({ target }) => world.topics.names(target));
  assert.deepEqual(targets, [
    ['orders-0', 'orders-1', 'users-0', 'users-1'],
    ['orders-2', 'users-2'],
  ]);
  assert.equal(told(world, 'c', { assignor: 'sticky' }).refusal, 'unsupported-assignor');
});

test('malformed requests are refused with the reason', () => {
  const world = worldWith();
  const refused: [Partial<ConsumerHeartbeat>, RegExp][] = [
    [{ memberId: '' }, /MemberId/],
    [{ instanceId: '' }, /InstanceId/],
    [{ rackId: '' }, /RackId/],
    [{ epoch: -3 }, /MemberEpoch/],
    [{ epoch: -2 }, /InstanceId can't be null/],
    [{ rebalanceTimeoutMs: -1 }, /RebalanceTimeoutMs/],
    [{ topicNames: null }, /SubscribedTopicNames/],
    [{ owned: new Map([['0', [1]]]) }, /TopicPartitions/],
    [{ topicNames: ['x'.repeat(40_000)] }, /too long/],
  ];
  for (const [more, message] of refused) {
    const answer = told(world, 'a', more);
    assert.equal(answer.refusal, 'invalid-request');
    assert.match(answer.message!, message);
  }
  assert.match(world.consume('a', {}, '').told.message!, /GroupId/);
  assert.equal(state(world), 'none', 'no group came of it');
});

test('a group has room for as many members as the options say', () => {
  const world = new GroupWorld({ membersMax: 1 });
  assert.equal(told(world, 'a').refusal, null);
  assert.equal(told(world, 'b').refusal, 'group-full');
});

test('a group is restored as it was, with what its members have and who it is kept from', () => {
  const world = worldWith();
  const { assignment } = told(world, 'a', { rackId: 'r', topicRegex: 'o.*' });
  told(world, 'b', { instanceId: 'i' });
  told(world, 'a', { epoch: 1, owned: assignment });
  const before = world.groups.consumers.get('g')!.describe();
  const restarted = world.restart();
  assert.deepEqual(restarted.groups.consumers.get('g')!.describe(), before);
  assert.equal(told(restarted, 'b', { epoch: 2, instanceId: 'i' }).assignment?.size, 0, 'still with the other');
  const kept = before.members[0]!.assignment;
  assert.equal(told(restarted, 'a', { epoch: 1, owned: kept }).epoch, 2);
  assert.equal(names(restarted, told(restarted, 'b', { epoch: 2, instanceId: 'i' })).length, 2);
});

test('offsets are committed and asked for in the epoch of the member', () => {
  const world = worldWith();
  told(world, 'a');
  const commit = (memberId: string, generation: number): unknown => {
    let refusals: unknown;
    const offsets = [{ topic: 'orders', partition: 0, offset: 5, leaderEpoch: -1, metadata: '' }];
    const request = { group: 'g', memberId, instanceId: null, generation, retentionMs: -1, offsets };
    world.groups.commit(request, (answer) => {
      refusals = answer[0];
    });
    return refusals;
  };
  assert.equal(commit('a', 1), null);
  assert.equal(commit('a', 0), 'stale-epoch');
  assert.equal(commit('x', 1), 'unknown-member');
  assert.equal(commit('', -1), 'unknown-member', 'from outside while there are members');
  const group = world.groups.consumers.get('g')!;
  assert.equal(group.fetchRefusal('a', 1), null);
  assert.equal(group.fetchRefusal('a', 2), 'stale-epoch');
  assert.equal(group.fetchRefusal('x', 1), 'unknown-member');
  assert.equal(group.fetchRefusal('', -1), null);
  told(world, 'a', { epoch: -1 });
  assert.equal(commit('', -1), null);
});

test('a group changes over to the other protocol when nobody is in it, and keeps its offsets', () => {
  const world = worldWith();
  const joined = world.join().told;
  world.sync(joined, {});
  assert.equal(told(world, 'a').refusal, 'unknown-group', 'somebody is in it');
  world.groups.offsets.apply('g', 'orders', 0, {
    offset: 7,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: 1,
    expireTimestampMs: -1,
  });
  world.groups.leave('g', joined.memberId, null);
  assert.equal(told(world, 'a').refusal, null);
  assert.equal(world.groups.describe('g'), null);
  assert.equal(world.groups.committed('g', 'orders', 0)?.offset, 7);
  assert.equal(world.restart().groups.consumers.get('g')?.state, 'stable');

  assert.equal(world.join().told.refusal, 'inconsistent-protocol', 'somebody is in it');
  told(world, 'a', { epoch: -1 });
  assert.equal(world.join().told.refusal, null);
  assert.equal(world.groups.consumers.get('g'), undefined);
  const restarted = world.restart();
  assert.equal(restarted.groups.consumers.get('g'), undefined);
});

test('an empty group is deleted for good; one with members is not', () => {
  const world = worldWith();
  told(world, 'a');
  const deleted = (): unknown => {
    let answer: unknown;
    world.groups.delete('g', (refusal) => {
      answer = refusal;
    });
    return answer;
  };
  assert.equal(deleted(), 'group-not-empty');
  told(world, 'a', { epoch: -1 });
  assert.equal(deleted(), null);
  assert.equal(deleted(), 'unknown-group');
  assert.equal(world.restart().groups.consumers.get('g'), undefined);
  // Nothing of it is left once the log is compacted.
  const last = new Map(world.log.records.map(({ key, value }) => [key.toString('hex'), value]));
  for (const [key, value] of last) {
    if (readConsumerKey(Buffer.from(key, 'hex')) !== null) assert.equal(value, null);
  }
});

test('an empty group without offsets goes when offsets are looked through', async () => {
  const world = new GroupWorld({ offsetRetentionCheckMs: 600_000 });
  told(world, 'a');
  told(world, 'a', { epoch: -1 });
  await world.clock.advance(700_000);
  assert.equal(world.groups.has('g'), false);
});

test('an administrator removes a member by its id or its instance', () => {
  const world = worldWith();
  told(world, 'a', { instanceId: 'i' });
  told(world, 'b');
  assert.equal(world.groups.leave('g', '', 'nobody'), 'unknown-member');
  assert.equal(world.groups.leave('g', 'b', 'i'), 'fenced-instance');
  assert.equal(world.groups.leave('g', '', 'i'), null);
  assert.equal(world.groups.leave('g', 'b', null), null);
  assert.equal(state(world), 'empty');
});

test('of damaged data that gives a partition to two members, one of them starts anew', () => {
  const world = worldWith();
  told(world, 'a');
  told(world, 'b');
  const records = world.log.partitions.get(world.groups.partitionFor('g'))!;
  const standingOf = (memberId: string): Buffer => {
    const found = records.findLast(({ key }) => {
      const about = readConsumerKey(key);
      return about?.kind === 8 && about.memberId === memberId;
    });
    return found!.value!;
  };
  const key = records.findLast(({ key: each }) => {
    const about = readConsumerKey(each);
    return about?.kind === 8 && about.memberId === 'b';
  })!.key;
  records.push({ key, value: standingOf('a') });
  const restarted = world.restart();
  const held: Partitions[] = ['a', 'b'].map((id) => restarted.groups.consumers.get('g')!.member(id)!.standing.assigned);
  assert.deepEqual(
    held.map((each) => each.size),
    [1, 0],
  );
  assert.equal(told(restarted, 'b', { epoch: 1 }).refusal, 'fenced-epoch');
});
