import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ByteReader } from '../../src/lib/byte-reader.js';
import { PieceWriter } from '../../src/lib/piece-writer.js';
import { readRequestHeader } from '../../src/protocols/kafka/frame.js';
import { CODEC, type CodecEntry } from './codec/table.js';

/** The fixtures are not compiled: from the compiled test, the checkout is two levels further up than from the source. */
function fixtureLines(name: string): string[] {
  const path = fileURLToPath(new URL(`../../../test/fixtures/wire/kafka/${name}`, import.meta.url));
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function codec(name: string): CodecEntry {
  const entry = CODEC.find((candidate) => candidate.name === name);
  assert.ok(entry, `${name} is not a message`);
  return entry;
}

function rewritten(entry: CodecEntry, version: number, value: unknown): string {
  const writer = new PieceWriter();
  entry.encode(writer, version, value as never);
  const pieces: Buffer[] = [];
  writer.takeInto(pieces);
  return Buffer.concat(pieces).toString('hex');
}

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner) =>
      inner?.type === 'Buffer' ? { hex: Buffer.from(inner.data).toString('hex') } : inner,
    ),
  );
}

describe('what kafkajs sends', () => {
  for (const line of fixtureLines('kafkajs-requests.txt')) {
    const [, name, version, hex, said] = /^(\S+) (\d+) (\S+) (.*)$/.exec(line)!;
    test(`${name} ${version} is understood and written back to the same bytes`, () => {
      const entry = codec(`${name}Request`);
      const reader = new ByteReader(Buffer.from(hex!, 'hex'));
      const header = readRequestHeader(reader);
      const bodyPosition = reader.position;
      const body = entry.decode(reader, Number(version));
      assert.equal(reader.remaining, 0);
      assert.deepEqual(plain({ header, body }), JSON.parse(said!));
      assert.equal(rewritten(entry, Number(version), body), hex!.slice(2 * bodyPosition));
    });
  }
});

describe('what other implementations agreed on', () => {
  const lines = fixtureLines('verified-messages.txt').map((line) => line.split(' ') as [string, string, string]);
  for (const entry of CODEC) {
    test(`${entry.name} keeps its bytes in every version`, () => {
      for (let version = entry.min; version <= entry.max; version++) {
        const line = lines.find(([name, at]) => name === entry.name && at === String(version));
        assert.ok(line, `no bytes for version ${version}`);
        const hex = line[2].replace('-', '');
        const reader = new ByteReader(Buffer.from(hex, 'hex'));
        const value = entry.decode(reader, version);
        assert.equal(reader.remaining, 0);
        assert.equal(rewritten(entry, version, value), hex);
      }
    });
  }
});
