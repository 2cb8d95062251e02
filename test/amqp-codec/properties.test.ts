import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, DecodeError } from '../../src/lib/byte-reader.js';
import { ByteWriter } from '../../src/lib/byte-writer.js';
import { readTable, type TableValue } from '../../src/protocols/amqp/codec/field-table.js';
import {
  badExpiration,
  decodeProperties,
  expirationOf,
  flagOf,
  headerTableOf,
  isPersistent,
  noExpiration,
  PROPERTY_NAMES,
  type Properties,
  Property,
  type PropertyChange,
  PropertyPlaces,
  priorityOf,
  rewriteProperties,
  scanProperties,
  textOf,
  writeChangedProperties,
  writeProperties,
} from '../../src/protocols/amqp/codec/properties.js';
import { bytesOf, damaged, properties } from './values.js';

function bytesOfProperties(values: Properties): Buffer {
  const into = new ByteWriter(1);
  writeProperties(into, values);
  return into.copy();
}

function scanned(bytes: Buffer): PropertyPlaces {
  const places = new PropertyPlaces();
  scanProperties(bytes, 0, bytes.length, places);
  return places;
}

function changed(values: Properties, change: PropertyChange): Properties {
  const bytes = Buffer.concat([Buffer.alloc(2, 0xff), bytesOfProperties(values), Buffer.alloc(2, 0xff)]);
  const from = new ByteReader(rewriteProperties(bytes, 2, bytes.length - 2, change));
  const decoded = decodeProperties(from);
  assert.equal(from.remaining, 0);
  return decoded;
}

describe('properties', () => {
  test('by hand', () => {
    const bytes = bytesOf(`
      b9 00                    // content type, headers, delivery mode, priority, expiration
      0a 746578742f706c61696e  // text/plain
      00000004 01 61 74 01     // a: true
      02                       // persistent
      05
      03 313530                // 150`);
    const values = {
      contentType: 'text/plain',
      headers: new Map([['a', { tag: 't' as const, value: true }]]),
      deliveryMode: 2,
      priority: 5,
      expiration: '150',
    };
    assert.deepEqual(decodeProperties(new ByteReader(bytes)), values);
    assert.deepEqual(bytesOfProperties(values), bytes);
    const places = scanned(bytes);
    assert.equal(textOf(bytes, places, Property.contentType), 'text/plain');
    assert.ok(isPersistent(bytes, places));
    assert.equal(priorityOf(bytes, places), 5);
    assert.equal(expirationOf(bytes, places), 150);
    assert.equal(places.positions[Property.headers], 17);
    assert.equal(places.lengths[Property.headers], 4);
  });

  test('are read back as they were written, and each lies where the scan says', () => {
    const places = new PropertyPlaces();
    fc.assert(
      fc.property(properties, (values) => {
        const bytes = bytesOfProperties(values);
        assert.deepEqual(decodeProperties(new ByteReader(bytes)), values);
        const framed = Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(3, 0xff)]);
        // One object for all, as on the hot path: nothing of the message before may show through.
        scanProperties(framed, 3, 3 + bytes.length, places);
        assert.equal(places.position, 3);
        assert.equal(places.end, 3 + bytes.length);
        for (const [property, name] of PROPERTY_NAMES.entries()) {
          const value = values[name];
          assert.equal(places.has(property), value !== undefined, name);
          const at = places.positions[property]!;
          if (name === 'headers') {
            if (value !== undefined) assert.deepEqual(headerTableOf(framed, places), value);
          } else if (typeof value === 'string') assert.equal(textOf(framed, places, property), value);
          else if (name === 'timestamp' && value !== undefined) {
            assert.equal(framed.readUInt32BE(at) * 2 ** 32 + framed.readUInt32BE(at + 4), value);
          } else if (value !== undefined) assert.equal(framed[at], value);
        }
      }),
    );
  });

  test('that are cut anywhere, or have a byte too many, are refused', () => {
    const places = new PropertyPlaces();
    for (const values of fc.sample(properties, { numRuns: 30, seed: 3 })) {
      const bytes = bytesOfProperties(values);
      for (let end = 0; end < bytes.length; end++) {
        assert.throws(() => scanProperties(bytes, 0, end, places), DecodeError, `cut at ${end}`);
        assert.throws(() => decodeProperties(new ByteReader(bytes, 0, end)), DecodeError, `cut at ${end}`);
      }
      assert.throws(() => scanned(Buffer.concat([bytes, Buffer.alloc(1)])), DecodeError);
    }
  });

  test('with a byte changed are the same to scan and to decode', () => {
    for (const values of fc.sample(properties, { numRuns: 30, seed: 4 })) {
      for (const bytes of damaged(bytesOfProperties(values))) {
        const [scan, decode] = [
          outcome(() => scanned(bytes)),
          outcome(() => {
            const from = new ByteReader(bytes);
            decodeProperties(from);
            if (from.remaining > 0) throw new DecodeError('bytes left');
          }),
        ];
        assert.equal(scan === '', decode === '', bytes.toString('hex'));
      }
    }
  });

  test('with flags that mean nothing are refused', () => {
    for (const flags of [1, 2, 3]) {
      const bytes = Buffer.from([0, flags]);
      assert.throws(() => scanned(bytes), DecodeError);
      assert.throws(() => decodeProperties(new ByteReader(bytes)), DecodeError);
    }
  });

  test('have their flags in the order of the specification', () => {
    const order: number[] = PROPERTY_NAMES.map((name) => bytesOfProperties({ [name]: anyValue(name) }).readUInt16BE(0));
    assert.deepEqual(
      order,
      PROPERTY_NAMES.map((_, property) => flagOf(property)),
    );
    assert.deepEqual([order[0], order.at(-1)], [0x8000, 0x0004]);
  });
});

