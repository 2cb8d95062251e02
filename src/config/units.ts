/** How people write sizes and times: `64MB`, `64MiB`, `7d`, `250ms`. Inside the program both are plain numbers. */

const kib = 1024;
const secondMs = 1000;

const byteUnits: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
  ['kib', kib],
  ['mib', kib ** 2],
  ['gib', kib ** 3],
  ['tib', kib ** 4],
]);

const durationUnits: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', secondMs],
  ['m', 60 * secondMs],
  ['min', 60 * secondMs],
  ['h', 3600 * secondMs],
  ['d', 86_400 * secondMs],
  ['w', 7 * 86_400 * secondMs],
]);

/** Bytes; a number without a unit is bytes. Undefined when it is not a size. */
export function parseBytes(text: string): number | undefined {
  return parseQuantity(text, byteUnits);
}

/** Milliseconds; a number without a unit is milliseconds. Undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, durationUnits);
}

function parseQuantity(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const match = /^(-?\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = match[2]!.toLowerCase();
  const factor = unit === '' ? 1 : units.get(unit);
  if (factor === undefined) return undefined;
  const quantity = Number(match[1]) * factor;
  // 1.5MiB is a whole number of bytes, 0.3KiB is not: the nearest one is meant. 1e400 would be nonsense.
  return Number.isFinite(quantity) ? Math.round(quantity) : undefined;
}

/** A whole number written in decimal digits; undefined for anything else, also for one too large to be exact. */
export function parseWholeNumber(text: string): number | undefined {
  if (!/^-?\d+$/.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
