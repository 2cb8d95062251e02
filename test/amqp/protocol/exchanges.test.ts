import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atHome, drained } from '../queues/home.js';
import type { WireChannel } from '../wire-channel.js';
import type { GivenTable } from '../wire-frames.js';

/** The queues, of those named, that a message came to; each is left empty. */
async function reached(
  channel: WireChannel,
  queues: readonly string[],
  exchange: string,
  routingKey: string,
  headers: GivenTable = {},
): Promise<string[]> {
  channel.publish(exchange, routingKey, 'm', { headers });
  const found: string[] = [];
  for (const queue of queues) for (const text of await drained(channel, queue)) found.push(`${queue}${text.slice(1)}`);
  return found;
}

async function queuesBound(
  channel: WireChannel,
  exchange: string,
  bindings: Readonly<Record<string, readonly (string | GivenTable)[]>>,
): Promise<string[]> {
  for (const [queue, keys] of Object.entries(bindings)) {
    await channel.queue(queue);
    for (const key of keys) {
      if (typeof key === 'string') await channel.bind(queue, exchange, key);
      else await channel.bind(queue, exchange, '', key);
    }
  }
  return Object.keys(bindings);
}

describe('exchange.declare', () => {
  test('answers the same for one that is there just so, whatever other arguments it comes with', () =>
    atHome(async (channel) => {
      const fields = { durable: true, arguments: { 'alternate-exchange': 'ae' } };
      await channel.exchange('x', 'topic', fields);
      await channel.exchange('x', 'topic', fields);
      await channel.exchange('x', 'topic', { durable: true, arguments: { 'alternate-exchange': 'ae', other: 1 } });
      await channel.call('exchange.declare', { exchange: 'x', passive: true });
    }));

  for (const [fields, text] of [
    [
      { type: 'fanout' },
      "inequivalent arg 'type' for exchange 'x' in vhost '/': received 'fanout' but current is 'topic'",
    ],
    [
      { durable: true },
      "inequivalent arg 'durable' for exchange 'x' in vhost '/': received 'true' but current is 'false'",
    ],
    [
      { autoDelete: true },
      "inequivalent arg 'auto_delete' for exchange 'x' in vhost '/': received 'true' but current is 'false'",
    ],
    [
      { internal: true },
      "inequivalent arg 'internal' for exchange 'x' in vhost '/': received 'true' but current is 'false'",
    ],
    [
      { arguments: { 'alternate-exchange': 'ae' } },
      "inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': received the value 'ae' of type 'longstr' but current is none",
    ],
  ] as const) {
    test(`refuses another one of the name with 406: ${text.slice(0, 32)}`, () =>
      atHome(async (channel) => {
        await channel.exchange('x', 'topic');
        await channel.refuses(
          'exchange.declare',
          { exchange: 'x', type: 'topic', ...fields },
          406,
          `PRECONDITION_FAILED - ${text}`,
        );
      }));
  }

  test('refuses a type that does not exist with 406', () =>
    atHome((channel) =>
      channel.refuses(
        'exchange.declare',
        { exchange: 'x', type: 'none' },
        406,
        "PRECONDITION_FAILED - unknown exchange type 'none'",
      ),
    ));

  test('refuses a new name that begins with amq., and the default exchange, with 403', () =>
    atHome(async (channel) => {
      const { client } = channel;
      await channel.refuses(
        'exchange.declare',
        { exchange: 'amq.mine', type: 'direct' },
        403,
        "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
      );
      for (const passive of [false, true]) {
        await (await client.channel()).refuses(
          'exchange.declare',
          { type: 'direct', passive },
          403,
          'ACCESS_REFUSED - operation not permitted on the default exchange',
        );
      }
      await (await client.channel()).exchange('amq.topic', 'topic', { durable: true });
    }));

  test('takes line ends out of names', () =>
    atHome(async (channel) => {
      await channel.exchange('a\r\nb', 'direct');
      await channel.call('exchange.declare', { exchange: 'ab', passive: true });
      await channel.queue('q\r\n');
      await channel.bind('q', 'a\nb', 'k');
      channel.publish('ab', 'k', 'm');
      assert.equal((await channel.get('q'))?.text, 'm');
    }));

  test('without wait is not answered', () =>
    atHome(async (channel) => {
      channel.tell('exchange.declare', { exchange: 'x', type: 'direct', noWait: true });
      await channel.call('exchange.declare', { exchange: 'x', passive: true });
      assert.deepEqual(channel.inbox.heard.filter((name) => name === 'exchange.declare-ok').length, 1);
    }));
});

