import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connect } from 'amqplib';
import { type FastifyInstance, fastify } from 'fastify';
import { Api } from '../../src/admin/api.js';
import { LiveStreams, type View } from '../../src/admin/console/live.js';
import type { Broker } from '../../src/broker/broker.js';
import { type RunningNaru, startNaru } from '../../src/embed.js';
import { VirtualClock } from '../../src/lib/virtual-clock.js';
import { AdminClient } from '../admin/client.js';
import { Follower } from './console-client.js';

async function running(context: TestContext): Promise<RunningNaru> {
  const naru = await startNaru({ memory: true, sqs: false });
  context.after(() => naru.close());
  return naru;
}

interface Stage {
  readonly url: string;
  readonly clock: VirtualClock;
  readonly live: LiveStreams;
  readonly reads: { count: number };
}

/** One view alone, over a clock that is turned by hand. */
async function stage(context: TestContext): Promise<Stage> {
  const clock = new VirtualClock();
  const reads = { count: 0 };
  const view: View = {
    everyMs: 1000,
    read: (_call, meter) => {
      reads.count++;
      return { half: Math.floor(reads.count / 2), rate: meter.rate('half', Math.floor(reads.count / 2)) > 0 };
    },
  };
  const broker = {
    access: { open: true },
    storage: { refusal: null, congested: false },
    diskSpace: { low: false },
  } as unknown as Broker;
  const app: FastifyInstance = fastify({ forceCloseConnections: true });
  const live = new LiveStreams(new Map([['test', view]]), () => broker, clock);
  live.mount(app, new Api(app, () => broker, clock));
  await app.listen({ host: '127.0.0.1', port: 0 });
  context.after(() => app.close());
  const address = app.server.address() as { port: number };
  return { url: `http://127.0.0.1:${address.port}/api/console/live/test`, clock, live, reads };
}

