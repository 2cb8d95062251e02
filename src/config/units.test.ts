import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBytes, parseDuration, parseWholeNumber } from './units.js';

test('sizes are bytes, decimal or binary units', () => {
  assert.equal(parseBytes('0'), 0);
  assert.equal(parseBytes('-1'), -1);
  assert.equal(parseBytes('64MB'), 64_000_000);
  assert.equal(parseBytes('64MiB'), 67_108_864);
  assert.equal(parseBytes('64 mib'), 67_108_864);
  assert.equal(parseBytes('1.5KiB'), 1536);
  assert.equal(parseBytes('2TiB'), 2 * 1024 ** 4);
});

test('durations are milliseconds, or have a unit up to weeks', () => {
  assert.equal(parseDuration('250ms'), 250);
  assert.equal(parseDuration('250'), 250);
  assert.equal(parseDuration('30s'), 30_000);
  assert.equal(parseDuration('5m'), 300_000);
  assert.equal(parseDuration('12h'), 43_200_000);
  assert.equal(parseDuration('7d'), 604_800_000);
  assert.equal(parseDuration('1w'), 604_800_000);
});

test('what is not a quantity is undefined, not a guess', () => {
  for (const text of ['', 'MiB', '1 2', '12x', '1e3', '0x10', 'NaN', 'Infinity', '--1', '64MiBs', '1MB1KB']) {
    assert.equal(parseBytes(text), undefined, text);
    assert.equal(parseDuration(text), undefined, text);
  }
  for (const text of ['', '1.5', '1e3', '9007199254740993', 'ten']) {
    assert.equal(parseWholeNumber(text), undefined, text);
  }
});

test('any whole number of KiB comes out as so many times 1024', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (count) => {
      assert.equal(parseBytes(`${count}KiB`), count * 1024);
      assert.equal(parseWholeNumber(String(count)), count);
    }),
  );
});
