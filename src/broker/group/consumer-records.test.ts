import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../../lib/byte-reader.js';
import {
  consumerKeys,
  readConsumer,
  readConsumerGroup,
  readConsumerKey,
  readMemberTarget,
  readStanding,
  readTarget,
  writeConsumer,
  writeConsumerGroup,
  writeConsumerKey,
  writeMemberTarget,
  writeStanding,
  writeTarget,
} from './consumer-records.js';
import { partitionsOf } from './partitions.js';
import type { Standing } from './reconciliation.js';

const topicId = '000102030405060708090a0b0c0d0e0f';
const partitions = partitionsOf([[topicId, [2, 0]]]);

const member = {
  instanceId: 'i',
  rackId: null,
  clientId: 'c',
  clientHost: '/h',
  topicNames: ['a', 'b'],
  topicRegex: null,
  rebalanceTimeoutMs: 300_000,
  assignor: 'uniform',
  classic: null,
};

const standing: Standing = {
  epoch: 5,
  previousEpoch: 4,
  state: 'unrevoked',
  assigned: partitions,
  revoking: partitionsOf([[topicId, [7]]]),
};

/** Bytes by the declarations of Kafka's records; its own tool reads ours so (test/interop). */
test('keys and values are the bytes that Kafka writes', () => {
  assert.equal(writeConsumerKey(3, 'g').toString('hex'), '0003000167');
  assert.equal(writeConsumerKey(8, 'g', 'm').toString('hex'), '000800016700016d');
  assert.equal(writeTarget(9).toString('hex'), '00000000000900');
  assert.equal(
    writeMemberTarget(partitions).toString('hex'),
    `0000${'02'}${topicId}03${'00000000'}${'00000002'}${'00'}${'00'}`,
  );
  assert.equal(
    writeStanding(standing).toString('hex'),
    `0000${'00000005'}${'00000004'}${'01'}02${topicId}03000000000000000200${'02'}${topicId}020000000700${'00'}`,
  );
  assert.equal(
    writeConsumer(member).toString('hex'),
    `0000${'0269'}${'00'}${'0263'}${'032f68'}${'03'}${'0261'}${'0262'}${'00'}${'000493e0'}${'08756e69666f726d'}${'00'}`,
  );
});

test('what is written reads back the same', () => {
  const group = { epoch: 3, topicsHash: 2 ** 47 + 5, sinceMs: 1_700_000_000_000 };
  assert.deepEqual(readConsumerGroup(writeConsumerGroup(group)), group);
  assert.deepEqual(readConsumer(writeConsumer(member)), member);
  assert.equal(readTarget(writeTarget(7)), 7);
  assert.deepEqual(readMemberTarget(writeMemberTarget(partitions)), partitions);
  assert.deepEqual(readStanding(writeStanding(standing)), standing);
  for (const kind of [consumerKeys.group, consumerKeys.target]) {
    assert.deepEqual(readConsumerKey(writeConsumerKey(kind, 'g')), { kind, group: 'g' });
  }
  for (const kind of [consumerKeys.member, consumerKeys.memberTarget, consumerKeys.standing]) {
    assert.deepEqual(readConsumerKey(writeConsumerKey(kind, 'g', 'm')), { kind, group: 'g', memberId: 'm' });
  }
});

test('what later versions of Kafka add is passed over', () => {
  // KIP-1263: when the assignment was computed; KIP-1251: since when each partition is the member's.
  assert.equal(readTarget(Buffer.from('00000000000901000800000000000000ff', 'hex')), 9);
  const withEpochs = `0000${'00000005'}${'00000004'}${'00'}02${topicId}0200000001${'01'}${'00'}${'05'}0200000003${'01'}${'00'}`;
  assert.deepEqual(readStanding(Buffer.from(withEpochs, 'hex')).assigned, partitionsOf([[topicId, [1]]]));
  assert.deepEqual(readConsumerGroup(Buffer.from('00000000000300', 'hex')), { epoch: 3, topicsHash: 0, sinceMs: -1 });
  assert.equal(readConsumerKey(Buffer.from('0004000167', 'hex')), null);
});

test('a member that speaks the classic protocol says so in a tag', () => {
  const classic = { sessionTimeoutMs: 10_000, protocols: [{ name: 'range', metadata: Buffer.from([0, 1]) }] };
  const written = writeConsumer({ ...member, classic });
  const side = `01${'00002710'}${'02'}${'0672616e6765'}${'030001'}${'00'}${'00'}`;
  const tag = `01${'00'}${(side.length / 2).toString(16).padStart(2, '0')}${side}`;
  assert.equal(written.toString('hex'), `${writeConsumer(member).subarray(0, -1).toString('hex')}${tag}`);
  assert.deepEqual(readConsumer(written), { ...member, classic });
  const absent = Buffer.concat([writeConsumer(member).subarray(0, -1), Buffer.from('010001ff', 'hex')]);
  assert.deepEqual(readConsumer(absent), member);
});

test('a record that ends early or claims too much is refused, at whatever byte it is cut', () => {
  const readers: readonly (readonly [Buffer, (bytes: Buffer) => unknown])[] = [
    [writeConsumer(member), readConsumer],
    [writeMemberTarget(partitions), readMemberTarget],
    [writeStanding(standing), readStanding],
    [writeConsumerGroup({ epoch: 1, topicsHash: 2, sinceMs: 3 }), readConsumerGroup],
  ];
  for (const [bytes, read] of readers) {
    // The last byte counts the tags of the whole, which some readers have no use for.
    for (let length = 0; length < bytes.length - 1; length++) {
      assert.throws(() => read(Buffer.from(bytes.subarray(0, length))), DecodeError);
    }
  }
  assert.throws(() => readMemberTarget(Buffer.from('0000ffffffff0f', 'hex')), DecodeError);
  assert.throws(() => readTarget(Buffer.from('00010000000900', 'hex')), DecodeError);
});
