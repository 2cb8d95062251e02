import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Headers as NeutralHeaders } from '../../src/broker/routing/headers.js';
import { headersEqual, nestsTooDeeply } from '../../src/broker/routing/headers.js';
import { ByteReader, DecodeError } from '../../src/lib/byte-reader.js';
import { ByteWriter } from '../../src/lib/byte-writer.js';
import {
  checkFields,
  type FieldTable,
  type FieldValue,
  findField,
  headersOf,
  readFields,
  readFieldValue,
  readHeaders,
  readHeaderValue,
  readTable,
  skipValue,
  type Table,
  type TableValue,
  tableDepthMax,
  wholeNumberAt,
  writeChangedFields,
  writeTable,
} from '../../src/protocols/amqp/codec/field-table.js';
import { bytesOf, damaged, fieldTable, headers } from './values.js';

function bytesOfTable(table: Table): Buffer {
  const into = new ByteWriter(1);
  writeTable(into, table);
  return into.copy();
}

/** A table with its length in front, around fields given in hex. */
function tableOf(hex: string): Buffer {
  const fields = bytesOf(hex);
  const bytes = Buffer.alloc(4 + fields.length);
  bytes.writeUInt32BE(fields.length);
  fields.copy(bytes, 4);
  return bytes;
}

/** One inside the other, the innermost empty. */
function nested(depth: number, tag: 'F' | 'A'): Buffer {
  let inner = Buffer.alloc(0);
  for (let level = 1; level < depth; level++) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(inner.length);
    // The outermost is a table, so the first array has a name; those inside it have none.
    const named = tag === 'F' || level === depth - 1;
    inner = Buffer.concat([Buffer.from(named ? [1, 0x61] : []), Buffer.from(tag), length, inner]);
  }
  const length = Buffer.alloc(4);
  length.writeUInt32BE(inner.length);
  return Buffer.concat([length, inner]);
}

/** Each value as RabbitMQ writes it: type, bytes, with its tag, in neutral words. */
const vectors: readonly (readonly [hex: string, field: FieldValue, neutral: unknown])[] = [
  ['74 01', { tag: 't', value: true }, true],
  ['74 00', { tag: 't', value: false }, false],
  ['62 80', { tag: 'b', value: -128 }, -128],
  ['42 ff', { tag: 'B', value: 255 }, 255],
  ['73 8000', { tag: 's', value: -32768 }, -32768],
  ['75 ffff', { tag: 'u', value: 65535 }, 65535],
  ['49 80000000', { tag: 'I', value: -2147483648 }, -2147483648],
  ['69 ffffffff', { tag: 'i', value: 4294967295 }, 4294967295],
  ['6c ffffffffffffffff', { tag: 'l', value: -1 }, -1],
  ['6c 7fffffffffffffff', { tag: 'l', value: 2n ** 63n - 1n }, 2n ** 63n - 1n],
  ['6c 8000000000000000', { tag: 'l', value: -(2n ** 63n) }, -(2n ** 63n)],
  ['4c ffffffffffffffff', { tag: 'L', value: -1 }, -1],
  ['66 3fc00000', { tag: 'f', value: 1.5 }, 1.5],
  ['64 3ff8000000000000', { tag: 'd', value: 1.5 }, 1.5],
  ['44 02 0000007b', { tag: 'D', value: { scale: 2, unscaled: 123 } }, 1.23],
  ['53 00000002 6162', { tag: 'S', value: 'ab' }, 'ab'],
  ['53 00000001 ff', { tag: 'S', value: Buffer.from([255]) }, Buffer.from([255])],
  ['78 00000002 6162', { tag: 'x', value: Buffer.from('ab') }, Buffer.from('ab')],
  ['54 0000000069201c00', { tag: 'T', value: 1763712000 }, 1763712000],
  ['54 ffffffffffffffff', { tag: 'T', value: 2n ** 64n - 1n }, 2n ** 64n - 1n],
  ['56', { tag: 'V', value: null }, null],
  [
    '41 00000008 53 00000001 61 74 01',
    {
      tag: 'A',
      value: [
        { tag: 'S', value: 'a' },
        { tag: 't', value: true },
      ],
    },
    ['a', true],
  ],
  ['46 00000003 01 6b 56', { tag: 'F', value: new Map([['k', { tag: 'V', value: null }]]) }, new Map([['k', null]])],
  ['46 00000000', { tag: 'F', value: new Map() }, new Map()],
  ['41 00000000', { tag: 'A', value: [] }, []],
];

