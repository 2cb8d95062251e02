import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PolicyKind, PolicyScope } from '../../../src/broker/policies.js';
import type { PolicyValue } from '../../../src/broker/policy-keys.js';
import { atHome, drained, type Home, next, sent } from './home.js';

function policy(
  home: Home,
  definition: Readonly<Record<string, PolicyValue>>,
  {
    kind = 'policy',
    pattern = '^q$',
    applyTo = 'queues',
    priority = 0,
    name = kind,
  }: {
    readonly kind?: PolicyKind;
    readonly pattern?: string;
    readonly applyTo?: PolicyScope;
    readonly priority?: number;
    readonly name?: string;
  } = {},
): void {
  const entries = new Map(Object.entries(definition));
  home.broker.policies.set(kind, { name, vhost: '/', pattern, applyTo, priority, definition: entries });
}

describe('a policy', () => {
  test('changes queues that are there, and leaves them as they were when it is cleared', () =>
    atHome(async (channel, home) => {
      await channel.queue('q');
      await channel.queue('other');
      await sent(channel, 'q', ['a', 'b', 'c']);
      policy(home, { 'max-length': 2 });
      assert.deepEqual(await drained(channel, 'q'), ['b', 'c']);
      await sent(channel, 'other', ['a', 'b', 'c']);
      assert.equal((await channel.look('other')).messageCount, 3);
      home.broker.policies.clear('policy', '/', 'policy');
      await sent(channel, 'q', ['a', 'b', 'c']);
      assert.equal((await channel.look('q')).messageCount, 3);
      // Redeclaring without it is as good as ever.
      await channel.queue('q');
    }));

  test('holds for queues declared later', () =>
    atHome(async (channel, home) => {
      policy(home, { 'message-ttl': 1000, 'dead-letter-exchange': '', 'dead-letter-routing-key': 'dead' });
      await channel.queue('dead');
      await channel.queue('q');
      await sent(channel, 'q', ['a']);
      await home.clock.pass(1001);
      assert.equal((await next(channel, 'dead')).text, 'a');
    }));

  test('gives time-outs, limits in bytes, delivery limits and expiry to queues that were declared without', () =>
    atHome(async (channel, home) => {
      await channel.queue('q');
      await sent(channel, 'q', ['0123456789', 'abcdefghij', 'ABCDEFGHIJ']);
      policy(home, { 'max-length-bytes': 20, 'delivery-limit': 1, expires: 60_000 });
      assert.equal((await channel.get('q', false))?.text, 'abcdefghij');
      await channel.call('basic.recover', { requeue: true });
      assert.equal((await channel.get('q', false))?.headers['x-delivery-count'], 1);
      await channel.call('basic.recover', { requeue: true });
      assert.equal((await channel.get('q'))?.text, 'ABCDEFGHIJ');
      await home.clock.pass(60_001);
      await channel.refuses('queue.declare', { queue: 'q', passive: true }, 404);
    }));

  test('does not take a queue’s own dead letter exchange from it, but takes the lower of two limits', () =>
    atHome(async (channel, home) => {
      await channel.queue('mine');
      await channel.queue('policys');
      const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'mine', 'x-max-length': 5 };
      await channel.queue('q', { arguments: args });
      policy(home, { 'dead-letter-exchange': '', 'dead-letter-routing-key': 'policys', 'max-length': 1 });
      await sent(channel, 'q', ['a', 'b']);
      assert.equal((await next(channel, 'mine')).text, 'a');
      assert.equal(await channel.get('policys'), null);
      await channel.queue('q', { arguments: args });
    }));

  test('of the highest priority is the only one, and one of an operator caps it', () =>
    atHome(async (channel, home) => {
      await channel.queue('q');
      policy(home, { 'max-length': 1 }, { name: 'low', priority: 1 });
      policy(home, { 'max-length': 4 }, { name: 'high', priority: 2 });
      await sent(channel, 'q', ['a', 'b', 'c', 'd', 'e']);
      assert.equal((await channel.look('q')).messageCount, 4);
      policy(home, { 'max-length': 2 }, { kind: 'operator-policy' });
      assert.deepEqual(await drained(channel, 'q'), ['d', 'e']);
    }));

  test('for one type of queue leaves the others', () =>
    atHome(async (channel, home) => {
      policy(home, { 'max-length': 1 }, { pattern: '.*', applyTo: 'quorum_queues' });
      await channel.queue('quorum', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await channel.queue('classic');
      await sent(channel, 'quorum', ['a', 'b']);
      await sent(channel, 'classic', ['a', 'b']);
      assert.equal((await channel.look('quorum')).messageCount, 1);
      assert.equal((await channel.look('classic')).messageCount, 2);
    }));

  test('says how much streams keep, where they do not say it themselves', () =>
    atHome(async (channel, home) => {
      const { catalog } = home.broker;
      const retention = (name: string): unknown => catalog.topic(name)!.partitions[0]!.config.retention;
      const type = { 'x-queue-type': 'stream' };
      await channel.queue('s1', { durable: true, arguments: type });
      const own = { ...type, 'x-max-age': '1h', 'x-max-length-bytes': 500 };
      await channel.queue('s2', { durable: true, arguments: own });
      policy(home, { 'max-age': '7D', 'max-length-bytes': 1000 }, { pattern: '^s', applyTo: 'streams' });
      await channel.queue('s3', { durable: true, arguments: type });
      const week = { retentionMs: 7 * 86_400_000, retentionBytes: 1000 };
      assert.deepEqual(retention('s1'), week);
      assert.deepEqual(retention('s2'), { retentionMs: 3_600_000, retentionBytes: 500 });
      assert.deepEqual(retention('s3'), week);
      home.broker.policies.clear('policy', '/', 'policy');
      assert.deepEqual(retention('s1'), { retentionMs: -1, retentionBytes: -1 });
      await channel.queue('s2', { durable: true, arguments: own });
    }));

  test('names the alternate of an exchange that has none, now and no longer', () =>
    atHome(async (channel, home) => {
      await channel.exchange('e', 'direct');
      await channel.exchange('rest', 'fanout');
      await channel.queue('q');
      await channel.bind('q', 'rest');
      channel.publish('e', 'nobody', 'lost');
      await channel.settle();
      policy(home, { 'alternate-exchange': 'rest' }, { pattern: '^e$', applyTo: 'exchanges' });
      channel.publish('e', 'nobody', 'found', { mandatory: true });
      await channel.settle();
      home.broker.policies.clear('policy', '/', 'policy');
      channel.publish('e', 'nobody', 'lost');
      assert.deepEqual(await drained(channel, 'q'), ['found']);
    }));
});
