import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { open as openServed, type Served, secured, userWith } from './client.js';

const messages = ['a', 'b', 'c', 'd'];
const firstMs = 1_700_000_000_000;

/** A broker with a topic of two partitions, four records in each, a second apart. */
async function open(context: TestContext): Promise<Served & { kafka: Kafka }> {
  const served = await openServed(context, { kafka: true });
  const kafka = new Kafka({ brokers: served.naru.kafka.brokers, logLevel: logLevel.NOTHING });
  await served.client.done(served.client.put('/api/topics/t', { partitions: 2 }));
  const producer = kafka.producer();
  await producer.connect();
  for (const partition of [0, 1]) {
    const sent = messages.map((value, at) => ({ value, partition, timestamp: String(firstMs + at * 1000) }));
    await producer.send({ topic: 't', messages: sent });
  }
  await producer.disconnect();
  return { ...served, kafka };
}

async function readBy(kafka: Kafka, groupId: string): Promise<{ leave(): Promise<void> }> {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic: 't', fromBeginning: true });
  let left = messages.length * 2;
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: () => {
          if (--left === 0) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.commitOffsets([0, 1].map((partition) => ({ topic: 't', partition, offset: '4' })));
  return { leave: () => consumer.disconnect() };
}

function offsetsOf(body: { offsets: { after: number }[] }): number[] {
  return body.offsets.map(({ after }) => after);
}

test('a group is told of with its members, what they have, and its lag', async (context) => {
  const { client, kafka } = await open(context);
  const reading = await readBy(kafka, 'g');
  const group = await client.read('/api/groups/g');
  assert.deepEqual(
    [group.kind, group.state, group.members, group.lag, group.topics],
    ['classic', 'Stable', 1, 0, ['t']],
  );
  const [member] = group.member_details;
  assert.deepEqual(member.topics, ['t']);
  assert.deepEqual(member.assigned, [{ topic: 't', partitions: [0, 1] }]);
  const { topic, partition, offset, lag, end_offset: end, member_id: owner } = group.offsets[1];
  assert.deepEqual([topic, partition, offset, lag, end, owner], ['t', 1, 4, 0, 4, member.member_id]);
  assert.equal((await client.post('/api/groups/g/offsets', { to: 'earliest' })).status, 409);
  assert.equal((await client.delete('/api/groups/g')).status, 409);
  assert.equal((await client.delete('/api/groups/g/offsets?topic=t')).status, 409);
  await reading.leave();
  const [idle] = await client.read('/api/groups');
  assert.deepEqual([idle.name, idle.state, idle.members], ['g', 'Empty', 0]);
});

test('a group is set to a place by offset, time, shift and name, and a dry run only tells', async (context) => {
  const { client } = await open(context);
  const reset = async (how: object): Promise<number[]> => {
    const { status, body } = await client.post('/api/groups/g/offsets', how);
    assert.equal(status, 200, JSON.stringify(body));
    return offsetsOf(body);
  };
  assert.deepEqual(await reset({ topic: 't', to: 'latest', dry_run: true }), [4, 4]);
  assert.equal((await client.get('/api/groups/g')).status, 404);
  assert.deepEqual(await reset({ topic: 't', to: 'latest' }), [4, 4]);
  assert.deepEqual(await reset({ shift: -3 }), [1, 1]);
  assert.deepEqual(await reset({ topics: ['t'], partitions: [1], time: firstMs + 1500 }), [2]);
  assert.deepEqual(await reset({ time: new Date(firstMs + 3000).toISOString(), dry_run: true }), [3, 3]);
  assert.deepEqual(await reset({ to: 'current' }), [1, 2]);
  assert.deepEqual(await reset({ offset: 99 }), [4, 4]);
  assert.deepEqual(await reset({ topic: 't', offsets: { 1: 3 } }), [3]);
  assert.deepEqual(await reset({ time: '1h' }), [4, 4]);
  assert.deepEqual(await reset({ to: 'earliest' }), [0, 0]);
  assert.equal((await client.read('/api/groups/g')).lag, 8);
});

test('a reset that says nothing, too much or what is not there is refused', async (context) => {
  const { client } = await open(context);
  const status = async (how: object): Promise<number> => (await client.post('/api/groups/g/offsets', how)).status;
  assert.equal(await status({ topic: 't' }), 400);
  assert.equal(await status({ topic: 't', to: 'latest', shift: 1 }), 400);
  assert.equal(await status({ topic: 't', to: 'somewhere' }), 400);
  assert.equal(await status({ topic: 't', time: 'yesterday' }), 400);
  assert.equal(await status({ topic: 't', partitions: [7], to: 'latest' }), 400);
  assert.equal(await status({ topic: 'other', to: 'latest' }), 404);
  assert.equal(await status({ to: 'latest' }), 404);
});

test('offsets of a topic are forgotten, and a group is deleted with all of them', async (context) => {
  const { client } = await open(context);
  await client.post('/api/groups/g/offsets', { topic: 't', to: 'latest' });
  await client.done(client.delete('/api/groups/g/offsets?topic=t&partition=0'));
  const { offsets } = await client.read('/api/groups/g');
  assert.deepEqual(
    offsets.map(({ partition }: { partition: number }) => partition),
    [1],
  );
  assert.equal((await client.delete('/api/groups/g/offsets?topic=other')).status, 404);
  await client.done(client.delete('/api/groups/g'));
  assert.equal((await client.get('/api/groups/g')).status, 404);
  assert.equal((await client.delete('/api/groups/g')).status, 404);
});

test('groups are for those whom Kafka’s rules allow it, and for administrators', async (context) => {
  const { client } = await secured(context);
  await client.done(client.put('/api/topics/t', {}));
  const { status } = await client.post('/api/groups/g/offsets', { topic: 't', to: 'latest' });
  assert.equal(status, 200);
  const nobody = await userWith(client, 'nobody', 'management');
  assert.deepEqual(await nobody.read('/api/groups'), []);
  assert.equal((await nobody.get('/api/groups/g')).status, 404);
  assert.equal((await nobody.post('/api/groups/g/offsets', { topic: 't', to: 'latest' })).status, 401);
  const monitor = await userWith(client, 'monitor', 'monitoring');
  assert.equal((await monitor.read('/api/groups')).length, 1);
  assert.equal((await monitor.delete('/api/groups/g')).status, 401);
});
