import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ByteReader } from '../../src/lib/byte-reader.js';
import { ByteWriter } from '../../src/lib/byte-writer.js';
import type { FieldValue } from '../../src/protocols/amqp/codec/field-table.js';
import { headersOf } from '../../src/protocols/amqp/codec/field-table.js';
import { decodeProperties, writeProperties } from '../../src/protocols/amqp/codec/properties.js';
import { ALL_METHODS } from './values.js';

/** The fixtures are not compiled: from the compiled test, the checkout is two levels further up than from the source. */
const path = fileURLToPath(new URL('../../../test/fixtures/wire/amqp/amqplib-methods.txt', import.meta.url));
const lines = readFileSync(path, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => /^(\S+) ([0-9a-f]*) (.*)$/.exec(line)!.slice(1) as [name: string, hex: string, said: string]);

/** Tables, maps and bytes as the fixture writes them. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  if (value instanceof Map) {
    const entries = [...(value as Map<string, unknown>)].map(([name, each]) => [name, plain(each)] as const);
    return Object.fromEntries(entries);
  }
  if (Array.isArray(value)) return value.map(plain);
  return value;
}

function said(value: object): unknown {
  const entries = Object.entries(value).map(([name, each]) => [
    name,
    plain(each instanceof Map ? headersOf(each as Map<string, FieldValue>) : each),
  ]);
  return Object.fromEntries(entries);
}

describe('what amqplib writes', () => {
  for (const [name, codec] of ALL_METHODS) {
    test(`${name} is understood and written back to the same bytes`, () => {
      const captured = lines.filter(([of]) => of === name);
      assert.ok(captured.length > 0);
      for (const [, hex, text] of captured) {
        const bytes = Buffer.from(hex, 'hex');
        assert.equal(bytes.readUInt32BE(0), codec.id);
        const value = codec.decode(new ByteReader(bytes, 4));
        assert.deepEqual(said(value), JSON.parse(text));
        const into = new ByteWriter();
        codec.write(into, value);
        assert.equal(into.copy().toString('hex'), hex);
      }
    });
  }

  test('properties are understood and written back to the same bytes', () => {
    const captured = lines.filter(([of]) => of === 'properties');
    assert.equal(captured.length, 5);
    for (const [, hex, text] of captured) {
      const from = new ByteReader(Buffer.from(hex, 'hex'));
      const value = decodeProperties(from);
      assert.equal(from.remaining, 0);
      assert.deepEqual(said(value), JSON.parse(text));
      const into = new ByteWriter();
      writeProperties(into, value);
      assert.equal(into.copy().toString('hex'), hex);
    }
  });
});
