import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import kafkajs from 'kafkajs';
import { BatchBuilder } from '../../src/log/records.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { WireClient } from '../kafka/harness.js';
import {
  createPartitions,
  createTopics,
  deleteGroups,
  deleteRecords,
  deleteTopics,
  describeCluster,
  describeConfigs,
  describeGroups,
  findCoordinator,
  heartbeat,
  initProducerId,
  joinGroup,
  leaveGroup,
  listGroups,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  produce,
  syncGroup,
} from '../kafka/wire-apis.js';
import { incrementalAlterConfigs } from '../kafka-admin/admin-apis.js';
import { consumerGroupDescribe, consumerGroupHeartbeat } from '../kafka-groups/wire-apis.js';
import { shareGroupDescribe, shareGroupHeartbeat } from '../kafka-share/share-apis.js';
import { adminPassword, Secured } from './secured.js';
import {
  alterClientQuotas,
  alterUserScramCredentials,
  describeClientQuotas,
  describeUserScramCredentials,
  saslAuthenticate,
  saslHandshake,
} from './wire.js';

const noId = '0'.repeat(32);
const {
  NONE,
  TOPIC_AUTHORIZATION_FAILED: topic,
  GROUP_AUTHORIZATION_FAILED: group,
  CLUSTER_AUTHORIZATION_FAILED: cluster,
} = ErrorCode;

async function connected(context: TestContext, secured: Secured, name: string, password: string): Promise<WireClient> {
  const client = await WireClient.connect(secured.naru.kafka.brokers[0]!);
  context.after(() => client.close());
  await client.ask(saslHandshake, 1, { mechanism: 'PLAIN' });
  const answer = await client.ask(saslAuthenticate, 2, { authBytes: Buffer.from(`\0${name}\0${password}`) });
  assert.equal(answer.errorCode, NONE);
  return client;
}

async function alice(context: TestContext): Promise<{ secured: Secured; client: WireClient; topicId: string }> {
  const secured = await Secured.start(context);
  await secured.user('alice', 'wonderland');
  const admin = await secured.admin();
  await admin.createTopics({ topics: [{ topic: 'orders' }] });
  const root = await connected(context, secured, 'admin', adminPassword);
  const named = [{ name: 'orders', topicId: noId }];
  const { topics } = await root.ask(metadata, 12, { topics: named, includeTopicAuthorizedOperations: true });
  assert.equal(topics[0]!.topicAuthorizedOperations, 0b110111111000, 'an administrator may do all that there is');
  return { secured, client: await connected(context, secured, 'alice', 'wonderland'), topicId: topics[0]!.topicId };
}

