import type { Api, Field, Fields } from '../src/protocols/kafka/schema/notation.js';
import {
  block,
  branches,
  Emitter,
  expression,
  includesVersion,
  isNullable,
  messageSpan,
  nullableAt,
  runs,
  type Source,
  type Struct,
  statement,
} from './kafka-declarations.js';

/**
 * Turns declarations of Kafka messages into TypeScript. Per structure: an interface in which every field is always
 * present, and a function per direction. A field is one expression per run of versions that write it the same way.
 */

function constantName(struct: string): string {
  return `NO_${struct.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}`;
}

// Types and fallbacks

function typeOf(emitter: Emitter, field: Field): string {
  let type: string;
  if ('struct' in field) type = field.struct;
  else if (field.type === 'records') type = emitter.message.kind === 'response' ? emitter.use('Records') : 'Buffer';
  else if (field.type === 'bytes') type = 'Buffer';
  else if (field.type === 'string' || field.type === 'uuid') type = 'string';
  else type = field.type === 'bool' ? 'boolean' : 'number';
  if (field.array) type = `${type}[]`;
  else if ('struct' in field && field.tag !== undefined) type = `Readonly<${type}>`;
  return isNullable(emitter, field) ? `${type} | null` : type;
}

function fallbackOf(emitter: Emitter, field: Field): string {
  if (field.fallback === null) return 'null';
  if (field.array) return '[]';
  if ('struct' in field) return field.tag === undefined ? `new${field.struct}()` : constantName(field.struct);
  if (field.fallback !== undefined)
    return typeof field.fallback === 'string' ? `'${field.fallback}'` : String(field.fallback);
  if (field.type === 'records') return isNullable(emitter, field) ? 'null' : emitter.use('EMPTY_BYTES');
  if (field.type === 'bytes') return emitter.use('EMPTY_BYTES');
  if (field.type === 'string') return "''";
  if (field.type === 'uuid') return emitter.use('ZERO_UUID');
  return field.type === 'bool' ? 'false' : '0';
}

/** The least a value takes in any version that has it: what a claimed count is checked against. */
function leastBytes(emitter: Emitter, field: Field, version: number): number {
  const lengthBytes = emitter.isFlexible(version) ? 1 : 4;
  if (field.array) return lengthBytes;
  if ('struct' in field) return nullableAt(field, version) ? 1 : leastStructBytes(emitter, field.fields, version);
  if (field.type === 'string') return emitter.isFlexible(version) && !field.neverCompact ? 1 : 2;
  if (field.type === 'bytes' || field.type === 'records') return lengthBytes;
  return { bool: 1, int8: 1, int16: 2, uint16: 2, int32: 4, int64: 8, float64: 8, uuid: 16 }[field.type];
}

function leastStructBytes(emitter: Emitter, fields: Fields, version: number): number {
  let sum = emitter.isFlexible(version) ? 1 : 0;
  for (const field of Object.values(fields)) {
    if (field.tag === undefined && includesVersion(field.versions, version)) sum += leastBytes(emitter, field, version);
  }
  return sum;
}

/** The least of all versions that write lengths the same way, so that a new field does not become a new branch. */
function elementBytes(emitter: Emitter, field: Field, version: number): number {
  const alike = emitter.versions.filter(
    (other) => emitter.isFlexible(other) === emitter.isFlexible(version) && includesVersion(field.versions, other),
  );
  return Math.min(...alike.map((other) => leastBytes(emitter, elementOf(field), other)));
}

/** The name of a primitive for one version, such as `CompactNullableString`. */
function variant(emitter: Emitter, field: Field, noun: string, version: number): string {
  const compact = emitter.isFlexible(version) && !('neverCompact' in field) ? 'Compact' : '';
  return `${compact}${nullableAt(field, version) ? 'Nullable' : ''}${noun}`;
}

// Decoding

function readScalar(emitter: Emitter, field: Field, version: number): string {
  if ('struct' in field) {
    const text = `decode${field.struct}(reader, version)`;
    return nullableAt(field, version) ? `${emitter.use('readPresence')}(reader) ? ${text} : null` : text;
  }
  switch (field.type) {
    case 'int8':
      return 'reader.i8()';
    case 'int16':
      return 'reader.i16()';
    case 'uint16':
      return 'reader.u16()';
    case 'int32':
      return 'reader.i32()';
    case 'int64':
      return 'reader.i64()';
    case 'float64':
      return 'reader.f64()';
    case 'bool':
      return `${emitter.use('readBool')}(reader)`;
    case 'uuid':
      return `${emitter.use('readUuid')}(reader)`;
    case 'string':
      return `${emitter.use(`read${variant(emitter, field, 'String', version)}`)}(reader)`;
    default:
      return `${emitter.use(`read${variant(emitter, field, 'Bytes', version)}`)}(reader)`;
  }
}

