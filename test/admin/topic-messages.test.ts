import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { type AdminClient, open, secured, userWith } from './client.js';

const firstMs = 1_700_000_000_000;

interface Shown {
  readonly partition: number;
  readonly offset: number;
  readonly value: string | null;
}

function values(body: { messages: Shown[] }): (string | null)[] {
  return body.messages.map(({ value }) => value);
}

/** A topic of so many partitions with the numbers from 0 on, in turn in each, a second apart. */
async function withNumbers(client: AdminClient, count: number, partitions = 1): Promise<void> {
  await client.done(client.put('/api/topics/t', { partitions }));
  const messages = Array.from({ length: count }, (_, at) => ({
    value: `n${at}`,
    key: `k${at % 5}`,
    partition: at % partitions,
    timestamp: firstMs + at * 1000,
    headers: at % 7 === 0 ? { seventh: 'yes' } : {},
  }));
  const { status, body } = await client.post('/api/topics/t/messages', { messages });
  assert.equal(status, 200, JSON.stringify(body));
}

test('what is produced here, Kafka reads with key, headers, time and bytes as they were given', async (context) => {
  const { client, naru } = await open(context, { kafka: true });
  await client.done(client.put('/api/topics/t', { partitions: 3 }));
  const one = {
    key: 'k',
    value: { a: [1, null] },
    headers: { text: 'x', number: 1 },
    partition: 2,
    timestamp: firstMs,
  };
  const answer = await client.post('/api/topics/t/messages', one);
  assert.deepEqual(answer.body, { topic: 't', offsets: [{ partition: 2, offset: 0, timestamp: firstMs }] });
  const bytes = Buffer.from([0xff, 0]).toString('base64');
  const headers = [
    { key: 'twice', value: '1' },
    { key: 'twice', value: bytes, encoding: 'base64' },
  ];
  const two = { value: bytes, value_encoding: 'base64', partition: 2, headers };
  const three = { value: null, key: 'k', partition: 2 };
  const more = await client.post('/api/topics/t/messages', { messages: [two, three] });
  assert.deepEqual(
    more.body.offsets.map(({ offset }: { offset: number }) => offset),
    [1, 2],
  );
  const consumer = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING }).consumer({ groupId: 'g' });
  await consumer.connect();
  await consumer.subscribe({ topic: 't', fromBeginning: true });
  const seen: { key: string; value: string | null; headers: unknown; timestamp: string }[] = [];
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: ({ message }) => {
        const shown = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
        const { key, value, timestamp } = message;
        seen.push({ key: String(key), value: value?.toString('latin1') ?? null, headers: shown, timestamp });
        if (seen.length === 3) resolve();
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  assert.deepEqual(seen[0], {
    key: 'k',
    value: '{"a":[1,null]}',
    headers: [
      ['text', 'x'],
      ['number', '1'],
    ],
    timestamp: String(firstMs),
  });
  assert.deepEqual([seen[1]!.value, seen[2]!.value, seen[2]!.key], ['\u00ff\u0000', null, 'k']);
  const [, second, third] = (await client.read('/api/topics/t/messages')).messages;
  assert.deepEqual([second.value, second.value_encoding, second.headers], [bytes, 'base64', headers]);
  assert.deepEqual([third.value, third.key], [null, 'k']);
});

test('a message goes to the partition of its key, as with Kafka’s producers, and to one after the other without', async (context) => {
  const { client, naru } = await open(context, { kafka: true });
  await client.done(client.put('/api/topics/t', { partitions: 4 }));
  const producer = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  for (const key of ['a', 'b', 'c', 'd', 'e']) {
    const [sent] = await producer.send({ topic: 't', messages: [{ key, value: '' }] });
    const { body } = await client.post('/api/topics/t/messages', { key, value: '' });
    assert.equal(body.offsets[0].partition, sent!.partition, key);
  }
  await producer.disconnect();
  const messages = Array.from({ length: 4 }, () => ({ value: 'x' }));
  const { body } = await client.post('/api/topics/t/messages', { messages });
  assert.equal(new Set(body.offsets.map(({ partition }: Shown) => partition)).size, 4);
});

test('messages are browsed from the start, from an offset, from a time, and newest first, page by page', async (context) => {
  const { client } = await open(context);
  await withNumbers(client, 10);
  const read = (query: string): Promise<{ messages: Shown[]; next: string; end: boolean }> =>
    client.read(`/api/topics/t/messages?${query}`);
  const first = await read('count=4');
  assert.deepEqual([values(first), first.next, first.end], [['n0', 'n1', 'n2', 'n3'], '0:4', false]);
  const rest = await read(`at=${first.next}`);
  assert.deepEqual([values(rest), rest.end], [['n4', 'n5', 'n6', 'n7', 'n8', 'n9'], true]);
  assert.deepEqual(values(await read('offset=8')), ['n8', 'n9']);
  assert.deepEqual(values(await read(`time=${firstMs + 7500}`)), ['n8', 'n9']);
  const newest = await read('newest=true&count=3');
  assert.deepEqual([values(newest), newest.next], [['n9', 'n8', 'n7'], '0:7']);
  const older = await read(`newest=true&count=100&at=${newest.next}`);
  assert.deepEqual([values(older), older.end], [['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0'], true]);
  assert.deepEqual(values(await read('newest=true&offset=2')), ['n2', 'n1', 'n0']);
});

