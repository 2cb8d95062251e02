import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arnOf, atHome } from './home.js';

test('a queue has the attributes that it was made with, and the defaults of AWS', () =>
  atHome(async (home) => {
    const url = await home.queue('orders', { VisibilityTimeout: '20' });
    const { CreatedTimestamp, LastModifiedTimestamp, ...told } = await home.attributes(url);
    assert.deepEqual(told, {
      QueueArn: arnOf(url),
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: '20',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      DelaySeconds: '0',
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
    });
    const nowS = home.clock.now() / 1000;
    assert.ok(Math.abs(Number(CreatedTimestamp) - nowS) < 5);
    await home.clock.pass(10_000);
    await home.json('SetQueueAttributes', { QueueUrl: url, Attributes: { VisibilityTimeout: '69' } });
    const after = await home.attributes(url);
    assert.equal(after['VisibilityTimeout'], '69');
    assert.equal(after['CreatedTimestamp'], CreatedTimestamp);
    assert.ok(Number(after['LastModifiedTimestamp']) >= Number(LastModifiedTimestamp) + 10);
    assert.deepEqual(await home.attributes(url, 'DelaySeconds'), { DelaySeconds: '0' });
    assert.deepEqual(await home.attributes(url, 'Policy'), {});
    const unknown = await home.failure('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['Nope'] });
    assert.deepEqual([unknown.name, unknown.message], ['InvalidAttributeName', 'Unknown Attribute Nope.']);
  }));

test('making a queue again is nothing, unless an attribute differs', () =>
  atHome(async (home) => {
    const url = await home.queue('orders', { DelaySeconds: '1' });
    assert.equal(await home.queue('orders', { DelaySeconds: '1' }), url);
    assert.equal(await home.queue('orders'), url);
    assert.equal(await home.queue('orders', { VisibilityTimeout: '30' }), url);
    const told = await home.failure('CreateQueue', { QueueName: 'orders', Attributes: { DelaySeconds: '2' } });
    assert.deepEqual(
      [told.name, told.code, told.message],
      [
        'QueueNameExists',
        'QueueAlreadyExists',
        'A queue already exists with the same name and a different value for attribute DelaySeconds',
      ],
    );
  }));

test('names have 1 to 80 letters, digits, hyphens and underscores', () =>
  atHome(async (home) => {
    for (const QueueName of ['a b', 'a.b', 'ü', 'x'.repeat(81), 'a/b', `${'x'.repeat(76)}.fifo`]) {
      const { code } = await home.failure('CreateQueue', {
        QueueName,
        Attributes: QueueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {},
      });
      assert.equal(code, 'InvalidParameterValue', QueueName);
    }
    assert.equal((await home.failure('CreateQueue', {})).code, 'MissingParameter');
    await home.queue('x'.repeat(80));
    await home.fifo('x'.repeat(75));
  }));

test('queues are listed by prefix and by pages, and gone when they are deleted', () =>
  atHome(async (home) => {
    for (const name of ['a1', 'a2', 'a3', 'b1']) await home.queue(name);
    const { QueueUrls } = await home.json('ListQueues', { QueueNamePrefix: 'a' });
    assert.equal(QueueUrls.length, 3);
    const first = await home.json('ListQueues', { MaxResults: 3 });
    assert.equal(first.QueueUrls.length, 3);
    const second = await home.json('ListQueues', { MaxResults: 3, NextToken: first.NextToken });
    assert.deepEqual(second, { QueueUrls: [`${home.endpoint}/000000000000/b1`] });
    for (const MaxResults of [0, 1001]) {
      const { code, message } = await home.failure('ListQueues', { MaxResults });
      assert.equal(code, 'InvalidParameterValue');
      assert.match(message, /Reason: MaxResults must be an integer between 1 and 1000\.$/);
    }
    for (const NextToken of ['?', '', 'a']) {
      const told = await home.failure('ListQueues', { MaxResults: 3, NextToken });
      assert.deepEqual([told.code, told.message], ['InvalidParameterValue', 'Invalid or expired next token.']);
    }
    await home.json('DeleteQueue', { QueueUrl: QueueUrls[0] });
    for (const action of ['DeleteQueue', 'PurgeQueue', 'ReceiveMessage', 'GetQueueAttributes', 'ListQueueTags']) {
      assert.equal((await home.failure(action, { QueueUrl: QueueUrls[0] })).name, 'QueueDoesNotExist', action);
    }
    assert.equal((await home.json('ListQueues')).QueueUrls.length, 3);
  }));

test('sources of a dead-letter queue are listed by pages', () =>
  atHome(async (home) => {
    const dead = await home.queue('dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dead), maxReceiveCount: 1 });
    for (const name of ['a', 'b', 'c']) await home.queue(name, { RedrivePolicy });
    const first = await home.json('ListDeadLetterSourceQueues', { QueueUrl: dead, MaxResults: 2 });
    assert.equal(first.queueUrls.length, 2);
    const more = { QueueUrl: dead, MaxResults: 2, NextToken: first.NextToken };
    assert.deepEqual(await home.json('ListDeadLetterSourceQueues', more), {
      queueUrls: [`${home.endpoint}/000000000000/c`],
    });
  }));

test('a purge takes all messages, those in flight and delayed ones too, and once in 60 seconds', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await home.send(url, 'a');
    await home.send(url, 'b', { DelaySeconds: 60 });
    await home.send(url, 'c');
    const [message] = await home.receive(url, { MaxNumberOfMessages: 1 });
    await home.json('PurgeQueue', { QueueUrl: url });
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
    await home.delete(url, message);
    await home.clock.pass(59_000);
    const told = await home.failure('PurgeQueue', { QueueUrl: url });
    assert.deepEqual([told.status, told.name], [403, 'PurgeQueueInProgress']);
    assert.equal(told.message, 'Only one PurgeQueue operation on orders is allowed every 60 seconds.');
    await home.send(url, 'd');
    await home.clock.pass(1001);
    await home.json('PurgeQueue', { QueueUrl: url });
    assert.deepEqual(await home.counts(url), [0, 0, 0]);
  }));

