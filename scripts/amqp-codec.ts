import type { FieldType, Method, MethodClass, Side, ValueType } from '../src/protocols/amqp/schema.js';

/**
 * Turns the declarations of AMQP's methods into TypeScript. Reading begins behind the class and method ids, which
 * whoever dispatches has read; writing begins with them.
 */
interface Declared extends Method {
  readonly className: string;
  readonly classId: number;
  /** `queue.declare-ok` */
  readonly name: string;
  /** `QueueDeclareOk` */
  readonly word: string;
}

/** From a generated file to `src/lib` and to the served half. */
interface Paths {
  readonly lib: string;
  readonly codec: string;
}

type NamedField = readonly [name: string, type: ValueType];

const SOURCE = 'src/protocols/amqp/schema.ts';
const HEADER = [`// Generated from ${SOURCE} by scripts/generate-codec.ts. Do not edit.`, ''];
const SERVED_PATH = '../../../src/protocols/amqp/codec';

const tsTypes: Record<ValueType, string> = {
  bit: 'boolean',
  octet: 'number',
  short: 'number',
  long: 'number',
  longlong: 'number',
  shortstr: 'string',
  longstr: 'string',
  bytes: 'Buffer',
  table: 'FieldTable',
};

function capitalized(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
}

function methodsOf(className: string, { id, methods }: MethodClass): Declared[] {
  return Object.entries(methods).map(([name, method]) => ({
    ...method,
    className,
    classId: id,
    name: `${className}.${name}`,
    word: capitalized(`${className}-${name}`),
  }));
}

function valueType(type: FieldType): ValueType {
  return type.replace('reserved ', '') as ValueType;
}

function shownFields({ fields }: Method): NamedField[] {
  return Object.entries(fields).filter((entry): entry is [string, ValueType] => !entry[1].startsWith('reserved '));
}

/** Fields in wire order, with bits that share an octet together. */
function groups({ fields }: Method): [string, FieldType][][] {
  const list: [string, FieldType][][] = [];
  for (const field of Object.entries(fields)) {
    const last = list.at(-1);
    const isBit = valueType(field[1]) === 'bit';
    if (isBit && last !== undefined && last.length < 8 && valueType(last[0]![1]) === 'bit') last.push(field);
    else list.push([field]);
  }
  return list;
}

function hex(classId: number, id: number): string {
  return `0x${((classId << 16) | id).toString(16).padStart(8, '0')}`;
}

/** Lines of one file, and the names they take from elsewhere. */
class Emitter {
  readonly lines: string[] = [];
  private readonly used = new Set<string>();

  use(name: string): string {
    this.used.add(name);
    return name;
  }

  imports({ lib, codec }: Paths): string[] {
    const from = (path: string, type: boolean, ...names: string[]): string[] => {
      const wanted = names.filter((name) => this.used.has(name)).sort();
      return wanted.length === 0 ? [] : [`import ${type ? 'type ' : ''}{ ${wanted.join(', ')} } from '${path}';`];
    };
    return [
      ...from(`${lib}/byte-reader.js`, true, 'ByteReader'),
      ...from(`${lib}/byte-writer.js`, true, 'ByteWriter'),
      ...this.tableImport(codec),
      ...from(
        `${codec}/primitives.js`,
        false,
        'endOfMethod',
        'readBytes',
        'readLongLong',
        'readShortText',
        'readText',
        'readUncheckedText',
        'writeBytes',
        'writeShortText',
        'writeText',
      ),
    ];
  }

  private tableImport(codec: string): string[] {
    const types = ['FieldTable', 'Table'].filter((name) => this.used.has(name)).map((name) => `type ${name}`);
    const names = ['readTable', 'writeTable'].filter((name) => this.used.has(name));
    const all = [...types, ...names];
    return all.length === 0 ? [] : [`import { ${all.join(', ')} } from '${codec}/field-table.js';`];
  }
}

// Reading

function readValue(emitter: Emitter, type: ValueType, checked: boolean): string {
  switch (type) {
    case 'octet':
      return 'from.u8()';
    case 'short':
      return 'from.u16()';
    case 'long':
      return 'from.u32()';
    case 'longlong':
      return `${emitter.use('readLongLong')}(from)`;
    case 'shortstr':
      return `${emitter.use(checked ? 'readShortText' : 'readUncheckedText')}(from)`;
    case 'longstr':
      return `${emitter.use('readText')}(from)`;
    case 'bytes':
      return `${emitter.use('readBytes')}(from)`;
    case 'table':
      return `${emitter.use('readTable')}(from)`;
    default:
      throw new Error(`${type} is read with its neighbours`);
  }
}

function skipReserved(type: ValueType): string {
  switch (type) {
    case 'bit':
      return '  from.take(1);';
    case 'short':
      return '  from.take(2);';
    case 'shortstr':
      return '  from.take(from.u8());';
    default:
      return '  from.take(from.u32());';
  }
}