describe('exchange.delete', () => {
  test('succeeds for one that is not there', () =>
    atHome(async (channel) => {
      await channel.call('exchange.delete', { exchange: 'none' });
    }));

  test('of the broker’s own exchanges is refused with 403', () =>
    atHome(async (channel) => {
      const text = "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed";
      await channel.refuses('exchange.delete', { exchange: 'amq.direct' }, 403, text);
      await (await channel.client.channel()).refuses(
        'exchange.delete',
        {},
        403,
        'ACCESS_REFUSED - operation not permitted on the default exchange',
      );
    }));

  test('of one that is in use is refused with 406 where asked so, and takes its bindings along', () =>
    atHome(async (channel) => {
      await channel.exchange('x', 'fanout');
      await channel.queue('q');
      await channel.bind('q', 'x');
      const other = await channel.client.channel();
      await other.refuses(
        'exchange.delete',
        { exchange: 'x', ifUnused: true },
        406,
        "PRECONDITION_FAILED - exchange 'x' in vhost '/' in use",
      );
      await channel.call('exchange.delete', { exchange: 'x' });
      await channel.exchange('x', 'fanout');
      assert.deepEqual(await reached(channel, ['q'], 'x', ''), []);
    }));
});

describe('an auto-delete exchange', () => {
  test('goes with its last binding, not before it had one, and takes those along that led only to it', () =>
    atHome(async (channel) => {
      await channel.exchange('front', 'fanout', { autoDelete: true });
      await channel.exchange('back', 'fanout', { autoDelete: true });
      await channel.call('exchange.bind', { source: 'front', destination: 'back' });
      await channel.queue('q');
      await channel.bind('q', 'back');
      assert.deepEqual(await reached(channel, ['q'], 'front', ''), ['q']);
      await channel.call('queue.unbind', { queue: 'q', exchange: 'back' });
      const { client } = channel;
      await channel.refuses('exchange.declare', { exchange: 'back', passive: true }, 404);
      await (await client.channel()).refuses('exchange.declare', { exchange: 'front', passive: true }, 404);
    }));
});

