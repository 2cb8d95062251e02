import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Broker } from '../../src/broker/broker.js';
import { metricsFront } from './metrics-front.js';
import { Samples, scrape } from './samples.js';

const queueCount = 2000;
const topicCount = 500;
const groupCount = 100;

async function fill({ queues, catalog, groups, storage }: Broker): Promise<void> {
  for (let at = 0; at < queueCount; at++) queues.declare(`queue ${at}`);
  for (let at = 0; at < topicCount; at++) catalog.create(`topic-${at}`, 2);
  for (let at = 0; at < groupCount; at++) {
    const place = { topic: `topic-${at}`, offset: 0, leaderEpoch: -1, metadata: '' };
    const request = { group: `group-${at}`, memberId: '', instanceId: null, generation: -1, retentionMs: -1 };
    const offsets = [0, 1].map((partition) => ({ ...place, partition }));
    await new Promise((resolve) => groups.commit({ ...request, offsets }, resolve));
  }
  await storage.durable();
}

/** The quickest of some: others use the machine too. */
async function quickest(url: string): Promise<{ ms: number; text: string }> {
  let [best, text] = [Number.POSITIVE_INFINITY, ''];
  for (let turn = 0; turn < 8; turn++) {
    const before = performance.now();
    text = await (await fetch(`${url}/metrics`)).text();
    best = Math.min(best, performance.now() - before);
  }
  return { ms: best, text };
}

test('a scrape of 2,000 queues and 500 topics takes less than 100 ms', async (context) => {
  const { url, broker } = await metricsFront(context, {});
  await fill(broker);
  const { ms, text } = await quickest(url);
  context.diagnostic(`${Math.round(ms * 10) / 10} ms for ${Math.round(text.length / 1024)} KiB`);
  assert.ok(ms < 100, `it took ${ms} ms`);
  const told = new Samples(text);
  assert.equal(told.of('naru_queues'), queueCount);
  assert.equal(told.of('naru_queue_messages_ready{vhost="/",queue="queue 1999"}'), 0);
  assert.equal(told.of('kafka_topic_partitions{topic="topic-499"}'), 2);
  assert.equal(told.of('kafka_consumergroup_lag{consumergroup="group-99",topic="topic-99",partition="1"}'), 0);
  assert.equal(told.of('naru_metrics_objects_omitted{kind="queue"}'), 0);

  const perObject = await scrape(url, '/metrics/per-object');
  assert.equal(perObject.of('rabbitmq_queue_messages_ready{vhost="/",queue="queue 7"}'), 0);
});

test('what there is too much of is counted, not told', async (context) => {
  const { url, broker } = await metricsFront(context, { metricsObjectsMax: 100 });
  await fill(broker);
  const { text } = await quickest(url);
  const told = new Samples(text);
  assert.equal(told.of('naru_queues'), queueCount, 'sums are of all');
  assert.equal(told.of('naru_metrics_objects_omitted{kind="queue"}'), queueCount - 100);
  // Those of committed offsets, which the broker keeps for itself, are told or omitted with the others.
  const partitions = told.of('naru_partitions');
  assert.equal(told.of('naru_metrics_objects_omitted{kind="partition"}'), partitions - 100);
  const names = [...told.values.keys()];
  assert.equal(names.filter((key) => key.startsWith('naru_queue_bytes{')).length, 100);
  assert.equal(names.filter((key) => key.startsWith('kafka_topic_partition_leader{')).length, 100);
});
