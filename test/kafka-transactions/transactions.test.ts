import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { Served, versionsOf, type WireClient } from '../kafka/harness.js';
import {
  createTopics,
  deleteTopics,
  findCoordinator,
  initProducerId,
  offsetCommit,
  offsetFetch,
} from '../kafka/wire-apis.js';
import { newCreatableTopic } from '../kafka-codec/codec/19-create-topics.js';
import { first, second890, third, type Versions, WireProducer } from './producer.js';
import { fetchFrom, isolation, offsetAt, read } from './reading.js';
import {
  addPartitionsToTxn,
  apiVersions,
  describeProducers,
  describeTransactions,
  endTxn,
  fetch,
  listTransactions,
  offsetForLeaderEpoch,
  txnOffsetCommit,
  writeTxnMarkers,
} from './wire-apis.js';

const noId = '0'.repeat(32);

let served: Served;
let client: WireClient;
let topics = 0;
let ids = 0;

before(async () => {
  served = await Served.start({ autoCreateTopics: false });
  client = await served.client();
});

after(() => served.close());

async function made(numPartitions = 1): Promise<string> {
  const name = `t${++topics}`;
  const topic = { ...newCreatableTopic(), name, numPartitions, replicationFactor: 1 };
  const answer = await client.ask(createTopics, 7, { topics: [topic] });
  assert.equal(answer.topics[0]!.errorCode, ErrorCode.NONE);
  return name;
}

async function started(versions: Versions, timeoutMs?: number): Promise<WireProducer> {
  const producer = new WireProducer(client, `id${++ids}`, versions);
  assert.equal(await producer.init(timeoutMs), ErrorCode.NONE);
  return producer;
}

const protocols = [
  ['the first versions of all APIs', first],
  ['the versions of Java 3.x', third],
  ["KIP-890's second version", second890],
] as const;

