import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClientLimits, Quotas } from './quotas.js';
import { Rate, throttleMsMax } from './rate.js';

const key = 'producer_byte_rate';

test('the narrowest quota wins, a name before the default, the user before the client', () => {
  const steps = [
    [{ user: undefined, clientId: null }, 8],
    [{ user: undefined, clientId: 'c' }, 7],
    [{ user: null, clientId: undefined }, 6],
    [{ user: null, clientId: null }, 5],
    [{ user: null, clientId: 'c' }, 4],
    [{ user: 'u', clientId: undefined }, 3],
    [{ user: 'u', clientId: null }, 2],
    [{ user: 'u', clientId: 'c' }, 1],
  ] as const;
  const quotas = new Quotas();
  assert.equal(quotas.limitOf('u', 'c', key), null);
  for (const [entity, limit] of steps) {
    quotas.set(entity, key, limit);
    assert.equal(quotas.limitOf('u', 'c', key)?.perSecond, limit);
    assert.equal(quotas.limitOf('u', 'c', 'consumer_byte_rate'), null);
  }
  for (const [entity, limit] of [...steps].reverse()) {
    assert.equal(quotas.limitOf('u', 'c', key)?.perSecond, limit);
    quotas.set(entity, key, null);
  }
  assert.equal(quotas.any, false);
});

test('a user’s quota is shared by all clients of that user, a default one by nobody else', () => {
  const quotas = new Quotas();
  quotas.set({ user: 'u', clientId: undefined }, key, 10);
  assert.equal(quotas.limitOf('u', 'one', key)!.rate, quotas.limitOf('u', 'two', key)!.rate);
  quotas.set({ user: null, clientId: undefined }, key, 10);
  assert.notEqual(quotas.limitOf('v', 'one', key)!.rate, quotas.limitOf('w', 'one', key)!.rate);
  quotas.set({ user: null, clientId: null }, key, 10);
  assert.notEqual(quotas.limitOf('v', 'one', key)!.rate, quotas.limitOf('v', 'two', key)!.rate);
});

test('a quota that changes holds at once, and so does taking it away', () => {
  const quotas = new Quotas();
  const limits = new ClientLimits(quotas, 'u', 'c');
  assert.equal(limits.produced(1e9, 0), 0);
  quotas.set({ user: 'u', clientId: undefined }, key, 1000);
  assert.ok(limits.produced(1e6, 0) > 0);
  quotas.set({ user: 'u', clientId: undefined }, key, null);
  assert.equal(limits.produced(1e9, 0), 0);
});

test('work is limited to a part of the time there is, and whoever asks for more waits a second at a time', () => {
  const quotas = new Quotas();
  const limits = new ClientLimits(quotas, 'u', 'c');
  assert.equal(limits.worked(1e6, 0), 0);
  quotas.set({ user: 'u', clientId: undefined }, 'request_percentage', 5);
  assert.equal(limits.worked(500, 0), 0, 'ten seconds’ worth may come at once: 50 ms of each');
  assert.equal(limits.worked(10, 0), 200);
  assert.equal(limits.worked(90, 0), 1000);
  assert.equal(limits.worked(0, 1000), 1000, 'two seconds’ worth are too much yet, less the one that has passed');
  assert.equal(limits.worked(0, 2000), 0);
});

test('nobody waits within the quota, and whoever is above it waits until the average is kept', () => {
  const rate = new Rate();
  assert.equal(rate.add(10_000, 1000, 5000), 0, 'ten seconds’ worth may come at once');
  const waitMs = rate.add(5000, 1000, 5000);
  assert.equal(waitMs, 5000, 'half as much again takes half as long again');
  assert.equal(rate.add(0, 1000, 5000 + waitMs), 0);
  assert.equal(rate.add(1e12, 1000, 11_000), throttleMsMax, 'and never for longer than what is measured');
  assert.equal(rate.add(1, 1000, 1e13), 0, 'what was long ago is forgotten');
});

test('a client that waits as it is told keeps its quota', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 50, maxLength: 200 }),
      fc.integer({ min: 1000, max: 50_000 }),
      (amounts, limit) => {
        const rate = new Rate();
        let nowMs = 1_000_000;
        let total = 0;
        for (const amount of amounts) {
          total += amount;
          nowMs += rate.add(amount, limit, nowMs);
        }
        const seconds = (nowMs - 1_000_000) / 1000;
        // The burst at the start, and what one wait is too short for.
        assert.ok(total <= limit * (seconds + 10) + 20_000, `${total} in ${seconds} s at ${limit}`);
      },
    ),
  );
});
