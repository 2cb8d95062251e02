import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { topicKeys } from '../../src/broker/topic-config.js';
import type { CreatableTopic, CreatedTopic } from '../../src/protocols/kafka/codec/19-create-topics.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import { Served, versionsOf, type WireClient } from './harness.js';
import {
  createPartitions,
  createTopics,
  deleteRecords,
  deleteTopics,
  describeCluster,
  describeConfigs,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
} from './wire-apis.js';

const noId = '0'.repeat(32);
let served: Served;
let client: WireClient;

before(async () => {
  served = await Served.start({ partitionsDefault: 2, segmentBytes: 1024 * 1024, autoCreateTopics: false });
  client = await served.client();
});

after(() => served.close());

function topicOf(name: string, values: Partial<CreatableTopic> = {}): CreatableTopic {
  return { ...newCreatableTopic(), name, numPartitions: 1, replicationFactor: 1, ...values };
}

async function create(version: number, ...topics: CreatableTopic[]): Promise<CreatedTopic[]> {
  return (await client.ask(createTopics, version, { topics })).topics;
}

async function made(name: string, values: Partial<CreatableTopic> = {}): Promise<CreatedTopic> {
  const [created] = await create(7, topicOf(name, values));
  assert.equal(created!.errorCode, ErrorCode.NONE, created!.errorMessage ?? '');
  return created!;
}

/** Partitions of a topic as clients are told, 0 where there is no such topic. */
async function partitionsOf(name: string): Promise<number> {
  const { topics } = await client.ask(metadata, 12, { topics: [{ topicId: noId, name }] });
  return topics[0]!.partitions.length;
}

async function idOf(name: string): Promise<string> {
  const { topics } = await client.ask(metadata, 12, { topics: [{ topicId: noId, name }] });
  return topics[0]!.topicId;
}

for (const version of versionsOf(createTopics)) {
  test(`CreateTopics v${version} makes a topic and tells of it what the version has`, async () => {
    const name = `made-${version}`;
    const configs = [{ name: 'retention.ms', value: '1234' }];
    const [created] = await create(version, topicOf(name, { numPartitions: 3, replicationFactor: 3, configs }));
    assert.equal(created!.name, name);
    assert.equal(created!.errorCode, ErrorCode.NONE);
    assert.equal(created!.errorMessage, null);
    assert.equal(await partitionsOf(name), 3);
    assert.equal(created!.topicId, version >= 7 ? await idOf(name) : noId);
    if (version >= 5) {
      assert.equal(created!.numPartitions, 3);
      assert.equal(created!.replicationFactor, 1, 'what is there, not what was wished for');
      const own = created!.configs!.find((config) => config.name === 'retention.ms');
      assert.deepEqual(own, {
        name: 'retention.ms',
        value: '1234',
        readOnly: false,
        configSource: 1,
        isSensitive: false,
      });
      assert.equal(created!.configs!.length, Object.keys(topicKeys).length);
    }
    const [again] = await create(version, topicOf(name));
    assert.equal(again!.errorCode, ErrorCode.TOPIC_ALREADY_EXISTS);
    assert.equal(again!.errorMessage, version >= 1 ? `Topic '${name}' already exists.` : null);
  });
}

test('CreateTopics that only validates says the same and makes nothing', async () => {
  const topics = [topicOf('tried', { numPartitions: 4 }), topicOf('tried/badly')];
  const response = await client.ask(createTopics, 7, { topics, validateOnly: true });
  assert.deepEqual(
    response.topics.map((topic) => [topic.errorCode, topic.numPartitions]),
    [
      [ErrorCode.NONE, 4],
      [ErrorCode.INVALID_TOPIC_EXCEPTION, -1],
    ],
  );
  assert.equal(await partitionsOf('tried'), 0);
});

test('CreateTopics takes -1 for the number of partitions and replicas that the broker thinks best', async () => {
  const created = await made('as-you-like', { numPartitions: -1, replicationFactor: -1 });
  assert.equal(created.numPartitions, 2);
  assert.equal(await partitionsOf('as-you-like'), 2);
});

test('CreateTopics makes one partition for each manual assignment', async () => {
  const assignments = [1, 0, 2].map((partitionIndex) => ({ partitionIndex, brokerIds: [1, 2] }));
  const created = await made('assigned', { numPartitions: -1, replicationFactor: -1, assignments });
  assert.equal(created.numPartitions, 3);
  assert.equal(await partitionsOf('assigned'), 3);
});