for (const [name, versions] of protocols) {
  test(`a producer that speaks ${name} commits and aborts`, async () => {
    const topic = await made();
    const producer = await started(versions);
    assert.equal(await producer.write(topic, 'one'), ErrorCode.NONE);
    assert.equal(await producer.end(true), ErrorCode.NONE);
    assert.equal(await producer.write(topic, 'lost'), ErrorCode.NONE);
    assert.equal(await producer.end(false), ErrorCode.NONE);
    assert.equal(await producer.write(topic, 'two'), ErrorCode.NONE);
    assert.deepEqual(await read(client, topic, isolation.committed), ['one']);
    assert.equal(await producer.end(true), ErrorCode.NONE);
    assert.deepEqual(await read(client, topic, isolation.committed), ['one', 'two']);
    assert.deepEqual(await read(client, topic, isolation.committed, { partitionMaxBytes: 1 }), ['one', 'two']);
    assert.deepEqual(await read(client, topic, isolation.uncommitted), ['one', 'lost', 'two']);
  });

  test(`offsets inside a transaction of ${name} come with its commit, and not with its abort`, async () => {
    const topic = await made();
    const producer = await started(versions);
    const group = `g${++ids}`;
    if (!producer.implicit) assert.equal(await producer.addGroup(group), ErrorCode.NONE);
    assert.equal(await producer.commitOffset(group, topic, 5), ErrorCode.NONE);
    assert.deepEqual(await committed(group, topic, 7, true), [ErrorCode.UNSTABLE_OFFSET_COMMIT, -1]);
    assert.deepEqual(await committed(group, topic, 7, false), [ErrorCode.NONE, -1]);
    assert.equal(await producer.end(true), ErrorCode.NONE);
    assert.deepEqual(await committed(group, topic, 9, true), [ErrorCode.NONE, 5]);
    if (!producer.implicit) assert.equal(await producer.addGroup(group), ErrorCode.NONE);
    assert.equal(await producer.commitOffset(group, topic, 9), ErrorCode.NONE);
    assert.deepEqual(await committed(group, topic, 9, true), [ErrorCode.UNSTABLE_OFFSET_COMMIT, -1]);
    assert.equal(await producer.end(false), ErrorCode.NONE);
    assert.deepEqual(await committed(group, topic, 9, true), [ErrorCode.NONE, 5], 'UNSTABLE_OFFSET_COMMIT clears');
  });

  test(`a newer incarnation fences one that speaks ${name}`, async () => {
    const topic = await made();
    const zombie = await started(versions);
    await zombie.write(topic, 'lost');
    const next = new WireProducer(client, zombie.id, versions);
    assert.equal(await next.init(), ErrorCode.NONE);
    assert.deepEqual([next.producerId, next.epoch], [zombie.producerId, zombie.epoch + 1]);
    const fenced = versions.add >= 2 ? ErrorCode.PRODUCER_FENCED : ErrorCode.INVALID_PRODUCER_EPOCH;
    assert.equal(await zombie.send(topic, 'late'), ErrorCode.INVALID_PRODUCER_EPOCH);
    assert.equal(await zombie.add(topic, 0), fenced);
    assert.equal(await zombie.addGroup('g'), fenced);
    assert.equal(await zombie.commitOffset('g', topic, 1), ErrorCode.INVALID_PRODUCER_EPOCH);
    assert.equal(await zombie.end(true), fenced);
    assert.equal(await next.write(topic, 'kept'), ErrorCode.NONE);
    assert.equal(await next.end(true), ErrorCode.NONE);
    assert.deepEqual(await read(client, topic, isolation.committed), ['kept']);
  });

  test(`a transactional id nobody knows is refused to who speaks ${name}`, async () => {
    const topic = await made();
    const stranger = new WireProducer(client, 'stranger', versions);
    stranger.producerId = 1;
    stranger.epoch = 0;
    for (const code of [
      await stranger.add(topic, 0),
      await stranger.addGroup('g'),
      await stranger.commitOffset('g', topic, 1),
      await stranger.send(topic, 'x'),
      await stranger.end(true),
    ]) {
      assert.equal(code, ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }
  });
}

async function committed(group: string, topic: string, version: number, requireStable: boolean): Promise<number[]> {
  const { groups, topics: told } = await client.ask(offsetFetch, version, {
    groupId: group,
    topics: [{ name: topic, partitionIndexes: [0] }],
    groups: [
      {
        groupId: group,
        memberId: null,
        memberEpoch: -1,
        topics: [{ name: topic, topicId: noId, partitionIndexes: [0] }],
      },
    ],
    requireStable,
  });
  const result = (version >= 8 ? groups[0]!.topics : told)[0]!.partitions[0]!;
  return [result.errorCode, result.committedOffset];
}

test('OffsetFetch for all of a group withholds what is not stable, and nothing else', async () => {
  const [held, free] = [await made(), await made()];
  const group = `g${++ids}`;
  const at = (topic: string, committedOffset: number) => ({
    name: topic,
    topicId: noId,
    partitions: [
      { partitionIndex: 0, committedOffset, committedLeaderEpoch: -1, commitTimestamp: -1, committedMetadata: '' },
    ],
  });
  const memberless = { groupId: group, generationIdOrMemberEpoch: -1, memberId: '' };
  await client.ask(offsetCommit, 8, { ...memberless, topics: [at(held, 1), at(free, 2)] });
  const producer = await started(second890);
  assert.equal(await producer.commitOffset(group, held, 7), ErrorCode.NONE);
  const { groups } = await client.ask(offsetFetch, 9, {
    groups: [{ groupId: group, memberId: null, memberEpoch: -1, topics: null }],
    requireStable: true,
  });
  const told = new Map(groups[0]!.topics.map(({ name, partitions }) => [name, partitions[0]!]));
  assert.deepEqual(
    [told.get(held)!.errorCode, told.get(held)!.committedOffset],
    [ErrorCode.UNSTABLE_OFFSET_COMMIT, -1],
  );
  assert.deepEqual([told.get(free)!.errorCode, told.get(free)!.committedOffset], [ErrorCode.NONE, 2]);
  await producer.end(true);
});

test('a producer of the first protocol writes and commits offsets only where it said it would', async () => {
  const topic = await made(2);
  for (const [produceVersion, offsetsVersion, code] of [
    [9, 3, ErrorCode.INVALID_TXN_STATE],
    [10, 3, ErrorCode.INVALID_TXN_STATE],
    [11, 4, ErrorCode.TRANSACTION_ABORTABLE],
  ] as const) {
    const producer = await started({ ...third, produce: produceVersion, offsets: offsetsVersion });
    assert.equal(await producer.send(topic, 'early'), code);
    assert.equal(await producer.add(topic, 0), ErrorCode.NONE);
    assert.equal(await producer.send(topic, 'x', 1), code);
    assert.equal(await producer.commitOffset('g', topic, 1), code);
    assert.equal(await producer.send(topic, 'ok'), ErrorCode.NONE);
    assert.equal(await producer.end(true), ErrorCode.NONE);
    assert.equal(await producer.send(topic, 'late'), code);
  }
});

test('a transactional batch under no transactional id is refused', async () => {
  const topic = await made();
  const producer = await started(second890);
  const unnamed = new WireProducer(client, null as unknown as string, second890);
  unnamed.producerId = producer.producerId;
  unnamed.epoch = producer.epoch;
  assert.equal(await unnamed.send(topic, 'x'), ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
});

for (const version of versionsOf(addPartitionsToTxn)) {
  test(`AddPartitionsToTxn v${version} adds all partitions or none, and again`, async () => {
    const topic = await made(2);
    const producer = await started({ ...third, add: version });
    assert.deepEqual(await producer.addResults(topic, 0, 5), [
      ErrorCode.OPERATION_NOT_ATTEMPTED,
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ]);
    assert.deepEqual(await producer.addResults('no-such-topic', 0), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]);
    assert.notEqual(await producer.send(topic, 'early'), ErrorCode.NONE);
    assert.deepEqual(await producer.addResults(topic, 0, 1), [ErrorCode.NONE, ErrorCode.NONE]);
    assert.deepEqual(await producer.addResults(topic, 1), [ErrorCode.NONE]);
    assert.equal(await producer.send(topic, 'one', 1), ErrorCode.NONE);
    assert.equal(await producer.end(true), ErrorCode.NONE);
  });

  if (version >= 4) {
    test(`AddPartitionsToTxn v${version} verifies without adding`, async () => {
      const topic = await made(2);
      const producer = await started(third);
      await producer.add(topic, 0);
      const verify = async (partitions: number[], epoch = producer.epoch) => {
        const { resultsByTransaction } = await client.ask(addPartitionsToTxn, version, {
          transactions: [
            {
              transactionalId: producer.id,
              producerId: producer.producerId,
              producerEpoch: epoch,
              verifyOnly: true,
              topics: [{ name: topic, partitions }],
            },
          ],
        });
        return resultsByTransaction[0]!.topicResults[0]!.resultsByPartition.map((each) => each.partitionErrorCode);
      };
      const absent = version >= 5 ? ErrorCode.TRANSACTION_ABORTABLE : ErrorCode.INVALID_TXN_STATE;
      assert.deepEqual(await verify([0, 1]), [ErrorCode.NONE, absent]);
      assert.deepEqual(await verify([1]), [absent], 'it was not added by being asked for');
      assert.deepEqual(await verify([0], producer.epoch - 1), [ErrorCode.PRODUCER_FENCED]);
    });
  }
}

for (const version of versionsOf(endTxn)) {
  test(`EndTxn v${version} is answered the same when it is asked again, and refuses the other end`, async () => {
    const topic = await made();
    const producer = await started({ ...third, end: version });
    await producer.write(topic, 'one');
    const { id, producerId, epoch } = producer;
    const ask = (committedNow: boolean) =>
      client.ask(endTxn, version, { transactionalId: id, producerId, producerEpoch: epoch, committed: committedNow });
    for (let times = 0; times < 2; times++) {
      const answer = await ask(true);
      assert.equal(answer.errorCode, ErrorCode.NONE);
      assert.deepEqual([answer.producerId, answer.producerEpoch], version >= 5 ? [producerId, epoch + 1] : [-1, -1]);
    }
    assert.equal((await ask(false)).errorCode, ErrorCode.INVALID_TXN_STATE);
    assert.equal(await (await started({ ...third, end: version })).end(true), ErrorCode.INVALID_TXN_STATE);
    assert.deepEqual(await read(client, topic, isolation.committed), ['one']);
  });
}

test('a producer of other versions throughout may end with EndTxn v5 and goes on with the epoch it is told', async () => {
  const topic = await made();
  const producer = await started({ ...third, add: 5, produce: 11, offsets: 4, end: 5 });
  for (const value of ['one', 'two']) {
    assert.equal(await producer.write(topic, value), ErrorCode.NONE);
    assert.equal(await producer.end(true), ErrorCode.NONE);
  }
  assert.equal(producer.epoch, 2);
  assert.deepEqual(await read(client, topic, isolation.committed), ['one', 'two']);
});

for (const version of versionsOf(fetch).filter((each) => each <= 12)) {
  test(`Fetch v${version} tells the last stable offset and the aborted transactions of what it gives`, async () => {
    const topic = await made();
    const producer = await started(second890);
    await producer.write(topic, 'lost');
    const { producerId } = producer;
    await producer.end(false);
    await producer.write(topic, 'open');
    const part = await fetchFrom(client, topic, 0, isolation.committed, { version });
    assert.deepEqual([part.highWatermark, part.lastStableOffset], [3, 2]);
    assert.deepEqual(
      part.abortedTransactions!.map((each) => [each.producerId, each.firstOffset]),
      [[producerId, 0]],
    );
    const all = await fetchFrom(client, topic, 0, isolation.uncommitted, { version });
    assert.deepEqual([all.highWatermark, all.lastStableOffset], [3, 2]);
    const none = await fetchFrom(client, topic, 2, isolation.committed, { version });
    assert.deepEqual([none.errorCode, none.highWatermark, none.lastStableOffset], [ErrorCode.NONE, 3, 2]);
    assert.deepEqual(none.abortedTransactions, []);
    const out = await fetchFrom(client, topic, 99, isolation.committed, { version });
    assert.deepEqual(
      [out.errorCode, out.highWatermark, out.lastStableOffset],
      [ErrorCode.OFFSET_OUT_OF_RANGE, 3, 2],
      'HW and LSO are set in an error too',
    );
  });
}

test('a committed reader that waits is answered when the transaction ends', async () => {
  const topic = await made();
  const producer = await started(second890);
  await producer.write(topic, 'one');
  const reader = await served.client();
  let answered = false;
  const waiting = fetchFrom(reader, topic, 0, isolation.committed, { maxWaitMs: 30_000 }).then((part) => {
    answered = true;
    return part;
  });
  await producer.write(topic, 'two');
  assert.equal(answered, false);
  await producer.end(true);
  const part = await waiting;
  assert.ok(part.records !== null);
  assert.equal(part.lastStableOffset, 3);
});

test('ListOffsets honours isolation: the end, by time, and the largest time', async () => {
  const topic = await made();
  assert.equal(await offsetAt(client, topic, isolation.committed), 0);
  await client.produce(topic, 0, [{ value: 'old', timestamp: Date.now() - 1000 }]);
  const producer = await started(second890);
  const nowMs = Date.now();
  await producer.write(topic, 'open');
  assert.equal(await offsetAt(client, topic, isolation.uncommitted), 2);
  assert.equal(await offsetAt(client, topic, isolation.committed), 1);
  assert.equal(await offsetAt(client, topic, isolation.uncommitted, nowMs), 1);
  assert.equal(await offsetAt(client, topic, isolation.committed, nowMs), -1);
  assert.equal(await offsetAt(client, topic, isolation.uncommitted, -3), 1);
  assert.equal(await offsetAt(client, topic, isolation.committed, -3), 0, 'of those that may be read');
  await producer.end(true);
  assert.equal(await offsetAt(client, topic, isolation.committed), 3);
  assert.equal(await offsetAt(client, topic, isolation.committed, nowMs), 1);
});

test('a time-out of nothing or beyond the limit is refused', async () => {
  for (const timeoutMs of [0, -5, 900_001]) {
    const producer = new WireProducer(client, 'slow', second890);
    assert.equal(await producer.init(timeoutMs), ErrorCode.INVALID_TRANSACTION_TIMEOUT);
  }
});

test('a transaction that lasts too long is aborted, and its producer of the first protocol fenced', async () => {
  const topic = await made();
  const producer = await started(third, 30);
  await producer.write(topic, 'lost');
  // Answered at the latest when what hides it is gone.
  const reader = await served.client();
  const part = await fetchFrom(reader, topic, 0, isolation.committed, { maxWaitMs: 30_000 });
  assert.equal(part.abortedTransactions!.length, 1);
  assert.equal(await producer.end(true), ErrorCode.PRODUCER_FENCED);
  assert.equal(await producer.add(topic, 0), ErrorCode.PRODUCER_FENCED);
});

test('KIP-447: a member that is not of the group commits nothing in a transaction', async () => {
  const topic = await made();
  const group = `g${++ids}`;
  for (const version of versionsOf(txnOffsetCommit).filter((each) => each >= 3)) {
    const producer = await started({ ...second890, offsets: version });
    await producer.addGroup(group);
    const member = { memberId: 'gone', generationId: 3 };
    assert.equal(await producer.commitOffset(group, topic, 1, member), ErrorCode.ILLEGAL_GENERATION);
    assert.equal(await producer.commitOffset(group, 'no-such-topic', 1), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    await producer.end(false);
  }
});

test('an administrator looks at transactions and aborts one that hangs', async () => {
  const [topic, other] = [await made(), await made()];
  const producer = await started(second890);
  await producer.write(topic, 'lost');
  await producer.write(other, 'lost');
  const described = async () => {
    const { transactionStates } = await client.ask(describeTransactions, 0, {
      transactionalIds: [producer.id, 'nobody', ''],
    });
    return transactionStates;
  };
  const [own, nobody, empty] = await described();
  assert.equal(own!.transactionState, 'Ongoing');
  assert.deepEqual([own!.producerId, own!.producerEpoch, own!.transactionTimeoutMs], [producer.producerId, 0, 60_000]);
  assert.ok(own!.transactionStartTimeMs > 0);
  assert.deepEqual(own!.topics, [
    { topic, partitions: [0] },
    { topic: other, partitions: [0] },
  ]);
  assert.equal(nobody!.errorCode, ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
  assert.equal(empty!.errorCode, ErrorCode.INVALID_REQUEST);

  const asked = [{ name: topic, partitionIndexes: [0, 1] }];
  const { topics: told } = await client.ask(describeProducers, 0, { topics: asked });
  const [present, absent] = told[0]!.partitions;
  assert.equal(absent!.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  const active = present!.activeProducers[0]!;
  assert.deepEqual(
    [active.producerId, active.producerEpoch, active.lastSequence, active.currentTxnStartOffset],
    [producer.producerId, 0, 0, 0],
  );

  const mark = async (transactionResult: boolean, producerEpoch: number, name = topic) => {
    const { markers } = await client.ask(writeTxnMarkers, 1, {
      markers: [
        {
          producerId: producer.producerId,
          producerEpoch,
          transactionResult,
          topics: [{ name, partitionIndexes: [0] }],
          coordinatorEpoch: active.coordinatorEpoch,
          transactionVersion: 0,
        },
      ],
    });
    return markers[0]!.topics[0]!.partitions[0]!.errorCode;
  };
  assert.equal(await mark(true, 0), ErrorCode.INVALID_TXN_STATE);
  assert.equal(await mark(false, 0, 'no-such-topic'), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal(await mark(false, 0), ErrorCode.NONE);
  assert.equal((await described())[0]!.transactionState, 'CompleteAbort');
  assert.deepEqual(await read(client, topic, isolation.committed), []);
  assert.equal(await offsetAt(client, other, isolation.committed), 2, 'in its other partitions too');
  assert.equal(await producer.send(topic, 'late'), ErrorCode.INVALID_PRODUCER_EPOCH);
  assert.equal(await mark(false, 0), ErrorCode.INVALID_PRODUCER_EPOCH);
});

for (const version of versionsOf(listTransactions)) {
  test(`ListTransactions v${version} filters`, async () => {
    const topic = await made();
    const open = await started(second890);
    await open.write(topic, 'x');
    const idle = await started(second890);
    const list = async (filters: object) => {
      const answer = await client.ask(listTransactions, version, filters);
      assert.equal(answer.errorCode, ErrorCode.NONE);
      const names = new Set([open.id, idle.id]);
      return answer.transactionStates.filter(({ transactionalId }) => names.has(transactionalId));
    };
    const states = async (filters: object) => (await list(filters)).map(({ transactionState }) => transactionState);
    assert.deepEqual(await states({}), ['Ongoing', 'Empty']);
    assert.deepEqual(await states({ stateFilters: ['Ongoing'] }), ['Ongoing']);
    assert.deepEqual(await states({ producerIdFilters: [idle.producerId] }), ['Empty']);
    const { unknownStateFilters } = await client.ask(listTransactions, version, { stateFilters: ['Odd', 'Dead'] });
    assert.deepEqual(unknownStateFilters, ['Odd']);
    if (version >= 1) assert.deepEqual(await states({ durationFilter: 100_000 }), []);
    if (version >= 2) {
      assert.deepEqual(await states({ transactionalIdPattern: `${open.id}|none` }), ['Ongoing']);
      const wrong = await client.ask(listTransactions, version, { transactionalIdPattern: '(' });
      assert.equal(wrong.errorCode, ErrorCode.INVALID_REGULAR_EXPRESSION);
    }
    await open.end(false);
  });
}

for (const version of versionsOf(offsetForLeaderEpoch)) {
  test(`OffsetForLeaderEpoch v${version} says where the records of an epoch end`, async () => {
    const topic = await made();
    await client.produce(topic, 0, [{ value: 'a' }, { value: 'b' }]);
    const known = await leaderEpoch(topic);
    const ask = async (epoch: number, currentLeaderEpoch = -1, name = topic) => {
      const partitions = [{ partition: 0, currentLeaderEpoch, leaderEpoch: epoch }];
      const { topics: told } = await client.ask(offsetForLeaderEpoch, version, {
        topics: [{ topic: name, partitions }],
      });
      const { errorCode, leaderEpoch: found, endOffset } = told[0]!.partitions[0]!;
      return [errorCode, found, endOffset];
    };
    assert.deepEqual(await ask(known), [ErrorCode.NONE, known, 2]);
    assert.deepEqual(await ask(known, known), [ErrorCode.NONE, known, 2]);
    assert.deepEqual(await ask(known + 1), [ErrorCode.NONE, -1, -1]);
    assert.deepEqual(await ask(known, known + 1), [ErrorCode.UNKNOWN_LEADER_EPOCH, -1, -1]);
    if (known > 0) {
      assert.deepEqual(await ask(known, known - 1), [ErrorCode.FENCED_LEADER_EPOCH, -1, -1]);
      assert.deepEqual(await ask(known - 1), [ErrorCode.NONE, known - 1, 0]);
    }
    assert.deepEqual(await ask(known, -1, 'no-such-topic'), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1, -1]);
  });
}

async function leaderEpoch(topic: string): Promise<number> {
  const part = await fetchFrom(client, topic, 0, isolation.uncommitted);
  const records = part.records as unknown as Buffer;
  return records.readInt32BE(12);
}

test('a coordinator of transactions is found', async () => {
  for (const version of versionsOf(findCoordinator).filter((each) => each >= 1)) {
    const found = await client.ask(findCoordinator, version, { key: 'tx', keyType: 1, coordinatorKeys: ['tx'] });
    const told = version >= 4 ? found.coordinators[0]! : found;
    assert.equal(told.errorCode, ErrorCode.NONE);
    assert.equal(`${told.host}:${told.port}`, served.naru.kafka.brokers[0]);
  }
});

test('ApiVersions tells that transactions are of the second version', async () => {
  for (const version of versionsOf(apiVersions)) {
    const named = { clientSoftwareName: 'test', clientSoftwareVersion: '1' };
    const answer = await client.ask(apiVersions, version, named);
    const supported = answer.supportedFeatures.find(({ name }) => name === 'transaction.version');
    const finalized = answer.finalizedFeatures.find(({ name }) => name === 'transaction.version');
    assert.deepEqual(finalized?.maxVersionLevel, version >= 3 ? 2 : undefined);
    // Older clients cannot read a feature that begins at level 0.
    assert.deepEqual(supported?.maxVersion, version >= 4 ? 2 : undefined);
    assert.equal(answer.finalizedFeaturesEpoch >= 0, version >= 3);
  }
});

test('what is asked while a transaction ends finds it ended, and nobody is told to come again', async () => {
  for (const versions of [third, second890]) {
    const topic = await made();
    const producer = await started(versions);
    assert.equal(await producer.write(topic, 'one'), ErrorCode.NONE);
    const { id, producerId, epoch } = producer;
    const other = await served.client();
    const request = { transactionalId: id, producerId, producerEpoch: epoch, committed: true };
    // Neither waits for the answer of the other.
    const [ended, next] = await Promise.all([
      client.ask(endTxn, versions.end, request),
      other.ask(initProducerId, 4, { transactionalId: id, transactionTimeoutMs: 60_000 }),
    ]);
    assert.equal(next.errorCode, ErrorCode.NONE);
    assert.equal(next.producerId, producerId);
    // Whichever came first; the end is then the end of it, or too late.
    const outcomes = await read(client, topic, isolation.committed);
    assert.deepEqual(outcomes, ended.errorCode === ErrorCode.NONE ? ['one'] : []);
    if (ended.errorCode !== ErrorCode.NONE) assert.equal(ended.errorCode, ErrorCode.PRODUCER_FENCED);
  }
  const topic = await made();
  const producer = await started(third);
  assert.equal(await producer.write(topic, 'one'), ErrorCode.NONE);
  const [ended, added] = await Promise.all([producer.end(true), producer.add(topic, 0)]);
  assert.deepEqual([ended, added], [ErrorCode.NONE, ErrorCode.NONE]);
});

test('a topic may be deleted under an open transaction', async () => {
  const [gone, stays] = [await made(), await made()];
  const producer = await started(second890);
  await producer.write(gone, 'x');
  await producer.write(stays, 'one');
  const { responses } = await client.ask(deleteTopics, 6, { topics: [{ name: gone, topicId: noId }] });
  assert.equal(responses[0]!.errorCode, ErrorCode.NONE);
  assert.equal(await producer.end(true), ErrorCode.NONE);
  assert.deepEqual(await read(client, stays, isolation.committed), ['one']);
});

test('a duplicate inside a transaction is answered with its offset, and written once', async () => {
  const topic = await made();
  const producer = await started(second890);
  await producer.write(topic, 'one');
  const again = new WireProducer(client, producer.id, second890);
  again.producerId = producer.producerId;
  again.epoch = producer.epoch;
  assert.equal(await again.send(topic, 'one'), ErrorCode.NONE);
  assert.equal(again.lastOffset, 0);
  await producer.end(true);
  assert.deepEqual(await read(client, topic, isolation.committed), ['one']);
});

test('a partition that is not there leaves the transaction as it was', async () => {
  const topic = await made();
  const producer = await started(second890);
  await producer.write(topic, 'one');
  assert.equal(await producer.send('no-such-topic', 'x'), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal(await producer.end(true), ErrorCode.NONE);
  assert.equal(await producer.write(topic, 'two'), ErrorCode.NONE);
  assert.equal(await producer.end(true), ErrorCode.NONE);
  assert.deepEqual(await read(client, topic, isolation.committed), ['one', 'two']);
});
