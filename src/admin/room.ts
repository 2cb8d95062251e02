import type { Broker } from '../broker/broker.js';
import { brokerErrorOf } from '../broker/refusal.js';
import { sleep } from '../lib/clock.js';
import { HttpError } from './http-error.js';

const waitMaxMs = 5000;
const lookMs = 100;

/** Lets who publishes wait while the broker has no room or the disk runs low, as it does on every front; then says so. */
export async function roomToPublish({ storage, diskSpace }: Broker): Promise<void> {
  const { clock } = storage;
  const untilMs = clock.monotonic() + waitMaxMs;
  while (storage.refusal === null && (storage.congested || diskSpace.low)) {
    if (clock.monotonic() >= untilMs) {
      const why = diskSpace.low ? 'the disk runs low' : 'more comes in than is written';
      throw new HttpError(503, 'service_unavailable', `publishers have to wait: ${why}`);
    }
    await sleep(clock, lookMs);
  }
  if (storage.refusal !== null) throw brokerErrorOf(storage.refusal);
}
