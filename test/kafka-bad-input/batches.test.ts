import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putInt16, putInt32, putInt64, seal } from '../../src/log/batch.js';
import { BatchBuilder } from '../../src/log/records.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { WireClient } from '../torture/wire-client.js';
import { AttackedBroker, batchOf, fetchAt, makeTopic, produce } from './attacked-broker.js';

const limit = { timeout: 60_000 };

/** Where a batch's fields lie, as Kafka's protocol guide has them. */
const lengthAt = 8;
const magicAt = 16;
const crcAt = 17;
const attributesAt = 21;
const lastOffsetDeltaAt = 23;
const maxTimestampAt = 35;
const producerIdAt = 43;
const producerEpochAt = 51;
const baseSequenceAt = 53;
const recordCountAt = 57;
const headerBytes = 61;

function changed(change: (batch: Buffer) => void, sealed = true): Buffer {
  const builder = new BatchBuilder();
  for (let index = 0; index < 3; index++) builder.add(null, Buffer.from(`value ${index}`), Date.now());
  const batch = builder.build();
  change(batch);
  if (sealed) seal(batch, 0);
  return batch;
}

const cases: readonly (readonly [string, Buffer, number])[] = [
  ['a wrong checksum', changed((batch) => putInt32(batch, crcAt, 12345), false), ErrorCode.CORRUPT_MESSAGE],
  [
    'a changed byte',
    changed((batch) => {
      batch[batch.length - 3]! ^= 4;
    }, false),
    ErrorCode.CORRUPT_MESSAGE,
  ],
  [
    'magic 0',
    changed((batch) => {
      batch[magicAt] = 0;
    }, false),
    ErrorCode.INVALID_RECORD,
  ],
  [
    'magic 1',
    changed((batch) => {
      batch[magicAt] = 1;
    }, false),
    ErrorCode.INVALID_RECORD,
  ],
  [
    'magic 3',
    changed((batch) => {
      batch[magicAt] = 3;
    }, false),
    ErrorCode.INVALID_RECORD,
  ],
  ['a length of 2 GB', changed((batch) => putInt32(batch, lengthAt, 2 ** 31 - 1), false), ErrorCode.CORRUPT_MESSAGE],
  ['a length below zero', changed((batch) => putInt32(batch, lengthAt, -1), false), ErrorCode.INVALID_RECORD],
  ['a length of nothing', changed((batch) => putInt32(batch, lengthAt, 0), false), ErrorCode.INVALID_RECORD],
  ['one byte too few', changed(() => {}).subarray(0, -1), ErrorCode.CORRUPT_MESSAGE],
  ['one byte too many', Buffer.concat([changed(() => {}), Buffer.alloc(1)]), ErrorCode.CORRUPT_MESSAGE],
  ['half a header', changed(() => {}).subarray(0, 30), ErrorCode.CORRUPT_MESSAGE],
  ['no bytes at all', Buffer.alloc(0), ErrorCode.INVALID_RECORD],
  [
    'more records counted than offsets',
    changed((batch) => putInt32(batch, recordCountAt, 4)),
    ErrorCode.INVALID_RECORD,
  ],
  [
    'fewer records counted than offsets',
    changed((batch) => putInt32(batch, recordCountAt, 2)),
    ErrorCode.INVALID_RECORD,
  ],
  [
    'two billion offsets',
    changed((batch) => putInt32(batch, lastOffsetDeltaAt, 2 ** 31 - 1)),
    ErrorCode.INVALID_RECORD,
  ],
  ['offsets below zero', changed((batch) => putInt32(batch, lastOffsetDeltaAt, -1)), ErrorCode.INVALID_RECORD],
  ['no records', changed((batch) => putInt32(batch, recordCountAt, 0)), ErrorCode.INVALID_RECORD],
  ['a transaction marker', changed((batch) => putInt16(batch, attributesAt, 0x20)), ErrorCode.INVALID_RECORD],
  ['a codec nobody knows', changed((batch) => putInt16(batch, attributesAt, 7)), ErrorCode.INVALID_RECORD],
  [
    'a time in the far future',
    changed((batch) => putInt64(batch, maxTimestampAt, 8.6e15)),
    ErrorCode.INVALID_TIMESTAMP,
  ],
  [
    'a producer without a sequence',
    changed((batch) => {
      putInt64(batch, producerIdAt, 5);
      putInt32(batch, baseSequenceAt, -1);
    }),
    ErrorCode.INVALID_RECORD,
  ],
  ['more bytes than the topic takes', batchOf('x'.repeat(1_100_000)), ErrorCode.MESSAGE_TOO_LARGE],
];

