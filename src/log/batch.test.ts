import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type BatchFault,
  baseOffset,
  batchBytes,
  batchHeaderBytes,
  checkBatch,
  computedCrc,
  int16,
  int32,
  int64,
  isControl,
  isTransactional,
  lastOffsetDelta,
  leaderEpoch,
  logAppendTimeBit,
  maxTimestamp,
  nextOffset,
  producerEpoch,
  producerId,
  putInt16,
  putInt32,
  putInt64,
  rebased,
  recordCount,
  seal,
  setBaseOffset,
  setLeaderEpoch,
  setLogAppendTime,
  storedCrc,
} from './batch.js';
import { BatchBuilder, RecordCursor } from './records.js';
import { batchOf } from './testing.js';

test('a batch put together by the specification is read field by field, and its checksum holds', () => {
  const bytes = specifiedBatch();
  assert.equal(checkBatch(bytes, 0, bytes.length), 'ok');
  assert.equal(baseOffset(bytes, 0), 7);
  assert.equal(nextOffset(bytes, 0), 8);
  assert.equal(leaderEpoch(bytes, 0), 3);
  assert.equal(maxTimestamp(bytes, 0), 1_700_000_000_123);
  assert.equal(producerId(bytes, 0), -1);
  assert.equal(producerEpoch(bytes, 0), -1);
  assert.equal(recordCount(bytes, 0), 1);
  assert.equal(isControl(bytes, 0), false);
  assert.equal(isTransactional(bytes, 0), false);
  const cursor = new RecordCursor(bytes, 0, 1000);
  assert.ok(cursor.next());
  assert.deepEqual(
    [cursor.offset, cursor.timestamp, `${cursor.key()}`, `${cursor.value()}`, cursor.headerCount],
    [7, 1_700_000_000_123, 'k', 'Hello', 0],
  );
  assert.ok(!cursor.next());
});

/** One record, "k" and "Hello", with Node's own writers and a bitwise CRC: nothing of the code under test. */
function specifiedBatch(): Buffer {
  const record = Buffer.concat([
    Buffer.from([0, 0, 0, 2]),
    Buffer.from('k'),
    Buffer.from([10]),
    Buffer.from('Hello\0'),
  ]);
  const batch = Buffer.alloc(61 + 1 + record.length);
  batch.writeBigInt64BE(7n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(3, 12);
  batch[16] = 2;
  batch.writeBigInt64BE(1_700_000_000_123n, 27);
  batch.writeBigInt64BE(1_700_000_000_123n, 35);
  batch.fill(0xff, 43, 57);
  batch.writeInt32BE(1, 57);
  batch[61] = record.length << 1;
  record.copy(batch, 62);
  let crc = 0xffffffff;
  for (const byte of batch.subarray(21)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  batch.writeUInt32BE(~crc >>> 0, 17);
  return batch;
}

test('numbers of 16, 32 and 64 bits are put and read as Node does', () => {
  const mine = Buffer.alloc(8);
  const nodes = Buffer.alloc(8);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      putInt64(mine, 0, value);
      nodes.writeBigInt64BE(BigInt(value));
      assert.ok(mine.equals(nodes));
      assert.equal(int64(nodes, 0), value);
      putInt32(mine, 1, value | 0);
      assert.equal(mine.readInt32BE(1), value | 0);
      assert.equal(int32(mine, 1), value | 0);
      const short = (value << 16) >> 16;
      putInt16(mine, 3, short);
      assert.equal(mine.readInt16BE(3), short);
      assert.equal(int16(mine, 3), short);
    }),
  );
});

test('each fault of a batch is told from the others, cheap ones first', () => {
  const whole = batchOf(['a:1', 'b:2']);
  const faultOf = (change: (bytes: Buffer) => void, end = whole.length): BatchFault => {
    const bytes = Buffer.from(whole);
    change(bytes);
    return checkBatch(bytes, 0, end);
  };
  assert.equal(
    faultOf(() => {}),
    'ok',
  );
  for (let end = 0; end < whole.length; end++) {
    assert.equal(
      faultOf(() => {}, end),
      'short',
      `${end} bytes`,
    );
  }
  assert.equal(
    faultOf((bytes) => bytes.writeInt8(1, 16)),
    'magic',
  );
  assert.equal(
    faultOf((bytes) => bytes.writeInt32BE(batchHeaderBytes - 13, 8)),
    'malformed',
  );
  assert.equal(
    faultOf((bytes) => bytes.writeInt32BE(-100, 8)),
    'malformed',
  );
  assert.equal(
    faultOf((bytes) => bytes.writeInt32BE(2 ** 31 - 1, 8)),
    'short',
    'two gigabytes are claimed, not read',
  );
  assert.equal(
    faultOf((bytes) => bytes.writeInt32BE(-1, 57)),
    'malformed',
  );
  assert.equal(
    faultOf((bytes) => bytes.writeInt32BE(3, 57)),
    'malformed',
    'more records than offsets',
  );
  assert.equal(
    faultOf((bytes) => bytes.writeInt32BE(-1, 23)),
    'malformed',
  );
});

