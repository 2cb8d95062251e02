import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, DecodeError } from '../lib/byte-reader.js';
import { SeededRandom } from '../lib/random.js';
import { baseOffset, batchHeaderBytes, checkBatch, maxTimestamp, recordCount, seal, setBaseOffset } from './batch.js';
import { CompressionError, compress, ready, zstd } from './compression.js';
import { BatchBuilder, RecordCursor, type RecordHeader } from './records.js';
import { batchOf } from './testing.js';

before(() => ready(zstd));

interface Wanted {
  readonly gap: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: number;
  readonly headers: readonly RecordHeader[];
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const nullable = fc.option(bytes, { nil: null });
const wanted: fc.Arbitrary<Wanted> = fc.record({
  gap: fc.oneof(fc.constant(0), fc.nat(1000)),
  key: nullable,
  value: nullable,
  timestamp: fc.integer({ min: 0, max: 2 ** 45 }),
  headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme' }), value: nullable }, { noNullPrototype: true }), {
    maxLength: 3,
  }),
});

function built(records: readonly Wanted[]): Buffer {
  const builder = new BatchBuilder();
  let delta = -1;
  for (const record of records) {
    delta += 1 + record.gap;
    if (record.gap === 0) builder.add(record.key, record.value, record.timestamp, record.headers);
    else builder.addAt(delta, record.key, record.value, record.timestamp, record.headers);
  }
  return builder.build(0, 12, 3, 400);
}

/** The headers of the record the cursor is at. */
function headersOf(cursor: RecordCursor): RecordHeader[] {
  const reader = new ByteReader(cursor.bytes, cursor.headersAt, cursor.end);
  const headers: RecordHeader[] = [];
  for (let left = cursor.headerCount; left > 0; left--) {
    const key = reader.utf8(reader.varint());
    const length = reader.varint();
    headers.push({ key, value: length < 0 ? null : Buffer.from(reader.view(length)) });
  }
  assert.equal(reader.position, cursor.end);
  return headers;
}

function assertRecords(batch: Buffer, at: number, records: readonly Wanted[]): void {
  const cursor = new RecordCursor(batch, at, 1 << 20);
  let offset = baseOffset(batch, at) - 1;
  for (const record of records) {
    assert.ok(cursor.next());
    offset += 1 + record.gap;
    assert.equal(cursor.offset, offset);
    assert.equal(cursor.timestamp, record.timestamp);
    assert.deepEqual(cursor.key(), record.key);
    assert.deepEqual(cursor.value(), record.value);
    assert.deepEqual(headersOf(cursor), record.headers);
  }
  assert.ok(!cursor.next());
  assert.ok(!cursor.next(), 'behind the last record it stays');
}

test('whatever is built comes back: null and empty keys and values, headers, times that go back, gaps', () => {
  fc.assert(
    fc.property(fc.array(wanted, { minLength: 1, maxLength: 20 }), fc.nat(2 ** 45), (records, base) => {
      const batch = built(records);
      setBaseOffset(batch, 0, base);
      assert.equal(checkBatch(batch, 0, batch.length), 'ok');
      assert.equal(recordCount(batch, 0), records.length);
      assert.equal(maxTimestamp(batch, 0), Math.max(...records.map((record) => record.timestamp)));
      assertRecords(Buffer.concat([Buffer.from('before'), batch, Buffer.from('behind')]), 6, records);
    }),
  );
});

test('a builder that is cleared begins anew, with nothing of the batch before', () => {
  const builder = new BatchBuilder();
  builder.addAt(50, Buffer.from('old'), Buffer.from('old'), 999_999);
  const before = builder.sizeBytes;
  builder.clear();
  assert.equal(builder.recordCount, 0);
  assert.ok(builder.sizeBytes < before);
  builder.add(Buffer.from('new'), null, 5);
  const batch = builder.build();
  assert.equal(batch.length, builder.sizeBytes);
  assertRecords(batch, 0, [{ gap: 0, key: Buffer.from('new'), value: null, timestamp: 5, headers: [] }]);
  assert.equal(maxTimestamp(batch, 0), 5);
});

function compressed(batch: Buffer, codec: number): Buffer {
  const body = compress(codec, batch.subarray(batchHeaderBytes));
  const result = Buffer.concat([batch.subarray(0, batchHeaderBytes), body]);
  result.writeInt32BE(result.length - 12, 8);
  result.writeInt16BE(codec, 21);
  seal(result, 0);
  return result;
}

test('records compressed with any of the four codecs are read as those that are not', () => {
  for (const codec of [1, 2, 3, 4]) {
    fc.assert(
      fc.property(fc.array(wanted, { minLength: 1, maxLength: 8 }), (records) => {
        assertRecords(compressed(built(records), codec), 0, records);
      }),
      { numRuns: 20 },
    );
  }
});

