import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JoinAnswer, JoinRequest } from './group-request.js';
import { type Asked, GroupWorld } from './group-world.test.support.js';

/** Two dynamic members with their generation agreed and synced; `first` leads. */
async function stablePair(world: GroupWorld): Promise<{ first: JoinAnswer; second: JoinAnswer }> {
  const alone = world.join().told;
  world.sync(alone, { [alone.memberId]: 'all' });
  const joining = world.join();
  const again = world.join({ memberId: alone.memberId });
  const first = again.told;
  const second = joining.told;
  const followed = world.sync(second);
  world.sync(first, { [first.memberId]: 'one', [second.memberId]: 'two' });
  assert.equal(followed.told.assignment.toString(), 'two');
  assert.equal(world.state, 'stable');
  return { first, second };
}

function range(metadata: string): JoinRequest['protocols'] {
  return [{ name: 'range', metadata: Buffer.from(metadata) }];
}

test('a member alone joins, assigns to itself and is stable', () => {
  const world = new GroupWorld();
  const joined = world.join().told;
  assert.equal(joined.refusal, null);
  assert.equal(joined.generation, 1);
  assert.equal(joined.leader, joined.memberId);
  assert.equal(joined.protocol, 'range');
  assert.deepEqual(
    joined.members.map((member) => member.metadata.toString()),
    ['topics'],
  );
  assert.equal(world.state, 'completing');
  const synced = world.sync(joined, { [joined.memberId]: 'everything' }).told;
  assert.equal(synced.assignment.toString(), 'everything');
  assert.equal(world.state, 'stable');
  assert.equal(world.heartbeat(joined), null);
});

test('a second member brings a new generation that waits for the first and for the leader', async () => {
  const world = new GroupWorld();
  const alone = world.join().told;
  world.sync(alone, { [alone.memberId]: 'all' });
  const joining = world.join();
  assert.equal(joining.waiting, true);
  assert.equal(world.heartbeat(alone), 'rebalance-in-progress');
  const first = world.join({ memberId: alone.memberId }).told;
  const second = joining.told;
  assert.equal(first.generation, 2);
  assert.equal(second.leader, first.memberId);
  assert.deepEqual(second.members, [], 'only the leader is told who is there');
  assert.equal(first.members.length, 2);
  const following = world.sync(second);
  assert.equal(following.waiting, true);
  const leading = world.sync(first, { [first.memberId]: 'one' });
  assert.equal(leading.told.assignment.toString(), 'one');
  assert.equal(following.told.assignment.length, 0, 'who was left out gets nothing, not an error');
  world.groups.close();
  assert.equal(world.clock.pending, 0);
});

test('the two-step join gives an id first and counts the member when it comes back with it', async () => {
  const world = new GroupWorld();
  const asked = world.join({ requireMemberId: true }).told;
  assert.equal(asked.refusal, 'member-id-required');
  assert.match(asked.memberId, /^client-[0-9a-f-]{36}$/);
  assert.equal(world.state, 'empty');
  const joined = world.join({ requireMemberId: true, memberId: asked.memberId }).told;
  assert.equal(joined.refusal, null);
  assert.equal(joined.memberId, asked.memberId);
});

test('a rebalance waits for an id that was given out, until its session time is over', async () => {
  const world = new GroupWorld();
  const promised = world.join({ requireMemberId: true });
  const joining = world.join();
  assert.equal(joining.waiting, true);
  await world.clock.advance(9_999);
  assert.equal(joining.waiting, true);
  await world.clock.advance(1);
  assert.equal(joining.told.generation, 1);
  assert.equal(world.join({ memberId: promised.told.memberId }).told.refusal, 'unknown-member');
  assert.equal(world.groups.leave('g', promised.told.memberId, null), 'unknown-member');
});

test('an id that was given out can be handed back by leaving', () => {
  const world = new GroupWorld();
  const promised = world.join({ requireMemberId: true }).told;
  const joining = world.join();
  assert.equal(world.groups.leave('g', promised.memberId, null), null);
  assert.equal(joining.told.refusal, null);
});

