import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Channel, type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** What a topic that a group works off has of queues, by amqplib alone. */

let naru: RunningNaru;
let amqp: ChannelModel;
let channel: ConfirmChannel;

const first = { 'x-stream-offset': 'first' };

before(async () => {
  naru = await startNaru({ memory: true, http: false, kafka: false, sqs: false });
  amqp = await connect(naru.amqp.url);
  channel = await amqp.createConfirmChannel();
});

after(async () => {
  await amqp.close();
  await naru.close();
});

async function topic(name: string, values: readonly string[] = []): Promise<void> {
  await channel.assertQueue(name, { arguments: { 'x-queue-type': 'stream' } });
  for (const value of values) channel.sendToQueue(name, Buffer.from(value));
  await channel.waitForConfirms();
}

async function opened(prefetch = 0): Promise<Channel> {
  const opened = await amqp.createChannel();
  opened.on('error', () => {});
  if (prefetch > 0) await opened.prefetch(prefetch);
  return opened;
}

/** What a consumer was handed, and when there is as much as one waits for. */
class Taken {
  readonly messages: (ConsumeMessage | null)[] = [];
  private waiting: (() => void)[] = [];
  readonly take = (message: ConsumeMessage | null): void => {
    this.messages.push(message);
    for (const wake of this.waiting.splice(0)) wake();
  };

  get texts(): string[] {
    return this.messages.map((message) => message?.content.toString() ?? 'cancelled');
  }

