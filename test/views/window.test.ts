import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type ChannelModel, connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { type RunningNaru, startNaru } from '../../src/embed.js';
import { AdminClient } from '../admin/client.js';

/** A queue of SQS that shows what a group has to work off in a topic, as it is seen from elsewhere. */

let naru: RunningNaru;
let kafka: Kafka;
let sqs: SQSClient;
let amqp: ChannelModel;
let admin: AdminClient;

before(async () => {
  naru = await startNaru({ memory: true });
  kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  amqp = await connect(naru.amqp.url);
  admin = new AdminClient(naru.http.url);
});

after(async () => {
  await amqp.close();
  sqs.destroy();
  await naru.close();
});

async function produce(topic: string, values: readonly string[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

/** What a channel is told that deletes a queue. */
async function refusal(name: string, conditions: { ifUnused?: boolean; ifEmpty?: boolean }): Promise<string> {
  const channel = await amqp.createChannel();
  channel.on('error', () => {});
  try {
    await channel.deleteQueue(name, conditions);
    return 'deleted';
  } catch (error) {
    return String(error);
  }
}

test('what a group has to work off is told over the management API, in metrics and over AMQP, and purged there', async () => {
  const making = kafka.admin();
  await making.connect();
  await making.createTopics({ topics: [{ topic: 'parcels', numPartitions: 2 }] });
  await making.disconnect();
  const Attributes = { NaruTopic: 'parcels', NaruGroup: 'couriers', NaruStart: 'first' } as Record<string, string>;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'parcels-work', Attributes }));
  await produce('parcels', ['a', 'b', 'c', 'd', 'e']);
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));
  assert.equal(Messages?.length, 1);

  const counts = async (): Promise<number[]> => {
    const { messages, messages_ready, messages_unacknowledged } = await admin.read('/api/queues/%2F/parcels-work');
    return [messages, messages_ready, messages_unacknowledged];
  };
  assert.deepEqual(await counts(), [5, 4, 1]);
  const listed: { name: string; messages_ready: number }[] = await admin.read('/api/queues/%2F');
  assert.equal(listed.find(({ name }) => name === 'parcels-work')?.messages_ready, 4);
  const metrics = await (await fetch(`${naru.http.url}/metrics`)).text();
  assert.match(metrics, /^naru_queue_messages_ready\{vhost="\/",queue="parcels-work"\} 4$/m);
  assert.match(metrics, /^naru_queue_messages_locked\{vhost="\/",queue="parcels-work"\} 1$/m);
  const channel = await amqp.createChannel();
  assert.equal((await channel.checkQueue('parcels::couriers')).messageCount, 4);
  // Nobody has looked at what comes now.
  await produce('parcels', ['f', 'g']);
  assert.equal((await channel.checkQueue('parcels::couriers')).messageCount, 6);
  await channel.consume('parcels-work', () => {}, { consumerTag: 'courier' });
  assert.equal((await admin.read('/api/queues/%2F/parcels-work')).consumers, 1);
  assert.equal((await admin.delete('/api/queues/%2F/parcels-work?if-unused=true')).status, 400);
  assert.match(await refusal('parcels-work', { ifUnused: true }), /in use/);
  await channel.close();

  assert.equal((await admin.delete('/api/queues/%2F/parcels-work?if-empty=true')).status, 400);
  assert.match(await refusal('parcels-work', { ifEmpty: true }), /not empty/);
  await produce('parcels', ['h']);
  assert.match(await refusal('parcels::couriers', { ifEmpty: true }), /not empty/);
  const { queue_totals } = await admin.read('/api/overview');
  assert.deepEqual([queue_totals.messages_ready, queue_totals.messages_unacknowledged], [7, 1]);
  await admin.done(admin.delete('/api/queues/%2F/parcels-work/contents'));
  assert.deepEqual(await counts(), [1, 0, 1], 'what somebody has stays with him');
});