const unset = { numPartitions: -1, replicationFactor: -1 };
const assigned = (...indexes: number[]): Partial<CreatableTopic> => ({
  assignments: indexes.map((partitionIndex) => ({ partitionIndex, brokerIds: [1] })),
});

for (const [why, values, code] of [
  ['no partitions', { numPartitions: 0 }, ErrorCode.INVALID_PARTITIONS],
  ['a negative number of partitions', { numPartitions: -2 }, ErrorCode.INVALID_PARTITIONS],
  ['more partitions than anybody means', { numPartitions: 1_000_000_000 }, ErrorCode.INVALID_PARTITIONS],
  ['no replicas', { replicationFactor: 0 }, ErrorCode.INVALID_REPLICATION_FACTOR],
  ['counts besides an assignment', { ...assigned(0) }, ErrorCode.INVALID_REQUEST],
  ['an assignment with a gap', { ...unset, ...assigned(0, 2) }, ErrorCode.INVALID_REPLICA_ASSIGNMENT],
  ['an assignment of a partition twice', { ...unset, ...assigned(0, 0) }, ErrorCode.INVALID_REPLICA_ASSIGNMENT],
  [
    'an assignment to nobody',
    { ...unset, assignments: [{ partitionIndex: 0, brokerIds: [] }] },
    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
  ],
  ['an unknown configuration', { configs: [{ name: 'colour', value: 'red' }] }, ErrorCode.INVALID_CONFIG],
  [
    'a configuration named as what every object has',
    { configs: [{ name: 'constructor', value: '' }] },
    ErrorCode.INVALID_CONFIG,
  ],
  ['an impossible value', { configs: [{ name: 'retention.ms', value: 'long' }] }, ErrorCode.INVALID_CONFIG],
  ['no value', { configs: [{ name: 'retention.ms', value: null }] }, ErrorCode.INVALID_CONFIG],
] as [string, Partial<CreatableTopic>, number][]) {
  test(`CreateTopics refuses ${why}`, async () => {
    const [created] = await create(7, topicOf('refused', values));
    assert.equal(created!.errorCode, code);
    assert.notEqual(created!.errorMessage, null);
    assert.equal(await partitionsOf('refused'), 0);
  });
}

test('all topics together have no more partitions than the option says, however they come to be', async (context) => {
  const limited = await Served.start({ partitionsMax: 10 });
  context.after(() => limited.close());
  const asker = await limited.client();
  const make = async (name: string, numPartitions: number, validateOnly = false): Promise<number> => {
    const topics = [{ ...newCreatableTopic(), name, numPartitions, replicationFactor: 1 }];
    return (await asker.ask(createTopics, 7, { topics, validateOnly })).topics[0]!.errorCode;
  };
  const grow = async (name: string, count: number): Promise<number> => {
    const topics = [{ name, count, assignments: null }];
    return (await asker.ask(createPartitions, 3, { topics })).results[0]!.errorCode;
  };
  assert.equal(await make('large', 11), ErrorCode.INVALID_PARTITIONS);
  assert.equal(await make('one', 6), ErrorCode.NONE);
  assert.equal(await make('two', 5), ErrorCode.INVALID_PARTITIONS);
  assert.equal(await make('two', 5, true), ErrorCode.INVALID_PARTITIONS);
  assert.equal(await make('two', 3), ErrorCode.NONE);
  assert.equal(await grow('two', 5), ErrorCode.INVALID_PARTITIONS);
  assert.equal(await grow('two', 4), ErrorCode.NONE);
  const asked = { topics: [{ topicId: noId, name: 'three' }], allowAutoTopicCreation: true };
  assert.equal((await asker.ask(metadata, 9, asked)).topics[0]!.errorCode, ErrorCode.INVALID_PARTITIONS);
  // What the broker keeps for itself does not count.
  const offset = { partitionIndex: 0, committedOffset: 1, commitTimestamp: -1, committedLeaderEpoch: -1 };
  const partitions = [{ ...offset, committedMetadata: '' }];
  const kept = await asker.ask(offsetCommit, 8, { groupId: 'g', topics: [{ name: 'one', topicId: noId, partitions }] });
  assert.equal(kept.topics[0]!.partitions[0]!.errorCode, ErrorCode.NONE);
  await asker.ask(deleteTopics, 6, { topics: [{ name: 'one', topicId: noId }] });
  assert.equal(await make('four', 6), ErrorCode.NONE);
});

