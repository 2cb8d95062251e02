import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NamedPartitions, readAssignment, writeAssignment } from './consumer-protocol.js';
import { subscriptionTo } from './consumer-protocol.test.support.js';
import type { ConsumerAnswer, ConsumerHeartbeat } from './consumer-request.js';
import type { JoinAnswer, JoinRequest } from './group-request.js';
import { GroupWorld, MemoryOffsetLog, MemoryTopics } from './group-world.test.support.js';
import { noPartitions } from './partitions.js';

function worldWith(partitions = 4): GroupWorld {
  const topics = new MemoryTopics();
  topics.set('orders', partitions);
  return new GroupWorld({}, new MemoryOffsetLog(), topics);
}

/** As a classic consumer of the topic; `owned` as one that shares cooperatively says it. */
function says(owned: readonly number[] = [], name = 'range'): Pick<JoinRequest, 'protocols'> {
  const held: NamedPartitions[] = owned.length === 0 ? [] : [['orders', owned]];
  return { protocols: [{ name, metadata: subscriptionTo(['orders'], held) }] };
}

function joins(world: GroupWorld, more: Partial<JoinRequest> = {}): JoinAnswer {
  return world.join({ ...says(), ...more }).told;
}

function given(...numbers: number[]): string {
  return writeAssignment(3, [['orders', numbers]]).toString('latin1');
}

/** A member alone in a classic group, with all four partitions. */
function alone(world: GroupWorld, more: Partial<JoinRequest> = {}): JoinAnswer {
  const joined = joins(world, more);
  assert.equal(joined.refusal, null);
  world.groups.sync(
    'g',
    {
      memberId: joined.memberId,
      instanceId: more.instanceId ?? null,
      generation: joined.generation,
      protocolType: 'consumer',
      protocol: joined.protocol,
      assignments: new Map([[joined.memberId, Buffer.from(given(0, 1, 2, 3), 'latin1')]]),
    },
    () => {},
  );
  return joined;
}

function beats(world: GroupWorld, memberId: string, more: Partial<ConsumerHeartbeat> = {}): ConsumerAnswer {
  return world.consume(memberId, more).told;
}

function synced(world: GroupWorld, joined: JoinAnswer, instanceId: string | null = null): string[] {
  const { refusal, assignment } = world.sync(joined, {}, instanceId).told;
  assert.equal(refusal, null);
  return readAssignment(assignment)!.flatMap(([name, numbers]) => numbers.map((number) => `${name}-${number}`));
}

function names(world: GroupWorld, { assignment }: ConsumerAnswer): string[] {
  return assignment === null ? [] : world.topics.names(assignment);
}

test('a classic group goes on as a consumer group when the first member of that kind comes, and shares with it', () => {
  const world = worldWith();
  const old = alone(world);
  const joined = beats(world, 'new');
  assert.equal(joined.refusal, null);
  assert.deepEqual(names(world, joined), [], 'the old one reads everything still');
  assert.equal(world.groups.get('g'), undefined);
  assert.equal(world.heartbeat(old), 'rebalance-in-progress');
  // Having stopped reading it joins, as it would any other time.
  const again = joins(world, { memberId: old.memberId });
  assert.deepEqual([again.refusal, again.protocol, again.leader, again.members], [null, 'range', '', []]);
  assert.equal(again.generation, joined.epoch);
  assert.deepEqual(synced(world, again), ['orders-0', 'orders-1']);
  assert.equal(world.heartbeat(again), null);
  assert.deepEqual(names(world, beats(world, 'new', { epoch: joined.epoch })), ['orders-2', 'orders-3']);
  const described = world.groups.consumers.get('g')!.describe();
  assert.equal(described.state, 'stable');
  assert.deepEqual(
    described.members.map(({ memberId, classic }) => [memberId, classic]),
    [
      [old.memberId, true],
      ['new', false],
    ],
  );
});

test('a member that shares cooperatively goes on reading what it keeps, and gives the rest up first', () => {
  const world = worldWith();
  const old = alone(world, says([], 'cooperative'));
  const joined = beats(world, 'new');
  const mine = (owned: number[], memberId = old.memberId) => joins(world, { memberId, ...says(owned, 'cooperative') });
  const again = mine([0, 1, 2, 3]);
  assert.equal(again.generation, old.generation, 'in its old generation until it has given up');
  assert.deepEqual(synced(world, again), ['orders-0', 'orders-1']);
  assert.deepEqual(names(world, beats(world, 'new', { epoch: joined.epoch })), []);
  assert.equal(world.heartbeat(again), 'rebalance-in-progress');
  const last = mine([0, 1]);
  assert.equal(last.generation, joined.epoch);
  assert.deepEqual(synced(world, last), ['orders-0', 'orders-1']);
  assert.equal(world.heartbeat(last), null);
  assert.deepEqual(names(world, beats(world, 'new', { epoch: joined.epoch })), ['orders-2', 'orders-3']);
});

