import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNaru } from './embed.js';

test('two instances in one process share nothing', async (context) => {
  const one = await startNaru({ memory: true });
  context.after(() => one.close());
  const other = await startNaru({ memory: true });
  context.after(() => other.close());
  assert.notEqual(one.http.url, other.http.url);
  const ids = await Promise.all([clusterIdOf(one.http.url), clusterIdOf(other.http.url)]);
  assert.notEqual(ids[0], ids[1]);
  await one.close();
  assert.equal((await fetch(`${other.http.url}/healthz`)).status, 200);
});

test('after close nothing listens, and closing again is no error', async () => {
  const naru = await startNaru({ memory: true });
  const { url } = naru.http;
  await naru.close();
  await naru.close();
  await assert.rejects(fetch(`${url}/healthz`));
});

test('a reset leaves it ready at the same address', async (context) => {
  const naru = await startNaru({ memory: true });
  context.after(() => naru.close());
  const { url } = naru.http;
  const { brokers } = naru.kafka;
  assert.match(brokers[0]!, /^127\.0\.0\.1:[1-9]\d*$/);
  await naru.reset();
  await naru.reset();
  assert.equal(naru.http.url, url);
  assert.deepEqual(naru.kafka.brokers, brokers);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('a close during a reset waits for it and then closes everything', async () => {
  const naru = await startNaru({ memory: true });
  const { url } = naru.http;
  const reset = naru.reset();
  await assert.rejects(naru.reset(), /only a running naru/);
  await naru.close();
  await reset;
  await assert.rejects(fetch(`${url}/healthz`));
  await assert.rejects(naru.reset(), /only a running naru/);
});

test('a front that is turned off says so when it is asked for', async (context) => {
  const naru = await startNaru({ memory: true, kafka: false });
  context.after(() => naru.close());
  assert.throws(() => naru.kafka, /kafka front does not listen/);
});

test('a setting that does not exist is refused', async () => {
  const settings = { memory: true, kafkaProt: 1 };
  await assert.rejects(startNaru(settings), /did you mean kafkaPort/);
});

async function clusterIdOf(url: string): Promise<unknown> {
  return ((await (await fetch(`${url}/api/overview`)).json()) as Record<string, unknown>)['clusterId'];
}