test('a member whose session runs out is removed, and the others share anew', async () => {
  const world = new GroupWorld();
  const { first, second } = await stablePair(world);
  await world.advance(9_000, first);
  assert.equal(world.state, 'stable');
  await world.advance(2_000, first);
  assert.equal(world.heartbeat(first), 'rebalance-in-progress');
  assert.equal(world.heartbeat(second), 'unknown-member');
  const rejoined = world.join({ memberId: first.memberId }).told;
  assert.equal(rejoined.generation, 3);
  assert.equal(rejoined.members.length, 1);
});

test('when the last session runs out the group is empty in a new generation', async () => {
  const world = new GroupWorld();
  const joined = world.join().told;
  world.sync(joined, {});
  await world.clock.advance(10_000);
  assert.equal(world.state, 'empty');
  assert.equal(world.groups.describe('g')?.generation, 2);
  assert.equal(world.join({ memberId: joined.memberId }).told.refusal, 'unknown-member');
});

test('who does not rejoin within the rebalance time-out is left behind', async () => {
  const world = new GroupWorld();
  const { first, second } = await stablePair(world);
  const changed = world.join({ memberId: second.memberId, protocols: range('other') });
  await world.advance(59_000, first);
  assert.equal(changed.waiting, true);
  await world.advance(1_000, first);
  assert.equal(changed.told.generation, 3);
  assert.equal(changed.told.leader, second.memberId, 'a leader that came takes the place of the one that did not');
  assert.equal(world.heartbeat(first), 'unknown-member');
});

test('a member that joins but does not sync within the rebalance time-out is removed', async () => {
  const world = new GroupWorld();
  const first = world.join({ rebalanceTimeoutMs: 20_000 }).told;
  const joining = world.join({ rebalanceTimeoutMs: 20_000 });
  const leader = world.join({ memberId: first.memberId, protocols: range('new'), rebalanceTimeoutMs: 20_000 }).told;
  const silent = joining.told;
  world.sync(leader, { [leader.memberId]: 'one', [silent.memberId]: 'two' });
  assert.equal(world.state, 'stable');
  await world.advance(21_000, leader, silent);
  assert.equal(world.heartbeat(silent), 'unknown-member');
  assert.equal(world.heartbeat(leader), 'rebalance-in-progress');
});

test('a new member that waits for a rebalance is given up after its own time', async () => {
  const world = new GroupWorld({ newMemberTimeoutMs: 30_000 });
  const { first, second } = await stablePair(world);
  const joining = world.join({ rebalanceTimeoutMs: 600_000 });
  const rejoining = world.join({ memberId: first.memberId, rebalanceTimeoutMs: 600_000 });
  await world.advance(29_000, second);
  assert.equal(joining.waiting, true);
  await world.advance(1_000, second);
  assert.equal(joining.told.refusal, 'unknown-member');
  assert.equal(rejoining.waiting, true, 'a member that is known may wait longer');
});

test('another generation is refused everywhere', async () => {
  const world = new GroupWorld();
  const { first } = await stablePair(world);
  const stale = { ...first, generation: first.generation - 1 };
  assert.equal(world.heartbeat(stale), 'illegal-generation');
  assert.equal(world.sync(stale).told.refusal, 'illegal-generation');
  const ahead = { ...first, generation: first.generation + 1 };
  assert.equal(world.heartbeat(ahead), 'illegal-generation');
});

test('a follower that joins a stable group with nothing new is told the generation it is in', async () => {
  const world = new GroupWorld();
  const { first, second } = await stablePair(world);
  const again = world.join({ memberId: second.memberId }).told;
  assert.equal(again.generation, second.generation);
  assert.equal(world.sync(again).told.assignment.toString(), 'two');
  assert.equal(world.state, 'stable');
  assert.equal(world.join({ memberId: first.memberId }).waiting, true, 'the leader wants to assign anew');
  assert.equal(world.state, 'preparing');
});

test('a join that comes again before the sync is answered again', () => {
  const world = new GroupWorld();
  const joined = world.join().told;
  assert.deepEqual(world.join({ memberId: joined.memberId }).told, joined);
  const changed = world.join({ memberId: joined.memberId, protocols: range('other') }).told;
  assert.equal(changed.generation, 2);
});

