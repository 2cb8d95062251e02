import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Consumer as NewConsumer, stringDeserializers } from '@platformatic/kafka';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { Served, type WireClient } from '../kafka/harness.js';
import { createTopics, describeGroups, listGroups, offsetCommit } from '../kafka/wire-apis.js';
import { incrementalAlterConfigs } from '../kafka-admin/admin-apis.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import { consumerGroupDescribe } from './wire-apis.js';

/**
 * A group moves from the classic protocol to that of KIP-848 and back, one member at a time and without a stop, with
 * kafkajs on the one side and @platformatic/kafka on the other, both unmodified.
 */

const groupId = 'moving';
const topic = 'orders';
const noId = '0'.repeat(32);

let served: Served;
let client: WireClient;
const read = new Set<string>();
const open: (() => Promise<unknown>)[] = [];

before(async () => {
  served = await Served.start({ groupInitialRebalanceDelayMs: 0 });
  client = await served.client();
  const asked = { ...newCreatableTopic(), name: topic, numPartitions: 4, replicationFactor: 1 };
  await client.ask(createTopics, 7, { topics: [asked] });
  const configs = [{ name: 'consumer.heartbeat.interval.ms', configOperation: 0, value: '50' }];
  const resources = [{ resourceType: 32, resourceName: groupId, configs }];
  const { responses } = await client.ask(incrementalAlterConfigs, 1, { resources });
  assert.equal(responses[0]!.errorCode, ErrorCode.NONE);
});

after(async () => {
  for (const close of open) await close();
  await served.close();
});

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    assert.ok(tries < 500, `waited long enough for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** One to each partition. */
async function send(round: string): Promise<void> {
  for (const partition of [0, 1, 2, 3]) await client.produce(topic, partition, [{ value: `${round}-${partition}` }]);
}

async function everythingIsRead(round: string): Promise<void> {
  await until(`${round} is read`, () => [0, 1, 2, 3].every((partition) => read.has(`${round}-${partition}`)));
}

interface Reader {
  partitions(): number[];
  close(): Promise<unknown>;
}

/** Of the classic protocol, eagerly: it gives everything up before each generation. */
async function classicReader(): Promise<Reader> {
  const kafka = new Kafka({ clientId: 'old', brokers: served.naru.kafka.brokers, logLevel: logLevel.NOTHING });
  const consumer: Consumer = kafka.consumer({
    groupId,
    heartbeatInterval: 50,
    maxWaitTimeInMs: 50,
    sessionTimeout: 10_000,
  });
  open.push(() => consumer.disconnect());
  let partitions: number[] = [];
  consumer.on('consumer.group_join', ({ payload }) => {
    partitions = payload.memberAssignment[topic] ?? [];
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void read.add(String(message.value)) });
  return { partitions: () => partitions, close: () => consumer.disconnect() };
}

async function newReader(): Promise<Reader> {
  const consumer = new NewConsumer({
    groupId,
    clientId: 'new',
    groupProtocol: 'consumer',
    bootstrapBrokers: served.naru.kafka.brokers,
    deserializers: stringDeserializers,
    maxWaitTime: 50,
  });
  open.push(async () => (consumer.closed ? undefined : consumer.close(true)));
  const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest' });
  stream.on('data', ({ value }) => read.add(String(value)));
  stream.on('error', () => {});
  return {
    partitions: () => consumer.assignments?.flatMap(({ partitions }) => partitions) ?? [],
    close: async () => consumer.close(true),
  };
}

async function kindOf(): Promise<string> {
  const { groups } = await client.ask(listGroups, 5, {});
  return groups.find((group) => group.groupId === groupId)?.groupType ?? 'none';
}

function shared(...readers: Reader[]): boolean {
  const parts = readers.map((reader) => reader.partitions());
  return parts.every((part) => part.length === 4 / readers.length) && new Set(parts.flat()).size === 4;
}

test('a group moves from the classic protocol to the new one and back while its members read', {
  timeout: 60_000,
}, async () => {
  const old = [await classicReader(), await classicReader()] as const;
  await until('two old ones share', () => shared(...old));
  assert.equal(await kindOf(), 'classic');
  await send('both old');
  await everythingIsRead('both old');

  const first = await newReader();
  await until('the group is of the new kind', async () => (await kindOf()) === 'consumer');
  await until('three share', () => [...old, first].every((reader) => reader.partitions().length > 0));
  const { groups } = await client.ask(consumerGroupDescribe, 1, { groupIds: [groupId] });
  assert.deepEqual(groups[0]!.members.map(({ memberType }) => memberType).sort(), [0, 0, 1]);
  await send('mixed');
  await everythingIsRead('mixed');

  await old[0].close();
  const second = await newReader();
  await old[1].close();
  await until('two new ones share', () => shared(first, second));
  await send('both new');
  await everythingIsRead('both new');
  assert.equal(await kindOf(), 'consumer');

  const back = await classicReader();
  await until('a part for who came back', () => back.partitions().length > 0);
  await first.close();
  await second.close();
  await until('the group is classic again', async () => (await kindOf()) === 'classic');
  await until('all for who came back', () => shared(back));
  await send('old again');
  await everythingIsRead('old again');
  const described = await client.ask(describeGroups, 5, { groups: [groupId] });
  assert.equal(described.groups[0]!.groupState, 'Stable');
  // Nobody from outside commits for a group that has members, of whatever kind.
  const partition = { partitionIndex: 0, committedOffset: 0, commitTimestamp: -1, committedLeaderEpoch: -1 };
  const topics = [{ name: topic, topicId: noId, partitions: [{ ...partition, committedMetadata: '' }] }];
  const outside = await client.ask(offsetCommit, 8, { groupId, topics });
  assert.equal(outside.topics[0]!.partitions[0]!.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});
