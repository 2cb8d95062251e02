import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import type { RunningNaru } from '../../src/embed.js';
import { open, secured, userWith } from './client.js';

function kafkaOf(naru: RunningNaru): Kafka {
  return new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
}

async function produce(naru: RunningNaru, topic: string, values: readonly string[], partition = 0): Promise<void> {
  const producer = kafkaOf(naru).producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value, partition })) });
  await producer.disconnect();
}

test('a topic is made once, told of with its partitions and configuration, and deleted', async (context) => {
  const { client, naru } = await open(context, { kafka: true });
  assert.equal(
    (await client.put('/api/topics/orders', { partitions: 2, configs: { 'retention.ms': 1000 } })).status,
    201,
  );
  assert.equal((await client.put('/api/topics/orders', { partitions: 2 })).status, 204);
  assert.equal((await client.put('/api/topics/orders', { partitions: 3 })).status, 400);
  assert.equal((await client.put('/api/topics/orders', { configs: { 'retention.ms': 2 } })).status, 400);
  await produce(naru, 'orders', ['a', 'b', 'c'], 1);
  const topic = await client.read('/api/topics/orders');
  assert.equal(topic.partitions, 2);
  assert.equal(topic.records, 3);
  assert.equal(topic.produced, 3);
  assert.ok(topic.bytes > 0);
  const [first, second] = topic.partition_details;
  assert.deepEqual([first.start_offset, first.end_offset], [0, 0]);
  assert.deepEqual([second.start_offset, second.end_offset, second.records, second.leader], [0, 3, 3, 1]);
  const retention = topic.configs.find(({ name }: { name: string }) => name === 'retention.ms');
  assert.deepEqual(
    [retention.value, retention.source, retention.default, retention.type],
    ['1000', 'topic', '604800000', 'long'],
  );
  await client.done(client.delete('/api/topics/orders'));
  assert.equal((await client.get('/api/topics/orders')).status, 404);
});

test('keys of the configuration are set and taken away one by one, and wrong ones are refused', async (context) => {
  const { client } = await open(context);
  await client.done(client.put('/api/topics/t', {}));
  await client.done(client.put('/api/topics/t/configs', { 'retention.ms': '5000', 'cleanup.policy': 'compact' }));
  await client.done(client.put('/api/topics/t/configs', { 'cleanup.policy': null }));
  const configs: { name: string; value: string; source: string }[] = await client.read('/api/topics/t/configs');
  const sources = configs.filter(({ source }) => source === 'topic');
  assert.deepEqual(
    sources.map(({ name, value }) => [name, value]),
    [['retention.ms', '5000']],
  );
  assert.equal((await client.put('/api/topics/t/configs', { 'no.such': '1' })).status, 400);
  assert.equal((await client.put('/api/topics/t/configs', { 'retention.ms': 'x' })).status, 400);
  assert.equal((await client.put('/api/topics/t', { configs: { toString: 1 } })).status, 400);
});

test('what a policy makes of a topic is told as the policy’s', async (context) => {
  const { client } = await open(context);
  await client.done(client.put('/api/topics/t', {}));
  const definition = { 'max-age': '1h' };
  await client.done(client.put('/api/policies/%2F/p', { pattern: '^t$', definition, 'apply-to': 'streams' }));
  const { configs, policy } = await client.read('/api/topics/t');
  const { value, source } = configs.find(({ name }: { name: string }) => name === 'retention.ms');
  assert.deepEqual([value, source, policy], ['3600000', 'policy', 'p']);
});

test('partitions are added, and never taken away', async (context) => {
  const { client } = await open(context);
  await client.done(client.put('/api/topics/t', {}));
  await client.done(client.post('/api/topics/t/partitions', { partitions: 4 }));
  assert.equal((await client.read('/api/topics/t')).partitions, 4);
  assert.equal((await client.post('/api/topics/t/partitions', { partitions: 3 })).status, 400);
});

test('records are deleted up to an offset, or all of them', async (context) => {
  const { client, naru } = await open(context, { kafka: true });
  await client.done(client.put('/api/topics/t', { partitions: 2 }));
  await produce(naru, 't', ['a', 'b', 'c']);
  await produce(naru, 't', ['d'], 1);
  const { body } = await client.delete('/api/topics/t/records?partition=0&before=2');
  assert.deepEqual(body, [{ partition: 0, start_offset: 2 }]);
  assert.equal((await client.read('/api/topics/t')).records, 2);
  assert.equal((await client.delete('/api/topics/t/records?partition=0&before=9')).status, 400);
  assert.equal((await client.delete('/api/topics/t/records?before=1')).status, 400);
  const all = await client.delete('/api/topics/t/records');
  assert.deepEqual(all.body, [
    { partition: 0, start_offset: 3 },
    { partition: 1, start_offset: 1 },
  ]);
});

test('lists of topics have pages, of those whose name fits, and only the fields that are asked for', async (context) => {
  const { client } = await open(context);
  for (const name of ['b2', 'a1', 'b1', 'c1']) await client.done(client.put(`/api/topics/${name}`, {}));
  const page = await client.read('/api/topics?page=1&page_size=2&name=1&columns=name');
  assert.deepEqual(page.items, [{ name: 'a1' }, { name: 'b1' }]);
  assert.deepEqual([page.filtered_count, page.total_count, page.page_count, page.item_count], [3, 4, 2, 2]);
  const backwards = await client.read('/api/topics?page=1&sort=name&sort_reverse=true&name=^b&use_regex=true');
  assert.deepEqual(
    backwards.items.map(({ name }: { name: string }) => name),
    ['b2', 'b1'],
  );
  assert.equal((await client.get('/api/topics?page=9')).status, 400);
  const all = await client.read('/api/topics?columns=name');
  assert.deepEqual(all, [{ name: 'a1' }, { name: 'b1' }, { name: 'b2' }, { name: 'c1' }]);
});

test('a topic is changed only by who may do so over Kafka or over AMQP', async (context) => {
  const { client } = await secured(context);
  await client.done(client.put('/api/topics/t', {}));
  const nobody = await userWith(client, 'nobody', 'management');
  assert.deepEqual(await nobody.read('/api/topics'), []);
  assert.equal((await nobody.get('/api/topics/t')).status, 404);
  assert.equal((await nobody.put('/api/topics/other', {})).status, 401);
  const reader = await userWith(client, 'reader', 'management');
  await client.done(client.put('/api/permissions/%2F/reader', { configure: '^mine', write: '', read: '.*' }));
  assert.equal((await reader.read('/api/topics')).length, 1);
  assert.equal((await reader.delete('/api/topics/t')).status, 401);
  assert.equal((await reader.put('/api/topics/t/configs', { 'retention.ms': 1 })).status, 401);
  assert.equal((await reader.delete('/api/topics/t/records')).status, 401);
  assert.equal((await reader.post('/api/topics/t/partitions', { partitions: 2 })).status, 401);
  assert.equal((await reader.put('/api/topics/mine', {})).status, 201);
});
