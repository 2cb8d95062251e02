import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, test } from 'node:test';
import {
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
  connect,
  type GetMessage,
  type Options,
} from 'amqplib';
import { connect as connectWithCallback } from 'amqplib/callback_api';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** amqplib, unmodified. */

let naru: RunningNaru;
const connections: ChannelModel[] = [];

before(async () => {
  naru = await startNaru({ memory: true, kafka: false, sqs: false, http: false });
});

afterEach(async () => {
  // A connection that the broker closed says so when it is closed again.
  await Promise.allSettled(connections.splice(0).map((connection) => connection.close()));
});

after(() => naru.close());

async function connected(parameters = ''): Promise<ChannelModel> {
  const connection = await connect(`${naru.amqp.url}${parameters}`);
  connections.push(connection);
  return connection;
}

async function confirming(): Promise<ConfirmChannel> {
  return (await connected()).createConfirmChannel();
}

/** Everything that waits in a queue. */
async function drained(channel: Channel, queue: string): Promise<GetMessage[]> {
  const messages: GetMessage[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) return messages;
    messages.push(message);
  }
}

function texts(messages: readonly { readonly content: Buffer }[]): string[] {
  return messages.map(({ content }) => content.toString());
}

/** The next messages of a queue; `act` sees each of them as it comes. */
async function consumed(
  channel: Channel,
  queue: string,
  count: number,
  act: (message: ConsumeMessage) => void = (message) => channel.ack(message),
  options: Options.Consume = {},
): Promise<ConsumeMessage[]> {
  const messages: ConsumeMessage[] = [];
  let all: () => void;
  const came = new Promise<void>((resolve) => {
    all = resolve;
  });
  const { consumerTag } = await channel.consume(
    queue,
    (message) => {
      messages.push(message!);
      act(message!);
      if (messages.length === count) all();
    },
    options,
  );
  await came;
  await channel.cancel(consumerTag);
  return messages;
}

/** Declares a server-named queue bound to the exchange by each of the keys. */
async function bound(channel: Channel, exchange: string, keys: readonly string[], args?: unknown): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (const key of keys) await channel.bindQueue(queue, exchange, key, args);
  return queue;
}

test('direct: kong reaches the queue that is bound with kong, and black does not', async () => {
  const channel = await confirming();
  await channel.assertExchange('monkeys', 'direct', { durable: false });
  const kong = await bound(channel, 'monkeys', ['kong']);
  const black = await bound(channel, 'monkeys', ['black', 'white']);
  channel.publish('monkeys', 'kong', Buffer.from('banana'));
  channel.publish('monkeys', 'white', Buffer.from('snow'));
  await channel.waitForConfirms();
  assert.deepEqual(texts(await drained(channel, kong)), ['banana']);
  assert.deepEqual(texts(await drained(channel, black)), ['snow']);
});

test('fanout: every one of three queues gets each message', async () => {
  const channel = await confirming();
  await channel.assertExchange('logs', 'fanout', { durable: false });
  const queues = await Promise.all([0, 1, 2].map(() => bound(channel, 'logs', [''])));
  for (const text of ['one', 'two']) channel.publish('logs', 'whatever', Buffer.from(text));
  await channel.waitForConfirms();
  for (const queue of queues) assert.deepEqual(texts(await drained(channel, queue)), ['one', 'two']);
});

test('topic: usa.news.weather reaches usa.# and *.news.*, and not korea.news', async () => {
  const channel = await confirming();
  await channel.assertExchange('topics', 'topic', { durable: false });
  const usa = await bound(channel, 'topics', ['usa.#']);
  const news = await bound(channel, 'topics', ['*.news.*']);
  const korea = await bound(channel, 'topics', ['korea.news']);
  const both = await bound(channel, 'topics', ['usa.#', '#']);
  for (const key of ['usa.news.weather', 'usa', 'korea.news']) channel.publish('topics', key, Buffer.from(key));
  await channel.waitForConfirms();
  assert.deepEqual(texts(await drained(channel, usa)), ['usa.news.weather', 'usa']);
  assert.deepEqual(texts(await drained(channel, news)), ['usa.news.weather']);
  assert.deepEqual(texts(await drained(channel, korea)), ['korea.news']);
  const once = texts(await drained(channel, both));
  assert.deepEqual(once, ['usa.news.weather', 'usa', 'korea.news'], 'one copy, however many bindings match');
});

