import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ChannelModel, connect } from 'amqplib';
import { commands, linesOf } from '../cli/commands.js';
import { missingRabbit, type RunningRabbit, startRabbit } from './mirror-rabbitmq-server.js';
import { skipUnlessThere } from './toolchain.js';

/** `naru mirror` against RabbitMQ, both ways. */
const skip = skipUnlessThere(missingRabbit());

let folder = '';
let rabbit: RunningRabbit;

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), 'naru-mirror-rabbit-'));
  rabbit = await startRabbit(folder);
});

after(async () => {
  if (skip !== false) return;
  await rabbit.stop();
  await rm(folder, { recursive: true, force: true });
});

const count = 2000;

/** An exchange, a quorum queue bound to it with a dead-letter exchange, and messages that came by it. */
async function fill(connection: ChannelModel, prefix: string, from: number, to: number): Promise<void> {
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(`${prefix}.events`, 'topic');
  const given = { 'x-queue-type': 'quorum', 'x-dead-letter-exchange': `${prefix}.events` };
  await channel.assertQueue(`${prefix}.jobs`, { arguments: given });
  await channel.bindQueue(`${prefix}.jobs`, `${prefix}.events`, 'order.#');
  for (let index = from; index < to; index++) {
    channel.publish(`${prefix}.events`, `order.${index % 7}`, Buffer.from(`m${index}`), {
      persistent: true,
      contentType: 'text/plain',
      correlationId: String(index),
      timestamp: 1_700_000_000 + index,
      headers: { index, deep: { list: [1, 'two', true] } },
    });
  }
  await channel.waitForConfirms();
  await channel.close();
}

function checked(lines: readonly Record<string, unknown>[], prefix: string, from: number, to: number): void {
  assert.equal(lines.length, to - from);
  for (const [at, line] of lines.entries()) {
    const index = from + at;
    const { redelivered: _redelivered, ...rest } = line;
    assert.deepEqual(rest, {
      queue: `${prefix}.jobs`,
      timestamp: new Date((1_700_000_000 + index) * 1000).toISOString(),
      exchange: `naru.feed.${prefix}.jobs`,
      routingKey: `order.${index % 7}`,
      properties: {
        contentType: 'text/plain',
        deliveryMode: 2,
        correlationId: String(index),
        timestamp: 1_700_000_000 + index,
      },
      headers: { index, deep: { list: [1, 'two', true] } },
      value: `m${index}`,
    });
  }
}

test('queues, exchanges and bindings come in, their messages move in order, and what comes later follows', {
  skip,
  timeout: 300_000,
}, async (context) => {
  const { told, going } = await commands(context, { sqs: false });
  const connection = await connect(rabbit.amqp);
  context.after(() => connection.close());
  await fill(connection, 'in', 0, count);
  const stream = await connection.createConfirmChannel();
  await stream.assertQueue('in.stream', { arguments: { 'x-queue-type': 'stream' } });
  for (let index = 0; index < 20; index++)
    stream.sendToQueue('in.stream', Buffer.from(`s${index}`), { persistent: true });
  await stream.waitForConfirms();

  const args = [
    'mirror',
    '--from',
    rabbit.amqp,
    '--management',
    rabbit.management,
    '--queues',
    'in.*',
    '--name',
    'test',
  ];
  assert.equal(JSON.parse(await told(...args, '--once', '--json')).messages, count + 20);
  assert.match(await told('binding', 'list'), /^in\.events\tqueue\tin\.jobs\torder\.#\t\{\}$/m);
  assert.doesNotMatch(await told('exchange', 'list'), /naru\.feed/);
  const queue = JSON.parse(await told('queue', 'describe', 'in.jobs', '--json'));
  assert.equal(queue.arguments['x-dead-letter-exchange'], 'in.events');
  assert.equal((await stream.checkQueue('in.jobs')).messageCount, 0);
  checked(linesOf(await told('consume', 'in.jobs')), 'in', 0, count);
  const values = linesOf(await told('consume', 'in.stream')).map(({ value }) => value);
  assert.deepEqual(
    values,
    Array.from({ length: 20 }, (_, index) => `s${index}`),
  );

  const following = going(args);
  await fill(connection, 'in', count, count + 300);
  stream.sendToQueue('in.stream', Buffer.from('s20'), { persistent: true });
  const ready = async (): Promise<number> => Number((await told('queue', 'list')).match(/in\.jobs\tquorum\t(\d+)/)![1]);
  while ((await ready()) < 300) assert.equal(following.stderr, '');
  while (!(await told('consume', 'in.stream')).includes('s20')) assert.equal(following.stderr, '');
  following.kill('SIGTERM');
  assert.match((await following.ended).stdout, /^copied 301 messages in /);
  checked(linesOf(await told('consume', 'in.jobs')), 'in', count, count + 300);
});

test('queues go out to RabbitMQ with what they are bound to', { skip, timeout: 300_000 }, async (context) => {
  const { told, run, naru } = await commands(context, { sqs: false });
  const connection = await connect(naru.amqp.url);
  await fill(connection, 'out', 0, count);
  await connection.close();
  const args = [
    'mirror',
    '--to',
    rabbit.amqp,
    '--management',
    rabbit.management,
    '--queues',
    'out.*',
    '--once',
    '--json',
  ];
  assert.equal(JSON.parse(await told(...args)).messages, count);
  assert.equal(JSON.parse(await told(...args)).messages, 0);
  assert.match(await told('queue', 'list'), /^out\.jobs\tquorum\t0\t0\t/m);
  const there = await run(['consume', 'queue:out.jobs', '--amqp', rabbit.amqp]);
  checked(linesOf(there.stdout), 'out', 0, count);
  const nobody = await run(['mirror', '--to', rabbit.amqp, '--management', 'http://127.0.0.1:1', '--once']);
  assert.match(nobody.stderr, /does not answer: --management names another address, --definitions FILE/);
  assert.doesNotMatch(nobody.stderr, /guest:guest/);
});
