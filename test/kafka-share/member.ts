import assert from 'node:assert/strict';
import type { ShareGroupHeartbeatResponse } from '../../src/protocols/kafka/codec/76-share-group-heartbeat.js';
import type {
  FetchPartition,
  PartitionData,
  ShareFetchRequest,
  ShareFetchResponse,
} from '../../src/protocols/kafka/codec/78-share-fetch.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import type { Served, WireClient } from '../kafka/harness.js';
import { shareAcknowledge, shareFetch, shareGroupHeartbeat } from './share-apis.js';

/** A member of a share group as a client library has it. */
export class Member {
  readonly client: WireClient;
  readonly group: string;
  readonly id: string;
  memberEpoch = 0;
  epoch = 0;
  topicId = '';

  constructor(client: WireClient, group: string, id: string) {
    this.client = client;
    this.group = group;
    this.id = id;
  }

  static async joined(served: Served, group: string, id: string, topicName: string): Promise<Member> {
    const member = new Member(await served.client(), group, id);
    const joined = await member.heartbeat([topicName]);
    assert.equal(joined.errorCode, ErrorCode.NONE);
    member.topicId = joined.assignment!.topicPartitions[0]!.topicId;
    return member;
  }

  async heartbeat(
    topics: string[] | null = null,
    epoch: number = this.memberEpoch,
  ): Promise<ShareGroupHeartbeatResponse> {
    const answer = await this.client.ask(shareGroupHeartbeat, 1, {
      groupId: this.group,
      memberId: this.id,
      memberEpoch: epoch,
      subscribedTopicNames: topics,
    });
    if (answer.errorCode === 0) this.memberEpoch = answer.memberEpoch;
    return answer;
  }

  async fetch(more: Partial<ShareFetchRequest> = {}): Promise<ShareFetchResponse> {
    const response = await this.client.ask(shareFetch, 2, {
      groupId: this.group,
      memberId: this.id,
      shareSessionEpoch: this.epoch,
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 1_000_000,
      maxRecords: 500,
      topics: this.epoch === 0 ? [{ topicId: this.topicId, partitions: [this.saying()] }] : [],
      ...more,
    });
    if (response.errorCode === 0) this.epoch++;
    return response;
  }

  saying(...batches: [first: number, last: number, types: number[]][]): FetchPartition {
    return {
      partitionIndex: 0,
      acknowledgementBatches: batches.map(([firstOffset, lastOffset, acknowledgeTypes]) => ({
        firstOffset,
        lastOffset,
        acknowledgeTypes,
      })),
    };
  }

  /** The ranges that are this member's now, as `from-to*deliveries`. */
  async acquire(more: Partial<ShareFetchRequest> = {}): Promise<string[]> {
    const response = await this.fetch(more);
    assert.equal(response.errorCode, 0);
    return rangesOf(response.responses[0]?.partitions[0]);
  }

  /** The error code of the request or of the partition. */
  async say(first: number, last: number, types: number[], isRenewAck = false): Promise<number> {
    const response = await this.client.ask(shareAcknowledge, 2, {
      groupId: this.group,
      memberId: this.id,
      shareSessionEpoch: this.epoch,
      isRenewAck,
      topics: [{ topicId: this.topicId, partitions: [this.saying([first, last, types])] }],
    });
    if (response.errorCode !== 0) return response.errorCode;
    this.epoch++;
    return response.responses[0]!.partitions[0]!.errorCode;
  }
}

export function rangesOf(data: PartitionData | undefined): string[] {
  return (data?.acquiredRecords ?? []).map((each) => `${each.firstOffset}-${each.lastOffset}*${each.deliveryCount}`);
}
