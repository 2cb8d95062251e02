import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, DecodeError } from '../../src/lib/byte-reader.js';
import { PieceWriter } from '../../src/lib/piece-writer.js';
import { CODEC, type CodecEntry } from './codec/table.js';
import { DECLARED, messageValue } from './values.js';

const writer = new PieceWriter();

function encoded(entry: CodecEntry, version: number, value: unknown): Buffer {
  writer.clear();
  entry.encode(writer, version, value as never);
  const pieces: Buffer[] = [];
  const byteCount = writer.takeInto(pieces);
  const bytes = Buffer.concat(pieces);
  assert.equal(bytes.length, byteCount);
  return bytes;
}

function sample(entry: CodecEntry, version: number, count: number): unknown[] {
  return fc.sample(messageValue(entry.name, version), { numRuns: count, seed: 7 * version + entry.name.length });
}

function everyVersion(name: string, check: (entry: CodecEntry, version: number) => void): void {
  for (const entry of CODEC) {
    test(`${entry.name} ${name}`, () => {
      for (let version = entry.min; version <= entry.max; version++) check(entry, version);
    });
  }
}

test('every declared message has both halves of a codec', () => {
  assert.deepEqual(CODEC.map(({ name }) => name).sort(), [...DECLARED.keys()].sort());
});

describe('round trips', () => {
  everyVersion('reads back in every version as it was written', (entry, version) => {
    fc.assert(
      fc.property(messageValue(entry.name, version), (value) => {
        const bytes = encoded(entry, version, value);
        // Bytes around the message: nothing may be read from outside it.
        const reader = new ByteReader(Buffer.concat([bytes, Buffer.alloc(9, 0xff)]), 0, bytes.length);
        assert.deepEqual(entry.decode(reader, version), value);
        assert.equal(reader.remaining, 0);
      }),
      { numRuns: 25 },
    );
  });

  everyVersion('has the same shape in every version and whatever is null', (entry, version) => {
    const names = Object.keys(DECLARED.get(entry.name)!.fields);
    for (const value of sample(entry, version, 3)) {
      const decoded = entry.decode(new ByteReader(encoded(entry, version, value)), version);
      assert.deepEqual(Object.keys(decoded as object), names);
    }
  });
});

describe('truncation', () => {
  everyVersion('cut anywhere is a DecodeError', (entry, version) => {
    for (const value of sample(entry, version, 2)) {
      const bytes = encoded(entry, version, value);
      for (let end = 0; end < bytes.length; end++) {
        assert.throws(() => entry.decode(new ByteReader(bytes, 0, end), version), DecodeError, `cut at ${end}`);
      }
    }
  });
});

describe('damage', () => {
  everyVersion('with a byte changed reads as something or is a DecodeError', (entry, version) => {
    for (const value of sample(entry, version, 1)) {
      const bytes = encoded(entry, version, value);
      for (let at = 0; at < bytes.length; at++) {
        for (const damage of [0x00, 0x7f, 0x80, 0xff]) {
          const damaged = Buffer.from(bytes);
          damaged[at] = damage;
          try {
            entry.decode(new ByteReader(damaged), version);
          } catch (error) {
            if (!(error instanceof DecodeError)) throw error;
          }
        }
      }
    }
  });

  everyVersion('of nothing but 0xff, 0x7f or 0x00 is read without taking memory', (entry, version) => {
    for (const fill of [0xff, 0x7f, 0x80, 0x00]) {
      const before = process.memoryUsage().heapUsed;
      try {
        entry.decode(new ByteReader(Buffer.alloc(600, fill)), version);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
      }
      assert.ok(process.memoryUsage().heapUsed - before < 8 << 20);
    }
  });
});
