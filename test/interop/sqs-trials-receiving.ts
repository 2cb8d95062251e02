import { formOf, type Place, type Trial } from './sqs-trial.js';
import { digestOf, everyType, failures, grouped, ids, text, wanted } from './sqs-trial-messages.js';

const nowhere = 'http://127.0.0.1/000000000000/nowhere-at-all';
const nowhereArn = 'arn:aws:sqs:us-east-1:000000000000:nowhere-at-all';

export const receivingTrials: readonly Trial[] = [
  {
    name: 'ReceiveMessage: what is told of a message, asked for nothing and for all',
    run: async (at) => {
      const QueueUrl = await at.queue({ VisibilityTimeout: '0' });
      await at.send(QueueUrl, 'a', { MessageAttributes: { a: text('x') } });
      const { Messages } = await at.call('ReceiveMessage', { QueueUrl });
      const [got] = await at.receive(QueueUrl, { MessageAttributeNames: ['All'] });
      const { SentTimestamp, ApproximateFirstReceiveTimestamp, ApproximateReceiveCount } = got.Attributes;
      const names = (of: object): string => Object.keys(of).sort().join();
      return [
        names(Messages[0]),
        names(got),
        names(got.Attributes),
        formOf(SentTimestamp),
        formOf(ApproximateFirstReceiveTimestamp),
        ApproximateReceiveCount,
      ];
    },
  },
  {
    name: 'ReceiveMessage: system attributes by their old name, by the new one, by both',
    run: async (at) => {
      const QueueUrl = await at.queue({ VisibilityTimeout: '0' });
      await at.send(QueueUrl, 'a');
      const names = [
        ['AttributeNames'],
        ['MessageSystemAttributeNames'],
        ['AttributeNames', 'MessageSystemAttributeNames'],
      ];
      const seen: string[] = [];
      for (const each of names) {
        const asked = Object.fromEntries(each.map((name) => [name, ['SenderId', 'SentTimestamp']]));
        const { Messages } = await at.call('ReceiveMessage', { QueueUrl, ...asked });
        seen.push(
          Object.keys(Messages[0].Attributes ?? {})
            .sort()
            .join() || 'none',
        );
      }
      return seen;
    },
  },
  {
    name: 'ReceiveMessage: what is told of a message of a FIFO queue',
    run: async (at) => {
      const url = await at.fifo();
      const { SequenceNumber } = await at.send(url, 'a', grouped('g', 'd'));
      const [{ Attributes: told }] = await at.receive(url);
      return [
        Object.keys(told).sort().join(),
        told.SequenceNumber === SequenceNumber,
        told.MessageGroupId,
        told.MessageDeduplicationId,
      ];
    },
  },
  {
    name: 'ReceiveMessage: attributes by name, by prefix, unknown',
    run: async (at) => {
      const url = await at.queue({ VisibilityTimeout: '0' });
      await at.send(url, 'a', { MessageAttributes: { a: text('x'), 'b.c': text('y'), 'b.d': text('z') } });
      const seen: string[] = [];
      for (const names of [['a'], ['b.*'], ['.*'], ['nothing'], ['All'], ['*']]) {
        const [got] = await at.receive(url, { MessageAttributeNames: names });
        seen.push(
          Object.keys(got.MessageAttributes ?? {})
            .sort()
            .join(),
        );
      }
      return seen;
    },
  },
  {
    name: 'ReceiveMessage: the digest is that of the attributes that are told',
    run: async (at) => {
      const url = await at.queue();
      const a = text('x');
      await at.send(url, 'a', { MessageAttributes: { a, b: text('y') } });
      const [got] = await at.receive(url, { MessageAttributeNames: ['a'] });
      return got.MD5OfMessageAttributes === digestOf({ a });
    },
  },
  {
    name: 'ReceiveMessage: bounds of numbers, unknown attributes',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const numbers = [
        { MaxNumberOfMessages: 0 },
        { MaxNumberOfMessages: 11 },
        { WaitTimeSeconds: 21 },
        { WaitTimeSeconds: -1 },
      ];
      const others = [
        { VisibilityTimeout: -1 },
        { VisibilityTimeout: 43_201 },
        { MessageSystemAttributeNames: ['Nothing'] },
        { AttributeNames: ['Nothing'] },
      ];
      return at.all(
        'ReceiveMessage',
        [...numbers, ...others].map((each) => ({ QueueUrl, ...each })),
      );
    },
  },
  {
    name: 'ReceiveMessage: one unless more are asked for; nothing is no list',
    run: async (at) => {
      const QueueUrl = await at.queue();
      for (const body of ['a', 'b', 'c']) await at.send(QueueUrl, body);
      const one = await at.call('ReceiveMessage', { QueueUrl });
      const rest = await at.receive(QueueUrl);
      return [one.Messages.length, rest.length, 'Messages' in (await at.call('ReceiveMessage', { QueueUrl }))];
    },
  },
  {
    name: 'ReceiveMessage: what was received comes again when its time is over, with another handle',
    run: async (at) => {
      const url = await at.queue();
      const first = await at.received(url, { VisibilityTimeout: 1 });
      const [second] = await at.receive(url, { WaitTimeSeconds: 10 });
      const { ApproximateReceiveCount: count, ApproximateFirstReceiveTimestamp: firstAt } = second.Attributes;
      return [
        count,
        firstAt === first.Attributes.ApproximateFirstReceiveTimestamp,
        first.ReceiptHandle === second.ReceiptHandle,
      ];
    },
  },
  {
    name: 'ReceiveMessage: waits for what comes, and for as long as it was told',
    run: async (at) => {
      const url = await at.queue({ ReceiveMessageWaitTimeSeconds: '20' });
      const began = Date.now();
      const waiting = at.bodies(url);
      await at.send(url, 'a');
      const got = await waiting;
      const early = Date.now() - began < 10_000;
      const later = Date.now();
      const none = await at.bodies(url, { WaitTimeSeconds: 1 });
      return [got, early, none.length, Date.now() - later > 900];
    },
  },
  {
    name: 'ReceiveMessage: an attempt on a standard queue, again on a FIFO queue, and a bad one',
    run: async (at) => {
      const QueueUrl = await at.fifo();
      await at.sendInOrder(QueueUrl, 'a', 'b');
      const attempt = { ReceiveRequestAttemptId: 'one', MaxNumberOfMessages: 1 };
      const seen = [await at.bodies(QueueUrl, attempt), await at.bodies(QueueUrl, attempt)];
      const other = await at.queue();
      const bad = [
        { QueueUrl: other, ReceiveRequestAttemptId: 'one' },
        { QueueUrl, ReceiveRequestAttemptId: 'a b' },
      ];
      return [...seen, ...(await at.all('ReceiveMessage', bad))];
    },
  },
  {
    name: 'ReceiveMessage: a group is locked by what is in flight, and fills a receive first',
    run: async (at) => {
      const url = await at.fifo();
      await at.sendInOrder(url, 'g1', 'h1', 'g2', 'h2', 'g3');
      const first = await at.receive(url, { MaxNumberOfMessages: 2 });
      const second = await at.bodies(url);
      await at.delete(url, first[0]);
      const third = await at.bodies(url);
      await at.delete(url, first[1]);
      return [
        first.map(({ Body }) => Body).join(' '),
        second.join(' '),
        third.join(' '),
        (await at.bodies(url)).join(' '),
      ];
    },
  },
  { name: 'ReceiveMessage: where there is no queue', run: (at) => at.said('ReceiveMessage', { QueueUrl: nowhere }) },
  {
    name: 'DeleteMessage: twice, with an old handle, with a bad one, with one of another queue, without',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const old = await at.received(QueueUrl, { VisibilityTimeout: 0 });
      const [last] = await at.receive(QueueUrl);
      const said = [
        await at.delete(QueueUrl, old),
        await at.counts(QueueUrl),
        await at.delete(QueueUrl, last),
        await at.delete(QueueUrl, last),
      ];
      const other = await at.queue({}, '-other');
      const foreign = await at.received(other);
      const bad = [{ QueueUrl, ReceiptHandle: 'x' }, { QueueUrl, ReceiptHandle: foreign.ReceiptHandle }, { QueueUrl }];
      return [...said, ...(await at.all('DeleteMessage', bad)), await at.counts(other)];
    },
  },
  {
    name: 'DeleteMessage: on a FIFO queue, when the receive is over',
    run: async (at) => {
      const url = await at.fifo();
      await at.sendInOrder(url, 'a');
      const [old] = await at.receive(url, { VisibilityTimeout: 1 });
      const [last] = await at.receive(url, { WaitTimeSeconds: 10 });
      return [await at.delete(url, old), await at.delete(url, last), await at.counts(url)];
    },
  },
  {
    name: 'DeleteMessageBatch: partial failure, none, ids twice',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const { ReceiptHandle } = await at.received(QueueUrl);
      const good = { Id: 'good', ReceiptHandle };
      const answer = await at.call('DeleteMessageBatch', {
        QueueUrl,
        Entries: [good, { Id: 'bad', ReceiptHandle: 'x' }],
      });
      const said = await at.all(
        'DeleteMessageBatch',
        [[], [good, good]].map((Entries) => ({ QueueUrl, Entries })),
      );
      return [ids(answer), failures(answer), ...said];
    },
  },
  {
    name: 'ChangeMessageVisibility: to nothing, and then what is not in flight',
    run: async (at) => {
      const url = await at.queue();
      const got = await at.received(url);
      return [
        await at.hide(url, got, 60),
        await at.hide(url, got, 0),
        await at.counts(url),
        await at.hide(url, got, 60),
      ];
    },
  },
  {
    name: 'ChangeMessageVisibility: of what was deleted',
    run: async (at) => {
      const url = await at.queue();
      const got = await at.received(url);
      await at.delete(url, got);
      return at.hide(url, got, 60);
    },
  },
  {
    name: 'ChangeMessageVisibility: out of bounds, without, with a bad handle',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const { ReceiptHandle } = await at.received(QueueUrl);
      const bad = [
        { VisibilityTimeout: -1 },
        { VisibilityTimeout: 43_201 },
        {},
        { VisibilityTimeout: 1, ReceiptHandle: 'x' },
      ];
      return at.all(
        'ChangeMessageVisibility',
        bad.map((each) => ({ QueueUrl, ReceiptHandle, ...each })),
      );
    },
  },
  {
    name: 'ChangeMessageVisibility: on a FIFO queue, when the receive is over',
    run: async (at) => {
      const url = await at.fifo();
      await at.sendInOrder(url, 'a');
      const [old] = await at.receive(url, { VisibilityTimeout: 1 });
      await at.receive(url, { WaitTimeSeconds: 10 });
      return at.hide(url, old, 60);
    },
  },
  {
    name: 'ChangeMessageVisibilityBatch: partial failure, none',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const { ReceiptHandle } = await at.received(QueueUrl);
      const Entries = [
        { Id: 'good', ReceiptHandle, VisibilityTimeout: 0 },
        { Id: 'bad', ReceiptHandle: 'x', VisibilityTimeout: 0 },
      ];
      Entries.push({ Id: 'long', ReceiptHandle, VisibilityTimeout: 43_201 });
      const answer = await at.call('ChangeMessageVisibilityBatch', { QueueUrl, Entries });
      return [
        ids(answer),
        failures(answer),
        await at.counts(QueueUrl),
        await at.said('ChangeMessageVisibilityBatch', { QueueUrl, Entries: [] }),
      ];
    },
  },
  {
    name: 'ReceiveMessage: what was received too often is in the dead-letter queue, as it was',
    run: async (at) => {
      const { url, dead } = await at.withDeadLetters(2);
      const { MessageId } = await at.send(url, 'a', { MessageAttributes: everyType });
      for (let count = 0; count < 2; count++) await at.receive(url, { VisibilityTimeout: 0 });
      const none = await at.receive(url);
      const [got] = await at.receive(dead, { MessageAttributeNames: ['All'] });
      const { ApproximateReceiveCount, DeadLetterQueueSourceArn = 'none' } = got.Attributes;
      const source = DeadLetterQueueSourceArn.replace(at.nameOf(), 'NAME');
      return [
        none.length,
        got.MessageId === MessageId,
        got.MD5OfMessageAttributes === wanted,
        ApproximateReceiveCount,
        source,
      ];
    },
  },
  {
    name: 'ReceiveMessage: dead letters of FIFO queues, in their order',
    run: async (at) => {
      const { url, dead } = await at.withDeadLetters(1, true);
      await at.sendInOrder(url, 'g1', 'g2');
      for (const got of await at.receive(url)) await at.hide(url, got, 0);
      const none = await at.receive(url);
      return [none.length, (await at.bodies(dead)).join(' ')];
    },
  },
  {
    name: 'ListDeadLetterSourceQueues: one, none, and where there is no queue',
    run: async (at) => {
      const { url, dead } = await at.withDeadLetters(2);
      const lists: unknown[] = [];
      for (const QueueUrl of [dead, url]) {
        const { queueUrls = [], QueueUrls = queueUrls } = await at.call('ListDeadLetterSourceQueues', { QueueUrl });
        lists.push(QueueUrls.length);
      }
      return [...lists, await at.said('ListDeadLetterSourceQueues', { QueueUrl: nowhere })];
    },
  },
  {
    name: 'StartMessageMoveTask: dead letters go back where they came from',
    run: async (at) => {
      const { url, dead } = await withOneDead(at);
      const { TaskHandle } = await at.call('StartMessageMoveTask', { SourceArn: await at.arn(dead) });
      const back = await at.bodies(url, { WaitTimeSeconds: 10 });
      const { Results = [] } = await at.call('ListMessageMoveTasks', { SourceArn: await at.arn(dead) });
      const task = Results[0] ?? {};
      return [typeof TaskHandle, back, Object.keys(task).sort().join(), formOf(task.StartedTimestamp)];
    },
  },
  {
    name: 'StartMessageMoveTask: from what is no dead-letter queue',
    run: async (at) => at.said('StartMessageMoveTask', { SourceArn: await at.arn(await at.queue()) }),
  },
  {
    name: 'StartMessageMoveTask: from where there is no queue, to where there is none, to itself, too quickly',
    run: async (at) => {
      const SourceArn = await at.arn((await withOneDead(at)).dead);
      const rates = [0, 501].map((MaxNumberOfMessagesPerSecond) => ({ SourceArn, MaxNumberOfMessagesPerSecond }));
      const ends = [
        { SourceArn: nowhereArn },
        { SourceArn, DestinationArn: SourceArn },
        { SourceArn, DestinationArn: nowhereArn },
      ];
      return at.all('StartMessageMoveTask', [...ends, ...rates, {}]);
    },
  },
  {
    name: 'CancelMessageMoveTask: one that runs, again, and with a bad handle',
    run: async (at) => {
      const { dead } = await withOneDead(at, 3);
      const SourceArn = await at.arn(dead);
      const { TaskHandle } = await at.call('StartMessageMoveTask', { SourceArn, MaxNumberOfMessagesPerSecond: 1 });
      const second = await at.said('StartMessageMoveTask', { SourceArn });
      const answer = await at.call('CancelMessageMoveTask', { TaskHandle });
      const said = await at.all('CancelMessageMoveTask', [{ TaskHandle }, { TaskHandle: 'x' }, {}]);
      return [second, Object.keys(answer).join(), ...said];
    },
  },
  {
    name: 'ListMessageMoveTasks: where there were none, where there is no queue, too many',
    run: async (at) => {
      const SourceArn = await at.arn(await at.queue());
      const asked = [
        { SourceArn },
        { SourceArn: nowhereArn },
        { SourceArn, MaxResults: 11 },
        { SourceArn, MaxResults: 0 },
        {},
      ];
      return at.all('ListMessageMoveTasks', asked);
    },
  },
];

async function withOneDead(at: Place, count = 1): Promise<{ url: string; dead: string }> {
  const queues = await at.withDeadLetters(1);
  for (let index = 0; index < count; index++) await at.send(queues.url, String(index));
  for (const got of await at.receive(queues.url)) await at.hide(queues.url, got, 0);
  // Some move dead letters when they are looked for next.
  await at.receive(queues.url);
  return queues;
}
