import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type RunningNaru, startNaru } from '../../src/embed.js';

let naru: RunningNaru;
let sns: SNSClient;
let sqs: SQSClient;

before(async () => {
  naru = await startNaru({ memory: true, kafka: false, amqp: false, http: false });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const settings = { endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
  sns = new SNSClient(settings);
  sqs = new SQSClient(settings);
});

after(async () => {
  sns.destroy();
  sqs.destroy();
  await naru.close();
});

interface MadeQueue {
  readonly url: string;
  readonly arn: string;
}

async function queue(QueueName: string): Promise<MadeQueue> {
  const Attributes = QueueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  return { url: QueueUrl!, arn: (await sqs.send(asked)).Attributes!['QueueArn']! };
}

async function topic(Name: string, Attributes: Record<string, string> = {}): Promise<string> {
  return (await sns.send(new CreateTopicCommand({ Name, Attributes }))).TopicArn!;
}

async function subscribed(
  TopicArn: string,
  Endpoint: string,
  Attributes: Record<string, string> = {},
): Promise<string> {
  const asked = new SubscribeCommand({ TopicArn, Endpoint, Protocol: 'sqs', Attributes });
  return (await sns.send(asked)).SubscriptionArn!;
}

async function received({ url }: MadeQueue): Promise<Message[]> {
  const asked = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });
  return (await sqs.send(asked)).Messages ?? [];
}

async function bodies(from: MadeQueue): Promise<string[]> {
  return (await received(from)).map(({ Body }) => Body!);
}

test('topics are made once, listed, told of and deleted', async () => {
  const arn = await topic('news', { DisplayName: 'The news' });
  assert.equal(arn, 'arn:aws:sns:us-east-1:000000000000:news');
  assert.equal(await topic('news', { DisplayName: 'The news' }), arn);
  await assert.rejects(topic('news', { DisplayName: 'Other' }), { name: 'InvalidParameterException' });
  await assert.rejects(topic('a b'), { name: 'InvalidParameterException' });
  await assert.rejects(topic('orders.fifo'), { name: 'InvalidParameterException' });
  assert.deepEqual((await sns.send(new ListTopicsCommand({}))).Topics, [{ TopicArn: arn }]);
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
  assert.equal(Attributes!['DisplayName'], 'The news');
  assert.equal(Attributes!['SubscriptionsConfirmed'], '0');
  await sns.send(new DeleteTopicCommand({ TopicArn: arn }));
  await sns.send(new DeleteTopicCommand({ TopicArn: arn }));
  assert.deepEqual((await sns.send(new ListTopicsCommand({}))).Topics, []);
  await assert.rejects(sns.send(new GetTopicAttributesCommand({ TopicArn: arn })), {
    name: 'NotFoundException',
    message: 'Topic does not exist',
  });
  await assert.rejects(sns.send(new PublishCommand({ TopicArn: arn, Message: 'a' })), { name: 'NotFoundException' });
});

test('every queue that is subscribed gets what is published, in an envelope or raw', async () => {
  const TopicArn = await topic('fan');
  const [wrapped, raw, none] = [await queue('wrapped'), await queue('raw'), await queue('none')];
  await subscribed(TopicArn, wrapped.arn);
  await subscribed(TopicArn, raw.arn, { RawMessageDelivery: 'true' });
  const MessageAttributes = {
    kind: { DataType: 'String', StringValue: 'order' },
    bytes: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]) },
  };
  const Message = '{"a": "<&>\\u00e4"}';
  const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Message, Subject: 'Hello', MessageAttributes }));
  const [envelope] = await received(wrapped);
  const { Timestamp, UnsubscribeURL, ...told } = JSON.parse(envelope!.Body!);
  assert.ok(Math.abs(Date.parse(Timestamp) - Date.now()) < 5000);
  assert.match(UnsubscribeURL, /Action=Unsubscribe&SubscriptionArn=arn:aws:sns:/);
  assert.deepEqual(told, {
    Type: 'Notification',
    MessageId,
    TopicArn,
    Subject: 'Hello',
    Message,
    MessageAttributes: { kind: { Type: 'String', Value: 'order' }, bytes: { Type: 'Binary', Value: 'AQID' } },
  });
  const [plain] = await received(raw);
  assert.equal(plain!.Body, Message);
  assert.deepEqual(Object.keys(plain!.MessageAttributes!).sort(), ['bytes', 'kind']);
  assert.deepEqual([...plain!.MessageAttributes!['bytes']!.BinaryValue!], [1, 2, 3]);
  assert.deepEqual(await bodies(none), []);
});