test('headers: x-match says whether all or any have to be there', async () => {
  const channel = await confirming();
  await channel.assertExchange('reports', 'headers', { durable: false });
  const all = await bound(channel, 'reports', [''], { 'x-match': 'all', format: 'pdf', pages: 3 });
  const any = await bound(channel, 'reports', [''], { 'x-match': 'any', format: 'pdf', pages: 3 });
  const send = (text: string, headers: object): void => {
    channel.publish('reports', '', Buffer.from(text), { headers });
  };
  send('both', { format: 'pdf', pages: 3, more: true });
  send('one', { format: 'pdf', pages: 4 });
  send('none', { format: 'zip' });
  await channel.waitForConfirms();
  assert.deepEqual(texts(await drained(channel, all)), ['both']);
  assert.deepEqual(texts(await drained(channel, any)), ['both', 'one']);
});

test('a work queue gives a worker no more than its prefetch until it acknowledges', async () => {
  const channel = await confirming();
  await channel.assertQueue('tasks', { durable: true });
  for (let index = 0; index < 12; index++) {
    channel.sendToQueue('tasks', Buffer.from(`task ${index}`), { persistent: true });
  }
  await channel.waitForConfirms();
  const busy = await (await connected()).createChannel();
  await busy.prefetch(2);
  const held: ConsumeMessage[] = [];
  let taken: () => void;
  const full = new Promise<void>((resolve) => {
    taken = resolve;
  });
  await busy.consume('tasks', (message) => {
    held.push(message!);
    if (held.length === 2) taken();
  });
  await full;
  const quick = await (await connected()).createChannel();
  await quick.prefetch(1);
  const done = await consumed(quick, 'tasks', 10);
  assert.deepEqual(texts(held), ['task 0', 'task 1']);
  assert.deepEqual(
    texts(done),
    Array.from({ length: 10 }, (_, index) => `task ${index + 2}`),
  );
  await busy.close();
  const again = await consumed(quick, 'tasks', 2);
  assert.deepEqual(texts(again), ['task 0', 'task 1'], 'what a worker left behind goes to another');
  assert.ok(again.every(({ fields }) => fields.redelivered));
  assert.deepEqual(await channel.deleteQueue('tasks'), { messageCount: 0 });
});

test('an RPC server answers to the queue that a request names', async () => {
  const server = await (await connected()).createChannel();
  await server.assertQueue('rpc_queue', { durable: false, autoDelete: true });
  await server.consume('rpc_queue', (request) => {
    const { replyTo, correlationId } = request!.properties;
    const square = Buffer.from(String(Number(request!.content) ** 2));
    server.sendToQueue(replyTo, square, { correlationId });
    server.ack(request!);
  });
  const client = await (await connected()).createChannel();
  const { queue } = await client.assertQueue('', { exclusive: true });
  for (const number of [1, 2, 3]) {
    client.sendToQueue('rpc_queue', Buffer.from(String(number)), { correlationId: `n${number}`, replyTo: queue });
  }
  const replies = await consumed(client, queue, 3, () => {}, { noAck: true });
  assert.deepEqual(
    replies.map(({ content, properties }) => [properties.correlationId, content.toString()]),
    [
      ['n1', '1'],
      ['n2', '4'],
      ['n3', '9'],
    ],
  );
});

test('a request is answered without a queue for the answer', async () => {
  const server = await (await connected()).createChannel();
  await server.assertQueue('rpc_direct', { durable: false, autoDelete: true });
  await server.consume('rpc_direct', (request) => {
    const { replyTo, correlationId } = request!.properties;
    assert.match(replyTo, /^amq\.rabbitmq\.reply-to\./);
    server.sendToQueue(replyTo, Buffer.from(`re: ${request!.content}`), { correlationId });
    server.ack(request!);
  });
  const client = await (await connected()).createChannel();
  const replied = new Promise<ConsumeMessage>((resolve) => {
    client.consume('amq.rabbitmq.reply-to', (message) => resolve(message!), { noAck: true });
  });
  const request = { correlationId: 'c1', replyTo: 'amq.rabbitmq.reply-to' };
  client.sendToQueue('rpc_direct', Buffer.from('hello'), request);
  const reply = await replied;
  assert.deepEqual([reply.content.toString(), reply.properties.correlationId], ['re: hello', 'c1']);
});