test('CreateTopics leaves the broker’s own topics to the broker', async () => {
  const [created] = await create(7, topicOf('__consumer_offsets'));
  assert.equal(created!.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
});

test('CreateTopics refuses a name that comes twice, once, and makes the others', async () => {
  const topics = await create(7, topicOf('twice'), topicOf('once'), topicOf('twice'));
  assert.deepEqual(
    topics.map(({ name, errorCode }) => [name, errorCode]),
    [
      ['once', ErrorCode.NONE],
      ['twice', ErrorCode.INVALID_REQUEST],
    ],
  );
  assert.equal(await partitionsOf('twice'), 0);
});

for (const version of versionsOf(deleteTopics)) {
  test(`DeleteTopics v${version} removes a topic by its name`, async () => {
    const name = `gone-${version}`;
    const { topicId } = await made(name);
    const names = [name, 'never-there'];
    const topics = names.map((each) => ({ name: each, topicId: noId }));
    const { responses } = await client.ask(deleteTopics, version, { topics, topicNames: names });
    assert.deepEqual(
      responses.map((each) => [each.name, each.errorCode, each.topicId]),
      [
        [name, ErrorCode.NONE, version >= 6 ? topicId : noId],
        ['never-there', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, noId],
      ],
    );
    assert.equal(responses[1]!.errorMessage !== null, version >= 5);
    assert.equal(await partitionsOf(name), 0);
  });
}

test('DeleteTopics removes a topic by its id, and does not know it after that', async () => {
  const { topicId } = await made('gone-by-id');
  const topics = [{ name: null, topicId }];
  const first = await client.ask(deleteTopics, 6, { topics });
  assert.deepEqual(first.responses, [{ name: 'gone-by-id', topicId, errorCode: ErrorCode.NONE, errorMessage: null }]);
  const second = await client.ask(deleteTopics, 6, { topics });
  assert.equal(second.responses[0]!.name, null);
  assert.equal(second.responses[0]!.errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
});

test('DeleteTopics refuses a topic that is named and numbered, neither, or twice', async () => {
  const { topicId } = await made('kept');
  const topics = [
    { name: 'kept', topicId },
    { name: null, topicId: noId },
    { name: 'kept-too', topicId: noId },
    { name: 'kept-too', topicId: noId },
  ];
  const { responses } = await client.ask(deleteTopics, 6, { topics });
  assert.deepEqual(
    responses.map(({ errorCode }) => errorCode),
    [ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST],
  );
  assert.equal(await partitionsOf('kept'), 1);
});

test('DeleteTopics deletes nothing that is asked for by its name and by its id, and everything else', async () => {
  const { topicId } = await made('twice');
  await made('just-once');
  for (const topics of [
    [
      { name: 'twice', topicId: noId },
      { name: null, topicId },
    ],
    [
      { name: null, topicId },
      { name: 'twice', topicId: noId },
      { name: null, topicId },
    ],
    [
      { name: null, topicId },
      { name: null, topicId },
    ],
  ]) {
    const { responses } = await client.ask(deleteTopics, 6, { topics });
    assert.deepEqual(
      responses.map(({ name, topicId: id, errorCode }) => ({ name, id, errorCode })),
      [{ name: 'twice', id: topicId, errorCode: ErrorCode.INVALID_REQUEST }],
    );
  }
  const older = await client.ask(deleteTopics, 4, { topicNames: ['twice', 'just-once', 'twice'] });
  assert.deepEqual(older.responses.map(({ name, errorCode }) => [name, errorCode]).sort(), [
    ['just-once', ErrorCode.NONE],
    ['twice', ErrorCode.INVALID_REQUEST],
  ]);
  assert.equal(await partitionsOf('twice'), 1);
});

test('a topic made again under the name of a deleted one has another id, no records and no committed offsets', async () => {
  const before = await made('phoenix');
  await client.produce('phoenix', 0, [{ value: 'old' }]);
  const partitions = [
    { partitionIndex: 0, committedOffset: 1, commitTimestamp: -1, committedLeaderEpoch: -1, committedMetadata: '' },
  ];
  await client.ask(offsetCommit, 8, {
    groupId: 'phoenix-readers',
    topics: [{ name: 'phoenix', topicId: noId, partitions }],
  });
  await client.ask(deleteTopics, 5, { topicNames: ['phoenix'] });
  const again = await made('phoenix');
  assert.notEqual(again.topicId, before.topicId);
  const { groups } = await client.ask(offsetFetch, 8, {
    groups: [{ groupId: 'phoenix-readers', memberId: null, memberEpoch: -1, topics: null }],
  });
  assert.deepEqual(groups[0]!.topics, []);
  assert.equal(await client.produce('phoenix', 0, [{ value: 'new' }]), 0);
});

test('the broker’s own topics cannot be deleted, grown or trimmed', async () => {
  const partitions = [
    { partitionIndex: 0, committedOffset: 0, commitTimestamp: -1, committedLeaderEpoch: -1, committedMetadata: '' },
  ];
  await made('internal-cause');
  await client.ask(offsetCommit, 8, { groupId: 'g', topics: [{ name: 'internal-cause', topicId: noId, partitions }] });
  const name = '__consumer_offsets';
  assert.equal(await partitionsOf(name), 50);
  const deleted = await client.ask(deleteTopics, 5, { topicNames: [name] });
  const grown = await client.ask(createPartitions, 3, { topics: [{ name, count: 60, assignments: null }] });
  const trimmed = await client.ask(deleteRecords, 2, {
    topics: [{ name, partitions: [{ partitionIndex: 0, offset: -1 }] }],
  });
  assert.equal(deleted.responses[0]!.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
  assert.equal(grown.results[0]!.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
  assert.equal(trimmed.topics[0]!.partitions[0]!.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
  assert.equal(await partitionsOf(name), 50);
});

for (const version of versionsOf(createPartitions)) {
  test(`CreatePartitions v${version} grows a topic to a total`, async () => {
    const name = `grown-${version}`;
    await made(name);
    const topics = [
      { name, count: 3, assignments: null },
      { name: 'never-there', count: 3, assignments: null },
    ];
    const tried = await client.ask(createPartitions, version, { topics, validateOnly: true });
    assert.equal(tried.results[0]!.errorCode, ErrorCode.NONE);
    assert.equal(await partitionsOf(name), 1);
    const { results } = await client.ask(createPartitions, version, { topics });
    assert.deepEqual(results[0], { name, errorCode: ErrorCode.NONE, errorMessage: null });
    assert.equal(results[1]!.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assert.equal(await partitionsOf(name), 3);
    assert.equal(await client.produce(name, 2, [{ value: 'there' }]), 0);
  });
}

test('CreatePartitions refuses what would not grow a topic, wrong assignments and a name that comes twice', async () => {
  await made('fixed', { numPartitions: 3 });
  for (const [count, assignments, code] of [
    [3, null, ErrorCode.INVALID_PARTITIONS],
    [2, null, ErrorCode.INVALID_PARTITIONS],
    [-1, null, ErrorCode.INVALID_PARTITIONS],
    [2_000_000_000, null, ErrorCode.INVALID_PARTITIONS],
    [5, [{ brokerIds: [1] }], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    [4, [{ brokerIds: [] }], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
  ] as const) {
    const topics = [
      { name: 'fixed', count, assignments: assignments?.map((each) => ({ brokerIds: [...each.brokerIds] })) ?? null },
    ];
    const { results } = await client.ask(createPartitions, 3, { topics });
    assert.equal(results[0]!.errorCode, code, `${count}`);
    assert.notEqual(results[0]!.errorMessage, null);
  }
  const twice = { name: 'fixed', count: 9, assignments: null };
  const { results } = await client.ask(createPartitions, 3, { topics: [twice, twice] });
  assert.deepEqual(
    results.map(({ errorCode }) => errorCode),
    [ErrorCode.INVALID_REQUEST],
  );
  assert.equal(await partitionsOf('fixed'), 3);
});

const resource = (resourceType: number, resourceName: string, keys: string[] | null = null) => ({
  resourceType,
  resourceName,
  configurationKeys: keys,
});

for (const version of versionsOf(describeConfigs)) {
  test(`DescribeConfigs v${version} tells every key of a topic, with its source where the version has one`, async () => {
    const name = `described-${version}`;
    await made(name, { configs: [{ name: 'cleanup.policy', value: 'delete' }] });
    const { results } = await client.ask(describeConfigs, version, {
      resources: [resource(2, name)],
      includeSynonyms: true,
      includeDocumentation: true,
    });
    const [result] = results;
    assert.equal(result!.errorCode, ErrorCode.NONE);
    assert.deepEqual(result!.configs.map((config) => config.name).sort(), Object.keys(topicKeys).sort());
    const byName = new Map(result!.configs.map((config) => [config.name, config]));
    const policy = byName.get('cleanup.policy')!;
    const segment = byName.get('segment.bytes')!;
    const index = byName.get('index.interval.bytes')!;
    assert.deepEqual([policy.value, segment.value, index.value], ['delete', '1048576', '4096']);
    assert.equal(policy.readOnly, false);
    if (version === 0) {
      assert.deepEqual([policy.isDefault, segment.isDefault, index.isDefault], [false, false, true]);
      return;
    }
    // Set to what is the default is set all the same.
    assert.deepEqual([policy.configSource, segment.configSource, index.configSource], [1, 4, 5]);
    assert.deepEqual(policy.synonyms, [
      { name: 'cleanup.policy', value: 'delete', source: 1 },
      { name: 'log.cleanup.policy', value: 'delete', source: 5 },
    ]);
    assert.deepEqual(segment.synonyms, [
      { name: 'log.segment.bytes', value: '1048576', source: 4 },
      { name: 'log.segment.bytes', value: '1073741824', source: 5 },
    ]);
    assert.deepEqual([policy.configType, segment.configType], version >= 3 ? [7, 3] : [0, 0]);
    assert.equal(policy.documentation, null);
  });

  test(`DescribeConfigs v${version} tells what holds for the broker`, async () => {
    const { results } = await client.ask(describeConfigs, version, { resources: [resource(4, '1')] });
    const values = new Map(results[0]!.configs.map((config) => [config.name, config]));
    assert.equal(values.get('auto.create.topics.enable')!.value, 'false');
    assert.equal(values.get('num.partitions')!.value, '2');
    assert.equal(values.get('default.replication.factor')!.value, '1');
    assert.equal(values.get('log.segment.bytes')!.value, '1048576');
    assert.equal(values.get('offsets.topic.num.partitions')!.value, '50');
    assert.equal(values.get('group.consumer.migration.policy')!.value, 'bidirectional');
    assert.equal(values.get('group.share.record.lock.duration.ms')!.value, '30000');
    assert.equal(values.get('message.max.bytes')!.value, '1048588');
    assert.equal(values.get('min.insync.replicas')!.value, '1');
    assert.ok(results[0]!.configs.every((config) => config.readOnly && config.synonyms.length === 0));
    if (version >= 1) {
      assert.equal(values.get('num.partitions')!.configSource, 4);
      assert.equal(values.get('message.max.bytes')!.configSource, 5);
    }
  });
}

test('DescribeConfigs tells each of several brokers under its own number', async () => {
  const several = await Served.start({ kafkaBrokers: 3 });
  try {
    const { results } = await (await several.client()).ask(describeConfigs, 4, {
      resources: ['1', '3', '4', '03'].map((name) => resource(4, name, ['broker.id', 'node.id'])),
    });
    assert.deepEqual(
      results.map(({ configs }) => configs.map(({ value }) => value)),
      [['1', '1'], ['3', '3'], [], []],
    );
    assert.equal(results[2]!.errorCode, ErrorCode.INVALID_REQUEST);
  } finally {
    await several.close();
  }
});

test('DescribeConfigs tells only the keys that are asked for, all of them for an empty list', async () => {
  await made('filtered');
  const { results } = await client.ask(describeConfigs, 4, {
    resources: [
      resource(2, 'filtered', ['cleanup.policy', 'colour']),
      resource(2, 'filtered', []),
      resource(4, '1', ['broker.id']),
    ],
  });
  assert.deepEqual(
    results[0]!.configs.map(({ name }) => name),
    ['cleanup.policy'],
  );
  assert.equal(results[1]!.configs.length, Object.keys(topicKeys).length);
  assert.deepEqual(
    results[2]!.configs.map(({ name, value }) => [name, value]),
    [['broker.id', '1']],
  );
});

test('DescribeConfigs refuses resources that are not there', async () => {
  const { results } = await client.ask(describeConfigs, 4, {
    resources: [
      resource(2, 'never-there'),
      resource(2, 'never/there'),
      resource(4, '7'),
      resource(4, ''),
      resource(99, ''),
    ],
  });
  assert.deepEqual(
    results.map(({ errorCode, errorMessage, configs }) => [errorCode, errorMessage !== null, configs.length]),
    [
      [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, true, 0],
      [ErrorCode.INVALID_TOPIC_EXCEPTION, true, 0],
      [ErrorCode.INVALID_REQUEST, true, 0],
      [ErrorCode.NONE, false, 0],
      [ErrorCode.INVALID_REQUEST, true, 0],
    ],
  );
  assert.equal(results[0]!.resourceName, 'never-there');
});

for (const version of versionsOf(describeCluster)) {
  test(`DescribeCluster v${version} tells the one broker and, when asked, what may be done`, async () => {
    const told = await client.ask(describeCluster, version, {});
    assert.equal(told.errorCode, ErrorCode.NONE);
    assert.equal(told.controllerId, 1);
    assert.match(told.clusterId, /^[\w-]{22}$/);
    assert.equal(told.clusterAuthorizedOperations, -(2 ** 31));
    const [broker, ...others] = told.brokers;
    assert.deepEqual([broker!.brokerId, broker!.host, broker!.rack, broker!.isFenced], [1, '127.0.0.1', null, false]);
    assert.equal(others.length, 0);
    const asked = await client.ask(describeCluster, version, { includeClusterAuthorizedOperations: true });
    assert.equal(asked.clusterAuthorizedOperations, 0b1_1111_1010_0000);
  });
}

test('DescribeCluster does not pass for a controller', async () => {
  const controllers = await client.ask(describeCluster, 1, { endpointType: 2 });
  assert.equal(controllers.errorCode, ErrorCode.MISMATCHED_ENDPOINT_TYPE);
  const unknown = await client.ask(describeCluster, 2, { endpointType: 3 });
  assert.equal(unknown.errorCode, ErrorCode.UNSUPPORTED_ENDPOINT_TYPE);
  assert.equal(unknown.brokers.length, 0);
});

for (const version of versionsOf(deleteRecords)) {
  test(`DeleteRecords v${version} moves the start of a partition`, async () => {
    const name = `trimmed-${version}`;
    await made(name, { configs: [{ name: 'cleanup.policy', value: 'compact,delete' }] });
    for (let at = 0; at < 4; at++) await client.produce(name, 0, [{ key: 'k', value: `${at}` }]);
    const trim = async (offset: number, partitionIndex = 0) => {
      const topics = [{ name, partitions: [{ partitionIndex, offset }] }];
      const response = await client.ask(deleteRecords, version, { topics });
      return response.topics[0]!.partitions[0]!;
    };
    const trimmed = await trim(2);
    assert.deepEqual(trimmed, { partitionIndex: 0, lowWatermark: 2, errorCode: ErrorCode.NONE });
    const partitions = [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -2, maxNumOffsets: 1 }];
    const { topics } = await client.ask(listOffsets, 5, { topics: [{ name, partitions }] });
    assert.equal(topics[0]!.partitions[0]!.offset, 2);
    assert.equal((await trim(1)).lowWatermark, 2, 'what is gone stays gone');
    assert.equal((await trim(-1)).lowWatermark, 4, '-1 is the high watermark');
    for (const offset of [5, -2]) {
      const refused = await trim(offset);
      assert.deepEqual([refused.errorCode, refused.lowWatermark], [ErrorCode.OFFSET_OUT_OF_RANGE, -1]);
    }
    assert.equal((await trim(0, 1)).errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  });
}

test('DeleteRecords leaves a topic alone that keeps its records by key', async () => {
  await made('by-key', { configs: [{ name: 'cleanup.policy', value: 'compact' }] });
  await client.produce('by-key', 0, [{ key: 'k', value: 'v' }]);
  const { topics } = await client.ask(deleteRecords, 2, {
    topics: [{ name: 'by-key', partitions: [{ partitionIndex: 0, offset: -1 }] }],
  });
  assert.equal(topics[0]!.partitions[0]!.errorCode, ErrorCode.POLICY_VIOLATION);
});
