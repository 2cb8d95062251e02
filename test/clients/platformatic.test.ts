import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  Admin,
  Consumer,
  type ConsumerOptions,
  type MessagesStream,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** @platformatic/kafka, unmodified: it speaks only the newest versions, so it tries what kafkajs never asks for. */

type Strings = MessagesStream<string, string, string, string>;

let naru: RunningNaru;
let bootstrapBrokers: string[];
let admin: Admin;

before(async () => {
  naru = await startNaru({ memory: true, http: false });
  bootstrapBrokers = naru.kafka.brokers;
  admin = new Admin({ clientId: 'admin', bootstrapBrokers });
});

after(async () => {
  await admin.close();
  await naru.close();
});

function producer(transactionalId?: string): Producer<string, string, string, string> {
  const transactional = transactionalId === undefined ? {} : { idempotent: true, transactionalId };
  return new Producer({ clientId: 'producer', bootstrapBrokers, serializers: stringSerializers, ...transactional });
}

function consumer(
  groupId: string,
  groupProtocol: 'classic' | 'consumer',
  more: Partial<ConsumerOptions<string, string, string, string>> = {},
): Consumer<string, string, string, string> {
  const options = { groupId, clientId: 'consumer', bootstrapBrokers, deserializers: stringDeserializers };
  return new Consumer({ ...options, groupProtocol, maxWaitTime: 100, ...more } as ConsumerOptions<
    string,
    string,
    string,
    string
  >);
}

async function topicWith(name: string, partitions: number, values: readonly string[]): Promise<void> {
  await admin.createTopics({ topics: [name], partitions, replicas: 1 });
  const writer = producer();
  if (values.length > 0) {
    await writer.send({ messages: values.map((value) => ({ topic: name, key: value, value })), acks: -1 });
  }
  await writer.close();
}

/** Takes `count` messages, commits the last of each, and stops reading. */
async function take(stream: Strings, count: number): Promise<string[]> {
  const values: string[] = [];
  for await (const message of stream) {
    values.push(message.value);
    await message.commit();
    if (values.length === count) break;
  }
  return values.sort();
}

const values = Array.from({ length: 30 }, (_, index) => `v${String(index).padStart(2, '0')}`);

for (const groupProtocol of ['classic', 'consumer'] as const) {
  test(`a ${groupProtocol} group reads everything, and goes on where it committed`, async () => {
    const topic = `all-${groupProtocol}`;
    await topicWith(topic, 4, values);
    const first = consumer(`g-${topic}`, groupProtocol);
    const stream = await first.consume({ topics: [topic], mode: 'earliest', autocommit: false });
    assert.deepEqual(await take(stream, values.length), values);
    const groups = await admin.listGroups({ types: ['classic', 'consumer'] });
    assert.equal(groups.get(`g-${topic}`)?.groupType, groupProtocol);
    assert.equal(groups.get(`g-${topic}`)?.state, 'STABLE');
    await first.close(true);

    const writer = producer();
    await writer.send({ messages: [{ topic, key: 'k', value: 'afterwards' }], acks: -1 });
    await writer.close();
    const second = consumer(`g-${topic}`, groupProtocol);
    const going = await second.consume({ topics: [topic], mode: 'committed', autocommit: false });
    assert.deepEqual(await take(going, 1), ['afterwards']);
    await second.close(true);
  });
}

test('a group changes over from the classic protocol to the new one, and back, while nobody is in it', async () => {
  await topicWith('moving', 2, values);
  for (const [at, groupProtocol] of (['classic', 'consumer', 'classic'] as const).entries()) {
    const reader = consumer('g-moving', groupProtocol);
    const mode = at === 0 ? 'earliest' : 'committed';
    const stream = await reader.consume({ topics: ['moving'], mode, fallbackMode: 'earliest', autocommit: false });
    assert.equal((await take(stream, 10)).length, 10);
    await reader.close(true);
  }
  const [group] = await admin.listConsumerGroupOffsets({ groups: ['g-moving'] });
  const committed = group!.topics[0]!.partitions.reduce((sum, { committedOffset }) => sum + Number(committedOffset), 0);
  assert.equal(committed, values.length, 'each message was taken once');
});