test('confirms come for 5,000 messages, each once', async () => {
  const channel = await confirming();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  let confirmed = 0;
  const calls: Promise<void>[] = [];
  for (let index = 0; index < 5000; index++) {
    calls.push(
      new Promise((resolve, reject) => {
        channel.sendToQueue(queue, Buffer.from(String(index)), { persistent: index % 3 === 0 }, (error) => {
          confirmed++;
          if (error === null) resolve();
          else reject(error);
        });
      }),
    );
  }
  await channel.waitForConfirms();
  await Promise.all(calls);
  assert.equal(confirmed, 5000);
  const messages = await consumed(channel, queue, 5000, () => {}, { noAck: true });
  assert.deepEqual(
    messages.map(({ content }) => Number(content)),
    Array.from({ length: 5000 }, (_, index) => index),
  );
});

test('a message that a full queue refuses is nacked, and those before it are confirmed', async () => {
  const channel = await confirming();
  const { queue } = await channel.assertQueue('', {
    exclusive: true,
    arguments: { 'x-max-length': 2, 'x-overflow': 'reject-publish' },
  });
  const outcomes = await Promise.all(
    [0, 1, 2, 3].map(
      (index) =>
        new Promise<string>((resolve) => {
          channel.sendToQueue(queue, Buffer.from(String(index)), {}, (error) =>
            resolve(error === null ? 'ack' : 'nack'),
          );
        }),
    ),
  );
  assert.deepEqual(outcomes, ['ack', 'ack', 'nack', 'nack']);
});

test('a mandatory message without a queue comes back before it is confirmed', async () => {
  const channel = await confirming();
  const events: string[] = [];
  channel.on('return', ({ fields, content, properties }) => {
    const { replyCode, replyText, exchange, routingKey } = fields as unknown as Record<string, unknown>;
    events.push(`${replyCode} ${replyText} ${exchange} ${routingKey} ${content} ${properties.messageId}`);
  });
  const options = { mandatory: true, messageId: 'm1' };
  channel.publish('amq.direct', 'nobody', Buffer.from('lost'), options, () => events.push('confirmed'));
  await channel.waitForConfirms();
  assert.deepEqual(events, ['312 NO_ROUTE amq.direct nobody lost m1', 'confirmed']);
});

test('every property and header type comes back as it was sent', async () => {
  const channel = await confirming();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const headers = {
    text: 'ünïcode',
    yes: true,
    small: 7,
    large: 2 ** 40,
    negative: -129,
    fraction: 1.5,
    nothing: null,
    bytes: Buffer.from([0, 255]),
    list: ['a', 1, { deep: [true] }],
    table: { key: 'value' },
    when: { '!': 'timestamp', value: 1_700_000_000 },
  };
  const properties = {
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    persistent: true,
    priority: 5,
    correlationId: 'c',
    replyTo: 'r',
    expiration: '60000',
    messageId: 'id',
    timestamp: 1_700_000_000,
    type: 't',
    userId: 'guest',
    appId: 'app',
  };
  channel.sendToQueue(queue, Buffer.alloc(0), { ...properties, headers });
  await channel.waitForConfirms();
  const [message] = await drained(channel, queue);
  assert.deepEqual(message!.properties.headers, headers);
  const { persistent, ...sent } = properties;
  const { headers: _, clusterId, deliveryMode, ...received } = message!.properties;
  assert.deepEqual(received, sent);
  assert.deepEqual([clusterId, deliveryMode, message!.content.length], [undefined, persistent ? 2 : 1, 0]);
});

test('a consumer is told when its queue is deleted', async () => {
  const channel = await confirming();
  await channel.assertQueue('fleeting');
  let told: (message: ConsumeMessage | null) => void;
  const cancelled = new Promise<ConsumeMessage | null>((resolve) => {
    told = resolve;
  });
  await channel.consume('fleeting', (message) => told(message));
  await (await confirming()).deleteQueue('fleeting');
  assert.equal(await cancelled, null);
});

