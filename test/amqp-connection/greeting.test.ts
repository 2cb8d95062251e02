import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ByteWriter } from '../../src/lib/byte-writer.js';
import { type Table, writeTable } from '../../src/protocols/amqp/codec/field-table.js';
import { withBroker } from '../amqp/harness.js';
import { plainTable, tableOf } from '../amqp/wire-frames.js';

const packageFile = fileURLToPath(new URL('../../../package.json', import.meta.url));
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

/** A table without its length, as AMQPLAIN sends it. */
function amqplain(login: string, password: string): Buffer {
  const table: Table = tableOf({ LOGIN: login, PASSWORD: password });
  const into = new ByteWriter();
  writeTable(into, table);
  return into.copy().subarray(4);
}

test('the broker says who it is and what it can do', () =>
  withBroker(async (broker) => {
    const { start } = await broker.connect();
    assert.equal(`${start!.versionMajor}.${start!.versionMinor}`, '0.9');
    assert.equal(start!.locales, 'en_US');
    assert.deepEqual(start!.mechanisms.split(' '), ['PLAIN', 'AMQPLAIN']);
    const { capabilities, cluster_name, platform, copyright, information, ...told } = plainTable(
      start!.serverProperties,
    );
    assert.deepEqual(told, { product: 'Naru', version });
    assert.match(version, /^\d+\.\d+\.\d+/);
    for (const text of [cluster_name, platform, copyright, information]) assert.match(text as string, /\S/);
    assert.deepEqual(capabilities, {
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

test('product and version are options, for clients that look for RabbitMQ', () =>
  withBroker(
    async (broker) => {
      const { product, version: told } = plainTable((await broker.connect()).start!.serverProperties);
      assert.deepEqual([product, told], ['RabbitMQ', '4.2.0']);
    },
    { amqpProduct: 'RabbitMQ', amqpVersion: '4.2.0' },
  ));

test('limits are offered as RabbitMQ offers them', () =>
  withBroker(async (broker) => {
    assert.deepEqual((await broker.connect()).tune, { channelMax: 2047, frameMax: 131072, heartbeat: 60 });
  }));

test('limits are options', () =>
  withBroker(
    async (broker) => {
      assert.deepEqual((await broker.connect()).tune, { channelMax: 100, frameMax: 65536, heartbeat: 10 });
    },
    { amqpChannelsMax: 100, amqpFrameBytesMax: 65536, amqpHeartbeatMs: 10_000 },
  ));

test('a client may agree to less than is offered', () =>
  withBroker(async (broker) => {
    const client = await broker.connect({ tuneOk: { channelMax: 1, frameMax: 4096, heartbeat: 580 } });
    const channel = await client.channel();
    await channel.settle();
    await client.close();
  }));

test('guest logs in by PLAIN and by AMQPLAIN', () =>
  withBroker(async (broker) => {
    await (await broker.connect()).close();
    const startOk = { mechanism: 'AMQPLAIN', response: amqplain('guest', 'guest') };
    await (await broker.connect({ startOk })).close();
  }));

test('a wrong login is told to who understands it, and in RabbitMQ’s words', () =>
  withBroker(
    async (broker) => {
      const capabilities = { authentication_failure_close: true };
      for (const [mechanism, response] of [
        ['PLAIN', Buffer.from('\0guest\0wrong')],
        ['AMQPLAIN', amqplain('nobody', 'guest')],
      ] as const) {
        const client = await broker.reach();
        await client.login({ startOk: { mechanism, response, clientProperties: { capabilities } } });
        await client.closes({
          code: 403,
          text: `ACCESS_REFUSED - Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`,
        });
      }
    },
    { authenticationFailureDelayMs: 10 },
  ));

test('nobody comes in without a name unless it is allowed', async () => {
  await withBroker(async (broker) => {
    const client = await broker.reach();
    await client.login({ startOk: { mechanism: 'ANONYMOUS', response: '' } });
    await client.closes({ code: 503 });
  });
  await withBroker(
    async (broker) => {
      const client = await broker.connect({ startOk: { mechanism: 'ANONYMOUS', response: '' } });
      assert.ok(client.start!.mechanisms.split(' ').includes('ANONYMOUS'));
      await client.close();
    },
    { allowAnonymous: true },
  );
});

test('who shows no certificate cannot log in by one', () =>
  withBroker(async (broker) => {
    const client = await broker.reach();
    await client.login({ startOk: { mechanism: 'EXTERNAL', response: '' } });
    await client.closes({ code: 503 });
  }));

test('a virtual host that is not there is refused by name', () =>
  withBroker(async (broker) => {
    const client = await broker.reach();
    await client.greet();
    client.tell('connection.open', { virtualHost: 'nowhere' });
    await client.closes({ code: 530, text: /^NOT_ALLOWED - vhost nowhere not found/, method: 'connection.open' });
  }));

test('a secret may be replaced while the connection is open', () =>
  withBroker(async (broker) => {
    const client = await broker.connect();
    await client.call('connection.update-secret', { newSecret: 'token', reason: 'it ran out' });
    await (await client.channel()).settle();
    await client.close();
  }));

test('heartbeats come at half the time agreed on, and never when there are to be none', () =>
  withBroker(async (broker) => {
    const none = await broker.connect({ tuneOk: { heartbeat: 0 } });
    const client = await broker.connect({ tuneOk: { heartbeat: 1 } });
    const beating = setInterval(() => client.heartbeat(), 400);
    const begunMs = performance.now();
    while (client.heartbeats < 3 && performance.now() - begunMs < 5000) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    clearInterval(beating);
    const tookMs = performance.now() - begunMs;
    assert.ok(tookMs > 700 && tookMs < 4000, `three heartbeats took ${tookMs} ms`);
    assert.ok(client.open);
    assert.equal(none.heartbeats, 0);
  }));
