import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FetchResponse } from '../../src/protocols/kafka/codec/01-fetch.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import {
  newFetchForgottenTopic,
  newFetchRequestPartition,
  newFetchRequestTopic,
} from '../kafka-codec/codec/01-fetch.js';
import { fetch } from '../kafka-transactions/wire-apis.js';
import { Served, type WireClient } from './harness.js';
import { metadata } from './wire-apis.js';

let served: Served;
let client: WireClient;

before(async () => {
  served = await Served.start({ partitionsDefault: 3 });
  client = await served.client();
});

after(() => served.close());

/** `offsets`: what is asked for, by partition. */
function ask(
  topic: string,
  session: { id: number; epoch: number },
  offsets: Record<number, number>,
  forget: number[] = [],
  maxWaitMs = 0,
): Promise<FetchResponse> {
  const partitions = Object.entries(offsets).map(([partition, fetchOffset]) => ({
    ...newFetchRequestPartition(),
    partition: Number(partition),
    fetchOffset,
    partitionMaxBytes: 1_000_000,
  }));
  return client.ask(fetch, 12, {
    maxWaitMs,
    minBytes: 1,
    maxBytes: 1_000_000,
    sessionId: session.id,
    sessionEpoch: session.epoch,
    topics: partitions.length === 0 ? [] : [{ ...newFetchRequestTopic(), topic, partitions }],
    forgottenTopicsData: forget.length === 0 ? [] : [{ ...newFetchForgottenTopic(), topic, partitions: forget }],
  });
}

/** Which partitions are in an answer, and how many bytes of records each has. */
function told(response: FetchResponse): Record<number, boolean> {
  const partitions: Record<number, boolean> = {};
  for (const topic of response.responses) {
    for (const { partitionIndex, records, errorCode } of topic.partitions) {
      assert.equal(errorCode, ErrorCode.NONE);
      partitions[partitionIndex] = records !== null && records.length > 0;
    }
  }
  return partitions;
}

async function made(topic: string): Promise<void> {
  await client.ask(metadata, 9, {
    topics: [{ topicId: '0'.repeat(32), name: topic }],
    allowAutoTopicCreation: true,
  });
}

test('a session is told once of what it follows, then only of what is new', async () => {
  await made('news');
  const first = await ask('news', { id: 0, epoch: 0 }, { 0: 0, 1: 0, 2: 0 });
  assert.notEqual(first.sessionId, 0);
  assert.deepEqual(told(first), { 0: false, 1: false, 2: false });
  const id = first.sessionId;
  assert.deepEqual(told(await ask('news', { id, epoch: 1 }, {})), {});
  await client.produce('news', 1, [{ value: 'a' }]);
  const third = await ask('news', { id, epoch: 2 }, {});
  assert.equal(third.sessionId, id);
  assert.deepEqual(told(third), { 1: true });
  assert.deepEqual(told(await ask('news', { id, epoch: 3 }, { 1: 1 })), {});
});

test('an empty incremental request waits for records as any other does', async () => {
  await made('waiting');
  const { sessionId: id } = await ask('waiting', { id: 0, epoch: 0 }, { 0: 0 });
  const answer = ask('waiting', { id, epoch: 1 }, {}, [], 10_000);
  const other = await served.client();
  await other.produce('waiting', 0, [{ value: 'now' }]);
  assert.deepEqual(told(await answer), { 0: true });
});

test('a forgotten partition is not told of, and a new one is', async () => {
  await made('changing');
  const { sessionId: id } = await ask('changing', { id: 0, epoch: 0 }, { 0: 0 });
  assert.deepEqual(told(await ask('changing', { id, epoch: 1 }, { 2: 0 }, [0])), { 2: false });
  for (const partition of [0, 2]) await client.produce('changing', partition, [{ value: 'x' }]);
  assert.deepEqual(told(await ask('changing', { id, epoch: 2 }, {})), { 2: true });
});

test('who got records is served last the next time', async () => {
  await made('turns');
  for (const partition of [0, 1]) {
    for (let count = 0; count < 3; count++) await client.produce('turns', partition, [{ value: 'x'.repeat(500) }]);
  }
  const { sessionId: id } = await ask('turns', { id: 0, epoch: 0 }, { 2: 0 });
  const small = async (epoch: number, offsets: Record<number, number>): Promise<number> => {
    const partitions = Object.entries(offsets).map(([partition, fetchOffset]) => ({
      ...newFetchRequestPartition(),
      partition: Number(partition),
      fetchOffset,
      partitionMaxBytes: 600,
    }));
    const response = await client.ask(fetch, 12, {
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 600,
      sessionId: id,
      sessionEpoch: epoch,
      topics: partitions.length === 0 ? [] : [{ ...newFetchRequestTopic(), topic: 'turns', partitions }],
    });
    return Number(Object.entries(told(response)).find(([, records]) => records)![0]);
  };
  assert.equal(await small(1, { 0: 0, 1: 0 }), 0);
  assert.equal(await small(2, { 0: 1 }), 1);
  assert.equal(await small(3, { 1: 1 }), 0);
});

test('an unknown session, a wrong epoch and a changed way of naming topics are refused', async () => {
  await made('strict');
  assert.equal((await ask('strict', { id: 99, epoch: 5 }, {})).errorCode, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  const { sessionId: id } = await ask('strict', { id: 0, epoch: 0 }, { 0: 0 });
  assert.equal((await ask('strict', { id, epoch: 7 }, {})).errorCode, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
  const byId = await client.ask(fetch, 13, { maxWaitMs: 0, sessionId: id, sessionEpoch: 1, topics: [] });
  assert.equal(byId.errorCode, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
  assert.equal((await ask('strict', { id, epoch: -1 }, { 0: 0 })).sessionId, 0);
  assert.equal((await ask('strict', { id, epoch: 1 }, {})).errorCode, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
});
