import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../lib/random.js';
import { type NamedPartitions, readAssignment, readSubscription, writeAssignment } from './consumer-protocol.js';
import { subscriptionTo } from './consumer-protocol.test.support.js';
import type { ConsumerAnswer } from './consumer-request.js';
import type { JoinAnswer, SyncAnswer } from './group-request.js';
import { type Asked, GroupWorld, MemoryOffsetLog, MemoryTopics } from './group-world.test.support.js';
import { partitionsOf } from './partitions.js';

const partitionCount = 6;
const all = Array.from({ length: partitionCount }, (_, at) => at);

type Kind = 'consumer' | 'classic';

/** A process that follows one of the two protocols, and may come back with the other. `owned`: what it reads now. */
class Client {
  kind: Kind;
  memberId = '';
  /** Its epoch or its generation; 0 outside. */
  epoch = 0;
  owned: number[] = [];
  givingUp: number[] = [];
  asked: Asked<ConsumerAnswer> | null = null;
  joining: Asked<JoinAnswer> | null = null;
  joined: JoinAnswer | null = null;
  /** Stands for a sync that is not answered yet. */
  syncing: object | null = null;
  /** It has to join again, in the classic protocol. */
  rejoins = true;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  startAnew(kind: Kind, memberId: string): void {
    Object.assign(this, new Client(kind), { memberId });
  }

  giveUp(): void {
    this.owned = this.owned.filter((number) => !this.givingUp.includes(number));
    // Who shares cooperatively joins again when it has given up.
    if (this.givingUp.length > 0 && this.kind === 'classic') this.rejoins = true;
    this.givingUp = [];
  }
}

