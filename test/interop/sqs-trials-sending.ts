import type { Answer } from '../sqs/home.js';
import { formOf, type Place, type Trial } from './sqs-trial.js';
import { digestOf, entry, everyType, failures, grouped, ids, text, wanted } from './sqs-trial-messages.js';

const nowhere = 'http://127.0.0.1/000000000000/nowhere-at-all';
const sizeMax = 1_048_576;

async function sent(at: Place, url: string, each: readonly object[]): Promise<string[]> {
  return at.all(
    'SendMessage',
    each.map((more) => ({ QueueUrl: url, MessageBody: 'a', ...more })),
  );
}

export const sendingTrials: readonly Trial[] = [
  {
    name: 'SendMessage: what is answered',
    run: async (at) => {
      const answer = await at.send(await at.queue(), 'a');
      return [Object.keys(answer).sort().join(), formOf(answer.MessageId), answer.MD5OfMessageBody];
    },
  },
  {
    name: 'SendMessage: attributes of every type, with their digest, come back',
    run: async (at) => {
      const url = await at.queue();
      const { MD5OfMessageAttributes } = await at.send(url, 'a', { MessageAttributes: everyType });
      const [got] = await at.receive(url, { MessageAttributeNames: ['All'] });
      const told = Object.entries(got.MessageAttributes as Record<string, Answer>).sort();
      const values = told.map(([name, each]) => `${name} ${each.DataType} ${each.StringValue ?? each.BinaryValue}`);
      return [MD5OfMessageAttributes === wanted, got.MD5OfMessageAttributes === wanted, ...values];
    },
  },
  {
    name: 'SendMessage: bodies that are empty, missing, of forbidden and of strange characters',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const asked = ['', '\u0001', '\uFFFE', '\t\n\r ä \u{1F980} <&>'].map((MessageBody) => ({
        QueueUrl,
        MessageBody,
      }));
      return [
        ...(await at.all('SendMessage', [{ QueueUrl }, ...asked])),
        ...(await at.bodies(QueueUrl)).map((body) => JSON.stringify(body)),
      ];
    },
  },
  {
    name: 'SendMessage: as long as may be, and one byte longer',
    run: async (at) => {
      const url = await at.queue();
      const body = 'x'.repeat(sizeMax);
      const filled = { MessageBody: body.slice(10), MessageAttributes: { abc: text('d') } };
      return sent(at, url, [
        { MessageBody: body },
        { MessageBody: `${body}x` },
        filled,
        { ...filled, MessageBody: body.slice(9) },
      ]);
    },
  },
  {
    name: 'SendMessage: longer than the queue wants',
    run: async (at) => {
      const url = await at.queue({ MaximumMessageSize: '1024' });
      return sent(at, url, [{ MessageBody: 'x'.repeat(1024) }, { MessageBody: 'x'.repeat(1025) }]);
    },
  },
  {
    name: 'SendMessage: attributes with bad names',
    run: async (at) => {
      const url = await at.queue();
      const names = ['a b', 'aws.a', 'Amazon.a', '.a', 'a.', 'a..b', 'x'.repeat(257)];
      return sent(
        at,
        url,
        names.map((name) => ({ MessageAttributes: { [name]: text('x') } })),
      );
    },
  },
  {
    name: 'SendMessage: attributes with bad types and values',
    run: async (at) => {
      const url = await at.queue();
      const bad = [
        text('x', 'Text'),
        text('x', ''),
        text(''),
        text('x', 'Number'),
        text('1e999', 'Number'),
        text('\u0001'),
        { StringValue: 'x' },
        { DataType: 'Binary', StringValue: 'x' },
      ];
      return sent(
        at,
        url,
        bad.map((a) => ({ MessageAttributes: { a } })),
      );
    },
  },
  {
    name: 'SendMessage: ten attributes, and eleven',
    run: async (at) => {
      const url = await at.queue();
      const some = (count: number): object =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, text('x')]));
      return sent(at, url, [{ MessageAttributes: some(10) }, { MessageAttributes: some(11) }]);
    },
  },
  {
    name: 'SendMessage: system attributes',
    run: async (at) => {
      const url = await at.queue();
      const trace = { AWSTraceHeader: text('Root=1-5759e988-bd862e3fe1be46a994272793') };
      const { MD5OfMessageSystemAttributes } = await at.send(url, 'a', { MessageSystemAttributes: trace });
      const [got] = await at.receive(url);
      const bad = await sent(at, url, [{ MessageSystemAttributes: { Nothing: text('x') } }]);
      const right = digestOf(trace);
      return [MD5OfMessageSystemAttributes === right, got.Attributes?.AWSTraceHeader ?? 'none', ...bad];
    },
  },
  {
    name: 'SendMessage: delays at and beyond their bounds, and what is counted',
    run: async (at) => {
      const url = await at.queue();
      const said = await sent(
        at,
        url,
        [0, 900, 901, -1].map((DelaySeconds) => ({ DelaySeconds })),
      );
      return [...said, await at.counts(url)];
    },
  },
  {
    name: 'SendMessage: the delay of the queue, and of the message',
    run: async (at) => {
      const url = await at.queue({ DelaySeconds: '900' });
      await sent(at, url, [{}, { DelaySeconds: 0 }]);
      return [await at.bodies(url), await at.counts(url)];
    },
  },
  {
    name: 'SendMessage: what FIFO queues need, to a standard queue',
    run: async (at) => {
      const url = await at.queue();
      const said = await sent(at, url, [{ MessageGroupId: 'g' }, { MessageDeduplicationId: 'd' }, grouped('g', 'd')]);
      const [got] = await at.receive(url);
      return [...said, got?.Attributes.MessageGroupId ?? 'none'];
    },
  },
  {
    name: 'SendMessage: to a FIFO queue without a group, without an id, with a delay, with bad ones',
    run: async (at) => {
      const good = grouped('g', 'd');
      const bad = [
        grouped('a b', 'd'),
        grouped('g', 'ä'),
        grouped('x'.repeat(129), 'd'),
        grouped('g', 'x'.repeat(129)),
      ];
      const lacking = [{}, { MessageGroupId: 'g' }, { MessageDeduplicationId: 'd' }];
      return sent(at, await at.fifo(), [
        ...lacking,
        { ...good, DelaySeconds: 1 },
        { ...good, DelaySeconds: 0 },
        ...bad,
      ]);
    },
  },
  {
    name: 'SendMessage: what was sent to a FIFO queue already is taken once, by id',
    run: async (at) => {
      const url = await at.fifo();
      const first = await at.send(url, 'a', grouped('g', 'd'));
      const again = await at.send(url, 'b', grouped('h', 'd'));
      const same = [first.MessageId === again.MessageId, first.SequenceNumber === again.SequenceNumber];
      return [...same, first.SequenceNumber.length === 20 ? '20 digits' : 'other digits', ...(await at.bodies(url))];
    },
  },
  {
    name: 'SendMessage: what was sent and deleted is not taken again',
    run: async (at) => {
      const url = await at.fifo();
      await at.sendInOrder(url, 'a');
      await at.delete(url, (await at.receive(url))[0]);
      await at.sendInOrder(url, 'a');
      return at.counts(url);
    },
  },
  {
    name: 'SendMessage: de-duplicated by content, and in their groups only',
    run: async (at) => {
      const url = await at.fifo({ ContentBasedDeduplication: 'true' });
      await sent(at, url, [
        { MessageGroupId: 'g' },
        { MessageGroupId: 'g' },
        { MessageGroupId: 'g', MessageBody: 'b' },
        { MessageGroupId: 'h' },
      ]);
      const high = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
      const other = await at.fifo(high, '-groups');
      await sent(at, other, [grouped('g', 'd'), grouped('g', 'd'), grouped('h', 'd')]);
      return [await at.counts(url), await at.counts(other)];
    },
  },
  {
    name: 'SendMessage: where there is no queue',
    run: (at) => at.said('SendMessage', { QueueUrl: nowhere, MessageBody: 'a' }),
  },
  {
    name: 'SendMessageBatch: none, eleven, ids twice, empty, bad and too long',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const eleven = Array.from({ length: 11 }, (_, index) => entry(`i${index}`));
      const batches = [
        [],
        eleven,
        [entry('a'), entry('a')],
        [entry('', { MessageBody: 'a' })],
        [entry('a b')],
        [entry('x'.repeat(81))],
      ];
      return at.all(
        'SendMessageBatch',
        batches.map((Entries) => ({ QueueUrl, Entries })),
      );
    },
  },
  {
    name: 'SendMessageBatch: entries fail one by one',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const Entries = [
        entry('good'),
        entry('bad', { MessageBody: '\u0001' }),
        entry('late', { DelaySeconds: 901 }),
        entry('none', { MessageBody: '' }),
      ];
      const answer = await at.call('SendMessageBatch', { QueueUrl, Entries });
      return [ids(answer), failures(answer), await at.counts(QueueUrl)];
    },
  },
  {
    name: 'SendMessageBatch: what is answered of an entry',
    run: async (at) => {
      const QueueUrl = await at.queue();
      const { Successful } = await at.call('SendMessageBatch', {
        QueueUrl,
        Entries: [entry('a', { MessageAttributes: everyType })],
      });
      return [Object.keys(Successful[0]).sort().join(), Successful[0].MD5OfMessageAttributes === wanted];
    },
  },
  {
    name: 'SendMessageBatch: too long together, and one that is',
    run: async (at) => {
      const half = 'x'.repeat(sizeMax / 2);
      const batches = [
        [entry('a', { MessageBody: half }), entry('b', { MessageBody: half })],
        [entry('a', { MessageBody: half }), entry('b', { MessageBody: `${half}x` })],
        [entry('a'), entry('b', { MessageBody: `${half}${half}x` })],
      ];
      const QueueUrl = await at.queue();
      return at.all(
        'SendMessageBatch',
        batches.map((Entries) => ({ QueueUrl, Entries })),
      );
    },
  },
  {
    name: 'SendMessageBatch: to a FIFO queue, in order, and without groups',
    run: async (at) => {
      const QueueUrl = await at.fifo();
      const Entries = ['a', 'b', 'c'].map((id) => entry(id, grouped('g', id)));
      const { Successful } = await at.call('SendMessageBatch', { QueueUrl, Entries });
      const numbers = Successful.map(({ SequenceNumber }: Answer) => BigInt(SequenceNumber ?? 0));
      const isRising = numbers.every((number: bigint, index: number) => index === 0 || number > numbers[index - 1]);
      return [
        isRising,
        await at.bodies(QueueUrl),
        await at.said('SendMessageBatch', { QueueUrl, Entries: [entry('a')] }),
      ];
    },
  },
];
