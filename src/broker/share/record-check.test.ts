import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../lib/byte-reader.js';
import { batchHeaderBytes } from '../../log/batch.js';
import { BatchBuilder, RecordCursor } from '../../log/records.js';
import { MessageCursor } from '../queue/message-cursor.js';
import { recordHeaders } from '../views.js';
import { RecordCheck } from './record-check.js';

const text = fc.option(fc.string({ maxLength: 90 }), { nil: null });
const record = fc.record({
  key: text,
  value: text,
  skipped: fc.nat(2),
  headers: fc.array(fc.record({ key: fc.oneof(fc.constant('naru'), fc.string({ maxLength: 9 })), value: text }), {
    maxLength: 3,
  }),
});

function bytesOf(value: string | null): Buffer | null {
  return value === null ? null : Buffer.from(value);
}

function batchOf(records: readonly (typeof record extends fc.Arbitrary<infer T> ? T : never)[]): Buffer {
  const builder = new BatchBuilder();
  let delta = -1;
  for (const { key, value, headers, skipped } of records) {
    delta += 1 + skipped;
    const all = headers.map((header) => ({ key: header.key, value: bytesOf(header.value) }));
    builder.addAt(delta, bytesOf(key), bytesOf(value), 1_700_000_000_000 + delta, all);
  }
  return builder.build();
}

interface Looked {
  readonly passes: boolean;
  readonly holes: ReadonlySet<number>;
  readonly unreadable: number;
}

function look(batch: Buffer): Looked {
  const holes = new Set<number>();
  let unreadable = 0;
  const passes = new RecordCheck().passes(batch, 0, 100, {
    hole: (from, to) => {
      for (let offset = from; offset < to; offset++) holes.add(offset);
    },
    unreadable: () => unreadable++,
  });
  return { passes, holes, unreadable };
}

/** Offsets that a cursor comes by which believes what it reads; null where it cannot. */
function walked(batch: Buffer): number[] | null {
  const records = new RecordCursor(batch, 0, 1 << 20);
  const offsets: number[] = [];
  try {
    while (records.next()) {
      records.headers();
      offsets.push(records.offset);
    }
    return offsets;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

test('records as they should be pass, and the offsets between them are holes', () =>
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), (records) => {
      const batch = batchOf(records);
      const { passes, holes, unreadable } = look(batch);
      assert.ok(passes);
      const there = walked(batch)!;
      const last = there.at(-1)!;
      assert.equal(holes.size - unreadable, last + 1 - there.length);
    }),
  ));

test('whatever the bytes are, what passes can be walked without looking', () =>
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 }),
      (records, changes) => {
        const batch = batchOf(records);
        for (const [place, byte] of changes) {
          batch[batchHeaderBytes + (place % (batch.length - batchHeaderBytes))] = byte;
        }
        const { passes, holes } = look(batch);
        if (!passes) return;
        assert.notEqual(walked(batch), null);
        const cursor = new MessageCursor(null);
        cursor.open(batch, 0);
        while (cursor.next()) {
          if (holes.has(100 + cursor.offset)) continue;
          assert.ok(cursor.contentLength >= 0 && cursor.contentAt + cursor.contentLength <= batch.length);
          recordHeaders(cursor);
        }
      },
    ),
    { numRuns: 2000 },
  ));
