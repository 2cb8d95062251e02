import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { advertised } from '../../src/protocols/kafka/apis.js';
import { API_RANGES } from '../../src/protocols/kafka/codec/apis.js';

interface Row {
  readonly key: number;
  readonly name: string;
  readonly served: string;
  readonly remark: string;
}

/** The table of docs/protocols/kafka.md. */
function documented(): Row[] {
  const text = readFileSync(new URL('../../../docs/protocols/kafka.md', import.meta.url), 'utf8');
  return text.split('\n').flatMap((line) => {
    const [, key, name, , served, remark] = line.split('|').map((cell) => cell.trim());
    return /^\d+$/.test(key ?? '') ? [{ key: Number(key), name: name!, served: served!, remark: remark! }] : [];
  });
}

test('docs/protocols/kafka.md has a line for each API key of Kafka 4.2, and each says something', () => {
  const rows = documented();
  assert.deepEqual(
    rows.map(({ key }) => key),
    Array.from({ length: 93 }, (_, key) => key),
  );
  for (const { key, remark } of rows) assert.ok(remark.length > 3, `${key}`);
  for (const { key, name } of API_RANGES) assert.equal(rows[key]!.name, name);
});

test('docs/protocols/kafka.md says of each API what ApiVersions tells', () => {
  const told = new Map(advertised().map((api) => [api.apiKey, `${api.minVersion}-${api.maxVersion}`]));
  for (const { key, name, served } of documented()) assert.equal(served, told.get(key) ?? 'no', name);
});
