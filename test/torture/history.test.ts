import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { seal, setBaseOffset } from '../../src/log/batch.js';
import { History, type PartitionHistory, type Stream, scanStart } from './history.js';
import { encodeBatch, identityOf } from './record.js';

const sizes = [20, 300, 5000];

let history: History;
let partition: PartitionHistory;
let plain: Stream;
let idempotent: Stream;

beforeEach(() => {
  history = new History();
  partition = history.partition('orders', 0);
  plain = history.stream(partition, false);
  idempotent = history.stream(partition, true);
});

function stored(offset: number, stream: Stream, first: number): Buffer {
  const batch = encodeBatch(stream.id, first, sizes);
  setBaseOffset(batch, 0, offset);
  return batch;
}

function check(bytes: Buffer, highWatermark: number): void {
  history.readToEnd(partition, history.read(partition, scanStart, bytes, 'the check'), highWatermark, 'the check');
}

function acknowledge(offset: number, stream: Stream, first: number): void {
  for (let index = 0; index < sizes.length; index++) {
    history.placed(partition, offset + index, identityOf(stream.id, first + index), 'the answer');
  }
}

function assertViolation(pattern: RegExp): void {
  assert.ok(
    history.violations.some((violation) => pattern.test(violation)),
    history.violations.join('\n'),
  );
}

test('records that are where they were promised to be break no promise', () => {
  acknowledge(0, plain, 0);
  acknowledge(3, idempotent, 0);
  check(Buffer.concat([stored(0, plain, 0), stored(3, idempotent, 0), stored(6, plain, 10)]), 9);
  assert.deepEqual(history.violations, []);
});

test('an acknowledged record that is missing at the end is a loss', () => {
  acknowledge(0, plain, 0);
  acknowledge(3, plain, 3);
  check(stored(0, plain, 0), 3);
  assertViolation(/3 acknowledged or delivered records .* lost, the first one record 3 of stream 1/);
});

test('another record at an acknowledged offset is seen', () => {
  acknowledge(0, plain, 0);
  check(stored(0, plain, 3), 3);
  assertViolation(/offset 0, where record 0 of stream 1 was/);
});

test('two answers for one offset are seen without reading anything', () => {
  acknowledge(0, plain, 0);
  acknowledge(2, idempotent, 0);
  assertViolation(/offset 2, where record 2 of stream 1 was/);
});

test('a hole in the offsets is seen', () => {
  check(Buffer.concat([stored(0, plain, 0), stored(4, plain, 3)]), 7);
  assertViolation(/finds offset 4 where 3 should be/);
});

test('an idempotent producer’s record that is there twice is seen, and so is one that is left out', () => {
  check(Buffer.concat([stored(0, idempotent, 0), stored(3, idempotent, 0)]), 6);
  assertViolation(/idempotent record 0 of stream 2 at offset 3, behind number 2/);
  history.violations.length = 0;
  check(Buffer.concat([stored(0, idempotent, 0), stored(3, idempotent, 4)]), 6);
  assertViolation(/idempotent record 4 of stream 2 at offset 3, behind number 2/);
});

test('a producer’s records in another order than it sent them are seen', () => {
  check(Buffer.concat([stored(0, plain, 3), stored(3, plain, 0)]), 6);
  assertViolation(/record 0 of stream 1 at offset 3, behind number 5/);
});

test('bytes that were changed are seen, whether the batch’s checksum was made to fit or not', () => {
  const changed = stored(0, plain, 0);
  changed[changed.length - 2]! ^= 1;
  check(changed, 3);
  assertViolation(/a batch .* that is crc/);
  history.violations.length = 0;
  seal(changed, 0);
  check(changed, 3);
  assertViolation(/record at offset 2 that is not as it was sent/);
});

test('a high watermark that goes back, or lies behind what can be read, is seen', () => {
  history.sawHighWatermark(partition, 4);
  check(stored(0, plain, 0), 3);
  assertViolation(/high watermark went back from 4 to 3/);
  history.violations.length = 0;
  check(stored(0, plain, 0), 5);
  assertViolation(/ends at offset 3, not at 5/);
});