describe('a value', () => {
  for (const [hex, field, neutral] of vectors) {
    test(`${hex} is read and written`, () => {
      const bytes = bytesOf(hex);
      const from = new ByteReader(bytes);
      assert.deepEqual(readFieldValue(from), field);
      assert.equal(from.remaining, 0);
      assert.deepEqual(readHeaderValue(new ByteReader(bytes)), neutral);
      assert.equal(skipValue(bytes, 0, bytes.length), bytes.length);
      assert.equal(bytesOfTable(new Map([['k', field]])).toString('hex'), tableOf(`01 6b ${hex}`).toString('hex'));
      for (let end = 0; end < bytes.length; end++) {
        assert.throws(() => skipValue(bytes, 0, end), DecodeError);
        assert.throws(() => readFieldValue(new ByteReader(bytes, 0, end)), DecodeError);
        assert.throws(() => readHeaderValue(new ByteReader(bytes, 0, end)), DecodeError);
      }
    });
  }

  test('of any other type is refused', () => {
    const known = new Set(vectors.map(([hex]) => Number.parseInt(hex, 16)));
    assert.equal(known.size, 18);
    for (let tag = 0; tag < 256; tag++) {
      if (known.has(tag)) continue;
      const bytes = Buffer.alloc(20);
      bytes[0] = tag;
      assert.throws(() => skipValue(bytes, 0, 20), DecodeError);
      assert.throws(() => readFieldValue(new ByteReader(bytes)), DecodeError);
      assert.throws(() => readHeaderValue(new ByteReader(bytes)), DecodeError);
    }
  });

  test('that is a whole number of any width is read where it lies', () => {
    for (const [hex, field, neutral] of vectors) {
      const whole = 'bBsuIilL'.includes(field.tag) && typeof neutral === 'number';
      assert.equal(wholeNumberAt(bytesOf(hex), 0), whole ? neutral : Number.NaN, hex);
    }
  });

  test('in neutral words is written as the narrowest number that RabbitMQ would write', () => {
    const written = (value: TableValue): string => bytesOfTable(new Map([['k', value]])).toString('hex', 6);
    assert.equal(written(1), '4900000001');
    assert.equal(written(-1), '49ffffffff');
    assert.equal(written(2 ** 31), '6c0000000080000000');
    assert.equal(written(-(2 ** 53) + 1), '6cffe0000000000001');
    assert.equal(written(2n ** 63n - 1n), '6c7fffffffffffffff');
    assert.equal(written(0.5), '643fe0000000000000');
    assert.equal(written(-0), '648000000000000000');
    assert.equal(written(1e300).slice(0, 2), '64');
    assert.equal(written(2n ** 63n), `5300000013${Buffer.from('9223372036854775808').toString('hex')}`);
  });
});

