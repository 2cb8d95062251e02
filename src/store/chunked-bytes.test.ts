import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkedBytes } from './chunked-bytes.js';

test('what a file was extended by reads as zeros, also where the memory of its first bytes ends before it', () => {
  const bytes = new ChunkedBytes();
  bytes.write(Buffer.from('abc'), 0);
  bytes.resize(10_000);
  const into = Buffer.alloc(100, 1);
  assert.equal(bytes.read(into, 4096), 100);
  assert.deepEqual(into, Buffer.alloc(100));
  assert.equal(bytes.read(into, 9_990), 10);
  assert.equal(bytes.read(into.subarray(0, 5), 0), 5);
  assert.equal(into.toString('latin1', 0, 5), 'abc\0\0');
});
