import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from './load.js';
import { expectation, parseValue } from './option-value.js';
import { defaultOptions, optionRows } from './options.js';
import { optionsFrom } from './values.js';

test('every default is a value of its own row, and every bound is one of its type', () => {
  for (const row of optionRows) {
    assert.notEqual(parseValue(row, row.default), undefined, `default of ${row.name}`);
    for (const bound of [row.min, row.max]) {
      if (bound !== undefined) assert.notEqual(parseValue(row, bound), undefined, `bound of ${row.name}`);
    }
    assert.doesNotMatch(expectation(row), /undefined/);
  }
});

test('flag and variable follow from the key, and no two are the same', () => {
  const port = optionRows.find((row) => row.key === 'kafkaPort')!;
  assert.equal(port.name, 'kafka-port');
  assert.equal(port.environment, 'NARU_KAFKA_PORT');
  assert.equal(new Set(optionRows.map((row) => row.environment)).size, optionRows.length);
});

test('every row has a line of help of its own', () => {
  for (const row of optionRows) assert.match(row.help, /^[A-Z0-9].{10,}[^.]$/, row.name);
  assert.equal(new Set(optionRows.map((row) => row.help)).size, optionRows.length);
});

test('values handed in by a program are checked as those of the command line', () => {
  assert.equal(optionsFrom({ kafkaPort: 0, segmentBytes: 2 ** 20, memory: true }).segmentBytes, 2 ** 20);
  assert.deepEqual(optionsFrom({ kafkaPort: undefined }), defaultOptions);
  const refused: [Record<string, unknown>, RegExp][] = [
    [{ kafkaPort: 70_000 }, /^kafkaPort: 70000 is not a port/],
    [{ kafkaPort: 1.5 }, /not a port/],
    [{ memory: 1 }, /true or false/],
    [{ host: true }, /a text/],
    [{ kafkaProt: 1 }, /did you mean kafkaPort/],
    [{ host: '0.0.0.0', memory: true }, /--insecure/],
  ];
  for (const [values, message] of refused) {
    assert.throws(
      () => optionsFrom(values),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
      JSON.stringify(values),
    );
  }
});
