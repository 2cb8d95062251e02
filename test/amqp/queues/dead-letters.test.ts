import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FieldTable, FieldValue } from '../../../src/protocols/amqp/codec/field-table.js';
import type { Message, WireChannel } from '../wire-channel.js';
import type { GivenTable } from '../wire-frames.js';
import { atHome, drained, type Home, held, next, peeked, sent } from './home.js';

interface Death {
  readonly queue: string;
  readonly reason: string;
  readonly count: number;
  readonly exchange: string;
  readonly 'routing-keys': readonly string[];
  readonly time: unknown;
  readonly 'original-expiration'?: string;
}

const deathsOf = (message: Message): readonly Death[] => message.headers['x-death'] as readonly Death[];
const places = (message: Message): string[] =>
  deathsOf(message).map(({ queue, reason, count }) => `${queue} ${reason} ${count}`);

/** A queue whose dead letters go to `dead` by a fanout. */
async function buried(channel: WireChannel, args: GivenTable = {}): Promise<void> {
  await channel.exchange('dlx', 'fanout');
  await channel.queue('dead');
  await channel.bind('dead', 'dlx');
  await channel.queue('q', { arguments: { 'x-dead-letter-exchange': 'dlx', ...args } });
}

describe('a message is dead', () => {
  test('when it is rejected or negatively acknowledged, and not to be requeued', () =>
    atHome(async (channel) => {
      await buried(channel);
      await sent(channel, 'q', ['a', 'b']);
      channel.reject((await channel.get('q', false))!, false);
      channel.nack((await channel.get('q', false))!, { requeue: false });
      assert.deepEqual(places(await next(channel, 'dead')), ['q rejected 1']);
      assert.deepEqual(places(await next(channel, 'dead')), ['q rejected 1']);
      assert.equal((await channel.look('q')).messageCount, 0);
    }));

  test('when its time is over, without any consumer coming by', () =>
    atHome(async (channel, { clock }) => {
      await buried(channel, { 'x-message-ttl': 1000 });
      await sent(channel, 'q', ['a']);
      await clock.pass(1001);
      assert.deepEqual(places(await next(channel, 'dead')), ['q expired 1']);
    }));

  test('when there are too many, the oldest first', () =>
    atHome(async (channel) => {
      await buried(channel, { 'x-max-length': 2 });
      await sent(channel, 'q', ['a', 'b', 'c']);
      const dead = await next(channel, 'dead');
      assert.equal(dead.text, 'a');
      assert.deepEqual(places(dead), ['q maxlen 1']);
    }));

  test('when it was given back too often', () =>
    atHome(async (channel) => {
      await buried(channel, { 'x-delivery-limit': 1 });
      await sent(channel, 'q', ['a']);
      channel.nack((await channel.get('q', false))!);
      channel.nack((await channel.get('q', false))!);
      assert.deepEqual(places(await next(channel, 'dead')), ['q delivery_limit 1']);
    }));

  test('but not when it is requeued, purged, or its queue deleted', () =>
    atHome(async (channel) => {
      await buried(channel);
      await sent(channel, 'q', ['a', 'b']);
      channel.nack((await channel.get('q', false))!);
      await channel.call('queue.purge', { queue: 'q' });
      await sent(channel, 'q', ['c']);
      await channel.call('queue.delete', { queue: 'q' });
      assert.equal((await channel.look('dead')).messageCount, 0);
    }));
});