class History {
  private world: GroupWorld;
  private readonly random: SeededRandom;
  private readonly clients: Client[];
  private readonly cooperative: boolean;
  private readonly topicId: string;
  private ids = 0;
  private kindBefore = '';
  mixedSeen = 0;
  moves = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.cooperative = seed % 2 === 0;
    const topics = new MemoryTopics();
    this.topicId = topics.set('orders', partitionCount);
    this.world = new GroupWorld({}, new MemoryOffsetLog(), topics);
    this.clients = Array.from({ length: 4 }, () => {
      const client = new Client('classic');
      client.startAnew('classic', '');
      return client;
    });
  }

  private newId(kind: Kind): string {
    return kind === 'consumer' ? `m${++this.ids}` : '';
  }

  async step(): Promise<void> {
    const client = this.random.pick(this.clients);
    const chance = this.random.fraction();
    if (chance < 0.05) await this.world.clock.advance(this.random.pick([100, 1_000, 4_000]));
    else if (chance < 0.08) this.world.log.deferred = this.random.chance(0.5);
    else if (chance < 0.16) this.world.log.settle();
    else if (chance < 0.2) this.change(client);
    else if (chance < 0.21) await this.crash(client);
    else if (chance < 0.215) this.restart();
    else if (chance < 0.35) client.giveUp();
    else this.goOn(client);
    this.hear();
    this.check();
  }

  /** A rolling change: the process leaves and comes back, perhaps with the other protocol. */
  private change(client: Client): void {
    const { memberId, epoch } = client;
    if (epoch > 0 && client.kind === 'consumer') this.world.consume(memberId, { epoch: -1 });
    else if (memberId !== '') this.world.groups.leave('g', memberId, null);
    const kind = this.random.chance(0.5) ? 'consumer' : 'classic';
    client.startAnew(kind, this.newId(kind));
  }

  private async crash(client: Client): Promise<void> {
    client.startAnew(client.kind, this.newId(client.kind));
    if (this.random.chance(0.3)) await this.world.clock.advance(50_000);
  }

  private restart(): void {
    const log = new MemoryOffsetLog();
    for (const [partition, records] of this.world.log.partitions) log.partitions.set(partition, records);
    this.world.groups.close();
    this.world = new GroupWorld({}, log, this.world.topics);
    for (const client of this.clients) {
      client.asked = null;
      if (client.joining !== null || client.joined !== null || client.syncing !== null) client.rejoins = true;
      client.joining = null;
      client.syncing = null;
      client.joined = null;
    }
  }

  private goOn(client: Client): void {
    if (client.kind === 'consumer') {
      if (client.asked === null) this.beat(client);
      return;
    }
    if (client.joining !== null || client.syncing !== null) return;
    if (client.joined !== null) this.sync(client, client.joined);
    else if (client.rejoins) this.join(client);
    else this.classicBeat(client);
  }

  private beat(client: Client): void {
    const joins = client.epoch === 0;
    client.asked = this.world.consume(client.memberId, {
      epoch: client.epoch,
      rebalanceTimeoutMs: 30_000,
      topicNames: ['orders'],
      owned: partitionsOf([[this.topicId, joins ? [] : client.owned]]),
    });
  }

  private join(client: Client): void {
    if (!this.cooperative) client.owned = [];
    client.rejoins = false;
    const held: NamedPartitions[] = client.owned.length === 0 ? [] : [['orders', client.owned]];
    client.joining = this.world.join({
      memberId: client.memberId,
      // Chance begins again with each world: the ids that it gives are told apart by this.
      clientId: `c${++this.ids}`,
      sessionTimeoutMs: 45_000,
      rebalanceTimeoutMs: 30_000,
      protocols: [{ name: 'p', metadata: subscriptionTo(['orders'], held) }],
    });
  }

  /** A leader gives everybody a run; cooperatively nothing that somebody else has not given up. */
  private assignments({ members }: JoinAnswer): Record<string, string> {
    const owners = new Map<number, string>();
    for (const { memberId, metadata } of members) {
      for (const [, numbers] of readSubscription(metadata)!.owned) {
        for (const number of numbers) owners.set(number, memberId);
      }
    }
    return Object.fromEntries(
      members.map(({ memberId }, at) => {
        const run = all.filter((number) => Math.floor((number * members.length) / partitionCount) === at);
        const free = run.filter((number) => (owners.get(number) ?? memberId) === memberId);
        return [memberId, writeAssignment(3, [['orders', free]]).toString('latin1')];
      }),
    );
  }

  private sync(client: Client, joined: JoinAnswer): void {
    client.joined = null;
    const given = Object.entries(joined.leader === joined.memberId ? this.assignments(joined) : {});
    const attempt = {};
    client.syncing = attempt;
    this.world.groups.sync(
      'g',
      {
        memberId: joined.memberId,
        instanceId: null,
        generation: joined.generation,
        protocolType: joined.protocolType,
        protocol: joined.protocol,
        assignments: new Map(given.map(([id, text]) => [id, Buffer.from(text, 'latin1')])),
      },
      (told) => {
        if (client.syncing === attempt) this.synced(client, told);
      },
    );
  }

  private synced(client: Client, { refusal, assignment }: SyncAnswer): void {
    client.syncing = null;
    if (refusal !== null) {
      this.refused(client, refusal);
      return;
    }
    const assigned = readAssignment(assignment)!.flatMap(([, numbers]) => numbers);
    client.givingUp = client.owned.filter((number) => !assigned.includes(number));
    client.owned = [...new Set([...client.owned, ...assigned])];
    if (!this.cooperative) client.giveUp();
  }

  private classicBeat(client: Client): void {
    const refusal = this.world.groups.heartbeat('g', client.memberId, null, client.epoch);
    if (refusal === null) return;
    this.refused(client, refusal);
  }

  private refused(client: Client, refusal: string): void {
    client.rejoins = true;
    if (refusal === 'rebalance-in-progress' || refusal === 'storage-failed') return;
    client.owned = [];
    client.givingUp = [];
    client.epoch = 0;
    if (refusal !== 'illegal-generation') client.memberId = '';
    assert.ok(['illegal-generation', 'unknown-member', 'unavailable'].includes(refusal), refusal);
  }

  private hear(): void {
    for (const client of this.clients) {
      if (client.joining !== null && !client.joining.waiting) {
        const answer = client.joining.told;
        client.joining = null;
        if (answer.refusal !== null) this.refused(client, answer.refusal);
        else {
          client.memberId = answer.memberId;
          client.epoch = answer.generation;
          client.joined = answer;
        }
      }
      if (client.asked === null || client.asked.waiting) continue;
      const answer = client.asked.told;
      client.asked = null;
      if (answer.refusal === null) this.take(client, answer);
      else if (answer.refusal !== 'storage-failed') {
        assert.ok(['unknown-member', 'fenced-epoch', 'unknown-group'].includes(answer.refusal), answer.refusal);
        client.startAnew('consumer', this.newId('consumer'));
      }
    }
  }

  private take(client: Client, { epoch, assignment }: ConsumerAnswer): void {
    client.epoch = epoch;
    if (assignment === null) return;
    const assigned = assignment.get(this.topicId) ?? [];
    client.givingUp = client.owned.filter((number) => !assigned.includes(number));
    client.owned = [...new Set([...client.owned, ...assigned])];
  }

  /** No partition is read by two members of the group, whichever protocols they and the group speak. */
  private check(): void {
    const consumers = this.world.groups.consumers.get('g');
    const classic = this.world.groups.describe('g');
    assert.ok(consumers === undefined || classic === null, 'an id is of one kind of group');
    const kind = consumers !== undefined ? 'consumer' : 'classic';
    if (kind !== this.kindBefore) this.moves++;
    this.kindBefore = kind;
    const kinds = new Set(consumers?.describe().members.map((member) => member.classic));
    if (kinds.size === 2) this.mixedSeen++;
    const members = new Set(consumers?.describe().members.map(({ memberId }) => memberId));
    for (const { memberId } of classic?.members ?? []) members.add(memberId);
    const readers = new Map<number, string>();
    for (const { memberId, owned, epoch } of this.clients) {
      // In a classic group who missed a generation may read on until it hears of that.
      if (!members.has(memberId) || (classic !== null && epoch !== classic.generation)) continue;
      for (const number of owned) {
        assert.equal(readers.get(number), undefined, `${number} is read by ${readers.get(number)} and ${memberId}`);
        readers.set(number, memberId);
      }
    }
  }

  /** Left in peace, everything is read, by all of them. */
  async settle(): Promise<void> {
    this.world.log.deferred = false;
    this.world.log.settle();
    this.hear();
    for (let round = 0; round < 40; round++) {
      // Who is gone without a word is so until its session ends.
      if (round < 8) await this.world.clock.advance(10_000);
      for (const client of this.clients) {
        client.giveUp();
        this.goOn(client);
        this.hear();
        this.check();
      }
    }
    const owned = this.clients.flatMap((client) => client.owned).sort();
    assert.deepEqual(owned, all);
    for (const client of this.clients) assert.ok(client.owned.length > 0, `${client.kind} ${client.memberId}`);
    const isMixed = this.clients.some(({ kind }) => kind === 'consumer');
    assert.equal(this.world.groups.consumers.get('g') !== undefined, isMixed);
    this.world.groups.close();
    assert.equal(this.world.clock.pending, 0, 'a timer is left');
  }
}

test('one partition has exactly one consumer while a group moves between the protocols, through any history', async () => {
  let mixedSeen = 0;
  let moves = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const history = new History(seed);
    try {
      for (let step = 0; step < 300; step++) await history.step();
      await history.settle();
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    mixedSeen += history.mixedSeen;
    moves += history.moves;
  }
  assert.ok(mixedSeen > 2_000, `both kinds in one group in ${mixedSeen} steps`);
  assert.ok(moves > 400, `${moves} moves`);
});