test('subscriptions are made once, listed, changed and ended', async () => {
  const TopicArn = await topic('changing');
  const target = await queue('changing');
  const SubscriptionArn = await subscribed(TopicArn, target.arn);
  assert.ok(SubscriptionArn.startsWith(`${TopicArn}:`));
  assert.equal(await subscribed(TopicArn, target.arn), SubscriptionArn);
  const shown = {
    SubscriptionArn,
    Owner: '000000000000',
    Protocol: 'sqs',
    Endpoint: target.arn,
    TopicArn,
  };
  const byTopic = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  assert.deepEqual(byTopic.Subscriptions, [shown]);
  const all = (await sns.send(new ListSubscriptionsCommand({}))).Subscriptions!;
  assert.ok(all.some((other) => other.SubscriptionArn === SubscriptionArn));
  const set = (AttributeName: string, AttributeValue: string): Promise<unknown> =>
    sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
  await set('RawMessageDelivery', 'true');
  await set('FilterPolicy', '{"kind":["order"]}');
  const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  assert.equal(Attributes!['RawMessageDelivery'], 'true');
  assert.equal(Attributes!['FilterPolicy'], '{"kind":["order"]}');
  assert.equal(Attributes!['FilterPolicyScope'], 'MessageAttributes');
  assert.equal(Attributes!['Endpoint'], target.arn);
  await sns.send(new PublishCommand({ TopicArn, Message: 'filtered' }));
  await set('FilterPolicy', '');
  await sns.send(new PublishCommand({ TopicArn, Message: 'raw' }));
  assert.deepEqual(await bodies(target), ['raw']);
  await assert.rejects(set('Nope', 'x'), { name: 'InvalidParameterException' });
  await assert.rejects(set('RawMessageDelivery', 'maybe'), { name: 'InvalidParameterException' });
  await assert.rejects(set('FilterPolicy', '{'), { name: 'InvalidParameterException' });
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'nobody' }));
  assert.deepEqual(await bodies(target), []);
  await assert.rejects(sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })), {
    name: 'NotFoundException',
    message: 'Subscription does not exist',
  });
});

test('only queues that are there can be subscribed, and only by sqs', async () => {
  const TopicArn = await topic('strict');
  const target = await queue('strict');
  const fifo = await queue('strict.fifo');
  for (const [Protocol, Endpoint] of [
    ['https', 'https://example.com'],
    ['sqs', 'arn:aws:sqs:us-east-1:000000000000:nowhere'],
    ['sqs', target.url],
    ['sqs', fifo.arn],
  ] as const) {
    await assert.rejects(sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint })), {
      name: 'InvalidParameterException',
    });
  }
  await subscribed(TopicArn, target.arn);
  await sqs.send(new DeleteQueueCommand({ QueueUrl: target.url }));
  assert.deepEqual((await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions, []);
});

