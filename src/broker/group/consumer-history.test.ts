import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../lib/random.js';
import type { ConsumerAnswer } from './consumer-request.js';
import { type Asked, GroupWorld, MemoryOffsetLog, MemoryTopics } from './group-world.test.support.js';
import { countOf, noPartitions, type Partitions, partitionsOf, samePartitions, union, without } from './partitions.js';

interface Subscription {
  readonly topicNames: readonly string[] | null;
  readonly topicRegex: string | null;
}

const subscriptions: readonly Subscription[] = [
  { topicNames: ['orders', 'users'], topicRegex: null },
  { topicNames: ['orders'], topicRegex: null },
  { topicNames: null, topicRegex: 'o.*|u.*' },
  { topicNames: ['users'], topicRegex: 'events-[0-9]+' },
];

/** A client that follows the protocol, with what it reads at this moment. It may be slow to let go, or fall silent. */
class Client {
  memberId: string;
  readonly instanceId: string | null;
  readonly subscription: Subscription;
  epoch = 0;
  /** What it reads; given up only when it has taken its time. */
  owned: Partitions = noPartitions;
  givingUp: Partitions = noPartitions;
  joined = false;
  silent = false;
  asked: Asked<ConsumerAnswer> | null = null;
  /** What it said it had: said again when that changes, or when an answer was missed. */
  said: Partitions | null = null;

  constructor(memberId: string, instanceId: string | null, subscription: Subscription) {
    this.memberId = memberId;
    this.instanceId = instanceId;
    this.subscription = subscription;
  }

  startAnew(memberId: string): void {
    this.memberId = memberId;
    this.epoch = 0;
    this.owned = noPartitions;
    this.givingUp = noPartitions;
    this.joined = false;
    this.asked = null;
    this.said = null;
  }

  giveUp(): void {
    this.owned = without(this.owned, this.givingUp);
    this.givingUp = noPartitions;
  }
}

class History {
  private world: GroupWorld;
  private readonly random: SeededRandom;
  private readonly clients: Client[] = [];
  private readonly assignor: string;
  private readonly alike: boolean;
  private ids = 0;
  stableSeen = 0;
  slowSeen = 0;

  constructor(seed: number, assignor: string) {
    this.random = new SeededRandom(seed);
    this.assignor = assignor;
    this.alike = this.random.chance(0.5);
    const topics = new MemoryTopics();
    topics.set('orders', 5);
    topics.set('users', 3);
    topics.set('events-1', 2);
    this.world = new GroupWorld({}, new MemoryOffsetLog(), topics);
    for (let at = 0; at < 5; at++) {
      const subscription = this.alike ? subscriptions[0]! : this.random.pick(subscriptions);
      this.clients.push(new Client(this.newId(), at < 2 ? `instance-${at}` : null, subscription));
    }
  }

  private newId(): string {
    return `m${++this.ids}`;
  }

  async step(): Promise<void> {
    const client = this.random.pick(this.clients);
    const chance = this.random.fraction();
    if (chance < 0.08) await this.world.clock.advance(this.random.pick([100, 2_000, 6_000, 20_000]));
    else if (chance < 0.13) this.world.log.deferred = this.random.chance(0.5);
    else if (chance < 0.15) this.world.log.failing = this.random.chance(0.3);
    else if (chance < 0.25) this.world.log.settle();
    else if (chance < 0.28) this.leave(client);
    else if (chance < 0.3) client.silent = this.random.chance(0.5);
    else if (chance < 0.31) this.crash(client);
    else if (chance < 0.33) this.changeTopics();
    else if (chance < 0.335) this.restart();
    else if (chance < 0.45) client.giveUp();
    else this.goOn(client);
    this.hear();
    this.check();
  }

  private goOn(client: Client): void {
    if (client.silent) return;
    // An answer that does not come is given up; the next request says everything.
    if (client.asked !== null) {
      if (!this.random.chance(0.1)) return;
      client.asked = null;
      client.said = null;
    }
    this.heartbeat(client);
  }

  private heartbeat(client: Client): void {
    const joins = client.epoch === 0;
    const all = joins || client.said === null;
    const owned = all || !samePartitions(client.said!, client.owned) ? client.owned : null;
    client.said = client.owned;
    client.joined = true;
    client.asked = this.world.consume(client.memberId, {
      instanceId: client.instanceId,
      epoch: client.epoch,
      rebalanceTimeoutMs: all ? 25_000 : -1,
      ...(all ? client.subscription : { topicNames: null, topicRegex: null }),
      assignor: all ? this.assignor : null,
      owned,
    });
  }

  private leave(client: Client): void {
    if (client.epoch === 0) return;
    const epoch = client.instanceId !== null && this.random.chance(0.7) ? -2 : -1;
    this.world.consume(client.memberId, { instanceId: client.instanceId, epoch });
    client.startAnew(this.newId());
  }

  /** The process is gone: it reads nothing any more, and another takes its place. */
  private crash(client: Client): void {
    client.startAnew(this.newId());
  }

