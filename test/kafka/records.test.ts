import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  attributes,
  baseOffset,
  batchHeaderBytes,
  checkBatch,
  lastOffsetDelta,
  leaderEpoch,
  logAppendTimeBit,
  maxTimestamp,
  putBatchHeader,
  seal,
} from '../../src/log/batch.js';
import { compress, gzip, lz4, noCompression, ready, snappy, zstd } from '../../src/log/compression.js';
import { BatchBuilder, RecordCursor } from '../../src/log/records.js';
import type { ProduceResponsePartition } from '../../src/protocols/kafka/codec/00-produce.js';
import type { FetchResponse, FetchResponsePartition } from '../../src/protocols/kafka/codec/01-fetch.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { newFetchRequestPartition, newFetchRequestTopic } from '../kafka-codec/codec/01-fetch.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import { bytesOf } from '../kafka-transactions/reading.js';
import { fetch } from '../kafka-transactions/wire-apis.js';
import { Served, versionsOf, type WireClient } from './harness.js';
import { createTopics, initProducerId, metadata, produce } from './wire-apis.js';

const noId = '0'.repeat(32);
const firstWithBatches = 3;
const firstById = 13;

let served: Served;
let client: WireClient;
let topics = 0;

interface Made {
  readonly name: string;
  readonly id: string;
}

before(async () => {
  served = await Served.start({ autoCreateTopics: false });
  client = await served.client();
  await ready(zstd);
});

after(() => served.close());

async function made(configs: Readonly<Record<string, string>> = {}, numPartitions = 1): Promise<Made> {
  const topic = {
    ...newCreatableTopic(),
    name: `records-${++topics}`,
    numPartitions,
    replicationFactor: 1,
    configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
  };
  const answer = await client.ask(createTopics, 7, { topics: [topic] });
  assert.equal(answer.topics[0]!.errorCode, ErrorCode.NONE);
  return { name: topic.name, id: answer.topics[0]!.topicId };
}

async function sent(
  topic: Made,
  records: Buffer,
  { version = 9, index = 0 }: { version?: number; index?: number } = {},
): Promise<ProduceResponsePartition> {
  const topicData = [{ name: topic.name, topicId: topic.id, partitionData: [{ index, records }] }];
  const answer = await client.ask(produce, version, { acks: -1, timeoutMs: 1000, topicData });
  return answer.responses[0]!.partitionResponses[0]!;
}

interface Wanted {
  readonly version?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
}

async function asked(topic: Made, offsets: readonly number[], wanted: Wanted = {}): Promise<FetchResponse> {
  const { version = 12, maxBytes = 1 << 22, partitionMaxBytes = 1 << 22 } = wanted;
  const partitions = offsets.map((fetchOffset, partition) => {
    return { ...newFetchRequestPartition(), partition, fetchOffset, partitionMaxBytes };
  });
  const named = { ...newFetchRequestTopic(), topic: topic.name, topicId: topic.id, partitions };
  return client.ask(fetch, version, { maxWaitMs: 0, minBytes: 1, maxBytes, topics: [named] });
}

async function fetched(topic: Made, offset: number, wanted: Wanted = {}): Promise<FetchResponsePartition> {
  return (await asked(topic, [offset], wanted)).responses[0]!.partitions[0]!;
}

function batchOf(values: readonly string[], key: string | null = null, time = Date.now()): Buffer {
  const builder = new BatchBuilder();
  for (const value of values) builder.add(key === null ? null : Buffer.from(key), Buffer.from(value), time);
  return builder.build();
}

/** The same records, as a client that compresses sends them. */
function compressed(batch: Buffer, codec: number, body: Buffer | null = null): Buffer {
  const records = body ?? compress(codec, batch.subarray(batchHeaderBytes));
  const size = batchHeaderBytes + records.length;
  const whole = Buffer.alloc(size);
  records.copy(whole, batchHeaderBytes);
  const count = lastOffsetDelta(batch, 0) + 1;
  const time = maxTimestamp(batch, 0);
  putBatchHeader(whole, 0, size, codec, count - 1, time, time, -1, -1, -1, count);
  seal(whole, 0);
  return whole;
}

function valuesOf(batch: Buffer): string[] {
  const values: string[] = [];
  const cursor = new RecordCursor(batch, 0, 1 << 24);
  while (cursor.next()) values.push(cursor.value()!.toString());
  return values;
}

/** All but the offset and the leader's epoch, which no checksum covers. */
function unstamped(batch: Buffer): Buffer {
  const copy = Buffer.from(batch);
  copy.fill(0, 0, 8);
  copy.fill(0, 12, 16);
  return copy;
}