test('tags are put on when a queue is made or later, changed and taken off', () =>
  atHome(async (home) => {
    const { QueueUrl } = await home.json('CreateQueue', { QueueName: 'orders', tags: { team: 'blue' } });
    const tags = async (): Promise<object> => (await home.json('ListQueueTags', { QueueUrl })).Tags;
    assert.deepEqual(await tags(), { team: 'blue' });
    await home.json('TagQueue', { QueueUrl, Tags: { team: 'red', stage: '', __proto__x: 'y' } });
    assert.deepEqual(await tags(), { team: 'red', stage: '', __proto__x: 'y' });
    await home.json('UntagQueue', { QueueUrl, TagKeys: ['team', 'nope', '__proto__x'] });
    assert.deepEqual(await tags(), { stage: '' });
    await home.json('SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds: '1' } });
    assert.deepEqual(await tags(), { stage: '' });
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, 'x']));
    assert.equal((await home.failure('TagQueue', { QueueUrl, Tags: many })).code, 'InvalidParameterValue');
    assert.equal((await home.failure('TagQueue', { QueueUrl })).code, 'MissingParameter');
    for (const bad of [{ '': 'x' }, { ['x'.repeat(129)]: 'x' }, { x: 'x'.repeat(257) }, { 'aws:x': 'x' }]) {
      assert.equal((await home.failure('TagQueue', { QueueUrl, Tags: bad })).code, 'InvalidParameterValue');
    }
  }));

test('permissions become statements of the policy, one for each label', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const policy = async (): Promise<object | null> => {
      const { Policy } = await home.attributes(url, 'Policy');
      return Policy === undefined ? null : JSON.parse(Policy);
    };
    const added = { QueueUrl: url, Label: 'partners', AWSAccountIds: ['111111111111', '668614515564'] };
    await home.json('AddPermission', { ...added, Actions: ['ReceiveMessage'] });
    assert.deepEqual(await policy(), {
      Version: '2008-10-17',
      Id: `${arnOf(url)}/SQSDefaultPolicy`,
      Statement: [
        {
          Sid: 'partners',
          Effect: 'Allow',
          Principal: { AWS: ['arn:aws:iam::111111111111:root', 'arn:aws:iam::668614515564:root'] },
          Action: 'SQS:ReceiveMessage',
          Resource: arnOf(url),
        },
      ],
    });
    const twice = await home.failure('AddPermission', { ...added, Actions: ['SendMessage'] });
    assert.equal(twice.message, 'Value partners for parameter Label is invalid. Reason: Already exists.');
    for (const [more, code] of [
      [{ Label: 'b', Actions: [] }, 'MissingParameter'],
      [{ Label: 'b', Actions: ['Dance'] }, 'InvalidParameterValue'],
      [{ Label: 'b c', Actions: ['SendMessage'] }, 'InvalidParameterValue'],
      [{ Label: 'b', Actions: ['SendMessage'], AWSAccountIds: ['1'] }, 'InvalidParameterValue'],
      [{ Label: 'b', Actions: Array.from({ length: 8 }, () => 'SendMessage') }, 'OverLimit'],
    ] as const) {
      assert.equal((await home.failure('AddPermission', { ...added, ...more })).code, code);
    }
    await home.json('RemovePermission', { QueueUrl: url, Label: 'partners' });
    assert.equal(await policy(), null);
    const gone = await home.failure('RemovePermission', { QueueUrl: url, Label: 'partners' });
    assert.equal(gone.message, "Value partners for parameter Label is invalid. Reason: can't find label.");
  }));

test('a policy of one’s own is kept as it is, and taken back by nothing', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const Policy = '{"Version": "2012-10-17", "Statement": []}';
    const set = (text: string): object => ({ QueueUrl: url, Attributes: { Policy: text } });
    await home.json('SetQueueAttributes', set(Policy));
    assert.deepEqual(await home.attributes(url, 'Policy'), { Policy });
    assert.equal((await home.failure('SetQueueAttributes', set('{'))).name, 'InvalidAttributeValue');
    await home.json('SetQueueAttributes', set(''));
    assert.deepEqual(await home.attributes(url, 'Policy'), {});
  }));

test('attributes of encryption are kept and told', () =>
  atHome(async (home) => {
    const kms = { KmsMasterKeyId: 'testKeyId', KmsDataKeyReusePeriodSeconds: '6000', SqsManagedSseEnabled: 'false' };
    const url = await home.queue('orders', kms);
    assert.deepEqual(await home.attributes(url, ...Object.keys(kms)), kms);
    const both = { QueueUrl: url, Attributes: { KmsMasterKeyId: 'x', SqsManagedSseEnabled: 'true' } };
    assert.equal((await home.failure('SetQueueAttributes', both)).name, 'InvalidAttributeName');
  }));

test('a queue of another front is seen here, and one that somebody has for himself is not', () =>
  atHome(async (home) => {
    const { queues } = home.broker;
    queues.declare('classic');
    const own = queues.declare('own');
    own.exclusiveTo = {};
    const { QueueUrls } = await home.json('ListQueues');
    assert.deepEqual(QueueUrls, [`${home.endpoint}/000000000000/classic`]);
    const url = String(QueueUrls[0]);
    await home.send(url, 'a');
    assert.deepEqual(await home.bodies(url), ['a']);
  }));
