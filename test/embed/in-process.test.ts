import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateQueueCommand, ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/** Naru inside of a test process: how quickly it is there, empty again and gone, with clients of all fronts connected. */

const embed = fileURLToPath(new URL('../../src/embed.js', import.meta.url));

async function started(context: TestContext): Promise<RunningNaru> {
  const naru = await startNaru({ memory: true });
  context.after(() => naru.close());
  return naru;
}

function kafkaOf(naru: RunningNaru): Kafka {
  return new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
}

function sqsOf(context: TestContext, naru: RunningNaru): SQSClient {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials });
  context.after(() => sqs.destroy());
  return sqs;
}

/** What the machine does besides makes single tries slow: the quickest of several is what it can do. */
async function quickestMs(tries: number, act: () => Promise<unknown>): Promise<number> {
  let quickest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < tries; index++) {
    const beganMs = performance.now();
    await act();
    quickest = Math.min(quickest, performance.now() - beganMs);
  }
  return quickest;
}

test('it is ready within 80 ms and empty again within 10', async (context) => {
  const startMs = await quickestMs(5, () => started(context));
  assert.ok(startMs < 80, `${startMs} ms to start`);
  const naru = await started(context);
  const resetMs = await quickestMs(10, () => naru.reset());
  assert.ok(resetMs < 10, `${resetMs} ms to reset`);
});

test('ten at once have ports of their own, and each only what it was given', async (context) => {
  const all = await Promise.all(Array.from({ length: 10 }, () => started(context)));
  const addresses = all.flatMap(({ kafka, amqp, sqs, http }) => [kafka.brokers[0]!, amqp.url, sqs.endpoint, http.url]);
  assert.equal(new Set(addresses.map((address) => /\d+$/.exec(address)![0])).size, 40);
  await Promise.all(
    all.map(async (naru, index) => {
      const admin = kafkaOf(naru).admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: `only-${index}` }] });
      assert.deepEqual(await admin.listTopics(), [`only-${index}`]);
      await admin.disconnect();
    }),
  );
});

test('a reset empties every front while clients are connected, who are told and come in again', async (context) => {
  const naru = await started(context);
  const kafka = kafkaOf(naru);
  const producer = kafka.producer({ retry: { initialRetryTime: 5, retries: 20 } });
  const admin = kafka.admin({ retry: { initialRetryTime: 5, retries: 20 } });
  context.after(() => Promise.all([producer.disconnect(), admin.disconnect()]));
  await producer.connect();
  await admin.connect();
  await producer.send({ topic: 'events', messages: [{ value: 'before' }] });

  const amqp = await connect(naru.amqp.url);
  const gone = once(amqp, 'close');
  const channel = await amqp.createConfirmChannel();
  channel.on('error', () => {});
  await channel.assertQueue('jobs', { durable: true });
  channel.sendToQueue('jobs', Buffer.from('before'), { persistent: true });
  await channel.waitForConfirms();

  const sqs = sqsOf(context, naru);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'mail' }));
  const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 })).catch((error: Error) => error);
  assert.equal((await fetch(`${naru.http.url}/api/overview`)).status, 200);

  const beganMs = performance.now();
  await naru.reset();
  const tookMs = performance.now() - beganMs;
  assert.ok(tookMs < 2000, `${tookMs} ms: nobody may be waited for until the grace time is over`);

  const [why] = (await gone) as [Error];
  assert.match(why.message, /320/, 'told that the broker goes, not cut off');
  await waiting;
  assert.deepEqual(await admin.listTopics(), []);
  const again = await connect(naru.amqp.url);
  const found = await again.createChannel();
  found.on('error', () => {});
  await assert.rejects(found.checkQueue('jobs'), /404/);
  await again.close();
  assert.equal((await sqs.send(new ListQueuesCommand({}))).QueueUrls, undefined);
  assert.deepEqual(await (await fetch(`${naru.http.url}/api/queues`)).json(), []);
  // The same producer goes on, from offset 0.
  const [sent] = await producer.send({ topic: 'events', messages: [{ value: 'after' }] });
  assert.equal(sent!.baseOffset, '0');
});

test('the address of AMQP names guest as long as there are no users', async (context) => {
  const naru = await started(context);
  assert.match(naru.amqp.url, /^amqp:\/\/guest:guest@127\.0\.0\.1:\d+$/);
  const closed = await startNaru({ memory: true, adminUser: 'boss', adminPassword: 'correct horse' });
  context.after(() => closed.close());
  assert.match(closed.amqp.url, /^amqp:\/\/127\.0\.0\.1:\d+$/);
});

test('after close nothing keeps a process from ending', async () => {
  const script = `
    const { startNaru } = await import(${JSON.stringify(embed)});
    const all = await Promise.all([startNaru({ memory: true }), startNaru({ memory: true })]);
    await (await fetch(all[0].http.url + '/api/overview')).json();
    await all[0].reset();
    await Promise.all(all.map((naru) => naru.close()));
    process.stdout.write('closed');
  `;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 30_000 });
  assert.equal((await run).stdout, 'closed');
});
