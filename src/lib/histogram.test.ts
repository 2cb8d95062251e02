import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, sizeBounds } from './histogram.js';

test('a value counts at the first bound that is not below it', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.5, 10, 11, 1e9]) histogram.observe(value);
  assert.deepEqual([...histogram.counts], [2, 2, 2]);
  assert.equal(histogram.count, 6);
  assert.equal(histogram.sum, 0 + 1 + 1.5 + 10 + 11 + 1e9);
});

test('many of the same value count at once', () => {
  const [one, other] = [new Histogram(sizeBounds), new Histogram(sizeBounds)];
  for (let each = 0; each < 1000; each++) one.observe(512);
  other.observe(512, 1000);
  assert.deepEqual(one, other);
});
