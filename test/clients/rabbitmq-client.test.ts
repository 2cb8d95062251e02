import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, type TestContext, test } from 'node:test';
import { AMQPChannelError, type AsyncMessage, Connection, ConsumerStatus, type ReturnedMessage } from 'rabbitmq-client';
import { type RunningNaru, startNaru } from '../../src/embed.js';
import { freePorts, Program, temporaryFolder } from '../process/program.js';

/** rabbitmq-client, unmodified. */

let naru: RunningNaru;
const connections: Connection[] = [];

before(async () => {
  naru = await startNaru({ memory: true, kafka: false, sqs: false, http: false });
});

afterEach(() => {
  for (const connection of connections.splice(0)) connection.unsafeDestroy();
});

after(() => naru.close());

/** Where an address names nobody this client logs in with an empty name, which is nobody's. */
function connected(address: string = naru.amqp.url): Connection {
  const url = address.replace(/^amqp:\/\/(?!guest)/, 'amqp://guest:guest@');
  const connection = new Connection({ url, retryLow: 20, retryHigh: 100 });
  connections.push(connection);
  // What it cannot repair by itself is seen where it was asked for.
  connection.on('error', () => {});
  return connection;
}

interface QueueOf {
  readonly exchange: string;
  readonly keys?: readonly string[];
  readonly arguments?: Record<string, unknown>;
}

async function bound(connection: Connection, of: QueueOf): Promise<string> {
  const { queue } = await connection.queueDeclare({ exclusive: true });
  for (const routingKey of of.keys ?? ['']) {
    const { exchange, arguments: args = {} } = of;
    await connection.queueBind({ queue, exchange, routingKey, arguments: args });
  }
  return queue;
}

async function drained(connection: Connection, queue: string): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for (;;) {
    const message = await connection.basicGet({ queue, noAck: true });
    if (message === undefined) return bodies;
    bodies.push(message.body);
  }
}

/** Promises of the messages a consumer sees, in order. */
class Inbox {
  readonly messages: AsyncMessage[] = [];
  private arrived: () => void = () => {};

  readonly take = (message: AsyncMessage): void => {
    this.messages.push(message);
    this.arrived();
  };

  async atLeast(count: number): Promise<AsyncMessage[]> {
    while (this.messages.length < count) {
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    }
    return this.messages;
  }

  get bodies(): unknown[] {
    return this.messages.map(({ body }) => body);
  }
}

test('direct: kong reaches the queue that is bound with kong, and black does not', async () => {
  const connection = connected();
  const exchange = 'monkeys';
  const publisher = connection.createPublisher({ confirm: true, exchanges: [{ exchange, type: 'direct' }] });
  await connection.exchangeDeclare({ exchange, type: 'direct' });
  const kong = await bound(connection, { exchange, keys: ['kong'] });
  const black = await bound(connection, { exchange, keys: ['black'] });
  await publisher.send({ exchange, routingKey: 'kong' }, 'banana');
  assert.deepEqual([await drained(connection, kong), await drained(connection, black)], [['banana'], []]);
  await publisher.close();
});

test('fanout: every one of three queues gets each message', async () => {
  const connection = connected();
  const exchange = 'logs';
  await connection.exchangeDeclare({ exchange, type: 'fanout', autoDelete: true });
  const queues = await Promise.all([0, 1, 2].map(() => bound(connection, { exchange })));
  const publisher = connection.createPublisher({ confirm: true });
  await publisher.send({ exchange }, { event: 'saved', id: 1 });
  for (const queue of queues) assert.deepEqual(await drained(connection, queue), [{ event: 'saved', id: 1 }]);
  await publisher.close();
});

test('topic: usa.news.weather reaches usa.# and *.news.*, and not korea.news', async () => {
  const connection = connected();
  const exchange = 'topics';
  await connection.exchangeDeclare({ exchange, type: 'topic', autoDelete: true });
  const patterns = ['usa.#', '*.news.*', 'korea.news'];
  const queues = await Promise.all(patterns.map((pattern) => bound(connection, { exchange, keys: [pattern] })));
  const publisher = connection.createPublisher({ confirm: true });
  await publisher.send({ exchange, routingKey: 'usa.news.weather' }, 'sunny');
  const received = await Promise.all(queues.map((queue) => drained(connection, queue)));
  assert.deepEqual(received, [['sunny'], ['sunny'], []]);
  await publisher.close();
});

