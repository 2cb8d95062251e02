import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  type AMQPBaseClient,
  type AMQPChannel,
  AMQPClient,
  type AMQPError,
  type AMQPMessage,
  AMQPSession,
} from '@cloudamqp/amqp-client';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** CloudAMQP's client, unmodified. */

let naru: RunningNaru;
const sessions: AMQPSession[] = [];
const connections: AMQPBaseClient[] = [];

before(async () => {
  naru = await startNaru({ memory: true, kafka: false, sqs: false, http: false });
});

afterEach(async () => {
  await Promise.allSettled(sessions.splice(0).map((session) => session.stop()));
  await Promise.allSettled(connections.splice(0).map((connection) => connection.close()));
});

after(() => naru.close());

async function session(): Promise<AMQPSession> {
  const opened = await AMQPSession.connect(naru.amqp.url);
  sessions.push(opened);
  return opened;
}

async function connected(parameters = ''): Promise<AMQPBaseClient> {
  const connection = await new AMQPClient(`${naru.amqp.url}${parameters}`).connect();
  connections.push(connection);
  return connection;
}

async function channel(): Promise<AMQPChannel> {
  return (await connected()).channel();
}

async function drained(from: AMQPChannel, queue: string): Promise<(string | null)[]> {
  const bodies: (string | null)[] = [];
  for (;;) {
    const message = await from.basicGet(queue, { noAck: true });
    if (message === null) return bodies;
    bodies.push(message.bodyString());
  }
}

async function bound(on: AMQPChannel, exchange: string, key = '', args: object = {}): Promise<string> {
  const { name } = await on.queueDeclare('', { exclusive: true });
  await on.queueBind(name, exchange, key, args);
  return name;
}

/** The next messages of a queue, as `take` has them after they came. */
async function consumed(
  from: AMQPChannel,
  queue: string,
  count: number,
  take: (message: AMQPMessage) => Promise<void> = (message) => message.ack(),
): Promise<AMQPMessage[]> {
  const messages: AMQPMessage[] = [];
  let all: () => void;
  const came = new Promise<void>((resolve) => {
    all = resolve;
  });
  const consumer = await from.basicConsume(queue, { noAck: false }, async (message) => {
    messages.push(message);
    await take(message);
    if (messages.length === count) all();
  });
  await came;
  await consumer.cancel();
  return messages;
}

test('direct: kong reaches the queue that is bound with kong, and black does not', async () => {
  const on = await channel();
  await on.confirmSelect();
  await on.exchangeDeclare('monkeys', 'direct', { durable: false, autoDelete: true });
  const kong = await bound(on, 'monkeys', 'kong');
  const black = await bound(on, 'monkeys', 'black');
  await on.basicPublish('monkeys', 'kong', 'banana');
  assert.deepEqual([await drained(on, kong), await drained(on, black)], [['banana'], []]);
});

test('fanout: every one of three queues gets each message', async () => {
  const on = await channel();
  await on.confirmSelect();
  await on.exchangeDeclare('logs', 'fanout', { durable: false, autoDelete: true });
  const queues = await Promise.all([0, 1, 2].map(() => bound(on, 'logs')));
  await on.basicPublish('logs', '', 'one');
  await on.basicPublish('logs', 'ignored', 'two');
  for (const queue of queues) assert.deepEqual(await drained(on, queue), ['one', 'two']);
});

test('topic: usa.news.weather reaches usa.# and *.news.*, and not korea.news', async () => {
  const on = await channel();
  await on.confirmSelect();
  await on.exchangeDeclare('topics', 'topic', { durable: false, autoDelete: true });
  const patterns = ['usa.#', '*.news.*', 'korea.news'];
  const queues = await Promise.all(patterns.map((pattern) => bound(on, 'topics', pattern)));
  await on.basicPublish('topics', 'usa.news.weather', 'sunny');
  const received = [];
  for (const queue of queues) received.push(await drained(on, queue));
  assert.deepEqual(received, [['sunny'], ['sunny'], []]);
});