test('two members of a new group share a topic, and the one that stays gets all of it', {
  timeout: 60_000,
}, async () => {
  await topicWith('shared', 4, []);
  const members = [consumer('g-shared', 'consumer'), consumer('g-shared', 'consumer')] as const;
  const partitionsOf = (at: 0 | 1): number => members[at].assignments?.[0]?.partitions.length ?? 0;
  const failures: Error[] = [];
  for (const member of members) {
    const stream = await member.consume({ topics: ['shared'], mode: 'latest' });
    // One that is closed while it asks for the offsets of what it was just assigned says so.
    stream.on('error', (error: Error) => member.closed || failures.push(error));
  }
  await until(() => partitionsOf(0) === 2 && partitionsOf(1) === 2);
  const both = members.flatMap(({ assignments }) => assignments?.flatMap(({ partitions }) => partitions) ?? []);
  assert.deepEqual(both.sort(), [0, 1, 2, 3]);
  await members[1].close(true);
  await until(() => partitionsOf(0) === 4);
  await members[0].close(true);
  assert.deepEqual(failures, []);
});

/** The group moves at the pace of its members' heartbeats. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('what a transaction writes is read when it commits, and never when it is aborted', async () => {
  await topicWith('exactly', 1, []);
  const writer = producer('transfers');
  for (const [value, ending] of [
    ['kept', 'commit'],
    ['dropped', 'abort'],
    ['kept too', 'commit'],
  ] as const) {
    const transaction = await writer.beginTransaction();
    await transaction.send({ messages: [{ topic: 'exactly', key: 'k', value }] });
    await transaction[ending]();
  }
  await writer.close();
  const reader = consumer('g-exactly', 'consumer');
  const stream = await reader.consume({ topics: ['exactly'], mode: 'earliest', autocommit: false, isolationLevel: 1 });
  assert.deepEqual(await take(stream, 2), ['kept', 'kept too']);
  await reader.close(true);
});

test('every compression of the client comes through, and headers too', async () => {
  await topicWith('pressed', 1, []);
  const writer = producer();
  for (const compression of ['none', 'gzip', 'snappy', 'lz4'] as const) {
    const headers = { how: compression };
    const value = compression.padEnd(500, '.');
    await writer.send({ compression, messages: [{ topic: 'pressed', key: 'k', value, headers }] });
  }
  await writer.close();
  const reader = consumer('g-pressed', 'consumer');
  const stream = await reader.consume({ topics: ['pressed'], mode: 'earliest', autocommit: false });
  const seen: string[] = [];
  for await (const message of stream) {
    assert.equal(message.value, message.headers.get('how')!.padEnd(500, '.'));
    seen.push(message.headers.get('how')!);
    if (seen.length === 4) break;
  }
  assert.deepEqual(seen, ['none', 'gzip', 'snappy', 'lz4']);
  await reader.close(true);
});

test('topics, groups and offsets are administered', async () => {
  await topicWith('managed', 1, values);
  await admin.createPartitions({ topics: [{ name: 'managed', count: 3, assignments: null }] });
  const metadata = await admin.metadata({ topics: ['managed'] });
  assert.equal(metadata.topics.get('managed')?.partitionsCount, 3);
  const reader = consumer('g-managed', 'consumer');
  const stream = await reader.consume({ topics: ['managed'], mode: 'earliest', autocommit: false });
  await take(stream, values.length);
  const topics = [{ name: 'managed', partitionIndexes: [0] }];
  await assert.rejects(admin.deleteGroups({ groups: ['g-managed'] }), 'somebody is in it');
  await reader.close(true);
  const partitionOffsets = [{ partition: 0, offset: 7n }];
  await admin.alterConsumerGroupOffsets({ groupId: 'g-managed', topics: [{ name: 'managed', partitionOffsets }] });
  const [altered] = await admin.listConsumerGroupOffsets({ groups: ['g-managed'] });
  assert.equal(altered!.topics[0]!.partitions[0]!.committedOffset, 7n);
  await admin.deleteConsumerGroupOffsets({ groupId: 'g-managed', topics });
  const [deleted] = await admin.listConsumerGroupOffsets({ groups: ['g-managed'] });
  assert.deepEqual(deleted!.topics, []);
  await admin.deleteGroups({ groups: ['g-managed'] });
  await admin.deleteTopics({ topics: ['managed'] });
  assert.ok(!(await admin.listTopics()).includes('managed'));
});