describe('a table', () => {
  test('is written as it was read, tags and all', () => {
    fc.assert(
      fc.property(fieldTable, (table) => {
        const bytes = bytesOfTable(table);
        const from = new ByteReader(Buffer.concat([bytes, Buffer.alloc(5, 0xff)]), 0, bytes.length);
        const read = readTable(from);
        assert.deepEqual(read, table);
        assert.equal(from.remaining, 0);
        assert.deepEqual(readHeaders(new ByteReader(bytes)), headersOf(table));
        assert.deepEqual(readFields(new ByteReader(bytes, 4), bytes.length - 4), table);
        checkFields(bytes, 4, bytes.length);
      }),
    );
  });

  test("holds the broker's headers, in the broker's own words", () => {
    fc.assert(
      fc.property(headers, (given) => {
        // The shapes are declared on either side of a wall that neither may look over.
        const neutral: NeutralHeaders = given;
        const read: NeutralHeaders = readHeaders(new ByteReader(bytesOfTable(neutral)));
        assert.ok(headersEqual(read, normal(given) as NeutralHeaders) || hasNaN(given));
      }),
    );
  });

  test('mixes neutral values with values that say their type, as x-death does', () => {
    const death: Table = new Map<string, TableValue>([
      ['count', { tag: 'l', value: 1 }],
      ['reason', 'expired'],
      ['time', { tag: 'T', value: 1763712000 }],
      ['routing-keys', ['a', 'b']],
    ]);
    const read = readTable(new ByteReader(bytesOfTable(new Map([['x-death', [death]]]))));
    assert.deepEqual(read.get('x-death'), {
      tag: 'A',
      value: [
        {
          tag: 'F',
          value: new Map<string, FieldValue>([
            ['count', { tag: 'l', value: 1 }],
            ['reason', { tag: 'S', value: 'expired' }],
            ['time', { tag: 'T', value: 1763712000 }],
            [
              'routing-keys',
              {
                tag: 'A',
                value: [
                  { tag: 'S', value: 'a' },
                  { tag: 'S', value: 'b' },
                ],
              },
            ],
          ]),
        },
      ],
    });
  });

  test('with a name twice counts the first', () => {
    const bytes = tableOf('01 61 74 01 01 61 74 00');
    assert.deepEqual(readHeaders(new ByteReader(bytes)), new Map([['a', true]]));
    assert.deepEqual(readTable(new ByteReader(bytes)).get('a'), { tag: 't', value: true });
    assert.equal(findField(bytes, 4, bytes.length, Buffer.from('a')), 6);
  });

  test('leaves out a name that is too long to be said', () => {
    const table = new Map([
      ['a'.repeat(256), 1],
      ['ö'.repeat(127), 2],
    ]);
    assert.deepEqual(readHeaders(new ByteReader(bytesOfTable(table))), new Map([['ö'.repeat(127), 2]]));
  });

  test('with a field called __proto__ is a table like any other', () => {
    const read = readHeaders(new ByteReader(bytesOfTable(new Map([['__proto__', new Map([['x', 1]])]]))));
    assert.deepEqual([...read.keys()], ['__proto__']);
  });

  test('does not share memory with what a connection reads into', () => {
    const bytes = bytesOfTable(new Map<string, TableValue>([['a', Buffer.from('kept')]]));
    const read = readTable(new ByteReader(bytes));
    bytes.fill(0);
    assert.deepEqual(read.get('a'), { tag: 'x', value: Buffer.from('kept') });
  });
});

