import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DescribeTopicPartitionsRequest } from '../../src/protocols/kafka/codec/75-describe-topic-partitions.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { Served, versionsOf, WireClient } from '../kafka/harness.js';
import { createTopics } from '../kafka/wire-apis.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import {
  alterPartitionReassignments,
  alterReplicaLogDirs,
  describeLogDirs,
  describeQuorum,
  describeTopicPartitions,
  electLeaders,
  listPartitionReassignments,
  updateFeatures,
} from './admin-apis.js';

const topicCounts = { alpha: 3, beta: 1, gamma: 4 } as const;
let served: Served;
let client: WireClient;

async function make(on: WireClient): Promise<void> {
  const topics = Object.entries(topicCounts).map(([name, numPartitions]) => {
    return { ...newCreatableTopic(), name, numPartitions, replicationFactor: 1 };
  });
  const made = await on.ask(createTopics, 7, { topics });
  for (const { errorCode } of made.topics) assert.equal(errorCode, ErrorCode.NONE);
}

before(async () => {
  served = await Served.start({ autoCreateTopics: false });
  client = await served.client();
  await make(client);
});

after(() => served.close());

for (const version of versionsOf(describeLogDirs)) {
  test(`DescribeLogDirs v${version} tells the one folder with the size of each partition`, async () => {
    const sizeOf = async (topics: { topic: string; partitions: number[] }[] | null) => {
      const response = await client.ask(describeLogDirs, version, { topics });
      assert.equal(response.errorCode, ErrorCode.NONE);
      assert.equal(response.results.length, 1);
      return response.results[0]!;
    };
    const some = [
      { topic: 'alpha', partitions: [0, 2, 9] },
      { topic: 'never-there', partitions: [0] },
    ];
    const before = await sizeOf(some);
    assert.equal(before.logDir, 'memory');
    assert.deepEqual(
      before.topics.map(({ name, partitions }) => [name, partitions.map(({ partitionIndex }) => partitionIndex)]),
      [['alpha', [0, 2]]],
    );
    await client.produce('alpha', 2, [{ value: 'x'.repeat(1000) }]);
    const grown = await sizeOf(some);
    const [still, moved] = [0, 1].map(
      (at) => grown.topics[0]!.partitions[at]!.partitionSize - before.topics[0]!.partitions[at]!.partitionSize,
    );
    assert.equal(still, 0);
    assert.ok(moved! > 1000 && moved! < 1200, `${moved} bytes`);
    const all = await sizeOf(null);
    assert.equal(all.topics.length, 3);
    if (version >= 4) assert.equal(all.totalBytes, -1, 'not known');
  });
}

test('of several brokers in one process each tells of its own partitions, together of all', async () => {
  const several = await Served.start({ kafkaBrokers: 3 });
  const clients: WireClient[] = [];
  try {
    for (const address of several.naru.kafka.brokers) clients.push(await WireClient.connect(address));
    await make(clients[0]!);
    const told: string[] = [];
    for (const each of clients) {
      const { results } = await each.ask(describeLogDirs, 4, { topics: null });
      const own = results[0]!.topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex }) => `${name}-${partitionIndex}`),
      );
      assert.ok(own.length > 0 && own.length < 8);
      told.push(...own);
    }
    assert.deepEqual(
      told.sort(),
      Object.entries(topicCounts).flatMap(([name, count]) => Array.from({ length: count }, (_, at) => `${name}-${at}`)),
    );
  } finally {
    for (const each of clients) each.close();
    await several.close();
  }
});

for (const version of versionsOf(alterReplicaLogDirs)) {
  test(`AlterReplicaLogDirs v${version} knows one folder, and everything is there`, async () => {
    const { results } = await client.ask(alterReplicaLogDirs, version, {
      dirs: [
        { path: 'memory', topics: [{ name: 'alpha', partitions: [0, 9] }] },
        { path: '/elsewhere', topics: [{ name: 'alpha', partitions: [1] }] },
      ],
    });
    assert.deepEqual(results, [
      {
        topicName: 'alpha',
        partitions: [
          { partitionIndex: 0, errorCode: ErrorCode.NONE },
          { partitionIndex: 9, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION },
          { partitionIndex: 1, errorCode: ErrorCode.LOG_DIR_NOT_FOUND },
        ],
      },
    ]);
  });
}

