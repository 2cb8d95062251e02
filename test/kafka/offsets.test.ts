import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ListOffsetsResponsePartition } from '../../src/protocols/kafka/codec/02-list-offsets.js';
import type { OffsetCommitResponsePartition } from '../../src/protocols/kafka/codec/08-offset-commit.js';
import type { OffsetFetchResponseGroupTopic } from '../../src/protocols/kafka/codec/09-offset-fetch.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import { Served, versionsOf, type WireClient } from './harness.js';
import {
  createTopics,
  describeGroups,
  initProducerId,
  listGroups,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
} from './wire-apis.js';

const noId = '0'.repeat(32);
const latest = -1;
const earliest = -2;
const maxTimestamp = -3;

let served: Served;
let client: WireClient;
let epoch = -1;

/** `timed`: records of the times 1000, 3000 and 2000 in one batch, and 2500 in another; `bare` has none. */
before(async () => {
  served = await Served.start({ autoCreateTopics: false });
  client = await served.client();
  await make('timed');
  await make('bare');
  await make('read', 3);
  await client.produce('timed', 0, [
    { value: 'a', timestamp: 1000 },
    { value: 'b', timestamp: 3000 },
    { value: 'c', timestamp: 2000 },
  ]);
  await client.produce('timed', 0, [{ value: 'd', timestamp: 2500 }]);
  const { topics } = await client.ask(metadata, 12, { topics: [{ topicId: noId, name: 'timed' }] });
  epoch = topics[0]!.partitions[0]!.leaderEpoch;
});

after(() => served.close());

async function make(name: string, numPartitions = 1): Promise<string> {
  const configs = [{ name: 'message.timestamp.type', value: 'CreateTime' }];
  const topic = { ...newCreatableTopic(), name, numPartitions, replicationFactor: 1, configs };
  const { topics } = await client.ask(createTopics, 7, { topics: [topic] });
  assert.equal(topics[0]!.errorCode, ErrorCode.NONE);
  return topics[0]!.topicId;
}

async function offsetAt(
  version: number,
  name: string,
  timestamp: number,
  currentLeaderEpoch = -1,
): Promise<ListOffsetsResponsePartition> {
  const partitions = [{ partitionIndex: 0, currentLeaderEpoch, timestamp, maxNumOffsets: 10 }];
  const { topics } = await client.ask(listOffsets, version, { topics: [{ name, partitions }], isolationLevel: 1 });
  assert.equal(topics[0]!.name, name);
  return topics[0]!.partitions[0]!;
}