test('what is not allowed is refused on every API with the code of its resource', async (context) => {
  const { client: c, topicId } = await alice(context);
  const records = new BatchBuilder();
  records.add(null, Buffer.from('v'), 1);
  const produced = await c.ask(produce, 9, {
    acks: -1,
    topicData: [{ name: 'orders', topicId: noId, partitionData: [{ index: 0, records: records.build() }] }],
  });
  assert.equal(produced.responses[0]!.partitionResponses[0]!.errorCode, topic);
  const listed = await c.ask(listOffsets, 5, {
    topics: [
      {
        name: 'orders',
        partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1, maxNumOffsets: 1 }],
      },
    ],
  });
  assert.equal(listed.topics[0]!.partitions[0]!.errorCode, topic);
  const named = await c.ask(metadata, 12, { topics: ['orders', 'none'].map((name) => ({ name, topicId: noId })) });
  assert.deepEqual(
    named.topics.map(({ errorCode, partitions }) => [errorCode, partitions.length]),
    [
      [topic, 0],
      [topic, 0],
    ],
    'one that is there looks like one that is not',
  );
  const byId = await c.ask(metadata, 12, { topics: [{ name: null, topicId }] });
  assert.deepEqual([byId.topics[0]!.errorCode, byId.topics[0]!.name], [topic, null], 'an id does not give a name away');
  assert.deepEqual((await c.ask(metadata, 12, { topics: null })).topics, []);
  const commit = await c.ask(offsetCommit, 7, {
    groupId: 'g',
    topics: [
      {
        name: 'orders',
        topicId: noId,
        partitions: [
          { partitionIndex: 0, committedOffset: 0, committedLeaderEpoch: -1, committedMetadata: null } as never,
        ],
      },
    ],
  });
  assert.equal(commit.topics[0]!.partitions[0]!.errorCode, group);
  assert.equal((await c.ask(offsetFetch, 7, { groupId: 'g', topics: null })).errorCode, group);
  const fetched = await c.ask(offsetFetch, 8, { groups: [{ groupId: 'g', topics: null } as never] });
  assert.equal(fetched.groups[0]!.errorCode, group);
  assert.equal((await c.ask(findCoordinator, 3, { key: 'g', keyType: 0 })).errorCode, group);
  assert.equal((await c.ask(joinGroup, 5, { groupId: 'g', protocolType: 'consumer' })).errorCode, group);
  assert.equal((await c.ask(heartbeat, 3, { groupId: 'g' })).errorCode, group);
  assert.equal((await c.ask(leaveGroup, 2, { groupId: 'g' })).errorCode, group);
  assert.equal((await c.ask(syncGroup, 3, { groupId: 'g' })).errorCode, group);
  assert.equal((await c.ask(describeGroups, 4, { groups: ['g'] })).groups[0]!.errorCode, group);
  assert.deepEqual((await c.ask(listGroups, 4, {})).groups, []);
  assert.equal((await c.ask(deleteGroups, 2, { groupsNames: ['g'] })).results[0]!.errorCode, group);
  const asked = { name: 'new', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
  assert.equal((await c.ask(createTopics, 7, { topics: [asked] })).topics[0]!.errorCode, topic);
  const removal = await c.ask(deleteTopics, 6, { topics: [{ name: null, topicId }] });
  assert.deepEqual([removal.responses[0]!.errorCode, removal.responses[0]!.name], [topic, null]);
  const trimmed = await c.ask(deleteRecords, 2, {
    topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, offset: 0 }] }],
  });
  assert.equal(trimmed.topics[0]!.partitions[0]!.errorCode, topic);
  const grown = await c.ask(createPartitions, 3, { topics: [{ name: 'orders', count: 2, assignments: null }] });
  assert.equal(grown.results[0]!.errorCode, topic);
  assert.equal(
    (await c.ask(initProducerId, 4, { transactionalId: null, producerId: -1, producerEpoch: -1 })).errorCode,
    cluster,
  );
  const configs = await c.ask(describeConfigs, 4, {
    resources: [
      { resourceType: 2, resourceName: 'orders', configurationKeys: null },
      { resourceType: 4, resourceName: '1', configurationKeys: null },
      { resourceType: 32, resourceName: 'g', configurationKeys: null },
    ],
  });
  assert.deepEqual(
    configs.results.map(({ errorCode }) => errorCode),
    [topic, cluster, group],
  );
  const change = { resourceType: 32, resourceName: 'g', configs: [] };
  assert.equal((await c.ask(incrementalAlterConfigs, 1, { resources: [change] })).responses[0]!.errorCode, group);
  assert.equal((await c.ask(describeClientQuotas, 1, {})).errorCode, cluster);
  const quota = { entity: [{ entityType: 'user', entityName: 'alice' }], ops: [] };
  assert.equal((await c.ask(alterClientQuotas, 1, { entries: [quota] })).entries[0]!.errorCode, cluster);
  assert.equal((await c.ask(describeUserScramCredentials, 0, { users: null })).errorCode, cluster);
  const deletions = [{ name: 'admin', mechanism: 1 }];
  assert.equal((await c.ask(alterUserScramCredentials, 0, { deletions })).results[0]!.errorCode, cluster);
});

