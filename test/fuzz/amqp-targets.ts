import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { ByteReader, DecodeError } from '../../src/lib/byte-reader.js';
import { ByteWriter } from '../../src/lib/byte-writer.js';
import { SeededRandom } from '../../src/lib/random.js';
import { checkFields, readHeaders, readTable, writeTable } from '../../src/protocols/amqp/codec/field-table.js';
import {
  decodeProperties,
  expirationOf,
  headerTableOf,
  isPersistent,
  Property,
  PropertyPlaces,
  priorityOf,
  scanProperties,
  textOf,
  writeProperties,
} from '../../src/protocols/amqp/codec/properties.js';
import { AmqpError } from '../../src/protocols/amqp/errors.js';
import { FrameReader } from '../../src/protocols/amqp/frame.js';
import { conversation } from '../amqp-bad-input/random-conversation.js';
import { ALL_METHODS, fieldTable, methodValue, properties } from '../amqp-codec/values.js';
import type { Target } from './target.js';

const path = fileURLToPath(new URL('../../../test/fixtures/wire/amqp/amqplib-methods.txt', import.meta.url));
const captured = readFileSync(path, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => /^(\S+) ([0-9a-f]*) /.exec(line)!.slice(1) as [name: string, hex: string]);

/** Behind class and method, as amqplib wrote them and as they are drawn. */
function methods(): Target[] {
  return ALL_METHODS.map(([name, codec]) => ({
    name: `AMQP ${name}`,
    seeds: [
      ...captured.filter(([of]) => of === name).map(([, hex]) => Buffer.from(hex, 'hex').subarray(4)),
      ...fc.sample(methodValue(codec), { numRuns: 3, seed: 5 }).map((value) => {
        const into = new ByteWriter();
        codec.write(into, value);
        return into.copy().subarray(4);
      }),
    ],
    read: (bytes) => codec.decode(new ByteReader(bytes)),
    refuses: [DecodeError],
  }));
}

const propertyLists: readonly Buffer[] = [
  ...captured.filter(([of]) => of === 'properties').map(([, hex]) => Buffer.from(hex, 'hex')),
  ...fc.sample(properties, { numRuns: 10, seed: 6 }).map((value) => {
    const into = new ByteWriter();
    writeProperties(into, value);
    return into.copy();
  }),
];

const tables: readonly Buffer[] = fc.sample(fieldTable, { numRuns: 12, seed: 7 }).map((value) => {
  const into = new ByteWriter();
  writeTable(into, value);
  return into.copy();
});

/** Deeper than any table may be. */
function nested(depth: number): Buffer {
  let inner = Buffer.alloc(0);
  for (let left = depth; left > 0; left--) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(inner.length, 0);
    inner = Buffer.concat([Buffer.from([1, 0x61, 0x46]), length, inner]);
  }
  const length = Buffer.alloc(4);
  length.writeUInt32BE(inner.length, 0);
  return Buffer.concat([length, inner]);
}

function placed(bytes: Buffer): void {
  const places = new PropertyPlaces();
  scanProperties(bytes, 0, bytes.length, places);
  void [isPersistent(bytes, places), priorityOf(bytes, places), expirationOf(bytes, places)];
  textOf(bytes, places, Property.userId);
  headerTableOf(bytes, places);
}

export function amqpTargets(): Target[] {
  const random = new SeededRandom(8);
  return [
    ...methods(),
    {
      name: 'AMQP content headers, decoded',
      seeds: propertyLists,
      read: (bytes) => decodeProperties(new ByteReader(bytes)),
      refuses: [DecodeError],
    },
    { name: 'AMQP content headers, looked through', seeds: propertyLists, read: placed, refuses: [DecodeError] },
    {
      name: 'AMQP tables',
      seeds: [...tables, nested(10), nested(5000)],
      read: (bytes) => [readTable(new ByteReader(bytes)), readHeaders(new ByteReader(bytes))],
      refuses: [DecodeError],
    },
    {
      name: 'AMQP tables, looked through',
      seeds: tables.map((table) => table.subarray(4)),
      read: (bytes) => checkFields(bytes, 0, bytes.length),
      refuses: [DecodeError],
    },
    {
      name: 'AMQP frames',
      seeds: Array.from({ length: 6 }, () => Buffer.concat(conversation(random))),
      read: (bytes) => {
        const reader = new FrameReader({ frame: () => {}, usual: (_bytes, at) => at, scanned: () => {} }, 131_072);
        const third = Math.ceil(bytes.length / 3);
        for (let at = 0; at < bytes.length; at += third) reader.feed(bytes, at, Math.min(bytes.length, at + third));
        if (reader.keptBytes > bytes.length) throw new RangeError(`${reader.keptBytes} bytes are kept`);
      },
      refuses: [AmqpError],
    },
  ];
}
