import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GivenTable } from '../wire-frames.js';
import { atHome, drained, sent } from './home.js';

describe('queue.declare', () => {
  test('makes a queue, and answers the same for one that is there with what is ready and who consumes', () =>
    atHome(async (channel) => {
      const made = await channel.call('queue.declare', { queue: 'q', durable: true });
      assert.deepEqual(made, { queue: 'q', messageCount: 0, consumerCount: 0 });
      await sent(channel, 'q', ['a', 'b', 'c']);
      await channel.prefetch(1);
      await channel.consume('q');
      await channel.delivery();
      const again = await channel.call('queue.declare', { queue: 'q', durable: true });
      assert.deepEqual(again, { queue: 'q', messageCount: 2, consumerCount: 1 });
    }));

  test('refuses what differs in durability or auto-delete with 406 and says both values', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true });
      await channel.refuses(
        'queue.declare',
        { queue: 'q' },
        406,
        "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'",
      );
      await (await channel.client.channel()).refuses(
        'queue.declare',
        { queue: 'q', durable: true, autoDelete: true },
        406,
        "PRECONDITION_FAILED - inequivalent arg 'auto_delete' for queue 'q' in vhost '/': received 'true' but current is 'false'",
      );
    }));

  test('refuses an argument that differs, is missing or is new with 406', () =>
    atHome(async (channel) => {
      const { client } = channel;
      await channel.queue('q', { arguments: { 'x-message-ttl': 1000, 'x-overflow': 'reject-publish' } });
      const refused = async (args: GivenTable, text: string): Promise<void> =>
        (await client.channel()).refuses(
          'queue.declare',
          { queue: 'q', arguments: args },
          406,
          `PRECONDITION_FAILED - inequivalent arg ${text}`,
        );
      await refused(
        { 'x-message-ttl': 2000, 'x-overflow': 'reject-publish' },
        "'x-message-ttl' for queue 'q' in vhost '/': received the value '2000' of type 'signedint' but current is the value '1000' of type 'signedint'",
      );
      await refused(
        { 'x-overflow': 'reject-publish' },
        "'x-message-ttl' for queue 'q' in vhost '/': received none but current is the value '1000' of type 'signedint'",
      );
      await refused(
        { 'x-message-ttl': 1000, 'x-overflow': 'drop-head' },
        "'x-overflow' for queue 'q' in vhost '/': received the value 'drop-head' of type 'longstr' but current is the value 'reject-publish' of type 'longstr'",
      );
      await refused(
        { 'x-message-ttl': 1000, 'x-overflow': 'reject-publish', 'x-expires': 60_000 },
        "'x-expires' for queue 'q' in vhost '/': received the value '60000' of type 'signedint' but current is none",
      );
      await refused(
        { 'x-message-ttl': { tag: 'd', value: 1000 }, 'x-overflow': 'reject-publish' },
        "'x-message-ttl' for queue 'q' in vhost '/': received the value '1000' of type 'double' but current is the value '1000' of type 'signedint'",
      );
    }));

  test('compares whole numbers across their widths', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: { 'x-max-length': { tag: 'l', value: 10 } } });
      for (const tag of ['b', 's', 'I', 'l'] as const) {
        await channel.queue('q', { arguments: { 'x-max-length': { tag, value: 10 } } });
      }
    }));

  test('does not compare arguments that mean nothing to it', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: { 'x-of-somebody': 1, 'x-queue-mode': 'lazy' } });
      await channel.queue('q', { arguments: { 'x-of-somebody': 'else' } });
      await channel.queue('q');
    }));

  test('refuses another type of queue than there is', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await channel.refuses(
        'queue.declare',
        { queue: 'q', durable: true },
        406,
        "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received none but current is the value 'quorum' of type 'longstr'",
      );
    }));

  test('refuses an unknown type of queue and arguments of a wrong type or value with 406', () =>
    atHome(async (channel) => {
      const wrong: GivenTable[] = [
        { 'x-queue-type': 'mirrored' },
        { 'x-message-ttl': 'soon' },
        { 'x-message-ttl': -1 },
        { 'x-message-ttl': { tag: 'd', value: 1.5 } },
        { 'x-expires': 0 },
        { 'x-max-length': -5 },
        { 'x-max-length-bytes': 'much' },
        { 'x-overflow': 'explode' },
        { 'x-dead-letter-exchange': 5 },
        { 'x-dead-letter-routing-key': 'k' },
        { 'x-max-priority': 256 },
        { 'x-single-active-consumer': 'yes' },
      ];
      for (const args of wrong) {
        const other = await channel.client.channel();
        await other.refuses(
          'queue.declare',
          { queue: 'q', arguments: args },
          406,
          /^PRECONDITION_FAILED - invalid arg/,
        );
      }
    }));

  test('refuses what a quorum queue cannot be', () =>
    atHome(async (channel) => {
      const wrong = [
        { queue: 'q', durable: false },
        { queue: 'q', durable: true, exclusive: true },
        { queue: 'q', durable: true, autoDelete: true },
        { queue: '', durable: true },
      ];
      for (const fields of wrong) {
        const other = await channel.client.channel();
        await other.refuses('queue.declare', { ...fields, arguments: { 'x-queue-type': 'quorum' } }, 406);
      }
      const args = { 'x-queue-type': 'quorum', 'x-max-priority': 5 };
      await channel.refuses('queue.declare', { queue: 'q', durable: true, arguments: args }, 406);
    }));

  test('refuses names that are the broker’s with 403, unless the queue is there', () =>
    atHome(async (channel) => {
      const name = await channel.queue('', { exclusive: true });
      assert.match(name, /^amq\.gen-/);
      assert.equal(await channel.queue(name, { exclusive: true }), name);
      await channel.refuses(
        'queue.declare',
        { queue: 'amq.mine' },
        403,
        "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
      );
    }));

  test('takes line ends out of names', () =>
    atHome(async (channel) => {
      assert.equal(await channel.queue('q\r\n1\n'), 'q1');
      await channel.look('q1');
    }));

  test('says nothing where no answer is wanted', () =>
    atHome(async (channel) => {
      channel.tell('queue.declare', { queue: 'q', noWait: true });
      assert.deepEqual(await channel.look('q'), { messageCount: 0, consumerCount: 0 });
    }));
});

