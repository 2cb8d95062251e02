import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { WireChannel } from '../wire-channel.js';
import { FaultyHome } from './faulty-home.js';

/** What publishers are told when there is no room, and that nothing of theirs is lost by it. */

const limit = { timeout: 20_000 };

async function publishing(home: FaultyHome): Promise<WireChannel> {
  const channel = await home.channel();
  await channel.queue('q', { durable: true });
  await channel.confirms();
  channel.publish('', 'q', 'first', { deliveryMode: 2 });
  await channel.confirmed();
  return channel;
}

async function lowOnDisk(context: TestContext): Promise<FaultyHome> {
  const home = await FaultyHome.open(context, { diskFreeBytesMin: 1_000_000 });
  return home;
}

/** The disk has so much room from now on, and the broker has seen it. */
async function leaves(home: FaultyHome, freeBytes: number): Promise<void> {
  home.faults.capacityBytes = home.disk.usedBytes + freeBytes;
  await home.broker.diskSpace.look();
}

test(
  'who publishes while the disk runs low is told that it is blocked, and again when it is not',
  limit,
  async (context) => {
    const home = await lowOnDisk(context);
    const channel = await publishing(home);
    await leaves(home, 500_000);
    channel.publish('', 'q', 'second', { deliveryMode: 2 });
    const { values } = await channel.client.next('connection.blocked');
    assert.deepEqual(values, { reason: 'low on disk' });
    channel.publish('', 'q', 'third', { deliveryMode: 2 });
    await leaves(home, 2_000_000_000);
    await channel.client.next('connection.unblocked');
    assert.deepEqual(await channel.confirmed(), [], 'what was sent meanwhile waited in its socket');
    const texts = [await channel.get('q'), await channel.get('q'), await channel.get('q')].map((got) => got?.text);
    assert.deepEqual(texts, ['first', 'second', 'third']);
  },
);

test('a blocked publisher is not read from, and its heartbeats are not missed', limit, async (context) => {
  const home = await lowOnDisk(context);
  const channel = await publishing(home);
  await leaves(home, 500_000);
  channel.publish('', 'q', 'second');
  await channel.client.next('connection.blocked');
  const other = await home.channel();
  channel.publish('', 'q', 'unread');
  await other.settle();
  assert.equal((await other.look('q')).messageCount, 2);
  const [session] = home.front.sessions;
  assert.equal(session!.throttle.blocked, true);
  session!.heartbeatMs = 10;
  session!.pulse.beat(session!.context.clock.monotonic() + 3_600_000);
  await leaves(home, 2_000_000_000);
  session!.heartbeatMs = 0;
  await channel.client.next('connection.unblocked');
  await channel.confirmed();
});

test('who does not publish is not blocked: consumers make room', limit, async (context) => {
  const home = await lowOnDisk(context);
  const channel = await publishing(home);
  const consumer = await home.channel();
  await leaves(home, 500_000);
  await consumer.consume('q');
  consumer.ack(await consumer.delivery());
  await consumer.settle();
  assert.equal((await consumer.look('q')).messageCount, 0);
  channel.publish('', 'q', 'second');
  await channel.client.next('connection.blocked');
  assert.equal((await consumer.delivery()).text, 'second');
  assert.ok(!consumer.client.inbox.heard.includes('connection.blocked'));
});

test('who published before goes on consuming until it publishes again', limit, async (context) => {
  const home = await lowOnDisk(context);
  const channel = await publishing(home);
  await leaves(home, 500_000);
  await channel.consume('q');
  channel.ack(await channel.delivery());
  await channel.settle();
  assert.equal((await channel.look('q')).messageCount, 0);
  assert.ok(!channel.client.inbox.heard.includes('connection.blocked'));
  channel.publish('', 'q', 'second');
  await channel.client.next('connection.blocked');
});

test('who does not understand it is not told, and waits all the same', limit, async (context) => {
  const home = await lowOnDisk(context);
  const deaf = await home.channel({ startOk: { clientProperties: {} } });
  const understands = await publishing(home);
  await leaves(home, 500_000);
  deaf.publish('', 'q', 'm');
  understands.publish('', 'q', 'm');
  await understands.client.next('connection.blocked');
  deaf.publish('', 'q', 'unread');
  const watcher = await home.channel();
  await watcher.settle();
  assert.equal((await watcher.look('q')).messageCount, 3);
  await leaves(home, 2_000_000_000);
  await deaf.settle();
  assert.equal((await watcher.look('q')).messageCount, 4);
  assert.deepEqual(
    deaf.client.inbox.heard.filter((name) => name.startsWith('connection.b')),
    [],
  );
});

