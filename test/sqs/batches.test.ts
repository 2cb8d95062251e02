import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, atHome } from './home.js';

const idText =
  'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';

test('a batch has 1 to 10 entries with distinct ids of letters, digits, hyphens and underscores', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const entry = (Id: string): object => ({ Id, MessageBody: 'a', ReceiptHandle: 'x', VisibilityTimeout: 0 });
    for (const action of ['SendMessageBatch', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch']) {
      const refused = async (Entries: readonly object[], name: string, message: string | RegExp): Promise<void> => {
        const told = await home.failure(action, { QueueUrl: url, Entries });
        assert.deepEqual([told.name, told.code, told.status], [name, `AWS.SimpleQueueService.${name}`, 400]);
        if (typeof message === 'string') assert.equal(told.message, message);
        else assert.match(told.message, message);
      };
      await refused([], 'EmptyBatchRequest', /at least one entry/);
      const eleven = Array.from({ length: 11 }, (_, index) => entry(`e${index}`));
      const tooMany = 'Maximum number of entries per request are 10. You have sent 11.';
      await refused(eleven, 'TooManyEntriesInBatchRequest', tooMany);
      for (const id of ['', 'a b', 'a:b', 'é', 'x'.repeat(81)])
        await refused([entry(id)], 'InvalidBatchEntryId', idText);
      await refused([{ MessageBody: 'a' }], 'InvalidBatchEntryId', idText);
      await refused([entry('a'), entry('a')], 'BatchEntryIdsNotDistinct', 'Id a repeated.');
    }
    await home.json('SendMessageBatch', { QueueUrl: url, Entries: [entry('x'.repeat(80)), entry('a-_9')] });
    assert.deepEqual(await home.counts(url), [2, 0, 0]);
  }));

test('entries fail one by one in an answer that is good', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const answer = await home.json('SendMessageBatch', {
      QueueUrl: url,
      Entries: [
        { Id: 'good', MessageBody: 'a' },
        { Id: 'bad', MessageBody: '\u0001' },
        { Id: 'late', MessageBody: 'a', DelaySeconds: 901 },
        { Id: 'none' },
      ],
    });
    assert.deepEqual(Object.keys(answer.Successful[0]).sort(), ['Id', 'MD5OfMessageBody', 'MessageId']);
    assert.deepEqual(
      answer.Failed.map(({ Id, Code, SenderFault }: Answer) => [Id, Code, SenderFault]),
      [
        ['bad', 'InvalidMessageContents', true],
        ['late', 'InvalidParameterValue', true],
        ['none', 'MissingParameter', true],
      ],
    );
    assert.deepEqual(await home.bodies(url), ['a']);
  }));

test('a batch that succeeds as a whole tells of no failures, and one that fails of no success', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const good = await home.json('SendMessageBatch', { QueueUrl: url, Entries: [{ Id: 'a', MessageBody: 'a' }] });
    assert.deepEqual(Object.keys(good), ['Successful']);
    const Entries = [{ Id: 'a', ReceiptHandle: 'nonsense' }];
    const bad = await home.json('DeleteMessageBatch', { QueueUrl: url, Entries });
    assert.deepEqual(Object.keys(bad), ['Failed']);
    assert.equal(bad.Failed[0].Code, 'ReceiptHandleIsInvalid');
  }));

test('a batch has 1,048,576 bytes at most', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const of = (...lengths: readonly number[]): object => ({
      QueueUrl: url,
      Entries: lengths.map((length, index) => ({ Id: `e${index}`, MessageBody: 'x'.repeat(length) })),
    });
    await home.json('SendMessageBatch', of(524_288, 524_288));
    const { name, message } = await home.failure('SendMessageBatch', of(524_288, 524_289));
    assert.equal(name, 'BatchRequestTooLong');
    assert.equal(message, 'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.');
    assert.deepEqual(await home.counts(url), [2, 0, 0]);
  }));

test('visibility and deletes of batches hold for the entries that are good', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await home.send(url, 'a');
    await home.send(url, 'b');
    const [a, b] = await home.receive(url);
    const changed = await home.json('ChangeMessageVisibilityBatch', {
      QueueUrl: url,
      Entries: [
        { Id: 'a', ReceiptHandle: a.ReceiptHandle, VisibilityTimeout: 0 },
        { Id: 'b', ReceiptHandle: b.ReceiptHandle, VisibilityTimeout: 43_201 },
      ],
    });
    assert.deepEqual(changed.Successful, [{ Id: 'a' }]);
    assert.deepEqual([changed.Failed[0].Id, changed.Failed[0].Code], ['b', 'InvalidParameterValue']);
    assert.deepEqual(await home.counts(url), [1, 1, 0]);
    const gone = await home.json('DeleteMessageBatch', {
      QueueUrl: url,
      Entries: [
        { Id: 'a', ReceiptHandle: a.ReceiptHandle },
        { Id: 'b', ReceiptHandle: 'no' },
      ],
    });
    assert.deepEqual([gone.Successful, gone.Failed[0].Id], [[{ Id: 'a' }], 'b']);
    assert.deepEqual(await home.counts(url), [0, 1, 0]);
  }));

test('a FIFO batch without a group, or without anything to tell messages apart by, fails as a whole', () =>
  atHome(async (home) => {
    const url = await home.fifo('orders');
    const sent = (entry: object): object => ({ QueueUrl: url, Entries: [{ Id: 'a', MessageBody: 'a', ...entry }] });
    const noGroup = await home.failure('SendMessageBatch', sent({ MessageDeduplicationId: 'x' }));
    assert.equal(noGroup.code, 'InvalidParameterValue');
    assert.equal(noGroup.message, 'The request must contain the parameter MessageGroupId.');
    const noId = await home.failure('SendMessageBatch', sent({ MessageGroupId: 'x' }));
    assert.equal(noId.code, 'InvalidParameterValue');
    assert.match(noId.message, /ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly$/);
  }));

test('entries of a batch keep their groups, delays and attributes, whichever stand beside them', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    const shapes = [
      {},
      {},
      { MessageGroupId: 'g' },
      { MessageGroupId: 'g' },
      { DelaySeconds: 60 },
      {},
      { DelaySeconds: 30 },
    ];
    const Entries = shapes.map((shape, index) => ({
      Id: `i${index}`,
      MessageBody: `m${index}`,
      MessageAttributes: { index: { DataType: 'Number', StringValue: String(index) } },
      ...shape,
    }));
    const { Successful } = await home.json('SendMessageBatch', { QueueUrl: url, Entries });
    assert.deepEqual(
      Successful.map(({ Id }: Answer) => Id),
      Entries.map(({ Id }) => Id),
    );
    assert.deepEqual(await home.counts(url), [5, 0, 2]);
    const told = async (): Promise<string[]> =>
      (await home.receive(url, { MessageAttributeNames: ['All'] })).map(
        ({ Body, MessageId, Attributes, ...message }) => {
          const sent = Successful.find((each: Answer) => each.MessageId === MessageId);
          const index = message.MessageAttributes.index.StringValue;
          return [
            Body,
            sent.Id,
            index,
            sent.MD5OfMessageAttributes === message.MD5OfMessageAttributes,
            Attributes.MessageGroupId,
          ].join(' ');
        },
      );
    const now = await told();
    assert.deepEqual(now, ['m0 i0 0 true ', 'm1 i1 1 true ', 'm2 i2 2 true g', 'm3 i3 3 true g', 'm5 i5 5 true ']);
    await home.clock.pass(30_000);
    assert.ok((await told()).includes('m6 i6 6 true '));
    assert.deepEqual((await home.counts(url))[2], 1);
  }));
