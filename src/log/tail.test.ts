import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Tail } from './tail.js';

interface Held {
  readonly base: number;
  readonly next: number;
  readonly size: number;
  readonly buffer: Buffer;
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ push: fc.integer({ min: 1, max: 5 }), gap: fc.nat(2), size: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ drop: fc.nat(100) }) },
  fc.constant('rest' as const),
  fc.constant('clear' as const),
);

test('a tail is a queue of batches, whatever its ring has been through', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const tail = new Tail();
      let model: Held[] = [];
      let end = 0;
      for (const one of steps) {
        if (one === 'rest') {
          tail.rest();
        } else if (one === 'clear') {
          tail.clear();
          model = [];
        } else if ('push' in one) {
          const base = end + one.gap;
          const held = { base, next: base + one.push, size: one.size, buffer: Buffer.alloc(1) };
          tail.push(base, held.next, base * 10, base + 1, held.buffer, base & 7, one.size);
          model.push(held);
          end = held.next;
        } else {
          const offset = Math.floor((end * one.drop) / 90);
          tail.dropBefore(offset);
          model = model.filter((held) => held.next > offset);
        }
        assert.equal(tail.count, model.length);
        assert.equal(
          tail.bytes,
          model.reduce((sum, held) => sum + held.size, 0),
        );
        for (const [index, held] of model.entries()) {
          assert.deepEqual(
            [tail.base(index), tail.next(index), tail.size(index), tail.maxTimestamp(index), tail.bundle(index)],
            [held.base, held.next, held.size, held.base * 10, held.base + 1],
          );
          assert.equal(tail.buffer(index), held.buffer);
          assert.equal(tail.at(index), held.base & 7);
        }
        for (let offset = 0; offset <= end + 1; offset++) {
          const expected = model.findIndex((held) => held.next > offset);
          assert.equal(tail.find(offset), expected < 0 ? model.length : expected);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('a place that is not in the tail is a bug, and said so', () => {
  const tail = new Tail();
  assert.throws(() => tail.base(0));
  tail.push(0, 1, 0, 1, Buffer.alloc(1), 0, 1);
  assert.throws(() => tail.base(1));
  assert.throws(() => tail.size(-1));
});
