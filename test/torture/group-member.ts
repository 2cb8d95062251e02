import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { apis } from './apis.js';
import type { History, PartitionHistory } from './history.js';
import { open } from './producer.js';
import type { Reader } from './reader.js';
import { WireClient, WireError } from './wire-client.js';

interface Committed {
  /** The highest offset whose commit was acknowledged, and the highest one asked for. */
  acknowledged: number;
  asked: number;
}

const rejoinErrors: ReadonlySet<number> = new Set([
  ErrorCode.UNKNOWN_MEMBER_ID,
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.REBALANCE_IN_PROGRESS,
]);
const laterErrors: ReadonlySet<number> = new Set([
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
]);

/** Commits how far the reader came: as the one member of a group, or without being a member. */
export class GroupMember {
  readonly groupId: string;
  private readonly joins: boolean;
  private readonly history: History;
  private readonly reader: Reader;
  private readonly committed = new Map<PartitionHistory, Committed>();
  private memberId = '';
  private generation = -1;
  stopping = false;

  constructor(groupId: string, joins: boolean, history: History, reader: Reader) {
    this.groupId = groupId;
    this.joins = joins;
    this.history = history;
    this.reader = reader;
  }

  async drive(port: number): Promise<void> {
    const client = await open(port);
    if (client === undefined) return;
    try {
      let member = !this.joins;
      while (client.open) {
        if (!member) member = await this.join(client);
        if (member) member = await this.commit(client);
        await sleep(member ? 2 : 20);
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    } finally {
      client.close();
      await client.closed;
    }
  }

  private async join(client: WireClient): Promise<boolean> {
    const answer = await client.call(apis.joinGroup, 5, {
      groupId: this.groupId,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: this.memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
      reason: null,
    });
    if (answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.memberId = answer.memberId;
      return false;
    }
    if (answer.errorCode !== ErrorCode.NONE) {
      this.complain('joining', answer.errorCode);
      if (rejoinErrors.has(answer.errorCode)) this.memberId = '';
      return false;
    }
    this.memberId = answer.memberId;
    this.generation = answer.generationId;
    const synced = await client.call(apis.syncGroup, 3, {
      groupId: this.groupId,
      generationId: this.generation,
      memberId: this.memberId,
      groupInstanceId: null,
      protocolType: null,
      protocolName: null,
      assignments: [{ memberId: this.memberId, assignment: Buffer.from('all') }],
    });
    if (synced.errorCode === ErrorCode.NONE) return true;
    this.complain('syncing', synced.errorCode);
    return false;
  }

  private complain(what: string, errorCode: number): void {
    if (rejoinErrors.has(errorCode) || laterErrors.has(errorCode) || this.stopping) return;
    if (this.history.mayRefuse) return;
    this.history.violation(`group ${this.groupId}: ${what} got error ${errorCode}`);
  }

  private async commit(client: WireClient): Promise<boolean> {
    const offsets = this.history.partitions.map((partition) => ({
      partition,
      offset: this.reader.position(partition),
    }));
    for (const { partition, offset } of offsets) this.entry(partition).asked = offset;
    const topics = [...new Set(offsets.map(({ partition }) => partition.topic))];
    const answer = await client.call(apis.offsetCommit, 5, {
      groupId: this.groupId,
      generationIdOrMemberEpoch: this.joins ? this.generation : -1,
      memberId: this.joins ? this.memberId : '',
      groupInstanceId: null,
      retentionTimeMs: -1,
      topics: topics.map((name) => ({
        name,
        topicId: '',
        partitions: offsets
          .filter(({ partition }) => partition.topic === name)
          .map(({ partition, offset }) => ({
            partitionIndex: partition.index,
            committedOffset: offset,
            commitTimestamp: -1,
            committedLeaderEpoch: -1,
            committedMetadata: null,
          })),
      })),
    });
    for (const { partition, offset } of offsets) {
      const errorCode = answer.topics
        .find((topic) => topic.name === partition.topic)
        ?.partitions.find((each) => each.partitionIndex === partition.index)?.errorCode;
      if (errorCode !== ErrorCode.NONE) {
        this.complain(`committing ${partition.name}`, errorCode ?? -1);
        return !this.joins;
      }
      this.entry(partition).acknowledged = offset;
      this.history.counts.commits++;
    }
    return true;
  }

  private entry(partition: PartitionHistory): Committed {
    let entry = this.committed.get(partition);
    if (entry === undefined) {
      entry = { acknowledged: -1, asked: -1 };
      this.committed.set(partition, entry);
    }
    return entry;
  }

  /** After a start: what was acknowledged is there, and nothing that was never asked for. */
  async check(port: number): Promise<void> {
    const client = await WireClient.connect(port);
    const topics = [...new Set(this.history.partitions.map((partition) => partition.topic))].map((name) => ({
      name,
      partitionIndexes: this.history.partitions.filter((each) => each.topic === name).map((each) => each.index),
    }));
    const request = { groupId: this.groupId, topics, groups: [], requireStable: false };
    let answer = await client.call(apis.offsetFetch, 5, request);
    for (let tries = 0; laterErrors.has(answer.errorCode) && tries < 100; tries++) {
      await sleep(20);
      answer = await client.call(apis.offsetFetch, 5, request);
    }
    client.close();
    await client.closed;
    for (const [partition, { acknowledged, asked }] of this.committed) {
      const found = answer.topics
        .find((topic) => topic.name === partition.topic)
        ?.partitions.find((each) => each.partitionIndex === partition.index);
      const offset = found?.committedOffset ?? -2;
      if (answer.errorCode === ErrorCode.NONE && offset >= acknowledged && offset <= asked) {
        this.entry(partition).acknowledged = offset;
        continue;
      }
      this.history.violation(
        `group ${this.groupId}: the committed offset of ${partition.name} is ${offset} (error ${answer.errorCode}); ` +
          `acknowledged was ${acknowledged}, asked for ${asked}`,
      );
    }
  }
}
