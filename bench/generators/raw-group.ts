import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { WireClient } from '../../test/kafka/harness.js';
import {
  findCoordinator,
  heartbeat,
  joinGroup,
  leaveGroup,
  offsetCommit,
  syncGroup,
} from '../../test/kafka/wire-apis.js';
import {
  newOffsetCommitRequestPartition,
  newOffsetCommitRequestTopic,
} from '../../test/kafka-codec/codec/08-offset-commit.js';
import { cpuSeconds } from '../process.js';

/**
 * Members of a classic group that do as the protocol says and nothing else: join, sync, beat, and join again as soon
 * as a beat says that the group rebalances. What is left of the time is the broker's, and half a heartbeat interval.
 *
 *   raw-group.js brokers=HOST:PORT group=NAME members=50 heartbeat=200     prints one line of JSON
 *
 * With groups=N there are so many at a time. When all have settled, each commits one offset after the other for `seconds`,
 * and then they only beat.
 */
const settings = new Map(process.argv.slice(2).map((each) => each.split('=') as [string, string]));
const address = settings.get('brokers') ?? '127.0.0.1:9092';
const groupId = settings.get('group') ?? 'raw';
const size = Number(settings.get('members') ?? 50);
const heartbeatMs = Number(settings.get('heartbeat') ?? 200);
const groups = Number(settings.get('groups') ?? 1);
const seconds = Number(settings.get('seconds') ?? 2);
const brokerPid = Number(settings.get('pid') ?? 0);

const joinVersion = 5;
const syncVersion = 3;
const heartbeatVersion = 3;
const leaveVersion = 3;
const coordinatorVersion = 2;
const commitVersion = 7;
const noBytes = Buffer.alloc(0);

/** Not ready yet: what a client tries again after. */
const passing: ReadonlySet<number> = new Set([
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
]);

class Group {
  readonly id: string;
  /** How many members there are to be, and in which generation how many of them have their assignment. */
  wanted = size;
  private generation = 0;
  private settledCount = 0;
  private sizeSeen = 0;
  private resolve: () => void = () => {};

  constructor(id: string) {
    this.id = id;
  }

  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  memberCount(generation: number, members: number): void {
    if (generation < this.generation) return;
    if (generation > this.generation) this.settledCount = 0;
    this.generation = generation;
    this.sizeSeen = members;
    this.check();
  }

  assigned(generation: number): void {
    if (generation < this.generation) return;
    if (generation > this.generation) {
      this.generation = generation;
      this.settledCount = 0;
      this.sizeSeen = 0;
    }
    this.settledCount++;
    this.check();
  }

  private check(): void {
    if (this.sizeSeen === this.wanted && this.settledCount === this.wanted) this.resolve();
  }
}

class GroupMember {
  private readonly group: Group;
  private readonly client: WireClient;
  private memberId = '';
  private generation = -1;
  left = false;

  constructor(group: Group, client: WireClient) {
    this.group = group;
    this.client = client;
  }

  async run(): Promise<void> {
    while (!this.left) {
      if (await this.join()) await this.beat();
    }
  }

