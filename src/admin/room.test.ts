import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Broker } from '../broker/broker.js';
import { VirtualClock } from '../lib/virtual-clock.js';
import { LogError } from '../log/errors.js';
import { HttpError } from './http-error.js';
import { roomToPublish } from './room.js';

interface Ground {
  readonly clock: VirtualClock;
  readonly storage: { clock: VirtualClock; refusal: LogError | null; congested: boolean };
  readonly diskSpace: { low: boolean };
}

function ground(): Ground {
  const clock = new VirtualClock();
  return { clock, storage: { clock, refusal: null, congested: false }, diskSpace: { low: false } };
}

/** What came of it, null while it waits. */
function outcomeOf(of: Ground): { value: string | null } {
  const outcome: { value: string | null } = { value: null };
  roomToPublish(of as unknown as Broker).then(
    () => {
      outcome.value = 'room';
    },
    (error: unknown) => {
      outcome.value = error instanceof HttpError ? String(error.status) : (error as Error).message;
    },
  );
  return outcome;
}

test('who publishes waits while the disk runs low, and goes on when there is room', async () => {
  const of = ground();
  of.diskSpace.low = true;
  const outcome = outcomeOf(of);
  await of.clock.advance(3000);
  assert.equal(outcome.value, null);
  of.diskSpace.low = false;
  await of.clock.advance(200);
  assert.equal(outcome.value, 'room');
});

test('who has waited long enough is told so, and at once what is refused for good', async () => {
  const of = ground();
  of.storage.congested = true;
  const outcome = outcomeOf(of);
  await of.clock.advance(6000);
  assert.equal(outcome.value, '503');
  of.storage.refusal = new LogError('full', 'the disk is full');
  const refused = outcomeOf(of);
  await of.clock.advance(1);
  assert.equal(refused.value, 'the disk is full');
});
