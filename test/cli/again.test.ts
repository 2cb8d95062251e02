import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands, linesOf } from './commands.js';

test('what was worked off or died is looked at and handed out again', async (context) => {
  const { told, run } = await commands(context, { kafka: false, sqs: false });
  await told('queue', 'declare', 'dead');
  const kept = ['--retention', '1h', '--dead-letter-exchange', 'amq.default', '--dead-letter-key', 'dead'];
  await told('queue', 'declare', 'jobs', ...kept);
  await told('produce', 'jobs', 'a', 'b', 'c', '--header', 'n=1');
  const [all, found, none] = await Promise.all([
    told('peek', 'jobs'),
    told('peek', 'jobs', '--grep', 'c', '--header', 'n=1'),
    told('peek', 'jobs', '--state', 'locked'),
  ]);
  const [first] = linesOf(all) as [Record<string, unknown>];
  const { timestamp, ...rest } = first;
  assert.match(String(timestamp), /^20\d\d-/);
  const place = { queue: 'jobs', offset: 0, state: 'ready', deliveries: 0, exchange: '', routingKey: 'jobs' };
  assert.deepEqual(rest, { ...place, headers: { n: 1 }, value: 'a' });
  assert.deepEqual(
    linesOf(found).map(({ value }) => value),
    ['c'],
  );
  assert.equal(none, '');
  assert.equal(await told('consume', 'jobs', '--count', '1', '--ack', 'reject', '--values'), 'a\n');
  assert.equal(await told('consume', 'jobs', '--values'), 'b\nc\n');
  assert.equal(await told('redrive', 'dead'), 'moved 1 messages of dead\n');
  assert.equal(await told('consume', 'jobs', '--values'), 'a\n');
  const dry = await told('rewind', 'jobs', '--to-time', '1h', '--dry-run');
  assert.match(dry, /^[34] messages of jobs would be handed out again\n$/);
  assert.equal(await told('rewind', 'jobs', '--to-time', '1h'), dry.replace('would be', 'are'));
  assert.match(await told('consume', 'jobs', '--values'), /^b\nc\n(a\n)+$|^a\nb\nc\n(a\n)*$/);
  const [noPlace, noRetention] = await Promise.all([
    run(['rewind', 'jobs']),
    run(['rewind', 'dead', '--to-offset', '0']),
  ]);
  assert.match(noPlace.stderr, /say where to: one of --to-time, --to-offset/);
  assert.match(noRetention.stderr, /keeps nothing that is done/);
});

test('a topic is looked at from its beginning and from its end', async (context) => {
  const { told } = await commands(context, { sqs: false });
  await told('topic', 'create', 'orders');
  await told('produce', 'orders', 'a', 'b', 'c', '--key', 'k', '--header', 'x=y');
  const [first, last] = await Promise.all([
    told('peek', 'orders', '--count', '1'),
    told('peek', 'orders', '--newest', '--count', '2'),
  ]);
  const { timestamp: _, ...rest } = linesOf(first)[0]!;
  assert.deepEqual(rest, { topic: 'orders', partition: 0, offset: 0, key: 'k', headers: { x: 'y' }, value: 'a' });
  assert.deepEqual(
    linesOf(last).map(({ value }) => value),
    ['b', 'c'],
  );
});

test('a measure of each front tells rates and times, and leaves nothing behind', async (context) => {
  const { told, run } = await commands(context);
  const measured = JSON.parse(await told('bench', '--messages', '200', '--size', '50', '--json'));
  assert.deepEqual(
    measured.map(({ front }: { front: string }) => front),
    ['kafka', 'amqp', 'sqs', 'http'],
  );
  for (const each of measured) {
    assert.deepEqual([each.messages, each.size], [200, 50]);
    for (const name of ['produce_per_s', 'consume_per_s', 'ack_p50_ms'])
      assert.ok(each[name] > 0, `${name} of ${each.front}`);
    assert.ok(each.ack_p99_ms >= each.ack_p50_ms);
  }
  assert.deepEqual(await Promise.all([told('topic', 'list'), told('queue', 'list')]), ['', '']);
  assert.match((await run(['bench', 'mqtt'])).stderr, /mqtt is none of kafka, amqp, sqs, http/);
});
