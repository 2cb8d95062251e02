import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { seenAttributes, sharedProperties, typesHeader } from '../../src/broker/views.js';

function text(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

const page = text('docs/views.md');

function rows(): string[][] {
  const lines = page.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) => line.slice(1, -1).split('|')).map((cells) => cells.map((cell) => cell.trim()));
}

test('docs/views.md names the properties that SQS sees, in their order, and those that come back', () => {
  const documented = rows().filter((cells) => cells.length === 2 && /^(yes|no: .+)$/.test(cells[1]!));
  assert.deepEqual(
    documented.map(([name]) => name),
    sharedProperties.map((name) => `\`${name}\``),
  );
  const attributes = sharedProperties.map((name) => ({ name, type: 'String', value: 'x' }));
  const { properties } = seenAttributes('id', 0, attributes, null);
  const back = documented.filter(([, answer]) => answer === 'yes').map(([name]) => name!.slice(1, -1));
  assert.deepEqual([...properties.keys()], back);
  assert.ok(page.includes(`\`${typesHeader}\``));
});

test('docs/views.md says what is checked, and all of test/views that tries a crossing is there', () => {
  const checked = rows().filter(([, file]) => file?.endsWith('.test.ts'));
  for (const name of ['queues', 'logs', 'group', 'window', 'group-kill', 'retained']) {
    const file = `test/views/${name}.test.ts`;
    const names = [...text(file).matchAll(/^test\(\s*'(.+?)',/gm)].map((match) => match[1]);
    assert.ok(names.length > 0);
    assert.deepEqual(
      checked.filter((cells) => cells[1] === file).map((cells) => cells[2]),
      names,
    );
  }
});
