import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fullPermission } from '../../../src/broker/access/permissions.js';
import { atHome, type Home } from '../queues/home.js';
import { type Manners, WireClient } from '../wire-client.js';
import { plainTable } from '../wire-frames.js';

/** A connection over which nothing was said yet. */
async function reached(home: Home, what: (client: WireClient) => Promise<void>): Promise<void> {
  const client = await WireClient.reach(home.url);
  try {
    await what(client);
  } finally {
    client.cut();
  }
}

async function addUser(home: Home, name: string, password: string, full = true): Promise<void> {
  const { access, permissions } = home.broker;
  access.putUser(name, await access.credentialsFor(password));
  if (full) permissions.set(name, '/', fullPermission);
}

/** Greets with what is wrong, up to connection.open, and is told why not. */
async function refused(home: Home, manners: Manners, code: number, text: string | RegExp): Promise<void> {
  await reached(home, async (client) => {
    await client.greet(manners);
    client.tell('connection.open', { virtualHost: manners.virtualHost ?? '/' });
    await client.closes({ code, text });
  });
}

describe('the protocol header', () => {
  for (const [what, header] of [
    ['AMQP 1.0', Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0])],
    ['AMQP 0-8', Buffer.from([0x41, 0x4d, 0x51, 0x50, 1, 1, 8, 0])],
    ['AMQP 0-10', Buffer.from([0x41, 0x4d, 0x51, 0x50, 1, 1, 0, 10])],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: naru\r\n\r\n')],
    ['TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc])],
  ] as const) {
    test(`of ${what} is answered with that of AMQP 0-9-1, and the socket is closed`, () =>
      atHome((_channel, home) =>
        reached(home, async (client) => {
          client.send(header);
          assert.deepEqual([...(await client.refusesHeader())], [0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]);
        }),
      ));
  }
});

describe('connection.start', () => {
  test('tells what clients look for: product, a version, the name of the cluster, capabilities', () =>
    atHome(async (channel) => {
      const start = channel.client.start!;
      assert.equal(start.versionMajor, 0);
      assert.equal(start.versionMinor, 9);
      assert.deepEqual(start.locales.toString(), 'en_US');
      const properties = plainTable(start.serverProperties);
      assert.equal(properties['product'], 'Naru');
      assert.match(String(properties['version']), /^\d+\.\d+\.\d+/);
      assert.match(String(properties['cluster_name']), /^naru@/);
      for (const name of ['platform', 'copyright', 'information']) assert.ok(String(properties[name]).length > 3, name);
      assert.deepEqual(properties['capabilities'], {
        publisher_confirms: true,
        exchange_exchange_bindings: true,
        'basic.nack': true,
        consumer_cancel_notify: true,
        'connection.blocked': true,
        consumer_priorities: true,
        authentication_failure_close: true,
        per_consumer_qos: true,
        direct_reply_to: true,
      });
    }));

  test('tells another product and version where the options say so', () =>
    atHome(
      async (channel) => {
        const { product, version } = plainTable(channel.client.start!.serverProperties);
        assert.deepEqual({ product, version }, { product: 'RabbitMQ', version: '4.2.0' });
      },
      { amqpProduct: 'RabbitMQ', amqpVersion: '4.2.0' },
    ));

  test('offers PLAIN and AMQPLAIN, and neither EXTERNAL without a certificate nor ANONYMOUS unasked', () =>
    atHome(async (channel) => {
      assert.deepEqual(channel.client.start!.mechanisms.toString().split(' '), ['PLAIN', 'AMQPLAIN']);
    }));
});

