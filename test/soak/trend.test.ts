import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../src/lib/random.js';
import { isFlat, type Sample, trendOf } from './trend.js';

/** An hour, a sample each ten seconds: warm-up, a saw of garbage, and so much more each hour. */
function hour(perHour: number): Sample[] {
  const random = new SeededRandom(5);
  return Array.from({ length: 360 }, (_, index) => {
    const at = index / 6;
    return { at, value: 100 + Math.min(at, 15) * 3 + (index % 7) * 8 + random.fraction() * 5 + (perHour * at) / 60 };
  });
}

test('a warm-up and a saw of garbage are no growth', () => {
  const trend = trendOf(hour(0));
  assert.ok(Math.abs(trend.perHour) < 6, `${trend.perHour}`);
  assert.ok(isFlat(trend, 1));
});

test('what grows below the saw is found, with how much it is in an hour', () => {
  const trend = trendOf(hour(40));
  assert.ok(trend.perHour > 34 && trend.perHour < 46, `${trend.perHour}`);
  assert.ok(!isFlat(trend, 5));
});
