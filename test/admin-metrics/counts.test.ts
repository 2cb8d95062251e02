import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { connect, type GetMessage } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { startNaru } from '../../src/embed.js';
import { scrape } from './samples.js';

test('what amqplib did is what the names of RabbitMQ say', async (context) => {
  const naru = await startNaru({ memory: true, kafka: false, sqs: false });
  context.after(() => naru.close());
  const connection = await connect(naru.amqp.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('jobs');
  await channel.assertQueue('gone');
  await channel.deleteQueue('gone');
  for (let at = 0; at < 5; at++) channel.publish('', 'jobs', Buffer.alloc(at === 4 ? 5000 : 50));
  channel.publish('', 'nowhere', Buffer.from('dropped'));
  channel.publish('', 'nowhere', Buffer.from('returned'), { mandatory: true });
  await channel.waitForConfirms();
  const first = (await channel.get('jobs')) as GetMessage;
  channel.nack(first);
  const again = (await channel.get('jobs')) as GetMessage;
  assert.equal(again.fields.redelivered, true);
  channel.ack(again);
  assert.notEqual(await channel.get('jobs', { noAck: true }), false);
  const other = await connection.createChannel();
  await other.prefetch(2);
  const came: unknown[] = [];
  const consumer = await other.consume('jobs', (message) => came.push(message));
  while (came.length < 2) await other.checkQueue('jobs');

  const told = await scrape(naru.http.url);
  assert.deepEqual(told.messages, {
    received: 7,
    received_confirm: 7,
    confirmed: 7,
    routed: 5,
    unroutable_dropped: 1,
    unroutable_returned: 1,
    delivered: 5,
    delivered_consume_manual_ack: 2,
    delivered_get_manual_ack: 2,
    delivered_get_auto_ack: 1,
    redelivered: 1,
    acknowledged: 1,
  });
  assert.equal(told.of('rabbitmq_queue_messages_ready'), 1);
  assert.equal(told.of('rabbitmq_queue_messages_unacked'), 2);
  assert.equal(told.of('rabbitmq_queues'), 1);
  assert.equal(told.of('rabbitmq_queues_created_total'), 2);
  assert.equal(told.of('rabbitmq_queues_deleted_total'), 1);
  assert.equal(told.of('rabbitmq_channels'), 2);
  assert.equal(told.of('rabbitmq_connections'), 1);
  assert.equal(told.of('rabbitmq_global_consumers{protocol="amqp091"}'), 1);
  assert.equal(told.of('rabbitmq_global_publishers{protocol="amqp091"}'), 1);
  assert.equal(told.of('rabbitmq_message_size_bytes_count{protocol="amqp091"}'), 7);
  assert.equal(told.of('naru_queue_messages_locked{vhost="/",queue="jobs"}'), 2);
  assert.equal(told.of('naru_queue_messages_published_total{vhost="/",queue="jobs"}'), 5);
  assert.equal(told.of('naru_queue_consumers{vhost="/",queue="jobs"}'), 1);
  assert.equal(told.of('naru_messages_in_total{front="amqp"}'), 7);
  assert.equal(told.of('naru_messages_out_total{front="amqp"}'), 5);
  assert.equal(told.of('naru_messages_done_total{front="amqp"}'), 1);
  assert.ok(told.of('naru_received_bytes_total{front="amqp"}') > 5200);
  assert.ok(told.of('naru_sent_bytes_total{front="amqp"}') > 200);

  await other.cancel(consumer.consumerTag);
  await other.close();
  await connection.close();
  const after = await scrape(naru.http.url);
  assert.equal(after.of('rabbitmq_connections_opened_total'), 1);
  assert.equal(after.of('rabbitmq_channels_opened_total'), 2);
  assert.equal(after.of('rabbitmq_channels_closed_total'), 2);
  assert.deepEqual(after.messages, told.messages, 'what a connection counted stays when it is gone');
});

test('what kafkajs did is what the names of kafka_exporter say', async (context) => {
  const naru = await startNaru({ memory: true, amqp: false, sqs: false });
  context.after(() => naru.close());
  const kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 2 }] });
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: 10 }, (_, at) => ({ partition: at < 7 ? 0 : 1, value: `order ${at}` }));
  await producer.send({ topic: 'orders', messages });
  const consumer = kafka.consumer({ groupId: 'billing' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    let left = messages.length;
    const eachMessage = async (): Promise<void> => {
      if (--left === 0) resolve();
    };
    consumer.run({ autoCommit: false, eachMessage }).catch(reject);
  });
  await consumer.commitOffsets([{ topic: 'orders', partition: 0, offset: '4' }]);

  const told = await scrape(naru.http.url);
  assert.equal(told.of('kafka_brokers'), 1);
  assert.equal(told.of('kafka_topic_partitions{topic="orders"}'), 2);
  assert.equal(told.of('kafka_topic_partition_current_offset{topic="orders",partition="0"}'), 7);
  assert.equal(told.of('kafka_topic_partition_current_offset{topic="orders",partition="1"}'), 3);
  assert.equal(told.of('kafka_topic_partition_oldest_offset{topic="orders",partition="1"}'), 0);
  assert.equal(told.of('kafka_topic_partition_leader{topic="orders",partition="0"}'), 1);
  assert.equal(told.of('kafka_topic_partition_in_sync_replica{topic="orders",partition="0"}'), 1);
  assert.equal(told.of('kafka_topic_partition_under_replicated_partition{topic="orders",partition="0"}'), 0);
  const group = 'consumergroup="billing",topic="orders"';
  assert.equal(told.of(`kafka_consumergroup_current_offset{${group},partition="0"}`), 4);
  assert.equal(told.of(`kafka_consumergroup_lag{${group},partition="0"}`), 3);
  assert.equal(told.of(`kafka_consumergroup_lag_sum{${group}}`), 3);
  assert.equal(told.of('kafka_consumergroup_members{consumergroup="billing"}'), 1);
  assert.equal(told.of('naru_messages_in_total{front="kafka"}'), 10);
  assert.equal(told.of('naru_messages_out_total{front="kafka"}'), 10);
  assert.ok(told.of('naru_connections{front="kafka"}') >= 2);
  assert.ok(told.of('naru_topic_bytes{topic="orders"}') > 100);
  assert.ok(told.of('naru_journal_append_seconds_count') > 0);
  assert.ok(told.of('naru_journal_append_seconds_sum') >= told.of('naru_journal_sync_seconds_sum'));
  assert.ok(told.of('naru_journal_bytes_total') > 0);
  assert.equal(told.of('naru_journal_writable'), 1);
  await consumer.disconnect();
  await producer.disconnect();
  await admin.disconnect();
});

