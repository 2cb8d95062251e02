import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueueRates } from './rates.js';

test('rates are those since the last look, and the same for looks close together', () => {
  const rates = new QueueRates();
  const asked = (nowMs: number, published: number, ready: number, unacked: number): unknown[] => {
    const told = rates.of(7, nowMs, published, ready, unacked);
    const rate = (name: string): unknown => (told[name] as { readonly rate: number }).rate;
    const { publish_details } = told['message_stats'] as { readonly publish_details: { readonly rate: number } };
    return [
      publish_details.rate,
      rate('messages_details'),
      rate('messages_ready_details'),
      rate('messages_unacknowledged_details'),
    ];
  };
  assert.deepEqual(asked(1000, 50, 10, 0), [0, 0, 0, 0], 'nothing is known yet');
  assert.deepEqual(asked(3000, 500, 10, 0), [0, 0, 0, 0], 'too soon to tell');
  assert.deepEqual(asked(11_000, 1050, 20, 10), [100, 2, 1, 1]);
  assert.deepEqual(asked(12_000, 9999, 99, 0), [100, 2, 1, 1]);
  assert.deepEqual(asked(31_000, 1050, 0, 0), [0, -1.5, -1, -0.5]);
});

test('queues have rates of their own', () => {
  const rates = new QueueRates();
  const published = (logId: number, nowMs: number, count: number): unknown =>
    (rates.of(logId, nowMs, count, 0, 0)['message_stats'] as { readonly publish_details: unknown }).publish_details;
  published(1, 0, 0);
  published(2, 0, 0);
  assert.deepEqual([published(1, 10_000, 10), published(2, 10_000, 70)], [{ rate: 1 }, { rate: 7 }]);
});