test('syncs that wait are released when a rebalance begins', async () => {
  const world = new GroupWorld();
  const { first, second } = await stablePair(world);
  const rejoining = world.join({ memberId: first.memberId });
  world.join({ memberId: second.memberId });
  const following = world.sync({ ...second, generation: 3 });
  assert.equal(following.waiting, true);
  assert.equal(rejoining.told.generation, 3);
  world.groups.leave('g', first.memberId, null);
  assert.equal(following.told.refusal, 'rebalance-in-progress');
});

test('leaving by member id rebalances the others at once', async () => {
  const world = new GroupWorld();
  const { first, second } = await stablePair(world);
  assert.equal(world.groups.leave('g', second.memberId, null), null);
  assert.equal(world.groups.leave('g', second.memberId, null), 'unknown-member');
  assert.equal(world.state, 'preparing');
  assert.equal(world.join({ memberId: first.memberId }).told.generation, 3);
});

test('the first members of a group wait for others, longer while others come, at most the rebalance time-out', async () => {
  const world = new GroupWorld({ initialRebalanceDelayMs: 3_000 });
  const asked: Asked<JoinAnswer>[] = [world.join({ rebalanceTimeoutMs: 7_000, sessionTimeoutMs: 30_000 })];
  await world.clock.advance(2_000);
  asked.push(world.join({ rebalanceTimeoutMs: 7_000 }));
  await world.clock.advance(2_000);
  assert.ok(
    asked.every((each) => each.waiting),
    'somebody came within the first three seconds',
  );
  asked.push(world.join({ rebalanceTimeoutMs: 7_000 }));
  await world.clock.advance(2_500);
  asked.push(world.join({ rebalanceTimeoutMs: 7_000 }));
  await world.clock.advance(499);
  assert.ok(asked.every((each) => each.waiting));
  await world.clock.advance(1);
  assert.ok(asked.every((each) => each.told.generation === 1));
  assert.equal(asked[0]!.told.members.length, 4);
});

test('a group whose members cannot agree on a protocol refuses who stands apart', async () => {
  const world = new GroupWorld();
  await stablePair(world);
  const other = [{ name: 'sticky', metadata: Buffer.alloc(0) }];
  assert.equal(world.join({ protocols: other }).told.refusal, 'inconsistent-protocol');
  assert.equal(world.join({ protocolType: 'connect' }).told.refusal, 'inconsistent-protocol');
  assert.equal(world.join({ protocols: [] }).told.refusal, 'inconsistent-protocol');
  assert.equal(world.join({ protocolType: '' }, 'fresh').told.refusal, 'inconsistent-protocol');
  const first = world.groups.describe('g')!.members[0]!;
  const misled = world.groups.get('g')!;
  const answer = world.sync({
    ...world.join({ memberId: 'x' }).told,
    memberId: first.memberId,
    generation: 2,
    protocol: 'sticky',
  });
  assert.equal(answer.told.refusal, 'inconsistent-protocol');
  assert.equal(misled.state, 'stable');
});

test('the protocol that all members have and most like best is chosen', () => {
  const world = new GroupWorld({ initialRebalanceDelayMs: 1_000 });
  const named = (...names: string[]) => names.map((name) => ({ name, metadata: Buffer.from(name) }));
  const asked = [
    world.join({ protocols: named('only-mine', 'range', 'sticky') }),
    world.join({ protocols: named('sticky', 'range') }),
    world.join({ protocols: named('sticky', 'range') }),
  ];
  return world.clock.advance(2_000).then(() => {
    assert.deepEqual(
      asked.map((each) => each.told.protocol),
      ['sticky', 'sticky', 'sticky'],
    );
    assert.deepEqual(
      asked[0]!.told.members.map((member) => member.metadata.toString()),
      ['sticky', 'sticky', 'sticky'],
    );
  });
});

test('a session time-out out of bounds is refused', () => {
  const world = new GroupWorld();
  assert.equal(world.join({ sessionTimeoutMs: 5_999 }).told.refusal, 'invalid-session-timeout');
  assert.equal(world.join({ sessionTimeoutMs: 1_800_001 }).told.refusal, 'invalid-session-timeout');
});

