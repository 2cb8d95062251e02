import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionForKey, RoundRobin } from './partitioner.js';

/** From Kafka's own UtilsTest.testMurmur2, and the empty key as other clients check it. */
const vectors: readonly [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
  ['', 275646681],
];

for (const [key, hash] of vectors) {
  test(`the hash of "${key}" is the one Kafka computes`, () => {
    assert.equal(murmur2(Buffer.from(key)), hash);
  });
}

test('a part of a buffer hashes like a buffer of its own', () => {
  const bytes = Buffer.from('xxfoobaryy');
  assert.equal(murmur2(bytes, 2, 8), -790332482);
  assert.equal(partitionForKey(50, bytes, 2, 8), partitionForKey(50, Buffer.from('foobar')));
});

test('a key goes to the partition a Kafka producer would choose, never to a negative one', () => {
  assert.equal(partitionForKey(50, Buffer.from('foobar')), 16);
  assert.equal(partitionForKey(10, Buffer.from('foobar')), 6);
  for (let at = 0; at < 1000; at++) {
    const partition = partitionForKey(7, Buffer.from(`key-${at}`));
    assert.ok(Number.isInteger(partition) && partition >= 0 && partition < 7);
  }
});

test('records without a key take the partitions in turn, also when their number changes', () => {
  const turn = new RoundRobin();
  assert.deepEqual([turn.next(3), turn.next(3), turn.next(3), turn.next(3)], [0, 1, 2, 0]);
  assert.deepEqual([turn.next(5), turn.next(5), turn.next(5), turn.next(5), turn.next(5)], [1, 2, 3, 4, 0]);
  assert.deepEqual([turn.next(5), turn.next(5), turn.next(1), turn.next(2)], [1, 2, 0, 1]);
});
