import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AssemblyPool } from './assembly-pool.js';

describe('an assembly pool', () => {
  test('gives memory back out, but keeps no more than its limit', () => {
    const pool = new AssemblyPool(undefined, 128 << 10);
    const [first, second, third] = [pool.take(65_536), pool.take(60_000), pool.take(65_000)];
    for (const buffer of [first, second, third]) pool.give(buffer);
    assert.equal(pool.take(65_536), second);
    assert.equal(pool.take(65_536), first);
    assert.notEqual(pool.take(65_536), third);
  });

  test('is not entered by memory of other sizes', () => {
    const pool = new AssemblyPool();
    const odd = Buffer.alloc(70_000);
    pool.give(odd);
    assert.equal(pool.take(70_000).length, 131_072);
    assert.equal(pool.take(100).length, 100);
  });
});
