import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from './clock.js';
import { LoopLag } from './loop-lag.js';

/** A loop that comes to what is due when it is told to. */
class LateClock implements Clock {
  nowMs = 0;
  tasks: (() => void)[] = [];

  now(): number {
    return this.nowMs;
  }

  monotonic(): number {
    return this.nowMs;
  }

  after(_delayMs: number, task: () => void): { cancel(): void } {
    this.tasks.push(task);
    return { cancel: () => this.tasks.splice(this.tasks.indexOf(task), 1) };
  }

  soon(): void {}

  pass(ms: number): void {
    this.nowMs += ms;
    for (const task of this.tasks.splice(0)) task();
  }
}

test('the lag is what passed beyond what was asked for', () => {
  const clock = new LateClock();
  const lag = new LoopLag(clock);
  lag.start();
  clock.pass(100);
  clock.pass(130);
  clock.pass(99);
  assert.equal(lag.seconds.count, 3);
  assert.equal(lag.seconds.sum, 0.03);
  lag.stop();
  assert.equal(clock.tasks.length, 0);
});
