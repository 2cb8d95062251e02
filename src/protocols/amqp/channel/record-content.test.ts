import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MessageCursor } from '../../../broker/queue/message-cursor.js';
import { Views } from '../../../broker/views.js';
import { ByteReader } from '../../../lib/byte-reader.js';
import { BatchBuilder } from '../../../log/records.js';
import { headersOf } from '../codec/field-table.js';
import { decodeProperties } from '../codec/properties.js';
import { RecordContent } from './record-content.js';
import { contentOf } from './story.js';

const views = new Views();
const frameBytesMax = 131_072;

function properties(bytes: Buffer): object {
  const { headers, ...others } = decodeProperties(new ByteReader(bytes, 0, bytes.length));
  return { ...others, headers: headers === undefined ? null : [...headersOf(headers)] };
}

const name = fc.oneof(fc.constantFrom('a', 'b', 'traceparent'), fc.string({ maxLength: 12 }));
const value = fc.option(
  fc.oneof(
    fc.string({ maxLength: 40 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  ),
  { nil: null },
);

test('a record’s properties are the same, however they are written', () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: name, value }), { maxLength: 11 }),
      fc.oneof(fc.constantFrom(-1, 0), fc.integer({ min: 1, max: 4_102_444_800_000 })),
      (headers, timestampMs) => {
        const builder = new BatchBuilder();
        builder.add(Buffer.from('key'), Buffer.from('value'), timestampMs, headers);
        const cursor = new MessageCursor(null);
        cursor.open(builder.build(), 0);
        assert.ok(cursor.next());
        const expected = properties(Buffer.from(contentOf(cursor, 0, views)));
        const content = new RecordContent();
        content.of(cursor, 0, views, frameBytesMax);
        const { bytes, at, length } = content;
        assert.deepEqual(properties(bytes.subarray(at, at + length)), expected);
      },
    ),
    { numRuns: 500 },
  ));