function readGroup(emitter: Emitter, group: [string, FieldType][], checked: boolean): string[] {
  const [name, type] = group[0]!;
  if (type.startsWith('reserved ')) return [skipReserved(valueType(type))];
  if (type !== 'bit') return [`  const ${name} = ${readValue(emitter, valueType(type), checked)};`];
  if (group.length === 1) return [`  const ${name} = (from.u8() & 1) !== 0;`];
  return [
    `  const ${name}Bits = from.u8();`,
    ...group.map(([bit], index) => `  const ${bit} = (${name}Bits & ${1 << index}) !== 0;`),
  ];
}

function emitInterface(emitter: Emitter, method: Declared): void {
  const fields = shownFields(method);
  if (fields.length === 0) return;
  for (const [, type] of fields) if (type === 'table') emitter.use('FieldTable');
  emitter.lines.push(
    `/** ${method.name} */`,
    `export interface ${method.word} {`,
    ...fields.map(([name, type]) => `  readonly ${name}: ${tsTypes[type]};`),
    '}',
    '',
  );
}

function emitDecode(emitter: Emitter, method: Declared): void {
  emitter.use('ByteReader');
  const fields = shownFields(method);
  emitter.lines.push(
    `export function decode${method.word}(from: ByteReader): ${fields.length === 0 ? 'void' : method.word} {`,
    ...groups(method).flatMap((group) => readGroup(emitter, group, method.content !== true)),
    `  ${emitter.use('endOfMethod')}(from);`,
    ...(fields.length === 0 ? [] : [`  return { ${fields.map(([name]) => safeName(name)).join(', ')} };`]),
    '}',
    '',
  );
}

/** `arguments` may be a property, but no variable. */
function safeName(name: string): string {
  return name === 'arguments' ? 'arguments: args' : name;
}

function variable(name: string): string {
  return name === 'arguments' ? 'args' : name;
}

// Writing

function writeReserved(type: ValueType): string {
  switch (type) {
    case 'bit':
    case 'shortstr':
      return '  into.u8(0);';
    case 'short':
      return '  into.u16(0);';
    default:
      return '  into.u32(0);';
  }
}

function writeGroup(emitter: Emitter, group: [string, FieldType][]): string {
  const [name, type] = group[0]!;
  if (type.startsWith('reserved ')) return writeReserved(valueType(type));
  const value = variable(name);
  switch (type) {
    case 'bit':
      if (group.length === 1) return `  into.u8(${name} ? 1 : 0);`;
      return `  into.u8(${group.map(([bit], index) => `(${bit} ? ${1 << index} : 0)`).join(' | ')});`;
    case 'octet':
      return `  into.u8(${value});`;
    case 'short':
      return `  into.u16(${value});`;
    case 'long':
      return `  into.u32(${value});`;
    case 'longlong':
      return `  into.i64(${value});`;
    case 'shortstr':
      return `  ${emitter.use('writeShortText')}(into, ${value});`;
    case 'longstr':
      return `  ${emitter.use('writeText')}(into, ${value});`;
    case 'bytes':
      return `  ${emitter.use('writeBytes')}(into, ${value});`;
    default:
      return `  ${emitter.use('writeTable')}(into, ${value});`;
  }
}

function emitWrite(emitter: Emitter, method: Declared): void {
  emitter.use('ByteWriter');
  const parameters = shownFields(method).map(([name, type]) => {
    const written = type === 'table' ? emitter.use('Table') : type === 'bytes' ? 'Uint8Array' : tsTypes[type];
    return `, ${variable(name)}: ${written}`;
  });
  emitter.lines.push(
    `/** ${method.name} */`,
    `export function write${method.word}(into: ByteWriter${parameters.join('')}): void {`,
    `  into.u32(${hex(method.classId, method.id)});`,
    ...groups(method).map((group) => writeGroup(emitter, group)),
    '}',
    '',
  );
}

// Files

function argumentsRenamed(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace('const arguments =', 'const args ='));
}

function finished(lines: readonly string[]): string {
  return `${lines.join('\n').trimEnd()}\n`;
}

function classFile(
  methods: readonly Declared[],
  reads: readonly Side[],
  writes: readonly Side[],
  paths: Paths,
): string {
  const emitter = new Emitter();
  for (const method of methods) {
    if (reads.includes(method.from)) {
      emitInterface(emitter, method);
      emitDecode(emitter, method);
    }
    if (writes.includes(method.from)) emitWrite(emitter, method);
  }
  return finished([...HEADER, ...emitter.imports(paths), '', ...argumentsRenamed(emitter.lines)]);
}

/** The served half reads what clients send; what both sides send it reads and writes, so the opposite half need not. */
export function amqpClassFiles(name: string, of: MethodClass): { served: string; opposite: string } {
  const methods = methodsOf(name, of);
  return {
    served: classFile(methods, ['client', 'both'], ['server', 'both'], { lib: '../../../lib', codec: '.' }),
    opposite: classFile(methods, ['server'], ['client'], { lib: '../../../src/lib', codec: SERVED_PATH }),
  };
}