describe('a login', () => {
  test('by AMQPLAIN works as by PLAIN', () =>
    atHome(async (_channel, home) => {
      const table = Buffer.concat([
        Buffer.from('\x05LOGINS\x00\x00\x00\x05guest', 'latin1'),
        Buffer.from('\x08PASSWORDS\x00\x00\x00\x05guest', 'latin1'),
      ]);
      const client = await home.connect({ startOk: { mechanism: 'AMQPLAIN', response: table } });
      await (await client.channel()).settle();
    }));

  test('by a mechanism that was not offered ends with 503', () =>
    atHome(async (_channel, home) => {
      for (const mechanism of ['EXTERNAL', 'ANONYMOUS', 'GSSAPI']) {
        await reached(home, async (client) => {
          await client.login({ startOk: { mechanism } });
          await client.closes({
            code: 503,
            text: `COMMAND_INVALID - unknown authentication mechanism '${mechanism}'`,
            method: 'connection.start-ok',
          });
        });
      }
    }));

  test('that is wrong is refused with 403 to clients that say they understand it', () =>
    atHome(async (_channel, home) => {
      for (const mechanism of ['PLAIN', 'AMQPLAIN']) {
        await reached(home, async (client) => {
          await client.login({ password: 'wrong', startOk: { mechanism } });
          await client.closes({
            code: 403,
            text: `ACCESS_REFUSED - Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`,
          });
        });
      }
    }));

  test('that is wrong ends silently for the others', () =>
    atHome(async (_channel, home) => {
      await reached(home, async (client) => {
        await client.login({ password: 'wrong', startOk: { clientProperties: {} } });
        await client.endsSilently();
      });
    }));

  test('is by user and password once there are users, and guest is nobody then', () =>
    atHome(async (_channel, home) => {
      await addUser(home, 'ada', 'secret');
      const client = await home.connect({ user: 'ada', password: 'secret' });
      await (await client.channel()).settle();
      await reached(home, async (stranger) => {
        await stranger.login();
        await stranger.closes({ code: 403 });
      });
    }));

  test('without a name is served where the options allow it, as the user ANONYMOUS with the rights given to that name', () =>
    atHome(
      async (_channel, home) => {
        await addUser(home, 'ada', 'secret');
        const startOk = { mechanism: 'ANONYMOUS', response: '' };
        await refused(home, { startOk }, 530, /^NOT_ALLOWED - access to vhost '\/' refused for user 'ANONYMOUS'$/);
        home.broker.permissions.set('ANONYMOUS', '/', { configure: '', write: '', read: '^public$' });
        const channel = await (await home.connect({ startOk })).channel();
        await channel.refuses('queue.declare', { queue: 'public' }, 403, /refused for user 'ANONYMOUS'$/);
      },
      { allowAnonymous: true },
    ));
});

describe('connection.tune', () => {
  test('offers frames of 128 KiB, 2047 channels and a heartbeat a minute', () =>
    atHome(async (channel) => {
      assert.deepEqual(channel.client.tune, { channelMax: 2047, frameMax: 131_072, heartbeat: 60 });
    }));

  for (const [tuneOk, text] of [
    [{ frameMax: 131_073 }, 'negotiated frame_max = 131073 is higher than the maximum allowed value (131072)'],
    [{ frameMax: 0 }, 'negotiated frame_max = 0 (no limit) is higher than the maximum allowed value (131072)'],
    [{ frameMax: 4095 }, 'negotiated frame_max = 4095 is lower than the minimum allowed value (4096)'],
    [{ channelMax: 2048 }, 'negotiated channel_max = 2048 is higher than the maximum allowed value (2047)'],
    [{ channelMax: 0 }, 'negotiated channel_max = 0 (no limit) is higher than the maximum allowed value (2047)'],
  ] as const) {
    test(`is not agreed to with 530: ${text}`, () =>
      atHome((_channel, home) => refused(home, { tuneOk }, 530, `NOT_ALLOWED - ${text}`)));
  }

  test('is taken down to 4096 bytes a frame and one channel', () =>
    atHome(async (_channel, home) => {
      const client = await home.connect({ tuneOk: { frameMax: 4096, channelMax: 1 } });
      const channel = await client.channel(1);
      await channel.settle();
      client.unopened(2).tell('channel.open');
      await client.closes({
        code: 530,
        text: 'NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (1)',
        method: 'channel.open',
      });
    }));
});

