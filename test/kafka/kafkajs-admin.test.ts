import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Admin, type ConfigResourceTypes, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { Served } from './harness.js';

/** What an administrator does with kafkajs, unmodified. */

/** kafkajs exports the type alone. */
const topicResource: ConfigResourceTypes.TOPIC = 2;

let served: Served;
let kafka: Kafka;
let admin: Admin;
let producer: Producer;

before(async () => {
  served = await Served.start();
  kafka = new Kafka({ clientId: 'admin', brokers: served.naru.kafka.brokers, logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
});

after(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await served.close();
});

async function create(topic: string, numPartitions = 1): Promise<void> {
  assert.equal(await admin.createTopics({ topics: [{ topic, numPartitions }] }), true);
}

test('topics are made, found, grown and deleted', async () => {
  await create('things', 3);
  assert.equal(await admin.createTopics({ topics: [{ topic: 'things' }] }), false, 'it is there already');
  assert.ok((await admin.listTopics()).includes('things'));
  const { topics } = await admin.fetchTopicMetadata({ topics: ['things'] });
  assert.deepEqual(topics[0]!.partitions.map(({ partitionId }) => partitionId).sort(), [0, 1, 2]);
  assert.deepEqual(topics[0]!.partitions[0]!.isr, [1]);
  await admin.createPartitions({ topicPartitions: [{ topic: 'things', count: 5 }] });
  assert.equal((await admin.fetchTopicOffsets('things')).length, 5);
  await admin.deleteTopics({ topics: ['things'] });
  assert.equal((await admin.listTopics()).includes('things'), false);
});

test('a try to make a topic is checked and makes none', async () => {
  const tried = { topics: [{ topic: 'only-tried' }], validateOnly: true, waitForLeaders: false };
  assert.equal(await admin.createTopics(tried), true);
  assert.equal((await admin.listTopics()).includes('only-tried'), false);
  const bad = { topic: 'only-tried', configEntries: [{ name: 'colour', value: 'red' }] };
  await assert.rejects(admin.createTopics({ topics: [bad] }), { message: 'Topic creation errors' });
});

test('the configuration of a topic can be read, whole or in part', async () => {
  const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
  await admin.createTopics({ topics: [{ topic: 'configured', configEntries }] });
  const topic = { type: topicResource, name: 'configured' };
  const part = await admin.describeConfigs({
    resources: [{ ...topic, configNames: ['cleanup.policy'] }],
    includeSynonyms: false,
  });
  assert.deepEqual(
    part.resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]),
    [['cleanup.policy', 'compact']],
  );
  const all = await admin.describeConfigs({ resources: [topic], includeSynonyms: true });
  assert.ok(all.resources[0]!.configEntries.length > 30);
});

test('the cluster is described as the one broker it is', async () => {
  const { brokers, controller, clusterId } = await admin.describeCluster();
  assert.deepEqual(
    brokers.map(({ nodeId, host, port }) => [nodeId, `${host}:${port}`]),
    [[1, served.naru.kafka.brokers[0]]],
  );
  assert.equal(controller, 1);
  assert.equal(clusterId.length, 22);
});

test('offsets are found at the ends and by time', async () => {
  await create('by-time');
  for (const timestamp of ['1000', '2000', '3000']) {
    await producer.send({ topic: 'by-time', messages: [{ value: timestamp, timestamp }] });
  }
  assert.deepEqual(await admin.fetchTopicOffsets('by-time'), [{ partition: 0, offset: '3', high: '3', low: '0' }]);
  assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp('by-time', 1500), [{ partition: 0, offset: '1' }]);
  // After the last one kafkajs itself asks for the end.
  assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp('by-time', 9000), [{ partition: 0, offset: '3' }]);
});

test('records are deleted up to an offset', async () => {
  await create('shortened');
  await producer.send({ topic: 'shortened', messages: Array.from({ length: 5 }, (_, at) => ({ value: `${at}` })) });
  // kafkajs looks for the leader among the topics it was asked about before.
  await admin.fetchTopicOffsets('shortened');
  await admin.deleteTopicRecords({ topic: 'shortened', partitions: [{ partition: 0, offset: '3' }] });
  assert.deepEqual(await admin.fetchTopicOffsets('shortened'), [{ partition: 0, offset: '5', high: '5', low: '3' }]);
  await admin.deleteTopicRecords({ topic: 'shortened', partitions: [{ partition: 0, offset: '-1' }] });
  assert.equal((await admin.fetchTopicOffsets('shortened'))[0]!.low, '5');
});

test('offsets of a group are set and reset to either end', async () => {
  await create('positions', 2);
  const topic = 'positions';
  const committed = async (groupId: string): Promise<string[]> => {
    const [fetched] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return fetched!.partitions.map(({ partition, offset }) => `${partition}: ${offset}`).sort();
  };
  assert.deepEqual(await committed('set'), ['0: -1', '1: -1']);
  const partitions = [
    { partition: 0, offset: '7' },
    { partition: 1, offset: '9' },
  ];
  // At the same time: with nothing to fetch, the consumer that kafkajs runs for each sleeps five seconds in its end.
  await Promise.all([
    admin.setOffsets({ groupId: 'set', topic, partitions }),
    admin.resetOffsets({ groupId: 'rewound', topic, earliest: true }),
  ]);
  assert.deepEqual(await committed('set'), ['0: 7', '1: 9']);
  assert.deepEqual(await committed('rewound'), ['0: -2', '1: -2']);
});
