import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ByteReader, DecodeError } from '../../src/lib/byte-reader.js';
import { PieceWriter } from '../../src/lib/piece-writer.js';
import {
  decodeProduceRequest,
  encodeProduceResponse,
  newProduceResponse,
  newProduceResponsePartition,
} from '../../src/protocols/kafka/codec/00-produce.js';
import {
  decodeFetchRequest,
  encodeFetchResponse,
  type FetchResponse,
  newFetchResponse,
  newFetchResponsePartition,
} from '../../src/protocols/kafka/codec/01-fetch.js';
import {
  decodeMetadataRequest,
  encodeMetadataResponse,
  newMetadataResponse,
} from '../../src/protocols/kafka/codec/03-metadata.js';
import {
  decodeApiVersionsRequest,
  encodeApiVersionsResponse,
  newApiVersionsResponse,
} from '../../src/protocols/kafka/codec/18-api-versions.js';
import {
  encodeDescribeClientQuotasResponse,
  newDescribeClientQuotasResponse,
} from '../../src/protocols/kafka/codec/48-describe-client-quotas.js';
import {
  decodeDescribeTopicPartitionsRequest,
  encodeDescribeTopicPartitionsResponse,
  newDescribeTopicPartitionsResponse,
} from '../../src/protocols/kafka/codec/75-describe-topic-partitions.js';
import {
  decodeConsumerGroupMemberMetadataValue,
  encodeConsumerGroupMemberMetadataValue,
  newConsumerGroupMemberMetadataValue,
} from '../../src/protocols/kafka/codec/consumer-group-records.js';
import { ZERO_UUID } from '../../src/protocols/kafka/codec/primitives.js';
import { decodeFetchResponse } from './codec/01-fetch.js';

