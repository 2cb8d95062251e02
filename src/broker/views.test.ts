import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HeaderValue } from './routing/headers.js';
import { traceHeaderOf, traceparentOf } from './trace-context.js';
import { type Attribute, attributesOf, seenAttributes } from './views.js';

const name = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,20}$/)
  .filter((text) => !/^(traceparent|aws|amazon)/i.test(text));
const label = fc.constantFrom('', '.label', '.int');
/** As objects usually are. */
function plain<T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  plain({
    name,
    type: label.map((end) => `String${end}`),
    value: fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
  }),
  plain({
    name,
    type: label.map((end) => `Number${end}`),
    value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt()).map(String),
  }),
  plain({
    name,
    type: label.map((end) => `Binary${end}`),
    value: fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  }),
);

function sorted(attributes: readonly Attribute[]): Attribute[] {
  return [...attributes].sort((left, right) => (left.name < right.name ? -1 : 1));
}

test('Attributes that become headers and properties become the same attributes again', () =>
  fc.assert(
    fc.property(fc.uniqueArray(attribute, { maxLength: 10, selector: (each) => each.name }), (attributes) => {
      const seen = seenAttributes('0b4c5e1a-7d0e-4c6e-9a46-1f0e6c1d2b3a', 0, attributes, null);
      assert.deepEqual(sorted(attributesOf(seen).attributes), sorted(attributes));
    }),
  ));

test('A trace is the same in both of its forms, and what is none has no other', () => {
  const hex = (length: number): fc.Arbitrary<string> =>
    fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));
  fc.assert(
    fc.property(hex(32), hex(16), fc.constantFrom('00', '01'), (trace, span, flags) => {
      const parent = `00-${trace}-${span}-${flags}`;
      assert.equal(traceparentOf(traceHeaderOf(parent)!), parent);
    }),
  );
  for (const wrong of ['', 'x', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`]) assert.equal(traceHeaderOf(wrong), null);
  for (const wrong of ['', 'Root=1-5759e988-bd862e3fe1be46a994272793', 'Parent=53995c3f42cd8ad8', '=;=']) {
    assert.equal(traceparentOf(wrong), null);
  }
});

test('Headers that say types and traces as SQS cannot have them are not believed', () => {
  const headers = new Map<string, HeaderValue>([
    ['x-amzn-trace-id', 'a\u0000b'],
    ['text', 'x'],
    ['number', 7],
    [
      'x-attribute-types',
      new Map([
        ['text', 'Number'],
        ['number', 'String.\u0000'],
      ]),
    ],
  ]);
  assert.deepEqual(attributesOf({ id: null, sentMs: null, properties: new Map(), headers }), {
    attributes: [
      { name: 'text', type: 'String', value: 'x' },
      { name: 'number', type: 'Number', value: '7' },
    ],
    trace: null,
  });
});
