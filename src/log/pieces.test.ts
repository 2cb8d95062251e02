import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchBytes, setBaseOffset } from './batch.js';
import { Pieces } from './pieces.js';
import { batchOf } from './testing.js';

test('pieces hold the batches in order, each with its offset, and neighbours are one piece', () => {
  const batch = batchOf(['value']);
  const size = batchBytes(batch, 0);
  const slabs = [0, 1].map(() => Buffer.concat(new Array<Buffer>(8).fill(batch)));
  for (const slab of slabs) for (let index = 0; index < 8; index++) setBaseOffset(slab, index * size, index);
  const step = fc.record({ slab: fc.nat(1), index: fc.nat(7), moved: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const pieces = new Pieces();
      const expected: Buffer[] = [];
      let runs = 0;
      let behind: { slab: number; index: number } | null = null;
      for (const { slab, index, moved } of steps) {
        const offset = moved ? index + 100 : index;
        pieces.add(slabs[slab]!, index * size, size, offset);
        const whole = Buffer.from(batch);
        setBaseOffset(whole, 0, offset);
        expected.push(whole);
        if (moved) runs += 2;
        else if (behind === null || behind.slab !== slab || behind.index !== index) runs++;
        behind = moved ? null : { slab, index: index + 1 };
      }
      const taken = pieces.taken();
      assert.ok(Buffer.concat(taken).equals(Buffer.concat(expected)));
      assert.equal(taken.length, runs);
    }),
  );
});