describe('a passive declaration', () => {
  test('finds what is there, whatever else it says, and refuses what is not with 404', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true, arguments: { 'x-max-length': 5 } });
      await channel.call('queue.declare', { queue: 'q', passive: true, arguments: { 'x-max-length': 9 } });
      await channel.refuses(
        'queue.declare',
        { queue: 'none', passive: true },
        404,
        "NOT_FOUND - no queue 'none' in vhost '/'",
      );
    }));
});

describe('an exclusive queue', () => {
  test('is locked for other connections with 405: to declare, also passively, to consume, bind, purge and delete', () =>
    atHome(async (channel, home) => {
      await channel.queue('mine', { exclusive: true });
      const other = await home.connect();
      const text =
        "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'mine' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.";
      const refused = async (name: Parameters<typeof channel.tell>[0], fields: object): Promise<void> =>
        (await other.channel()).refuses(name, { queue: 'mine', ...fields }, 405, text);
      await refused('queue.declare', { exclusive: true });
      await refused('queue.declare', { passive: true });
      await refused('basic.consume', {});
      await refused('basic.get', {});
      await refused('queue.bind', { exchange: 'amq.direct' });
      await refused('queue.purge', {});
      await refused('queue.delete', {});
    }));

  test('can be used on every channel of its connection, and redeclared only as exclusive', () =>
    atHome(async (channel) => {
      await channel.queue('mine', { exclusive: true });
      const second = await channel.client.channel();
      await second.queue('mine', { exclusive: true });
      await sent(second, 'mine', ['a']);
      assert.deepEqual(await drained(channel, 'mine'), ['a']);
      await second.refuses('queue.declare', { queue: 'mine' }, 405);
    }));

  test('dies with its connection, and not with the channel it was declared on', () =>
    atHome(async (channel, home) => {
      const owner = await home.connect();
      const first = await owner.channel();
      await first.queue('mine', { exclusive: true });
      await first.close();
      const second = await owner.channel();
      await second.look('mine');
      await owner.close();
      await channel.refuses('queue.declare', { queue: 'mine', passive: true }, 404);
    }));

  test('dies also when the connection is lost', () =>
    atHome(async (channel, home) => {
      const owner = await home.connect();
      await (await owner.channel()).queue('mine', { exclusive: true });
      await channel.exchange('to', 'fanout');
      owner.cut();
      for (;;) {
        const other = await channel.client.channel();
        other.tell('queue.declare', { queue: 'mine', passive: true });
        const { name, values } = await other.next('queue.declare-ok', 'channel.close');
        if (name === 'queue.declare-ok') continue;
        const { replyCode } = values as { replyCode: number };
        if (replyCode === 405) continue;
        assert.equal(replyCode, 404);
        break;
      }
    }));

  test('cannot be made of a queue that everybody may use', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      await channel.refuses('queue.declare', { queue: 'q', exclusive: true }, 405);
    }));
});

