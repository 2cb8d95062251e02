import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Broker } from '../broker/broker.js';
import { systemClock } from '../lib/clock.js';
import { AdminFront, type AdminSource, type Readiness } from './front.js';
import type { MetricsFacts } from './metrics/scrape.js';
import type { ProcessFacts } from './overview.js';

class Source implements AdminSource {
  readiness: Readiness = 'ready';
  failing = false;

  /** As much of a broker as is asked before any of its parts is. */
  currentBroker(): Broker {
    return { access: { open: true } } as Broker;
  }

  connections(): [] {
    return [];
  }

  desk(): null {
    return null;
  }

  metrics(): MetricsFacts {
    return { uptimeMs: 5, fronts: [], amqp: null, kafka: null };
  }

  facts(): ProcessFacts {
    if (this.failing) throw new Error('the password is hunter2');
    const listening = [{ protocol: 'http', host: '127.0.0.1', port: 15672 }];
    return { clusterId: 'c', nodeId: 1, uptimeMs: 5, listening, traffic: null };
  }
}

async function setUp(context: TestContext): Promise<{ source: Source; url: string; front: AdminFront }> {
  const source = new Source();
  const settings = {
    host: '127.0.0.1',
    port: 0,
    connectionsMax: 10,
    closeGraceMs: 1000,
    metricsOpen: true,
    metricsObjectsMax: 10,
  };
  const front = new AdminFront(settings, source, systemClock);
  context.after(() => front.close());
  const { port } = await front.listen();
  return { source, url: `http://127.0.0.1:${port}`, front };
}

test('health is good only while it is ready', async (context) => {
  const { source, url } = await setUp(context);
  for (const readiness of ['starting', 'closing'] as const) {
    source.readiness = readiness;
    const response = await fetch(`${url}/healthz`);
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { status: readiness });
  }
  source.readiness = 'ready';
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('who asks is told who the front takes them for', async (context) => {
  const { url } = await setUp(context);
  assert.deepEqual(await (await fetch(`${url}/api/whoami`)).json(), { name: 'guest', tags: ['administrator'] });
});

test('errors are JSON, and what failed inside is not told', async (context) => {
  const { source, url } = await setUp(context);
  const missing = await fetch(`${url}/api/nothing?x=1`);
  assert.equal(missing.status, 404);
  assert.deepEqual(await missing.json(), { error: 'Object Not Found', reason: 'there is no GET /api/nothing' });
  source.failing = true;
  const failed = await fetch(`${url}/api/health/checks/port-listener/1`);
  assert.equal(failed.status, 500);
  assert.deepEqual(await failed.json(), { error: 'internal', reason: 'the request failed' });
});

test('garbage on the port harms nobody else', async (context) => {
  const { url } = await setUp(context);
  const { connect } = await import('node:net');
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(Buffer.alloc(1000, 0xff));
  await closed;
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('closing does not wait for connections that are kept alive', async (context) => {
  const { url, front } = await setUp(context);
  await (await fetch(`${url}/healthz`)).text();
  const before = performance.now();
  await front.close();
  assert.ok(performance.now() - before < 900);
  await assert.rejects(fetch(`${url}/healthz`));
});
