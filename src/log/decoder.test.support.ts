import assert from 'node:assert/strict';
import { crc32c } from '../lib/crc32c.js';

export interface Decoded {
  readonly base: number;
  readonly attributes: number;
  readonly lastDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producer: readonly [id: number, epoch: number, sequence: number];
  readonly records: { offset: number; timestamp: number; key: string | null; value: string | null }[];
}

/** Batches by the book, with nothing of the code under test but the checksum: BigInt, zig-zag, one field after the other. */
export function decoded(bytes: Buffer): Decoded[] {
  const batches: Decoded[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    assert.ok(end <= bytes.length, 'a batch goes on behind the end');
    assert.equal(bytes[at + 16], 2);
    assert.equal(crc32c(bytes, at + 21, end), bytes.readUInt32BE(at + 17), 'CRC');
    const attributes = bytes.readInt16BE(at + 21);
    const base = Number(bytes.readBigInt64BE(at));
    const baseTimestamp = Number(bytes.readBigInt64BE(at + 27));
    const lastDelta = bytes.readInt32BE(at + 23);
    const count = bytes.readInt32BE(at + 57);
    const batch: Decoded = {
      base,
      attributes,
      lastDelta,
      baseTimestamp,
      maxTimestamp: Number(bytes.readBigInt64BE(at + 35)),
      producer: [Number(bytes.readBigInt64BE(at + 43)), bytes.readInt16BE(at + 51), bytes.readInt32BE(at + 53)],
      records: [],
    };
    if ((attributes & 7) === 0) {
      let position = at + 61;
      const varint = (): number => {
        let value = 0n;
        for (let shift = 0n; ; shift += 7n) {
          const byte = bytes[position++]!;
          value |= BigInt(byte & 0x7f) << shift;
          if (byte < 0x80) break;
        }
        return Number((value >> 1n) ^ -(value & 1n));
      };
      const text = (): string | null => {
        const length = varint();
        if (length < 0) return null;
        position += length;
        return bytes.toString('utf8', position - length, position);
      };
      let before = -1;
      for (let index = 0; index < count; index++) {
        const length = varint();
        const recordEnd = position + length;
        assert.equal(bytes[position++], 0);
        const timestamp = baseTimestamp + varint();
        const delta = varint();
        assert.ok(delta > before && delta <= lastDelta);
        before = delta;
        const key = text();
        const value = text();
        for (let headers = varint(); headers > 0; headers--) {
          text();
          text();
        }
        assert.equal(position, recordEnd);
        batch.records.push({ offset: base + delta, timestamp, key, value });
      }
      assert.equal(position, end, 'nothing behind the last record');
    }
    batches.push(batch);
    at = end;
  }
  return batches;
}