test('headers: x-match says whether all or any have to be there', async () => {
  const connection = connected();
  const exchange = 'reports';
  await connection.exchangeDeclare({ exchange, type: 'headers', autoDelete: true });
  const wanted = { format: 'pdf', type: 'report' };
  const all = await bound(connection, { exchange, arguments: { 'x-match': 'all', ...wanted } });
  const any = await bound(connection, { exchange, arguments: { 'x-match': 'any', ...wanted } });
  const publisher = connection.createPublisher({ confirm: true });
  await publisher.send({ exchange, headers: wanted }, 'both');
  await publisher.send({ exchange, headers: { format: 'pdf', type: 'log' } }, 'one');
  await publisher.send({ exchange, headers: { format: 'zip' } }, 'none');
  assert.deepEqual([await drained(connection, all), await drained(connection, any)], [['both'], ['both', 'one']]);
  await publisher.close();
});

test('workers share a queue, each with its prefetch, and acknowledge what they have done', async () => {
  const connection = connected();
  const queue = 'jobs';
  const inboxes = [new Inbox(), new Inbox()];
  const consumers = inboxes.map((inbox) =>
    connection.createConsumer({ queue, queueOptions: { durable: true }, qos: { prefetchCount: 2 } }, inbox.take),
  );
  await Promise.all(consumers.map((consumer) => once(consumer, 'ready')));
  const publisher = connection.createPublisher({ confirm: true });
  await Promise.all(
    Array.from({ length: 100 }, (_, id) => publisher.send({ routingKey: queue, durable: true }, { id })),
  );
  while (inboxes[0]!.messages.length + inboxes[1]!.messages.length < 100) {
    await Promise.race(inboxes.map((inbox) => inbox.atLeast(inbox.messages.length + 1)));
  }
  const ids = inboxes.flatMap((inbox) => inbox.bodies.map((body) => (body as { id: number }).id));
  assert.deepEqual(
    ids.sort((one, other) => one - other),
    Array.from({ length: 100 }, (_, id) => id),
  );
  assert.ok(inboxes.every((inbox) => inbox.messages.length > 0));
  await Promise.all(consumers.map((consumer) => consumer.close()));
  assert.equal((await connection.queueDelete({ queue })).messageCount, 0);
  await publisher.close();
});

test('what a handler gives back comes again, and what it drops becomes a dead letter', async () => {
  const connection = connected();
  const queue = 'fragile';
  const graveyard = { queue: 'fragile.dead', exclusive: true };
  await connection.queueDeclare(graveyard);
  const inbox = new Inbox();
  const consumer = connection.createConsumer(
    {
      queue,
      queueOptions: {
        autoDelete: true,
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'fragile.dead' },
      },
    },
    (message) => {
      inbox.take(message);
      return message.redelivered ? ConsumerStatus.DROP : ConsumerStatus.REQUEUE;
    },
  );
  await once(consumer, 'ready');
  const dead = new Inbox();
  const mourner = connection.createConsumer({ queue: 'fragile.dead', queueOptions: graveyard }, dead.take);
  const publisher = connection.createPublisher({ confirm: true });
  await publisher.send(queue, 'vase');
  const [letter] = await dead.atLeast(1);
  assert.deepEqual(inbox.bodies, ['vase', 'vase']);
  const [death] = letter!.headers!['x-death'];
  assert.deepEqual([death.queue, death.reason, death.count], [queue, 'rejected', 1]);
  await Promise.all([consumer.close(), mourner.close(), publisher.close()]);
});

test('a request is answered without a queue for the answer', async () => {
  const connection = connected();
  const server = connection.createConsumer(
    { queue: 'squares', queueOptions: { autoDelete: true } },
    async ({ body }, reply) => {
      await reply({ square: body.number ** 2 });
    },
  );
  await once(server, 'ready');
  const client = connection.createRPCClient({ confirm: true, timeout: 5000 });
  const answers = await Promise.all([2, 3, 4].map((number) => client.send('squares', { number })));
  assert.deepEqual(
    answers.map(({ body }) => body),
    [{ square: 4 }, { square: 9 }, { square: 16 }],
  );
  await client.close();
  await server.close();
});

test('a mandatory message without a queue is returned', async () => {
  const connection = connected();
  const publisher = connection.createPublisher({ confirm: true });
  const returned = once(publisher, 'basic.return') as Promise<[ReturnedMessage]>;
  await publisher.send({ exchange: 'amq.topic', routingKey: 'nobody', mandatory: true }, 'lost');
  const [{ replyCode, replyText, exchange, routingKey, body }] = await returned;
  assert.deepEqual([replyCode, replyText, exchange, routingKey], [312, 'NO_ROUTE', 'amq.topic', 'nobody']);
  assert.equal(body, 'lost');
  await publisher.close();
});

test('a body of many frames, and an empty one, come back as they were sent', async () => {
  const connection = connected();
  const { queue } = await connection.queueDeclare({ exclusive: true });
  const publisher = connection.createPublisher({ confirm: true });
  const large = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) & 255));
  await publisher.send(queue, large);
  await publisher.send(queue, Buffer.alloc(0));
  const [first, second] = (await drained(connection, queue)) as [Buffer, Buffer];
  assert.ok(large.equals(first));
  assert.equal(second.length, 0);
  await publisher.close();
});

