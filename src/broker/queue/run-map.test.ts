import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../lib/random.js';
import { LaneSet } from './lane-set.js';
import { locked, RunMap, ready } from './run-map.js';

/** One entry for each offset of a run, as "deliveries". */
function spread(runs: RunMap): Map<number, number> {
  const all = new Map<number, number>();
  let last = -1;
  let count = 0;
  for (let found = runs.first(); found; found = runs.step()) {
    assert(runs.from >= last && runs.to > runs.from, 'sorted and disjoint');
    last = runs.to;
    count++;
    for (let offset = runs.from; offset < runs.to; offset++) all.set(offset, runs.deliveries);
  }
  assert.equal(count, runs.size);
  return all;
}

test('thousands of runs stay sorted and findable through random insertions, cuts, carvings and joins', () => {
  const random = new SeededRandom(7);
  const runs = new RunMap();
  const model = new Map<number, number>();
  for (let round = 0; round < 30_000; round++) {
    // Growing, then shrinking, so that chunks split, run sparse and merge again.
    const growing = round < 15_000;
    const offset = random.below(12_000);
    const found = runs.seek(offset);
    if (found && runs.from <= offset) {
      assert(model.has(offset));
      const to = Math.min(runs.to, offset + 1 + random.below(4));
      if (growing && random.chance(0.5)) {
        const deliveries = random.below(3);
        runs.carve(offset, to);
        runs.set(ready, 255, 0, 0, deliveries, 0);
        runs.joinLower();
        runs.joinUpper();
        assert(runs.from <= offset && runs.to >= to);
        for (let at = offset; at < to; at++) model.set(at, deliveries);
      } else if (!growing || random.chance(0.3)) {
        const end = growing ? to : runs.to;
        runs.cut(offset, end);
        assert(runs.atEnd || runs.from >= end);
        for (let at = offset; at < end; at++) model.delete(at);
      }
    } else if (growing) {
      assert(!model.has(offset));
      const to = Math.min(found ? runs.from : 12_000, offset + 1 + random.below(3));
      const deliveries = random.below(3);
      runs.add(offset, to);
      runs.set(ready, 255, 0, 0, deliveries, 0);
      for (let at = offset; at < to; at++) model.set(at, deliveries);
    }
    if (round % 1000 === 0) assert.deepEqual([...spread(runs)], [...model].sort(byKey));
  }
  assert.deepEqual([...spread(runs)], [...model].sort(byKey));
});

const byKey = (a: number[], b: number[]): number => a[0]! - b[0]!;

test('neighbours become one run when nothing tells them apart, also across chunks', () => {
  const runs = new RunMap();
  for (let offset = 0; offset < 1000; offset++) {
    runs.seek(offset);
    runs.add(offset, offset + 1);
    runs.set(locked, 255, 3, 500, 1, offset % 2);
  }
  assert.equal(runs.size, 1000);
  for (let offset = 999; offset >= 0; offset--) {
    runs.seek(offset);
    runs.set(locked, 255, 3, 500, 1, 0);
    runs.joinUpper();
  }
  assert.equal(runs.size, 1);
  assert(runs.first());
  assert.deepEqual([runs.from, runs.to, runs.holder, runs.until], [0, 1000, 3, 500]);
});

test('a run keeps its largest counts, holder and times', () => {
  const runs = new RunMap();
  runs.seek(0);
  runs.add(0, 10);
  runs.set(locked, 0x3fffffff, 0x3fffffff, Number.POSITIVE_INFINITY, 0xffffff, 0xffffff);
  for (let offset = 200; offset > 10; offset--) {
    runs.seek(offset);
    runs.add(offset, offset + 1);
    runs.set(ready, 255, 0, 0, 0, 0);
  }
  runs.cut(10 + 1, 10 + 2);
  assert(runs.seek(0));
  assert.deepEqual(
    [runs.state, runs.lane, runs.holder, runs.until, runs.deliveries, runs.attempts],
    [locked, 0x3fffffff, 0x3fffffff, Number.POSITIVE_INFINITY, 0xffffff, 0xffffff],
  );
});

test('a lane set keeps thousands of entries sorted by lane and then by offset', () => {
  const random = new SeededRandom(11);
  const set = new LaneSet();
  const model = new Map<number, [number, number, boolean]>();
  for (let round = 0; round < 40_000; round++) {
    const lane = random.below(12);
    const from = random.below(700);
    const key = lane * 1000 + from;
    if (random.chance(round < 20_000 ? 0.7 : 0.3)) {
      const blocking = random.chance(0.5);
      set.add(lane, from, blocking);
      model.set(key, [lane, from, blocking]);
    } else {
      assert.equal(set.delete(lane, from), model.delete(key));
    }
    if (round % 4000 === 3999) {
      const got: unknown[] = [];
      for (let found = set.first(); found; found = set.step()) got.push([set.lane, set.from, set.blocking]);
      const expected = [...model].sort((a, b) => a[0] - b[0]).map(([, entry]) => entry);
      assert.deepEqual(got, expected);
      for (let other = 0; other < 12; other++) {
        assert.equal(set.firstOf(other), expected.find((entry) => entry[0] === other)?.[1] ?? -1);
      }
    }
  }
});
