import { intervalMs } from '../../../broker/stream/governed.js';
import type { StartingPoint } from '../../../broker/stream/reader.js';
import type { FieldTable } from '../codec/field-table.js';
import { AmqpError, replyCodes } from '../errors.js';

export const offsetArgument = 'x-stream-offset';

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
