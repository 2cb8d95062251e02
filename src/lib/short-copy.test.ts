import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyShort, LastView, sameShort, viewOf } from './short-copy.js';

const lengths = [...Array.from({ length: 70 }, (_, length) => length), 127, 128, 191, 192, 193, 1000];

function filled(length: number, from: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, at) => (from + at * 7) & 0xff));
}

test('bytes of any length are copied from anywhere to anywhere, and none beside them is touched', () => {
  for (const length of lengths) {
    for (const [at, start] of [
      [0, 0],
      [1, 3],
      [6, 2],
      [5, 5],
    ] as const) {
      const from = filled(start + length + 4, length);
      const into = Buffer.alloc(at + length + 4, 0xee);
      const end = copyShort(into, viewOf(into), at, from, viewOf(from), start, length);
      assert.equal(end, at + length);
      const wanted = Buffer.alloc(at + length + 4, 0xee);
      from.copy(wanted, at, start, start + length);
      assert.deepEqual(into, wanted);
    }
  }
});

test('bit patterns that are no number stay as they are', () => {
  const from = Buffer.from('7ff000000000000100000000fff8dead7fa00001ffffffff', 'hex');
  const into = Buffer.alloc(from.length);
  copyShort(into, viewOf(into), 0, from, viewOf(from), 0, from.length);
  assert.deepEqual(into, from);
});

test('a difference in any one byte is seen, and one beside them is not', () => {
  for (const length of lengths) {
    const left = filled(length + 8, 1);
    const right = Buffer.concat([Buffer.alloc(3), left.subarray(2)]);
    const same = (): boolean => sameShort(viewOf(left), 2, viewOf(right), 3, length);
    assert.equal(same(), true);
    for (let at = 0; at < length; at++) {
      right[3 + at]! ^= 0x80;
      assert.equal(same(), false, `byte ${at} of ${length}`);
      right[3 + at]! ^= 0x80;
    }
    right[2]! ^= 1;
    right[3 + length]! ^= 1;
    assert.equal(same(), true);
  }
});

test('the view is that of the buffer asked for, also of one that is part of another', () => {
  const views = new LastView();
  const whole = filled(100, 0);
  for (const part of [whole, whole.subarray(10, 20), whole, Buffer.alloc(3 * 1024 * 1024, 9), whole.subarray(50)]) {
    const view = views.of(part);
    assert.deepEqual([view.byteLength, view.getUint8(0)], [part.length, part[0]]);
  }
});
