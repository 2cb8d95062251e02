import type { Parameters } from '../call.js';

/**
 * SNS numbers its lists below `member` and its maps below `entry`: `Tags.member.1.Key`, `Attributes.entry.1.key`. They
 * become arrays and Maps.
 */
export function snsParameters(parameters: Parameters): Parameters {
  const shaped: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(parameters)) shaped[name] = shape(value);
  return shaped;
}

function shape(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Record<string, unknown>;
  if (isObject(node['member'])) return numbered(node['member']).map(shape);
  if (isObject(node['entry'])) return mapOf(node['entry']);
  return snsParameters(node);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function numbered(node: Record<string, unknown>): unknown[] {
  return Object.entries(node)
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, item]) => item);
}

function mapOf(node: Record<string, unknown>): ReadonlyMap<string, unknown> {
  const map = new Map<string, unknown>();
  for (const entry of numbered(node)) {
    if (!isObject(entry)) continue;
    const key = entry['key'] ?? entry['Name'];
    if (typeof key === 'string') map.set(key, shape(entry['value'] ?? entry['Value']));
  }
  return map;
}
