import { createHash } from 'node:crypto';
import { formOf, type Place, type Trial } from './sqs-trial.js';
import { refusedByJson, refusedByQuery } from './sqs-wire.js';

const nowhere = 'http://127.0.0.1/000000000000/nowhere-at-all';
const nowhereArn = 'arn:aws:sqs:us-east-1:000000000000:nowhere-at-all';

async function created(at: Place, attributes: readonly object[], fifo = false): Promise<string[]> {
  const names = attributes.map((_, index) => at.nameOf(`-${index}${fifo ? '.fifo' : ''}`));
  const kind = fifo ? { FifoQueue: 'true' } : {};
  const asked = attributes.map((each, index) => ({ QueueName: names[index], Attributes: { ...kind, ...each } }));
  return at.all('CreateQueue', asked);
}

async function policyOf(at: Place, url: string): Promise<object> {
  return JSON.parse((await at.attributes(url, 'Policy'))['Policy'] ?? '{}') as object;
}

const allowed = { AWSAccountIds: ['123456789012'], Actions: ['SendMessage'] };

export const queueTrials: readonly Trial[] = [
  {
    name: 'CreateQueue: names that are too long, empty, with a space or a dot',
    run: (at) =>
      at.all('CreateQueue', [
        { QueueName: 'x'.repeat(81) },
        { QueueName: '' },
        { QueueName: 'a b' },
        { QueueName: 'a.b' },
      ]),
  },
  {
    name: 'CreateQueue: names of FIFO queues without the attribute, and the other way round',
    run: async (at) => [
      ...(await at.all('CreateQueue', [{ QueueName: at.nameOf('.fifo') }])),
      ...(await created(at, [{ FifoQueue: 'true' }, { FifoQueue: 'false' }, { FifoQueue: 'maybe' }])),
    ],
  },
  {
    name: 'CreateQueue: again with the same, fewer and other attributes',
    run: async (at) => {
      const QueueName = at.nameOf();
      const asked = [
        { VisibilityTimeout: '5', DelaySeconds: '1' },
        { VisibilityTimeout: '5' },
        {},
        { VisibilityTimeout: '6' },
      ];
      await at.call('CreateQueue', { QueueName, Attributes: asked[0] });
      return at.all(
        'CreateQueue',
        asked.map((Attributes) => ({ QueueName, Attributes })),
      );
    },
  },
  {
    name: 'CreateQueue: again with other tags',
    run: async (at) => {
      const QueueName = at.nameOf();
      await at.call('CreateQueue', { QueueName, tags: { a: '1' } });
      return [
        await at.said('CreateQueue', { QueueName, tags: { a: '2' } }),
        (await at.call('ListQueueTags', { QueueUrl: await at.queue() })).Tags,
      ];
    },
  },
  {
    name: 'CreateQueue: attributes below, at and above their bounds',
    run: async (at) => {
      const bounds: readonly (readonly [string, number, number])[] = [
        ['DelaySeconds', 0, 900],
        ['MaximumMessageSize', 1024, 1_048_576],
        ['MessageRetentionPeriod', 60, 1_209_600],
        ['ReceiveMessageWaitTimeSeconds', 0, 20],
        ['VisibilityTimeout', 0, 43_200],
        ['KmsDataKeyReusePeriodSeconds', 60, 86_400],
      ];
      const asked = bounds.flatMap(([name, least, most]) =>
        [least - 1, least, most, most + 1].map((value) => ({ [name]: String(value) })),
      );
      const said = await created(at, asked);
      return bounds.map(([name], index) => `${name}: ${said.slice(index * 4, index * 4 + 4).join(', ')}`);
    },
  },
  {
    name: 'CreateQueue: attributes that are no numbers, unknown, only told, or of FIFO queues',
    run: (at) =>
      created(at, [
        { VisibilityTimeout: 'soon' },
        { Nothing: '1' },
        { QueueArn: nowhereArn },
        { ContentBasedDeduplication: 'true' },
        { SqsManagedSseEnabled: 'maybe' },
        { Policy: '{' },
      ]),
  },
  {
    name: 'CreateQueue: scopes and limits of FIFO queues',
    run: (at) =>
      created(
        at,
        [
          { ContentBasedDeduplication: 'true' },
          { ContentBasedDeduplication: 'maybe' },
          { DeduplicationScope: 'messageGroup' },
          { DeduplicationScope: 'nothing' },
          { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' },
          { FifoThroughputLimit: 'perMessageGroupId' },
          { FifoThroughputLimit: 'nothing' },
        ],
        true,
      ),
  },
  {
    name: 'CreateQueue: redrive policies',
    run: async (at) => {
      const dead = await at.arn(await at.queue({}, '-dead'));
      const fifo = await at.arn(await at.fifo({}, '-dead'));
      const policies = [
        { deadLetterTargetArn: dead, maxReceiveCount: 1 },
        { deadLetterTargetArn: dead, maxReceiveCount: '1000' },
        { deadLetterTargetArn: dead, maxReceiveCount: 0 },
        { deadLetterTargetArn: dead, maxReceiveCount: 1001 },
        { deadLetterTargetArn: dead },
        { maxReceiveCount: 1 },
        { deadLetterTargetArn: nowhereArn, maxReceiveCount: 1 },
        { deadLetterTargetArn: 'nowhere', maxReceiveCount: 1 },
        { deadLetterTargetArn: fifo, maxReceiveCount: 1 },
      ];
      return created(at, [
        ...policies.map((policy) => ({ RedrivePolicy: JSON.stringify(policy) })),
        { RedrivePolicy: '{' },
      ]);
    },
  },
  {
    name: 'CreateQueue: redrive allow policies, and those that they keep out',
    run: async (at) => {
      const allow = (policy: object): object => ({ RedriveAllowPolicy: JSON.stringify(policy) });
      const dead = await at.arn(await at.queue(allow({ redrivePermission: 'denyAll' }), '-dead'));
      return created(at, [
        allow({ redrivePermission: 'allowAll' }),
        allow({ redrivePermission: 'byQueue', sourceQueueArns: [nowhereArn] }),
        allow({ redrivePermission: 'byQueue' }),
        allow({ redrivePermission: 'nobody' }),
        { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: 1 }) },
      ]);
    },
  },
  {
    name: 'GetQueueAttributes: what is told of a standard queue, and what it is by default',
    run: async (at) => {
      const all = await at.attributes(await at.queue(), 'All');
      const varying = ['CreatedTimestamp', 'LastModifiedTimestamp', 'QueueArn'];
      return Object.entries(all)
        .sort()
        .map(([name, value]) => (varying.includes(name) ? name : `${name} ${value}`));
    },
  },
  {
    name: 'GetQueueAttributes: what is told of a FIFO queue beside that',
    run: async (at) => {
      const standard = await at.attributes(await at.queue(), 'All');
      const all = await at.attributes(await at.fifo(), 'All');
      return Object.entries(all)
        .sort()
        .filter(([name]) => standard[name] === undefined)
        .map((each) => each.join(' '));
    },
  },
  {
    name: 'GetQueueAttributes: forms of times and of the ARN',
    run: async (at) => {
      const all = await at.attributes(await at.queue(), 'All');
      const arn = all['QueueArn']!.replace(at.nameOf(), 'NAME');
      return [formOf(all['CreatedTimestamp']), formOf(all['LastModifiedTimestamp']), arn];
    },
  },
  {
    name: 'GetQueueAttributes: one, none, an unknown one',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const none = await at.call('GetQueueAttributes', { QueueUrl });
      return [
        Object.keys(await at.attributes(QueueUrl, 'DelaySeconds')).join(),
        Object.keys(none).filter((name) => name === 'Attributes').length,
        await at.said('GetQueueAttributes', { QueueUrl, AttributeNames: ['Nothing'] }),
      ];
    },
  },
  {
    name: 'GetQueueAttributes: attributes that were set',
    run: async (at) => {
      const set = {
        MaximumMessageSize: '2048',
        MessageRetentionPeriod: '60',
        KmsMasterKeyId: 'alias/x',
        KmsDataKeyReusePeriodSeconds: '60',
        Policy: '{"Version":"2012-10-17","Statement":[]}',
        RedriveAllowPolicy: '{"redrivePermission":"denyAll"}',
      };
      const told = await at.attributes(await at.queue(set), 'All');
      return Object.keys(set).map((name) => `${name} ${told[name]}`);
    },
  },
  {
    name: 'SetQueueAttributes: what is changed is told, the time too',
    run: async (at) => {
      const QueueUrl = await at.queue();
      await at.call('SetQueueAttributes', { QueueUrl, Attributes: { VisibilityTimeout: '7', DelaySeconds: '3' } });
      const { VisibilityTimeout, DelaySeconds } = await at.attributes(QueueUrl, 'All');
      return `${VisibilityTimeout} ${DelaySeconds}`;
    },
  },
  {
    name: 'SetQueueAttributes: none, unknown, out of bounds, and whether it is FIFO',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const asked = [
        {},
        { Nothing: '1' },
        { VisibilityTimeout: '43201' },
        { DelaySeconds: '-1' },
        { FifoQueue: 'true' },
      ];
      return at.all(
        'SetQueueAttributes',
        asked.map((Attributes) => ({ QueueUrl, Attributes })),
      );
    },
  },
  {
    name: 'SetQueueAttributes: a redrive policy is taken off by setting it to nothing',
    run: async (at) => {
      const { url: QueueUrl, dead } = await at.withDeadLetters(1);
      const said = await at.said('SetQueueAttributes', { QueueUrl, Attributes: { RedrivePolicy: '' } });
      const { queueUrls = [], QueueUrls = queueUrls } = await at.call('ListDeadLetterSourceQueues', { QueueUrl: dead });
      return [said, 'RedrivePolicy' in (await at.attributes(QueueUrl, 'All')), QueueUrls.length];
    },
  },
  {
    name: 'GetQueueUrl: of a queue, of none, without a name',
    run: async (at) => {
      const url = await at.queue();
      const { QueueUrl } = await at.call('GetQueueUrl', { QueueName: at.nameOf() });
      return [QueueUrl === url, ...(await at.all('GetQueueUrl', [{ QueueName: 'nowhere-at-all' }, {}]))];
    },
  },
  {
    name: 'CreateQueue: queue URLs',
    run: async (at) =>
      (await at.queue()).replace(at.wire.endpoint, 'ENDPOINT').replace(at.nameOf(), 'NAME').replace(/:\d+/, ':PORT'),
  },
  {
    name: 'ListQueues: by prefix, page by page',
    run: async (at) => {
      for (let index = 0; index < 5; index++) await at.queue({}, `-${index}`);
      const pages: number[] = [];
      let NextToken: string | undefined;
      do {
        const asked = {
          QueueNamePrefix: at.nameOf(),
          MaxResults: 2,
          ...(NextToken === undefined ? {} : { NextToken }),
        };
        const page = await at.call('ListQueues', asked);
        pages.push(page.QueueUrls?.length ?? 0);
        NextToken = page.NextToken;
      } while (NextToken !== undefined && pages.length < 6);
      const none = await at.call('ListQueues', { QueueNamePrefix: 'nothing-begins-so' });
      return [pages.join(' '), 'QueueUrls' in none];
    },
  },
  {
    name: 'ListQueues: too few and too many at a time, a token that is none',
    run: (at) => at.all('ListQueues', [{ MaxResults: 0 }, { MaxResults: 1001 }, { MaxResults: 1, NextToken: '?' }]),
  },
  {
    name: 'DeleteQueue: it is gone, with what was in it',
    run: async (at) => {
      const QueueUrl = await at.queue();
      await at.send(QueueUrl, 'a');
      const said = [
        await at.said('DeleteQueue', { QueueUrl }),
        await at.said('GetQueueUrl', { QueueName: at.nameOf() }),
      ];
      return [...said, await at.said('DeleteQueue', { QueueUrl: nowhere })];
    },
  },
  {
    name: 'CreateQueue: anew at once after it was deleted',
    run: async (at) => {
      await at.call('DeleteQueue', { QueueUrl: await at.queue() });
      return at.said('CreateQueue', { QueueName: at.nameOf() });
    },
  },
  {
    name: 'TagQueue: tags are put on, changed, taken off and listed',
    run: async (at) => {
      const { QueueUrl } = await at.call('CreateQueue', { QueueName: at.nameOf(), tags: { a: '1', b: '2' } });
      await at.call('TagQueue', { QueueUrl, Tags: { b: '3', c: '' } });
      await at.call('UntagQueue', { QueueUrl, TagKeys: ['a', 'nothing'] });
      const { Tags } = await at.call('ListQueueTags', { QueueUrl });
      return Object.entries(Tags)
        .map((each) => each.join('='))
        .sort();
    },
  },
  {
    name: 'TagQueue: too many, too long, none',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']));
      const asked = [many, { ['k'.repeat(129)]: 'v' }, { k: 'v'.repeat(257) }, { 'aws:k': 'v' }, {}];
      return at.all(
        'TagQueue',
        asked.map((Tags) => ({ QueueUrl, Tags })),
      );
    },
  },
  {
    name: 'UntagQueue: none, and where there is no queue',
    run: async (at) => at.all('UntagQueue', [{ QueueUrl: await at.queue() }, { QueueUrl: nowhere, TagKeys: ['a'] }]),
  },
  {
    name: 'ListQueueTags: of a queue without, and of none',
    run: async (at) => [
      'Tags' in (await at.call('ListQueueTags', { QueueUrl: await at.queue() })),
      await at.said('ListQueueTags', { QueueUrl: nowhere }),
    ],
  },
  {
    name: 'AddPermission: the policy that it makes',
    run: async (at) => {
      const QueueUrl = await at.queue();
      await at.call('AddPermission', { QueueUrl, Label: 'one', ...allowed });
      return JSON.stringify(await policyOf(at, QueueUrl)).replaceAll(at.nameOf(), 'NAME');
    },
  },
  {
    name: 'AddPermission: a label again, an action that is none, too many of them, an account that is none',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const label = (Label: string, more: object = {}): object => ({ QueueUrl, Label, ...allowed, ...more });
      const Actions = ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'];
      Actions.push('GetQueueAttributes', 'GetQueueUrl', 'PurgeQueue', 'ListDeadLetterSourceQueues');
      const asked = [label('a'), label('a'), label('b', { Actions: ['Nothing'] }), label('c', { Actions })];
      return at.all('AddPermission', [...asked, label('d', { AWSAccountIds: ['me'] }), label('e f')]);
    },
  },
  {
    name: 'RemovePermission: the last one, and one that is not there',
    run: async (at) => {
      const QueueUrl = await at.queue();
      await at.call('AddPermission', { QueueUrl, Label: 'one', ...allowed });
      const said = await at.all('RemovePermission', [
        { QueueUrl, Label: 'one' },
        { QueueUrl, Label: 'one' },
      ]);
      return [...said, (await at.attributes(QueueUrl, 'All'))['Policy'] ?? 'none'];
    },
  },
  {
    name: 'PurgeQueue: all is gone, in flight and delayed too; not twice within a minute',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const { ReceiptHandle } = await at.received(QueueUrl);
      await at.send(QueueUrl, 'b');
      await at.send(QueueUrl, 'c', { DelaySeconds: 900 });
      const said = await at.said('PurgeQueue', { QueueUrl });
      const left = await at.counts(QueueUrl);
      return [said, left, await at.delete(QueueUrl, { ReceiptHandle }), await at.said('PurgeQueue', { QueueUrl })];
    },
  },
  { name: 'PurgeQueue: where there is no queue', run: (at) => at.said('PurgeQueue', { QueueUrl: nowhere }) },
  {
    name: 'PurgeQueue: what was sent to a FIFO queue may be sent again',
    run: async (at) => {
      const QueueUrl = await at.fifo();
      await at.sendInOrder(QueueUrl, 'a');
      await at.call('PurgeQueue', { QueueUrl });
      await at.sendInOrder(QueueUrl, 'a');
      return at.bodies(QueueUrl);
    },
  },
  {
    name: 'SendMessage: unknown actions, none, wrong types and unreadable requests',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const wrong = await at.all('SendMessage', [
        { QueueUrl, MessageBody: { a: 'b' } },
        { MessageBody: 'a' },
        { QueueUrl: '?', MessageBody: 'a' },
      ]);
      return [await at.said('Nothing', {}), ...wrong, ...(await unreadable(at))];
    },
  },
  {
    name: 'GetQueueUrl: how errors are told',
    run: async (at) => {
      if (at.wire.protocol === 'query') return 'by their codes';
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.GetQueueUrl' };
      const seen: string[] = [];
      for (const body of ['{"QueueName":"nowhere-at-all"}', '{}']) {
        const response = await fetch(at.wire.endpoint, { method: 'POST', headers, body });
        const text = await response.text();
        seen.push(
          response.headers.get('x-amzn-query-error') ?? 'no header',
          /"__type":"([^"]*)"/.exec(text)?.[1] ?? 'no type',
        );
      }
      return seen;
    },
  },
  {
    name: 'SendMessage: by GET at the queue URL',
    run: async (at) => {
      const path = (await at.queue()).replace(/^http:\/\/[^/]+/, '');
      const asked = '?Action=SendMessage&Version=2012-11-05&MessageBody=a';
      const response = await fetch(`${at.wire.endpoint}${path}${asked}`);
      return [response.status, (await response.text()).includes(createHash('md5').update('a').digest('hex'))];
    },
  },
];

async function unreadable(at: Place): Promise<string[]> {
  if (at.wire.protocol === 'query') {
    const response = await fetch(at.wire.endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Version: '2012-11-05' }),
    });
    return [refusedByQuery(response, await response.text()).message];
  }
  const said: string[] = [];
  for (const [target, body] of [
    ['AmazonSQS.SendMessage', '{'],
    ['AmazonSQS.SendMessage', '[]'],
    ['Other.SendMessage', '{}'],
  ]) {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target! };
    const response = await fetch(at.wire.endpoint, { method: 'POST', headers, body: body! });
    const text = await response.text();
    said.push(refusedByJson(response, text).message);
  }
  return said;
}