test('several partitions are shown in the order of time, and no message twice or not at all', async (context) => {
  const { client } = await open(context);
  await withNumbers(client, 30, 4);
  for (const newest of [false, true]) {
    const seen: (string | null)[] = [];
    for (let at = '', end = false; !end; ) {
      const body = await client.read(`/api/topics/t/messages?count=7&newest=${newest}${at && `&at=${at}`}`);
      seen.push(...values(body));
      at = body.next;
      end = body.end;
    }
    const all = Array.from({ length: 30 }, (_, at) => `n${at}`);
    assert.deepEqual(seen, newest ? all.reverse() : all);
  }
});

test('messages are found by key, header and text, in both directions', async (context) => {
  const { client } = await open(context);
  await withNumbers(client, 2000);
  const find = async (query: string): Promise<(string | null)[]> =>
    values(await client.read(`/api/topics/t/messages?count=3&${query}`));
  assert.deepEqual(await find('key=k3'), ['n3', 'n8', 'n13']);
  assert.deepEqual(await find('key=k3&newest=true'), ['n1998', 'n1993', 'n1988']);
  assert.deepEqual(await find('text=n199'), ['n199', 'n1990', 'n1991']);
  assert.deepEqual(await find('text=n7&newest=true'), ['n799', 'n798', 'n797']);
  assert.deepEqual(await find('header=seventh&newest=true'), ['n1995', 'n1988', 'n1981']);
  assert.deepEqual(await find('header=seventh&header_value=no'), []);
  const none = await client.read('/api/topics/t/messages?key=none');
  assert.deepEqual([none.end, none.scanned], [true, 2000]);
});

test('a page can be waited for until there is something on it', async (context) => {
  const { client } = await open(context);
  await client.done(client.put('/api/topics/t', {}));
  const waiting = client.read('/api/topics/t/messages?wait_ms=20000');
  await client.post('/api/topics/t/messages', { value: 'late' });
  assert.deepEqual(values(await waiting), ['late']);
});

test('what AMQP published to a topic is shown with its exchange and properties', async (context) => {
  const { client, naru } = await open(context);
  await client.done(client.put('/api/topics/t', {}));
  const connection = await connect(naru.amqp.url);
  const channel = await connection.createConfirmChannel();
  await channel.bindQueue('t', 'amq.topic', '#');
  channel.publish('amq.topic', 'a.b', Buffer.from('hello'), { messageId: 'm', contentType: 'x/y', headers: { n: 1 } });
  await channel.waitForConfirms();
  await connection.close();
  const [message] = (await client.read('/api/topics/t/messages')).messages;
  const { key, value, front, exchange, headers, properties } = message;
  assert.deepEqual([key, value, front, exchange], ['a.b', 'hello', 'amqp', 'amq.topic']);
  assert.deepEqual(headers, [{ key: 'n', value: 1 }]);
  assert.equal(properties.message_id, 'm');
  assert.equal(properties.content_type, 'x/y');
  assert.equal((await client.read('/api/topics/t/messages?header=message-id&header_value=m')).messages.length, 1);
});

test('long values are cut where a letter ends, and say so', async (context) => {
  const { client } = await open(context);
  await client.done(client.put('/api/topics/t', {}));
  await client.post('/api/topics/t/messages', { value: 'ää' });
  const [message] = (await client.read('/api/topics/t/messages?truncate=3')).messages;
  assert.deepEqual([message.value, message.value_bytes, message.truncated], ['ä', 4, true]);
});

test('requests that mean nothing are refused', async (context) => {
  const { client } = await open(context);
  await client.done(client.put('/api/topics/t', { partitions: 2, configs: { 'max.message.bytes': 1000 } }));
  for (const query of [
    'count=0',
    'count=9999',
    'partition=2',
    'offset=1',
    'at=x',
    'at=0:1,0:2',
    'time=soon',
    'wait_ms=99999',
  ]) {
    assert.equal((await client.get(`/api/topics/t/messages?${query}`)).status, 400, query);
  }
  assert.equal((await client.get('/api/topics/none/messages')).status, 404);
  for (const message of [
    { value: 'x', partition: 2 },
    { value: 1, value_encoding: 'base64' },
    { value: 'x', value_encoding: 'hex' },
    { messages: [] },
    { messages: [1] },
    { value: 'x'.repeat(2000) },
    { value: 'x', headers: [{ value: 'without a key' }] },
  ]) {
    assert.equal((await client.post('/api/topics/t/messages', message)).status, 400, JSON.stringify(message));
  }
  assert.equal((await client.read('/api/topics/t')).records, 0);
});

test('messages are for those who may read and write the topic', async (context) => {
  const { client } = await secured(context);
  await client.done(client.put('/api/topics/t', {}));
  const other = await userWith(client, 'other', 'management');
  await client.done(client.put('/api/permissions/%2F/other', { configure: '', write: '', read: '' }));
  assert.equal((await other.get('/api/topics/t/messages')).status, 401);
  assert.equal((await other.get('/api/topics/t/tail')).status, 401);
  assert.equal((await other.post('/api/topics/t/messages', { value: 'x' })).status, 401);
});
