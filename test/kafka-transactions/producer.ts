import assert from 'node:assert/strict';
import { transactionalBit } from '../../src/log/batch.js';
import { BatchBuilder } from '../../src/log/records.js';
import type { TxnOffsetCommitRequest } from '../../src/protocols/kafka/codec/28-txn-offset-commit.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import type { WireClient } from '../kafka/harness.js';
import { initProducerId, produce } from '../kafka/wire-apis.js';
import { addOffsetsToTxn, addPartitionsToTxn, endTxn, txnOffsetCommit } from './wire-apis.js';

const noId = '0'.repeat(32);

/** Which version of each API a producer speaks. */
export interface Versions {
  readonly init: number;
  readonly produce: number;
  readonly add: number;
  readonly addOffsets: number;
  readonly offsets: number;
  readonly end: number;
}

/** As librdkafka's and kafkajs' oldest, as Java's 3.x, and as Java's 4.x with KIP-890. */
export const first: Versions = { init: 0, produce: 3, add: 0, addOffsets: 0, offsets: 0, end: 0 };
export const third: Versions = { init: 4, produce: 9, add: 3, addOffsets: 3, offsets: 3, end: 3 };
export const second890: Versions = { init: 5, produce: 12, add: 5, addOffsets: 4, offsets: 5, end: 5 };

/** A transactional producer over a socket. Every call answers its error code. */
export class WireProducer {
  readonly id: string;
  readonly versions: Versions;
  producerId = -1;
  epoch = -1;
  lastOffset = -1;
  private readonly client: WireClient;
  private readonly sequences = new Map<string, number>();

  constructor(client: WireClient, id: string, versions: Versions) {
    this.client = client;
    this.id = id;
    this.versions = versions;
  }

  /** Whether partitions and groups are added by being written to. */
  get implicit(): boolean {
    return this.versions.produce >= 12;
  }

  private become(producerId: number, epoch: number): void {
    if (this.producerId !== producerId || this.epoch !== epoch) this.sequences.clear();
    this.producerId = producerId;
    this.epoch = epoch;
  }

  async init(transactionTimeoutMs = 60_000): Promise<number> {
    const request = { transactionalId: this.id, transactionTimeoutMs };
    const answer = await this.client.ask(initProducerId, this.versions.init, request);
    if (answer.errorCode === ErrorCode.NONE) this.become(answer.producerId, answer.producerEpoch);
    else assert.deepEqual([answer.producerId, answer.producerEpoch], [-1, -1]);
    return answer.errorCode;
  }

  async add(topic: string, ...partitions: number[]): Promise<number> {
    return (await this.addResults(topic, ...partitions))[0]!;
  }

  async addResults(topic: string, ...partitions: number[]): Promise<number[]> {
    const { id, producerId, epoch } = this;
    const topics = [{ name: topic, partitions }];
    const answer = await this.client.ask(addPartitionsToTxn, this.versions.add, {
      transactions: [{ transactionalId: id, producerId, producerEpoch: epoch, verifyOnly: false, topics }],
      v3AndBelowTransactionalId: id,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: epoch,
      v3AndBelowTopics: topics,
    });
    const results =
      this.versions.add >= 4 ? answer.resultsByTransaction[0]!.topicResults : answer.resultsByTopicV3AndBelow;
    return results[0]!.resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode);
  }

  /** As `send`, after adding the partition where that is needed. */
  async write(topic: string, value: string, partition = 0): Promise<number> {
    if (!this.implicit) assert.equal(await this.add(topic, partition), ErrorCode.NONE);
    return this.send(topic, value, partition);
  }

  async send(topic: string, value: string, partition = 0): Promise<number> {
    const key = `${partition} ${topic}`;
    const sequence = this.sequences.get(key) ?? 0;
    const builder = new BatchBuilder();
    builder.add(null, Buffer.from(value), Date.now());
    const records = builder.build(transactionalBit, this.producerId, this.epoch, sequence);
    const answer = await this.client.ask(produce, this.versions.produce, {
      transactionalId: this.id,
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: topic, topicId: noId, partitionData: [{ index: partition, records }] }],
    });
    const [result] = answer.responses[0]!.partitionResponses;
    if (result!.errorCode === ErrorCode.NONE) this.sequences.set(key, sequence + 1);
    this.lastOffset = result!.baseOffset;
    return result!.errorCode;
  }

  async addGroup(groupId: string): Promise<number> {
    const { id, producerId, epoch } = this;
    const request = { transactionalId: id, producerId, producerEpoch: epoch, groupId };
    return (await this.client.ask(addOffsetsToTxn, this.versions.addOffsets, request)).errorCode;
  }

  async commitOffset(
    groupId: string,
    topic: string,
    offset: number,
    more: Partial<TxnOffsetCommitRequest> = {},
  ): Promise<number> {
    const partition = { partitionIndex: 0, committedOffset: offset, committedLeaderEpoch: -1, committedMetadata: 'm' };
    const answer = await this.client.ask(txnOffsetCommit, this.versions.offsets, {
      transactionalId: this.id,
      groupId,
      producerId: this.producerId,
      producerEpoch: this.epoch,
      topics: [{ name: topic, partitions: [partition] }],
      ...more,
    });
    return answer.topics[0]!.partitions[0]!.errorCode;
  }

  async end(committed: boolean): Promise<number> {
    const { id, producerId, epoch } = this;
    const request = { transactionalId: id, producerId, producerEpoch: epoch, committed };
    const answer = await this.client.ask(endTxn, this.versions.end, request);
    if (answer.errorCode === ErrorCode.NONE && this.versions.end >= 5) {
      this.become(answer.producerId, answer.producerEpoch);
    }
    return answer.errorCode;
  }
}