test(
  'a blocked connection can be closed by the client when there is room, and by the broker at once',
  limit,
  async (context) => {
    const home = await lowOnDisk(context);
    const [one, other] = [await publishing(home), await publishing(home)];
    await leaves(home, 500_000);
    for (const channel of [one, other]) {
      channel.publish('', 'q', 'm');
      await channel.client.next('connection.blocked');
    }
    one.client.tell('connection.close', { replyCode: 200 });
    other.client.cut();
    const closing = one.client.next('connection.close', 'connection.close-ok');
    await home.front.close();
    await closing;
  },
);

function fills(home: FaultyHome): void {
  home.faults.capacityBytes = home.disk.usedBytes;
  home.faults.failWrites = 1_000_000;
  home.faults.failSyncs = 1_000_000;
}

function empties(home: FaultyHome): void {
  home.faults.capacityBytes = Number.POSITIVE_INFINITY;
  home.faults.failWrites = 0;
  home.faults.failSyncs = 0;
}

async function turnsUntil(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setImmediate(resolve));
}

test('on a full disk everybody waits for an answer, and gets it: nobody is thrown out', limit, async (context) => {
  const home = await FaultyHome.open(context, { diskFreeBytesMin: 0 });
  const channel = await publishing(home);
  const [declaring, committing, consuming] = [await home.channel(), await home.channel(), await home.channel()];
  await committing.call('tx.select');
  await consuming.consume('q');
  const first = await consuming.delivery();
  fills(home);
  channel.publish('', 'q', 'under way', { deliveryMode: 2 });
  declaring.tell('queue.declare', { queue: 'made', durable: true });
  committing.publish('', 'q', 'committed', { deliveryMode: 2 });
  committing.tell('tx.commit');
  await turnsUntil(() => home.broker.storage.refusal !== null);
  channel.publish('', 'q', 'waits', { deliveryMode: 2 });
  consuming.ack(first);
  assert.deepEqual((await channel.client.next('connection.blocked')).values, { reason: 'low on disk' });
  assert.ok(!channel.inbox.heard.includes('basic.nack'));
  empties(home);
  await channel.client.next('connection.unblocked');
  assert.deepEqual(await channel.confirmed(), []);
  await declaring.next('queue.declare-ok');
  await committing.next('tx.commit-ok');
  const rest = (await consuming.deliveries(3)).map(({ text }) => text);
  assert.deepEqual(new Set(rest), new Set(['under way', 'waits', 'committed']));
  assert.ok(!consuming.client.inbox.heard.includes('connection.blocked'), 'who only consumes is not told');
  await declaring.look('made');
});

test(
  'who leaves while nothing can be recorded leaves nothing locked, and no queue of his own',
  limit,
  async (context) => {
    const home = await FaultyHome.open(context, { diskFreeBytesMin: 0 });
    const channel = await publishing(home);
    const leaving = await home.channel();
    await leaving.queue('his', { exclusive: true });
    await leaving.queue('passing', { autoDelete: true });
    await leaving.consume('passing');
    await leaving.consume('q');
    await leaving.delivery();
    fills(home);
    channel.publish('', 'q', 'second', { deliveryMode: 2 });
    await turnsUntil(() => home.broker.storage.refusal !== null);
    leaving.client.cut();
    await turnsUntil(() => home.front.sessions.size === 1);
    empties(home);
    await channel.confirmed();
    const again = await home.channel();
    await again.consume('q');
    const texts = (await again.deliveries(2)).map(({ text, redelivered }) => [text, redelivered] as const);
    assert.equal(new Map(texts).get('first'), true);
    for (const queue of ['his', 'passing']) {
      const asking = await again.client.channel();
      await asking.refuses('queue.declare', { queue, passive: true }, 404);
    }
  },
);

test('what gathers in memory because the disk is slow blocks too, and says so', limit, async (context) => {
  const home = await FaultyHome.open(context, { journalGatherBytesMax: 65_536 });
  const channel = await publishing(home);
  home.faults.latencyMsMin = 250;
  home.faults.latencyMsMax = 250;
  const body = Buffer.alloc(200_000, 'x');
  for (let count = 0; count < 3; count++) channel.publish('', 'q', body, { deliveryMode: 2 });
  assert.deepEqual((await channel.client.next('connection.blocked')).values, { reason: 'low on memory' });
  home.faults.latencyMsMin = 0;
  home.faults.latencyMsMax = 0;
  await channel.client.next('connection.unblocked');
  assert.deepEqual(await channel.confirmed(), []);
  assert.equal((await channel.look('q')).messageCount, 4);
});

test('a wait that is over at once is told to nobody', limit, async (context) => {
  const home = await FaultyHome.open(context, { journalGatherBytesMax: 65_536 });
  const channel = await publishing(home);
  const body = Buffer.alloc(100_000, 'x');
  for (let count = 0; count < 20; count++) channel.publish('', 'q', body, { deliveryMode: 2 });
  assert.deepEqual(await channel.confirmed(), []);
  assert.ok(!channel.client.inbox.heard.includes('connection.blocked'));
});
