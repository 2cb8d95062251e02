import fc from 'fast-check';
import { EMPTY_BYTES, ZERO_UUID } from '../../src/protocols/kafka/codec/primitives.js';
import { KAFKA_APIS, KAFKA_MESSAGES } from '../../src/protocols/kafka/schema/all.js';
import type { Field, Fields, Versions } from '../../src/protocols/kafka/schema/notation.js';

/** Values of any declared message, drawn by reading the declaration and not the generated code. */
export interface Declared {
  readonly fields: Fields;
  readonly flexibleFrom: number;
}

export const DECLARED: ReadonlyMap<string, Declared> = new Map(
  [
    ...Object.values(KAFKA_APIS).flatMap(({ name, flexible, request, response }) => [
      { name: `${name}Request`, flexible, fields: request },
      { name: `${name}Response`, flexible, fields: response },
    ]),
    ...Object.values(KAFKA_MESSAGES).flat(),
  ].map(({ name, flexible, fields }) => [
    name,
    { fields, flexibleFrom: flexible === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(flexible, 10) },
  ]),
);

function covers(range: Versions | undefined, version: number): boolean {
  if (range === undefined) return true;
  const [, from, plus, to] = /^(\d+)(\+?)(?:-(\d+))?$/.exec(range)!;
  return version >= Number(from) && (plus === '+' || version <= Number(to ?? from));
}

function fallback(field: Field): unknown {
  if (field.fallback === null) return null;
  if (field.array) return [];
  if ('struct' in field) {
    return Object.fromEntries(Object.entries(field.fields).map(([name, inner]) => [name, fallback(inner)]));
  }
  if (field.fallback !== undefined) return field.fallback;
  switch (field.type) {
    case 'bool':
      return false;
    case 'string':
      return '';
    case 'uuid':
      return ZERO_UUID;
    case 'bytes':
      return EMPTY_BYTES;
    case 'records':
      return null;
    default:
      return 0;
  }
}

const bytes = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 126, maxLength: 1100, size: 'max' }) },
);

function scalar(type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'bool':
      return fc.boolean();
    case 'int8':
      return fc.integer({ min: -128, max: 127 });
    case 'int16':
      return fc.integer({ min: -32768, max: 32767 });
    case 'uint16':
      return fc.integer({ min: 0, max: 65535 });
    case 'float64':
      return fc.double();
    case 'int32':
      return fc.integer({ min: -2147483648, max: 2147483647 });
    case 'int64':
      return fc.oneof(fc.maxSafeInteger(), fc.constantFrom(-1, 0, 2 ** 32, -(2 ** 32), 2 ** 53 - 1));
    case 'uuid':
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((raw) => Buffer.from(raw).toString('hex'));
    case 'string':
      return fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }));
    default:
      return bytes.map((raw) => Buffer.from(raw));
  }
}

function fieldValue(field: Field, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  const absent = !covers(field.versions, version) || (field.tag !== undefined && !flexible);
  if (absent) return fc.constant(fallback(field));
  const one = 'struct' in field ? fieldsValue(field.fields, version, flexible) : scalar(field.type);
  const value = field.array ? fc.array(one, { maxLength: 3 }) : one;
  const choices = [{ weight: 4, arbitrary: value as fc.Arbitrary<unknown> }];
  if (covers(field.nullable ?? '0', version) && field.nullable !== undefined) {
    choices.push({ weight: 1, arbitrary: fc.constant(null) });
  }
  if (field.tag !== undefined) choices.push({ weight: 2, arbitrary: fc.constant(fallback(field)) });
  return fc.oneof(...choices);
}

function fieldsValue(fields: Fields, version: number, flexible: boolean): fc.Arbitrary<Record<string, unknown>> {
  const values = Object.entries(fields).map(([name, field]) => [name, fieldValue(field, version, flexible)] as const);
  return fc.record(Object.fromEntries(values), { noNullPrototype: true });
}

export function messageValue(name: string, version: number): fc.Arbitrary<unknown> {
  const { fields, flexibleFrom } = DECLARED.get(name)!;
  return fieldsValue(fields, version, version >= flexibleFrom);
}
