import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ledger } from './ledger.js';
import { Runs } from './runs.js';
import { Sizes } from './sizes.js';

test('Bytes that are ready are those of the offsets that are, whatever happens to them', () => {
  const step = fc.record({
    act: fc.constantFrom(
      'arrive',
      'priority',
      'acquire',
      'ack',
      'release',
      'reject',
      'kill',
      'bury',
      'purge',
      'discard',
    ),
    at: fc.nat(40),
    count: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ledger = new Ledger({ deliveryLimit: 3 });
      const sizes = new Sizes(0);
      ledger.measureBy(sizes);
      const out = new Runs();
      let end = 0;
      const sizeOf = (offset: number): number => (offset * 7) % 11;
      for (const { act, at, count } of steps) {
        const from = Math.min(at, end);
        const to = Math.min(from + count, end);
        if (act === 'arrive' || act === 'priority') {
          for (let offset = end; offset < end + count; offset++) sizes.add(sizeOf(offset));
          ledger.arrived(end + count);
          if (act === 'priority') ledger.admit(end, end + count, { priority: at });
          end += count;
        } else if (act === 'acquire')
          ledger.acquire(1, count, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, out);
        else if (act === 'ack') ledger.ack(0, from, to);
        else if (act === 'release') ledger.release(0, from, to);
        else if (act === 'reject') ledger.reject(0, from, to);
        else if (act === 'kill') ledger.kill(from, to, 'expired');
        else if (act === 'bury') ledger.buried(from, to);
        else if (act === 'purge') ledger.purge();
        else ledger.discard(from, to);
        sizes.forgetBefore(ledger.doneBefore);
        let bytes = 0;
        for (let offset = 0; offset < end; offset++) if (ledger.stateOf(offset) === 'ready') bytes += sizeOf(offset);
        assert.equal(ledger.readyBytes, bytes);
      }
    }),
    { numRuns: 200 },
  );
});

test('Sizes are known from the first that is not forgotten on, however many come', () => {
  const sizes = new Sizes(5);
  for (let offset = 5; offset < 10_000; offset++) {
    sizes.add(offset);
    if (offset % 3 === 0) sizes.forgetBefore(offset - 100);
  }
  assert.equal(sizes.between(9_990, 9_993), 9_990 + 9_991 + 9_992);
  assert.equal(sizes.between(0, 9_800), 0);
  assert.equal(sizes.between(9_999, 20_000), 9_999);
});
