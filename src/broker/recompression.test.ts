import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  attributes,
  baseSequence,
  batchBytes,
  batchHeaderBytes,
  checkBatch,
  compression,
  isTransactional,
  maxTimestamp,
  producerEpoch,
  producerId,
  putInt16,
  seal,
  transactionalBit,
} from '../log/batch.js';
import { compress, ready, zstd } from '../log/compression.js';
import { BatchBuilder, RecordCursor } from '../log/records.js';
import { asProduced, codecs, recompressed } from './recompression.js';

const plenty = 1 << 20;
const real = [...codecs].filter(([, codec]) => codec !== asProduced);

before(() => ready(zstd));

function batchOf(count: number, batchAttributes = 0): Buffer {
  const builder = new BatchBuilder();
  for (let at = 0; at < count; at++) {
    builder.add(Buffer.from(`k${at}`), Buffer.from('v'.repeat(50)), 1_700_000_000_000 + at, [
      { key: 'h', value: Buffer.from('x') },
    ]);
  }
  return builder.build(batchAttributes, 7, 3, 40);
}

/** As a client sends it. */
function sent(codec: number, plain: Buffer): Buffer {
  const body = compress(codec, plain.subarray(batchHeaderBytes));
  const batch = Buffer.concat([plain.subarray(0, batchHeaderBytes), body]);
  batch.writeInt32BE(batch.length - 12, 8);
  putInt16(batch, 21, attributes(plain, 0) | codec);
  seal(batch, 0);
  return batch;
}

function told(bytes: Buffer, at = 0): string[] {
  const cursor = new RecordCursor(bytes, at, plenty);
  const records: string[] = [];
  while (cursor.next()) records.push(`${cursor.offset} ${cursor.timestamp} ${cursor.key()} ${cursor.value()}`);
  return records;
}

for (const [from, fromCodec] of real) {
  for (const [to, codec] of real) {
    test(`a batch that comes as ${from} is kept as ${to} with all it says`, () => {
      const batch = sent(fromCodec, batchOf(30, transactionalBit));
      const stored = recompressed(batch, 0, batch.length, codec, plenty);
      assert.ok(typeof stored !== 'string');
      assert.equal(checkBatch(stored, 0, stored.length), 'ok');
      assert.equal(compression(stored, 0), codec);
      assert.deepEqual(told(stored), told(batch));
      assert.deepEqual([producerId(stored, 0), producerEpoch(stored, 0), baseSequence(stored, 0)], [7, 3, 40]);
      assert.equal(maxTimestamp(stored, 0), maxTimestamp(batch, 0));
      assert.ok(isTransactional(stored, 0));
    });
  }
}

test('several batches become as many, and one in the right codec stays as it is', () => {
  const batches = [sent(1, batchOf(3)), sent(0, batchOf(5)), sent(3, batchOf(2))];
  const bytes = Buffer.concat([Buffer.alloc(9), ...batches]);
  const stored = recompressed(bytes, 9, bytes.length, 0, plenty);
  assert.ok(typeof stored !== 'string');
  let at = 0;
  for (const batch of batches) {
    assert.deepEqual(told(stored, at), told(batch));
    if (compression(batch, 0) === 0) assert.deepEqual(stored.subarray(at, at + batch.length), batch);
    at += batchBytes(stored, at);
  }
  assert.equal(at, stored.length);
});

test('a batch that grows beyond what the topic allows is refused', () => {
  const batch = sent(1, batchOf(300));
  assert.ok(batch.length < 3000);
  assert.equal(recompressed(batch, 0, batch.length, 0, 3000), 'batch-too-large');
});

test('records that their codec did not make are refused', () => {
  const batch = sent(1, batchOf(30));
  batch.fill(0xff, batchHeaderBytes + 12, batchHeaderBytes + 40);
  assert.equal(recompressed(batch, 0, batch.length, 4, plenty), 'corrupt-batch');
});