describe('connection.open', () => {
  test('of a virtual host that is not there ends with 530', () =>
    atHome((_channel, home) =>
      refused(home, { virtualHost: 'nowhere' }, 530, 'NOT_ALLOWED - vhost nowhere not found'),
    ));

  test('of a virtual host without any right there ends with 530', () =>
    atHome(async (_channel, home) => {
      await addUser(home, 'ada', 'secret');
      await addUser(home, 'bob', 'secret', false);
      const text = "NOT_ALLOWED - access to vhost '/' refused for user 'bob'";
      await refused(home, { user: 'bob', password: 'secret' }, 530, text);
    }));

  test('beyond the connections that a virtual host may have ends with 530', () =>
    atHome(async (_channel, home) => {
      const { vhosts } = home.broker;
      vhosts.create('small');
      vhosts.limit(vhosts.get('small')!, { maxConnections: 1, maxQueues: null });
      const first = await home.connect({ virtualHost: 'small' });
      const text = "NOT_ALLOWED - access to vhost 'small' refused for user 'guest': connection limit (1) is reached";
      await refused(home, { virtualHost: 'small' }, 530, text);
      await first.close();
      await home.connect({ virtualHost: 'small' });
    }));

  test('beyond the connections that a user may have ends with 530', () =>
    atHome(async (_channel, home) => {
      const { access } = home.broker;
      await addUser(home, 'ada', 'secret');
      access.putUser('ada', [], undefined, { limits: { maxConnections: 1, maxChannels: null } });
      const manners = { user: 'ada', password: 'secret' };
      const first = await home.connect(manners);
      const text = "NOT_ALLOWED - connection refused for user 'ada': user connection limit (1) is reached";
      await refused(home, manners, 530, text);
      await first.close();
      await home.connect(manners);
    }));

  test('a channel beyond those that a user may have over all connections ends its connection with 530', () =>
    atHome(async (_channel, home) => {
      const { access } = home.broker;
      await addUser(home, 'ada', 'secret');
      access.putUser('ada', [], undefined, { limits: { maxConnections: null, maxChannels: 2 } });
      const manners = { user: 'ada', password: 'secret' };
      const [one, other] = [await home.connect(manners), await home.connect(manners)];
      await one.channel();
      const closed = await other.channel();
      await closed.close();
      await other.channel();
      one.unopened(2).tell('channel.open');
      await one.closes({
        code: 530,
        text: "NOT_ALLOWED - number of channels opened for user 'ada' has reached the maximum allowed user limit of (2)",
        method: 'channel.open',
      });
    }));
});

test('connection.update-secret is answered, whatever the secret', () =>
  atHome(async (channel) => {
    await channel.client.call('connection.update-secret', { newSecret: 'whatever', reason: 'as agreed' });
    await channel.settle();
  }));

test('a virtual host that is deleted takes its connections along with 320', () =>
  atHome(async (_channel, home) => {
    const { vhosts } = home.broker;
    vhosts.create('passing');
    const client = await home.connect({ virtualHost: 'passing' });
    await (await client.channel()).queue('q');
    vhosts.delete(vhosts.get('passing')!);
    await client.closes({ code: 320, text: "CONNECTION_FORCED - vhost 'passing' is deleted" });
  }));

test('a user that is deleted takes its connections along with 320', () =>
  atHome(async (_channel, home) => {
    await addUser(home, 'root', 'secret');
    await addUser(home, 'ada', 'secret');
    const client = await home.connect({ user: 'ada', password: 'secret' });
    home.broker.access.removeUser(home.broker.access.user('ada')!);
    await client.closes({ code: 320, text: "CONNECTION_FORCED - user 'ada' is deleted" });
  }));
