import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../lib/random.js';
import type { JoinAnswer, SyncAnswer } from './group-request.js';
import { type Asked, GroupWorld } from './group-world.test.support.js';

/** A client that follows the protocol as far as chance lets it: it may fall silent, come back, or forget its id. */
class Client {
  readonly instanceId: string | null;
  readonly twoSteps: boolean;
  memberId = '';
  joined: JoinAnswer | null = null;
  assigned = false;
  joining: Asked<JoinAnswer> | null = null;
  syncing: Asked<SyncAnswer> | null = null;

  constructor(instanceId: string | null, twoSteps: boolean) {
    this.instanceId = instanceId;
    this.twoSteps = twoSteps;
  }

  get waiting(): boolean {
    return (this.joining?.waiting ?? false) || (this.syncing?.waiting ?? false);
  }

  forget(): void {
    this.memberId = '';
    this.joined = null;
    this.assigned = false;
  }
}

class History {
  readonly world: GroupWorld;
  private readonly random: SeededRandom;
  private readonly clients: Client[] = [];
  private readonly asked: (Asked<JoinAnswer> | Asked<SyncAnswer>)[] = [];
  /** What the leader of each generation handed to each member id: who is in it, and what it must be given. */
  private readonly handedOut = new Map<number, Map<string, string>>();
  private newestGeneration = 0;
  stableSeen = 0;
  takeOversSeen = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.world = new GroupWorld({
      initialRebalanceDelayMs: this.random.pick([0, 3_000]),
      newMemberTimeoutMs: 60_000,
      membersMax: this.random.pick([3, 100]),
    });
    for (let at = 0; at < 5; at++) {
      this.clients.push(new Client(at < 2 ? `instance-${at}` : null, this.random.chance(0.5)));
    }
  }

  async step(): Promise<void> {
    const client = this.random.pick(this.clients);
    const chance = this.random.fraction();
    if (chance < 0.12) await this.world.clock.advance(this.random.pick([10, 500, 3_000, 11_000]));
    else if (chance < 0.2) this.world.log.deferred = this.random.chance(0.5);
    else if (chance < 0.22) this.world.log.failing = this.random.chance(0.3);
    else if (chance < 0.35) this.world.log.settle();
    else if (chance < 0.38) this.leave(client);
    else if (chance < 0.41) client.forget();
    else this.goOn(client);
    this.hear();
    this.check();
  }

  private goOn(client: Client): void {
    // Now and then a client asks again though it has not heard yet.
    if (client.waiting && !this.random.chance(0.05)) return;
    const { joined } = client;
    if (joined === null || this.random.chance(0.05)) this.join(client);
    else if (!client.assigned) this.sync(client, joined);
    else this.heartbeat(client, joined);
  }

  private join(client: Client): void {
    const former = client.joined;
    if (client.instanceId !== null && client.memberId === '') this.takeOversSeen++;
    client.joined = null;
    client.assigned = false;
    client.joining = this.world.join({
      memberId: client.memberId,
      instanceId: client.instanceId,
      requireMemberId: client.twoSteps,
      canSkipAssignment: this.random.chance(0.5),
      rebalanceTimeoutMs: this.random.pick([5_000, 20_000]),
      protocols: [{ name: 'range', metadata: Buffer.from(this.random.chance(0.9) ? 'same' : `${former?.generation}`) }],
    });
    this.asked.push(client.joining);
  }

  private sync(client: Client, joined: JoinAnswer): void {
    const assignments: Record<string, string> = {};
    if (joined.leader === joined.memberId && !joined.skipAssignment) {
      for (const { memberId } of joined.members) assignments[memberId] = `${joined.generation}/${memberId}`;
      this.handedOut.set(joined.generation, new Map(Object.entries(assignments)));
    }
    client.syncing = this.world.sync(joined, assignments, client.instanceId);
    this.asked.push(client.syncing);
  }

  private heartbeat(client: Client, joined: JoinAnswer): void {
    const refusal = this.world.heartbeat(joined, client.instanceId);
    if (refusal === null) return;
    client.joined = null;
    client.assigned = false;
    if (refusal !== 'rebalance-in-progress') client.memberId = '';
  }

  private leave(client: Client): void {
    if (client.memberId === '') return;
    this.world.groups.leave('g', client.memberId, client.instanceId);
    client.forget();
  }

  private hear(): void {
    for (const client of this.clients) {
      if (client.joining !== null && !client.joining.waiting) this.hearJoin(client, client.joining.told);
      if (client.syncing !== null && !client.syncing.waiting) this.hearSync(client, client.syncing.told);
    }
  }

  private hearJoin(client: Client, answer: JoinAnswer): void {
    client.joining = null;
    if (answer.refusal === null) {
      client.memberId = answer.memberId;
      client.joined = answer;
      assert.ok(answer.generation >= this.newestGeneration - 1, 'a generation is not told long after it ended');
      this.newestGeneration = Math.max(this.newestGeneration, answer.generation);
    } else if (answer.refusal === 'member-id-required') client.memberId = answer.memberId;
    else if (answer.refusal !== 'rebalance-in-progress') client.forget();
  }

  private hearSync(client: Client, answer: SyncAnswer): void {
    client.syncing = null;
    if (answer.refusal === null) client.assigned = true;
    else {
      client.joined = null;
      if (answer.refusal !== 'rebalance-in-progress') client.forget();
    }
  }

  /** In a stable generation each member has exactly what its leader handed to it, or to its former id. */
  private check(): void {
    const group = this.world.groups.describe('g');
    if (group === null || group.state !== 'stable') return;
    this.stableSeen++;
    const handedOut = this.handedOut.get(group.generation);
    assert.ok(handedOut !== undefined, 'stable without an assignment of its leader');
    const given = group.members.map((member) => member.assignment.toString());
    assert.equal(new Set(given).size, given.length, 'two members with one assignment');
    assert.deepEqual(given.sort(), [...handedOut.values()].sort(), 'an assignment is lost or made up');
    for (const member of group.members) {
      if (handedOut.has(member.memberId)) {
        assert.equal(member.assignment.toString(), `${group.generation}/${member.memberId}`);
      } else assert.notEqual(member.instanceId, null, 'only a static member changes its id in a generation');
    }
  }

  /** All clients fall silent: whatever waits must be answered by time alone, and time alone must empty the group. */
  async silence(): Promise<void> {
    this.world.log.failing = false;
    this.world.log.deferred = false;
    this.world.log.settle();
    await this.world.clock.advance(300_000);
    for (const asked of this.asked) assert.equal(asked.waiting, false, 'a waiter was never answered');
    const state = this.world.state;
    assert.ok(state === 'empty' || state === 'none', `the group is ${state} though nobody is there`);
    this.world.groups.close();
    assert.equal(this.world.clock.pending, 0, 'a timer is left');
  }
}

test('through any history each member of a stable generation has one assignment and nobody waits for ever', async () => {
  let stableSeen = 0;
  let takeOversSeen = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const history = new History(seed);
    try {
      for (let step = 0; step < 250; step++) await history.step();
      await history.silence();
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    stableSeen += history.stableSeen;
    takeOversSeen += history.takeOversSeen;
  }
  // Histories in which nothing ever comes to rest would prove nothing.
  assert.ok(stableSeen > 1_000, `stable in ${stableSeen} steps`);
  assert.ok(takeOversSeen > 100, `${takeOversSeen} take-overs`);
});

test('closing in the middle of any history answers everybody at once', async () => {
  for (let seed = 1000; seed < 1050; seed++) {
    const history = new History(seed);
    for (let step = 0; step < 40; step++) await history.step();
    history.world.groups.close();
    await history.silence();
  }
});
