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

function text(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

/** The table of docs/protocols/kafka.md. */
function documented(): Row[] {
  return text('docs/protocols/kafka.md')
    .split('\n')
    .flatMap((line) => {
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

interface Checked {
  readonly behaviour: string;
  readonly file: string;
  readonly name: string;
}

/** What docs/protocols/kafka.md says is seen by tests. */
function checked(): Checked[] {
  const [, part = ''] = text('docs/protocols/kafka.md').split('## What is checked\n');
  return part.split('\n').flatMap((line) => {
    const [, behaviour, file, name] = line.split('|').map((cell) => cell.trim());
    return file?.endsWith('.test.ts') ? [{ behaviour: behaviour!, file, name: name! }] : [];
  });
}

/** As in a file, with `…` for what is filled in. */
function testNames(file: string): Set<string> {
  const names = new Set<string>();
  for (const [, , name] of text(file).matchAll(/\btest\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g)) {
    names.add(name!.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll(/\\(.)/g, '$1'));
  }
  return names;
}

test('docs/protocols/kafka.md names for each behaviour a test that is there', () => {
  const rows = checked();
  assert.ok(rows.length > 100, `${rows.length} rows`);
  const found = new Map([...new Set(rows.map(({ file }) => file))].map((file) => [file, testNames(file)]));
  const missing = rows
    .filter(({ file, name }) => !found.get(file)!.has(name))
    .map(({ file, name }) => `${file}: ${name}`);
  assert.deepEqual(missing, []);
  for (const { behaviour } of rows) assert.ok(behaviour.length > 3);
});
