import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Meter } from './meter.js';

test('a rate is known from the second look on, and is per second', () => {
  const meter = new Meter();
  meter.begin(1000);
  assert.equal(meter.measures, false);
  assert.equal(meter.rate('in', 500), 0);
  meter.begin(3000);
  assert.equal(meter.measures, true);
  assert.equal(meter.rate('in', 700), 100);
  // Asked for twice in a round it is the same.
  assert.equal(meter.rate('in', 700), 100);
});

test('small rates keep their decimals, and a count that was set back is no rate', () => {
  const meter = new Meter();
  meter.begin(0);
  meter.rate('slow', 0);
  meter.rate('back', 100);
  meter.begin(4000);
  assert.equal(meter.rate('slow', 1), 0.25);
  assert.equal(meter.rate('back', 3), 0);
});

test('what is not asked for any more is forgotten', () => {
  const meter = new Meter();
  meter.begin(0);
  meter.rate('gone', 5);
  for (let round = 1; round <= 40; round++) meter.begin(round * 1000);
  assert.equal(meter.rate('gone', 500), 0);
});
