import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Traffic } from '../../../src/protocols/amqp/traffic.js';
import { FaultyHome } from './faulty-home.js';

function counted(traffic: Traffic): Partial<Traffic> {
  return Object.fromEntries(Object.entries(traffic).filter(([, count]) => count !== 0));
}

test('channels count what goes through them, and their connection and the front keep it when they are gone', async (context) => {
  const home = await FaultyHome.open(context);
  const channel = await home.channel();
  const { client } = channel;
  await channel.queue('q');
  await channel.queue('full', { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } });
  await channel.confirms();
  for (let count = 0; count < 6; count++) channel.publish('', 'q', 'm');
  channel.publish('', 'none', 'returned', { mandatory: true });
  channel.publish('', 'none', 'dropped');
  await channel.confirmed();
  const [session] = home.front.sessions;
  const expected = { published: 8, confirmed: 8, returned: 1, dropped: 1 };
  assert.deepEqual(counted(session!.channels.get(channel.id)!.traffic), expected);

  // One message is got for good, one is given back by the end of its channel and comes again.
  const passing = await client.channel();
  await passing.get('q');
  await passing.get('q', false);
  await passing.close();
  const staying = await client.channel();
  assert.equal((await staying.get('q', false))!.redelivered, true);
  await staying.get('full');
  await staying.prefetch(2);
  const consumerTag = await staying.consume('q');
  const out = await staying.deliveries(2);
  await staying.call('basic.cancel', { consumerTag });
  staying.ack(out[1]!, true);
  await staying.consume('q', { noAck: true });
  await staying.deliveries(2);
  await staying.settle();
  const { traffic } = session!;
  assert.deepEqual(counted(traffic), {
    ...expected,
    got: 2,
    gotNoAck: 1,
    gotEmpty: 1,
    delivered: 2,
    deliveredNoAck: 2,
    redelivered: 1,
    acknowledged: 3,
  });
  assert.ok(session!.receivedBytes > 500);
  assert.ok(session!.out.sentBytes > 500);

  await client.close();
  while (home.front.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(counted(home.front.traffic), counted(traffic));
});
