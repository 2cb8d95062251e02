import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startNaru } from '../../src/embed.js';
import { metricsFront } from './metrics-front.js';
import { scrape } from './samples.js';

/** A metrics port as it is where others reach it too: nobody is let in unseen. */
async function guarded(context: TestContext): Promise<string> {
  const { url, broker } = await metricsFront(context, { metricsOpen: false });
  for (const tag of ['monitoring', 'management', 'administrator']) {
    broker.access.putUser(tag, await broker.access.credentialsFor('s3cret'), tag === 'administrator', { tags: [tag] });
  }
  return url;
}

function as(user: string): RequestInit {
  return { headers: { authorization: `Basic ${Buffer.from(`${user}:s3cret`).toString('base64')}` } };
}

test('on a port that others reach, metrics are for who monitors', async (context) => {
  const url = await guarded(context);
  for (const path of ['/metrics', '/metrics?x=1', '/metrics/', '/%6detrics', '/metrics/per-object']) {
    assert.equal((await fetch(`${url}${path}`)).status, 401, path);
    assert.equal((await fetch(`${url}${path}`, as('management'))).status, 401, path);
    assert.equal((await fetch(`${url}${path}`, as('monitoring'))).status, 200, path);
    assert.equal((await fetch(`${url}${path}`, as('administrator'))).status, 200, path);
  }
});

test('on loopback metrics are open as health is, also where there are users', async (context) => {
  const naru = await startNaru({ memory: true, adminUser: 'root', adminPassword: 's3cret-s3cret' });
  context.after(() => naru.close());
  assert.equal((await fetch(`${naru.http.url}/api/overview`)).status, 401);
  const told = await scrape(naru.http.url);
  assert.equal(told.of('naru_queues'), 0);
});

test('the port of its own has metrics and health, and nothing else', async (context) => {
  const naru = await startNaru({ memory: true, metrics: true });
  context.after(() => naru.close());
  const { listeners } = (await (await fetch(`${naru.http.url}/api/overview`)).json()) as {
    listeners: { protocol: string; port: number }[];
  };
  const url = `http://127.0.0.1:${listeners.find(({ protocol }) => protocol === 'metrics')!.port}`;
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal((await fetch(`${url}/api/overview`)).status, 404);
  const told = await scrape(url);
  assert.ok(told.of('naru_connections{front="metrics"}') >= 1);
  const openMetrics = await fetch(`${url}/metrics`, { headers: { accept: 'application/openmetrics-text' } });
  assert.equal(openMetrics.headers.get('content-type'), 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  assert.match(await openMetrics.text(), /\n# EOF\n$/);
  const plain = await fetch(`${url}/metrics`);
  assert.equal(plain.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
});

test('a scrape after a reset begins anew, on the same port', async (context) => {
  const naru = await startNaru({ memory: true });
  context.after(() => naru.close());
  await naru.reset();
  assert.equal((await scrape(naru.http.url)).of('naru_queues'), 0);
});