/** An element of an array is never null itself. */
function elementOf(field: Field): Field {
  return 'struct' in field ? { struct: field.struct, fields: field.fields } : { type: field.type };
}

/** A null array has a count of -1 and an absent one of 0: in both the loop does not run. */
function readArray(emitter: Emitter, name: string, field: Field, versions = emitter.versions): string[] {
  const isRead = (version: number): boolean => includesVersion(field.versions, version);
  const count = expression(versions, (version) => {
    if (!isRead(version)) return '0';
    return `${emitter.use(`read${variant(emitter, field, 'Count', version)}`)}(reader, ${elementBytes(emitter, field, version)})`;
  });
  const element = expression(versions.filter(isRead), (version) => readScalar(emitter, elementOf(field), version));
  const lines = [
    `const ${name}Count = ${count};`,
    `for (let left = ${name}Count; left > 0; left--) ${name}.push(${element});`,
  ];
  return isNullable(emitter, field) ? [...lines, `if (${name}Count < 0) ${name} = null;`] : lines;
}

function readField(emitter: Emitter, name: string, field: Field): string[] {
  if (!field.array) {
    const text = expression(emitter.versions, (version) =>
      includesVersion(field.versions, version) ? readScalar(emitter, field, version) : fallbackOf(emitter, field),
    );
    return [`  const ${name} = ${text};`];
  }
  const word = isNullable(emitter, field) ? 'let' : 'const';
  return [
    `  ${word} ${name}: ${typeOf(emitter, field)} = [];`,
    ...readArray(emitter, name, field).map((line) => `  ${line}`),
  ];
}

function readTag(emitter: Emitter, name: string, field: Field): string[] {
  const flexible = emitter.versions.filter((version) => emitter.isFlexible(version));
  const text = (version: number): string => {
    if (!includesVersion(field.versions, version)) return 'reader.position = reader.end;';
    if (!field.array) return `${name} = ${readScalar(emitter, field, version)};`;
    return [`${name} = [];`, ...readArray(emitter, name, field, [version])].join('\n');
  };
  return [`      case ${field.tag}: {`, ...branches('        ', runs(flexible, text)), '        break;', '      }'];
}

function readTags(emitter: Emitter, tags: [string, Field][]): string[] {
  const { flexibleFrom } = emitter.message;
  if (emitter.flexibility === 'none') return [];
  const always = emitter.flexibility === 'all';
  if (tags.length === 0)
    return [`  ${always ? '' : `if (version >= ${flexibleFrom}) `}${emitter.use('skipTags')}(reader);`];
  const tagCount = always ? 'reader.uvarint()' : `version >= ${flexibleFrom} ? reader.uvarint() : 0`;
  return [
    `  for (let left = ${tagCount}; left > 0; left--) {`,
    '    const tag = reader.uvarint();',
    `    const outerEnd = ${emitter.use('openReadTag')}(reader);`,
    '    switch (tag) {',
    ...tags.flatMap(([name, field]) => readTag(emitter, name, field)),
    '      default:',
    '        reader.position = reader.end;',
    '    }',
    `    ${emitter.use('closeReadTag')}(reader, outerEnd);`,
    '  }',
  ];
}

function split(fields: Fields): { plain: [string, Field][]; tags: [string, Field][] } {
  const all = Object.entries(fields);
  const tags = all.filter(([, field]) => field.tag !== undefined).sort(([, a], [, b]) => a.tag! - b.tag!);
  return { plain: all.filter(([, field]) => field.tag === undefined), tags };
}

/** A structure that is the same in every version need not be told which it is. */
function versionParameter(body: readonly string[]): string {
  return body.some((line) => /\bversion\b/.test(line)) ? 'version' : '_version';
}