test('who deletes a queue that it consumes from is answered first, and then told that it is gone', async () => {
  const events = await new Promise<string[]>((resolve, reject) => {
    const seen: string[] = [];
    // Unlike promises, callbacks are called one by one as frames come.
    connectWithCallback(naru.amqp.url, (failure, connection) => {
      if (failure !== null) return reject(failure);
      connection.createChannel((error, channel) => {
        if (error !== null) return reject(error);
        channel.assertQueue('own', { durable: false });
        channel.consume('own', () => {
          seen.push('gone');
          connection.close(() => resolve(seen));
        });
        channel.deleteQueue('own', {}, () => seen.push('deleted'));
      });
    });
  });
  assert.deepEqual(events, ['deleted', 'gone']);
});

test('a message that is given back comes again, marked, and is gone when it is dropped', async () => {
  const channel = await confirming();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (const text of ['a', 'b', 'c']) channel.sendToQueue(queue, Buffer.from(text));
  const first = await consumed(channel, queue, 3, () => {});
  channel.nack(first[1]!, true, true);
  channel.ack(first[2]!);
  const second = await consumed(channel, queue, 2, () => {});
  assert.deepEqual(texts(second), ['a', 'b'], 'in the order they had');
  assert.deepEqual(
    [...first, ...second].map(({ fields }) => fields.redelivered),
    [false, false, false, true, true],
  );
  channel.reject(second[0]!, false);
  channel.nack(second[1]!, false, false);
  assert.deepEqual(await channel.checkQueue(queue), { queue, messageCount: 0, consumerCount: 0 });
});

test('a rejected message waits in a queue with a time to live and is tried again', async () => {
  const channel = await confirming();
  const work = 'retry.work';
  const arguments_ = (key: string, more: object = {}): object => ({
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': key,
    ...more,
  });
  await channel.assertQueue(work, { arguments: arguments_('retry.wait') });
  await channel.assertQueue('retry.wait', { arguments: arguments_(work, { 'x-message-ttl': 30 }) });
  channel.sendToQueue(work, Buffer.from('try me'), { messageId: 'm', headers: { own: 1 } });
  const tries = await consumed(channel, work, 3, (message) => {
    const { headers } = message.properties;
    const count = headers?.['x-death']?.find(({ reason }: { reason: string }) => reason === 'rejected')?.count ?? 0;
    if (count < 2) channel.nack(message, false, false);
    else channel.ack(message);
  });
  const headers = tries[2]!.properties.headers!;
  const deaths = (headers['x-death'] ?? []).map(({ queue, reason, count, exchange, 'routing-keys': keys }) => [
    queue,
    reason,
    count,
    exchange,
    keys,
  ]);
  assert.deepEqual(deaths, [
    ['retry.wait', 'expired', 2, '', ['retry.wait']],
    [work, 'rejected', 2, '', [work]],
  ]);
  assert.equal(headers['own'], 1);
  assert.equal(headers['x-first-death-queue'], work);
  assert.equal(headers['x-first-death-reason'], 'rejected');
  assert.equal(headers['x-last-death-queue'], 'retry.wait');
  assert.equal(headers['x-last-death-reason'], 'expired');
  for (const queue of [work, 'retry.wait']) assert.deepEqual(await channel.deleteQueue(queue), { messageCount: 0 });
});

test('a queue may delay messages for years', async () => {
  const channel = await confirming();
  const { queue } = await channel.assertQueue('', { exclusive: true, messageTtl: 2 ** 27 * 1000 });
  channel.sendToQueue(queue, Buffer.from('patient'), { expiration: String(2 ** 26 * 1000) });
  await channel.waitForConfirms();
  assert.deepEqual(texts(await drained(channel, queue)), ['patient']);
  const connection = await connected();
  const refused = await refusal(connection, (own) => own.assertQueue('eternal', { messageTtl: 1e12 }));
  assert.equal(refused.code, 406);
});

test('a body larger than a frame reaches every queue of a fan-out whole', async () => {
  const channel = await (await connected('?frameMax=8192')).createConfirmChannel();
  await channel.assertExchange('large', 'fanout', { durable: false, autoDelete: true });
  const queues = await Promise.all([0, 1].map(() => bound(channel, 'large', [''])));
  const bodies = [8183, 8184, 8185, 1_000_003].map((size) => {
    const body = Buffer.alloc(size);
    for (let at = 0; at < size; at++) body[at] = (at * 31 + size) & 255;
    return body;
  });
  for (const body of bodies) channel.publish('large', '', body);
  await channel.waitForConfirms();
  for (const queue of queues) {
    const messages = await consumed(channel, queue, bodies.length);
    assert.ok(messages.every(({ content }, index) => content.equals(bodies[index]!)));
  }
});