describe('a malformed table', () => {
  const readers = [
    (bytes: Buffer) => readTable(new ByteReader(bytes)),
    (bytes: Buffer) => readHeaders(new ByteReader(bytes)),
    (bytes: Buffer) => {
      const end = 4 + new ByteReader(bytes).u32();
      if (end > bytes.length) throw new DecodeError('cut');
      checkFields(bytes, 4, end);
    },
  ] as const;

  test('cut anywhere is a DecodeError, however its length is put right', () => {
    for (const table of fc.sample(fieldTable, { numRuns: 30, seed: 1 })) {
      const bytes = bytesOfTable(table);
      const boundaries = new Set([4]);
      for (let at = 4; at < bytes.length; ) {
        at = skipValue(bytes, at + 1 + bytes[at]!, bytes.length);
        boundaries.add(at);
      }
      for (let end = 0; end < bytes.length; end++) {
        const cut = Buffer.from(bytes.subarray(0, end));
        for (const read of readers) assert.throws(() => read(cut), DecodeError);
        if (end < 4 || boundaries.has(end)) continue;
        cut.writeUInt32BE(end - 4);
        for (const read of readers) assert.throws(() => read(cut), DecodeError, `${cut.toString('hex')}`);
      }
    }
  });

  test('with a byte changed is the same to all who read it: well-formed or a DecodeError', () => {
    for (const table of fc.sample(fieldTable, { numRuns: 30, seed: 2 })) {
      for (const bytes of damaged(bytesOfTable(table))) {
        const outcomes = readers.map((read) => {
          try {
            read(bytes);
            return 'read';
          } catch (error) {
            if (!(error instanceof DecodeError)) throw error;
            return 'refused';
          }
        });
        assert.equal(new Set(outcomes).size, 1, `${outcomes} of ${bytes.toString('hex')}`);
      }
    }
  });

  test('that claims more than there is takes no memory', () => {
    for (const hex of ['ffffffff', '7fffffff', 'fffffffb 01 61 41 ffffffff']) {
      assert.throws(() => readTable(new ByteReader(bytesOf(hex))), DecodeError);
      assert.throws(() => readHeaders(new ByteReader(bytesOf(hex))), DecodeError);
    }
    assert.throws(() => readFields(new ByteReader(bytesOf('01 61 56')), 4), DecodeError);
    for (const fields of ['01 61 41 ffffffff', '01 61 53 ffffffff 00', '01 61 46 00000001', 'ff 61']) {
      const bytes = tableOf(fields);
      for (const read of readers) assert.throws(() => read(bytes), DecodeError);
    }
  });

  test('whose inner table reaches past its outer one is refused', () => {
    // The inner one says 6 bytes, of which the outer one has only 3; the bytes are there, but not its own.
    const bytes = bytesOf('00000009 01 61 46 00000006 01 62 56 56 56 56');
    for (const read of readers) assert.throws(() => read(bytes), DecodeError);
  });

  test('is refused when it is nested too deeply, before the stack is used up', () => {
    for (const tag of ['F', 'A'] as const) {
      const deepest = nested(tableDepthMax, tag);
      for (const read of readers) read(deepest);
      assert.ok(!nestsTooDeeply(readHeaders(new ByteReader(deepest))));
      for (const depth of [tableDepthMax + 1, 1000, 20_000]) {
        const bytes = nested(depth, tag);
        for (const read of readers) assert.throws(() => read(bytes), DecodeError);
      }
    }
  });
});

describe('a field', () => {
  test('is found where it lies, and only there', () => {
    fc.assert(
      fc.property(fieldTable, fc.string({ maxLength: 4 }), (table, other) => {
        const bytes = bytesOfTable(table);
        for (const [name, field] of table) {
          const at = findField(bytes, 4, bytes.length, Buffer.from(name));
          assert.deepEqual(readFieldValue(new ByteReader(bytes, at)), field);
        }
        if (!table.has(other)) assert.equal(findField(bytes, 4, bytes.length, Buffer.from(other)), -1);
      }),
    );
  });

  test('is not found inside another one', () => {
    const bytes = bytesOfTable(new Map([['outer', new Map([['CC', 1]])]]));
    assert.equal(findField(bytes, 4, bytes.length, Buffer.from('CC')), -1);
  });

  test('is changed, added and dropped without touching the others', () => {
    fc.assert(
      fc.property(fieldTable, headers, fc.array(fc.nat(4)), (table, set, dropped) => {
        const bytes = bytesOfTable(table);
        const names = [...table.keys()];
        const drop = dropped.map((index) => names[index]).filter((name): name is string => name !== undefined);
        const into = new ByteWriter(1);
        const at = into.reserve(4);
        into.i32At(at, writeChangedFields(into, bytes, 4, bytes.length, { drop, set }));
        const kept = [...table].filter(([name]) => !drop.includes(name) && !set.has(name));
        assert.deepEqual(into.copy(), bytesOfTable(new Map<string, TableValue>([...kept, ...set])));
      }),
    );
  });
});

/** What AMQP makes of neutral values: bigint only beyond 2^53. */
function normal(value: TableValue): TableValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Map) return new Map([...(value as FieldTable)].map(([name, each]) => [name, normal(each)]));
  if (Array.isArray(value)) return value.map(normal);
  return value;
}

function hasNaN(value: TableValue): boolean {
  if (value instanceof Map) return [...value.values()].some(hasNaN);
  return Array.isArray(value) ? value.some(hasNaN) : Number.isNaN(value);
}
