import type { StartingPoint } from '../../../broker/stream/reader.js';
import type { FieldTable } from '../codec/field-table.js';
import { AmqpError, replyCodes } from '../errors.js';

export const offsetArgument = 'x-stream-offset';

const unitsMs: Readonly<Record<string, number>> = {
  Y: 365 * 86_400_000,
  M: 30 * 86_400_000,
  D: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

/** `7D`, `12h`: null for what is no such text. */
export function intervalMs(text: string): number | null {
  const parts = /^(\d+)([YMDhms])$/.exec(text);
  return parts === null ? null : Number(parts[1]) * unitsMs[parts[2]!]!;
}

/** Where a consumer wants to begin: with what comes next where it does not say. */
export function startingPointOf(args: FieldTable, nowMs: number): StartingPoint {
  const field = args.get(offsetArgument);
  if (field === undefined) return { kind: 'next' };
  const refuse = (): AmqpError =>
    new AmqpError(
      replyCodes.preconditionFailed,
      `invalid arg '${offsetArgument}' for consumer: ${String(field.value).slice(0, 100)}`,
    );
  if (field.tag === 'T') return { kind: 'time', timestampMs: Number(field.value) * 1000 };
  if (field.tag === 'S') {
    const text = String(field.value);
    if (text === 'first' || text === 'last' || text === 'next') return { kind: text };
    const backMs = intervalMs(text);
    if (backMs === null) throw refuse();
    return { kind: 'time', timestampMs: Math.max(0, nowMs - backMs) };
  }
  const isWhole = typeof field.value === 'bigint' || Number.isInteger(field.value);
  if (!isWhole || 'fd'.includes(field.tag) || Number(field.value) < 0) throw refuse();
  return { kind: 'offset', offset: Number(field.value) };
}
