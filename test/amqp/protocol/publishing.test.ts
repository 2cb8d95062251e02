import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fullPermission } from '../../../src/broker/access/permissions.js';
import { atHome, drained } from '../queues/home.js';
import { bodyFrame, headerFrame, methodFrame } from '../wire-frames.js';

describe('basic.publish', () => {
  test('to an exchange that is not there closes the channel with 404', () =>
    atHome(async (channel) => {
      channel.publish('none', 'k', 'm');
      await channel.closes({ code: 404, text: "NOT_FOUND - no exchange 'none' in vhost '/'", method: 'basic.publish' });
    }));

  test('keeps what came before it on the channel that it closes', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.publish('', 'q', 'before');
      channel.publish('none', 'k', 'm');
      channel.publish('', 'q', 'after');
      await channel.closes({ code: 404 });
      assert.deepEqual(await drained(await channel.client.channel(), 'q'), ['before']);
    }));

  test('to be consumed immediately closes the connection with 540', () =>
    atHome(async (channel) => {
      channel.publish('', 'q', 'm', { immediate: true });
      await channel.client.closes({ code: 540, text: 'NOT_IMPLEMENTED - immediate=true', method: 'basic.publish' });
    }));

  test('with an expiration that is no number closes the channel with 406', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      for (const expiration of ['soon', '-1', '1.5', '']) {
        const other = await channel.client.channel();
        other.publish('', 'q', 'm', { expiration });
        const text = new RegExp(`^PRECONDITION_FAILED - invalid expiration '${expiration}'`);
        await other.closes({ code: 406, text, method: 'basic.publish' });
      }
    }));

  test('in another user’s name closes the channel with 406, unless the publisher may impersonate', () =>
    atHome(async (channel, home) => {
      await channel.queue('q');
      channel.publish('', 'q', 'mine', { userId: 'guest' });
      assert.equal((await channel.get('q'))?.properties.userId, 'guest');
      channel.publish('', 'q', 'm', { userId: 'ada' });
      await channel.closes({
        code: 406,
        text: "PRECONDITION_FAILED - user_id property set to 'ada' but authenticated user was 'guest'",
        method: 'basic.publish',
      });
      const { access, permissions } = home.broker;
      access.putUser('actor', await access.credentialsFor('secret'), undefined, { tags: ['impersonator'] });
      permissions.set('actor', '/', fullPermission);
      const actor = await (await home.connect({ user: 'actor', password: 'secret' })).channel();
      actor.publish('', 'q', 'm', { userId: 'ada' });
      assert.equal((await actor.get('q'))?.properties.userId, 'ada');
    }));

  test('of more than the options allow closes the channel with 406', () =>
    atHome(
      async (channel) => {
        await channel.queue('q');
        channel.publish('', 'q', 'x'.repeat(2048));
        channel.publish('', 'q', 'x'.repeat(2049));
        const text = 'PRECONDITION_FAILED - message size 2049 is larger than configured max size 2048';
        await channel.closes({ code: 406, text, method: 'basic.publish' });
        assert.equal((await drained(await channel.client.channel(), 'q')).length, 1);
      },
      { amqpMessageBytesMax: 2048 },
    ));

  test('brings every property and header through as it was', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      const properties = {
        contentType: 'text/plain',
        contentEncoding: 'utf-8',
        deliveryMode: 2,
        priority: 3,
        correlationId: 'c',
        replyTo: 'r',
        messageId: 'm',
        timestamp: 1_700_000_000,
        type: 't',
        userId: 'guest',
        appId: 'a',
        clusterId: 'cl',
      };
      const headers = { text: 'x', list: [1, 'two', { three: 3 }], nothing: null, yes: true };
      channel.publish('', 'q', 'm', { ...properties, headers });
      const got = await channel.get('q');
      const { headers: _tagged, ...rest } = got!.properties;
      assert.deepEqual(rest, properties);
      assert.deepEqual(got!.headers, headers);
    }));
});