test('a batch that is not as it should be is refused, and nothing of it is stored', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const client = await WireClient.connect(broker.port);
  context.after(() => client.close());
  await makeTopic(client, 'target');
  for (const [what, batch, expected] of cases) {
    const { errorCode, baseOffset } = await produce(client, 'target', batch);
    assert.equal(errorCode, expected, what);
    assert.equal(baseOffset, -1, what);
    const good = await produce(client, 'target', Buffer.concat([batchOf('good'), batch]));
    const behind =
      batch.length === 0 ? ErrorCode.NONE : batch.length < headerBytes ? expected : ErrorCode.INVALID_RECORD;
    assert.equal(good.errorCode, behind, `${what}, behind a good batch`);
    await broker.othersAreUnharmed();
  }
  assert.equal((await fetchAt(client, 'target', 0)).highWatermark, 1);
  // The client that sent them goes on as well.
  assert.equal((await produce(client, 'target', batchOf('at last'))).baseOffset, 1);
  assert.deepEqual(broker.log.take(), []);
});

test('a request has exactly one batch for a partition: with several none is stored', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const client = await WireClient.connect(broker.port);
  context.after(() => client.close());
  await makeTopic(client, 'target');
  const sequenced = (sequence: number): Buffer =>
    changed((batch) => {
      putInt64(batch, producerIdAt, 5);
      putInt16(batch, producerEpochAt, 0);
      putInt32(batch, baseSequenceAt, sequence);
    });
  for (const batches of [
    [batchOf('one'), batchOf('two')],
    [sequenced(0), sequenced(3)],
    [sequenced(0), sequenced(7)],
  ]) {
    const { errorCode, baseOffset } = await produce(client, 'target', Buffer.concat(batches));
    assert.equal(errorCode, ErrorCode.INVALID_RECORD);
    assert.equal(baseOffset, -1);
  }
  assert.equal((await fetchAt(client, 'target', 0)).highWatermark, 0);
  // Nothing of what was refused counts for the producer's sequence.
  assert.equal((await produce(client, 'target', sequenced(0))).baseOffset, 0);
});

test('a refused batch that wants no answer ends its connection, with one line that warns', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const client = await WireClient.connect(broker.port);
  await makeTopic(client, 'target');
  const before = produce(client, 'target', batchOf('before'));
  const damaged = changed((batch) => putInt32(batch, crcAt, 1), false);
  const never = produce(client, 'target', damaged, 0);
  const behind = produce(client, 'target', batchOf('behind'));
  // What was asked before is answered, and what was asked behind is not begun.
  assert.equal((await before).errorCode, ErrorCode.NONE);
  await assert.rejects(never, /closed/);
  await assert.rejects(behind, /closed/);
  const lines = broker.log.take();
  assert.equal(lines.length, 1);
  assert.equal(lines[0]!.level, 'warn');
  assert.equal(lines[0]!.fields['reason'], 'sent with acks=0: target-0 with error 2');
  assert.equal(lines[0]!.fields['err'], undefined);
  const reader = await WireClient.connect(broker.port);
  context.after(() => reader.close());
  assert.equal((await fetchAt(reader, 'target', 0)).highWatermark, 1);
  await broker.othersAreUnharmed();
});
