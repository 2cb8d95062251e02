import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AdminClient, open } from './client.js';

interface Event {
  readonly event: string;
  readonly id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: events have as many shapes as there are kinds
  readonly data: any;
}

/** Events of a stream, as they come. */
class Following {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private text = '';

  constructor(body: ReadableStream<Uint8Array>) {
    this.reader = body.getReader();
  }

  /** Null when the stream has ended. */
  async next(): Promise<Event | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
        const event = fields.get('event');
        if (event !== undefined) return { event, id: fields.get('id'), data: JSON.parse(fields.get('data')!) };
        continue;
      }
      const { done, value } = await this.reader.read();
      if (done) return null;
      this.text += Buffer.from(value).toString('utf8');
    }
  }

  end(): Promise<void> {
    return this.reader.cancel();
  }
}

async function follow(context: TestContext, url: string, query: string): Promise<Following> {
  const ending = new AbortController();
  context.after(() => ending.abort());
  const response = await fetch(`${url}/api/topics/t/tail?${query}`, { signal: ending.signal });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  return new Following(response.body!);
}

async function produce(client: AdminClient, values: readonly string[]): Promise<void> {
  const messages = values.map((value) => ({ value, partition: 0 }));
  assert.equal((await client.post('/api/topics/t/messages', { messages })).status, 200);
}

test('a tail shows what comes after it was opened, and goes on where it was when it is opened again', async (context) => {
  const { client, naru } = await open(context);
  await client.done(client.put('/api/topics/t', { partitions: 2 }));
  await produce(client, ['before']);
  const tail = await follow(context, naru.http.url, '');
  await produce(client, ['one', 'two']);
  const [one, two] = [await tail.next(), await tail.next()];
  assert.deepEqual([one?.data.value, two?.data.value, two?.id], ['one', 'two', '0:3']);
  await tail.end();
  await produce(client, ['three']);
  const again = await follow(context, naru.http.url, `at=${two?.id}`);
  assert.equal((await again.next())?.data.value, 'three');
});

test('a tail can begin in the past, and shows only what its filter lets through', async (context) => {
  const { client, naru } = await open(context);
  await client.done(client.put('/api/topics/t', {}));
  await produce(client, ['a1', 'b1', 'a2']);
  const tail = await follow(context, naru.http.url, 'earliest=true&text=a');
  assert.equal((await tail.next())?.data.value, 'a1');
  assert.equal((await tail.next())?.data.value, 'a2');
  await produce(client, ['b2', 'a3']);
  assert.equal((await tail.next())?.data.value, 'a3');
});

test('what comes faster than it is shown is passed over, and counted', async (context) => {
  const { client, naru } = await open(context);
  await client.done(client.put('/api/topics/t', {}));
  const tail = await follow(context, naru.http.url, 'rate=10');
  await produce(
    client,
    Array.from({ length: 500 }, (_, at) => `n${at}`),
  );
  assert.equal((await tail.next())?.data.value, 'n0');
  const skipped = await tail.next();
  assert.deepEqual([skipped?.event, skipped?.data], ['skipped', { count: 499 }]);
  await produce(client, ['after']);
  assert.equal((await tail.next())?.data.value, 'after');
});

test('a tail ends when its topic is deleted, and when the broker closes', async (context) => {
  const { client, naru } = await open(context);
  await client.done(client.put('/api/topics/t', {}));
  const gone = await follow(context, naru.http.url, '');
  await client.done(client.delete('/api/topics/t'));
  assert.equal((await gone.next())?.event, 'gone');
  assert.equal(await gone.next(), null);
  await client.done(client.put('/api/topics/t', {}));
  const closed = await follow(context, naru.http.url, '');
  await naru.close();
  assert.equal(await closed.next(), null);
});
