import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fullPermission, type Permission } from '../../../src/broker/access/permissions.js';
import { atHome, type Home } from '../queues/home.js';
import type { WireChannel } from '../wire-channel.js';
import type { Fields, MethodName } from '../wire-frames.js';

async function user(home: Home, name: string, permission: Permission): Promise<void> {
  const { access, permissions } = home.broker;
  access.putUser(name, await access.credentialsFor('secret'));
  permissions.set(name, '/', permission);
}

async function channelOf(home: Home, name: string): Promise<WireChannel> {
  return (await home.connect({ user: name, password: 'secret' })).channel();
}

/** Ada may do what a test says to what begins with `my`; root has made what she is to reach. */
async function withAda(
  permission: Permission,
  what: (ada: () => Promise<WireChannel>, root: WireChannel, home: Home) => Promise<void>,
): Promise<void> {
  await atHome(async (_channel, home) => {
    await user(home, 'root', fullPermission);
    await user(home, 'ada', permission);
    const root = await channelOf(home, 'root');
    for (const name of ['mine', 'yours']) {
      await root.queue(name);
      await root.exchange(name, 'fanout');
    }
    await what(() => channelOf(home, 'ada'), root, home);
  });
}

const own = { configure: '^my', write: '^(my|mine)', read: '^(my|mine)' };

interface Refused<Name extends MethodName = MethodName> {
  readonly what: string;
  readonly method: Name;
  readonly fields: Fields<Name>;
  readonly text: string;
}

function refused<Name extends MethodName>(what: string, method: Name, fields: Fields<Name>, text: string): Refused {
  return { what, method, fields, text } as unknown as Refused;
}

const cases: readonly Refused[] = [
  refused('declaring a queue', 'queue.declare', { queue: 'yours' }, "configure access to queue 'yours'"),
  refused('deleting a queue', 'queue.delete', { queue: 'yours' }, "configure access to queue 'yours'"),
  refused('purging a queue', 'queue.purge', { queue: 'yours' }, "read access to queue 'yours'"),
  refused('getting', 'basic.get', { queue: 'yours' }, "read access to queue 'yours'"),
  refused('consuming', 'basic.consume', { queue: 'yours' }, "read access to queue 'yours'"),
  refused('binding a queue', 'queue.bind', { queue: 'yours', exchange: 'mine' }, "write access to queue 'yours'"),
  refused(
    'binding to an exchange',
    'queue.bind',
    { queue: 'mine', exchange: 'yours' },
    "read access to exchange 'yours'",
  ),
  refused('unbinding a queue', 'queue.unbind', { queue: 'yours', exchange: 'mine' }, "write access to queue 'yours'"),
  refused(
    'declaring an exchange',
    'exchange.declare',
    { exchange: 'yours', type: 'fanout' },
    "configure access to exchange 'yours'",
  ),
  refused('deleting an exchange', 'exchange.delete', { exchange: 'yours' }, "configure access to exchange 'yours'"),
  refused(
    'binding into an exchange',
    'exchange.bind',
    { source: 'mine', destination: 'yours' },
    "write access to exchange 'yours'",
  ),
  refused(
    'binding from an exchange',
    'exchange.bind',
    { source: 'yours', destination: 'mine' },
    "read access to exchange 'yours'",
  ),
  refused(
    'sending dead letters to an exchange',
    'queue.declare',
    { queue: 'my-new', arguments: { 'x-dead-letter-exchange': 'yours' } },
    "write access to exchange 'yours'",
  ),
  refused(
    'an alternate exchange',
    'exchange.declare',
    { exchange: 'my-new', type: 'fanout', arguments: { 'alternate-exchange': 'yours' } },
    "write access to exchange 'yours'",
  ),
];

describe('working a topic off by a group', () => {
  const limit = { 'x-group': 'g', 'x-delivery-limit': 1 };
  const sentOn = { 'x-group': 'g', 'x-dead-letter-topic': 'yours-too' };
  const rights: readonly [
    what: string,
    permission: Permission,
    args: Record<string, unknown>,
    refusal: string | null,
  ][] = [
    [
      'is for who may read the topic',
      { configure: '', write: '', read: '::' },
      { 'x-group': 'g' },
      "read access to queue 'ours'",
    ],
    [
      'is for who may read as the group',
      { configure: '', write: '', read: '^ours$' },
      { 'x-group': 'g' },
      "read access to queue 'ours::g'",
    ],
    [
      'lets only those say how who may configure it',
      { configure: '^ours$', write: '', read: '^ours' },
      limit,
      "configure access to queue 'ours::g'",
    ],
    [
      'sends on only where one may write',
      { configure: '^ours', write: '^ours', read: '^ours' },
      sentOn,
      "write access to queue 'yours-too'",
    ],
    ['needs no more', { configure: '', write: '', read: '^ours' }, { 'x-group': 'g' }, null],
  ];
  for (const [what, permission, args, refusal] of rights) {
    test(`it ${what}`, () =>
      withAda(permission, async (ada, root) => {
        for (const queue of ['ours', 'yours-too']) {
          await root.call('queue.declare', { queue, durable: true, arguments: { 'x-queue-type': 'stream' } });
        }
        const channel = await ada();
        const asked = { queue: 'ours', arguments: args } as Fields<'basic.consume'>;
        if (refusal === null) await channel.call('basic.consume', asked);
        else {
          const text = `ACCESS_REFUSED - ${refusal} in vhost '/' refused for user 'ada'`;
          await channel.refuses('basic.consume', asked, 403, text);
        }
      }));
  }
});