test('any flipped bit behind the checksum is seen, and none before it', () => {
  const whole = batchOf(['a:1', 'b:2']);
  for (let at = 0; at < whole.length; at++) {
    for (const mask of [1, 0x80]) {
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ mask;
      const fault = checkBatch(bytes, 0, bytes.length);
      if (at < 8 || (at >= 12 && at < 16)) assert.equal(fault, 'ok', 'base offset and leader epoch are the broker’s');
      else assert.notEqual(fault, 'ok', `byte ${at}`);
      if (at >= 21) assert.ok(['crc', 'malformed'].includes(fault));
    }
  }
  const damaged = Buffer.from(whole);
  damaged[70] = damaged[70]! ^ 1;
  assert.equal(checkBatch(damaged, 0, damaged.length, false), 'ok', 'without a look at the checksum');
});

test('offset and epoch are set, in the batch or in front of it, without a new checksum', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.nat(2 ** 40), fc.nat(1000), (offset, other, epoch) => {
      const whole = Buffer.concat([Buffer.from('xyz'), batchOf(['a:1', 'b:2', 'c:3'])]);
      const size = whole.length - 3;
      setBaseOffset(whole, 3, offset);
      setLeaderEpoch(whole, 3, epoch);
      const copy = Buffer.from(whole);
      const pieces: Buffer[] = [];
      rebased(whole, 3, size, other, pieces);
      rebased(whole, 3, size, offset, pieces);
      assert.ok(whole.equals(copy), 'what lies there stays as it is');
      const bytes = Buffer.concat(pieces);
      assert.equal(bytes.length, size * 2);
      for (const [at, base] of [
        [0, other],
        [size, offset],
      ] as const) {
        assert.equal(checkBatch(bytes, at, bytes.length), 'ok');
        assert.equal(batchBytes(bytes, at), size);
        assert.equal(baseOffset(bytes, at), base);
        assert.equal(nextOffset(bytes, at), base + 3);
        assert.equal(leaderEpoch(bytes, at), epoch);
        assert.equal(storedCrc(bytes, at), storedCrc(copy, 3));
      }
    }),
  );
});

test('a batch at its own offset is handed on by reference, another by its bytes behind a new offset', () => {
  const whole = batchOf(['a:1']);
  const pieces: Buffer[] = [];
  rebased(whole, 0, whole.length, 0, pieces);
  assert.equal(pieces.length, 1);
  assert.equal(pieces[0]!.buffer, whole.buffer);
  pieces.length = 0;
  rebased(whole, 0, whole.length, 9, pieces);
  assert.deepEqual(
    pieces.map((piece) => piece.length),
    [8, whole.length - 8],
  );
  assert.equal(pieces[1]!.buffer, whole.buffer);
});

test('the time a broker took a batch in becomes that of every record, under a new checksum', () => {
  const bytes = batchOf(['a:1', 'b:2'], 1000);
  setLogAppendTime(bytes, 0, 5000);
  assert.equal(checkBatch(bytes, 0, bytes.length), 'ok');
  assert.equal(bytes.readInt16BE(21), logAppendTimeBit);
  assert.equal(maxTimestamp(bytes, 0), 5000);
  const cursor = new RecordCursor(bytes, 0, 1000);
  while (cursor.next()) assert.equal(cursor.timestamp, 5000);
});

test('a batch of two billion offsets and few records, as compaction leaves them, is one', () => {
  const builder = new BatchBuilder();
  builder.addAt(5, Buffer.from('a'), null, 1);
  builder.addAt(2 ** 31 - 2, Buffer.from('b'), null, 1);
  const bytes = builder.build();
  assert.equal(checkBatch(bytes, 0, bytes.length), 'ok');
  assert.equal(lastOffsetDelta(bytes, 0), 2 ** 31 - 2);
  assert.equal(nextOffset(bytes, 0), 2 ** 31 - 1);
  bytes.writeInt16BE(0x10, 21);
  assert.equal(checkBatch(bytes, 0, bytes.length), 'crc');
  seal(bytes, 0);
  assert.equal(storedCrc(bytes, 0), computedCrc(bytes, 0));
  assert.equal(checkBatch(bytes, 0, bytes.length), 'ok');
  assert.ok(isTransactional(bytes, 0));
});
