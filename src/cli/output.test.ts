import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesShown, durationShown, table, wantsColour } from './output.js';

const plain = { width: 80, colour: false };

test('a table has numbers to the right and nothing behind the last column', () => {
  const rows = [
    ['orders', 12, 'quorum'],
    ['a', 1234, ''],
  ];
  assert.equal(
    table(['name', 'ready', 'type'], rows, plain),
    'name    ready  type\norders     12  quorum\na        1234\n',
  );
});

test('no line of a table is wider than the terminal while columns can give way', () => {
  const rows = [['n'.repeat(200), 'k'.repeat(90), 7, `{"a":"${'é'.repeat(60)}"}`]];
  for (const width of [40, 80, 120]) {
    const lines = table(['name', 'key', 'count', 'arguments'], rows, { width, colour: false }).trimEnd().split('\n');
    for (const line of lines) assert.ok([...line].length <= width, `${line.length} in ${width}`);
    assert.ok(lines[1]!.includes('…'));
  }
});

test('a name cannot move the cursor', () => {
  const text = table(['name'], [['a\u001b[2Jb\nc']], plain);
  assert.equal(text, 'name\na [2Jb c\n');
});

test('the header is bold only where colour is wanted', () => {
  assert.equal(table(['name'], [['a']], { width: 80, colour: true }), '\u001b[1mname\u001b[22m\na\n');
  assert.equal(wantsColour({ isTTY: true }, {}), true);
  assert.equal(wantsColour({ isTTY: true }, { NO_COLOR: '1' }), false);
  assert.equal(wantsColour({ isTTY: true }, { NO_COLOR: '' }), true);
  assert.equal(wantsColour({ isTTY: true }, { TERM: 'dumb' }), false);
  assert.equal(wantsColour({}, {}), false);
});

test('sizes and times are told in the unit that fits', () => {
  assert.deepEqual([0, 1023, 1536, 250 * 1024 ** 2, 3 * 1024 ** 4].map(bytesShown), [
    '0 B',
    '1023 B',
    '1.5 KiB',
    '250 MiB',
    '3.0 TiB',
  ]);
  assert.deepEqual([0.25, 12, 1500, 90_000, 5_400_000, 172_800_000].map(durationShown), [
    '0.25 ms',
    '12 ms',
    '1.5 s',
    '1.5 min',
    '1.5 h',
    '2 d',
  ]);
});
