import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../../lib/byte-reader.js';
import { BatchBuilder } from '../../log/records.js';
import { contentKind } from './message.js';
import { MessageCursor } from './message-cursor.js';

function messageWith(headers: readonly { key: string; value: Buffer | null }[]): MessageCursor {
  const builder = new BatchBuilder();
  builder.add(Buffer.from('key'), Buffer.from('body'), 1_700_000_000_000, [...headers]);
  const cursor = new MessageCursor(null);
  cursor.open(builder.build(), 0);
  assert.ok(cursor.next());
  return cursor;
}

test('a header that bears the envelope’s name and cannot be one is a header like others', () => {
  const fakes = [null, Buffer.alloc(0), Buffer.from([0]), Buffer.from([9, 1, 2]), Buffer.from([255, 1])];
  for (const value of fakes) {
    const cursor = messageWith([
      { key: 'naru', value },
      { key: 'priority', value: Buffer.from([7]) },
    ]);
    assert.equal(cursor.kind, contentKind.none);
    assert.equal(cursor.exchange, '');
    assert.equal(cursor.contentLength, 0);
    assert.equal(cursor.extraCount, 2);
    assert.equal(cursor.priority, 7);
    // Looking for what is not there ends.
    assert.equal(cursor.find('copies'), -1);
  }
});

test('the smallest envelope is one', () => {
  const cursor = messageWith([{ key: 'naru', value: Buffer.from([0, contentKind.amqp]) }]);
  assert.equal(cursor.kind, contentKind.amqp);
  assert.equal(cursor.contentLength, 0);
});

test('headers that go on behind the batch are refused, not followed', () => {
  const cursor = messageWith([{ key: 'x', value: Buffer.alloc(3) }]);
  const cut = Buffer.from(cursor.bytes.subarray(0, cursor.bytes.length - 4));
  cut.fill(0xff, cut.length - 3);
  const other = new MessageCursor(null);
  other.open(cut, 0);
  assert.throws(() => {
    other.next();
    other.find('priority');
  }, DecodeError);
});