test('a classic member is told to join again when something becomes free for it', () => {
  const world = worldWith();
  const first = beats(world, 'new');
  assert.equal(names(world, first).length, 4);
  const old = joins(world);
  assert.deepEqual(synced(world, old), []);
  assert.equal(world.heartbeat(old), null, 'there is nothing for it yet');
  const fewer = beats(world, 'new', { epoch: first.epoch });
  assert.equal(names(world, fewer).length, 2);
  beats(world, 'new', { epoch: first.epoch, owned: fewer.assignment });
  assert.equal(world.heartbeat(old), 'rebalance-in-progress');
  const again = joins(world, { memberId: old.memberId });
  assert.equal(synced(world, again).length, 2);
  assert.equal(world.heartbeat(again), null);
});

test('when the last member of the new kind goes, the others go on as a classic group, in the generation they know', async () => {
  for (const way of ['leaves', 'is silent', 'is removed'] as const) {
    const world = worldWith();
    const old = alone(world);
    const joined = beats(world, 'new');
    const again = joins(world, { memberId: old.memberId });
    synced(world, again);
    beats(world, 'new', { epoch: joined.epoch });
    if (way === 'leaves') beats(world, 'new', { epoch: -1 });
    else if (way === 'is removed') assert.equal(world.groups.leave('g', 'new', null), null);
    else {
      world.groups.consumers.get('g')!.member('new')!.session.set(0);
      await world.clock.advance(1);
    }
    assert.equal(world.groups.consumers.get('g'), undefined, way);
    assert.equal(world.state, 'preparing');
    assert.equal(world.heartbeat(again), 'rebalance-in-progress', 'and not a wrong generation');
    const led = joins(world, { memberId: old.memberId });
    assert.equal(led.leader, old.memberId);
    assert.ok(led.generation > again.generation);
    assert.equal(world.restart().groups.consumers.get('g'), undefined);
    assert.equal(world.restart().groups.describe('g')!.members.length, 1);
  }
});

test('instances keep their place from one protocol to the other and back', () => {
  const world = worldWith();
  const old = alone(world, { instanceId: 'desk' });
  const fresh = beats(world, 'fresh', { instanceId: 'desk' });
  assert.equal(fresh.refusal, null);
  assert.deepEqual(names(world, fresh), ['orders-0', 'orders-1', 'orders-2', 'orders-3']);
  assert.equal(world.groups.heartbeat('g', old.memberId, 'desk', old.generation), 'fenced-instance');
  beats(world, 'other', { instanceId: 'chair' });
  const back = joins(world, { instanceId: 'chair' });
  assert.equal(back.refusal, null);
  assert.equal(world.groups.consumers.get('g')!.describe().members.length, 2, 'it took the place of the other');
  const last = world.join({ ...says(), instanceId: 'desk' });
  assert.equal(world.groups.consumers.get('g'), undefined, 'nobody speaks the new protocol any more');
  assert.equal(last.waiting, true, 'until the others have joined');
  assert.equal(joins(world, { instanceId: 'chair', memberId: back.memberId }).refusal, null);
  assert.equal(last.told.refusal, null);
});

test('who does not join in time, or joins and does not sync, is removed', async () => {
  for (const doesJoin of [false, true]) {
    const world = worldWith();
    const old = alone(world, { rebalanceTimeoutMs: 20_000, sessionTimeoutMs: 60_000 });
    const joined = beats(world, 'new');
    assert.equal(world.heartbeat(old), 'rebalance-in-progress');
    if (doesJoin) joins(world, { memberId: old.memberId, rebalanceTimeoutMs: 20_000, sessionTimeoutMs: 60_000 });
    for (let passed = 0; passed < 20; passed += 10) {
      await world.clock.advance(10_000);
      beats(world, 'new', { epoch: world.groups.consumers.get('g')!.member('new')!.standing.epoch });
    }
    const [left, ...others] = world.groups.consumers.get('g')!.describe().members;
    assert.deepEqual([left!.memberId, others.length], ['new', 0]);
    assert.ok(joined.epoch < world.groups.consumers.get('g')!.epoch);
  }
});

test('a group in the middle of moving is restored as it was', () => {
  const world = worldWith();
  const old = alone(world, { sessionTimeoutMs: 7_000 });
  const joined = beats(world, 'new');
  const again = joins(world, { memberId: old.memberId, sessionTimeoutMs: 7_000 });
  synced(world, again);
  const restarted = world.restart();
  const [first] = restarted.groups.consumers.get('g')!.describe().members;
  assert.deepEqual([first!.memberId, first!.classic], [old.memberId, true]);
  assert.equal(restarted.groups.heartbeat('g', old.memberId, null, again.generation), null);
  assert.deepEqual(names(restarted, beats(restarted, 'new', { epoch: joined.epoch })), ['orders-2', 'orders-3']);
  assert.equal(restarted.groups.get('g'), undefined);
});