describe('an auto-delete queue', () => {
  test('goes with its last consumer', () =>
    atHome(async (channel) => {
      await channel.queue('q', { autoDelete: true });
      const first = await channel.consume('q');
      const second = await channel.consume('q');
      await channel.call('basic.cancel', { consumerTag: first });
      await channel.look('q');
      await channel.call('basic.cancel', { consumerTag: second });
      await channel.refuses('queue.declare', { queue: 'q', passive: true }, 404);
    }));

  test('stays while it never had a consumer, whatever else is done with it', () =>
    atHome(async (channel) => {
      await channel.queue('q', { autoDelete: true });
      await channel.bind('q', 'amq.direct', 'k');
      await sent(channel, 'q', ['a']);
      assert.deepEqual(await drained(channel, 'q'), ['a']);
      await channel.call('queue.unbind', { queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
      await channel.look('q');
    }));

  test('goes with the channel of its last consumer', () =>
    atHome(async (channel) => {
      await channel.queue('q', { autoDelete: true });
      const consuming = await channel.client.channel();
      await consuming.consume('q');
      await consuming.close();
      await channel.refuses('queue.declare', { queue: 'q', passive: true }, 404);
    }));
});

describe('an empty queue name', () => {
  test('means the queue declared last on the channel, also passively declared', () =>
    atHome(async (channel) => {
      const name = await channel.queue('', { exclusive: true });
      await channel.call('queue.bind', { queue: '', exchange: 'amq.direct', routingKey: '' });
      channel.publish('amq.direct', name, 'bound by its own name');
      assert.equal((await channel.get(''))?.text, 'bound by its own name');
      await channel.queue('other');
      await sent(channel, 'other', ['x']);
      assert.equal((await channel.get(''))?.text, 'x');
      await channel.look(name);
      assert.equal(await channel.get(''), null);
      await channel.consume('');
      channel.publish('', name, 'y');
      assert.equal((await channel.delivery()).text, 'y');
    }));

  test('is refused with 404 where none was declared', () =>
    atHome(async (channel) => {
      const { client } = channel;
      const text = 'NOT_FOUND - no previously declared queue';
      await (await client.channel()).refuses('basic.consume', { queue: '' }, 404, text);
      await (await client.channel()).refuses('basic.get', { queue: '' }, 404, text);
      await (await client.channel()).refuses('queue.bind', { queue: '', exchange: 'amq.direct' }, 404, text);
      await (await client.channel()).refuses('queue.purge', { queue: '' }, 404, text);
    }));
});

describe('queue.delete', () => {
  test('is fine for a queue that is not there, and says how many were ready otherwise', () =>
    atHome(async (channel) => {
      assert.deepEqual(await channel.call('queue.delete', { queue: 'none' }), { messageCount: 0 });
      await channel.queue('q');
      await sent(channel, 'q', ['a', 'b', 'c']);
      await channel.get('q', false);
      assert.deepEqual(await channel.call('queue.delete', { queue: 'q' }), { messageCount: 2 });
      await channel.refuses('queue.declare', { queue: 'q', passive: true }, 404);
    }));

  test('keeps a queue that is consumed or not empty, where that was asked for', () =>
    atHome(async (channel) => {
      const { client } = channel;
      await channel.queue('q');
      await sent(channel, 'q', ['a']);
      await (await client.channel()).refuses(
        'queue.delete',
        { queue: 'q', ifEmpty: true },
        406,
        "PRECONDITION_FAILED - queue 'q' in vhost '/' not empty",
      );
      await channel.consume('q');
      await channel.delivery();
      await (await client.channel()).refuses(
        'queue.delete',
        { queue: 'q', ifUnused: true },
        406,
        "PRECONDITION_FAILED - queue 'q' in vhost '/' in use",
      );
      await channel.call('queue.delete', { queue: 'q', ifEmpty: true });
    }));

  test('of a quorum queue knows no conditions: 540', () =>
    atHome(async (channel) => {
      await channel.queue('q', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await channel.refusesAltogether('queue.delete', { queue: 'q', ifUnused: true }, 540);
    }));

  test('tells consumers that their queue is gone', () =>
    atHome(async (channel, home) => {
      await channel.queue('q');
      const tag = await channel.consume('q');
      await (await home.channel()).call('queue.delete', { queue: 'q' });
      assert.equal((await channel.next('basic.cancel')).values.consumerTag, tag);
    }));
});

describe('queue.purge', () => {
  test('drops and counts what is ready, and leaves what is not acknowledged', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      await sent(channel, 'q', ['a', 'b', 'c']);
      const held = await channel.get('q', false);
      assert.deepEqual(await channel.call('queue.purge', { queue: 'q' }), { messageCount: 2 });
      channel.nack(held!);
      assert.deepEqual(await drained(channel, 'q'), ['a']);
    }));

  test('refuses a queue that is not there with 404', () =>
    atHome((channel) => channel.refuses('queue.purge', { queue: 'none' }, 404)));
});

describe('bindings of queues', () => {
  test('are made once however often they are asked for, and taken away also where there are none', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      await channel.bind('q', 'amq.direct', 'k');
      await channel.bind('q', 'amq.direct', 'k');
      channel.publish('amq.direct', 'k', 'once');
      assert.deepEqual(await drained(channel, 'q'), ['once']);
      await channel.call('queue.unbind', { queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
      await channel.call('queue.unbind', { queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
      await channel.call('queue.unbind', { queue: 'none', exchange: 'amq.direct', routingKey: 'k' });
      channel.publish('amq.direct', 'k', 'nowhere');
      assert.deepEqual(await drained(channel, 'q'), []);
    }));

  test('to what is not there are refused with 404, and to the default exchange with 403', () =>
    atHome(async (channel) => {
      const { client } = channel;
      await channel.queue('q');
      await (await client.channel()).refuses('queue.bind', { queue: 'q', exchange: 'none' }, 404);
      await (await client.channel()).refuses('queue.bind', { queue: 'none', exchange: 'amq.direct' }, 404);
      await channel.refuses('queue.bind', { queue: 'q', exchange: '' }, 403);
    }));
});