for (const version of versionsOf(produce).filter((each) => each >= firstWithBatches)) {
  test(`Produce v${version} takes a batch that every version of Fetch gives back byte for byte`, async () => {
    const topic = await made();
    await sent(topic, batchOf(['before']), { version });
    const batch = batchOf(['one', '', 'three']);
    const result = await sent(topic, batch, { version });
    assert.deepEqual([result.errorCode, result.baseOffset], [ErrorCode.NONE, 1]);
    for (const fetchVersion of versionsOf(fetch)) {
      const bytes = bytesOf(await fetched(topic, 1, { version: fetchVersion }));
      assert.deepEqual(unstamped(bytes), unstamped(batch), `Fetch v${fetchVersion}`);
      assert.equal(baseOffset(bytes, 0), 1);
      assert.equal(checkBatch(bytes, 0, bytes.length), 'ok');
    }
  });
}

test('Produce older than the batches is told of and not served, so that old clients go on compressing', async () => {
  const topic = await made();
  for (const version of versionsOf(produce).filter((each) => each < firstWithBatches)) {
    const old = await served.client();
    const topicData = [{ name: topic.name, topicId: noId, partitionData: [{ index: 0, records: batchOf(['x']) }] }];
    await assert.rejects(old.ask(produce, version, { acks: 1, timeoutMs: 1000, topicData }), /closed/);
  }
  assert.equal((await fetched(topic, 0)).highWatermark, 0);
});

