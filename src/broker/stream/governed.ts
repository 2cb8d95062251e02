import type { PolicyDefinition } from '../policy-keys.js';
import type { TopicOverrides } from '../topic-config.js';

const unlimited = '-1';
const unitsMs: Readonly<Record<string, number>> = {
  Y: 365 * 86_400_000,
  M: 30 * 86_400_000,
  D: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

/** `7D`, `12h`, as RabbitMQ writes how long streams keep what they have; null for what is no such text. */
export function intervalMs(text: string): number | null {
  const parts = /^(\d+)([YMDhms])$/.exec(text);
  return parts === null ? null : Number(parts[1]) * unitsMs[parts[2]!]!;
}

/**
 * What a topic would have been configured with had its policies been asked: its own age and segment size come before theirs,
 * and of two sizes the smaller one holds.
 */
export function governed(own: TopicOverrides, definition: PolicyDefinition): TopicOverrides {
  const overrides = new Map(own);
  const offer = (key: string, value: unknown): void => {
    const has = own.get(key);
    if (typeof value === 'number' && (has === undefined || has === unlimited)) overrides.set(key, String(value));
  };
  const age = definition.get('max-age');
  offer('retention.ms', typeof age === 'string' ? intervalMs(age) : definition.get('retention-ms'));
  offer('segment.bytes', definition.get('stream-max-segment-size-bytes') ?? definition.get('max-segment-size'));
  const bytes = definition.get('max-length-bytes');
  if (typeof bytes === 'number') {
    const has = Number(own.get('retention.bytes') ?? unlimited);
    overrides.set('retention.bytes', String(has < 0 ? bytes : Math.min(has, bytes)));
  }
  return overrides;
}
