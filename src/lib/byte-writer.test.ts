import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

test('nothing is lost where the writer grows, wherever that happens', () => {
  for (let capacity = 1; capacity <= 40; capacity++) {
    const writer = new ByteWriter(capacity);
    for (let value = 0; value < 200; value++) writer.u8(value);
    assert.deepEqual(
      [...writer.bytes()],
      Array.from({ length: 200 }, (_, value) => value),
      `capacity ${capacity}`,
    );
  }
});

test('what was written is read back, whatever the order and the capacity', () => {
  const value = fc.oneof(
    fc.tuple(fc.constant('u8' as const), fc.integer({ min: 0, max: 255 })),
    fc.tuple(fc.constant('i16' as const), fc.integer({ min: -32768, max: 32767 })),
    fc.tuple(fc.constant('i32' as const), fc.integer()),
    fc.tuple(fc.constant('i64' as const), fc.maxSafeInteger()),
    fc.tuple(fc.constant('uvarint' as const), fc.maxSafeNat()),
    fc.tuple(fc.constant('varint' as const), fc.integer({ min: -(2 ** 51), max: 2 ** 51 })),
    fc.tuple(fc.constant('string' as const), fc.string({ unit: 'grapheme' })),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.array(value), (capacity, values) => {
      const writer = new ByteWriter(capacity);
      for (const [kind, each] of values) (writer[kind] as (value: number | string) => void).call(writer, each);
      const reader = new ByteReader(writer.bytes());
      for (const [kind, each] of values) assert.equal(reader[kind](), each);
      assert.equal(reader.remaining, 0);
    }),
  );
});