  private async join(): Promise<boolean> {
    const groupId = this.group.id;
    const answer = await this.client.ask(joinGroup, joinVersion, {
      groupId,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      memberId: this.memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: noBytes }],
    });
    this.memberId = answer.memberId;
    if (answer.errorCode !== 0) {
      if (answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) return false;
      if (answer.errorCode === ErrorCode.REBALANCE_IN_PROGRESS) return false;
      if (passing.has(answer.errorCode)) {
        await sleep(50);
        return false;
      }
      throw new Error(`JoinGroup answered ${answer.errorCode}`);
    }
    this.generation = answer.generationId;
    const leads = answer.leader === answer.memberId;
    if (leads) this.group.memberCount(this.generation, answer.members.length);
    const assignments = leads ? answer.members.map(({ memberId }) => ({ memberId, assignment: noBytes })) : [];
    const { memberId, generation: generationId } = this;
    const synced = await this.client.ask(syncGroup, syncVersion, { groupId, generationId, memberId, assignments });
    if (synced.errorCode === ErrorCode.REBALANCE_IN_PROGRESS) return false;
    if (synced.errorCode !== 0) throw new Error(`SyncGroup answered ${synced.errorCode}`);
    this.group.assigned(this.generation);
    return true;
  }

  private async beat(): Promise<void> {
    while (!this.left) {
      await sleep(heartbeatMs);
      if (this.left) return;
      const { memberId, generation: generationId } = this;
      const groupId = this.group.id;
      const answer = await this.client.ask(heartbeat, heartbeatVersion, { groupId, generationId, memberId });
      if (answer.errorCode === ErrorCode.REBALANCE_IN_PROGRESS) return;
      if (answer.errorCode !== 0) throw new Error(`Heartbeat answered ${answer.errorCode}`);
    }
  }

  async leave(): Promise<void> {
    this.left = true;
    const { memberId } = this;
    const leaving = { memberId, groupInstanceId: null, reason: null };
    await this.client.ask(leaveGroup, leaveVersion, { groupId: this.group.id, members: [leaving] });
  }

  /** Commits one offset after the other until then; answers how many. */
  async commitUntil(endMs: number): Promise<number> {
    const { memberId, generation: generationId } = this;
    const partition = { ...newOffsetCommitRequestPartition(), committedLeaderEpoch: -1 };
    let count = 0;
    for (; performance.now() < endMs; count++) {
      const answer = await this.client.ask(offsetCommit, commitVersion, {
        groupId: this.group.id,
        generationIdOrMemberEpoch: generationId,
        memberId,
        groupInstanceId: null,
        topics: [
          {
            ...newOffsetCommitRequestTopic(),
            name: settings.get('topic') ?? 't',
            partitions: [{ ...partition, committedOffset: count }],
          },
        ],
      });
      const errorCode = answer.topics[0]!.partitions[0]!.errorCode;
      if (errorCode !== 0) throw new Error(`OffsetCommit answered ${errorCode}`);
    }
    return count;
  }
}

async function coordinatorFound(client: WireClient): Promise<void> {
  for (;;) {
    const { errorCode } = await client.ask(findCoordinator, coordinatorVersion, { key: groupId, keyType: 0 });
    if (errorCode === 0) return;
    if (!passing.has(errorCode)) throw new Error(`FindCoordinator answered ${errorCode}`);
    await sleep(50);
  }
}

async function main(): Promise<void> {
  const clients = await Promise.all(Array.from({ length: size * groups }, () => WireClient.connect(address)));
  await coordinatorFound(clients[0]!);
  if (groups > 1) await manyGroups(clients);
  else await oneGroup(clients);
}

async function oneGroup(clients: readonly WireClient[]): Promise<void> {
  const group = new Group(groupId);
  const members = clients.map((client) => new GroupMember(group, client));
  let began = performance.now();
  let done = group.settled();
  for (const member of members) member.run().catch(fail);
  await done;
  const coldMs = performance.now() - began;
  await sleep(1000);
  group.wanted = size - 1;
  done = group.settled();
  began = performance.now();
  await members[0]!.leave();
  await done;
  const leaveMs = performance.now() - began;
  report({ messages: 0, seconds: 0, brokerCpu: 0, generatorCpu: 0, coldMs, leaveMs });
}

async function manyGroups(clients: readonly WireClient[]): Promise<void> {
  const all = Array.from({ length: groups }, (_, index) => new Group(`${groupId}-${index}`));
  const members = clients.map((client, index) => new GroupMember(all[index % groups]!, client));
  const began = performance.now();
  const done = Promise.all(all.map((group) => group.settled()));
  for (const member of members) member.run().catch(fail);
  await done;
  const coldMs = performance.now() - began;
  let cpu = cpuSeconds(brokerPid);
  const startMs = performance.now();
  const counts = await Promise.all(members.map((member) => member.commitUntil(startMs + seconds * 1000)));
  const took = (performance.now() - startMs) / 1000;
  const brokerCpu = cpuSeconds(brokerPid) - cpu;
  cpu = cpuSeconds(brokerPid);
  await sleep(5000);
  const idleCpu = ((cpuSeconds(brokerPid) - cpu) / 5) * 100;
  const messages = counts.reduce((sum, count) => sum + count, 0);
  report({ messages, seconds: took, brokerCpu, generatorCpu: 0, coldMs, idleCpu });
}

function report(outcome: object): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

main().catch(fail);
