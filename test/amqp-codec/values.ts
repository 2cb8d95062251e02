import fc from 'fast-check';
import type { FieldTable, FieldValue, Headers, HeaderValue } from '../../src/protocols/amqp/codec/field-table.js';
import type { Properties } from '../../src/protocols/amqp/codec/properties.js';
import { METHOD_CODECS, type MethodCodec, type MethodValues, type WireType } from './codec/table.js';

/** A method of any name, for tests that go through all of them. */
export type AnyMethod = MethodCodec<Record<string, unknown>>;

export const ALL_METHODS: readonly (readonly [name: keyof MethodValues, codec: AnyMethod])[] = Object.entries(
  METHOD_CODECS,
) as unknown as [keyof MethodValues, AnyMethod][];

/** Text of no more bytes than a short string holds. */
export const shortText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 255 }),
);

const int64 = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
);
const uint64 = fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }));
const buffer = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes));
/** Bytes that are no text in any reading. */
const noText = buffer.map((bytes) => Buffer.concat([Buffer.from([0xff]), bytes]));

function int(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min, max });
}

function tagged<Tag extends FieldValue['tag'], Value>(tag: Tag, value: fc.Arbitrary<Value>) {
  return value.map((each) => ({ tag, value: each }));
}

const { fields } = fc.letrec<{ fields: FieldTable; value: FieldValue }>((tie) => ({
  fields: fc
    .array(fc.tuple(shortText, tie('value')), { maxLength: 5 })
    .map((entries) => new Map(entries) as FieldTable),
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    tagged('S', fc.oneof(shortText, noText)),
    tagged('t', fc.boolean()),
    tagged('b', int(-128, 127)),
    tagged('B', int(0, 255)),
    tagged('s', int(-32768, 32767)),
    tagged('u', int(0, 65535)),
    tagged('I', int(-(2 ** 31), 2 ** 31 - 1)),
    tagged('i', int(0, 2 ** 32 - 1)),
    tagged('l', int64),
    tagged('L', int64),
    tagged('T', uint64),
    tagged('f', fc.float()),
    tagged('d', fc.double()),
    tagged('D', fc.record({ scale: int(0, 255), unscaled: int(0, 2 ** 32 - 1) }, { noNullPrototype: true })),
    tagged('x', buffer),
    tagged('V', fc.constant(null)),
    tagged('A', fc.array(tie('value'), { maxLength: 4 })),
    tagged('F', tie('fields')),
  ) as fc.Arbitrary<FieldValue>,
}));

export const fieldTable: fc.Arbitrary<FieldTable> = fields;

const { headers: neutral } = fc.letrec<{ headers: Headers; value: HeaderValue }>((tie) => ({
  headers: fc.array(fc.tuple(shortText, tie('value')), { maxLength: 5 }).map((entries) => new Map(entries) as Headers),
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    shortText,
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double(),
    int64,
    buffer,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('headers'),
  ) as fc.Arbitrary<HeaderValue>,
}));

export const headers: fc.Arbitrary<Headers> = neutral;

const byType: Readonly<Record<WireType, fc.Arbitrary<unknown>>> = {
  bit: fc.boolean(),
  octet: int(0, 255),
  short: int(0, 65535),
  long: int(0, 2 ** 32 - 1),
  longlong: fc.maxSafeNat(),
  shortstr: shortText,
  longstr: fc.string({ unit: 'grapheme' }),
  bytes: buffer,
  table: fieldTable,
};

export function methodValue(codec: AnyMethod): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(Object.entries(codec.fields).map(([name, type]) => [name, byType[type]])), {
    noNullPrototype: true,
  });
}

export const properties: fc.Arbitrary<Properties> = fc.record(
  {
    contentType: shortText,
    contentEncoding: shortText,
    headers: fieldTable,
    deliveryMode: int(0, 255),
    priority: int(0, 255),
    correlationId: shortText,
    replyTo: shortText,
    expiration: shortText,
    messageId: shortText,
    timestamp: fc.maxSafeNat(),
    type: shortText,
    userId: shortText,
    appId: shortText,
    clusterId: shortText,
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<Properties>;

/** Every position at which the bytes could end too early, and every single byte that could be another one. */
export function* damaged(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at++) {
    for (const damage of [0x00, 0x7f, 0x80, 0xff]) {
      const copy = Buffer.from(bytes);
      copy[at] = damage;
      yield copy;
    }
  }
}

/** Bytes written out by hand, with a remark behind each line. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\/\/.*$/gm, '').replaceAll(/\s/g, ''), 'hex');
}