for (const version of versionsOf(electLeaders)) {
  test(`ElectLeaders v${version} finds nothing to elect`, async () => {
    const topicPartitions = [
      { topic: 'alpha', partitions: [0, 9] },
      { topic: 'never-there', partitions: [0] },
    ];
    const { errorCode, replicaElectionResults } = await client.ask(electLeaders, version, { topicPartitions });
    assert.equal(errorCode, ErrorCode.NONE);
    assert.deepEqual(
      replicaElectionResults.map(({ topic, partitionResult }) => [topic, partitionResult.map((one) => one.errorCode)]),
      [
        ['alpha', [ErrorCode.ELECTION_NOT_NEEDED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]],
        ['never-there', [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]],
      ],
    );
    const all = await client.ask(electLeaders, version, { topicPartitions: null });
    assert.deepEqual([all.errorCode, all.replicaElectionResults], [ErrorCode.NONE, []]);
    if (version === 0) return;
    const odd = await client.ask(electLeaders, version, { electionType: 7, topicPartitions });
    assert.equal(odd.errorCode, ErrorCode.INVALID_REQUEST);
  });
}

for (const version of versionsOf(alterPartitionReassignments)) {
  test(`AlterPartitionReassignments v${version} grants what is so already`, async () => {
    const cases = [
      [0, [1], ErrorCode.NONE],
      [0, [2], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
      [0, [1, 2], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
      [0, [], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
      [0, null, ErrorCode.NO_REASSIGNMENT_IN_PROGRESS],
      [9, [1], ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ] as const;
    for (const [partitionIndex, replicas, code] of cases) {
      const partitions = [{ partitionIndex, replicas: replicas === null ? null : [...replicas] }];
      const answer = await client.ask(alterPartitionReassignments, version, {
        topics: [{ name: 'alpha', partitions }],
      });
      assert.equal(answer.errorCode, ErrorCode.NONE);
      assert.equal(answer.responses[0]!.partitions[0]!.errorCode, code, JSON.stringify(replicas));
    }
  });
}

for (const version of versionsOf(listPartitionReassignments)) {
  test(`ListPartitionReassignments v${version} tells that nothing moves`, async () => {
    for (const topics of [null, [{ name: 'alpha', partitionIndexes: [0, 1] }]]) {
      const answer = await client.ask(listPartitionReassignments, version, { topics });
      assert.deepEqual([answer.errorCode, answer.errorMessage, answer.topics], [ErrorCode.NONE, null, []]);
    }
  });
}

for (const version of versionsOf(describeQuorum)) {
  test(`DescribeQuorum v${version} tells of a quorum of one, whose mark rises with what is written`, async () => {
    const quorum = async () => {
      const answer = await client.ask(describeQuorum, version, {
        topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] }],
      });
      assert.equal(answer.errorCode, ErrorCode.NONE);
      assert.deepEqual(
        answer.nodes.map(({ nodeId }) => nodeId),
        version >= 2 ? [1] : [],
      );
      return answer.topics[0]!.partitions;
    };
    const [first, other] = await quorum();
    assert.deepEqual([first!.errorCode, first!.leaderId], [ErrorCode.NONE, 1]);
    assert.equal(other!.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assert.deepEqual(
      first!.currentVoters.map(({ replicaId, logEndOffset }) => [replicaId, logEndOffset]),
      [[1, first!.highWatermark]],
    );
    await client.produce('beta', 0, [{ value: 'v' }]);
    const [later] = await quorum();
    assert.ok(later!.highWatermark > first!.highWatermark);
  });
}

for (const version of versionsOf(updateFeatures)) {
  test(`UpdateFeatures v${version} leaves features where they are`, async () => {
    const ask = async (...updates: (readonly [string, number])[]) => {
      const featureUpdates = updates.map(([feature, maxVersionLevel]) => {
        return { feature, maxVersionLevel, allowDowngrade: false, upgradeType: 1 };
      });
      const { errorCode, results } = await client.ask(updateFeatures, version, { featureUpdates });
      return [errorCode, ...results.map((result) => result.errorCode)];
    };
    const refused = ErrorCode.INVALID_UPDATE_VERSION;
    const same = ['transaction.version', 2] as const;
    assert.deepEqual(await ask(same), version >= 2 ? [0] : [0, 0]);
    for (const wrong of [
      ['transaction.version', 3],
      ['group.version', 0],
      ['metadata.version', 27],
    ] as const) {
      assert.deepEqual(await ask(wrong), version >= 2 ? [refused] : [0, refused]);
    }
    assert.deepEqual(await ask(same, same), [ErrorCode.INVALID_REQUEST]);
  });
}

for (const version of versionsOf(describeTopicPartitions)) {
  test(`DescribeTopicPartitions v${version} tells all partitions page by page, each once`, async () => {
    for (const limit of [1, 2, 3, 5, 8, 100]) {
      const told: string[] = [];
      let cursor: { topicName: string; partitionIndex: number } | null = null;
      let pages = 0;
      do {
        const answer: Awaited<ReturnType<typeof page>> = await page({ responsePartitionLimit: limit, cursor });
        const partitions = answer.topics.flatMap(({ name, partitions: own }) =>
          own.map(({ partitionIndex, leaderId }) => `${name}-${partitionIndex}@${leaderId}`),
        );
        assert.ok(partitions.length <= limit && partitions.length > 0);
        told.push(...partitions);
        cursor = answer.nextCursor;
        pages++;
      } while (cursor !== null);
      assert.deepEqual(
        told,
        Object.entries(topicCounts).flatMap(([name, n]) => Array.from({ length: n }, (_, at) => `${name}-${at}@1`)),
      );
      assert.ok(pages >= Math.ceil(8 / limit));
    }
    async function page(values: Partial<DescribeTopicPartitionsRequest>) {
      return client.ask(describeTopicPartitions, version, values);
    }
  });

  test(`DescribeTopicPartitions v${version} tells topics that are asked for, and which are not there`, async () => {
    const names = ['gamma', 'never-there', 'alpha', 'never/there', 'alpha'];
    const { topics, nextCursor } = await client.ask(describeTopicPartitions, version, {
      topics: names.map((name) => ({ name })),
    });
    assert.deepEqual(
      topics.map(({ name, errorCode, partitions }) => [name, errorCode, partitions.length]),
      [
        ['alpha', ErrorCode.NONE, 3],
        ['gamma', ErrorCode.NONE, 4],
        ['never-there', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 0],
        ['never/there', ErrorCode.INVALID_TOPIC_EXCEPTION, 0],
      ],
    );
    assert.equal(nextCursor, null);
    assert.equal(topics[0]!.topicAuthorizedOperations, 0b1101_1111_1000);
  });

  test(`DescribeTopicPartitions v${version} goes on behind a topic that is gone, and refuses a cursor that is none`, async () => {
    const behind = await client.ask(describeTopicPartitions, version, {
      cursor: { topicName: 'alpha-gone', partitionIndex: 2 },
    });
    assert.deepEqual(
      behind.topics.map(({ name, partitions }) => [name, partitions.length]),
      [
        ['beta', 1],
        ['gamma', 4],
      ],
    );
    const wrong = await client.ask(describeTopicPartitions, version, {
      topics: [{ name: 'alpha' }],
      cursor: { topicName: 'alpha', partitionIndex: -1 },
    });
    assert.equal(wrong.topics[0]!.errorCode, ErrorCode.INVALID_REQUEST);
    const past = await client.ask(describeTopicPartitions, version, {
      topics: [{ name: 'alpha' }],
      cursor: { topicName: 'alpha', partitionIndex: 7 },
    });
    assert.deepEqual([past.topics[0]!.partitions, past.nextCursor], [[], null]);
  });
}
