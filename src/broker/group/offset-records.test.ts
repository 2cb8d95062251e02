import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../lib/byte-reader.js';
import {
  type CommittedOffset,
  readGroupValue,
  readKey,
  readOffsetValue,
  type StoredGroup,
  writeGroupKey,
  writeGroupValue,
  writeOffsetKey,
  writeOffsetValue,
} from './offset-records.js';

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

test('keys have the bytes Kafka gives them', () => {
  assert.deepEqual(writeOffsetKey('g1', 'top', 7), bytes('0001 0002 6731 0003 746f70 00000007'));
  assert.deepEqual(writeGroupKey('g1'), bytes('0002 0002 6731'));
});

test('keys of every version are read', () => {
  const offset = { kind: 'offset', group: 'g1', topic: 'top', partition: 7 };
  assert.deepEqual(readKey(bytes('0000 0002 6731 0003 746f70 00000007')), offset);
  assert.deepEqual(readKey(bytes('0001 0002 6731 0003 746f70 00000007')), offset);
  assert.deepEqual(readKey(bytes('0002 0002 6731')), { kind: 'group', group: 'g1' });
  assert.deepEqual(readKey(bytes('0003 0002 6731')), { kind: 'other', version: 3 });
});

test('an offset is written as version 3, one that expires by itself as version 1', () => {
  const committed = { offset: 5, leaderEpoch: 2, metadata: 'm', commitTimestampMs: 258, expireTimestampMs: -1 };
  assert.deepEqual(writeOffsetValue(committed), bytes('0003 0000000000000005 00000002 0001 6d 0000000000000102'));
  assert.deepEqual(
    writeOffsetValue({ ...committed, expireTimestampMs: 515 }),
    bytes('0001 0000000000000005 0001 6d 0000000000000102 0000000000000203'),
  );
});

const offsetVersions: readonly [number, string, Partial<CommittedOffset>][] = [
  [0, '0000 0000000000000005 0001 6d 0000000000000102', {}],
  [1, '0001 0000000000000005 0001 6d 0000000000000102 0000000000000203', { expireTimestampMs: 515 }],
  [2, '0002 0000000000000005 0001 6d 0000000000000102', {}],
  [3, '0003 0000000000000005 00000002 0001 6d 0000000000000102', { leaderEpoch: 2 }],
  [4, '0004 0000000000000005 00000002 02 6d 0000000000000102 01 00 02 abcd', { leaderEpoch: 2 }],
];

for (const [version, hex, more] of offsetVersions) {
  test(`an offset of version ${version} is read`, () => {
    const expected = {
      offset: 5,
      leaderEpoch: -1,
      metadata: 'm',
      commitTimestampMs: 258,
      expireTimestampMs: -1,
      ...more,
    };
    assert.deepEqual(readOffsetValue(bytes(hex)), expected);
  });
}

/** The same group as Kafka writes it in each version: type "c", generation 3, protocol "r", leader "m". */
function groupBytes(version: number): Buffer {
  const timestamp = version >= 2 ? '0000000000000102' : '';
  const rebalance = version >= 1 ? '00000009' : '';
  if (version === 4) {
    const member = '02 6d 02 69 02 63 02 68 00000009 00000008 03 7375 03 6173 00';
    return bytes(`0004 02 63 00000003 02 72 02 6d ${timestamp} 02 ${member} 00`);
  }
  const instance = version >= 3 ? '0001 69' : '';
  const member = `0001 6d ${instance} 0001 63 0001 68 ${rebalance} 00000008 00000002 7375 00000002 6173`;
  return bytes(`000${version} 0001 63 00000003 0001 72 0001 6d ${timestamp} 00000001 ${member}`);
}

function groupOf(version: number): StoredGroup {
  return {
    protocolType: 'c',
    generation: 3,
    protocol: 'r',
    leader: 'm',
    stateTimestampMs: version >= 2 ? 258 : -1,
    members: [
      {
        memberId: 'm',
        instanceId: version >= 3 ? 'i' : null,
        clientId: 'c',
        clientHost: 'h',
        rebalanceTimeoutMs: version >= 1 ? 9 : 8,
        sessionTimeoutMs: 8,
        subscription: Buffer.from('su'),
        assignment: Buffer.from('as'),
      },
    ],
  };
}

for (const version of [0, 1, 2, 3, 4]) {
  test(`a group of version ${version} is read`, () => {
    assert.deepEqual(readGroupValue(groupBytes(version)), groupOf(version));
  });
}

test('a group is written as version 3', () => {
  assert.deepEqual(writeGroupValue(groupOf(3)), groupBytes(3));
});

test('what is written reads back the same', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  fc.assert(
    fc.property(
      fc.record({
        offset: fc.nat(2 ** 31).map((value) => value * 1000),
        leaderEpoch: fc.integer({ min: -1, max: 1000 }),
        metadata: text,
        commitTimestampMs: fc.nat(2 ** 31).map((value) => value * 900),
        expireTimestampMs: fc.constant(-1),
      }),
      text,
      text,
      fc.nat(2 ** 31 - 1),
      (committed, group, topic, partition) => {
        assert.deepEqual(readOffsetValue(writeOffsetValue(committed)), { ...committed });
        assert.deepEqual(readKey(writeOffsetKey(group, topic, partition)), { kind: 'offset', group, topic, partition });
      },
    ),
    { numRuns: 300, seed: 30 },
  );
  const empty: StoredGroup = { ...groupOf(3), protocolType: '', protocol: null, leader: null, members: [] };
  assert.deepEqual(readGroupValue(writeGroupValue(empty)), empty);
});

test('a record that ends early or claims too much is refused, at whatever byte it is cut', () => {
  const whole = [groupBytes(3), groupBytes(4), bytes(offsetVersions[3]![1]), bytes(offsetVersions[4]![1])];
  for (const [at, record] of whole.entries()) {
    const read = at < 2 ? readGroupValue : readOffsetValue;
    for (let end = 0; end < record.length; end++) {
      assert.throws(() => read(record.subarray(0, end)), DecodeError, `cut at ${end}`);
    }
  }
  assert.throws(() => readOffsetValue(bytes('0005 00')), /unknown version 5/);
  assert.throws(() => readGroupValue(bytes('0003 0000 00000001 ffff ffff 0000000000000000 7fffffff')), /2147483647/);
});