test('who waits in a classic group while it becomes another is told to join again', () => {
  const world = worldWith();
  const old = alone(world);
  const waiting = world.join({ ...says(), memberId: '' });
  assert.equal(waiting.waiting, true);
  assert.equal(beats(world, 'new').refusal, null);
  assert.equal(waiting.told.refusal, 'rebalance-in-progress');
  assert.equal(world.groups.consumers.get('g')!.describe().members.length, 2, 'who never heard its id is not kept');
  assert.equal(world.sync(old, {}).told.refusal, 'rebalance-in-progress');
});

test('a group of something else than consumers, or full, stays what it is', () => {
  for (const more of [{ protocolType: 'connect' }, { protocols: [{ name: 'range', metadata: Buffer.from('x') }] }]) {
    const world = worldWith();
    const joined = joins(world, more);
    world.sync(joined, {});
    assert.equal(beats(world, 'new').refusal, 'unknown-group');
    assert.equal(world.state, 'stable');
  }
  const full = new GroupWorld({ membersMax: 1 }, new MemoryOffsetLog(), worldWith().topics);
  alone(full);
  assert.equal(beats(full, 'new').refusal, 'unknown-group');
  assert.equal(full.state, 'stable');
});

test('a classic member that does not fit in is refused, and nothing changes', () => {
  const world = worldWith();
  beats(world, 'new');
  assert.equal(joins(world, { protocolType: 'connect' }).refusal, 'inconsistent-protocol');
  assert.equal(
    joins(world, { protocols: [{ name: 'range', metadata: Buffer.from('x') }] }).refusal,
    'inconsistent-protocol',
  );
  assert.equal(joins(world, { protocols: [] }).refusal, 'inconsistent-protocol');
  assert.equal(joins(world, { sessionTimeoutMs: 1 }).refusal, 'invalid-session-timeout');
  assert.equal(joins(world, { instanceId: 'desk', memberId: 'nobody' }).refusal, 'unknown-member');
  assert.equal(joins(world, { memberId: 'removed', ...says([1]) }).refusal, 'unknown-member');
  const first = joins(world, { requireMemberId: true });
  assert.equal(first.refusal, 'member-id-required');
  const second = joins(world, { requireMemberId: true, memberId: first.memberId });
  assert.equal(second.refusal, null);
  assert.equal(joins(world, says([], 'sticky')).refusal, 'inconsistent-protocol', 'no protocol is common to both');
  assert.equal(world.groups.heartbeat('g', second.memberId, null, second.generation + 1), 'illegal-generation');
  assert.equal(world.groups.heartbeat('g', 'new', null, 1), 'unknown-member', 'it does not speak that protocol');
  assert.equal(world.sync({ ...second, protocol: 'sticky' }).told.refusal, 'inconsistent-protocol');
  assert.equal(world.groups.consumers.get('g')!.describe().members.length, 2);
});

test('offsets are committed in a generation by who has one, and in an epoch by who has that', () => {
  const world = worldWith();
  const old = alone(world);
  beats(world, 'new');
  const group = world.groups.consumers.get('g')!;
  assert.equal(group.commitRefusal(old.memberId, old.generation), null, 'the last chance before it joins again');
  assert.equal(group.commitRefusal(old.memberId, old.generation + 1), 'illegal-generation');
  assert.equal(group.commitRefusal('new', 99), 'stale-epoch');
});

test('two members that were given the same partition by their leader go on with one of them', () => {
  const world = worldWith();
  const first = alone(world);
  const second = world.join(says());
  assert.equal(world.heartbeat(first), 'rebalance-in-progress');
  const led = joins(world, { memberId: first.memberId });
  world.sync(second.told);
  world.groups.sync(
    'g',
    {
      memberId: led.memberId,
      instanceId: null,
      generation: led.generation,
      protocolType: null,
      protocol: null,
      assignments: new Map([led.memberId, second.told.memberId].map((id) => [id, Buffer.from(given(0, 1), 'latin1')])),
    },
    () => {},
  );
  assert.equal(world.state, 'stable');
  assert.equal(beats(world, 'new').refusal, null);
  const [one, two] = world.groups.consumers.get('g')!.describe().members;
  assert.deepEqual(world.topics.names(one!.assignment), ['orders-0', 'orders-1']);
  assert.deepEqual(two!.assignment, noPartitions);
});
