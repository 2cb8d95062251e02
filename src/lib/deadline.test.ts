import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deadline } from './deadline.js';
import { VirtualClock } from './virtual-clock.js';

test('a deadline runs its task once, when it is due', async () => {
  const clock = new VirtualClock();
  let runs = 0;
  const deadline = new Deadline(clock, () => runs++);
  deadline.set(100);
  await clock.advance(99);
  assert.equal(runs, 0);
  assert.equal(deadline.armed, true);
  await clock.advance(1);
  assert.equal(runs, 1);
  assert.equal(deadline.armed, false);
  await clock.advance(1000);
  assert.equal(runs, 1);
});

test('a deadline that is put off runs at the last time asked for, and one brought forward earlier', async () => {
  const clock = new VirtualClock();
  const ranAtMs: number[] = [];
  const deadline = new Deadline(clock, () => ranAtMs.push(clock.monotonic()));
  deadline.set(100);
  await clock.advance(60);
  deadline.set(100);
  await clock.advance(60);
  deadline.set(100);
  await clock.advance(200);
  assert.deepEqual(ranAtMs, [220]);
  deadline.set(1000);
  deadline.set(10);
  await clock.advance(2000);
  assert.deepEqual(ranAtMs, [220, 330]);
});

test('a cleared deadline does not run and leaves no timer', async () => {
  const clock = new VirtualClock();
  const deadline = new Deadline(clock, () => assert.fail('it was cleared'));
  deadline.set(100);
  deadline.clear();
  assert.equal(clock.pending, 0);
  await clock.advance(1000);
});

test('a deadline beyond the longest timer waits its whole time', async () => {
  const clock = new VirtualClock();
  let runs = 0;
  const deadline = new Deadline(clock, () => runs++);
  deadline.set(2 ** 33);
  await clock.advance(2 ** 33 - 1);
  assert.equal(runs, 0);
  await clock.advance(1);
  assert.equal(runs, 1);
});