describe('what the hot path asks of a message', () => {
  function asked<Answer>(values: Properties, ask: (bytes: Buffer, places: PropertyPlaces) => Answer): Answer {
    const bytes = bytesOfProperties(values);
    return ask(bytes, scanned(bytes));
  }

  test('only delivery mode 2 is persistent', () => {
    assert.equal(asked({ deliveryMode: 2 }, isPersistent), true);
    for (const deliveryMode of [0, 1, 3, 255]) assert.equal(asked({ deliveryMode }, isPersistent), false);
    assert.equal(asked({}, isPersistent), false);
  });

  test('no priority is the lowest', () => {
    assert.equal(asked({ priority: 255 }, priorityOf), 255);
    assert.equal(asked({}, priorityOf), 0);
  });

  test('an expiration is digits and nothing else', () => {
    assert.equal(asked({}, expirationOf), noExpiration);
    assert.equal(asked({ expiration: '0' }, expirationOf), 0);
    assert.equal(asked({ expiration: '4294967295' }, expirationOf), 4294967295);
    for (const expiration of ['', '-1', '+1', '1.5', '1e3', ' 1', '1 ', 'abc', '0x10', '9'.repeat(16)]) {
      assert.equal(asked({ expiration }, expirationOf), badExpiration, expiration);
    }
  });
});

describe('changed properties', () => {
  test('are those before, without what is dropped and with what is set', () => {
    fc.assert(
      fc.property(properties, properties, fc.subarray([...PROPERTY_NAMES]), (before, set, drop) => {
        const expected: Record<string, unknown> = { ...before };
        for (const name of drop) delete expected[name];
        assert.deepEqual(changed(before, { drop, set }), { ...expected, ...set });
      }),
    );
  });

  test('keep the bytes of what they do not change', () => {
    fc.assert(
      fc.property(properties, (values) => {
        const bytes = bytesOfProperties(values);
        const into = new ByteWriter(1);
        writeChangedProperties(into, bytes, scanned(bytes), {});
        assert.deepEqual(into.copy(), bytes);
      }),
    );
  });

  test('may have single headers changed', () => {
    const before: Properties = {
      headers: new Map<string, TableValue>([
        ['BCC', ['a']],
        ['kept', { tag: 'u', value: 7 }],
        ['x-death', 'old'],
      ]),
      expiration: '100',
    };
    assert.deepEqual(
      changed(before, { drop: ['expiration'], headers: { drop: ['BCC'], set: new Map([['x-death', 'new']]) } }),
      {
        headers: new Map([
          ['kept', { tag: 'u', value: 7 }],
          ['x-death', { tag: 'S', value: 'new' }],
        ]),
      },
    );
  });

  test('get headers where there were none, and lose them with the last one', () => {
    const one = new Map([['BCC', 'a']]);
    assert.deepEqual(changed({ appId: 'x' }, { headers: { set: one } }), {
      headers: new Map([['BCC', { tag: 'S', value: 'a' }]]),
      appId: 'x',
    });
    assert.deepEqual(changed({ headers: one }, { headers: { drop: ['BCC'] } }), {});
    assert.deepEqual(changed({}, { headers: { drop: ['BCC'] } }), {});
  });

  test('written out are a table that can be read', () => {
    const bytes = bytesOfProperties({ headers: new Map([['a', 1]]) });
    assert.deepEqual(readTable(new ByteReader(bytes, 2)).get('a'), { tag: 'I', value: 1 });
  });
});

function outcome(attempt: () => void): string {
  try {
    attempt();
    return '';
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return error.message;
  }
}

function anyValue(name: string): unknown {
  if (name === 'headers') return new Map();
  return ['deliveryMode', 'priority', 'timestamp'].includes(name) ? 1 : 'x';
}