test('a full group turns new members away and keeps those it has', async () => {
  const world = new GroupWorld({ membersMax: 2, promisedMembersMax: 1 });
  const { first, second } = await stablePair(world);
  assert.equal(world.join().told.refusal, 'group-full');
  const again = world.join({ memberId: first.memberId });
  world.join({ memberId: second.memberId });
  assert.equal(again.told.refusal, null);
  const other = new GroupWorld({ promisedMembersMax: 1 });
  assert.equal(other.join({ requireMemberId: true }).told.refusal, 'member-id-required');
  assert.equal(other.join({ requireMemberId: true }).told.refusal, 'group-full');
});

/** A static member and a dynamic one in a stable group; the static one leads. */
async function withStatic(world: GroupWorld): Promise<{ fixed: JoinAnswer; other: JoinAnswer }> {
  const alone = world.join({ instanceId: 'i-1', requireMemberId: true }).told;
  assert.equal(alone.refusal, null, 'a static member is not sent away for an id');
  const joining = world.join();
  const fixed = world.join({ memberId: alone.memberId, instanceId: 'i-1', protocols: range('new') }).told;
  const other = joining.told;
  world.sync(other);
  world.sync(fixed, { [fixed.memberId]: 'one', [other.memberId]: 'two' }, 'i-1');
  assert.equal(world.state, 'stable');
  return { fixed, other };
}

test('static rejoin in stable: a new id, the same generation and assignment, the old id fenced', async () => {
  const world = new GroupWorld();
  const { fixed, other } = await withStatic(world);
  const back = world.join({ instanceId: 'i-1', clientId: 'moved', clientHost: '/10.0.0.9' }).told;
  assert.equal(back.refusal, null);
  assert.notEqual(back.memberId, fixed.memberId);
  assert.match(back.memberId, /^i-1-/);
  assert.equal(back.generation, fixed.generation);
  assert.equal(back.leader, back.memberId);
  assert.equal(back.skipAssignment, true);
  assert.equal(back.members.length, 2);
  assert.equal(world.state, 'stable');
  assert.equal(world.sync(back, {}, 'i-1').told.assignment.toString(), 'one');
  assert.equal(world.heartbeat(fixed, 'i-1'), 'fenced-instance');
  assert.equal(world.sync(fixed, {}, 'i-1').told.refusal, 'fenced-instance');
  assert.equal(world.join({ memberId: fixed.memberId, instanceId: 'i-1' }).told.refusal, 'fenced-instance');
  assert.equal(world.groups.leave('g', fixed.memberId, 'i-1'), 'fenced-instance');
  assert.equal(world.heartbeat(back, 'i-1'), null);
  assert.equal(world.heartbeat(other), null);
  const described = world.groups.describe('g')!.members.find((member) => member.instanceId === 'i-1')!;
  assert.deepEqual([described.clientId, described.clientHost], ['moved', '/10.0.0.9'], 'all properties are updated');
});

test('a caller that cannot skip the assignment is given the old leader id, so that it does not assign', async () => {
  const world = new GroupWorld();
  const { fixed } = await withStatic(world);
  const back = world.join({ instanceId: 'i-1', canSkipAssignment: false }).told;
  assert.equal(back.leader, fixed.memberId);
  assert.equal(back.skipAssignment, false);
  assert.deepEqual(back.members, []);
});

test('static rejoin in stable with another choice of protocol rebalances', async () => {
  const world = new GroupWorld();
  const both = [...range('new'), { name: 'sticky', metadata: Buffer.alloc(0) }];
  const alone = world.join({ instanceId: 'i-1', protocols: both }).told;
  world.sync(alone, { [alone.memberId]: 'one' }, 'i-1');
  const back = world.join({ instanceId: 'i-1', protocols: [...both].reverse() }).told;
  assert.equal(back.generation, 2);
  assert.equal(back.protocol, 'sticky');
});

test('static rejoin while preparing: the waiting join of the old id is fenced, the new one is part of the rebalance', async () => {
  const world = new GroupWorld();
  const { fixed, other } = await withStatic(world);
  const waiting = world.join({ memberId: fixed.memberId, instanceId: 'i-1' });
  assert.equal(world.state, 'preparing');
  const back = world.join({ instanceId: 'i-1' });
  assert.equal(waiting.told.refusal, 'fenced-instance');
  assert.equal(waiting.told.memberId, fixed.memberId);
  assert.equal(back.waiting, true);
  world.join({ memberId: other.memberId });
  assert.equal(back.told.generation, 3);
  assert.equal(back.told.members.length, 2);
});

