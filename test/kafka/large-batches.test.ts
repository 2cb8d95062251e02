import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SeededRandom } from '../../src/lib/random.js';
import { batchBytes, lastOffsetDelta } from '../../src/log/batch.js';
import { bytesOf, fetchFrom, isolation } from '../kafka-transactions/reading.js';
import { Served } from './harness.js';
import { metadata } from './wire-apis.js';

const name = 'large';
const count = 40;

function contentOf(producer: number, index: number): string {
  const random = new SeededRandom(producer * 1000 + index);
  const size =
    index % 7 === 3 ? random.pick([10, 5000, 70_000]) : 560_000 + random.pick([0, 1, 61, 4096, 99_999, 400_000]);
  return `${producer}/${index} ${random.bytes(Math.ceil(size / 2)).toString('hex')}`;
}

test('large batches of several producers are on the disk as they were sent, in whole blocks or not', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'naru-large-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const settings = { memory: false, data: folder };
  const first = await Served.start(settings);
  const asking = await first.client();
  await asking.ask(metadata, 12, { topics: [{ topicId: '0'.repeat(32), name }], allowAutoTopicCreation: true });
  const sent = new Map<number, string>();
  const produced = [0, 1, 2].map(async (producer) => {
    const client = await first.client();
    // Two on their way at a time, as a producer has them.
    for (let index = 0; index < count; index += 2) {
      const both = [index, index + 1].map(async (each) => {
        const value = contentOf(producer, each);
        sent.set(await client.produce(name, 0, [{ value }]), value);
      });
      await Promise.all(both);
    }
  });
  await Promise.all(produced);
  await first.close();
  const second = await Served.start(settings);
  t.after(() => second.close());
  const client = await second.client();
  for (let offset = 0; offset < 3 * count; ) {
    const records = bytesOf(await fetchFrom(client, name, offset, isolation.uncommitted));
    assert.ok(records.length > 0, `nothing at ${offset}`);
    for (let at = 0; at < records.length; at += batchBytes(records, at)) {
      const batch = records.subarray(at, at + batchBytes(records, at));
      assert.ok(batch.includes(sent.get(offset)!), `what is at ${offset}`);
      offset += lastOffsetDelta(batch, 0) + 1;
    }
  }
});