test('the operations that are told are those that are allowed', async (context) => {
  const { secured, client } = await alice(context);
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
  const admin = await secured.admin();
  await admin.createAcls({
    acl: [
      [AclResourceTypes.TOPIC, 'orders', AclOperationTypes.WRITE],
      [AclResourceTypes.GROUP, 'g', AclOperationTypes.READ],
      [AclResourceTypes.CLUSTER, 'kafka-cluster', AclOperationTypes.ALTER_CONFIGS],
    ].map(([resourceType, resourceName, operation]) => ({
      resourceType: resourceType as never,
      resourceName: resourceName as string,
      operation: operation as never,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: 'User:alice',
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
    })),
  });
  const [read, write, describe, describeConfigsBit, alterConfigs] = [3, 4, 8, 10, 11].map(
    (bit) => 1 << bit,
  ) as never as [number, number, number, number, number];
  const told = await client.ask(metadata, 10, {
    topics: [{ name: 'orders', topicId: noId }],
    includeTopicAuthorizedOperations: true,
    includeClusterAuthorizedOperations: true,
  });
  assert.equal(told.topics[0]!.topicAuthorizedOperations, write | describe);
  assert.equal(told.clusterAuthorizedOperations, describeConfigsBit | alterConfigs);
  const described = await client.ask(describeGroups, 5, { groups: ['g'], includeAuthorizedOperations: true });
  assert.equal(described.groups[0]!.authorizedOperations, read | describe);
  const about = await client.ask(describeCluster, 1, { includeClusterAuthorizedOperations: true, endpointType: 1 });
  assert.equal(about.clusterAuthorizedOperations, describeConfigsBit | alterConfigs);
});

test('an expression that a member of a consumer group reads by matches only topics that it may know of', async (context) => {
  const { secured, client, topicId } = await alice(context);
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
  const admin = await secured.admin();
  await admin.createTopics({ topics: [{ topic: 'secret' }] });
  const allowed = [
    [AclResourceTypes.TOPIC, 'orders', AclOperationTypes.DESCRIBE],
    [AclResourceTypes.GROUP, 'g', AclOperationTypes.READ],
  ] as const;
  await admin.createAcls({
    acl: allowed.map(([resourceType, resourceName, operation]) => ({
      resourceType,
      resourceName,
      operation,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: 'User:alice',
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
    })),
  });
  const joined = await client.ask(consumerGroupHeartbeat, 1, {
    groupId: 'g',
    memberId: 'm',
    memberEpoch: 0,
    rebalanceTimeoutMs: 1000,
    subscribedTopicRegex: '.*',
    topicPartitions: [],
  });
  assert.equal(joined.errorCode, NONE);
  assert.deepEqual(
    joined.assignment!.topicPartitions.map((each) => each.topicId),
    [topicId],
  );
});

test('a group that reads what may not be known of is not described, and what it reads stays unknown', async (context) => {
  const { secured, client } = await alice(context);
  const root = await connected(context, secured, 'admin', adminPassword);
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
  const admin = await secured.admin();
  await admin.createTopics({ topics: [{ topic: 'secret' }] });
  const allow = async (resourceType: number, resourceName: string): Promise<void> => {
    const operation = AclOperationTypes.DESCRIBE;
    const resourcePatternType = ResourcePatternTypes.PREFIXED;
    const who = { principal: 'User:alice', host: '*', permissionType: AclPermissionTypes.ALLOW };
    await admin.createAcls({
      acl: [{ resourceType: resourceType as never, resourceName, operation, resourcePatternType, ...who }],
    });
  };
  await allow(AclResourceTypes.GROUP, 'g');
  await root.ask(consumerGroupHeartbeat, 1, {
    groupId: 'g-consumers',
    memberId: 'm',
    memberEpoch: 0,
    rebalanceTimeoutMs: 1000,
    subscribedTopicNames: ['secret'],
    topicPartitions: [],
  });
  await root.ask(shareGroupHeartbeat, 1, {
    groupId: 'g-sharers',
    memberId: 'm',
    memberEpoch: 0,
    subscribedTopicNames: ['secret'],
  });
  const described = async (): Promise<(readonly [number, number])[]> => {
    const consumers = await client.ask(consumerGroupDescribe, 1, { groupIds: ['g-consumers'] });
    const sharers = await client.ask(shareGroupDescribe, 1, { groupIds: ['g-sharers'] });
    return [...consumers.groups, ...sharers.groups].map(({ errorCode, members }) => [errorCode, members.length]);
  };
  assert.deepEqual(await described(), [
    [topic, 0],
    [topic, 0],
  ]);
  await allow(AclResourceTypes.TOPIC, 'sec');
  assert.deepEqual(await described(), [
    [NONE, 1],
    [NONE, 1],
  ]);
});