/** Until what the other end does has come here. */
async function settled(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function advance(clock: VirtualClock, ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('nothing is looked at while nobody looks', async (context) => {
  const { url, clock, live, reads } = await stage(context);
  await advance(clock, 60_000);
  assert.equal(reads.count, 0);
  const follower = await Follower.open(context, url);
  await follower.view();
  assert.equal(reads.count, 1);
  await advance(clock, 1000);
  assert.equal(reads.count, 2);
  follower.leave();
  await settled(() => live.count === 0);
  await advance(clock, 60_000);
  assert.equal(reads.count, 2);
});

test('a view is told again only when it says something else', async (context) => {
  const { url, clock } = await stage(context);
  const follower = await Follower.open(context, url);
  const first = await follower.view();
  assert.deepEqual(first.view, { alarms: [], data: { half: 0, rate: false } });
  // The third look says what the second said, but for the rate.
  for (let look = 0; look < 4; look++) await advance(clock, 1000);
  assert.deepEqual((await follower.view()).view.data, { half: 1, rate: true });
  assert.deepEqual((await follower.view()).view.data, { half: 1, rate: false });
  const next = await follower.view();
  assert.deepEqual(next.view.data, { half: 2, rate: true });
  assert.ok(next.atMs > first.atMs);
});

test('pages that are open do not keep the broker from closing', async (context) => {
  const naru = await startNaru({ memory: true, sqs: false });
  context.after(() => naru.close());
  const follower = await Follower.open(context, `${naru.http.url}/api/console/live/overview`);
  await follower.view();
  const before = performance.now();
  await naru.close();
  // It would wait for the time that requests in flight have.
  assert.ok(performance.now() - before < 4500);
  let event = await follower.event().catch(() => null);
  while (event !== null) event = await follower.event().catch(() => null);
});

test('a view that is not there is not there', async (context) => {
  const naru = await running(context);
  const admin = new AdminClient(naru.http.url);
  assert.equal((await admin.get('/api/console/live/nothing')).status, 404);
});

test('the overview tells of fronts, messages, journal and disk', async (context) => {
  const naru = await running(context);
  const connection = await connect(naru.amqp.url);
  context.after(() => connection.close().catch(() => {}));
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('work');
  const follower = await Follower.open(context, `${naru.http.url}/api/console/live/overview`);
  const { view } = await follower.view();
  assert.deepEqual(view.data.fronts.map(({ name }: { name: string }) => name).sort(), ['amqp', 'http', 'kafka']);
  assert.equal(view.data.measured, false);
  for (let n = 0; n < 100; n++) channel.sendToQueue('work', Buffer.from('x'));
  await channel.waitForConfirms();
  const told = await follower.until((data) => data.messages.ready === 100 && data.measured);
  const amqp = told.fronts.find(({ name }: { name: string }) => name === 'amqp');
  assert.equal(amqp.in, 100);
  assert.equal(amqp.connections, 1);
  assert.equal(told.journal.writable, true);
  assert.equal(told.disk.freeBytes, null);
  assert.equal(told.objects.queues, 1);
});

test('queues come in pages, with what flows through them', async (context) => {
  const naru = await running(context);
  const connection = await connect(naru.amqp.url);
  context.after(() => connection.close().catch(() => {}));
  const channel = await connection.createConfirmChannel();
  for (let n = 0; n < 12; n++) await channel.assertQueue(`q${String(n).padStart(2, '0')}`);
  for (let n = 0; n < 5; n++) channel.sendToQueue('q03', Buffer.from('x'));
  await channel.waitForConfirms();
  const at = `${naru.http.url}/api/console/live/queues`;
  const paged = (await (await Follower.open(context, `${at}?size=5&page=3`)).view()).view.data;
  assert.equal(paged.total, 12);
  assert.deepEqual(
    paged.items.map(({ name }: { name: string }) => name),
    ['q10', 'q11'],
  );
  const follower = await Follower.open(context, `${at}?sort=ready&reverse=true&size=1`);
  const first = (await follower.view()).view.data.items[0];
  assert.deepEqual([first.name, first.ready, first.inRate], ['q03', 5, 0]);
  for (let n = 0; n < 5; n++) channel.sendToQueue('q03', Buffer.from('x'));
  const flowing = await follower.until(({ items }) => items[0].inRate > 0);
  assert.equal(flowing.items[0].ready, 10);
  const bad = await fetch(`${at}?page=0`);
  assert.match(await bad.text(), /event: refused\ndata: \{"status":400/);
});

test('the map joins exchanges, queues, dead letters and topics', async (context) => {
  const naru = await running(context);
  const admin = new AdminClient(naru.http.url);
  const connection = await connect(naru.amqp.url);
  context.after(() => connection.close().catch(() => {}));
  const channel = await connection.createChannel();
  await channel.assertExchange('in', 'topic');
  await channel.assertExchange('dead', 'fanout');
  await channel.assertQueue('work', { arguments: { 'x-dead-letter-exchange': 'dead' } });
  await channel.assertQueue('events', { arguments: { 'x-queue-type': 'stream' } });
  await channel.bindQueue('work', 'in', 'a.*');
  await channel.bindQueue('work', 'in', 'b.*');
  await channel.bindQueue('events', 'in', '#');
  assert.equal((await admin.post('/api/topics/events/messages', { value: 'x' })).status, 200);
  assert.equal((await admin.post('/api/groups/readers/offsets', { topic: 'events', to: 'earliest' })).status, 200);
  const { view } = await (await Follower.open(context, `${naru.http.url}/api/console/live/map`)).view();
  const { edges, places, groups, exchanges } = view.data;
  const joined = edges.map(({ from, to, kind, keys }: Record<string, unknown>) => [kind, from, to, keys]);
  assert.deepEqual(
    joined.sort(),
    [
      ['binding', 'exchange in', 'queue work', ['a.*', 'b.*']],
      ['binding', 'exchange in', 'topic events', ['#']],
      ['dead-letter', 'queue work', 'exchange dead', []],
      ['group', 'topic events', 'group readers', []],
    ].sort(),
  );
  assert.deepEqual(exchanges.map(({ name }: { name: string }) => name).sort(), ['dead', 'in']);
  assert.deepEqual(places.map(({ id }: { id: string }) => id).sort(), ['queue work', 'topic events']);
  assert.deepEqual(groups, [{ id: 'group readers', name: 'readers', kind: 'group', members: 0, lag: 1 }]);
});