test('an exclusive queue is nobody else’s and goes with its connection', async () => {
  const owner = await connected();
  const { queue } = await (await owner.createChannel()).assertQueue('', { exclusive: true });
  assert.match(queue, /^amq\.gen-/);
  const other = await connected();
  assert.equal((await refusal(other, (channel) => channel.consume(queue, () => {}))).code, 405);
  await owner.close();
  assert.equal((await refusal(other, (channel) => channel.checkQueue(queue))).code, 404);
});

interface ServerClose extends Error {
  readonly code: number;
  readonly classId: number;
  readonly methodId: number;
}

/** What a channel of its own is closed with. */
async function refusal(
  connection: ChannelModel,
  act: (channel: Channel) => Promise<unknown> | undefined,
): Promise<ServerClose> {
  const channel = await connection.createChannel();
  const closed = once(channel, 'error');
  act(channel)?.catch(() => {});
  return (await closed)[0] as ServerClose;
}

test('the server closes the channel with a code, a text and the method, and the connection goes on', async () => {
  const connection = await connected();
  const missing = await refusal(connection, (channel) => channel.checkQueue('nowhere'));
  assert.deepEqual([missing.code, missing.classId, missing.methodId], [404, 50, 10]);
  assert.match(missing.message, /NOT_FOUND - no queue 'nowhere' in vhost '\/'/);

  const other = await connection.createChannel();
  await other.assertQueue('settled', { durable: false });
  const changed = await refusal(connection, (channel) => channel.assertQueue('settled', { durable: true }));
  assert.deepEqual([changed.code, changed.classId, changed.methodId], [406, 50, 10]);
  assert.match(changed.message, /PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'settled' in vhost '\/'/);

  const gone = await refusal(connection, (channel) => {
    channel.publish('no-such-exchange', 'key', Buffer.from('x'));
    return undefined;
  });
  assert.deepEqual([gone.code, gone.classId, gone.methodId], [404, 60, 40]);

  const unknown = await refusal(connection, (channel) => {
    channel.ack({ fields: { deliveryTag: 17 } } as unknown as ConsumeMessage);
    return undefined;
  });
  assert.deepEqual([unknown.code, unknown.classId, unknown.methodId], [406, 60, 80]);
  assert.match(unknown.message, /unknown delivery tag 17/);

  assert.equal((await refusal(connection, (channel) => channel.deleteExchange('amq.direct'))).code, 403);
  assert.deepEqual(await other.deleteQueue('settled'), { messageCount: 0 });
});

test('nobody comes in with a wrong password, or into a virtual host that is not there', async () => {
  const { port } = new URL(naru.amqp.url);
  await assert.rejects(connect(`amqp://guest:wrong@127.0.0.1:${port}`), /403 \(ACCESS.REFUSED\)/);
  await assert.rejects(connect(`${naru.amqp.url}/nowhere`), /got <ConnectionClose channel:0>/);
});

test('an exchange is bound to an exchange, and what nothing takes goes to the alternate one', async () => {
  const channel = await confirming();
  await channel.assertExchange('ex.unrouted', 'fanout', { autoDelete: true });
  const unrouted = await bound(channel, 'ex.unrouted', ['']);
  await channel.assertExchange('ex.in', 'topic', { alternateExchange: 'ex.unrouted', autoDelete: true });
  await channel.assertExchange('ex.out', 'fanout', { autoDelete: true });
  const queue = await bound(channel, 'ex.out', ['']);
  await channel.bindExchange('ex.out', 'ex.in', 'a.*');
  for (const key of ['a.b', 'b.a']) channel.publish('ex.in', key, Buffer.from(key), { mandatory: true });
  channel.on('return', () => assert.fail('the alternate exchange took it'));
  await channel.waitForConfirms();
  assert.deepEqual(texts(await drained(channel, queue)), ['a.b']);
  assert.deepEqual(texts(await drained(channel, unrouted)), ['b.a']);
});