function emitDecode(emitter: Emitter, struct: Struct, exported: boolean): void {
  const { plain, tags } = split(struct.fields);
  emitter.use('ByteReader');
  const body = [
    ...plain.flatMap(([name, field]) => readField(emitter, name, field)),
    ...tags.map(([name, field]) => `  let ${name}: ${typeOf(emitter, field)} = ${fallbackOf(emitter, field)};`),
    ...readTags(emitter, tags),
    `  return { ${Object.keys(struct.fields).join(', ')} };`,
  ];
  const parameters = `reader: ByteReader, ${versionParameter(body)}: number`;
  emitter.add(
    `${exported ? 'export ' : ''}function decode${struct.name}(${parameters}): ${struct.name} {`,
    ...body,
    '}',
    '',
  );
}

// Encoding

function writeScalar(emitter: Emitter, field: Field, value: string, version: number): string {
  const given =
    isNullable(emitter, field) && !nullableAt(field, version) ? `${emitter.use('present')}(${value})` : value;
  if ('struct' in field) {
    const text = `encode${field.struct}(writer, version, ${given});`;
    if (!nullableAt(field, version)) return text;
    return `${emitter.use('writePresence')}(writer, ${value} !== null);\nif (${value} !== null) ${text}`;
  }
  switch (field.type) {
    case 'int8':
      return `writer.i8(${given});`;
    case 'int16':
      return `writer.i16(${given});`;
    case 'uint16':
      return `writer.u16(${given});`;
    case 'int32':
      return `writer.i32(${given});`;
    case 'int64':
      return `writer.i64(${given});`;
    case 'float64':
      return `writer.f64(${given});`;
    case 'bool':
      return `${emitter.use('writeBool')}(writer, ${given});`;
    case 'uuid':
      return `${emitter.use('writeUuid')}(writer, ${given});`;
    case 'string':
      return `${emitter.use(`write${variant(emitter, field, 'String', version)}`)}(writer, ${given});`;
    case 'bytes':
      return `${emitter.use(`write${variant(emitter, field, 'Bytes', version)}`)}(writer, ${given});`;
    default:
      return `${emitter.use(emitter.isFlexible(version) ? 'writeCompactRecords' : 'writeRecords')}(writer, ${given});`;
  }
}

function writeArray(emitter: Emitter, name: string, field: Field, version: number): string {
  const count = emitter.use(emitter.isFlexible(version) ? 'writeCompactCount' : 'writeCount');
  const element = writeScalar(emitter, elementOf(field), 'element', version);
  const lines = (list: string): string[] => [
    `${count}(writer, ${list}.length);`,
    `for (const element of ${list}) ${element}`,
  ];
  const value = `value.${name}`;
  if (!isNullable(emitter, field)) return lines(value).join('\n');
  if (!nullableAt(field, version)) return lines(`${emitter.use('present')}(${value})`).join('\n');
  const inner = lines(value).map((line) => `  ${line}`);
  return [`if (${value} === null) ${count}(writer, -1);`, 'else {', ...inner, '}'].join('\n');
}

function writeField(emitter: Emitter, name: string, field: Field, version: number): string {
  return field.array
    ? writeArray(emitter, name, field, version)
    : writeScalar(emitter, field, `value.${name}`, version);
}

/** Says whether a tagged field differs from its fallback. */
function differs(emitter: Emitter, name: string, field: Field): string {
  const value = `value.${name}`;
  if (field.array) return `${value}.length > 0`;
  if (!('struct' in field) || field.fallback === null) return `${value} !== ${fallbackOf(emitter, field)}`;
  const inner = Object.entries(field.fields).map(([key, of]) => `${value}.${key} !== ${fallbackOf(emitter, of)}`);
  return `${value} !== ${constantName(field.struct)} && (${inner.join(' || ')})`;
}