test('what the AWS SDK did is counted', async (context) => {
  const naru = await startNaru({ memory: true, kafka: false, amqp: false });
  const credentials = { accessKeyId: 'any', secretAccessKey: 'thing' };
  const sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  context.after(async () => {
    sqs.destroy();
    await naru.close();
  });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
  const Entries = ['two', 'three'].map((body) => ({ Id: body, MessageBody: body }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const receive = (VisibilityTimeout: number) =>
    sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout }));
  assert.equal((await receive(0)).Messages?.length, 3);
  const { Messages } = await receive(30);
  assert.equal(Messages?.length, 3);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]!.ReceiptHandle! }));

  const told = await scrape(naru.http.url);
  assert.equal(told.of('naru_messages_in_total{front="sqs"}'), 3);
  assert.equal(told.of('naru_messages_out_total{front="sqs"}'), 6);
  assert.equal(told.of('naru_messages_out_again_total{front="sqs"}'), 3);
  assert.equal(told.of('naru_messages_done_total{front="sqs"}'), 1);
  assert.ok(told.of('naru_received_bytes_total{front="sqs"}') > 0);
  assert.ok(told.of('naru_connections_opened_total{front="sqs"}') >= 1);
  assert.equal(told.of('naru_queue_messages_locked{vhost="/",queue="jobs"}'), 2);
  assert.equal(told.of('naru_messages{state="locked"}'), 2);
});
