import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignedMemory, isAligned } from './aligned-memory.js';

test('aligned memory is known as such, in whichever part, and nothing else is', () => {
  const memory = alignedMemory(100_000)!;
  assert.equal(memory.length, 100_000);
  assert.equal(memory.byteOffset, 0);
  assert.ok(memory.every((byte) => byte === 0));
  assert.ok(isAligned(memory) && isAligned(memory.subarray(5000, 5001)));
  assert.ok(!isAligned(Buffer.from(memory)) && !isAligned(Buffer.alloc(8192)));
});
