import type { JsonValue } from '../lib/json.js';
import { badRequest } from './http-error.js';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * A time as people write it: milliseconds since 1970, an ISO date (without a zone it is UTC), or how long ago: `90s`, `15m`,
 * `1h`, `2d`.
 */
export function momentOf(value: JsonValue, nowMs: number): number {
  const text = String(value).trim();
  if (/^[0-9]{1,16}$/.test(text)) return Number(text);
  const ago = /^-?([0-9]{1,12}(?:\.[0-9]{1,6})?)(ms|s|m|h|d|w)$/.exec(text);
  if (ago !== null) return Math.max(0, Math.floor(nowMs - Number(ago[1]) * units[ago[2]!]!));
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(text)) {
    const hasZone = /(?:Z|[+-][0-9]{2}:?[0-9]{2})$/i.test(text) || /^[0-9-]{10}$/.test(text);
    const timeMs = Date.parse(hasZone ? text : `${text}Z`);
    if (!Number.isNaN(timeMs)) return timeMs;
  }
  throw badRequest(
    `${JSON.stringify(text)} is no time: milliseconds since 1970, an ISO date, or how long ago, as in 1h`,
  );
}