test('compressed records that inflate beyond the limit are refused before they are read', () => {
  const batch = batchOf(['x'.repeat(100_000)]);
  for (const codec of [1, 2, 3, 4]) {
    const small = compressed(batch, codec);
    assert.throws(() => new RecordCursor(small, 0, 50_000), CompressionError);
    assert.ok(new RecordCursor(small, 0, 200_000).next());
  }
});

test('records cut off anywhere, or fewer than the batch says, are an error of decoding', () => {
  const whole = batchOf(['a:1', 'b:22', 'plain', 'c:']);
  const readAll = (batch: Buffer): number => {
    const cursor = new RecordCursor(batch, 0, 1 << 20);
    let count = 0;
    while (cursor.next()) count++;
    return count;
  };
  assert.equal(readAll(whole), 4);
  for (let end = batchHeaderBytes; end < whole.length; end++) {
    const cut = Buffer.from(whole.subarray(0, end));
    cut.writeInt32BE(end - 12, 8);
    assert.throws(() => readAll(cut), DecodeError, `${end} bytes`);
  }
  const claims = Buffer.from(whole);
  claims.writeInt32BE(5, 57);
  claims.writeInt32BE(10, 23);
  assert.throws(() => readAll(claims), DecodeError);
});

test('a record with an impossible length, count or offset is an error of decoding', () => {
  const record = (...body: number[]): Buffer => {
    const batch = Buffer.concat([batchOf(['x']).subarray(0, batchHeaderBytes), Buffer.from(body)]);
    batch.writeInt32BE(batch.length - 12, 8);
    return batch;
  };
  const first = (batch: Buffer): RecordCursor => {
    const cursor = new RecordCursor(batch, 0, 1000);
    assert.ok(cursor.next());
    return cursor;
  };
  assert.equal(first(record(12, 0, 0, 0, 1, 1, 0)).key(), null);
  const hostile: [string, Buffer][] = [
    ['a length of less than a record', record(10, 0, 0, 0, 1, 1, 0)],
    ['a negative length', record(1, 0, 0, 0, 1, 1, 0)],
    ['a length behind the batch', record(14, 0, 0, 0, 1, 1, 0)],
    ['a key behind the batch', record(12, 0, 0, 0, 100, 1, 0)],
    ['a key that reaches into the next record', record(12, 0, 0, 0, 6, 1, 0, 12, 0, 0, 0, 1, 1, 0)],
    ['a value that reaches into the next record', record(12, 0, 0, 0, 1, 4, 0, 12, 0, 0, 0, 1, 1, 0)],
    ['a negative count of headers', record(12, 0, 0, 0, 1, 1, 1)],
    ['an offset before the batch', record(12, 0, 0, 1, 1, 1, 0)],
    ['an offset behind the batch', record(12, 0, 0, 2, 1, 1, 0)],
    ['a number without an end', record(24, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1)],
  ];
  for (const [what, batch] of hostile) assert.throws(() => first(batch), DecodeError, what);
  const twice = record(12, 0, 0, 0, 1, 1, 0, 12, 0, 0, 0, 1, 1, 0);
  twice.writeInt32BE(2, 57);
  twice.writeInt32BE(1, 23);
  const cursor = first(twice);
  assert.throws(() => cursor.next(), DecodeError, 'one offset twice');
});

test('hostile bytes give records or an error of decoding, and end', () => {
  const random = new SeededRandom(7);
  const whole = built([
    { gap: 0, key: Buffer.from('key'), value: Buffer.alloc(200), timestamp: 5, headers: [{ key: 'h', value: null }] },
    { gap: 3, key: null, value: Buffer.alloc(20), timestamp: 1, headers: [] },
  ]);
  for (let count = 0; count < 20_000; count++) {
    const hostile = Buffer.from(whole);
    for (let change = random.below(4); change >= 0; change--) {
      hostile[batchHeaderBytes + random.below(hostile.length - batchHeaderBytes)] = random.below(256);
    }
    const cursor = new RecordCursor(hostile, 0, 1 << 20);
    try {
      while (cursor.next()) {
        assert.ok(cursor.end <= hostile.length && cursor.keyAt + Math.max(0, cursor.keyLength) <= cursor.end);
        assert.ok(cursor.valueAt + Math.max(0, cursor.valueLength) <= cursor.end);
        assert.ok(cursor.offset >= 0 && cursor.offset <= 4);
      }
    } catch (error) {
      assert.ok(error instanceof DecodeError, String(error));
    }
  }
});