test('an error of the server names its code, and the next call has a channel again', async () => {
  const connection = connected();
  const refused = (code: string) => (error: unknown) => error instanceof AMQPChannelError && error.code === code;
  await assert.rejects(connection.queueDeclare({ queue: 'nowhere', passive: true }), refused('NOT_FOUND'));
  await connection.queueDeclare({ queue: 'settled', durable: true });
  await assert.rejects(connection.queueDeclare({ queue: 'settled', durable: false }), refused('PRECONDITION_FAILED'));
  const publisher = connection.createPublisher({ confirm: true });
  await assert.rejects(publisher.send({ exchange: 'nowhere' }, 'lost'), refused('NOT_FOUND'));
  await publisher.send('settled', 'kept');
  assert.deepEqual(await drained(connection, 'settled'), ['kept']);
  assert.equal((await connection.queueDelete({ queue: 'settled' })).messageCount, 0);
  await publisher.close();
});

test('a consumer whose queue is deleted is told, and declares it again', async () => {
  const connection = connected();
  const consumer = connection.createConsumer({ queue: 'fleeting', queueOptions: { durable: false } }, () => {});
  await once(consumer, 'ready');
  const told = once(consumer, 'error');
  await connection.queueDelete({ queue: 'fleeting' });
  assert.equal((await told)[0].code, 'CANCEL_FORCED');
  await once(consumer, 'ready');
  assert.equal((await connection.queueDeclare({ queue: 'fleeting', passive: true })).consumerCount, 1);
  await consumer.close();
  await connection.queueDelete({ queue: 'fleeting' });
});

async function started(
  context: TestContext,
  folder: string,
  amqpPort: number,
): Promise<{ program: Program; url: string }> {
  const ports = freePorts.filter((flag) => !flag.startsWith('--amqp-port'));
  const args = ['start', '--data', folder, '--log-format=json', ...ports, `--amqp-port=${amqpPort}`];
  const program = new Program(context, args);
  const { amqp } = await program.readyRecord();
  return { program, url: amqp! };
}

for (const [ending, signal] of [
  ['stopped', 'SIGTERM'],
  ['killed', 'SIGKILL'],
] as const) {
  test(`publisher and consumer go on by themselves after the broker was ${ending} and started again`, async (context) => {
    const folder = await temporaryFolder(context);
    const first = await started(context, folder, 0);
    const connection = connected(first.url);
    await connection.onConnect();
    const queue = 'orders';
    const queueOptions = { durable: true };
    await connection.queueDeclare({ queue, ...queueOptions });
    await connection.exchangeDeclare({ exchange: 'shop', type: 'topic', durable: true });
    await connection.queueBind({ queue, exchange: 'shop', routingKey: 'order.*' });
    const publisher = connection.createPublisher({ confirm: true, maxAttempts: 5 });
    for (let id = 0; id < 20; id++) {
      await publisher.send({ exchange: 'shop', routingKey: 'order.new', durable: true, messageId: `m${id}` }, { id });
    }
    const early = new Inbox();
    const gone = once(first.program.child, 'exit').then(() => {});
    const worker = connection.createConsumer({ queue, queueOptions, qos: { prefetchCount: 5 } }, (message) => {
      early.take(message);
      // The first five are done; the rest is under way when the broker goes.
      return early.messages.length <= 5 ? ConsumerStatus.ACK : gone;
    });
    // It cannot acknowledge what it got from a broker that is gone.
    worker.on('error', () => {});
    await early.atLeast(10);

    first.program.signal(signal);
    await first.program.outcome();
    const late = new Inbox();
    const second = await started(context, folder, Number(new URL(first.url).port));
    await connection.onConnect(5000);
    await worker.close();
    await publisher.send({ exchange: 'shop', routingKey: 'order.new', durable: true, messageId: 'late' }, { id: 20 });
    const heir = connection.createConsumer({ queue, queueOptions }, late.take);
    await late.atLeast(1);
    await heir.close();
    const seen = [...early.messages, ...late.messages].map(({ messageId }) => messageId);
    const known = new Set(seen);
    for (const message of await remaining(connection, queue)) known.add(message);
    assert.equal(known.size, 21, 'every message came to somebody');
    // What became of an ack that was under way when the process was killed nobody has promised.
    if (signal === 'SIGTERM') assert.equal(seen.filter((id) => id === 'm0').length, 1);
    await publisher.close();
    await connection.close();
    assert.equal((await second.program.stop()).code, 0);
  });
}

async function remaining(connection: Connection, queue: string): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for (;;) {
    const message = await connection.basicGet({ queue, noAck: true });
    if (message === undefined) return ids;
    ids.push(message.messageId);
  }
}
