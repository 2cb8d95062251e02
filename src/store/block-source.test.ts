import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { piecesBytes } from '../lib/pieces.js';
import { SeededRandom } from '../lib/random.js';
import { alignedMemory, isAligned } from './aligned-memory.js';
import { BlockSource } from './block-source.js';
import { blockBytes } from './files.js';

const chunk = alignedMemory(64 * blockBytes)!;
const memory = alignedMemory(2 << 20)!;
new SeededRandom(3).bytes(memory.length).copy(memory);
/** The same bytes where nothing is known of how they lie. */
const elsewhere = Buffer.concat([Buffer.alloc(7), memory]).subarray(7);

/** Takes everything, as the device does. */
function taken(source: BlockSource, bytesMax: number): { readonly bytes: Buffer; readonly inPlace: number } {
  const all: Buffer[] = [];
  let inPlace = 0;
  while (source.left > 0) {
    const before = source.left;
    const run = source.next(chunk, bytesMax);
    const size = piecesBytes(run);
    assert.equal(before - source.left, size);
    assert.ok(size > 0 && size <= bytesMax);
    for (const piece of run) {
      assert.ok(isAligned(piece) && piece.byteOffset % blockBytes === 0 && piece.length % blockBytes === 0);
      if (piece.buffer === memory.buffer) inPlace += piece.length;
    }
    all.push(...run.map((piece) => Buffer.from(piece)));
  }
  return { bytes: Buffer.concat(all), inPlace };
}

test('whatever the pieces are, the device gets their bytes in whole blocks that begin on a page', () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 400_000 }));
  const piece = fc.record({
    from: fc.integer({ min: 0, max: 1 << 20 }),
    size,
    known: fc.boolean(),
    lies: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 200 }),
      (wanted, blocks) => {
        let at = 0;
        const pieces = wanted.map(({ from, size, known, lies }) => {
          const start = lies ? from - (from % blockBytes) + (at % blockBytes) : from;
          at += size;
          return (known ? memory : elsewhere).subarray(start, start + size);
        });
        const whole = at - (at % blockBytes);
        const { bytes } = taken(new BlockSource(pieces, whole), blocks * blockBytes);
        assert.ok(bytes.equals(Buffer.concat(pieces).subarray(0, whole)));
      },
    ),
  );
});

test('what lies as it will in its blocks is written from where it is, but for the blocks in which it meets others', () => {
  const edge = Buffer.alloc(1000, 'e');
  const first = memory.subarray(1000, 500_000);
  const second = memory.subarray(1_000_000 - (1_000_000 % blockBytes) + (500_000 % blockBytes), 1_600_000);
  const size = edge.length + first.length + second.length;
  const whole = size - (size % blockBytes);
  const { bytes, inPlace } = taken(new BlockSource([edge, first, second], whole), 8 << 20);
  assert.ok(bytes.equals(Buffer.concat([edge, first, second]).subarray(0, whole)));
  assert.equal(inPlace, whole - 2 * blockBytes);
});

test('what lies otherwise is copied, a chunk at a time', () => {
  const source = new BlockSource([memory.subarray(1, 1 + 100 * blockBytes)], 100 * blockBytes);
  assert.equal(piecesBytes(source.next(chunk, 8 << 20)), chunk.length);
  assert.equal(piecesBytes(source.next(chunk, 8 << 20)), 36 * blockBytes);
  assert.equal(source.left, 0);
});

test('a little is copied wherever it lies', () => {
  const { inPlace } = taken(new BlockSource([memory.subarray(0, 15 * blockBytes)], 15 * blockBytes), 8 << 20);
  assert.equal(inPlace, 0);
});
