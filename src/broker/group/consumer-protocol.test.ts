import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAssignment, readSubscription, writeAssignment } from './consumer-protocol.js';
import { writeSubscription } from './consumer-protocol.test.support.js';

/** As the Java client writes them, by the declarations of its own. */
const bytes = {
  subscription: `0003${'00000001'}${'0001'}61${'ffffffff'}${'00000001'}${'0001'}61${'00000002'}${'00000000'}${'00000004'}${'00000007'}${'ffff'}`,
  assignment: `0001${'00000001'}${'0001'}61${'00000002'}${'00000000'}${'00000004'}${'ffffffff'}`,
};

test('what consumers say of themselves is read in every version, and later ones as far as they are known', () => {
  const said = { topicNames: ['a', 'b'], owned: [['a', [0, 4]] as const], rackId: 'r' };
  for (const version of [0, 1, 2, 3]) {
    const read = readSubscription(writeSubscription({ ...said, version }));
    const expected = { ...said, version, owned: version >= 1 ? said.owned : [], rackId: version >= 3 ? 'r' : null };
    assert.deepEqual(read, expected);
  }
  const java = readSubscription(Buffer.from(bytes.subscription, 'hex'));
  assert.deepEqual(java, { version: 3, topicNames: ['a'], owned: [['a', [0, 4]]], rackId: null });
  const later = Buffer.concat([
    Buffer.from('0009', 'hex'),
    Buffer.from(bytes.subscription, 'hex').subarray(2),
    Buffer.alloc(3),
  ]);
  assert.deepEqual(readSubscription(later), java);
});

test('an assignment is written as a leader writes it, and read back', () => {
  assert.equal(writeAssignment(1, [['a', [0, 4]]]).toString('hex'), bytes.assignment);
  assert.deepEqual(readAssignment(Buffer.from(bytes.assignment, 'hex')), [['a', [0, 4]]]);
  assert.deepEqual(readAssignment(Buffer.alloc(0)), [], 'nothing given is nothing');
});

test('what ends early, claims too much or is something else is not taken for it', () => {
  const subscription = Buffer.from(bytes.subscription, 'hex');
  for (let end = 0; end < subscription.length; end++)
    assert.equal(readSubscription(subscription.subarray(0, end)), null);
  const assignment = Buffer.from(bytes.assignment, 'hex');
  // What follows the partitions is for the assignors.
  for (let end = 1; end < assignment.length - 4; end++) assert.equal(readAssignment(assignment.subarray(0, end)), null);
  assert.equal(readSubscription(Buffer.from('00007fffffff', 'hex')), null);
  assert.equal(readSubscription(Buffer.from('ffff00000000', 'hex')), null);
  assert.equal(readSubscription(Buffer.from('topics')), null);
});