test('headers: x-match says whether all or any have to be there', async () => {
  const on = await channel();
  await on.confirmSelect();
  await on.exchangeDeclare('reports', 'headers', { durable: false, autoDelete: true });
  const wanted = { format: 'pdf', pages: 3 };
  const all = await bound(on, 'reports', '', { 'x-match': 'all', ...wanted });
  const any = await bound(on, 'reports', '', { 'x-match': 'any', ...wanted });
  await on.basicPublish('reports', '', 'both', { headers: wanted });
  await on.basicPublish('reports', '', 'one', { headers: { format: 'pdf', pages: 4 } });
  await on.basicPublish('reports', '', 'none', { headers: { format: 'zip' } });
  assert.deepEqual([await drained(on, all), await drained(on, any)], [['both'], ['both', 'one']]);
});

test('a session declares, binds, publishes with confirms and subscribes', async () => {
  const own = await session();
  const exchange = await own.topicExchange('shop', { durable: false, autoDelete: true });
  const queue = await own.queue('shop.orders', { durable: false, autoDelete: true });
  await queue.bind(exchange, 'order.*');
  const bodies: (string | null)[] = [];
  let all: () => void;
  const came = new Promise<void>((resolve) => {
    all = resolve;
  });
  const subscription = await queue.subscribe({ prefetch: 3 }, (message) => {
    bodies.push(message.bodyString());
    if (bodies.length === 50) all();
  });
  const sent = Array.from({ length: 50 }, (_, index) => `order ${index}`);
  for (const body of sent) await exchange.publish(body, { routingKey: 'order.new' });
  await came;
  assert.deepEqual(bodies, sent);
  await subscription.cancel();
});

test('prefetch holds a consumer back until it acknowledges', async () => {
  const on = await channel();
  const { name } = await on.queueDeclare('', { exclusive: true });
  await on.prefetch(1);
  for (const body of ['a', 'b', 'c']) await on.basicPublish('', name, body);
  let seen = 0;
  const messages = await consumed(on, name, 3, async (message) => {
    seen++;
    const { messageCount } = await on.queueDeclare(name, { passive: true });
    assert.equal(messageCount, 3 - seen, 'the others wait');
    await message.ack();
  });
  assert.deepEqual(
    messages.map((message) => message.bodyString()),
    ['a', 'b', 'c'],
  );
});

test('requests are answered without a queue for the answer', async () => {
  const server = await session();
  const serving = await server.rpcServer('squares', (message) => String(Number(message.bodyString()) ** 2));
  const caller = await session();
  const client = await caller.rpcClient();
  const answers = await Promise.all([2, 3, 4].map((number) => client.call('squares', String(number))));
  assert.deepEqual(
    answers.map((answer) => answer.bodyString()),
    ['4', '9', '16'],
  );
  await client.close();
  await serving.close();
  await (await caller.queue('squares')).delete();
});

test('confirms come for 2,000 messages under way at a time', async () => {
  const on = await channel();
  await on.confirmSelect();
  const { name } = await on.queueDeclare('', { exclusive: true });
  const numbers = await Promise.all(
    Array.from({ length: 2000 }, (_, index) => on.basicPublish('', name, `m${index}`, { deliveryMode: 2 })),
  );
  assert.deepEqual(
    numbers,
    Array.from({ length: 2000 }, (_, index) => index + 1),
  );
  assert.equal((await on.queueDeclare(name, { passive: true })).messageCount, 2000);
});

test('a queue without room for a message rejects it', async () => {
  const on = await channel();
  await on.confirmSelect();
  const limits = { 'x-max-length': 0, 'x-overflow': 'reject-publish' };
  const { name } = await on.queueDeclare('', { exclusive: true }, limits);
  await assert.rejects(on.basicPublish('', name, 'too much'), /rejected|nack/i);
});

test('a mandatory message without a queue comes back', async () => {
  const on = await channel();
  await on.confirmSelect();
  const returned: AMQPMessage[] = [];
  on.onReturn = (message) => returned.push(message);
  await on.basicPublish('amq.direct', 'nobody', 'lost', { messageId: 'm' }, true);
  const [message] = returned as [AMQPMessage];
  const { replyCode, replyText, exchange, routingKey, properties } = message;
  assert.deepEqual([replyCode, replyText, exchange, routingKey], [312, 'NO_ROUTE', 'amq.direct', 'nobody']);
  assert.deepEqual([message.bodyString(), properties.messageId], ['lost', 'm']);
});