describe('without the right to it', () => {
  for (const { what, method, fields, text } of cases) {
    test(`${what} is refused with 403`, () =>
      withAda(own, async (ada) => {
        const channel = await ada();
        await channel.refuses(method, fields, 403, `ACCESS_REFUSED - ${text} in vhost '/' refused for user 'ada'`);
      }));
  }

  test('publishing is refused with 403, by an exchange as by the default one', () =>
    withAda(own, async (ada) => {
      const channel = await ada();
      channel.publish('yours', '', 'm');
      const text = "ACCESS_REFUSED - write access to exchange 'yours' in vhost '/' refused for user 'ada'";
      await channel.closes({ code: 403, text, method: 'basic.publish' });
      const other = await channel.client.channel();
      other.publish('', 'mine', 'm');
      const unnamed = "ACCESS_REFUSED - write access to exchange 'amq.default' in vhost '/' refused for user 'ada'";
      await other.closes({ code: 403, text: unnamed, method: 'basic.publish' });
    }));
});

test('with the right to it everything works', () =>
  withAda({ ...own, write: '^(my|mine|amq\\.default$)' }, async (ada) => {
    const channel = await ada();
    await channel.queue('my-queue', { arguments: { 'x-dead-letter-exchange': 'mine' } });
    await channel.exchange('my-exchange', 'topic', { arguments: { 'alternate-exchange': 'mine' } });
    await channel.bind('my-queue', 'my-exchange', '#');
    channel.publish('my-exchange', 'k', 'm');
    channel.publish('', 'my-queue', 'n');
    assert.equal((await channel.get('my-queue'))?.text, 'm');
    await channel.call('queue.purge', { queue: 'my-queue' });
    await channel.call('exchange.bind', { source: 'my-exchange', destination: 'mine' });
    await channel.call('queue.delete', { queue: 'my-queue' });
    await channel.call('exchange.delete', { exchange: 'my-exchange' });
  }));

test('passive declarations need no right', () =>
  withAda({ configure: '', write: '', read: '' }, async (ada) => {
    const channel = await ada();
    await channel.call('queue.declare', { queue: 'yours', passive: true });
    await channel.call('exchange.declare', { exchange: 'yours', passive: true });
  }));

test('a right that is taken away is gone from the next publish on', () =>
  withAda(fullPermission, async (ada, _root, home) => {
    const channel = await ada();
    channel.publish('yours', '', 'm');
    await channel.settle();
    home.broker.permissions.set('ada', '/', own);
    channel.publish('yours', '', 'm');
    await channel.closes({ code: 403 });
  }));

describe('topic permissions', () => {
  test('limit the keys that are published by a topic exchange', () =>
    withAda(fullPermission, async (ada, _root, home) => {
      home.broker.permissions.setTopic('ada', '/', 'amq.topic', { write: '^{username}\\.', read: '.*' });
      const channel = await ada();
      channel.publish('amq.topic', 'ada.news', 'm');
      channel.publish('amq.direct', 'bob.news', 'm');
      await channel.settle();
      channel.publish('amq.topic', 'bob.news', 'm');
      await channel.closes({
        code: 403,
        text: "ACCESS_REFUSED - write access to topic 'bob.news' in exchange 'amq.topic' in vhost '/' refused for user 'ada'",
        method: 'basic.publish',
      });
    }));

  test('limit the keys that CC and BCC add, too', () =>
    withAda(fullPermission, async (ada, root, home) => {
      home.broker.permissions.setTopic('ada', '/', 'amq.topic', { write: '^ada\\.', read: '.*' });
      await root.bind('yours', 'amq.topic', '#');
      const { client } = await ada();
      for (const name of ['CC', 'BCC']) {
        const channel = await client.channel();
        channel.publish('amq.topic', 'ada.news', 'm', { headers: { [name]: ['ada.more', 'bob.news'] } });
        await channel.closes({ code: 403, text: /write access to topic 'bob\.news'/, method: 'basic.publish' });
      }
      assert.equal(await root.get('yours'), null);
    }));

  test('of copies refuse a transaction nothing of which is done then, though they changed since it was published', () =>
    withAda(own, async (ada, root, home) => {
      home.broker.permissions.setTopic('ada', '/', 'amq.topic', { write: '^(ada|bob)\\.', read: '.*' });
      home.broker.permissions.set('ada', '/', fullPermission);
      await root.bind('yours', 'amq.topic', '#');
      const channel = await ada();
      await channel.call('tx.select');
      channel.publish('amq.topic', 'ada.first', 'm');
      channel.publish('amq.topic', 'ada.news', 'm', { headers: { CC: ['bob.news'] } });
      await channel.look('yours');
      home.broker.permissions.setTopic('ada', '/', 'amq.topic', { write: '^ada\\.', read: '.*' });
      channel.tell('tx.commit');
      await channel.closes({ code: 403, text: /write access to topic 'bob\.news'/ });
      assert.equal((await root.look('yours')).messageCount, 0);
    }));

  test('limit the keys that queues are bound by', () =>
    withAda(fullPermission, async (ada, _root, home) => {
      home.broker.permissions.setTopic('ada', '/', 'amq.topic', { write: '.*', read: '^ada\\.' });
      const channel = await ada();
      await channel.bind('mine', 'amq.topic', 'ada.#');
      await channel.refuses(
        'queue.bind',
        { queue: 'mine', exchange: 'amq.topic', routingKey: '#' },
        403,
        "ACCESS_REFUSED - read access to topic '#' in exchange 'amq.topic' in vhost '/' refused for user 'ada'",
      );
    }));
});