test('static rejoin while completing: the waiting sync is fenced and a new generation begins', async () => {
  const world = new GroupWorld();
  const { fixed, other } = await withStatic(world);
  const rejoined = world.join({ memberId: fixed.memberId, instanceId: 'i-1' });
  world.join({ memberId: other.memberId });
  assert.equal(world.state, 'completing');
  world.log.deferred = true;
  const syncing = world.sync(rejoined.told, { [fixed.memberId]: 'one' }, 'i-1');
  assert.equal(syncing.waiting, true, 'the assignment is not durable yet');
  const back = world.join({ instanceId: 'i-1' });
  assert.equal(syncing.told.refusal, 'fenced-instance');
  assert.equal(world.state, 'preparing');
  world.log.settle();
  assert.equal(world.state, 'preparing', 'an assignment of the old generation no longer counts');
  world.join({ memberId: other.memberId });
  assert.equal(back.told.generation, 4);
});

test('static rejoin in empty: after its session ran out an instance is a new member', async () => {
  const world = new GroupWorld();
  const alone = world.join({ instanceId: 'i-1' }).told;
  world.sync(alone, {}, 'i-1');
  await world.clock.advance(10_000);
  assert.equal(world.state, 'empty');
  const back = world.join({ instanceId: 'i-1' }).told;
  assert.equal(back.refusal, null);
  assert.equal(back.generation, 3);
});

test('a static rejoin is answered when it is durable, and refused when it cannot be', async () => {
  const world = new GroupWorld();
  await withStatic(world);
  world.log.deferred = true;
  const back = world.join({ instanceId: 'i-1' });
  assert.equal(back.waiting, true);
  world.log.settle();
  assert.equal(back.told.refusal, null);
  world.log.deferred = false;
  world.log.failing = true;
  assert.equal(world.join({ instanceId: 'i-1' }).told.refusal, 'storage-failed');
});

test('a static member that does not rejoin stays until its session ends', async () => {
  const world = new GroupWorld();
  const { fixed, other } = await withStatic(world);
  const changed = world.join({ memberId: other.memberId, protocols: range('x'), rebalanceTimeoutMs: 6_000 });
  world.groups.heartbeat('g', fixed.memberId, 'i-1', fixed.generation);
  const late = world.join({ rebalanceTimeoutMs: 6_000, sessionTimeoutMs: 10_000 });
  assert.equal(changed.waiting, true);
  for (let second = 0; second < 60; second++) {
    await world.clock.advance(1_000);
    world.groups.heartbeat('g', fixed.memberId, 'i-1', fixed.generation);
    if (!changed.waiting) break;
  }
  assert.equal(changed.told.members.length, 3, 'with its old metadata');
  assert.equal(late.told.refusal, null);
});

test('a static member that takes over before it synced is still expected to sync, under its new id only', async () => {
  const world = new GroupWorld();
  const { fixed, other } = await withStatic(world);
  world.groups.heartbeat('g', fixed.memberId, 'i-1', fixed.generation);
  const leading = world.join({ memberId: fixed.memberId, instanceId: 'i-1', protocols: range('newer') });
  const follower = world.join({ memberId: other.memberId }).told;
  world.sync(leading.told, { [fixed.memberId]: 'one', [other.memberId]: 'two' }, 'i-1');
  world.sync(follower);
  const third = world.join({ instanceId: 'i-3' });
  world.join({ memberId: other.memberId });
  const leader = world.join({ memberId: fixed.memberId, instanceId: 'i-1' }).told;
  world.sync(leader, { [third.told.memberId]: 'three' }, 'i-1');
  world.sync({ ...follower, generation: leader.generation });
  assert.equal(world.state, 'stable');
  const back = world.join({ instanceId: 'i-3' }).told;
  assert.equal(world.sync(back, {}, 'i-3').told.assignment.toString(), 'three');
  for (let second = 0; second < 90; second++) {
    await world.clock.advance(1_000);
    for (const each of [leader, { ...follower, generation: leader.generation }, back]) world.heartbeat(each);
  }
  assert.equal(world.state, 'stable', 'nobody is missed who is there');
});