/** Bytes written out by hand, one line per field, so that a reader can check them against the protocol's own pages. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\/\/.*$/gm, '').replaceAll(/\s/g, ''), 'hex');
}

function written(encode: (writer: PieceWriter) => void): Buffer {
  const writer = new PieceWriter();
  encode(writer);
  const pieces: Buffer[] = [];
  writer.takeInto(pieces);
  return Buffer.concat(pieces);
}

const UUID = '00112233445566778899aabbccddeeff';

describe('ApiVersions 3', () => {
  test('reads a request', () => {
    const bytes = bytesOf(`
      03 6a 73      // client software name, 2 bytes: "js"
      04 31 2e 30   // its version, 3 bytes: "1.0"
      00            // no tagged fields`);
    assert.deepEqual(decodeApiVersionsRequest(new ByteReader(bytes), 3), {
      clientSoftwareName: 'js',
      clientSoftwareVersion: '1.0',
    });
  });

  test('writes a response with its features as tagged fields', () => {
    const response = newApiVersionsResponse();
    response.apiKeys = [{ apiKey: 18, minVersion: 0, maxVersion: 4 }];
    response.supportedFeatures = [{ name: 'v', minVersion: 0, maxVersion: 2 }];
    response.finalizedFeaturesEpoch = 1;
    assert.deepEqual(
      written((writer) => encodeApiVersionsResponse(writer, 3, response)),
      bytesOf(`
        0000                     // no error
        02 0012 0000 0004 00     // one key: 18, versions 0 to 4, no tagged fields
        00000000                 // throttle time
        02                       // two tagged fields
        00 08 02 02 76 0000 0002 00   // tag 0, 8 bytes: one feature "v", versions 0 to 2
        01 08 0000000000000001   // tag 1, 8 bytes: epoch 1`),
    );
  });

  test('is answered in version 0 to those that speak one we do not know', () => {
    const response = newApiVersionsResponse();
    response.errorCode = 35;
    response.apiKeys = [{ apiKey: 18, minVersion: 0, maxVersion: 4 }];
    assert.deepEqual(
      written((writer) => encodeApiVersionsResponse(writer, 0, response)),
      bytesOf('0023 00000001 0012 0000 0004'),
    );
  });
});

describe('Metadata 12', () => {
  test('reads a request for a topic by id and one by name', () => {
    const bytes = bytesOf(`
      03                                   // two topics
      ${UUID} 00 00                        // by id, name null, no tagged fields
      ${ZERO_UUID} 02 74 00                // by name "t"
      01                                   // topics may be created
      00                                   // no authorised operations
      00                                   // no tagged fields`);
    assert.deepEqual(decodeMetadataRequest(new ByteReader(bytes), 12), {
      topics: [
        { topicId: UUID, name: null },
        { topicId: ZERO_UUID, name: 't' },
      ],
      allowAutoTopicCreation: true,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
  });

  test('reads a request for all topics as null', () => {
    assert.equal(decodeMetadataRequest(new ByteReader(bytesOf('00 00 00 00')), 12).topics, null);
  });

  test('writes a response', () => {
    const response = newMetadataResponse();
    response.brokers = [{ nodeId: 1, host: 'h', port: 9092, rack: null }];
    response.clusterId = 'c';
    response.controllerId = 1;
    const partition = {
      errorCode: 0,
      partitionIndex: 5,
      leaderId: 1,
      leaderEpoch: 3,
      replicaNodes: [1],
      isrNodes: [1],
    };
    response.topics = [
      {
        errorCode: 0,
        name: 't',
        topicId: UUID,
        isInternal: false,
        partitions: [{ ...partition, offlineReplicas: [] }],
        topicAuthorizedOperations: -2147483648,
      },
    ];
    assert.deepEqual(
      written((writer) => encodeMetadataResponse(writer, 12, response)),
      bytesOf(`
        00000000                         // throttle time
        02 00000001 02 68 00002384 00 00 // one broker: 1, "h", 9092, no rack, no tagged fields
        02 63                            // cluster "c"
        00000001                         // controller
        02 0000 02 74 ${UUID} 00         // one topic: no error, "t", its id, not internal
        02 0000 00000005                 // one partition: no error, index 5
        00000001 00000003                // leader and its epoch
        02 00000001 02 00000001 01       // replicas, in sync, offline
        00                               // no tagged fields of the partition
        80000000 00                      // authorised operations not asked for; no tagged fields of the topic
        00                               // nor of the response`),
    );
  });
});

describe('Produce 9', () => {
  test('reads a request, its records as a view', () => {
    const bytes = bytesOf(`
      00              // no transactional id
      ffff            // acks: all
      00007530        // 30 s
      02 02 74        // one topic, "t"
      02 00000005     // one partition, 5
      04 aabbcc 00    // 3 bytes of records, no tagged fields of the partition
      00 00           // nor of the topic, nor of the request`);
    const request = decodeProduceRequest(new ByteReader(bytes), 9);
    const records = bytes.subarray(16, 19);
    assert.deepEqual(request, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 30000,
      topicData: [{ name: 't', topicId: ZERO_UUID, partitionData: [{ index: 5, records }] }],
    });
    assert.equal(request.topicData[0]!.partitionData[0]!.records!.buffer, bytes.buffer);
  });

  test('writes a response', () => {
    const response = newProduceResponse();
    const partition = newProduceResponsePartition();
    partition.index = 5;
    partition.baseOffset = 2 ** 40;
    response.responses = [{ name: 't', topicId: ZERO_UUID, partitionResponses: [partition] }];
    // What version 9 cannot say is left out.
    partition.currentLeader = { leaderId: 3, leaderEpoch: 4 };
    assert.deepEqual(
      written((writer) => encodeProduceResponse(writer, 9, response)),
      bytesOf(`
        02 02 74                          // one topic, "t"
        02 00000005 0000                  // one partition, 5, no error
        0000010000000000                  // base offset
        ffffffffffffffff ffffffffffffffff // append time, log start
        01 00 00                          // no record errors, no message, no tagged fields
        00                                // no tagged fields of the topic
        00000000 00                       // throttle time, no tagged fields`),
    );
  });
});

describe('Fetch 12', () => {
  test('reads a request with its cluster id behind a tag', () => {
    const bytes = bytesOf(`
      ffffffff 000001f4 00000001 00100000   // replica, wait, bytes at least and at most
      01 00000007 00000002                  // read committed; session 7, its epoch 2
      02 02 74                              // one topic, "t"
      02 00000005 00000003                  // one partition: 5, leader epoch 3
      0000000000000064 00000002             // offset 100, last fetched epoch 2
      ffffffffffffffff 00010000 00          // log start, bytes at most, no tagged fields
      00                                    // no tagged fields of the topic
      02 02 75 02 00000001 00               // forget partition 1 of "u"
      01                                    // no rack
      01 00 02 02 63                        // one tagged field: 0, 2 bytes, cluster "c"`);
    const request = decodeFetchRequest(new ByteReader(bytes), 12);
    assert.equal(request.clusterId, 'c');
    assert.deepEqual([request.maxWaitMs, request.minBytes, request.maxBytes], [500, 1, 1048576]);
    assert.deepEqual([request.isolationLevel, request.sessionId, request.sessionEpoch], [1, 7, 2]);
    assert.deepEqual(request.forgottenTopicsData, [{ topic: 'u', topicId: ZERO_UUID, partitions: [1] }]);
    const { replicaDirectoryId, highWatermark, ...partition } = request.topics[0]!.partitions[0]!;
    assert.deepEqual(partition, {
      partition: 5,
      currentLeaderEpoch: 3,
      fetchOffset: 100,
      lastFetchedEpoch: 2,
      logStartOffset: -1,
      partitionMaxBytes: 65536,
    });
    assert.deepEqual([replicaDirectoryId, highWatermark], [ZERO_UUID, 2 ** 63]);
  });

  test('writes a response, its leader behind a tag', () => {
    const response = newFetchResponse();
    const partition = newFetchResponsePartition();
    partition.partitionIndex = 5;
    partition.highWatermark = 9;
    partition.lastStableOffset = 8;
    partition.logStartOffset = 0;
    partition.currentLeader = { leaderId: 3, leaderEpoch: 4 };
    partition.abortedTransactions = null;
    partition.records = Buffer.from('aabb', 'hex');
    response.sessionId = 7;
    response.responses = [{ topic: 't', topicId: UUID, partitions: [partition] }];
    // Only version 16 has these.
    response.nodeEndpoints = [{ nodeId: 1, host: 'h', port: 1, rack: null }];
    assert.deepEqual(
      written((writer) => encodeFetchResponse(writer, 12, response)),
      bytesOf(`
        00000000 0000 00000007     // throttle time, no error, session 7
        02 02 74 02                // one topic, "t", one partition
        00000005 0000              // 5, no error
        0000000000000009 0000000000000008 0000000000000000   // high watermark, last stable, log start
        00 ffffffff                // aborted transactions null, no preferred replica
        03 aabb                    // records
        01 01 09 00000003 00000004 00   // one tagged field: 1, 9 bytes, leader 3 of epoch 4
        00 00                      // no tagged fields of the topic and the response`),
    );
  });
});

describe('records', () => {
  const chunks = [Buffer.alloc(5000, 1), Buffer.alloc(10, 2), Buffer.alloc(3000, 3)];

  function response(records: Buffer | Buffer[]): FetchResponse {
    const partition = newFetchResponsePartition();
    partition.records = records;
    return { ...newFetchResponse(), responses: [{ topic: 't', topicId: UUID, partitions: [partition] }] };
  }

  test('of several chunks are one value on the wire, and large chunks go out as they are', () => {
    for (const version of [4, 11, 12, 18]) {
      const writer = new PieceWriter();
      const pieces: Buffer[] = [];
      writer.beginFrame();
      encodeFetchResponse(writer, version, response(chunks));
      const frameBytes = writer.endFrame();
      assert.equal(writer.takeInto(pieces), frameBytes + 4);
      const bytes = Buffer.concat(pieces);
      assert.equal(bytes.readInt32BE(0), frameBytes);
      assert.ok(pieces.includes(chunks[0]!) && pieces.includes(chunks[2]!));
      const whole = written((other) => encodeFetchResponse(other, version, response(Buffer.concat(chunks))));
      assert.deepEqual(bytes.subarray(4), whole);
      const decoded = decodeFetchResponse(new ByteReader(whole), version);
      assert.deepEqual(decoded.responses[0]!.partitions[0]!.records, Buffer.concat(chunks));
    }
  });
});

describe('tagged fields', () => {
  const unknown = '05 03 aabbcc'; // tag 5, 3 bytes

  test('nobody knows are skipped, wherever they stand', () => {
    const bytes = bytesOf(`03 6a 73 04 31 2e 30 02 ${unknown} ff7f 80 01 ${'00'.repeat(128)}`);
    // The second has a two-byte tag and a two-byte length.
    const reader = new ByteReader(bytes.subarray(0, 8));
    assert.throws(() => decodeApiVersionsRequest(reader, 3), DecodeError);
    const whole = new ByteReader(bytes);
    assert.equal(decodeApiVersionsRequest(whole, 3).clientSoftwareName, 'js');
    assert.equal(whole.remaining, 0);
  });

  test('nobody knows stand between known ones', () => {
    const empty = 'ffffffff 00000000 00000000 00000000 00 00000000 00000000 01 01 01';
    const bytes = bytesOf(`${empty} 02 00 02 02 63 ${unknown}`);
    const reader = new ByteReader(bytes);
    assert.equal(decodeFetchRequest(reader, 12).clusterId, 'c');
    assert.equal(reader.remaining, 0);
  });

  test('of a later version are unknown in an earlier one', () => {
    const [head, partition] = ['ffffffff 00000001 00000000 00000000 00 00000000 00000000', '00'.repeat(32)];
    const topics = `02 ${UUID} 02 ${partition} 01 00 10 ${UUID} 00`;
    const read = (version: number, from: number): string => {
      const bytes = bytesOf(`${head} ${topics} 01 01 00`).subarray(from);
      return decodeFetchRequest(new ByteReader(bytes), version).topics[0]!.partitions[0]!.replicaDirectoryId;
    };
    assert.equal(read(13, 0), ZERO_UUID);
    // From version 15 on the replica id in front is gone; from 17 on tag 0 of a partition is a directory.
    assert.equal(read(16, 4), ZERO_UUID);
    assert.equal(read(17, 4), UUID);
  });

  test('whose length is not that of their value, or reaches past the end, are DecodeErrors', () => {
    const empty = 'ffffffff 00000000 00000000 00000000 00 00000000 00000000 01 01 01';
    for (const tags of [
      '01 00 03 02 63 00',
      '01 00 01 02 63',
      '01 00 7f 02 63',
      '01 07 ffffffff0f',
      '02 00 02 02 63',
    ]) {
      assert.throws(() => decodeFetchRequest(new ByteReader(bytesOf(`${empty} ${tags}`)), 12), DecodeError, tags);
    }
  });

  test('longer than 127 bytes move up for a longer length', () => {
    const leader = newFetchResponse();
    leader.nodeEndpoints = [0, 1, 2].map((nodeId) => ({ nodeId, host: 'h'.repeat(7000), port: 1, rack: 'r' }));
    const bytes = written((writer) => encodeFetchResponse(writer, 16, leader));
    assert.deepEqual(decodeFetchResponse(new ByteReader(bytes), 16), leader);
  });
});

describe('structures that may be null', () => {
  test('begin with a byte that says whether they are there', () => {
    const without = bytesOf('01 000007d0 ff 00');
    assert.equal(decodeDescribeTopicPartitionsRequest(new ByteReader(without), 0).cursor, null);
    const withOne = bytesOf('01 000007d0 01 02 74 00000005 00 00');
    const expected = { topicName: 't', partitionIndex: 5 };
    assert.deepEqual(decodeDescribeTopicPartitionsRequest(new ByteReader(withOne), 0).cursor, expected);

    const response = newDescribeTopicPartitionsResponse();
    const bytes = (): Buffer => written((writer) => encodeDescribeTopicPartitionsResponse(writer, 0, response));
    assert.deepEqual(bytes(), bytesOf('00000000 01 ff 00'));
    response.nextCursor = expected;
    assert.deepEqual(bytes(), bytesOf('00000000 01 01 02 74 00000005 00 00'));
  });

  test('keep that byte where they are tagged', () => {
    const value = newConsumerGroupMemberMetadataValue();
    value.classicMemberMetadata = { sessionTimeoutMs: 5, supportedProtocols: [] };
    const bytes = written((writer) => encodeConsumerGroupMemberMetadataValue(writer, 0, value));
    assert.deepEqual(
      bytes,
      bytesOf(`
        01 01 01 01 01 01          // ids, client, topics and pattern: empty
        ffffffff 01                // rebalance time-out, assignor
        01 00 07                   // one tagged field: tag 0, 7 bytes
        01 00000005 01 00          // there; session time-out, no protocols, no tagged fields`),
    );
    assert.deepEqual(decodeConsumerGroupMemberMetadataValue(new ByteReader(bytes), 0), value);
  });
});

test('a quota travels as a float of 8 bytes', () => {
  const response = newDescribeClientQuotasResponse();
  response.entries = [{ entity: [], values: [{ key: 'q', value: 1.5 }] }];
  assert.deepEqual(
    written((writer) => encodeDescribeClientQuotasResponse(writer, 0, response)),
    bytesOf('00000000 0000 ffff 00000001 00000000 00000001 0001 71 3ff8000000000000'),
  );
});

describe('lengths that lie', () => {
  const cases: [string, number, string][] = [
    ['a count of 2^31 - 1', 8, '0000 ffff 00007530 7fffffff'],
    ['a null array', 8, 'ffff ffff 00007530 ffffffff'],
    ['a count below -1', 8, 'ffff ffff 00007530 80000000'],
    ['a null string', 8, 'ffff ffff 00007530 00000001 ffff 00000000 00000000'],
    ['a string below -1', 8, 'fffe ffff 00007530 00000000'],
    ['records below -1', 8, 'ffff ffff 00007530 00000001 0001 74 00000001 00000000 fffffffe'],
    ['records of 2 GB', 8, 'ffff ffff 00007530 00000001 0001 74 00000001 00000000 7fffffff'],
    ['a compact count of 2^32 - 1', 9, '00 ffff 00007530 ffffffff0f'],
    ['a compact count of 2^63', 9, '00 ffff 00007530 80808080808080808001'],
    ['a compact length without an end', 9, '00 ffff 00007530 ffffffffffffffffffffff'],
    ['a compact null array', 9, '00 ffff 00007530 00 00'],
    ['a compact null string', 9, '00 ffff 00007530 02 00 01 00 00'],
    ['more tagged fields than bytes', 9, '00 ffff 00007530 01 ffffffff0f'],
  ];
  for (const [what, version, hex] of cases) {
    test(`${what} is a DecodeError`, () => {
      assert.throws(() => decodeProduceRequest(new ByteReader(bytesOf(hex)), version), DecodeError);
    });
  }

  test('a count below -1 is a DecodeError where null is allowed too', () => {
    assert.equal(decodeMetadataRequest(new ByteReader(bytesOf('ffffffff')), 1).topics, null);
    for (const count of ['fffffffe', '80000000']) {
      assert.throws(() => decodeMetadataRequest(new ByteReader(bytesOf(count)), 1), DecodeError);
    }
  });

  test('a count that the bytes left cannot hold is refused before anything is made', () => {
    // 4 MB that claim 4 million topics of at least 6 bytes: the first would decode, the count is the lie.
    const bytes = Buffer.alloc(4 << 20);
    bytesOf('ffff ffff 00007530 00400000').copy(bytes);
    const before = process.memoryUsage().heapUsed;
    assert.throws(() => decodeProduceRequest(new ByteReader(bytes), 8), /elements claimed/);
    assert.ok(process.memoryUsage().heapUsed - before < 1 << 20);
  });
});

describe('values that cannot be', () => {
  test('an identifier of other than 32 hex digits, and null where a version has none, stop the writer', () => {
    const response = newFetchResponse();
    for (const topicId of ['', 'x'.repeat(32), `${UUID}0`]) {
      response.responses = [{ topic: '', topicId, partitions: [] }];
      assert.throws(() => written((writer) => encodeFetchResponse(writer, 13, response)), /32 hex digits/);
    }
    const metadata = newMetadataResponse();
    metadata.topics = [
      { errorCode: 0, name: null, topicId: UUID, isInternal: false, partitions: [], topicAuthorizedOperations: 0 },
    ];
    assert.throws(() => written((writer) => encodeMetadataResponse(writer, 11, metadata)), /null in a version/);
    written((writer) => encodeMetadataResponse(writer, 12, metadata));
  });
});