function writeTags(emitter: Emitter, tags: [string, Field][]): string[] {
  const { flexibleFrom } = emitter.message;
  if (emitter.flexibility === 'none') return [];
  const always = emitter.flexibility === 'all';
  if (tags.length === 0) return [`  ${always ? '' : `if (version >= ${flexibleFrom}) `}writer.u8(0);`];
  const lines: string[] = [];
  for (const [name, field] of tags) {
    const flexible = emitter.versions.filter((version) => emitter.isFlexible(version));
    const [newest, ...older] = runs(flexible, (version) => String(includesVersion(field.versions, version)));
    if (newest?.text !== 'true' || older.length > 1)
      throw new Error(`${name}: a tagged field may not end with a version`);
    const since = older.length === 0 ? '' : `version >= ${newest.from} && `;
    lines.push(`  const has_${name} = ${since}${differs(emitter, name, field)};`);
  }
  lines.push(`  writer.u8(${tags.map(([name]) => `(has_${name} ? 1 : 0)`).join(' + ')});`);
  for (const [name, field] of tags) {
    lines.push(
      `  if (has_${name}) {`,
      `    const at = ${emitter.use('openWriteTag')}(writer, ${field.tag});`,
      ...block('    ', writeField(emitter, name, field, emitter.newest)),
      `    ${emitter.use('closeWriteTag')}(writer, at);`,
      '  }',
    );
  }
  return always ? lines : [`  if (version >= ${flexibleFrom}) {`, ...lines.map((line) => `  ${line}`), '  }'];
}

function hasRecords(fields: Fields): boolean {
  return Object.values(fields).some((field) =>
    'struct' in field ? hasRecords(field.fields) : field.type === 'records',
  );
}

function emitEncode(emitter: Emitter, struct: Struct, exported: boolean): void {
  const { plain, tags } = split(struct.fields);
  if (tags.some(([, field]) => 'struct' in field && hasRecords(field.fields))) throw new Error('records under a tag');
  const writer = emitter.use(hasRecords(struct.fields) ? 'PieceWriter' : 'ByteWriter');
  const body = [
    ...plain.flatMap(([name, field]) =>
      statement(emitter, '  ', (version) =>
        includesVersion(field.versions, version) ? writeField(emitter, name, field, version) : '',
      ),
    ),
    ...writeTags(emitter, tags),
  ];
  const version = versionParameter(body);
  const value = body.some((line) => line.includes('value.')) ? 'value' : '_value';
  emitter.add(
    `${exported ? 'export ' : ''}function encode${struct.name}(writer: ${writer}, ${version}: number, ${value}: ${struct.name}): void {`,
    ...body,
    '}',
    '',
  );
}

// Interfaces, makers, files

function emitInterface(emitter: Emitter, struct: Struct): void {
  emitter.versions = struct.versions;
  emitter.add(`export interface ${struct.name} {`);
  for (const [name, field] of Object.entries(struct.fields)) emitter.add(`  ${name}: ${typeOf(emitter, field)};`);
  emitter.add('}', '');
}

function emitMaker(emitter: Emitter, struct: Struct): void {
  const values = Object.entries(struct.fields).map(([name, field]) => `${name}: ${fallbackOf(emitter, field)}`);
  emitter.add(`export function new${struct.name}(): ${struct.name} {`, `  return { ${values.join(', ')} };`, '}', '');
  if (struct.tagged) {
    emitter.add(`/** Stands for an absent tagged field; shared, so never to be changed. */`);
    emitter.add(`export const ${constantName(struct.name)}: Readonly<${struct.name}> = new${struct.name}();`, '');
  }
}

const LIB_TYPES: Record<string, string> = {
  ByteReader: 'byte-reader',
  ByteWriter: 'byte-writer',
  PieceWriter: 'piece-writer',
};

/** `lib` and `codec` are the paths from the generated file to `src/lib` and to the generated files of the served half. */
function imports(used: Set<string>, lib: string, codec: string): string[] {
  const lines: string[] = [];
  for (const [name, file] of Object.entries(LIB_TYPES)) {
    if (used.has(name)) lines.push(`import type { ${name} } from '${lib}/${file}.js';`);
  }
  const names = [...used].filter((name) => !(name in LIB_TYPES)).sort();
  const listed = names.map((name) => `  ${name === 'Records' ? 'type Records' : name},`);
  if (names.length > 0) lines.push('import {', ...listed, `} from '${codec}/primitives.js';`);
  return lines;
}

function header(source: Source): string[] {
  return [
    `// Generated from src/protocols/kafka/schema/${source.file}.ts by scripts/generate-codec.ts. Do not edit.`,
    '',
  ];
}

