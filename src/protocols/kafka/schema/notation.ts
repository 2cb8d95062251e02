/**
 * How Kafka's messages are declared. One declaration covers every version of a message; `scripts/generate-codec.ts`
 * turns it into plain functions, and the round-trip tests derive their values from it.
 *
 * A range of versions is `'3'`, `'3-9'` or `'3+'`; left out, it means every version of the message. Fields are written
 * in the order of their declaration; tagged ones follow the others, behind their tag.
 */
export type Versions = `${number}` | `${number}-${number}` | `${number}+`;

export type ScalarType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'string'
  | 'uuid'
  | 'bytes'
  | 'records';

interface FieldOptions {
  /** The versions that carry the field. In any other version it has its fallback. */
  readonly versions?: Versions;
  /** The versions in which it may be null. */
  readonly nullable?: Versions;
  /** A tagged field: only in flexible versions, and only written when it differs from its fallback. */
  readonly tag?: number;
}

export interface ScalarField extends FieldOptions {
  readonly type: ScalarType;
  readonly array?: true;
  /** What an absent field reads as; zero, false, the empty string or the empty array if nothing is said. */
  readonly fallback?: number | boolean | string | null;
  /** A string that keeps its two-byte length even in flexible versions (the request header's client id). */
  readonly neverCompact?: true;
}

export interface StructField extends FieldOptions {
  /** The name of the generated interface, unique within a file; two fields may share it if they share `fields` too. */
  readonly struct: string;
  readonly array?: true;
  readonly fields: Fields;
  readonly fallback?: null;
}

export type Field = ScalarField | StructField;

export interface Fields {
  readonly [name: string]: Field;
}

/** One request and its response. */
export interface Api {
  readonly key: number;
  readonly name: string;
  /** Every version we decode and answer. */
  readonly versions: Versions;
  /** The versions that have compact lengths and tagged fields. */
  readonly flexible?: Versions;
  readonly request: Fields;
  readonly response: Fields;
}

/** A message that travels or is kept on its own: headers, records of internal topics, what group members exchange. */
export interface Message {
  readonly name: string;
  readonly versions: Versions;
  readonly flexible?: Versions;
  readonly fields: Fields;
}
