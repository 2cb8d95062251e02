import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { METHODS } from '../../../src/protocols/amqp/codec/methods.js';
import { channelMethods } from '../../../src/protocols/amqp/handlers/channel.js';
import { connectionMethods } from '../../../src/protocols/amqp/handlers/connection.js';
import { methods } from '../../../src/protocols/amqp/handlers/methods.js';

const root = new URL('../../../../', import.meta.url);

function text(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

function cellsOf(line: string): string[] {
  return line.split('|').map((cell) => cell.trim());
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly takes: string;
  readonly sends: string;
  readonly remark: string;
}

/** The table of docs/protocols/amqp.md. */
function documented(): Row[] {
  return text('docs/protocols/amqp.md')
    .split('\n')
    .flatMap((line) => {
      const [, id, name, takes, sends, remark] = cellsOf(line);
      if (!/^\d+\.\d+$/.test(id ?? '')) return [];
      return [{ id: id!, name: name!, takes: takes!, sends: sends!, remark: remark! }];
    });
}

/** What is handled or written elsewhere than where the others are: on the hot path, and in the middle of a close. */
const takenByHand: ReadonlySet<string> = new Set(['basic.publish', 'connection.close-ok']);
const sentByHand: ReadonlySet<string> = new Set(['basic.deliver', 'basic.ack', 'basic.nack']);

/** What the front is made of, without the codec that could write anything. */
function frontSources(): string {
  const folder = fileURLToPath(new URL('src/protocols/amqp/', root));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const own = files.filter((file) => file.endsWith('.ts') && !file.startsWith('codec') && !file.endsWith('.test.ts'));
  return own.map((file) => readFileSync(`${folder}${file}`, 'utf8')).join('\n');
}

test('docs/protocols/amqp.md has a line for each method, by its number, and each says something', () => {
  const rows = documented();
  assert.deepEqual(
    rows.map(({ id, name }) => `${id} ${name}`),
    METHODS.map(({ id, name }) => `${id >>> 16}.${id & 0xffff} ${name}`),
  );
  for (const { name, remark } of rows) assert.ok(remark.length > 3, name);
});

test('docs/protocols/amqp.md says of each method whether it is taken and sent', () => {
  const sources = frontSources();
  const rows = new Map(documented().map((row) => [row.name, row]));
  for (const { id, name, from } of METHODS) {
    const handled = methods.has(id) || channelMethods.has(id) || connectionMethods.has(id) || takenByHand.has(name);
    const words = name.split(/[.-]/).map((word) => word[0]!.toUpperCase() + word.slice(1));
    const written = sentByHand.has(name) || new RegExp(`\\bwrite${words.join('')}\\b`).test(sources);
    const takes = from === 'server' ? '–' : handled ? 'yes' : 'no';
    const sends = from === 'client' ? '–' : written ? 'yes' : 'no';
    const { takes: takesTold, sends: sendsTold } = rows.get(name)!;
    assert.deepEqual({ name, takes: takesTold, sends: sendsTold }, { name, takes, sends });
  }
});

interface Checked {
  readonly behaviour: string;
  readonly file: string;
  readonly name: string;
}

/** What docs/protocols/amqp.md says is seen by tests. */
function checked(): Checked[] {
  const [, part = ''] = text('docs/protocols/amqp.md').split('## What is checked\n');
  return part.split('\n').flatMap((line) => {
    const [, behaviour, file, name] = cellsOf(line);
    return file?.endsWith('.test.ts') ? [{ behaviour: behaviour!, file, name: name! }] : [];
  });
}

/** As in a file, with the part it belongs to before it, and `…` for what is filled in. */
function testNames(file: string): Set<string> {
  const names = new Set<string>();
  let part = '';
  const calls = /^( *)(describe|(?:await context\.)?test)\(\s*(['"`])((?:\\.|(?!\3).)*)\3/gm;
  for (const [, indent, kind, , given] of text(file).matchAll(calls)) {
    const name = given!.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll(/\\(.)/g, '$1');
    if (indent === '') part = '';
    if (kind === 'describe') part = `${name}: `;
    else names.add(part + name);
  }
  return names;
}

test('docs/protocols/amqp.md names for each behaviour a test that is there', () => {
  const rows = checked();
  assert.ok(rows.length > 100, `${rows.length} rows`);
  const found = new Map([...new Set(rows.map(({ file }) => file))].map((file) => [file, testNames(file)]));
  const missing = rows
    .filter(({ file, name }) => !found.get(file)!.has(name))
    .map(({ file, name }) => `${file}: ${name}`);
  assert.deepEqual(missing, []);
  for (const { behaviour } of rows) assert.ok(behaviour.length > 3);
});