export function servedFile(source: Source): string {
  const used = new Set<string>();
  const body: string[] = [];
  for (const message of source.messages) {
    const emitter = new Emitter(message, used);
    const structs = emitter.structs();
    for (const struct of [...structs].reverse()) emitInterface(emitter, struct);
    for (const struct of structs) {
      emitter.versions = struct.versions;
      const outer = struct.name === message.name;
      if (message.kind !== 'request' || struct.tagged) emitMaker(emitter, struct);
      if (message.kind !== 'response') emitDecode(emitter, struct, outer);
      if (message.kind !== 'request') emitEncode(emitter, struct, outer);
    }
    body.push(...emitter.lines);
  }
  return `${[...header(source), ...imports(used, '../../../lib', '.'), '', ...body].join('\n').trimEnd()}\n`;
}

/** Client requests are encoded and broker responses decoded only by the tests. */
export function oppositeFile(source: Source): string {
  const used = new Set<string>();
  const types: string[] = [];
  const values: string[] = [];
  const body: string[] = [];
  for (const message of source.messages) {
    const emitter = new Emitter(message, used);
    for (const struct of emitter.structs()) {
      emitter.versions = struct.versions;
      const outer = struct.name === message.name;
      types.push(struct.name);
      if (struct.tagged) values.push(constantName(struct.name));
      if (message.kind === 'request') {
        emitEncode(emitter, struct, outer);
        if (!struct.tagged) emitMaker(emitter, struct);
      } else emitDecode(emitter, struct, outer);
    }
    body.push(...emitter.lines);
  }
  const codec = '../../../src/protocols/kafka/codec';
  const named = [...types.map((name) => `  type ${name},`), ...values.map((name) => `  ${name},`)];
  return `${[
    ...header(source),
    ...imports(used, '../../../src/lib', codec),
    'import {',
    ...named,
    `} from '${codec}/${source.file}.js';`,
    '',
    ...body,
  ]
    .join('\n')
    .trimEnd()}\n`;
}

/** The table of what is served, and which header goes with which version. */
export function apisFile(apis: readonly Api[]): string {
  const rows = apis.map((api) => {
    const { min, max, flexibleFrom } = messageSpan(api);
    const flexible = Number.isFinite(flexibleFrom) ? flexibleFrom : max + 1;
    return `  { key: ${api.key}, name: '${api.name}', minVersion: ${min}, maxVersion: ${max}, flexibleFrom: ${flexible} },`;
  });
  const keys = apis.map((api) => `  ${api.name}: ${api.key},`);
  return `${[
    '// Generated from src/protocols/kafka/schema by scripts/generate-codec.ts. Do not edit.',
    '',
    'export interface ApiRange {',
    '  readonly key: number;',
    '  readonly name: string;',
    '  readonly minVersion: number;',
    '  readonly maxVersion: number;',
    '  readonly flexibleFrom: number;',
    '}',
    '',
    'export const API_RANGES: readonly ApiRange[] = [',
    ...rows,
    '];',
    '',
    'export const ApiKey = {',
    ...keys,
    '} as const;',
    '',
  ].join('\n')}`;
}

/** All messages with both halves of their codec, for tests that go through every one. */
export function tableFile(sources: readonly Source[]): string {
  const codec = '../../../src/protocols/kafka/codec';
  const importLines: string[] = [];
  const rows: string[] = [];
  for (const { file, messages } of sources) {
    const served: string[] = [];
    const opposite: string[] = [];
    for (const { name, kind, min, max } of messages) {
      (kind === 'response' ? opposite : served).push(`decode${name}`);
      (kind === 'request' ? opposite : served).push(`encode${name}`);
      rows.push(`  { name: '${name}', min: ${min}, max: ${max}, decode: decode${name}, encode: encode${name} },`);
    }
    importLines.push(`import { ${served.join(', ')} } from '${codec}/${file}.js';`);
    if (opposite.length > 0) importLines.push(`import { ${opposite.join(', ')} } from './${file}.js';`);
  }
  return `${[
    '// Generated from src/protocols/kafka/schema by scripts/generate-codec.ts. Do not edit.',
    '',
    "import type { ByteReader } from '../../../src/lib/byte-reader.js';",
    "import type { PieceWriter } from '../../../src/lib/piece-writer.js';",
    ...importLines,
    '',
    'export interface CodecEntry {',
    '  readonly name: string;',
    '  readonly min: number;',
    '  readonly max: number;',
    '  readonly decode: (reader: ByteReader, version: number) => unknown;',
    '  readonly encode: (writer: PieceWriter, version: number, value: never) => void;',
    '}',
    '',
    'export const CODEC: readonly CodecEntry[] = [',
    ...rows,
    '];',
    '',
  ].join('\n')}`;
}
