import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Broker } from '../../src/broker/broker.js';
import { systemClock } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import { systemRandom } from '../../src/lib/random.js';
import { blockBytes } from '../../src/store/files.js';
import { MemoryDisk } from '../../src/store/memory-disk.js';
import { bytesOf, fetchFrom, isolation } from '../kafka-transactions/reading.js';
import { WireClient } from './harness.js';
import { ServedStore } from './served-store.js';
import { metadata } from './wire-apis.js';

/**
 * Records go out by reference, in memory that is used again: when a client has them, and when it never will. Large batches
 * come in to where they stay.
 */

const value = randomBytes(700_000).toString('hex').slice(0, 700_000);
let served: ServedStore;
let broker: Broker;
let address: string;

before(async () => {
  served = await ServedStore.open(new MemoryDisk(systemClock, systemRandom), silentLogger);
  ({ broker, address } = served);
  const client = await WireClient.connect(address);
  await client.ask(metadata, 9, { topics: [{ topicId: '0'.repeat(32), name: 'large' }] });
  for (let index = 0; index < 8; index++) await client.produce('large', 0, [{ value: `${index}${value}` }]);
  client.close();
});

after(() => served.close());

/** Slabs that somebody holds, the one being filled among them. */
function inUse(): number {
  const { all, free } = broker.storage.pool.counts;
  return all - free;
}

async function untilGivenBack(): Promise<void> {
  for (let turn = 0; turn < 100_000 && inUse() > 1; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  assert.ok(inUse() <= 1, `${inUse()} slabs are still held`);
}

test('what was read into memory that goes round is what was written, each time', async () => {
  await untilGivenBack();
  const client = await WireClient.connect(address);
  for (let round = 0; round < 5; round++) {
    for (let offset = 0; offset < 8; offset++) {
      const records = bytesOf(await fetchFrom(client, 'large', offset, isolation.uncommitted));
      assert.ok(records.includes(`${offset}${value}`), `${offset} in round ${round}`);
    }
  }
  client.close();
  await untilGivenBack();
  assert.ok(broker.storage.pool.counts.all <= 6, `${broker.storage.pool.counts.all} slabs for one reader`);
});

test('clients that ask and go away without reading leave nothing held', async () => {
  const clients = await Promise.all(Array.from({ length: 10 }, () => WireClient.connect(address)));
  const lost = clients.map((client, index) => fetchFrom(client, 'large', index % 8, isolation.uncommitted));
  for (const client of clients.slice(0, 5)) client.close();
  await Promise.allSettled(lost.slice(0, 5));
  for (const client of clients.slice(5)) client.close();
  await Promise.allSettled(lost);
  await untilGivenBack();
});

test('a large batch is read to where it lies in its page as it will in its block of the segment', async () => {
  const { log } = broker.readableTopics.topic('large')!.partitions[0]!;
  const append = log.append.bind(log);
  const seen: boolean[] = [];
  log.append = (buffer, at, size) => {
    if (size > 600_000) seen.push((buffer.byteOffset + at - log.nextPosition) % blockBytes === 0);
    return append(buffer, at, size);
  };
  const clients = [await WireClient.connect(address), await WireClient.connect(address)];
  await clients[0]!.produce('large', 0, [{ value }]);
  for (let index = 0; index < 5; index++) {
    await clients[1]!.produce('large', 0, [{ value: 'a few bytes between them'.repeat(index) }]);
    await clients[0]!.produce('large', 0, [{ value: value.slice(index * 777) }]);
  }
  for (const client of clients) client.close();
  assert.deepEqual(seen.slice(1), new Array(5).fill(true));
});