describe('the story of a dead letter', () => {
  test('is told in x-death and in x-first-death- and x-last-death- headers, with the types RabbitMQ has', () =>
    atHome(async (channel, { clock }) => {
      await buried(channel);
      await channel.bind('q', 'amq.direct', 'key');
      const headers = { mine: 'stays', number: 7 };
      channel.publish('amq.direct', 'key', 'a', { headers, messageId: 'm', contentType: 'text/plain' });
      const before = Math.floor(clock.now() / 1000);
      channel.reject((await channel.get('q', false))!, false);
      const dead = await next(channel, 'dead');
      assert.equal(dead.text, 'a');
      assert.equal(dead.exchange, 'dlx');
      assert.equal(dead.routingKey, 'key');
      assert.equal(dead.properties.messageId, 'm');
      assert.equal(dead.properties.contentType, 'text/plain');
      const [death, ...others] = deathsOf(dead);
      assert.deepEqual(others, []);
      const { time, ...rest } = death!;
      assert.ok(Number(time) >= before && Number(time) <= before + 5);
      assert.deepEqual(rest, {
        count: 1,
        reason: 'rejected',
        queue: 'q',
        exchange: 'amq.direct',
        'routing-keys': ['key'],
      });
      const { 'x-death': _, ...told } = dead.headers;
      assert.deepEqual(told, {
        mine: 'stays',
        number: 7,
        'x-first-death-exchange': 'amq.direct',
        'x-first-death-queue': 'q',
        'x-first-death-reason': 'rejected',
        'x-last-death-exchange': 'amq.direct',
        'x-last-death-queue': 'q',
        'x-last-death-reason': 'rejected',
      });
      const field = dead.properties.headers!.get('x-death')!;
      assert.equal(field.tag, 'A');
      const table = (field.value as readonly FieldValue[])[0] as { readonly value: FieldTable };
      assert.deepEqual(Object.fromEntries([...table.value].map(([name, { tag }]) => [name, tag])), {
        count: 'l',
        reason: 'S',
        queue: 'S',
        time: 'T',
        exchange: 'S',
        'routing-keys': 'A',
      });
    }));

  test('has the newest death first, and one entry for each queue and reason, whose time stays that of the first', () =>
    atHome(async (channel, home) => {
      await twoQueues(channel);
      await sent(channel, 'one', ['a']);
      channel.reject(await held(channel, 'one'), false);
      const first = deathsOf(await peeked(channel, 'two'))[0]!;
      await home.clock.pass(5000);
      channel.reject(await held(channel, 'two'), false);
      await home.clock.pass(5000);
      channel.reject(await held(channel, 'one'), false);
      const dead = await peeked(channel, 'two');
      assert.deepEqual(places(dead), ['one rejected 2', 'two rejected 1']);
      assert.deepEqual(deathsOf(dead)[0]!.time, first.time);
      assert.equal(dead.headers['x-first-death-queue'], 'one');
      assert.equal(dead.headers['x-last-death-queue'], 'one');
      assert.equal(dead.headers['x-last-death-exchange'], '');
    }));

  test('keeps what is first and last apart', () =>
    atHome(async (channel, { clock }) => {
      await channel.queue('end');
      const toEnd = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'end' };
      await channel.queue('two', { arguments: { ...toEnd, 'x-max-length': 0 } });
      const toTwo = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'two' };
      await channel.queue('one', { arguments: { ...toTwo, 'x-message-ttl': 1000 } });
      await sent(channel, 'one', ['a']);
      await clock.pass(1001);
      const dead = await next(channel, 'end');
      assert.deepEqual(places(dead), ['two maxlen 1', 'one expired 1']);
      assert.equal(dead.headers['x-first-death-queue'], 'one');
      assert.equal(dead.headers['x-first-death-reason'], 'expired');
      assert.equal(dead.headers['x-last-death-queue'], 'two');
      assert.equal(dead.headers['x-last-death-reason'], 'maxlen');
    }));

  test('takes a message’s own time from it and tells it as original-expiration, so that it lives on where it goes', () =>
    atHome(async (channel, home) => {
      await twoQueues(channel);
      channel.publish('', 'one', 'a', { expiration: '1000' });
      await channel.settle();
      await home.clock.pass(1001);
      const dead = await peeked(channel, 'two');
      assert.equal(dead.properties.expiration, undefined);
      assert.equal(deathsOf(dead)[0]!['original-expiration'], '1000');
      await home.clock.pass(60_000);
      channel.reject(await held(channel, 'two'), false);
      channel.reject(await held(channel, 'one'), false);
      const again = await peeked(channel, 'two');
      assert.deepEqual(places(again), ['one rejected 1', 'two rejected 1', 'one expired 1']);
      assert.deepEqual(
        deathsOf(again).map((death) => death['original-expiration']),
        [undefined, undefined, '1000'],
      );
    }));

  test('names all routing keys, those of CC but not those of BCC', () =>
    atHome(async (channel) => {
      await buried(channel);
      channel.publish('', 'q', 'a', { headers: { CC: ['other'], BCC: ['hidden'] } });
      channel.reject((await channel.get('q', false))!, false);
      const dead = await next(channel, 'dead');
      assert.deepEqual(deathsOf(dead)[0]!['routing-keys'], ['q', 'other']);
      assert.deepEqual(dead.headers['CC'], ['other']);
      assert.equal(dead.headers['BCC'], undefined);
    }));

  test('is not believed where a publisher tells it', () =>
    atHome(async (channel) => {
      await buried(channel);
      const made = { 'x-death': [{ queue: 'q', reason: 'rejected', count: 99 }] };
      channel.publish('', 'q', 'a', { headers: made });
      channel.reject((await channel.get('q', false))!, false);
      assert.deepEqual(places(await next(channel, 'dead')), ['q rejected 1']);
    }));
});

/** Each sends its dead letters to the other. */
async function twoQueues(channel: WireChannel): Promise<void> {
  const to = (queue: string): GivenTable => ({
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
  });
  await channel.queue('one', { arguments: to('two') });
  await channel.queue('two', { arguments: to('one') });
}