test('filter policies hold messages back by their attributes', async () => {
  const TopicArn = await topic('filtered');
  const policies: Record<string, object> = {
    exact: { kind: ['order', 'return'] },
    prefix: { kind: [{ prefix: 'ord' }] },
    suffix: { kind: [{ suffix: 'der' }] },
    nocase: { kind: [{ 'equals-ignore-case': 'ORDER' }] },
    anythingbut: { kind: [{ 'anything-but': ['order'] }] },
    notprefix: { kind: [{ 'anything-but': { prefix: 'ord' } }] },
    range: { price: [{ numeric: ['>=', 10, '<', 20] }] },
    number: { price: [{ numeric: ['=', 20] }] },
    exists: { price: [{ exists: true }] },
    absent: { price: [{ exists: false }] },
    both: { kind: ['order'], price: [{ numeric: ['>', 0] }] },
    either: { $or: [{ kind: ['return'] }, { price: [{ numeric: ['<', 5] }] }] },
    list: { tags: ['red'] },
  };
  const queues = new Map<string, MadeQueue>();
  for (const [name, policy] of Object.entries(policies)) {
    const made = await queue(`filter-${name}`);
    queues.set(name, made);
    await subscribed(TopicArn, made.arn, { RawMessageDelivery: 'true', FilterPolicy: JSON.stringify(policy) });
  }
  const publish = (Message: string, attributes: Record<string, [string, string]>): Promise<unknown> => {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, [DataType, StringValue]]) => [name, { DataType, StringValue }]),
    );
    return sns.send(new PublishCommand({ TopicArn, Message, MessageAttributes }));
  };
  await publish('o15', { kind: ['String', 'order'], price: ['Number', '15'] });
  await publish('o20', { kind: ['String', 'order'], price: ['Number', '20'] });
  await publish('r', { kind: ['String', 'return'] });
  await publish('x3', { kind: ['String', 'other'], price: ['Number', '3'] });
  await publish('t', { tags: ['String.Array', '["red","blue"]'] });
  const got: Record<string, string[]> = {};
  for (const [name, made] of queues) got[name] = (await bodies(made)).sort();
  assert.deepEqual(got, {
    exact: ['o15', 'o20', 'r'],
    prefix: ['o15', 'o20'],
    suffix: ['o15', 'o20'],
    nocase: ['o15', 'o20'],
    anythingbut: ['r', 'x3'],
    notprefix: ['r', 'x3'],
    range: ['o15'],
    number: ['o20'],
    exists: ['o15', 'o20', 'x3'],
    absent: ['r', 't'],
    both: ['o15', 'o20'],
    either: ['r', 'x3'],
    list: ['t'],
  });
});

test('filter policies may be about bodies', async () => {
  const TopicArn = await topic('bodies');
  const target = await queue('bodies');
  const FilterPolicy = JSON.stringify({ order: { total: [{ numeric: ['>', 100] }], lines: { sku: ['a'] } } });
  await subscribed(TopicArn, target.arn, {
    RawMessageDelivery: 'true',
    FilterPolicy,
    FilterPolicyScope: 'MessageBody',
  });
  const wanted = '{"order":{"total":101,"lines":[{"sku":"b"},{"sku":"a"}]}}';
  for (const Message of [wanted, '{"order":{"total":99,"lines":[{"sku":"a"}]}}', '{"order":7}', 'no JSON', '[]']) {
    await sns.send(new PublishCommand({ TopicArn, Message }));
  }
  assert.deepEqual(await bodies(target), [wanted]);
});

test('filter policies that make no sense are refused', async () => {
  const TopicArn = await topic('senseless');
  const target = await queue('senseless');
  let deep = '["a"]';
  for (let depth = 0; depth < 5000; depth++) deep = `{"a":${deep}}`;
  for (const FilterPolicy of [
    '[]',
    'null',
    '{"a":"b"}',
    '{"a":[]}',
    '{"a":[{"prefix":1}]}',
    '{"a":[{"dance":"b"}]}',
    '{"a":[{"numeric":["~",1]}]}',
    '{"a":[{"numeric":[">","1"]}]}',
    '{"a":[{"exists":"yes"}]}',
    '{"a":[{"anything-but":[]}]}',
    '{"$or":[{"a":["b"]}]}',
    deep,
  ]) {
    await assert.rejects(subscribed(TopicArn, target.arn, { FilterPolicy }), { name: 'InvalidParameterException' });
  }
});

