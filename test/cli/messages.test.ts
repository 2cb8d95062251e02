import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connect } from 'amqplib';
import { commands, linesOf } from './commands.js';

const values = (text: string): unknown[] => linesOf(text).map(({ value }) => value);

async function topicWithLines(context: TestContext): Promise<Awaited<ReturnType<typeof commands>>> {
  const started = await commands(context, { sqs: false });
  await started.told('topic', 'create', 'orders', '--partitions', '2');
  const lines = [
    { key: 'a1', value: 'first', headers: { region: 'eu' }, timestamp: '2001-01-01T00:00:00.000Z' },
    { key: 'a2', value: null, headers: { region: ['eu', 'us'] } },
    { key: { base64: '/w==' }, value: { base64: '/v8=' }, headers: {} },
    { key: 'b', value: { nested: [1] } },
  ];
  const { code, stdout, stderr } = await started.run(
    ['produce', 'orders', '--partition', '1'],
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  assert.deepEqual([code, stdout, stderr], [0, 'produced 4 to orders\n', '']);
  return started;
}

test('records go in and out as lines of JSON: keys, headers, times, tombstones, bytes', async (context) => {
  const { told, run } = await topicWithLines(context);
  const [first, second, third, fourth] = linesOf(await told('consume', 'orders')) as [object, object, object, object];
  const at = { topic: 'orders', partition: 1 };
  const timestamp = '2001-01-01T00:00:00.000Z';
  assert.deepEqual(first, { ...at, offset: 0, timestamp, key: 'a1', headers: { region: 'eu' }, value: 'first' });
  const { timestamp: set, ...rest } = second as { timestamp: string };
  assert.match(set, /^20\d\d-/);
  assert.deepEqual(rest, { ...at, offset: 1, key: 'a2', headers: { region: ['eu', 'us'] }, value: null });
  assert.deepEqual(
    [third, fourth].map((line) => (line as { value: unknown }).value),
    [{ base64: '/v8=' }, '{"nested":[1]}'],
  );
  assert.deepEqual((third as { key: unknown }).key, { base64: '/w==' });
  const strange = await run(['produce', 'orders'], '{"value":"fine"}\nplain\n');
  assert.deepEqual(
    [strange.code, strange.stderr],
    [1, 'naru: line 2 of the input is not JSON: for plain text give --lines\n'],
  );
});

test('what is consumed is chosen by place, key, header and text', async (context) => {
  const { told, run } = await topicWithLines(context);
  const chosen = async (...args: string[]): Promise<unknown[]> => values(await told('consume', 'orders', ...args));
  const [byKey, byHeader, byText, since, from, none, counted] = await Promise.all([
    chosen('--key', 'a*'),
    chosen('--header', 'region=u?'),
    chosen('--grep', 'nest'),
    chosen('--from', '1h'),
    chosen('--from', '@2', '--partition', '1'),
    chosen('--partition', '0'),
    told('consume', 'orders', '--count', '1', '--values'),
  ]);
  assert.deepEqual(byKey, ['first', null]);
  assert.deepEqual(byHeader, [null]);
  assert.deepEqual(byText, ['{"nested":[1]}']);
  assert.equal(since.length, 3);
  assert.deepEqual(from, [{ base64: '/v8=' }, '{"nested":[1]}']);
  assert.deepEqual(none, []);
  assert.equal(counted, 'first\n');
  const [unknown, place] = await Promise.all([
    run(['consume', 'nothing']),
    run(['consume', 'orders', '--from', 'yesterday']),
  ]);
  assert.match(unknown.stderr, /no topic, queue or exchange nothing: naru topic list/);
  assert.match(place.stderr, /--from yesterday: give beginning, end, @offset/);
});

test('tail says what comes from now on, of a topic and of an exchange, until it is told to end', async (context) => {
  const { told, going } = await commands(context, { sqs: false });
  await told('topic', 'create', 'orders');
  await told('produce', 'orders', 'before');
  const topic = going(['tail', 'orders', '--count', '2']);
  const exchange = going(['tail', 'amq.topic', '--routing-key', 'order.#']);
  await exchange.said(/bound to amq\.topic/);
  await told('publish', 'amq.topic', 'paid', '--key', 'order.42', '--header', 'n=1');
  await exchange.said(/paid/);
  exchange.kill('SIGINT');
  // It says nothing until something comes, so it is given something until it has enough.
  let ended = false;
  void topic.ended.then(() => {
    ended = true;
  });
  while (!ended) await told('produce', 'orders', 'after');
  assert.deepEqual(values((await topic.ended).stdout), ['after', 'after']);
  const { code, stdout } = await exchange.ended;
  assert.equal(code, 0);
  assert.deepEqual(linesOf(stdout), [
    {
      queue: 'amq.topic',
      exchange: 'amq.topic',
      routingKey: 'order.42',
      properties: { deliveryMode: 2 },
      headers: { n: 1 },
      value: 'paid',
    },
  ]);
});

test('tail of a queue shows what comes and takes nothing away', async (context) => {
  const { told, going } = await commands(context, { kafka: false, sqs: false });
  await told('queue', 'declare', 'jobs');
  await told('produce', 'jobs', 'before');
  const tail = going(['tail', 'jobs', '--count', '1', '--key', 'jobs']);
  let ended = false;
  void tail.ended.then(() => {
    ended = true;
  });
  let sent = 0;
  for (; !ended; sent++) await told('produce', 'jobs', 'after');
  const { stdout } = await tail.ended;
  assert.deepEqual(values(stdout), ['after']);
  assert.equal(linesOf(stdout)[0]!['state'], 'ready');
  assert.equal(await told('queue', 'list'), `jobs\tclassic\t${sent + 1}\t0\t0\n`);
});

test('a queue’s messages are taken, given back or left to die, and those a filter leaves out stay', async (context) => {
  const { told, run } = await commands(context, { kafka: true, sqs: false });
  await told('queue', 'declare', 'dead');
  const dying = ['--dead-letter-exchange', 'amq.default', '--dead-letter-key', 'dead'];
  await told('queue', 'declare', 'jobs', ...dying);
  await told('produce', 'jobs', 'j1', 'j2', 'j3', '--property', 'contentType=text/plain', '--property', 'priority=3');
  const kept = linesOf(await told('consume', 'jobs', '--ack', 'requeue'));
  assert.deepEqual(kept[0]!['properties'], { contentType: 'text/plain', priority: 3, deliveryMode: 2 });
  assert.equal(kept.length, 3);
  assert.deepEqual(values(await told('consume', 'jobs', '--grep', 'j2')), ['j2']);
  assert.deepEqual(values(await told('consume', 'jobs', '--ack', 'reject', '--count', '1')), ['j1']);
  assert.deepEqual(values(await told('consume', 'jobs')), ['j3']);
  assert.deepEqual(values(await told('consume', 'jobs')), []);
  assert.deepEqual(values(await told('consume', 'dead')), ['j1']);
  const [nowhere, noQueue] = await Promise.all([
    run(['publish', 'amq.topic', 'x', '--key', 'a']),
    run(['publish', 'amq.default', 'x', '--key', 'nothing']),
  ]);
  assert.match(nowhere.stderr, /1 of 1 messages went nowhere: nothing is bound to amq\.topic/);
  assert.match(noQueue.stderr, /there is no queue nothing/);
});

test('with users both protocols are spoken as the user whose password is set', async (context) => {
  const settings = { adminUser: 'root', adminPassword: 'r00t p4ss/@:' };
  const { told, run, naru } = await commands(context, { sqs: false, ...settings });
  await told('topic', 'create', 'orders');
  await told('queue', 'declare', 'jobs');
  assert.equal((await run(['produce', 'orders', '--lines'], 'a\nb\n')).stdout, 'produced 2 to orders\n');
  assert.deepEqual(values(await told('consume', 'orders')), ['a', 'b']);
  await told('produce', 'jobs', 'j');
  assert.deepEqual(values(await told('consume', 'jobs')), ['j']);
  await assert.rejects(connect(naru.amqp.url), 'nobody else comes in');
});
