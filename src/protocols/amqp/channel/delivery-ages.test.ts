import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DeliveryAges } from './delivery-ages.js';

test('a tag is as old as the first note that has it', () => {
  const ages = new DeliveryAges();
  assert.equal(ages.lastBy(1000), 0);
  ages.note(5, 100, 10);
  ages.note(9, 105, 10);
  ages.note(12, 120, 10);
  assert.equal(ages.lastBy(99), 0);
  assert.equal(ages.lastBy(100), 5);
  assert.equal(ages.lastBy(119), 5);
  assert.equal(ages.lastBy(120), 12);
  ages.clear();
  assert.equal(ages.lastBy(1000), 0);
});

test('a tag is never said to be older than it is, nor younger by more than an interval while notes come in time', () => {
  const steps = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 20 }), tags: fc.nat(3) }), { maxLength: 100 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 10, max: 200 }), (history, timeoutMs) => {
      const ages = new DeliveryAges();
      const handedOut: number[] = [];
      let nowMs = 0;
      for (const { afterMs, tags } of history) {
        nowMs += afterMs;
        for (let count = 0; count < tags; count++) handedOut.push(nowMs);
        if (handedOut.length > 0) ages.note(handedOut.length, nowMs, timeoutMs / 16);
        const late = ages.lastBy(nowMs - timeoutMs);
        for (let tag = 1; tag <= handedOut.length; tag++) {
          const age = nowMs - handedOut[tag - 1]!;
          if (tag <= late) assert.ok(age >= timeoutMs);
          // Looked at every 20 ms or so, and noted once in a sixteenth of the time-out.
          else assert.ok(age < timeoutMs + 20 + timeoutMs / 16 + 20);
        }
      }
    }),
  );
});