  private changeTopics(): void {
    const { topics } = this.world;
    const orders = topics.topic('orders')?.partitions.length ?? 0;
    const chance = this.random.fraction();
    if (chance < 0.5) topics.set('orders', Math.min(12, orders + 1));
    else if (chance < 0.7) topics.set(`events-${this.random.below(4)}`, 1 + this.random.below(3));
    else if (chance < 0.85) topics.delete(`events-${this.random.below(4)}`);
    else {
      topics.delete('users');
      topics.set('users', 1 + this.random.below(4));
    }
  }

  /** What was not durable is lost, and so are the answers. */
  private restart(): void {
    const log = new MemoryOffsetLog();
    for (const [partition, records] of this.world.log.partitions) log.partitions.set(partition, records);
    this.world.groups.close();
    this.world = new GroupWorld({}, log, this.world.topics);
    for (const client of this.clients) {
      if (client.asked === null) continue;
      client.asked = null;
      client.said = null;
    }
  }

  private hear(): void {
    for (const client of this.clients) {
      if (client.asked === null || client.asked.waiting) continue;
      const answer = client.asked.told;
      client.asked = null;
      if (answer.refusal === null) this.take(client, answer);
      else if (answer.refusal === 'storage-failed' || answer.refusal === 'unreleased-instance') client.said = null;
      else if (answer.refusal === 'fenced-instance') client.startAnew(this.newId());
      else {
        assert.ok(
          ['unknown-member', 'fenced-epoch', 'unknown-group'].includes(answer.refusal),
          `refused: ${answer.refusal}`,
        );
        client.startAnew(client.epoch === 0 ? this.newId() : client.memberId);
      }
    }
  }

  private take(client: Client, answer: ConsumerAnswer): void {
    client.epoch = answer.epoch;
    if (answer.assignment === null) return;
    client.givingUp = without(client.owned, answer.assignment);
    if (client.givingUp.size > 0) this.slowSeen++;
    client.owned = union(client.owned, answer.assignment);
  }

  /** No partition is read by two members of the group, whatever else is going on. */
  private check(): void {
    const group = this.world.groups.consumers.get('g');
    if (group === undefined) return;
    const readers = new Map<string, string>();
    for (const { memberId, owned } of this.clients) {
      if (group.member(memberId) === undefined) continue;
      for (const [topicId, numbers] of owned) {
        for (const number of numbers) {
          const partition = `${topicId}-${number}`;
          const other = readers.get(partition);
          assert.equal(other, undefined, `${partition} is read by ${other} and ${memberId}`);
          readers.set(partition, memberId);
        }
      }
    }
    if (group.state === 'stable') this.stableSeen++;
  }

  /** Left in peace, all partitions of all topics that anyone reads are read, and evenly. */
  async settle(): Promise<void> {
    this.world.log.failing = false;
    this.world.log.deferred = false;
    this.world.log.settle();
    await this.world.clock.advance(100_000);
    for (const client of this.clients) {
      client.silent = false;
      client.asked = null;
      client.said = null;
    }
    for (let round = 0; round < 12; round++) {
      for (const client of this.clients) {
        client.giveUp();
        this.heartbeat(client);
        this.hear();
        this.check();
      }
    }
    assert.equal(this.world.groups.consumers.get('g')!.state, 'stable');
    this.checkShares();
    const before = this.world.log.records.length;
    for (const client of this.clients) this.heartbeat(client);
    assert.equal(this.world.log.records.length, before, 'a group at rest writes nothing');
    this.world.groups.close();
    assert.equal(this.world.clock.pending, 0, 'a timer is left');
  }

  private checkShares(): void {
    const { topics } = this.world;
    const wanted = partitionsOf(
      Array.from(topics.topics())
        .filter(({ name }) => this.clients.some(({ subscription }) => reads(subscription, name)))
        .map(({ id, partitions }) => [id, Array.from({ length: partitions.length }, (_, at) => at)]),
    );
    const given = this.clients.reduce<Partitions>((sum, { owned }) => union(sum, owned), noPartitions);
    assert.deepEqual(topics.names(given), topics.names(wanted));
    if (!this.alike || this.assignor !== 'uniform') return;
    const counts = this.clients.map(({ owned }) => countOf(owned));
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `shared out as ${counts}`);
  }
}

function reads({ topicNames, topicRegex }: Subscription, name: string): boolean {
  return (topicNames?.includes(name) ?? false) || (topicRegex !== null && new RegExp(`^(?:${topicRegex})$`).test(name));
}

for (const assignor of ['uniform', 'range']) {
  test(`one partition has exactly one consumer in a group at any time, through any history (${assignor})`, async () => {
    let stableSeen = 0;
    let slowSeen = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const history = new History(seed, assignor);
      try {
        for (let step = 0; step < 300; step++) await history.step();
        await history.settle();
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
      stableSeen += history.stableSeen;
      slowSeen += history.slowSeen;
    }
    // Histories in which nothing comes to rest, or nobody ever has to let go, would prove nothing.
    assert.ok(stableSeen > 1_000, `stable in ${stableSeen} steps`);
    assert.ok(slowSeen > 500, `${slowSeen} revocations`);
  });
}
