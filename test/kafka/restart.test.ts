import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { batchBytes, leaderEpoch } from '../../src/log/batch.js';
import type { FetchResponsePartition } from '../../src/protocols/kafka/codec/01-fetch.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { newFetchRequestPartition, newFetchRequestTopic } from '../kafka-codec/codec/01-fetch.js';
import { bytesOf } from '../kafka-transactions/reading.js';
import { fetch, offsetForLeaderEpoch } from '../kafka-transactions/wire-apis.js';
import { Served, type WireClient } from './harness.js';
import { listOffsets, metadata, offsetCommit, offsetFetch } from './wire-apis.js';

const noId = '0'.repeat(32);
const name = 'kept';

async function epochOf(client: WireClient): Promise<number> {
  const { topics } = await client.ask(metadata, 12, {
    topics: [{ topicId: noId, name }],
    allowAutoTopicCreation: true,
  });
  return topics[0]!.partitions[0]!.leaderEpoch;
}

async function fetched(client: WireClient, fetchOffset: number, epoch: number): Promise<FetchResponsePartition> {
  const wanted = { ...newFetchRequestPartition(), partition: 0, fetchOffset, currentLeaderEpoch: epoch };
  const topics = [{ ...newFetchRequestTopic(), topic: name, partitions: [{ ...wanted, partitionMaxBytes: 1 << 20 }] }];
  const answer = await client.ask(fetch, 12, { maxWaitMs: 0, minBytes: 1, maxBytes: 1 << 20, topics });
  return answer.responses[0]!.partitions[0]!;
}

async function foundAt(client: WireClient, timestamp: number): Promise<readonly [offset: number, epoch: number]> {
  const partitions = [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp, maxNumOffsets: 1 }];
  const { topics } = await client.ask(listOffsets, 7, { topics: [{ name, partitions }] });
  const { offset, leaderEpoch: epoch } = topics[0]!.partitions[0]!;
  return [offset, epoch];
}

async function endOf(client: WireClient, epoch: number): Promise<readonly [epoch: number, endOffset: number]> {
  const partitions = [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: epoch }];
  const { topics } = await client.ask(offsetForLeaderEpoch, 2, { topics: [{ topic: name, partitions }] });
  return [topics[0]!.partitions[0]!.leaderEpoch, topics[0]!.partitions[0]!.endOffset];
}

async function commit(client: WireClient, committedOffset: number, committedLeaderEpoch: number): Promise<void> {
  const partition = {
    partitionIndex: 0,
    committedOffset,
    commitTimestamp: -1,
    committedLeaderEpoch,
    committedMetadata: '',
  };
  const topics = [{ name, topicId: noId, partitions: [partition] }];
  const answer = await client.ask(offsetCommit, 8, { groupId: 'readers', topics });
  assert.equal(answer.topics[0]!.partitions[0]!.errorCode, ErrorCode.NONE);
}

async function committed(client: WireClient): Promise<readonly [offset: number, epoch: number]> {
  const groups = [{ groupId: 'readers', memberId: null, memberEpoch: -1, topics: null }];
  const answer = await client.ask(offsetFetch, 8, { groups });
  const { committedOffset, committedLeaderEpoch } = answer.groups[0]!.topics[0]!.partitions[0]!;
  return [committedOffset, committedLeaderEpoch];
}

test('a restart begins a new epoch of the leader, and every answer tells the one that is asked about', async (context) => {
  const data = await mkdtemp(join(tmpdir(), 'naru-epochs-'));
  context.after(() => rm(data, { recursive: true }));
  const before = await Served.start({ memory: false, data });
  let client = await before.client();
  const first = await epochOf(client);
  await client.produce(name, 0, [{ value: 'a', timestamp: 1000 }]);
  await client.produce(name, 0, [{ value: 'b', timestamp: 2000 }]);
  await commit(client, 2, first);
  await before.close();

  const after = await Served.start({ memory: false, data });
  context.after(() => after.close());
  client = await after.client();
  const second = await epochOf(client);
  assert.ok(second > first);
  // Where the epoch before ended is known, also while nothing was written in the new one.
  assert.deepEqual(await endOf(client, first), [first, 2]);
  await client.produce(name, 0, [{ value: 'c', timestamp: 3000 }]);
  assert.deepEqual(await endOf(client, first), [first, 2]);
  assert.deepEqual(await endOf(client, second), [second, 3]);
  assert.deepEqual(await endOf(client, second + 1), [-1, -1]);

  const epochs: number[] = [];
  while (epochs.length < 3) {
    const bytes = bytesOf(await fetched(client, epochs.length, second));
    for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) epochs.push(leaderEpoch(bytes, at));
  }
  assert.deepEqual(epochs, [first, first, second]);
  assert.equal((await fetched(client, 0, first)).errorCode, ErrorCode.FENCED_LEADER_EPOCH);
  assert.equal((await fetched(client, 0, second + 1)).errorCode, ErrorCode.UNKNOWN_LEADER_EPOCH);

  assert.deepEqual(await foundAt(client, 1500), [1, first], 'of the record that is found');
  assert.deepEqual(await foundAt(client, 2500), [2, second]);
  assert.deepEqual(await foundAt(client, -1), [3, second]);
  assert.deepEqual(await committed(client), [2, first], 'what was committed is told as it was');
});