test('ListOffsets v0 lists offsets to start from, newest first', async () => {
  assert.deepEqual((await offsetAt(0, 'timed', latest)).oldStyleOffsets, [4, 0]);
  assert.deepEqual((await offsetAt(0, 'timed', earliest)).oldStyleOffsets, [0]);
  assert.deepEqual((await offsetAt(0, 'timed', 2000)).oldStyleOffsets, [0]);
  assert.deepEqual((await offsetAt(0, 'bare', latest)).oldStyleOffsets, [0]);
  assert.equal((await offsetAt(0, 'never-there', latest)).errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

for (const version of versionsOf(listOffsets).filter((each) => each >= 1)) {
  test(`ListOffsets v${version} finds the ends of a partition and the first record at or after a time`, async () => {
    const known = version >= 4 ? epoch : -1;
    for (const [timestamp, offset, found] of [
      [latest, 4, -1],
      [earliest, 0, -1],
      [0, 0, 1000],
      [1000, 0, 1000],
      [1001, 1, 3000],
      [2600, 1, 3000],
    ] as const) {
      const answer = await offsetAt(version, 'timed', timestamp);
      assert.deepEqual([answer.errorCode, answer.offset, answer.timestamp], [ErrorCode.NONE, offset, found]);
      assert.equal(answer.leaderEpoch, known);
    }
    const none = await offsetAt(version, 'timed', 3001);
    assert.deepEqual([none.errorCode, none.offset, none.timestamp, none.leaderEpoch], [ErrorCode.NONE, -1, -1, -1]);
    const empty = await offsetAt(version, 'bare', latest);
    assert.deepEqual([empty.errorCode, empty.offset], [ErrorCode.NONE, 0]);
  });

  test(`ListOffsets v${version} answers only the questions its version knows`, async () => {
    for (const [timestamp, since, offset] of [
      [maxTimestamp, 7, 1],
      [-4, 8, 0],
      [-5, 9, -1],
      [-6, 11, -1],
      [-7, 99, -1],
    ] as const) {
      const { errorCode, offset: told } = await offsetAt(version, 'timed', timestamp);
      const expected = version >= since ? [ErrorCode.NONE, offset] : [ErrorCode.UNSUPPORTED_VERSION, -1];
      assert.deepEqual([errorCode, told], expected, `${timestamp}`);
    }
  });

  test(`ListOffsets v${version} compares leader epochs where the version has them`, async () => {
    assert.equal((await offsetAt(version, 'timed', latest, epoch)).errorCode, ErrorCode.NONE);
    const older = await offsetAt(version, 'timed', latest, epoch - 1);
    const newer = await offsetAt(version, 'timed', latest, epoch + 1);
    assert.equal(older.errorCode, version >= 4 ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.NONE);
    assert.equal(newer.errorCode, version >= 4 ? ErrorCode.UNKNOWN_LEADER_EPOCH : ErrorCode.NONE);
    assert.equal(newer.offset, version >= 4 ? -1 : 4);
  });
}

test('ListOffsets gives each partition an outcome of its own, and refuses one that comes twice', async () => {
  const ask = (partitionIndex: number) => ({
    partitionIndex,
    currentLeaderEpoch: -1,
    timestamp: latest,
    maxNumOffsets: 1,
  });
  const topics = [
    { name: 'read', partitions: [ask(0), ask(3), ask(1), ask(1)] },
    { name: 'never-there', partitions: [ask(0)] },
  ];
  const response = await client.ask(listOffsets, 5, { topics });
  assert.deepEqual(
    response.topics.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode)),
    [
      [ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST],
      [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ],
  );
});

interface Committing {
  readonly group: string;
  readonly offset: number;
  readonly topic?: string;
  readonly topicId?: string;
  readonly partition?: number;
  readonly metadata?: string | null;
  readonly generation?: number;
  readonly memberId?: string;
}

async function commit(version: number, asked: Committing): Promise<OffsetCommitResponsePartition> {
  const { group, offset, topic = 'read', topicId = noId, partition = 0, metadata: text = '' } = asked;
  const partitions = [
    {
      partitionIndex: partition,
      committedOffset: offset,
      commitTimestamp: -1,
      committedLeaderEpoch: 7,
      committedMetadata: text,
    },
  ];
  const { topics } = await client.ask(offsetCommit, version, {
    groupId: group,
    generationIdOrMemberEpoch: asked.generation ?? -1,
    memberId: asked.memberId ?? '',
    topics: [{ name: topic, topicId, partitions }],
  });
  assert.deepEqual([topics[0]!.name, topics[0]!.topicId], version >= 10 ? ['', topicId] : [topic, noId]);
  return topics[0]!.partitions[0]!;
}

/** `null` asks for everything; the answer is brought into the form of the newer versions. */
async function committed(
  version: number,
  groupId: string,
  asked: readonly { name: string; topicId: string; partitionIndexes: number[] }[] | null,
): Promise<OffsetFetchResponseGroupTopic[]> {
  const topics = asked === null ? null : [...asked];
  const response = await client.ask(offsetFetch, version, {
    groupId,
    topics,
    groups: [{ groupId, memberId: null, memberEpoch: -1, topics }],
    requireStable: true,
  });
  if (version < 8) {
    assert.equal(response.errorCode, ErrorCode.NONE);
    return response.topics.map((topic) => ({ ...topic, topicId: noId }));
  }
  assert.deepEqual(
    response.groups.map((group) => [group.groupId, group.errorCode]),
    [[groupId, ErrorCode.NONE]],
  );
  return response.groups[0]!.topics;
}

for (const version of versionsOf(offsetCommit)) {
  test(`an offset that OffsetCommit v${version} commits is told by every version of OffsetFetch`, async () => {
    const group = `simple-${version}`;
    const { topics } = await client.ask(metadata, 12, { topics: [{ topicId: noId, name: 'read' }] });
    const { topicId } = topics[0]!;
    const result = await commit(version, {
      group,
      offset: 42,
      topicId: version >= 10 ? topicId : noId,
      metadata: 'note',
    });
    assert.deepEqual(result, { partitionIndex: 0, errorCode: ErrorCode.NONE });
    for (const reading of versionsOf(offsetFetch)) {
      const byId = reading >= 10;
      const asked = [{ name: byId ? '' : 'read', topicId: byId ? topicId : noId, partitionIndexes: [0, 2] }];
      const committedLeaderEpoch = version >= 6 && reading >= 5 ? 7 : -1;
      const partition = {
        partitionIndex: 0,
        committedOffset: 42,
        committedLeaderEpoch,
        metadata: 'note',
        errorCode: 0,
      };
      const none = { partitionIndex: 2, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 };
      const [first] = asked;
      assert.deepEqual(await committed(reading, group, asked), [
        { name: first!.name, topicId: first!.topicId, partitions: [partition, none] },
      ]);
      if (reading >= 2) {
        assert.deepEqual(await committed(reading, group, null), [
          { name: first!.name, topicId: first!.topicId, partitions: [partition] },
        ]);
      }
    }
  });

  test(`OffsetCommit v${version} says which partitions are not there and which group is not`, async () => {
    const unknown = await commit(version, { group: 'w', offset: 1, topic: 'never-there', topicId: 'f'.repeat(32) });
    assert.equal(unknown.errorCode, version >= 10 ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    if (version < 10) {
      const outside = await commit(version, { group: 'w', offset: 1, partition: 3 });
      assert.equal(outside.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      const member = await commit(version, { group: 'nobody', offset: 1, generation: 5, memberId: 'm' });
      assert.equal(member.errorCode, version >= 9 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION);
    }
  });
}

test('a commit of which one partition is refused is made for the others', async () => {
  const partition = (partitionIndex: number, committedMetadata: string | null) => ({
    partitionIndex,
    committedOffset: partitionIndex,
    commitTimestamp: -1,
    committedLeaderEpoch: -1,
    committedMetadata,
  });
  const partitions = [partition(0, null), partition(1, 'x'.repeat(5000)), partition(9, ''), partition(2, '')];
  const response = await client.ask(offsetCommit, 8, {
    groupId: 'partly',
    topics: [{ name: 'read', topicId: noId, partitions }],
  });
  assert.deepEqual(
    response.topics[0]!.partitions.map(({ errorCode }) => errorCode),
    [ErrorCode.NONE, ErrorCode.OFFSET_METADATA_TOO_LARGE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.NONE],
  );
  const [topic] = await committed(8, 'partly', null);
  assert.deepEqual(
    topic!.partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
    [
      [0, 0],
      [2, 2],
    ],
  );
});

test('negative offsets are kept: kafkajs commits -1 and -2 to go to an end', async () => {
  assert.equal((await commit(5, { group: 'resetting', offset: -2 })).errorCode, ErrorCode.NONE);
  const [topic] = await committed(5, 'resetting', null);
  assert.equal(topic!.partitions[0]!.committedOffset, -2);
});

test('OffsetFetch answers several groups at once, and nothing committed is no error', async () => {
  await commit(8, { group: 'several-1', offset: 1 });
  await commit(8, { group: 'several-2', offset: 2 });
  const group = (groupId: string) => ({ groupId, memberId: 'm', memberEpoch: 3, topics: null });
  const { groups } = await client.ask(offsetFetch, 9, {
    groups: [group('several-1'), group('nobody-here'), group('several-2')],
  });
  assert.deepEqual(
    groups.map(({ groupId, errorCode, topics }) => [groupId, errorCode, topics[0]?.partitions[0]?.committedOffset]),
    [
      ['several-1', 0, 1],
      ['nobody-here', 0, undefined],
      ['several-2', 0, 2],
    ],
  );
});

test('OffsetFetch v10 says which topic ids it does not know', async () => {
  const topics = [{ name: '', topicId: 'f'.repeat(32), partitionIndexes: [0] }];
  const [topic] = await committed(10, 'several-1', topics);
  assert.equal(topic!.topicId, 'f'.repeat(32));
  assert.deepEqual(topic!.partitions[0], {
    partitionIndex: 0,
    committedOffset: -1,
    committedLeaderEpoch: -1,
    metadata: '',
    errorCode: ErrorCode.UNKNOWN_TOPIC_ID,
  });
});

test('who only commits offsets has a group without members or protocol', async () => {
  await commit(8, { group: 'only-offsets', offset: 1 });
  const { groups } = await client.ask(describeGroups, 5, { groups: ['only-offsets'] });
  assert.deepEqual([groups[0]!.groupState, groups[0]!.protocolType, groups[0]!.members.length], ['Empty', '', 0]);
  const listed = (await client.ask(listGroups, 5, {})).groups.find(({ groupId }) => groupId === 'only-offsets');
  assert.deepEqual(listed, { groupId: 'only-offsets', protocolType: '', groupState: 'Empty', groupType: 'classic' });
});

for (const version of versionsOf(initProducerId)) {
  test(`InitProducerId v${version} gives each producer an id of its own`, async () => {
    const first = await client.ask(initProducerId, version, { transactionalId: null });
    const second = await client.ask(initProducerId, version, { transactionalId: null });
    assert.deepEqual([first.errorCode, first.producerEpoch], [ErrorCode.NONE, 0]);
    assert.ok(first.producerId >= 0 && second.producerId > first.producerId);
  });

  test(`InitProducerId v${version} refuses a transactional id of no length`, async () => {
    const empty = await client.ask(initProducerId, version, { transactionalId: '' });
    assert.equal(empty.errorCode, ErrorCode.INVALID_REQUEST);
    assert.deepEqual([empty.producerId, empty.producerEpoch], [-1, -1]);
  });
}

test('InitProducerId raises the epoch of a producer that names itself, as far as there are epochs', async () => {
  const { producerId } = await client.ask(initProducerId, 5, { transactionalId: null });
  const ask = (id: number, producerEpoch: number) =>
    client.ask(initProducerId, 5, { transactionalId: null, producerId: id, producerEpoch });
  const raised = await ask(producerId, 0);
  assert.deepEqual([raised.errorCode, raised.producerId, raised.producerEpoch], [ErrorCode.NONE, producerId, 1]);
  const usedUp = await ask(producerId, 32_766);
  assert.ok(usedUp.producerId > producerId);
  assert.equal(usedUp.producerEpoch, 0);
  const madeUp = await ask(1_000_000_000, 3);
  assert.ok(madeUp.producerId > usedUp.producerId && madeUp.producerId < 1_000_000_000);
  assert.equal(madeUp.producerEpoch, 0);
  assert.equal((await ask(producerId, -1)).errorCode, ErrorCode.INVALID_REQUEST);
  assert.equal((await ask(-1, 4)).errorCode, ErrorCode.INVALID_REQUEST);
});