describe('a mandatory message', () => {
  test('that reaches no queue comes back with 312 before its confirm', () =>
    atHome(async (channel) => {
      await channel.confirms();
      channel.publish('', 'none', 'lost', { mandatory: true, messageId: 'id' });
      assert.deepEqual(await channel.confirmed(), []);
      const returned = await channel.returned();
      assert.deepEqual(
        [returned.replyCode, returned.replyText, returned.text, returned.exchange, returned.routingKey],
        [312, 'NO_ROUTE', 'lost', '', 'none'],
      );
      assert.equal(returned.properties.messageId, 'id');
      const heard = channel.inbox.heard.filter((name) => name === 'basic.return' || name === 'basic.ack');
      assert.deepEqual(heard, ['basic.return', 'basic.ack']);
    }));

  test('that reaches one does not', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.publish('', 'q', 'm', { mandatory: true });
      await channel.hearsNothing();
    }));

  test('larger than a frame comes back whole', () =>
    atHome(async (channel) => {
      const body = Buffer.alloc(300_000, 'ferry');
      channel.publish('', 'none', body, { mandatory: true });
      assert.ok((await channel.returned()).body.equals(body));
    }));

  test('that is not mandatory is dropped without a word, and confirmed', () =>
    atHome(async (channel) => {
      await channel.confirms();
      channel.publish('', 'none', 'm');
      assert.deepEqual(await channel.confirmed(), []);
      await channel.hearsNothing();
    }));
});

describe('confirms', () => {
  test('number messages from 1, from confirm.select on', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      channel.publish('', 'q', 'unnumbered');
      await channel.confirms();
      channel.publish('', 'q', 'm', { deliveryMode: 2 });
      const { values } = await channel.next('basic.ack');
      assert.deepEqual(values, { deliveryTag: 1, multiple: false });
    }));

  test('of many messages that come together are one, with multiple', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true });
      await channel.confirms();
      const message = [
        methodFrame(channel.id, 'basic.publish', { routingKey: 'q' }),
        headerFrame(channel.id, 1, { deliveryMode: 2 }),
        bodyFrame(channel.id, 'm'),
      ];
      channel.client.send(...Array.from({ length: 100 }, () => message).flat());
      const { values } = await channel.next('basic.ack');
      assert.deepEqual(values, { deliveryTag: 100, multiple: true });
      assert.equal((await channel.look('q')).messageCount, 100);
    }));

  test('come for transient messages, for those dropped and for those of every queue', () =>
    atHome(async (channel) => {
      for (const queue of ['a', 'b']) {
        await channel.queue(queue);
        await channel.bind(queue, 'amq.fanout');
      }
      await channel.confirms();
      channel.publish('', 'a', 'transient');
      channel.publish('', 'none', 'dropped');
      channel.publish('amq.fanout', '', 'twice', { deliveryMode: 2 });
      channel.publish('', 'b', 'transient');
      assert.deepEqual(await channel.confirmed(), []);
    }));

  test('are negative where any queue turns a message away, and name just that message', () =>
    atHome(async (channel) => {
      await channel.queue('full', { arguments: { 'x-max-length': 2, 'x-overflow': 'reject-publish' } });
      await channel.queue('open');
      await channel.bind('full', 'amq.fanout');
      await channel.bind('open', 'amq.fanout');
      await channel.confirms();
      for (let count = 0; count < 4; count++) channel.publish('amq.fanout', '', `m${count}`, { deliveryMode: 2 });
      channel.publish('', 'open', 'm4');
      assert.deepEqual(await channel.confirmed(), [3, 4]);
      assert.deepEqual(await drained(channel, 'full'), ['m0', 'm1']);
      assert.equal((await drained(channel, 'open')).length, 5);
    }));

  test('name the right message also where one that nobody wanted came between', () =>
    atHome(async (channel) => {
      await channel.queue('full', { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } });
      await channel.confirms();
      const publish = (routingKey: string): Buffer[] => [
        methodFrame(channel.id, 'basic.publish', { routingKey }),
        headerFrame(channel.id, 0),
      ];
      channel.client.send(...['full', 'none', 'full', 'none', 'full', 'none'].flatMap(publish));
      const nacked: number[] = [];
      for (let last = 0; last < 6; ) {
        const { name, values } = await channel.next('basic.ack', 'basic.nack');
        if (name === 'basic.nack') nacked.push(values.deliveryTag);
        else last = values.deliveryTag;
      }
      assert.deepEqual(nacked, [3, 5]);
    }));

  test('and transactions do not go together: 406, whichever came first', () =>
    atHome(async (channel) => {
      await channel.call('confirm.select');
      await channel.call('confirm.select');
      await channel.refuses('tx.select', {}, 406, 'PRECONDITION_FAILED - cannot switch from confirm to tx mode');
      const other = await channel.client.channel();
      await other.call('tx.select');
      await other.call('tx.select');
      await other.refuses('confirm.select', {}, 406, 'PRECONDITION_FAILED - cannot switch from tx to confirm mode');
    }));

  test('without wait are not announced', () =>
    atHome(async (channel) => {
      channel.tell('confirm.select', { noWait: true });
      channel.publish('', 'none', 'm');
      await channel.next('basic.ack');
      assert.ok(!channel.inbox.heard.includes('confirm.select-ok'));
    }));
});

