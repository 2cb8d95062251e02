import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import { systemRandom } from '../../src/lib/random.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { createFaults } from '../../src/store/faults.js';
import { MemoryDisk } from '../../src/store/memory-disk.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import { WireClient } from './harness.js';
import { ServedStore } from './served-store.js';
import {
  createPartitions,
  createTopics,
  deleteGroups,
  deleteRecords,
  deleteTopics,
  describeGroups,
  initProducerId,
  joinGroup,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  syncGroup,
} from './wire-apis.js';

/** A disk that takes no more bytes: what clients are told, and that they go on when it does again. */

const noId = '0'.repeat(32);
const faults = createFaults();
let served: ServedStore;
let client: WireClient;

before(async () => {
  served = await ServedStore.open(new MemoryDisk(systemClock, systemRandom, faults), silentLogger);
  client = await WireClient.connect(served.address);
});

after(async () => {
  client.close();
  await served.close();
});

async function create(name: string): Promise<number> {
  const topics = [{ ...newCreatableTopic(), name, numPartitions: 1, replicationFactor: 1 }];
  const response = await client.ask(createTopics, 7, { topics });
  const [created] = response.topics;
  const known = created!.errorCode === ErrorCode.NONE;
  assert.deepEqual(
    [created!.numPartitions, created!.topicId !== noId, created!.errorMessage === null],
    [known ? 1 : -1, known, known],
  );
  return created!.errorCode;
}

async function commit(group: string): Promise<number> {
  const partitions = [
    { partitionIndex: 0, committedOffset: 1, commitTimestamp: -1, committedLeaderEpoch: -1, committedMetadata: '' },
  ];
  const { topics } = await client.ask(offsetCommit, 8, {
    groupId: group,
    topics: [{ name: 'kept', topicId: noId, partitions }],
  });
  return topics[0]!.partitions[0]!.errorCode;
}

async function sync(generationId: number, memberId: string): Promise<number> {
  const { errorCode } = await client.ask(syncGroup, 4, {
    groupId: 'members',
    generationId,
    memberId,
    assignments: [{ memberId, assignment: Buffer.from('all') }],
  });
  return errorCode;
}

test('on a full disk every change is refused with a code its client knows, reads go on, and so do writes later', async () => {
  assert.equal(await create('kept'), ErrorCode.NONE);
  assert.equal(await client.produce('kept', 0, [{ value: 'a' }]), 0);
  assert.equal(await commit('early'), ErrorCode.NONE);
  faults.failWrites = Number.POSITIVE_INFINITY;

  // The first to write finds out, the next is refused before it changes anything.
  assert.equal(await create('while-full'), ErrorCode.KAFKA_STORAGE_ERROR);
  assert.equal(await create('refused'), ErrorCode.KAFKA_STORAGE_ERROR);
  const { topics } = await client.ask(metadata, 12, {
    topics: [{ topicId: noId, name: 'refused' }],
    allowAutoTopicCreation: true,
  });
  assert.equal(topics[0]!.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  const deleted = await client.ask(deleteTopics, 5, { topicNames: ['kept'] });
  assert.equal(deleted.responses[0]!.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  const grown = await client.ask(createPartitions, 3, { topics: [{ name: 'kept', count: 2, assignments: null }] });
  assert.equal(grown.results[0]!.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  const trimmed = await client.ask(deleteRecords, 2, {
    topics: [{ name: 'kept', partitions: [{ partitionIndex: 0, offset: 1 }] }],
  });
  assert.deepEqual(trimmed.topics[0]!.partitions[0], {
    partitionIndex: 0,
    lowWatermark: -1,
    errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
  });
  const producer = await client.ask(initProducerId, 5, { transactionalId: null });
  assert.deepEqual([producer.errorCode, producer.producerId], [ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, -1]);
  assert.equal(await commit('late'), ErrorCode.COORDINATOR_NOT_AVAILABLE);
  const { generationId, memberId } = await client.ask(joinGroup, 3, {
    groupId: 'members',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: 'connect',
    protocols: [{ name: 'p', metadata: Buffer.alloc(0) }],
  });
  assert.equal(await sync(generationId, memberId), ErrorCode.COORDINATOR_NOT_AVAILABLE);
  const gone = await client.ask(deleteGroups, 2, { groupsNames: ['early'] });
  assert.equal(gone.results[0]!.errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);

  const offsets = await client.ask(listOffsets, 5, {
    topics: [
      { name: 'kept', partitions: [{ partitionIndex: 0, currentLeaderEpoch: 1, timestamp: -1, maxNumOffsets: 1 }] },
    ],
  });
  assert.equal(offsets.topics[0]!.partitions[0]!.offset, 1);
  const { groups } = await client.ask(describeGroups, 5, { groups: ['late'] });
  assert.notEqual(groups[0]!.errorCode, ErrorCode.UNKNOWN_SERVER_ERROR);
  const committed = await client.ask(offsetFetch, 7, { groupId: 'late', topics: null });
  assert.deepEqual(committed.topics, [], 'a commit that was refused is not told');

  faults.failWrites = 0;
  while ((await create('after')) === ErrorCode.KAFKA_STORAGE_ERROR)
    await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await commit('late'), ErrorCode.NONE);
  assert.equal(await client.produce('kept', 0, [{ value: 'b' }]), 1);
});