/** The numbers and the forms of all methods. */
export function methodsFile(classes: Readonly<Record<string, MethodClass>>): string {
  const methods = Object.entries(classes).flatMap(([name, of]) => methodsOf(name, of));
  const rows = methods.map((method) => {
    const answers = (method.answeredBy ?? []).map((answer) => {
      const id = classes[method.className]!.methods[answer]?.id;
      if (id === undefined) throw new Error(`${method.name} is answered by ${answer}, which is not declared`);
      return hex(method.classId, id);
    });
    return `  { id: ${hex(method.classId, method.id)}, name: '${method.name}', from: '${method.from}', hasContent: ${method.content === true}, answeredBy: [${answers.join(', ')}] },`;
  });
  return finished([
    ...HEADER,
    '/** Of each method: class id in the upper half, method id in the lower. */',
    'export const MethodId = {',
    ...methods.map(({ word, classId, id }) => `  ${word[0]!.toLowerCase()}${word.slice(1)}: ${hex(classId, id)},`),
    '} as const;',
    '',
    'export interface MethodForm {',
    '  readonly id: number;',
    '  /** As in error texts: `queue.declare`. */',
    '  readonly name: string;',
    '  /** Who sends it. */',
    "  readonly from: 'client' | 'server' | 'both';",
    '  /** A header frame and body frames follow. */',
    '  readonly hasContent: boolean;',
    '  /** It is synchronous exactly when there are any. */',
    '  readonly answeredBy: readonly number[];',
    '}',
    '',
    'export const METHODS: readonly MethodForm[] = [',
    ...rows,
    '];',
    '',
    'export const METHOD_NAMES: ReadonlyMap<number, string> = new Map(METHODS.map(({ id, name }) => [id, name]));',
  ]);
}

/** Every method with both directions of its codec, for the client of the tests and for tests that go through all. */
export function methodTableFile(classes: Readonly<Record<string, MethodClass>>): string {
  const imports: string[] = [];
  const rows: string[] = [];
  const values: string[] = [];
  const answers: string[] = [];
  for (const [className, of] of Object.entries(classes)) {
    const served: string[] = [];
    const opposite: string[] = [];
    for (const method of methodsOf(className, of)) {
      const fields = shownFields(method);
      const { word } = method;
      const reader = method.from === 'server' ? opposite : served;
      const writer = method.from === 'client' ? opposite : served;
      if (fields.length > 0) reader.push(`type ${word}`);
      reader.push(`decode${word}`);
      writer.push(`write${word}`);
      const given = fields.map(([name]) => `, value.${name}`).join('');
      const types = fields.map(([name, type]) => `${name}: '${type}'`).join(', ');
      rows.push(
        `  '${method.name}': {`,
        `    id: ${hex(method.classId, method.id)},`,
        `    from: '${method.from}',`,
        `    hasContent: ${method.content === true},`,
        `    fields: {${types === '' ? '' : ` ${types} `}},`,
        fields.length === 0
          ? `    decode: (from) => { decode${word}(from); return {}; },`
          : `    decode: decode${word},`,
        `    write: (into${given === '' ? '' : ', value'}) => write${word}(into${given}),`,
        '  },',
      );
      values.push(`  '${method.name}': ${fields.length === 0 ? 'Nothing' : word};`);
      if (method.answeredBy !== undefined) {
        const names = method.answeredBy.map((answer) => `'${className}.${answer}'`);
        answers.push(`  '${method.name}': ${names.join(' | ')};`);
      }
    }
    if (served.length > 0)
      imports.push(`import { ${served.sort().join(', ')} } from '${SERVED_PATH}/${className}.js';`);
    if (opposite.length > 0) imports.push(`import { ${opposite.sort().join(', ')} } from './${className}.js';`);
  }
  return finished([
    ...HEADER,
    "import type { ByteReader } from '../../../src/lib/byte-reader.js';",
    "import type { ByteWriter } from '../../../src/lib/byte-writer.js';",
    ...imports,
    '',
    '/** The fields of a method that has none. */',
    'export interface Nothing {}',
    '',
    '/** What each method says. */',
    'export interface MethodValues {',
    ...values,
    '}',
    '',
    '/** What answers a method that is answered. */',
    'export interface MethodAnswers {',
    ...answers,
    '}',
    '',
    "export type WireType = 'bit' | 'octet' | 'short' | 'long' | 'longlong' | 'shortstr' | 'longstr' | 'bytes' | 'table';",
    '',
    'export interface MethodCodec<Value> {',
    '  readonly id: number;',
    "  readonly from: 'client' | 'server' | 'both';",
    '  readonly hasContent: boolean;',
    '  readonly fields: { readonly [Name in keyof Value]: WireType };',
    '  /** Behind the ids. */',
    '  readonly decode: (from: ByteReader) => Value;',
    '  /** The ids too. */',
    '  readonly write: (into: ByteWriter, value: Value) => void;',
    '}',
    '',
    'export const METHOD_CODECS: { readonly [Name in keyof MethodValues]: MethodCodec<MethodValues[Name]> } = {',
    ...rows,
    '};',
  ]);
}
