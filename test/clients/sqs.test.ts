import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { Producer } from 'sqs-producer';
import { type RunningNaru, startNaru } from '../../src/embed.js';

let naru: RunningNaru;
let sqs: SQSClient;

before(async () => {
  naru = await startNaru({ memory: true, kafka: false, amqp: false, http: false });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
});

after(async () => {
  sqs.destroy();
  await naru.close();
});

async function queue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
  return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl!;
}

async function visible(QueueUrl: string): Promise<string> {
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
  return (await sqs.send(asked)).Attributes!['ApproximateNumberOfMessages']!;
}

test('@aws-sdk/client-sqs sends, receives, hides, deletes and lists, and finds its checksums right', async () => {
  const QueueUrl = await queue('plain');
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'ä <&>' },
    number: { DataType: 'Number.int', StringValue: '42' },
    bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255, 7]) },
  };
  const MessageBody = 'body \r\n\t é \u{1F980} ]]> <a>';
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] }),
  );
  const [message] = Messages!;
  assert.deepEqual([message!.MessageId, message!.Body], [MessageId, MessageBody]);
  assert.deepEqual(message!.MessageAttributes!['number'], MessageAttributes.number);
  assert.deepEqual([...message!.MessageAttributes!['bytes']!.BinaryValue!], [0, 255, 7]);
  assert.equal(message!.Attributes!.ApproximateReceiveCount, '1');
  const { ReceiptHandle } = message!;
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  assert.equal(await visible(QueueUrl), '1');
  const again = (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages!;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again[0]!.ReceiptHandle }));
  assert.equal((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages, undefined);
  assert.equal((await sqs.send(new GetQueueUrlCommand({ QueueName: 'plain' }))).QueueUrl, QueueUrl);
  assert.deepEqual((await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'pla' }))).QueueUrls, [QueueUrl]);
  await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'blue' } }));
  assert.deepEqual((await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags, { team: 'blue' });
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
});

test('@aws-sdk/client-sqs sends and deletes in batches, and tells of entries that failed', async () => {
  const QueueUrl = await queue('batches');
  const sent = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'a', MessageBody: 'a' },
        { Id: 'b', MessageBody: '\u0002' },
      ],
    }),
  );
  assert.equal(sent.Successful!.length, 1);
  assert.deepEqual([sent.Failed![0]!.Id, sent.Failed![0]!.SenderFault], ['b', true]);
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  const Entries = Messages!.map(({ ReceiptHandle }, index) => ({ Id: `e${index}`, ReceiptHandle }));
  assert.equal((await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))).Successful!.length, 1);
});

test('@aws-sdk/client-sqs knows errors by their names and by the codes of the older protocol', async () => {
  await assert.rejects(sqs.send(new GetQueueUrlCommand({ QueueName: 'nowhere' })), {
    name: 'QueueDoesNotExist',
    Code: 'AWS.SimpleQueueService.NonExistentQueue',
  });
  const QueueUrl = await queue('errors');
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  await assert.rejects(sqs.send(new PurgeQueueCommand({ QueueUrl })), { name: 'PurgeQueueInProgress' });
  const bad = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'x' });
  await assert.rejects(sqs.send(bad), { name: 'ReceiptHandleIsInvalid' });
  await assert.rejects(queue('errors', { DelaySeconds: '9' }), { name: 'QueueNameExists' });
});

test('sqs-consumer takes what sqs-producer sends, and deletes it', { timeout: 30_000 }, async () => {
  const queueUrl = await queue('worked-off');
  const producer = Producer.create({ queueUrl, sqs });
  const got: string[] = [];
  const consumer = Consumer.create({
    queueUrl,
    sqs,
    batchSize: 10,
    waitTimeSeconds: 1,
    pollingWaitTimeMs: 0,
    handleMessage: async (message) => {
      got.push(message.Body!);
      if (got.length === 25) consumer.emit('all-there' as 'empty');
      return message;
    },
  });
  const done = once(consumer, 'all-there');
  consumer.start();
  await producer.send(Array.from({ length: 25 }, (_, index) => ({ id: `m${index}`, body: `body ${index}` })));
  await done;
  const stopped = once(consumer, 'stopped');
  consumer.stop();
  await stopped;
  assert.equal(new Set(got).size, 25);
  // The last deletes may be under way.
  const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] });
  const left = async (): Promise<string> => {
    const { Attributes } = await sqs.send(asked);
    return `${Attributes!.ApproximateNumberOfMessages} ${Attributes!.ApproximateNumberOfMessagesNotVisible}`;
  };
  while ((await left()) !== '0 0');
  assert.equal(await producer.queueSize(), 0);
});

test('sqs-consumer leaves a message that could not be worked off for another try', async () => {
  const queueUrl = await queue('retried');
  await Producer.create({ queueUrl, sqs }).send({ id: 'm', body: 'once more' });
  let tries = 0;
  const consumer = Consumer.create({
    queueUrl,
    sqs,
    waitTimeSeconds: 1,
    pollingWaitTimeMs: 0,
    terminateVisibilityTimeout: true,
    handleMessage: async (message) => {
      if (++tries === 1) throw new Error('not now');
      return message;
    },
  });
  consumer.on('processing_error', () => {});
  const done = once(consumer, 'message_processed');
  consumer.start();
  await done;
  const stopped = once(consumer, 'stopped');
  consumer.stop();
  await stopped;
  assert.equal(tries, 2);
});