describe('where dead letters go', () => {
  test('is by their own routing keys, those of CC too, or by the queue’s key instead', () =>
    atHome(async (channel) => {
      await channel.exchange('dlx', 'direct');
      for (const name of ['a', 'b', 'c']) {
        await channel.queue(name);
        await channel.bind(name, 'dlx', name);
      }
      await channel.queue('own', { arguments: { 'x-dead-letter-exchange': 'dlx' } });
      const other = { 'x-dead-letter-exchange': 'dlx', 'x-dead-letter-routing-key': 'c' };
      await channel.queue('other', { arguments: other });
      await channel.bind('own', 'amq.direct', 'a');
      await channel.bind('other', 'amq.direct', 'a');
      channel.publish('amq.direct', 'a', 'x', { headers: { CC: ['b'] } });
      channel.reject((await channel.get('own', false))!, false);
      await next(channel, 'a');
      await next(channel, 'b');
      assert.equal(await channel.get('c'), null);
      channel.reject((await channel.get('other', false))!, false);
      const dead = await next(channel, 'c');
      assert.equal(dead.routingKey, 'c');
      assert.equal(await channel.get('a'), null);
    }));

  test('is nowhere where their exchange is not there, or leads nowhere', () =>
    atHome(async (channel) => {
      await channel.queue('q', { arguments: { 'x-dead-letter-exchange': 'later' } });
      await sent(channel, 'q', ['a', 'b']);
      channel.reject((await channel.get('q', false))!, false);
      await channel.settle();
      await channel.exchange('later', 'fanout');
      await channel.queue('dead');
      await channel.bind('dead', 'later');
      channel.reject((await channel.get('q', false))!, false);
      assert.equal((await next(channel, 'dead')).text, 'b');
      assert.equal(await channel.get('dead'), null);
      assert.equal(await channel.get('q'), null);
    }));

  test('may be decided by their headers', () =>
    atHome(async (channel) => {
      await channel.exchange('dlx', 'headers');
      await channel.queue('dead');
      await channel.bind('dead', 'dlx', '', { 'x-match': 'all', kind: 'invoice' });
      await channel.queue('q', { arguments: { 'x-dead-letter-exchange': 'dlx' } });
      channel.publish('', 'q', 'no', { headers: { kind: 'letter' } });
      channel.publish('', 'q', 'yes', { headers: { kind: 'invoice' } });
      await channel.settle();
      for (const _ of ['no', 'yes']) channel.nack((await channel.get('q', false))!, { requeue: false });
      assert.equal((await next(channel, 'dead')).text, 'yes');
    }));

  test('is the same queue again for what was rejected, but nowhere for what goes round by itself', () =>
    atHome(async (channel, { clock }) => {
      const again = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q' };
      await channel.queue('q', { arguments: { ...again, 'x-message-ttl': 1000 } });
      await sent(channel, 'q', ['a']);
      channel.reject((await channel.get('q', false))!, false);
      assert.deepEqual(places(await peeked(channel, 'q')), ['q rejected 1']);
      await clock.pass(1001);
      // The rejection lies on its way: it goes round once more, and then by itself only.
      assert.equal((await channel.look('q')).messageCount, 0);
    }));

  test('ends where a message would come back by itself to a queue it died in', () =>
    atHome(async (channel, { clock }) => {
      const to = (queue: string): GivenTable => ({
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': queue,
        'x-message-ttl': 1000,
      });
      await channel.queue('one', { arguments: to('two') });
      await channel.queue('two', { arguments: to('one') });
      await sent(channel, 'one', ['a']);
      await clock.pass(1001);
      assert.equal((await channel.look('two')).messageCount, 1);
      await clock.pass(1001);
      assert.equal((await channel.look('one')).messageCount, 0);
      assert.equal((await channel.look('two')).messageCount, 0);
    }));

  test('goes on where somebody rejected it in between', () =>
    atHome(async (channel, home: Home) => {
      await channel.queue('work', {
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'wait' },
      });
      await channel.queue('wait', {
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'work', 'x-message-ttl': 1000 },
      });
      await sent(channel, 'work', ['a']);
      for (let round = 1; round <= 3; round++) {
        channel.reject((await channel.get('work', false))!, false);
        await channel.settle();
        await home.clock.pass(1001);
        assert.deepEqual(places(await peeked(channel, 'work')), [`wait expired ${round}`, `work rejected ${round}`]);
      }
    }));

  test('is where the exchange of delayed messages leads, after the time they say', () =>
    atHome(async (channel, { clock }) => {
      await channel.exchange('later', 'x-delayed-message', { arguments: { 'x-delayed-type': 'fanout' } });
      await channel.queue('dead');
      await channel.bind('dead', 'later');
      await channel.queue('q', { arguments: { 'x-dead-letter-exchange': 'later' } });
      channel.publish('', 'q', 'a', { headers: { 'x-delay': 5000 } });
      channel.reject((await channel.get('q', false))!, false);
      await channel.settle();
      await clock.pass(4000);
      assert.equal(await channel.get('dead'), null);
      await clock.pass(1001);
      assert.deepEqual(await drained(channel, 'dead'), ['a']);
    }));
});
