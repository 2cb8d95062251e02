import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { type AdminClient, open, secured, userWith } from './client.js';

/** Closed with the broker at the latest. */
async function connected(url: string): Promise<ChannelModel> {
  const connection = await connect(url, { clientProperties: { connection_name: 'mine' } });
  connection.on('error', () => {});
  return connection;
}

interface Gathered {
  readonly client: AdminClient;
  readonly connection: ChannelModel;
  readonly channel: ConfirmChannel;
}

async function gathered(context: TestContext): Promise<Gathered> {
  const { client, naru } = await open(context);
  const connection = await connected(naru.amqp.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q');
  return { client, connection, channel };
}

test('a connection, its channel and its consumer are told', async (context) => {
  const { client, channel } = await gathered(context);
  await channel.prefetch(7);
  const delivered = new Promise((resolve) => channel.consume('q', resolve, { consumerTag: 'c1' }));
  channel.sendToQueue('q', Buffer.from('x'));
  await channel.waitForConfirms();
  await delivered;

  const [connection, ...others] = await client.read('/api/connections');
  assert.deepEqual(others, []);
  assert.match(connection.name, /^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/);
  assert.deepEqual(
    [connection.user, connection.vhost, connection.protocol, connection.state, connection.channels],
    ['guest', '/', 'AMQP 0-9-1', 'running', 1],
  );
  assert.equal(connection.client_properties.connection_name, 'mine');
  const at = `/api/connections/${encodeURIComponent(connection.name)}`;
  assert.deepEqual((await client.read(at)).name, connection.name);
  assert.equal((await client.read('/api/vhosts/%2F/connections')).length, 1);
  assert.equal((await client.read('/api/connections/username/guest')).length, 1);

  const [told] = await client.read('/api/channels');
  assert.deepEqual(
    [told.name, told.number, told.confirm, told.transactional, told.consumer_count, told.messages_unacknowledged],
    [`${connection.name} (1)`, 1, true, false, 1, 1],
  );
  assert.deepEqual([told.prefetch_count, told.message_stats.publish, told.message_stats.deliver], [7, 1, 1]);
  assert.deepEqual((await client.read(`${at}/channels`))[0].name, told.name);
  assert.equal((await client.read(`/api/channels/${encodeURIComponent(told.name)}`)).name, told.name);

  const [consumer] = await client.read('/api/consumers/%2F');
  assert.deepEqual(
    [consumer.consumer_tag, consumer.queue, consumer.ack_required, consumer.active, consumer.prefetch_count],
    ['c1', { name: 'q', vhost: '/' }, true, true, 7],
  );
  assert.equal(consumer.channel_details.connection_name, connection.name);
  assert.deepEqual((await client.read('/api/queues/%2F/q')).consumer_details, [consumer]);
  const { object_totals, message_stats } = await client.read('/api/overview');
  assert.deepEqual([message_stats.publish, message_stats.deliver, message_stats.ack], [1, 1, 0]);
  assert.deepEqual([object_totals.connections, object_totals.channels, object_totals.consumers], [1, 1, 1]);
});

test('a connection is closed, and told why', async (context) => {
  const { client, connection } = await gathered(context);
  const closed = once(connection, 'close');
  const [{ name }] = await client.read('/api/connections');
  const at = `/api/connections/${encodeURIComponent(name)}`;
  assert.equal((await client.ask('DELETE', at, undefined, { 'x-reason': 'enough' })).status, 204);
  const [error] = await closed;
  assert.match(String(error), /CONNECTION_FORCED - enough/);
  assert.equal((await client.get('/api/connections/none')).status, 404);
});

test('connections of a user are closed together', async (context) => {
  const { client, connection } = await gathered(context);
  const closed = once(connection, 'close');
  assert.equal((await client.delete('/api/connections/username/guest')).status, 204);
  await closed;
});

test('somebody sees and closes their own connections, monitors see all, administrators close all', async (context) => {
  const { client, naru } = await secured(context);
  const alice = await userWith(client, 'alice', 'management');
  const monitor = await userWith(client, 'monitor', 'monitoring');
  await client.done(client.put('/api/permissions/%2F/alice', { configure: '', write: '', read: '' }));
  const { host } = new URL(naru.amqp.url);
  const own = await connected(`amqp://alice:p4ssword@${host}`);
  const others = await connected(`amqp://root:p4ssword@${host}`);
  const users = async (of: AdminClient): Promise<string[]> =>
    (await of.read('/api/connections')).map(({ user }: { user: string }) => user).sort();
  assert.deepEqual([await users(alice), await users(monitor)], [['alice'], ['alice', 'root']]);
  const names = new Map<string, string>();
  for (const { user, name } of await client.read('/api/connections')) names.set(user, name);
  const at = (user: string): string => `/api/connections/${encodeURIComponent(names.get(user)!)}`;
  assert.equal((await alice.delete(at('root'))).status, 404);
  assert.equal((await monitor.delete(at('root'))).status, 401);
  const closed = Promise.all([once(own, 'close'), once(others, 'close')]);
  assert.equal((await alice.delete(at('alice'))).status, 204);
  assert.equal((await client.delete(at('root'))).status, 204);
  await closed;
});
