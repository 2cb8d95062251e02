import type { JsonObject, JsonValue } from '../../lib/json.js';
import { type Headers, type HeaderValue, noHeaders } from './headers.js';

/** Arguments as JSON has them. Bytes become base64, whole numbers beyond 2^53 lose their last digits. */
export function headersToJson(headers: Headers): JsonObject {
  const fields: [string, JsonValue][] = [];
  for (const [name, value] of headers) fields.push([name, valueToJson(value)]);
  return Object.fromEntries(fields);
}

function valueToJson(value: HeaderValue): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return headersToJson(value);
  return (value as readonly HeaderValue[]).map(valueToJson);
}

/** What JSON says of arguments; null when it is no object. An empty list stands for none, as older tools write it. */
export function headersFromJson(json: JsonValue): Headers | null {
  if (json === null || (Array.isArray(json) && json.length === 0)) return noHeaders;
  if (typeof json !== 'object' || Array.isArray(json)) return null;
  const entries = Object.entries(json);
  if (entries.length === 0) return noHeaders;
  return new Map(entries.map(([name, value]): [string, HeaderValue] => [name, valueFromJson(value)]));
}

function valueFromJson(json: JsonValue): HeaderValue {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(valueFromJson);
  return new Map(Object.entries(json).map(([name, value]): [string, HeaderValue] => [name, valueFromJson(value)]));
}
