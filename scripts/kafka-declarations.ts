import type { Api, Field, Fields, Message, Versions } from '../src/protocols/kafka/schema/notation.js';

/**
 * What the generator works on: the structures of a message, the versions that have them, and text that differs from
 * version to version.
 */

/** One declaration file and what it declares. */
export interface Source {
  /** File name without extension. */
  readonly file: string;
  readonly messages: readonly MessageSource[];
}

export interface MessageSource {
  readonly name: string;
  readonly fields: Fields;
  readonly min: number;
  readonly max: number;
  readonly flexibleFrom: number;
  readonly kind: 'request' | 'response' | 'message';
}

export function apiSources(api: Api): MessageSource[] {
  const span = messageSpan(api);
  return [
    { name: `${api.name}Request`, fields: api.request, kind: 'request', ...span },
    { name: `${api.name}Response`, fields: api.response, kind: 'response', ...span },
  ];
}

export function messageSource(message: Message): MessageSource {
  return { name: message.name, fields: message.fields, kind: 'message', ...messageSpan(message) };
}

export function messageSpan(of: { versions: Versions; flexible?: Versions }): {
  min: number;
  max: number;
  flexibleFrom: number;
} {
  const [min, max] = parseVersions(of.versions);
  const flexibleFrom = of.flexible === undefined ? Number.POSITIVE_INFINITY : parseVersions(of.flexible)[0];
  return { min, max, flexibleFrom };
}

export function parseVersions(text: Versions): [number, number] {
  const [from, to] = text.split('-');
  if (to !== undefined) return [Number(from), Number(to)];
  if (text.endsWith('+')) return [Number(text.slice(0, -1)), Number.POSITIVE_INFINITY];
  return [Number(text), Number(text)];
}

export function includesVersion(range: Versions | undefined, version: number): boolean {
  if (range === undefined) return true;
  const [from, to] = parseVersions(range);
  return version >= from && version <= to;
}

/** A structure of a message: its interface's name and its fields. */
export interface Struct {
  readonly name: string;
  readonly fields: Fields;
  readonly tagged: boolean;
  /** Those of the message that have the structure at all: no other needs a branch. */
  readonly versions: readonly number[];
}

export class Emitter {
  readonly lines: string[] = [];
  private readonly used: Set<string>;
  readonly message: MessageSource;
  /** Of the structure at hand. */
  versions: readonly number[];

  constructor(message: MessageSource, used: Set<string>) {
    this.message = message;
    this.used = used;
    this.versions = versionsOf(message);
  }

  structs(): Struct[] {
    return structsOf(this.message.name, this.message.fields, versionsOf(this.message), this.message.flexibleFrom);
  }

  /** Names a primitive and remembers to import it. */
  use(name: string): string {
    this.used.add(name);
    return name;
  }

  add(...lines: string[]): void {
    this.lines.push(...lines);
  }

  get newest(): number {
    return this.versions.at(-1)!;
  }

  /** Whether flexible versions are all, some or none of those of the structure at hand. */
  get flexibility(): 'all' | 'some' | 'none' {
    if (!this.isFlexible(this.newest)) return 'none';
    return this.isFlexible(this.versions[0]!) ? 'all' : 'some';
  }

  isFlexible(version: number): boolean {
    return version >= this.message.flexibleFrom;
  }
}

function versionsOf({ min, max }: MessageSource): number[] {
  return Array.from({ length: max - min + 1 }, (_, index) => min + index);
}

export interface Run {
  from: number;
  readonly text: string;
}

/** Runs of versions with one text each, newest first. */
export function runs(versions: readonly number[], textOf: (version: number) => string): Run[] {
  const found: Run[] = [];
  for (const version of versions) {
    const text = textOf(version);
    if (found[0]?.text !== text) found.unshift({ from: version, text });
  }
  return found;
}

export function expression(versions: readonly number[], textOf: (version: number) => string): string {
  const found = runs(versions, textOf);
  const last = found.pop();
  return [...found.map((run) => `version >= ${run.from} ? ${run.text}`), last?.text].join(' : ');
}

/** The text may hold several lines; an empty one writes nothing. */
export function statement(emitter: Emitter, indent: string, textOf: (version: number) => string): string[] {
  return branches(indent, runs(emitter.versions, textOf));
}

export function branches(indent: string, found: Run[]): string[] {
  const [newest, ...older] = found;
  if (newest === undefined) return [];
  if (older.length === 0) return block(indent, newest.text);
  if (newest.text === '') {
    return [`${indent}if (version < ${newest.from}) {`, ...branches(`${indent}  `, older), `${indent}}`];
  }
  const first = [`${indent}if (version >= ${newest.from}) {`, ...block(`${indent}  `, newest.text)];
  const rest = branches(indent, older);
  if (rest.length === 0) return [...first, `${indent}}`];
  if (older.length > 1 && older[0]!.text !== '')
    return [...first, `${indent}} else ${rest[0]!.trim()}`, ...rest.slice(1)];
  return [...first, `${indent}} else {`, ...branches(`${indent}  `, older), `${indent}}`];
}

export function block(indent: string, text: string): string[] {
  return text === '' ? [] : text.split('\n').map((line) => `${indent}${line}`);
}

export function isNullable(emitter: Emitter, field: Field): boolean {
  return emitter.versions.some((version) => nullableAt(field, version));
}

export function nullableAt(field: Field, version: number): boolean {
  return (
    field.nullable !== undefined && includesVersion(field.versions, version) && includesVersion(field.nullable, version)
  );
}

/** Inner structures first; one that several fields share comes once, with the versions of all of them. */
function structsOf(
  name: string,
  fields: Fields,
  versions: readonly number[],
  flexibleFrom: number,
  tagged = false,
): Struct[] {
  const inner = Object.values(fields).flatMap((field) => {
    if (!('struct' in field)) return [];
    const isTag = field.tag !== undefined;
    const present = versions.filter(
      (version) => includesVersion(field.versions, version) && (!isTag || version >= flexibleFrom),
    );
    const isConstant = isTag && field.array !== true && field.fallback !== null;
    return structsOf(field.struct, field.fields, present, flexibleFrom, isConstant);
  });
  return [...inner, { name, fields, tagged, versions }].reduce<Struct[]>(withStruct, []);
}

function withStruct(known: Struct[], struct: Struct): Struct[] {
  const at = known.findIndex(({ name }) => name === struct.name);
  if (at < 0) return [...known, struct];
  const { fields, tagged, versions } = known[at]!;
  if (fields !== struct.fields) throw new Error(`${struct.name} is declared twice`);
  const all = [...new Set([...versions, ...struct.versions])].sort((a, b) => a - b);
  return known.with(at, { name: struct.name, fields, tagged: tagged || struct.tagged, versions: all });
}