test('a consumer learns that its queue was deleted', async () => {
  const on = await channel();
  await on.queueDeclare('fleeting', { durable: false });
  const consumer = await on.basicConsume('fleeting', { noAck: true }, () => {});
  const over = assert.rejects(consumer.wait(), /cancel/i);
  await on.queueDelete('fleeting');
  await over;
});

test('what is rejected goes through the retry queue and back', async () => {
  const on = await channel();
  await on.confirmSelect();
  const to = (key: string): object => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': key });
  const { name: work } = await on.queueDeclare('cloud.work', { durable: false }, to('cloud.wait'));
  const { name: wait } = await on.queueDeclare(
    'cloud.wait',
    { durable: false },
    { ...to('cloud.work'), 'x-message-ttl': 20 },
  );
  await on.basicPublish('', work, 'again', { headers: { own: 'kept' } });
  const tries = await consumed(on, work, 2, (message) =>
    message.properties.headers?.['x-death'] === undefined ? message.nack(false) : message.ack(),
  );
  const headers = tries[1]!.properties.headers as Record<string, unknown>;
  const deaths = headers['x-death'] as unknown as { queue: string; reason: string; count: number }[];
  assert.deepEqual(
    deaths.map(({ queue, reason, count }) => `${queue} ${reason} ${count}`),
    ['cloud.wait expired 1', 'cloud.work rejected 1'],
  );
  assert.equal(headers['own'], 'kept');
  for (const queue of [work, wait]) assert.equal((await on.queueDelete(queue)).messageCount, 0);
});

test('a body larger than a frame reaches both queues of a fan-out whole', async () => {
  const on = await (await connected('?frame_max=8192')).channel();
  await on.confirmSelect();
  const queues = [await bound(on, 'amq.fanout'), await bound(on, 'amq.fanout')];
  const body = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 13) & 255));
  await on.basicPublish('amq.fanout', '', body);
  for (const queue of queues) {
    const message = await on.basicGet(queue, { noAck: true });
    assert.ok(body.equals(message!.body!));
  }
});

test('a transaction takes effect as a whole or not at all', async () => {
  const on = await channel();
  const { name } = await on.queueDeclare('', { exclusive: true });
  await on.txSelect();
  await on.basicPublish('', name, 'undone');
  await on.txRollback();
  await on.basicPublish('', name, 'one');
  await on.basicPublish('', name, 'two');
  const looking = await (on.connection as AMQPBaseClient).channel();
  assert.deepEqual(await drained(looking, name), []);
  await on.txCommit();
  assert.deepEqual(await drained(looking, name), ['one', 'two']);
});

test('an error closes its channel with code and text, and the connection goes on', async () => {
  const connection = await connected();
  const refused = (text: RegExp) => (error: AMQPError) => text.test(error.message);
  const first = await connection.channel();
  await assert.rejects(
    first.queueDeclare('nowhere', { passive: true }),
    refused(/NOT_FOUND - no queue 'nowhere' in vhost '\/' \(404\)/),
  );
  assert.ok(first.closed);
  const second = await connection.channel();
  await second.queueDeclare('settled', { durable: false });
  await assert.rejects(
    second.queueDeclare('settled', { durable: true }),
    refused(/PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'settled' in vhost '\/'.*\(406\)/),
  );
  const third = await connection.channel();
  await third.confirmSelect();
  await assert.rejects(
    third.basicPublish('no-exchange', 'key', 'lost'),
    refused(/NOT_FOUND - no exchange 'no-exchange' in vhost '\/'/),
  );
  const fourth = await connection.channel();
  assert.equal((await fourth.queueDelete('settled')).messageCount, 0);
});

test('a wrong password and an unknown virtual host are named', async () => {
  const { host } = new URL(naru.amqp.url);
  await assert.rejects(new AMQPClient(`amqp://guest:wrong@${host}`).connect(), /ACCESS_REFUSED/);
  await assert.rejects(new AMQPClient(`amqp://${host}/nowhere`).connect(), /NOT_ALLOWED - vhost nowhere not found/);
});