  async until(count: number): Promise<void> {
    while (this.messages.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

async function next(from: Channel, queue: string): Promise<ConsumeMessage> {
  for (;;) {
    const message = await from.get(queue);
    if (message !== false) return message as unknown as ConsumeMessage;
  }
}

test('what AMQP publishes to a topic a group gets with all its properties', async () => {
  await topic('letters');
  const properties = { contentType: 'text/plain', correlationId: 'c', headers: { number: 7, list: [1, 'two'] } };
  channel.sendToQueue('letters', Buffer.from('body'), properties);
  await channel.waitForConfirms();
  const reading = await opened(1);
  const taken = new Taken();
  await reading.consume('letters', taken.take, { arguments: { 'x-group': 'g', ...first } });
  await taken.until(1);
  const { contentType, correlationId, headers } = taken.messages[0]!.properties;
  assert.deepEqual({ contentType, correlationId, headers }, properties);
  await reading.close();
});

test('the consumer of the highest priority that has room comes first', async () => {
  await topic('ranked');
  const reading = await opened(2);
  const [low, high] = [new Taken(), new Taken()];
  await reading.consume('ranked', low.take, { arguments: { 'x-group': 'g', ...first } });
  await reading.consume('ranked', high.take, { arguments: { 'x-group': 'g' }, priority: 5 });
  await topic('ranked', ['a', 'b', 'c']);
  await Promise.all([high.until(2), low.until(1)]);
  assert.deepEqual([high.texts, low.texts], [['a', 'b'], ['c']]);
  await reading.close();
});

test('of consumers of which one may be active the next takes over when it goes', async () => {
  await topic('single');
  const args = { 'x-group': 'g', 'x-single-active-consumer': true, ...first };
  const [one, other] = [await opened(10), await opened(10)];
  const taken = [new Taken(), new Taken()];
  await one.consume('single', taken[0]!.take, { arguments: args });
  await other.consume('single', taken[1]!.take, { arguments: args });
  await topic('single', ['a', 'b']);
  await taken[0]!.until(2);
  one.ack(taken[0]!.messages[0]!);
  await one.close();
  await taken[1]!.until(1);
  assert.deepEqual([taken[0]!.texts, taken[1]!.texts], [['a', 'b'], ['b']]);
  assert.ok(taken[1]!.messages[0]!.fields.redelivered);
  await other.close();
});

test('a consumer may have the group to itself', async () => {
  await topic('own');
  const one = await opened(1);
  await one.consume('own', () => {}, { arguments: { 'x-group': 'g' }, exclusive: true });
  const other = await opened(1);
  const refused = other.consume('own', () => {}, { arguments: { 'x-group': 'g' } });
  await assert.rejects(refused, /ACCESS_REFUSED - queue 'own::g' in vhost '\/' in exclusive use/);
  await one.close();
});

test('without acknowledgements what is delivered is done', async () => {
  await topic('fast', ['a', 'b', 'c']);
  const reading = await opened();
  const taken = new Taken();
  await reading.consume('fast', taken.take, { noAck: true, arguments: { 'x-group': 'g', ...first } });
  await taken.until(3);
  await reading.close();
  assert.equal((await channel.checkQueue('fast::g')).messageCount, 0);
});

test('what is given up goes to the dead-letter exchange that somebody of the group named last, with its story', async () => {
  await topic('bills', ['a', 'b']);
  await channel.assertExchange('graves', 'fanout');
  await channel.assertQueue('grave');
  await channel.bindQueue('grave', 'graves', '');
  const reading = await opened();
  await reading.assertQueue('bills::g', { arguments: { ...first, 'x-delivery-limit': 0 } });
  // Without a place to go to it is done.
  reading.nack(await next(reading, 'bills::g'));
  await reading.assertQueue('bills::g', {
    arguments: { 'x-delivery-limit': 1, 'x-dead-letter-exchange': 'graves', 'x-dead-letter-routing-key': 'dead' },
  });
  reading.nack(await next(reading, 'bills::g'));
  const again = await next(reading, 'bills::g');
  assert.deepEqual([again.fields.redelivered, again.properties.headers!['x-delivery-count']], [true, 1]);
  reading.nack(again);
  const letter = await next(channel, 'grave');
  assert.deepEqual([letter.content.toString(), letter.fields.routingKey], ['b', 'dead']);
  const [death] = letter.properties.headers!['x-death'] as { queue: string; reason: string; count: number }[];
  assert.deepEqual([death!.queue, death!.reason, death!.count], ['bills::g', 'delivery_limit', 1]);
  await reading.close();
});

test('a group’s queue is purged, and deleted, which its consumers are told', async () => {
  await topic('done-with', ['a', 'b', 'c']);
  const reading = await opened(1);
  await reading.assertQueue('done-with::g', { arguments: first });
  assert.deepEqual(await reading.checkQueue('done-with::g'), {
    queue: 'done-with::g',
    messageCount: 3,
    consumerCount: 0,
  });
  assert.equal((await reading.purgeQueue('done-with::g')).messageCount, 3);
  const taken = new Taken();
  await reading.consume('done-with::g', taken.take);
  await topic('done-with', ['d']);
  await taken.until(1);
  await reading.deleteQueue('done-with::g');
  await taken.until(2);
  assert.deepEqual(taken.texts, ['d', 'cancelled']);
  await assert.rejects(reading.checkQueue('done-with::g'), /NOT_FOUND/);
});

test('arguments that make no sense are refused', async () => {
  await topic('strict');
  await channel.assertQueue('plain');
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ['plain', { 'x-group': 'g' }, /invalid arg 'x-group' for consumer: 'plain' is no topic/],
    ['strict', { 'x-group': '' }, /invalid arg 'x-group'/],
    ['strict', { 'x-group': 'g', 'x-delivery-limit': 'many' }, /invalid arg 'x-delivery-limit'/],
    ['strict', { 'x-group': 'g', 'x-dead-letter-topic': 'nowhere' }, /no topic 'nowhere'/],
    ['strict', { 'x-group': 'g', 'x-dead-letter-topic': 'strict', 'x-dead-letter-exchange': '' }, /excludes/],
    ['strict', { 'x-group': 'g', 'x-dead-letter-routing-key': 'k' }, /routing_key_but_no_dlx_defined/],
    ['strict', { 'x-group': 'g', 'x-stream-partition': 0 }, /invalid arg 'x-stream-partition'/],
    ['strict', { 'x-group': 'g', 'x-stream-offset': 'soon' }, /invalid arg 'x-stream-offset'/],
  ];
  for (const [queue, args, why] of cases) {
    const asking = await opened(1);
    await assert.rejects(
      asking.consume(queue, () => {}, { arguments: args }),
      why,
    );
  }
});
