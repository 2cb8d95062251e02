import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PieceWriter } from './piece-writer.js';

test('pieces say what was written, in order, with every frame length filled in', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ chunk: false, bytes: Buffer.from(bytes) })),
    fc.integer({ min: 0, max: 3000 }).map((size) => ({ chunk: true, bytes: Buffer.alloc(size, size) })),
  );
  const writer = new PieceWriter(8);
  fc.assert(
    fc.property(fc.array(fc.array(part, { maxLength: 6 }), { maxLength: 4 }), (frames) => {
      const expected: Buffer[] = [];
      for (const parts of frames) {
        const body = Buffer.concat(parts.map(({ bytes }) => bytes));
        const length = Buffer.alloc(4);
        length.writeInt32BE(body.length);
        expected.push(length, body);
        writer.beginFrame();
        for (const { chunk, bytes } of parts) chunk ? writer.chunk(bytes) : writer.view(bytes);
        assert.equal(writer.endFrame(), body.length);
      }
      const pieces: Buffer[] = [];
      assert.equal(writer.takeInto(pieces), Buffer.concat(expected).length);
      assert.deepEqual(Buffer.concat(pieces), Buffer.concat(expected));
      assert.ok(pieces.every((piece) => piece.length > 0));
      assert.equal(writer.byteCount, 0);
    }),
  );
});

test('a large chunk comes out as itself, a small one is copied', () => {
  const writer = new PieceWriter();
  const [large, small] = [Buffer.alloc(5000, 1), Buffer.alloc(50, 2)];
  writer.u8(0);
  writer.chunk(large);
  writer.chunk(small);
  const pieces: Buffer[] = [];
  writer.takeInto(pieces);
  small.fill(9);
  assert.equal(pieces[1], large);
  assert.deepEqual(
    pieces.map((piece) => piece.length),
    [1, 5000, 50],
  );
  assert.equal(pieces[2]![0], 2);
});

test('what was taken stays as it is while the writer goes on, and a large answer is not kept', () => {
  const writer = new PieceWriter();
  const pieces: Buffer[] = [];
  writer.view(Buffer.alloc(3 << 20, 7));
  writer.takeInto(pieces);
  assert.ok(writer.buffer.length <= 256 * 1024);
  writer.view(Buffer.alloc(100, 8));
  assert.equal(writer.takeInto(pieces), 100);
  assert.ok(pieces[0]!.every((byte) => byte === 7));
});