describe('routing', () => {
  test('by the default exchange goes to the queue of the name, and to no other', () =>
    atHome(async (channel) => {
      const queues = await queuesBound(channel, 'amq.direct', { kong: [], 'kong.2': [] });
      assert.deepEqual(await reached(channel, queues, '', 'kong'), ['kong']);
      assert.deepEqual(await reached(channel, queues, '', 'none'), []);
    }));

  test('by a direct exchange goes where the key is the binding’s: kong reaches kong, not black', () =>
    atHome(async (channel) => {
      const queues = await queuesBound(channel, 'amq.direct', { apes: ['kong'], colours: ['black', 'white'] });
      assert.deepEqual(await reached(channel, queues, 'amq.direct', 'kong'), ['apes']);
      assert.deepEqual(await reached(channel, queues, 'amq.direct', 'white'), ['colours']);
      assert.deepEqual(await reached(channel, queues, 'amq.direct', 'kon'), []);
    }));

  test('by a fanout exchange goes to all three queues, whatever the key', () =>
    atHome(async (channel) => {
      const queues = await queuesBound(channel, 'amq.fanout', { a: [''], b: ['k'], c: ['x', 'y'] });
      assert.deepEqual(await reached(channel, queues, 'amq.fanout', 'any'), ['a', 'b', 'c']);
    }));

  test('by a topic exchange: usa.news.weather reaches usa.# and *.news.*, not korea.news', () =>
    atHome(async (channel) => {
      const bindings = { usa: ['usa.#'], news: ['*.news.*'], korea: ['korea.news'] };
      const queues = await queuesBound(channel, 'amq.topic', bindings);
      assert.deepEqual(await reached(channel, queues, 'amq.topic', 'usa.news.weather'), ['usa', 'news']);
      assert.deepEqual(await reached(channel, queues, 'amq.topic', 'korea.news'), ['korea']);
    }));

  test('by a topic exchange takes # for no word too, also in the middle, and * for exactly one', () =>
    atHome(async (channel) => {
      const patterns = ['#', 'a.#', '#.b', 'a.#.b', 'a.*', '*', '*.*', 'a.*.#', '#.#', ''];
      const queues = await queuesBound(
        channel,
        'amq.topic',
        Object.fromEntries(patterns.map((each) => [`q:${each}`, [each]])),
      );
      const matching = async (key: string): Promise<string[]> =>
        (await reached(channel, queues, 'amq.topic', key)).map((name) => name.slice(2));
      assert.deepEqual(await matching('a'), ['#', 'a.#', '*', '#.#']);
      assert.deepEqual(await matching('a.b'), ['#', 'a.#', '#.b', 'a.#.b', 'a.*', '*.*', 'a.*.#', '#.#']);
      assert.deepEqual(await matching('a.x.y.b'), ['#', 'a.#', '#.b', 'a.#.b', 'a.*.#', '#.#']);
      assert.deepEqual(await matching('b'), ['#', '#.b', '*', '#.#']);
      assert.deepEqual(await matching(''), ['#', '#.#', '']);
      assert.deepEqual(await matching('a.'), ['#', 'a.#', 'a.*', '*.*', 'a.*.#', '#.#']);
    }));

  test('brings one copy to a queue however many bindings match', () =>
    atHome(async (channel) => {
      const queues = await queuesBound(channel, 'amq.topic', { q: ['#', 'a.*', 'a.b', '*.b'] });
      assert.deepEqual(await reached(channel, queues, 'amq.topic', 'a.b'), ['q']);
    }));

  test('of a binding made twice is one, and unbinding one that is not there succeeds', () =>
    atHome(async (channel) => {
      const queues = await queuesBound(channel, 'amq.direct', { q: ['k', 'k'] });
      assert.deepEqual(await reached(channel, queues, 'amq.direct', 'k'), ['q']);
      await channel.call('queue.unbind', { queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
      assert.deepEqual(await reached(channel, queues, 'amq.direct', 'k'), []);
      await channel.call('queue.unbind', { queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
    }));
});

describe('a headers exchange', () => {
  test('matches all or any of the headers, leaving x- ones aside unless told to look at them', () =>
    atHome(async (channel) => {
      const queues = await queuesBound(channel, 'amq.headers', {
        all: [{ 'x-match': 'all', a: 1, b: 'two', 'x-c': 3 }],
        any: [{ 'x-match': 'any', a: 1, b: 'two', 'x-c': 3 }],
        'all-with-x': [{ 'x-match': 'all-with-x', a: 1, 'x-c': 3 }],
        'any-with-x': [{ 'x-match': 'any-with-x', b: 'two', 'x-c': 3 }],
      });
      const matching = (headers: GivenTable): Promise<string[]> => reached(channel, queues, 'amq.headers', '', headers);
      assert.deepEqual(await matching({ a: 1, b: 'two' }), ['all', 'any', 'any-with-x']);
      assert.deepEqual(await matching({ a: 1 }), ['any']);
      assert.deepEqual(await matching({ 'x-c': 3 }), ['any-with-x']);
      assert.deepEqual(await matching({ a: 1, 'x-c': 3 }), ['any', 'all-with-x', 'any-with-x']);
      assert.deepEqual(await matching({ a: 2, b: 'three' }), []);
    }));

  test('takes a void value for mere presence', () =>
    atHome(async (channel) => {
      const queues = await queuesBound(channel, 'amq.headers', { q: [{ 'x-match': 'all', a: null }] });
      assert.deepEqual(await reached(channel, queues, 'amq.headers', '', { a: 'anything' }), ['q']);
      assert.deepEqual(await reached(channel, queues, 'amq.headers', '', { b: 1 }), []);
    }));

  test('with nothing to match always matches for all, never for any', () =>
    atHome(async (channel) => {
      const bindings = { plain: [{}], all: [{ 'x-match': 'all' }], any: [{ 'x-match': 'any' }] };
      const queues = await queuesBound(channel, 'amq.headers', bindings);
      assert.deepEqual(await reached(channel, queues, 'amq.headers', '', { a: 1 }), ['plain', 'all']);
    }));

  test('refuses another x-match with 406', () =>
    atHome(async (channel) => {
      await channel.queue('q');
      for (const mode of ['some', '', 23, true]) {
        const fields = { queue: 'q', exchange: 'amq.headers', arguments: { 'x-match': mode } };
        await (await channel.client.channel()).refuses('queue.bind', fields, 406);
      }
    }));
});

describe('an exchange bound to another', () => {
  test('passes messages on, also round a cycle, once to each queue', () =>
    atHome(async (channel) => {
      for (const name of ['a', 'b', 'c']) await channel.exchange(name, 'fanout');
      for (const [source, destination] of [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
      ] as const) {
        await channel.call('exchange.bind', { source, destination });
      }
      await queuesBound(channel, 'a', { one: [''] });
      await queuesBound(channel, 'b', { two: [''] });
      await queuesBound(channel, 'c', { three: [''], one: [''] });
      assert.deepEqual(await reached(channel, ['one', 'two', 'three'], 'b', ''), ['one', 'two', 'three']);
      await channel.call('exchange.unbind', { source: 'b', destination: 'c' });
      assert.deepEqual(await reached(channel, ['one', 'two', 'three'], 'b', ''), ['two']);
    }));

  test('has to be there, as has the other, or 404', () =>
    atHome(async (channel) => {
      const { client } = channel;
      await channel.refuses(
        'exchange.bind',
        { source: 'amq.fanout', destination: 'none' },
        404,
        "NOT_FOUND - no exchange 'none' in vhost '/'",
      );
      await (await client.channel()).refuses(
        'exchange.bind',
        { source: 'none', destination: 'amq.fanout' },
        404,
        "NOT_FOUND - no exchange 'none' in vhost '/'",
      );
      await (await client.channel()).refuses('exchange.bind', { source: '', destination: 'amq.fanout' }, 403);
    }));

  test('and internal takes no publish: 403', () =>
    atHome(async (channel) => {
      await channel.exchange('inner', 'fanout', { internal: true });
      await channel.call('exchange.bind', { source: 'amq.fanout', destination: 'inner' });
      const queues = await queuesBound(channel, 'inner', { q: [''] });
      assert.deepEqual(await reached(channel, queues, 'amq.fanout', ''), ['q']);
      channel.publish('inner', '', 'm');
      await channel.closes({
        code: 403,
        text: "ACCESS_REFUSED - cannot publish to internal exchange 'inner' in vhost '/'",
        method: 'basic.publish',
      });
    }));
});

describe('an alternate exchange', () => {
  test('gets what matched nothing, and only that; a mandatory message is content with it', () =>
    atHome(async (channel) => {
      await channel.exchange('ae', 'fanout');
      await channel.exchange('x', 'direct', { arguments: { 'alternate-exchange': 'ae' } });
      await queuesBound(channel, 'ae', { rest: [''] });
      await queuesBound(channel, 'x', { q: ['k'] });
      assert.deepEqual(await reached(channel, ['q', 'rest'], 'x', 'k'), ['q']);
      assert.deepEqual(await reached(channel, ['q', 'rest'], 'x', 'other'), ['rest']);
      channel.publish('x', 'other', 'm', { mandatory: true });
      assert.equal((await channel.get('rest'))?.text, 'm');
      await channel.hearsNothing();
    }));

  test('that is not there takes nothing: a mandatory message comes back', () =>
    atHome(async (channel) => {
      await channel.exchange('x', 'direct', { arguments: { 'alternate-exchange': 'missing' } });
      channel.publish('x', 'k', 'm', { mandatory: true });
      assert.equal((await channel.returned()).exchange, 'x');
    }));

  test('may be asked in its turn for another, and may be internal', () =>
    atHome(async (channel) => {
      await channel.exchange('last', 'fanout', { internal: true });
      await channel.exchange('second', 'direct', { arguments: { 'alternate-exchange': 'last' } });
      await channel.exchange('first', 'direct', { arguments: { 'alternate-exchange': 'second' } });
      const queues = await queuesBound(channel, 'last', { q: [''] });
      assert.deepEqual(await reached(channel, queues, 'first', 'k'), ['q']);
    }));

  test('may form a ring, which ends', () =>
    atHome(async (channel) => {
      await channel.exchange('x', 'direct', { arguments: { 'alternate-exchange': 'y' } });
      await channel.exchange('y', 'direct', { arguments: { 'alternate-exchange': 'x' } });
      channel.publish('x', 'k', 'm', { mandatory: true });
      assert.equal((await channel.returned()).text, 'm');
    }));
});

describe('a consistent-hash exchange', () => {
  test('shares messages out by weight, each to one queue, the same key always to the same', () =>
    atHome(async (channel) => {
      await channel.exchange('hash', 'x-consistent-hash');
      await queuesBound(channel, 'hash', { light: ['1'], heavy: ['3'] });
      const keys = Array.from({ length: 400 }, (_, at) => `key ${at}`);
      for (const round of ['a', 'b']) for (const key of keys) channel.publish('hash', key, `${key}${round}`);
      const light = await drained(channel, 'light');
      const heavy = await drained(channel, 'heavy');
      assert.equal(light.length + heavy.length, 800);
      assert.ok(light.length > 120 && light.length < 280, `${light.length} of 800 for a weight of 1 in 4`);
      for (const queue of [light, heavy]) {
        const cut = (text: string): string => text.slice(0, -1);
        assert.deepEqual(
          new Set(queue.filter((text) => text.endsWith('a')).map(cut)),
          new Set(queue.filter((text) => text.endsWith('b')).map(cut)),
        );
      }
    }));

  test('hashes a header or a property where its arguments say so', () =>
    atHome(async (channel) => {
      await channel.exchange('by-header', 'x-consistent-hash', { arguments: { 'hash-header': 'h' } });
      await channel.exchange('by-id', 'x-consistent-hash', { arguments: { 'hash-property': 'message_id' } });
      for (const exchange of ['by-header', 'by-id']) {
        await queuesBound(channel, exchange, { a: ['1'], b: ['1'] });
        const places = new Map<string, string>();
        for (let count = 0; count < 40; count++) {
          const value = `value ${count % 10}`;
          channel.publish(exchange, `key ${count}`, value, { headers: { h: value }, messageId: value });
        }
        for (const queue of ['a', 'b']) {
          for (const text of await drained(channel, queue)) {
            assert.equal(places.get(text) ?? queue, queue);
            places.set(text, queue);
          }
        }
        assert.equal(places.size, 10);
        assert.equal(new Set(places.values()).size, 2);
      }
    }));

  test('refuses a weight that is no positive number, and both ways of hashing at once, with 406', () =>
    atHome(async (channel) => {
      const { client } = channel;
      await channel.exchange('hash', 'x-consistent-hash');
      await channel.queue('q');
      for (const routingKey of ['', 'one', '0', '-1', '1.5']) {
        await (await client.channel()).refuses('queue.bind', { queue: 'q', exchange: 'hash', routingKey }, 406);
      }
      await channel.refuses(
        'exchange.declare',
        {
          exchange: 'both',
          type: 'x-consistent-hash',
          arguments: { 'hash-header': 'h', 'hash-property': 'message_id' },
        },
        406,
      );
    }));
});

describe('CC and BCC', () => {
  test('add routing keys, of which the receivers see CC but not BCC', () =>
    atHome(async (channel) => {
      await channel.queue('to');
      await channel.queue('copy');
      await channel.queue('blind');
      channel.publish('', 'to', 'm', { headers: { CC: ['copy', 'to'], BCC: ['blind'], kept: 1 } });
      for (const queue of ['to', 'copy', 'blind']) {
        const got = await channel.get(queue);
        assert.deepEqual(got?.headers, { CC: ['copy', 'to'], kept: 1 }, queue);
        assert.equal(got?.routingKey, 'to');
        assert.equal(await channel.get(queue), null);
      }
    }));

  test('work by every type of exchange, also alone', () =>
    atHome(async (channel) => {
      const queues = await queuesBound(channel, 'amq.topic', { q: ['a.*'] });
      assert.deepEqual(await reached(channel, queues, 'amq.topic', 'none', { CC: ['a.b'] }), ['q']);
      assert.deepEqual(await reached(channel, queues, 'amq.topic', 'none', { BCC: ['a.c', 'x'] }), ['q']);
    }));

  test('are passed over where they are no texts, or lead nowhere', () =>
    atHome(async (channel) => {
      const queues = await queuesBound(channel, 'amq.direct', { q: ['k'] });
      const CC = [1, null, { deep: ['k'] }, '', 'none', 'k', false];
      assert.deepEqual(await reached(channel, queues, 'amq.direct', 'none', { CC }), ['q']);
      assert.deepEqual(await reached(channel, queues, 'amq.direct', 'none', { CC: [] }), []);
    }));

  test('have to be lists, or 406', () =>
    atHome(async (channel) => {
      const { client } = channel;
      for (const headers of [{ CC: 'q' }, { BCC: 7 }, { CC: { q: 'q' } }]) {
        const other = await client.channel();
        other.publish('', 'q', 'm', { headers });
        await other.closes({ code: 406, method: 'basic.publish' });
      }
    }));
});
