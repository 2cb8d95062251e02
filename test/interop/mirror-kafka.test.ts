import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, Producer } from '@platformatic/kafka';
import { kafka as apache } from '../../bench/peers/kafka.js';
import type { RunningPeer } from '../../bench/peers/peer.js';
import { commands, linesOf } from '../cli/commands.js';
import { skipUnlessThere } from './toolchain.js';

/** `naru mirror` against Apache Kafka, both ways. */
const skip = skipUnlessThere(apache.missing());

let folder = '';
let peer: RunningPeer;
let admin: Admin;

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), 'naru-mirror-kafka-'));
  peer = await apache.start(folder);
  admin = new Admin({ clientId: 'test', bootstrapBrokers: [peer.address] });
});

after(async () => {
  if (skip !== false) return;
  await admin.close();
  await peer.stop();
  await rm(folder, { recursive: true, force: true });
});

const count = 3000;

type Sent = Parameters<Producer<Buffer, Buffer, Buffer, Buffer>['send']>[0]['messages'][number];

function record(topic: string, index: number): Sent {
  return {
    topic,
    partition: index % 3,
    key: Buffer.from(`k${index % 50}`),
    value: (index % 100 === 99 ? null : Buffer.from(`v${index}`)) as Buffer,
    timestamp: BigInt(1_700_000_000_000 + index),
    headers: new Map([
      [Buffer.from('n'), Buffer.from(String(index))],
      [Buffer.from('twice'), Buffer.from('one')],
      [Buffer.from('twice'), Buffer.from([0xff])],
    ]),
  };
}

async function produce(broker: string, topic: string, from: number, to: number, transaction?: 'abort'): Promise<void> {
  const id = transaction === undefined ? {} : { idempotent: true, transactionalId: `t-${topic}` };
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({ clientId: 'p', bootstrapBrokers: [broker], ...id });
  const messages = Array.from({ length: to - from }, (_, at) => record(topic, from + at));
  if (transaction === undefined) {
    await producer.send({ messages: messages.slice(0, messages.length / 2), acks: -1, compression: 'gzip' });
    await producer.send({ messages: messages.slice(messages.length / 2), acks: -1 });
  } else {
    const begun = await producer.beginTransaction();
    await begun.send({ messages });
    await begun.abort();
  }
  await producer.close();
}

/** Kafka writes the markers of a transaction after it has said that it is aborted. */
async function ended(topic: string, offset: bigint): Promise<void> {
  const partitions = [0, 1, 2].map((partitionIndex) => ({ partitionIndex, timestamp: -1n }));
  for (let tries = 0; ; tries++) {
    const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
    if (listed!.partitions.every((partition) => partition.offset === offset)) return;
    assert.ok(tries < 500, `${topic} does not end at ${offset}`);
    await sleep(20);
  }
}

/** As `consume` tells it, in the order of what was sent. */
function expected(topic: string, to: number): object[] {
  return Array.from({ length: to }, (_, index) => ({
    topic,
    partition: index % 3,
    timestamp: new Date(1_700_000_000_000 + index).toISOString(),
    key: `k${index % 50}`,
    headers: { n: String(index), twice: ['one', { base64: '/w==' }] },
    value: index % 100 === 99 ? null : `v${index}`,
  }));
}

function inOrder(lines: Record<string, unknown>[]): object[] {
  const numbered = lines.map(({ offset, ...line }) => ({ offset: offset as number, line }));
  const numberOf = ({ line }: (typeof numbered)[number]): number => Number((line['headers'] as { n: string }).n);
  return numbered.sort((a, b) => numberOf(a) - numberOf(b)).map(({ line }) => line);
}