test('from the versions that name topics by id on, a name is not looked at', async () => {
  const topic = await made();
  const other = await made();
  await sent({ name: other.name, id: topic.id }, batchOf(['by id']), { version: firstById });
  const bytes = bytesOf(await fetched({ name: other.name, id: topic.id }, 0, { version: firstById }));
  assert.deepEqual(valuesOf(bytes), ['by id']);
  const unknown = { name: topic.name, id: 'f'.repeat(32) };
  assert.equal((await sent(unknown, batchOf(['x']), { version: firstById })).errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
  assert.equal((await fetched(unknown, 0, { version: firstById })).errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
});

for (const [codec, name] of [
  [noCompression, 'no codec'],
  [gzip, 'gzip'],
  [snappy, 'snappy'],
  [lz4, 'lz4'],
  [zstd, 'zstd'],
] as const) {
  test(`a batch in ${name} is kept and given in the bytes it came in`, async () => {
    const topic = await made();
    const values = ['a'.repeat(500), 'b'.repeat(500)];
    const batch = compressed(batchOf(values), codec);
    assert.equal((await sent(topic, batch)).errorCode, ErrorCode.NONE);
    const bytes = bytesOf(await fetched(topic, 0));
    assert.deepEqual(unstamped(bytes), unstamped(batch));
    assert.deepEqual(valuesOf(bytes), values);
  });
}

test('zstd needs Produce 7 and Fetch 10, and older ones are told so', async () => {
  const batch = compressed(batchOf(['z'.repeat(500)]), zstd);
  for (const configs of [{}, { 'compression.type': 'zstd' }]) {
    const topic = await made(configs);
    assert.equal((await sent(topic, batch, { version: 6 })).errorCode, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
    assert.equal((await sent(topic, batch, { version: 7 })).baseOffset, 0);
    const old = await fetched(topic, 0, { version: 9 });
    assert.equal(old.errorCode, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
    assert.equal(bytesOf(old).length, 0);
    assert.equal((await fetched(topic, 0, { version: 10 })).errorCode, ErrorCode.NONE);
  }
  const plain = await made();
  await sent(plain, batchOf(['plain']));
  assert.deepEqual(valuesOf(bytesOf(await fetched(plain, 0, { version: 4 }))), ['plain']);
});

test('max.message.bytes is about the batch as it comes, compressed, and is each topic’s own', async () => {
  const small = await made({ 'max.message.bytes': '2000' });
  const large = await made({ 'max.message.bytes': '200000' });
  const batch = batchOf(['x'.repeat(100_000)]);
  assert.equal((await sent(small, batch)).errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  assert.equal((await sent(large, batch)).errorCode, ErrorCode.NONE);
  assert.equal((await sent(small, compressed(batch, gzip))).errorCode, ErrorCode.NONE);
});

test('a batch that its topic compresses anew is measured again', async () => {
  const topic = await made({ 'max.message.bytes': '2000', 'compression.type': 'uncompressed' });
  assert.equal((await sent(topic, compressed(batchOf(['x'.repeat(1500)]), gzip))).errorCode, ErrorCode.NONE);
  const grows = compressed(batchOf(['x'.repeat(2500)]), gzip);
  assert.ok(grows.length < 300);
  assert.equal((await sent(topic, grows)).errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  assert.equal((await fetched(topic, 0)).highWatermark, 1);
});

test('a topic’s level says how hard its codec tries, where the codec can be told', async () => {
  const words = Array.from({ length: 4000 }, (_, at) => `${(at * 2654435761) % 977} word ${at % 61}`).join(' ');
  const sizeAt = async (codec: string, level: number): Promise<number> => {
    const topic = await made({ 'compression.type': codec, [`compression.${codec}.level`]: String(level) });
    assert.equal((await sent(topic, batchOf([words]))).errorCode, ErrorCode.NONE);
    const bytes = bytesOf(await fetched(topic, 0));
    assert.deepEqual(valuesOf(bytes), [words]);
    return bytes.length;
  };
  assert.ok((await sizeAt('gzip', 9)) < (await sizeAt('gzip', 1)));
  assert.ok((await sizeAt('gzip', 0)) > words.length);
  assert.ok((await sizeAt('zstd', 19)) < (await sizeAt('zstd', -50)));
  assert.equal(await sizeAt('lz4', 17), await sizeAt('lz4', 1));
});

test('what inflates beyond all measure is refused, and its client goes on', async () => {
  // Members of gzip follow one another: 300 MB in 300 KB, made of one.
  const member = gzipSync(Buffer.alloc(1 << 20));
  const body = Buffer.concat(Array.from({ length: 300 }, () => member));
  const bomb = compressed(batchOf(['x'], 'k'), gzip, body);
  for (const [configs, code] of [
    [{ 'cleanup.policy': 'compact' }, ErrorCode.INVALID_RECORD],
    [{ 'compression.type': 'lz4' }, ErrorCode.MESSAGE_TOO_LARGE],
  ] as const) {
    const topic = await made(configs);
    assert.equal((await sent(topic, bomb)).errorCode, code);
    assert.equal((await sent(topic, batchOf(['x'], 'k'))).baseOffset, 0);
  }
});

test('a record without a key is not taken for a topic that keeps the latest of each key', async () => {
  for (const policy of ['compact', 'compact,delete']) {
    const topic = await made({ 'cleanup.policy': policy });
    assert.equal((await sent(topic, batchOf(['x']))).errorCode, ErrorCode.INVALID_RECORD);
    assert.equal((await sent(topic, compressed(batchOf(['x']), lz4))).errorCode, ErrorCode.INVALID_RECORD);
    assert.equal((await sent(topic, batchOf(['x'], 'key'))).baseOffset, 0);
  }
});

test('who sent records without a key is told which they are', async () => {
  const topic = await made({ 'cleanup.policy': 'compact' });
  const builder = new BatchBuilder();
  for (const key of ['a', null, 'b', null]) builder.add(key === null ? null : Buffer.from(key), null, Date.now());
  for (const version of [7, 8, 9, 13]) {
    const { errorCode, errorMessage, recordErrors } = await sent(topic, builder.build(), { version });
    assert.equal(errorCode, ErrorCode.INVALID_RECORD);
    assert.deepEqual(
      recordErrors.map(({ batchIndex }) => batchIndex),
      version >= 8 ? [1, 3] : [],
    );
    assert.equal(errorMessage === null, version < 8);
  }
  const { recordErrors } = await sent(topic, Buffer.concat([batchOf(['x']), batchOf(['y'])]));
  assert.deepEqual(recordErrors, [], 'nothing is left of the refusal before');
});

test('a topic with log append time stamps a batch, seals it again and tells the time', async () => {
  const topic = await made({ 'message.timestamp.type': 'LogAppendTime' });
  const result = await sent(topic, batchOf(['x'], null, 1000));
  assert.ok(result.logAppendTimeMs > 1_700_000_000_000);
  const bytes = bytesOf(await fetched(topic, 0));
  assert.equal(checkBatch(bytes, 0, bytes.length), 'ok');
  assert.equal(maxTimestamp(bytes, 0), result.logAppendTimeMs);
  assert.notEqual(attributes(bytes, 0) & logAppendTimeBit, 0);
  const created = await made();
  assert.equal((await sent(created, batchOf(['x'], null, 1000))).logAppendTimeMs, -1);
});

test('a fetch from within a batch is given the whole batch', async () => {
  const topic = await made();
  await sent(topic, batchOf(['a', 'b', 'c']));
  await sent(topic, batchOf(['d']));
  for (const offset of [0, 1, 2]) {
    const bytes = bytesOf(await fetched(topic, offset, { partitionMaxBytes: 1 }));
    assert.equal(baseOffset(bytes, 0), 0);
    assert.deepEqual(valuesOf(bytes), ['a', 'b', 'c']);
  }
  assert.deepEqual(valuesOf(bytesOf(await fetched(topic, 3))), ['d']);
});

test('the first batch of an answer is given whatever its size, and the others keep to what may be in it', async () => {
  const topic = await made({}, 3);
  for (const index of [0, 1, 2]) {
    for (let count = 0; count < 4; count++) await sent(topic, batchOf(['x'.repeat(1000)]), { index });
  }
  const sizes = async (wanted: Wanted): Promise<number[]> => {
    const answer = await asked(topic, [0, 0, 0], wanted);
    return answer.responses[0]!.partitions.map((each) => bytesOf(each).length);
  };
  const batch = (await sizes({ maxBytes: 1, partitionMaxBytes: 1 }))[0]!;
  assert.ok(batch > 1000);
  assert.deepEqual(await sizes({ maxBytes: 1 }), [batch, 0, 0]);
  assert.deepEqual(await sizes({ maxBytes: batch * 3, partitionMaxBytes: batch * 2 }), [batch * 2, batch, 0]);
  assert.deepEqual(await sizes({ partitionMaxBytes: batch }), [batch, batch, batch]);
  // An answer that has something never goes over what it may have for the sake of another partition's first batch.
  assert.deepEqual(await sizes({ maxBytes: batch + 10, partitionMaxBytes: batch }), [batch, 0, 0]);
});

test('the ends of a partition are told also where there is nothing to give, and where the offset is out of range', async () => {
  const topic = await made();
  for (let count = 0; count < 3; count++) await sent(topic, batchOf(['x']));
  for (const version of versionsOf(fetch)) {
    for (const [offset, code] of [
      [3, ErrorCode.NONE],
      [4, ErrorCode.OFFSET_OUT_OF_RANGE],
    ] as const) {
      const { errorCode, highWatermark, lastStableOffset, logStartOffset } = await fetched(topic, offset, { version });
      assert.equal(errorCode, code);
      assert.deepEqual([highWatermark, lastStableOffset], [3, 3], `v${version} at ${offset}`);
      if (version >= 5) assert.equal(logStartOffset, 0);
    }
  }
});

interface Sequenced {
  readonly producerId: number;
  readonly epoch: number;
}

async function producer(): Promise<Sequenced> {
  const { producerId, producerEpoch: epoch } = await client.ask(initProducerId, 4, { transactionalId: null });
  return { producerId, epoch };
}

function sequenced({ producerId, epoch }: Sequenced, sequence: number, count = 1): Buffer {
  const builder = new BatchBuilder();
  for (let at = 0; at < count; at++) builder.add(null, Buffer.from(`${sequence}+${at}`), Date.now());
  return builder.build(0, producerId, epoch, sequence);
}

test('each of a producer’s last five batches may come again and is answered with the offset it has', async () => {
  const topic = await made();
  const who = await producer();
  const batches = Array.from({ length: 6 }, (_, at) => sequenced(who, at * 2, 2));
  for (const batch of batches) assert.equal((await sent(topic, batch)).errorCode, ErrorCode.NONE);
  for (let at = 1; at <= 5; at++) {
    const { errorCode, baseOffset: offset } = await sent(topic, batches[at]!);
    assert.deepEqual([errorCode, offset], [ErrorCode.NONE, at * 2]);
  }
  assert.equal((await sent(topic, batches[0]!)).errorCode, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal((await sent(topic, sequenced(who, 14))).errorCode, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal((await fetched(topic, 0)).highWatermark, 12);
});

test('after the sequence number 2147483647 comes 0, between two batches and within one', async () => {
  const last = 2 ** 31 - 1;
  for (const [first, count, next] of [
    [last, 1, 0],
    [last - 1, 4, 2],
  ] as const) {
    const topic = await made();
    const who = await producer();
    const batch = sequenced(who, first, count);
    assert.equal((await sent(topic, batch)).errorCode, ErrorCode.NONE);
    assert.equal((await sent(topic, sequenced(who, next))).baseOffset, count);
    assert.equal((await sent(topic, batch)).baseOffset, 0, 'known when it comes again');
    assert.equal((await sent(topic, sequenced(who, next + 2))).errorCode, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  }
});

test('what is appended is stamped with the epoch that Metadata tells of its leader', async () => {
  const topic = await made();
  await sent(topic, batchOf(['x']));
  const answer = await client.ask(metadata, 9, { topics: [{ topicId: noId, name: topic.name }] });
  const epoch = answer.topics[0]!.partitions[0]!.leaderEpoch;
  assert.ok(epoch > 0);
  assert.equal(leaderEpoch(bytesOf(await fetched(topic, 0)), 0), epoch);
});
