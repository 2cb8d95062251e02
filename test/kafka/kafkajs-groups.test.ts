import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, before, test } from 'node:test';
import { type Admin, AssignerProtocol, type Consumer, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { Served } from './harness.js';

/** Consumers of kafkajs, unmodified, that share the partitions of a topic. */

let served: Served;
let kafka: Kafka;
let admin: Admin;
let producer: Producer;
const consumers = new Set<Consumer>();

before(async () => {
  served = await Served.start();
  const { brokers } = served.naru.kafka;
  kafka = new Kafka({ clientId: 'sharing', brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 20 } });
  admin = kafka.admin();
  producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
});

after(async () => {
  await Promise.all([...consumers].map((consumer) => consumer.disconnect()));
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await served.close();
});

async function create(topic: string, numPartitions: number): Promise<void> {
  await admin.createTopics({ topics: [{ topic, numPartitions }] });
}

async function send(topic: string, partition: number, ...values: string[]): Promise<void> {
  await producer.send({ topic, messages: values.map((value) => ({ partition, value })) });
}

/** A consumer that runs, what it was given to read, and what it has read. */
class Reader {
  readonly consumer: Consumer;
  readonly read: string[] = [];
  partitions: number[] = [];
  private readonly changes = new EventEmitter();

  private constructor(groupId: string, topic: string) {
    this.consumer = kafka.consumer({ groupId, heartbeatInterval: 20, maxWaitTimeInMs: 50, sessionTimeout: 10_000 });
    consumers.add(this.consumer);
    this.consumer.on('consumer.group_join', ({ payload }) => {
      this.partitions = payload.memberAssignment[topic] ?? [];
      this.changes.emit('change');
    });
  }

  static async start(groupId: string, topic: string): Promise<Reader> {
    const reader = new Reader(groupId, topic);
    await reader.consumer.connect();
    await reader.consumer.subscribe({ topic, fromBeginning: true });
    await reader.consumer.run({
      eachMessage: async ({ message }) => {
        reader.read.push(String(message.value));
        reader.changes.emit('change');
      },
    });
    return reader;
  }

  async until(reached: (reader: Reader) => boolean): Promise<void> {
    while (!reached(this)) await once(this.changes, 'change');
  }

  /** As kafkajs does it: what was read is committed first. */
  async leave(): Promise<void> {
    consumers.delete(this.consumer);
    await this.consumer.disconnect();
  }
}

test('two consumers share the partitions, and one takes over when the other leaves', async () => {
  await create('shared', 2);
  const first = await Reader.start('sharing', 'shared');
  await first.until(({ partitions }) => partitions.length === 2);
  const second = await Reader.start('sharing', 'shared');
  await Promise.all([
    first.until(({ partitions }) => partitions.length === 1),
    second.until(({ partitions }) => partitions.length === 1),
  ]);
  assert.deepEqual([...first.partitions, ...second.partitions].sort(), [0, 1]);
  await send('shared', 0, 'zero');
  await send('shared', 1, 'one');
  await Promise.all([first, second].map((reader) => reader.until(({ read }) => read.length === 1)));
  assert.deepEqual([...first.read, ...second.read].sort(), ['one', 'zero']);
  const before = first.read[0]!;
  await second.leave();
  await first.until(({ partitions }) => partitions.length === 2);
  await send('shared', 0, 'zero again');
  await send('shared', 1, 'one again');
  await first.until(({ read }) => read.length === 3);
  assert.deepEqual([...first.read].sort(), [before, 'one again', 'zero again'].sort(), 'nothing twice');
  await first.leave();
});

test('a consumer that comes later goes on where the group has committed', async () => {
  await create('continued', 1);
  await send('continued', 0, 'a', 'b');
  const first = await Reader.start('continuing', 'continued');
  await first.until(({ read }) => read.length === 2);
  await first.leave();
  const [committed] = await admin.fetchOffsets({ groupId: 'continuing', topics: ['continued'] });
  assert.equal(committed!.partitions[0]!.offset, '2');
  await send('continued', 0, 'c');
  const second = await Reader.start('continuing', 'continued');
  await second.until(({ read }) => read.length === 1);
  assert.deepEqual(second.read, ['c']);
  await second.leave();
});

test('a group is described with its members and what they read, listed, and deleted when it is empty', async () => {
  await create('watched', 1);
  const reader = await Reader.start('watching', 'watched');
  await reader.until(({ partitions }) => partitions.length === 1);
  const { groups } = await admin.describeGroups(['watching']);
  const [group] = groups;
  assert.deepEqual([group!.state, group!.protocolType, group!.protocol], ['Stable', 'consumer', 'RoundRobinAssigner']);
  const [member] = group!.members;
  assert.deepEqual([member!.clientId, member!.clientHost], ['sharing', '/127.0.0.1']);
  assert.deepEqual(AssignerProtocol.MemberMetadata.decode(member!.memberMetadata)!.topics, ['watched']);
  assert.deepEqual(AssignerProtocol.MemberAssignment.decode(member!.memberAssignment)!.assignment, { watched: [0] });
  const listed = (await admin.listGroups()).groups.find(({ groupId }) => groupId === 'watching');
  assert.deepEqual(listed, { groupId: 'watching', protocolType: 'consumer' });
  await assert.rejects(admin.deleteGroups(['watching']), /DeleteGroups/);
  await reader.leave();
  assert.equal((await admin.describeGroups(['watching'])).groups[0]!.state, 'Empty');
  assert.deepEqual(await admin.deleteGroups(['watching']), [{ groupId: 'watching', errorCode: 0 }]);
  assert.equal((await admin.describeGroups(['watching'])).groups[0]!.state, 'Dead');
});