describe('a transaction', () => {
  test('is not seen before its commit, and then whole', () =>
    atHome(async (channel, home) => {
      const watcher = await home.channel();
      await channel.queue('a');
      await channel.queue('b');
      await channel.call('tx.select');
      channel.publish('', 'a', '1', { deliveryMode: 2 });
      channel.publish('', 'b', '2');
      channel.publish('', 'a', '3');
      await channel.settle();
      assert.equal((await watcher.look('a')).messageCount, 0);
      await channel.call('tx.commit');
      assert.deepEqual(await drained(watcher, 'a'), ['1', '3']);
      assert.deepEqual(await drained(watcher, 'b'), ['2']);
    }));

  test('that is rolled back publishes nothing, and what it settled waits again', () =>
    atHome(async (channel, home) => {
      const watcher = await home.channel();
      await channel.queue('q');
      for (const text of ['a', 'b', 'c', 'd']) channel.publish('', 'q', text);
      await channel.consume('q');
      const [a, b, c, d] = await channel.deliveries(4);
      await channel.call('tx.select');
      channel.publish('', 'q', 'never');
      channel.ack(b!, true);
      channel.nack(d!);
      await channel.call('tx.rollback');
      // As if nothing had been said of them: all four can be settled still.
      channel.ack(b!);
      channel.reject(d!, false);
      channel.ack(a!);
      channel.ack(c!);
      await channel.call('tx.commit');
      assert.equal((await watcher.look('q')).messageCount, 0);
      await channel.close();
      assert.deepEqual(await drained(watcher, 'q'), []);
    }));

  test('that its channel takes along gives back what it had settled', () =>
    atHome(async (channel, home) => {
      const watcher = await home.channel();
      await channel.queue('q');
      channel.publish('', 'q', 'm');
      const got = await channel.get('q', false);
      await channel.call('tx.select');
      channel.ack(got!);
      channel.publish('', 'q', 'never');
      await channel.close();
      assert.deepEqual(await drained(watcher, 'q'), ['m']);
    }));

  test('acks, requeues and rejects when it commits', () =>
    atHome(async (channel, home) => {
      const watcher = await home.channel();
      await channel.queue('dead');
      await channel.queue('q', { arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' } });
      for (const text of ['acked', 'requeued', 'rejected']) channel.publish('', 'q', text);
      await channel.call('tx.select');
      const got = [await channel.get('q', false), await channel.get('q', false), await channel.get('q', false)];
      channel.ack(got[0]!);
      channel.nack(got[1]!);
      channel.reject(got[2]!, false);
      await channel.settle();
      assert.equal((await watcher.look('q')).messageCount, 0);
      await channel.call('tx.commit');
      const again = await watcher.get('q');
      assert.deepEqual([again?.text, again?.redelivered], ['requeued', true]);
      assert.equal(await watcher.get('q'), null);
      assert.deepEqual(await drained(watcher, 'dead'), ['rejected']);
    }));

  test('knows a delivery once: the second ack of it is refused with 406, and nothing is done', () =>
    atHome(async (channel, home) => {
      const watcher = await home.channel();
      await channel.queue('q');
      channel.publish('', 'q', 'm');
      const got = await channel.get('q', false);
      await channel.call('tx.select');
      channel.publish('', 'q', 'never');
      channel.ack(got!);
      channel.ack(got!);
      await channel.closes({ code: 406, text: 'PRECONDITION_FAILED - unknown delivery tag 1', method: 'basic.ack' });
      assert.deepEqual(await drained(watcher, 'q'), ['m']);
    }));

  test('keeps prefetched messages counted until it commits', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      for (const text of ['a', 'b', 'c']) channel.publish('', 'q', text);
      await channel.prefetch(1);
      await channel.call('tx.select');
      await channel.consume('q');
      channel.ack(await channel.delivery());
      await channel.hearsNothing();
      await channel.call('tx.commit');
      assert.equal((await channel.delivery()).text, 'b');
    }));

  test('says at its commit which mandatory messages reached nobody', () =>
    atHome(async (channel) => {
      await channel.call('tx.select');
      channel.publish('', 'none', 'm', { mandatory: true });
      await channel.hearsNothing();
      await channel.call('tx.commit');
      assert.equal((await channel.returned()).text, 'm');
      const heard = channel.inbox.heard.filter((name) => name === 'basic.return' || name === 'tx.commit-ok');
      assert.deepEqual(heard, ['basic.return', 'tx.commit-ok']);
    }));

  test('does nothing of what it was to do when a part of it is refused', () =>
    atHome(async (channel, home) => {
      const watcher = await home.channel();
      await channel.queue('q');
      await channel.exchange('passing', 'fanout');
      await channel.bind('q', 'passing');
      await channel.call('tx.select');
      channel.publish('', 'q', 'first');
      channel.publish('passing', '', 'second');
      await channel.settle();
      await watcher.call('exchange.delete', { exchange: 'passing' });
      await channel.refuses('tx.commit', {}, 404, "NOT_FOUND - no exchange 'passing' in vhost '/'");
      assert.deepEqual(await drained(watcher, 'q'), []);
    }));

  test('keeps no more in memory, with all others, than the options allow: 406', () =>
    atHome(
      async (channel, home) => {
        const other = await home.channel();
        const body = Buffer.alloc(400_000);
        await channel.queue('q');
        for (const each of [channel, other]) {
          await each.call('tx.select');
          each.publish('', 'q', body);
        }
        await other.settle();
        channel.publish('', 'q', body);
        const text = 'PRECONDITION_FAILED - transactions hold more than 1048576 bytes';
        await channel.closes({ code: 406, text, method: 'basic.publish' });
        // What a transaction held is free again by its commit, its rollback and the end of its channel.
        for (let count = 0; count < 4; count++) {
          other.publish('', 'q', body);
          await other.call(count % 2 === 0 ? 'tx.commit' : 'tx.rollback');
        }
        assert.equal((await other.look('q')).messageCount, 3);
      },
      { amqpTransactionBytesMax: 1_048_576 },
    ));

  test('is refused what is wrong with a publish when it is published', () =>
    atHome(async (channel) => {
      await channel.call('tx.select');
      channel.publish('none', 'k', 'm');
      await channel.closes({ code: 404, method: 'basic.publish' });
    }));
});