test('a batch is published entry by entry, and what is wrong with one is told', async () => {
  const TopicArn = await topic('batch');
  const target = await queue('batch');
  await subscribed(TopicArn, target.arn, { RawMessageDelivery: 'true' });
  const { Successful, Failed } = await sns.send(
    new PublishBatchCommand({
      TopicArn,
      PublishBatchRequestEntries: [
        { Id: 'a', Message: 'first', MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } } },
        { Id: 'b', Message: 'second', Subject: '\u0001' },
        { Id: 'c', Message: 'third' },
      ],
    }),
  );
  assert.deepEqual(
    Successful!.map(({ Id }) => Id),
    ['a', 'c'],
  );
  assert.deepEqual([Failed![0]!.Id, Failed![0]!.Code, Failed![0]!.SenderFault], ['b', 'InvalidParameter', true]);
  assert.deepEqual(await bodies(target), ['first', 'third']);
  const batch = (entries: readonly { Id: string; Message: string }[]): Promise<unknown> =>
    sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [...entries] }));
  await assert.rejects(batch([]), { name: 'EmptyBatchRequestException' });
  const same = { Id: 'a', Message: 'a' };
  await assert.rejects(batch([same, same]), { name: 'BatchEntryIdsNotDistinctException' });
  await assert.rejects(batch([{ Id: 'a b', Message: 'a' }]), { name: 'InvalidBatchEntryIdException' });
  const eleven = Array.from({ length: 11 }, (_, index) => ({ Id: `e${index}`, Message: 'a' }));
  await assert.rejects(batch(eleven), { name: 'TooManyEntriesInBatchRequestException' });
  const large = ['a', 'b'].map((Id) => ({ Id, Message: 'x'.repeat(131_073) }));
  await assert.rejects(batch(large), { name: 'BatchRequestTooLongException' });
});

test('a topic in order feeds queues in order, each message once', async () => {
  const TopicArn = await topic('orders.fifo', { FifoTopic: 'true', ContentBasedDeduplication: 'true' });
  const target = await queue('ordered.fifo');
  await subscribed(TopicArn, target.arn, { RawMessageDelivery: 'true' });
  const sent = await sns.send(new PublishCommand({ TopicArn, Message: 'a', MessageGroupId: 'g' }));
  assert.match(sent.SequenceNumber!, /^\d{20}$/);
  await sns.send(new PublishCommand({ TopicArn, Message: 'a', MessageGroupId: 'g' }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'b', MessageGroupId: 'g' }));
  const got = await received(target);
  assert.deepEqual(
    got.map(({ Body, Attributes }) => [Body, Attributes!['MessageGroupId']]),
    [
      ['a', 'g'],
      ['b', 'g'],
    ],
  );
  await assert.rejects(sns.send(new PublishCommand({ TopicArn, Message: 'a' })), { name: 'InvalidParameterException' });
});

test('what is published has a message for queues, a subject, attributes and a size within bounds', async () => {
  const TopicArn = await topic('checked');
  const target = await queue('checked');
  await subscribed(TopicArn, target.arn, { RawMessageDelivery: 'true' });
  const refused = async (more: object): Promise<void> => {
    const asked = new PublishCommand({ TopicArn, Message: 'a', ...more });
    await assert.rejects(sns.send(asked), /Exception|InvalidParameter/);
  };
  await refused({ Message: '' });
  await refused({ Message: 'x'.repeat(262_145) });
  await refused({ Subject: 'x'.repeat(101) });
  await refused({ MessageStructure: 'json', Message: '{"sqs":"a"}' });
  await refused({ MessageStructure: 'json', Message: '{' });
  await refused({ MessageDeduplicationId: 'd' });
  await refused({ MessageAttributes: { a: { DataType: 'String.Array', StringValue: 'x' } } });
  await refused({ MessageAttributes: { 'a b': { DataType: 'String', StringValue: 'x' } } });
  for (const Message of ['{"default":"d","sqs":"for queues"}', '{"default":"for all"}']) {
    await sns.send(new PublishCommand({ TopicArn, Message, MessageStructure: 'json' }));
  }
  assert.deepEqual(await bodies(target), ['for queues', 'for all']);
});
