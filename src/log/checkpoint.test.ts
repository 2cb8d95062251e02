import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../lib/byte-reader.js';
import {
  beginCheckpoint,
  type Checkpoint,
  checkpointName,
  checkpointPrefix,
  decodeCheckpoint,
  encodeLogFacts,
  sealCheckpoint,
} from './checkpoint.js';

const number = fc.nat(2 ** 45);
const checkpoints: fc.Arbitrary<Checkpoint> = fc.record(
  {
    nextBundle: number,
    firstBundle: number,
    nextLogId: number,
    logs: fc.array(
      fc.record(
        {
          id: number,
          name: fc.string({ unit: 'grapheme' }),
          startOffset: number,
          flushedOffset: number,
          segments: fc.array(
            fc.record(
              {
                baseOffset: number,
                nextOffset: number,
                sizeBytes: number,
                maxTimestamp: fc.integer({ min: -1, max: 2 ** 45 }),
                createdMs: number,
                unnamed: number,
              },
              { noNullPrototype: true },
            ),
            { maxLength: 3 },
          ),
        },
        { noNullPrototype: true },
      ),
      { maxLength: 4 },
    ),
    states: fc.array(
      fc.record({ id: number, bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)) }, { noNullPrototype: true }),
      { maxLength: 3 },
    ),
  },
  { noNullPrototype: true },
);

function encoded(checkpoint: Checkpoint): Buffer {
  const into = beginCheckpoint(checkpoint.nextBundle, checkpoint.firstBundle, checkpoint.nextLogId);
  into.uvarint(checkpoint.logs.length);
  for (const log of checkpoint.logs) encodeLogFacts(into, log);
  into.uvarint(checkpoint.states.length);
  for (const { id, bytes } of checkpoint.states) {
    into.uvarint(id);
    into.u32(bytes.length);
    into.view(bytes);
  }
  return sealCheckpoint(into);
}

test('a checkpoint comes back as it was written', () => {
  fc.assert(
    fc.property(checkpoints, (checkpoint) => {
      assert.deepEqual(decodeCheckpoint(encoded(checkpoint)), checkpoint);
    }),
  );
});

test('a checkpoint that is cut off or has any bit flipped is refused', () => {
  const [sample] = fc.sample(checkpoints, { seed: 1, numRuns: 1 });
  const bytes = encoded(sample!);
  for (let end = 0; end < bytes.length; end++) {
    assert.throws(() => decodeCheckpoint(bytes.subarray(0, end)), DecodeError, `${end} bytes`);
  }
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = flipped[at]! ^ (1 << (at & 7));
    assert.throws(() => decodeCheckpoint(flipped), DecodeError, `byte ${at}`);
  }
});

test('a checkpoint of a newer format says so', () => {
  const bytes = encoded({ nextBundle: 1, firstBundle: 1, nextLogId: 1, logs: [], states: [] });
  bytes.writeUInt32BE(99, 8);
  assert.throws(() => decodeCheckpoint(bytes), /format 99; this program knows 1/);
});

test('names of checkpoints are in the order of what they cover', () => {
  const names = [9, 10, 11, 99, 100, 2 ** 40, 1].map(checkpointName);
  assert.deepEqual(
    [...names].sort(),
    [1, 9, 10, 11, 99, 100, 2 ** 40].map((bundle) => `${checkpointPrefix}${String(bundle).padStart(20, '0')}`),
  );
});
