import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from './commands.js';

test('queues and exchanges are declared, bound, described, unbound and deleted', async (context) => {
  const { told, run } = await commands(context, { kafka: false, sqs: false });
  await told('exchange', 'declare', 'events', '--type', 'topic', '--alternate', 'amq.fanout');
  const declared = [
    '--type',
    'quorum',
    '--ttl',
    '30s',
    '--delivery-limit',
    '5',
    '--dead-letter-exchange',
    'amq.default',
  ];
  assert.equal(await told('queue', 'declare', 'jobs', ...declared, '--argument', 'x-max-length=9'), 'declared jobs\n');
  assert.equal(
    await told('queue', 'declare', 'jobs', ...declared, '--argument', 'x-max-length=9'),
    'already there: jobs\n',
  );
  assert.match((await run(['queue', 'declare', 'jobs', '--type', 'quorum'])).stderr, /^naru: .*jobs.*\n$/);
  assert.equal(await told('bind', 'events', 'jobs', '--routing-key', 'order.#'), 'bound jobs to events\n');
  const queue = JSON.parse(await told('queue', 'describe', 'jobs', '--json'));
  assert.deepEqual(queue.arguments, {
    'x-queue-type': 'quorum',
    'x-message-ttl': 30_000,
    'x-delivery-limit': 5,
    'x-dead-letter-exchange': '',
    'x-max-length': 9,
  });
  assert.match(await told('queue', 'describe', 'jobs'), /^bound to\tevents by order\.#$/m);
  assert.match(await told('exchange', 'describe', 'events'), /^leads to\tqueue jobs by order\.#$/m);
  await told('bind', 'events', 'amq.fanout', '--to-exchange', '--argument', 'a=1');
  assert.match(await told('binding', 'list'), /^events\texchange\tamq\.fanout\t\t{"a":1}$/m);
  assert.match((await run(['unbind', 'events', 'jobs'])).stderr, /not bound to events by '': naru binding list/);
  assert.equal(await told('unbind', 'events', 'jobs', '--routing-key', 'order.#'), 'unbound jobs from events\n');
  await told('unbind', 'events', 'amq.fanout', '--to-exchange', '--argument', 'a=1');
  assert.equal(await told('queue', 'delete', 'jobs', '--if-empty'), 'removed jobs\n');
  assert.equal(await told('exchange', 'delete', 'events', '--if-unused'), 'removed events\n');
  assert.equal(await told('queue', 'list'), '');
});

test('topics are created, listed, described, configured, given partitions, trimmed and deleted', async (context) => {
  const { told, run } = await commands(context, { sqs: false });
  await told('topic', 'create', 'orders', '--partitions', '3', '--config', 'retention.ms=1000000');
  assert.match((await run(['topic', 'create', 'orders'])).stderr, /is there already/);
  assert.equal(await told('topic', 'create', 'orders', '--if-not-exists'), 'already there: orders\n');
  assert.equal(await told('topic', 'list'), 'orders\t3\t0\t0 B\tdelete\n');
  await told('topic', 'config', 'orders', '--set', 'retention.ms=5000', '--set', 'max.message.bytes=2000');
  await told('topic', 'config', 'orders', '--unset', 'max.message.bytes');
  assert.equal(await told('topic', 'config', 'orders'), 'retention.ms\t5000\ttopic\n');
  assert.match(await told('topic', 'config', 'orders', '--all'), /^cleanup\.policy\tdelete\tdefault$/m);
  await told('topic', 'partitions', 'orders', '4');
  assert.equal((await told('topic', 'partitions', 'orders')).trimEnd().split('\n').length, 4);
  const described = JSON.parse(await told('topic', 'describe', 'orders', '--json'));
  assert.equal(described.partition_details.length, 4);
  assert.equal(await told('topic', 'trim', 'orders'), 'trimmed orders\n');
  assert.equal(await told('topic', 'delete', 'orders'), 'deleted orders\n');
  assert.equal(await told('topic', 'list', '--json'), '[]\n');
});

test('groups are set elsewhere, listed with their lag, described and deleted', async (context) => {
  const { told, run } = await commands(context, { sqs: false });
  await told('topic', 'create', 'orders', '--partitions', '2');
  assert.match((await run(['group', 'reset', 'billing', '--topic', 'orders'])).stderr, /say where to/);
  assert.match((await run(['group', 'reset', 'billing', '--partition', '1', '--to-latest'])).stderr, /--topic/);
  const dry = await told('group', 'reset', 'billing', '--topic', 'orders', '--to-time', '1h', '--dry-run');
  assert.equal(dry, 'orders\t0\t\t0\t0\norders\t1\t\t0\t0\n');
  assert.equal(await told('group', 'list'), '');
  await told('group', 'reset', 'billing', '--topic', 'orders', '--partition', '1', '--to-earliest');
  assert.match(await told('group', 'list'), /^billing\tclassic\tEmpty\t0\t0$/m);
  assert.match(await told('group', 'describe', 'billing'), /^orders\t1\t0\t0\t0$/m);
  assert.equal(await told('group', 'delete', 'billing'), 'deleted billing\n');
  assert.match((await run(['group', 'describe', 'billing'])).stderr, /there is no group 'billing'/);
});