test('a static rejoin that is overtaken by a rebalance is answered with the new generation', async () => {
  const world = new GroupWorld();
  const { fixed, other } = await withStatic(world);
  world.log.deferred = true;
  const back = world.join({ instanceId: 'i-1' });
  const joining = world.join();
  world.log.settle();
  assert.equal(back.waiting, true);
  world.join({ memberId: other.memberId });
  assert.equal(back.told.generation, fixed.generation + 1);
  assert.equal(joining.told.generation, fixed.generation + 1);
});

test('a rebalance nobody came to goes on until somebody does', async () => {
  const world = new GroupWorld();
  const { fixed, other } = await withStatic(world);
  world.groups.leave('g', other.memberId, null);
  await world.advance(90_000, fixed);
  assert.equal(world.state, 'preparing', 'the static member lives but does not rejoin');
  const joining = world.join();
  await world.advance(30_000, fixed);
  assert.equal(joining.told.generation, fixed.generation + 1);
  assert.equal(joining.told.members.length, 2);
});

test('an administrator removes a static member by its instance id alone', async () => {
  const world = new GroupWorld();
  await withStatic(world);
  assert.equal(world.groups.leave('g', '', 'i-2'), 'unknown-member');
  assert.equal(world.groups.leave('g', '', 'i-1'), null);
  assert.equal(world.state, 'preparing');
});

test('an assignment that cannot be stored is refused and the group tries again', async () => {
  const world = new GroupWorld();
  const joined = world.join().told;
  world.log.failing = true;
  assert.equal(world.sync(joined, { [joined.memberId]: 'one' }).told.refusal, 'storage-failed');
  assert.equal(world.state, 'preparing');
  world.log.failing = false;
  const again = world.join({ memberId: joined.memberId }).told;
  assert.equal(world.sync(again, { [joined.memberId]: 'one' }).told.assignment.toString(), 'one');
});

test('a request that is sent again takes the place of the one that waits, which is answered', async () => {
  const world = new GroupWorld();
  const { second } = await stablePair(world);
  const once = world.join({ memberId: second.memberId, protocols: range('x') });
  const twice = world.join({ memberId: second.memberId, protocols: range('x') });
  assert.equal(once.told.refusal, 'rebalance-in-progress');
  assert.equal(twice.waiting, true);
});

test('an answer may ask again from within', () => {
  const world = new GroupWorld();
  let generation = 0;
  world.groups.join('g', joinRequest('a'), (first) => {
    world.groups.join('g', { ...joinRequest('a'), memberId: first.memberId, protocols: range('y') }, (again) => {
      generation = again.generation;
    });
  });
  assert.equal(generation, 2);
});

function joinRequest(clientId: string): JoinRequest {
  return {
    memberId: '',
    instanceId: null,
    clientId,
    clientHost: '/h',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    protocolType: 'consumer',
    protocols: range('x'),
    requireMemberId: false,
    canSkipAssignment: false,
  };
}

test('closing answers everybody who waits and leaves no timer', async () => {
  const world = new GroupWorld();
  const { second } = await stablePair(world);
  world.join({ requireMemberId: true });
  const joining = world.join();
  const rejoining = world.join({ memberId: second.memberId });
  world.groups.close();
  assert.equal(joining.told.refusal, 'unavailable');
  assert.equal(rejoining.told.refusal, 'unavailable');
  assert.equal(world.clock.pending, 0);
  assert.equal(world.join().told.refusal, 'unavailable');
  assert.equal(world.heartbeat(second), 'unavailable');
});

test('members find themselves in their generation after a restart', async () => {
  const world = new GroupWorld();
  const { fixed, other } = await withStatic(world);
  world.groups.close();
  const restarted = world.restart();
  assert.equal(restarted.state, 'stable');
  assert.equal(restarted.heartbeat(other), null);
  assert.equal(restarted.heartbeat(fixed, 'i-1'), null);
  assert.equal(restarted.sync(other).told.assignment.toString(), 'two');
  assert.equal(restarted.groups.get('g')?.leader, fixed.memberId);
  const back = restarted.join({ instanceId: 'i-1' }).told;
  assert.equal(back.generation, fixed.generation);
  await restarted.clock.advance(10_000);
  assert.equal(restarted.state, 'empty', 'their sessions run from the start');
});