test('topics come in with partitions, settings and records as they are, and what comes later follows', {
  skip,
  timeout: 300_000,
}, async (context) => {
  const { told, going } = await commands(context, { sqs: false });
  const configs = [
    { name: 'retention.ms', value: '-1' },
    { name: 'max.message.bytes', value: '2000000' },
  ];
  await admin.createTopics({ topics: ['in-a'], partitions: 3, replicas: 1, configs });
  await admin.createTopics({ topics: ['other'], partitions: 1, replicas: 1 });
  await produce(peer.address, 'in-a', 0, count);
  await produce(peer.address, 'in-a', 0, 30, 'abort');

  const args = ['mirror', '--from', `kafka://${peer.address}`, '--topics', 'in-*', '--name', 'test'];
  const records = async (): Promise<number> => Number((await told('topic', 'list')).split('\t')[2] ?? 0);
  const first = going(args);
  while ((await records()) < count) assert.equal(first.stderr, '');
  // Killed while it may have copied more than it had said: what it copies again is copied once more, and nothing is lost.
  first.kill('SIGKILL');
  await first.ended;
  await produce(peer.address, 'in-a', count, count + 500);
  const { messages } = JSON.parse(await told(...args, '--once', '--json'));
  assert.ok(messages >= 500 && messages <= count + 500, `${messages}`);
  assert.match(await told('topic', 'list'), /^in-a\t3\t/);
  assert.match(await told('topic', 'config', 'in-a'), /^retention\.ms\t-1\ttopic$/m);
  assert.match(await told('topic', 'config', 'in-a'), /^max\.message\.bytes\t2000000\ttopic$/m);
  const lines = inOrder(linesOf(await told('consume', 'in-a')));
  const once = lines.filter((line, at) => at === 0 || JSON.stringify(line) !== JSON.stringify(lines[at - 1]));
  assert.deepEqual(once, expected('in-a', count + 500));
  assert.match(await told('group', 'describe', 'mirror.from.test'), /^in-a\t0\t\d+\t/m);

  // Caught up and following, it ends when it is asked to, and has nothing to copy again.
  const following = going(args);
  await produce(peer.address, 'in-a', count + 500, count + 501);
  const reached = once.length + 1 + (lines.length - once.length);
  while ((await records()) < reached) assert.equal(following.stderr, '');
  following.kill('SIGTERM');
  assert.match((await following.ended).stdout, /^copied 1 messages in .*; kept as mirror\.from\.test\n$/);
  assert.equal(JSON.parse(await told(...args, '--once', '--json')).messages, 0);
});

test('topics go out to Kafka, and a second run finds nothing left to do', {
  skip,
  timeout: 300_000,
}, async (context) => {
  const { told, naru } = await commands(context, { sqs: false });
  await told('topic', 'create', 'out-a', '--partitions', '3', '--config', 'cleanup.policy=compact');
  await produce(naru.kafka.brokers[0]!, 'out-a', 0, count);
  const args = ['mirror', '--to', peer.address, '--topics', 'out-*', '--once', '--json'];
  assert.equal(JSON.parse(await told(...args)).messages, count);
  assert.equal(JSON.parse(await told(...args)).messages, 0);
  const lines = linesOf(await told('consume', 'topic:out-a', '--kafka', peer.address));
  assert.deepEqual(inOrder(lines), expected('out-a', count));
  const metadata = await admin.metadata({ topics: ['out-a'] });
  assert.equal(metadata.topics.get('out-a')!.partitionsCount, 3);
  const [described] = await admin.describeConfigs({
    resources: [{ resourceType: 2, resourceName: 'out-a', configurationKeys: ['cleanup.policy'] }],
  });
  assert.equal(described!.configs[0]!.value, 'compact');
});

test('groups go on where they were, though offsets differ', { skip, timeout: 300_000 }, async (context) => {
  const { told } = await commands(context, { sqs: false });
  await admin.createTopics({ topics: ['read-a'], partitions: 3, replicas: 1 });
  // Ten records and a marker in each partition, which do not come along.
  await produce(peer.address, 'read-a', 0, 30, 'abort');
  await ended('read-a', 11n);
  await produce(peer.address, 'read-a', 0, 300);
  const partitionOffsets = [
    { partition: 0, offset: 51n },
    { partition: 1, offset: 111n },
  ];
  const topics = [{ name: 'read-a', partitionOffsets }];
  await admin.alterConsumerGroupOffsets({ groupId: 'readers', topics });
  await admin.alterConsumerGroupOffsets({ groupId: 'others', topics });
  const args = ['mirror', '--from', peer.address, '--topics', 'read-a', '--groups', 'read*', '--once'];
  await told(...args);
  const described = await told('group', 'describe', 'readers');
  assert.match(described, /^read-a\t0\t40\t100\t60$/m);
  assert.match(described, /^read-a\t1\t100\t100\t0$/m);
  assert.doesNotMatch(described, /^read-a\t2/m);
  assert.doesNotMatch(await told('group', 'list'), /^others/m);
});
