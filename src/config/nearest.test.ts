import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from './nearest.js';

test('a swapped, missing, added or wrong letter is one step', () => {
  assert.equal(editDistance('prot', 'port'), 1);
  assert.equal(editDistance('prt', 'port'), 1);
  assert.equal(editDistance('poort', 'port'), 1);
  assert.equal(editDistance('post', 'port'), 1);
  assert.equal(editDistance('', 'port'), 4);
});

test('the distance is the same both ways and zero only for the same word', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      assert.equal(editDistance(one, other), editDistance(other, one));
      assert.equal(editDistance(one, other) === 0, one === other);
    }),
  );
});

test('only a word near enough is suggested', () => {
  const words = ['kafka-port', 'http-port', 'memory'];
  assert.equal(nearest('kafka-prot', words), 'kafka-port');
  assert.equal(nearest('memroy', words), 'memory');
  assert.equal(nearest('partitions', words), undefined);
});
