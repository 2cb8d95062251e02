import type { Broker } from '../../broker/broker.js';
import type { JsonObject } from '../../lib/json.js';

/** What makes publishers wait or refuses them, with what to do about it: in front of people on every page. */
export function alarmsOf({ storage, diskSpace }: Broker): JsonObject[] {
  const alarms: JsonObject[] = [];
  const { refusal } = storage;
  if (refusal !== null) {
    alarms.push({
      kind: 'journal',
      what: `Nothing new is taken: ${refusal.message}`,
      advice: 'Make room on the disk or mend it; naru goes on by itself.',
    });
  }
  if (diskSpace.low) {
    alarms.push({
      kind: 'disk',
      what: 'The disk is almost full, so publishers have to wait.',
      advice: 'Make room on the disk, shorten the retention of topics, or lower disk-free-bytes-min.',
    });
  }
  if (storage.congested) {
    alarms.push({
      kind: 'memory',
      what: 'More comes in than the disk takes, so publishers have to wait.',
      advice: 'This passes by itself. If it lasts, look at the journal on the overview.',
    });
  }
  return alarms;
}
