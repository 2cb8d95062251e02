import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heap } from './heap.js';
import { SeededRandom } from './random.js';

test('a heap gives its entries back by key, each with what it was pushed with', () => {
  const random = new SeededRandom(3);
  const heap = new Heap();
  const keys: number[] = [];
  for (let count = 0; count < 5000; count++) {
    const key = random.below(1000);
    keys.push(key);
    heap.push(key, key * 2, key * 3);
    if (count % 3 === 2) {
      keys.sort((a, b) => a - b);
      assert.equal(heap.topKey, keys.shift());
      heap.pop();
    }
  }
  for (const key of keys.sort((a, b) => a - b)) {
    assert.deepEqual([heap.topKey, heap.topFirst, heap.topSecond], [key, key * 2, key * 3]);
    heap.pop();
  }
  assert.equal(heap.size, 0);
  assert.equal(heap.topKey, Number.POSITIVE_INFINITY);
});

test('a cleared heap is empty and works on', () => {
  const heap = new Heap();
  for (let key = 0; key < 2000; key++) heap.push(key, 0, 0);
  heap.clear();
  assert.equal(heap.topKey, Number.POSITIVE_INFINITY);
  heap.push(5, 1, 2);
  assert.equal(heap.topKey, 5);
});
